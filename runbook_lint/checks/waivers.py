"""Checks of waivers: an excuse has an owner, a reason and an end, and is used."""

import datetime
import re
from collections.abc import Iterator, Sequence

from runbook_lint.checks.values import date_of
from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Problem, Value

_NEEDED = ("until", "owner", "reason")
# Nobody answers for what stands here, and it says nothing.
_PLACEHOLDER = lazy(
    r"(?:\W*|x+\W*|(?:to-?do|tbd|tba|tbc|fixme|wip|pending|none|null|nil|n/?a|unknown|missing|placeholder"
    r"|(?:change|replace)[-_ ]?(?:me|this))\W*|<[^>]*>|\[[^\]]*\])",
    re.I,
)
_LONGEST = 60


def be_complete(item: Item, value: Value | None) -> Iterator[Problem]:
    """A waiver has a form that there is, and names its rules, an owner, a reason and a last day that exists, each
    once and nothing else. An end of a waiver has a beginning."""
    if item.raw("form") is not None:
        yield _unknown_form(item)
    elif item.raw("lone"):
        yield Problem(case="lone")
    else:
        yield from _attributes(item)


def _unknown_form(item: Item) -> Problem:
    from difflib import get_close_matches

    form, forms = item.raw("form")[:_LONGEST], item.raw("forms")
    by_word = {_word(each): each for each in forms}
    near = next((by_word[each] for each in get_close_matches(_word(form), by_word, 1)), "")
    words = {"form": form, "near": near, "forms": ", ".join(f"'{each}'" for each in forms)}
    return Problem(item.fields["form"].span, words, "near" if near else "form", form)


def _word(form: str) -> str:
    return form.removeprefix("runbook-lint").strip("-: \t").lower()


def _attributes(item: Item) -> Iterator[Problem]:
    missing = [name for name in _NEEDED if not item.text(name)]
    if not item.raw("rules"):
        missing.insert(0, "rule")
    if missing:
        yield Problem(None, {"missing": ", no ".join(missing)})
    elif date_of(item.fields["until"]) is None:
        yield Problem(None, {"until": item.text("until")}, "until")
    for name in ("owner", "reason"):
        said = item.text(name)
        if said and _PLACEHOLDER.fullmatch(said):
            yield Problem(None, {"name": name, "said": said[:_LONGEST]}, "placeholder", name)
    for case in ("strange", "twice"):
        for name in item.raw(case, ()):
            yield Problem(None, {"name": name[:_LONGEST]}, case, f"{case} {name}")


def waivable(rule: str) -> bool:
    """Whether a rule can be waived: not what could not be read, for nobody knows what that hides, and not waivers."""
    return not rule.startswith(("read/", "waiver/"))


def name_known_rules(item: Item, value: Value | None, *, rule_ids: Sequence[str] = ()) -> Iterator[Problem]:
    """Every rule that a waiver names exists and can be waived; a family is not a rule."""
    for name in value.value if value is not None else ():
        rule = str(name.value)
        if rule not in rule_ids:
            from difflib import get_close_matches

            near = next(iter(get_close_matches(rule, rule_ids, 1)), "")
            yield Problem(name.span, {"name": rule, "near": near}, "near" if near else "", rule)
        elif not waivable(rule):
            yield Problem(name.span, {"name": rule}, "never", rule)


def not_be_expired(item: Item, value: Value | None, *, today: datetime.date) -> Iterator[Problem]:
    """The last day of a waiver is not over; ``until`` is inclusive."""
    until = date_of(value)
    if until is not None and until < today:
        yield Problem(None, {"until": str(until)})


def not_end_after(item: Item, value: Value | None, *, today: datetime.date, days: int = 180) -> Iterator[Problem]:
    """The last day of a waiver is no more than ``days`` away."""
    until = date_of(value)
    if until is not None and (until - today).days > days:
        words = {"until": str(until), "left": str((until - today).days), "days": str(days)}
        yield Problem(None, {**words, "latest": str(today + datetime.timedelta(days))})


def not_end_within(item: Item, value: Value | None, *, today: datetime.date, within: int = 14) -> Iterator[Problem]:
    """The last day of a waiver is more than ``within`` days away, or over."""
    until = date_of(value)
    if until is not None and 0 <= (until - today).days <= within:
        yield Problem(None, {"until": str(until), "left": str((until - today).days)})


def be_used(item: Item, value: Value | None) -> Iterator[Problem]:
    """A waiver excuses something. ``value`` are the rules of which it excuses nothing."""
    if value is not None and value.value:
        yield Problem(None, {"rules": ", ".join(value.value)})
