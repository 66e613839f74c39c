"""``runbook-lint report`` on little repositories: what it asks of whom, and what it knows of the past."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import ALERTS, CLEAN, ENTRY, LINKED, RUNBOOK, Run, Write, change_to, git
from jsonschema import Draft202012Validator

from runbook_lint import resources

DAY = "2026-03-01"
ROSTER = "teams:\n  ops: {primary: ada, backup: grace}\n  web: {primary: alan, backup: edsger}\n"
KEY = "AKIA" + "QWERTYUIOPASDF23"


def entry(name: str, reviewed: str = "2026-02-20", owner: str = "ops", severity: str = "sev2") -> str:
    changed = ENTRY.replace("ops.disk", f"ops.{name}").replace("runbooks/disk.md", f"runbooks/{name}.md")
    changed = changed.replace("2026-02-20", reviewed).replace('"owner_team": "ops"', f'"owner_team": "{owner}"')
    return changed.replace('"sev2"', f'"{severity}"')


def catalog(*entries: str) -> str:
    joined = ",\n".join(entries)
    return f'{{"version": 1, "runbooks": [\n{joined}\n]}}\n'


def alert(name: str, id_: str, severity: str = "critical") -> str:
    return (
        f"groups:\n  - name: {name}\n    rules:\n      - alert: {name}\n        expr: up == 0\n"
        f"        labels: {{severity: {severity}}}\n        annotations: {{runbook_id: {id_}}}\n"
    )


def committed(root: Path, day: str, files: Mapping[str, str], who: str = "Ada Lovelace") -> Path:
    """Commits files as somebody, on a day, in a repository that is made if there is none."""
    git(root, "init", "--quiet")
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root, "add", "--all")
    when = f"{day} 12:00:00 +0000"
    dates = {"GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when, "GIT_AUTHOR_NAME": who, "GIT_COMMITTER_NAME": who}
    git(root, "commit", "--quiet", "--allow-empty", "-m", day, env=dates)
    return root


def told(run: Run, *words: str, day: str = DAY, cwd: Path | None = None) -> dict[str, Any]:
    """The report as data, held against its contract."""
    dated = () if "--merge" in words else ("--as-of", day)
    ran = run("report", *dated, "--format", "json", *words, **({"cwd": cwd} if cwd else {}))
    assert (ran.code, ran.err) == (0, "")
    document: dict[str, Any] = json.loads(ran.out)
    Draft202012Validator(resources.schema("nightly")).validate(document)
    return document


def row(document: Mapping[str, Any], id_: str) -> dict[str, Any]:
    (found,) = [each for each in document["fleet"] if each["id"] == id_]
    return dict(found)


# --- what is asked ----------------------------------------------------------------------------------------------------


def test_a_sound_estate_asks_nothing(write: Write, run: Run) -> None:
    write({**CLEAN, "oncall.yaml": ROSTER})
    document = told(run)
    assert document["decision"]["fit"] is True
    assert document["actions"] == []
    assert run("report", "--as-of", DAY).out.count("Nothing is asked of anybody.") == 1


def test_the_worst_comes_first_and_goes_to_who_owns_it(write: Write, run: Run) -> None:
    write({
        "oncall.yaml": ROSTER,
        "runbooks/a.md": RUNBOOK, "runbooks/b.md": RUNBOOK.replace("Disk", "B") + f"\nkey: {KEY}\n",
        "runbooks/c.md": RUNBOOK.replace("Disk", "C"),
        "runbooks.catalog.json": catalog(
            entry("a", "2025-11-01", "web", "sev3"), entry("b"), entry("c", "2025-11-01", "ops", "sev3"),
        ),
        "alerts.yaml": alert("A", "ops.a"), "lost.yaml": alert("Lost", "ops.lost", "info"),
    })  # fmt: skip
    document = told(run)
    assert [(each["kind"], each["team"], each["severity"]) for each in document["actions"]] == [
        ("secret", "ops", ""),
        ("overdue", "web", "sev1"),  # a sev1 alert points there, whatever the entry says
        ("unmapped", "", "sev3"),
        ("overdue", "ops", "sev3"),
    ]
    assert document["actions"][1]["days"] == 30
    assert document["decision"]["reasons"] == [
        "1 secret stands in the files, where all who read them can use it.",
        "1 sev1 runbook is overdue for review: the steps may no longer work.",
    ]
    assert KEY not in json.dumps(document)


def test_on_call_are_names_and_nothing_else(write: Write, run: Run) -> None:
    names = "primary: {name: ada, chat: '@ada'}, backup: [grace, {name: alan}, {chat: '@x'}, [edsger], 7]"
    write({**CLEAN, "oncall.yaml": f"teams:\n  ops: {{{names}}}\n"})
    (team,) = told(run)["teams"]
    assert (team["primary"], team["backup"]) == (["ada"], ["grace", "alan"])


def test_the_numbers_are_those_of_check(write: Write, run: Run) -> None:
    write({**CLEAN, "alerts.yaml": ALERTS, "runbooks/other.md": "# Other\n\nTODO: a\n"})
    summary = json.loads(run("check", "--format", "json").out)["summary"]
    counts = told(run)["decision"]["counts"]
    assert {name: counts[name] for name in ("errors", "warnings", "alerts", "runbooks", "baseline")} == {
        "errors": summary["errors"], "warnings": summary["warnings"], "alerts": 1, "runbooks": 2, "baseline": 0,
    }  # fmt: skip


def test_a_waiver_that_ends_is_said_before(write: Write, run: Run) -> None:
    waiver = "{rule: runbook/placeholder, paths: [runbooks/disk.md], until: 2026-03-06, owner: ops, reason: soon}"
    waivers = f"version: 1\nwaivers: [{waiver}]\n"
    write({**CLEAN, "runbooks/disk.md": RUNBOOK + "\nTODO: a\n", ".runbook-lint-waivers.yaml": waivers})
    document = told(run)
    assert [(each["what"], each["team"], each["days"]) for each in document["actions"]] == [
        ("the waiver of runbook/placeholder for runbooks/disk.md ends in 5 days", "ops", -5),
    ]
    assert document["health"]["waivers"][0]["days"] == 5


def test_coverage_and_what_leads_nowhere(write: Write, run: Run) -> None:
    write({
        **CLEAN, "alerts.yaml": LINKED + ALERTS.partition("rules:\n")[2].replace("DiskFull", "Lost"),
        "chart.yaml": alert("Templated", '"{{ .Values.id }}"'), "runbooks/alone.md": RUNBOOK.replace("Disk", "Alone"),
    })  # fmt: skip
    document = told(run)
    (share,) = [each for each in document["health"]["coverage_by_severity"] if not each["name"]]
    assert share == {"name": "", "alerts": 2, "mapped": 1, "cannot_tell": 0}
    assert [each["line"] for each in document["orphans"]["alerts"]] == [7]
    assert [each["path"] for each in document["orphans"]["runbooks"]] == ["runbooks/alone.md"]
    verdicts = {each["alert"]: (each["verdict"], each["target"]) for each in document["paths"]}
    assert verdicts["DiskFull"] == ("resolved", "runbooks/disk.md")
    assert verdicts["Templated"][0] == "cannot-tell"


def test_a_signal_leads_to_alert_runbook_panel_and_query(write: Write, run: Run) -> None:
    about = '{"runbooks": ["ops.disk"], "panel": "disks", "saved_query": "full", "owner": "ops"}'
    catalog = f'{{"version": 1, "runbooks": [{ENTRY}], "signals": {{"disk_full": {about}}}}}\n'
    write({**CLEAN, "runbooks/runbooks.catalog.json": catalog})
    (path,) = told(run)["paths"]
    assert [path[name] for name in ("signal", "alert", "id", "owner", "panel", "saved_query")] == [
        "disk_full", "DiskFull", "ops.disk", "ops", "disks", "full",
    ]  # fmt: skip


def test_an_incident_wants_a_review_after_it(write: Write, run: Run) -> None:
    incident = "id: INC-1\nstarted_at: 2026-02-22\nended_at: 2026-02-22\nseverity: sev1\nrunbook_ids: [ops.disk]\n"
    write({**CLEAN, "incidents/1.yaml": incident})
    document = told(run, day="2026-03-20")
    assert [each["rule"] for each in document["actions"] if each["kind"] == "incident"].count("incident/reviewed") == 1
    assert (row(document, "ops.disk")["incidents"], row(document, "ops.disk")["since_review"]) == (1, 1)
    assert document["incidents"][0]["reviewed"] is False


def test_what_falls_due_is_foreseen(write: Write, run: Run) -> None:
    write(CLEAN)
    weeks = told(run)["health"]["forecast"]
    assert [(week["begins"], week["ids"]) for week in weeks if week["due"]] == [("2026-05-17", ["ops.disk"])]
    assert len(weeks) == 12


@pytest.mark.parametrize(
    ("day", "weeks", "due"),
    [("9999-12-31", 1, ["ops.disk"]), ("9999-12-20", 2, ["ops.disk"]), ("0001-01-05", 12, [])],
)
def test_the_calendar_has_a_first_and_a_last_day(write: Write, run: Run, day: str, weeks: int, due: list[str]) -> None:
    root = write({**CLEAN, "runbooks/runbooks.catalog.json": catalog(entry("disk", "9999-12-01"))})
    ran = run("report", "--as-of", day, "--into", "out", "--split-by", "owner", "--weeks", "520")
    assert (ran.code, ran.err) == (0, "")
    document = json.loads((root / "out/report.json").read_text())
    assert len(document["health"]["forecast"]) == weeks
    assert [id_ for week in document["health"]["forecast"] for id_ in week["ids"]] == due
    stamped = f"DTSTAMP:{day.replace('-', '')}T000000Z"
    assert (stamped in (root / "out/reviews.ics").read_text()) is bool(due)


# --- the past ---------------------------------------------------------------------------------------------------------


def test_a_review_is_worth_what_was_done(tmp_path: Path, run: Run) -> None:
    """Two stamped in one commit without a look, one with its text mended."""
    texts = {f"runbooks/{name}.md": RUNBOOK.replace("Disk", name) for name in "abc"}
    old = catalog(*(entry(name, "2025-12-01") for name in "abc"))
    committed(tmp_path, "2025-12-01", {**texts, "runbooks.catalog.json": old})
    bulk = catalog(entry("a", "2026-02-01"), entry("b", "2026-02-01"), entry("c", "2025-12-01"))
    committed(tmp_path, "2026-02-01", {"runbooks.catalog.json": bulk}, "Grace Hopper")
    last = bulk.replace("2025-12-01", "2026-02-10")
    committed(tmp_path, "2026-02-10", {"runbooks.catalog.json": last, "runbooks/c.md": RUNBOOK + "\n1. More.\n"})
    committed(tmp_path, "2026-02-12", {"runbooks.catalog.json": last.replace("Disk full", "Disk is full")}, "Alan")
    document = told(run, "--weeks", "0")
    reviews = {id_: row(document, id_)["review"] for id_ in ("ops.a", "ops.b", "ops.c")}
    assert {id_: (each["by"], each["on"], each["together"], each["edited"]) for id_, each in reviews.items()} == {
        "ops.a": ("Grace Hopper", "2026-02-01", 2, False),
        "ops.b": ("Grace Hopper", "2026-02-01", 2, False),
        "ops.c": ("Ada Lovelace", "2026-02-10", 1, True),
    }


def test_what_changed_after_a_review_is_said(tmp_path: Path, run: Run) -> None:
    said = RUNBOOK + "\nTables come from `db/seeds/x.sql`.\n"
    files = {**CLEAN, "runbooks/disk.md": said, "db/seeds/x.sql": "select 1;\n"}
    committed(tmp_path, "2026-02-20", files)
    committed(tmp_path, "2026-02-22", {"alerts.yaml": LINKED.replace("disk_free < 1", "disk_free < 2")})
    committed(tmp_path, "2026-02-24", {"runbooks/disk.md": said + "\n1. Call.\n"})
    committed(tmp_path, "2026-02-25", {"db/seeds/x.sql": "select 2;\n"})
    document = told(run, "--weeks", "0")
    found = row(document, "ops.disk")
    assert [(each["what"], each["name"], each["days"]) for each in found["drift"]] == [
        ("alert", "DiskFull", 2), ("runbook", "runbooks/disk.md", 4), ("file", "db/seeds/x.sql", 5),
    ]  # fmt: skip
    assert (found["changed"], found["changed_by"]) == ("2026-02-24", "Ada Lovelace")
    (action,) = document["actions"]
    assert action["what"] == "'ops.disk' was reviewed 2 days before alert 'DiskFull' changed, and 1 more changed since"


@pytest.mark.parametrize(
    ("path", "text"),
    {
        "comments, and metadata": ("runbooks/disk.md", f"<!-- seen -->\nOwner: web\n\n{RUNBOOK}"),
        "another alert of the file": ("alerts.yaml", LINKED + "      - record: a\n        expr: b\n"),
        "what nobody mentions": ("db/seeds/y.sql", "select 2;\n"),
    }.values(),
)
def test_what_changes_nothing_for_the_reader_is_no_drift(tmp_path: Path, run: Run, path: str, text: str) -> None:
    committed(tmp_path, "2026-02-20", {**CLEAN, "db/seeds/y.sql": "select 1;\n"})
    committed(tmp_path, "2026-02-25", {path: text})
    assert row(told(run, "--weeks", "0"), "ops.disk")["drift"] == []


def test_the_trend_judges_each_week_by_its_own_day(tmp_path: Path, run: Run) -> None:
    committed(tmp_path, "2025-10-01", {**CLEAN, "runbooks/runbooks.catalog.json": catalog(entry("disk", "2025-10-01"))})
    committed(tmp_path, "2026-02-10", {"more.yaml": ALERTS.replace("DiskFull", "More")})
    committed(tmp_path, "2026-02-20", CLEAN)
    trend = told(run, "--weeks", "8")["health"]["trend"]
    assert [(each["day"], each["overdue"], each["mapped"], each["alerts"]) for each in trend["points"]] == [
        ("2026-01-04", 1, 1, 1), ("2026-01-11", 1, 1, 1), ("2026-01-18", 1, 1, 1), ("2026-01-25", 1, 1, 1),
        ("2026-02-01", 1, 1, 1), ("2026-02-08", 1, 1, 1), ("2026-02-15", 1, 1, 2), ("2026-02-22", 0, 1, 2),
        ("2026-03-01", 0, 1, 2),
    ]  # fmt: skip
    assert trend["limits"] == ""
    assert told(run, "--weeks", "52")["health"]["trend"]["limits"] == "The history begins on 2025-10-01."
    assert len(told(run, "--weeks", "52")["health"]["trend"]["points"]) == 22


def test_a_shallow_clone_says_how_far_it_sees(tmp_path: Path, run: Run) -> None:
    origin = tmp_path / "origin"
    origin.mkdir()
    for day in ("2025-12-01", "2026-01-10", "2026-02-20"):
        committed(origin, day, CLEAN)
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{origin}", "clone")
    document = told(run, cwd=tmp_path / "clone")
    assert document["repositories"][0]["shallow"] is True
    limits = document["health"]["trend"]["limits"]
    assert limits.startswith("The clone is shallow and begins on 2026-02-20: 51 weeks before")
    assert document["repositories"][0]["name"] == "origin"


def test_without_git_there_is_no_past(write: Write, run: Run) -> None:
    write(CLEAN)
    document = told(run)
    assert document["health"]["trend"] == {"points": [], "limits": "There is no history to ask."}
    assert "review" not in row(document, "ops.disk")
    assert document["repositories"][0]["commit"] == ""


def test_work_that_is_not_committed_is_said(tmp_path: Path, run: Run) -> None:
    committed(tmp_path, "2026-02-20", CLEAN)
    assert told(run, "--weeks", "0")["repositories"][0]["dirty"] is False
    (tmp_path / "alerts.yaml").write_text(ALERTS)
    assert told(run, "--weeks", "0")["repositories"][0]["dirty"] is True


def test_a_merge_writes_nothing(tmp_path: Path, run: Run) -> None:
    said = RUNBOOK + "\nTables come from [these](../db/x.sql).\n"
    committed(tmp_path, "2026-01-01", {**CLEAN, "runbooks/disk.md": said, "db/x.sql": "select 1;\n"})
    git(tmp_path, "checkout", "-q", "-b", "old")
    committed(tmp_path, "2026-01-02", {"README": "a\n"})
    git(tmp_path, "checkout", "-q", "main")
    committed(
        tmp_path, "2026-02-10", {"db/x.sql": "select 2;\n", "runbooks/disk.md": said + "\n1. b\n"}, "Grace Hopper"
    )
    git(
        tmp_path,
        "merge",
        "-q",
        "--no-ff",
        "-m",
        "merged",
        "old",
        env={"GIT_COMMITTER_DATE": "2026-02-25 12:00:00 +0000"},
    )
    found = row(told(run, "--weeks", "0"), "ops.disk")
    assert (found["drift"], found["changed"], found["changed_by"]) == ([], "2026-02-10", "Grace Hopper")


def test_what_a_history_begins_with_is_no_change(tmp_path: Path, run: Run) -> None:
    origin = tmp_path / "origin"
    origin.mkdir()
    committed(origin, "2026-02-25", {**CLEAN, "runbooks/disk.md": RUNBOOK + "\nSee `db/x.sql`.\n", "db/x.sql": "a\n"})
    committed(origin, "2026-02-26", {"README": "a\n"})
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{origin}", "clone")
    for folder in (origin, tmp_path / "clone"):
        document = told(run, "--weeks", "0", cwd=folder)
        assert document["actions"] == []
        assert "review" not in row(document, "ops.disk")
        assert row(document, "ops.disk")["changed"] == ""


def test_a_file_that_moves_keeps_its_past(tmp_path: Path, run: Run) -> None:
    old = {**CLEAN, "runbooks/runbooks.catalog.json": catalog(entry("disk", "2026-01-01"))}
    committed(tmp_path, "2026-01-01", old)
    committed(tmp_path, "2026-02-20", CLEAN, "Grace Hopper")
    git(tmp_path, "mv", "runbooks/runbooks.catalog.json", "runbooks.catalog.json")
    git(tmp_path, "mv", "alerts.yaml", "rules.yaml")
    committed(tmp_path, "2026-02-25", {}, "Mover")
    found = row(told(run, "--weeks", "0"), "ops.disk")
    assert (found["review"]["by"], found["review"]["on"], found["drift"]) == ("Grace Hopper", "2026-02-20", [])


def test_a_bulk_is_counted_where_it_happened(tmp_path: Path, run: Run) -> None:
    names = "abcdef"
    files = {f"runbooks/{name}.md": RUNBOOK.replace("Disk", name) for name in names}
    committed(
        tmp_path, "2025-12-01", {**files, "runbooks.catalog.json": catalog(*(entry(n, "2025-12-01") for n in names))}
    )
    committed(tmp_path, "2026-02-01", {"runbooks.catalog.json": catalog(*(entry(n, "2026-02-01") for n in names))})
    later = catalog(entry("a", "2026-02-01"), *(entry(n, "2026-02-10") for n in names[1:]))
    committed(tmp_path, "2026-02-10", {"runbooks.catalog.json": later})
    assert row(told(run, "--weeks", "0"), "ops.a")["review"]["together"] == 6


def test_a_wrong_clock_hides_nothing(tmp_path: Path, run: Run) -> None:
    committed(tmp_path, "2026-02-01", CLEAN)
    committed(tmp_path, "2035-01-01", {"README": "a\n"})
    committed(tmp_path, "2026-02-20", {"more.yaml": LINKED.replace("DiskFull", "More")})
    assert told(run, "--weeks", "0")["health"]["trend"]["points"][0]["alerts"] == 2


def test_what_is_excused_makes_nobody_fit(write: Write, run: Run) -> None:
    write({**CLEAN, "alerts.yaml": alert("Lost", "ops.lost"), "oncall.yaml": ROSTER})
    run("baseline", "create", "--as-of", DAY)
    document = told(run)
    assert document["decision"]["reasons"] == [
        "1 sev1 alert leads to no working runbook: who is paged begins with nothing."
    ]
    assert document["actions"] == []


def test_an_alert_is_counted_once(write: Write, run: Run) -> None:
    lost = catalog(entry("disk"), entry("gone"))
    write(
        {
            "runbooks/disk.md": RUNBOOK,
            "runbooks.catalog.json": lost,
            "a.yaml": alert("A", "ops.gone"),
            "b.yaml": alert("B", "TODO"),
        }
    )
    document = told(run)
    assert document["decision"]["counts"]["unmapped_sev1"] == 2
    assert [(each["kind"], each["id"]) for each in document["actions"]] == [("target", "ops.gone"), ("unmapped", "")]


def test_a_secret_in_a_name_is_shown_nowhere(tmp_path: Path, run: Run) -> None:
    committed(tmp_path, "2026-02-20", {**CLEAN, "alerts.yaml": ALERTS.replace("DiskFull", f'"D {KEY}"')})
    committed(tmp_path, "2026-02-21", {"runbooks/disk.md": RUNBOOK + "\n1. b\n"}, f"Ada {KEY}")
    assert KEY not in json.dumps(told(run, "--weeks", "1"))


def test_nothing_to_judge_by_is_not_fit(write: Write, run: Run) -> None:
    write({"runbooks/disk.md": RUNBOOK})
    assert told(run)["decision"]["reasons"] == [
        "No alert was read and no runbook has a review date, so there is nothing to judge by."
    ]


# --- where it goes ----------------------------------------------------------------------------------------------------


def test_all_formats_into_a_folder_and_one_for_each_team(write: Write, run: Run) -> None:
    old = catalog(entry("disk", "2025-11-01", "web"))
    root = write({**CLEAN, "oncall.yaml": ROSTER, "runbooks/runbooks.catalog.json": old})
    ran = run("report", "--as-of", DAY, "--into", "public", "--split-by", "owner", "--weeks", "0")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    names = {"index.html", "report.md", "report.json", "runbooks.csv", "runbook_lint.prom", "reviews.ics", "slack.json"}
    assert {path.name for path in (root / "public").iterdir()} == {*names, "web"}
    assert {path.name for path in (root / "public/web").iterdir()} == names
    assert json.loads((root / "public/web/report.json").read_text())["team"] == "web"


def test_several_repositories_on_one_page(write: Write, run: Run, tmp_path: Path) -> None:
    for name in ("shop", "bank"):
        write({f"{name}/{path}": text for path, text in CLEAN.items()})
        run("report", "--as-of", DAY, "--format", f"json:{tmp_path / name}.json", cwd=tmp_path / name)
    document = told(run, "--merge", "shop.json", "--merge", "bank.json")
    assert [each["name"] for each in document["repositories"]] == ["bank", "shop"]
    assert document["decision"]["counts"]["alerts"] == 2
    assert [each["kind"] for each in document["actions"]] == ["duplicate"]


def test_a_repository_is_called_what_it_is_said_to_be_called(write: Write, run: Run) -> None:
    for name in ("eu", "us"):
        root = write({f"{name}/runbooks/{path}": text for path, text in CLEAN.items()})
        ran = run("report", "--name", f"shop {name}", "--format", f"json:../{name}.json", cwd=root / name / "runbooks")
        assert (ran.code, ran.err) == (0, "")
    document = told(run, "--merge", "eu/eu.json", "--merge", "us/us.json")
    assert [each["name"] for each in document["repositories"]] == ["shop eu", "shop us"]
    assert {each["place"]["repository"] for each in document["fleet"]} == {"shop eu", "shop us"}


WRONG = {
    "an unknown format": (["--format", "pdf"], "there is no format 'pdf'; there are html, markdown"),
    "two on standard output": (["--format", "html", "--format", "csv"], "two reports would go to standard output"),
    "a file in a folder": (["--into", "a", "--format", "html:b"], "--into names the files itself"),
    "teams without a folder": (["--split-by", "owner"], "say with --into where"),
    "a day of what is written": (["--merge", "a.json", "--as-of", DAY], "as they were written; leave --as-of out."),
    "how a repository is read": (
        ["--merge", "a.json", "--weeks", "52", "--name", "a", "--config", "b"],
        "leave --weeks and --name and --config out.",
    ),
    "nothing to merge": (["--merge", "no.json"], "no.json cannot be read: no such file or directory"),
    "what is no report": (["--merge", "alerts.yaml"], "alerts.yaml is no JSON, so it cannot be merged"),
}


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_request_is_a_sentence(write: Write, run: Run, words: list[str], said: str) -> None:
    write(CLEAN)
    ran = run("report", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


def test_the_same_night_gives_the_same_report(tmp_path: Path, run: Run) -> None:
    committed(tmp_path, "2026-02-20", {**CLEAN, "oncall.yaml": ROSTER})
    first = run("report", "--as-of", DAY, "--format", "html").out
    change_to(tmp_path, {**CLEAN, "oncall.yaml": ROSTER})
    assert run("report", "--as-of", DAY, "--format", "html").out == first
