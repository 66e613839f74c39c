"""CommonMark structure with places: headings, links, code, HTML, tables.

pyromark (pulldown-cmark) reads the structure; markdown-it-py, twenty times slower, is the authority that the tests
compare it with. Front matter is cut off before: CommonMark knows none.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import repeat
from typing import Any, NamedTuple

from runbook_lint.documents import anchors, autolinks, events, offsets
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
# What a block of HTML is where a comment was all that stood in it.
_NOTHING = (("Text", ""), ("Html", ""), ("Start", "HtmlBlock"), ("End", "HtmlBlock"))
_BEFORE_END = " \t\r\n"
_REFERENCES = frozenset({"Reference", "Collapsed", "Shortcut"})
_span: Callable[[tuple[int, int]], Span] = partial(tuple.__new__, Span)
_Spans = Callable[[Iterable[events.Place]], list[Span]]


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


# A tuple as one of these: half the price of naming its fields.
_said: Callable[[tuple[int, str, Span, int, int, str]], Heading] = partial(tuple.__new__, Heading)
_led: Callable[[tuple[str, Span, bool, Span]], Link] = partial(tuple.__new__, Link)
_code: Callable[[tuple[str, Span, tuple[Span, ...], bool]], Code] = partial(tuple.__new__, Code)


class Tables:
    """The tables of a page, their rows made for those who ask."""

    def __init__(self, rows: Sequence[tuple[bool, int]], cells: Sequence[events.Place], spans: _Spans) -> None:
        self._rows = rows
        self._cells = cells
        self._spans = spans

    def sizes(self) -> Iterator[tuple[int, int]]:
        """How many columns the head of each table has, and how many rows are below it."""
        heads = [number for number, (head, _) in enumerate(self._rows) if head]
        counts = [*(at for _, at in self._rows), len(self._cells)]
        for head, following in zip(heads, [*heads[1:], len(self._rows)], strict=False):
            yield counts[head + 1] - counts[head], following - head - 1

    def rows(self) -> list[Row]:
        """All rows of all tables."""
        cells = tuple(self._spans(self._cells))
        ends = [*(at for _, at in self._rows[1:]), len(cells)]
        return [Row(cells[at:end], head) for (head, at), end in zip(self._rows, ends, strict=False)]


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
        self.tables = Tables((), (), lambda places: [])
        self.anchors: dict[str, str] = {}

    @property
    def rows(self) -> list[Row]:
        """The rows of all tables."""
        return self.tables.rows()


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
    plainer = _plainer(body)
    found = events.Events(plainer)
    spans = offsets.spans(body)
    _fill(page, plainer, found, spans)
    tags = [(_without_comments(text[span.start : span.end]), span) for span in page.html]
    taken = [*(link.whole for link in page.links), *page.inline_code]
    blocks = [block.span for block in page.code]
    bare = autolinks.find(body, taken, blocks, lambda: spans(found.texts()))
    page.links.extend(_html_links(tags))
    page.links.extend(Link(target, span, False, span) for target, span in bare)
    page.anchors.update(anchors.of(((each.text, each.id) for each in page.headings), (tag for tag, _ in tags)))
    return page


def shape(text: str, comment: str) -> list[Any]:
    """The structure of a text and the words in it, without a comment: two texts of the same shape are shown alike."""
    from pyromark import events as read_events

    front = _front(text)
    read: Any = read_events
    found: list[Any] = []
    for event in read(_plainer(text[front.end() if front else 0 :]), options=events.OPTIONS):
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
    if "\t" in body and ("\t " in body or "\t\n" in body or "\t\r" in body or body.endswith("\t")):
        body = _TAIL.sub(lambda found: " " * len(found[0]), body)
    return _LONE_CR.sub("\n", body) if "\r" in body else body


def _keyed(front: str) -> bool:
    """Whether the first line that says something begins with a key: a text may also begin with a rule (``---``)."""
    lines = (line.strip() for line in front.splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    key, colon, _ = first.partition(":")
    return not front.strip() or (bool(colon) and len(key.split(None, 3)) < 4)


def _fill(page: Page, text: str, found: events.Events, spans: _Spans) -> None:
    """The page with all that was found, in characters."""
    places = spans(found.heading_places)
    page.headings = list(map(_heading, repeat(text), found.headings, places[::3], places[1::3], places[2::3]))
    page.links = list(map(_link, repeat(text), found.links, spans(found.link_places)))
    parts, ends = tuple(spans(found.parts)), found.code_ends
    page.code = [
        _code(((info or "").strip(), whole, parts[at:end], info is not None))
        for info, whole, at, end in zip(found.infos, spans(found.code), [0, *ends], ends, strict=False)
    ]
    page.inline_code = spans(found.inline_code)
    page.html = spans(found.html)
    page.tables = Tables(found.rows, found.cells, spans)


def _heading(text: str, found: events.Heading, first: Span, last: Span, whole: Span) -> Heading:
    level, words = found
    shown, id_ = words.strip(), ""
    start, end = first.start, last.end
    if shown.endswith("}"):
        said = shown
        shown, id_ = anchors.without_id(said)
        mark = said[len(shown) :]
        if mark and text.endswith(mark, start, end):
            end -= len(mark)
    return _said((level, shown, _span((start, end)), *whole, id_))


def _link(text: str, found: events.Link, whole: Span) -> Link:
    said, image = found
    target, kind = said["dest_url"], said["link_type"]
    place = _destination(text, whole, target, said["title"]) if kind not in _REFERENCES else None
    return _led((f"mailto:{target}" if kind == "Email" else target, place or whole, image, whole))


def _without_comments(tag: str) -> str:
    return _COMMENT.sub(lambda found: blank(found[0]), tag) if "<!--" in tag else tag


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
    end = whole.end - 1
    if text[end - 1] in _BEFORE_END:
        end = _before_space(text, end)
    if title:
        end -= 1 + len(title)
        if not text.startswith(title, end):
            return None
        end = _before_space(text, end - 1)
    end -= text[end - 1] == ">"
    start = end - len(target)
    return Span(start, end) if target and start > whole.start and text.startswith(target, start) else None


def _before_space(text: str, end: int) -> int:
    while text[end - 1] in _BEFORE_END:
        end -= 1
    return end
