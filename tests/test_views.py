"""The other readings of a text: lines joined, per cent signs and base64 undone, and every place found again."""

import base64
from collections.abc import Callable
from itertools import pairwise
from urllib.parse import quote

import fakes
import pytest
from fakes import PASSWORD, RANDOM, TOKEN
from hypothesis import given
from hypothesis import strategies as st

from runbook_lint.model import Span
from runbook_lint.secrets import index, views
from runbook_lint.secrets.views import View


def readings(text: str) -> list[View]:
    """All other readings of a text."""
    return list(views.of(text, text.lower(), index.long(index.words(text))))


def read(text: str) -> list[tuple[str, str]]:
    """What a text says otherwise than it is written, and what is written there."""
    return [
        (part, text[slice(*view.place(Span(at, at + len(part))))])
        for view in readings(text)
        for part in view.text.split("\n\n")
        for at in [view.text.index(part)]
    ]


# A text, and how it reads with its lines joined.
JOINED = {
    "a\\\nb": "ab",
    "a\\\n    b": "ab",
    "a\\\r\nb": "ab",
    "> a\\\n> b": "> ab",
    '"a" +\n "b"': '"ab"',
    '"a"\n + "b"': '"ab"',
    '"a"\n "b"': '"ab"',
    "'a' +\n'b'": "'ab'",
    '"a" \\\n "b"': '"ab"',
    '"a" +\n"b" +\n"c"': '"abc"',
}


@pytest.mark.parametrize(("text", "joined"), JOINED.items())
def test_lines_that_go_on_are_joined(text: str, joined: str) -> None:
    assert [view.text for view in readings(text)] == [joined]


# Lines that end in the same way, and are no halves of anything.
APART = [
    "a\nb", "a \\\n b", "a \\\n--b", '["a",\n "b"]', 'x: "a"\ny: "b"', '"a" +\n\'b\'', '"a": 1\n"b": 2', 'a"\n\n"b',
    "a\\\n\nb", '{"a"\n"b": 1}',
]  # fmt: skip


@pytest.mark.parametrize("text", APART)
def test_lines_that_stand_alone_are_not_joined(text: str) -> None:
    assert readings(text) == []


# A text, what it says, and where.
UNDONE = [
    ("see a%20b now", "a b", "a%20b"),
    ("'user%3Aopen%21sesame'", "user:open!sesame", "user%3Aopen%21sesame"),
    ("%41%42", "AB", "%41%42"),
    ("x " + base64.b64encode(b"password: open sesame").decode() + " y", "password: open sesame", ""),
    ("x: " + base64.b64encode(b"password: open sesame\n").decode().rstrip("="), "password: open sesame\n", ""),
]


@pytest.mark.parametrize(("text", "said", "written"), UNDONE)
def test_codes_are_undone(text: str, said: str, written: str) -> None:
    assert read(text) == [(said, written or text.strip(" xy:"))]


# What is in neither code.
PLAIN = [
    "100% of 5%", "%zz", "date +%Y-%m-%d", RANDOM, TOKEN, "correcthorsebatterystaple" * 2, "A" * 40,
    "0123456789abcdef" * 2, "", "plain words\nin lines", "https://example.com/a/b?c=d",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_not_written_in_a_code_has_no_other_reading(text: str) -> None:
    assert readings(text) == []


SPLITS = ["\\\n", "\\\n    ", "\\\r\n", "\\\n> ", '" +\n  "', '"\n+ "', '"\n "', '" \\\n"']
CODES = {
    "per cent": lambda text: "".join(f"%{ord(letter):02X}" for letter in text),
    "some per cent": lambda text: quote(text).replace("_", "%5f"),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
}


@given(st.integers(1, len(TOKEN) - 1), st.sampled_from(SPLITS), st.sampled_from(["", "# Disk\n\n", "é…\n"]))
def test_a_token_is_found_wherever_it_is_split(at: int, joint: str, opening: str) -> None:
    written = TOKEN[:at] + joint + TOKEN[at:]
    text = f'{opening}API = "{written}"\nthen wait.\n'
    assert fakes.scanned(text) == [written]


@given(st.sets(st.integers(1, len(TOKEN) - 1), min_size=2, max_size=5), st.sampled_from(SPLITS))
def test_and_where_it_is_split_often(cuts: set[int], joint: str) -> None:
    bounds = [0, *sorted(cuts), len(TOKEN)]
    written = joint.join(TOKEN[start:end] for start, end in pairwise(bounds))
    assert fakes.scanned(f'API = "{written}"\n') == [written]


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
@pytest.mark.parametrize("text", ["Use @ now.", "'@'", "> @\n", "# é\n\n- (@)\n"])
def test_a_token_in_a_code_is_found_whole(code: Callable[[str], str], text: str) -> None:
    written = code(f"login:{TOKEN}")
    assert fakes.scanned(text.replace("@", written)) == [written]


def test_a_password_that_is_assigned_in_a_code_is_found() -> None:
    written = base64.b64encode(f"export DB_PASSWORD='{PASSWORD}'\n".encode()).decode()
    assert fakes.scanned(f"echo {written} | base64 -d") == [written]


@given(st.text(st.sampled_from("ab1 .,:/=+-_\n\t\"'`>")).filter(lambda text: "\\" not in text))
def test_a_text_without_joints_has_no_other_reading(text: str) -> None:
    without = text.replace('"', "").replace("'", "").replace("+\n", "\n")
    assert readings(without) == []


@given(st.text(st.sampled_from("ab1+.&>\\\"' \r\n"), max_size=60))
def test_every_letter_of_joined_lines_is_found_again(text: str) -> None:
    for view in readings(text):
        places = [view.place(Span(at, at + 1)) for at in range(len(view.text))]
        assert "".join(text[slice(*place)] for place in places) == view.text
        assert sorted(places) == places


@given(st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1), min_size=1, max_size=5))
def test_every_word_with_per_cent_signs_is_found_again(words: list[str]) -> None:
    coded = ["".join(f"%{ord(letter):02x}" for letter in word) for word in words]
    (view,) = readings(" ".join(coded))
    assert view.text.split("\n\n") == words
    starts = [view.starts[number] for number in range(len(words))]
    found = [view.place(Span(at, at + len(word))) for at, word in zip(starts, words, strict=True)]
    assert [" ".join(coded)[slice(*place)] for place in found] == coded


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    for view in readings(text):
        for at in range(len(view.text)):
            start, end = view.place(Span(at, at + 1))
            assert 0 <= start < end <= len(text)


def test_the_order_of_the_words_of_a_text_changes_nothing() -> None:
    codes = [
        base64.b64encode(f"password: {name * 4}!9x".encode()).decode() for name in ("Alpha", "Beta", "Gamma", "Delta")
    ]
    text = "\n".join(codes)
    words = [code.lower().rstrip("=").encode() for code in codes]
    views_ = [list(views.of(text, text.lower(), each)) for each in (words, words[::-1], words[2:] + words[:2])]
    assert views_[0]
    assert [view.text for view in views_[0]] == [view.text for view in views_[1]] == [view.text for view in views_[2]]
