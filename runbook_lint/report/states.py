"""In what state the review of a runbook is: one answer for the whole report, for a team's and for the metrics."""

from runbook_lint.report.document import Runbook

# What is due, or ends, within so many days is said before; what was reviewed so many days ago is fresh.
SOON, FRESH = 14, 30


def dated(row: Runbook) -> bool:
    """Whether it is known when it was reviewed. A review in the future tells nothing."""
    return row["left"] is not None and row["age"] is not None and row["age"] >= 0


def state(row: Runbook) -> str:
    """``fresh``, ``in time``, ``due soon``, ``overdue`` or ``undated``: by what is left, for some have a shorter
    interval than others."""
    left, age = row["left"], row["age"]
    if left is None or age is None or not dated(row):
        return "undated"
    if left < 0:
        return "overdue"
    return "due soon" if left <= SOON else "fresh" if age <= FRESH else "in time"
