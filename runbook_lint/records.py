"""What a text gave as plain data and back, equal in every value and type. Only plain data: a record may come from
anybody, and to read it runs nothing.

A record is one line of JSON. What the values of all items of a text say stands in one list, and where they and their
items stand in an array, as they are kept; so to read it again makes no value.
"""

import json
import sys
from array import array
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from runbook_lint.kept import Kept
from runbook_lint.model import Edit, FileResult, Finding, Item, Member, Place, Rewrite, Sibling, Span, Value
from runbook_lint.rows import SPANS, Row, Table, columns

# The kinds of tuples that have names, by the number that stands for them; a list begins with a number of its own.
_TUPLES: tuple[type[Any], ...] = (Value, Span, Edit, Rewrite, Sibling, Member)
_LIST, _TUPLE, _SET, _DICT = -1, -2, -3, -4
_PLAIN = frozenset({str, int, float, bool, type(None)})
# Between the noun of an item and the names of its fields.
_NEXT = "\0"
# Numbers of the place of a value.
_OF_VALUE = 3


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
    kind, content_id, kept, *heads, said, places, nested, found = json.loads(record.decode("ascii"))
    for at, inner in nested:
        said[at] = _inner(inner)
    items = list(_items(heads, said, _unpacked(places), path))
    findings = tuple(_finding(each, items, path) for each in found)
    return FileResult(path, kind, content_id, tuple(items[:kept]), findings)


@lru_cache(maxsize=1)
def _encoder() -> Callable[[Any], str]:
    return json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def _record(result: FileResult) -> list[Any]:
    spoken = (item for finding in result.findings for item in (finding.item, *finding.also))
    numbers = {item: number for number, item in enumerate(dict.fromkeys((*result.items, *spoken)))}
    if any(item.path != result.path for item in numbers):
        raise _StrangeError
    said, places = _values(numbers)
    # What stands in a mapping is a field of its own, so most mappings are kept without it.
    strange = [at for at, each in enumerate(said) if type(each) not in _PLAIN and (each or type(each) is not dict)]
    nested = [[at, _outer(said[at])] for at in strange]
    for at in strange:
        said[at] = 0
    found = [_told(finding, numbers, result.path) for finding in result.findings]
    heads = _heads(numbers)
    return [result.kind, result.content_id, len(result.items), *heads, said, _packed(places), nested, found]


def _values(items: Collection[Item]) -> "tuple[list[Any], array[int]]":
    """What the values of items say and where they stand: the table of their rows where that is all that it has."""
    whole = _whole([item.fields for item in items])
    if whole is not None:
        return list(whole.said), whole.places[:]
    table = Table()
    for item in items:
        table.row(columns(tuple(item.fields)), item.place, item.extent, item.fields.values())
    table.fill()
    return table.said, table.places


def _whole(rows: Sequence[Any]) -> Row | None:
    """One of the rows if they are all those of one table in their order."""
    at = 0
    for row in rows:
        if not isinstance(row, Row) or row.said is not rows[0].said or row.at != at + SPANS:
            return None
        at += SPANS + len(row.names)
    whole: Row | None = rows[0] if rows and at == len(rows[0].said) else None
    return whole


def _heads(items: Mapping[Item, int]) -> list[Any]:
    """The shapes of items, which shape each has, and their keys."""
    shapes: dict[tuple[str, ...], int] = {}
    numbers = [shapes.setdefault((item.noun, *item.fields), len(shapes)) for item in items]
    return [list(map(_joined, shapes)), numbers, [item.key for item in items]]


def _packed(numbers: "array[int]") -> str:
    """Numbers as a text."""
    if sys.byteorder != "little":
        numbers.byteswap()
    return b2a_base64(numbers, newline=False).decode("ascii")


def _unpacked(text: str) -> "array[int]":
    numbers = array("i", a2b_base64(text))
    if sys.byteorder != "little":
        numbers.byteswap()
    return numbers


@lru_cache(maxsize=1 << 12)
def _joined(shape: tuple[str, ...]) -> str:
    """A noun and names as one text."""
    joined = _NEXT.join(shape)
    if tuple(joined.split(_NEXT)) != shape:
        raise _StrangeError
    return joined


@lru_cache(maxsize=1 << 12)
def _shape(joined: str) -> tuple[str, Mapping[str, int]]:
    noun, *names = joined.split(_NEXT)
    return noun, columns(tuple(names))


def _items(heads: Sequence[Any], said: Sequence[Any], places: "array[int]", path: str) -> Iterator[Item]:
    """The items, each before its values."""
    shapes, kinds, keys = heads
    shapes = list(map(_shape, shapes))
    at = 0
    for kind, key in zip(kinds, keys, strict=True):
        noun, names = shapes[kind]
        at += SPANS
        yield Kept(noun, key, path, Row(names, said, places, at))
        at += len(names)
    if at != len(said) or len(places) != _OF_VALUE * at:
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
