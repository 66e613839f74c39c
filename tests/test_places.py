"""Offsets into lines and columns: a line ends with LF, CRLF or a lone CR, a column is a character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_lint.model import Place, Span
from runbook_lint.places import Lines

TEXTS = st.text(alphabet="ab é😀\t\r\n\x0b\u2028", max_size=40)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_begins_a_line(end: str) -> None:
    text = f"one{end}two{end}{end}four"
    lines = Lines(text)
    assert lines.position(text.index("two")) == (2, 1)
    assert lines.position(text.index("four") + 3) == (4, 4)
    assert [lines.line(number) for number in range(1, 5)] == ["one", "two", "", "four"]


def test_other_breaks_of_unicode_do_not_begin_a_line() -> None:
    assert Lines("a\u2028b\x0bc\x85d").position(6) == (1, 7)


def test_a_column_counts_characters_and_not_bytes() -> None:
    assert Lines("é😀x").position(2) == (1, 3)


def test_a_place_has_its_end_too() -> None:
    assert Lines("ab\ncd\n").place("a.md", Span(1, 5)) == Place("a.md", 1, 2, 2, 3, 1, 5)


def test_what_is_out_of_range_is_the_nearest_place() -> None:
    lines = Lines("ab")
    assert lines.position(-5) == (1, 1)
    assert lines.position(99) == (1, 3)
    assert lines.line(0) == lines.line(2) == ""


@given(TEXTS, st.integers(0, 40))
def test_line_and_column_lead_back_to_the_offset(text: str, at: int) -> None:
    lines = Lines(text)
    line, column = lines.position(at)
    assert lines.starts[line - 1] + column - 1 == min(at, len(text))


@given(TEXTS, st.lists(st.tuples(st.integers(-2, 44), st.integers(-2, 44)), max_size=3))
def test_places_that_are_counted_out_are_those_of_the_table(text: str, spans: list[tuple[int, int]]) -> None:
    counted, listed = Lines(text), Lines(text)
    assert listed.starts[0] == 0  # from here on it asks its table
    for span in spans:
        assert counted.place("a.md", Span(*span)) == listed.place("a.md", Span(*span))
    assert [counted.line(number) for number in range(-1, 4)] == [listed.line(number) for number in range(-1, 4)]
