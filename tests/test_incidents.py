"""Incidents: what they are read from, what they are not taken for, and what is found in them across files."""

import datetime
import json

import pytest
from conftest import CLEAN, DAY, Run, Write, commit, found, report

from runbook_lint import documents
from runbook_lint.checks.incidents import reviewed_after
from runbook_lint.documents import incidents
from runbook_lint.model import Item

INCIDENT = """\
id: INC-1
started_at: 2026-02-10T08:00:00Z
ended_at: 2026-02-10T09:00:00Z
severity: sev2
runbook_ids: [ops.disk]
correlation_id: 7c1e9a52
resource_name: web-3
"""
POSTMORTEM = f"---\n{INCIDENT}---\n# The disk was full\n\n## Runbook\n\n1. Grow the volume.\n"


def read(text: str, path: str = "incidents/a.yaml") -> list[Item]:
    return [item for item in documents.read("incidents", text, path) if item.noun == "incident"]


def one(**fields: str) -> Item:
    return read("".join(f"{name}: {value}\n" for name, value in fields.items()))[0]


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("incidents/1.yaml", INCIDENT, "incidents"),
        ("docs/post-mortems/1.md", POSTMORTEM, "incidents"),
        ("ops/incidents/1.json", '[{"id": "INC-1", "started_at": "2026-02-10"}]', "incidents"),
        # Neither the folder nor the keys are enough alone.
        ("ops/1.yaml", INCIDENT, ""),
        ("incidents/1.yaml", "id: 1\nstarted: 2026-02-10\n", ""),
        ("incidents/1.md", "# Disk\n\nid: INC-1\n\nstarted_at: 2026-02-10\n", "page"),
        # Whatever else stands in it, or in its name.
        ("incidents/catalog-of-runbooks-lost.yaml", INCIDENT, "incidents"),
        ("incidents/1.yaml", INCIDENT + "timeline: |\n  - alert: DiskFull\n    expr: up == 0\n", "incidents"),
    ],
)
def test_what_is_an_incident_with_no_configuration(path: str, text: str, kind: str) -> None:
    assert documents.recognise(path, text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "id: INC-1\n---\nid: INC-2\n",
        "- id: INC-1\n- id: INC-2\n",
        "incidents:\n  - id: INC-1\n  - id: INC-2\n",
    ],
)
def test_a_file_holds_one_incident_or_several(text: str) -> None:
    assert [item.key for item in read(text)] == ["INC-1", "INC-2"]


def test_other_words_for_a_field_count_unless_it_has_its_own() -> None:
    incident = one(start="2026-02-10", started_at="2026-02-11", end="2026-02-12", runbooks="[a.b, a.b, c.d]", code="E7")
    assert incident.text("started_at") == "2026-02-11"
    assert (incident.text("ended_at"), incident.text("error_code")) == ("2026-02-12", "E7")
    assert incidents.used(incident) == ["a.b", "c.d"]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-02-10", "2026-02-10"),
        ("2026-02-10 23:30", "2026-02-10"),
        ("2026-02-10T23:30:00-02:00", "2026-02-11"),
        ("2026-02-10t01:30:00.25+02:00", "2026-02-09"),
        ("2016-12-31T23:59:60Z", "2016-12-31"),
        ("2026-02-30", None),
        ("2026-02-10T24:10Z", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("soon", None),
        ("null", None),
    ],
)
def test_the_day_of_a_time_is_that_of_utc(written: str, day: str | None) -> None:
    expected = datetime.date.fromisoformat(day) if day else None
    assert incidents.day_of(one(id="INC-1", started_at=written), "started_at") == expected


@pytest.mark.parametrize(
    ("ended", "reviewed", "after"),
    [
        ("2026-02-10T23:00:00Z", "2026-02-10", True),
        ("2026-02-10", "2026-02-09", False),
        ("null", "2026-02-09", None),
        ("2026-02-10", "soon", None),
    ],
)
def test_a_review_on_the_day_of_the_end_comes_after_it(ended: str, reviewed: str, after: bool | None) -> None:
    entry = documents.read("catalog", f"- {{id: ops.disk, last_reviewed_at: {reviewed}}}\n", "catalog.yaml")[2]
    assert reviewed_after(one(id="INC-1", ended_at=ended), entry) is after


def test_a_post_mortem_is_a_page_and_no_runbook(write: Write, run: Run) -> None:
    runbook = "# Disk full\n\n1. Read [what happened](../incidents/1.md#runbook) and [why](../incidents/1.md#lost).\n"
    write({**CLEAN, "runbooks/disk.md": runbook, "incidents/1.md": POSTMORTEM})
    assert found(run) == [
        "runbooks/disk.md:3:62: warning link/anchor: 'incidents/1.md' has no heading or anchor 'lost'"
    ]
    assert report(run)[1]["summary"] | {"runbooks": 1, "pages": 1, "incidents": 1} == report(run)[1]["summary"]
    assert "1 incident: 1 warning" in run("check").out


def test_the_inventory_has_incidents(write: Write, run: Run) -> None:
    write({**CLEAN, "incidents/1.md": POSTMORTEM})
    seen = json.loads(run("inventory", "--format", "json").out)["incidents"]
    assert [(each["id"], each["line"], each["title"], each["runbook_ids"]) for each in seen] == [
        ("INC-1", 2, "The disk was full", ["ops.disk"])
    ]
    assert "incidents (1)\n  INC-1 -> ops.disk\n" in run("inventory").out


def test_a_secret_in_an_incident_is_found_and_never_shown(write: Write, run: Run) -> None:
    password = "pA7x" + "Qw9zLk2vTr5"
    write(
        {**CLEAN, "incidents/1.yaml": INCIDENT + f"summary: 'we ran psql postgres://app:{password}@db.example.com/x'\n"}
    )
    code, document = report(run)
    assert (code, [each["rule"] for each in document["findings"]]) == (1, ["secret/url-password"])
    assert password not in run("check").out + run("inventory", "--format", "json").out


def test_faults_of_writing_are_those_of_other_files(write: Write, run: Run) -> None:
    write({**CLEAN, "incidents/1.yaml": INCIDENT + "id: INC-2\n", "incidents/2.yaml": f"---\n{INCIDENT}---\n{{id: [\n"})
    write(
        {
            ".runbook-lint.yaml": "version: 1\nincidents: ['incidents/*']\n",
            "incidents/3.yaml": "",
            "incidents/4.md": "# X\n",
        }
    )
    assert [line.partition(" ")[2] for line in found(run, "--select", "read,incident/unique-id,incident/schema")] == [
        "error read/duplicate-key: the key 'id' stands here a second time",
        "error incident/unique-id: the id 'INC-1' is that of another incident already, at incidents/1.yaml:1",
        "error read/syntax: not valid YAML: did not find expected node content (while parsing a flow node)",
        "error read/syntax: the file is empty; an incident needs at least `id`, `started_at` and `severity`",
        "error incident/schema: 'id' is missing",
        "error incident/schema: 'severity' is missing",
        "error incident/schema: 'started_at' is missing",
    ]


def test_once_the_configuration_names_them_no_others_are_incidents(write: Write, run: Run) -> None:
    write(
        {**CLEAN, "incidents/1.yaml": "id: INC-1\nstarted_at: x\n", "incidents/2.md": POSTMORTEM, "log/3.yml": INCIDENT}
    )
    write({".runbook-lint.yaml": "version: 1\nincidents: ['log/*']\n"})
    assert found(run) == []
    assert report(run)[1]["summary"]["incidents"] == 1


def test_a_waiver_in_an_incident_covers_all_of_it(write: Write, run: Run) -> None:
    waiver = '# runbook-lint: ignore[incident/reviewed] until=2026-04-01 owner=ops reason="the volume is replaced"'
    old = INCIDENT.replace("2026-02-10", "2026-01-10")
    catalog = CLEAN["runbooks/runbooks.catalog.json"].replace("2026-02-20", "2026-01-09")
    write({**CLEAN, "runbooks/runbooks.catalog.json": catalog, "incidents/1.yaml": old})
    assert found(run) == [
        "incidents/1.yaml:5:15: warning incident/reviewed: 'ops.disk' was used in incident 'INC-1', which ended on "
        "2026-01-10, and was last reviewed on 2026-01-09; a review was due by 2026-01-24"
    ]
    write({"incidents/1.yaml": f"{waiver}\n{old}"})
    assert found(run) == []
    write({"incidents/1.yaml": "", "incidents/1.md": f"---\n{waiver}\n{old}---\n# Disk\n"})
    assert found(run) == []


def test_a_wrong_form_is_said_once(write: Write, run: Run) -> None:
    write({**CLEAN, "incidents/1.yaml": INCIDENT.replace("sev2", "sev1").replace("[ops.disk]", "ops.disk")})
    write({".runbook-lint.yaml": "version: 1\nincidents: ['incidents/*']\n"})
    write({"incidents/2.yaml": "- {started_at: 2026-02-10, severity: sev1}\n- INC-2\n"})
    assert found(run, "--select", "incident/schema,incident/evidence,incident/unique-id") == [
        "incidents/1.yaml:5:14: error incident/schema: 'runbook_ids' must be a list, not 'ops.disk'",
        "incidents/2.yaml:1:3: error incident/schema: 'id' is missing",
        "incidents/2.yaml:2:3: error incident/schema: the document must be a mapping, not 'INC-2'",
    ]
    assert "(no id) -> (no runbook)" in run("inventory").out


def test_what_is_retired_or_undated_asks_for_no_review(write: Write, run: Run) -> None:
    catalog = "- {id: ops.a, last_reviewed_at: 2026-01-01, status: retired}\n- {id: ops.b, last_reviewed_at: soon}\n"
    incident = INCIDENT.replace("[ops.disk]", "[ops.a, ops.b]").replace("2026-02-10", "2026-01-10")
    write({"runbooks.catalog.yaml": catalog, "incidents/1.yaml": incident})
    assert found(run, "--select", "incident") == []


def test_without_a_readable_catalog_no_id_is_called_unknown(write: Write, run: Run) -> None:
    write({"incidents/1.yaml": INCIDENT})
    assert found(run) == []
    assert report(run)[1]["hints"] == ["no catalog, so the runbooks that incidents name cannot be judged"]
    write({"runbooks.catalog.yaml": "runbooks: [\n"})
    assert found(run, "--select", "incident") == []


def test_an_incident_that_is_added_is_judged_and_an_old_one_is_not(write: Write, run: Run) -> None:
    unknown = INCIDENT.replace("ops.disk", "ops.disc")
    commit(write({**CLEAN, "incidents/1.yaml": unknown}))
    write({"incidents/2.yaml": unknown.replace("INC-1", "INC-2")})
    assert found(run, "--base", "HEAD") == [
        "incidents/2.yaml:5:15: error incident/runbook-known: incident 'INC-2' used the runbook 'ops.disc', "
        "which no catalog has; did you mean 'ops.disk'?"
    ]


def test_the_configuration_shows_its_prefix_and_refuses_none(write: Write, run: Run) -> None:
    write({".runbook-lint.yaml": "version: 1\nresource_prefix: acme:cloud\n"})
    assert 'resource_prefix: "acme:cloud" # .runbook-lint.yaml:2:1\n' in run("config", "show").out
    write({".runbook-lint.yaml": "version: 1\nresource_prefix: 'acme:'\n"})
    refused = run("check")
    assert (refused.code, refused.err) == (
        2,
        "runbook-lint: .runbook-lint.yaml:2:18: 'resource_prefix' must be words with colons between them, "
        "such as acme:cloud, not 'acme:'\n",
    )


def test_hostile_names_are_escaped(write: Write, run: Run) -> None:
    write({**CLEAN, "incidents/1.yaml": INCIDENT.replace("INC-1", '"\\e[31m"').replace("web-3", '"TODO"')})
    assert "\x1b[31m" not in run("check").out + run("inventory").out
    assert DAY in run("check").out
