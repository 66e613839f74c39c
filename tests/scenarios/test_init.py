"""From nothing to a green, honest gate: ``init``, ``check --fix``, ``baseline create``, ``check``."""

import json
import re
from pathlib import Path
from typing import Any

import fakes
import pytest
from conftest import ALERTS, DAY, RUNBOOK, Ran, Run, Write, commit, git, report
from jsonschema import Draft202012Validator

from runbook_lint import resources

DISK = "docs/runbooks/storage/disk-full.md"
FRIDAY = {
    DISK: "# Disk full\n\n**Owner**: storage\n\nLast reviewed: 2026-02-01\n\n## Steps\n\n1. Grow it.\n",
    "docs/runbooks/mail/MailStuck.md": "# Mail is stuck\n\n## Steps\n\n1. Flush it.\n",
    "docs/runbooks/web.md": RUNBOOK.replace("Disk full", "Web down"),
    "deploy/alerts.yaml": ALERTS
    + "        labels: {severity: warning}\n"
    + f"        annotations: {{runbook_url: 'https://github.com/example/ops/blob/main/{DISK}'}}\n"
    + "      - {alert: MailStuck, expr: b, labels: {severity: page, team: mail}}\n"
    + "      - {alert: Lost, expr: c}\n",
    "CODEOWNERS": "docs/runbooks/web.md @example/web-team\n",
}


@pytest.fixture(autouse=True)
def _long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """All commits are written on one day."""
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2026-01-15T12:00:00Z")


def init(run: Run, *words: str) -> Ran:
    return run("init", "--as-of", DAY, *words)


def catalog(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "docs/runbooks/runbooks.catalog.json").read_text())
    Draft202012Validator(resources.schema("catalog")).validate(document)
    return document


def test_what_the_repository_tells_makes_the_catalog(write: Write, run: Run) -> None:
    folder = commit(write(FRIDAY))
    ran = init(run)
    assert ran.code == 0
    assert catalog(folder) == {
        "version": 1,
        "runbooks": [
            {"id": "mail.mail-stuck", "title": "Mail is stuck", "severity_hint": "sev1", "owner_team": "mail",
             "last_reviewed_at": "2026-01-15", "url": "docs/runbooks/mail/MailStuck.md", "signals": ["mail_stuck"],
             "x-reviewed-from": "git"},
            {"id": "storage.disk-full", "title": "Disk full", "severity_hint": "sev2", "owner_team": "storage",
             "last_reviewed_at": "2026-02-01", "url": DISK, "signals": ["disk_full"]},
            {"id": "ops.web", "title": "Web down", "severity_hint": "sev3", "owner_team": "web",
             "last_reviewed_at": "2026-01-15", "url": "docs/runbooks/web.md", "signals": [],
             "x-severity-from": "default", "x-reviewed-from": "git"},
        ],
        "signals": {"mail_stuck": ["mail.mail-stuck"], "disk_full": ["storage.disk-full"]},
    }  # fmt: skip
    assert ran.out == (
        "wrote docs/runbooks/runbooks.catalog.json\n"
        "wrote .runbook-lint.yaml\n"
        "\n"
        "left for you to decide:\n"
        "  1. 1 alert has no runbook here: Lost\n"
        "  2. 1 entry has no severity but the least (`x-severity-from: default`): ops.web\n"
        "  3. 2 entries have no review but the day of the last change (`x-reviewed-from: git`): "
        "mail.mail-stuck, ops.web\n"
    )


def test_then_all_is_green_and_every_promise_is_kept(write: Write, run: Run) -> None:
    folder = commit(write(FRIDAY))
    init(run)
    run("check", "--fix")
    changed = git(folder, "diff").splitlines()
    old, new = ([line[1:] for line in changed if re.match(mark, line)] for mark in ("-[^-]", "[+][^+]"))
    ids = ("runbook_id: storage.disk-full, ", "annotations: {runbook_id: mail.mail-stuck}, ")
    assert old == [line.replace(ids[0], "").replace(ids[1], "") for line in new]
    assert run("baseline", "create", "--as-of", DAY).code == 0
    assert run("check").code == 0
    commit(folder)
    init(run)
    run("check", "--fix")
    assert git(folder, "status", "--short") == ""
    text = (folder / "docs/runbooks/runbooks.catalog.json").read_text()
    for name, broken in {
        "docs/runbooks/runbooks.catalog.json": text.replace('"ops.web"', '"mail.mail-stuck"'),
        DISK: FRIDAY[DISK] + f"\npassword: {fakes.PASSWORD}\n",
        "deploy/more.yaml": ALERTS.replace("DiskFull", "New"),
    }.items():
        write({name: broken})
        assert run("check").code == 1
        git(folder, "checkout", "-q", ".")
        git(folder, "clean", "-fdq")
    assert run("check", "--as-of", "2026-09-01").code == 1


def test_a_guessed_severity_is_marked_until_somebody_decides_it(write: Write, run: Run) -> None:
    folder = commit(write(FRIDAY))
    init(run)
    web = catalog(folder)["runbooks"][2]
    assert (web["severity_hint"], web["x-severity-from"]) == ("sev3", "default")
    assert run("review", "ops.web", "--as-of", DAY).code == 0
    reviewed = catalog(folder)["runbooks"][2]
    assert reviewed == {**web, "last_reviewed_at": DAY, "x-reviewed-from": "review"}
    run("check", "--fix")
    assert run("baseline", "create", "--as-of", DAY).code == 0
    text = (folder / "docs/runbooks/runbooks.catalog.json").read_text()
    write({"docs/runbooks/runbooks.catalog.json": re.sub(r',\s+"x-severity-from": "default"', "", text)})
    assert "x-severity-from" not in catalog(folder)["runbooks"][2]
    assert run("check").code == 0
    assert init(run).out == (
        "nothing to add: every runbook is in the catalog\n"
        "\n"
        "left for you to decide:\n"
        "  1. 1 alert has no runbook here: Lost\n"
    )


def test_a_dry_run_shows_a_diff_and_writes_nothing(write: Write, run: Run) -> None:
    folder = commit(write(FRIDAY))
    out = init(run, "--dry-run").out
    assert out.startswith(
        "--- a/docs/runbooks/runbooks.catalog.json\n+++ b/docs/runbooks/runbooks.catalog.json\n@@ -0,0 +1,"
    )
    assert '+      "id": "storage.disk-full",\n' in out
    assert git(folder, "status", "--short") == ""


def test_again_it_only_adds_what_is_new(write: Write, run: Run) -> None:
    folder = commit(write(FRIDAY))
    init(run)
    write({".runbook-lint.yaml": "version: 1 # mine\n", "docs/runbooks/cache.md": RUNBOOK})
    commit(folder)
    document = catalog(folder)
    document["runbooks"][0]["title"] = "Mail waits"
    write({"docs/runbooks/runbooks.catalog.json": json.dumps(document, indent=4)})
    before = (folder / "docs/runbooks/runbooks.catalog.json").read_text()
    assert init(run).out.startswith("added to docs/runbooks/runbooks.catalog.json\n\nleft for you")
    after = (folder / "docs/runbooks/runbooks.catalog.json").read_text()
    assert [line for line in before.splitlines() if line not in after.splitlines()] == []
    assert [each["id"] for each in catalog(folder)["runbooks"]][-1] == "ops.cache"
    assert (folder / ".runbook-lint.yaml").read_text() == "version: 1 # mine\n"
    assert init(run).out.startswith("nothing to add: every runbook is in the catalog\n")


def test_ids_that_would_be_equal_are_numbered_and_said(write: Write, run: Run) -> None:
    paths = ("runbooks/disk.md", "docs/runbooks/disk.md", "docs/runbooks/Disk.md")
    folder = commit(write(dict.fromkeys(paths, RUNBOOK)))
    out = init(run).out
    ids = [each["id"] for each in json.loads((folder / "runbooks.catalog.json").read_text())["runbooks"]]
    assert ids == ["ops.disk", "ops.disk-2", "ops.disk-3"]
    assert "2 entries have an id with a number, because another file gives the same: ops.disk-2, ops.disk-3" in out


def test_owners_come_from_owners_files_where_nothing_else_says(write: Write, run: Run) -> None:
    owners = "approvers:\n- ada\n- grace\n"
    folder = commit(write({"a/runbooks/disk.md": RUNBOOK, "a/OWNERS": owners, "b/runbooks/web.md": RUNBOOK}))
    out = init(run).out
    entries = json.loads((folder / "runbooks.catalog.json").read_text())["runbooks"]
    assert {each["id"]: each["owner_team"] for each in entries} == {"a.disk": "ada", "b.web": "unowned"}
    assert "1 entry has no owner (`unowned`): b.web" in out


@pytest.mark.parametrize("files", [{}, {"README.md": "# About\n"}])
def test_where_there_is_nothing_it_says_so(write: Write, run: Run, files: dict[str, str]) -> None:
    write(files)
    ran = init(run)
    assert (ran.code, "there is no runbook and no alert rule here" in ran.err) == (2, True)


def test_alerts_without_any_runbook_get_an_empty_catalog(write: Write, run: Run) -> None:
    folder = write({"alerts.yaml": ALERTS})
    assert init(run).code == 0
    assert json.loads((folder / "runbooks.catalog.json").read_text())["runbooks"] == []
    assert report(run)[0] == 1


def test_a_secret_in_a_heading_goes_nowhere_else(write: Write, run: Run) -> None:
    folder = commit(write({"runbooks/disk.md": RUNBOOK.replace("Disk full", f"Log in with {fakes.TOKEN}")}))
    for words in (["init", "--dry-run"], ["init"], ["check", "--diff"], ["check", "--fix"]):
        assert fakes.TOKEN not in run(*words).out
    assert fakes.TOKEN not in (folder / "runbooks/runbooks.catalog.json").read_text()
    write({"runbooks/mail.md": RUNBOOK.replace("Disk full", f"Log in with {fakes.TOKEN}")})
    assert fakes.TOKEN not in run("check", "--diff").out
    run("check", "--fix")
    assert fakes.TOKEN not in (folder / "runbooks/runbooks.catalog.json").read_text()
