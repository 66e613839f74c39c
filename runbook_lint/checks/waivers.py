"""Checks of waivers: an excuse has an owner, a reason and an end, and is used."""

import datetime
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from runbook_lint.checks.values import date_of
from runbook_lint.model import Item, Problem, Value

_NEEDED = ("until", "owner", "reason")


def be_complete(item: Item, value: Value | None) -> Iterator[Problem]:
    """A waiver names its rules, an owner, a reason and a last day that exists."""
    missing = [name for name in _NEEDED if not item.text(name)]
    if not item.raw("rules"):
        missing.insert(0, "rule")
    if missing:
        yield Problem(None, {"missing": ", no ".join(missing)})
    elif date_of(item.fields["until"]) is None:
        yield Problem(None, {"until": item.text("until")}, "until")


def waivable(rule: str) -> bool:
    """Whether a rule can be waived: not what could not be read, for nobody knows what that hides, and not waivers."""
    return not rule.startswith(("read/", "waiver/"))


def name_known_rules(item: Item, value: Value | None, *, rule_ids: Sequence[str] = ()) -> Iterator[Problem]:
    """Every rule that a waiver names exists and can be waived; a family is not a rule."""
    for name in value.value if value is not None else ():
        rule = str(name.value)
        if rule not in rule_ids:
            near = next(iter(get_close_matches(rule, rule_ids, 1)), "")
            yield Problem(name.span, {"name": rule, "near": near}, "near" if near else "", rule)
        elif not waivable(rule):
            yield Problem(name.span, {"name": rule}, "never", rule)


def not_be_expired(item: Item, value: Value | None, *, today: datetime.date) -> Iterator[Problem]:
    """The last day of a waiver is not over; ``until`` is inclusive."""
    until = date_of(value)
    if until is not None and until < today:
        yield Problem(None, {"until": str(until)})


def be_used(item: Item, value: Value | None) -> Iterator[Problem]:
    """A waiver excuses something. ``value`` are the rules of which it excuses nothing."""
    if value is not None and value.value:
        yield Problem(None, {"rules": ", ".join(value.value)})
