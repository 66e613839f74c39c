"""Texts that somebody wrote to keep the scanner busy: each takes a moment, however often it repeats."""

import time

import fakes
import pytest

SIZE = 200_000
# Generous, since other work may share the machine; what runs away takes minutes.
SECONDS = 10

UNITS = [
    "password=", "password: ", "password=1a", "key", "curl -u ", "curl ", "mysql -p", fakes.BEGIN,
    "-----BEGIN " + "PRIVATE KEY-----",
    "eyJ", "eyJhbGciOiJI.eyJ", "://a:", "https://", "%41", "\\\n", '"a" +\n', '"\n"', "A/",
    "SECRET_KEY=" + "AbCd1234EfGh5678IjKl\n", "token", "| password | ", "*", " ", "a", "a_", "--a-", "> \n",
    "authorization: ", "kind: Secret\n", "kind: Secret\ndata:\n  a: b\n", "machine a login b ", "echo a ", "QUJD",
    "<password>", "pass.pass-", "{", "$", "“", "İ",
]  # fmt: skip


def elapsed(text: str) -> float:
    """The processor time of all rules together on a text."""
    fakes.scanned("Nothing in particular: password.")
    before = time.process_time()
    fakes.scanned(text)
    return time.process_time() - before


@pytest.mark.parametrize("unit", UNITS, ids=repr)
def test_a_hostile_text_takes_no_longer(unit: str) -> None:
    assert elapsed(unit * (SIZE // len(unit))) < SECONDS


@pytest.mark.parametrize("opening", ["password=", fakes.BEGIN, "https://", "curl -u ", "eyJ", "PuTTY-User-Key-File-2:"])
@pytest.mark.parametrize("unit", ["Ab1", "a", "A/", "1.", "- ", ":"])
def test_nor_what_begins_like_a_secret(opening: str, unit: str) -> None:
    assert elapsed(opening + unit * (SIZE // len(unit))) < SECONDS


def test_nor_a_long_line_without_spaces() -> None:
    mixed = "".join(chr(33 + number * 7919 % 94) for number in range(SIZE))
    assert elapsed(mixed) < SECONDS


def test_nor_all_examples_in_one_text() -> None:
    every = "\n".join(example.text for example in fakes.bad())
    assert elapsed((every * (SIZE // len(every) + 1))[:SIZE]) < SECONDS
