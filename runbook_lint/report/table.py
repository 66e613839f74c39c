"""Every runbook as CSV (RFC 4180), for a spreadsheet.

It begins with a byte order mark, or Excel takes it for text of an older code page; other spreadsheets skip the mark.
"""

import csv
import io

from runbook_lint.report.document import Drift, Nightly, Runbook
from runbook_lint.reporters.escape import printable

_MARK = "\ufeff"
# A cell that begins so is a formula to some spreadsheet; the wide letters are those of East Asian ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
COLUMNS = (
    "repository",
    "id",
    "title",
    "owner",
    "severity",
    "status",
    "reviewed",
    "age_days",
    "due",
    "days_left",
    "reviewed_by",
    "reviewed_in",
    "reviewed_together",
    "edited_with_review",
    "changed",
    "changed_by",
    "drift",
    "alerts",
    "signals",
    "incidents",
    "incidents_since_review",
    "target",
    "path",
    "line",
)
_Cell = str | int | None


def render(document: Nightly) -> str:
    """A row a runbook, by repository and id."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    rows = sorted(document["fleet"], key=lambda each: (each["place"]["repository"], each["id"], each["place"]["path"]))
    writer.writerows([_safe(cell) for cell in _row(each)] for each in rows)
    return _MARK + out.getvalue()


def _row(each: Runbook) -> tuple[_Cell, ...]:
    review = each.get("review")
    stamped = (review["by"], review["commit"], review["together"], _yes(review["edited"])) if review else ("",) * 4
    return (
        each["place"]["repository"],
        each["id"],
        each["title"],
        each["owner"],
        each["severity"],
        each["status"],
        each["reviewed"],
        each["age"],
        each["due"],
        each["left"],
        *stamped,
        each["changed"],
        each["changed_by"],
        "; ".join(map(_drift, each["drift"])),
        each["alerts"],
        " ".join(each["signals"]),
        each["incidents"],
        each["since_review"],
        each["target"],
        each["place"]["path"],
        each["place"]["line"] or "",
    )


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def _drift(drift: Drift) -> str:
    return f"{drift['what']} {drift['name']} changed on {drift['on']}"


def _safe(cell: _Cell) -> _Cell:
    """Text that no spreadsheet calculates; our own numbers stay numbers, negative ones too."""
    if not isinstance(cell, str):
        return cell
    formula = cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA)
    return f"'{printable(cell)}" if formula else printable(cell)
