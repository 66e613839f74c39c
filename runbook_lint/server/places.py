"""Offsets, paths and the editor's words for them: positions in the units that were agreed on, and URIs."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit
from urllib.request import url2pathname

from lsprotocol import types

from runbook_lint.model import Span
from runbook_lint.places import Lines

# How long a text is in the units of each encoding; ours are characters.
_LENGTHS: Mapping[str, Callable[[str], int]] = {
    "utf-8": lambda text: len(text.encode("utf-8", "surrogatepass")),
    "utf-16": lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    "utf-32": len,
}


class Ruler:
    """Positions in one text, in the units of an encoding."""

    def __init__(self, text: str, encoding: str) -> None:
        self.text = text
        self.lines = Lines(text)
        self.length = _LENGTHS.get(encoding, _LENGTHS["utf-16"])

    def position(self, at: int) -> types.Position:
        """The editor's position of an offset."""
        line, column = self.lines.position(at)
        start = self.lines.starts[line - 1]
        return types.Position(line - 1, self.length(self.text[start : start + column - 1]))

    def range(self, span: Span) -> types.Range:
        """The editor's range of a span."""
        return types.Range(self.position(span[0]), self.position(max(span)))

    def offset(self, position: types.Position) -> int:
        """The offset of an editor's position; the end of the line, or of the text, for what lies beyond it."""
        if position.line >= len(self.lines.starts):
            return len(self.text)
        start = self.lines.starts[position.line]
        units = 0
        for at, letter in enumerate(self.lines.line(position.line + 1)):
            if units >= position.character:
                return start + at
            units += self.length(letter)
        return start + len(self.lines.line(position.line + 1))

    def span(self, wanted: types.Range) -> Span:
        """The span of an editor's range."""
        return Span(self.offset(wanted.start), self.offset(wanted.end))


def path_of(uri: str) -> str:
    """The path that a URI names; empty for what is no file."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return ""
    if os.name == "nt":
        return os.path.normpath(url2pathname(parts.path))
    return os.path.normpath(os.fsdecode(unquote_to_bytes(parts.path)))


def uri_of(root: str, path: str) -> str:
    """The URI of a file of a repository."""
    return Path(root, path).as_uri()
