"""What excuses a finding in files of its own: the waivers, and the baseline."""

import json

import fakes
import pytest
from conftest import ALERTS, CLEAN, DAY, LINKED, RUNBOOK, Ran, Run, Write, commit, report

# --- the file of waivers ----------------------------------------------------------------------------------------------

WAIVER = "{rule: alert/runbook-id, alert: DiskFull, until: 2026-06-30, owner: ops, reason: soon}"
LISTED = f"version: 1\nwaivers:\n  - {WAIVER}\n"


def test_a_listed_waiver_excuses_and_is_counted(write: Write, run: Run) -> None:
    write({"alerts.yaml": ALERTS, ".runbook-lint-waivers.yaml": LISTED})
    code, document = report(run)
    assert (code, document["findings"], document["summary"]["waived"]) == (0, [], 1)
    assert "; 1 waived" in run("check").out


def test_a_listed_waiver_that_is_over_or_needed_no_more_is_a_finding(write: Write, run: Run) -> None:
    write({"alerts.yaml": ALERTS, ".runbook-lint-waivers.yaml": LISTED})
    assert [each["rule"] for each in report(run, "--as-of", "2026-07-01")[1]["findings"]] == [
        "waiver/expired",
        "alert/runbook-id",
    ]
    write({"alerts.yaml": ALERTS.replace("DiskFull", "Other")})
    assert [each["rule"] for each in report(run)[1]["findings"]] == ["waiver/unused", "alert/runbook-id"]


@pytest.mark.parametrize(("text", "said"), [
    ("", "the file is empty"),
    ("version: 2\nwaivers: []\n", "'version' must be 1"),
    ("version: 1\nwaivers: [{rule: a/b, until: 2026-06-30}]\n", "one of `paths`, `runbook_id` and `alert`"),
    ("version: 1\nwaivers: [{rule: a/b, alert: A, paths: b}]\n", "one of `paths`, `runbook_id` and `alert`"),
    ("version: 1\nwaivers: [{rule: a/b, alert: A, end: 2026-06-30}]\n", "unknown key 'end'"),
    ("version: 1\nwaivers: [\n", ".runbook-lint-waivers.yaml:3:1: not valid YAML"),
])  # fmt: skip
def test_a_file_of_waivers_of_a_wrong_shape_is_a_wrong_request(write: Write, run: Run, text: str, said: str) -> None:
    write({"alerts.yaml": ALERTS, ".runbook-lint-waivers.yaml": text})
    ran = run("check")
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert ran.err.startswith("runbook-lint: .runbook-lint-waivers.yaml:")


# --- writing waivers --------------------------------------------------------------------------------------------------

WHAT = "Say for what: one of --path, --runbook-id and --alert."
SAID = ("--until", "2026-06-30", "--owner", "ops", "--reason", "is being written")


def waive(run: Run, *words: str) -> Ran:
    return run("waive", "--as-of", DAY, *words)


def test_a_waiver_is_written_and_holds(write: Write, run: Run) -> None:
    folder = write({"alerts.yaml": ALERTS})
    ran = waive(run, "alert/runbook-id", "--alert", "DiskFull", *SAID)
    assert (ran.code, ran.out) == (0, ".runbook-lint-waivers.yaml: waived alert/runbook-id until 2026-06-30\n")
    assert (folder / ".runbook-lint-waivers.yaml").read_text() == (
        "# What may stay for a while. `runbook-lint schema waivers` prints the contract.\n"
        "version: 1\n"
        "waivers:\n"
        "  - rule: alert/runbook-id\n"
        "    alert: DiskFull\n"
        "    until: 2026-06-30\n"
        "    owner: ops\n"
        "    reason: is being written\n"
    )
    assert run("check").code == 0


@pytest.mark.parametrize("text", [
    LISTED,
    f"version: 1   # ours\nwaivers:\n# the first\n- {WAIVER} # old\n",
    "waivers:\n  - rule: [alert/runbook-id,\n           alert/severity-agrees]\n    paths: \"a\"\n"
    "    until: 2026-06-30\n\n"
    "    owner: o\n    reason: >-\n      a long\n      reason\nversion: 1\n",
    f"version: 1\nwaivers: [{WAIVER}] # one\n# the end",
])  # fmt: skip
def test_what_was_written_by_hand_stays_as_it_was(write: Write, run: Run, text: str) -> None:
    folder = write({"alerts.yaml": ALERTS, ".runbook-lint-waivers.yaml": text})
    assert waive(run, "runbook/sections", "runbook/title", "--path", "old/**", *SAID).code == 0
    after = (folder / ".runbook-lint-waivers.yaml").read_text()
    start = next((at for at, (old, new) in enumerate(zip(text, after, strict=False)) if old != new), len(text))
    assert after.endswith(text[start:])


@pytest.mark.parametrize(("words", "said"), [
    (["alert/runbook-idd", "--alert", "A", *SAID], "did you mean 'alert/runbook-id'?"),
    (["alert", "--alert", "A", *SAID], "there is no rule 'alert'"),
    (["read/syntax", "--path", "a", *SAID], "'read/syntax' cannot be waived"),
    (["alert/runbook-id", *SAID], WHAT),
    (["alert/runbook-id", "--alert", "A", "--path", "b", *SAID], WHAT),
    (["alert/runbook-id", "--alert", "A", "--until", "2026-02-30", *SAID[2:]], "ends on '2026-02-30', which is no day"),
    (["alert/runbook-id", "--alert", "A", "--until", "2026-02-28", *SAID[2:]], "this waiver ended on 2026-02-28"),
    (["alert/runbook-id", "--alert", "A", "--until", "2027-02-28", *SAID[2:]], "2026-08-28 is the latest day"),
    (["alert/runbook-id", "--alert", "A", *SAID[:4], "--reason", "TODO"], "the reason of this waiver is 'TODO'"),
])  # fmt: skip
def test_a_waiver_that_would_excuse_nothing_is_not_written(write: Write, run: Run, words: list[str], said: str) -> None:
    folder = write({"alerts.yaml": ALERTS})
    ran = waive(run, *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not (folder / ".runbook-lint-waivers.yaml").exists()


# --- the baseline -----------------------------------------------------------------------------------------------------

OTHER = ALERTS.replace("DiskFull", "Other")


def baseline(run: Run, word: str, *words: str) -> Ran:
    return run("baseline", word, "--as-of", DAY, *words)


def test_what_is_known_does_not_fail_and_what_is_new_does(write: Write, run: Run) -> None:
    write({"alerts.yaml": ALERTS, "runbooks/disk.md": "# Disk\n\nTODO\n"})
    assert run("check").code == 1
    assert baseline(run, "create").out == ".runbook-lint-baseline.json: 3 findings\n"
    assert run("check").out.splitlines()[-1].endswith("; 3 known to the baseline: no findings as of 2026-03-01")
    write({"other.yaml": OTHER})
    code, document = report(run)
    assert (code, document["summary"]["baselined"]) == (1, 3)
    assert [each["path"] for each in document["findings"]] == ["other.yaml"]


def test_lines_that_move_change_nothing(write: Write, run: Run) -> None:
    write({"alerts.yaml": ALERTS})
    baseline(run, "create")
    write({"alerts.yaml": "# a comment\n\n" + ALERTS})
    assert run("check").code == 0


def test_what_is_solved_is_said_and_must_be_pruned_when_asked_for(write: Write, run: Run) -> None:
    write({"alerts.yaml": ALERTS, "other.yaml": OTHER})
    baseline(run, "create")
    write({"alerts.yaml": LINKED})
    assert [(each["rule"], each["severity"]) for each in report(run)[1]["findings"]] == [("baseline/solved", "info")]
    assert (run("check").code, run("check", "--strict-baseline").code) == (0, 1)
    assert run("check", "--select", "runbook", "--strict-baseline", "--allow-empty").code == 0
    assert baseline(run, "show").out == "     2  alert/runbook-id (1 solved)\n2 findings, 1 solved\n"
    assert baseline(run, "prune").out == ".runbook-lint-baseline.json: 1 finding left, 1 taken out\n"
    assert run("check", "--strict-baseline").code == 0


def test_what_is_not_to_be_lived_with_is_refused(write: Write, run: Run) -> None:
    secret = f"2. Log in with `password={fakes.PASSWORD}`.\n"
    folder = write({"alerts.yaml": ALERTS, "bad.yaml": ALERTS + "  }\n", "runbooks/disk.md": RUNBOOK + secret})
    assert baseline(run, "create").out == (
        ".runbook-lint-baseline.json: 1 finding\n"
        "not baselined: 1 finding, for nobody knows what stands in a file that cannot be read\n"
        "not baselined: 1 finding, for a secret is revoked and removed, never known\n"
    )
    text = (folder / ".runbook-lint-baseline.json").read_text()
    assert fakes.PASSWORD not in text
    found = next(each for each in report(run)[1]["findings"] if each["rule"].startswith("secret/"))
    row = {"path": "runbooks/disk.md", "rule": found["rule"], "fingerprint": found["fingerprint"]}
    write({".runbook-lint-baseline.json": json.dumps({"version": 1, "findings": [row]})})
    assert {each["rule"] for each in report(run)[1]["findings"]} >= {"baseline/refused", found["rule"]}


def test_a_baseline_is_never_replaced_by_accident(write: Write, run: Run) -> None:
    write({"alerts.yaml": ALERTS})
    ran = baseline(run, "prune")
    assert (ran.code, "`runbook-lint baseline create` writes one" in ran.err) == (2, True)
    baseline(run, "create")
    ran = baseline(run, "create")
    assert (ran.code, "prune` shortens it, --force replaces it" in ran.err) == (2, True)
    assert baseline(run, "create", "--force").code == 0
    write({".runbook-lint-baseline.json": '{"version": 1, "findings": [{"rule": "x"}]}'})
    assert "error    'path' is missing  baseline/schema" in run("check").out
    assert "'path' is missing" in baseline(run, "show").err


def test_the_file_is_sorted_and_one_a_line(write: Write, run: Run) -> None:
    folder = write({"b.yaml": ALERTS, "a.yaml": ALERTS + "      - {alert: Second, expr: b}\n"})
    baseline(run, "create")
    first, *rows, last = (folder / ".runbook-lint-baseline.json").read_text().splitlines()
    assert (first, last) == ('{"version": 1, "findings": [', "]}")
    assert [json.loads(row.rstrip(","))["item"] for row in rows] == ["DiskFull", "Second", "DiskFull"]
    assert rows == sorted(rows, key=lambda row: row.rstrip(","))


def test_a_change_is_never_excused_by_a_baseline(write: Write, run: Run) -> None:
    commit(write(CLEAN))
    write({"other.yaml": OTHER})
    baseline(run, "create")
    assert (run("check").code, run("check", "--base", "HEAD").code) == (0, 1)
