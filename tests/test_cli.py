"""The command line as people and machines use it: exit codes, streams, options, signals."""

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from conftest import ALERTS, CLEAN, RUNBOOK, Run, Write, git, process, started

BAD = {**CLEAN, "alerts.yaml": ALERTS}
TODO = RUNBOOK + "2. TODO: write this\n"


# --- exit codes -------------------------------------------------------------------------------------------------------

CODES: dict[str, tuple[dict[str, str], list[str], int]] = {
    "clean": (CLEAN, ["check"], 0),
    "an error": (BAD, ["check"], 1),
    "an error, but never mind": (BAD, ["check", "--exit-zero"], 0),
    "an error that was not asked for": (BAD, ["check", "--ignore", "alert"], 0),
    "a warning": (BAD | {"runbooks/disk.md": TODO}, ["check", "--select", "runbook"], 0),
    "a warning that matters": (BAD | {"runbooks/disk.md": TODO}, ["check", "--select=runbook", "--fail-on=warning"], 1),
    "an error elsewhere": (BAD, ["check", "runbooks"], 0),
    "nothing to check": ({"a.txt": ""}, ["check"], 3),
    "an unknown option": (BAD, ["check", "--slect", "alert"], 2),
    "an unknown format": (BAD, ["check", "--format", "xml"], 2),
    "an unknown command": (BAD, ["chek"], 2),
    "help": (BAD, ["--help"], 0),
    "no command": (BAD, ["--version"], 0),
}


@pytest.mark.parametrize(("files", "words", "code"), CODES.values(), ids=CODES)
def test_exit_code(write: Write, run: Run, files: dict[str, str], words: list[str], code: int) -> None:
    write(files)
    assert run(*words).code == code


WRONG = {
    "an unknown rule": (
        ["check", "--select", "alert/runbok-id"],
        "runbook-lint: --select: there is no rule 'alert/runbok-id'; did you mean 'alert/runbook-id'?\n",
    ),
    "an unknown family": (
        ["check", "--ignore", "alert,secrets"],
        "runbook-lint: --ignore: there is no rule 'secrets'; did you mean 'secret'?\n",
    ),
    "a malformed day": (["check", "--as-of=1.3.2026"], "'1.3.2026' is no day of the calendar; write YYYY-MM-DD"),
    "an impossible day": (["check", "--as-of=2026-02-30"], "'2026-02-30' is no day of the calendar; write YYYY-MM-DD"),
    "a week": (["check", "--as-of=2026-W01-1"], "'2026-W01-1' is no day of the calendar; write YYYY-MM-DD"),
    "a typing error": (["chek"], "There is no command 'chek'; did you mean 'check'?"),
    "a configuration that is not there": (["check", "--config", "no.yaml"], "there is no configuration file no.yaml"),
    "an unwritable output": (
        ["check", "--output", "no/such/folder.txt"],
        "cannot write no/such/folder.txt: no such file",
    ),
    "an output that is a folder": (["check", "--output", "runbooks"], "cannot write runbooks: is a directory"),
    "no repository": (["check", "--staged"], "what is staged can be read only in a git repository"),
}


@pytest.mark.parametrize(("words", "sentence"), WRONG.values(), ids=WRONG)
def test_a_wrong_request_is_one_sentence(write: Write, run: Run, words: list[str], sentence: str) -> None:
    write(CLEAN)
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert sentence in ran.err


# --- what is shown, and where it goes ---------------------------------------------------------------------------------


def test_select_and_ignore_take_lists_and_repeat(write: Write, run: Run) -> None:
    write({"a.yaml": ALERTS, "b.yaml": ALERTS + "        annotations: {runbook_id: TODO}\n"})

    def rules(*words: str) -> list[str]:
        return [each["rule"] for each in json.loads(run("check", "--format", "json", *words).out)["findings"]]

    assert rules() == ["alert/runbook-id", "alert/runbook-known"]
    assert rules("--select", "alert/runbook-id,review") == ["alert/runbook-id"]
    assert rules("--select", "review", "--select", "alert") == ["alert/runbook-id", "alert/runbook-known"]
    assert rules("--select", "alert", "--ignore", "alert/runbook-id") == ["alert/runbook-known"]


def test_output_is_written_whole_and_nothing_else_is_left(write: Write, run: Run) -> None:
    folder = write({**BAD, "out/report.json": "old"})
    ran = run("check", "--format", "json", "--output", "out/report.json")
    assert (ran.code, ran.out) == (1, "")
    assert json.loads((folder / "out/report.json").read_text())["summary"]["errors"] == 1
    assert os.listdir(folder / "out") == ["report.json"]


def test_output_to_a_device_or_through_a_link_replaces_neither(write: Write, run: Run) -> None:
    folder = write({**BAD, "real.txt": "old"})
    os.mkfifo(folder / "pipe")
    (folder / "link.txt").symlink_to("real.txt")
    reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert run("check", "--output", "pipe").code == 1
    assert b"DiskFull" in os.read(reader, 10_000)
    os.close(reader)
    assert run("check", "--output", "link.txt").code == 1
    assert (folder / "link.txt").is_symlink()
    assert "DiskFull" in (folder / "real.txt").read_text()


def test_findings_go_to_stdout_and_mistakes_to_stderr(write: Write, run: Run) -> None:
    write(BAD)
    assert run("check").err == ""
    assert run("check", "nowhere").out == ""


def test_every_schema_is_printed(run: Run) -> None:
    for name in ("catalog", "config", "inventory", "nightly", "pack", "report", "roster", "runbook"):
        assert json.loads(run("schema", name).out)["$id"] == f"urn:runbook-lint:{name}:1"


def test_the_inventory_of_a_clean_repository(write: Write, run: Run) -> None:
    write(CLEAN)
    assert run("inventory").out == (
        "runbooks (1)\n"
        "  runbooks/disk.md: Disk full\n"
        "catalog entries (1)\n"
        "  ops.disk -> runbooks/disk.md\n"
        "alerts (1)\n"
        "  alerts.yaml:4: DiskFull -> ops.disk\n"
        "  1 resolved\n"
        "signals (0)\n"
        "owners (1)\n"
        "  ops: 1 entry\n"
    )


# --- where it is run --------------------------------------------------------------------------------------------------


def test_from_a_subfolder_the_whole_repository_is_meant(write: Write, run: Run) -> None:
    folder = write(BAD)
    git(folder, "init")
    assert run("check", cwd=folder / "runbooks").out.startswith("alerts.yaml\n")
    assert "alerts.yaml" not in run("check", ".", cwd=folder / "runbooks").out


def test_from_outside_with_an_absolute_path(write: Write, run: Run, tmp_path: Path) -> None:
    folder = write({f"repo/{name}": text for name, text in BAD.items()} | {"other/a.yaml": ALERTS}) / "repo"
    git(folder, "init")
    ran = run("check", str(folder), cwd=tmp_path / "other")
    assert ran.code == 1
    assert ran.out.startswith("alerts.yaml\n")
    assert "a.yaml:" not in ran.out


def test_paths_in_two_repositories_are_refused(write: Write, run: Run) -> None:
    folder = write({"one/a.yaml": ALERTS, "one/inner/a.yaml": ALERTS, "two/a.yaml": ALERTS})
    for name in ("one", "one/inner", "two"):
        git(folder / name, "init")
    for second in ("two", "one/inner/a.yaml"):
        ran = run("check", "one", second)
        assert ran.code == 2
        assert f"'{second}' lies outside the repository {folder / 'one'}; check one repository at a time" in ran.err


def test_a_current_folder_that_was_removed(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = f"cd {gone} && rmdir {gone} && exec {sys.executable} -m runbook_lint check"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False, text=True, env={
        **os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)
    })  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "runbook-lint: the current folder is not there any more; change into another one\n"


# --- streams and signals, in a process of its own ---------------------------------------------------------------------


def test_a_reader_that_leaves_early_changes_nothing(write: Write) -> None:
    folder = write({f"{n:03}.yaml": ALERTS for n in range(300)})
    with started("check", "--limit", "0", cwd=folder) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == b"000.yaml\n"
        running.stdout.close()
        assert (running.wait(30), running.stderr.read()) == (1, b"")


def test_interrupted(write: Write) -> None:
    folder = write(CLEAN)
    os.mkfifo(folder / "config.yaml")
    # Who runs the tests in the background of a shell ignores the keys, and so would all that is started there.
    listening = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with started("check", "--config", "config.yaml", cwd=folder, preexec_fn=listening) as running:
        # It has come to read what nobody writes.
        with open(folder / "config.yaml", "wb"):
            running.send_signal(signal.SIGINT)
            assert running.communicate(timeout=30) == (b"", b"\nrunbook-lint: interrupted\n")
        assert running.returncode == 130


@pytest.mark.parametrize(
    ("closed", "code", "out"), [("<&-", 1, "alerts.yaml"), (">&-", 2, ""), ("2>&-", 1, "alerts.yaml")]
)
def test_closed_streams(write: Write, closed: str, code: int, out: str) -> None:
    folder = write(BAD)
    command = f"{sys.executable} -m runbook_lint check --as-of 2026-03-01 {closed}"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, check=False, text=True, env=env)
    assert (done.returncode, done.stdout.partition("\n")[0]) == (code, out)
    assert done.stderr == ("runbook-lint: cannot write to standard output: it is closed\n" if closed == ">&-" else "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
def test_a_full_disk(write: Write) -> None:
    folder = write(BAD)
    with open("/dev/full", "wb") as full, started("check", cwd=folder, stdout=full) as running:
        assert running.stderr is not None
        said = running.stderr.read()
    assert (running.returncode, said) == (
        2,
        b"runbook-lint: cannot write to standard output: no space left on device\n",
    )


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LANG": "C", "LC_ALL": ""}, {"LC_ALL": "POSIX"}])
def test_a_locale_without_unicode(write: Write, locale: dict[str, str]) -> None:
    folder = write({"caf\xe9.yaml": ALERTS.replace("DiskFull", "Plattenfüllung")})
    git(folder, "init")
    ran = process("check", cwd=folder, env=locale)
    assert (ran.code, ran.out.splitlines()[0]) == (1, "caf\xe9.yaml")
    assert "alert 'Plattenfüllung' has no runbook_id" in ran.out


@pytest.mark.parametrize(
    ("env", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"NO_COLOR": "", "FORCE_COLOR": "1"}, True),
    ],
)
def test_colours(write: Write, env: dict[str, str], coloured: bool) -> None:
    assert ("\x1b[" in process("check", cwd=write(BAD), env=env).out) == coloured


def test_colours_never_go_into_a_file(write: Write) -> None:
    folder = write(BAD)
    process("check", "--output", "out.txt", cwd=folder, env={"FORCE_COLOR": "1"})
    assert "\x1b[" not in (folder / "out.txt").read_text()
