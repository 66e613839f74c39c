"""Offsets into lines and columns. A line ends with ``\\n``, ``\\r\\n`` or ``\\r``, as editors and YAML count."""

from bisect import bisect_right
from functools import cached_property

from runbook_lint.expressions import lazy
from runbook_lint.model import Place, Span

_BREAK = lazy(r"\r\n|\n|\r")


class Lines:
    """The line starts of one text, looked for when the first place is asked for: most texts have no finding."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins."""
        return [0, *(found.end() for found in _BREAK.finditer(self.text))]

    def position(self, at: int) -> tuple[int, int]:
        """Line and column, both from 1."""
        at = max(0, min(at, len(self.text)))
        line = bisect_right(self.starts, at)
        return line, at - self.starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Where a line and column stand; the end of the text for what lies beyond it."""
        return (
            min(self.starts[line - 1] + column - 1, len(self.text)) if 0 < line <= len(self.starts) else len(self.text)
        )

    def place(self, path: str, span: Span) -> Place:
        """The place of a span."""
        return Place(path, *self.position(span.start), *self.position(max(span)), span.start, span.end)

    def line(self, number: int) -> str:
        """A line's text without its end; empty where there is no such line."""
        if not 0 < number <= len(self.starts):
            return ""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].rstrip("\r\n")
