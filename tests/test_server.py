"""The language server as an editor sees it: a real process, real pipes, real messages. Places count from 0."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ALERTS, CATALOG, CLEAN, ENTRY, LINKED, ROOT, RUNBOOK, Run, Write, commit, found, process, started
from editor import Editor, edited, editing, place
from markdown_it import MarkdownIt

from runbook_lint import documents
from runbook_lint.server import context

KEY = "AKIA" + "QWERTYUIOPASDF23"
MISSING = "3:8-3:23 error alert/runbook-id: alert 'DiskFull' has no runbook_id"
# In the middle of `ops.disk` in LINKED.
AT_ID = (5, 36)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """One server for all tests, each of which opens a folder of its own."""
    with editing(tmp_path_factory.mktemp("empty")) as editor:
        yield editor


@pytest.fixture
def editor(server: Editor, tmp_path: Path) -> Iterator[Editor]:
    """The server, with the test's folder open and nothing in it."""
    server.folder(tmp_path)
    server.messages.clear()
    yield server
    for uri in [uri for uri in server.versions if uri.startswith(tmp_path.as_uri())]:
        server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        del server.versions[uri]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the server asks to be told of."""
    dynamic = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
    with editing(tmp_path_factory.mktemp("watched"), capabilities=dynamic) as editor:
        while (asked := editor.receive()).get("method") != "client/registerCapability":
            pass
        return list(asked["params"]["registrations"][0]["registerOptions"]["watchers"])


def opened(write: Write, files: dict[str, Any]) -> Path:
    return write({".runbook-lint.yaml": "version: 1\n", **files})


# --- what is found ----------------------------------------------------------------------------------------------------


def test_a_fault_is_shown_as_it_is_written_and_goes_when_it_is_repaired(write: Write, editor: Editor) -> None:
    alerts = opened(write, {**CLEAN, "alerts.yaml": ALERTS.replace("DiskFull", "DiskSlow")}) / "alerts.yaml"
    assert editor.open(alerts) == [MISSING.replace("DiskFull", "DiskSlow")]
    assert editor.change(alerts, LINKED) == []
    assert editor.change(alerts, LINKED.replace("ops.disk", "ops.dsik")) == [
        "5:34-5:42 error alert/runbook-known: no catalog has the id 'ops.dsik' that alert 'DiskFull' names; "
        "did you mean 'ops.disk'?"
    ]


def test_who_asks_nothing_is_told_too_and_of_the_last_state_only(write: Write, editor: Editor) -> None:
    alerts = opened(write, {**CLEAN, "alerts.yaml": ALERTS}) / "alerts.yaml"
    editor.open(alerts)
    for text in (LINKED, ALERTS, ALERTS + LINKED[len(ALERTS) :].replace("disk", "dis"), LINKED):
        editor.type(alerts, text)
    editor.messages.clear()
    assert editor.wait(alerts) == []
    assert [each["params"]["version"] for each in editor.messages if "diagnostics" in each["params"]] == [5]


def test_an_editor_says_what_check_says(write: Write, run: Run, editor: Editor) -> None:
    folder = opened(write, {**CLEAN, "runbooks/disk.md": "# Disk full\n\nTODO: write\n\n[gone](gone.md)\n"})
    shown = editor.open(folder / "runbooks" / "disk.md")
    said = [line.split(": ", 1)[1] for line in found(run) if line.startswith("runbooks/disk.md")]
    assert [line.split(" ", 1)[1] for line in shown] == said != []


def test_what_is_open_counts_for_all_other_files(write: Write, editor: Editor) -> None:
    folder = opened(write, CLEAN)
    assert editor.open(folder / "alerts.yaml") == []
    catalog = folder / "runbooks" / "runbooks.catalog.json"
    editor.open(catalog)
    editor.change(catalog, CATALOG.replace('"ops.disk"', '"ops.other"'))
    assert ["alert/runbook-known" in line for line in editor.found(folder / "alerts.yaml")] == [True]
    editor.close(catalog)
    assert editor.found(folder / "alerts.yaml") == []


def test_a_new_file_is_there_before_it_is_saved(write: Write, editor: Editor) -> None:
    folder = opened(write, {"alerts.yaml": LINKED, "runbooks/disk.md": RUNBOOK})
    catalog = folder / "runbooks" / "runbooks.catalog.json"
    editor.open(catalog, CATALOG.replace("ops.disk", "ops.other"))
    assert "alert/runbook-known" in editor.open(folder / "alerts.yaml")[0]
    editor.change(catalog, CATALOG)
    assert editor.found(folder / "alerts.yaml") == []
    assert not catalog.exists()


def test_what_git_ignores_is_not_judged(write: Write, editor: Editor) -> None:
    folder = commit(write({".gitignore": "vendor/\n", "vendor/alerts.yaml": ALERTS, "alerts.yaml": ALERTS}))
    assert editor.open(folder / "vendor" / "alerts.yaml") == []
    assert editor.open(folder / "alerts.yaml") == [MISSING]


def test_a_file_outside_of_all_folders_is_judged_alone(write: Write) -> None:
    folder = write({"work/alerts.yaml": ALERTS, **{f"home/{name}": text for name, text in CLEAN.items()}})
    home = folder / "home"
    with editing(folder / "work") as editor:
        links = "[beside it](runbooks/disk.md) [below](#gone)\n"
        shown = editor.open(home / "runbook-mail.md", f"{RUNBOOK}\n{links}")
        assert [line.split()[:3] for line in shown] == [["6:38-6:43", "warning", "link/anchor:"]]
        assert editor.open(home / "alerts.yaml") == []
        assert editor.ask("definition", home / "alerts.yaml", AT_ID) == []
        assert editor.open(home / "runbooks" / "runbooks.catalog.json") == []


def test_a_file_that_is_closed_shows_nothing(write: Write, editor: Editor) -> None:
    alerts = opened(write, {"alerts.yaml": ALERTS}) / "alerts.yaml"
    assert editor.open(alerts) != []
    editor.close(alerts)
    while alerts.as_uri() not in editor.published:
        editor.receive()
    assert editor.published[alerts.as_uri()]["diagnostics"] == []


def test_columns_count_as_editors_count(write: Write, editor: Editor) -> None:
    page = opened(write, {"runbooks/disk.md": RUNBOOK}) / "runbooks" / "disk.md"
    shown = editor.open(page, RUNBOOK + "\U0001f525\U0001f525 \u00e9\u2028: TODO\n")
    assert [line.partition(": ")[0] for line in shown] == ["5:9-5:13 warning runbook/placeholder"]


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 6), ("utf-32", 3)])
def test_the_units_are_those_that_were_agreed_on(write: Write, encoding: str, column: int) -> None:
    folder = opened(write, {"runbooks/disk.md": RUNBOOK + "\U0001f525: TODO\n"})
    with editing(folder, capabilities={"general": {"positionEncodings": [encoding]}}) as editor:
        assert editor.hello["capabilities"]["positionEncoding"] == encoding
        shown = editor.open(folder / "runbooks" / "disk.md")
        assert [line.partition(" ")[0] for line in shown] == [f"5:{column}-5:{column + 4}"]


def test_lines_of_windows(write: Write, editor: Editor) -> None:
    alerts = opened(write, {"alerts.yaml": ALERTS}) / "alerts.yaml"
    assert editor.open(alerts, ALERTS.replace("\n", "\r\n")) == [MISSING]


def test_two_that_have_one_fault_know_of_each_other(write: Write, editor: Editor) -> None:
    double = f"[{ENTRY}, {ENTRY}]\n"
    catalog = opened(write, {**CLEAN, "runbooks/runbooks.catalog.json": double}) / "runbooks" / "runbooks.catalog.json"
    editor.open(catalog)
    related = [
        each["relatedInformation"] for each in editor.diagnostics(catalog) if each["code"] == "catalog/unique-id"
    ]
    assert [[place(each["location"]["range"]) for each in one] for one in related] == [["0:8-0:18"]]


def test_of_very_many_findings_the_worst_are_shown_and_the_rest_are_counted(write: Write, editor: Editor) -> None:
    page = opened(write, {"runbooks/disk.md": RUNBOOK}) / "runbooks" / "disk.md"
    shown = editor.open(page, RUNBOOK + "\nTODO\n" * 1_200 + "\n[gone](gone.md)\n")
    assert [line.split()[2] for line in shown[:2]] == ["link/target:", "runbook/placeholder:"]
    assert len(shown) == 1_001
    assert shown[-1] == "0:0-0:0 warning None: 201 more findings are not shown here; runbook-lint check lists all"


def test_who_alters_a_file_that_is_not_open_disturbs_nobody(write: Write, editor: Editor) -> None:
    alerts = opened(write, {"alerts.yaml": ALERTS}) / "alerts.yaml"
    other = {"uri": (alerts.parent / "other.yaml").as_uri(), "version": 2}
    editor.notify("textDocument/didChange", {"textDocument": other, "contentChanges": [{"text": LINKED}]})
    assert editor.open(alerts) == [MISSING]
    assert "window/showMessage" not in [each.get("method") for each in editor.messages]


# --- what others do to the files --------------------------------------------------------------------------------------


def test_a_folder_that_is_deleted_is_gone(write: Write, editor: Editor) -> None:
    page = RUNBOOK + "\n![disks](images/disks.png)\n"
    folder = opened(write, {"runbooks/disk.md": page, "runbooks/images/disks.png": ""}) / "runbooks"
    assert editor.open(folder / "disk.md") == []
    shutil.rmtree(folder / "images")
    gone = {"uri": (folder / "images").as_uri(), "type": 3}
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [gone]})
    assert ["link/target" in line for line in editor.found(folder / "disk.md")] == [True]


@pytest.mark.parametrize("ending", documents.ENDINGS)
def test_all_that_is_read_is_watched(watched: list[dict[str, Any]], ending: str) -> None:
    endings = {each for one in watched for each in re.findall(r"[.]\w+", one["globPattern"])}
    assert ending in endings


def test_what_is_deleted_is_watched_under_any_name(watched: list[dict[str, Any]]) -> None:
    assert {"globPattern": "**/*", "kind": 4} in watched


# --- what says how to judge -------------------------------------------------------------------------------------------


def test_a_configuration_holds_as_soon_as_it_is_written(write: Write, editor: Editor) -> None:
    folder = opened(write, {"alerts.yaml": ALERTS})
    assert editor.open(folder / "alerts.yaml") == [MISSING]
    config = folder / ".runbook-lint.yaml"
    editor.open(config)
    editor.change(config, "version: 1\nrules: {alert/runbook-id: off}\n")
    assert editor.found(folder / "alerts.yaml") == []


def test_a_broken_configuration_is_said_and_the_last_good_one_holds(write: Write, editor: Editor) -> None:
    folder = opened(write, {"alerts.yaml": ALERTS})
    config = folder / ".runbook-lint.yaml"
    editor.open(config, "version: 1\nrules: {alert/runbook-id: off}\n")
    assert editor.open(folder / "alerts.yaml") == []
    told = editor.change(config, "version: 1\nrules: {alert/runbook-idd: off}\n")
    assert told == [
        "1:8-1:31 error configuration: there is no rule 'alert/runbook-idd'; did you mean 'alert/runbook-id'?"
    ]
    assert editor.found(folder / "alerts.yaml") == []
    assert editor.change(config, "version: 1\n") == []
    assert "alert/runbook-id" in editor.found(folder / "alerts.yaml")[0]


def test_a_configuration_that_was_never_right_is_said_until_it_is(write: Write, editor: Editor) -> None:
    folder = write(
        {"alerts.yaml": ALERTS, ".runbook-lint.yaml": "version: 1\npacks: [house.yaml]\n", "house.yaml": "7\n"}
    )
    alerts, pack = folder / "alerts.yaml", folder / "house.yaml"
    for text in (ALERTS, ALERTS + "\n"):
        assert (editor.open if text == ALERTS else editor.change)(alerts, text) == [MISSING]
        assert "configuration" in str(editor.published[pack.as_uri()]["diagnostics"])
    pack.write_text("version: 1\nrules: []\n")
    editor.change(alerts, ALERTS)
    assert editor.published[pack.as_uri()]["diagnostics"] == []


def test_a_file_of_configuration_may_be_named(write: Write, tmp_path: Path) -> None:
    folder = write({"alerts.yaml": ALERTS, "ops/lint.yaml": "version: 1\nrules: {alert/runbook-id: off}\n"})
    with editing(folder, "--config", "ops/lint.yaml") as editor:
        assert editor.open(folder / "alerts.yaml") == []


def test_broken_waivers_are_said(write: Write, editor: Editor) -> None:
    folder = opened(write, {"alerts.yaml": ALERTS, ".runbook-lint-waivers.yaml": "version: 1\nwaivers: []\n"})
    waivers = folder / ".runbook-lint-waivers.yaml"
    assert editor.open(waivers) == []
    assert ["configuration" in line for line in editor.change(waivers, "version: 1\nwaivers: 7\n")] == [True]


# --- quick fixes ------------------------------------------------------------------------------------------------------

URL = "https://github.com/example/ops/blob/main/runbooks/disk.md"
BY_URL = ALERTS + f"        annotations:\n          runbook_url: {URL}\n"


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_quick_fix_repairs_the_text(write: Write, editor: Editor, ends: str) -> None:
    alerts = opened(write, CLEAN) / "alerts.yaml"
    text = "# \U0001f525\n".replace("\n", ends) + BY_URL.replace("\n", ends)
    assert len(editor.open(alerts, text)) == 1
    action = editor.actions(alerts)["Add runbook_id: ops.disk"]
    assert [each["code"] for each in action["diagnostics"]] == ["alert/runbook-id"]
    fixed = edited(text, action, alerts)
    assert f"          runbook_id: ops.disk{ends}          runbook_url" in fixed
    assert editor.change(alerts, fixed) == []


@pytest.mark.parametrize("named", ["ops.dsik", "ops.old"], ids=["unknown", "retired"])
def test_another_id_is_offered_for_one_that_does_not_hold(write: Write, editor: Editor, named: str) -> None:
    catalog = TWO.replace('"status": "retired"', '"status": "retired", "replaced_by": "ops.disk"')
    alerts = opened(write, {**CLEAN, "runbooks/runbooks.catalog.json": catalog}) / "alerts.yaml"
    text = LINKED.replace("ops.disk", f"'{named}'")
    assert len(editor.open(alerts, text)) == 1
    assert edited(text, editor.actions(alerts)["Change it to 'ops.disk'"], alerts) == text.replace(named, "ops.disk")


def test_all_of_a_file_is_repaired_at_once(write: Write, editor: Editor) -> None:
    alerts = opened(write, CLEAN) / "alerts.yaml"
    text = BY_URL + BY_URL.split("rules:\n")[1].replace("DiskFull", "DiskFuller")
    assert len(editor.open(alerts, text)) == 2
    actions = editor.actions(alerts, ["source.fixAll"])
    assert list(actions) == ["Repair all that is safe"]
    assert editor.change(alerts, edited(text, actions["Repair all that is safe"], alerts)) == []


def test_an_entry_is_added_to_the_catalog(write: Write, editor: Editor) -> None:
    folder = opened(write, {**CLEAN, "runbooks/mail.md": "# Mail stuck\n\n## Steps\n\n1. Look.\n"})
    editor.open(folder / "runbooks" / "mail.md")
    action = editor.actions(folder / "runbooks" / "mail.md")["Add an entry to runbooks/runbooks.catalog.json"]
    catalog = folder / "runbooks" / "runbooks.catalog.json"
    assert '"url": "runbooks/mail.md"' in edited(CATALOG, action, catalog)


# A file with a finding, and the line that waives it once somebody fills it in.
WAIVERS = {
    "alerts.yaml": (ALERTS, '      # runbook-lint: ignore[alert/runbook-id] until=2026-03-31 owner=TODO reason="TODO"'),
    "runbooks/disk.md": (
        RUNBOOK + "\nTODO: write\n",
        '<!-- runbook-lint-disable-next-line runbook/placeholder until=2026-03-31 owner=TODO reason="TODO" -->',
    ),
}


def test_what_stands_in_a_fence_is_waived_before_it(write: Write, editor: Editor) -> None:
    text = RUNBOOK + "\n```bash\nkubectl get pods \u2014all\n```\n"
    runbook = opened(write, {"runbooks/disk.md": text}) / "runbooks" / "disk.md"
    rule = editor.open(runbook)[0].split()[2].rstrip(":")
    action = editor.actions(runbook)[f"Waive {rule} for 30 days (fill in who and why)"]
    waived = edited(text, action, runbook).replace("owner=TODO", "owner=ops").replace('"TODO"', '"is quoted"')
    assert "-->\n```bash" in waived
    assert editor.change(runbook, waived) == []


@pytest.mark.parametrize("name", WAIVERS)
def test_a_finding_is_waived_for_a_while(write: Write, editor: Editor, name: str) -> None:
    text, comment = WAIVERS[name]
    file = opened(write, {**CLEAN, name: text}) / name
    rule = "alert/runbook-id" if name.endswith("yaml") else "runbook/placeholder"
    assert rule in "".join(editor.open(file))
    action = editor.actions(file)[f"Waive {rule} for 30 days (fill in who and why)"]
    waived = edited(text, action, file)
    assert comment in waived.splitlines()
    assert "waiver/incomplete" in "".join(editor.change(file, waived))
    filled = waived.replace("owner=TODO", "owner=ops").replace('"TODO"', '"is being written"')
    assert rule not in "".join(editor.change(file, filled))


# A page where a comment could break something, and the line of it that waives the `TODO`.
LINE = '<!-- runbook-lint-disable-line runbook/placeholder until=2026-03-31 owner=TODO reason="TODO" -->'
NEXT = LINE.replace("line", "next-line")
CROWDED = {
    "a row of a table": ("| a | b |\n|---|---|\n| 1 | TODO |\n| 2 | 3 |\n", f"| 1 | TODO {LINE} |"),
    "a row without an edge": ("a | b\n--|--\nTODO | 1\n2 | 3\n", f"TODO | 1 {LINE}"),
    "a quote": ("> TODO: write\n", f"> {NEXT}"),
    "a line of a quote": ("> Look.\n> TODO: write\n> Go.\n", f"> TODO: write {LINE}"),
    "a table in a quote": ("> | a | b |\n> |---|---|\n> | 1 | TODO |\n", f"> | 1 | TODO {LINE} |"),
    "the second item": ("1. Look.\n2. TODO: write\n3. Go.\n", f"2. TODO: write {LINE}"),
    "a line of a paragraph": ("Look.\nTODO: write  \nGo.\n", f"TODO: write {LINE}  "),
    "a paragraph of an item": ("- Look.\n\n  TODO: write\n- Go.\n", f"  {NEXT}"),
}


@pytest.mark.parametrize("name", CROWDED)
def test_a_waiver_leaves_the_page_as_it_is(write: Write, editor: Editor, name: str) -> None:
    text, line = f"{RUNBOOK}\n{CROWDED[name][0]}", CROWDED[name][1]
    page = opened(write, {"runbooks/disk.md": RUNBOOK}) / "runbooks" / "disk.md"
    assert [each.split()[2] for each in editor.open(page, text)] == ["runbook/placeholder:"]
    action = editor.actions(page)["Waive runbook/placeholder for 30 days (fill in who and why)"]
    waived = edited(text, action, page)
    assert line in waived.splitlines()
    shown = [MarkdownIt("commonmark").enable("table").render(each) for each in (text, waived)]
    assert re.sub(r"\s*<!--.*-->", "", shown[1]).split() == shown[0].split()
    filled = waived.replace("owner=TODO", "owner=ops").replace('"TODO"', '"is being written"')
    assert editor.change(page, filled) == []


@pytest.mark.parametrize("owners", ["\n  - ops\n  - TODO\n", " [ops,\n  TODO]\n"], ids=["lines", "a row"])
def test_in_front_matter_only_a_comment_of_yaml_stands(write: Write, editor: Editor, owners: str) -> None:
    text = f"---\nowners:{owners}---\n{RUNBOOK}"
    page = opened(write, {"runbooks/disk.md": RUNBOOK}) / "runbooks" / "disk.md"
    found = editor.open(page, text)
    action = editor.actions(page)["Waive runbook/placeholder for 30 days (fill in who and why)"]
    waived = edited(text, action, page)
    assert [each.split()[2] for each in found] == ["runbook/placeholder:"]
    assert yaml.safe_load(waived.split("---")[1]) == {"owners": ["ops", "TODO"]}
    assert "\n  # runbook-lint: ignore[runbook/placeholder] until=2026-03-31" in waived


def test_no_comment_stands_in_json(write: Write, editor: Editor) -> None:
    rules = '{"groups": [{"name": "a", "rules": [{"alert": "DiskFull", "expr": "a"}]}]}\n'
    alerts = opened(write, {"alerts.json": rules}) / "alerts.json"
    assert len(editor.open(alerts)) == 1
    assert editor.actions(alerts) == {}


# --- completion -------------------------------------------------------------------------------------------------------

TWO = CATALOG.replace(
    ENTRY, ENTRY + ", " + ENTRY.replace("ops.disk", "ops.old").replace('"title"', '"status": "retired", "title"')
)
RULES = ["alert/retired-runbook", "alert/runbook-id"]
# What somebody has written so far, `|` where the cursor is, and what is offered first.
UNFINISHED = {
    "nothing yet": ("alerts.yaml", ALERTS + "        annotations:\n          runbook_id: |\n", ["ops.disk", "ops.old"]),
    "half a word": ("alerts.yaml", ALERTS + "        annotations: {runbook_id: ops.|", ["ops.disk", "ops.old"]),
    "in quotes": ("alerts.yaml", ALERTS + '        annotations: {runbook_id: "|', ["ops.disk", "ops.old"]),
    "json": (
        "alerts.json",
        '{"groups": [{"rules": [{"alert": "A", "annotations": {"runbook_id": |',
        ["ops.disk", "ops.old"],
    ),
    "a successor": (
        "more.catalog.yaml",
        "runbooks:\n  - id: ops.x\n    last_reviewed_at: 2026-01-01\n    replaced_by: |\n",
        ["ops.disk", "ops.old"],
    ),
    "signals": (
        "runbook-catalog.yaml",
        "runbooks: []\nsignals:\n  disk_full:\n    - ops.disk\n    - |\n",
        ["ops.disk", "ops.old"],
    ),
    "signals in a row": (
        "runbook-catalog.yaml",
        "signals:\n  disk_full: {runbooks: [ops.disk, |",
        ["ops.disk", "ops.old"],
    ),
    "an entry in brackets": (
        "runbook-catalog.yaml",
        "runbooks:\n  - {id: ops.x, title: it's so, url: http://x/y, replaced_by: |}\n",
        ["ops.disk", "ops.old"],
    ),
    "an entry over several lines": (
        "runbook-catalog.yaml",
        "runbooks:\n- {id: ops.x,\n   replaced_by: |\n  }\n",
        ["ops.disk", "ops.old"],
    ),
    "after a bracket that nobody closed": (
        "runbook-catalog.yaml",
        "runbooks:\n  - id: ops.x\n    signals: [a, b\n    replaced_by: |\n",
        ["ops.disk", "ops.old"],
    ),
    "an alert in brackets": (
        "alerts.yaml",
        "groups:\n- name: a\n  rules:\n  - {alert: D, expr: a, annotations: {runbook_id: |}}\n",
        ["ops.disk", "ops.old"],
    ),
    "an alert in brackets over several lines": (
        "alerts.yaml",
        "groups:\n- name: a\n  rules:\n  - {alert: D, expr: a,\n     annotations: {\n       runbook_id: op|",
        ["ops.disk", "ops.old"],
    ),
    "ids over several lines": (
        "runbook-catalog.yaml",
        "signals:\n  disk_full: {runbooks: [\n    ops.disk,\n    |",
        ["ops.disk", "ops.old"],
    ),
    "another key of an entry in brackets": (
        "runbook-catalog.yaml",
        "runbooks:\n  - {id: ops.x, replaced_by: ops.disk, title: |}\n",
        [],
    ),
    "another key": ("alerts.yaml", ALERTS + "        annotations:\n          summary: |\n", []),
    "a rule": ("alerts.yaml", "# runbook-lint: ignore[alert/runbook-i|", RULES),
    "a rule in markdown": ("runbooks/disk.md", "# Disk\n\n<!-- runbook-lint-disable-next-line |", RULES),
}


@pytest.mark.parametrize("name", UNFINISHED)
def test_what_may_stand_here_is_offered(write: Write, editor: Editor, name: str) -> None:
    path, text, offered = UNFINISHED[name]
    file = opened(write, {"runbooks/disk.md": RUNBOOK, "runbooks/runbooks.catalog.json": TWO}) / path
    before, _, after = text.partition("|")
    editor.open(file, before + after)
    line, column = before.count("\n"), len(before.rpartition("\n")[2])
    items = editor.ask("completion", file, (line, column))["items"]
    assert [each["label"] for each in items][:2] == offered


@pytest.mark.parametrize("name", UNFINISHED)
def test_no_place_is_too_strange_to_stand_in(name: str) -> None:
    text = UNFINISHED[name][1].replace("\n", "\r\n")
    for at in range(len(text) + 1):
        for as_json in (True, False):
            word = context.of(text, at, as_json=as_json).word
            assert word.start <= at <= word.end
            assert text[slice(*word)].split() in ([], [text[slice(*word)]])


def test_what_is_told_of_an_id_is_told_when_it_is_asked_for(write: Write, editor: Editor) -> None:
    file = opened(write, {"runbooks/disk.md": RUNBOOK, "runbooks/runbooks.catalog.json": TWO}) / "alerts.yaml"
    editor.open(file, ALERTS + "        labels: {runbook_id: op")
    first = editor.ask("completion", file, (5, 31))["items"][0]
    assert "documentation" not in first
    told = editor.request("completionItem/resolve", first)["documentation"]["value"]
    assert told.startswith("**Disk full** ops.disk\n\n- owner: ops\n")


def test_an_id_is_offered_with_what_is_known_of_it(write: Write, editor: Editor) -> None:
    file = opened(write, {"runbooks/disk.md": RUNBOOK, "runbooks/runbooks.catalog.json": TWO}) / "alerts.yaml"
    editor.open(file, ALERTS + "        labels: {runbook_id: op")
    first, second = editor.ask("completion", file, (5, 31))["items"]
    assert first["detail"] == "Disk full \u00b7 ops \u00b7 last reviewed 2026-02-20, due in 81 days"
    assert (place(first["textEdit"]["range"]), first["textEdit"]["newText"]) == ("5:29-5:31", "ops.disk")
    assert (second["label"], second["tags"]) == ("ops.old", [1])


# --- ways -------------------------------------------------------------------------------------------------------------


def test_an_id_tells_of_its_runbook(write: Write, editor: Editor) -> None:
    alerts = opened(write, CLEAN) / "alerts.yaml"
    editor.open(alerts)
    told = editor.ask("hover", alerts, AT_ID)
    assert place(told["range"]) == "5:34-5:42"
    assert told["contents"]["value"] == (
        "**Disk full** ops.disk\n\n- owner: ops\n- severity: sev2\n- last reviewed 2026-02-20, due in 81 days\n"
        "- runbook: runbooks/disk.md\n- 1 alert points here"
    )


def test_a_rule_in_a_waiver_tells_why_it_is_there(write: Write, editor: Editor) -> None:
    alerts = opened(write, CLEAN) / "alerts.yaml"
    editor.open(alerts, "# runbook-lint: ignore[alert/runbook-id]\n" + LINKED)
    assert "alert/runbook-id" in editor.ask("hover", alerts, (0, 30))["contents"]["value"]
    assert editor.ask("hover", alerts, (4, 12)) is None


def test_from_an_alert_to_its_runbook_and_its_entry_and_back(write: Write, editor: Editor) -> None:
    anchored = CATALOG.replace("runbooks/disk.md", "runbooks/disk.md#steps")
    folder = opened(write, {**CLEAN, "runbooks/runbooks.catalog.json": anchored})
    alerts, runbook = folder / "alerts.yaml", folder / "runbooks" / "disk.md"
    editor.open(alerts)
    editor.open(runbook)
    catalog = folder / "runbooks" / "runbooks.catalog.json"
    editor.open(catalog)
    entry, alert = "runbooks.catalog.json 0:35-0:45", "alerts.yaml 3:8-3:23"
    assert editor.places("definition", alerts, AT_ID) == ["disk.md 2:3-2:8", entry]
    assert editor.places("definition", runbook, (0, 0)) == [entry]
    assert editor.places("definition", catalog, (0, 40)) == ["disk.md 2:3-2:8"]
    assert editor.places("references", runbook, (4, 0), context={"includeDeclaration": False}) == [alert]
    assert editor.places("references", catalog, (0, 40), context={"includeDeclaration": True}) == [entry, alert]


def test_how_many_alerts_lead_here(write: Write, editor: Editor) -> None:
    folder = opened(write, {**CLEAN, "runbooks/runbooks.catalog.json": TWO})
    editor.open(folder / "runbooks" / "disk.md")
    assert editor.lenses(folder / "runbooks" / "disk.md") == ["0:2-0:11 1 alert points here"]
    editor.open(folder / "runbooks" / "runbooks.catalog.json")
    lenses = editor.lenses(folder / "runbooks" / "runbooks.catalog.json")
    assert [lens.split(" ", 1)[1] for lens in lenses] == ["1 alert points here", "no alert points here"]


def test_who_clicks_on_a_lens_is_told_which_alerts(write: Write, editor: Editor) -> None:
    runbook = opened(write, CLEAN) / "runbooks" / "disk.md"
    editor.open(runbook)
    lens = editor.request("textDocument/codeLens", {"textDocument": {"uri": runbook.as_uri()}})[0]
    command = {"command": lens["command"]["command"], "arguments": lens["command"]["arguments"]}
    editor.request("workspace/executeCommand", command)
    told = [each["params"]["message"] for each in editor.messages if each.get("method") == "window/showMessage"]
    assert told == ["1 alert points here: DiskFull (alerts.yaml:4)"]


def test_a_hostile_title_is_text(write: Write, editor: Editor) -> None:
    hostile = CATALOG.replace('"Disk full"', '"<img src=x> [a](command:b) \\u202e**c**"')
    alerts = opened(write, {**CLEAN, "runbooks/runbooks.catalog.json": hostile}) / "alerts.yaml"
    editor.open(alerts)
    told = editor.ask("hover", alerts, AT_ID)["contents"]["value"]
    assert "\\<img src=x\\> \\[a\\]\\(command\\:b\\)" in told
    assert "\u202e" not in told


# --- secrets and faults -----------------------------------------------------------------------------------------------


def test_no_message_holds_a_secret(write: Write, editor: Editor) -> None:
    leaking = CATALOG.replace("Disk full", f"Disk {KEY}").replace('"sev2"', f'"{KEY}"')
    folder = opened(
        write,
        {
            "alerts.yaml": LINKED.replace("DiskFull", f"Disk{KEY}") + f"          # {KEY}\n",
            "runbooks/disk.md": RUNBOOK.replace("Disk full", f"Disk {KEY}") + f"\nTODO {KEY}\n",
            "runbooks/runbooks.catalog.json": leaking,
        },
    )
    for name in ("alerts.yaml", "runbooks/disk.md", "runbooks/runbooks.catalog.json"):
        assert "secret/" in "".join(editor.open(folder / name))
        editor.lenses(folder / name)
        editor.ask("hover", folder / name, AT_ID if name == "alerts.yaml" else (0, 40))
        editor.ask("completion", folder / name, (5, 40))
        shown = [action.get("title") for action in editor.actions(folder / name).values()]
        assert KEY not in str(shown)
    told = [message for message in editor.messages if "codeAction" not in str(message.get("result"))]
    assert KEY not in str([each for each in told if "documentChanges" not in str(each)])


# What breaks a run of the server as soon as there is a certain file, and prints where only protocol may go.
BREAKING = """
from runbook_lint import engine
real = engine.run
def run(world, *rest, **more):
    print("noise")
    if "crash.yaml" in world.paths:
        raise RuntimeError("with a text of the user")
    return real(world, *rest, **more)
engine.run = run
"""


def test_a_fault_of_ours_is_logged_and_the_server_lives_on(write: Write) -> None:
    folder = write({"alerts.yaml": ALERTS, "broken/sitecustomize.py": BREAKING, ".runbook-lint.yaml": "version: 1\n"})
    path = os.pathsep.join((str(folder / "broken"), str(ROOT)))
    with editing(folder, env={"PYTHONPATH": path}) as editor:
        assert editor.open(folder / "alerts.yaml") == [MISSING]
        crash = folder / "crash.yaml"
        editor.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": crash.as_uri(), "languageId": "yaml", "version": 1, "text": ALERTS}},
        )
        assert editor.ask("hover", folder / "alerts.yaml", (3, 12)) is None
        logged = [each["params"]["message"] for each in editor.messages if each.get("method") == "window/logMessage"]
        assert [line.partition(" at ")[0] for line in logged] == ["internal error, please report it: RuntimeError"]
        editor.close(crash)
        assert editor.found(folder / "alerts.yaml") == [MISSING]


# What makes a run of the server last, as one over a very large repository does.
SLOW = """
import time
from runbook_lint import engine
real = engine.run
def run(world, *rest, **more):
    time.sleep(600 if "slow.yaml" in world.paths else 0)
    return real(world, *rest, **more)
engine.run = run
"""


def test_nobody_waits_for_a_run_over_another_repository(write: Write) -> None:
    folder = write(
        {
            "large/.runbook-lint.yaml": "version: 1\n",
            "small/.runbook-lint.yaml": "version: 1\n",
            "small/alerts.yaml": ALERTS,
            "library/sitecustomize.py": SLOW,
        }
    )
    path = os.pathsep.join((str(folder / "library"), str(ROOT)))
    with editing(folder, env={"PYTHONPATH": path}) as editor:
        slow = {"uri": (folder / "large" / "slow.yaml").as_uri(), "languageId": "yaml", "version": 1, "text": ALERTS}
        editor.notify("textDocument/didOpen", {"textDocument": slow})
        assert editor.open(folder / "small" / "alerts.yaml") == [MISSING]
        assert editor.change(folder / "small" / "alerts.yaml", LINKED.replace("ops.disk", "")) != []


def test_it_ends_when_it_is_told_to_and_says_whether_it_took_its_leave(tmp_path: Path) -> None:
    with editing(tmp_path) as editor:
        editor.request("shutdown")
        editor.notify("exit")
        assert editor.process.wait(timeout=20) == 0
    with started("server", cwd=tmp_path, stdin=subprocess.PIPE) as left:
        left.stdin.close()  # type: ignore[union-attr]
        assert left.wait(timeout=20) == 1


def test_without_its_library_it_says_how_to_get_it(tmp_path: Path) -> None:
    blocked = tmp_path / "sitecustomize.py"
    blocked.write_text("import sys\nsys.modules['pygls'] = None\n")
    ran = process("server", cwd=tmp_path, env={"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"})
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "runbook-lint: the language server needs more than the linter: pip install '.[server]' in a checkout, "
        "or pip install 'runbook-lint[server] @ git+https://git.example.com/runbook-lint@REF'\n"
    )
