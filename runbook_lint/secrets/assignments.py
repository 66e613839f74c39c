"""Where a text gives a value to a name, in whatever syntax: shell, YAML, JSON, HCL, ini, code, XML, a table, prose."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from runbook_lint.expressions import lazy
from runbook_lint.model import Span

_LONGEST_NAME = 64
# How much of what stands before a name on its line tells what the name belongs to.
_CONTEXT = 80
# A value that a name runs into, as in ``api-key-4f3c...``.
_GLUED = r"-[A-Za-z0-9-]{20,120} (?![\w./-])"
_AFTER = lazy(
    rf"""
    (?P<rest> [A-Za-z0-9_.]{{0,24}} (?= {_GLUED} ) | [A-Za-z0-9_.-]{{0,48}} )
    (?: \[[^\[\]\n]{{0,20}}\] | \\?["'`\])*] ){{0,4}}
    (?: (?= {_GLUED} ) (?P<dash> - )
      | (?: [ \t]{{1,4}} [0-9]{{1,3}}
          | [ \t](?:for|of)[ \t](?:the[ \t])?[\w"'`*.@-]{{1,40}} (?=:[ \t])
          | :? [ \t]{{1,4}} [A-Za-z][\w.\[\]?<>]{{0,24}} (?=[ \t]{{0,4}}:?=) )?
        [ \t]{{0,40}} (?P<sign> [=!]={{1,2}} | :{{0,3}}=>? | [?+.]= | -> | :(?!//) )
        \s{{0,40}} (?: [|>][+-]?\s{{1,40}} )?
      | [,;]? \s{{0,40}} ["']? (?P<attribute> (?i:value) ["']? [ \t]{{0,3}} [=:] ) \s{{0,40}}
      | [ \t]{{0,4}} (?P<comma> , ) [ \t]{{0,4}} (?=[@\\]?["'])
      | [ \t]{{0,40}} (?P<cell> \| ) [ \t]{{0,40}}
      | (?P<element> > ) \s{{0,40}}
      | (?P<call> \( ) (?=[@]?["'])
      | [ \t]{{1,8}} (?: (?:for|of) [ \t] (?:\w{{1,20}}[ \t]){{0,2}} [\w"'`*-]{{1,40}} [ \t] )?
        (?P<prose> is|was|are|be|will[ ]be|to|ist|lautet ) (?: [ \t](?:set[ \t]to|now) )? :? [ \t]{{1,4}}
      | (?P<space> [ \t]{{1,40}} )
    )
    (?: [*_]{{1,2}} [ \t]{{0,4}} )? (?: [@$] (?=["']) )? (?P<quote> \\?(?: "{{3}} | '{{3}} | ["'`] ) )?
    """,
    re.X | re.I,
)
_SYNTAXES = ("dash", "sign", "comma", "cell", "element", "attribute", "call", "prose", "space")
_BARE = lazy(r"""[^\s"'`<>,]{1,1000}""")
_QUOTED = {mark: lazy(rf"(?:[^{mark}\\\r\n]|\\[^\r\n]){{1,1000}}(?={mark})") for mark in "\"'`"}
_ESCAPED = lazy(r"""[^"'`\\\r\n]{1,1000}(?=\\)""")
# What ends a value that no marks surround: an escaped line break, the next parameter, the next command.
_END = lazy(r"\\[nrt]|&(?=[\w.-]{0,40}(?:=|\.{3})|&)|;|\\$|</|\|\|")
_RUN = lazy(r"[A-Za-z0-9_.-]*")
# A value may hold assignments of its own (a connection string does), but not any number.
_NESTED = 6
_TRAILING = ".,;:!?)]}*|\\~"
_OPENING = {")": "(", "]": "[", "}": "{"}
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
_WORD_BEFORE = lazy(r"[A-Za-z]{2,20}[ \t]{1,4}$")
_WORD = lazy(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


class Assignment(NamedTuple):
    """A value that a text gives to a name.

    ``before`` is what stands before the value on its line, the name included; ``how`` is the syntax, one of dash, sign,
    comma, cell, element, attribute, call, prose and space; ``quoted`` says whether marks surround the value.
    """

    name: str
    value: str
    span: Span
    before: str
    how: str
    quoted: bool


def find(text: str, places: Iterable[tuple[int, int]]) -> Iterator[Assignment]:
    """The assignments to the names that stand at these places, or go on there; each value once."""
    seen = set()
    reach = inside = 0
    for start, end in _last_of_names(text, sorted(set(places))):
        inside = inside + 1 if start < reach else 0
        found = _AFTER.match(text, end) if inside <= _NESTED else None
        if found is not None and found.end() not in seen:
            seen.add(found.end())
            assignment = _assignment(text, start, found)
            if assignment is not None:
                reach = max(reach, assignment.span.end)
                yield assignment


def _last_of_names(text: str, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Of the places in one name the last: from there to the value it is nearest."""
    for (start, end), following in zip_longest(places, places[1:]):
        if following is None or _RUN.fullmatch(text, end, max(end, following[1])) is None:
            yield start, end


def words(name: str) -> list[str]:
    """The words of a name, in lower case: ``dbAdmin_PASSWORD`` is db, admin and password."""
    return [word.lower() for word in _WORD.findall(name)]


def _assignment(text: str, start: int, found: re.Match[str]) -> Assignment | None:
    span = _value(text, found)
    if span is None:
        return None
    begin = _begin(text, start)
    how = next(syntax for syntax in _SYNTAXES if found[syntax])
    line = max(text.rfind("\n", max(0, begin - _CONTEXT), begin) + 1, begin - _CONTEXT, 0)
    name = _spaced(text[line:begin]) + text[begin : found.end("rest")]
    return Assignment(name, text[span.start : span.end], span, text[line : span.start], how, bool(found["quote"]))


def _spaced(before: str) -> str:
    """The word before a name that is only the last word of it: ``API key``, ``private key``."""
    found = _WORD_BEFORE.search(before)
    return found[0] if found else ""


def _begin(text: str, at: int) -> int:
    """Where the name begins that goes on here."""
    first = max(0, at - _LONGEST_NAME)
    while at > first and text[at - 1] in _NAME:
        at -= 1
    return at


def _value(text: str, found: re.Match[str]) -> Span | None:
    """Where the value stands, without the marks around it and what only ends it."""
    quote, at = found["quote"], found.end()
    if quote:
        whole = (_ESCAPED if quote[0] == "\\" else _QUOTED[quote[0]]).match(text, at)
        if whole is not None:
            return _within_marks(text, Span(*whole.span()))
    whole = _BARE.match(text, at)
    if whole is None:
        return None
    ended = _END.search(text, at, whole.end())
    end = _trimmed(text, at, ended.start() if ended else whole.end())
    return Span(at, end) if end > at else None


def _trimmed(text: str, start: int, end: int) -> int:
    """The end of a value without the marks of the sentence around it; what opens in it also closes in it."""
    while end > start and text[end - 1] in _TRAILING and not text.endswith("...", start, end):
        opening = _OPENING.get(text[end - 1])
        if opening and text.count(opening, start, end) >= text.count(text[end - 1], start, end):
            break
        end -= 1
    return end


def _within_marks(text: str, span: Span) -> Span:
    """The span without a second pair of marks inside the first."""
    start, end = span
    while end - start > 2 and text[start] in "\"'`" and text[end - 1] == text[start]:
        start, end = start + 1, end - 1
    return Span(start, end)
