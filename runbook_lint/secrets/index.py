"""Which few of many rules a text is worth trying: those with a keyword at the head of one of its words.

A look at the first characters of every word costs the same for ten rules and for a thousand.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from runbook_lint.expressions import lazy
from runbook_lint.secrets.names import STEMS

# What words are made of here.
_INK = rb"A-Za-z0-9_.-"
_BLANKED = bytes(byte if re.match(rb"[%s]" % _INK, bytes([byte])) else 32 for byte in range(256)).lower()
_ESCAPES = lazy(rb"\\[nrt]")
_JOINTS = lazy(rb"[_.-]+(?=[a-z0-9]{2})")
_WORD = lazy(rb"[%s]{2,}" % _INK)
# A keyword that is a word begins one of at least so many characters: no token is shorter.
_SHORTEST = 8
# How much of a word is its head: as much as is needed to leave few keywords over.
_HEADS = (6, 4)
# A rule without keywords is tried on every word of so many characters, small and capital.
_LONG = 24
# So much of a word is looked at for where it may go over into a token.
_LONGEST = 400


def words(text: str) -> set[bytes]:
    """The words of a text in lower case: what stands between all that no token is made of. An escaped line break is no
    letter."""
    data = text.encode("ascii", "replace")
    if b"\\" in data:
        data = _ESCAPES.sub(b"  ", data)
    return set(data.translate(_BLANKED).split())


def places(lowered: str, word: str) -> Iterator[tuple[int, int]]:
    """Where a word or a keyword stands in a text."""
    at = lowered.find(word)
    while at >= 0:
        yield at, at + len(word)
        at = lowered.find(word, at + len(word))


def long(among: Collection[bytes]) -> list[bytes]:
    """The words that are long enough for a token."""
    return [word for word in among if len(word) >= _SHORTEST]


def _spelled(name: str) -> list[str]:
    """How the words of a name are joined, unless one of them is looked for in any case."""
    if " " not in name:
        return [name]
    return [] if any(stem in name for stem in STEMS) else [name.replace(" ", joint) for joint in ("_", "-", "", ".")]


class Index:
    """The keywords of rules by the heads of their words: those that begin a token, and those of names and patterns."""

    def __init__(self, rules: Sequence[Mapping[str, Any]]) -> None:
        self.tokens: defaultdict[bytes, list[tuple[bytes, int]]] = defaultdict(list)
        self.others: defaultdict[bytes, list[tuple[str, int]]] = defaultdict(list)
        self.wordless: list[tuple[str, int]] = []
        self.free: list[int] = []
        for number, rule in enumerate(rules):
            if rule["token"] and not (rule["keywords"] or rule["names"] or rule["called"]):
                self.free.append(number)
            spelled = (each for name in rule["names"] for each in _spelled(name))
            for keyword in (*rule["keywords"], *spelled) if rule["anchored"] or not rule["pattern"] else ():
                self._put(keyword, number, bool(rule["token"] and not rule["names"]))

    def _put(self, keyword: str, number: int, token: bool) -> None:
        written = keyword.encode()
        runs = [run for run in _WORD.findall(written) if len(run) >= _HEADS[-1]]
        if token and _WORD.fullmatch(written):
            self.tokens[written[:2]].append((written, number))
        elif not runs:
            self.wordless.append((keyword, number))
        else:
            size = next(size for size in _HEADS if size <= len(runs[0]))
            self.others[runs[0][:size]].append((keyword, number))

    def headed(self, among: Collection[bytes]) -> Iterator[tuple[bytes, int]]:
        """The words that may be tokens or end in one, each with a rule for it; ``among`` are a text's long words."""
        for word in among:
            yield from ((word, number) for number in self._at_head(word))
            if len(word) >= _LONG and not word.isalpha() and not self.begun(word):
                yield from ((word, number) for number in self.free)
                for joint in _JOINTS.finditer(word[:_LONGEST]):
                    yield from ((word[joint.end() :], number) for number in self._at_head(word[joint.end() :]))

    def _at_head(self, word: bytes) -> list[int]:
        """The rules of which a keyword begins a word."""
        return [number for keyword, number in self.tokens.get(word[:2], ()) if word.startswith(keyword)]

    def met(self, among: Collection[bytes], lowered: str) -> Iterator[tuple[str, int]]:
        """The keywords of names and patterns that a text has, each with its rule; ``among`` are all words of it."""
        heads = {word[: _HEADS[0]] for word in among}
        every = heads | {head[: _HEADS[1]] for head in heads}
        near = [each for head in sorted(every & self.others.keys()) for each in self.others[head]]
        yield from [each for each in (*near, *self.wordless) if each[0] in lowered]

    def begun(self, lowered: bytes) -> list[bytes]:
        """The keywords of tokens that a value begins with; two characters say nothing."""
        near = self.tokens.get(lowered[:2], ())
        return [keyword for keyword, _ in near if len(keyword) > 2 and lowered.startswith(keyword)]
