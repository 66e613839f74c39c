"""The repaired texts of a report, shown or written."""

import os
from collections.abc import Sequence

from runbook_lint.cli import common
from runbook_lint.model import Report
from runbook_lint.repairs import Repaired


def write(files: Sequence[Repaired], root: str) -> None:
    """Write the repaired files, each whole or not at all."""
    for each in files:
        common.write_file(each.bom + each.after.encode(), os.path.realpath(os.path.join(root, each.path)))


def difference(files: Sequence[Repaired], report: Report) -> str:
    """What would be written, as a diff without the secrets around."""
    from difflib import unified_diff

    lines: list[str] = []
    for each in files:
        old, new = (text.splitlines(keepends=True) for text in (each.before, each.after))
        shown = unified_diff(old, new, f"a/{each.path}", f"b/{each.path}")
        lines.extend(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in shown)
        lines = report.lines(each.path).without(lines)
    return "".join(lines)
