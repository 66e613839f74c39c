"""The JSON report; its contract is ``schemas/report.schema.json``."""

from typing import Any

from runbook_lint import __version__
from runbook_lint.model import Finding, Report
from runbook_lint.reporters import View
from runbook_lint.reporters.escape import json_text


def render(report: Report, view: View) -> str:
    """The whole report, findings in order of place."""
    document = {
        "version": 1,
        "tool": {"name": "runbook-lint", "version": __version__},
        "as_of": report.as_of,
        **({"base": report.base} if report.base is not None else {}),
        "summary": dict(report.summary),
        "hints": list(report.hints),
        "findings": [_finding(finding, view) for finding in report.findings],
    }
    return json_text(document)


def _finding(finding: Finding, view: View) -> dict[str, Any]:
    place = finding.place
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "item": {"noun": finding.item.noun, "key": finding.item.key},
        "fingerprint": finding.fingerprint,
        "help": view.told(finding),
        **({"older": True} if finding.older else {}),
    }
