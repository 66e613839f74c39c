"""What a person reads of a runbook, and what stands around a place in it."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from runbook_lint.documents.masks import blank
from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Problem, Span

_WINDOW = 240  # how far around a hit its line is looked at: keeps a text of one endless line linear

# A value after its key, or in a table after its first cells.
KEY = lazy(
    r"^[ \t>|]{0,20}(?:(?:[-*+]|\d{1,3}[.)])[ \t]{1,8})?[*_]{0,3}([^\s\[\]:|*_][^\[\]:|*]{0,59}?)[*_]{0,3}[ \t]{0,4}:"
    r"[*_]{0,3}[^\w\[\]|]{0,16}$"
)
CELL = lazy(r"\|[ \t*_]*$")
# A line of a message template.
MESSAGE_LINE = lazy(
    r"^[ \t>]*(?:[-*+][ \t]+)?(?:(?P<bold>\*\*|__)(?P<a>[A-Z][\w /-]{1,40}?)(?:(?P=bold)[ \t]*:|:(?P=bold))"
    r"|(?P<b>[A-Z][A-Za-z /]{1,40}?):(?=[ \t]))[ \t]*(?P<value>[^\r\n]{1,400})",
    re.M,
)
_FRONT_END = lazy(r"^(?:---|\+\+\+|\.\.\.)[ \t]*$", re.M)
_COMMENT = lazy(r"(?:^|(?<=[ \t]))#[^\r\n]*", re.M)


@lru_cache(maxsize=1)
def readable(item: Item) -> tuple[str, int]:
    """The prose with the front matter, its comments blanked, and where that ends; of the length of the text."""
    text, prose = str(item.raw("text", "")), str(item.raw("prose", ""))
    end = _FRONT_END.search(text, 3) if text.startswith(("---", "+++")) and prose[:3] == "   " else None
    if end is None:
        return prose, 0
    return _COMMENT.sub(lambda found: blank(found[0]), text[: end.start()]) + prose[end.start() :], end.start()


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after in the same line, as far as it matters."""
    first = max(text.rfind("\n", max(0, start - _WINDOW), start), text.rfind("\r", max(0, start - _WINDOW), start))
    before = text[max(first + 1, start - _WINDOW) : start]
    after = text[end : end + _WINDOW]
    return before, after.partition("\n")[0].partition("\r")[0]


def _key(before: str) -> str:
    """The key that the value after ``before`` belongs to: of a ``Key:`` line, or the first cell of a row."""
    found = KEY.match(before)
    if found:
        return found[1].strip().lower()
    return before.strip().strip("|").split("|")[0].strip(" *_").lower()[:60] if CELL.search(before) else ""


def problem(before: str, found: str, start: int) -> Problem:
    """What was found after these words of its line; the key of the value that it stands in tells it apart."""
    subject = " ".join(f"{_key(before)}: {found}".lower().split()).removeprefix(": ")
    return Problem(Span(start, start + len(found)), {"found": found}, subject=subject)


def apart(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems in the order of the text, one for each place."""
    last = -1
    for found in sorted(problems, key=lambda each: each.span or Span(0, 0)):
        if found.span and found.span.start >= last:
            last = found.span.end
            yield found
