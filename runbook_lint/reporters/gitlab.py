"""GitLab's Code Quality report (GitLab documentation, "Code Quality", "Code Quality report format")."""

from typing import Any

from runbook_lint.model import Finding, Report
from runbook_lint.reporters import View
from runbook_lint.reporters.escape import json_text, printable

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(report: Report, view: View) -> str:
    """The findings as issues; the fingerprint tells GitLab which ones a merge request brought."""
    return json_text([_issue(finding, view) for finding in report.findings])


def _issue(finding: Finding, view: View) -> dict[str, Any]:
    place = finding.place
    return {
        "type": "issue",
        "check_name": finding.rule,
        "description": printable(finding.message),
        "content": {"body": view.told(finding)},
        "severity": _SEVERITIES[finding.severity],
        "fingerprint": finding.fingerprint,
        "location": {"path": view.prefix + place.path, "lines": {"begin": place.line, "end": place.end_line}},
    }
