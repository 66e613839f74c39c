"""Every example of every pack: a little repository and exactly what is found in it."""

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import change_to, commit

from runbook_lint import config, documents, engine, fixes, packs, rulebook, snapshot
from runbook_lint.model import Finding

ENTRIES = packs.full_entries()
# The day on which examples are judged that do not name one.
DAY = "2026-03-01"


def examples() -> Iterator[Any]:
    for entry in ENTRIES:
        for number, example in enumerate(packs.examples(entry)):
            yield pytest.param(entry["id"], example, id=f"{entry['id']}-{number}")


def joined(files: dict[str, str]) -> dict[str, str]:
    """The files of an example. The halves of a value that a scanner would take for a secret are joined only here."""
    return {name: text.replace("(+)", "") for name, text in files.items()}


def repaired(root: Path, rule: str, findings: Sequence[Finding]) -> dict[str, str]:
    """The files that the repairs of a rule's findings change."""
    changed = {}
    for path, repairs in fixes.by_path([finding for finding in findings if finding.rule == rule]).items():
        text = (root / path).read_bytes().decode()
        after = fixes.applied(text, path, documents.recognise(path, text), repairs)
        changed |= {path: after} if after != text else {}
    return changed


def found(root: Path, rule: str, example: dict[str, Any], files: dict[str, str]) -> list[str]:
    """What the rule finds in the files, as ``path:line:column: message``; what it repairs is what the example says."""
    base = example.get("base", [])
    for state in [base] if isinstance(base, dict) else base:
        change_to(root, joined(state))
        commit(root)
    change_to(root, joined(files))
    settings = config.parse(yaml.safe_dump({"version": 1, **example.get("config", {})}), "config")
    # A waiver and a baseline are judged by what the other rules find.
    select = [] if rule.startswith(("waiver/", "baseline/")) else [rule]
    rules = rulebook.load(str(root), settings, select)
    day = datetime.date.fromisoformat(example.get("as-of", DAY))
    began = engine.Base(snapshot.base(str(root), "HEAD"), settings) if base else None
    report = engine.run(snapshot.working_tree(str(root)), settings, rules, day, base=began)
    if "fixed" in example:
        assert repaired(root, rule, report.findings) == example["fixed"]
    return [
        f"{finding.place.path}:{finding.place.line}:{finding.place.column}: {finding.message}"
        for finding in report.findings
        if finding.rule == rule
    ]


@pytest.mark.parametrize(("rule", "example"), list(examples()))
def test_example(tmp_path: Path, rule: str, example: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    # A commit's id depends on its dates, and a message may show it.
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, f"{DAY}T00:00:00Z")
    files = example.get("good") or example["bad"]
    assert found(tmp_path, rule, example, files) == example.get("found", [])


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_every_rule_has_a_good_example(entry: dict[str, Any]) -> None:
    assert any("good" in example for example in entry["examples"])
