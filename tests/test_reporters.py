"""What the reader sees. Small examples, whole; and nothing that speaks to a terminal or tells a secret."""

import json

import pytest
from conftest import ALERTS, CLEAN, ENTRY, LINKED, RUNBOOK, Run, Write

from runbook_lint.reporters.escape import json_text, printable

# A key that no provider gave out; its halves meet only when the tests run.
KEY = "AKIA" + "QWERTYUIOPASDF23"


def lines(run: Run, *words: str) -> list[str]:
    """The text report without its hints."""
    return [line for line in run("check", *words).out.splitlines() if not line.startswith("hint:")]


def test_a_finding_shows_its_line_with_a_caret(write: Write, run: Run) -> None:
    write({**CLEAN, "alerts.yaml": ALERTS.replace("DiskFull", "MailFull")})
    assert lines(run) == [
        "alerts.yaml",
        "       4:9  error    alert 'MailFull' has no runbook_id  alert/runbook-id",
        "       4 |       - alert: MailFull",
        "         |         ^^^^^^^^^^^^^^^",
        "",
        "1 runbook, 1 catalog (1 entry), 1 alert in 1 file: 1 error as of 2026-03-01",
    ]


def test_nothing_found_is_one_line(write: Write, run: Run) -> None:
    write(CLEAN)
    assert lines(run) == ["1 runbook, 1 catalog (1 entry), 1 alert in 1 file: no findings as of 2026-03-01"]


# What stands before the TODO of the text, and how the two lines of its frame look at a width of 60 columns.
FRAMES = {
    "plain": ("a TODO: b", ["a TODO: b", "  ^^^^"]),
    "tabs": ("a\tTODO: b", ["a    TODO: b", "     ^^^^"]),
    "wide characters": ("\u65e5\u672c TODO: b", ["\u65e5\u672c TODO: b", "     ^^^^"]),
    "combining characters": ("cafe\u0301 TODO: b", ["cafe\u0301 TODO: b", "     ^^^^"]),
    "a terminal escape": ("\x1b[2J TODO: b", ["\\x1b[2J TODO: b", "        ^^^^"]),
    "CRLF": ("a TODO: b\r", ["a TODO: b", "  ^^^^"]),
    "a long line": (
        "x " * 40 + "TODO: y " + "z " * 40,
        ["\u2026" + "x " * 10 + "TODO: y" + " z" * 9 + "\u2026", " " * 21 + "^^^^"],
    ),
    "the end of a long line": ("x " * 40 + "TODO: y", None),
}


@pytest.mark.parametrize(("text", "frame"), FRAMES.values(), ids=FRAMES)
def test_frames(write: Write, run: Run, monkeypatch: pytest.MonkeyPatch, text: str, frame: list[str] | None) -> None:
    monkeypatch.setattr("runbook_lint.cli.terminal.width", lambda: 60)
    write({"runbooks/disk.md": RUNBOOK + f"\n{text}\n"})
    shown = [line.partition(" | ")[2] for line in lines(run, "--select", "runbook/placeholder") if " | " in line]
    if frame is not None:
        assert shown == frame
    line, caret = shown
    assert len(line) <= 60 - 11
    assert caret.strip() == "^^^^"


def test_findings_stand_under_their_file_in_order(write: Write, run: Run) -> None:
    write({"b.yaml": ALERTS, "a.yaml": ALERTS, "a/a.yaml": ALERTS})
    assert [line for line in lines(run) if line.endswith(".yaml")] == ["a.yaml", "a/a.yaml", "b.yaml"]


def test_many_equal_findings_stay_readable(write: Write, run: Run) -> None:
    write({f"{n:03}.yaml": ALERTS for n in range(600)})
    said = lines(run)
    assert len(said) < 80
    assert said[-4:] == [
        "580 more of alert/runbook-id in 020.yaml (1), 021.yaml (1), 022.yaml (1), 023.yaml (1), 024.yaml (1),"
        " and 575 more files",
        "show them all with --limit 0, or a part of them by naming a PATH",
        "",
        "0 runbooks, 0 catalogs, 600 alerts in 600 files: 600 errors as of 2026-03-01",
    ]
    assert sum("has no runbook_id" in line for line in lines(run, "--limit", "0")) == 600
    assert sum("has no runbook_id" in line for line in lines(run, "--limit", "599")) == 600


def test_statistics_count_each_rule(write: Write, run: Run) -> None:
    write({"a.yaml": ALERTS, "b.yaml": ALERTS, "c.yaml": LINKED.replace("ops.disk", "TODO")})
    assert lines(run, "--statistics")[-4:-1] == [
        "     2  error    alert/runbook-id",
        "     1  error    alert/runbook-known",
        "",
    ]


def test_a_hostile_title_is_text(write: Write, run: Run) -> None:
    name = '"\\e[31mred\\n::error file=x::y\\u202e"'
    write({"a.yaml": ALERTS.replace("DiskFull", name)})
    out = run("check").out
    assert "alert '\\x1b[31mred\\n::error file=x::y\\u202e' has no runbook_id" in out
    assert not [line for line in out.splitlines() if line.startswith("::")]


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\x7f", "\x9b", "\u2028", "\u202e", "\u200b", "\ufeff", "\udcff"])
def test_nothing_that_acts_on_a_terminal_is_printed(letter: str) -> None:
    assert printable(f"a{letter}b").isprintable()


# --- secrets ----------------------------------------------------------------------------------------------------------

SECRETS = {
    "in a line that another rule shows": {"runbooks/disk.md": RUNBOOK + f"\nTODO: rotate {KEY} now\n"},
    "in a message": {**CLEAN, "alerts.yaml": LINKED.replace("ops.disk", KEY)},
    "at the end of a long value in a message": {
        **CLEAN,
        "alerts.yaml": LINKED.replace("ops.disk", "x" * 50 + "/" + KEY),
    },
    "in a message that cuts it short": {
        "runbooks/runbooks.catalog.json": f"[{ENTRY}]".replace('"sev2"', f'"{"x" * 48}/{KEY}"')
    },
    "in the name of an alert": {"alerts.yaml": ALERTS.replace("DiskFull", KEY)},
    "in a catalog": {"runbooks/runbooks.catalog.json": f"[{ENTRY}]".replace('"sev2"', f'"{KEY}"')},
    "in an expression": {"alerts.yaml": ALERTS.replace("disk_free", f'disk{{key="{KEY}"}}')},
    "in metadata": {"runbooks/disk.md": f"---\nowner: {KEY}\n---\n" + RUNBOOK},
    "again in a section and in another file": {
        "runbooks/disk.md": RUNBOOK + f"\nkey: {KEY}\n\n## x{KEY}y\n",
        "runbooks/other.md": f"# x{KEY}y\n\n## Steps\n\nTODO: x{KEY}y\n",
    },
    "in a path": {"runbooks/disk.md": RUNBOOK + f"\nkey: {KEY}\n", f"runbooks/x{KEY}y.md": "# A\n\nTODO: b\n"},
    "behind a waiver": {
        "runbooks/disk.md": RUNBOOK + "\n<!-- runbook-lint-disable-next-line secret/aws-access-key-id"
        f' until=2026-04-01 owner=ops reason="not live" -->\nTODO: rotate {KEY}\n'
    },
}


@pytest.mark.parametrize("words", [[], ["--ignore", "secret"], ["--select", "runbook,alert,catalog"]], ids=len)
@pytest.mark.parametrize("files", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_shown_nowhere(write: Write, run: Run, files: dict[str, str], words: list[str]) -> None:
    write(files)
    for form in ("text", "json"):
        ran = run("check", "--format", form, *words)
        assert KEY[:8] not in ran.out + ran.err
    assert KEY[:8] not in run("inventory", "--format", "json").out
    assert KEY[:8] not in run("inventory").out


def test_a_rule_that_is_off_still_hides(write: Write, run: Run) -> None:
    write({
        ".runbook-lint.yaml": "version: 1\nrules: {secret/aws-access-key-id: off}\n",
        "runbooks/disk.md": RUNBOOK + f"\nTODO: rotate {KEY}\n",
    })  # fmt: skip
    out = run("check").out
    assert "TODO: rotate ********************" in out
    assert KEY not in out


# --- JSON -------------------------------------------------------------------------------------------------------------


def test_a_finding_in_json(write: Write, run: Run) -> None:
    write({**CLEAN, "alerts.yaml": ALERTS.replace("DiskFull", "MailFull")})
    (found,) = json.loads(run("check", "--format", "json").out)["findings"]
    assert found.pop("help").startswith("Whoever is woken")
    assert len(found.pop("fingerprint")) == 16
    assert found == {
        "rule": "alert/runbook-id",
        "severity": "error",
        "message": "alert 'MailFull' has no runbook_id",
        "path": "alerts.yaml",
        "line": 4,
        "column": 9,
        "end_line": 4,
        "end_column": 24,
        "item": {"noun": "alert", "key": "MailFull"},
    }


def test_a_fingerprint_knows_no_lines(write: Write, run: Run) -> None:
    def fingerprints(text: str) -> list[str]:
        write({"alerts.yaml": text})
        return [each["fingerprint"] for each in json.loads(run("check", "--format", "json").out)["findings"]]

    before = fingerprints(ALERTS)
    assert fingerprints("# new\n\n" + ALERTS) == before
    assert fingerprints(ALERTS.replace("DiskFull", "DiskSlow")) != before


def test_numbers_and_letters_that_json_has_not(write: Write, run: Run) -> None:
    write({
        "oncall.json": '{"teams": {"ops": {"primary": 1e999, "backup": "\\ud800"}}}',
        "runbook-catalog.json": f"[{ENTRY}]".replace("Disk full", "\\ud800"),
    })  # fmt: skip
    (owner,) = json.loads(run("inventory", "--format", "json").out, parse_constant=pytest.fail)["owners"]
    assert (owner["primary"], owner["backup"]) == ("inf", "\\ud800")
    assert run("check", "--format", "json").code == 1


def test_json_is_what_the_library_writes() -> None:
    document = {"a": [1, True, None, 1.5, "é\n\u2028", [], {}, ("x",)], "b": {2: -3, None: {"c": "😀"}, True: ""}}
    for indent in (None, 1, 2):
        assert json_text(document, indent) == json.dumps(document, indent=indent, ensure_ascii=False) + "\n"
