"""All rules for secrets over one text at once: a look at the heads of its words tells which few to try, and where.

A rule is tried only where one of its keywords stands, so the cost grows with the text and not with the rules. No
expression is compiled before a text has one of its keywords in it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from runbook_lint.expressions import lazy
from runbook_lint.model import Span
from runbook_lint.rows import claim
from runbook_lint.secrets import assignments, forms, index, judgement, looks, names, tables, views
from runbook_lint.secrets.assignments import Assignment
from runbook_lint.secrets.index import Index
from runbook_lint.secrets.vocabulary import Meaning, Vocabulary

# A token stands alone: nothing that could belong to it before or after. An escaped line break is no letter.
_LEFT = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"
_RIGHT = r"(?![A-Za-z0-9_\-])"
# Keywords that anybody may begin a token of his own with: words, and marks that many providers share.
_WORDS = frozenset(
    b"key- api- api_ sdk- live_ test_ pat- web_ server_ mobile_ secret_ token- admin_ user_ app- id_".split()
)
_MARKS = frozenset(b"sk_ sk- pk_ pk- ak_ ak- rk_ ck_ cs_".split())
_PLAIN = lazy(rb"[a-z0-9_-]+")
# Of so many words it is remembered whether they may be a token, and of none that is longer.
_REMEMBERED, _LONGEST = 20_000, 400
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
        self.matches: dict[int, tuple[Callable[[str, int], re.Match[str] | None], str]] = {}
        self.likely: dict[tuple[int, str], bool] = {}
        self.named: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        self.called: defaultdict[str, list[int]] = defaultdict(list)
        for number, rule in enumerate(rules):
            for name in map(_compact, rule["names"]):
                self.named[name[:_GRAM]].append((name, number))
            if rule["called"]:
                self.called[rule["called"]].append(number)

    def scan(self, text: str) -> list[Hit]:
        """The secrets of a text, by where they stand."""
        lowered, said = _lowered(text), self.vocabulary.lively(index.words(text))
        found = self._distinct(self._plain(text, lowered, said.values()))
        coded = [word for word, meaning in said.items() if meaning.coded]
        for view in views.of(text, lowered, coded):
            found = self._with(view, found)
        return sorted(found, key=lambda hit: hit.span) if found else found

    def _with(self, view: views.View, found: list[Hit]) -> list[Hit]:
        """What was found, and what another reading of the text shows besides, or instead."""
        said = self.vocabulary.lively(index.words(view.text))
        inside = self._plain(view.text, _lowered(view.text), said.values())
        seen = [hit._replace(span=view.place(hit.span)) for hit in self._distinct(inside)]
        # A word that lines joined make whole takes the place of its first half; a word that says something in a
        # code does not take the place of what it says.
        longer = [] if view.whole else seen
        found = [hit for hit in found if not any(_within(hit.span, each.span) for each in longer)]
        return [*found, *_apart(seen, found)]

    def _distinct(self, found: list[Hit]) -> list[Hit]:
        """Each secret once: as the token that it is, the longest first; else as the first rule finds it."""

        def rank(hit: Hit) -> tuple[bool, int, Hit]:
            token = bool(self.rules[hit.rule]["token"] and self.rules[hit.rule]["keywords"])
            return (not token, hit.span.start - hit.span.end if token else 0, hit)

        return _apart(sorted(found, key=rank), ()) if found else found

    def _plain(self, text: str, lowered: str, said: Collection[Meaning]) -> list[Hit]:
        """What stands in a text as it is, found by as many rules as find it; ``said`` is what its words mean."""
        hits = []
        for word, number in [each for meaning in said for each in meaning.tries]:
            hits += self._tried(number, text, lowered, word.decode())
        parts = {part for meaning in said for part in meaning.parts}
        beside = index.beside(text, lowered)
        parts.update(self.vocabulary.within(beside) if beside else ())
        stems = [stem for stem in names.STEMS if stem in parts] if self.named or self.called else ()
        places = [place for stem in stems for place in index.places(lowered, stem)]
        for keyword, number in self._met(lowered, said, parts):
            if self.rules[number]["names"]:
                places += index.places(lowered, keyword)
            else:
                hits += self._at(number, text, lowered, keyword)
        for given in chain(assignments.find(text, places), self._cells(text, lowered, parts, places)):
            if not judgement.hopeless(given.value):
                hits += self._given(given)
        for number in self.index.sought(lowered, parts):
            for found in _compiled(self.rules[number]["pattern"]).finditer(text):
                hits += self._judged(number, found)
        return hits

    def _met(self, lowered: str, said: Iterable[Meaning], parts: Set[str]) -> list[tuple[str, int]]:
        """The keywords of names and patterns that a text has, each with its rule."""
        near = {each for meaning in said for each in meaning.near}
        return [each for each in near if each[0] in lowered] + self.index.wordless.met(lowered, parts)

    def _cells(
        self, text: str, lowered: str, parts: Set[str], places: Sequence[tuple[int, int]]
    ) -> Iterator[Assignment]:
        """What stands in the columns of tables; ``places`` are those of what most names of columns have in them."""
        every = [*places, *(each for word in names.CELLS if word in parts for each in index.places(lowered, word))]
        return tables.find(text, every) if every and self.called and "|" in text and "--" in text else iter(())

    def _at(self, number: int, text: str, lowered: str, keyword: str) -> list[Hit]:
        """What a rule finds where its keyword stands."""
        match, signs = self._match(number)
        if any(sign not in text for sign in signs):
            return []
        found = [match(text, at) for at, _ in index.places(lowered, keyword)]
        return [hit for each in found if each is not None for hit in self._judged(number, each)]

    def _match(self, number: int) -> tuple[Callable[[str, int], re.Match[str] | None], str]:
        """How a rule is tried at a place, and the signs that must stand in a text for it."""
        if number not in self.matches:
            rule = self.rules[number]
            expression = _token(rule["token"]) if rule["token"] else _compiled(rule["pattern"])
            self.matches[number] = (expression.match, forms.signs(rule["pattern"]))
        return self.matches[number]

    def _tried(self, number: int, text: str, lowered: str, word: str) -> list[Hit]:
        """The same for the rule of a token where a word stands, if the word alone does not say that it is none."""
        if text.isascii() and forms.inky(self.rules[number]["token"]):
            spans = index.places(lowered, word)
            if not any(text[end : end + 1] in index.INK or self._likely(number, text[at:end]) for at, end in spans):
                return []
        return self._at(number, text, lowered, word)

    def _likely(self, number: int, word: str) -> bool:
        """Whether a word may be the token of a rule, wherever it stands."""
        likely = self.likely.get((number, word))
        if likely is None:
            rule = self.rules[number]
            found = _compiled(f"(?:{rule['token']}){_RIGHT}").match(word)
            value = found[_secret(found)] if found is not None else ""
            likely = bool(value and judgement.KINDS[rule["kind"]](value, rule["published"]))
            if len(self.likely) < _REMEMBERED and len(word) <= _LONGEST:
                self.likely[number, word] = likely
        return likely

    def _judged(self, number: int, found: re.Match[str]) -> Iterator[Hit]:
        rule = self.rules[number]
        group = _secret(found)
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


def _secret(found: re.Match[str]) -> str | int:
    """The group that is the secret."""
    return "secret" if "secret" in found.re.groupindex else 0


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
