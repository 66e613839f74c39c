"""JSON (RFC 8259) into a tree of values with places.

The standard library knows no places, and a YAML parser is sixty times slower on a large catalog, so the few rules of
JSON stand here. The tests hold it against ``json.loads``: the same values, and an error for the same texts.
"""

import re
from json import JSONDecodeError, JSONDecoder

from runbook_lint.documents.tree import DEEPEST, Document, Fault, Reading, UnreadableError
from runbook_lint.expressions import lazy
from runbook_lint.model import Span, Value

_SPACE = lazy(r"[ \t\n\r]*")
_NUMBER = lazy(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![0-9A-Za-z_.+-])")
_PLAIN = lazy(r'"([^"\\\x00-\x1f]*)"')
# A member as nearly all are: a text under a key, neither with an escape; and the comma before the next one.
_PAIR = lazy(r'"([^"\\\x00-\x1f]*+)"[ \t\n\r]*+:[ \t\n\r]*+"([^"\\\x00-\x1f]*+)"[ \t\n\r]*+(,[ \t\n\r]*+(?="))?')
_WORDS = {"true": True, "false": False, "null": None}
_WORD = lazy(r"[A-Za-z_]+")
_DECODER = JSONDecoder()
# A value from a tuple, which costs half of what a call of its class does.
_new = tuple.__new__
_Mistakes = tuple[tuple[re.Pattern[str], str], ...]
# What people write who take JSON for something like it: wherever JSON wants something else, and where it wants a value.
_MISTAKES: _Mistakes = (
    (lazy(r"//|/\*|#"), "JSON has no comments"),
    (lazy(r"[^\S \t\n\r]|[\ufeff\u200b]"), "an invisible character that is no space of JSON"),
)
_NO_VALUES: _Mistakes = (
    *_MISTAKES,
    (lazy("['\u2018\u2019\u201c\u201d]"), "text stands in straight double quotes"),
    (lazy(r"[-+]?(?:NaN|Infinity)\b"), "JSON has no NaN and no Infinity"),
    (lazy(r"True\b|False\b|None\b"), "true, false and null are written like this"),
    (lazy(r"[-+.]?[0-9]"), "a number is written otherwise, such as 10, -0.5 or 1e3"),
    (lazy(r"[^\W\d]"), "text stands in double quotes"),
)
# What the standard library says of a text in quotes, in people's words.
_IN_STRING = (
    ("Unterminated", "this text has no closing quote"),
    ("Invalid \\u", "\\u wants four hexadecimal digits"),
    ("Invalid \\", "no such escape: a backslash itself is written \\\\"),
    ("Invalid control", "inside text a line break is written \\n, a tab \\t, another control character \\u0000"),
)


class _Reader:
    """The state of one reading: the text and the faults met on the way."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults: list[Fault] = []

    def fail(self, words: str, at: int) -> UnreadableError:
        return UnreadableError(Fault("syntax", f"not valid JSON: {words}", Span(at, min(at + 1, len(self.text)))))

    def expected(self, what: str, at: int, mistakes: _Mistakes = _MISTAKES) -> UnreadableError:
        """The fault of a place where something else stands than JSON wants there."""
        if at >= len(self.text):
            return self.fail(f"the text ends where {what} is expected", at)
        mistake = next((words for pattern, words in mistakes if pattern.match(self.text, at)), "")
        return self.fail(mistake or f"{what} is expected here", at)

    def space(self, at: int) -> int:
        return _SPACE.match(self.text, at).end()  # type: ignore[union-attr]

    def string(self, at: int) -> tuple[str, int]:
        simple = _PLAIN.match(self.text, at)
        if simple:
            return simple[1], simple.end()
        try:
            return _DECODER.raw_decode(self.text, at)
        except JSONDecodeError as error:
            words = next((words for start, words in _IN_STRING if error.msg.startswith(start)), error.msg)
            raise self.fail(words, error.pos) from None

    def document(self) -> Document:
        start = self.space(0)
        if start == len(self.text):
            raise UnreadableError(Fault("syntax", "the file is empty", Span(0, 0)))
        root = self.value(start, 0)
        rest = self.space(root.end)
        if rest != len(self.text):
            raise self.expected("the end of the document", rest)
        return Document(root)

    def value(self, at: int, depth: int, key: int = -1) -> Value:
        first = self.text[at : at + 1]
        if first == '"':
            string, end = self.string(at)
            return Value(string, at, end, key)
        if first and first in "{[":
            if depth >= DEEPEST:
                raise self.fail(f"nested deeper than {DEEPEST} levels", at)
            members, end = self.mapping(at, depth) if first == "{" else self.sequence(at, depth)
            return Value(members, at, end, key)
        return self.scalar(at, key)

    def scalar(self, at: int, key: int) -> Value:
        number = _NUMBER.match(self.text, at)
        if number:
            return Value(self.number(number, at), at, number.end(), key)
        word = _WORD.match(self.text, at)
        if word and word[0] in _WORDS:
            return Value(_WORDS[word[0]], at, word.end(), key)
        raise self.expected("a value", at, _NO_VALUES)

    def number(self, number: re.Match[str], at: int) -> int | float:
        try:
            return float(number[0]) if number[1] or number[2] else int(number[0])
        except ValueError:
            raise self.fail(f"a number of {len(number[0])} digits", at) from None

    def sequence(self, at: int, depth: int) -> tuple[list[Value], int]:
        members: list[Value] = []
        at = self.space(at + 1)
        if self.text.startswith("]", at):
            return members, at + 1
        while True:
            members.append(self.value(at, depth + 1))
            at = self.space(members[-1].end)
            if self.text.startswith("]", at):
                return members, at + 1
            at = self.comma(at, "]")

    def mapping(self, at: int, depth: int) -> tuple[dict[str, Value], int]:
        members: dict[str, Value] = {}
        text, pair = self.text, _PAIR.match
        at = self.space(at + 1)
        if text.startswith("}", at):
            return members, at + 1
        while True:
            found = pair(text, at)
            if found:
                key, inner, comma = found.groups()
                start, end = found.span(2)
                value = _new(Value, (inner, start - 1, end + 1, at))
                if members.setdefault(key, value) is not value:
                    self.again(key, found.end(1) + 1, value)
                at = found.end()
                if comma:
                    continue
            else:
                at = self.longer_pair(members, at, depth)
            if text.startswith("}", at):
                return members, at + 1
            at = self.comma(at, "}")

    def again(self, key: str, end: int, value: Value) -> None:
        """Notes a key, which ends there, whose value does not count: of those that have the same key the first does."""
        span = Span(value.key, end)
        self.faults.append(Fault("duplicate-key", f"the key {key!r} stands here a second time", span))

    def longer_pair(self, members: dict[str, Value], at: int, depth: int) -> int:
        """Any other member; where the next thing stands."""
        if not self.text.startswith('"', at):
            raise self.expected("a key in double quotes", at, _NO_VALUES[:3])
        key, end = self.string(at)
        colon = self.space(end)
        if not self.text.startswith(":", colon):
            raise self.expected("a colon after the key", colon)
        value = self.value(self.space(colon + 1), depth + 1, at)
        if members.setdefault(key, value) is not value:
            self.again(key, end, value)
        return self.space(value.end)

    def comma(self, at: int, closing: str) -> int:
        if not self.text.startswith(",", at):
            raise self.expected(f"a comma or {closing!r}", at)
        after = self.space(at + 1)
        if self.text.startswith(closing, after):
            raise self.fail(f"a comma before {closing!r}", at)
        return after


def read(text: str) -> Reading:
    """The document of a JSON text, or the fault that makes it unreadable."""
    reader = _Reader(text)
    try:
        return Reading((reader.document(),), tuple(reader.faults))
    except UnreadableError as unreadable:
        return Reading((), (unreadable.fault,))
