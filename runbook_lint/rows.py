"""Values with their places, and rows of them: the fields of items as they are kept, many in little room.

A repository has hundreds of thousands of values, and joins ask for few of them. So what is kept of a text is a list of
what its values say and an array of where they stand, which all its items share; a ``Value`` is made when it is asked
for. Before the values of an item stand two that say nothing: where to point for it, and all of it.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, KeysView, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from sys import intern
from typing import Any, NamedTuple

# Texts up to this length are likely to be said again, by another item or in another file.
_SAID_AGAIN = 24
# A value stands somewhere by three numbers.
_PLACES = 3
# So many values of an item say nothing, and only where it stands.
SPANS = 2
_new = tuple.__new__


class Span(NamedTuple):
    """A half-open range of character offsets in the text of one source."""

    start: int
    end: int


def claim(taken: list[Span], span: Span) -> bool:
    """Puts a span among others that are sorted and apart, if it has nothing in common with them; whether it did."""
    at = bisect_right(taken, span)
    free = (at == 0 or taken[at - 1].end <= span.start) and (at == len(taken) or span.end <= taken[at].start)
    if free:
        taken.insert(at, span)
    return free


class Value(NamedTuple):
    """A value and where it is written; ``key`` is the offset of the key it belongs to, -1 where there is none."""

    value: Any
    start: int
    end: int
    key: int = -1

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@lru_cache(maxsize=1 << 12)
def columns(names: tuple[str, ...]) -> Mapping[str, int]:
    """The numbers of the columns of a row by their names, one mapping for all rows of the same names."""
    return {intern(name): number for number, name in enumerate(names)}


class Row(Mapping[str, Value]):
    """The fields of one item: some neighbours in what the values of a text ``say`` and where they stand. ``at`` is the
    first of them, behind those of the item itself."""

    __slots__ = ("at", "names", "places", "said")

    def __init__(self, names: Mapping[str, int], said: Sequence[Any], places: "array[int]", at: int) -> None:
        self.names = names
        self.said = said
        self.places = places
        self.at = at

    def __getitem__(self, name: str) -> Value:
        return self._value(self.names[name])

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name; the default where there is none."""
        number = self.names.get(name)
        return default if number is None else self._value(number)

    def _value(self, number: int) -> Value:
        at = self.at + number
        return _new(Value, (self.said[at], *self.places[_PLACES * at : _PLACES * at + _PLACES]))

    def span(self, before: int) -> Span:
        """Where the item stands: by the second value before its fields its place, by the first its extent."""
        at = _PLACES * (self.at - before)
        return _new(Span, self.places[at : at + 2])

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def keys(self) -> KeysView[str]:
        """The names; who looks for many of them asks these."""
        return self.names.keys()

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def said(fields: Mapping[str, Value], name: str, default: Any = None) -> Any:
    """What the value of a name says; the default where there is none."""
    if isinstance(fields, Row):
        number = fields.names.get(name)
        return default if number is None else fields.said[fields.at + number]
    found = fields.get(name)
    return default if found is None else found.value


class Table:
    """What the values of a text say and where they stand, and rows of it, which say nothing before it is full."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self.places = array("i")
        self.values: list[tuple[Any, int, int, int]] = []

    def row(self, names: Mapping[str, int], place: Span, extent: Span, values: Iterable[Value]) -> Row:
        """The fields of one more item, a value for each of the columns, and where it stands."""
        at = len(self.values) + SPANS
        self.values += ((None, *place, -1), (None, *extent, -1))
        self.values += values
        return Row(names, self.said, self.places, at)

    def fill(self) -> None:
        """Puts the values of all rows into the table, in one go."""
        flat: list[Any] = list(chain.from_iterable(self.values))
        said = flat[:: _PLACES + 1]
        del flat[:: _PLACES + 1]
        self.said += [intern(each) if type(each) is str and len(each) <= _SAID_AGAIN else each for each in said]
        self.places.fromlist(flat)
        self.values = []
