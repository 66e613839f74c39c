"""What a waiver excuses, and what is said of one that excuses nothing."""

import datetime
import time
from pathlib import Path

import pytest

from runbook_lint import config, engine, rulebook, snapshot, waivers
from runbook_lint.model import Finding, Item, Place, Report, Span, Value

WHOLE = 'until=2026-06-30 owner=web reason="soon"'
ALERTS = """\
- alert: Down
  expr: up == 0
- alert: Slow
  expr: latency > 1
"""
NO_ID = "alert/runbook-id"


def run(
    root: Path, text: str, day: str = "2026-03-01", select: tuple[str, ...] = (NO_ID, "waiver"), name: str = "a.yaml"
) -> Report:
    (root / name).write_text(text)
    rules = rulebook.load(str(root), config.Config(), select)
    return engine.run(snapshot.working_tree(str(root)), config.Config(), rules, datetime.date.fromisoformat(day))


def found(report: Report) -> list[str]:
    return [f"{finding.place.line} {finding.rule}" for finding in report.findings]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", ["1 alert/runbook-id", "3 alert/runbook-id"]),
        # On the line, above it, further above with comments between, on another line of the same alert.
        ("Down", f"Down # runbook-lint: ignore[{NO_ID}] {WHOLE}", ["3 alert/runbook-id"]),
        ("- alert: Down", f"# runbook-lint: ignore[{NO_ID}] {WHOLE}\n- alert: Down", ["4 alert/runbook-id"]),
        ("- alert: Slow", f"# runbook-lint: ignore[{NO_ID}] {WHOLE}\n# why\n\n- alert: Slow", ["1 alert/runbook-id"]),
        ("up == 0", f"up == 0 # runbook-lint: ignore[{NO_ID}] {WHOLE}", ["3 alert/runbook-id"]),
        ("latency > 1", f"latency > 1 # runbook-lint: ignore[{NO_ID}] {WHOLE}", ["1 alert/runbook-id"]),
        # Several rules in one.
        (
            "Down",
            f"Down # runbook-lint: ignore[{NO_ID}, alert/runbook-known] {WHOLE}",
            ["3 alert/runbook-id"],
        ),
        # What is not whole excuses nothing, and the finding stands.
        (
            "Down",
            f'Down # runbook-lint: ignore[{NO_ID}] owner=web reason="soon"',
            ["1 alert/runbook-id", "1 waiver/incomplete", "3 alert/runbook-id"],
        ),
        (
            "Down",
            f'Down # runbook-lint: ignore[{NO_ID}] until=2026-06-31 owner=web reason="soon"',
            ["1 alert/runbook-id", "1 waiver/incomplete", "3 alert/runbook-id"],
        ),
        (
            "Down",
            f'Down # runbook-lint: ignore[{NO_ID}] until=2026-06-30 owner=web reason=""',
            ["1 alert/runbook-id", "1 waiver/incomplete", "3 alert/runbook-id"],
        ),
        ("Down", "Down # runbook-lint: ignore", ["1 alert/runbook-id", "1 waiver/incomplete", "3 alert/runbook-id"]),
        (
            "Down",
            f"Down # runbook-lint: ignore[{NO_ID}] {WHOLE.replace('30', '01').replace('06', '02')}",
            ["1 alert/runbook-id", "1 waiver/expired", "3 alert/runbook-id"],
        ),
        # A family is no rule, and neither is a typing error.
        (
            "Down",
            f"Down # runbook-lint: ignore[alert] {WHOLE}",
            ["1 alert/runbook-id", "1 waiver/unknown-rule", "3 alert/runbook-id"],
        ),
        # Nothing to excuse; a rule that did not run is not called unused.
        (
            "up == 0",
            f"up == 0\n  annotations: {{runbook_id: a.b}} # runbook-lint: ignore[{NO_ID}] {WHOLE}",
            ["3 waiver/unused", "4 alert/runbook-id"],
        ),
        (
            "up == 0",
            f"up == 0\n  annotations: {{runbook_id: a.b}} # runbook-lint: ignore[alert/severity-agrees] {WHOLE}",
            ["4 alert/runbook-id"],
        ),
    ],
)
def test_a_waiver_in_yaml(tmp_path: Path, old: str, new: str, expected: list[str]) -> None:
    assert found(run(tmp_path, ALERTS.replace(old, new, 1) if old else ALERTS)) == expected


@pytest.mark.parametrize(
    ("waiver", "rule", "said"),
    [
        (f"ignroe[{NO_ID}] {WHOLE}", "waiver/incomplete", "'runbook-lint: ignroe'"),
        (f"ignore[{NO_ID}, alert/runbok-known] {WHOLE}", "waiver/unknown-rule", "did you mean 'alert/runbook-known'"),
        (f"ignore[{NO_ID}] {WHOLE} team=web", "waiver/incomplete", "a waiver has no 'team'"),
        (f"ignore[{NO_ID}] {WHOLE} owner=web", "waiver/incomplete", "'owner' stands twice"),
        *(
            (f"ignore[{NO_ID}] {WHOLE.replace(old, new)}", "waiver/incomplete", f"is '{new}', which nobody filled in")
            for old in ("web", "soon")
            for new in ("TODO", "TBD", "???", "-", "x", "n/a")
        ),
    ],
)
def test_a_waiver_with_a_fault_excuses_nothing(tmp_path: Path, waiver: str, rule: str, said: str) -> None:
    report = run(tmp_path, ALERTS.replace("Down", f"Down # runbook-lint: {waiver}"))
    assert found(report) == ["1 alert/runbook-id", f"1 {rule}", "3 alert/runbook-id"]
    assert said in report.findings[1].message


def test_a_reason_that_begins_like_a_placeholder_is_one(tmp_path: Path) -> None:
    waiver = f"ignore[{NO_ID}] {WHOLE.replace('soon', 'pending the move to OPS-12')}"
    assert found(run(tmp_path, ALERTS.replace("Down", f"Down # runbook-lint: {waiver}"))) == ["3 alert/runbook-id"]


@pytest.mark.parametrize(("day", "waived"), [("2026-06-30", 1), ("2026-07-01", 0)])
def test_the_last_day_is_inclusive(tmp_path: Path, day: str, waived: int) -> None:
    report = run(tmp_path, ALERTS.replace("Down", f"Down # runbook-lint: ignore[{NO_ID}] {WHOLE}"), day)
    assert report.summary["waived"] == waived
    assert ("1 waiver/expired" in found(report)) is not bool(waived)


LINK = "link/target"
PAGE = "# Runbook\n\n[a](a.md)\n\n[b](b.md)\n\n[c](c.md)\n"


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("", "", [3, 5, 7]),
        ("[a]", f"<!-- runbook-lint-disable-next-line {LINK} {WHOLE} -->\n[a]", [6, 8]),
        ("(b.md)", f"(b.md) <!-- runbook-lint-disable-line {LINK} {WHOLE} -->", [3, 7]),
        ("[c]", f"<!-- runbook-lint-disable-file {LINK} {WHOLE} -->\n\n[c]", []),
        ("[b]", f"<!-- runbook-lint-disable {LINK} {WHOLE} -->\n[b]", [3]),
        (
            "[b](b.md)",
            f"<!-- runbook-lint-disable {LINK} {WHOLE} -->\n[b](b.md)\n<!-- runbook-lint-enable {LINK} -->",
            [3, 9],
        ),
        # One that a fence shows is an example.
        ("[a]", f"```html\n<!-- runbook-lint-disable-file {LINK} {WHOLE} -->\n```\n\n[a]", [7, 9, 11]),
    ],
)
def test_a_waiver_in_markdown(tmp_path: Path, old: str, new: str, lines: list[int]) -> None:
    report = run(tmp_path, PAGE.replace(old, new) if old else PAGE, select=(LINK, "waiver"), name="runbook.md")
    assert found(report) == [f"{line} {LINK}" for line in lines]
    assert report.summary["waived"] == 3 - len(lines)


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        (f"<!-- runbook-lint-disable-nextline {LINK} {WHOLE} -->", "did you mean 'runbook-lint-disable-next-line'?"),
        (f"<!-- runbook-lint: ignore[{LINK}] {WHOLE} -->", "there are 'runbook-lint-disable-next-line', "),
        (f"<!-- runbook-lint-enable {LINK} -->", "this ends no waiver"),
    ],
)
def test_a_form_that_does_not_exist_excuses_nothing(tmp_path: Path, comment: str, said: str) -> None:
    report = run(tmp_path, f"{comment}\n{PAGE}", select=(LINK, "waiver"), name="runbook.md")
    assert found(report) == ["1 waiver/incomplete", *(f"{line} {LINK}" for line in (4, 6, 8))]
    assert said in report.findings[0].message


def test_a_waiver_above_a_fence_covers_the_alerts_in_it(tmp_path: Path) -> None:
    fence = f"```yaml\n{ALERTS}```\n"
    waiver = f"<!-- runbook-lint-disable-next-line {NO_ID} {WHOLE} -->\n"
    report = run(tmp_path, f"# Runbook\n\n{waiver}{fence}\n{fence}", name="runbook.md")
    assert found(report) == ["12 alert/runbook-id", "14 alert/runbook-id"]
    assert report.summary["waived"] == 2


def test_a_waiver_in_front_matter(tmp_path: Path) -> None:
    rule = "runbook/metadata"
    text = f"---\n# runbook-lint: ignore[{rule}] {WHOLE}\nrunbook_id: Not An Id\n---\n# Runbook\n"
    report = run(tmp_path, text, select=(rule, "waiver"), name="runbook.md")
    assert (found(report), report.summary["waived"]) == ([], 1)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("# Runbook\n\n<!-- runbook-lint-disable-file read/duplicate-key WHOLE -->\n", "read/duplicate-key"),
        ("# Runbook\n\n<!-- runbook-lint-disable-file waiver/unused WHOLE -->\n", "waiver/unused"),
    ],
)
def test_what_cannot_be_waived(tmp_path: Path, text: str, rule: str) -> None:
    front = "---\na: 1\na: 2\n---\n"
    report = run(tmp_path, front + text.replace("WHOLE", WHOLE), select=("read", "waiver"), name="runbook.md")
    assert [finding.rule for finding in report.findings] == ["read/duplicate-key", "waiver/unknown-rule"]
    assert report.summary["waived"] == 0


def test_a_secret_can_be_waived_with_everything_given(tmp_path: Path) -> None:
    # In two halves, so that no scanner takes this file for a leak.
    secret = "psql postgres:" + "//app:q7Vb2xKd@db.example.com/app"
    report = run(tmp_path, f"# Runbook\n\n    {secret}\n", select=("secret", "waiver"), name="runbook.md")
    assert [finding.rule for finding in report.findings] == ["secret/url-password"]
    waiver = f"<!-- runbook-lint-disable-file secret/url-password {WHOLE} -->"
    report = run(tmp_path, f"# Runbook\n\n{waiver}\n\n    {secret}\n", select=("secret", "waiver"), name="runbook.md")
    assert found(report) == []
    assert report.summary["waived"] == 1


def test_five_thousand_waivers_in_one_file_take_no_time() -> None:
    def waiver(number: int) -> Item:
        covers = Span(number * 10, number * 10 + 5)
        rules = [Value(NO_ID, *covers)]
        fields = {"rules": rules, "covers": covers, "until": "2027-01-01", "owner": "web", "reason": "soon"}
        return Item(
            "waiver", NO_ID, "a.yaml", covers, covers, {name: Value(each, *covers) for name, each in fields.items()}
        )

    alert = Item("text", "", "a.yaml", Span(0, 0), Span(0, 0), {})
    findings = [
        Finding(Place("a.yaml", 1, 1, 1, 1, n * 10 + 1, n * 10 + 2), NO_ID, "error", "m", alert) for n in range(5_000)
    ]
    start = time.process_time()
    verdicts = waivers.excuse(findings, [waiver(number) for number in range(5_000)], [], datetime.date(2026, 1, 1))
    assert time.process_time() - start < 10
    assert (len(verdicts.standing), len(verdicts.excused)) == (0, 5_000)
