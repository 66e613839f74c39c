"""Which name was most likely meant."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache

# Near misses are looked for among so many neighbours in the order of the alphabet, and only for so many ids.
_NEIGHBOURS = 50
_HINTS = 100


def speller(ids: Iterable[str]) -> Callable[[str], str]:
    """Gives the id that is spelt like a word, empty where there is none or enough hints have been given."""
    hints: dict[str, str] = {}
    # The ids in alphabetical order, forwards and backwards.
    ordered = cache(lambda: (sorted(ids), sorted(name[::-1] for name in ids)))

    def near(word: str) -> str:
        if word not in hints and len(hints) < _HINTS:
            forwards, reverse = ordered()
            backwards = (each[::-1] for each in _around(reverse, word[::-1]))
            candidates = sorted({*_around(forwards, word), *backwards})
            hints[word] = nearest(word, candidates, 0.8)
        return hints.get(word, "")

    return near


def _around(ordered: Sequence[str], word: str) -> Sequence[str]:
    at = bisect_left(ordered, word)
    return ordered[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS]


def nearest(word: str, candidates: Iterable[str], likeness: float = 0.6) -> str:
    """The one of the candidates that ``difflib`` finds closest to a word; empty where none is as like as that.

    The bound that it asks of each candidate first is worked out here without its dictionaries, several times faster.
    """
    if not word:
        return ""
    numbers = Counter(word)
    letters, counts = numbers.keys(), numbers.values()
    like = [each for each in candidates if _bound(each, word, letters, counts) >= likeness]
    if not like:
        return ""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, like, 1, likeness)), "")


def _bound(text: str, word: str, letters: Iterable[str], counts: Iterable[int]) -> float:
    """How like two texts are at most, by the letters that they share."""
    return 2.0 * sum(map(min, map(text.count, letters), counts)) / (len(text) + len(word))
