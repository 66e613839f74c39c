"""The hooks as a user has them: installed by pre-commit, called by ``git commit``."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml
from conftest import ALERTS, CLEAN, DAY, ROOT, Ran, Write, git

# What is in an installation, and what pre-commit reads.
SHIPPED = ("runbook_lint", "rules", "schemas", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
BUILT = "Installing environment"
NEW = ALERTS.replace("DiskFull", "New")
BY_LINK = CLEAN["alerts.yaml"].replace("runbook_id: ops.disk", "runbook_url: runbooks/disk.md")

Commit = Callable[..., Ran]


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of the tool as it is now, for pre-commit to clone."""
    folder = tmp_path_factory.mktemp("tool")
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    for words in (("init", "-q"), ("add", "--all", "--force"), ("commit", "-q", "-m", "the tool")):
        git(folder, *words, env={"GIT_CONFIG_GLOBAL": os.devnull})
    return folder


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps its environments, so that one is built for all tests."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No coverage of what runs elsewhere, and no terminal's colours."""
    for name in [name for name in os.environ if name.startswith("COV")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PRE_COMMIT_HOME", str(home))
    monkeypatch.setenv("PRE_COMMIT_COLOR", "never")


def called(command: list[str], folder: Path, env: Mapping[str, str] = {}) -> Ran:
    done = subprocess.run(command, cwd=folder, env={**os.environ, **env}, capture_output=True, check=False)
    out, err = (stream.decode().replace("\r\n", "\n") for stream in (done.stdout, done.stderr))
    assert "internal error" not in out + err
    assert "Traceback" not in out + err
    return Ran(done.returncode, out + err, "")


def pre_commit(folder: Path, *words: str) -> Ran:
    return called([sys.executable, "-m", "pre_commit", *words], folder)


@pytest.fixture
def repository(tool: Path, write: Write, settings: None) -> Callable[..., Path]:
    """Makes a repository with some files and a hook, installed, and a first commit that the hook has not seen."""

    def made(hook: str, files: Mapping[str, str | bytes] = CLEAN) -> Path:
        rev = git(tool, "rev-parse", "HEAD").strip()
        each = {"id": hook, "args": ["--as-of", DAY]}
        hooks = {"repos": [{"repo": tool.as_posix(), "rev": rev, "hooks": [each]}]}
        folder = write({**files, ".pre-commit-config.yaml": yaml.safe_dump(hooks)})
        git(folder, "init", "-q")
        git(folder, "add", "--all")
        git(folder, "commit", "-q", "-m", "first")
        assert pre_commit(folder, "install").code == 0
        return folder

    return made


def commit(folder: Path, *words: str, env: Mapping[str, str] = {}) -> Ran:
    """``git commit``, which calls the hook."""
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
    return called(["git", *who, "commit", "-m", "next", *words], folder, env)


def said(ran: Ran) -> list[str]:
    """How each hook ended, as ``name: end``; pre-commit fills the line between with dots."""
    lines = [line for line in ran.out.splitlines() if line.startswith("runbook-lint") and ".." in line]
    return [f"{line.partition('..')[0]}: {line.rpartition('.')[2]}" for line in lines]


def test_try_repo_shows_what_the_hooks_would_say(tool: Path, write: Write, settings: None) -> None:
    folder = write({"alerts.yaml": ALERTS, ".runbook-lint.yaml": "version: 1\nrules: {review/overdue: off}\n"})
    git(folder, "init", "-q")
    git(folder, "add", "--all")
    ran = pre_commit(folder, "try-repo", str(tool), "--all-files")
    assert ran.code == 1
    assert said(ran) == [
        "runbook-lint: Failed",
        "runbook-lint (repairs): Failed",
        "runbook-lint (this commit): Failed",
    ]
    assert "alert 'DiskFull' has no runbook_id" in ran.out
    assert "alert 'DiskFull' is new and names no runbook" in ran.out


# --- the whole repository ---------------------------------------------------------------------------------------------


def test_a_commit_is_stopped_mended_and_made(repository: Callable[..., Path], write: Write) -> None:
    folder = repository("runbook-lint")
    write({"alerts.yaml": ALERTS})
    stopped = commit(folder, "--all")
    assert (stopped.code, said(stopped)) == (1, ["runbook-lint: Failed"])
    assert "4:9  error    alert 'DiskFull' has no runbook_id" in stopped.out
    write({"alerts.yaml": CLEAN["alerts.yaml"] + "        for: 5m\n"})
    passed = commit(folder, "--all")
    assert (passed.code, said(passed)) == (0, ["runbook-lint: Passed"])
    assert BUILT not in passed.out


def test_a_commit_of_nothing_that_is_read_is_skipped(repository: Callable[..., Path], write: Write) -> None:
    folder = repository("runbook-lint", {"alerts.yaml": ALERTS})
    write({"main.py": "x = 1\n"})
    git(folder, "add", "main.py")
    passed = commit(folder)
    assert passed.code == 0
    assert "(no files to check)Skipped" in passed.out


def test_whoever_must_may_skip_the_hook(repository: Callable[..., Path], write: Write) -> None:
    folder = repository("runbook-lint")
    write({"alerts.yaml": ALERTS})
    skipped = commit(folder, "--all", env={"SKIP": "runbook-lint"})
    assert (skipped.code, said(skipped)) == (0, ["runbook-lint: Skipped"])


def test_what_is_staged_is_judged_and_the_rest_is_kept(repository: Callable[..., Path], write: Write) -> None:
    folder = repository("runbook-lint")
    sound, faulty = CLEAN["alerts.yaml"] + "        for: 5m\n", ALERTS
    write({"alerts.yaml": sound})
    git(folder, "add", "alerts.yaml")
    write({"alerts.yaml": faulty, "draft.yaml": faulty})
    assert commit(folder).code == 0
    assert git(folder, "show", "HEAD:alerts.yaml") == sound
    assert (folder / "alerts.yaml").read_text() == faulty

    git(folder, "add", "alerts.yaml")
    write({"alerts.yaml": sound})
    stopped = commit(folder)
    assert stopped.code == 1
    assert "alert 'DiskFull' has no runbook_id" in stopped.out
    assert "draft.yaml" not in stopped.out
    assert (folder / "alerts.yaml").read_text() == sound


def test_a_commit_of_one_path_is_judged_alone(repository: Callable[..., Path], write: Write) -> None:
    folder = repository("runbook-lint")
    write({"alerts.yaml": ALERTS, "runbooks/disk.md": CLEAN["runbooks/disk.md"] + "\nThen call somebody.\n"})
    git(folder, "add", "alerts.yaml")
    assert commit(folder, "runbooks/disk.md").code == 0
    assert commit(folder).code == 1


# --- repairs ----------------------------------------------------------------------------------------------------------


def test_a_repair_stops_the_commit_and_the_next_one_passes(repository: Callable[..., Path], write: Write) -> None:
    folder = repository("runbook-lint-fix")
    write({"alerts.yaml": BY_LINK, "draft.yaml": BY_LINK})
    git(folder, "add", "alerts.yaml")
    stopped = commit(folder)
    assert stopped.code == 1
    assert "files were modified by this hook" in stopped.out
    assert "runbook_id: ops.disk" in (folder / "alerts.yaml").read_text()
    assert (folder / "draft.yaml").read_text() == BY_LINK
    git(folder, "add", "alerts.yaml")
    assert commit(folder).code == 0
    assert "runbook_id: ops.disk" in git(folder, "show", "HEAD:alerts.yaml")


def test_a_repair_leaves_what_is_not_staged_in_its_place(repository: Callable[..., Path], write: Write) -> None:
    folder = repository("runbook-lint-fix")
    page = CLEAN["runbooks/disk.md"] + "\nNot yet staged.\n"
    write({"alerts.yaml": BY_LINK})
    git(folder, "add", "alerts.yaml")
    write({"runbooks/disk.md": page})
    assert commit(folder).code == 1
    assert "runbook_id: ops.disk" in (folder / "alerts.yaml").read_text()
    assert (folder / "runbooks/disk.md").read_text() == page

    git(folder, "checkout", "-q", "alerts.yaml")
    write({"alerts.yaml": BY_LINK.replace("runbook_url", "summary: Not yet staged, runbook_url")})
    mine = (folder / "alerts.yaml").read_text()
    rolled = commit(folder)
    assert "Rolling back fixes" in rolled.out
    assert (folder / "alerts.yaml").read_text() == mine


# --- this commit ------------------------------------------------------------------------------------------------------

OLD = {**CLEAN, "old.yaml": ALERTS.replace("DiskFull", "Old")}


def test_older_findings_pass_and_new_ones_stop_the_commit(repository: Callable[..., Path], write: Write) -> None:
    folder = repository("runbook-lint-staged", OLD)
    write({"old.yaml": OLD["old.yaml"] + "        for: 5m\n", "new.yaml": NEW})
    passed = commit(folder, "old.yaml")
    assert (passed.code, said(passed)) == (0, ["runbook-lint (this commit): Passed"])
    git(folder, "add", "new.yaml")
    stopped = commit(folder)
    assert stopped.code == 1
    assert "alert 'New' is new and names no runbook" in stopped.out
    assert "alert 'Old'" not in stopped.out


def test_a_commit_that_only_deletes_or_renames_is_judged(repository: Callable[..., Path]) -> None:
    folder = repository("runbook-lint-staged")
    git(folder, "mv", "runbooks/disk.md", "runbooks/disk.txt.bak")
    stopped = commit(folder)
    assert stopped.code == 1
    assert "catalog/target-exists" in stopped.out
    git(folder, "reset", "-q", "--hard")
    git(folder, "rm", "-q", "runbooks/runbooks.catalog.json")
    assert "change/id-kept" in commit(folder).out


def test_an_amended_commit_and_a_linked_worktree(repository: Callable[..., Path], write: Write) -> None:
    folder = repository("runbook-lint-staged", OLD)
    write({"repo.md": "# More\n"})
    git(folder, "add", "repo.md")
    assert commit(folder, "--amend").code == 0
    tree = folder / "tree"
    git(folder, "worktree", "add", "-q", str(tree))
    (tree / "new.yaml").write_text(NEW)
    git(tree, "add", "--all")
    stopped = commit(tree)
    assert stopped.code == 1
    assert "alert 'New' is new and names no runbook" in stopped.out


def test_a_conflict_that_was_solved_is_not_blamed_for_the_other_side(
    repository: Callable[..., Path], write: Write
) -> None:
    folder = repository("runbook-lint-staged")
    main = git(folder, "symbolic-ref", "--short", "HEAD").strip()
    git(folder, "checkout", "-q", "-b", "feature")
    write({"page.md": "# Ours\n"})
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "--no-verify", "-m", "ours")
    git(folder, "checkout", "-q", main)
    write({"page.md": "# Theirs\n", "theirs.yaml": NEW})
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "--no-verify", "-m", "theirs")
    git(folder, "checkout", "-q", "feature")
    with pytest.raises(subprocess.CalledProcessError):
        git(folder, "merge", "-q", main)
    write({"page.md": "# Both\n"})
    git(folder, "add", "--all")
    passed = commit(folder)
    assert (passed.code, said(passed)) == (0, ["runbook-lint (this commit): Passed"])


def test_the_very_first_commit(repository: Callable[..., Path], write: Write) -> None:
    folder = repository("runbook-lint-staged")
    git(folder, "update-ref", "-d", "HEAD")
    write({"new.yaml": NEW})
    git(folder, "add", "--all")
    stopped = commit(folder)
    assert stopped.code == 1
    assert "alert 'New' is new and names no runbook" in stopped.out
    git(folder, "rm", "-q", "--cached", "new.yaml")
    assert commit(folder).code == 0
