"""The page of the rules is what the packs say, safely said; and what the other pages show is real."""

import datetime
import inspect
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from runbook_lint import cli, config, engine, rulebook, snapshot
from runbook_lint.checks import CHECKS, GIVEN
from runbook_lint.reporters import rulespage

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = rulebook.shipped_entries()
MARKDOWN = MarkdownIt("commonmark").enable("table")


def written(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    """What `rules --format markdown` writes in a folder."""
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as leaving:
        cli.main(["rules", "--format", "markdown", "--output", "page.md", *arguments])
    assert leaving.value.code == 0
    return (folder / "page.md").read_text(encoding="utf-8")


def headings(page: str) -> list[str]:
    tokens = MARKDOWN.parse(page)
    return [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]


def entry(**more: Any) -> dict[str, Any]:
    common = {
        "id": "house/team",
        "each": "alert",
        "must": "be-present",
        "severity": "error",
        "message": "m",
        "why": "w",
    }
    return {**common, **more}


def test_the_page_is_fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = written(tmp_path, monkeypatch)
    committed = (ROOT / "rules" / "README.md").read_text(encoding="utf-8")
    assert committed == page, "rules/README.md is stale: run `make generated`"


def test_every_rule_has_its_section_and_every_link_its_heading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = written(tmp_path, monkeypatch)
    found = headings(page)
    ids = [each["id"] for each in ENTRIES]
    assert [heading for heading in found if "/" in heading] == ids
    anchors = {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in found}
    assert {rulespage.anchor(name) for name in (*ids, *map(rulespage.family, ENTRIES))} <= anchors


@pytest.mark.parametrize("shipped", ENTRIES, ids=lambda each: str(each["id"]))
def test_described_options_exist(shipped: dict[str, Any]) -> None:
    names = {name for verb, _ in rulebook.verbs_of(shipped) for name in CHECKS[verb].options} - set(GIVEN)
    assert set(shipped.get("options", {})) <= names


def test_a_default_is_the_packs_or_the_checks() -> None:
    options = rulespage.options(
        entry(must={"be-reviewed-within": {"days": 30}}, options={"days": "the limit", "by_severity": "more limits"})
    )
    assert options == [
        rulespage.Option("days", "30", "the limit"),
        rulespage.Option("by_severity", "", "more limits"),
    ]
    assert inspect.signature(CHECKS["be-reviewed-within"].function).parameters["days"].default == 90


@pytest.mark.parametrize("shipped", ENTRIES, ids=lambda each: str(each["id"]))
def test_nobody_sees_a_message_that_is_only_a_name(shipped: dict[str, Any]) -> None:
    shown = [said.message for said in rulespage.says(shipped)]
    assert not [message for message in (*shown, rulespage.short(shipped)) if re.fullmatch(r"\{\w+\}", message)]


def test_an_example_in_the_usual_words_comes_first() -> None:
    examples = [{"bad": {}, "found": ["a.md:1:1: 'x' is bad: see y"]}, {"bad": {}, "found": ["a.md:1:1: 'x' is bad"]}]
    assert rulespage.short(entry(message="'{name}' is bad", examples=examples)) == "'x' is bad"
    assert rulespage.short(entry(message="bad", examples=examples)) == "'x' is bad: see y"
    assert rulespage.short(entry(message="'{name}' is bad")) == "'{name}' is bad"
    assert rulespage.short(entry(message="{words}", why="It hurts.")) == "It hurts."


def test_what_holds_for_every_rule_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = written(tmp_path, monkeypatch)
    head = page.partition("\n## ")[0]
    for once in (
        "rules:\n  review/overdue: {",
        "disable-next-line RULE until=",
        "ignore[RULE] until=",
        "docs/policy.md)",
    ):
        assert page.count(once) == head.count(once) == 1
    assert page.count("It cannot be waived.") == sum(not rulespage.languages(each) for each in ENTRIES)


def test_every_section_of_the_policy_that_a_rule_cites_is_there() -> None:
    policy = (ROOT / rulespage.POLICY).read_text(encoding="utf-8")
    sections = re.findall(r"^## (\d)\. ", policy, re.M)
    assert sections == list("1234567")
    cited = {number for each in ENTRIES for number in re.findall(r"policy,? section (\d)", each.get("source", ""))}
    assert cited <= {*sections}


def test_hostile_words_stay_words() -> None:
    nasty = "a `b` | <script>x</script> \x1b[31m \u202e"
    example = {"bad": {"a|b.md": "```\n````\n<b>\x1b\n"}, "found": ["a|b.md:1:1: ```"], "why": nasty}
    page = rulespage.page([entry(message=nasty, why=nasty, hint=nasty, source=nasty, examples=[example])], {})
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert headings(page) == ["Rules", "house", "house/team"]
    kinds = {child.type for token in MARKDOWN.parse(page) for child in token.children or ()}
    assert "html_inline" not in kinds
    assert [token.content for token in MARKDOWN.parse(page) if token.type == "html_block"] == [
        "<!-- Generated from the packs; `make generated` writes it anew. Change the pack instead. -->\n"
    ]


def test_house_rules_join_their_family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".runbook-lint.yaml").write_text("version: 1\npacks: [house.yaml]\n")
    (tmp_path / "house.yaml").write_text(
        "version: 1\nrules:\n  - {id: alert/team, each: alert, field: labels.team, must: be-present, severity: error,\n"
        "     message: \"alert '{name}' has no team\", why: Somebody must answer.}\n"
    )
    found = headings(written(tmp_path, monkeypatch, "--select", "alert,read"))
    assert found.count("alert") == 1
    assert found.index("alert/team") < found.index("read")
    assert "catalog" not in found


def test_the_readme_names_every_family() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[([a-z]+)\]\(rules/README\.md#\1\) \|", readme, re.M) == [
        *dict.fromkeys(map(rulespage.family, ENTRIES))
    ]


def test_the_screen_in_the_readme_is_real() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"^\$ runbook-lint (check --as-of .*)\n```\n\n```text\n(.*?)^```$", readme, re.M | re.S)
    assert found is not None
    command = [sys.executable, "-m", "runbook_lint", *found[1].split()]
    plain = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
    screen = subprocess.run(command, check=False, cwd=ROOT, env=plain, capture_output=True, stdin=subprocess.DEVNULL)
    assert screen.stdout.decode() == found[2]


def test_the_rule_in_the_contributors_guide_works(tmp_path: Path) -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    block = re.search(r"^   ```yaml\n(.*?)^   ```$", guide, re.M | re.S)
    assert block is not None
    pack = "version: 1\nrules:\n" + textwrap.dedent(block[1])
    (tmp_path / "pack.yaml").write_text(pack)
    settings = config.parse("version: 1\npacks: [pack.yaml]\n", "config")
    rules = rulebook.load(str(tmp_path), settings, ["alert/team"])
    for number, example in enumerate(yaml.safe_load(pack)["rules"][0]["examples"]):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, text in (example.get("good") or example["bad"]).items():
            (folder / name).write_text(text)
        report = engine.run(snapshot.working_tree(str(folder)), settings, rules, datetime.date(2026, 3, 1))
        found = [(each.place, each.message) for each in report.findings]
        lines = [f"{place.path}:{place.line}:{place.column}: {message}" for place, message in found]
        assert lines == example.get("found", [])


def found_in(folder: Path, files: dict[str, str], *select: str) -> engine.Report:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    settings = config.Config()
    rules = rulebook.load(str(folder), settings, select)
    return engine.run(snapshot.working_tree(str(folder)), settings, rules, datetime.date(2026, 11, 1))


def test_the_first_catalog_and_roster_in_the_readme_are_sound(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    catalog, roster = re.findall(r"```yaml\n(.*?)```", readme.partition("## A first catalog")[2], re.S)[:2]
    assert (len(catalog.splitlines()), len(roster.splitlines())) == (5, 3)
    report = found_in(tmp_path, {
        "runbooks.catalog.yaml": catalog,
        "ops/oncall.yaml": roster,
        "docs/runbooks/checkout-down.md": "# Checkout is down\n\n1. Restart it.\n",
        "alerts.yaml": "- alert: Down\n  expr: up == 0\n  annotations: {runbook_id: shop.checkout.down}\n",
    })  # fmt: skip
    assert (report.findings, report.hints) == ([], [])


# A form of a waiver -> what stands around it, and the lines in which something is still found.
MARKDOWN_WAIVERS = {
    "<!-- runbook-lint-disable-next-line RULE ... -->": ("# Disk\n\nTBD\n{}\nTODO: x\n", [3]),
    "<!-- runbook-lint-disable-line RULE ... -->": ("# Disk\n\nTBD\nTODO: x {}\n", [3]),
    "<!-- runbook-lint-disable-file RULE ... -->": ("# Disk\n\nTBD\n{}\nTODO: x\n", []),
    "<!-- runbook-lint-disable RULE ... -->": (
        "# Disk\n\nTBD\n{}\nTODO: x\n\n<!-- runbook-lint-enable RULE -->\n\nTBD\n",
        [3, 9],
    ),
}
YAML_WAIVER = "# runbook-lint: ignore[RULE] ..."


def filled(waiver: str, rule: str) -> str:
    return waiver.replace("...", 'until=2027-01-31 owner=web reason="soon"').replace("RULE", rule)


def test_the_readme_has_every_form_of_a_waiver() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    forms = re.findall(r"^\| (?:markdown|YAML) \| `(.*?)` \|", readme.partition("## Waivers")[2], re.M)
    assert forms == [*MARKDOWN_WAIVERS, YAML_WAIVER]


@pytest.mark.parametrize("form", MARKDOWN_WAIVERS)
def test_a_waiver_of_the_readme_in_markdown(tmp_path: Path, form: str) -> None:
    text, lines = MARKDOWN_WAIVERS[form]
    text = filled(text.replace("{}", form), "runbook/placeholder")
    report = found_in(tmp_path, {"runbooks/disk.md": text}, "runbook/placeholder", "waiver")
    assert [finding.place.line for finding in report.findings] == lines
    assert report.summary["waived"] == (2 if lines == [] else 1)


def test_a_waiver_of_the_readme_in_yaml(tmp_path: Path) -> None:
    waiver = filled(YAML_WAIVER, "alert/runbook-id")
    alerts = f"- alert: Up {waiver}\n  expr: up\n{waiver}\n- alert: Down\n  expr: up == 0\n- alert: Slow\n  expr: x\n"
    report = found_in(tmp_path, {"alerts.yaml": alerts}, "alert/runbook-id", "waiver")
    assert [finding.place.line for finding in report.findings] == [6]
    assert report.summary["waived"] == 2
