"""What the secret rules find in the test vectors of other scanners, and what they report in real runbooks.

    python benchmarks/secrets.py VECTORS CORPORA... [--without-peer] [--misses] [--hits]

``VECTORS`` is a gzipped file of JSON lines ``{source, rule, secret, text, id}``: texts in which that rule of that
source must find something, or nothing. Those with ``contradicted`` or ``ambiguous`` are said to be the opposite
elsewhere and are left out. ``CORPORA`` are folders of runbooks and rule files. Every vector is written into a fence of
a runbook, into prose of a runbook and into an annotation of an alert rule; found in one of the three it counts a
third. The figures of detect-secrets, with its default plugins and filters, stand beside ours; it also reads YAML files
without rules. The text of a vector is never printed.
"""

import argparse
import contextlib
import gzip
import importlib
import importlib.util
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

PEER = "detect-secrets"
SUFFIXES = {".md", ".yaml", ".yml"}
RUNBOOK = "# Title\n\nLook at this:\n\n{}\n"
# The sentence comes first for the sake of YAML: the first line of a block scalar says how far all are indented.
ALERT = """\
groups:
  - name: group
    rules:
      - alert: Alert
        expr: up == 0
        annotations:
          description: |
            Look at this:

            {}
"""


class Vector(NamedTuple):
    """One text; ``number`` is that of its files, ``doubtful`` says that the sources disagree."""

    number: int
    source: str
    rule: str
    id: str
    secret: bool
    text: str
    doubtful: bool


class Finding(NamedTuple):
    """What a tool reports in a file below the folder that it was run on."""

    path: str
    line: int
    rule: str


class Outcome(NamedTuple):
    """What one tool found: numbers of vectors by placement, findings by corpus, and the CPU seconds of both."""

    tool: str
    found: dict[str, set[int]]
    corpora: dict[str, list[Finding]]
    seconds: dict[str, float]


Tool = Callable[[Path], list[Finding]]
Figure = Callable[[list[Vector], list[set[int]]], str]


def main() -> int:
    """Write the files, run the tools on them and on the corpora, and print the table."""
    options = arguments()
    vectors = list(read(options.vectors))
    with tempfile.TemporaryDirectory() as folder:
        write(vectors, Path(folder))
        known = tools(options.without_peer).items()
        outcomes = [judge(name, tool, Path(folder), options.corpora) for name, tool in known]
    show(vectors, outcomes, options.corpora)
    for outcome in outcomes:
        if options.misses:
            show_misses(vectors, outcome)
        if options.hits:
            show_hits(outcome)
    return 0


def arguments() -> argparse.Namespace:
    """The command line; the names of folders are made absolute, for the tools run inside of them."""
    parser = argparse.ArgumentParser(description="The secret rules on the test vectors of other scanners.")
    parser.add_argument("vectors", type=Path, metavar="VECTORS", help="gzipped JSON lines")
    parser.add_argument("corpora", type=Path, nargs="+", metavar="CORPORA", help="folders of runbooks and rule files")
    parser.add_argument("--without-peer", action="store_true", help=f"leave {PEER} out")
    parser.add_argument("--misses", action="store_true", help="rule and id of each vector missed or falsely flagged")
    parser.add_argument("--hits", action="store_true", help="each finding in the corpora as path:line:rule")
    options = parser.parse_args()
    options.corpora = [corpus.resolve() for corpus in options.corpora]
    if missing := [str(corpus) for corpus in options.corpora if not corpus.is_dir()]:
        parser.error(f"no such folder: {', '.join(missing)}")
    return options


def read(path: Path) -> Iterator[Vector]:
    """The vectors, numbered from 1; 0 is the scaffolding without one."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, each in enumerate(map(json.loads, lines), start=1):
            doubtful = bool(each.get("contradicted") or each.get("ambiguous"))
            yield Vector(number, each["source"], each["rule"], each["id"], each["secret"], each["text"], doubtful)


PLACEMENTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "fence": ("runbooks/v{:05}.md", lambda text: RUNBOOK.format(f"````\n{text}\n````")),
    "prose": ("runbooks/v{:05}.md", RUNBOOK.format),
    "annotation": ("alerts/v{:05}.yaml", lambda text: ALERT.format(text.replace("\n", "\n" + " " * 12))),
}


def write(vectors: list[Vector], folder: Path) -> None:
    """A file for each vector in each placement, and one of each placement with nothing in it."""
    for placement, (name, content) in PLACEMENTS.items():
        (folder / placement / name).parent.mkdir(parents=True)
        for number, text in [(0, ""), *((vector.number, vector.text) for vector in vectors)]:
            (folder / placement / name.format(number)).write_text(content(text), encoding="utf-8", newline="\n")


def tools(without_peer: bool) -> dict[str, Tool]:
    """The tools by name, ours first."""
    known: dict[str, Tool] = {"runbook-lint": ours}
    if not without_peer and importlib.util.find_spec("detect_secrets"):
        known[PEER] = peer
    elif not without_peer:
        print(f"{PEER} is not installed (python -m pip install {PEER}): the table has our figures only.\n")
    return known


def ours(folder: Path) -> list[Finding]:
    """The secrets that the command line reports; what it says on standard error may quote a file and is not shown."""
    options = ["--select", "secret", "--format", "json", "--exit-zero", "--allow-empty", "--limit", "0"]
    command = [sys.executable, "-m", "runbook_lint", "check", *options]
    run = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    if run.returncode:
        sys.exit(f"runbook-lint check gave up with exit code {run.returncode}")
    report = json.loads(run.stdout)
    if unreadable := report["summary"]["unreadable"]:
        print(f"runbook-lint cannot read {unreadable} of the files in {folder.name}", file=sys.stderr)
    found = (Finding(each["path"], each["line"], each["rule"]) for each in report["findings"])
    return [each for each in found if each.rule.startswith("secret/")]


def peer(folder: Path) -> list[Finding]:
    """The findings of detect-secrets, from a process of its own so that its CPU time can be told."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(peer_findings, folder).result()


def peer_findings(folder: Path) -> list[Finding]:
    """One finding for each secret of a file and type; the default settings ask no server whether it is valid."""
    collection = importlib.import_module("detect_secrets").SecretsCollection()
    settings = importlib.import_module("detect_secrets.settings")
    with settings.default_settings(), contextlib.chdir(folder):
        for path in files(Path()):
            collection.scan_file(str(path))
    return [Finding(path, each.line_number, each.type.lower().replace(" ", "-")) for path, each in collection]


def files(folder: Path) -> Iterator[Path]:
    """The markdown and YAML files of a folder."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file() and not path.is_symlink():
            yield path


def judge(name: str, tool: Tool, folder: Path, corpora: list[Path]) -> Outcome:
    """Run one tool on the vectors and on the corpora."""
    outcome = Outcome(name, {placement: set() for placement in PLACEMENTS}, {}, {})
    started = children()
    for path in (Path(finding.path) for finding in tool(folder)):
        outcome.found[path.parts[0]].add(int(path.stem[1:]))
    if any(0 in numbers for numbers in outcome.found.values()):
        sys.exit(f"{name} finds a secret where there is no vector: no figure would be right")
    between = children()
    outcome.corpora.update((str(corpus), tool(corpus)) for corpus in corpora)
    outcome.seconds.update(vectors=between - started, corpora=children() - between)
    return outcome


def children() -> float:
    """The CPU seconds of all processes that we started and that have ended."""
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def show(vectors: list[Vector], outcomes: list[Outcome], corpora: list[Path]) -> None:
    """The table: recall, false findings, findings in the corpora, time."""
    kept = [vector for vector in vectors if not vector.doubtful]
    print(f"{len(vectors) - len(kept)} of {len(vectors):,} vectors are contradicted or ambiguous and left out.\n")
    for title, (secret, figure) in FIGURES.items():
        row(title, "vectors", "rules", [outcome.tool for outcome in outcomes])
        show_figure([vector for vector in kept if vector.secret == secret], outcomes, figure)
        line("all, none left out", [vector for vector in vectors if vector.secret == secret], outcomes, figure)
    show_corpora(outcomes, corpora)
    row("CPU seconds", "", "", [outcome.tool for outcome in outcomes])
    for name in ("vectors", "corpora"):
        row(f"  {name}", "", "", [f"{outcome.seconds[name]:.1f}" for outcome in outcomes])


def show_figure(vectors: list[Vector], outcomes: list[Outcome], figure: Figure) -> None:
    """One figure in all, for each source and for each placement."""
    line("all", vectors, outcomes, figure)
    for source in sorted({vector.source for vector in vectors}):
        line(f"from {source}", [vector for vector in vectors if vector.source == source], outcomes, figure)
    for placement in PLACEMENTS:
        there = [each._replace(found={placement: each.found[placement]}) for each in outcomes]
        line(f"in {placement}", vectors, there, figure)


def line(label: str, vectors: list[Vector], outcomes: list[Outcome], figure: Figure) -> None:
    """One row of one figure."""
    cells = [figure(vectors, list(outcome.found.values())) for outcome in outcomes]
    row(f"  {label}", f"{len(vectors):,}", f"{len({(each.source, each.rule) for each in vectors}):,}", cells)


def row(label: str, count: str, rules: str, cells: list[str]) -> None:
    """One row, its columns under each other."""
    print(f"{label:<34}{count:>8}{rules:>8}" + "".join(f"{cell:>18}" for cell in cells))


def share(vector: Vector, found: list[set[int]]) -> float:
    """In what part of the placements the vector was found."""
    return sum(vector.number in numbers for numbers in found) / len(found)


def mean(shares: Iterable[float]) -> float:
    """The mean, 0 of nothing."""
    return fmean(each) if (each := list(shares)) else 0.0


def by_vector(vectors: list[Vector], found: list[set[int]]) -> str:
    """The share of the vectors that was found."""
    return f"{mean(share(vector, found) for vector in vectors):.1%}"


def by_rule(vectors: list[Vector], found: list[set[int]]) -> str:
    """The mean over the rules of the share of their vectors that was found."""
    rules: dict[tuple[str, str], list[float]] = defaultdict(list)
    for vector in vectors:
        rules[vector.source, vector.rule].append(share(vector, found))
    return f"{mean(mean(shares) for shares in rules.values()):.1%}"


def flagged(vectors: list[Vector], found: list[set[int]]) -> str:
    """How many vectors were found, and their share."""
    return f"{sum(share(vector, found) for vector in vectors):.1f} ({by_vector(vectors, found)})"


FIGURES: dict[str, tuple[bool, Figure]] = {
    "recall by vector": (True, by_vector),
    "recall averaged over rules": (True, by_rule),
    "flagged among the false vectors": (False, flagged),
}


def show_corpora(outcomes: list[Outcome], corpora: list[Path]) -> None:
    """The findings in each corpus and in all, with their number per 10,000 lines of markdown and YAML."""
    row("findings (per 10,000 lines)", "lines", "", [outcome.tool for outcome in outcomes])
    for label, folders in [("all", corpora), *((corpus.name, [corpus]) for corpus in corpora)]:
        lines = sum(len(path.read_bytes().splitlines()) for corpus in folders for path in files(corpus))
        numbers = [sum(len(outcome.corpora[str(corpus)]) for corpus in folders) for outcome in outcomes]
        row(f"  {label}", f"{lines:,}", "", [f"{each:,} ({each / max(lines, 1) * 10_000:.2f})" for each in numbers])


def show_misses(vectors: list[Vector], outcome: Outcome) -> None:
    """Rule and id of each vector that a tool misses or falsely flags, and where; never its text."""
    for vector in (vector for vector in vectors if not vector.doubtful):
        if wrong := [name for name, found in outcome.found.items() if (vector.number in found) != vector.secret]:
            word = "missed" if vector.secret else "flagged"
            print(f"{outcome.tool}: {word}: {vector.source}/{vector.rule} {vector.id} ({', '.join(wrong)})")


def show_hits(outcome: Outcome) -> None:
    """Each finding in the corpora."""
    for corpus, each in ((Path(name).name, each) for name, found in outcome.corpora.items() for each in found):
        print(f"{outcome.tool}: {corpus}/{each.path}:{each.line}:{each.rule}")


if __name__ == "__main__":
    # Other modules would find this file in place of the standard library's "secrets".
    sys.path[:] = [each for each in sys.path if Path(each).resolve() != Path(__file__).resolve().parent]
    sys.exit(main())
