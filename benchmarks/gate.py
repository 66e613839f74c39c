"""What the gate costs beside a plain run, by the number of files that were edited.

    python -m benchmarks.gate [ENTRIES]

Makes a repository of so many catalog entries (1,000; ``benchmarks/corpus.py`` says what else is in it), and measures
the CPU seconds, those of git included, of ``check`` and of ``check --base`` after edits in 0, 10 and 100 files. The
runs take turns; what is printed are medians, and medians of the ratios of one round.
"""

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks import corpus, tables
from benchmarks.measure import Goal, Run, middle, ratio, rounds

ROOT = Path(__file__).parent.parent
ROUNDS = 5
EDITED = (0, 10, 100)
PLAIN = "check"


def main(arguments: list[str]) -> int:
    """Make the repository, measure, print."""
    entries = int(arguments[0]) if arguments else 1000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus.make(folder, entries)
        costs = rounds(_runs(folder), ROUNDS, {**os.environ, "PYTHONPATH": str(ROOT)})
    rows = [
        (run, f"{middle(costs, run):.2f}", f"{ratio(costs, Goal('', '', run, [PLAIN], None)):.2f}") for run in costs
    ]
    print(f"{entries:,} entries, {4 * entries:,} alerts; medians of {ROUNDS} rounds\n")
    print(tables.table(["run", "CPU seconds", "beside a plain run"], rows))
    return 0


def _runs(folder: Path) -> list[Run]:
    """A plain run, and one against the base for each number of edits."""
    command = [sys.executable, "-m", "runbook_lint", "check", "--as-of", str(corpus.DAY)]
    plain = Run(PLAIN, command, folder, before=lambda _: edit(folder, 0, 0))
    gates = [
        Run(
            f"check --base, {edited} files edited",
            [*command, "--base", "HEAD"],
            folder,
            before=partial(edit, folder, edited),
        )
        for edited in EDITED
    ]
    return [plain, *gates]


def edit(folder: Path, files: int, number: int) -> None:
    """Change so many runbooks that are committed, otherwise in each round, and no others."""
    subprocess.run(["git", "-C", str(folder), "checkout", "-q", "."], check=True)
    for path in sorted((folder / "runbooks").iterdir())[:files]:
        path.write_text(f"{path.read_text(encoding='utf-8')}\n1. Tell the owner, as in {number}.\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
