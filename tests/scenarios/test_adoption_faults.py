"""What must not happen to who takes the tool up: nothing is lost, nothing shared is edited, nothing is guessed."""

import json
from pathlib import Path

import pytest
import yaml
from conftest import ALERTS, CLEAN, DAY, ENTRY, RUNBOOK, Ran, Run, Write, commit

BROKEN = '{"version": 1, "runbooks": [{"id": "ops.mine"},]}'


def on_day(run: Run, command: str, *words: str) -> Ran:
    return run(command, "--as-of", DAY, *words)


# --- init -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("files", "said"), [
    ({"runbooks/runbooks.catalog.json": BROKEN}, "the catalog runbooks/runbooks.catalog.json cannot be read"),
    ({"runbooks/runbooks.catalog.json": BROKEN, ".gitignore": "*.json\n"},
     "there is a file runbooks/runbooks.catalog.json"),
    ({"runbooks/runbooks.catalog.json": BROKEN, ".runbook-lint.yaml": "version: 1\nexclude: ['**/*.json']\n"},
     "there is a file runbooks/runbooks.catalog.json"),
    ({"ops.catalog-runbooks.yaml": "- {id: a.b\n"}, "the catalog ops.catalog-runbooks.yaml cannot be read"),
    ({"runbooks/runbooks.catalog.json": '{"version": 1, "runbooks": null}'}, "cannot be extended"),
])  # fmt: skip
def test_init_writes_over_nothing(write: Write, run: Run, files: dict[str, str], said: str) -> None:
    folder = commit(write({"runbooks/disk.md": RUNBOOK}))
    write(files)
    ran = on_day(run, "init")
    assert (ran.code, said in ran.err) == (2, True)
    assert {name: (folder / name).read_text() for name in files} == files


def test_init_writes_where_the_configuration_says(write: Write, run: Run) -> None:
    folder = commit(
        write({"runbooks/disk.md": RUNBOOK, ".runbook-lint.yaml": "version: 1\ncatalogs: [ops/all.json]\n"})
    )
    (folder / "ops").mkdir()
    assert on_day(run, "init").out.startswith("wrote ops/all.json\n")
    assert on_day(run, "init").out.startswith("nothing to add")


def test_paths_of_any_letters_have_one_entry_for_ever(write: Write, run: Run) -> None:
    names = ["a#b/Disk.md", "%20/P.md", "q?x=1.md", "\u65e5\u672c/\u30b5\u30fc\u30d0.md", "Tr\xe8s.md", "Down_1.md"]
    folder = commit(write({f"runbooks/{name}": RUNBOOK for name in names}))
    out = on_day(run, "init").out
    text = (folder / "runbooks/runbooks.catalog.json").read_text()
    ids = [each["id"] for each in json.loads(text)["runbooks"]]
    assert "another file gives the same" not in out
    assert ids[:5] == ["20.p", "ops.down-1", "ops.tres", "a-b.disk", "ops.q-x-1"]
    on_day(run, "init")
    run("check", "--fix")
    assert (folder / "runbooks/runbooks.catalog.json").read_text() == text
    assert "catalog/target-exists" not in run("check").out


def test_titles_are_data(write: Write, run: Run) -> None:
    commit(write({"runbooks/disk.md": RUNBOOK, "alerts.yaml": '- {alert: "X\\e[31m\\u202e", expr: a}\n'}))
    out = on_day(run, "init").out
    assert "X\\x1b[31m\\u202e" in out
    assert "\x1b" not in out


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("heading", "alert", "same"), [
    ("Disk full", "DiskFull", True), ("disk-full", "Disk_Full", True), ("\xdcberlast", "\xfcberlast", True),
    ("C++", "C#", False), ("\u4e3b\u673a CPU", "\u7f13\u5b58 CPU", False), ("\xdcberlast", "berlast", False),
])  # fmt: skip
def test_an_alert_and_a_runbook_of_one_name(write: Write, run: Run, heading: str, alert: str, same: bool) -> None:
    write(
        {
            **CLEAN,
            "runbooks/disk.md": RUNBOOK.replace("Disk full", heading),
            "alerts.yaml": ALERTS.replace("DiskFull", alert),
        }
    )
    run("check", "--fix")
    assert ("runbook_id" in (Path.cwd() / "alerts.yaml").read_text()) is same


# --- repairs ----------------------------------------------------------------------------------------------------------


def test_an_anchor_that_others_use_is_not_edited(write: Write, run: Run) -> None:
    text = (
        "- alert: DiskFull\n  expr: a\n  annotations: &common\n    summary: x\n"
        "- alert: Other\n  expr: b\n  annotations: *common\n"
    )
    folder = commit(write({**CLEAN, "alerts.yaml": text}))
    assert "nothing that can be repaired safely" in run("check", "--fix").out
    assert (folder / "alerts.yaml").read_text() == text


def test_one_repair_that_cannot_be_made_stops_no_other(write: Write, run: Run) -> None:
    shared = "x: &a {summary: y}\ngroups:\n- rules:\n  - {alert: DiskFull, expr: a, annotations: *a}\n"
    rest = '  - alert: DiskFull\n    expr: b\n    annotations:\n      "summary": x\n'
    folder = write({**CLEAN, "alerts.yaml": shared + rest})
    run("check", "--fix")
    rules = yaml.safe_load((folder / "alerts.yaml").read_text())["groups"][0]["rules"]
    assert [rule["annotations"].get("runbook_id") for rule in rules] == [None, "ops.disk"]


def test_what_a_template_decides_gets_nothing_of_ours(write: Write, run: Run) -> None:
    text = (
        "- alert: DiskFull\n  expr: a > {{ .Values.b }}\n  annotations:\n    {{- if .Values.c }}\n    summary: x\n"
        "    {{- else }}\n    summary: y\n    {{- end }}\n"
    )
    folder = write({**CLEAN, "alerts.yaml": text})
    run("check", "--fix")
    assert (folder / "alerts.yaml").read_text() == text


# --- reviews ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("front", ["last_reviewed_at: >-\n  2026-02-20\n", "last_reviewed_at: |\n  2026-02-20\n"])
def test_a_review_takes_nothing_away(write: Write, run: Run, front: str) -> None:
    text = f"---\n{front}---\n{RUNBOOK}"
    folder = commit(write({**CLEAN, "runbooks/disk.md": text}))
    ran = on_day(run, "review", "ops.disk")
    assert (ran.code, "cannot be edited safely; set the date by hand" in ran.err) == (2, True)
    assert (folder / "runbooks/disk.md").read_text() == text


@pytest.mark.parametrize("catalog", [
    "- {id: ops.disk, url: runbooks/disk.md, last_reviewed_at: &d 2026-02-01}\n"
    "- {id: ops.web, url: web.md, last_reviewed_at: *d}\n",
    "- &def\n  id: ops.web\n  last_reviewed_at: 2026-02-01\n- <<: *def\n  id: ops.disk\n  url: runbooks/disk.md\n",
])  # fmt: skip
def test_a_date_that_entries_share_is_not_stamped(write: Write, run: Run, catalog: str) -> None:
    folder = commit(write({"runbooks.catalog.yaml": catalog, "runbooks/disk.md": RUNBOOK, "web.md": "# Web\n"}))
    ran = on_day(run, "review", "ops.disk", "--force", "--reason", "a test of ours")
    assert (ran.code, "cannot be edited safely" in ran.err) == (2, True)
    assert (folder / "runbooks.catalog.yaml").read_text() == catalog


def test_a_review_keeps_what_the_file_begins_with_and_bytes_that_are_no_utf8(write: Write, run: Run) -> None:
    dated = RUNBOOK.encode() + b"\n**Last reviewed**: 2026-02-20\n"
    folder = commit(write({**CLEAN, "runbooks/disk.md": b"\xef\xbb\xbf" + dated}))
    assert on_day(run, "review", "ops.disk").code == 0
    assert (folder / "runbooks/disk.md").read_bytes() == b"\xef\xbb\xbf" + dated.replace(b"2026-02-20", DAY.encode())
    write({"runbooks/disk.md": b"caf\xe9\n" + dated})
    on_day(run, "review", "ops.disk", "--force", "--reason", "a test of ours")
    assert (folder / "runbooks/disk.md").read_bytes().startswith(b"caf\xe9")


def test_a_document_that_names_the_day_already(write: Write, run: Run) -> None:
    folder = commit(write({**CLEAN, "runbooks/disk.md": RUNBOOK + f"\n**Last reviewed**: {DAY}\n"}))
    assert on_day(run, "review", "ops.disk").code == 0
    assert on_day(run, "review", "ops.disk").code == 0
    entry = json.loads((folder / "runbooks/runbooks.catalog.json").read_text())["runbooks"][0]
    assert entry["last_reviewed_at"] == DAY


def test_what_is_retired_or_has_no_address(write: Write, run: Run) -> None:
    gone = ENTRY.replace("ops.disk", "ops.gone").replace('"signals"', '"status": "retired", "signals"')
    bare = '{"id": "ops.bare", "title": "Bare", "signals": []}'
    commit(write({**CLEAN, "runbooks/runbooks.catalog.json": f"[{ENTRY}, {gone}, {bare}]"}))
    assert "'ops.gone' is retired" in on_day(run, "review", "ops.gone").err
    assert on_day(run, "review", "ops.bare", "--force", "--reason", "a test of ours").code == 0


# --- waivers and the baseline -----------------------------------------------------------------------------------------

SAID = ("--until", "2026-06-30", "--owner", "ops", "--reason", "is being written")


def test_a_waiver_keeps_the_ends_of_lines_and_takes_paths_from_here(write: Write, run: Run) -> None:
    folder = commit(write({"sub/a.yaml": ALERTS, ".runbook-lint-waivers.yaml": "version: 1\r\nwaivers: []\r\n"}))
    ran = run("waive", "--as-of", DAY, "alert/runbook-id", "--path", "./a.yaml", *SAID, cwd=folder / "sub")
    assert ran.code == 0
    written = (folder / ".runbook-lint-waivers.yaml").read_bytes()
    assert b"paths: " in written
    assert b"sub/a.yaml" in written
    assert written.count(b"\n") == written.count(b"\r\n")
    assert run("check").code == 0


@pytest.mark.parametrize(
    "text", [b"version: 1\nwaivers: [{rule: a/b, alert: A}, ]\n", b"version: 1\nwaivers: [] # caf\xe9\n"]
)
def test_a_file_of_waivers_that_cannot_be_edited(write: Write, run: Run, text: bytes) -> None:
    folder = write({"alerts.yaml": ALERTS, ".runbook-lint-waivers.yaml": text})
    assert run("waive", "--as-of", DAY, "alert/runbook-id", "--alert", "A", *SAID).code == 2
    assert (folder / ".runbook-lint-waivers.yaml").read_bytes() == text


def test_what_cannot_be_read_is_not_solved(write: Write, run: Run) -> None:
    folder = write({"alerts.yaml": ALERTS})
    run("baseline", "create", "--as-of", DAY)
    before = (folder / ".runbook-lint-baseline.json").read_text()
    write({"alerts.yaml": ALERTS + "  }\n"})
    assert "baseline/solved" not in run("check", "--strict-baseline").out
    assert run("baseline", "prune", "--as-of", DAY).out == ".runbook-lint-baseline.json: 1 finding left, 0 taken out\n"
    assert (folder / ".runbook-lint-baseline.json").read_text() == before
    write({"alerts.yaml": ALERTS, ".runbook-lint-baseline.json": "<<<<<<<\n" + before})
    assert run("baseline", "create", "--force", "--as-of", DAY).code == 0
    assert (folder / ".runbook-lint-baseline.json").read_text() == before


def test_an_alias_is_as_good_as_an_id(write: Write, run: Run) -> None:
    entry = ENTRY.replace('"signals"', '"aliases": ["ops.volume"], "signals"').replace("2026-02-20", "2024-02-20")
    write({**CLEAN, "runbooks/runbooks.catalog.json": f"[{entry}]"})
    assert run("check").code == 1
    assert run("waive", "--as-of", DAY, "review/overdue", "--runbook-id", "ops.volume", *SAID).code == 0
    assert run("check").code == 0


def test_an_id_that_a_runbook_names_itself_is_its_own(write: Write, run: Run) -> None:
    folder = commit(write({"runbooks/disk.md": f"---\nrunbook_id: storage.disk\n---\n{RUNBOOK}"}))
    on_day(run, "init")
    entries = json.loads((folder / "runbooks/runbooks.catalog.json").read_text())["runbooks"]
    assert [each["id"] for each in entries] == ["storage.disk"]


def test_what_the_baseline_knows_is_repaired_too(write: Write, run: Run) -> None:
    folder = write({**CLEAN, "alerts.yaml": ALERTS})
    run("baseline", "create", "--as-of", DAY)
    assert "hint: repaired 1 file" in run("check", "--fix").out
    assert "runbook_id: ops.disk" in (folder / "alerts.yaml").read_text()


def test_another_wrong_link_in_the_place_of_a_known_one_is_new(write: Write, run: Run) -> None:
    write({**CLEAN, "alerts.yaml": CLEAN["alerts.yaml"].replace("ops.disk", "ops.gone")})
    run("baseline", "create", "--as-of", DAY)
    assert run("check").code == 0
    write({"alerts.yaml": CLEAN["alerts.yaml"].replace("ops.disk", "ops.lost")})
    assert run("check").code == 1
