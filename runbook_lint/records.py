"""What a text gave as plain data and back, equal in every value and type. Only plain data: a record may come from
anybody, and to read it runs nothing.

A record is one line of JSON. What the values of all items of a text say stands in one list and where they stand in
another, as it is kept; so to read it again makes no value.
"""

import json
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from runbook_lint.model import Edit, FileResult, Finding, Item, Member, Place, Rewrite, Sibling, Span, Value
from runbook_lint.rows import Row, Table

# The kinds of tuples that have names, by the number that stands for them; a list begins with a number of its own.
_TUPLES: tuple[type[Any], ...] = (Value, Span, Edit, Rewrite, Sibling, Member)
_LIST, _TUPLE, _SET, _DICT = -1, -2, -3, -4
_PLAIN = frozenset({str, int, float, bool, type(None)})
# Between the names of an item's fields.
_NEXT = "\0"


class _StrangeError(Exception):
    """Something that no record can hold."""


def encoded(result: FileResult) -> bytes:
    """The record of what a text gave; empty for what cannot be told exactly."""
    try:
        return _encoder()(_record(result)).encode("ascii")
    except (_StrangeError, ValueError, RecursionError):
        return b""


def decoded(record: bytes, path: str) -> FileResult:
    """What a text gave. Raises some exception for what is no record."""
    kind, content_id, kept, heads, said, places, nested, found = json.loads(record.decode("ascii"))
    for at, inner in nested:
        said[at] = _inner(inner)
    items = list(_items(heads, said, array("i", places), path))
    findings = tuple(_finding(each, items, path) for each in found)
    return FileResult(path, kind, content_id, tuple(items[:kept]), findings)


@lru_cache(maxsize=1)
def _encoder() -> Callable[[Any], str]:
    return json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def _record(result: FileResult) -> list[Any]:
    spoken = (item for finding in result.findings for item in (finding.item, *finding.also))
    numbers = {item: number for number, item in enumerate(dict.fromkeys((*result.items, *spoken)))}
    table = Table()
    heads: list[Any] = []
    for item in numbers:
        if item.path != result.path:
            raise _StrangeError
        table.row(item.fields)
        heads.append([item.noun, item.key, *item.place, *item.extent, _joined(tuple(item.fields))])
    nested = [[at, _outer(said)] for at, said in enumerate(table.said) if type(said) not in _PLAIN and said != {}]
    for at, _ in nested:
        table.said[at] = 0
    found = [_told(finding, numbers, result.path) for finding in result.findings]
    return [result.kind, result.content_id, len(result.items), heads, table.said, list(table.places), nested, found]


@lru_cache(maxsize=1 << 12)
def _joined(names: tuple[str, ...]) -> str:
    """Names as one text."""
    joined = _NEXT.join(names)
    if _split(joined) != names:
        raise _StrangeError
    return joined


@lru_cache(maxsize=1 << 12)
def _split(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(_NEXT)) if joined else ()


def _items(heads: Iterable[Sequence[Any]], said: Sequence[Any], places: "array[int]", path: str) -> Iterable[Item]:
    at = 0
    for noun, key, start, end, first, last, joined in heads:
        names = _split(joined)
        yield Item(noun, key, path, Span(start, end), Span(first, last), Row(names, said, places, at))
        at += len(names)
    if (at, 3 * at) != (len(said), len(places)):
        raise ValueError


def _outer(value: Any) -> Any:
    """Any value as JSON can hold it: a scalar itself, all else as a list that begins with what it is."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind in _TUPLES:
        return [_TUPLES.index(kind), *map(_outer, value)]
    if kind is list or kind is tuple:
        return [_LIST if kind is list else _TUPLE, *map(_outer, value)]
    if kind is frozenset and all(type(each) is str for each in value):
        return [_SET, *sorted(value)]
    if kind is dict and all(type(key) is str for key in value):
        return [_DICT, {key: _outer(each) for key, each in value.items()}]
    raise _StrangeError


def _inner(told: Any) -> Any:
    if not isinstance(told, list):
        return told
    kind, *rest = told
    if kind == _DICT:
        return {key: _inner(each) for key, each in rest[0].items()}
    made = tuple(map(_inner, rest)) if kind != _SET else frozenset(rest)
    if kind >= 0:
        return _TUPLES[kind](*made)
    return list(made) if kind == _LIST else made


def _told(finding: Finding, numbers: Mapping[Item, int], path: str) -> list[Any]:
    place = finding.place
    if place.path != path or finding.fingerprint or finding.related or finding.older or finding.waiver:
        raise _StrangeError
    said = [finding.rule, finding.severity, finding.message, finding.subject]
    also = [numbers[item] for item in finding.also]
    return [*said, place[1:], numbers[finding.item], also, [_outer(each) for each in finding.edits]]


def _finding(told: Sequence[Any], items: Sequence[Item], path: str) -> Finding:
    rule, severity, message, subject, place, item, also, edits = told
    repairs = tuple(map(_inner, edits))
    others = tuple(items[number] for number in also)
    return Finding(Place(path, *place), rule, severity, message, items[item], subject, repairs, also=others)
