"""Wrong configurations, packs and requests: one sentence with the place and what to do, never a hang."""

import time

import pytest
from conftest import ALERTS, CATALOG, CLEAN, Run, Write, found, git, report

CONFIGS: dict[str, tuple[str | bytes, str]] = {
    "an unknown key": (
        "version: 1\nexclud: [x]\n",
        ".runbook-lint.yaml:2:1: unknown key 'exclud'; did you mean 'exclude'?",
    ),
    "an unknown rule": (
        "version: 1\nrules:\n  alert/runbok-id: off\n",
        ".runbook-lint.yaml:3:3: there is no rule 'alert/runbok-id'; did you mean 'alert/runbook-id'?",
    ),
    "an unknown option": (
        "version: 1\nrules:\n  review/overdue: {dayz: 3}\n",
        ".runbook-lint.yaml:3:20: there is no option 'dayz'; did you mean 'days'?",
    ),
    "nothing in it": ("", ".runbook-lint.yaml:1:1: the file is empty; write at least 'version: 1'"),
    "a list": ("- a\n", ".runbook-lint.yaml:1:1: the document must be a mapping, not a list"),
    "no YAML": ("version: [\n", ".runbook-lint.yaml:2:1: not valid YAML"),
    "no UTF-8": (b"version: 1 # \xe9\n", ".runbook-lint.yaml"),
    "a pack that is not there": ("version: 1\npacks: [no.yaml]\n", "the pack no.yaml cannot be read: No such file"),
}


@pytest.mark.parametrize(("config", "sentence"), CONFIGS.values(), ids=CONFIGS)
def test_a_configuration_with(write: Write, run: Run, config: str | bytes, sentence: str) -> None:
    write({**CLEAN, ".runbook-lint.yaml": config})
    ran = run("check")
    assert (ran.code, ran.out) == (2, "")
    assert sentence in ran.err


def test_a_configuration_that_is_a_folder(write: Write, run: Run) -> None:
    write({**CLEAN, ".runbook-lint.yaml/x": ""})
    ran = run("check")
    assert (ran.code, ran.out) == (2, "")
    assert ".runbook-lint.yaml cannot be read" in ran.err


def pack(must: str) -> dict[str, str]:
    """A configuration with a pack of one rule over the names of alerts."""
    rule = (
        f"{{id: house/name, each: alert, field: name, must: {must}, severity: error, message: bad, why: House style.}}"
    )
    return {
        **CLEAN,
        ".runbook-lint.yaml": "version: 1\npacks: [house.yaml]\n",
        "house.yaml": f"version: 1\nrules:\n  - {rule}\n",
        "long.yaml": ALERTS.replace("DiskFull", "a" * 40 + "!"),
    }


PACKS = {
    "an unknown check": (
        "{mach: {pattern: a}}",
        "house.yaml:3:48: house/name: there is no check 'mach'; did you mean 'match'?",
    ),
    "an unknown option": (
        "{match: {patern: a}}",
        "house.yaml:3:63: house/name: match: there is no option 'patern'; did you",
    ),
    "an invalid expression": (
        "{match: {pattern: '(a'}}",
        "house.yaml:3:63: house/name: match: the pattern is no regular expression: "
        "missing ), unterminated subpattern at character 1",
    ),
    "a check of another scope": ("be-listed", "house.yaml:3:48: house/name: the check 'be-listed' goes with `every:`"),
    "an expression that runs away": (
        "{match: {pattern: '(a+)+$'}}",
        "house.yaml: house/name: its pattern runs away on long.yaml: it took more than 2 seconds",
    ),
    "an expression that runs away and must not match": (
        "{not-match: {pattern: '(a|aa)+$'}}",
        "house.yaml: house/name: its pattern runs away on long.yaml",
    ),
    "a secret that runs away": (
        "{hold-no-secret: {pattern: '(a|aa)+$'}}",
        "house.yaml: house/name: its pattern runs away on long.yaml",
    ),
}


@pytest.mark.parametrize(("must", "sentence"), PACKS.values(), ids=PACKS)
def test_a_pack_with(write: Write, run: Run, must: str, sentence: str) -> None:
    write(pack(must))
    began = time.process_time()
    ran = run("check")
    assert (ran.code, ran.out) == (2, "")
    assert sentence in ran.err
    assert time.process_time() - began < 10


def test_a_pattern_of_the_configuration_is_held_to_the_same(write: Write, run: Run) -> None:
    write({**pack("{match: {pattern: a}}"), ".runbook-lint.yaml": (
        "version: 1\npacks: [house.yaml]\nrules:\n  house/name: {pattern: '(a+)+$'}\n"
    )})  # fmt: skip
    assert ".runbook-lint.yaml:4:3: house/name: its pattern runs away on long.yaml" in run("check").err


def test_an_honest_pattern_is_let_through(write: Write, run: Run) -> None:
    write(pack("{not-match: {pattern: '^a+!'}}"))
    assert found(run, "--select", "house") == ["long.yaml:4:16: error house/name: bad"]


def test_a_path_that_does_not_exist(write: Write, run: Run) -> None:
    write(CLEAN)
    assert run("check", "nowhere.md") == (2, "", "runbook-lint: there is no file or folder 'nowhere.md'\n")


def test_a_path_that_is_not_read_is_said(write: Write, run: Run) -> None:
    folder = write({**CLEAN, ".gitignore": "build/\n", "build/a.yaml": ALERTS})
    git(folder, "init")
    assert "hint: 'build/a.yaml' is not read: git ignores it" in run("check", "build/a.yaml").out


def test_nothing_of_ours(write: Write, run: Run) -> None:
    write({"main.py": "print()\n", "README.md": "# A program\n"})
    assert run("check").code == 3


def test_two_catalogs_are_one(write: Write, run: Run) -> None:
    write({**CLEAN, "more/runbooks.catalog.json": CATALOG})
    assert [line for line in found(run) if "catalog/unique-id" in line] != []


def test_without_a_catalog_ids_cannot_be_told(write: Write, run: Run) -> None:
    write({name: text for name, text in CLEAN.items() if "catalog" not in name})
    code, document = report(run, "--select", "alert")
    assert (code, document["findings"], document["summary"]["cannot_tell"]) == (0, [], 1)
    assert document["hints"][0].startswith("no catalog, so ids")
