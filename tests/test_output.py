"""Where reports go, and what a terminal is shown."""

import json
import re
from socket import gethostname

import pytest
import yaml
from conftest import ALERTS, CLEAN, RUNBOOK, Run, Write

from runbook_lint.cli import terminal

MISSING = {**CLEAN, "alerts.yaml": ALERTS.replace("DiskFull", "MailFull")}
LONG = {**CLEAN, "alerts.yaml": ALERTS.replace("DiskFull", " ".join(["Mail"] * 15))}


def test_several_formats_at_once(write: Write, run: Run) -> None:
    root = write(MISSING)
    ran = run("check", "--format", "text", "--format", "sarif:out.sarif", "--format", "json:out.json")
    assert ran.code == 1
    assert "1 error as of" in ran.out
    assert json.loads((root / "out.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((root / "out.json").read_text())["summary"]["errors"] == 1


def test_one_format_and_its_file(write: Write, run: Run) -> None:
    root = write(MISSING)
    assert run("check", "--format", "json", "--output", "out.json").out == ""
    assert run("check", "--format", "json:other.json").out == ""
    assert (root / "out.json").read_bytes() == (root / "other.json").read_bytes()
    assert run("check", "--format", "json:-").out == (root / "out.json").read_text()


WRONG = {
    "two on standard output": (["--format", "text", "--format", "json"], "two reports would go to standard output"),
    "two in one file": (["--format", "text:a", "--format", "json:a"], "two reports would go to a"),
    "no format to put there": (["--format", "json:a", "--output", "b"], "--output names the file of a format that has"),
    "an unknown one": (["--format", "sariff"], "there is no format 'sariff'; did you mean 'sarif'?"),
    "nothing like any": (["--format", "x"], "there is no format 'x'; there are text, json, sarif"),
    "two spellings of one file": (["--format", "text:a", "--format", "json:./a"], "two reports would go to a"),
    "a colon and no file": (["--format", "sarif:"], "'sarif:' names no file after the colon"),
    "a report of a diff": (["--diff", "--format", "json"], "--diff shows a diff in place of a report"),
}


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_written(write: Write, run: Run, words: list[str], said: str) -> None:
    write(MISSING)
    ran = run("check", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


def test_one_report_that_cannot_be_written_costs_no_other(write: Write, run: Run) -> None:
    root = write(MISSING)
    ran = run("check", "--format", "text", "--format", "sarif:no/out.sarif", "--format", "json:out.json")
    assert (ran.code, "cannot write no/out.sarif" in ran.err) == (2, True)
    assert "1 error as of" in ran.out
    assert json.loads((root / "out.json").read_text())["summary"]["errors"] == 1


# --- GitHub Actions ---------------------------------------------------------------------------------------------------


def test_a_job_of_github_is_annotated_unasked(write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(MISSING)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert run("check").out.splitlines()[-1].startswith("::error file=alerts.yaml,line=4,")
    assert "::" not in run("check", "--format", "text").out
    run("check", "--output", "out.txt")
    assert "::" not in (root / "out.txt").read_text()


def test_the_summary_of_a_step_grows(
    write: Write, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    summary = tmp_path_factory.mktemp("step") / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    write(MISSING)
    run("check", "--format", "text")
    assert not summary.exists()
    for number in (1, 2):
        run("check", "--format", "github")
        assert summary.read_text().count("### runbook-lint: 1 error") == number
    summary.write_bytes(b"x" * 1024 * 1024)
    run("check", "--format", "github")
    assert summary.stat().st_size == 1024 * 1024


def test_a_summary_that_cannot_be_written(write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write(MISSING)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "no/summary.md")
    ran = run("check", "--format", "github")
    assert (ran.code, "cannot write the step summary no/summary.md" in ran.err) == (2, True)


def test_a_mistake_is_annotated_where_it_stands(write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write({**CLEAN, ".runbook-lint.yaml": "version: 1\nrunbook: [a]\n"})
    assert "::" not in run("check").err
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    (command,) = [line for line in run("check").err.splitlines() if line.startswith("::")]
    assert command.startswith("::error file=.runbook-lint.yaml,line=2,title=runbook-lint::.runbook-lint.yaml:2:1: ")


# --- terminals --------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A terminal of 60 columns that knows colours and no links."""
    for name in ("TERM_PROGRAM", "VTE_VERSION", "WT_SESSION", "KONSOLE_VERSION", "DOMTERM", "FORCE_HYPERLINK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(terminal, "is_terminal", lambda: True)
    monkeypatch.setattr(terminal, "width", lambda: 60)
    return monkeypatch


def test_a_terminal_is_not_overrun(write: Write, run: Run, at_terminal: pytest.MonkeyPatch) -> None:
    write(LONG)
    at_terminal.setenv("NO_COLOR", "1")
    said = run("check").out.splitlines()[:7]
    assert said[1:5] == [
        "       4:9  error    alert 'Mail Mail Mail Mail Mail Mail",
        "                     Mail Mail Mail Mail Mail Mail Mail Mail",
        "                     Mail' has no runbook_id",
        "                     alert/runbook-id",
    ]
    assert max(map(len, said)) <= 60


def test_no_command_overruns_a_terminal_with_words(write: Write, run: Run, at_terminal: pytest.MonkeyPatch) -> None:
    at_terminal.setenv("NO_COLOR", "1")
    folder = write(
        {**CLEAN, "runbooks/long.md": RUNBOOK.replace("Disk full", "A title that " + "goes on and " * 9 + "ends")}
    )
    seen = run("inventory").out.splitlines()
    assert "  runbooks/long.md: A title that goes on and goes on and go…" in seen
    settings = run("config", "show").out
    assert '\nrunbook_keys: # default\n  - "annotations.runbook_id"\n' in settings
    explained = [line for line in run("explain", "runbook/placeholder").out.splitlines() if "|" not in line]
    prose = [line for line in explained if "until" not in line and "words: [" not in line]
    assert max(map(len, [*seen, *settings.splitlines(), *prose])) <= 60
    run("inventory", "--output", "seen.txt")
    assert max(map(len, (folder / "seen.txt").read_text().splitlines())) > 100
    at_terminal.undo()
    at_terminal.chdir(folder)
    assert yaml.safe_load(settings) == yaml.safe_load(run("config", "show").out)
    assert "…" not in run("inventory").out


def test_what_is_no_terminal_gets_a_finding_a_line(write: Write, run: Run) -> None:
    write(LONG)
    assert f"alert '{' '.join(['Mail'] * 15)}' has no runbook_id  alert/runbook-id" in run("check").out


COLOURS = {
    "a terminal": ({}, True),
    "a terminal that knows none": ({"TERM": "dumb"}, False),
    "nobody wants any": ({"NO_COLOR": "1"}, False),
    "none beats some": ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    "an empty wish is none": ({"NO_COLOR": ""}, True),
}


@pytest.mark.parametrize(("environ", "coloured"), COLOURS.values(), ids=COLOURS)
def test_colours(
    write: Write, run: Run, at_terminal: pytest.MonkeyPatch, environ: dict[str, str], coloured: bool
) -> None:
    root = write(MISSING)
    for name, value in environ.items():
        at_terminal.setenv(name, value)
    assert ("\x1b[31m" in run("check").out) is coloured
    run("check", "--output", "out.txt")
    assert "\x1b" not in (root / "out.txt").read_text()


def test_colours_elsewhere_only_by_force(write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write(MISSING)
    assert "\x1b" not in run("check").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31m" in run("check").out
    monkeypatch.setenv("FORCE_COLOR", "0")
    assert "\x1b" not in run("check").out


LINKS = {
    "a terminal that may know none": ({}, False),
    "kitty": ({"TERM": "xterm-kitty"}, True),
    "VS Code": ({"TERM_PROGRAM": "vscode"}, True),
    "Windows Terminal": ({"WT_SESSION": "1"}, True),
    "GNOME": ({"VTE_VERSION": "7200"}, True),
    "GNOME of old": ({"VTE_VERSION": "4600"}, False),
    "by wish": ({"FORCE_HYPERLINK": "1"}, True),
    "against a wish": ({"TERM": "xterm-kitty", "FORCE_HYPERLINK": "0"}, False),
    "without colours": ({"TERM": "xterm-kitty", "NO_COLOR": "1"}, False),
}


@pytest.mark.parametrize(("environ", "linked"), LINKS.values(), ids=LINKS)
def test_a_path_opens_its_file(
    write: Write, run: Run, at_terminal: pytest.MonkeyPatch, environ: dict[str, str], linked: bool
) -> None:
    root = write({**CLEAN, "a b;\x07.yaml": ALERTS.replace("DiskFull", "MailFull")})
    for name, value in environ.items():
        at_terminal.setenv(name, value)
    links = re.findall(r"\x1b]8;;(.*?)\x1b\\", run("check").out)
    assert links == ([f"file://{gethostname()}{root}/a%20b;%07.yaml", ""] if linked else [])
