"""YAML and JSON become trees of values with places: held against PyYAML, ruamel.yaml and the standard library."""

import io
import json
from typing import Any

import pytest
import ruamel.yaml
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runbook_lint.documents import jsontree, yamlevents, yamllines, yamltree
from runbook_lint.documents.tree import DEEPEST, Reading, Value, plain

DEEP = 100_000


def values(reading: Reading) -> list[Any]:
    """The documents without places."""
    return [plain(document.root) for document in reading.documents]


def faults(reading: Reading) -> list[tuple[int, str]]:
    """The faults by their offsets."""
    return [(fault.span.start, fault.words) for fault in reading.faults]


def leaves(value: Value) -> list[Value]:
    """All scalars of a tree."""
    if isinstance(value.value, dict):
        return [leaf for each in value.value.values() for leaf in leaves(each)]
    return [leaf for each in value.value for leaf in leaves(each)] if isinstance(value.value, list) else [value]


# --- YAML: what a text means ------------------------------------------------------------------------------------------

MEANS: dict[str, tuple[str, list[Any]]] = {
    "text stays text": ("[on, 012, 0x1F, 1_000, 2026-02-10, 1.5, 12:30, .inf, True, yes]",
                        [["on", "012", "0x1F", "1_000", "2026-02-10", "1.5", "12:30", ".inf", "True", "yes"]]),
    "null, true, false and whole numbers": ("[null, ~, true, false, 0, -7, 42]",
                                            [[None, None, True, False, 0, -7, 42]]),
    "a quoted word is text": ("['null', \"true\", '42']", [["null", "true", "42"]]),
    "a number too long to be one": ("a: 1234567890123456789", [{"a": "1234567890123456789"}]),
    "several documents, some empty": ("---\n---\na: b\n--- # none\n...\n---\nc: d\n", [{"a": "b"}, {"c": "d"}]),
    "only a comment": ("# nothing\n", []),
    "merge": ("x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}", [{"x": {"a": 1, "b": 2}, "y": {"b": 3, "a": 1}}]),
    "the earlier of two merged": ("[&x {a: 1}, &y {a: 2, b: 2}, {<<: [*x, *y]}]",
                                  [[{"a": 1}, {"a": 2, "b": 2}, {"a": 1, "b": 2}]]),
    "a quoted << is a key": ("{'<<': 1}", [{"<<": 1}]),
    "an anchor set anew": ("[&x 1, *x, &x 2, *x]", [[1, 1, 2, 2]]),
    "an anchor set anew inside itself": ("[&x [&x 1, *x], *x]", [[[1, 1], 1]]),
    "an alias as a key": ("{&x a: 1, *x : 2, b: *x}", [{"a": 1, "b": "a"}]),
    "tags are not obeyed": ("[!!str 1, !!python/object:os.system x, !vault y]", [[1, "x", "y"]]),
    "NEL and LS end a line": ("a: b\x85c: d\u2028e: f", [{"a": "b", "c": "d", "e": "f"}]),
    "a mark inside": ("a: b\n---\n\ufeffc: d", [{"a": "b"}, {"c": "d"}]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MEANS.values(), ids=MEANS.keys())
def test_yaml_means(text: str, expected: list[Any]) -> None:
    assert values(yamltree.read(text)) == expected


# The fault stands at the mark; the mark is no part of the text.
WRONG: dict[str, tuple[str, str, list[Any]]] = {
    "a tab as indentation": ("a:\n⟦\tb: c", "found character that cannot start any token", []),
    "a key that is a list": ("{⟦[a, b]: c, d: e}", "a mapping key that is itself a list", [{"\x001": "c", "d": "e"}]),
    "a key twice": ("a: 1\n⟦a: 2", "the key 'a' stands here a second time", [{"a": 1}]),
    "a merge of no mapping": ("{<<: ⟦word, a: 1}", "only a mapping can be merged", [{"a": 1}]),
    "an alias of nothing": ("a: ⟦*x\nb: 1", "the alias '*x' names nothing above it", [{"a": None, "b": 1}]),
    "an alias inside its value": ("a: &x [1, ⟦*x]", "the alias '*x' stands inside the value", [{"a": [1, None]}]),
    "NUL after other letters": ("é: 1\n---\nü: ⟦\0\n---\nb: 2", "control characters", [{"é": 1}, {"b": 2}]),
    "a lone surrogate": ("a: 1\n---\nb: ⟦\ud800\n---\nc: 2", "surrogates", [{"a": 1}, {"c": 2}]),
    "the second document": ("a: 1\n---\nb: [⟦}\n---\nc: 2", "did not find expected node", [{"a": 1}, {"c": 2}]),
    "documents by lone CR": ("a: 1\r---\rb: [⟦}\r---\rc: 2", "did not find expected node", [{"a": 1}, {"c": 2}]),
    "documents by dots": ("a: 1\n...\n---\nb: [⟦}", "did not find expected node", [{"a": 1}]),
    "an unknown tag handle": ("a: 1\n---\nb: ⟦!x!y z", "undefined tag handle", [{"a": 1}]),
}


@pytest.mark.parametrize(("marked", "words", "expected"), WRONG.values(), ids=WRONG.keys())
def test_yaml_faults_have_their_place_and_hide_nothing(marked: str, words: str, expected: list[Any]) -> None:
    reading = yamltree.read(marked.replace("⟦", ""))
    [(at, said)] = faults(reading)
    assert at == marked.index("⟦")
    assert words in said
    assert values(reading) == expected


@pytest.mark.parametrize("level", ["[", "{a: ", "- ", "? ", "- ? ", "&a [", "!t {a: "])
def test_a_deep_document_is_one_fault_and_hides_no_other(level: str) -> None:
    reading = yamltree.read(f"a: 1\n---\n{level * DEEP}\n---\nb: 2\n")
    assert values(reading) == [{"a": 1}, {"b": 2}]
    assert [words for _, words in faults(reading)] == [f"nested deeper than {DEEPEST} levels"]


def test_a_deep_flow_is_too_deep_at_the_first_bracket_that_is() -> None:
    [(at, _)] = faults(yamltree.read("a: 1\n---\nb: " + "[" * DEEP))
    assert at == len("a: 1\n---\nb: ") + DEEPEST - 1


def test_deep_blocks_by_indentation() -> None:
    reading = yamltree.read("".join(f"{' ' * depth}a:\n" for depth in range(1000)))
    assert [words for _, words in faults(reading)] == [f"nested deeper than {DEEPEST} levels"]


def test_as_deep_as_can_be_read() -> None:
    assert not yamltree.read("[" * DEEPEST + "]" * DEEPEST).faults
    assert not jsontree.read("[" * DEEPEST + "]" * DEEPEST).faults


def test_an_alias_bomb_is_refused_and_hides_no_other_document() -> None:
    levels = "".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(9))
    reading = yamltree.read(f"a0: &a0 [1, 2]\n{levels}---\nb: 2\n")
    assert values(reading) == [{"b": 2}]
    assert "aliases expand it" in faults(reading)[0][1]


def test_a_merge_bomb_is_refused() -> None:
    levels = "".join(f"a{n + 1}: &a{n + 1}\n  <<: [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(9))
    assert "aliases expand it" in faults(yamltree.read(f"a0: &a0 {{x: 1}}\n{levels}"))[0][1]


def test_many_broken_documents_are_many_faults() -> None:
    assert len(yamltree.read("---\na: [\n" * 5000).faults) == 5000


# --- YAML: where it stands --------------------------------------------------------------------------------------------

PLACED = {
    "plain": ("a: word # comment", "word"),
    "quoted": ("a: 'it''s'", "'it''s'"),
    "behind an anchor and a tag": ("a: &x !!str  word", "word"),
    "below an anchor": ("a: &x # why\n  word", "word"),
    "a block": ("a: &x |-\n  one\n  two\nb: 1", "|-\n  one\n  two\n"),
    "after what takes several bytes": ("é: 😀\na: word", "word"),
    "CRLF": ("b: |\r\n  x\r\n  y\r\na: word\r\n", "word"),
    "lone CR": ("b: |\r  x\r  y\ra: word\r", "word"),
    "LS": ("b: x\u2028a: word", "word"),
    "a mark before it": ("\ufeffa: word", "word"),
    "after a document that is broken": ("b: [\n---\na: word", "word"),
}


@pytest.mark.parametrize(("text", "source"), PLACED.values(), ids=PLACED.keys())
def test_a_value_stands_where_its_source_is(text: str, source: str) -> None:
    value = yamltree.read(text).documents[0].root.value["a"]
    assert text[value.start : value.end] == source
    assert text[value.key] in "a&"


def test_a_block_ends_with_its_last_value() -> None:
    text = "a:\n  b: 1\n\n# about c\nc: [1,\n2]\n"
    root = yamltree.read(text).documents[0].root
    assert text[slice(*root.value["a"].span)] == "b: 1"
    assert text[slice(*root.value["c"].span)] == "[1,\n2]"


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | WORDS
NESTED = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=20
)
STYLES = st.fixed_dictionaries({"default_flow_style": st.booleans(), "allow_unicode": st.booleans(),
                                "line_break": st.sampled_from(["\n", "\r\n", "\r"]),
                                "default_style": st.sampled_from([None, '"', "'", "|"])})  # fmt: skip


@given(NESTED, STYLES)
def test_every_value_of_a_dumped_tree_covers_its_source(data: Any, style: dict[str, Any]) -> None:
    text = yaml.safe_dump(data, **style)
    for document in yamltree.read(text).documents:
        for leaf in leaves(document.root):
            source = text[leaf.start : leaf.end]
            if source[:1] in ("|", ">"):
                assert set(str(leaf.value).split()) <= set(source.split())
            elif source:
                assert values(yamltree.read(source)) == [value for value in [leaf.value] if value is not None]


class Quoting(yaml.SafeDumper):
    """Writes every text in quotes, so that readers of YAML 1.1 and 1.2 do not differ in what a word means."""


Quoting.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


@given(NESTED.filter(lambda data: data is not None), st.booleans())
def test_yaml_agrees_with_pyyaml(data: Any, flow: bool) -> None:
    """PyYAML writes in quotes what it would not read as text, so only the documented types are left to agree on."""
    text = yaml.safe_dump(data, default_flow_style=flow, allow_unicode=True)
    assert values(yamltree.read(text)) == [yaml.safe_load(text)]


@given(NESTED.filter(lambda data: data is not None), st.booleans())
def test_yaml_agrees_with_ruamel(data: Any, flow: bool) -> None:
    text = yaml.dump(data, Dumper=Quoting, default_flow_style=flow, allow_unicode=True)
    assert values(yamltree.read(text)) == [ruamel.yaml.YAML(typ="safe", pure=True).load(io.StringIO(text))]


# Rows as people write them, and others among them; the line reader leaves to libyaml what it is not sure of.
PIECES = [
    *(
        "a: ",
        "b: ",
        "a:",
        "c:",
        "- ",
        "x",
        "y z",
        "1",
        "null",
        "~",
        "-",
        '"q\\n"',
        "'it''s'",
        "[a, 'b c', 2]",
        "{a: b}",
        '"a": ',
        "'c d':",
        '"x y',
    ),
    *("[]", " # c", "#", ":", "|\n", "|-\n", "|+\n", ">\n", ">-\n", "\n", "\n", "\n", "\n\n", "\n  ", "\n  ", "\n    "),
    *("\n    ", "\n      ", " ", "\n- ", "\n  - ", "\n    - ", "\n---\n", "---\n", "é", "\t", "\r", "&x ", "*x", "!t "),
    *("<<: ", "? ", "...\n", "%", ":x", "?y", "-z"),
]
ROWS = st.lists(st.sampled_from(PIECES), max_size=18).map("".join)


@settings(max_examples=500)
@given(ROWS)
@example("a: |\n  x\n\n  y\n\nb: >-\n  x\n  y\n\n  z\nc:\n- d: 1\n  e:\n-  f\n")
@example("a: |\n  x")
@example("a: |\n  x\n ")
@example("a: >\n  x\n   y\n")
@example("a: x\n  y")
@example("- a\n  - b")
@example('a: 1\n"a": 2\n')
@example("'a''b': 1\n")
@example('"a": "b\nc": d\n')
@example('- "a: b"\n- "c": d\n')
@example('"a" : b\n')
@example('"": b\n')
def test_rows_mean_what_libyaml_says_or_are_left_to_it(text: str) -> None:
    assert repr(yamllines.read(text)) in ("None", repr(yamlevents.read(text)))


@given(NESTED.filter(lambda data: isinstance(data, dict) and data), st.booleans())
def test_dumped_rows_mean_what_libyaml_says(data: Any, unicode: bool) -> None:
    text = yaml.safe_dump(data, allow_unicode=unicode, width=1000)
    assert repr(yamllines.read(text)) in ("None", repr(yamlevents.read(text)))


PLAIN_ROWS = {
    "rules": "groups:\n- name: a\n  rules:\n  - alert: Down\n    expr: |\n      up == 0\n\n        or b\n\n    for: 5m",
    "a start and comments": "# c\n---\n# d\n\na: 'x: y' # z\nb: \"\\\\d\\n\"\n\n# e\nc: a:b#c\n",
    "documents": "---\na: 1\n---\n---\n- b\n- c: d\n  e:\n  f: -5\n",
    "small flow": "teams:\n  a: {primary: ada, backup: 'x y'}\ntags: [a, \"b\", 3]\nnone: []\n",
    "marks that begin a word": "a: :x:sum\nb: ?y\nc: -z\nd:\n- :e\n",
    "folded": "a: >-\n  one\n  two\n\n  three\nb: x",
    "keys in quotes": "urls:\n  \"https://a.example.com/\": a/\n  'b':\n    - \"d e\": 1\n      f: 2\n'<<': g\n",
    "nothing": "# nothing\n",
}  # fmt: skip


@pytest.mark.parametrize("text", PLAIN_ROWS.values(), ids=PLAIN_ROWS.keys())
def test_what_people_write_needs_no_libyaml(text: str) -> None:
    assert repr(yamllines.read(text)) == repr(yamlevents.read(text))


YAMLISH = st.text(st.sampled_from(list("ab1:-?[]{},&*!|>'\"%#<~ \n\r\t\\\0\x85\u2028\ufeff\ud800é😀")), max_size=60)


TOKENS = st.sampled_from(["---\n", "a: ", "&x ", "*x", "<<: ", "- ", "? ", "[", "}", ",", "|\n", "'", "\n  "])


@given(st.text() | YAMLISH | st.lists(TOKENS).map("".join))
@example("&a {<<: *a}")
@example("? {? : ? }")
@example("%YAML 2.0\n---\n")
def test_yaml_never_raises_and_places_lie_in_the_text(text: str) -> None:
    reading = yamltree.read(text)
    for document in reading.documents:
        for leaf in leaves(document.root):
            assert 0 <= leaf.start <= leaf.end <= len(text)
    for fault in reading.faults:
        assert 0 <= fault.span.start <= len(text)


def test_a_huge_scalar() -> None:
    [document] = yamltree.read("a: " + "x" * 2_000_000).documents
    assert document.root.value["a"].end == 2_000_003


# --- JSON -------------------------------------------------------------------------------------------------------------


def not_a_number(word: str) -> None:
    """NaN and Infinity are no JSON (RFC 8259, 6)."""
    raise ValueError(word)


def expected_json(text: str) -> tuple[bool, Any]:
    """Whether the standard library reads it, and what it reads; of a key that stands there twice the first counts."""
    try:
        return True, json.loads(text, parse_constant=not_a_number, object_pairs_hook=lambda pairs: dict(pairs[::-1]))
    except ValueError:
        return False, None


JSONISH = st.text(st.sampled_from(list("[]{},:\"\\ut0123eE+-. \n\t/'NaInfy\ufeff")), max_size=30)
DUMPED = NESTED | st.floats(allow_nan=False)


@given(
    st.text()
    | JSONISH
    | st.builds(json.dumps, DUMPED, ensure_ascii=st.booleans(), indent=st.none() | st.integers(0, 3))
)
@example("[1,]")
@example('["\\ud800"]')
@example('{"a": 1, "a": 2}')
@example("[" + "9" * 4300 + "]")
@example("[" + "9" * 4301 + "]")
@example("1e999")
@example("-")
@example("\ufeff[]")
def test_json_agrees_with_the_standard_library(text: str) -> None:
    readable, data = expected_json(text)
    reading = jsontree.read(text)
    assert bool(reading.documents) is readable
    if readable:
        assert values(reading) == [data]


@given(NESTED, st.booleans())
def test_every_json_value_covers_its_source(data: Any, ascii_only: bool) -> None:
    text = json.dumps(data, ensure_ascii=ascii_only, indent=1)
    for leaf in leaves(jsontree.read(text).documents[0].root):
        assert json.loads(text[leaf.start : leaf.end]) == leaf.value


@given(NESTED, st.data())
def test_json_cut_short_is_said_at_the_cut_or_the_open_quote(data: Any, draw: st.DataObject) -> None:
    text = json.dumps([data])
    cut = text[: draw.draw(st.integers(0, len(text) - 1))]
    [fault] = jsontree.read(cut).faults
    assert fault.span.start == len(cut) or cut[fault.span.start] in '"\\-tfnu'


# The fault stands at the mark.
JSON_WRONG = {
    "trailing comma in a list": ("[1⟦, ]", "a comma before ']'"),
    "trailing comma in an object": ('{"a": 1⟦,\n}', "a comma before '}'"),
    "missing comma": ('{"a": 1 ⟦"b": 2}', "a comma or '}' is expected here"),
    "single quotes": ("[⟦'a']", "text stands in straight double quotes"),
    "single quotes around a key": ("{⟦'a': 1}", "text stands in straight double quotes"),
    "curly quotes": ("[⟦“a”]", "text stands in straight double quotes"),
    "no quotes": ("[⟦word]", "text stands in double quotes"),
    "a comment": ("[1, ⟦// one\n 2]", "JSON has no comments"),
    "a comment before a comma": ("[1 ⟦/* one */, 2]", "JSON has no comments"),
    "a comment above": ("⟦# a catalog\n[]", "JSON has no comments"),
    "Python's words": ("[⟦True]", "true, false and null are written like this"),
    "NaN": ('{"a": ⟦NaN}', "JSON has no NaN and no Infinity"),
    "minus Infinity": ("[⟦-Infinity]", "JSON has no NaN and no Infinity"),
    "a leading zero": ("[⟦012]", "a number is written otherwise, such as 10, -0.5 or 1e3"),
    "a tab in a text": ('["a⟦\tb"]', "inside text a line break is written \\n, a tab \\t"),
    "a line break in a text": ('["a⟦\nb"]', "inside text a line break is written \\n"),
    "a wrong escape": ('["a⟦\\d"]', "no such escape: a backslash itself is written \\\\"),
    "an open text": ('["a", ⟦"b]', "this text has no closing quote"),
    "an open list": ("[1⟦", "the text ends where a comma or ']' is expected"),
    "an open object": ('{"a":⟦', "the text ends where a value is expected"),
    "a space that is none": ("[1, ⟦\xa02]", "an invisible character that is no space of JSON"),
    "two documents": ("[]\n⟦[]", "the end of the document is expected here"),
    "a key twice": ('{"a": 1, ⟦"a": 2}', "the key 'a' stands here a second time"),
    "nothing": ("⟦ \n", "the file is empty"),
    "too deep": ("[" * DEEPEST + "⟦[" + "[" * DEEP, f"nested deeper than {DEEPEST} levels"),
    "a huge number": ("[⟦" + "9" * 5000 + "]", "a number of 5000 digits"),
}  # fmt: skip


@pytest.mark.parametrize(("marked", "words"), JSON_WRONG.values(), ids=JSON_WRONG.keys())
def test_json_faults_in_plain_words(marked: str, words: str) -> None:
    [(at, said)] = faults(jsontree.read(marked.replace("⟦", "")))
    assert words in said
    assert at == marked.index("⟦") or words == "the file is empty"
