"""Inline waivers: comments that excuse a finding, with an owner, a reason and an end.

``<!-- runbook-lint-disable-next-line RULE until=2027-01-31 owner=team-x reason="..." -->`` in markdown (also ``-line``,
``-file``, ``-disable`` with ``-enable``), ``# runbook-lint: ignore[RULE] until=... owner=... reason="..."`` in YAML.
"""

import re
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
# What stands before a line's own text: indentation, and the marks of a quoted block of markdown.
_MARGIN = " \t>"
_EMBEDDED = 3


def in_markdown(text: str, path: str, code: Sequence[Span]) -> Iterator[Item]:
    """The waivers of a markdown text. Those inside code are examples, but for YAML comments beside alert rules."""
    if "runbook-lint" not in text:
        return
    yield from reversed(list(_pairs(drop(text, code), path)))
    for span in code:
        if alerts.hinted(text[slice(*span)]):
            yield from _in_part(text, path, span)


def in_yaml(text: str, path: str) -> Iterator[Item]:
    """The waivers of a YAML text: each covers its line, or the next one when it stands alone."""
    if "runbook-lint:" in text:
        yield from _in_part(text, path, Span(0, len(text)))


def _pairs(text: str, path: str) -> Iterator[Item]:
    """The waivers from the last to the first. ``enable`` ends what is open of the rules it names, or of all."""
    closed: dict[str, int] = {}
    end = len(text)
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
            yield _item(comment, comment["rules"], names, _covers(text, comment), path)


def _covers(text: str, comment: re.Match[str]) -> Span:
    if comment["form"] == "disable-file":
        return Span(0, len(text))
    if comment["form"] == "disable-line":
        return Span(_line_start(text, comment.start()), _line_end(text, comment.end()))
    start = _next_line(text, comment.end())
    return Span(start, _line_end(text, start))


def _in_part(text: str, path: str, part: Span) -> Iterator[Item]:
    """The waivers of a part of a text that is YAML."""
    found = list(_YAML.finditer(text, *part))
    strings = sorted(_strings(templates.read(text[slice(*part)], part.start), text)) if found else []
    for comment in found:
        before = bisect_right(strings, (comment.start(), len(text))) - 1
        if before < 0 or strings[before].end <= comment.start():
            yield _item(comment, comment["rest"], _names(comment), _beside(text, comment), path)


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


def _beside(text: str, comment: re.Match[str]) -> Span:
    """The line of a comment that follows something; of one that stands alone the next line that is no comment."""
    start = _line_start(text, comment.start())
    end = _line_end(text, comment.end())
    if text[start : comment.start()].strip(_MARGIN):
        return Span(start, end)
    at = _next_line(text, end)
    while at < len(text):
        after = _line_end(text, at)
        line = text[at:after].strip(_MARGIN)
        if line and not line.startswith("#"):
            return Span(at, after)
        at = _next_line(text, after)
    return Span(start, end)


def _line_start(text: str, at: int) -> int:
    start = text.rfind("\n", 0, at) + 1
    return max(start, text.rfind("\r", start, at) + 1)


def _line_end(text: str, at: int) -> int:
    found = _BREAK.search(text, at)
    return found.start() if found else len(text)


def _next_line(text: str, at: int) -> int:
    found = _BREAK.search(text, at)
    return found.end() if found else len(text)


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
