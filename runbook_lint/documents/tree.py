"""Trees of values with their places, from JSON and YAML alike.

``value`` of a mapping is a ``dict[str, Value]``, of a list a ``list[Value]``, of a YAML scalar its text. What is wrong
but does not stop the reading (a duplicate key) is in ``faults``; what does raises ``UnreadableError``.
"""

from typing import Any, NamedTuple

from runbook_lint.model import Span, Value

DEEPEST = 200
LARGEST = 1_000_000


class Fault(NamedTuple):
    """Something wrong with how a text is written: ``kind`` is the name of the ``read`` rule that speaks of it."""

    kind: str
    words: str
    span: Span


class UnreadableError(Exception):
    """The text cannot be read at all; carries the one fault that says why and where."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.words)
        self.fault = fault


class Document(NamedTuple):
    """One document of a file."""

    root: Value


class Reading(NamedTuple):
    """What a text holds: the documents that could be read, and all that is wrong."""

    documents: tuple[Document, ...] = ()
    faults: tuple[Fault, ...] = ()


def plain(value: Value) -> Any:
    """The tree without places."""
    inner = value.value
    if isinstance(inner, dict):
        return {key: plain(child) for key, child in inner.items()}
    if isinstance(inner, list):
        return [plain(child) for child in inner]
    return inner


def flat(value: Value) -> dict[str, Value]:
    """The fields of a mapping by dotted name, the mappings inside it included as well as their fields."""
    fields: dict[str, Value] = {}
    if isinstance(value.value, dict):
        _flatten(value.value, "", fields)
    return fields


def _flatten(members: dict[str, Value], prefix: str, fields: dict[str, Value]) -> None:
    for key, each in members.items():
        name = prefix + key if prefix else key
        fields[name] = each
        inner = each[0]
        if type(inner) is dict:
            _flatten(inner, f"{name}.", fields)


def child(value: Value | None, *keys: str) -> Value | None:
    """The value under a path of keys, None where there is none."""
    for key in keys:
        if value is None or not isinstance(value.value, dict):
            return None
        value = value.value.get(key)
    return value


def shifted(reading: Reading, by: int) -> Reading:
    """The reading of a part of a text with its places in the whole text, where the part begins at ``by``."""
    known: dict[int, Any] = {}
    documents = tuple(Document(_moved(each.root, by, known)) for each in reading.documents)
    spans = (Span(fault.span.start + by, fault.span.end + by) for fault in reading.faults)
    faults = (fault._replace(span=span) for fault, span in zip(reading.faults, spans, strict=True))
    return Reading(documents, tuple(faults))


def _moved(value: Value, by: int, known: dict[int, Any]) -> Value:
    """A value moved; what aliases share is moved once and stays shared."""
    inner = value.value
    if isinstance(inner, (dict, list)):
        if id(inner) not in known:
            known[id(inner)] = (
                {key: _moved(each, by, known) for key, each in inner.items()}
                if isinstance(inner, dict)
                else [_moved(each, by, known) for each in inner]
            )
        inner = known[id(inner)]
    return Value(inner, value.start + by, value.end + by, value.key + by if value.key >= 0 else -1)
