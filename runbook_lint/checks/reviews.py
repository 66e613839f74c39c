"""Checks of review dates. All days are UTC days; the 90th day is in time, the 91st is overdue (policy section 5)."""

import datetime
import re
from collections.abc import Iterator, Mapping

from runbook_lint.checks import targets
from runbook_lint.checks.values import date_of
from runbook_lint.model import Estate, Item, Problem, Span, Value

_PERIOD = re.compile(r"(\d{1,4})\s*(day|week|month|year)s?", re.I)
# A month is 30 days and a year 365: an interval is a promise, not a calendar.
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def _dated(estate: Estate, url_prefixes: Mapping[str, str]) -> Iterator[tuple[Item, Value, datetime.date]]:
    """Everything that has a review date of its own: entries, and runbooks that no dated entry leads to."""
    covered: set[str] = set()
    for entry in estate.all("entry"):
        value = entry.fields.get("last_reviewed_at")
        day = date_of(value)
        covered.add(targets.existing(targets.of_entry(entry, url_prefixes, estate).path, estate))
        if value is not None and day is not None:
            yield entry, value, day
    for entry in estate.all("retired"):
        covered.add(targets.existing(targets.of_entry(entry, url_prefixes, estate).path, estate))
    for runbook in estate.all("runbook"):
        value = runbook.fields.get("last_reviewed_at")
        day = date_of(value)
        if value is not None and day is not None and runbook.path not in covered:
            yield runbook, value, day


def _interval(item: Item, days: int, by_severity: Mapping[str, int]) -> int:
    """The shortest of the intervals that hold for an item, in days: a document may shorten it, never lengthen it."""
    limits = [by_severity.get(item.text("severity_hint") or item.text("metadata.severity").lower(), days)]
    own = item.text("review_interval_days")
    if own.isdigit():
        limits.append(int(own))
    period = _PERIOD.match(item.text("metadata.review_in"))
    if period:
        limits.append(int(period[1]) * _DAYS[period[2].lower()])
    elif item.text("metadata.review_in").isdigit():
        limits.append(int(item.text("metadata.review_in")))
    return max(1, min(limits))


def _title(item: Item) -> str:
    return item.key if item.noun == "entry" else item.text("title") or item.path


def be_reviewed_within(
    estate: Estate,
    *,
    today: datetime.date,
    url_prefixes: Mapping[str, str],
    days: int = 90,
    by_severity: Mapping[str, int] | None = None,
) -> Iterator[Problem]:
    """The last review is no more than ``days`` ago; ``by_severity`` gives sev1, sev2 or sev3 an interval of its own."""
    for item, value, day in _dated(estate, url_prefixes):
        limit = _interval(item, days, by_severity or {})
        age = (today - day).days
        if age > limit:
            words = {"name": _title(item), "date": str(day), "age": str(age), "days": str(limit)}
            yield Problem(value.span, {**words, "over": str(age - limit)}, item=item)


def not_be_due_within(
    estate: Estate,
    *,
    today: datetime.date,
    url_prefixes: Mapping[str, str],
    within: int = 14,
    days: int = 90,
    by_severity: Mapping[str, int] | None = None,
) -> Iterator[Problem]:
    """The next review is more than ``within`` days away; what is overdue is not said again."""
    for item, value, day in _dated(estate, url_prefixes):
        due = day + datetime.timedelta(days=_interval(item, days, by_severity or {}))
        left = (due - today).days
        if 0 <= left <= within:
            words = {"name": _title(item), "due": str(due), "left": str(left)}
            yield Problem(value.span, words, "today" if left == 0 else "", item=item)


def not_be_in_the_future(estate: Estate, *, today: datetime.date, url_prefixes: Mapping[str, str]) -> Iterator[Problem]:
    """Nothing was reviewed after today."""
    for item, value, day in _dated(estate, url_prefixes):
        if day > today:
            yield Problem(value.span, {"name": _title(item), "date": str(day), "today": str(today)}, item=item)


def have_the_same_date(estate: Estate, *, url_prefixes: Mapping[str, str]) -> Iterator[Problem]:
    """A runbook that names its own review date names the catalog's."""
    for entry in estate.all("entry"):
        theirs = date_of(entry.fields.get("last_reviewed_at"))
        target = targets.of_entry(entry, url_prefixes, estate)
        runbook = estate.by_path.get(targets.existing(target.path, estate))
        value = runbook.fields.get("metadata.last_reviewed_at") if runbook is not None else None
        ours = date_of(value)
        if theirs and ours and value and runbook and theirs != ours:
            words = {"id": entry.key, "ours": str(ours), "theirs": str(theirs), "other": entry}
            yield Problem(Span(value.start, value.end), words, subject=entry.key, item=runbook)
