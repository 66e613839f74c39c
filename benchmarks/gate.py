"""What the gate costs beside a plain run.

    python benchmarks/gate.py [RUNBOOKS]

Makes a repository of so many runbooks (1,000), with as many catalog entries and four alerts each, and measures the CPU
seconds, those of git included, of ``check`` and of ``check --base`` after edits in 0, 10 and 100 files. The runs take
turns; what is printed are medians, and medians of the ratios of one round.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
ROUNDS = 5
EDITED = (0, 10, 100)
WORDS = [
    "volume",
    "queue",
    "node",
    "latency",
    "replica",
    "retry",
    "drain",
    "restart",
    "owner",
    "graph",
    "page",
    "shard",
    "backlog",
]


def main(arguments: list[str]) -> int:
    """Make the repository, measure, print."""
    number = int(arguments[0]) if arguments else 1000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, number)
        rounds = [measured(folder, number) for _ in range(ROUNDS)]
    print(f"{number:,} runbooks, {number:,} entries, {4 * number:,} alerts; medians of {ROUNDS} rounds\n")
    print("| run | CPU seconds | beside a plain run |\n|---|---|---|")
    for index, label in enumerate(("check", *(f"check --base, {edited} files edited" for edited in EDITED))):
        seconds, ratio = median(each[index] for each in rounds), median(each[index] / each[0] for each in rounds)
        print(f"| {label} | {seconds:.2f} | {ratio:.2f} |")
    return 0


def make(folder: Path, number: int) -> None:
    """The repository, committed."""
    chance = random.Random(number)
    entries = [entry(index) for index in range(number)]
    put(folder / "runbooks.catalog.json", json.dumps({"version": 1, "runbooks": entries}, indent=2))
    for index in range(number):
        put(folder / "runbooks" / f"{index}.md", runbook(index, chance))
        put(folder / "alerts" / f"{index}.yaml", alerts(index))
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "base"]):
        git(folder, *words)


def entry(index: int) -> dict[str, object]:
    """A catalog entry."""
    about = {"title": f"Service {index} fails", "severity_hint": "sev2", "owner_team": "ops", "signals": []}
    return {"id": f"ops.service.n{index}", **about, "last_reviewed_at": "2026-02-01", "url": f"runbooks/{index}.md"}


def runbook(index: int, chance: random.Random) -> str:
    """About four kilobytes of markdown."""

    def line() -> str:
        return " ".join(chance.choices(WORDS, k=12))

    parts = [f"# Service {index} fails\n\n{line()}\n"]
    for title in ("Meaning", "Impact", "Diagnosis", "Mitigation"):
        steps = "\n".join(f"{step}. {line()}" for step in range(1, 7))
        parts.append(f"## {title}\n\n{line()}\n\n{steps}\n\n```bash\nkubectl get pods -n {index}\n```\n")
    return "\n".join(parts)


def alerts(index: int) -> str:
    """Four alert rules."""
    rules = "".join(
        f'      - alert: Service{index}Fails{rule}\n        expr: errors{{service="{index}"}} > {rule}\n'
        f"        labels: {{severity: warning}}\n        annotations: {{runbook_id: ops.service.n{index}}}\n"
        for rule in range(4)
    )
    return f"groups:\n  - name: service-{index}\n    rules:\n{rules}"


def measured(folder: Path, number: int) -> list[float]:
    """CPU seconds of a plain run, and of one against the base for each number of edits."""
    seconds = [cpu(folder)]
    for edited in EDITED:
        for index in range(min(edited, number)):
            path = folder / "runbooks" / f"{index}.md"
            path.write_text(path.read_text(encoding="utf-8") + "\n1. Tell the owner.\n", encoding="utf-8")
        seconds.append(cpu(folder, "--base", "HEAD"))
        git(folder, "checkout", "-q", ".")
    return seconds


def cpu(folder: Path, *words: str) -> float:
    """CPU seconds of one run and of all processes that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "runbook_lint", "check", "--as-of", "2026-03-01", *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)
    if done.returncode > 1:
        raise SystemExit(done.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def put(path: Path, text: str) -> None:
    """Write a file, and its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def git(folder: Path, *words: str) -> None:
    """Git as nobody in particular."""
    who = ("-c", "user.name=Bench", "-c", "user.email=bench@example.com")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
