"""What ``check --fix`` and ``--diff`` share: the repaired texts of a report, shown or written."""

import os

from runbook_lint import repairs
from runbook_lint.cli import common
from runbook_lint.model import Report
from runbook_lint.repairs import Repaired as Repaired
from runbook_lint.repairs import dates as dates
from runbook_lint.repairs import veiled as veiled
from runbook_lint.repairs import with_date as with_date


def repaired(report: Report, asked: common.Request) -> list[Repaired]:
    """The files of a report that can be repaired, each with its new text."""
    return repairs.repaired(report, asked.world(), asked.config)


def source(asked: common.Request, path: str) -> tuple[str, bytes] | None:
    """The text of a file and the mark before it; None for what would not come out as it went in."""
    return repairs.source(asked.world(), path)


def write(files: list[Repaired], root: str) -> None:
    """Write the repaired files, each whole or not at all."""
    for each in files:
        common.write_file(each.bom + each.after.encode(), os.path.realpath(os.path.join(root, each.path)))


def difference(files: list[Repaired], report: Report) -> str:
    """What would be written, as a diff without the secrets around."""
    from difflib import unified_diff

    lines: list[str] = []
    for each in files:
        old, new = (text.splitlines(keepends=True) for text in (each.before, each.after))
        shown = unified_diff(old, new, f"a/{each.path}", f"b/{each.path}")
        lines.extend(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in shown)
        lines = report.lines(each.path).without(lines)
    return "".join(lines)
