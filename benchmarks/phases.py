"""Where a cold run spends its time: CPU milliseconds of each phase, without those of the phases inside it.

    python -m benchmarks.phases [ENTRIES]

Makes a repository (``benchmarks/corpus.py``) of so many catalog entries (1,000), checks it in this one process without
any memory, and prints the phases, the dearest first. What is in no phase is the last row.
"""

import datetime
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks import corpus, tables
from runbook_lint import analysis, config, discovery, documents, engine, inforce, packs, snapshot
from runbook_lint.checks import secrets
from runbook_lint.documents import markdown, runbook, templates
from runbook_lint.reporters import View, render

# Module, function, and what it does.
PHASES: tuple[tuple[Any, str, str], ...] = (
    (snapshot, "working_tree", "list and stat the files"),
    (inforce, "rules_of", "make the rules"),
    (discovery, "text", "read and decode the texts"),
    (documents, "recognise", "recognise what they are"),
    (markdown, "read", "read the structure of markdown"),
    (runbook, "read", "make runbooks of it"),
    (templates, "read", "read YAML"),
    (documents, "read", "make alerts, entries and the like of it"),
    (analysis, "analyse", "judge each text, all rules but those for secrets, and keep what joins need"),
    (engine, "_estate", "resolve where alerts lead"),
    (engine, "joined", "judge what looks beyond one file"),
    (engine, "_report", "word, sort and number the findings"),
)


class Clock:
    """The CPU seconds of phases, each without those inside it."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self.inside = [0.0]

    def timed(self, name: str, function: Callable[..., Any], *given: Any, **options: Any) -> Any:
        """What a function gives; a generator is run to its end."""
        began = process_time()
        self.inside.append(0.0)
        try:
            found = function(*given, **options)
            return list(found) if hasattr(found, "send") else found
        finally:
            took = process_time() - began
            self.spent[name] += took - self.inside.pop()
            self.inside[-1] += took

    def watch(self, module: Any, name: str, words: str) -> None:
        """Counts a function as a phase from now on."""
        real = getattr(module, name)
        setattr(module, name, lambda *given, **options: self.timed(words, real, *given, **options))


def main(arguments: list[str]) -> int:
    """Make the repository, run, print."""
    clock = Clock()
    for phase in PHASES:
        clock.watch(*phase)
    documents._READERS = {**documents._READERS, "runbook": runbook.read}  # type: ignore[attr-defined]
    look = secrets.together
    analysis.TOGETHER = dict.fromkeys(  # type: ignore[attr-defined]
        analysis.TOGETHER, lambda options: _watched(clock, look(options))
    )
    with tempfile.TemporaryDirectory() as name:
        corpus.make(Path(name), int(arguments[0]) if arguments else 1000)
        os.chdir(name)
        began = process_time()
        _run(name)
        total = process_time() - began
        os.chdir("/")
    clock.spent["all else"] = total - sum(clock.spent.values())
    rows = [(words, f"{1000 * spent:.0f}") for words, spent in clock.spent.most_common()]
    print(tables.table(["phase", "CPU ms"], [*rows, ("together", f"{1000 * total:.0f}")]))
    return 0


def _watched(clock: Clock, look: Callable[..., Any]) -> Callable[..., Any]:
    return lambda value: clock.timed("look for secrets", look, value)


def _run(root: str) -> None:
    settings = config.load(root)
    rules, hidden = inforce.rules_of(root, settings, packs.on_disk(root))
    report = engine.run(snapshot.working_tree(root), settings, rules, datetime.date(2026, 3, 1), hidden)
    render("text", report, View({rule.id: rule for rule in rules}))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
