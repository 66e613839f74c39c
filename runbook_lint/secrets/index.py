"""Which few of many rules a text is worth trying: those with a keyword at the head of one of its words.

A look at the first characters of every word costs the same for ten rules and for a thousand.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from typing import Any

from runbook_lint.expressions import lazy
from runbook_lint.secrets.loose import Loose
from runbook_lint.secrets.names import STEMS

# What words are made of here.
INK = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")
_BLANKED = bytes(byte if chr(byte) in INK else 32 for byte in range(256)).lower()
_ESCAPES = (b"\\n", b"\\r", b"\\t")
# What the letter of an escape may belong to after all, where no escape is meant: ``C:\\tokens``.
_ESCAPED = lazy(r"\\[nrt][a-z0-9_.-]*")
# The one letter beyond ASCII whose small form is not: the sign of the kelvin.
_KELVIN = "\u212a"
_JOINTS = lazy(rb"[_.-]+(?=[a-z0-9]{2})")
_WORD = lazy(rb"[A-Za-z0-9_.-]{2,}")
# A keyword that is a word begins one of at least so many characters: no token is shorter.
SHORTEST = 8
# How much of a word is its head: as much as is needed to leave few keywords over.
HEADS = (6, 4)
# A rule without keywords is tried on every word of so many characters, small and capital.
LONG = 24
# So much of a word is looked at for where it may go over into a token.
_LONGEST = 400


def words(text: str) -> set[bytes]:
    """The words of a text in lower case: what stands between all that no token is made of. An escaped line break is no
    letter."""
    return set(blanked(text).split())


def blanked(text: str) -> bytes:
    """A text in lower case with only its words left in it, each letter where it was."""
    data = text.encode("ascii", "replace")
    if b"\\" in data:
        for escape in _ESCAPES:
            data = data.replace(escape, b"  ")
    return data.translate(_BLANKED)


def beside(text: str, lowered: str) -> str:
    """What else of a text, but for its words, may have in it what is looked for inside of words."""
    if _KELVIN in text:
        return lowered
    return " ".join(_ESCAPED.findall(lowered)) if "\\" in lowered else ""


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
        self.others: defaultdict[bytes, list[tuple[str, int]]] = defaultdict(list)
        self.wordless = Loose()
        self.searched = Loose()
        self.always: list[int] = []
        self.free: list[int] = []
        for number, rule in enumerate(rules):
            if rule["token"] and not (rule["keywords"] or rule["names"] or rule["called"]):
                self.free.append(number)
            spelled = (each for name in rule["names"] for each in _spelled(name))
            for keyword in (*rule["keywords"], *spelled) if rule["anchored"] or not rule["pattern"] else ():
                self._put(keyword, number, bool(rule["token"] and not rule["names"]))
            if rule["pattern"] and not rule["anchored"]:
                self._put_searched(rule["keywords"], number)

    def _put(self, keyword: str, number: int, token: bool) -> None:
        written = keyword.encode()
        runs = [run for run in _WORD.findall(written) if len(run) >= HEADS[-1]]
        if token and _WORD.fullmatch(written):
            self.tokens[written[:2]].append((written, number))
        elif not runs:
            self.wordless.put(keyword, number)
        else:
            size = next(size for size in HEADS if size <= len(runs[0]))
            self.others[runs[0][:size]].append((keyword, number))

    def _put_searched(self, keywords: Sequence[str], number: int) -> None:
        for keyword in keywords:
            self.searched.put(keyword, number)
        if not keywords:
            self.always.append(number)

    def tries(self, word: bytes) -> list[tuple[bytes, int]]:
        """A word, if it may be a token, or its ends that may be one, each with a rule for it."""
        found = [(word, number) for number in self.at_head(word)]
        if len(word) >= LONG and not word.isalpha() and not self.begun(word):
            found += [(word, number) for number in self.free]
            ends = [word[joint.end() :] for joint in _JOINTS.finditer(word[:_LONGEST])]
            found += [(end, number) for end in ends for number in self.at_head(end)]
        return found

    def at_head(self, word: bytes) -> list[int]:
        """The rules of which a keyword begins a word."""
        return [number for keyword, number in self.tokens.get(word[:2], ()) if word.startswith(keyword)]

    def near(self, word: bytes) -> list[tuple[str, int]]:
        """The keywords of names and patterns with the head of a word, each with its rule."""
        size, less = HEADS
        return [*self.others.get(word[:size], ()), *(self.others.get(word[:less], ()) if len(word) > less else ())]

    def sought(self, lowered: str, spoken: Container[str]) -> list[int]:
        """The rules to be looked for anywhere in a text: those with a keyword that it has, and those without any."""
        return [*self.always, *sorted({number for _, number in self.searched.met(lowered, spoken)})]

    def begun(self, lowered: bytes) -> list[bytes]:
        """The keywords of tokens that a value begins with; two characters say nothing."""
        near = self.tokens.get(lowered[:2], ())
        return [keyword for keyword, _ in near if len(keyword) > 2 and lowered.startswith(keyword)]
