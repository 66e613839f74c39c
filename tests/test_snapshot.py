"""Where texts come from: the same files give the same findings, whether from the disk, the index or a commit."""

import datetime
import os
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ALERTS, CLEAN, DAY, RUNBOOK, Run, Write, commit, git, process
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runbook_lint import discovery, engine, rulebook, snapshot
from runbook_lint.config import Config
from runbook_lint.model import UserError
from runbook_lint.reporters import View, render
from runbook_lint.snapshot import Snapshot

TODAY = datetime.date.fromisoformat(DAY)
MIXED: dict[str, str | bytes] = {
    **CLEAN,
    "bad.yaml": ALERTS,
    "broken.yaml": ALERTS + "x: [",
    "caf\xe9/latin.yaml": ALERTS.encode() + b"# \xe9",
    os.fsdecode(b"raw\xff.yaml"): ALERTS,
    "new\nline.yaml": ALERTS,
    "large.yaml": ALERTS + "#" * 6_000_000,
    "README.md": "# About\n",
}


def shown(world: Snapshot, form: str = "json") -> str:
    rules = rulebook.load(world.root, Config())
    report = engine.run(world, Config(), rules, TODAY)
    return str(render(form, report, View({rule.id: rule for rule in rules}, limit=0)))


def linked(folder: Path) -> Path:
    """The folder with links of every kind in it."""
    (folder / "runbooks/alias.md").symlink_to("disk.md")
    (folder / "rules.yaml").symlink_to("bad.yaml")
    (folder / "alerts-gone.yaml").symlink_to("nowhere.yaml")
    (folder / "alerts-out.yaml").symlink_to("../outside.yaml")
    (folder / "alerts-loop.yaml").symlink_to("alerts-loop.yaml")
    (folder / "alerts-root.yaml").symlink_to("/etc/hostname")
    (folder / "docs").symlink_to("runbooks")
    (folder / "alerts-through.yaml").symlink_to("docs/../bad.yaml")
    (folder / "playbooks").symlink_to("../elsewhere")
    return folder


def committed(folder: Path) -> Path:
    git(folder, "init")
    git(folder, "add", "--all")
    git(folder, "commit", "--message", "x")
    return folder


def test_the_same_content_gives_the_same_findings(write: Write) -> None:
    folder = linked(write({f"repo/{name}": text for name, text in MIXED.items()}) / "repo")
    plain = shown(snapshot.working_tree(str(folder)))
    committed(folder)
    assert '"unreadable": 8' in plain
    assert shown(snapshot.working_tree(str(folder))) == plain
    assert shown(snapshot.index(str(folder))) == plain
    assert shown(snapshot.commit(str(folder), "HEAD")) == plain


def test_a_link_that_goes_while_it_is_looked_at_is_not_there(
    write: Write, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write({".runbook-lint.yaml": "version: 1\n", **CLEAN})
    (folder / "alerts-gone.yaml").symlink_to("nowhere.yaml")
    assert "alerts-gone.yaml" in run("check").out
    real = os.readlink

    def gone(path: str, **more: int) -> str:
        if str(path).endswith("alerts-gone.yaml"):
            raise FileNotFoundError(path)
        return str(real(path, **more))

    monkeypatch.setattr(os, "readlink", gone)
    ran = run("check")
    assert (ran.code, "alerts-gone.yaml" in ran.out + ran.err) == (0, False)


def test_content_ids_are_those_of_git(write: Write) -> None:
    folder = committed(write(CLEAN))
    ids = {source.path: source.content_id for source in snapshot.commit(str(folder), "HEAD").sources}
    assert ids == {source.path: source.content_id for source in snapshot.index(str(folder)).sources}
    assert ids["alerts.yaml"] == git(folder, "rev-parse", "HEAD:alerts.yaml").strip()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_the_order_of_files_changes_nothing(mixed: Snapshot, seed: int) -> None:
    sources = list(mixed.sources)
    random.Random(seed).shuffle(sources)
    shuffled = replace(mixed, sources=tuple(sources))
    for form in ("json", "text"):
        assert shown(shuffled, form) == shown(mixed, form)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A snapshot with faults in it, and with two catalogs that quarrel."""
    folder = tmp_path_factory.mktemp("mixed")
    files = {name: text for name, text in MIXED.items() if name != "large.yaml"}
    for name, text in {**files, "b/runbooks.catalog.json": CLEAN["runbooks/runbooks.catalog.json"]}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return snapshot.working_tree(str(folder))


# --- the working tree -------------------------------------------------------------------------------------------------


def names(folder: Path) -> list[str]:
    return [source.path for source in snapshot.working_tree(str(folder)).sources]


def test_what_git_ignores_is_not_read_and_what_is_new_is(write: Write) -> None:
    folder = write({".gitignore": "build/\n", "a.md": "", "build/b.md": ""})
    committed(folder)
    write({"new.md": ""})
    assert names(folder) == [".gitignore", "a.md", "new.md"]


def test_without_git_all_is_read_but_what_tools_keep_for_themselves(write: Write) -> None:
    folder = write({".gitignore": "build/\n", "build/b.md": "", "node_modules/x/c.md": "", ".venv/d.md": ""})
    assert names(folder) == [".gitignore", "build/b.md"]


def test_deleted_but_tracked_files_are_not_there(write: Write) -> None:
    folder = committed(write({"a.md": "", "b.md": "", "c/d.md": ""}))
    (folder / "a.md").unlink()
    (folder / "b.md").unlink()
    (folder / "b.md").mkdir()
    (folder / "c/d.md").unlink()
    (folder / "c").rmdir()
    (folder / "c").symlink_to("/etc")
    assert names(folder) == ["c"]
    assert [source.path for source in snapshot.index(str(folder)).sources] == ["a.md", "b.md", "c/d.md"]


def test_what_a_sparse_checkout_leaves_out_exists_all_the_same(write: Write) -> None:
    folder = committed(write({"a.md": "", "b/c.md": ""}))
    git(folder, "update-index", "--skip-worktree", "b/c.md")
    (folder / "b/c.md").unlink()
    world = snapshot.working_tree(str(folder))
    assert [source.path for source in world.sources] == ["a.md"]
    assert "b/c.md" in world.paths


def test_nested_repositories_and_submodules_are_others(write: Write) -> None:
    folder = committed(write({"repo/a.md": ""}) / "repo")
    committed(write({"module/b.md": ""}) / "module")
    committed(write({"repo/nested/c.md": ""}) / "repo/nested")
    git(folder, "-c", "protocol.file.allow=always", "submodule", "add", str(folder.parent / "module"), "vendor")
    assert names(folder) == [".gitmodules", "a.md"]
    assert [source.path for source in snapshot.index(str(folder)).sources] == [".gitmodules", "a.md"]


def test_a_folder_of_repositories_is_read_whole(write: Write) -> None:
    folder = write({"one/a.md": "", "two/b.md": ""})
    for name in ("one", "two"):
        git(folder / name, "init")
    assert names(folder) == ["one/a.md", "two/b.md"]


def test_a_configured_folder_inside_a_repository_honours_its_ignores(write: Write, run: Run) -> None:
    folder = write({".gitignore": "build/\n", "sub/.runbook-lint.yaml": "version: 1\n", "sub/build/a.yaml": ALERTS,
                    "sub/b.yaml": ALERTS})  # fmt: skip
    committed(folder)
    for words in (["check"], ["check", "--staged"]):
        assert run(*words, cwd=folder / "sub").out.startswith("b.yaml\n")
    assert [source.path for source in snapshot.commit(str(folder / "sub"), "HEAD").sources] == [
        ".runbook-lint.yaml",
        "b.yaml",
    ]


def test_a_configured_folder_that_is_ignored_itself_is_read(write: Write) -> None:
    folder = write({".gitignore": "build/\n", "build/.runbook-lint.yaml": "version: 1\n", "build/a.yaml": ALERTS})
    git(folder, "init")
    assert names(folder / "build") == [".runbook-lint.yaml", "a.yaml"]


# --- git that cannot be asked -----------------------------------------------------------------------------------------


def test_without_a_git_program_all_is_read_and_that_is_said(
    write: Write, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    folder = committed(write({**CLEAN, ".gitignore": "x\n"}))
    monkeypatch.setenv("PATH", str(folder / "nothing"))
    assert "hint: git cannot tell which files are ignored, so all are read: there is no git program" in run("check").out
    ran = run("check", "--staged")
    assert (ran.code, ran.err) == (
        2,
        "runbook-lint: what is staged can be read only with git, and there is no git program on the PATH\n",
    )


def test_a_repository_that_is_damaged_is_read_as_a_folder(write: Write, run: Run) -> None:
    write({**CLEAN, ".git": "gitdir: /nowhere\n"})
    ran = run("check")
    assert ran.code == 0
    assert "so all are read: not a git repository: /nowhere" in ran.out


@pytest.mark.parametrize("words", [["check"], ["check", "--staged"]])
def test_a_repository_of_another_user(
    write: Write, run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    folder = committed(write(CLEAN))
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert (
        f"it belongs to another user; if you trust it, run `git config --global --add safe.directory {folder}`"
        in ran.err
    )


def test_an_unknown_commit(write: Write) -> None:
    folder = committed(write(CLEAN))
    for name in ("nowhere", "--all", "HEAD:alerts.yaml", ""):
        with pytest.raises(UserError, match=f"git knows no commit '{name}'"):
            snapshot.commit(str(folder), name)


# --- what is staged ---------------------------------------------------------------------------------------------------


def test_staged_judges_what_is_staged_and_not_what_is_on_disk(write: Write, run: Run) -> None:
    folder = committed(write(CLEAN))
    write({"alerts.yaml": ALERTS})
    assert (run("check").code, run("check", "--staged").code) == (1, 0)
    git(folder, "add", "alerts.yaml")
    write({"alerts.yaml": CLEAN["alerts.yaml"]})
    assert (run("check").code, run("check", "--staged").code) == (0, 1)


def test_staged_before_the_first_commit(write: Write, run: Run) -> None:
    folder = write({"a.yaml": ALERTS, "b.yaml": ALERTS})
    git(folder, "init")
    assert run("check", "--staged").code == 3
    git(folder, "add", "a.yaml")
    assert run("check", "--staged").out.startswith("a.yaml\n")
    assert "b.yaml" not in run("check", "--staged").out


def test_a_file_in_conflict_is_read_once(write: Write, run: Run) -> None:
    folder = committed(write({"a.yaml": ALERTS}))
    git(folder, "checkout", "-b", "other")
    write({"a.yaml": ALERTS.replace("DiskFull", "Theirs")})
    git(folder, "commit", "--all", "-m", "x")
    git(folder, "checkout", "main")
    write({"a.yaml": ALERTS.replace("DiskFull", "Ours")})
    git(folder, "commit", "--all", "-m", "x")
    with pytest.raises(Exception, match="merge"):
        git(folder, "merge", "other")
    assert run("check", "--staged").out.count("has no runbook_id") == 1
    assert "alert 'Ours'" in run("check", "--staged").out


def test_the_hook_of_a_partial_commit_reads_its_own_index(write: Write) -> None:
    folder = committed(write({**CLEAN, "b.yaml": CLEAN["alerts.yaml"]}))
    hook = folder / ".git/hooks/pre-commit"
    root = Path(__file__).parent.parent
    command = f"PYTHONPATH={root} {sys.executable} -m runbook_lint check --staged --as-of {DAY}"
    hook.write_text(
        f"#!/bin/sh\n{command} --output .git/said.txt\nenv | grep ^GIT_INDEX_FILE= > .git/index.txt\nexit 0\n"
    )
    hook.chmod(0o755)
    write({"alerts.yaml": ALERTS, "b.yaml": ALERTS})
    git(folder, "add", "alerts.yaml")
    git(folder, "commit", "-m", "x", "--only", "b.yaml")
    said = (folder / ".git/said.txt").read_text()
    assert ".git/index\n" not in (folder / ".git/index.txt").read_text()
    assert said.startswith("b.yaml\n")
    assert "alerts.yaml" not in said


def test_the_variables_of_another_repositorys_hook_lead_nowhere(write: Write) -> None:
    folder = committed(write({"one/a.yaml": ALERTS}) / "one")
    other = committed(write({"two/b.yaml": ALERTS, "two/runbooks/c.md": RUNBOOK}) / "two")
    env = {"GIT_DIR": str(other / ".git"), "GIT_INDEX_FILE": str(other / ".git/index"), "GIT_WORK_TREE": str(other)}
    for words in ([], ["--staged"]):
        ran = process("check", *words, str(folder), cwd=other, env=env)
        assert (ran.code, ran.err, ran.out.splitlines()[0]) == (1, "", "a.yaml")


@pytest.mark.parametrize("alone", [True, False])
def test_a_content_has_the_id_that_git_gives_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: bool) -> None:
    """Also where there is no module of the function alone."""
    discovery._sha1.cache_clear()
    if not alone:
        monkeypatch.setitem(sys.modules, "_sha1", None)
    (tmp_path / "a.md").write_bytes(b"# A\r\n\xff")
    commit(tmp_path)
    candidate = discovery.Candidate(snapshot.working_tree(str(tmp_path)).sources[0], None)
    assert discovery.identified(candidate).source.content_id == git(tmp_path, "rev-parse", "HEAD:a.md").strip()
    discovery._sha1.cache_clear()
