"""How fast the tool is, beside the tools that people would run instead of it.

    make bench
    python -m benchmarks.bench [--only PART] [--rounds NUMBER] [--fast] [--keep] [--folder FOLDER] [--lint PROGRAM]

Installs this checkout and its peers below build/bench, makes repositories (``benchmarks/corpus.py``) in a folder of
its own, runs all commands in turn, and prints tables in markdown: what each command costs, and each ratio with the
limit that it must keep. CPU is that of the user and the system, with all children.
"""

import argparse
import datetime
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks import corpus, peers, tables
from benchmarks.gate import edit
from benchmarks.measure import Goal, Run, peak, rounds

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / "build/bench"
ENTRIES = 1000
EDITED = 10
MEMORY = 200
WORDS = ("--as-of", str(corpus.DAY))
COLD, WARM, EDIT = tables.OURS, "runbook-lint, warm", "runbook-lint, warm, some files edited"
GATE, EDITED_GATE = "gate, warm", "gate, some files edited"
HOOK = ("check", "--tracked", "--allow-empty", "--as-of", "2026-11-01")


class Setup(NamedTuple):
    """Where repositories are made, our own program with the words for a cold run, and the size of the corpus."""

    folder: Path
    lint: str
    check: Sequence[str]
    cold: Sequence[str]
    report: Sequence[str]
    entries: int
    fast: bool

    def run(self, name: str, where: str, *words: str, before: Callable[[int], object] | None = None) -> Run:
        """Our own program in one of the repositories, which is made if it is not there."""
        return Run(name, [self.lint, *words], self.folder / where, before=before)

    def edited(self, where: str, *words: str) -> Run:
        """A warm check with some words, before which some files of a repository are others in each round."""
        folder = self.made(where, self.entries)
        name = EDITED_GATE if words else EDIT
        return self.run(name, where, *self.check, *words, before=lambda number: edit(folder, EDITED, number))

    def made(self, name: str, entries: int, commits: int = 0) -> Path:
        """A generated repository, by a process of its own so that ours stays small."""
        where = self.folder / name
        if not where.is_dir():
            words = [str(where), str(entries), str(commits)]
            subprocess.run([sys.executable, ROOT / "benchmarks/corpus.py", *words], check=True)
        return where


class Part(NamedTuple):
    """What is measured together; ``rounds`` is by how much more or fewer rounds it has than asked for."""

    title: str
    runs: list[Run]
    goals: list[Goal]
    rounds: float = 1
    missing: Sequence[str] = ()


def whole(setup: Setup) -> Part:
    """All tools on the corpus. Peers have a copy, so that nobody reads what another left behind."""
    setup.made("ours", setup.entries)
    others = setup.made("peers", setup.entries)
    runs = [setup.run(COLD, "ours", *setup.cold), setup.run(WARM, "ours", *setup.check), setup.edited("changing")]
    text = "cold, whole repository"
    goals = [
        Goal(f"{text}, CPU", "the chain", COLD, peers.CHAIN, 0.25, by=sum),
        Goal(f"{text}, CPU", "the fastest single one", COLD, peers.SINGLE, 1.0),
        Goal(f"{text}, wall", "rumdl, cold", COLD, ["rumdl, cold"], 0.9, "wall"),
        Goal("warm, whole repository, CPU", "rumdl, warm", WARM, ["rumdl, warm"], 0.5),
    ]
    theirs = peers.runs(TOOLS, others)
    left = [f"{run.name} (slow)" for run in theirs if run.once and setup.fast]
    runs += [run for run in theirs if not (run.once and setup.fast)]
    return Part("The whole repository", runs, goals, missing=[*peers.missing(TOOLS, others), *left])


def hook(setup: Setup) -> Part:
    """A hook on a small repository, beside an interpreter that does nothing."""
    where = setup.folder / "small"
    if not where.is_dir():
        shutil.copytree(ROOT / "examples/gpu-cloud", where)
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
            git(where, *words)
    python = str(Path(setup.lint).parent / "python")
    changing = shutil.copytree(where, setup.folder / "small-changing", dirs_exist_ok=True)
    runs = [
        setup.run("hook", "small", *HOOK)._replace(codes=(0,)),
        setup.run("hook, a file edited", changing.name, *HOOK, before=partial(touched, changing)),
        Run("python -c pass", [python, "-c", "pass"], where),
    ]
    goals = [Goal("hook on a small repository, CPU", "`python -c pass`", "hook", ["python -c pass"], 7)]
    return Part("A hook on a small repository", runs, goals, rounds=4)


def touched(folder: Path, number: int) -> None:
    """One more line in one runbook."""
    path = min(folder.glob("**/runbooks/*.md"))
    path.write_text(f"{path.read_text().partition('<!-- round')[0]}<!-- round {number} -->\n")


def gate(setup: Setup) -> Part:
    """The gate where some files differ from the base: warm, and after edits that are new in each round."""
    setup.made("ours", setup.entries)
    edit(setup.made("differing", setup.entries), EDITED, 0)
    since = ("--base", "HEAD")
    runs = [
        setup.run(WARM, "ours", *setup.check),
        setup.run(GATE, "differing", *setup.check, *since),
        setup.edited("changing"),
        setup.edited("edited", *since),
    ]
    goals = [
        Goal(f"gate, warm, {EDITED} files differ, CPU", "our own warm run", GATE, [WARM], 1.5),
        Goal(f"gate after edits in {EDITED} files, CPU", "our own run after such edits", EDITED_GATE, [EDIT], None),
    ]
    return Part("The gate", runs, goals)


def ten(setup: Setup) -> Part:
    """Ten times the work."""
    setup.made("ours", setup.entries)
    setup.made("ten", 10 * setup.entries)
    runs = [setup.run(COLD, "ours", *setup.cold), setup.run("ten times", "ten", *setup.cold)]
    goals = [Goal("ten times the work, cold, CPU", "our own cold run", "ten times", [COLD], 10.5)]
    return Part("Ten times the work", runs, goals, rounds=0.5)


def year(setup: Setup) -> Part:
    """The nightly report with a year of weekly points, and what the points alone cost."""
    setup.made("year", setup.entries, 2 * setup.entries)
    words = [*setup.report, "--format", "json"]
    runs = [
        setup.run(COLD, "year", *setup.cold),
        setup.run("report", "year", *words, "--weeks", "52"),
        setup.run("report without points", "year", *words, "--weeks", "0"),
    ]
    goals = [
        Goal("a year of weekly points, CPU", "our own cold run", "report", [COLD], 5),
        Goal("the points alone, CPU", "our own cold run", "report", [COLD], None, less="report without points"),
    ]
    return Part("A year of weekly points", runs, goals, rounds=0.5)


PARTS: dict[str, Callable[[Setup], Part]] = {"whole": whole, "hook": hook, "gate": gate, "ten": ten, "year": year}


def main(arguments: Sequence[str]) -> int:
    """Measure the parts that are asked for, and print."""
    asked = parser().parse_args(arguments)
    TOOLS.mkdir(parents=True, exist_ok=True)
    env = surroundings()
    lint = asked.lint or installed(TOOLS / "ours")
    if not asked.only or "whole" in asked.only:
        peers.install(TOOLS)
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        setup = prepared(folder.absolute(), lint, asked, env)
        show(setup, [PARTS[name](setup) for name in asked.only or PARTS], asked.rounds, env)
    finally:
        if asked.keep or asked.folder:
            print(f"kept: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder)
    return 0


def parser() -> argparse.ArgumentParser:
    """The options."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.bench", description="Measure the speed.")
    options.add_argument("--only", action="append", choices=list(PARTS), help="measure this part; may be repeated")
    options.add_argument("--rounds", type=int, default=5, help="so many rounds [5]")
    options.add_argument("--entries", type=int, default=ENTRIES, help=f"the size of the corpus [{ENTRIES:,}]")
    options.add_argument("--fast", action="store_true", help="leave out the tools that take many seconds")
    options.add_argument("--keep", action="store_true", help="leave the repositories where they are, and say where")
    options.add_argument("--folder", type=Path, help="make the repositories there, use those that are there, keep them")
    options.add_argument("--lint", help="measure this program instead of an installation of the checkout")
    return options


def surroundings() -> dict[str, str]:
    """The environment of all runs: a home of their own, so that no settings of somebody count."""
    home = TOOLS / "home"
    home.mkdir(exist_ok=True)
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}


def installed(where: Path) -> str:
    """Our own program, installed from the checkout as a user would, into an environment of its own."""
    if not where.is_dir():
        subprocess.run([sys.executable, "-m", "venv", where], check=True)
    pip = (where / "bin/python", "-m", "pip", "install")
    if not (peers.quietly(*pip, ROOT) and peers.quietly(*pip, "--force-reinstall", "--no-deps", ROOT)):
        raise SystemExit("the checkout could not be installed")
    return str(where / "bin/runbook-lint")


def prepared(folder: Path, lint: str, asked: argparse.Namespace, env: dict[str, str]) -> Setup:
    """Our own program with its words; a cold run says so once the program knows the option."""

    if not (found := shutil.which(lint)):
        raise SystemExit(f"there is no program {lint}")
    program = str(Path(found).absolute())

    def words(name: str) -> list[str]:
        help_text = subprocess.run(
            [program, name, "--help"], capture_output=True, text=True, check=True, env=env
        ).stdout
        return ["--no-cache"] if "--no-cache" in help_text else []

    folder.mkdir(parents=True, exist_ok=True)
    check = ["check", *WORDS]
    cold, report = [*check, *words("check")], ["report", *WORDS, *words("report")]
    return Setup(folder, program, check, cold, report, asked.entries, asked.fast)


def git(folder: Path, *words: str) -> None:
    """Git as nobody in particular."""
    who = ("-c", "user.name=Bench", "-c", "user.email=bench@example.com")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def show(setup: Setup, parts: Sequence[Part], number: int, env: dict[str, str]) -> None:
    """Measure and print: a table for each part, at the end all ratios."""
    before, goals = os.getloadavg()[0], []
    for part in parts:
        # A first round that does not count fills the caches of the machine and of the tools; long runs need none.
        rounds([run for run in part.runs if not run.once], int(part.rounds >= 1), env)
        costs = rounds(part.runs, max(1, round(part.rounds * number)), env)
        memory = {run.name: peak(run, env) for run in part.runs if not run.once}
        print(f"### {part.title}\n\n{tables.costs(costs, memory)}\n", flush=True)
        if part.missing:
            print(f"Missing: {', '.join(part.missing)}.\n")
        goals += tables.judged(costs, part.goals)
        if "ten times" in memory:
            goals.append(tables.kept("ten times the work, peak memory", memory["ten times"], MEMORY))
    print(f"### Ratios\n\n{tables.ratios(goals)}\n\n{about(setup, before, env)}")


def about(setup: Setup, before: float, env: dict[str, str]) -> str:
    """The machine, its load, and who was run."""
    load = f"load {before:.1f} before and {os.getloadavg()[0]:.1f} after"
    machine = f"{os.cpu_count()} cores, {load}; {platform.system()}, Python {platform.python_version()}"
    others = setup.folder / "peers"
    tools = f" With {', '.join(peers.versions(TOOLS, others, env))}." if others.is_dir() else ""
    return f"Measured on {datetime.datetime.now(datetime.UTC):%Y-%m-%d}: {machine}.{tools}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
