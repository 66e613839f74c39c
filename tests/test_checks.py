"""Dates, targets, signals, owners and links: the edges of the checks that the examples of the packs do not show."""

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from runbook_lint import config, engine, rulebook, snapshot
from runbook_lint.checks import CHECKS, characters, links, reviews
from runbook_lint.checks.values import date_of
from runbook_lint.model import Item, Report, Span, Value


def run(root: Path, files: Mapping[str, str], day: str = "2026-04-02", select: str = "", **settings: Any) -> Report:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    given = config.parse(yaml.safe_dump({"version": 1, **settings}), "config")
    rules = rulebook.load(str(root), given, select.split(",") if select else ())
    return engine.run(snapshot.working_tree(str(root)), given, rules, datetime.date.fromisoformat(day))


def found(report: Report) -> list[str]:
    return [f"{finding.rule} {finding.place.path}:{finding.place.line}" for finding in report.findings]


def entry(**fields: object) -> str:
    return yaml.safe_dump([{"id": "ops.a.b", **fields}])


CATALOG = "runbooks.catalog.yaml"


@pytest.mark.parametrize(
    ("reviewed", "day", "expected"),
    [
        # Day 90 is in time, day 91 overdue; a leap day counts.
        ("2026-01-01", "2026-04-01", "due-soon"),
        ("2026-01-01", "2026-04-02", "overdue"),
        ("2024-01-01", "2024-03-31", "due-soon"),
        ("2024-01-01", "2024-04-01", "overdue"),
        ("2024-02-29", "2024-05-29", "due-soon"),
        # Due in exactly 14 days is soon, in 15 not yet.
        ("2026-01-01", "2026-03-18", "due-soon"),
        ("2026-01-01", "2026-03-17", ""),
        # Today is no future, tomorrow is.
        ("2026-04-02", "2026-04-02", ""),
        ("2026-04-03", "2026-04-02", "future"),
        ("9999-12-31", "2026-04-02", "future"),
        ("9999-12-30", "9999-12-31", ""),
        # What is no date fails closed, once.
        (None, "2026-04-02", "date"),
        ("", "2026-04-02", "date"),
        ("2026-02-30", "2026-04-02", "date"),
        ("2025-02-29", "2026-04-02", "date"),
        ("2026-13-01", "2026-04-02", "date"),
        ("0000-01-01", "2026-04-02", "date"),
        ("1.2.2026", "2026-04-02", "date"),
        ("26-01-01", "2026-04-02", "date"),
        ("{{ today }}", "2026-04-02", "date"),
        ("TODO", "2026-04-02", "date"),
        (20260101, "2026-04-02", "date"),
        (["2026-01-01"], "2026-04-02", "date"),
        # A time after the day is let pass.
        ("2026-01-01T10:00:00Z", "2026-04-02", "overdue"),
    ],
)
def test_review_of_an_entry(tmp_path: Path, reviewed: object, day: str, expected: str) -> None:
    report = run(tmp_path, {CATALOG: entry(last_reviewed_at=reviewed)}, day, "review")
    assert [finding.rule for finding in report.findings] == ([f"review/{expected}"] if expected else [])


def test_a_missing_date_is_one_finding(tmp_path: Path) -> None:
    assert found(run(tmp_path, {CATALOG: entry()}, select="review")) == [f"review/date {CATALOG}:1"]


@pytest.mark.parametrize(
    ("fields", "options", "limit"),
    [
        ({}, {}, 90),
        # An entry or a document may shorten the interval, never lengthen it.
        ({"review_interval_days": 30}, {}, 30),
        ({"review_interval_days": 365}, {}, 90),
        ({"review_interval_days": 0}, {}, 90),
        ({"review_interval_days": "²"}, {}, 90),
        ({"review_in": "1 month"}, {}, 30),
        ({"review_in": "6 weeks"}, {}, 42),
        ({"review_in": "every 10 days"}, {}, 10),
        ({"review_in": "45"}, {}, 45),
        ({"review_in": "2 years"}, {}, 90),
        ({"review_in": "monthly"}, {}, 30),
        ({"review_in": "1.5 months"}, {}, 90),
        ({"review_in": "soon"}, {}, 90),
        # The configuration may do both, also by severity.
        ({}, {"days": 180}, 180),
        ({"severity_hint": "sev1"}, {"by_severity": {"sev1": 30, "sev3": 180}}, 30),
        ({"severity_hint": "sev3"}, {"by_severity": {"sev1": 30, "sev3": 180}}, 180),
        ({"severity_hint": "sev2"}, {"by_severity": {"sev1": 30, "sev3": 180}}, 90),
    ],
)
def test_interval(tmp_path: Path, fields: dict[str, Any], options: dict[str, Any], limit: int) -> None:
    front = f"---\nreview_in: {fields.pop('review_in')}\n---\n" if "review_in" in fields else ""
    files = {CATALOG: entry(url="a.md", last_reviewed_at="2026-01-01", **fields), "a.md": f"{front}# A\n"}
    last = datetime.date(2026, 1, 1) + datetime.timedelta(days=limit)
    rules = {"review/overdue": options}
    assert found(run(tmp_path, files, str(last), "review/overdue", rules=rules)) == []
    after = str(last + datetime.timedelta(days=1))
    (late,) = run(tmp_path, files, after, "review/overdue", rules=rules).findings
    assert f"the limit is {limit} days" in late.message


def test_a_document_tells_its_severity_as_an_alert_does(tmp_path: Path) -> None:
    rules = {"review/overdue": {"by_severity": {"sev1": 30}}}
    text = "# Runbook\n\n- **Severity**: P1\n- **Last reviewed**: 2026-03-01\n"
    (late,) = run(tmp_path, {"runbook.md": text}, "2026-04-02", "review/overdue", rules=rules).findings
    assert "the limit is 30 days" in late.message


DATED = "# Runbook\n\nLast reviewed: 2026-01-01\n"


@pytest.mark.parametrize(
    ("catalog", "expected"),
    [
        # The document's own date counts only where no dated entry leads to it.
        ("[]", ["review/overdue a.md:3"]),
        (entry(url="b.md", last_reviewed_at="2026-04-01"), ["review/overdue a.md:3"]),
        (entry(url="a.md", last_reviewed_at="2026-04-01"), []),
        (entry(url="a.md#x", last_reviewed_at="2026-04-01"), []),
        (entry(url="a.md", last_reviewed_at="2025-01-01"), [f"review/overdue {CATALOG}:2"]),
        (entry(url="a.md"), ["review/overdue a.md:3"]),
        (entry(url="a.md", status="retired"), []),
    ],
)
def test_of_document_and_entry_one_is_judged(tmp_path: Path, catalog: str, expected: list[str]) -> None:
    assert found(run(tmp_path, {CATALOG: catalog, "a.md": DATED}, select="review/overdue")) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [("a.md", ["review/agrees a.md:3"]), ("a.md#x", []), ("b.md", [])],
)
def test_the_dates_of_document_and_entry(tmp_path: Path, url: str, expected: list[str]) -> None:
    files = {CATALOG: entry(url=url, last_reviewed_at="2026-02-01"), "a.md": DATED}
    assert found(run(tmp_path, files, select="review/agrees")) == expected


def test_a_retired_entry_has_only_its_id(tmp_path: Path) -> None:
    fields = {
        "status": "retired",
        "url": "gone.md",
        "owner_team": "gone",
        "last_reviewed_at": "2020-01-01",
        "signals": ["x"],
    }
    files = {CATALOG: entry(**fields), "oncall.yaml": "teams: {web: {primary: a, backup: b}}\n"}
    assert found(run(tmp_path, files, select="catalog,review,owner")) == []


@pytest.mark.parametrize(
    ("catalog", "expected"),
    [
        ("- {id: a.b}\n- {id: a.c}\n", []),
        ("- {id: a.b}\n- {id: a.b}\n", [2]),
        ("- {id: a.b}\n- {id: A.b}\n", [2]),
        ("- {id: a.b}\n- {id: a.c, aliases: [a.b]}\n", [2]),
        ("- {id: a.b, aliases: [a.x]}\n- {id: a.c, aliases: [A.X]}\n", [2]),
        ("- {id: a.b, aliases: [a.b]}\n", [1]),
        # The later one in the text is the newcomer, whichever is retired.
        ("- {id: a.b, status: retired}\n- {id: a.b}\n", [2]),
        ("- {id: a.b}\n- {id: a.b, status: retired}\n", [2]),
        ("- {title: no id}\n- {title: no id}\n", []),
    ],
)
def test_unique_ids(tmp_path: Path, catalog: str, expected: list[int]) -> None:
    report = run(tmp_path, {CATALOG: catalog}, select="catalog/unique-id")
    assert [finding.place.line for finding in report.findings] == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("docs/a.md", ""),
        ("docs/a", ""),
        ("/docs/a.md", ""),
        ("./docs/../docs/a.md", ""),
        ("docs/", "there is no file 'docs' in the repository"),
        ("ops", ""),
        ("docs/b c.md", ""),
        ("docs/b%20c.md", ""),
        ("docs/a.md#one", ""),
        ("docs/a.md#One", ""),
        ("docs/a.md#two", "'docs/a.md' has no heading or anchor 'two'"),
        ("Docs/A.md", "there is no file 'Docs/A.md', but there is 'docs/a.md'; paths are exact"),
        ("docs/gone.md", "there is no file 'docs/gone.md' in the repository"),
        ("../../etc/passwd", "'../../etc/passwd' leads out of the repository"),
        ("%2e%2e/%2e%2e/etc/passwd", "'%2e%2e/%2e%2e/etc/passwd' leads out of the repository"),
        ("https://wiki.example.com/a", ""),
        ("https://runbooks.example.com/a", ""),
        ("https://runbooks.example.com/gone", "there is no file 'docs/gone' in the repository"),
        ("https://github.com/x/y/blob/main/docs/a.md#two", "'docs/a.md' has no heading or anchor 'two'"),
        ("https://github.com/x/y/blob/main/elsewhere/a.md", ""),
    ],
)
def test_targets(tmp_path: Path, url: str, expected: str) -> None:
    files = {CATALOG: entry(url=url), "docs/a.md": "# A\n\n## One\n", "docs/b c.md": "# B\n", "ops/README.md": "# C\n"}
    prefixes = {"https://runbooks.example.com/": "docs"}
    report = run(tmp_path, files, select="catalog/target-exists", url_prefixes=prefixes)
    assert [finding.message for finding in report.findings] == ([expected] if expected else [])


def test_a_wrong_capital_is_one_fault(tmp_path: Path) -> None:
    files = {CATALOG: entry(url="runbooks/A.md"), "runbooks/a.md": "# A\n"}
    select = "catalog/target-exists,catalog/unlisted-runbook"
    assert found(run(tmp_path, files, select=select)) == [f"catalog/target-exists {CATALOG}:2"]


SIGNALS = """\
version: 1
runbooks:
  - {id: a.b, aliases: [a.old], signals: [one]}
  - {id: a.c, status: retired}
signals:
  one: [%s]
"""


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ("a.b", []),
        ("a.old", []),
        # One fault, one finding: what leads to no live runbook agrees with nobody.
        ("", ["mapped"]),
        ("a.c", ["mapped"]),
        ("a.b, a.x", ["mapped"]),
    ],
)
def test_signals(tmp_path: Path, ids: str, expected: list[str]) -> None:
    report = run(
        tmp_path, {CATALOG: SIGNALS % ids}, select="catalog/signal-mapped,catalog/signal-known,catalog/signal-agrees"
    )
    assert sorted(finding.rule.removeprefix("catalog/signal-") for finding in report.findings) == sorted(expected)


def test_two_catalogs_share_their_signals_and_their_ids(tmp_path: Path) -> None:
    files = {
        "a.runbooks.catalog.yaml": "version: 1\nrunbooks: [{id: a.b, signals: [one]}]\nsignals: {one: [a.c]}\n",
        "b.runbooks.catalog.yaml": "version: 1\nrunbooks: [{id: a.c, signals: [one]}]\nsignals: {one: [a.b]}\n",
    }
    select = "catalog/signal-mapped,catalog/signal-known,catalog/signal-agrees"
    assert found(run(tmp_path, files, select=select)) == []


def test_what_a_broken_catalog_may_hold_is_not_called_absent(tmp_path: Path) -> None:
    files = {
        CATALOG: "version: 1\nrunbooks: [{id: a.b, signals: [two]}]\nsignals: {one: [a.x]}\n",
        "other.runbooks.catalog.json": "[{",
        "runbooks/a.md": "# A\n",
    }
    select = "catalog/signal-mapped,catalog/signal-known,catalog/unlisted-runbook"
    assert found(run(tmp_path, files, select=select)) == []


@pytest.mark.parametrize(
    ("label", "hint", "agrees"),
    [
        ("critical", "sev1", True),
        ("CRITICAL", "sev1", True),
        ("S1", "sev1", True),
        ("warning", "sev1", False),
        ("house", "sev1", False),
        ("unheard", "sev1", True),
        ("{{ $labels.s }}", "sev1", True),
        ("critical", None, True),
    ],
)
def test_severities(tmp_path: Path, label: str, hint: str | None, agrees: bool) -> None:
    alert = {"alert": "A", "expr": "b", "labels": {"severity": label}, "annotations": {"runbook_id": "ops.a.b"}}
    files = {CATALOG: entry(severity_hint=hint), "a.yaml": yaml.safe_dump([alert])}
    report = run(tmp_path, files, select="alert/severity-agrees", severity_map={"House": "sev3"})
    assert (found(report) == []) is agrees


@pytest.mark.parametrize(
    ("owner", "team", "agrees"),
    [
        ("@org/storage", "storage", True),
        ("@org/storage-team", "storage", True),
        ("@org/team-Storage", "storage", True),
        ("storage@example.com", "storage", True),
        ("@org/web", "storage", False),
        ("@ada", "storage", True),
    ],
)
def test_codeowners_and_the_owner(tmp_path: Path, owner: str, team: str, agrees: bool) -> None:
    files = {
        CATALOG: entry(url="a.md", owner_team=team),
        "a.md": "# A\n",
        "CODEOWNERS": f"* {owner}\n",
        "oncall.yaml": "teams: {storage: {primary: ada, backup: bob, codeowners: ['@ada']}}\n",
    }
    assert (found(run(tmp_path, files, select="owner/codeowners")) == []) is agrees


def test_a_team_that_the_roster_does_not_have_is_one_fault(tmp_path: Path) -> None:
    files = {
        CATALOG: entry(url="a.md", owner_team="storag"),
        "a.md": "# A\n",
        "CODEOWNERS": "* @org/storage\n",
        "oncall.yaml": "teams: {storage: {primary: ada, backup: bob}}\n",
    }
    assert found(run(tmp_path, files, select="owner")) == [f"owner/known {CATALOG}:2"]


@pytest.mark.parametrize(
    ("link", "rule"),
    [
        ("b.md", ""),
        ("b", ""),
        ("../docs/b.md", ""),
        ("/docs/b.md", ""),
        (".", ""),
        ("..", ""),
        ("b%20c.md", ""),
        ("#top", ""),
        ("#één", ""),
        ("#%C3%A9%C3%A9n", ""),
        ("b.md#L10-L20", ""),
        ("b.md#:~:text=x", ""),
        ("mailto:a@example.com", ""),
        ("https://example.com/gone.md#x", ""),
        ("{{ site }}/gone.md", ""),
        ("gone.md", "link/target"),
        ("B.md", "link/target"),
        ("../../gone.md", "link/target"),
        ("#two", "link/anchor"),
        ("b.md#two", "link/anchor"),
    ],
)
def test_links(tmp_path: Path, link: str, rule: str) -> None:
    text = f"# Runbook\n\n## Één\n\n[x](<{link}>)\n"
    report = run(tmp_path, {"docs/runbook.md": text, "docs/b.md": "# B\n", "docs/b c.md": "# C\n"}, select="link")
    assert [finding.rule for finding in report.findings] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("https://grafana.example.com/d/1", ""),
        ("https://GRAFANA.Example.com:3000/d/1", ""),
        ("//grafana.example.com/d/1", ""),
        ("https://example.com/", "example.com"),
        ("https://grafana.example.com.evil.example/", "grafana.example.com.evil.example"),
        ("https://grafana.example.com@evil.example/", "evil.example"),
        ("https://{{ host }}/", ""),
        ("https://<grafana>/d/1", ""),
        ("https://[broken/", ""),
        ("mailto:a@evil.example", ""),
        ("runbook.md", ""),
    ],
)
def test_hosts(url: str, refused: str) -> None:
    item = Item("link", url, "a.md", Span(0, 1), Span(0, 1), {})
    problems = links.lead_to_allowed_hosts(item, Value(url, 0, 1), link_hosts=["*.example.com"])
    assert [problem.words["host"] for problem in problems] == ([refused] if refused else [])


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01", datetime.date(2026, 3, 1)),
        (" 2026-03-01 ", datetime.date(2026, 3, 1)),
        ("2026-03-01 12:00", datetime.date(2026, 3, 1)),
        ("2026-3-1", None),
        ("２０２６-03-01", None),
        ("2026-02-30", None),
        (None, None),
        (True, None),
    ],
)
def test_date_of(text: object, day: datetime.date | None) -> None:
    assert date_of(Value(text, 0, 1)) == day


def test_a_period_is_days() -> None:
    texts = ("30", "2 weeks", "Every 3 months", "1 year", "90-day", "quarterly", "P3M", "", "1.5 months")
    assert [reviews._days(text) for text in texts] == [30, 14, 90, 365, 90, 90, 0, 0, 0]


def test_without_a_list_of_hosts_nobody_looks_at_links() -> None:
    """A check that never finds anything with its options judges no item."""
    idle = CHECKS["lead-to-allowed-hosts"].idle
    assert idle is not None
    assert [idle(options) for options in ({}, {"link_hosts": ()}, {"link_hosts": ("example.org",)})] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("length", [254, 255, 256, 257, 511, 512])
def test_what_is_not_ascii_is_found_across_the_blocks_of_a_text(length: int) -> None:
    """Neighbours stay together wherever a block ends; two characters of ASCII keep them apart."""
    text = "a" * length + "éaé" + "a" * length + "é"
    assert characters._foreign(text) == [(length, length + 3), (2 * length + 3, 2 * length + 4)]
