"""What is said again of the same files is what a run would say, and only while they are the same."""

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runbook_lint import __main__, answers, cli, store
from runbook_lint.cli import common
from tests.conftest import ALERTS, CLEAN, DAY, RUNBOOK, Ran, Write, commit, git

Ask = Callable[..., tuple[Ran, bool]]
FAULTY = {**CLEAN, "alerts.yaml": ALERTS}
# Every way to ask that has an answer that may be remembered.
LASTING = (
    [],
    ["--tracked"],
    ["--format", "json"],
    ["runbooks"],
    ["--select", "alert"],
    ["--exit-zero"],
    ["--limit", "0"],
    ["--base", "HEAD"],
    ["--base=HEAD", "--all"],
)
PASSING = (
    ["--no-cache"],
    ["--fix"],
    ["--diff"],
    ["--staged"],
    ["--base", "HEAD", "--head", "HEAD"],
    ["--output", "out.txt"],
)


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Ask:
    """Runs the program as a process would, an hour after all files were written; tells what it said, and whether it
    did any work for it."""
    monkeypatch.chdir(tmp_path)
    real, runs = common.now, [False]
    monkeypatch.setattr(common, "now", lambda: real() + 3600 * 10**9)
    worked = cli.main

    def noted(*given: object) -> None:
        runs.append(True)
        worked(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(cli, "main", noted)

    def asked(*words: str) -> tuple[Ran, bool]:
        monkeypatch.setattr(sys, "argv", ["runbook-lint", "check", "--as-of", DAY, *words])
        runs.clear()
        with pytest.raises(SystemExit) as ended:
            __main__.main()
        told = capfdbinary.readouterr()
        return Ran(ended.value.code, told.out.decode(), told.err.decode()), bool(runs)  # type: ignore[arg-type]

    return asked


@pytest.mark.parametrize("words", LASTING, ids=" ".join)
def test_the_second_time_nothing_is_done_for_it(write: Write, ask: Ask, words: list[str]) -> None:
    commit(write(FAULTY))
    first = ask(*words)
    assert first[1]
    assert ask(*words) == (first[0], False)
    assert ask(*words, "--no-cache") == (first[0], True)


@pytest.mark.parametrize("words", PASSING, ids=" ".join)
def test_what_does_more_than_to_say_something_is_done_each_time(write: Write, ask: Ask, words: list[str]) -> None:
    commit(write(CLEAN))
    assert ask(*words)[1]
    assert ask(*words)[1]


def test_a_mistake_is_no_answer(write: Write, ask: Ask) -> None:
    commit(write({**CLEAN, ".runbook-lint.yaml": "version: 2\n"}))
    assert ask()[0].code == 2
    assert ask()[1]


def test_who_cannot_be_written_to_is_told_so_by_a_run(write: Write, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(write(CLEAN))
    ask()
    monkeypatch.setattr(__main__, "_said", lambda words: False)
    assert ask()[1]


def _edited(root: Path) -> None:
    (root / "runbooks/disk.md").write_text(RUNBOOK + "[gone](gone.md)\n")


def _with_its_times_set_back(root: Path) -> None:
    path = root / "runbooks/disk.md"
    before = path.stat()
    path.write_text(RUNBOOK.replace("Grow", "Gr0w"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _one_more(root: Path) -> None:
    (root / "notes.txt").write_text("what a link may lead to")


def _one_less(root: Path) -> None:
    (root / "runbooks/disk.md").unlink()


def _renamed(root: Path) -> None:
    (root / "runbooks/disk.md").rename(root / "runbooks/disc.md")


def _ignored(root: Path) -> None:
    (root / ".git/info/exclude").write_text("page.md\n")


def _configured(root: Path) -> None:
    (root / ".runbook-lint.yaml").write_text("version: 1\nrules: {alert/runbook-id: off}\n")


def _pack(root: Path) -> None:
    path = root / "ops/house.yaml"
    path.write_text(path.read_text().replace("no growth", "never grow"))


def _no_longer_readable(root: Path) -> None:
    (root / "runbooks/disk.md").chmod(0)


def _linked_elsewhere(root: Path) -> None:
    (root / "runbooks/link.md").unlink()
    (root / "runbooks/link.md").symlink_to("../page.md")


def _behind_a_link(root: Path) -> None:
    (root / "aside.md").write_text("# Another\n")


def _no_longer_checked_out(root: Path) -> None:
    git(root, "update-index", "--skip-worktree", "page.md")
    (root / "page.md").unlink()


def _folder_became_a_link(root: Path) -> None:
    (root / "runbooks").rename(root / "elsewhere")
    (root / "runbooks").symlink_to("elsewhere")


HOUSE = (
    "version: 1\nrules:\n  - {id: house/word, each: runbook, field: text, must: {not-match: {pattern: Grow}},"
    " severity: error, message: no growth, why: so}\n"
)
SETTINGS = "version: 1\npacks: [ops/house.yaml]\n"


@pytest.mark.parametrize(
    "change",
    [
        _edited,
        _with_its_times_set_back,
        _one_more,
        _one_less,
        _renamed,
        _ignored,
        _configured,
        _pack,
        _no_longer_readable,
        _linked_elsewhere,
        _behind_a_link,
        _no_longer_checked_out,
        _folder_became_a_link,
    ],
)
@pytest.mark.parametrize("words", [[], ["--tracked"], ["--base", "HEAD"]], ids=["all", "tracked", "change"])
def test_after_any_change_the_answer_is_that_of_a_run(
    write: Write, ask: Ask, change: Callable[[Path], None], words: list[str]
) -> None:
    root = write(
        {**FAULTY, "page.md": "# Page\n", "aside.md": "# Aside\n", "ops/house.yaml": HOUSE, ".gitignore": "ops\n"}
    )
    (root / "runbooks/link.md").symlink_to("../aside.md")
    (root / ".runbook-lint.yaml").write_text(SETTINGS)
    commit(root)
    first = ask(*words)
    assert ask(*words) == (first[0], False)
    change(root)
    assert ask(*words)[0] == ask(*words, "--no-cache")[0]


def _elsewhere(root: Path) -> None:
    git(root, "branch", "--force", "main", "HEAD")


def _committed(root: Path) -> None:
    git(root, "commit", "-q", "--allow-empty", "-m", "more")


def _another_history(root: Path) -> None:
    git(root, "replace", git(root, "rev-parse", "main").strip(), git(root, "rev-parse", "main~1").strip())


def _shallow(root: Path) -> None:
    (root / ".git/shallow").write_text(git(root, "rev-parse", "main"))


def _merging(root: Path) -> None:
    git(root, "merge", "--no-commit", "--no-ff", "other")


def _no_longer_a_base(root: Path) -> None:
    git(root, "branch", "-D", "main")


@pytest.mark.parametrize("change", [_elsewhere, _committed, _another_history, _shallow, _merging, _no_longer_a_base])
def test_an_answer_about_a_change_holds_as_long_as_git_stands_where_it_stood(
    write: Write, ask: Ask, change: Callable[[Path], None]
) -> None:
    root = commit(write(CLEAN))
    git(root, "branch", "-M", "main")
    (root / "runbooks/more.md").write_text("# More\n")
    commit(root)
    git(root, "checkout", "-q", "-b", "other", "HEAD~1")
    git(root, "commit", "-q", "--allow-empty", "-m", "other")
    git(root, "checkout", "-q", "-b", "branch", "main")
    (root / "alerts.yaml").write_text(ALERTS)
    commit(root)
    words = ("--base", "main", "--all")
    first = ask(*words)
    assert ask(*words) == (first[0], False)
    change(root)
    told = ask(*words)
    assert told == (ask(*words, "--no-cache")[0], True)


def test_another_day_another_terminal_and_another_user_ask_anew(
    write: Write, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(write(CLEAN))
    ask()
    assert not ask()[1]
    monkeypatch.setattr(answers.time, "gmtime", lambda: (2031, 1, 1, 0, 0, 0, 0, 1, 0))
    assert ask()[1]
    monkeypatch.setattr(answers.os, "geteuid", lambda: 12345)
    assert ask()[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert ask()[1]
    monkeypatch.setenv("SHLVL", "7")
    assert not ask()[1]


def test_files_that_are_not_at_rest_have_no_answer(write: Write, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    root = commit(write(CLEAN))
    monkeypatch.setattr(common, "now", lambda: max(each.stat().st_ctime_ns for each in root.rglob("*.md")) + 10**9)
    ask()
    assert ask()[1]


def answer_of(root: Path) -> Path:
    [file] = (root / store.FOLDER).glob(f"*{store.ANSWER}")
    return file


def test_a_damaged_answer_is_none(write: Write, ask: Ask) -> None:
    root = commit(write(FAULTY))
    first, _ = ask()
    whole = answer_of(root).read_bytes()
    other = whole.replace(b"-lint answer", b"-lint reply")
    for damage in (b"", whole[:-1], other, b"\t" * 9 + b"\n" + whole, whole[:40]):
        answer_of(root).write_bytes(damage)
        assert ask() == (first, True)
        assert ask() == (first, False)
    answer_of(root).unlink()
    os.mkfifo(root / store.FOLDER / "pipe")
    (root / store.FOLDER / "pipe").rename(root / store.FOLDER / answers.Question(sys.argv[1:]).name)
    assert ask() == (first, True)


def test_who_can_commit_cannot_say_what_is_found(write: Write, ask: Ask) -> None:
    root = commit(write(CLEAN))
    ask("--tracked")
    assert not ask("--tracked")[1]
    git(root, "add", "--force", store.FOLDER)
    assert ask("--tracked")[1]


def test_a_secret_stands_in_no_answer(write: Write, ask: Ask) -> None:
    token = "ghp_" + "x7Kp2QmZ9rTb4WnV6sYd8HfJ3gLc5AeU1oRi"
    root = commit(write({**CLEAN, "runbooks/leak.md": f"# Leak\n\n{token}\n", f"runbooks/{token}.md": "# Named\n"}))
    first, _ = ask()
    assert ask() == (first, False)
    assert not any(token.encode() in file.read_bytes() for file in (root / store.FOLDER).iterdir())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_whatever_happens_to_the_files_a_warm_run_says_what_a_cold_one_does(write: Write, ask: Ask, seed: int) -> None:
    chance = random.Random(seed)
    root = commit(write(FAULTY))
    for _ in range(6):
        path = root / chance.choice(["alerts.yaml", "runbooks/disk.md", "runbooks/new.md", "page.md"])
        act = chance.randrange(4)
        if act == 0:
            path.write_text(chance.choice([ALERTS, RUNBOOK, "# T\n\n[a](page.md)\n"]))
        elif act == 1:
            path.unlink(missing_ok=True)
        elif act == 2 and path.exists():
            os.utime(path, ns=(1, chance.randrange(10**18)))
        elif act == 3:
            commit(root)
        words = chance.choice([[], ["--tracked"], ["--format", "json"], ["--base", "HEAD"], ["--base", "HEAD~1"]])
        assert ask(*words)[0] == ask(*words, "--no-cache")[0]
