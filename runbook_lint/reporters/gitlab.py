"""GitLab's Code Quality report (GitLab documentation, "Code Quality", "Code Quality report format")."""

from typing import Any

from runbook_lint.model import Finding, Report
from runbook_lint.reporters import View, whole
from runbook_lint.reporters.escape import json_text, printable

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(report: Report, view: View) -> str:
    """All findings as issues: GitLab compares them with those of the target branch by their fingerprints, and would
    take what a merge request leaves out for repaired."""
    return json_text([_issue(finding, view) for finding in whole(report)])


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
