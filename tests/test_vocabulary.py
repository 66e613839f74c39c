"""What a scanner remembers of words: it looks at fewer of them, and finds the same."""

import fakes
import pytest
from fakes import PASSWORD, RANDOM
from hypothesis import given
from hypothesis import strategies as st

from runbook_lint.secrets import index, names, vocabulary
from runbook_lint.secrets.index import Index
from runbook_lint.secrets.scanner import Scanner
from runbook_lint.secrets.vocabulary import Vocabulary


def rule(**options: object) -> dict[str, object]:
    """A rule of a test by what matters of it."""
    return fakes.whole({"must": {"": options}})


FEW = [rule(token="ghp_[a-z0-9]{20}", keywords=["ghp_"]), rule(names=["mailgun"]), rule(called="secret", kind="random")]
FEW += [rule(pattern="1//0[a-z0-9]{20}", keywords=["1//0"]), rule(pattern="at [a-z]{9}", keywords=["net use"])]


def lively(text: str) -> set[str]:
    """The words of a text that these rules may have to do with."""
    return {word.decode() for word in Vocabulary(Index(FEW)).lively(index.words(text))}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("grow the volume of the database", set()),
        ("use ghp_q7Vb2xKd now", {"ghp_q7vb2xkd"}),
        ("ghp_", set()),
        ("mailgun xmailgun", {"mailgun"}),
        ("my_password and Keys", {"my_password", "keys"}),
        ("subnet", {"subnet"}),
        ("cGFzc3dvcmQ6b3Blbg==", {"cgfzc3dvcmq6b3blbg"}),
        ("correcthorsebatterystaple", set()),
    ],
)
def test_which_words_say_something(text: str, words: set[str]) -> None:
    assert lively(text) == words


def test_a_word_says_the_same_whenever_it_comes() -> None:
    known = Vocabulary(Index(FEW))
    texts = ["mailgun and a volume", "a volume of ghp_q7Vb2xKd", "mailgun and ghp_q7Vb2xKd, a volume"]
    said = [set(known.lively(index.words(text))) for text in texts]
    assert said == [{b"mailgun"}, {b"ghp_q7vb2xkd"}, {b"mailgun", b"ghp_q7vb2xkd"}]


def test_it_remembers_only_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "_REMEMBERED", 10)
    known = Vocabulary(Index(FEW))
    for number in range(30):
        assert set(known.lively(index.words(f"volume{number} mailgun{number} {'x' * 200}"))) == {b"mailgun%d" % number}
    assert len(known.dull) <= 10
    assert len(known.known) <= 10


# One scanner for all texts of the test below, as in a run.
KNOWN = Scanner(FEW)
PARTS = ["mailgun_key", RANDOM, "ghp_" + RANDOM, PASSWORD, "=", ": ", "\n", "\\n", "\\t", "\\", "token", "net use"]


@given(st.lists(st.sampled_from(PARTS)))
def test_what_was_scanned_before_changes_nothing(parts: list[str]) -> None:
    text = "".join(parts)
    assert KNOWN.scan(text) == Scanner(FEW).scan(text)


# A backslash before a letter may be an escape, or none.
@pytest.mark.parametrize("text", ["C:\\token: '@'", "a\\ntoken: '@'", "a\\ttoken: '@'"])
def test_a_name_is_seen_whatever_stands_before_it(text: str) -> None:
    assert fakes.scanned(text.replace("@", RANDOM)) == [RANDOM]


@pytest.mark.parametrize("name", ["pswd", "DB pswd", "Bearer", "Access code", "recovery code", "password", "API key"])
def test_every_name_of_a_column_is_looked_for(name: str) -> None:
    assert names.kind(name)
    assert any(each in name.lower() for each in (*names.STEMS, *names.CELLS))


@pytest.mark.parametrize("name", ["Bearer", "Access code", "pswd"])
@pytest.mark.parametrize("line", ["|--|--|", "| - | -- |", "--|--"])
def test_a_column_of_such_a_name_is_read(name: str, line: str) -> None:
    assert fakes.scanned(f"| User | {name} |\n{line}\n| ops -- | {RANDOM} |\n") == [RANDOM]
