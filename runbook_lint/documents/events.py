"""What matters among the events of pyromark, its places in bytes. Most events are of no concern: where paragraphs and
the items of lists begin and end."""

from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

_TABLES, _FOOTNOTES, _STRIKE, _GFM = 2, 4, 8, 2048
OPTIONS = _TABLES | _FOOTNOTES | _STRIKE | _GFM
# Ends that matter beside those of headings and cells.
_ENDS = frozenset({"CodeBlock", "TableRow", "TableHead"})

Place = tuple[int, int]
_Sink = list[Place] | deque[Place]


class Heading(NamedTuple):
    """A heading; ``inside`` is from its first to its last word."""

    level: int
    words: str
    inside: Place
    whole: Place


class Link(NamedTuple):
    """A link or image as pulldown-cmark tells it."""

    kind: str
    target: str
    title: str
    image: bool
    whole: Place


class Code(NamedTuple):
    """A code block; ``info`` is None where it is indented."""

    info: str | None
    whole: Place
    parts: Sequence[Place]


class Events:
    """What one pass over the events of a text finds.

    ``texts`` are the pieces of text outside of code blocks, those of links and the inline code of headings among them;
    they are gathered only where somebody wants them.
    """

    def __init__(self, text: str, *, with_texts: bool) -> None:
        self.headings: list[Heading] = []
        self.links: list[Link] = []
        self.code: list[Code] = []
        self.inline_code: list[Place] = []
        self.html: list[Place] = []
        self.cells: list[Place] = []
        # Whether it is a head, and how many cells there are up to its end.
        self.rows: list[tuple[bool, int]] = []
        self.texts: list[Place] = []
        # Where the places of text go: outside of headings and code blocks, and inside one of these.
        self._idle: _Sink = self.texts if with_texts else deque(maxlen=0)
        self._words: list[str] | None = None
        self._info: str | None = None
        self._read(text)

    def _read(self, text: str) -> None:
        from pyromark import events_with_range

        events: Any = events_with_range
        idle, cells = self._idle, self.cells
        sink = idle
        for event, place in events(text, options=OPTIONS):
            # An event is a mapping of one key or a word, and no word has one of these in it.
            if "Text" in event:
                sink.append((place["start"], place["end"]))
                if sink is not idle and self._words is not None:
                    self._words.append(event["Text"])
            elif "End" in event:
                what = event["End"]
                if what == "TableCell":
                    cells.append((place["start"], place["end"]))
                elif what in _ENDS if what.__class__ is str else "Heading" in what:
                    sink = self._end(what, (place["start"], place["end"]), sink)
            elif "Start" in event:
                what = event["Start"]
                if what.__class__ is dict or what == "HtmlBlock":
                    sink = self._start(what, (place["start"], place["end"]), sink)
            elif event.__class__ is dict or sink is not idle:
                self._other(event, (place["start"], place["end"]), sink)

    def _start(self, what: Any, place: Place, sink: _Sink) -> _Sink:
        if what == "HtmlBlock":
            self.html.append(place)
        elif "Heading" in what:
            self._words = []
            return []
        elif "CodeBlock" in what:
            self._info = what["CodeBlock"]["Fenced"] if what["CodeBlock"] != "Indented" else None
            return []
        elif "Link" in what or "Image" in what:
            [(name, inner)] = what.items()
            said = inner["link_type"], inner["dest_url"], inner["title"]
            self.links.append(Link(*said, name == "Image", place))
        return sink

    def _end(self, what: Any, place: Place, sink: _Sink) -> _Sink:
        if what == "CodeBlock":
            self.code.append(Code(self._info, place, sink))
        elif what.__class__ is str:
            self.rows.append((what == "TableHead", len(self.cells)))
            return sink
        else:
            inside = (sink[0][0], sink[-1][1]) if sink else place
            self.headings.append(Heading(int(what["Heading"][1:]), "".join(self._words or ()), inside, place))
            self._idle.extend(sink)
        self._words = None
        return self._idle

    def _other(self, event: Any, place: Place, sink: _Sink) -> None:
        """Inline code and HTML; of a heading also its breaks."""
        code = event.get("Code") if event.__class__ is dict else None
        if code is not None:
            self.inline_code.append(place)
            if self._words is not None:
                self._words.append(code)
                sink.append(place)
        elif "InlineHtml" in event:
            self.html.append(place)
        elif self._words is not None and event in ("SoftBreak", "HardBreak"):
            self._words.append(" ")
