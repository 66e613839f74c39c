"""``runbook-lint review``: it shows what changed, and stamps only what was looked at and is right."""

import json
from pathlib import Path

import pytest
from conftest import CATALOG, CLEAN, DAY, ENTRY, RUNBOOK, Ran, Run, Write, change_to, commit, git

DATED = RUNBOOK + "\n**Last reviewed**: 2026-02-20\n"


def review(run: Run, *words: str) -> Ran:
    return run("review", "--as-of", DAY, *words)


def entry(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / "runbooks/runbooks.catalog.json").read_text())["runbooks"][0]
    return found


def test_the_stamp_is_set_in_the_catalog_and_in_the_document(write: Write, run: Run) -> None:
    folder = commit(write({**CLEAN, "runbooks/disk.md": DATED}))
    ran = review(run, "ops.disk", "--by", "ops")
    assert ran.code == 0
    assert ran.out.endswith("reviewed on 2026-03-01: ops.disk\n")
    assert (entry(folder)["last_reviewed_at"], entry(folder)["x-reviewed-by"]) == (DAY, "ops")
    assert (folder / "runbooks/disk.md").read_text() == DATED.replace("2026-02-20", DAY)
    assert (folder / "runbooks/runbooks.catalog.json").read_text() == CATALOG.replace("2026-02-20", DAY).replace(
        '"url"', '"x-reviewed-by": "ops", "url"'
    )
    assert run("check").code == 0


def test_what_changed_since_the_last_review_is_shown(write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write({**CLEAN, "runbooks/disk.md": DATED})
    for day, files in (
        ("2026-02-10", {}),
        ("2026-02-25", {"runbooks/disk.md": DATED.replace("Grow", "Shrink")}),
        ("2026-02-26", {"alerts.yaml": CLEAN["alerts.yaml"].replace("disk_free < 1", "disk_free  <  5")}),
    ):
        for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
            monkeypatch.setenv(name, f"{day}T12:00:00Z")
        folder = commit(write(files), f"work of {day}")
    one = git(folder, "rev-parse", "HEAD~1")[:9]
    assert review(run, "ops.disk").out == (
        "ops.disk: Disk full\n"
        "  last review: 2026-02-20\n"
        "  changes of runbooks/disk.md since: 1\n"
        f"    2026-02-25 {one} Test: work of 2026-02-25\n"
        "  the expression of DiskFull was: disk_free < 1\n"
        "                      and is: disk_free < 5\n"
        "reviewed on 2026-03-01: ops.disk\n"
    )


def test_a_date_of_git_becomes_one_of_a_person(write: Write, run: Run) -> None:
    marked = ENTRY.replace('"signals"', '"x-reviewed-from": "git", "signals"')
    folder = commit(write({**CLEAN, "runbooks/runbooks.catalog.json": f'{{"version": 1, "runbooks": [{marked}]}}'}))
    assert "  last review: 2026-02-20 (of git, not of a person)\n" in review(run, "ops.disk").out
    assert entry(folder)["x-reviewed-from"] == "review"


def test_a_runbook_with_errors_is_stamped_only_with_a_reason(write: Write, run: Run) -> None:
    folder = commit(write({**CLEAN, "runbooks/disk.md": RUNBOOK + "2. See [the graph](gone.md).\n"}))
    ran = review(run, "ops.disk")
    assert ran.code == 1
    assert "not stamped, for there are errors:\n  runbooks/disk.md:6: there is no file" in ran.out
    assert git(folder, "status", "--short") == ""
    assert review(run, "ops.disk", "--force", "--reason", "the graph comes back tomorrow").code == 0
    assert entry(folder)["x-reviewed-in-spite-of"] == "the graph comes back tomorrow"


def test_being_overdue_is_no_obstacle(write: Write, run: Run) -> None:
    commit(write({**CLEAN, "runbooks/runbooks.catalog.json": CATALOG.replace("2026-02-20", "2024-02-20")}))
    assert run("check").code == 1
    assert review(run, "ops.disk").code == 0
    assert run("check").code == 0


@pytest.mark.parametrize(("words", "said"), [
    (["ops.dsk"], "no catalog has the id 'ops.dsk'; did you mean 'ops.disk'?"),
    (["ops.disk", "--date", "2026-03-02"], "2026-03-02 is after today, 2026-03-01"),
    (["ops.disk", "--date", "2026-02-19"], "was reviewed on 2026-02-20, after 2026-02-19; a date never moves"),
    (["ops.disk", "--date", "2026-02-30"], "'2026-02-30' is no day of the calendar"),
    (["ops.disk", "--by", "nobody"], "the roster has no team 'nobody'; there are ops"),
    (["ops.disk", "--force"], "--force needs a --reason"),
])  # fmt: skip
def test_what_is_no_review(write: Write, run: Run, words: list[str], said: str) -> None:
    folder = commit(write({**CLEAN, "oncall.yaml": "teams: {ops: {primary: ada, backup: grace}}\n"}))
    ran = review(run, *words)
    assert (ran.code, said in ran.err) == (2, True)
    assert git(folder, "status", "--short") == ""


def test_without_git_a_review_is_stamped_all_the_same(write: Write, run: Run) -> None:
    folder = write({**CLEAN, "runbooks/runbooks.catalog.yaml": "- {id: ops.web, title: Web, url: runbooks/web.md}\n"})
    write({"runbooks/web.md": RUNBOOK.replace("Disk full", "Web")})
    assert review(run, "ops.disk").code == 0
    change_to(folder, {**CLEAN, "runbooks/runbooks.catalog.json": CATALOG})
    assert review(run, "ops.disk", "--date", DAY).out.splitlines()[:2] == [
        "ops.disk: Disk full",
        "  last review: 2026-02-20",
    ]


# --- what is in force -------------------------------------------------------------------------------------------------


def test_every_setting_is_shown_with_its_place(write: Write, run: Run) -> None:
    write({**CLEAN, ".runbook-lint.yaml": (
        "version: 1\nrunbooks: ['runbooks/**']\nseverity_map: {urgent: sev1}\nrules:\n  review/overdue: {days: 60}\n"
    )})  # fmt: skip
    lines = run("config", "show").out.splitlines()
    for line in (
        'runbooks: ["runbooks/**"] # .runbook-lint.yaml:2:1',
        "alerts: null # found by content and name",
        '  urgent: "sev1" # .runbook-lint.yaml:3:16',
        '  critical: "sev1" # default',
        '  review/overdue: {"days": 60} # .runbook-lint.yaml:5:3',
    ):
        assert line in lines
    (Path.cwd() / ".runbook-lint.yaml").unlink()
    assert "rules: {} # default: all as their packs have them" in run("config", "show").out
