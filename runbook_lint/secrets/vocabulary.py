"""The words that a scanner has met: of most it knows that they say nothing to any of its rules.

A repository has few words, and has them in all its texts. So each is judged once.
"""

import re
from collections.abc import Iterable, Iterator

from runbook_lint.expressions import lazy
from runbook_lint.secrets.index import HEADS, LONG, SHORTEST, Index
from runbook_lint.secrets.names import CELLS, STEMS

# So many words are remembered, and none that is longer.
_REMEMBERED, _LONGEST = 100_000, 64
# What a word begins with tells of most words that no token does.
_START = 4
# A word of so many characters may say something in a code.
_CODED = 16


class Vocabulary:
    """What is known of words, by the rules of an index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.dull: set[bytes] = set()
        self.known: set[bytes] = set()
        self.starts = {keyword[:_START] for those in index.tokens.values() for keyword, _ in those}
        inside = {*STEMS, *CELLS, *index.wordless.inside, *index.searched.inside}
        self.inside = lazy("|".join(map(re.escape, sorted(inside))).encode())

    def lively(self, among: set[bytes]) -> set[bytes]:
        """Those words that a rule may have to do with, as a keyword, as a name, as a token or as a code."""
        near = among - self.dull
        new = near - self.known
        if new:
            lively = {*self._heads(new), *self._long(new), *self._holding(new)}
            dull = new - lively
            near -= dull
            self.known = _more(self.known, lively)
            self.dull = _more(self.dull, dull)
        return near

    def _heads(self, new: set[bytes]) -> list[bytes]:
        """The words that begin as one of a keyword does."""
        heads, (size, less) = self.index.heads, HEADS
        return [word for word in new if word[:less] in heads or word[:size] in heads]

    def _long(self, new: set[bytes]) -> list[bytes]:
        """The words that are as long as a token and begin as one does, or as long as a code and look like one."""
        starts, at_head = self.starts, self.index.at_head
        long = [word for word in new if len(word) >= SHORTEST]
        near = [word for word in long if word[:_START] in starts or word[:3] in starts or word[:2] in starts]
        mixed = [word for word in long if len(word) >= _CODED and not word.isalpha()]
        return [word for word in mixed if len(word) >= LONG or word.isalnum()] + [*filter(at_head, near)]

    def _holding(self, new: Iterable[bytes]) -> Iterator[bytes]:
        """The words with something in them that is looked for inside of words."""
        row, end = b" ".join(new), 0
        for found in self.inside.finditer(row):
            if found.start() >= end:
                start = row.rfind(b" ", 0, found.start()) + 1
                end = row.find(b" ", found.start())
                end = end if end >= 0 else len(row)
                yield row[start:end]


def _more(known: set[bytes], words: set[bytes]) -> set[bytes]:
    """Words and more words, but for long ones; of too many only the new ones."""
    short = {word for word in words if len(word) <= _LONGEST}
    if len(known) + len(short) > _REMEMBERED:
        return short
    known |= short
    return known
