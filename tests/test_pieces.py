"""Versions of a catalog: what is the same is known, and nothing is told that reading it whole would not tell."""

import json
import random

import pytest

from runbook_lint.report import pieces


def _read(text: str) -> list[pieces.Entry] | None:
    return pieces.members(text, "runbooks")


def _listed(text: str) -> pieces.Listed:
    found = pieces.whole(text, _read(text) or [])
    assert found is not None
    return found


def _text(entries: list[object], indent: int | None = 2) -> str:
    return json.dumps({"version": 1, "runbooks": entries, "signals": {"a]}": ["b"]}}, indent=indent)


_ENTRIES: list[object] = [{"id": f"e{at}", "last_reviewed_at": "2026-01-01", "say": '}, {"id": "x"'} for at in range(9)]


@pytest.mark.parametrize("indent", [None, 2])
def test_members_are_those_of_the_parser(indent: int | None) -> None:
    text = _text(_ENTRIES, indent)
    found = _read(text)
    assert found is not None
    assert [each.value for each in found] == _ENTRIES
    assert [json.loads(text[each.start : each.end]) for each in found] == _ENTRIES


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[1,]",
        '{"runbooks": [}',
        '{"runbooks": 1}',
        '{"a": [1]}',
        '{"runbooks": [1], "runbooks": [2]}',
        "[1] x",
    ],
)
def test_what_is_not_that_simple_is_read_whole(text: str) -> None:
    assert not _read(text)


@pytest.mark.parametrize("numbers", [[0], [8], [3, 4, 7], list(range(9)), []])
def test_other_entries_in_the_places_of_former_ones_are_read_alone(numbers: list[int]) -> None:
    seen: list[str] = []

    def read(text: str) -> list[pieces.Entry] | None:
        seen.append(text)
        return _read(text)

    later = [{"id": "new", "more": [1, {"a": 2}]} if at in numbers else each for at, each in enumerate(_ENTRIES)]
    told = pieces.revised(_listed(_text(_ENTRIES)), _text(later), read)
    assert told is not None
    assert told == _listed(_text(later))
    assert all(text.count('"id": "e') == 0 for text in seen)


def test_whatever_is_told_is_what_reading_whole_tells() -> None:
    chance = random.Random(1)
    former, text = _listed(_text(_ENTRIES)), _text(_ENTRIES)
    told = 0
    for _ in range(3000):
        at, length = chance.randrange(len(text)), chance.choice([0, 1, 1, 5, 40])
        other = (
            text[:at] + chance.choice(["", "0", '"', "{", "}", "]", ",", "[]", '{"id": "n"},']) + text[at + length :]
        )
        found = pieces.revised(former, other, _read)
        if found is not None:
            told += 1
            assert found == _listed(other)
            assert list(found.values) == json.loads(other)["runbooks"]
    assert told
