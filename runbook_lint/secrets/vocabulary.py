"""The words that a scanner has met: of most it knows that they say nothing to any of its rules.

A repository has few words, and has them in all its texts. So each is judged once.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from runbook_lint.expressions import lazy
from runbook_lint.secrets.index import SHORTEST, Index
from runbook_lint.secrets.names import CELLS, STEMS

# So many words are remembered, and none that is longer.
_REMEMBERED, _LONGEST = 100_000, 64
# A word of so many characters may say something in a code.
_CODED = 16


class Meaning(NamedTuple):
    """What a word has to do with rules: the keywords that begin as it does, what is looked for inside of it, the rules
    that are tried where it stands, and whether it may say something in a code."""

    near: Sequence[tuple[str, int]]
    parts: Sequence[str]
    tries: Sequence[tuple[bytes, int]]
    coded: bool


_NONE = Meaning((), (), (), False)


class Vocabulary:
    """What is known of words, by the rules of an index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.dull: set[bytes] = set()
        self.known: dict[bytes, Meaning] = {}
        self.parts = sorted({*STEMS, *CELLS, *index.wordless.inside, *index.searched.inside})
        self.inside = lazy("|".join(map(re.escape, self.parts)).encode())

    def lively(self, among: set[bytes]) -> dict[bytes, Meaning]:
        """Those words that a rule may have to do with, as a keyword, as a name, as a token or as a code."""
        near, known = among - self.dull, self.known
        lively = {word: known[word] for word in near if word in known}
        if len(lively) < len(near):
            new = self.meanings([word for word in near if word not in known])
            said = {word: meaning for word, meaning in new.items() if meaning is not _NONE}
            self._remember(said, [word for word in new if word not in said])
            lively.update(said)
        return lively

    def _remember(self, lively: Mapping[bytes, Meaning], dull: Sequence[bytes]) -> None:
        """Remembers words, but for long ones; of too many only the new ones."""
        if len(self.dull) + len(dull) > _REMEMBERED:
            self.dull = set()
        if len(self.known) + len(lively) > _REMEMBERED:
            self.known = {}
        self.dull.update([word for word in dull[:_REMEMBERED] if len(word) <= _LONGEST])
        for word, meaning in lively.items() if len(lively) <= _REMEMBERED else ():
            if len(word) <= _LONGEST:
                self.known[word] = meaning

    def meanings(self, words: Collection[bytes]) -> dict[bytes, Meaning]:
        """What words mean."""
        holding = set(self._holding(words))
        return {word: self._meaning(word, word in holding) for word in words}

    def _meaning(self, word: bytes, holding: bool) -> Meaning:
        """What a word has to do with the rules; ``holding`` says whether something is in it that is looked for."""
        near = self.index.near(word)
        parts = self.within(word.decode()) if holding else ()
        tries = self.index.tries(word) if len(word) >= SHORTEST else ()
        coded = len(word) >= _CODED and word.isalnum() and not word.isalpha()
        return Meaning(near, parts, tries, coded) if near or parts or tries or coded else _NONE

    def within(self, row: str) -> list[str]:
        """What stands in a word, or in a row of words, of all that is looked for inside of words."""
        return [part for part in self.parts if part in row]

    def _holding(self, new: Iterable[bytes]) -> Iterator[bytes]:
        """The words with something in them that is looked for inside of words."""
        row, end = b" ".join(new), 0
        for found in self.inside.finditer(row):
            if found.start() >= end:
                start = row.rfind(b" ", 0, found.start()) + 1
                end = row.find(b" ", found.start())
                end = end if end >= 0 else len(row)
                yield row[start:end]
