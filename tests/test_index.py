"""The prefilter: the heads of words leave few of many rules, and nothing is lost that a rule alone would find."""

import re
from contextlib import suppress
from typing import Any

import fakes
import pytest
from fakes import PASSWORD, RANDOM, TOKEN
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from runbook_lint.secrets import index, views
from runbook_lint.secrets.index import Index
from runbook_lint.secrets.scanner import Hit, Scanner

RULES = [
    (entry["id"], fakes.whole(entry)) for entry in fakes.entries() if "hold-no-secret-manifest" not in entry["must"]
]
EVERY = [options for _, options in RULES]
# Rules that other rules have a say in: what begins as one provider's token does is left to that provider's rule.
YIELDING = {number for number, each in enumerate(EVERY) if each["called"]} | set(Index(EVERY).free)
# Every seventh rule, for what takes its time with each; in three parts, so that several processes can share them.
SAMPLES = [[number for number in range(start, len(RULES), 21) if number not in YIELDING] for start in (0, 7, 14)]
# Several examples in one text, as in a long runbook.
EXAMPLES = [example.text for example in fakes.bad()]
TEXTS = ["\n\n".join(EXAMPLES[start : start + 12]) for start in range(0, len(EXAMPLES), 12)]


def offered(among: Index, text: str) -> set[int]:
    """The numbers of the rules that a text is worth trying."""
    every = index.words(text)
    headed = {number for word in index.long(every) for _, number in among.tries(word)}
    near = {number for word in every for keyword, number in among.near(word) if keyword in text.lower()}
    return headed | near | {number for _, number in among.wordless.met(text.lower(), text.lower())}


def each_alone(scanner: Scanner, text: str) -> list[Hit]:
    """What every rule finds for itself, before one of two that find the same secret has it."""
    return scanner._plain(text, text.lower(), scanner.vocabulary.meanings(index.words(text)).values())


def rule(**options: Any) -> dict[str, Any]:
    """A rule of a test by what matters of it."""
    return fakes.whole({"must": {"": options}})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Use ghp_Ab1-2.c, now", {"use", "ghp_ab1-2.c", "now"}),
        ("a\\nb\\tc", {"a", "b", "c"}),
        ("(x)[y]{z}'q'\"r\"`s`/t=u", set("xyzqrstu")),
        ("größe", {"gr", "e"}),
        ("", set()),
    ],
)
def test_words_are_what_a_token_may_be_made_of(text: str, words: set[str]) -> None:
    assert {word.decode() for word in index.words(text)} == words


# Rules by their keywords, a text, and the rules that are tried on it.
FEW = [rule(token="ghp_.*", keywords=["ghp_"]), rule(token="gho_.*", keywords=["gho_"]), rule(names=["mailgun"])]
FEW += [rule(names=["data dog"]), rule(pattern="curl.*", keywords=["curl"], anchored=True)]
TRIED = [
    ("ghp_q7Vb2xKd", {0}),
    ("GHP_Q7VB2XKD", {0}),
    ("x=gho_q7Vb2xKd ghp_q7Vb2xKd", {0, 1}),
    ("ghp_", set()),
    ("xghp_q7Vb2xKd", set()),
    ("mailgun", {2}),
    ("MAILGUN_KEY", {2}),
    ("data_dog datadog", {3}),
    ("data-dog", {3}),
    ("curl -u", {4}),
    ("words only", set()),
]


@pytest.mark.parametrize(("text", "numbers"), TRIED)
def test_which_rules_are_tried(text: str, numbers: set[int]) -> None:
    assert offered(Index(FEW), text) == numbers


def test_few_rules_are_tried_on_a_plain_text() -> None:
    text = "# Disk full\n\nRun `kubectl get pods -n monitoring`, then grow the volume.\n" * 10
    assert len(offered(Index(EVERY), text)) < 10


def test_the_rule_of_every_bad_example_is_tried_on_it() -> None:
    among = Index(EVERY)
    numbers = {name: number for number, (name, _) in enumerate(RULES)}
    known = [each for each in fakes.bad() if each.rule in numbers and not EVERY[numbers[each.rule]]["called"]]
    assert [each.name for each in known if not _tried(among, numbers[each.rule], each.text)] == []


def _tried(among: Index, number: int, text: str) -> bool:
    """Whether a rule is tried: by its keyword, on the values of all names, or on every text that has a keyword."""
    options = EVERY[number]
    named = bool(options["names"]) and any(name.replace(" ", "") in _compact(text) for name in options["names"])
    searched = bool(options["pattern"]) and not options["anchored"]
    readings = views.of(text, text.lower(), index.long(index.words(text)))
    return (
        named or searched or any(number in offered(among, each) for each in (text, *(view.text for view in readings)))
    )


def _compact(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def strings(number: int) -> list[str]:
    """A few strings that the expression of a rule for tokens matches, the same ones in every run."""
    found: list[str] = []
    expression = st.from_regex(
        re.compile(EVERY[number]["token"]), fullmatch=True, alphabet=st.characters(codec="ascii")
    )

    @settings(
        max_examples=3, derandomize=True, database=None, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(expression)
    def collect(string: str) -> None:
        found.append(string)

    with suppress(Unsatisfiable):
        collect()
    return found


@pytest.mark.parametrize("sample", SAMPLES, ids=["first", "second", "third"])
def test_a_rule_is_tried_on_all_that_its_expression_matches(sample: list[int]) -> None:
    among = Index(EVERY)
    tokens = [number for number in sample if EVERY[number]["token"] and EVERY[number]["keywords"]]
    made = [(number, string) for number in tokens for string in strings(number)]
    assert len(made) > 30
    assert [(RULES[number][0], string) for number, string in made if number not in offered(among, string)] == []


@pytest.mark.parametrize("sample", SAMPLES, ids=["first", "second", "third"])
def test_a_rule_among_many_finds_what_it_finds_alone(sample: list[int]) -> None:
    every = Scanner(EVERY)
    together = [each_alone(every, text) for text in TEXTS]
    lost = []
    for number in sample:
        alone = Scanner([EVERY[number]])
        for text, hits in zip(TEXTS, together, strict=True):
            here = {(hit.span, hit.verdict) for hit in hits if hit.rule == number}
            more = {(hit.span, hit.verdict) for hit in each_alone(alone, text)}
            # What is only a part of another provider's token is left to that one.
            others = [hit.span for hit in hits if hit.rule != number]
            whole = {each for each in more if not any(s.start < each[0].start and each[0].end <= s.end for s in others)}
            if not (here >= whole and more >= here):
                lost.append(RULES[number][0])
    assert lost == []


def test_a_rule_for_names_leaves_to_a_provider_what_is_formed_as_its_tokens_are() -> None:
    credential = rule(called="secret", kind="random")
    provider = rule(token="acme_[a-z0-9]{20}", keywords=["acme_"])
    other = "acme_" + RANDOM.lower()
    assert [text_of(Scanner([credential]), f"token: {value}") for value in (other, RANDOM)] == [[other], [RANDOM]]
    assert [text_of(Scanner([credential, provider]), f"token: {value}") for value in (other, RANDOM)] == [[], [RANDOM]]


def text_of(scanner: Scanner, text: str) -> list[str]:
    return [text[slice(*hit.span)] for hit in scanner.scan(text)]


def test_of_two_rules_that_find_a_secret_the_earlier_one_has_it() -> None:
    rules = [rule(token="dop_v1_[0-9a-f]{64}", keywords=["dop_"]), rule(called="secret", kind="random")]
    assert [hit.rule for hit in Scanner(rules).scan(f"api_token={RANDOM}")] == [1]
    for order in (rules, rules[::-1]):
        assert len(Scanner(order).scan(f"api_token={TOKEN}")) == 1


# Letters that have a longer small form, or none in ASCII, move no place.
@pytest.mark.parametrize("opening", ["İİİ ", "ẞ ", "é…😀 ", "\x85\u2028", "ﬁ "])
def test_letters_of_all_kinds_move_no_place(opening: str) -> None:
    text = f"{opening}Use {TOKEN}, then\nexport DB_PASSWORD='{PASSWORD}'"
    assert fakes.scanned(text) == [TOKEN, PASSWORD]
