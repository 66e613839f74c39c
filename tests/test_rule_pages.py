"""A page for each rule: what its pack says, safely said; how it is configured and waived is true; no link is dead."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ALERTS, CATALOG, CLEAN, Run, Write, report
from markdown_it import MarkdownIt
from test_rules import found

from runbook_lint import config, packs, rulebook
from runbook_lint.cli import pages
from runbook_lint.documents import profiles
from runbook_lint.documents.settings import WAIVERS
from runbook_lint.reporters import markup, rulefacts, rulepage, rulespage

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = packs.full_entries()
# The rules by the hundred, of which each is about one form of text, are all made alike.
FIRST_FORMATS = [each for each in ENTRIES if rulefacts.is_format(each)][:3]
SOME = [each for each in ENTRIES if not rulefacts.is_format(each)] + FIRST_FORMATS
SITE = rulespage.Site("/all/README.md", "/all/pages", "/all/policy.md")
MARKDOWN = MarkdownIt("commonmark").enable("table")
NASTY = "# a `b` | <script>x</script> [x](javascript:y) ![z](//z) &lt; *e* __f__ ` <i> \x1b[31m \u202e \\"
HOUSE = (
    "version: 1\nrules:\n  - {id: house/team, each: alert, field: labels.team, must: be-present, severity: error,\n"
    "     message: \"alert '{name}' has no team\", why: Somebody must answer.}\n"
)


def entry(**more: Any) -> dict[str, Any]:
    usual = {"id": "house/team", "each": "alert", "must": "be-present", "severity": "error", "message": "m", "why": "w"}
    return {**usual, **more}


def entry_of(rule: str) -> dict[str, Any]:
    return next(each for each in ENTRIES if each["id"] == rule)


def kinds(page: str) -> set[str]:
    """What stands in the lines of a page: text, code, links."""
    return {child.type for token in MARKDOWN.parse(page) for child in token.children or ()}


def headings(page: str) -> list[str]:
    tokens = MARKDOWN.parse(page)
    return [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]


# --- the pages of this repository -------------------------------------------------------------------------------------


def test_the_pages_are_fresh_and_no_other_is_there(run: Run) -> None:
    words = ("rules", "--format", "markdown", "--pages", "docs/rules", "--output", "rules/README.md", "--check")
    assert run(*words, cwd=ROOT) == (0, "", ""), "run `make generated`"
    there = {path.relative_to(ROOT / "docs/rules").as_posix() for path in (ROOT / "docs/rules").rglob("*.*")}
    assert there == {f"{each['id']}.md" for each in ENTRIES}


def test_no_link_of_our_own_documents_is_dead_and_no_secret_stands_in_them(run: Run, write: Write) -> None:
    ours = write({"ours.yaml": 'version: 1\nrunbooks: ["*.md", "docs/**/*.md", "rules/*.md"]\n'}) / "ours.yaml"
    ran = run("check", "--config", str(ours), "--select", "link/target,link/anchor,secret", cwd=ROOT)
    assert ": no findings as of " in ran.out
    assert int(re.findall(r"^(\d+) runbooks, ", ran.out, re.M)[0]) > len(ENTRIES)


def test_a_dead_link_in_a_page_would_be_found(run: Run, write: Write) -> None:
    write({".runbook-lint.yaml": 'version: 1\nrunbooks: ["docs/*.md"]\n', "docs/a.md": "# A\n\n[b](b.md), [c](#c)\n"})
    found = re.findall(r"link/\w+$", run("check").out, re.M)
    assert found == ["link/target", "link/anchor"]


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """The pages of all rules by id."""
    return {path[len("/all/pages/") : -len(".md")]: text for path, text in rulepage.pages(ENTRIES, SITE)}


def test_every_page_has_all_that_its_pack_says(written: dict[str, str]) -> None:
    assert list(written) == [each["id"] for each in ENTRIES]
    for each in ENTRIES:
        page = written[each["id"]]
        assert page.startswith(f"# {each['id']}\n\n{rulespage.MARK}\n\n[All rules](../../README.md) · ")
        shown = re.sub(r"\\([^\w\s])", r"\1", page.replace("&lt;", "<"))
        for key in ("why", "source", "hint"):
            assert " ".join(each.get(key, "").split()) in shown
        assert page.count("\n**Good**") == sum("good" in example for example in each["examples"])
        assert page.count("\n**Bad**") == sum("bad" in example for example in each["examples"])
        for example in each["examples"]:
            assert "\n".join(example.get("found", ())) in page


def test_a_page_has_nothing_but_text_code_and_links_in_it(written: dict[str, str]) -> None:
    for page in written.values():
        assert kinds(page) <= {"text", "code_inline", "link_open", "link_close", "strong_open", "strong_close"}
        assert [token.content for token in MARKDOWN.parse(page) if token.type == "html_block"] == [
            f"{rulespage.MARK}\n"
        ]


def test_a_made_up_secret_is_cut_so_that_no_scanner_finds_it() -> None:
    key = entry(examples=[{"bad": "key=«0123456789abcdefXY» 0123456789"}])
    page = rulepage.page(key, SITE)
    assert "\nkey=01234567(+)89abcdef(+)XY 0123456789\n    ^^^^^^^^^^^^^^^^^^^^^^^^\n" in page
    assert page.endswith(f"{rulefacts.JOINT_MEANS}\n")


def test_the_parts_of_a_page(written: dict[str, str]) -> None:
    assert headings(written["review/overdue"]) == [
        "review/overdue", "Why", "What to do", "What is judged", "Options", "Configuration", "Waivers", "Examples",
    ]  # fmt: skip
    assert "| `days` | `90` | the limit in days" in written["review/overdue"]
    assert "Source: policy section 4 ([docs/policy.md](../../policy.md))\n" in written["alert/runbook-id"]
    assert (
        "](../../README.md#alert) · after it: [alert/runbook-known](runbook-known.md)\n" in written["alert/runbook-id"]
    )
    assert " · before it: [alert/runbook-id](runbook-id.md) · after it: " in written["alert/runbook-known"]


def test_the_page_of_sections_lists_the_kinds_their_sections_and_headings(written: dict[str, str], run: Run) -> None:
    rows = re.findall(r"^\| (.+) \| (.+) \| (.+) \|$", written["runbook/sections"].partition("## Kinds")[2], re.M)
    assert rows[1:] == [
        (kind, section, ", ".join(words)) for kind, all_ in profiles.PROFILES.items() for section, words in all_.items()
    ]
    explained = " ".join(run("explain", "runbook/sections").out.split())
    assert all(f"{kind}, {section}: {words}" in explained for kind, section, words in rows[1:])
    assert not any("## Kinds" in page for rule, page in written.items() if rule != "runbook/sections")


def test_a_page_says_what_to_do_and_names_no_check(written: dict[str, str]) -> None:
    assert [rule for rule, page in written.items() if "## What to do\n" not in page] == []
    for each in ENTRIES:
        judged = written[each["id"]].partition("## What is judged\n")[2].partition("\n## ")[0]
        assert not [name for name, _ in rulebook.verbs_of(each) if name in judged]


@pytest.mark.parametrize("rule", ["read/access", "read/too-large", "read/syntax", "runbook/metadata"])
def test_a_message_in_words_of_its_own_is_no_code(written: dict[str, str], run: Run, rule: str) -> None:
    prose, example = "what is wrong, in words of its own, such as", re.escape(rulefacts.example(entry_of(rule)))
    assert re.search(rf"^\| \w+ \| {prose} `{example}` \|$", written[rule], re.M)
    assert re.search(rf"^  \w+ +{prose}: {example}$", run("explain", rule).out, re.M)


def test_a_rule_of_ones_own_without_an_example_of_its_words() -> None:
    assert "| error | what is wrong, in words of its own |\n" in rulepage.page(entry(message="{value}"), SITE)


def test_what_is_said_for_example_is_said_indeed(write: Write, run: Run) -> None:
    folder = write({"runbooks/big.md": "x" * 5_000_001})
    (folder / "runbooks/lost.md").symlink_to("nowhere")
    assert {each["rule"]: each["message"] for each in report(run)[1]["findings"]} == {
        each["id"]: each["for_example"] for each in ENTRIES if "for_example" in each
    }


def test_what_a_page_says_of_a_link_that_cannot_be_told(write: Write, run: Run) -> None:
    linked = {
        "alerts.yaml": ALERTS.replace("DiskFull", "Filling")
        + "        annotations: {runbook_url: 'https://wiki.example.com/disk.md'}\n"
    }
    write({**CLEAN, **linked})
    assert "cannot be told here  alert/runbook-id\n" in run("check").out
    as_url = {
        **linked,
        "runbooks/runbooks.catalog.json": CATALOG.replace("runbooks/disk.md", "https://wiki.example.com/disk.md"),
    }
    prefix = {
        **CLEAN,
        **linked,
        ".runbook-lint.yaml": 'version: 1\nurl_prefixes: {"https://wiki.example.com/": runbooks/}\n',
    }
    for files in (as_url, prefix):
        folder = write(files)
        run("check", "--fix", "--select", "alert")
        assert "runbook_id: ops.disk, " in (folder / "alerts.yaml").read_text()


def test_hostile_words_stay_words() -> None:
    example = {"bad": {"a|b.md": "```\n````\n<b>\x1b\n"}, "found": ["a|b.md:1:1: ```"], "why": NASTY}
    hostile = entry(message=NASTY, why=NASTY, hint=NASTY, source=NASTY, field=NASTY, examples=[example])
    page = rulepage.page(hostile, SITE)
    assert not {"\x1b", "\u202e"} & {*page}
    assert headings(page) == [
        "house/team", "Why", "What to do", "What is judged", "Configuration", "Waivers", "Examples",
    ]  # fmt: skip
    assert kinds(page) <= {"text", "code_inline", "link_open", "link_close", "strong_open", "strong_close"}
    links = {child.attrs.get("href") for token in MARKDOWN.parse(page) for child in token.children or ()}
    assert links - {None} == {"../../README.md", "../../README.md#house"}


@pytest.mark.parametrize(
    ("words", "markdown"),
    [
        ("a `<b>` c", "a `<b>` c"),
        ("``a`b`` <c>", "``a`b`` &lt;c>"),
        ("a ` <b>", r"a \` &lt;b>"),
        ("# a\nb", r"\# a b"),
        ("1. a", r"1\. a"),
        ("> a", r"\> a"),
        ("snake_case, _a_ and *b*", r"snake_case, \_a\_ and \*b\*"),
        ("[a](b) &amp; c & d", r"\[a\](b) \&amp; c & d"),
    ],
)  # fmt: skip
def test_prose(words: str, markdown: str) -> None:
    assert markup.sentence(words) == markdown
    (paragraph,) = [token for token in MARKDOWN.parse(markdown) if token.type == "inline"]
    shown = "".join(child.content for child in paragraph.children or ())
    assert shown == re.sub(r"`+(.+?)`+(?!`)", r"\1", " ".join(words.split())) or "`" in words


# --- what a page says is true -----------------------------------------------------------------------------------------


def test_the_configuration_of_every_page_is_valid() -> None:
    snippets = [rulefacts.snippet(each).splitlines() for each in ENTRIES]
    written = "\n".join(["version: 1", "rules:", *(lines[1] for lines in snippets)])
    rules = {rule.id: rule.severity for rule in rulebook.load("", config.parse(written, "config"))}
    assert list(rules) == [each["id"] for each in ENTRIES]
    assert [each["id"] for each in ENTRIES if rules[each["id"]] == each["severity"]] == []
    off = "\n".join(["version: 1", "rules:", *(lines[2].replace("# ", "") for lines in snippets)])
    assert rulebook.load("", config.parse(off, "config")) == []


def bad(shipped: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The bad examples of a rule, without their repairs."""
    for example in packs.examples(shipped):
        if "bad" in example:
            yield {key: value for key, value in example.items() if key != "fixed"}


@pytest.mark.parametrize("shipped", SOME, ids=lambda each: str(each["id"]))
def test_the_file_of_waivers_excuses_what_a_page_says_it_does(tmp_path: Path, shipped: dict[str, Any]) -> None:
    waiver = yaml.safe_load(rulefacts.listed_waiver(shipped))["waivers"][0]
    anywhere = {key: value for key, value in waiver.items() if key not in ("paths", "runbook_id", "alert")}
    listed = yaml.safe_dump({"version": 1, "waivers": [{**anywhere, "until": "2027-01-31", "paths": ["**"]}]})
    for example in bad(shipped):
        if WAIVERS not in example["bad"]:
            left = found(tmp_path, shipped["id"], example, {**example["bad"], WAIVERS: listed})
            assert bool(left) is not rulefacts.is_waivable(shipped)


@pytest.mark.parametrize("name", ["alert/runbook-id", "catalog/title-agrees", "runbook/title", "baseline/schema"])
def test_the_command_of_a_page_writes_the_waiver_of_a_page(write: Write, run: Run, name: str) -> None:
    (shipped,) = (each for each in ENTRIES if each["id"] == name)
    folder = write(CLEAN)
    _, *words = shlex.split(rulefacts.waive_command(shipped))
    assert run(*words, "--as-of", "2026-11-01").code == 0
    assert yaml.safe_load((folder / WAIVERS).read_text()) == yaml.safe_load(rulefacts.listed_waiver(shipped))


COMMENTED = (".md", ".yaml", ".yml")


def language_of(path: str, text: str, number: int) -> str:
    """In which of a page's languages a line of a file is."""
    if not path.endswith(".md"):
        return "YAML" if path.endswith((".yaml", ".yml")) else ""
    fences = [at for at, line in enumerate(text.split("\n"), 1) if line == "---"]
    return "front matter" if text.startswith("---\n") and number in range(2, fences[1]) else "markdown"


def commented(shipped: dict[str, Any], example: dict[str, Any], place: str) -> dict[str, str]:
    """The files of an example with the waivers of the page where its findings stand, each in the language of its place:
    on the line before, at the end of the line, or, in markdown, for the whole file."""
    files = dict(example["bad"])
    places = {(path, int(number)) for path, number, _ in (line.split(":", 2) for line in example["found"])}
    for path, number in sorted(places, reverse=True):
        language = language_of(path, files[path], number) if path in files else ""
        if language:
            assert language in rulefacts.languages(shipped)
            whole = place == "file" and path.endswith(".md")
            waiver = rulefacts.waiver("markdown" if whole else language, shipped["id"])
            files[path] = {"before": before, "end": at_the_end, "file": below}[place](files[path], number, waiver)
    return files


def before(text: str, number: int, waiver: str) -> str:
    """The text with a waiver on the line before one, or before the fence around it."""
    lines = text.split("\n")
    fences = [at for at, line in enumerate(lines[: number - 1]) if line.startswith("```")]
    at = fences[-1] if len(fences) % 2 and waiver.startswith("<") else number - 1
    margin = " " * (len(lines[at]) - len(lines[at].lstrip()))
    return "\n".join([*lines[:at], margin + waiver, *lines[at:]])


def at_the_end(text: str, number: int, waiver: str) -> str:
    """The text with a waiver at the end of a line."""
    lines = text.split("\n")
    own = f"{lines[number - 1]} {waiver.replace('disable-next-line', 'disable-line')}"
    return "\n".join([*lines[: number - 1], own.lstrip(), *lines[number:]])


def below(text: str, _number: int, waiver: str) -> str:
    """The text of a markdown file with a waiver for all of it at its end; any other as it is."""
    return f"{text}\n{waiver.replace('next-line', 'file')}" if waiver.startswith("<") else text


def left(
    root: Path, shipped: dict[str, Any], example: dict[str, Any], place: str, endings: tuple[str, ...]
) -> set[str]:
    """The files with such endings in which something is found, after each finding was waived in one place."""
    lines = found(root, shipped["id"], example, commented(shipped, example, place))
    return {line.partition(":")[0] for line in lines} & {path for path in example["bad"] if path.endswith(endings)}


def test_a_page_says_what_cannot_be_waived(written: dict[str, str]) -> None:
    for each in ENTRIES:
        assert ("It cannot be waived: " in written[each["id"]]) is not rulefacts.is_waivable(each)
        assert (f"\n$ runbook-lint waive {each['id']} --" in written[each["id"]]) is rulefacts.is_waivable(each)


@pytest.mark.parametrize("shipped", SOME, ids=lambda each: str(each["id"]))
def test_the_comments_of_a_page_excuse_what_it_finds(tmp_path: Path, shipped: dict[str, Any]) -> None:
    for example in bad(shipped) if rulefacts.languages(shipped) else ():
        # Nothing stands before a finding that is about the whole file, nothing after one in a fence.
        assert any(not left(tmp_path, shipped, example, place, COMMENTED) for place in ("before", "end"))
        assert not left(tmp_path, shipped, example, "file", (".md",))


IN_FRONT = """\
---
title: Disk full
owner: TBD
severity: {page: yes}
last_reviewed_at: 2029-01-01
pager_password: qv7tkx2mzp9w
---

The disk.
"""


@pytest.mark.parametrize("place", [before, at_the_end], ids=["the line before", "the end of the line"])
def test_the_comments_of_a_page_excuse_what_stands_in_front_matter(write: Write, run: Run, place: Any) -> None:
    write({"runbooks/disk.md": IN_FRONT, "runbooks.catalog.yaml": "runbooks: []\n"})
    there = [each for each in report(run, "--as-of", "2026-11-01")[1]["findings"] if each["path"].endswith(".md")]
    assert {(each["line"], each["rule"]) for each in there} == {
        (2, "catalog/unlisted-runbook"), (2, "runbook/sections"), (3, "runbook/placeholder"),
        (4, "runbook/metadata"), (5, "review/future"), (6, "secret/password"),
    }  # fmt: skip
    text = IN_FRONT
    pages = {each["id"]: each for each in ENTRIES}
    for number, rule in sorted({each["line"]: each["rule"] for each in there}.items(), reverse=True):
        (comment,) = (comment for where, comment in rulefacts.comments(pages[rule]) if "front matter between" in where)
        rules = ",".join(sorted(each["rule"] for each in there if each["line"] == number))
        text = place(text, number, comment.replace(rule, rules))
    write({"runbooks/disk.md": text})
    assert [each for each in report(run, "--as-of", "2026-11-01")[1]["findings"] if each["path"].endswith(".md")] == []


# --- writing them -----------------------------------------------------------------------------------------------------

PAGES = ("rules", "--format", "markdown", "--pages", "pages", "--select", "house")
OWN = {".runbook-lint.yaml": "version: 1\npacks: [house.yaml]\n", "house.yaml": HOUSE}


def test_pages_of_house_rules_are_written_compared_and_removed(write: Write, run: Run) -> None:
    folder = write({**OWN, "pages/house/notes.md": "# Mine\n", "pages/own.md": f"# Mine\n\n{rulespage.MARK}\n"})
    assert run(*PAGES, "--check") == (1, "pages/README.md: missing\npages/house/team.md: missing\n", "")
    assert run(*PAGES).out == "2 files written, 0 as they were, 0 removed\n"
    assert "[house/team](house/team.md)" in (folder / "pages/README.md").read_text()
    assert "alert '{name}' has no team" in (folder / "pages/house/team.md").read_text()
    assert run(*PAGES, "--check") == (0, "", "")
    write({"house.yaml": HOUSE.replace("house/team", "house/owner")})
    gone = "pages/README.md: stale\npages/house/owner.md: missing\npages/house/team.md: of a rule that is gone\n"
    assert run(*PAGES, "--check") == (1, gone, "")
    assert run(*PAGES).out == "2 files written, 0 as they were, 1 removed\n"
    assert sorted(path.name for path in (folder / "pages").rglob("*.md")) == [
        "README.md", "notes.md", "own.md", "owner.md",
    ]  # fmt: skip


def test_what_was_not_generated_is_not_written_over(write: Write, run: Run) -> None:
    folder = write({**OWN, "pages/house/team.md": "# By hand\n"})
    ran = run(*PAGES)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == ("runbook-lint: pages/house/team.md was not generated, so it is not written over; move it away\n")
    assert not (folder / "pages/README.md").exists()
    assert (folder / "pages/house/team.md").read_text() == "# By hand\n"


def test_nothing_outside_the_folder_is_removed(write: Write, run: Run) -> None:
    stale = f"# house/gone\n\n{rulespage.MARK}\n"
    folder = write({**OWN, "else/house/gone.md": stale, "pages/.keep": ""})
    (folder / "pages/linked").symlink_to(folder / "else/house")
    assert run(*PAGES).out.endswith(" 0 removed\n")
    assert (folder / "else/house/gone.md").read_text() == stale


@pytest.mark.parametrize("words", [("--pages", "x"), ("--check",), ("--format", "json", "--pages", "x")])
def test_options_that_go_together(write: Write, run: Run, words: tuple[str, ...]) -> None:
    write(OWN)
    ran = run("rules", *words)
    assert ran.code == 2
    assert "--pages goes with --format markdown, and --check with --pages." in ran.err


def test_a_folder_that_is_a_file(write: Write, run: Run) -> None:
    write({**OWN, "pages": "x"})
    ran = run(*PAGES)
    assert ran.code == 2
    assert re.fullmatch(r"runbook-lint: cannot read .*pages.*: not a directory\n", ran.err)


def test_without_pages_nothing_leads_to_them() -> None:
    assert "](" not in rulespage.index([entry()], {}).replace("[house](#house)", "")
    assert pages.site("/elsewhere", "a b", None).policy == ""
    index = rulespage.index([entry()], {}, rulespage.Site("/r/i.md", "/r/a b"))
    assert "| [house/team](a%20b/house/team.md) | error | `m` |\n" in index
