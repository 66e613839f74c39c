"""What was read, and what the reader should know before the findings."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from runbook_lint.documents.faults import unread_paths
from runbook_lint.model import SEVERITIES, Estate, Finding, Item, Link, Report

_NO_LINK = Link()


class Excused(NamedTuple):
    """How many findings are not shown: those that waivers excuse, comments allow, the baseline knows, and those that
    are older than a change."""

    waived: int = 0
    allowed: int = 0
    baselined: int = 0
    older: int = 0


def counts(estate: Estate, findings: Sequence[Finding], excused: Excused) -> dict[str, int]:
    """The numbers of the summary; what was read is counted whole, findings as they are given."""
    alerts = estate.all("alert")
    return {
        "runbooks": len(estate.all("runbook")),
        "pages": len(estate.all("page")),
        "catalogs": len(estate.all("catalog")),
        "entries": len(estate.all("entry")) + len(estate.all("retired")),
        "alert_files": len({alert.path for alert in alerts}),
        "alerts": len(alerts),
        "signals": len(estate.all("signal")),
        "teams": len(estate.all("team")),
        "incidents": len(estate.all("incident")),
        "cannot_tell": sum(link_of(alert, estate).verdict == "cannot-tell" for alert in alerts),
        "unreadable": len(unread_paths(estate)),
        **excused._asdict(),
        **severities(findings),
    }


def severities(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings there are of each severity."""
    found = [finding.severity for finding in findings]
    return {f"{severity}s": found.count(severity) for severity in reversed(SEVERITIES)}


def anything(numbers: Mapping[str, int]) -> bool:
    """Whether anything was there to check; markdown that is no runbook is not."""
    return any(numbers[kind] for kind in ("runbooks", "catalogs", "alerts", "teams", "incidents", "unreadable"))


def link_of(alert: Item, estate: Estate) -> Link:
    """The reference that counts: the first by preference, but one that can be told before one that cannot."""
    links = estate.links.get(alert, ())
    if not links:
        return _NO_LINK
    if links[0].verdict != "cannot-tell":
        return links[0]
    told = next((link for link in links if link.verdict != "cannot-tell"), None)
    return told or links[0]


def hints(estate: Estate) -> list[str]:
    """What is silent for want of a file, a sentence each."""
    return list(_hints(estate))


def _hints(estate: Estate) -> Iterator[str]:
    runbooks, entries = estate.all("runbook"), estate.all("entry")
    if not any(estate.all(noun) for noun in ("runbook", "catalog", "alert", "team", "incident", "fault")):
        yield "no runbook, catalog, roster, incident or alert rule was recognised here"
    if not estate.all("catalog") and not estate.has_catalog and (runbooks or estate.all("alert")):
        yield "no catalog, so ids cannot be judged; `runbook-lint init` writes one"
        undated = sum("last_reviewed_at" not in runbook.fields for runbook in runbooks)
        if undated:
            yield f"{undated} of {len(runbooks)} runbooks name no review date, and there is no catalog that does"
    elif not estate.all("catalog") and not estate.has_catalog and estate.all("incident"):
        yield "no catalog, so the runbooks that incidents name cannot be judged"
    if entries and not estate.all("team"):
        yield "no on-call roster, so owners and backups are not checked (`runbook-lint schema roster`)"


def sentence(numbers: Mapping[str, int]) -> str:
    """What was read, in one line: ``312 runbooks, 1 catalog (310 entries), 1,204 alerts in 88 files``."""
    parts = [many(numbers["runbooks"], "runbook")]
    entries = f" ({many(numbers['entries'], 'entry', 'entries')})" if numbers["catalogs"] else ""
    parts.append(many(numbers["catalogs"], "catalog") + entries)
    parts.append(f"{many(numbers['alerts'], 'alert')} in {many(numbers['alert_files'], 'file')}")
    if numbers.get("incidents"):
        parts.append(many(numbers["incidents"], "incident"))
    line = ", ".join(parts)
    extra = [
        f"{many(numbers['cannot_tell'], 'runbook link')} that cannot be judged" if numbers["cannot_tell"] else "",
        f"{numbers['waived']:,} waived" if numbers["waived"] else "",
        f"{numbers['baselined']:,} known to the baseline" if numbers["baselined"] else "",
        f"{many(numbers['allowed'], 'secret')} allowed by comments" if numbers["allowed"] else "",
        f"{many(numbers['unreadable'], 'file')} not readable" if numbers["unreadable"] else "",
    ]
    return "; ".join([line, *(each for each in extra if each)])


def by_severity(numbers: Mapping[str, int]) -> dict[str, str]:
    """How many findings there are of each severity that was found, in words, the worst first."""
    found = {severity: numbers[f"{severity}s"] for severity in reversed(SEVERITIES)}
    return {severity: many(number, severity) for severity, number in found.items() if number}


def compared(report: Report) -> str:
    """What a change was compared with, and what it is not to blame for."""
    base = f"commit {report.base[:9]}" if report.base else "an empty repository"
    number = report.summary["older"]
    shown = any(finding.older for finding in report.findings)
    verb = "is" if number == 1 else "are"
    hint = "" if shown else " (--all shows them)"
    rest = f"; {many(number, 'older finding')} {verb} not the change's{hint}" if number else ""
    return f"compared with {base}{rest}"


def many(number: int, one: str, more: str = "") -> str:
    """A number with its noun in the right form."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"
