"""The formats of the nightly report: each right for its consumer, and inert whatever a title says."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import icalendar
import jsonschema_rs
import nightly
import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from runbook_lint import resources
from runbook_lint.report import FORMATS, document, parts, render
from runbook_lint.report.document import Nightly

SMALL = [form for form in FORMATS if form != "html"]
DOCUMENTS: dict[str, Callable[[], Nightly]] = {
    "small": nightly.small,
    "calm": nightly.calm,
    "empty": nightly.empty,
    "merged": nightly.merged,
    "hostile": nightly.hostile,
    "sized": cache(nightly.sized),
    "a team's": lambda: parts.of_team(nightly.small(), "platform-team"),
    "nobody's": lambda: parts.of_team(nightly.small(), ""),
    "a hostile team's": lambda: parts.of_team(nightly.hostile(), nightly.hostile()["actions"][0]["team"]),
    **{
        f"hostile {number}": lambda text=text: nightly.hostile((text,))  # type: ignore[misc]
        for number, text in enumerate(nightly.HOSTILE)
    },
}
every_document = pytest.mark.parametrize("made", DOCUMENTS.values(), ids=DOCUMENTS)


@every_document
@pytest.mark.parametrize("form", SMALL)
def test_every_document_is_written_the_same_each_time_and_without_controls(
    form: str, made: Callable[[], Nightly]
) -> None:
    text = render(form, made())
    assert text == render(form, made())
    assert text.endswith("\n")
    text.encode()
    if form != "json":  # whose escapes are its own
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2028]", text)


@pytest.mark.parametrize("form", [form for form in SMALL if form not in ("json", "slack", "markdown")])
def test_the_order_of_what_was_found_does_not_matter(form: str) -> None:
    turned = nightly.sized(runbooks=50, alerts=90)
    for key in ("fleet", "actions", "paths", "teams"):
        turned[key].reverse()  # type: ignore[literal-required]
    assert render(form, turned) == render(form, nightly.sized(runbooks=50, alerts=90))


# --- JSON -------------------------------------------------------------------------------------------------------------


@every_document
def test_the_contract_holds(made: Callable[[], Nightly]) -> None:
    written = nightly.contracted(made())
    jsonschema_rs.validate(resources.schema("nightly"), json.loads(render("json", written)))


def test_the_contract_and_the_types_agree_on_every_field() -> None:
    schema = resources.schema("nightly")
    _agree(document.Nightly, schema, schema)


def _agree(kind: Any, node: dict[str, Any], schema: dict[str, Any]) -> None:
    """A type and its part of the schema: the same fields, the same of them required, each with a description."""
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].removeprefix("#/$defs/")]
    if hasattr(kind, "__required_keys__"):
        hints = get_type_hints(kind)
        assert set(node["properties"]) == set(hints), kind.__name__
        assert set(node["required"]) == kind.__required_keys__, kind.__name__
        assert node["additionalProperties"] is False
        for name, part in node["properties"].items():
            assert part["description"].endswith("."), name
            _agree(hints[name], part, schema)
    elif get_origin(kind) is list:
        assert node["type"] == "array"
        _agree(get_args(kind)[0], node["items"], schema)
    elif str(get_origin(kind)) == "typing.Literal":
        assert set(get_args(kind)) == set(node.get("enum", [node.get("const")]))
    elif get_origin(kind) is not dict:
        assert node.get("type", "string") in _TYPES[kind]


_TYPES: dict[Any, Any] = {
    str: ("string",),
    int: ("integer",),
    bool: ("boolean",),
    int | None: (["integer", "null"],),
}


def test_the_contract_is_a_schema_and_refuses_what_is_unknown() -> None:
    schema = resources.schema("nightly")
    assert schema["$id"] == "urn:runbook-lint:nightly:1"
    Draft202012Validator.check_schema(schema)
    wrong = {**nightly.small(), "surprise": 1}
    for tried, valid in ((nightly.small(), True), (wrong, False)):
        assert Draft202012Validator(schema).is_valid(tried) is valid


# --- CSV --------------------------------------------------------------------------------------------------------------


def rows(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    assert text.count("\r\n") == text.count("\n")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))


def test_every_runbook_is_a_row() -> None:
    relay = rows(render("csv", nightly.small()))[3]
    assert relay["id"] == "ops.outbox.relay"
    assert (relay["age_days"], relay["days_left"], relay["due"]) == ("103", "-13", "2026-10-19")
    assert (relay["reviewed_by"], relay["reviewed_together"], relay["edited_with_review"]) == (
        "Ada Lovelace",
        "41",
        "no",
    )
    assert relay["drift"] == "file db/seeds/outbox.sql changed on 2026-08-02"
    assert len(rows(render("csv", nightly.sized()))) == 1_000
    assert rows(render("csv", nightly.empty())) == []


@pytest.mark.parametrize("title", ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", *nightly.HOSTILE])
def test_no_title_is_a_formula(title: str) -> None:
    (row,) = rows(render("csv", {**nightly.calm(), "fleet": [nightly.runbook("a", title, 1)]}))
    assert not row["title"].lstrip().startswith(("=", "+", "-", "@", "＝"))
    assert row["title"].startswith("'") == title.lstrip().startswith(("=", "+", "-", "@", "＝"))
    assert len(row["title"].splitlines()) == 1


# --- metrics ----------------------------------------------------------------------------------------------------------


def series(text: str) -> dict[str, float]:
    """What Prometheus' parser and that of OpenMetrics both read, which is the same, without a double."""
    read = [
        {
            f"{sample.name}{sorted(sample.labels.items())}": sample.value
            for family in families
            for sample in family.samples
        }
        for families in (text_string_to_metric_families(text), openmetrics.text_string_to_metric_families(text))
    ]
    assert read[0] == read[1]
    assert len(read[0]) == sum(not line.startswith("#") for line in text.splitlines())
    return read[0]


@every_document
def test_both_parsers_read_the_metrics(made: Callable[[], Nightly]) -> None:
    assert series(render("openmetrics", made()))["runbook_lint_report_timestamp_seconds[]"] == 1793491200


def test_the_metrics_tell_ages_coverage_and_what_is_asked() -> None:
    text = render("openmetrics", nightly.small())
    assert "runbook_lint_fit_for_tonight 0\n" in text
    assert 'runbook_lint_owner_alerts{owner="billing-team",verdict="mapped"} 9\n' in text
    assert 'runbook_lint_runbooks{owner="platform-team",severity="sev1",state="overdue"} 1\n' in text
    relay = '{repository="gpu-cloud",runbook="ops.outbox.relay",owner="platform-team",severity="sev1"}'
    assert f"runbook_lint_runbook_age_seconds{relay} {103 * 86_400}\n" in text
    assert f"runbook_lint_runbook_overdue_seconds{relay} {13 * 86_400}\n" in text
    assert "lab.hosts" not in text  # it is retired


def test_runbooks_that_nothing_tells_apart_are_one_series() -> None:
    twice = [nightly.runbook("a", "A", 10), nightly.runbook("a", "A", 20)]
    text = render("openmetrics", {**nightly.calm(), "fleet": twice})
    assert text.count("runbook_lint_runbook_age_seconds{") == 1
    assert f"}} {20 * 86_400}\n" in text


def test_a_review_in_the_future_has_no_age() -> None:
    text = render("openmetrics", {**nightly.calm(), "fleet": [nightly.runbook("a", "A", -30)]})
    assert 'runbook_lint_runbooks{owner="platform-team",severity="sev1",state="undated"} 1\n' in text
    assert "runbook_lint_runbook_age_seconds" not in text
    assert "runbook_lint_runbook_overdue_seconds" not in text


@every_document
def test_promtool_has_no_complaint(made: Callable[[], Nightly]) -> None:
    if shutil.which("promtool") is None and not ("CI" in os.environ and sys.platform == "linux"):
        pytest.skip("promtool is not installed (Debian package prometheus)")
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=render("openmetrics", made()).encode(), capture_output=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")


# --- the calendar -----------------------------------------------------------------------------------------------------


def events(text: str) -> list[Any]:
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert text.count("\r\n") == text.count("\n")
    calendar: Any = icalendar.Calendar.from_ical(text)
    assert not calendar.errors
    assert calendar.subcomponents
    return list(calendar.walk("VEVENT"))


@every_document
def test_a_library_reads_the_calendar(made: Callable[[], Nightly]) -> None:
    found = events(render("ical", made()))
    assert all(event["UID"] and event["DTSTAMP"] and not event.errors for event in found)
    assert len({event["UID"] for event in found}) == len(found)


def test_a_review_is_an_event_of_its_day_and_an_overdue_one_of_today() -> None:
    late, soon, later = events(render("ical", nightly.small()))
    assert (late["SUMMARY"], late.start) == ("Review Outbox relay degraded (13 days overdue)", nightly.TODAY)
    assert (soon["SUMMARY"], soon.start) == ("Review Queue backlog and dead letters", date(2026, 11, 12))
    assert (later.start, later.end) == (date(2027, 1, 20), date(2027, 1, 21))
    assert "Runbook: billing.webhook\nOwner: billing-team\n" in later["DESCRIPTION"]


def test_an_event_keeps_its_name_and_counts_up_whatever_moves_it() -> None:
    def of(day: str, age: int, **others: Any) -> Any:
        fleet = [nightly.runbook("a", "A", age, **others)]
        return events(render("ical", {**nightly.calm(), "as_of": day, "fleet": fleet}))[0]

    seen = [of("2026-11-01", 80), of("2026-11-02", 120), of("2026-11-03", 1), of("2026-11-04", 2, left=5)]
    assert len({event["UID"] for event in seen}) == 1
    assert [event["SEQUENCE"] for event in seen] == [20758, 20759, 20760, 20761]
    assert not events(render("ical", nightly.empty()))


def test_a_long_title_is_folded_between_characters() -> None:
    title = "ü€𐍈" * 60
    (event,) = events(render("ical", {**nightly.calm(), "fleet": [nightly.runbook("a", title, 1)]}))
    assert event["SUMMARY"] == f"Review {title}"


def test_a_title_is_text_and_no_property() -> None:
    title = "a; b, c\\d\nEND:VEVENT\r\nATTACH:x"
    (event,) = events(render("ical", {**nightly.calm(), "fleet": [nightly.runbook("a", title, 1)]}))
    assert event["SUMMARY"] == "Review a; b, c\\d\\nEND:VEVENT\\r\\nATTACH:x"
    assert "ATTACH" not in event


# --- markdown ---------------------------------------------------------------------------------------------------------


@every_document
def test_markdown_fits_into_an_issue_and_is_nothing_but_text(made: Callable[[], Nightly]) -> None:
    text = render("markdown", made())
    assert len(text.encode()) <= 60_000
    page = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    tags = set(re.findall(r"<(/?[a-zA-Z!][a-zA-Z0-9-]*)", page))
    own = ("h2", "h3", "h4", "p", "ul", "li", "strong", "code", "table", "thead", "tbody", "tr", "th", "td")
    assert tags <= {"!--", *own, *(f"/{tag}" for tag in own)}
    assert page.count("<h2") == 1
    rows = [len(re.findall("<t[hd]", row)) for row in re.findall(r"<tr>.*?</tr>", page, re.S)]
    assert set(rows) <= {3, 4, 5}
    assert not re.search(r"@\w", re.sub("<code>.*?</code>", "", page, flags=re.S))


def test_markdown_says_what_is_asked_and_counts_what_it_does_not_show() -> None:
    text = render("markdown", nightly.sized())
    assert text.startswith("<!-- runbook-lint report -->\n## Runbooks: not fit for tonight\n")
    assert "#### nobody: 56 actions\n" in text
    assert "\n- and 40 alerts without a working runbook, 6 overdue reviews\n" in text
    small = render("markdown", nightly.small())
    assert (
        "- **sev1, 13 days late**: the review of 'ops.outbox.relay' is 13 days overdue and sev1 alerts point to it."
        " To do: review it and run `runbook-lint review ops.outbox.relay`"
        " (`doc/operations/runbooks/runbooks.catalog.json:4`)\n"
    ) in small
    assert "| 2026-11-08 | 1 | 0 | `ops.queue.backlog` |\n" in small


def test_alerts_without_a_severity_are_nobodys_only_in_the_table_of_teams() -> None:
    made = nightly.small()
    made["health"]["coverage_by_severity"].append({"name": "", "alerts": 7, "mapped": 7, "cannot_tell": 0})
    text = render("markdown", made)
    assert "| none | 7 | 100 % | 0 |\n" in text
    assert "| nobody | 0 | no alerts | 0 |\n" in text


@pytest.mark.parametrize(
    ("rule", "words", "page"),
    [
        ("incident/reviewed", "2 incidents without a review after them", "Incident since its review"),
        ("incident/unique-id", "2 incident records to correct", "Incident record to correct"),
        ("incident/schema", "2 incident records to correct", "Incident record to correct"),
    ],
)
def test_a_fault_in_a_record_is_no_incident_since_a_review(rule: str, words: str, page: str) -> None:
    asked = [nightly.action("incident", 4, f"fault {number}", "mend it", rule=rule) for number in range(12)]
    made: Nightly = {**nightly.small(), "actions": asked}
    assert f"\n- and {words}\n" in render("markdown", made)
    assert words.replace("2", "7") in render("slack", made)
    assert page in render("html", made)


def test_markdown_of_many_teams_keeps_within_its_room() -> None:
    made = nightly.small()
    long = [{**made["actions"][0], "team": f"team-{number:04}", "what": "@|" * 400} for number in range(2_000)]
    text = render("markdown", {**made, "actions": long})  # type: ignore[typeddict-item]
    assert 30_000 < len(text.encode()) <= 60_000
    assert re.search(r"\nThere is no room here for 1,\d{3} more teams\.\n", text)
    assert "\n### Health\n" in text


def test_one_good_sentence_when_nothing_is_asked() -> None:
    assert "\nNothing is asked of anybody.\n" in render("markdown", nightly.calm())
    assert "\nNothing is asked of billing-team.\n" in render("markdown", parts.of_team(nightly.calm(), "billing-team"))


def test_the_mark_is_the_teams_own_and_cannot_be_broken() -> None:
    def mark(team: str) -> str:
        return render("markdown", {**nightly.small(), "team": team}).splitlines()[0]

    assert mark("platform-team") == "<!-- runbook-lint report: platform-team -->"
    assert mark("") == "<!-- runbook-lint report: +nobody -->"
    assert mark("--> <img>") == "<!-- runbook-lint report: img+e9f837cd -->"


# --- Slack ------------------------------------------------------------------------------------------------------------


@every_document
def test_slack_takes_the_message(made: Callable[[], Nightly]) -> None:
    message = json.loads(render("slack", made()))
    assert len(message["blocks"]) <= 50
    assert message["parse"] == "none"
    for block in message["blocks"]:
        for text in (block.get("text"), *block.get("elements", ())):
            _takes(block["type"], text)


def _takes(kind: str, text: Any) -> None:
    if text is None:
        return
    assert 0 < len(text["text"]) <= (150 if kind == "header" else 3_000)
    if text["type"] == "mrkdwn":
        assert text["verbatim"] is True
        assert not re.search("[<>]|&(?!(?:amp|lt|gt);)", text["text"])


def test_slack_shows_the_worst_of_each_team_and_counts_the_rest() -> None:
    blocks = json.loads(render("slack", nightly.sized()))["blocks"]
    texts = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    worst = parts.asked_of(nightly.sized())[""][0]["what"]
    assert texts[1].startswith(f"*nobody*: 56 actions\n• sev1: {worst}. To do: name the runbook that answers it (")
    assert texts[1].endswith("\n• and 45 alerts without a working runbook, 6 overdue reviews")
    assert len(texts) == 13


def test_slack_counts_teams_that_there_is_no_block_for() -> None:
    made = nightly.small()
    many = [{**made["actions"][0], "team": f"team-{number:04}", "what": "<&>" * 400} for number in range(2_000)]
    blocks = json.loads(render("slack", {**made, "actions": many}))["blocks"]  # type: ignore[typeddict-item]
    assert len(blocks) <= 50
    assert blocks[-2]["text"]["text"] == "and 1,960 actions of 1,960 more teams"


def test_slack_says_one_sentence_when_nothing_is_asked() -> None:
    (block,) = json.loads(render("slack", nightly.calm()))["blocks"]
    assert block["text"]["text"] == "Fit for tonight. Nothing is asked of anybody as of 2026-11-01."
