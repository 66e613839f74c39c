"""Values with their places, and rows of them: the fields of items as they are kept, many in little room.

A repository has hundreds of thousands of values, and joins ask for few of them. So what is kept of a text is a list of
what its values say and an array of where they stand, which all its items share; a ``Value`` is made when it is asked
for.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple

# Texts up to this length are likely to be said again, by another item or in another file.
_SAID_AGAIN = 24
_PLACES = 3


class Span(NamedTuple):
    """A half-open range of character offsets in the text of one source."""

    start: int
    end: int


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
def _numbered(names: tuple[str, ...]) -> Mapping[str, int]:
    """The numbers of the columns of a row, one mapping for all rows of the same names."""
    return {intern(name): number for number, name in enumerate(names)}


class Row(Mapping[str, Value]):
    """The fields of one item: some neighbours in what the values of a text ``say`` and where they stand."""

    __slots__ = ("at", "names", "places", "said")

    def __init__(self, names: tuple[str, ...], said: Sequence[Any], places: "array[int]", at: int) -> None:
        self.names = _numbered(names)
        self.said = said
        self.places = places
        self.at = at

    def __getitem__(self, name: str) -> Value:
        at = self.at + self.names[name]
        return Value(self.said[at], *self.places[_PLACES * at : _PLACES * at + _PLACES])

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name; the default where there is none."""
        return self[name] if name in self.names else default

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


class Table:
    """What the values of a text say and where they stand, and rows of it as long as it grows."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self.places = array("i")

    def row(self, fields: Mapping[str, Value]) -> Row:
        """The fields of one more item."""
        at = len(self.said)
        if isinstance(fields, Row):
            self.said += fields.said[fields.at : fields.at + len(fields)]
            self.places += fields.places[_PLACES * fields.at : _PLACES * (fields.at + len(fields))]
        else:
            for said, *places in fields.values():
                self.said.append(intern(said) if type(said) is str and len(said) <= _SAID_AGAIN else said)
                self.places.extend(places)
        return Row(tuple(fields), self.said, self.places, at)
