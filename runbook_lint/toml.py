"""Files in TOML -> plain tables whose keys and kinds are known; what is not is refused with a sentence.

The reader of the standard library gives no places, so they are searched for: of a key the first line that begins with
it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from runbook_lint.expressions import lazy
from runbook_lint.model import UserError

Table = dict[str, Any]
_AT = lazy(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_KINDS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "true or false": lambda value: isinstance(value, bool),
    "a whole number": lambda value: type(value) is int and value >= 0,
    "a number": lambda value: type(value) in (int, float) and 0 <= value < float("inf"),
    "a list of texts": lambda value: isinstance(value, list) and all(isinstance(each, str) for each in value),
    "a table": lambda value: isinstance(value, dict),
    "a list of tables": lambda value: isinstance(value, list) and all(isinstance(each, dict) for each in value),
    "a table or a list of tables": lambda value: all(isinstance(each, dict) for each in _listed(value)),
}


def parsed(text: str, name: str) -> Table:
    """The tables of a text; raises UserError with the place of what is no TOML."""
    import tomllib

    try:
        return tomllib.loads(text)
    except ValueError as error:
        words = str(error)
    except RecursionError:
        words = "it is too deep"
    at = _AT.search(words)
    line, column = (at[1], at[2]) if at and at[1] else (text.rstrip("\n").count("\n") + 1, 1)
    words = words[: at.start()] if at else words
    raise UserError(f"{name}:{line}:{column}: not valid TOML: {words[:1].lower()}{words[1:]}")


def checked(table: Mapping[str, Any], kinds: Mapping[str, str], where: Callable[[str], str]) -> Table:
    """The table with its keys in lower case, of which each is known and of its kind; ``where`` is said before a
    mistake with a key."""
    for key, value in table.items():
        kind = kinds.get(key.lower())
        if kind is None:
            from difflib import get_close_matches

            near = get_close_matches(key.lower(), kinds, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(kinds)}"
            raise UserError(f"{where(key)}: there is no key '{key}'; {hint}")
        if not _KINDS[kind](value):
            raise UserError(f"{where(key)}: '{key}' must be {kind}")
    return {key.lower(): value for key, value in table.items()}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def line_of(text: str, expression: str) -> int:
    """The first line that begins with what the expression says; the first of all where none does."""
    found = re.search(rf"^[ \t]*{expression}", text, re.M | re.I)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def line_of_key(text: str, key: str) -> int:
    """The first line that gives a key or opens its table."""
    return line_of(text, rf"(?:\[+[ \t]*)?[\"']?(?:\w+\.)*{re.escape(key)}\b")
