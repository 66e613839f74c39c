"""Regular expressions of RE2, as Go and gitleaks write them, in Python's words: the same texts are matched.

What Python says otherwise is written anew: flags in the middle of an expression, classes of characters, which are
ASCII in RE2, the end of the text, octal numbers, quotations. What RE2 does not know is refused, though Python may
know it.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from runbook_lint.expressions import lazy

# Classes as the first and last character of each range.
_PERL = {"d": "09", "s": "\t\n\f\r  ", "w": "09AZ__az"}
_POSIX = {
    "alnum": "09AZaz",
    "alpha": "AZaz",
    "ascii": "\x00\x7f",
    "blank": "\t\t  ",
    "cntrl": "\x00\x1f\x7f\x7f",
    "digit": "09",
    "graph": "!~",
    "lower": "az",
    "print": " ~",
    "punct": "!/:@[`{~",
    "space": "\t\r  ",
    "upper": "AZ",
    "word": "09AZ__az",
    "xdigit": "09AFaf",
}
_LAST = 0x10FFFF
_SIGNS = "\u017f\u017f\u212a\u212a"
_NAMED = lazy(r"\[:(\^?)(\w+):\]")
_PROPERTY = lazy(r"\\([pP])(?:\{(\^?)(\w+)\}|(\w))")
_CHARACTER = lazy(
    r"\\(?:(?P<octal>0[0-7]{0,2}|[1-7][0-7]{1,2})|x\{(?P<wide>[0-9A-Fa-f]{1,8})\}|x[0-9A-Fa-f]{2}|[afnrtv]"
    r"|[\x00-/:-@\[-`{-\x7f])"
)
_GROUP = lazy(r"\((?:\?(?:P?<(?P<name>\w+)>|(?P<on>[imsU]*)(?:-(?P<off>[imsU]+))?(?P<end>[:)]))|(?!\?))")
_NUMBER = r"(?:0|[1-9]\d*)"
_REPEAT = lazy(rf"(?:[*+?]|\{{{_NUMBER}(?:,{_NUMBER}?)?\}})\??")
_REPEAT_OF_PYTHON = lazy(r"\{(?!\})\d*(?:,\d*)?\}")


@dataclass
class _Scope:
    """An open group: whether ``$`` is the end of a line in it, and the flags that were set on the way."""

    lines: bool = False
    flags: list[str] = field(default_factory=list)


def translate(expression: str) -> str:
    """The expression for Python; raises ValueError with a sentence where there is none."""
    parts: list[str] = []
    scopes = [_Scope()]
    at = 0
    while at < len(expression):
        part, at = _STEPS.get(expression[at], _literal)(expression, at, scopes)
        parts.append(part)
    return "".join(parts) + ")" * len(scopes[-1].flags)


def _literal(expression: str, at: int, _scopes: list[_Scope]) -> tuple[str, int]:
    return expression[at], at + 1


def _open(expression: str, at: int, scopes: list[_Scope]) -> tuple[str, int]:
    """A group, or flags from here to the end of the one around."""
    found = _GROUP.match(expression, at)
    if found is None:
        raise ValueError(f"RE2 knows no group that begins with '{expression[at : at + 3]}'")
    on, off = found["on"] or "", (found["off"] or "").replace("U", "")
    if "U" in on:
        raise ValueError("the flag U, which makes repeats take little, cannot be had; write *? and +?")
    lines = ("m" in on or scopes[-1].lines) and "m" not in off
    text = f"(?{on}{'-' if off else ''}{off}:"
    if found["end"] == ")":
        scopes[-1].flags.append(text)
        scopes[-1].lines = lines
    else:
        text = text if found["end"] else f"(?P<{found['name']}>" if found["name"] else "("
        scopes.append(_Scope(lines))
    return text, found.end()


def _close(_expression: str, at: int, scopes: list[_Scope]) -> tuple[str, int]:
    if len(scopes) == 1:
        raise ValueError(f"a ')' too many at character {at + 1}")
    return ")" * len(scopes.pop().flags) + ")", at + 1


def _either(_expression: str, at: int, scopes: list[_Scope]) -> tuple[str, int]:
    """``|`` ends what the flags stand before; they hold for the next branch as well."""
    flags = scopes[-1].flags
    return ")" * len(flags) + "|" + "".join(flags), at + 1


def _end(_expression: str, at: int, scopes: list[_Scope]) -> tuple[str, int]:
    return "$" if scopes[-1].lines else r"\Z", at + 1


def _repeat(expression: str, at: int, _scopes: list[_Scope]) -> tuple[str, int]:
    """A repeat; a brace that RE2 takes for text is made text for Python."""
    found = _REPEAT.match(expression, at)
    if found is None:
        return r"\{" if _REPEAT_OF_PYTHON.match(expression, at) else "{", at + 1
    if _REPEAT.match(expression, found.end()):
        raise ValueError(f"a repeat stands directly behind a repeat at character {found.end() + 1}")
    return found[0], found.end()


def _escape(expression: str, at: int, _scopes: list[_Scope]) -> tuple[str, int]:
    if expression.startswith(r"\Q", at):
        quoted, _, _ = expression[at + 2 :].partition(r"\E")
        return re.escape(quoted), at + 2 + len(quoted) + 2
    simple = {r"\A": r"\A", r"\z": r"\Z", r"\b": r"(?a:\b)", r"\B": r"(?a:\B)"}.get(expression[at : at + 2])
    if simple is not None:
        return simple, at + 2
    if expression[at + 1 : at + 2] in ("D", "S", "W"):
        return f"[^{_ranges(_PERL[expression[at + 1].lower()])}]", at + 2
    pairs, after = _class(expression, at)
    return (f"[{_ranges(pairs)}]", after) if after > at else _character(expression, at)


def _bracket(expression: str, at: int, _scopes: list[_Scope]) -> tuple[str, int]:
    """A class in brackets. A hyphen is one anywhere, unless it stands between two characters."""
    opening = "[^" if expression.startswith("[^", at) else "["
    at += len(opening)
    members: list[str] = []
    while not (members and expression.startswith("]", at)):
        pairs, after = _class(expression, at)
        member, at = (_ranges(pairs), after) if after > at else _range(expression, at)
        members.append(member)
    if len(members) > 1 and members[-1] == r"\-":
        members[-1] = "-"
    return f"{opening}{''.join(members)}]", at + 1


def _range(expression: str, at: int) -> tuple[str, int]:
    """One character of a class, or from one to another."""
    first, at = _member(expression, at)
    if not expression.startswith("-", at) or expression.startswith("-]", at):
        return first, at
    last, at = _member(expression, at + 1)
    return f"{first}-{last}", at


def _member(expression: str, at: int) -> tuple[str, int]:
    if at >= len(expression):
        raise ValueError("a '[' is never closed")
    letter = expression[at]
    if letter == "\\":
        return _character(expression, at)
    return ("\\" + letter if letter in "[]^-&~|" else letter), at + 1


def _character(expression: str, at: int) -> tuple[str, int]:
    """A character that is written with a backslash."""
    found = _CHARACTER.match(expression, at)
    if found is None:
        raise ValueError(f"'{expression[at : at + 2]}' is no escape that RE2 knows")
    if found["octal"] or found["wide"]:
        code = int(found["octal"], 8) if found["octal"] else int(found["wide"], 16)
        return _coded(code), found.end()
    return found[0], found.end()


def _class(expression: str, at: int) -> tuple[str, int]:
    r"""The ranges of a class with a name (``\d``, ``[:alpha:]``, ``\pL``), and where it ends: where it began if there
    is none."""
    named = _NAMED.match(expression, at)
    if named and named[2] not in _POSIX:
        raise ValueError(f"there is no class {named[0]}")
    if named:
        return (_others if named[1] else str)(_POSIX[named[2]]), named.end()
    property_ = _PROPERTY.match(expression, at)
    if property_:
        turned = (property_[1] == "P") != bool(property_[2])
        return (_others if turned else str)(_category(property_[3] or property_[4])), property_.end()
    letter = expression[at + 1 : at + 2]
    if expression.startswith("\\", at) and letter and letter.lower() in _PERL:
        return (_others if letter.isupper() else str)(_PERL[letter.lower()]), at + 2
    return "", at


@lru_cache(maxsize=64)
def _category(name: str) -> str:
    """The ranges of a general category of Unicode, such as ``L`` or ``Lu``."""
    inside = [unicodedata.category(chr(code)).startswith(name) for code in range(_LAST + 1)]
    if not any(inside):
        raise ValueError(f"the class {name} of Unicode is no general category; scripts cannot be had")
    edges = [code for code, (before, here) in enumerate(pairwise([False, *inside, False])) if before != here]
    return "".join(chr(edge - number % 2) for number, edge in enumerate(edges))


def _others(pairs: str) -> str:
    """The ranges of all that is in none of these. With all letters go the two signs that equal k and s without case."""
    codes = [-1, *map(ord, pairs + _SIGNS if "az" in pairs else pairs), _LAST + 1]
    gaps = [(codes[n] + 1, codes[n + 1] - 1) for n in range(0, len(codes), 2)]
    return "".join(chr(first) + chr(last) for first, last in gaps if first <= last)


def _ranges(pairs: str) -> str:
    """Ranges as they are written in brackets."""
    both = zip(pairs[::2], pairs[1::2], strict=True)
    return "".join(_plain(first) if first == last else f"{_plain(first)}-{_plain(last)}" for first, last in both)


def _plain(letter: str) -> str:
    return letter if letter.isascii() and (letter.isalnum() or letter == "_") else _coded(ord(letter))


def _coded(code: int) -> str:
    if code > _LAST:
        raise ValueError(f"there is no character {code:X}")
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_STEPS: dict[str, Callable[[str, int, list[_Scope]], tuple[str, int]]] = {
    "\\": _escape,
    "[": _bracket,
    "(": _open,
    ")": _close,
    "|": _either,
    "$": _end,
    "*": _repeat,
    "+": _repeat,
    "?": _repeat,
    "{": _repeat,
}
