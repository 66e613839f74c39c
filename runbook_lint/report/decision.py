"""Whether the estate is fit for tonight: the one place that decides it."""

from collections.abc import Iterator, Sequence

from runbook_lint.report.document import Action, Counts, Decision
from runbook_lint.summary import many


def decided(counts: Counts, actions: Sequence[Action], stale: Sequence[str] = ()) -> Decision:
    """Fit or not, and why not.

    Whoever is paged tonight by a sev1 alert needs a runbook that works and was reviewed in time. A secret cannot wait,
    and of what nobody could read, or what is told of another day (``stale``, sentences), nobody knows.
    """
    reasons = [*_reasons(counts, actions), *stale]
    if not (reasons or actions or counts["runbooks"] or counts["entries"] or counts["alerts"]):
        reasons = ["Neither a runbook nor an alert was read, so there is nothing to judge by."]
    elif not (reasons or counts["alerts"]) and counts["undated"] and counts["undated"] >= counts["entries"]:
        reasons = ["No alert was read and no runbook has a review date, so there is nothing to judge by."]
    verdict = "Not fit for tonight." if reasons else f"Fit for tonight: {_good(counts)}."
    return Decision(fit=not reasons, verdict=verdict, reasons=reasons, counts=counts)


def _reasons(counts: Counts, actions: Sequence[Action]) -> Iterator[str]:
    if number := counts["secrets"]:
        yield f"{_verb(number, 'secret', 'stands', 'stand')} in the files, where all who read them can use it."
    if number := counts["unmapped_sev1"]:
        yield f"{_verb(number, 'sev1 alert', 'leads', 'lead')} to no working runbook: who is paged begins with nothing."
    if number := counts["overdue_sev1"]:
        overdue = _verb(number, "sev1 runbook", "is", "are")
        yield f"{overdue} overdue for review: the steps may no longer work."
    if number := sum(each["kind"] == "undated" and each["severity"] == "sev1" for each in actions):
        undated = _verb(number, "sev1 runbook", "has", "have")
        yield f"{undated} no review date, so nobody knows whether the steps still work."
    if number := counts["unreadable"]:
        yield f"{many(number, 'file')} could not be read, and nobody knows what is wrong in there."


def _good(counts: Counts) -> str:
    untold = counts["cannot_tell"]
    rest = f"; of {many(untold, 'alert')} nobody can tell where {'it leads' if untold == 1 else 'they lead'}"
    alerts = "no sev1 alert lacks a working runbook, " if counts["alerts"] else ""
    return f"{alerts}no sev1 runbook is overdue, no secret and no unreadable file is there{rest if untold else ''}"


def _verb(number: int, noun: str, one: str, more: str) -> str:
    return f"{many(number, noun)} {one if number == 1 else more}"
