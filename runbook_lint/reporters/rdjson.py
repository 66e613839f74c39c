"""Reviewdog's diagnostic format (reviewdog, "Reviewdog Diagnostic Format"), whole or a diagnostic a line."""

from typing import Any

from runbook_lint.model import Finding, Place, Replacement, Report
from runbook_lint.reporters import View, others
from runbook_lint.reporters.escape import json_text, printable

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}
# With a longer line reviewdog stops to read, and says nothing of it.
_LONGEST = 60_000
_MOST_OTHERS = 100
_SOURCE = {"name": "runbook-lint"}


def render(report: Report, view: View) -> str:
    """One document."""
    diagnostics = [_diagnostic(finding, report, view) for finding in report.findings]
    return json_text({"source": _SOURCE, "diagnostics": diagnostics})


def render_lines(report: Report, view: View) -> str:
    """A diagnostic a line, none longer than its reader takes."""
    diagnostics = (_diagnostic(finding, report, view) for finding in report.findings)
    return "".join(_line({**each, "source": _SOURCE}) for each in diagnostics)


def _line(diagnostic: dict[str, Any]) -> str:
    """A diagnostic without what there is no room for."""
    line = json_text(diagnostic, indent=None)
    for key in ("suggestions", "related_locations"):
        if len(line.encode()) > _LONGEST:
            diagnostic = {name: value for name, value in diagnostic.items() if name != key}
            line = json_text(diagnostic, indent=None)
    return line


def _diagnostic(finding: Finding, report: Report, view: View) -> dict[str, Any]:
    suggestions = [_suggestion(each, report) for each in view.repairs(finding) if each.place.path == finding.place.path]
    related = [_related(place, words, report, view) for place, words in others(finding, report)[:_MOST_OTHERS]]
    place, message = finding.place, printable(finding.message)
    where = f"{printable(view.prefix + place.path)}:{place.line}:{place.column}"
    return {
        "message": message,
        "location": _location(place, report, view),
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.rule},
        "original_output": f"{where}: {finding.severity}: {message} [{finding.rule}, {finding.fingerprint}]",
        **({"suggestions": suggestions} if suggestions else {}),
        **({"related_locations": related} if related else {}),
    }


def _suggestion(repair: Replacement, report: Report) -> dict[str, Any]:
    return {"range": _range(repair.place, report), "text": repair.text}


def _related(place: Place, words: str, report: Report, view: View) -> dict[str, Any]:
    return {"message": printable(words), "location": _location(place, report, view)}


def _location(place: Place, report: Report, view: View) -> dict[str, Any]:
    return {"path": view.prefix + place.path, "range": _range(place, report)}


def _range(place: Place, report: Report) -> dict[str, Any]:
    ends = ((place.line, place.column), (place.end_line, place.end_column))
    start, end = ({"line": line, "column": _bytes(report, place.path, line, column)} for line, column in ends)
    return {"start": start, "end": end}


def _bytes(report: Report, path: str, line: int, column: int) -> int:
    """A column as this format counts it: in bytes of UTF-8."""
    before = report.lines(path).line(line)[: column - 1]
    return len(before.encode("utf-8", "surrogatepass")) + 1
