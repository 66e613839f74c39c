"""What the hooks judge: the files that git tracks, and what the next commit changes."""

from pathlib import Path

import pytest
from conftest import ALERTS, CLEAN, Run, Write, commit, git, report

NEW = ALERTS.replace("DiskFull", "New")
UNTOUCHED = "the change touches no file that is read"


def staged(run: Run, *words: str) -> list[str]:
    """What the hook for a commit says, as ``path: rule``."""
    found = report(run, "--base", "HEAD", "--staged", "--allow-empty", *words)[1]["findings"]
    return [f"{each['path']}: {each['rule']}" for each in found]


# --- files that git does not track ------------------------------------------------------------------------------------


def test_what_git_does_not_track_is_no_part_of_a_commit(write: Write, run: Run) -> None:
    commit(write({name: text for name, text in CLEAN.items() if name != "runbooks/disk.md"}))
    write({"runbooks/disk.md": CLEAN["runbooks/disk.md"], "draft.yaml": NEW})
    assert {each["rule"] for each in report(run)[1]["findings"]} == {"alert/runbook-id"}
    assert {each["rule"] for each in report(run, "--tracked")[1]["findings"]} == {"catalog/target-exists"}


def test_repairs_of_tracked_files_leave_a_draft_alone(write: Write, run: Run) -> None:
    by_link = CLEAN["alerts.yaml"].replace("runbook_id: ops.disk", "runbook_url: runbooks/disk.md")
    folder = commit(write({**CLEAN, "alerts.yaml": by_link}))
    write({"draft.yaml": by_link})
    assert "repaired 1 file" in run("check", "--fix", "--tracked").out
    assert "runbook_id: ops.disk" in (folder / "alerts.yaml").read_text()
    assert (folder / "draft.yaml").read_text() == by_link


def test_tracked_files_are_those_on_disk(write: Write, run: Run) -> None:
    commit(write(CLEAN))
    write({"alerts.yaml": ALERTS})
    assert (run("check", "--tracked").code, run("check", "--staged").code) == (1, 0)


def test_nothing_is_tracked_outside_of_a_repository(write: Write, run: Run) -> None:
    ran = run("check", "--tracked", cwd=write(CLEAN))
    assert (ran.code, ran.out) == (2, "")
    assert "what is tracked can be read only in a git repository" in ran.err


# --- a commit that concludes a merge ----------------------------------------------------------------------------------


@pytest.fixture
def merging(write: Write) -> Path:
    """A branch into which main is being merged; both have a new alert without a runbook."""
    folder = commit(write(CLEAN))
    git(folder, "checkout", "-q", "-b", "feature")
    commit(write({"ours.yaml": ALERTS.replace("DiskFull", "Ours")}))
    git(folder, "checkout", "-q", "main")
    commit(write({"theirs.yaml": ALERTS.replace("DiskFull", "Theirs")}))
    git(folder, "checkout", "-q", "feature")
    git(folder, "merge", "-q", "--no-commit", "main")
    return folder


def test_what_either_side_of_a_merge_had_is_not_new(merging: Path, run: Run) -> None:
    assert staged(run) == []
    assert "2 older findings are not the change's" in run("check", "--base", "HEAD", "--staged").out
    assert staged(run, "--all") == ["ours.yaml: alert/runbook-id", "theirs.yaml: change/alert-mapped"]


def test_what_the_merge_itself_brings_is_new(merging: Path, write: Write, run: Run) -> None:
    write({"new.yaml": NEW})
    git(merging, "add", "--all")
    assert staged(run) == ["new.yaml: change/alert-mapped"]


def test_an_id_that_both_sides_had_is_not_lost_in_a_merge(merging: Path, write: Write, run: Run) -> None:
    write({"runbooks/runbooks.catalog.json": '{"version": 1, "runbooks": []}'})
    git(merging, "add", "--all")
    assert "runbooks/runbooks.catalog.json: change/id-kept" in staged(run)


def test_two_sides_that_were_sound_may_not_be_so_together(write: Write, run: Run) -> None:
    folder = commit(write({**CLEAN, "more.yaml": CLEAN["alerts.yaml"].replace("DiskFull", "DiskSlow")}))
    git(folder, "checkout", "-q", "-b", "feature")
    commit(write({"again/a.catalog.json": CLEAN["runbooks/runbooks.catalog.json"].replace("ops.disk", "ops.new")}))
    git(folder, "checkout", "-q", "main")
    commit(write({"again/b.catalog.json": CLEAN["runbooks/runbooks.catalog.json"].replace("ops.disk", "ops.new")}))
    git(folder, "checkout", "-q", "feature")
    git(folder, "merge", "-q", "--no-commit", "main")
    assert any(each.endswith("catalog/unique-id") for each in staged(run))


# --- a commit that touches nothing of ours ----------------------------------------------------------------------------


@pytest.mark.parametrize(("files", "read"), [
    ({"main.py": "x = 2\n"}, False),
    ({"logo.svg": "<svg/>\n"}, False),
    ({"vendor/a.md": "# Not ours\n"}, False),
    ({"new.yaml": "a: 1\n"}, True),
    ({"runbooks/disk.md": "# Disk full\n\nCall somebody.\n"}, True),
    ({"NOTES": "a name without an ending may be a runbook\n"}, True),
    ({"ops/steps.rb": "# named by the configuration\n"}, True),
])  # fmt: skip
def test_a_commit_of_other_files_reads_nothing(write: Write, run: Run, files: dict[str, str], read: bool) -> None:
    config = 'version: 1\nexclude: ["vendor/**"]\nrunbooks: ["runbooks/*.md", "ops/*"]\n'
    folder = commit(write({**CLEAN, "main.py": "x = 1\n", "ops/a.rb": "# A\n", ".runbook-lint.yaml": config}))
    write(files)
    git(folder, "add", "--all")
    ran = run("check", "--base", "HEAD", "--staged", "--allow-empty")
    assert (ran.code, UNTOUCHED in ran.out) == (0, not read)
    assert UNTOUCHED not in run("check", "--base", "HEAD", "--staged").out


def test_a_commit_that_only_deletes_is_judged(write: Write, run: Run) -> None:
    linking = CLEAN["runbooks/disk.md"] + "\nThe [graph](graph.svg) tells more.\n"
    folder = commit(write({**CLEAN, "runbooks/disk.md": linking, "runbooks/graph.svg": "<svg/>\n"}))
    git(folder, "rm", "-q", "runbooks/graph.svg")
    assert staged(run) == ["runbooks/disk.md: link/target"]


def test_the_first_commit_of_code_alone(write: Write, run: Run) -> None:
    folder = write({"main.py": "x = 1\n", "alerts.yaml": ALERTS})
    git(folder, "init")
    git(folder, "add", "main.py")
    assert UNTOUCHED in run("check", "--base", "HEAD", "--staged", "--allow-empty").out
    git(folder, "add", "alerts.yaml")
    assert staged(run) == ["alerts.yaml: change/alert-mapped"]
