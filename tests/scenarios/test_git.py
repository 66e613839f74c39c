"""Git as it is in CI: clones without a history, merges, renames, worktrees, odd names and odd environments."""

import json
import os
import sys
from pathlib import Path

import git as gitpython
import pytest
from conftest import ALERTS, CATALOG, CLEAN, RUNBOOK, Run, Write, commit, git, process, report

from runbook_lint import snapshot

NEW = ALERTS.replace("DiskFull", "New")
FETCH = "the clone is shallow; fetch the history first: `git fetch --unshallow`"


def gate(run: Run, base: str, *words: str, cwd: Path | None = None) -> list[str]:
    """The findings of a change as ``path: rule``, but for who must approve it."""
    ran = run("check", "--base", base, "--format", "json", *words, **({"cwd": cwd} if cwd else {}))
    return [
        f"{each['path']}: {each['rule']}"
        for each in json.loads(ran.out)["findings"]
        if each["rule"] != "change/owner-approval"
    ]


def cloned(origin: Path, name: str, *options: str) -> Path:
    """A clone beside a repository, through the protocol that a server speaks."""
    folder = origin.parent / name
    git(origin.parent, "clone", "--quiet", *options, f"file://{origin}", str(folder))
    return folder


# --- where a change began ---------------------------------------------------------------------------------------------


def test_a_branch_is_compared_with_where_it_began(write: Write, run: Run) -> None:
    folder = commit(write(CLEAN))
    git(folder, "checkout", "-q", "-b", "feature")
    commit(write({"new.yaml": NEW}))
    git(folder, "checkout", "-q", "main")
    commit(write({"theirs.yaml": ALERTS.replace("DiskFull", "Theirs")}))
    git(folder, "checkout", "-q", "feature")
    assert gate(run, "main") == ["new.yaml: change/alert-mapped"]


def test_a_base_that_is_ahead_leaves_only_what_is_not_committed(write: Write, run: Run) -> None:
    folder = commit(write(CLEAN))
    git(folder, "checkout", "-q", "-b", "ahead")
    commit(write({"new.yaml": NEW}))
    git(folder, "checkout", "-q", "main")
    assert gate(run, "ahead") == []
    write({"mine.yaml": NEW})
    assert gate(run, "ahead") == ["mine.yaml: change/alert-mapped"]


def test_a_merge_commit_is_judged_by_what_it_brings_to_its_base(write: Write, run: Run) -> None:
    folder = commit(write(CLEAN))
    git(folder, "checkout", "-q", "-b", "feature")
    commit(write({"new.yaml": NEW}))
    git(folder, "checkout", "-q", "main")
    commit(write({"theirs.yaml": ALERTS.replace("DiskFull", "Theirs")}))
    git(folder, "checkout", "-q", "--detach", "main")
    git(folder, "merge", "-q", "--no-edit", "feature")
    assert gate(run, "main") == ["new.yaml: change/alert-mapped"]
    assert gate(run, "HEAD^2") == ["theirs.yaml: change/alert-mapped"]


def test_an_id_that_a_merge_loses_is_lost(write: Write, run: Run) -> None:
    folder = commit(write(CLEAN))
    git(folder, "checkout", "-q", "-b", "feature")
    commit(write({"README.md": "# About\n"}))
    git(folder, "checkout", "-q", "main")
    commit(write({"other.md": "# Other\n"}))
    git(folder, "merge", "-q", "--no-commit", "feature")
    write({"runbooks/runbooks.catalog.json": '{"version": 1, "runbooks": []}'})
    commit(folder)
    assert gate(run, "HEAD^1") == ["runbooks/runbooks.catalog.json: change/id-kept"]


def test_the_first_commit_is_compared_with_nothing(write: Write, run: Run) -> None:
    folder = write({**CLEAN, "new.yaml": NEW})
    git(folder, "init")
    git(folder, "add", "--all")
    expected = ["new.yaml: change/alert-mapped"]
    assert gate(run, "HEAD") == expected
    assert gate(run, "HEAD", "--staged") == expected
    assert report(run, "--base", "HEAD")[1]["base"] == ""
    assert "compared with an empty repository" in run("check", "--base", "HEAD").out
    commit(folder)
    for base in ("HEAD~1", "HEAD^", "main~", "0" * 40):
        assert gate(run, base) == expected


def test_before_the_first_commit_there_is_no_other_base(write: Write, run: Run) -> None:
    git(write(CLEAN), "init")
    ran = run("check", "--base", "origin/main")
    assert ran.code == 2
    assert "git knows no commit 'origin/main'" in ran.err


def test_an_unknown_base_is_a_wrong_request(write: Write, run: Run) -> None:
    commit(write(CLEAN))
    for base in ("nowhere", "HEAD~5", "HEAD^2", "--all", ""):
        ran = run("check", f"--base={base}")
        assert (ran.code, ran.out) == (2, "")
        assert f"git knows no commit '{base}'" in ran.err


def test_two_histories_without_a_common_commit(write: Write, run: Run) -> None:
    folder = commit(write(CLEAN))
    git(folder, "checkout", "-q", "--orphan", "other")
    commit(folder, "another beginning")
    ran = run("check", "--base", "main")
    assert (ran.code, ran.out) == (2, "")
    assert "no common commit of 'main' and the head is here; name a base that the change began from" in ran.err


def test_outside_of_a_repository(write: Write, run: Run) -> None:
    folder = write(CLEAN)
    ran = run("check", "--base", "HEAD")
    assert ran.code == 2
    assert f"a commit can be read only in a git repository, and {folder} is none" in ran.err


# --- clones that are not whole ----------------------------------------------------------------------------------------


@pytest.fixture
def origin(write: Write) -> Path:
    """A repository with three commits; the last one deletes an id."""
    folder = commit(write({f"origin/{name}": text for name, text in CLEAN.items()}) / "origin")
    commit(write({"origin/README.md": "# About\n"}) / "origin")
    write({"origin/runbooks/runbooks.catalog.json": '{"version": 1, "runbooks": []}'})
    return commit(folder)


@pytest.mark.parametrize("base", ["HEAD~1", "origin/main~2", "main^"])
def test_a_shallow_clone_says_how_to_fetch(origin: Path, run: Run, base: str) -> None:
    ran = run("check", "--base", base, cwd=cloned(origin, "shallow", "--depth=1"))
    assert (ran.code, ran.out) == (2, "")
    assert FETCH in ran.err
    assert "(GitHub Actions: `fetch-depth: 0` at the checkout; GitLab CI: `GIT_DEPTH: 0`)" in ran.err


def test_a_shallow_clone_whose_parting_is_cut_off_says_how_to_fetch(origin: Path, run: Run) -> None:
    git(origin, "checkout", "-q", "-b", "feature", "HEAD~1")
    (origin / "new.yaml").write_text(NEW)
    commit(origin)
    shallow = cloned(origin, "shallow", "--depth=1", "--no-single-branch", "--branch=feature")
    ran = run("check", "--base", "origin/main", cwd=shallow)
    assert (ran.code, ran.out) == (2, "")
    assert f"no common commit of 'origin/main' and the head is here; {FETCH}" in ran.err


def test_a_shallow_clone_that_is_deep_enough_is_judged_and_says_what_it_cannot_see(origin: Path, run: Run) -> None:
    shallow = cloned(origin, "shallow", "--depth=2")
    assert gate(run, "HEAD~1", cwd=shallow) == ["runbooks/runbooks.catalog.json: change/id-kept"]
    commit(shallow)
    (shallow / "runbooks/runbooks.catalog.json").write_text(CATALOG)
    ran = run("check", "--base", "HEAD", cwd=shallow)
    assert "hint: the clone is shallow, so whether new ids were used in former times is not known" in ran.out


def test_a_clone_without_contents_fetches_what_differs(origin: Path, run: Run) -> None:
    git(origin, "config", "uploadpack.allowFilter", "true")
    clone = cloned(origin, "partial", "--filter=blob:none")
    assert gate(run, "HEAD~1", cwd=clone) == ["runbooks/runbooks.catalog.json: change/id-kept"]


def test_a_clone_whose_contents_cannot_be_had_never_looks_like_a_deletion(origin: Path, run: Run) -> None:
    git(origin, "config", "uploadpack.allowFilter", "true")
    clone = cloned(origin, "partial", "--filter=blob:none")
    git(clone, "config", "remote.origin.url", str(origin.parent / "nowhere"))
    ran = run("check", "--base", "HEAD~1", cwd=clone)
    assert ran.code == 0
    assert "so what it held is not compared: its content is not in this clone" in ran.out


def test_a_sparse_checkout_judges_what_it_leaves_out_where_the_change_touched_it(origin: Path, run: Run) -> None:
    clone = cloned(origin, "sparse")
    git(clone, "sparse-checkout", "set", "--no-cone", "alerts.yaml")
    assert not (clone / "runbooks").exists()
    assert gate(run, "HEAD~1", cwd=clone) == ["runbooks/runbooks.catalog.json: change/id-kept"]
    assert gate(run, "HEAD~2", "--head", "HEAD~1", cwd=clone) == []
    git(clone, "checkout", "-q", "HEAD~1")
    assert gate(run, "HEAD~1", cwd=clone) == []


# --- files that are not what they were --------------------------------------------------------------------------------


def test_a_rename_with_edits_and_one_of_case_alone_keep_their_ids(write: Write, run: Run) -> None:
    steps = "\n".join(f"{number}. Do step {number} of the whole." for number in range(1, 9))
    folder = commit(write({**CLEAN, "runbooks/disk.md": f"{RUNBOOK}\n{steps}\n"}))
    for name in ("storage/volume.md", "Storage/Volume.md"):
        for old in (*folder.glob("runbooks/*.md"), *folder.glob("storage/*")):
            old.unlink()
        write({name: f"{RUNBOOK}\n{steps}\n9. Tell {name}.\n"})
        write({"runbooks/runbooks.catalog.json": CATALOG.replace("runbooks/disk.md", name)})
        assert [each for each in gate(run, "HEAD") if "change/id" in each] == []
        assert "runbooks/runbooks.catalog.json: change/reviewed" in gate(run, "HEAD")
        commit(folder)


def test_names_with_any_byte(write: Write, run: Run) -> None:
    stems = [os.fsdecode(b"raw\xff"), "new\nline", "tab\t", 'quo"te', "caf\u00e9", " a", "-a", "a ", "a\\b"]
    names = [f"{stem}.yaml" for stem in stems]
    folder = commit(write({**CLEAN, **{name: NEW.replace("New", f"Old{n}") for n, name in enumerate(names)}}))
    assert gate(run, "HEAD") == []
    for name in names:
        (folder / name).rename(folder / f"x{name}")
    assert gate(run, "HEAD") == []
    (folder / f"x{names[0]}").write_text(NEW.replace("disk_free", "memory_free"))
    assert [each.rpartition(": ")[2] for each in gate(run, "HEAD")] == ["change/alert-mapped"]


def test_a_submodule_is_another_repository(write: Write, run: Run) -> None:
    folder = commit(write({f"repo/{name}": text for name, text in CLEAN.items()}) / "repo")
    module = commit(write({"module/a.yaml": ALERTS}) / "module")
    git(folder, "-c", "protocol.file.allow=always", "submodule", "add", str(module), "vendor")
    assert gate(run, "HEAD", cwd=folder) == []
    commit(folder)
    commit(write({"repo/vendor/b.yaml": NEW}) / "repo/vendor")
    assert gate(run, "HEAD", cwd=folder) == []


def test_a_link_in_the_place_of_a_file(write: Write, run: Run) -> None:
    folder = commit(write(CLEAN))
    (folder / "runbooks/disk.md").rename(folder / "runbooks/volume.md")
    (folder / "runbooks/disk.md").symlink_to("volume.md")
    assert [each for each in gate(run, "HEAD") if "change/id" in each] == []


# --- where and how it runs --------------------------------------------------------------------------------------------


def test_a_worktree(write: Write, run: Run) -> None:
    folder = commit(write({f"repo/{name}": text for name, text in CLEAN.items()}) / "repo")
    git(folder, "worktree", "add", "-q", "../tree", "-b", "feature")
    write({"tree/new.yaml": NEW})
    assert gate(run, "main", cwd=folder.parent / "tree") == ["new.yaml: change/alert-mapped"]


def test_a_folder_with_a_configuration_of_its_own(write: Write, run: Run) -> None:
    folder = commit(write({"sub/.runbook-lint.yaml": "version: 1\n", "other.yaml": ALERTS}))
    write({**{f"sub/{name}": text for name, text in CLEAN.items()}, "sub/new.yaml": NEW, "another.yaml": ALERTS})
    assert gate(run, "HEAD", cwd=folder / "sub") == ["new.yaml: change/alert-mapped"]
    commit(folder)
    write({"sub/runbooks/runbooks.catalog.json": "[]"})
    commit(folder)
    other = CATALOG.replace("disk.md", "web.md")
    write({"sub/runbooks/runbooks.catalog.json": other, "sub/runbooks/web.md": "# Web\n"})
    (folder / "sub/runbooks/disk.md").unlink()
    assert "runbooks/runbooks.catalog.json: change/id-reused" in gate(run, "HEAD", cwd=folder / "sub")


@pytest.mark.parametrize("env", [
    {"GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/nowhere", "GIT_INDEX_FILE": ""},
    {"GIT_LITERAL_PATHSPECS": "1"},
    {"GIT_TRACE": "1", "GIT_PAGER": "false", "GIT_EXTERNAL_DIFF": "false", "GIT_DIFF_OPTS": "-u9"},
    {"GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "color.ui", "GIT_CONFIG_VALUE_0": "always",
     "GIT_CONFIG_KEY_1": "log.showRoot", "GIT_CONFIG_VALUE_1": "false"},
    {"HOME": "/nowhere", "GIT_DEPTH": "1", "GIT_STRATEGY": "fetch", "GIT_COMMIT": "x", "LANG": "de_DE"},
])  # fmt: skip
def test_whatever_the_environment_says(write: Write, env: dict[str, str]) -> None:
    folder = commit(write(CLEAN))
    write({"runbooks/runbooks.catalog.json": "[]"})
    commit(folder)
    again = CATALOG.replace("disk.md", "web.md").replace("Disk full", "Web down")
    write({"runbooks/runbooks.catalog.json": again, "runbooks/web.md": "# Web down\n", "new.yaml": NEW})
    ran = process("check", "--base", "HEAD", str(folder), cwd=folder.parent, env=env)
    assert ran.code == 1
    assert "change/alert-mapped" in ran.out
    assert "change/id-reused" in ran.out
    assert ran.err == ""


def test_a_repository_of_another_user_is_not_taken_for_one_without_findings(
    write: Write, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = commit(write(CLEAN))
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    for words in ([], ["--staged"], ["--head", "HEAD"]):
        ran = run("check", "--base", "HEAD", *words)
        assert (ran.code, ran.out) == (2, "")
        assert f"`git config --global --add safe.directory {folder}`" in ran.err


def test_the_gate_in_a_pre_commit_hook(write: Write) -> None:
    folder = commit(write(CLEAN))
    hook = folder / ".git/hooks/pre-commit"
    root = Path(__file__).parent.parent.parent
    words = "-m runbook_lint check --base HEAD --staged --as-of 2026-03-01 --output .git/said.txt"
    hook.write_text(f"#!/bin/sh\nPYTHONPATH={root} {sys.executable} {words}\n")
    hook.chmod(0o755)
    write({"new.yaml": NEW, "unstaged.yaml": NEW})
    git(folder, "add", "new.yaml")
    with pytest.raises(Exception, match="commit"):
        git(folder, "commit", "-m", "x")
    said = (folder / ".git/said.txt").read_text()
    assert said.startswith("new.yaml\n")
    assert "unstaged.yaml" not in said


# --- GitPython as the authority ---------------------------------------------------------------------------------------


def test_commits_are_read_as_gitpython_reads_them(origin: Path) -> None:
    repository = gitpython.Repo(origin)
    for number, state in enumerate(repository.iter_commits()):
        ours = {
            each.path: (each.content_id, each.read()) for each in snapshot.commit(str(origin), state.hexsha).sources
        }
        blobs = [blob for blob in state.tree.traverse() if blob.type == "blob"]
        assert ours == {str(blob.path): (blob.hexsha, blob.data_stream.read()) for blob in blobs}
        assert snapshot.base(str(origin), f"HEAD~{number}").commit == repository.merge_base(state, "HEAD")[0].hexsha


# --- what the first reviewers found -----------------------------------------------------------------------------------


def test_a_merge_that_is_not_committed_yet_brings_nothing_of_the_base(write: Write, run: Run) -> None:
    folder = commit(write(CLEAN))
    git(folder, "checkout", "-q", "-b", "feature")
    commit(write({"README.md": "# About\n"}))
    git(folder, "checkout", "-q", "main")
    commit(write({"theirs.yaml": ALERTS.replace("DiskFull", "Theirs")}))
    git(folder, "checkout", "-q", "feature")
    git(folder, "merge", "-q", "--no-commit", "main")
    for words in ((), ("--staged",)):
        assert gate(run, "main", *words) == []


def test_a_sparse_checkout_sees_the_catalog_that_it_leaves_out(origin: Path, run: Run) -> None:
    git(origin, "reset", "-q", "--hard", "HEAD~1")
    clone = cloned(origin, "sparse")
    git(clone, "sparse-checkout", "set", "--no-cone", "alerts.yaml", "new.yaml")
    linked = CLEAN["alerts.yaml"].replace("DiskFull", "New")
    (clone / "new.yaml").write_text(linked.replace("ops.disk", "ops.nope"))
    assert gate(run, "HEAD", cwd=clone) == ["new.yaml: change/alert-mapped"]
    (clone / "new.yaml").write_text(linked)
    assert gate(run, "HEAD", cwd=clone) == []


@pytest.mark.parametrize("made", ["--object-format=sha256", "--object-format=sha1"])
def test_ids_that_are_not_ours_make_no_text_another_one(write: Write, run: Run, made: str) -> None:
    folder = write({**CLEAN, ".gitattributes": "*.md text eol=crlf\n"})
    git(folder, "init", made)
    commit(folder)
    (folder / "runbooks/disk.md").unlink()
    git(folder, "checkout", ".")
    write({"alerts.yaml": CLEAN["alerts.yaml"].replace("disk_free < 1", "disk_free < 2")})
    assert b"\r\n" in (folder / "runbooks/disk.md").read_bytes()
    assert gate(run, "HEAD") == ["alerts.yaml: change/alert-altered"]


def test_a_working_tree_that_only_the_environment_tells_of(write: Write) -> None:
    folder = commit(write({f"repo/{name}": text for name, text in CLEAN.items()}) / "repo")
    (folder / ".git").rename(folder.parent / "bare.git")
    write({"repo/new.yaml": NEW})
    env = {"GIT_DIR": str(folder.parent / "bare.git"), "GIT_WORK_TREE": str(folder)}
    ran = process("check", "--base", "HEAD", cwd=folder, env=env)
    assert (ran.code, ran.err) == (1, "")
    assert "change/alert-mapped" in ran.out


def test_a_repository_without_a_working_tree(origin: Path, run: Run) -> None:
    bare = cloned(origin, "bare", "--bare")
    found = gate(run, "HEAD~1", "--head", "HEAD", cwd=bare)
    assert found == ["runbooks/runbooks.catalog.json: change/id-kept"]


@pytest.mark.parametrize(("env", "words", "said"), [
    ({"GIT_CONFIG_COUNT": "x"}, ["--base", "HEAD"], "git cannot read"),
    ({"GIT_INDEX_FILE": "/nowhere/index"}, ["--base", "HEAD", "--staged"],
     "there is no index /nowhere/index, which GIT_INDEX_FILE names"),
    ({}, ["--base", "main...HEAD"], "git knows no commit 'main...HEAD'"),
])  # fmt: skip
def test_what_git_cannot_do_is_said(write: Write, env: dict[str, str], words: list[str], said: str) -> None:
    ran = process("check", *words, cwd=commit(write(CLEAN)), env=env)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
