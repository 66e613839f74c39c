"""Offsets into lines and columns. A line ends with ``\\n``, ``\\r\\n`` or ``\\r``, as editors and YAML count."""

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, count
from operator import add

from runbook_lint.expressions import lazy
from runbook_lint.model import Place, Span

_BREAK = lazy(r"\r\n|\n|\r")
# So many places of one text are counted out, which is cheaper and smaller than a table of its lines; more might be
# hundreds of thousands.
_COUNTED = 8
_SHORT = 500


class Lines:
    """The line starts of one text, looked for when the first place is asked for: most texts have no finding."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.left = _COUNTED if "\r" not in text else 0

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins."""
        self.left = 0
        if "\r" in self.text:
            return [0, *(found.end() for found in _BREAK.finditer(self.text))]
        return [0, *map(add, accumulate(map(len, self.text.split("\n")[:-1])), count(1))]

    def position(self, at: int) -> tuple[int, int]:
        """Line and column, both from 1."""
        at = max(0, min(at, len(self.text)))
        if self.left:
            self.left -= 1
            return self.text.count("\n", 0, at) + 1, at - self.text.rfind("\n", 0, at)
        line = bisect_right(self.starts, at)
        return line, at - self.starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Where a line and column stand; the end of the text for what lies beyond it."""
        return (
            min(self.starts[line - 1] + column - 1, len(self.text)) if 0 < line <= len(self.starts) else len(self.text)
        )

    def place(self, path: str, span: Span) -> Place:
        """The place of a span."""
        start, end = span
        line, column = self.position(start)
        last = max(start, end)
        if self._is_plain(start, last):
            return Place(path, line, column, line, column + last - start, start, end)
        return Place(path, line, column, *self.position(last), start, end)

    def _is_plain(self, start: int, end: int) -> bool:
        """Whether a short span of the text has no end of a line in it."""
        if not (0 <= start <= end <= len(self.text) and end - start < _SHORT):
            return False
        return self.text.find("\n", start, end) < 0 and self.text.find("\r", start, end) < 0

    def line(self, number: int) -> str:
        """A line's text without its end; empty where there is no such line."""
        if self.left and number > 0:
            self.left -= 1
            lines = self.text.split("\n", number)
            return lines[number - 1] if number <= len(lines) else ""
        if not 0 < number <= len(self.starts):
            return ""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].rstrip("\r\n")
