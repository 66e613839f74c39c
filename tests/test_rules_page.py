"""The index of the rules is what the packs say, safely said; and what the other pages show is real."""

import datetime
import inspect
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from markdown_it import MarkdownIt

from runbook_lint import cli, config, engine, packs, rulebook, snapshot
from runbook_lint.checks import CHECKS, GIVEN, secrets
from runbook_lint.reporters import rulefacts, rulepage, rulespage

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = packs.full_entries()
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


def test_the_packs_in_one_file_are_fresh() -> None:
    committed = (ROOT / "rules" / packs.PACKED).read_text(encoding="utf-8")
    # No comparison of the texts: what pytest would show of them has half a million characters.
    assert (committed == packs.packed()) is True, "rules/packs.json is stale: run `make generated`"


def test_every_rule_is_in_the_table_of_its_family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = written(tmp_path, monkeypatch)
    families = [*dict.fromkeys(map(rulefacts.family, ENTRIES))]
    assert [each for each in headings(page) if each not in ("Rules", "secret formats")] == families
    rows = re.findall(r"^\| ([a-z]+/[a-z0-9-]+) \| (\w+)[^|]* \| (`+).*?\3 \|$", page, re.M)
    assert sorted(row[:2] for row in rows) == sorted((each["id"], each["severity"]) for each in ENTRIES)
    assert (
        f"| [alert](#alert) | {sum(each['id'].startswith('alert/') for each in ENTRIES)} | warning, error |\n" in page
    )


def test_the_index_is_not_too_large_to_be_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # GitHub shows no markdown file of more than 512 KB.
    assert len(written(tmp_path, monkeypatch).encode()) < 300_000


def test_formats_have_a_table_of_their_own_and_a_piece_of_text_is_shown_with_carets() -> None:
    pieces = [{"good": "key: $KEY"}, {"bad": "key:\t«ab(+)cd» |\n«`e`\nf»"}]
    format_ = entry(id="house/key", message="a | key", source="the <book>", examples=pieces)
    mixed = entry(id="house/mixed", message="a `key`", examples=[*pieces, {"good": {"a.md": "x\n"}}])
    index = rulespage.index([entry(), format_, mixed], {})
    assert headings(index) == ["Rules", "house", "house formats"]
    assert "| house/team | error | `m` |\n| house/mixed | error | `` a `key` `` |\n" in index
    assert "1 rule, each for one form of text." in index
    assert index.endswith("| house/key | error | `a \\| key` |\n")
    page = rulepage.page(mixed, rulespage.Site("/i.md", "/pages"))
    assert "\n**Good**:\n\n```text\nkey: $KEY\n```\n" in page
    assert "```text\nkey:\\tab(+)cd |\n      ^^^^^^^\n`e`\n^^^\nf\n^\n```\n\nfound: `` a `key` ``\n" in page


def test_a_row_says_the_severities_of_all_cases() -> None:
    cases = {"weak": {"severity": "warning"}, "like": {"message": "other"}}
    index = rulespage.index([entry(cases=cases, examples=[{"good": "x"}])], {})
    assert "| house/team | error (weak: warning) | `m` |\n" in index


@pytest.mark.parametrize("shipped", ENTRIES, ids=lambda each: str(each["id"]))
def test_described_options_exist(shipped: dict[str, Any]) -> None:
    names = {name for verb, _ in rulebook.verbs_of(shipped) for name in CHECKS[verb].options} - set(GIVEN)
    assert set(shipped.get("options", {})) <= names


def test_a_default_is_the_packs_or_the_checks() -> None:
    options = rulefacts.options(
        entry(must={"be-reviewed-within": {"days": 30}}, options={"days": "the limit", "by_severity": "more limits"})
    )
    assert options == [
        rulefacts.Option("days", "30", "the limit"),
        rulefacts.Option("by_severity", "", "more limits"),
    ]
    assert inspect.signature(CHECKS["be-reviewed-within"].function).parameters["days"].default == 90


@pytest.mark.parametrize("shipped", ENTRIES, ids=lambda each: str(each["id"]))
def test_nobody_sees_a_message_that_is_only_a_name(shipped: dict[str, Any]) -> None:
    shown = [said.message for said in rulefacts.says(shipped)]
    assert not [message for message in (*shown, rulefacts.short(shipped)) if re.fullmatch(r"\{\w+\}", message)]


def test_an_example_in_the_usual_words_comes_first() -> None:
    examples = [{"bad": {}, "found": ["a.md:1:1: 'x' is bad: see y"]}, {"bad": {}, "found": ["a.md:1:1: 'x' is bad"]}]
    assert rulefacts.short(entry(message="'{name}' is bad", examples=examples)) == "'x' is bad"
    assert rulefacts.short(entry(message="bad", examples=examples)) == "'x' is bad: see y"
    assert rulefacts.short(entry(message="'{name}' is bad")) == "'{name}' is bad"
    assert rulefacts.short(entry(message="{words}", why="It hurts.")) == "It hurts."


def test_what_holds_for_every_rule_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = written(tmp_path, monkeypatch)
    head = page.partition("\n## ")[0]
    for once in (
        "rules:\n  review/overdue: {",
        "disable-next-line RULE until=",
        "ignore[RULE] until=",
        "docs/policy.md",
    ):
        assert page.count(once) == head.count(once) == 1


def test_every_section_of_the_policy_that_a_rule_cites_is_there() -> None:
    policy = (ROOT / rulefacts.POLICY).read_text(encoding="utf-8")
    sections = re.findall(r"^## (\d)\. ", policy, re.M)
    assert sections == list("1234567")
    cited = {number for each in ENTRIES for number in re.findall(r"policy,? section (\d)", each.get("source", ""))}
    assert cited <= {*sections}


def test_hostile_words_stay_words() -> None:
    nasty = "a `b` | <script>x</script> \x1b[31m \u202e"
    index = rulespage.index([entry(message=nasty)], {"house": nasty})
    assert not {"\x1b", "\u202e"} & {*index}
    assert headings(index) == ["Rules", "house"]
    kinds = {child.type for token in MARKDOWN.parse(index) for child in token.children or ()}
    assert "html_inline" not in kinds
    html = [token.content for token in MARKDOWN.parse(index) if token.type == "html_block"]
    assert html == [f"{rulespage.MARK}\n"]


def test_house_rules_join_their_family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".runbook-lint.yaml").write_text("version: 1\npacks: [house.yaml]\n")
    (tmp_path / "house.yaml").write_text(
        "version: 1\nrules:\n  - {id: alert/team, each: alert, field: labels.team, must: be-present, severity: error,\n"
        "     message: \"alert '{name}' has no team\", why: Somebody must answer.}\n"
    )
    page = written(tmp_path, monkeypatch, "--select", "alert,read")
    assert headings(page) == ["Rules", "alert", "read"]
    assert page.index("| alert/team | error |") < page.index("\n## read")


def test_the_readme_names_every_family() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[([a-z]+)\]\(rules/README\.md#\1\) \|", readme, re.M) == [
        *dict.fromkeys(map(rulefacts.family, ENTRIES))
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


def test_the_secret_in_the_contributors_guide_works(tmp_path: Path) -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Add a provider's secret")[2]
    block = re.search(r"^   ```yaml\n(.*?)^   ```$", guide, re.M | re.S)
    assert block is not None
    defaults = yaml.safe_load((ROOT / "rules" / "secret.yaml").read_text(encoding="utf-8"))["defaults"]
    pack = {"version": 1, "defaults": defaults, "rules": yaml.safe_load(textwrap.dedent(block[1]))}
    (tmp_path / "pack.yaml").write_text(yaml.safe_dump(pack), encoding="utf-8")
    settings = config.parse("version: 1\npacks: [pack.yaml]\n", "config")
    rules = rulebook.load(str(tmp_path), settings, ["secret/acme-token"])
    (acme,) = packs.user_entries(packs.on_disk(str(tmp_path)), settings)
    for example in packs.examples(acme):
        ((name, text),) = (example.get("good") or example["bad"]).items()
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text.replace("(+)", ""), encoding="utf-8")
        report = engine.run(snapshot.working_tree(str(tmp_path)), settings, rules, datetime.date(2026, 3, 1))
        found = [(each.place, each.message) for each in report.findings]
        lines = [f"{place.path}:{place.line}:{place.column}: {message}" for place, message in found]
        assert lines == example.get("found", [])
    assert [example.keys() for example in packs.examples(acme)] == [{"good"}, {"bad", "found"}]


def test_the_formats_of_your_own_in_the_readme_work(tmp_path: Path) -> None:
    part = (ROOT / "README.md").read_text(encoding="utf-8").partition("### Formats of your own")[2]
    block = re.search(r"```yaml\n(.*?)```", part, re.S)
    assert block is not None
    (tmp_path / "pack.yaml").write_text(block[1], encoding="utf-8")
    token, key = "shop_" + "q7vb2xkd9zp4w8rt" + "5ls3yh6jm1nc0fdg", "9b3f7ac1d5" + "e8204f6a7c"
    lines = [
        "# Till",
        "",
        f"SHOP={token}",
        f"TILL_KEY={key}",
        f"cash desk key: {key}",
        f"SHOP=shop_{'x' * 32}",
        "key: $TILL",
    ]
    (tmp_path / "runbooks").mkdir()
    (tmp_path / "runbooks" / "till.md").write_text("\n    ".join(lines), encoding="utf-8")
    settings = config.parse("version: 1\npacks: [pack.yaml]\n", "config")
    rules = rulebook.load(str(tmp_path), settings, ["house"])
    report = engine.run(snapshot.working_tree(str(tmp_path)), settings, rules, datetime.date(2026, 11, 1))
    found = [(each.place.line, each.rule) for each in report.findings]
    assert found == [(3, "house/shop-token"), (4, "house/till-key"), (5, "house/till-key")]
    options = set(re.findall(r"^\| `([a-z]+)` \|", part.partition("## Rules of gitleaks")[0], re.M))
    checks = CHECKS["hold-no-secret"], CHECKS["assign-no-secret"]
    assert options == {option for check in checks for option in check.options}
    kinds = set(re.findall(r"`([a-z]+)`", part.partition("A `kind` is ")[2].partition("\n\n")[0]))
    assert kinds == set(get_args(secrets.Kind))


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
