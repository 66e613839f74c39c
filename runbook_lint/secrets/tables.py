"""Tables in markdown whose head names what stands in a column: ``| User | Password |``."""

import re
from collections.abc import Iterable, Iterator

from runbook_lint.expressions import lazy
from runbook_lint.model import Span
from runbook_lint.secrets import names
from runbook_lint.secrets.assignments import Assignment

# The line between a table's head and its rows (GitHub Flavored Markdown, section 4.10), with the line before it.
_HEAD = lazy(
    r"^(?=[^\n|]*+\|)(?P<head>[^\n]*+)\n[ \t>]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+\r?$",
    re.M,
)
_ROW = lazy(r"\n(?=[^\n|]*+\|)(?P<row>[^\n]*+)")
_CELL = lazy(r"(?<!\\)\|")
_MARKS = "`*_\"' \t\r"


def find(text: str, places: Iterable[tuple[int, int]]) -> Iterator[Assignment]:
    """The values of the columns that are named after a credential; one of ``places`` is in every such name."""
    done = 0
    for table in _heads(text, places):
        if table.start() >= done:
            heads = [text[slice(*cell)].strip(_MARKS) for cell in _cells(text, Span(*table.span("head")))]
            columns = [number for number, head in enumerate(heads) if names.kind(head)]
            for row in _rows(text, table.end()) if columns else ():
                done = row.end
                cells = _cells(text, row)
                yield from (_given(text, heads[number], cells[number]) for number in columns if number < len(cells))


def _heads(text: str, places: Iterable[tuple[int, int]]) -> Iterator[re.Match[str]]:
    """The heads of tables, of those lines in which one of the places is."""
    end = -1
    for at, _ in sorted(places):
        if at > end:
            table = _HEAD.match(text, text.rfind("\n", 0, at) + 1)
            end = text.find("\n", at)
            if end < 0:
                return
            if table is not None:
                yield table


def _rows(text: str, at: int) -> Iterator[Span]:
    """The rows of a table."""
    row = _ROW.match(text, at)
    while row is not None:
        yield Span(*row.span("row"))
        row = _ROW.match(text, row.end())


def _cells(text: str, line: Span) -> list[Span]:
    """The cells of a line, the space and the marks around what they hold left out."""
    edges = [found.start() for found in _CELL.finditer(text, *line)]
    edges = edges if text[line.start : line.end].lstrip(" \t>").startswith("|") else [line.start - 1, *edges]
    ends = [*edges[1:], line.end]
    return [_bare(text, start + 1, end) for start, end in zip(edges, ends, strict=True)]


def _bare(text: str, start: int, end: int) -> Span:
    while start < end and text[start] in _MARKS:
        start += 1
    while end > start and text[end - 1] in _MARKS:
        end -= 1
    return Span(start, end)


def _given(text: str, name: str, cell: Span) -> Assignment:
    quoted = text[cell.start - 1] in "`\"'"
    return Assignment(name, text[cell.start : cell.end], cell, name, "cell", quoted)
