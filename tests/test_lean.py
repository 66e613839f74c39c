"""What is kept of a text is all that anybody asks for."""

import re
from pathlib import Path

import pytest
from conftest import ROOT

from runbook_lint import documents
from runbook_lint.config import RUNBOOK_KEYS
from runbook_lint.lean import Lean
from runbook_lint.model import Item

SOURCES = "".join(path.read_text() for path in sorted(Path(ROOT, "runbook_lint").rglob("*.py")))
# Every annotation that is named anywhere in the package.
ASKED = sorted(set(re.findall(r"\"(annotations\.\w+)\"", SOURCES)))
NOTES = "".join(f"    {name.partition('.')[2]}: what {name} says\n" for name in ASKED)
ALERT = "- alert: Down\n  expr: up == 0\n  for: 5m\n  labels: {severity: page, team: web}\n  annotations:\n"
PROSE = "    summary: It is down.\n    description: Nobody knows why.\n"


def kept(text: str) -> Item:
    """The only alert of a text as it is kept."""
    [alert] = [item for item in documents.read("alerts", text, "alerts.yaml") if item.noun == "alert"]
    lean = Lean(RUNBOOK_KEYS)
    item = lean.item(alert)
    lean.table.fill()
    return item


@pytest.mark.parametrize("name", [*ASKED, "name", "expr", "for", "labels.severity", "labels.team"])
def test_whatever_is_asked_of_an_alert_is_kept(name: str) -> None:
    [alert] = [each for each in documents.read("alerts", ALERT + PROSE + NOTES, "alerts.yaml") if each.noun == "alert"]
    assert kept(ALERT + PROSE + NOTES).fields[name] == alert.fields[name]


def test_its_prose_is_not_but_for_the_first_annotation_beside_which_another_can_be_put() -> None:
    fields = kept(ALERT + PROSE + NOTES).fields
    assert "annotations.summary" in fields
    assert "annotations.description" not in fields
    assert fields["annotations"].value == fields["labels"].value == {}
