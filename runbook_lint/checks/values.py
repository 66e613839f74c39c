"""Checks of one value that any noun can have. Only ``be-present`` ever speaks of absence."""

import datetime
import re
from collections.abc import Iterator, Sequence

from runbook_lint.documents import contracts, templates
from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Problem, Span, Value

_DATE = lazy(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}\S*)?", re.ASCII)


def be_present(item: Item, value: Value | None, *, of: Sequence[str] = ()) -> Iterator[Problem]:
    """The value is there and not empty. ``of``: only for items of these nouns."""
    if of and item.noun not in of:
        return
    if value is None or value.value in (None, "", [], {}) or (isinstance(value.value, str) and not value.value.strip()):
        yield Problem(case="missing")


def be_absent(item: Item, value: Value | None) -> Iterator[Problem]:
    """The value is not there; the message may show it as ``{value}``."""
    if value is not None:
        yield Problem(value.span, {"value": str(value.value)}, subject=str(value.value))


def match(item: Item, value: Value | None, *, pattern: str) -> Iterator[Problem]:
    """The value as text has the pattern in it (Python's ``re``)."""
    if value is not None and value.value is not None and not re.search(pattern, str(value.value)):
        yield Problem(value.span, {"value": contracts.shown(value.value)}, subject=str(value.value))


def not_match(item: Item, value: Value | None, *, pattern: str) -> Iterator[Problem]:
    """The value as text has the pattern nowhere; each place where it has is a problem."""
    if value is None or not isinstance(value.value, str):
        return
    exact = len(value.value) == value.end - value.start
    for found in re.finditer(pattern, value.value):
        at = value.start + found.start()
        span = Span(at, at + len(found[0])) if exact else value.span
        yield Problem(span, {"value": contracts.shown(found[0])}, subject=found[0])


def be_one_of(item: Item, value: Value | None, *, values: Sequence[str]) -> Iterator[Problem]:
    """The value is one of a list."""
    if value is not None and value.value is not None and str(value.value) not in values:
        words = {"value": contracts.shown(value.value), "choices": ", ".join(values)}
        yield Problem(value.span, words, subject=str(value.value))


def match_schema(item: Item, value: Value | None, *, schema: str, leave: Sequence[str] = ()) -> Iterator[Problem]:
    """The value is valid by a published schema. ``leave``: keys that another rule speaks of."""
    if value is None:
        return
    for violation in contracts.violations(value, schema):
        if not violation.keys or violation.keys[-1] not in leave:
            subject = ".".join(str(key) for key in violation.keys if isinstance(key, str))
            yield Problem(violation.span, {"words": violation.words}, subject=f"{subject}:{violation.words}")


def be_a_date(item: Item, value: Value | None) -> Iterator[Problem]:
    """The value is a day of the calendar, written YYYY-MM-DD; a time after it is let pass, and so is what a template
    will fill in later, but not in a catalog, which nobody renders."""
    if value is None or value.value is None or not str(value.value).strip():
        return
    if item.noun != "entry" and templates.holds(str(value.value)):
        return
    found = _DATE.fullmatch(str(value.value).strip())
    words = {"value": contracts.shown(value.value)}
    if found is None:
        yield Problem(value.span, words, "malformed")
    elif date_of(value) is None:
        yield Problem(value.span, words, "impossible")


def date_of(value: Value | None) -> datetime.date | None:
    """The day that a value names, None where it names none."""
    found = _DATE.fullmatch(str(value.value).strip()) if value is not None and value.value is not None else None
    if found is None:
        return None
    try:
        return datetime.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
