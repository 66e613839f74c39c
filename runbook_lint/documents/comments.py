"""Inline waivers: comments that excuse a finding, with an owner, a reason and an end.

``<!-- runbook-lint-disable-next-line RULE until=2027-01-31 owner=team-x reason="..." -->`` in markdown (also ``-line``,
``-file``, ``-disable`` with ``-enable``), ``# runbook-lint: ignore[RULE] until=... owner=... reason="..."`` in YAML.
"""

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from runbook_lint.documents import alerts, templates
from runbook_lint.documents.masks import drop
from runbook_lint.documents.tree import Reading
from runbook_lint.model import Item, Span, Value

_MARKDOWN = re.compile(
    r"<!--\s*runbook-lint-(?P<form>disable-next-line|disable-line|disable-file|disable|enable)\b"
    r"(?P<rules>(?:(?!-->|<!--).)*+)-->",
    re.S,
)
_YAML = re.compile(r"(?<!\S)#\s*runbook-lint:[ \t]*ignore(?:\[(?P<rules>[^\]\r\n]*)\])?(?P<rest>[^\r\n]*)")
# A quote that nobody closed reaches to the end of the comment.
_OPTION = re.compile(r"""\b(until|owner|reason)=("(?:\\.|[^"\\])*+(?:"|\Z)|'[^']*(?:'|\Z)|[^\s"']+)""", re.S)
_ESCAPED = re.compile(r"\\(.)", re.S)
_WORD = re.compile(r"[^\s,]+")
_BREAK = re.compile(r"\r\n|\r|\n")
_FENCE = ("```", "~~~")
# What stands before a line's own text: indentation, and the marks of a quoted block of markdown.
_MARGIN = " \t>"
_EMBEDDED = 3


def in_markdown(text: str, path: str, code: Sequence[Span]) -> Iterator[Item]:
    """The waivers of a markdown text. Those inside code are examples, but for YAML comments beside alert rules."""
    if "runbook-lint" not in text:
        return
    yield from reversed(list(_pairs(drop(text, code), path)))
    beside_rules = [span for span in code if alerts.hinted(text[slice(*span)])]
    lines = _lines(text) if beside_rules else []
    for span in beside_rules:
        yield from _in_part(text, path, _content(text, span), lines)


def _content(text: str, span: Span) -> Span:
    """What stands between the first and the last line of a fence; all of indented code."""
    first = _BREAK.search(text, *span)
    if first is None or not text[span.start : first.start()].lstrip(_MARGIN).startswith(_FENCE):
        return span
    inside = text[first.end() : span.end].rstrip()
    last = first.end() + max(inside.rfind("\n"), inside.rfind("\r")) + 1
    closed = text[last : span.end].lstrip(_MARGIN).startswith(_FENCE)
    return Span(first.end(), last if closed else span.end)


def in_yaml(text: str, path: str) -> Iterator[Item]:
    """The waivers of a YAML text: each covers its line, or the next one when it stands alone."""
    if "runbook-lint:" in text:
        yield from _in_part(text, path, Span(0, len(text)), _lines(text))


def _pairs(text: str, path: str) -> Iterator[Item]:
    """The waivers from the last to the first. ``enable`` ends what is open of the rules it names, or of all."""
    closed: dict[str, int] = {}
    end = len(text)
    lines = _lines(text)
    for comment in reversed(list(_MARKDOWN.finditer(text))):
        names = _names(comment)
        if comment["form"] == "enable":
            if not names:
                closed, end = {}, comment.start()
            closed.update((name.value, comment.start()) for name in names)
        elif comment["form"] == "disable":
            ends = [closed.get(name.value, end) for name in names]
            for each in sorted({*ends} or {end}, reverse=True):
                chosen = [name for name, at in zip(names, ends, strict=True) if at == each]
                yield _item(comment, comment["rules"], chosen, Span(comment.end(), each), path)
        else:
            yield _item(comment, comment["rules"], names, _covers(lines, comment), path)


def _covers(lines: Sequence[Span], comment: re.Match[str]) -> Span:
    if comment["form"] == "disable-file":
        return Span(0, lines[-1].end)
    last = _number(lines, comment.end())
    if comment["form"] == "disable-line":
        return Span(lines[_number(lines, comment.start())].start, lines[last].end)
    return lines[last + 1] if last + 1 < len(lines) else Span(lines[-1].end, lines[-1].end)


def _in_part(text: str, path: str, part: Span, lines: Sequence[Span]) -> Iterator[Item]:
    """The waivers of a part of a text that is YAML."""
    found = list(_YAML.finditer(text, *part))
    if not found:
        return
    strings = sorted(_strings(templates.read(text[slice(*part)], part.start), text))
    shown = [comment for comment in found if not _inside(strings, comment.start())]
    for comment, covers in zip(shown, _beside(text, lines, shown), strict=True):
        yield _item(comment, comment["rest"], _names(comment), covers, path)


def _inside(spans: Sequence[Span], at: int) -> bool:
    """Whether an offset lies inside one of the spans, which are sorted and apart."""
    before = bisect_right(spans, (at, sys.maxsize)) - 1
    return before >= 0 and at < spans[before].end


def _strings(reading: Reading, text: str, depth: int = 0) -> Iterator[Span]:
    """Where the scalars are, for in them a ``#`` is text. A block scalar of alert rules is YAML itself."""
    todo = [document.root for document in reading.documents]
    seen: set[int] = set()
    while todo:
        value = todo.pop()
        inner = value.value
        if not isinstance(inner, (dict, list)):
            lines = alerts.block(text, value) if depth < _EMBEDDED and value.end > value.start else None
            if lines and alerts.hinted(text[slice(*lines)]):
                yield from _strings(templates.read(text[slice(*lines)], lines.start), text, depth + 1)
            else:
                yield value.span
        elif id(inner) not in seen:
            seen.add(id(inner))
            todo.extend(inner.values() if isinstance(inner, dict) else inner)


def _beside(text: str, lines: Sequence[Span], comments: Sequence[re.Match[str]]) -> list[Span]:
    """For each comment its line when it follows something, else the next line that is neither empty nor a comment."""
    covers: list[Span] = []
    following, until = None, len(lines)
    for comment in reversed(comments):
        number = _number(lines, comment.start())
        if text[lines[number].start : comment.start()].strip(_MARGIN):
            covers.append(lines[number])
            continue
        numbers = (at for at in range(number + 1, until) if _speaks(text[slice(*lines[at])]))
        following = next(numbers, following)
        until = number
        covers.append(lines[number if following is None else following])
    return covers[::-1]


def _speaks(line: str) -> bool:
    line = line.strip(_MARGIN)
    return bool(line) and not line.startswith("#")


def _lines(text: str) -> list[Span]:
    """The lines without their ends: LF, CRLF or CR."""
    breaks = [found.span() for found in _BREAK.finditer(text)]
    starts, ends = [0, *(end for _, end in breaks)], [*(start for start, _ in breaks), len(text)]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True)]


def _number(lines: Sequence[Span], at: int) -> int:
    """The index of the line of an offset."""
    return bisect_right(lines, (at, sys.maxsize)) - 1


def _names(comment: re.Match[str]) -> list[Value]:
    """The rules that a comment names, each at its place."""
    at = comment.start("rules")
    bare = _OPTION.sub(lambda option: " " * len(option[0]), comment["rules"] or "")
    return [Value(word[0], at + word.start(), at + word.end()) for word in _WORD.finditer(bare)]


def _item(comment: re.Match[str], options: str, names: Sequence[Value], covers: Span, path: str) -> Item:
    place = Span(*comment.span())
    fields = {found[1]: Value(_unquoted(found[2]), *place) for found in _OPTION.finditer(options)}
    fields = {name: value for name, value in fields.items() if value.value.strip()}
    fields["rules"] = Value(list(names), *place)
    fields["covers"] = Value(covers, *covers)
    return Item("waiver", ",".join(name.value for name in names), path, place, place, fields)


def _unquoted(word: str) -> str:
    if word[0] not in "\"'":
        return word
    inner = word[1:-1] if len(word) > 1 and word[-1] == word[0] else word[1:]
    return _ESCAPED.sub(r"\1", inner) if word[0] == '"' else inner
