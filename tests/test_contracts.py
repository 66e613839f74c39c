"""What is wrong with a document, in words that a person understands, each at its place."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from runbook_lint import resources
from runbook_lint.documents import contracts, jsontree, quickschema, yamltree
from runbook_lint.documents.tree import plain
from runbook_lint.places import Lines

ENTRY = {
    "id": "ops.disk.full",
    "title": "Disk full",
    "severity_hint": "sev2",
    "owner_team": "storage",
    "last_reviewed_at": "2026-01-15",
    "url": "runbooks/disk.md",
    "signals": ["disk_full"],
}
RETIRED = {"id": "ops.disk.old", "status": "retired", "replaced_by": "ops.disk.full"}
SIGNALS = {
    "disk_full": ["ops.disk.full"],
    "disk_slow": {"runbooks": ["ops.disk.full"], "severity": "sev2", "surface": "fleet", "saved_query": ["a", "b"]},
}
CATALOG = {"version": 1, "runbooks": [ENTRY, RETIRED], "signals": SIGNALS, "x-note": 1}


def said(text: str, schema: str, json_: bool = False) -> list[str]:
    root = (jsontree if json_ else yamltree).read(text).documents[0].root
    lines = Lines(text)
    return [
        "{}:{}: {}".format(*lines.position(each.span.start), each.words) for each in contracts.violations(root, schema)
    ]


def entry(**changes: object) -> str:
    """A bare list of one entry as JSON, a key a line: the key of the first change stands in line 3."""
    kept = {key: value for key, value in ENTRY.items() if key not in changes}
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in {**changes, **kept}.items()]
    return "[\n{\n" + ",\n".join(lines) + "\n}]"


@pytest.mark.parametrize("document", [CATALOG, CATALOG["runbooks"], [], {"version": 1, "runbooks": []}])
def test_both_shapes_of_a_catalog_in_json_and_yaml(document: Any) -> None:
    text = json.dumps(document)
    assert said(text, "catalog", json_=True) == said(text, "catalog") == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": "Disk full"}, "3:7: 'id' must be dotted lower-case words such as ops.outbox.relay, not 'Disk full'"),
        ({"id": "disk"}, "3:7: 'id' must be dotted lower-case words such as ops.outbox.relay, not 'disk'"),
        ({"id": "ops.disk\n"}, "3:7: 'id' must be dotted lower-case words such as ops.outbox.relay, not 'ops.disk\n'"),
        ({"id": 5}, "3:7: 'id' must be dotted lower-case words such as ops.outbox.relay, not 5"),
        ({"title": ""}, "3:10: 'title' must be a title, not ''"),
        ({"title": None}, "3:10: 'title' must be a title, not null"),
        ({"owner_team": "  "}, "3:15: 'owner_team' must be the name of a team, not '  '"),
        ({"owner_team": "TODO"}, "3:15: 'owner_team' must be the name of a team, not 'TODO'"),
        ({"severity_hint": "high"}, "3:18: 'severity_hint' must be sev1, sev2 or sev3, not 'high'"),
        ({"severity_hint": ["sev1"]}, "3:18: 'severity_hint' must be sev1, sev2 or sev3, not a list"),
        ({"last_reviewed_at": "1 May"}, "3:21: 'last_reviewed_at' must be a date YYYY-MM-DD, not '1 May'"),
        ({"signals": "a"}, "3:12: 'signals' must be a list, not 'a'"),
        (
            {"signals": ["a b"]},
            "3:13: each of 'signals' must be a signal key of letters, digits and _ . : -, not 'a b'",
        ),
        ({"signals": ["a", "b", "a"]}, "3:23: 'signals' must not name 'a' twice"),
        ({"status": "old"}, "3:11: 'status' must be active or retired, not 'old'"),
        ({"review_interval_days": 0}, "3:25: 'review_interval_days' must be at least 1, not 0"),
        ({"review_interval_days": 4000}, "3:25: 'review_interval_days' must be at most 3650, not 4000"),
        ({"review_interval_days": "30"}, "3:25: 'review_interval_days' must be a whole number, not '30'"),
        ({"review_interval_days": True}, "3:25: 'review_interval_days' must be a whole number, not true"),
        ({"owner": "a"}, "3:1: unknown key 'owner'; did you mean 'owner_team'?"),
        ({"zzz": {}}, "3:1: unknown key 'zzz'"),
        ({"aliases": "a.b"}, "3:12: 'aliases' must be a list, not 'a.b'"),
    ],
)
def test_a_wrong_entry(changes: dict[str, object], expected: str) -> None:
    assert said(entry(**changes), "catalog", json_=True) == [expected]


@pytest.mark.parametrize(
    ("schema", "text", "expected"),
    [
        (
            "catalog",
            "5\n",
            ["1:1: the document must be a list of entries, or a mapping with version and runbooks, not 5"],
        ),
        ("catalog", "[5]\n", ["1:2: each of the list must be a mapping, not 5"]),
        ("catalog", "runbooks: []\n", ["1:1: 'version' is missing"]),
        ("catalog", "version: 1\nrunbooks: {}\n", ["2:11: 'runbooks' must be a list, not a mapping"]),
        ("catalog", "- {status: retired}\n", ["1:3: 'id' is missing"]),
        (
            "catalog",
            "version: 1\nrunbooks: []\nsignals: {a: 5}\n",
            ["3:14: 'a' must be a list of ids, or a mapping with runbooks, not 5"],
        ),
        (
            "catalog",
            "version: 1\nrunbooks: []\nsignals:\n  a b: []\n",
            ["4:3: a key must be a signal key of letters, digits and _ . : -, not 'a b'"],
        ),
        (
            "catalog",
            "version: 1\nrunbooks: []\nsignals: {a: {surface: home}}\n",
            [
                "3:24: 'surface' must be action_required, health_summary, investigation or fleet, not 'home'",
            ],
        ),
        ("roster", "teams: []\n", ["1:8: 'teams' must be a mapping, not a list"]),
        ("roster", "team: {}\n", ["1:1: 'teams' is missing"]),
        ("roster", "teams: {a: {primary: []}}\n", ["1:22: 'primary' must not be an empty list"]),
        (
            "roster",
            "teams: {a: {backup: {x: y}}}\n",
            ["1:21: 'backup' must be a name or a list of names, not a mapping"],
        ),
        ("roster", "teams: {a: {backup: [b, 5]}}\n", ["1:25: each of 'backup' must be text, not 5"]),
    ],
)
def test_a_wrong_document(schema: str, text: str, expected: list[str]) -> None:
    assert said(text, schema) == expected


def test_a_surrogate_that_no_text_may_hold_is_a_fault_and_no_crash() -> None:
    assert len(said(entry(id="\ud800"), "catalog", json_=True)) == 1


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5000)
    | st.sampled_from(["", "sev1", "retired", "ops.a.b", "ops.a\n", "A", "2026-02-30", "a b", "high"])
)
VALUES = (
    SCALARS
    | st.lists(SCALARS, max_size=3)
    | st.dictionaries(st.sampled_from(["id", "runbooks", "x-y", "a b"]), SCALARS)
)


def places(value: Any, keys: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [keys, *(place for key, child in inner for place in places(child, (*keys, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A valid catalog with up to three values changed, removed or added."""
    document = json.loads(json.dumps(CATALOG))
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from([place for place in places(document) if place]))
        owner = document
        for key in above:
            owner = owner[key]
        how = draw(st.sampled_from(["change", "remove", "add"]))
        if how == "change":
            owner[last] = draw(VALUES)
        elif how == "remove":
            del owner[last]
        elif isinstance(owner, dict):
            owner[draw(st.sampled_from(["owner", "x-a", "status", "aliases", "signals"]))] = draw(VALUES)
    return document


@settings(max_examples=300, deadline=None)
@given(mutated())
def test_there_are_words_exactly_when_the_document_is_invalid(document: Any) -> None:
    root = jsontree.read(json.dumps(document)).documents[0].root
    assert plain(root) == document
    found = contracts.violations(root, "catalog")
    if contracts._fast("catalog").is_valid(document):
        assert found == []
    else:
        assert found
        assert all(each.words and root.start <= each.span.start <= each.span.end <= root.end for each in found)
    # The reference takes a newline at the end for nothing; ECMA 262, which JSON Schema means, does not.
    if "\\n" not in json.dumps(document):
        assert Draft202012Validator(resources.schema("catalog")).is_valid(document) is not bool(found)


def test_five_hundred_wrong_entries_among_five_thousand() -> None:
    entries = [{**ENTRY, "severity_hint": "high" if number % 10 == 0 else "sev1"} for number in range(5_000)]
    root = jsontree.read(json.dumps(entries)).documents[0].root
    start = time.process_time()
    assert len(contracts.violations(root, "catalog")) == 500
    assert time.process_time() - start < 10


# --- the quick answer is the validator's ------------------------------------------------------------------------------

TEAMS = {"version": 1, "teams": {"storage": {"primary": "ada", "backup": ["grace"]}}, "x-note": {}}
INCIDENT = {"id": "2026-1", "started_at": "2026-01-02T10:00:00Z", "severity": "sev1", "runbook_ids": ["ops.disk.full"]}
FRONT = {"title": "Disk full", "owner": "storage", "review_in": "every 3 months", "runbook_id": "ops.disk.full"}
SETTINGS = {"version": 1, "exclude": ["old/**"], "rules": {"alert/runbook": "off"}}
WRITTEN = [("catalog", CATALOG), ("catalog", [ENTRY, RETIRED]), ("roster", TEAMS), ("incident", INCIDENT),
           ("runbook", FRONT), ("config", SETTINGS)]  # fmt: skip
LEAVES = st.sampled_from([None, True, False, 0, 1, 1.0, 1.5, -1, 4000, "", " ", "x", "x\n", "todo", "retired", "sev1",
                          "é", "2026-01-31", "ops.disk.full"])  # fmt: skip
OTHERS = LEAVES | st.lists(LEAVES, max_size=2) | st.dictionaries(st.sampled_from(["id", "x-a", "runbooks"]), LEAVES)


def changed(value: Any, data: st.DataObject) -> Any:
    """The value with something in it replaced, left out or added."""
    if not isinstance(value, (dict, list)) or not value or data.draw(st.integers(0, 5)) == 0:
        return data.draw(OTHERS)
    copy: Any = dict(value) if isinstance(value, dict) else dict(enumerate(value))
    key = data.draw(st.sampled_from(list(copy)))
    how = data.draw(st.sampled_from(["inside", "inside", "without", "more"]))
    if how == "without":
        del copy[key]
    else:
        name = "status" if isinstance(value, dict) else len(value)
        copy[name if how == "more" else key] = data.draw(OTHERS) if how == "more" else changed(copy[key], data)
    return copy if isinstance(value, dict) else list(copy.values())


@settings(max_examples=500)
@given(st.sampled_from(WRITTEN), st.data())
def test_the_quick_answer_is_that_of_the_validator(written: tuple[str, Any], data: st.DataObject) -> None:
    name, instance = written
    if data.draw(st.booleans()):
        instance = changed(instance, data)
    test = quickschema.test_of(resources.schema(name))
    assert test
    try:
        said = test(instance)
    except quickschema.UnsureError:
        return
    assert said == Draft202012Validator(resources.schema(name)).is_valid(instance)


@pytest.mark.parametrize(("name", "instance"), WRITTEN)
def test_what_is_plainly_valid_needs_no_validator(name: str, instance: Any) -> None:
    test = quickschema.test_of(resources.schema(name))
    assert test
    assert test(instance)


@pytest.mark.parametrize("schema", [
    {"multipleOf": 2}, {"items": {"format": "date"}}, {"pattern": r"^\\d$"}, {"enum": [1.5]}, {"uniqueItems": False},
    {"$ref": "#/$defs/a", "$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}}, {"$ref": "#/$defs/none"},
    {"enum": [1], "const": 1},
])  # fmt: skip
def test_a_schema_with_anything_else_has_no_quick_test(schema: Any) -> None:
    assert quickschema.test_of(schema) is None
