"""All rules for secrets over one text at once: a look at the heads of its words tells which few to try, and where.

A rule is tried only where one of its keywords stands, so the cost grows with the text and not with the rules. No
expression is compiled before a text has one of its keywords in it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from runbook_lint.expressions import lazy
from runbook_lint.model import Span, claim
from runbook_lint.secrets import assignments, index, judgement, looks, names, tables, views
from runbook_lint.secrets.assignments import Assignment
from runbook_lint.secrets.index import Index
from runbook_lint.secrets.vocabulary import Vocabulary

# A token stands alone: nothing that could belong to it before or after. An escaped line break is no letter.
_LEFT = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"
_RIGHT = r"(?![A-Za-z0-9_\-])"
# Keywords that anybody may begin a token of his own with: words, and marks that many providers share.
_WORDS = frozenset(
    b"key- api- api_ sdk- live_ test_ pat- web_ server_ mobile_ secret_ token- admin_ user_ app- id_".split()
)
_MARKS = frozenset(b"sk_ sk- pk_ pk- ak_ ak- rk_ ck_ cs_".split())
_PLAIN = lazy(rb"[a-z0-9_-]+")
# For so many keywords it is worth to look into the words of a text in a row before the text.
_FEW = 3
# So many characters of a name are looked up; none has fewer.
_GRAM = 4
# What stands before the id or the name of something, or inside a path.
_ID = lazy(
    r"""(?: (?:[a-z]I|\b[Ii]|_i|-i|\bI|_I)[dD]s?["'`]?[ \t]{0,3}[:= ][ \t]{0,3}["'`]?
      | (?:[Aa]rn|[Nn]ame|NAME|[Uu]ri|[Uu]rl)["'`]?[:= ]{1,3}["'`]? | [/:] )\Z""",
    re.X,
)
_SEPARATORS = lazy(r"[^a-z0-9]+")


class Hit(NamedTuple):
    """A secret: the number of the rule that found it, where it stands, and the verdict on it."""

    rule: int
    span: Span
    verdict: str


class Scanner:
    """Some rules, each by its options. Of two that find the same secret the earlier one has it."""

    def __init__(self, rules: Sequence[Mapping[str, Any]]) -> None:
        self.rules = rules
        self.index = Index(rules)
        self.vocabulary = Vocabulary(self.index)
        self.matches: dict[int, Callable[[str, int], re.Match[str] | None]] = {}
        self.named: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        self.called: defaultdict[str, list[int]] = defaultdict(list)
        for number, rule in enumerate(rules):
            for name in map(_compact, rule["names"]):
                self.named[name[:_GRAM]].append((name, number))
            if rule["called"]:
                self.called[rule["called"]].append(number)

    def scan(self, text: str) -> list[Hit]:
        """The secrets of a text, by where they stand."""
        lowered, words = _lowered(text), index.words(text)
        lively = self.vocabulary.lively(words)
        found = self._distinct(self._plain(text, lowered, words, lively))
        for view in views.of(text, lowered, index.long(lively)):
            words = index.words(view.text)
            lively = self.vocabulary.lively(words)
            inside = self._distinct(self._plain(view.text, _lowered(view.text), words, lively))
            seen = [hit._replace(span=view.place(hit.span)) for hit in inside]
            # A word that lines joined make whole takes the place of its first half; a word that says something in a
            # code does not take the place of what it says.
            longer = [] if view.whole else seen
            found = [hit for hit in found if not any(_within(hit.span, each.span) for each in longer)]
            found += _apart(seen, found)
        return sorted(found, key=lambda hit: hit.span)

    def _distinct(self, found: Iterable[Hit]) -> list[Hit]:
        """Each secret once: as the token that it is, the longest first; else as the first rule finds it."""

        def rank(hit: Hit) -> tuple[bool, int, Hit]:
            token = bool(self.rules[hit.rule]["token"] and self.rules[hit.rule]["keywords"])
            return (not token, hit.span.start - hit.span.end if token else 0, hit)

        return _apart(sorted(found, key=rank), ())

    def _plain(self, text: str, lowered: str, words: Set[bytes], among: Set[bytes]) -> Iterator[Hit]:
        """What stands in a text as it is, found by as many rules as find it; ``among`` are its lively words."""
        for word, number in self.index.headed(index.long(among)):
            yield from self._at(number, text, lowered, word.decode())
        spoken = index.spoken(text, lowered, among)
        stems = [stem for stem in names.STEMS if stem in spoken] if self.named or self.called else ()
        places = [place for stem in stems for place in index.places(lowered, stem)]
        for keyword, number in self._met(text, lowered, words, among, spoken):
            if self.rules[number]["names"]:
                places += index.places(lowered, keyword)
            else:
                yield from self._at(number, text, lowered, keyword)
        for given in chain(assignments.find(text, places), self._cells(text, lowered, spoken, places)):
            if not judgement.hopeless(given.value):
                yield from self._given(given)
        for number in self.index.sought(lowered, spoken):
            for found in _compiled(self.rules[number]["pattern"]).finditer(text):
                yield from self._judged(number, found)

    def _met(self, text: str, lowered: str, words: Set[bytes], among: Set[bytes], spoken: str) -> list[tuple[str, int]]:
        """The keywords of names and patterns that a text has, each with its rule."""
        near = self.index.near(among)
        row = index.spoken(text, lowered, words) if len(near) >= _FEW else lowered
        found = [(keyword, number) for keyword, number, part in near if part in row and keyword in lowered]
        return found + self.index.wordless.met(lowered, spoken)

    def _cells(self, text: str, lowered: str, spoken: str, places: Sequence[tuple[int, int]]) -> Iterator[Assignment]:
        """What stands in the columns of tables; ``places`` are those of what most names of columns have in them."""
        every = [*places, *(each for word in names.CELLS if word in spoken for each in index.places(lowered, word))]
        return tables.find(text, every) if every and self.called and "|" in text and "--" in text else iter(())

    def _at(self, number: int, text: str, lowered: str, keyword: str) -> list[Hit]:
        """What a rule finds where its keyword stands."""
        match = self._match(number)
        found = [match(text, at) for at, _ in index.places(lowered, keyword)]
        return [hit for each in found if each is not None for hit in self._judged(number, each)]

    def _match(self, number: int) -> Callable[[str, int], re.Match[str] | None]:
        if number not in self.matches:
            rule = self.rules[number]
            expression = _token(rule["token"]) if rule["token"] else _compiled(rule["pattern"])
            self.matches[number] = expression.match
        return self.matches[number]

    def _judged(self, number: int, found: re.Match[str]) -> Iterator[Hit]:
        rule = self.rules[number]
        group = "secret" if "secret" in found.re.groupindex else 0
        if found[group] and not (rule["kind"] == "mixed" and _named_id(found.string, found.start())):
            verdict = judgement.KINDS[rule["kind"]](found[group], rule["published"])
            if verdict:
                yield Hit(number, Span(*found.span(group)), verdict)

    def _given(self, given: Assignment) -> Iterator[Hit]:
        """What the rules find that know a secret by the name it is given to."""
        called = names.kind(given.name)
        numbers = [] if self._claimed(given.value, called) else list(self.called.get(called, ()))
        if not looks.wordy(given.value):
            numbers = [*self._named(given), *numbers]
        for number in numbers:
            rule = self.rules[number]
            if not rule["token"] or _compiled(rule["token"]).fullmatch(given.value):
                verdict = judgement.assigned(rule["kind"], given, rule["published"])
                if verdict:
                    yield Hit(number, given.span, verdict)

    def _claimed(self, value: str, called: str) -> bool:
        """Whether a value begins as only one provider's tokens do, and is made of the same: then it is one of these, or
        none. Where its name says little, a mark that many providers share is enough."""
        lowered = value.lower().encode("ascii", "replace")
        shared = _WORDS if called == "key" else _WORDS | _MARKS
        own = (keyword for keyword in self.index.begun(lowered) if not keyword[-1:].isalnum() and keyword not in shared)
        return _PLAIN.fullmatch(lowered) is not None and any(own)

    def _named(self, given: Assignment) -> list[int]:
        """The rules of which a name stands in the name of the value, or before it. A name that says that its value may
        be known must be the rule's own."""
        before, name = _compact(given.before.lower()), _compact(given.name.lower())
        harmless = names.harmless(given.name)
        grams = (before[at : at + _GRAM] for at in range(len(before) - _GRAM + 1))
        near = {each for gram in grams if gram in self.named for each in self.named[gram]}
        return sorted({number for own, number in near if own in before and (not harmless or name.endswith(own))})


def _named_id(text: str, at: int) -> bool:
    """Whether what stands here is said to be the id or the name of something, or is a part of a path."""
    return bool(_ID.search(text[max(0, at - 40) : at]))


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def _token(expression: str) -> re.Pattern[str]:
    return _compiled(f"{_LEFT}(?:{expression}){_RIGHT}")


def _compact(name: str) -> str:
    return _SEPARATORS.sub("", name)


def _lowered(text: str) -> str:
    """The text in lower case, of the same length: some capital letters have two small ones."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


def _within(inner: Span, outer: Span) -> bool:
    """Whether a span is a part of another."""
    return inner != outer and outer.start <= inner.start and inner.end <= outer.end


def _apart(found: Iterable[Hit], taken: Sequence[Hit]) -> list[Hit]:
    """The hits that have nothing in common with those taken, nor with one before."""
    spans = sorted(hit.span for hit in taken)
    return [hit for hit in found if claim(spans, hit.span)]
