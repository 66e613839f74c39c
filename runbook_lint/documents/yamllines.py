"""YAML as nearly all of it is written, read row by row: a third of what libyaml's events cost.

A member or an item a line, its value plain, in quotes or a small flow collection on the same line, or a block scalar.
At the first sign of anything else (an anchor, a tag, a merge, a key a second time or with an escape in it, a text over
several lines, a fault) the answer is None: ``yamlevents`` is the authority, and the tests hold this against it.
"""

import json
import re
from itertools import chain
from typing import Any

from runbook_lint.documents.tree import Document, Reading
from runbook_lint.expressions import lazy
from runbook_lint.model import Value

# The indent of a row, the dash of an item, the key of a member, the value. With a block scalar come its lines, which
# stand farther right than the key; whether a blank line with spaces below them counts is left to libyaml. Else lines
# that say nothing, or all that is left.
_ROW = lazy(
    r"(?:( *+)(- )?(?:(\w[\w./-]{0,99}+|\"[^\"\\\n]{1,200}+\"|'[^'\n]{1,200}+'):(?: (?! *\n)|(?=\n))|(?<=- )(?!\n))"
    r"([^|>\n].*+|[|>][-+]?(?:\n\1(?(2)  ) .*+|\n(?=\n))++(?=\n(?! +\n))|(?=\n))\n"
    r"|((?: *+(?:#.*+)?\n)++|(?s:.+)))",
    re.A,
)
_END = ("", "", "", "", "")
_SILENT = lazy(r"(?: *+(?:#.*+)?\n)*+")
_START = lazy(r"(?: *+(?:#.*+)?\n)*+--- *+\n")
_MARKER = lazy(r"(?<=\n)--- *+\n")
# How a value begins that is more than its text, and of these the ones that can be text without quotes.
_ODD = frozenset(" -0123456789~nNtf\"'[]{}|>?:,#&*!%@`")
_PLAIN = frozenset("-:?0123456789~nNtf")
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
# A value from a tuple, which costs half of what a call of its class does.
_new = tuple.__new__


class _UnsureError(Exception):
    """This is not as nearly all of YAML is written."""


def read(text: str) -> Reading | None:
    """All documents of a YAML text, the empty ones left out; None where it takes more than this to read them."""
    if not _is_clean(text):
        return None
    bare = text.rstrip()
    whole = f"{bare}\n"
    first = _START.match(whole)
    start = first.end() if first else 0
    try:
        roots = _parts(whole, start) if "\n---" in bare else [_Reader(whole[start:], start).root()]
    except _UnsureError:
        return None
    found = tuple(Document(root) for root in roots if root is not None)
    # What a block scalar at the very end holds depends on how its last line ends, and on what is blank below it.
    return Reading(found) if not found or whole == text or found[-1].root.end <= len(bare) else None


def _parts(whole: str, start: int) -> list[Value | None]:
    """The roots of several documents."""
    markers = [found.span() for found in _MARKER.finditer(whole, start)]
    starts, ends = [start, *(end for _, end in markers)], [*(start for start, _ in markers), len(whole)]
    return [_Reader(whole[start:end], start).root() for start, end in zip(starts, ends, strict=True)]


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
    """One document: the row at hand and where it begins, those to come, and where the last value ends."""

    def __init__(self, part: str, at: int) -> None:
        rows = _ROW.findall(part)
        if rows and rows[-1][4] and not _SILENT.fullmatch(rows[-1][4]):
            raise _UnsureError
        self.take = chain(rows, [_END]).__next__
        self.row: tuple[str, str, str, str, str] = _END
        self.at = at
        self.end = at

    def advance(self) -> None:
        """Goes to the next row that says something."""
        self.row = self.take()
        if self.row[4]:
            self.at += len(self.row[4])
            self.row = self.take()

    def root(self) -> Value | None:
        """The whole of the document, None where it is empty."""
        self.advance()
        indent, dash, key, _, _ = self.row
        if not dash and not key:
            return None
        start = self.at + len(indent)
        inner = self.sequence(len(indent)) if dash else self.mapping(len(indent))
        if self.row is not _END:
            raise _UnsureError
        return Value(inner, start, self.end)

    def mapping(self, column: int) -> dict[str, Value]:
        """The members whose keys begin at a column, from the row at hand on."""
        take, at, odd, new, kind = self.take, self.at, _ODD, _new, Value
        members: dict[str, Value] = {}
        margin = " " * column
        _, _, key, value, _ = self.row
        while True:
            own, name = at + column, key if key[0] not in "\"'" else key[1:-1]
            if name in members:
                raise _UnsureError
            if value:
                start = own + len(key) + 2
                end = start + len(value)
                at = end + 1
                if value[0] in odd or ": " in value or " #" in value or value[-1] in " :":
                    members[name] = member = _special(value, start, own)
                    end = member.end
                else:
                    members[name] = new(kind, (value, start, end, own))
                row = take()
                if row[4]:
                    at += len(row[4])
                    row = take()
            else:
                members[name] = self.below(key, own, column)
                end, at, row = self.end, self.at, self.row
            indent, dash, key, value, _ = row
            if indent != margin or dash or not key:
                self.row, self.at, self.end = row, at, end
                if len(indent) > column:
                    raise _UnsureError
                return members

    def below(self, key: str, own: int, column: int) -> Value:
        """What stands in the rows below a key without a value: a list, a mapping or nothing."""
        self.end = own + len(key) + 1
        self.at = self.end + 1
        self.advance()
        indent, dash, name, _, _ = self.row
        start = self.at + len(indent)
        inner: Any = None
        if len(indent) > _WIDEST:
            raise _UnsureError
        if dash and len(indent) >= column:
            inner = self.sequence(len(indent))
        elif name and len(indent) > column:
            inner = self.mapping(len(indent))
        else:
            start = self.end
        return _new(Value, (inner, start, self.end, own))

    def sequence(self, column: int) -> list[Value]:
        """The items whose dashes stand at a column, from the row at hand on."""
        members: list[Value] = []
        indent, dash, key, value, _ = self.row
        while dash and len(indent) == column:
            start = self.at + column + 2
            if key:
                inner = self.mapping(column + 2)
                members.append(_new(Value, (inner, start, self.end, -1)))
            else:
                members.append(_special(value, start, -1))
                self.end = members[-1].end
                self.at = start + len(value) + 1
                self.advance()
            indent, dash, key, value, _ = self.row
        if len(indent) > column:
            raise _UnsureError
        return members


def _special(value: str, start: int, key: int) -> Value:
    """A value that is more than its text."""
    first = value[0]
    if first in "|>":
        return _new(Value, (_block(value), start, start + len(value) + 1, key))
    if first in "[{":
        return _flow(value, start, key)
    if first in "\"'":
        return _quoted(value, start, key)
    word = value.partition(" #")[0].rstrip(" ")
    if first == " " and word:
        word = word.lstrip(" ")
        return _special(word, start + value.index(word), key)
    if first in _ODD and (first not in _PLAIN or (first in "-?" and word[1:2] in ("", " "))):
        raise _UnsureError
    if ": " in word or word[-1] == ":":
        raise _UnsureError
    return _new(Value, (meaning(word), start, start + len(word), key))


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


def _quoted(value: str, start: int, key: int) -> Value:
    found = _QUOTED.fullmatch(value)
    if found is None:
        raise _UnsureError
    inner = found[1][1:-1]
    if value[0] == "'":
        inner = inner.replace("''", "'")
    elif "\\" in inner:
        inner = json.loads(found[1])
    return _new(Value, (inner, start, start + found.end(1), key))


def _flow(value: str, start: int, key: int) -> Value:
    """A list or a mapping of words."""
    found = _FLOW.fullmatch(value)
    if found is None:
        raise _UnsureError
    pairs = [_word(each, start) for each in _INSIDE.finditer(value, 1, found.end(1) - 1)]
    end = start + found.end(1)
    if value[0] == "[":
        return Value([member for _, member in pairs], start, end, key)
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _UnsureError
    return Value(members, start, end, key)


def _word(found: re.Match[str], at: int) -> tuple[str, Value]:
    """A word of a flow collection with its key, which has none in a list."""
    word = found[2]
    inner = word[1:-1] if word[0] in "\"'" else meaning(word)
    return found[1], Value(inner, at + found.start(2), at + found.end(2), at + found.start(1) if found[1] else -1)
