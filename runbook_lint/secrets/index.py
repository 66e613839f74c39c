"""Which few of many rules a text is worth trying: those with a keyword at the head of one of its words.

A look at the first characters of every word costs the same for ten rules and for a thousand.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from runbook_lint.expressions import lazy
from runbook_lint.secrets.loose import Loose
from runbook_lint.secrets.names import STEMS

# What words are made of here.
_INK = rb"A-Za-z0-9_.-"
_BLANKED = bytes(byte if re.match(rb"[%s]" % _INK, bytes([byte])) else 32 for byte in range(256)).lower()
_ESCAPES = (b"\\n", b"\\r", b"\\t")
# What the letter of an escape may belong to after all, where no escape is meant: ``C:\\tokens``.
_ESCAPED = lazy(r"\\[nrt][a-z0-9_.-]*")
# The one letter beyond ASCII whose small form is not: the sign of the kelvin.
_KELVIN = "\u212a"
_JOINTS = lazy(rb"[_.-]+(?=[a-z0-9]{2})")
_WORD = lazy(rb"[%s]{2,}" % _INK)
# A keyword that is a word begins one of at least so many characters: no token is shorter.
SHORTEST = 8
# How much of a word is its head: as much as is needed to leave few keywords over.
HEADS = (6, 4)
# A rule without keywords is tried on every word of so many characters, small and capital.
LONG = 24
# So much of a word is looked at for where it may go over into a token.
_LONGEST = 400
# Of so many words it is remembered with which rules they are tried.
_REMEMBERED = 20_000


def words(text: str) -> set[bytes]:
    """The words of a text in lower case: what stands between all that no token is made of. An escaped line break is no
    letter."""
    data = text.encode("ascii", "replace")
    if b"\\" in data:
        for escape in _ESCAPES:
            data = data.replace(escape, b"  ")
    return set(data.translate(_BLANKED).split())


def spoken(text: str, lowered: str, among: Iterable[bytes]) -> str:
    """These words of a text in a row, and what else may have in it what is looked for inside of words."""
    if _KELVIN in text:
        return lowered
    row = b" ".join(among).decode()
    return " ".join((row, *_ESCAPED.findall(lowered))) if "\\" in lowered else row


def places(lowered: str, word: str) -> Iterator[tuple[int, int]]:
    """Where a word or a keyword stands in a text."""
    at = lowered.find(word)
    while at >= 0:
        yield at, at + len(word)
        at = lowered.find(word, at + len(word))


def long(among: Collection[bytes]) -> list[bytes]:
    """The words that are long enough for a token."""
    return [word for word in among if len(word) >= SHORTEST]


def _spelled(name: str) -> list[str]:
    """How the words of a name are joined, unless one of them is looked for in any case."""
    if " " not in name:
        return [name]
    return [] if any(stem in name for stem in STEMS) else [name.replace(" ", joint) for joint in ("_", "-", "", ".")]


class Index:
    """The keywords of rules by the heads of their words: those that begin a token, and those of names and patterns."""

    def __init__(self, rules: Sequence[Mapping[str, Any]]) -> None:
        self.tokens: defaultdict[bytes, list[tuple[bytes, int]]] = defaultdict(list)
        self.others: defaultdict[bytes, list[tuple[str, int, str]]] = defaultdict(list)
        self.wordless = Loose()
        self.searched = Loose()
        self.always: list[int] = []
        self.tries: dict[bytes, Sequence[tuple[bytes, int]]] = {}
        self.free: list[int] = []
        for number, rule in enumerate(rules):
            if rule["token"] and not (rule["keywords"] or rule["names"] or rule["called"]):
                self.free.append(number)
            spelled = (each for name in rule["names"] for each in _spelled(name))
            for keyword in (*rule["keywords"], *spelled) if rule["anchored"] or not rule["pattern"] else ():
                self._put(keyword, number, bool(rule["token"] and not rule["names"]))
            if rule["pattern"] and not rule["anchored"]:
                self._put_searched(rule["keywords"], number)
        self.heads = frozenset(self.others)

    def _put(self, keyword: str, number: int, token: bool) -> None:
        written = keyword.encode()
        runs = [run for run in _WORD.findall(written) if len(run) >= HEADS[-1]]
        if token and _WORD.fullmatch(written):
            self.tokens[written[:2]].append((written, number))
        elif not runs:
            self.wordless.put(keyword, number)
        else:
            size = next(size for size in HEADS if size <= len(runs[0]))
            self.others[runs[0][:size]].append((keyword, number, runs[0].decode()))

    def _put_searched(self, keywords: Sequence[str], number: int) -> None:
        for keyword in keywords:
            self.searched.put(keyword, number)
        if not keywords:
            self.always.append(number)

    def headed(self, among: Collection[bytes]) -> Iterator[tuple[bytes, int]]:
        """The words that may be tokens or end in one, each with a rule for it; ``among`` are a text's long words."""
        for word in among:
            tries = self.tries.get(word)
            if tries is None:
                tries = tuple(self._tries(word))
                if len(word) <= _LONGEST and len(self.tries) < _REMEMBERED:
                    self.tries[word] = tries
            yield from tries

    def _tries(self, word: bytes) -> Iterator[tuple[bytes, int]]:
        yield from ((word, number) for number in self.at_head(word))
        if len(word) >= LONG and not word.isalpha() and not self.begun(word):
            yield from ((word, number) for number in self.free)
            for joint in _JOINTS.finditer(word[:_LONGEST]):
                yield from ((word[joint.end() :], number) for number in self.at_head(word[joint.end() :]))

    def at_head(self, word: bytes) -> list[int]:
        """The rules of which a keyword begins a word."""
        return [number for keyword, number in self.tokens.get(word[:2], ()) if word.startswith(keyword)]

    def near(self, among: Collection[bytes]) -> list[tuple[str, int, str]]:
        """The keywords of names and patterns with a head among these words: each with its rule and first word."""
        heads = {word[: HEADS[0]] for word in among}
        every = heads | {head[: HEADS[1]] for head in heads}
        return [each for head in self.heads & every for each in self.others[head]]

    def sought(self, lowered: str, spoken: str) -> list[int]:
        """The rules to be looked for anywhere in a text: those with a keyword that it has, and those without any."""
        return [*self.always, *sorted({number for _, number in self.searched.met(lowered, spoken)})]

    def begun(self, lowered: bytes) -> list[bytes]:
        """The keywords of tokens that a value begins with; two characters say nothing."""
        near = self.tokens.get(lowered[:2], ())
        return [keyword for keyword, _ in near if len(keyword) > 2 and lowered.startswith(keyword)]
