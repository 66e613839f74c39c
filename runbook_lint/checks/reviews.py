"""Checks of review dates. All days are UTC days; the 90th day is in time, the 91st is overdue (policy section 5)."""

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from runbook_lint.checks import targets
from runbook_lint.checks.values import date_of
from runbook_lint.expressions import lazy
from runbook_lint.model import Estate, Item, Problem, Rule, Value

Intervals = Mapping[Literal["sev1", "sev2", "sev3"], int]

_PERIOD = lazy(r"(?<![\d.,-])([0-9]{1,4})(?:[ -]*(day|week|month|year)s?\b|$)", re.I)
# The limit of the policy (section 5).
_USUAL = 90
# A month is 30 days and a year 365: an interval is a promise, not a calendar.
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_LONGEST = 10_000
_WORDS = {"weekly": 7, "monthly": 30, "quarterly": 90, "yearly": 365, "annually": 365}


class _Review(NamedTuple):
    """A review date: of what, where it is written, the day, the severity, which may have an interval of its own, and
    the shortest of the days that the item and its document ask for, 0 where they ask for none."""

    item: Item
    value: Value
    day: datetime.date
    severity: str
    own: int


def _reviews(estate: Estate, url_prefixes: Mapping[str, str]) -> Sequence[_Review]:
    """Everything that has a review date of its own: entries, and runbooks that no dated or retired entry leads to."""
    return estate.once(("reviews", *url_prefixes.items()), lambda: list(_all_reviews(estate, url_prefixes)))


def _all_reviews(estate: Estate, url_prefixes: Mapping[str, str]) -> Iterator[_Review]:
    leads = targets.leads(estate, url_prefixes)
    covered = {leads[entry].file for entry in estate.all("retired")}
    for entry in estate.all("entry"):
        path = leads[entry].file
        review = _review(entry, estate.by_path.get(path))
        if review is not None:
            covered.add(path)
            yield review
    for runbook in estate.all("runbook"):
        review = _review(runbook, runbook)
        if review is not None and runbook.path not in covered:
            yield review


class Limits(NamedTuple):
    """How long a review holds: in days, for each severity, and by which words severities are known."""

    days: int
    by_severity: Intervals | None
    severity_map: Mapping[str, str]


def limits_of(rules: Iterable[Rule], severity_map: Mapping[str, str]) -> Limits:
    """What the rule of overdue reviews is configured to; its defaults where it is off."""
    options: Mapping[str, Any] = next((rule.checks[0][1] for rule in rules if rule.id == "review/overdue"), {})
    return Limits(options.get("days", _USUAL), options.get("by_severity"), severity_map)


def days_left(item: Item, runbook: Item | None, today: datetime.date, limits: Limits) -> int | None:
    """The days until the next review of an entry or a runbook is due, below zero when it is overdue; None without a
    date."""
    review = _review(item, runbook)
    return _interval(review, *limits) - (today - review.day).days if review is not None else None


def _review(item: Item, runbook: Item | None) -> _Review | None:
    value = item.fields.get("last_reviewed_at")
    day = date_of(value)
    if value is None or day is None:
        return None
    severity = (item.text("severity_hint") or item.text("metadata.severity")).lower()
    asked = (item.text("review_interval_days"), runbook.text("metadata.review_in") if runbook is not None else "")
    return _Review(item, value, day, severity, min(filter(None, map(_days, asked)), default=0))


def _interval(review: _Review, days: int, by_severity: Intervals | None, severity_map: Mapping[str, str]) -> int:
    """The shortest of the intervals that hold, in days: an entry or a document may shorten it, never lengthen it."""
    intervals: Mapping[str, int] = dict((by_severity or {}).items())
    usual = intervals.get(severity_map.get(review.severity, review.severity), days)
    return min(usual, review.own or _LONGEST, _LONGEST)


@lru_cache(maxsize=1024)
def _days(period: str) -> int:
    """``30``, ``30 days``, ``every 6 weeks``, ``quarterly`` as days; 0 for what is no period."""
    found = _PERIOD.search(period)
    if found is None:
        return _WORDS.get(period.lower(), 0)
    return int(found[1]) * _DAYS[(found[2] or "day").lower()]


def _title(item: Item) -> str:
    return item.key if item.noun == "entry" else item.text("title") or item.path


def be_reviewed_within(
    estate: Estate,
    *,
    today: datetime.date,
    url_prefixes: Mapping[str, str],
    severity_map: Mapping[str, str],
    days: int = 90,
    by_severity: Intervals | None = None,
) -> Iterator[Problem]:
    """The last review is no more than ``days`` ago; ``by_severity`` gives sev1, sev2 or sev3 an interval of its own."""
    for review in _reviews(estate, url_prefixes):
        limit = _interval(review, days, by_severity, severity_map)
        age = (today - review.day).days
        if age > limit:
            words = {"name": _title(review.item), "date": str(review.day), "age": str(age), "days": str(limit)}
            yield Problem(review.value.span, {**words, "over": str(age - limit)}, item=review.item)


def not_be_due_within(
    estate: Estate,
    *,
    today: datetime.date,
    url_prefixes: Mapping[str, str],
    severity_map: Mapping[str, str],
    within: int = 14,
    days: int = 90,
    by_severity: Intervals | None = None,
) -> Iterator[Problem]:
    """The next review is more than ``within`` days away; what is overdue, or in the future, is not said again."""
    for review in _reviews(estate, url_prefixes):
        left = _interval(review, days, by_severity, severity_map) - (today - review.day).days
        if review.day <= today and 0 <= left <= within:
            due = datetime.date.fromordinal(min(today.toordinal() + left, datetime.date.max.toordinal()))
            words = {"name": _title(review.item), "due": str(due), "left": str(left)}
            yield Problem(review.value.span, words, "today" if left == 0 else "", item=review.item)


def not_be_in_the_future(estate: Estate, *, today: datetime.date, url_prefixes: Mapping[str, str]) -> Iterator[Problem]:
    """Nothing was reviewed after today."""
    for review in _reviews(estate, url_prefixes):
        if review.day > today:
            words = {"name": _title(review.item), "date": str(review.day), "today": str(today)}
            yield Problem(review.value.span, words, item=review.item)


def have_the_same_date(estate: Estate, *, url_prefixes: Mapping[str, str]) -> Iterator[Problem]:
    """A runbook that names its own review date names the catalog's. Entries of single sections have dates of their
    own."""
    leads = targets.leads(estate, url_prefixes)
    for entry in estate.all("entry"):
        target, file = leads[entry]
        runbook = estate.by_path.get(file) if not target.anchor else None
        value = runbook.fields.get("metadata.last_reviewed_at") if runbook is not None else None
        ours = date_of(value)
        theirs = date_of(entry.fields.get("last_reviewed_at")) if ours else None
        if theirs and ours and value and runbook and theirs != ours:
            words = {"id": entry.key, "ours": str(ours), "theirs": str(theirs), "other": entry}
            yield Problem(value.span, words, subject=entry.key, item=runbook)
