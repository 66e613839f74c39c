"""CommonMark structure with places: headings, links, code, HTML, tables.

pyromark (pulldown-cmark) reads the structure; markdown-it-py, twenty times slower, is the authority that the tests compare
it with. Front matter is cut off before: CommonMark knows none.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from runbook_lint.documents.masks import blank, drop
from runbook_lint.model import Span

_FRONT = re.compile(r"\A(---|\+\+\+)[ \t]*(?:\r\n|\n|\r)(.*?)^(?:\1|\.\.\.)[ \t]*$", re.S | re.M)
_ID = re.compile(r"""<[a-zA-Z][^<>]*?\s(?:id|name)\s*=\s*["']?([^"'\s>]+)""")
_HEADING_ID = re.compile(r"\s*\{:?\s*#([\w.:-]+)[^{}]*\}\s*$")
_SOURCE = re.compile(r"""\s(href|src)\s*=\s*["']?([^"'\s>]+)""", re.I)
_DEFINITION = re.compile(r"^ *\[[^\]\n]+\]:[ \t]*\n?[ \t]*\S+", re.M)
_BARE = re.compile(r"(?<![\w/:.@-])https?://(?:localhost|[\w-]+(?:\.[\w-]+)+)(?![\w.-])[^\s<>|`]*", re.I)
_NOT_IN_SLUG = re.compile(r"[^\w\- ]")
_TABLES, _FOOTNOTES, _STRIKE, _TASKS, _GFM = 2, 4, 8, 16, 2048
_OPTIONS = _TABLES | _STRIKE | _TASKS | _GFM
_REFERENCES = frozenset({"Reference", "Collapsed", "Shortcut"})


class Heading(NamedTuple):
    """A heading; ``span`` is its text in the source without the marks, ``end`` where the whole heading ends."""

    level: int
    text: str
    span: Span
    start: int
    end: int


class Link(NamedTuple):
    """A link or image; ``span`` is its destination where it is written in place, else the whole link."""

    target: str
    span: Span
    image: bool
    whole: Span


class Code(NamedTuple):
    """A code block; ``parts`` are the pieces of its content, free of the marks of quotes and lists around it."""

    info: str
    span: Span
    parts: tuple[Span, ...]
    fenced: bool


class Row(NamedTuple):
    """A row of a table; the head is a row like others."""

    cells: tuple[Span, ...]


class Page:
    """The structure of one markdown text. Spans are in characters of that text."""

    def __init__(self) -> None:
        self.front: Span | None = None
        self.front_mark = ""
        self.headings: list[Heading] = []
        self.links: list[Link] = []
        self.code: list[Code] = []
        self.inline_code: list[Span] = []
        self.html: list[Span] = []
        self.rows: list[Row] = []
        self.anchors: dict[str, str] = {}


def read(text: str) -> Page:
    """The structure of a markdown text. Any text is valid markdown."""
    page = Page()
    front = _FRONT.match(text)
    body = text
    if front:
        page.front = Span(*front.span(2))
        page.front_mark = front[1]
        body = blank(text[: front.end()]) + text[front.end() :]
    _Walk(page, body).run()
    page.links.extend(_html_links(page, text))
    page.links.extend(_bare_links(page, body))
    page.anchors.update(_anchors(page, text))
    return page


def _html_links(page: Page, text: str) -> Iterator[Link]:
    for span in page.html:
        for found in _SOURCE.finditer(text, span.start, span.end):
            yield Link(found[2], Span(*found.span(2)), found[1].lower() == "src", span)


def _bare_links(page: Page, body: str) -> Iterator[Link]:
    """Web addresses in plain text, as GitHub links them (GitHub Flavored Markdown, "Autolinks (extension)")."""
    if "://" not in body:
        return
    definitions = (Span(*found.span()) for found in _DEFINITION.finditer(body))
    rest = drop(body, [*definitions, *page.inline_code, *page.html, *(each.span for each in page.code), *_wholes(page)])
    for found in _BARE.finditer(rest):
        target = found[0]
        while (trimmed := _trimmed(target)) != target:
            target = trimmed
        span = Span(found.start(), found.start() + len(target))
        yield Link(target, span, False, span)


def _wholes(page: Page) -> Iterator[Span]:
    return (link.whole for link in page.links)


def _trimmed(target: str) -> str:
    """Without the punctuation that belongs to the sentence around it."""
    target = target.rstrip("?!.,:*_~'\"")
    return target[:-1] if target.endswith(")") and target.count(")") > target.count("(") else target


def slug(heading: str) -> str:
    """The anchor that GitHub makes of a heading's text."""
    return _NOT_IN_SLUG.sub("", heading.strip().lower()).replace(" ", "-")


def _anchors(page: Page, text: str) -> Iterator[tuple[str, str]]:
    """Slugs of all headings, numbered where they repeat, and the ids that HTML and heading attributes name; each with
    the heading it leads to, if any."""
    taken: dict[str, int] = {}
    for heading in page.headings:
        explicit = _HEADING_ID.search(heading.text)
        if explicit:
            yield explicit[1].lower(), _HEADING_ID.sub("", heading.text)
        name = slug(_HEADING_ID.sub("", heading.text) if explicit else heading.text)
        number = taken.get(name, 0)
        taken[name] = number + 1
        unique = f"{name}-{number}" if number else name
        if number:
            taken.setdefault(unique, 1)
        yield unique, heading.text
    for span in page.html:
        for found in _ID.finditer(text[span.start : span.end]):
            yield found[1].lower(), ""


def offsets(text: str) -> Callable[[int], int]:
    """A function from a UTF-8 byte offset to the character offset."""
    if text.isascii():
        return lambda at: at
    ends: list[int] = []
    extras: list[int] = []
    extra = 0
    for found in re.finditer(r"[^\x00-\x7f]", text):
        size = len(found[0].encode("utf-8", "surrogatepass"))
        extra += size - 1
        ends.append(found.start() + extra + 1)
        extras.append(extra)

    def character(at: int) -> int:
        index = bisect_left(ends, at + 1)
        return at - extras[index - 1] if index else at

    return character


class _Walk:
    """One pass over the events of a text."""

    def __init__(self, page: Page, text: str) -> None:
        self.page = page
        self.text = text
        self.at = offsets(text)
        self.words: list[str] = []
        self.spans: list[Span] = []
        self.cells: list[Span] = []
        self.heading: tuple[int, int] | None = None
        self.block: tuple[str, bool] | None = None

    def run(self) -> None:
        from pyromark import events_with_range

        at = self.at
        for event, place in events_with_range(self.text, options=_OPTIONS):
            start, end = at(place["start"]), at(place["end"])
            if event.__class__ is str:
                if event in ("SoftBreak", "HardBreak") and self.heading:
                    self.words.append(" ")
                continue
            for name, inner in event.items():
                handler = _HANDLERS.get(name)
                if handler is not None:
                    handler(self, inner, Span(start, end))

    def start(self, what: Any, span: Span) -> None:
        if what.__class__ is str:
            return
        for name, inner in what.items():
            if name == "Heading":
                self.heading = (int(inner["level"][1:]), len(self.page.links))
                self.words, self.spans = [], []
            elif name == "CodeBlock":
                fenced = inner != "Indented"
                self.block = (inner["Fenced"].strip() if fenced else "", fenced)
                self.spans = []
            elif name in ("Link", "Image"):
                self.link(inner, span, name == "Image")

    def link(self, inner: Any, span: Span, image: bool) -> None:
        target = inner["dest_url"]
        place = span
        if inner["link_type"] not in _REFERENCES:
            source = self.text[span.start : span.end]
            found = source.rfind(target) if target else -1
            if found >= 0:
                place = Span(span.start + found, span.start + found + len(target))
        self.page.links.append(Link(target, place, image, span))

    def end(self, what: Any, span: Span) -> None:
        if what.__class__ is dict and "Heading" in what and self.heading:
            inside = Span(self.spans[0].start, self.spans[-1].end) if self.spans else span
            self.page.headings.append(
                Heading(self.heading[0], "".join(self.words).strip(), inside, span.start, span.end)
            )
            self.heading = None
        elif what == "CodeBlock" and self.block:
            self.page.code.append(Code(self.block[0], span, tuple(self.spans), self.block[1]))
            self.block = None
        elif what == "TableCell":
            self.cells.append(span)
        elif what in ("TableRow", "TableHead"):
            self.page.rows.append(Row(tuple(self.cells)))
            self.cells = []

    def words_here(self, inner: str, span: Span) -> None:
        if self.heading:
            self.words.append(inner)
            self.spans.append(span)
        elif self.block:
            self.spans.append(span)

    def code(self, inner: str, span: Span) -> None:
        self.page.inline_code.append(span)
        if self.heading:
            self.words.append(inner)
            self.spans.append(span)

    def html(self, _inner: str, span: Span) -> None:
        self.page.html.append(span)


_HANDLERS: dict[str, Callable[[_Walk, Any, Span], None]] = {
    "Start": _Walk.start,
    "End": _Walk.end,
    "Text": _Walk.words_here,
    "Code": _Walk.code,
    "Html": _Walk.html,
    "InlineHtml": _Walk.html,
}
