"""SARIF 2.1.0 (OASIS standard, 27 March 2020) as GitHub's code scanning takes it.

Lines and columns count from 1, columns in code points, ends are exclusive, as in the rest of the tool. A finding that
a waiver excuses is a suppressed result; of a change ``baselineState`` says what it brought.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from runbook_lint import __version__, summary
from runbook_lint.expressions import lazy
from runbook_lint.model import Finding, Item, Place, Replacement, Report, Rule
from runbook_lint.reporters import View, others, whole, worst_first
from runbook_lint.reporters.escape import json_text, printable, uri
from runbook_lint.reporters.rulefacts import Entry
from runbook_lint.reporters.rulepage import advice

# Code scanning refuses a run with more results, and locations of a result (GitHub documentation, "SARIF results exceed
# limit").
_MOST, _MOST_OTHERS = 25_000, 99
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
# How GitHub ranks problems, and from which score (of 10) on it calls them high or medium.
_RANKS = {"error": "error", "warning": "warning", "info": "recommendation"}
_SCORES = {"error": "8.0", "warning": "5.0", "info": "2.0"}
_WORD = lazy(r"'?\{\w+\}'?")


def render(report: Report, view: View) -> str:
    """One run with all results, also those that were there before a change, or the worst of them."""
    found = [*worst_first(whole(report)), *report.waived]
    kept = found[:_MOST]
    entries = view.entries()
    names = {rule: index for index, rule in enumerate(sorted({finding.rule for finding in kept}))}
    run = {
        "tool": {"driver": {**_DRIVER, "rules": [_rule(name, view, entries.get(name)) for name in names]}},
        "automationDetails": {"id": f"runbook-lint/{printable(view.prefix)}"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The top of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notes(report, found[_MOST:])}],
        "results": [_result(finding, names, report, view) for finding in kept],
        "properties": {"asOf": report.as_of, "summary": dict(report.summary)},
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


_DRIVER = {"name": "runbook-lint", "version": __version__, "semanticVersion": __version__}


def _notes(report: Report, left: Sequence[Finding]) -> list[dict[str, Any]]:
    """What the reader should know beside the results."""
    notes = [("note", hint) for hint in report.hints]
    if left:
        notes.append(("warning", f"{summary.many(len(left), 'finding')} left out: a run takes no more than {_MOST:,}"))
    return [{"level": level, "message": {"text": printable(words)}} for level, words in notes]


def _rule(name: str, view: View, entry: Entry | None) -> dict[str, Any]:
    rule = view.rules.get(name)
    if rule is None:  # only the base's configuration has it
        return {"id": name}
    title = _WORD.sub("…", rule.message)
    return {
        "id": name,
        "shortDescription": {"text": title if title.strip("… ") else name},
        "fullDescription": {"text": rule.why or title},
        "help": {"text": f"{rule.why} {rule.hint}".strip() or title, "markdown": advice(entry) if entry else rule.why},
        "defaultConfiguration": {"level": _LEVELS[rule.forced_severity or rule.severity]},
        "properties": _properties(rule),
    }


def _properties(rule: Rule) -> dict[str, Any]:
    tags = {"runbook", rule.family, *(["security"] if rule.secret else [])}
    score = {"security-severity": _SCORES[rule.severity]} if rule.secret else {}
    rank = {"precision": "high", "problem.severity": _RANKS[rule.severity]}
    return {"tags": sorted(tags), **rank, **score}


def _result(finding: Finding, names: Mapping[str, int], report: Report, view: View) -> dict[str, Any]:
    related = [
        {"id": number, **_location(place, view), "message": {"text": printable(words)}}
        for number, (place, words) in enumerate(others(finding, report)[:_MOST_OTHERS], 1)
    ]
    fixes = _fixes(view.repairs(finding), view) if finding.waiver is None else []
    return {
        "ruleId": finding.rule,
        "ruleIndex": names[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": printable(finding.message)},
        "locations": [_location(finding.place, view)],
        "partialFingerprints": {"runbookLint/v1": finding.fingerprint},
        **({"relatedLocations": related} if related else {}),
        **({"fixes": fixes} if fixes else {}),
        **({"suppressions": [_suppression(finding.waiver, report)]} if finding.waiver is not None else {}),
        **({"baselineState": "unchanged" if finding.older else "new"} if report.base is not None else {}),
    }


def _location(place: Place, view: View) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(place.path, view), "region": _region(place)}}


def _artifact(path: str, view: View) -> dict[str, str]:
    return {"uri": uri(view.prefix + path), "uriBaseId": _ROOT}


def _region(place: Place) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _fixes(repairs: Sequence[Replacement], view: View) -> list[dict[str, Any]]:
    if not repairs:
        return []
    changes = [
        {"artifactLocation": _artifact(path, view), "replacements": list(map(_replacement, group))}
        for path, group in groupby(repairs, key=lambda each: each.place.path)
    ]
    return [{"description": {"text": "What `runbook-lint check --fix` writes."}, "artifactChanges": changes}]


def _replacement(repair: Replacement) -> dict[str, Any]:
    return {"deletedRegion": _region(repair.place), "insertedContent": {"text": repair.text}}


def _suppression(waiver: Item, report: Report) -> dict[str, Any]:
    """Why a waiver excuses a finding: in the source as a comment, or in the file of waivers."""
    said = {name: waiver.text(name) for name in ("reason", "owner", "until")}
    words = report.lines("").without(f"{said['reason']} ({said['owner']}, until {said['until']})")
    kind = "inSource" if waiver.raw("covers") is not None else "external"
    return {"kind": kind, "status": "accepted", "justification": printable(words)}
