"""What a check may be given, and what is said of a name or an option that nobody knows."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from runbook_lint import patterns, resources
from runbook_lint.checks import GIVEN, Check
from runbook_lint.model import UserError


def meant(name: str, known: Collection[str], otherwise: str) -> str:
    """A question whether a known name was meant that is written nearly so; where there is none, the other words."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    return f"did you mean '{near[0]}'?" if near else otherwise


def refuse_unknown(name: str, known: Collection[str], where: str) -> None:
    """Refuses the name of a rule that there is not."""
    if name not in known:
        hint = meant(name, known, "`runbook-lint rules` lists all")
        raise UserError(f"{where}: there is no rule '{name}'; {hint}")


def taken(check: Check) -> list[str]:
    """The options that a pack or a user may give."""
    return [option for option in check.options if option not in GIVEN]


def refuse_given(check: Check, given: Mapping[str, Any], where: Callable[[str], str], foreign: bool) -> None:
    """Refuses options that the check does not have, or that are of a wrong kind; ``where`` gives the place of one. The
    expressions of our own packs are compiled only when they are used."""
    hints = _hints(check.function) if given else {}
    for option, value in given.items():
        refuse_option(option, taken(check), where(option))
        if not _fits(value, hints[option]):
            shown = json.dumps(value, ensure_ascii=False)[:60]
            raise UserError(f"{where(option)}: '{option}' must be {_kind(hints[option])}, not {shown}")
    for option, pattern in patterns.named(given) if foreign else ():
        why = patterns.invalid(pattern)
        if why:
            raise UserError(f"{where(option)}: the {option} is no regular expression: {why}")
    known = resources.names("schemas", ".schema.json") if "schema" in given else ()
    if "schema" in given and given["schema"] not in known:
        raise UserError(f"{where('schema')}: there is no schema '{given['schema']}'; there are {', '.join(known)}")


@lru_cache(maxsize=256)
def _hints(function: Callable[..., Any]) -> Mapping[str, Any]:
    return get_type_hints(function)


def refuse_option(option: str, known: Sequence[str], where: str) -> None:
    """Refuses an option that is none of those that are known."""
    if option not in known:
        choices = f"it has {', '.join(known)}" if known else "it has none but severity"
        raise UserError(f"{where}: there is no option '{option}'; {meant(option, known, choices)}")


def refuse_lack(check: Check, options: Mapping[str, Any], where: str) -> None:
    """Refuses a check without an option that it cannot do without."""
    lacking = [name for name in taken(check) if name not in options and name not in defaults_of(check)]
    if lacking:
        raise UserError(f"{where} needs the option '{lacking[0]}'")


def defaults_of(check: Check) -> Mapping[str, Any]:
    """The options that a check can do without, with what it takes instead."""
    defaults: Mapping[str, Any] = check.function.__kwdefaults__ or {}
    return defaults


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value from a pack is of the kind that a check declares. Numbers are never negative; one with a point
    comes from YAML as text."""
    kind, inside = get_origin(hint), get_args(hint)
    if kind in (UnionType, Union):
        return any(_fits(value, each) for each in inside)
    if kind is Literal:
        return value in inside
    if kind is Sequence:
        return isinstance(value, list) and all(_fits(each, inside[0]) for each in value)
    if kind is Mapping:
        return isinstance(value, dict) and all(_fits(k, inside[0]) and _fits(v, inside[1]) for k, v in value.items())
    if is_typeddict(hint):
        inner = get_type_hints(hint)
        return isinstance(value, dict) and all(key in inner and _fits(each, inner[key]) for key, each in value.items())
    if hint is float and isinstance(value, str):
        return value.replace(".", "", 1).isdecimal() and value.isascii()
    if hint in (int, float):
        return isinstance(value, (int, hint)) and not isinstance(value, bool) and value >= 0
    return isinstance(value, hint)


def _kind(hint: Any) -> str:
    """The same in words."""
    kind, inside = get_origin(hint), get_args(hint)
    if kind in (UnionType, Union):
        return " or ".join(_kind(each) for each in inside if each is not NoneType)
    if kind is Literal:
        return " or ".join(inside)
    if kind is Sequence:
        return f"a list, each {_kind(inside[0])}"
    if kind is Mapping:
        return f"a mapping from {_kind(inside[0])} to {_kind(inside[1])}"
    if is_typeddict(hint):
        return f"a mapping of {', '.join(get_type_hints(hint))}"
    return {int: "a whole number", float: "a number", str: "text", bool: "true or false"}.get(hint, str(hint))
