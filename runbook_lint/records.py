"""What a text gave as plain data and back, equal in every value and type. Only plain data: a record may come from
anybody, and to read it runs nothing.

A record is one line of JSON. The values of all items of a text stand in columns, because most of the cost of reading it
again is in making the values.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from runbook_lint.model import Edit, FileResult, Finding, Item, Member, Place, Rewrite, Sibling, Span, Value

# The kinds of tuples that have names, by the number that stands for them; a list begins with a number of its own.
_TUPLES: tuple[type[Any], ...] = (Value, Span, Edit, Rewrite, Sibling, Member)
_LIST, _TUPLE, _SET, _DICT = -1, -2, -3, -4
_PLAIN = frozenset({str, int, float, bool, type(None)})
# Between the names of an item's fields, and before the children of one that is a mapping of others.
_NEXT, _OVER = "\0", "\1"
_value: Callable[[Any], Value] = partial(tuple.__new__, Value)


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
    kind, content_id, kept, heads, columns, nested, found = json.loads(record.decode("ascii"))
    values = list(map(_value, zip(*columns, strict=True)))
    for at, inner in nested:
        values[at] = values[at]._replace(value=_inner(inner))
    items = list(_items(heads, values, path))
    findings = tuple(_finding(each, items, path) for each in found)
    return FileResult(path, kind, content_id, tuple(items[:kept]), findings)


@lru_cache(maxsize=1)
def _encoder() -> Callable[[Any], str]:
    return json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def _record(result: FileResult) -> list[Any]:
    spoken = (item for finding in result.findings for item in (finding.item, *finding.also))
    numbers = {item: number for number, item in enumerate(dict.fromkeys((*result.items, *spoken)))}
    heads: list[Any] = []
    values: list[Value] = []
    nested: list[Any] = []
    for item in numbers:
        if item.path != result.path:
            raise _StrangeError
        shape, given = _laid_out(item.fields)
        heads.append([item.noun, item.key, *item.place, *item.extent, shape])
        nested += ([len(values) + at, _outer(value)] for at, value in given)
        values += item.fields.values()
    columns = [list(column) for column in zip(*values, strict=True)] or [[], [], [], []]
    columns[0] = [value if type(value) in _PLAIN else 0 for value in columns[0]]
    found = [_told(finding, numbers, result.path) for finding in result.findings]
    return [result.kind, result.content_id, len(result.items), heads, columns, nested, found]


def _laid_out(fields: Mapping[str, Value]) -> tuple[str, list[tuple[int, Any]]]:
    """The names of fields as one text, and the values that are no scalars, by their numbers, but for mappings whose
    values are fields of their own."""
    if not any(type(each.value) is dict for each in fields.values()):
        given = [(at, each.value) for at, each in enumerate(fields.values()) if type(each.value) not in _PLAIN]
        return _joined(list(fields), 0), given
    order = {name: at for at, name in enumerate(fields)}
    names, given, over = [], [], 0
    for name, each in fields.items():
        below = _below(name, each.value, fields, order) if type(each.value) is dict else None
        if below is None and type(each.value) not in _PLAIN:
            given.append((order[name], each.value))
        names.append(name if below is None else f"{name}{_OVER}{below}")
        over += below is not None
    return _joined(names, over), given


def _joined(names: Sequence[str], over: int) -> str:
    """Names as one text, so many of them with children."""
    joined = _NEXT.join(names)
    if joined.count(_NEXT) != max(0, len(names) - 1) or joined.count(_OVER) != over or (names and not joined):
        raise _StrangeError
    return joined


def _below(name: str, inner: Mapping[str, Any], fields: Mapping[str, Value], order: Mapping[str, int]) -> str | None:
    """The numbers of the fields that are the values of a mapping; None where they are not, or come before it."""
    numbers = []
    for key, child in inner.items():
        full = f"{name}.{key}"
        if fields.get(full) is not child or order[full] < order[name]:
            return None
        numbers.append(str(order[full]))
    return ",".join(numbers)


@lru_cache(maxsize=4096)
def _shape(text: str) -> tuple[tuple[str, ...], tuple[tuple[int, tuple[tuple[str, int], ...]], ...]]:
    """The names, and for each that is a mapping of others its number with their keys and numbers, the deepest first."""
    parts = [name.partition(_OVER) for name in text.split(_NEXT)] if text else []
    names = tuple(name for name, _, _ in parts)
    over = []
    for at, (name, mark, listed) in enumerate(parts):
        if mark:
            numbers = map(int, listed.split(",")) if listed else ()
            over.append((at, tuple((names[number][len(name) + 1 :], number) for number in numbers)))
    return names, tuple(reversed(over))


def _items(heads: Iterable[Sequence[Any]], values: list[Value], path: str) -> Iterable[Item]:
    at = 0
    for noun, key, start, end, first, last, shape in heads:
        names, over = _shape(shape)
        fields = values[at : at + len(names)]
        for number, below in over:
            inner = {name: fields[child] for name, child in below}
            fields[number] = Value(inner, *fields[number][1:])
        yield Item(noun, key, path, Span(start, end), Span(first, last), dict(zip(names, fields, strict=True)))
        at += len(names)


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
