"""YAML as nearly all of it is written, read row by row: a third of what libyaml's events cost.

A member or an item a line, its value plain, in quotes or a small flow collection on the same line, or a block scalar.
At the first sign of anything else (an anchor, a tag, a merge, a key in quotes or a second time, a text over several
lines, a fault) the answer is None: ``yamlevents`` is the authority, and the tests hold this against it.
"""

import json
import re
from itertools import accumulate, compress
from typing import Any

from runbook_lint.documents.tree import Document, Reading
from runbook_lint.expressions import lazy
from runbook_lint.model import Value

# The whole row, its indent, the dash of an item, the key of a member, the value. With a block scalar come its lines,
# which stand farther right than the key; whether a blank line with spaces below them counts is left to libyaml.
# Else a row is lines that say nothing, or all that is left.
_ROW = lazy(
    r"((?:( *+)(- )?(?:(\w[\w./-]{0,99}+):(?: ++|(?=\n))|(?<=- ))"
    r"([^|>\n].*+|[|>][-+]?(?:\n\2(?(3)  ) .*+|\n(?=\n))++(?=\n(?! +\n))|(?<!- )(?=\n))\n)"
    r"|(?: *+(?:#.*+)?\n)++|(?s:.+))",
    re.A,
)
_SILENT = lazy(r"(?: *+(?:#.*+)?\n)*+")
_START = lazy(r"(?: *+(?:#.*+)?\n)*+--- *+\n")
_MARKER = lazy(r"(?<=\n)--- *+\n")
# How a value begins that is more than its text, and of these the ones that can be text without quotes.
_ODD = frozenset(" -0123456789~nNtf\"'[]{}|>?:,#&*!%@`")
_PLAIN = frozenset("-0123456789~nNtf")
_REST = r" *+(?:(?<= )#.*)?"
_QUOTED = lazy(rf"""("[^"\\\n]*+(?:\\["\\bfnrt][^"\\\n]*+)*+"|'[^'\n]*+(?:''[^'\n]*+)*+'){_REST}""")
_WORD = r"""(?:\w[\w./-]*+(?: [\w./-]++)*+|"[^"\\\n]*+"|'[^'\n]*+')"""
_MEMBER = rf"\w{{1,99}}+: ++{_WORD}"
_FLOW = lazy(rf"(\[(?:{_WORD}(?:, *+{_WORD})*+)?\]|\{{(?:{_MEMBER}(?:, *+{_MEMBER})*+)?\}}){_REST}", re.A)
_INSIDE = lazy(rf"(?:(\w++): ++)?({_WORD})", re.A)
_FOLD = lazy(r"\n(\n*)")
_CONTROLS = bytes({*range(32), 127} - {10})
# Where what is below a key may begin: so deep and no deeper goes the recursion.
_WIDEST = 60
_WORDS: dict[str, Any] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "false": False,
    "0": 0,
}
_NUMBER = lazy(r"-?[1-9][0-9]{0,17}")


class _UnsureError(Exception):
    """This is not as nearly all of YAML is written."""


def read(text: str) -> Reading | None:
    """All documents of a YAML text, the empty ones left out; None where it takes more than this to read them."""
    if not _is_clean(text):
        return None
    whole = text if text.endswith("\n") else f"{text}\n"
    first = _START.match(whole)
    start = first.end() if first else 0
    markers = [found.span() for found in _MARKER.finditer(whole, start)] if "\n---" in whole else []
    starts, ends = [start, *(end for _, end in markers)], [*(start for start, _ in markers), len(whole)]
    try:
        roots = [_Reader(whole[start:end], start).root() for start, end in zip(starts, ends, strict=True)]
    except _UnsureError:
        return None
    found = [root for root in roots if root is not None]
    # What a block scalar at the very end holds depends on the end of its last line.
    return Reading(tuple(map(Document, found))) if not found or found[-1].end <= len(text) else None


def meaning(word: str) -> str | int | bool | None:
    """What a scalar without quotes means: null, true, false and whole numbers as JSON writes them; all else is text."""
    if word in _WORDS:
        return _WORDS[word]  # type: ignore[no-any-return]
    return int(word) if word[0] in "-123456789" and _NUMBER.fullmatch(word) else word


def _is_clean(text: str) -> bool:
    """Whether there are no tabs, no line ends but LF, and nothing that libyaml does not take."""
    if text.isascii():
        return len(text.encode().translate(None, _CONTROLS)) == len(text)
    return text.replace("\n", "").isprintable()


class _Reader:
    """One document: its rows that say something, with the offset of each, and an empty one after the last."""

    def __init__(self, part: str, at: int) -> None:
        rows = _ROW.findall(part)
        if rows and not (rows[-1][2] or rows[-1][3] or _SILENT.fullmatch(rows[-1][0])):
            raise _UnsureError
        starts = list(accumulate([len(row[0]) for row in rows], initial=at))
        if "" in [row[3] for row in rows]:
            speak = [bool(row[2] or row[3]) for row in rows]
            rows, starts = list(compress(rows, speak)), list(compress(starts, speak))
        self.rows: list[tuple[str, str, str, str, str]] = [*rows, ("", "", "", "", "")]
        self.starts = starts
        self.next = 0

    def root(self) -> Value | None:
        """The whole of the document, None where it is empty."""
        _, indent, dash, key, _ = self.rows[0]
        if not dash and not key:
            return None
        inner, end, index = self.sequence(0, len(indent)) if dash else self.mapping(0, len(indent))
        if index + 1 < len(self.rows):
            raise _UnsureError
        return Value(inner, self.starts[0] + len(indent), end)

    def mapping(self, index: int, column: int) -> tuple[dict[str, Value], int, int]:
        """The members from a row on that begin at a column, where the last one ends, and the index of the next row."""
        rows, starts, odd, new, kind = self.rows, self.starts, _ODD, tuple.__new__, Value
        members: dict[str, Value] = {}
        margin = " " * column
        row, indent, dash, key, value = rows[index]
        while True:
            own = starts[index]
            if key in members:
                raise _UnsureError
            if value:
                end = own + len(row) - 1
                start = end - len(value)
                if value[0] in odd or ": " in value or " #" in value or value[-1] in " :":
                    inner, end = _special(value, start)
                    members[key] = new(kind, (inner, start, end, own + column))
                else:
                    members[key] = new(kind, (value, start, end, own + column))
                index += 1
            else:
                members[key] = member = self.below(index, column)
                end, index = member.end, self.next
            row, indent, dash, key, value = rows[index]
            if indent != margin or dash or not key:
                if len(indent) > column:
                    raise _UnsureError
                return members, end, index

    def below(self, index: int, column: int) -> Value:
        """What stands in the rows below a key without a value: a list, a mapping or nothing."""
        key = self.starts[index] + column
        _, indent, dash, name, _ = self.rows[index + 1]
        if len(indent) > _WIDEST:
            raise _UnsureError
        inner: Any
        if dash and len(indent) >= column:
            inner, end, self.next = self.sequence(index + 1, len(indent))
        elif name and len(indent) > column:
            inner, end, self.next = self.mapping(index + 1, len(indent))
        else:
            self.next = index + 1
            return Value(None, end := key + len(self.rows[index][3]) + 1, end, key)
        return Value(inner, self.starts[index + 1] + len(indent), end, key)

    def sequence(self, index: int, column: int) -> tuple[list[Value], int, int]:
        """The items from a row on whose dashes stand at a column, where the last one ends, and the index of the next
        row."""
        members: list[Value] = []
        _, indent, dash, key, value = self.rows[index]
        inner: Any
        while dash and len(indent) == column:
            start = self.starts[index] + column + 2
            if key:
                inner, end, index = self.mapping(index, column + 2)
            elif value:
                inner, end = _special(value, start)
                index += 1
            else:
                raise _UnsureError
            members.append(Value(inner, start, end))
            _, indent, dash, key, value = self.rows[index]
        if len(indent) > column:
            raise _UnsureError
        return members, end, index


def _special(value: str, start: int) -> tuple[Any, int]:
    """What a value is that is more than its text, and where it ends."""
    first = value[0]
    if first in "|>":
        return _block(value), start + len(value) + 1
    if first in "[{":
        return _flow(value, start)
    if first in "\"'":
        return _quoted(value, start)
    word = value.partition(" #")[0].rstrip(" ")
    if (first in _ODD and first not in _PLAIN) or word == "-" or word[:2] == "- " or ": " in word or word[-1] == ":":
        raise _UnsureError
    return meaning(word), start + len(word)


def _block(value: str) -> str:
    """The text of a block scalar."""
    header, _, body = value.partition("\n")
    text = body.lstrip(" ")
    if not text or text[0] == "\n":
        raise _UnsureError
    if "\n" in text:
        indent = " " * (len(body) - len(text))
        if text.count(f"\n{indent}") < text.count("\n") and not _is_level(body, indent):
            raise _UnsureError
        text = text.replace(f"\n{indent}", "\n")
    if header[0] == ">":
        text = _folded(text.rstrip("\n"))
    if header[1:] == "+":
        return f"{text}\n"
    return text.rstrip("\n") + ("" if header[1:] else "\n")


def _is_level(body: str, indent: str) -> bool:
    """Whether all lines that are not empty begin as far right as the first one."""
    return all(not line or line.startswith(indent) for line in body.split("\n"))


def _folded(text: str) -> str:
    """Lines as one, where none stands farther right."""
    if "\n " in text:
        raise _UnsureError
    return _FOLD.sub(lambda found: found[1] or " ", text)


def _quoted(value: str, start: int) -> tuple[str, int]:
    found = _QUOTED.fullmatch(value)
    if found is None:
        raise _UnsureError
    inner = found[1][1:-1]
    if value[0] == "'":
        inner = inner.replace("''", "'")
    elif "\\" in inner:
        inner = json.loads(found[1])
    return inner, start + found.end(1)


def _flow(value: str, start: int) -> tuple[Any, int]:
    """A list or a mapping of words."""
    found = _FLOW.fullmatch(value)
    if found is None:
        raise _UnsureError
    pairs = [_word(each, start) for each in _INSIDE.finditer(value, 1, found.end(1) - 1)]
    end = start + found.end(1)
    if value[0] == "[":
        return [member for _, member in pairs], end
    if len(dict(pairs)) < len(pairs):
        raise _UnsureError
    return dict(pairs), end


def _word(found: re.Match[str], at: int) -> tuple[str, Value]:
    """A word of a flow collection with its key, which has none in a list."""
    word = found[2]
    inner = word[1:-1] if word[0] in "\"'" else meaning(word)
    return found[1], Value(inner, at + found.start(2), at + found.end(2), at + found.start(1) if found[1] else -1)
