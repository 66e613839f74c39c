"""Checkstyle's XML, which Jenkins, reviewdog and many others read."""

from collections.abc import Iterator
from itertools import groupby

from runbook_lint import __version__
from runbook_lint.model import Finding, Report
from runbook_lint.reporters import View
from runbook_lint.reporters.escape import xml


def render(report: Report, view: View) -> str:
    """The findings by file."""
    return "\n".join(_lines(report, view)) + "\n"


def _lines(report: Report, view: View) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f"<checkstyle version={xml(f'runbook-lint-{__version__}')}>"
    for path, group in groupby(report.findings, key=lambda finding: finding.place.path):
        yield f"  <file name={xml(view.prefix + path)}>"
        yield from map(_error, group)
        yield "  </file>"
    yield "</checkstyle>"


def _error(finding: Finding) -> str:
    place = finding.place
    return (
        f'    <error line="{place.line}" column="{place.column}" severity="{finding.severity}"'
        f" message={xml(finding.message)} source={xml(finding.rule)}/>"
    )
