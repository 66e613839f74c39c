"""CommonMark structure with places: headings, links, code, HTML, tables.

pyromark (pulldown-cmark) reads the structure; markdown-it-py, twenty times slower, is the authority that the tests
compare it with. Front matter is cut off before: CommonMark knows none.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from runbook_lint.documents import anchors, autolinks
from runbook_lint.documents.masks import blank
from runbook_lint.expressions import lazy
from runbook_lint.model import Span

_FRONT = lazy(
    r"\A(?:(---)|\+\+\+)[ \t]*(?:\r\n|\n|\r)(.*?)(?<=[\r\n])(?(1)(?:---|\.\.\.)|\+\+\+)[ \t]*(?![^\r\n])", re.S
)
_SOURCE = lazy(r"""\s(href|src)\s*=\s*["']?([^"'\s>]+)""", re.I)
_COMMENT = lazy(r"<!--.*?(?:-->|\Z)", re.S)
_TAIL = lazy(r"(?<![ \t])[ \t]+(?![^\r\n])")
_LONE_CR = lazy(r"\r(?!\n)")
_TABLES, _FOOTNOTES, _STRIKE, _GFM = 2, 4, 8, 2048
_OPTIONS = _TABLES | _FOOTNOTES | _STRIKE | _GFM
# What a block of HTML is where a comment was all that stood in it.
_NOTHING = (("Text", ""), ("Html", ""), ("Start", "HtmlBlock"), ("End", "HtmlBlock"))
_REFERENCES = frozenset({"Reference", "Collapsed", "Shortcut"})


class Heading(NamedTuple):
    """A heading; ``span`` is its text in the source without the marks, ``end`` where the whole heading ends.

    ``id`` is what ``{#id}`` after the text says (Hugo, kramdown, pandoc); it is no part of the text.
    """

    level: int
    text: str
    span: Span
    start: int
    end: int
    id: str = ""


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
    """A row of a table; ``head`` is the first of each table."""

    cells: tuple[Span, ...]
    head: bool = False


class Page:
    """The structure of one markdown text. Spans are in characters of that text.

    ``front`` is what stands between the marks of the front matter, ``front_whole`` that with its marks; ``html`` are
    whole blocks and single inline tags, comments among them.
    """

    def __init__(self) -> None:
        self.front: Span | None = None
        self.front_whole = Span(0, 0)
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
    front = _front(text)
    body = text
    if front:
        page.front = Span(*front.span(2))
        page.front_whole = Span(*front.span())
        page.front_mark = text[:3]
        body = blank(front[0]) + text[front.end() :]
    walk = _Walk(page, _plainer(body))
    walk.run()
    tags = [(_COMMENT.sub(lambda found: blank(found[0]), text[span.start : span.end]), span) for span in page.html]
    page.links.extend(_html_links(tags))
    page.links.extend(Link(target, span, False, span) for target, span in autolinks.find(body, walk.texts))
    page.anchors.update(anchors.of(((each.text, each.id) for each in page.headings), (tag for tag, _ in tags)))
    return page


def shape(text: str, comment: str) -> list[Any]:
    """The structure of a text and the words in it, without a comment: two texts of the same shape are shown alike."""
    from pyromark import events

    front = _front(text)
    read: Any = events
    found: list[Any] = []
    for event in read(_plainer(text[front.end() if front else 0 :]), options=_OPTIONS):
        name, inner = next(iter(event.items())) if event.__class__ is dict else (event, "")
        if name in ("Html", "InlineHtml"):
            name, inner = "Text" if name == "InlineHtml" and inner == comment else name, inner.replace(comment, "")
        if found and found[-1][0] == name and name in ("Text", "Html"):
            found[-1] = (name, f"{found[-1][1]}{inner}")
        else:
            found.append((name, inner))
    said = [(name, " ".join(inner.split()) if name in ("Text", "Html") else inner) for name, inner in found]
    return [each for each in said if each not in _NOTHING]


def _front(text: str) -> re.Match[str] | None:
    front = _FRONT.match(text)
    return front if front and (not front[1] or _keyed(front[2])) else None


def _plainer(body: str) -> str:
    """The same text, as long, without what pulldown-cmark reads otherwise than CommonMark: a lone CR (section 2.1) and
    a tab at a line's end (section 4.5: it may follow a closing fence)."""
    if "\t" in body:
        body = _TAIL.sub(lambda found: " " * len(found[0]), body)
    return _LONE_CR.sub("\n", body) if "\r" in body else body


def _keyed(front: str) -> bool:
    """Whether the first line that says something begins with a key: a text may also begin with a rule (``---``)."""
    lines = (line.strip() for line in front.splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    key, colon, _ = first.partition(":")
    return not front.strip() or (bool(colon) and len(key.split(None, 3)) < 4)


def _html_links(tags: list[tuple[str, Span]]) -> Iterator[Link]:
    for tag, span in tags:
        for found in _SOURCE.finditer(tag):
            place = Span(span.start + found.start(2), span.start + found.end(2))
            yield Link(_unescaped(found[2]), place, found[1].lower() == "src", span)


def _unescaped(value: str) -> str:
    if "&" not in value:
        return value
    import html

    return html.unescape(value)


def _destination(text: str, whole: Span, target: str, title: str) -> Span | None:
    """Where an inline link (``[text](<target> "title")``) or an autolink has its destination, read from its end; None
    where it is not written as it is meant (escapes, entities)."""
    end = _before_space(text, whole.end - 1)
    if title:
        end -= 1 + len(title)
        if not text.startswith(title, end):
            return None
        end = _before_space(text, end - 1)
    end -= text[end - 1] == ">"
    start = end - len(target)
    return Span(start, end) if target and start > whole.start and text.startswith(target, start) else None


def _before_space(text: str, end: int) -> int:
    while text[end - 1] in " \t\r\n":
        end -= 1
    return end


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
    """One pass over the events of a text. ``texts`` are the places of plain text outside of links and code."""

    def __init__(self, page: Page, text: str) -> None:
        self.page = page
        self.text = text
        self.at = offsets(text)
        self.words: list[str] = []
        self.spans: list[Span] = []
        self.cells: list[Span] = []
        self.texts: list[Span] = []
        self.level = 0
        self.inside_link = 0
        self.block: tuple[str, bool] | None = None

    def run(self) -> None:
        from pyromark import events_with_range

        at = self.at
        events: Any = events_with_range
        for event, place in events(self.text, options=_OPTIONS):
            if event.__class__ is str:
                if self.level and event in ("SoftBreak", "HardBreak"):
                    self.words.append(" ")
                continue
            for name, inner in event.items():
                handler = _HANDLERS.get(name)
                if handler is not None and not (name in _EDGES and inner in _IDLE):
                    handler(self, inner, Span(at(place["start"]), at(place["end"])))

    def start(self, what: Any, span: Span) -> None:
        if what.__class__ is str:
            if what == "HtmlBlock":
                self.page.html.append(span)
            return
        for name, inner in what.items():
            if name == "Heading":
                self.level = int(inner["level"][1:])
                self.words, self.spans = [], []
            elif name == "CodeBlock":
                fenced = inner != "Indented"
                self.block = (inner["Fenced"].strip() if fenced else "", fenced)
                self.spans = []
            elif name in ("Link", "Image"):
                self.inside_link += 1
                self.link(inner, span, name == "Image")

    def link(self, inner: Any, span: Span, image: bool) -> None:
        target, kind = inner["dest_url"], inner["link_type"]
        place = _destination(self.text, span, target, inner["title"]) if kind not in _REFERENCES else None
        self.page.links.append(Link(f"mailto:{target}" if kind == "Email" else target, place or span, image, span))

    def end(self, what: Any, span: Span) -> None:
        if what.__class__ is dict:
            if "Heading" in what:
                self.heading(span)
        elif what in ("Link", "Image"):
            self.inside_link -= 1
        elif what == "CodeBlock" and self.block:
            self.page.code.append(Code(self.block[0], span, tuple(self.spans), self.block[1]))
            self.block = None
        elif what == "TableCell":
            self.cells.append(span)
        elif what in ("TableRow", "TableHead"):
            self.page.rows.append(Row(tuple(self.cells), what == "TableHead"))
            self.cells = []

    def heading(self, span: Span) -> None:
        said = "".join(self.words).strip()
        text, id_ = anchors.without_id(said)
        inside = Span(self.spans[0].start, self.spans[-1].end) if self.spans else span
        mark = said[len(text) :]
        if mark and self.text.endswith(mark, inside.start, inside.end):
            inside = Span(inside.start, inside.end - len(mark))
        self.page.headings.append(Heading(self.level, text, inside, span.start, span.end, id_))
        self.level = 0

    def words_here(self, inner: str, span: Span) -> None:
        if self.block:
            self.spans.append(span)
            return
        if self.level:
            self.words.append(inner)
            self.spans.append(span)
        if not self.inside_link:
            self.texts.append(span)

    def code(self, inner: str, span: Span) -> None:
        self.page.inline_code.append(span)
        if self.level:
            self.words.append(inner)
            self.spans.append(span)

    def html(self, _inner: str, span: Span) -> None:
        self.page.html.append(span)


# Most events are of no concern: where paragraphs and the items of lists begin and end.
_EDGES = frozenset({"Start", "End"})
_IDLE = ("Paragraph", "Item")
_HANDLERS: dict[str, Callable[[_Walk, Any, Span], None]] = {
    "Start": _Walk.start,
    "End": _Walk.end,
    "Text": _Walk.words_here,
    "Code": _Walk.code,
    "InlineHtml": _Walk.html,
}
