"""Inline waivers: comments that excuse a finding, with an owner, a reason and an end.

``<!-- runbook-lint-disable-next-line RULE until=2027-01-31 owner=team-x reason="..." -->`` in markdown (also ``-line``,
``-file``, ``-disable`` with ``-enable``), ``# runbook-lint: ignore[RULE] until=... owner=... reason="..."`` in YAML.
"""

import re
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from runbook_lint.documents import alerts, templates
from runbook_lint.documents.masks import drop
from runbook_lint.documents.tree import Reading
from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Span, Value

MARKDOWN_FORMS = tuple(
    f"runbook-lint-{form}" for form in ("disable-next-line", "disable-line", "disable-file", "disable", "enable")
)
YAML_FORMS = ("runbook-lint: ignore",)
# What is no known form is said to be none, so both take more than there is.
_MARKDOWN = lazy(
    r"<!--\s*(?P<form>runbook-lint(?:-(?:\w++(?:-\w++)*+)?|:[ \t]*\w*+))(?P<rules>(?:(?!-->|<!--).)*+)-->", re.S
)
_YAML = lazy(
    r"(?<!\S)#[ \t]*+(?P<form>runbook-lint(?::[ \t]*+[\w-]*+|-(?:disable|enable|ignore)[\w-]*+))"
    r"(?:\[(?P<rules>[^\]\r\n]*)\])?(?P<rest>[^\r\n]*)"
)
_FRONT = lazy(r"\A---[ \t]*(?:\r\n|\n|\r)(.*?)(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?![^\r\n])", re.S)
_OPTIONS = ("until", "owner", "reason")
# A quote that nobody closed reaches to the end of the comment.
_OPTION = lazy(r"""(?<![\w/.-])([\w-]++)=("(?:\\.|[^"\\])*+(?:"|\Z)|'[^']*(?:'|\Z)|[^\s"']*)""", re.S)
_ESCAPED = lazy(r"\\(.)", re.S)
_WORD = lazy(r"[^\s,]+")
_BREAK = lazy(r"\r\n|\r|\n")
_FENCE = ("```", "~~~")
# What stands before a line's own text: indentation, and the marks of a quoted block of markdown.
_MARGIN = " \t>"
_LIST_MARKS = "-+*.)0123456789"
_EMBEDDED = 3


def in_markdown(text: str, path: str, code: Sequence[Span]) -> Iterator[Item]:
    """The waivers of a markdown text. Those inside code are examples, but for YAML comments beside alert rules; those
    of the front matter are YAML comments too."""
    if "runbook-lint" not in text:
        return
    if "<!--" in text:
        yield from reversed(list(_pairs(drop(text, code), path, _fences(text, code))))
    telling = [span for span in code if text.find("runbook-lint", *span) >= 0]
    parts = [_content(text, span) for span in telling if alerts.hinted(text[slice(*span)])]
    front = _FRONT.match(text)
    if front and "runbook-lint" in front[1]:
        parts.insert(0, Span(*front.span(1)))
    lines = _lines(text) if parts else []
    for part in parts:
        yield from _in_part(text, path, part, lines)


def _fences(text: str, code: Sequence[Span]) -> list[Span]:
    """The code that begins as a fence does."""
    starts = ((span, text[span.start : span.end].lstrip(_MARGIN)) for span in code)
    return sorted(span for span, start in starts if start.startswith(_FENCE))


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
    if "runbook-lint" in text:
        yield from _in_part(text, path, Span(0, len(text)), _lines(text))


def _pairs(text: str, path: str, fences: Sequence[Span]) -> Iterator[Item]:
    """The waivers from the last to the first; after them each ``enable`` that ends nothing."""
    lines = _lines(text)
    ends = _Ends(len(text))
    for comment in reversed(list(_MARKDOWN.finditer(text))):
        form, names = comment["form"], _names(comment)
        if form not in MARKDOWN_FORMS:
            yield _unknown(comment, MARKDOWN_FORMS, path)
        elif form == "runbook-lint-enable":
            ends.add(comment, names)
        elif form == "runbook-lint-disable":
            for end, chosen in ends.of(names):
                yield _item(comment, comment["rules"], chosen, Span(comment.end(), end), path)
        else:
            yield _item(comment, comment["rules"], names, _covers(text, lines, fences, comment), path)
    yield from (_lone(comment, path) for comment in ends.lone())


class _Ends:
    """Where what is open ends, read from the last comment to the first: ``enable`` ends what is open of the rules it
    names, or of all."""

    def __init__(self, end: int) -> None:
        self.end = end
        self.closed: dict[str, int] = {}
        self.used: set[int] = set()
        self.comments: list[re.Match[str]] = []

    def add(self, comment: re.Match[str], names: Sequence[Value]) -> None:
        """Notes an ``enable``."""
        self.comments.append(comment)
        if not names:
            self.closed, self.end = {}, comment.start()
        self.closed.update((name.value, comment.start()) for name in names)

    def of(self, names: Sequence[Value]) -> list[tuple[int, list[Value]]]:
        """The ends of the rules that a ``disable`` names, the last first, each with its rules."""
        chosen: dict[int, list[Value]] = {} if names else {self.end: []}
        for name in names:
            chosen.setdefault(self.closed.get(name.value, self.end), []).append(name)
        self.used.update(chosen)
        return sorted(chosen.items(), key=lambda each: -each[0])

    def lone(self) -> list[re.Match[str]]:
        """Each ``enable`` that ended nothing."""
        return [comment for comment in self.comments if comment.start() not in self.used]


def _covers(text: str, lines: Sequence[Span], fences: Sequence[Span], comment: re.Match[str]) -> Span:
    if comment["form"].endswith("-file"):
        return Span(0, lines[-1].end)
    last = _number(lines, comment.end())
    if comment["form"].endswith("-disable-line"):
        return Span(lines[_number(lines, comment.start())].start, lines[last].end)
    if last + 1 == len(lines):
        return Span(lines[-1].end, lines[-1].end)
    return _with_fence(text, lines[last + 1], fences)


def _with_fence(text: str, line: Span, fences: Sequence[Span]) -> Span:
    """The line, and all of the fenced block that it opens."""
    at = bisect_right(fences, (line.start, -1))
    if at == len(fences) or fences[at].start >= line.end:
        return line
    opens = not text[line.start : fences[at].start].strip(_MARGIN + _LIST_MARKS)
    return Span(line.start, max(line.end, fences[at].end)) if opens else line


def _in_part(text: str, path: str, part: Span, lines: Sequence[Span]) -> Iterator[Item]:
    """The waivers of a part of a text that is YAML."""
    found = list(_YAML.finditer(text, *part))
    if not found:
        return
    strings = sorted(_strings(templates.read(text[slice(*part)], part.start), text))
    shown = [comment for comment in found if not _inside(strings, comment.start())]
    for comment, covers in zip(shown, _beside(text, lines, shown), strict=True):
        if comment["form"].replace("\t", "").replace(" ", "") == "runbook-lint:ignore":
            yield _item(comment, comment["rest"], _names(comment), covers, path)
        else:
            yield _unknown(comment, YAML_FORMS, path)


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
    given = [(found[1], _unquoted(found[2])) for found in _OPTION.finditer(options)]
    fields = {name: Value(word, *place) for name, word in given if name in _OPTIONS and word.strip()}
    counts = Counter(name for name, _ in given)
    fields["strange"] = Value([name for name in counts if name not in _OPTIONS], *place)
    fields["twice"] = Value([name for name, count in counts.items() if count > 1], *place)
    fields["rules"] = Value(list(names), *place)
    fields["covers"] = Value(covers, *covers)
    return Item("waiver", ",".join(name.value for name in names), path, place, place, fields)


def _unknown(comment: re.Match[str], forms: Sequence[str], path: str) -> Item:
    """What looks like a waiver and is none: it names no rule and covers nothing."""
    item = _item(comment, "", (), Span(comment.end(), comment.end()), path)
    said = {"form": comment["form"], "forms": forms}
    fields = {name: Value(value, *comment.span("form")) for name, value in said.items()}
    return item.but(fields={**item.fields, **fields})


def _lone(comment: re.Match[str], path: str) -> Item:
    """An ``enable`` that ends nothing."""
    item = _item(comment, "", _names(comment), Span(comment.end(), comment.end()), path)
    return item.but(fields={**item.fields, "lone": Value(True, *comment.span())})


def _unquoted(word: str) -> str:
    if word[:1] not in ('"', "'"):
        return word
    inner = word[1:-1] if len(word) > 1 and word[-1] == word[0] else word[1:]
    return _ESCAPED.sub(r"\1", inner) if word[0] == '"' else inner
