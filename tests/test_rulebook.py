"""Packs and overrides: what is in force, and what is refused."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_lint import config, documents, packs, resources, rulebook
from runbook_lint.documents import contracts, yamltree
from runbook_lint.model import Rule, UserError
from runbook_lint.options import refuse_given

RULE = """\
version: 1
rules:
  - id: house/team
    each: alert
    field: labels.team
    must: be-present
    severity: warning
    message: "alert '{name}' has no team"
    why: Somebody must answer.
"""
PACKED = "version: 1\npacks: [house.yaml]\n"


def load(root: Path, settings: str = "version: 1\n", pack: str = RULE, **chosen: list[str]) -> dict[str, Rule]:
    (root / "house.yaml").write_text(pack)
    return {rule.id: rule for rule in rulebook.load(str(root), config.parse(settings, "c.yaml"), **chosen)}


def options(rule: Rule) -> dict[str, object]:
    return dict(rule.checks[0][1])


def test_a_pack_of_the_user(tmp_path: Path) -> None:
    rule = load(tmp_path, PACKED)["house/team"]
    assert (rule.scope, rule.nouns, rule.field, rule.severity) == ("one", ("alert",), "labels.team", "warning")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "must: be-present",
            "must: be-presnt",
            "6:5: house/team: there is no check 'be-presnt'; did you mean 'be-present'?",
        ),
        (
            "must: be-present",
            "must: have-unique-ids",
            "6:5: house/team: the check 'have-unique-ids' goes with `every:`, not with `each:`",
        ),
        ("must: be-present", "must: match", "6:5: house/team: the check 'match' needs the option 'pattern'"),
        (
            "must: be-present",
            "must: {match: {patern: x}}",
            "6:20: house/team: match: there is no option 'patern'; did you mean 'pattern'?",
        ),
        ("must: be-present", "must: {match: {pattern: 5}}", "6:20: house/team: match: 'pattern' must be text, not 5"),
        (
            "must: be-present",
            "must: {match: {pattern: '('}}",
            "6:20: house/team: match: the pattern is no regular expression: missing ), unterminated subpattern "
            "at character 1",
        ),
        (
            "must: be-present",
            "must: [be-a-date, {be-one-of: {values: x}}]",
            "6:36: house/team: be-one-of: 'values' must be a list, each text, not \"x\"",
        ),
        (
            "must: be-present",
            "must: {match-schema: {schema: catalogue}}",
            "6:27: house/team: match-schema: there is no schema 'catalogue'; there are "
            "baseline, catalog, config, incident, inventory, nightly, pack, report, roster, runbook, waivers",
        ),
        (
            "must: be-present",
            "must: 5",
            "6:11: 'must' must be a check, a check with its options, or a list of these, not 5",
        ),
        ("must: be-present", "must: {be-present: x}", "6:24: 'be-present' must be a mapping, not 'x'"),
        ("each: alert", "each: alrt", "4:11: 'each' must be NOUNS, not 'alrt'"),
        ("each: alert", "each: [alert, alrt]", "4:19: each of 'each' must be NOUNS, not 'alrt'"),
        ("    each: alert\n", "", "3:5: house/team: SCOPE"),
        ("each: alert", "each: alert\n    every: alert", "3:5: house/team: SCOPE"),
        ("rules:", "defaults: {every: entry}\nrules:", "4:5: house/team: SCOPE"),
        ("rules:", "defaults: {severity: high}\nrules:", "2:22: 'severity' must be error, warning or info, not 'high'"),
        ("rules:", "defaults: {must: be-present}\nrules:", "2:12: unknown key 'must'"),
        ("id: house/team", "id: alert/runbook-id", "3:5: the rule alert/runbook-id exists already; choose another id"),
        (
            "id: house/team",
            "id: Team",
            "3:9: 'id' must be family/name in lower case, such as alert/runbook-id, not 'Team'",
        ),
        ("severity: warning", "severity: high", "7:15: 'severity' must be error, warning or info, not 'high'"),
        (
            "    why: Somebody must answer.\n",
            "",
            "3:5: house/team: it has no `why`, nor have the `defaults` of its pack",
        ),
        (
            "    severity: warning\n",
            "",
            "3:5: house/team: it has no `severity`, nor have the `defaults` of its pack",
        ),
        ("why: ", "like: zzz/q\n    why: ", "9:5: there is no rule 'zzz/q'; `runbook-lint rules` lists all"),
        ("{name}", "{labels.team}", "8:5: house/team: MESSAGE"),
        ("{name}", "{name!r}", "8:5: house/team: MESSAGE"),
        ("{name}", "{}", "8:5: house/team: MESSAGE"),
        ("{name}", "{", "8:5: house/team: MESSAGE"),
        ("why: ", "cases: {missing: {message: '}'}}\n    why: ", "9:23: house/team: MESSAGE"),
    ],
)
def test_a_mistake_in_a_pack_is_a_sentence_with_its_place(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    nouns = (
        "text, runbook, page, link, alert, catalog, entry, retired, signal, roster, team, incident, codeowner, fault"
    )
    nouns = f"{nouns}, waiver, baseline or known"
    message = "a message may hold plain names such as {key}; write {{ and }} for braces"
    scope = "say what it judges with one of `each:`, `every:` and `change:`"
    with pytest.raises(UserError) as caught:
        load(tmp_path, PACKED, RULE.replace(old, new))
    words = sentence.replace("NOUNS", nouns).replace("MESSAGE", message).replace("SCOPE", scope)
    assert str(caught.value) == "house.yaml:" + words


DEFAULTS = """\
version: 1
defaults: {each: alert, field: labels.team, severity: info, why: Somebody must answer., hint: Ask.}
rules:
  - {id: house/team, must: be-present, message: m}
  - {id: house/pager, must: be-present, message: m, field: labels.pager, severity: error}
"""


def test_what_a_rule_does_not_say_the_defaults_of_its_pack_say(tmp_path: Path) -> None:
    rules = load(tmp_path, PACKED, DEFAULTS)
    team, pager = rules["house/team"], rules["house/pager"]
    assert (team.nouns, team.field, team.severity, team.hint) == (("alert",), "labels.team", "info", "Ask.")
    assert (pager.field, pager.severity, pager.why) == ("labels.pager", "error", "Somebody must answer.")


def test_a_name_that_nobody_knows_stays_in_the_message(tmp_path: Path) -> None:
    assert "house/team" in load(tmp_path, PACKED, RULE.replace("{name}", "{anything} {{x}}"))


def test_a_pack_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"c.yaml:2:1: the pack other.yaml cannot be read: No such file or directory"):
        load(tmp_path, "version: 1\npacks: [other.yaml]\n")


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("review/overdu: off", "2:9: there is no rule 'review/overdu'; did you mean 'review/overdue'?"),
        ("review/overdue: {dayz: 3}", "2:26: there is no option 'dayz'; did you mean 'days'?"),
        ("alert/runbook-id: {days: 3}", "2:28: there is no option 'days'; it has none but severity"),
        ("review/overdue: {days: x}", "2:26: 'days' must be a whole number, not \"x\""),
        ("review/overdue: {days: -1}", "2:26: 'days' must be a whole number, not -1"),
        ("review/overdue: {days: true}", "2:26: 'days' must be a whole number, not true"),
        (
            "review/overdue: {by_severity: {sev4: 3}}",
            "2:26: 'by_severity' must be a mapping from sev1 or sev2 or sev3 to a whole number, not {\"sev4\": 3}",
        ),
    ],
)
def test_a_mistake_in_an_override_is_a_sentence_with_its_place(tmp_path: Path, override: str, sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        load(tmp_path, f"version: 1\nrules: {{{override}}}\n")
    assert str(caught.value) == "c.yaml:" + sentence


@pytest.mark.parametrize(
    ("given", "expected"), [("off", None), ("false", None), ("info", "info"), ("{days: 60}", "error")]
)
def test_override(tmp_path: Path, given: str, expected: str | None) -> None:
    rule = load(tmp_path, f"version: 1\nrules: {{review/overdue: {given}}}\n").get("review/overdue")
    assert (rule.severity if rule else None) == expected


def test_an_overridden_severity_holds_for_all_cases_of_a_rule(tmp_path: Path) -> None:
    assert load(tmp_path, "version: 1\nrules: {alert/runbook-id: info}\n")["alert/runbook-id"].forced_severity == "info"


def test_a_rule_may_be_like_another_and_takes_its_options(tmp_path: Path) -> None:
    pack = RULE.replace("each: alert", "every: entry").replace(
        "must: be-present", "must: {not-be-due-within: {within: 5}}"
    )
    like = pack.replace("why: ", "like: review/overdue\n    why: ")
    assert options(load(tmp_path, PACKED, like)["house/team"])["days"] == 90
    given = PACKED + "rules:\n  review/overdue: {days: 60, by_severity: {sev1: 30}}\n"
    found = options(load(tmp_path, given, like)["house/team"])
    assert (found["days"], found["by_severity"], found["within"]) == (60, {"sev1": 30}, 5)
    assert options(load(tmp_path, given + "  house/team: {days: 20}\n", like)["house/team"])["days"] == 20


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        (["baseline"], [], {"baseline/solved", "baseline/refused", "baseline/schema"}),
        (["review/date", "owner/known"], [], {"review/date", "owner/known"}),
        (["baseline"], ["baseline/solved"], {"baseline/refused", "baseline/schema"}),
        (["waiver/unused"], ["waiver"], set()),
    ],
)
def test_select_and_ignore(tmp_path: Path, select: list[str], ignore: list[str], expected: set[str]) -> None:
    assert set(load(tmp_path, select=select, ignore=ignore)) == expected


@pytest.mark.parametrize("option", ["select", "ignore"])
def test_an_unknown_choice_is_refused(tmp_path: Path, option: str) -> None:
    with pytest.raises(UserError, match=f"--{option}: there is no rule 'alerts'; did you mean 'alert'"):
        load(tmp_path, **{option: ["alerts"]})


def shipped() -> Iterator[str]:
    yield from (f"{name}.yaml" for name in resources.names("rules", ".yaml"))


@pytest.mark.parametrize("file", list(shipped()))
def test_our_own_packs_obey_the_same_rules(file: str) -> None:
    text = resources.read("rules", file)
    root = yamltree.read(text).documents[0].root
    assert contracts.violations(root, "pack") == []
    for entry in packs._merged(packs._pack(file.removesuffix(".yaml"))):
        packs._refuse_messages(entry)
        assert entry["id"].partition("/")[0] == file.removesuffix(".yaml")
        for keys, name, given in rulebook._verbs(entry):
            check = rulebook._check(name, entry)
            refuse_given(check, given, lambda option, keys=keys: f"{keys}: {option}", True)


def test_what_no_configuration_concerns_is_what_any_rule_would_be() -> None:
    by_id = {entry["id"]: entry for entry in packs.shipped_entries()}
    settled = rulebook._settled()
    assert len(settled) > 800
    configured = config.Config(runbook_keys=("annotations.other",), link_hosts=("a.b",), resource_prefix="c")
    assert settled == {id_: rulebook._rule(by_id[id_], configured, by_id) for id_ in settled}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("runbook", "---\na: [\n---\n# A\n\n[b](c.md)\n\n<!-- runbook-lint-disable-line x/y -->\n"),
        ("page", "# A\n"),
        ("catalog", "runbooks: [{id: a.b}, {id: a.c, status: retired}]\nsignals: {a: [a.b]}\n"),
        ("alerts", "- alert: A\n  expr: b\n"),
        ("roster", "teams: {a: {primary: b}}\n"),
        ("codeowners", "* @a\n"),
    ],
)
def test_every_noun_that_a_reader_gives_may_be_named_in_a_pack(kind: str, text: str) -> None:
    nouns = resources.schema("pack")["$defs"]["noun"]["enum"]
    assert {item.noun for item in documents.read(kind, text, "a.yaml")} <= set(nouns)


@pytest.mark.parametrize(
    ("must", "sentence"),
    [
        ("{hold-no-secret: {keywords: [shop_]}}", "it needs a `token` or a `pattern`, and only one of them"),
        ("{hold-no-secret: {token: x, pattern: x}}", "it needs a `token` or a `pattern`, and only one of them"),
        ("{hold-no-secret: {token: x, keywords: [SHOP_]}}", "the keyword 'SHOP_' must be in lower case"),
        ("{assign-no-secret: {token: x}}", "it needs `names`, or `called`"),
        ("{assign-no-secret: {names: [Till]}}", "the name 'Till' must be in lower case"),
    ],
)
def test_options_that_would_find_nothing_are_refused(tmp_path: Path, must: str, sentence: str) -> None:
    rule = f"version: 1\nrules:\n  - {{id: house/x, each: text, field: text, must: {must}, severity: error, "
    with pytest.raises(UserError, match=re.escape(sentence)):
        load(tmp_path, PACKED, rule + "message: m, why: w}\n")
