"""A list of entries in a text of JSON, as one version of the file after another gives it: what two versions have in
common is read once.

Where a text is the former one but for entries that stand in the places of others, only these are read: together, with
all that stands around the list, as a text of its own. Where it is not that simple it is to be read whole.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from runbook_lint.expressions import lazy

_SPACE = lazy(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


class Entry(NamedTuple):
    """A member of the list: where it begins and ends, and what is known of it."""

    start: int
    end: int
    value: Any


class Listed(NamedTuple):
    """The members of a list: what stands before them, each with what follows up to the next one, how long each is, what
    is known of it, and what stands behind them."""

    head: str
    pieces: Sequence[str]
    lengths: Sequence[int]
    values: Sequence[Any]
    tail: str


# Gives the members of a text; None for one that is not as it should be.
Read = Callable[[str], Sequence[Entry] | None]


def whole(text: str, found: Sequence[Entry]) -> Listed | None:
    """A text of which all members are known; None where it has none."""
    if not found:
        return None
    ends = [*(each.start for each in found[1:]), found[-1].end]
    pieces = [text[each.start : end] for each, end in zip(found, ends, strict=True)]
    lengths = [each.end - each.start for each in found]
    return Listed(text[: found[0].start], pieces, lengths, [each.value for each in found], text[found[-1].end :])


def revised(former: Listed, text: str, read: Read) -> Listed | None:
    """A text by a former one, if it is another one only in some members."""
    new = _altered(former, text) if text.startswith(former.head) else None
    if new is None:
        return None
    values = _values(former, [piece[:length] for piece, length in new.values()], read)
    if values is None:
        return None
    told = former._replace(pieces=[*former.pieces], lengths=[*former.lengths], values=[*former.values])
    for (at, (piece, length)), value in zip(new.items(), values, strict=True):
        told.pieces[at], told.lengths[at], told.values[at] = piece, length, value  # type: ignore[index]
    return told


def _altered(former: Listed, text: str) -> dict[int, tuple[str, int]] | None:
    """The members that are others now, by their numbers: each with what follows it, and its length."""
    new: dict[int, tuple[str, int]] = {}
    at = len(former.head)
    for number, piece in enumerate(former.pieces):
        if text.startswith(piece, at):
            at += len(piece)
            continue
        end, after = _end(text, at), piece[former.lengths[number] :]
        if not text.startswith(after, end) or end == at:
            return None
        new[number] = text[at : end + len(after)], end - at
        at = end + len(after)
    return new if text.startswith(former.tail, at) and len(text) == at + len(former.tail) else None


def _end(text: str, at: int) -> int:
    """Where a mapping ends that begins there; the same place where there is none."""
    try:
        return _DECODER.raw_decode(text, at)[1] if text.startswith("{", at) else at
    except (ValueError, RecursionError):
        return at


def _values(former: Listed, members: Sequence[str], read: Read) -> list[Any] | None:
    """What is known of members that stand in the list; None where they are something else there."""
    found = read(former.head + ",".join(members) + former.tail) if members else ()
    ends, at = [], len(former.head)
    for member in members:
        ends.append((at, at + len(member)))
        at += len(member) + 1
    return [each.value for each in found] if found is not None and [each[:2] for each in found] == ends else None


def members(text: str, key: str) -> list[Entry] | None:
    """The members of the list that a text of JSON is, or has under a key; None where it has none, or is no JSON, or has
    the key twice."""
    at = _after(text, 0)
    try:
        found, at = _list(text, at) if text.startswith("[", at) else _under(text, at, key)
    except (ValueError, IndexError, RecursionError):
        return None
    return found if at == len(text) else None


def _after(text: str, at: int) -> int:
    """The next place that is no white space."""
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]


def _list(text: str, at: int) -> tuple[list[Entry], int]:
    """The members of a list that begins there, and what follows it."""
    found: list[Entry] = []
    at = _after(text, at + 1)
    while found or text[at] != "]":
        value, end = _DECODER.raw_decode(text, at)
        found.append(Entry(at, end, value))
        at = _after(text, end)
        if text[at] == "]":
            break
        at = _comma(text, at)
    return found, _after(text, at + 1)


def _under(text: str, at: int, key: str) -> tuple[list[Entry] | None, int]:
    """The members of the list under a key of a mapping, and what follows the mapping."""
    found: list[Entry] | None = None
    if text[at] != "{":
        raise ValueError
    while text[at] != "}":
        at = _after(text, at + 1)
        name, end = _DECODER.raw_decode(text, at)
        at = _after(text, end)
        if not isinstance(name, str) or text[at] != ":":
            raise ValueError
        at = _after(text, at + 1)
        if name != key:
            at = _after(text, _DECODER.raw_decode(text, at)[1])
        elif found is None and text[at] == "[":
            found, at = _list(text, at)
        else:
            raise ValueError
        if text[at] not in ",}":
            raise ValueError
    return found, _after(text, at + 1)


def _comma(text: str, at: int) -> int:
    if text[at] != ",":
        raise ValueError
    return _after(text, at + 1)
