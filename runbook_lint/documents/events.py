"""What matters among the events of pyromark, its places in bytes. Most events are of no concern: where paragraphs and
the items of lists begin and end.

What has no inside, such as a row of a table, is known when it begins: its end says the same place.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_TABLES, _FOOTNOTES, _STRIKE, _GFM = 2, 4, 8, 2048
OPTIONS = _TABLES | _FOOTNOTES | _STRIKE | _GFM
# What begins and matters, beside what has words of its own: headings, code blocks, links.
_PLAIN = frozenset({"TableCell", "TableRow", "TableHead", "HtmlBlock"})

# ``start`` and ``end``.
Place = Mapping[str, int]
# A heading: its level and its words.
Heading = tuple[int, str]
# A link or image as pulldown-cmark tells it, and whether it is an image.
Link = tuple[Mapping[str, str], bool]


def _events(text: str) -> Iterator[tuple[Any, Place]]:
    from pyromark import events_with_range

    read: Any = events_with_range
    found: Iterator[tuple[Any, Place]] = read(text, options=OPTIONS)
    return found


class Events:
    """What one pass over the events of a text finds.

    ``heading_places`` are three of each heading: its first word, its last, and all of it. The pieces of all blocks of
    code are in ``parts``; ``infos`` says of each block what its fence does, None where it is indented, and
    ``code_ends`` how many pieces there are up to its end. ``rows`` says in the same way of each row of a table whether
    it is a head, and how many of the ``cells`` come before it.
    """

    def __init__(self, text: str) -> None:
        self.headings: list[Heading] = []
        self.heading_places: list[Place] = []
        self.links: list[Link] = []
        self.link_places: list[Place] = []
        self.code: list[Place] = []
        self.infos: list[str | None] = []
        self.parts: list[Place] = []
        self.code_ends: list[int] = []
        self.inline_code: list[Place] = []
        self.html: list[Place] = []
        self.cells: list[Place] = []
        self.rows: list[tuple[bool, int]] = []
        self._text = text
        self._read()

    def texts(self) -> list[Place]:
        """The pieces of text, those inside of links and of code blocks among them. Few texts need to know where these
        are, and there are more of them than of all else together, so this is a pass of its own."""
        return [place for event, place in _events(self._text) if "Text" in event]

    def _read(self) -> None:
        found = _events(self._text)
        cell = self.cells.append
        for event, place in found:
            # An event is a mapping of one key or a word, and no word has one of these in it.
            if "Text" in event or "End" in event:
                continue
            if "Start" in event:
                what = event["Start"]
                if what == "TableCell":
                    cell(place)
                elif what.__class__ is dict:
                    self._start(what, place, found)
                elif what in _PLAIN:
                    self._plain(what, place)
            elif "Code" in event:
                self.inline_code.append(place)
            elif "InlineHtml" in event:
                self.html.append(place)

    def _plain(self, what: str, place: Place) -> None:
        if what == "HtmlBlock":
            self.html.append(place)
        else:
            self.rows.append((what == "TableHead", len(self.cells)))

    def _start(self, what: Mapping[str, Any], place: Place, found: Iterator[tuple[Any, Place]]) -> None:
        """What begins with words of its own; headings and code blocks are read to their end."""
        if "CodeBlock" in what:
            kind = what["CodeBlock"]
            self._code(None if kind == "Indented" else kind["Fenced"], place, found)
        elif "Heading" in what:
            self._heading(int(what["Heading"]["level"][1:]), place, found)
        elif "Link" in what:
            self.links.append((what["Link"], False))
            self.link_places.append(place)
        elif "Image" in what:
            self.links.append((what["Image"], True))
            self.link_places.append(place)

    def _code(self, info: str | None, place: Place, found: Iterator[tuple[Any, Place]]) -> None:
        say = self.parts.append
        for event, part in found:
            if "Text" in event:
                say(part)
            elif "End" in event:
                break
        self.code.append(place)
        self.infos.append(info)
        self.code_ends.append(len(self.parts))

    def _heading(self, level: int, place: Place, found: Iterator[tuple[Any, Place]]) -> None:
        words: list[str] = []
        places: list[Place] = []
        for event, part in found:
            if "Text" in event:
                words.append(event["Text"])
                places.append(part)
            elif "End" in event:
                what = event["End"]
                if what.__class__ is dict and "Heading" in what:
                    break
            elif "Start" in event:
                if event["Start"].__class__ is dict:
                    self._start(event["Start"], part, found)
            elif event.__class__ is dict:
                self._inline(event, part, words, places)
            elif event in ("SoftBreak", "HardBreak"):
                words.append(" ")
        self.headings.append((level, "".join(words)))
        self.heading_places += (places[0], places[-1], place) if places else (place, place, place)

    def _inline(self, event: Mapping[str, Any], place: Place, words: list[str], places: list[Place]) -> None:
        """Inline code of a heading, which is among its words, and HTML."""
        if "Code" in event:
            self.inline_code.append(place)
            words.append(event["Code"])
            places.append(place)
        elif "InlineHtml" in event:
            self.html.append(place)
