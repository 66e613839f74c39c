"""Characters for bytes: pyromark counts in UTF-8."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from operator import itemgetter

from runbook_lint.expressions import lazy
from runbook_lint.model import Span

# Runs of characters that have more than one byte, and in these runs of two, three and four bytes.
_WIDER = lazy(r"[^\x00-\x7f]+")
_WIDE = lazy("([\x80-\u07ff]+)|([\u0800-\uffff]+)|([\U00010000-\U0010ffff]+)")
_ends: Callable[[Mapping[str, int]], tuple[int, int]] = itemgetter("start", "end")
_span: Callable[[tuple[int, int]], Span] = partial(tuple.__new__, Span)


def characters(text: str) -> Callable[[int], int]:
    """A function from a UTF-8 byte offset to the character offset."""
    # Where each run and what follows it begins, in bytes and in characters, and how wide its characters are.
    starts, firsts, widths = [0], [0], [1]
    at = 0
    for found in (each for run in _WIDER.finditer(text) for each in _WIDE.finditer(text, *run.span())):
        first, last = found.span()
        width = 1 + (found.lastindex or 0)
        at += first - firsts[-1]
        starts += at, at + (last - first) * width
        firsts += first, last
        widths += width, 1
        at = starts[-1]

    def character(at: int) -> int:
        index = bisect_right(starts, at) - 1
        return firsts[index] + (at - starts[index]) // widths[index]

    return character


def spans(text: str) -> Callable[[Iterable[Mapping[str, int]]], list[Span]]:
    """A function from places in bytes, each of which has a ``start`` and an ``end``, to spans."""
    if text.isascii():
        return lambda places: list(map(_span, map(_ends, places)))
    at = characters(text)
    return lambda places: [Span(at(start), at(end)) for start, end in map(_ends, places)]
