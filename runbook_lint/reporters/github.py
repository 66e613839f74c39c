"""GitHub Actions: the text report, and the worst findings as annotations (GitHub documentation, "Workflow commands").

A step shows ten annotations of each level; what is more would be dropped there without a word, so it is not sent and
is counted. The command line puts the whole report into the step's summary.
"""

from collections import Counter
from collections.abc import Iterator

from runbook_lint import summary
from runbook_lint.expressions import lazy
from runbook_lint.model import Finding, Report
from runbook_lint.reporters import View, text, worst_first
from runbook_lint.reporters.escape import printable

_MOST = 10
_PLACE = lazy(r"([^:\s]+):(\d+):\d+: ")
_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report, view: View) -> str:
    """The text report and the annotations."""
    return text.render(report, view) + "".join(f"{line}\n" for line in _annotations(report, view))


def _annotations(report: Report, view: View) -> Iterator[str]:
    sent: Counter[str] = Counter()
    for finding in worst_first(report.findings):
        sent[finding.severity] += 1
        if sent[finding.severity] <= _MOST:
            yield _command(finding, view)
    rest = {severity: number - _MOST for severity, number in sent.items() if number > _MOST}
    if rest:
        told = ", ".join(summary.many(number, severity) for severity, number in rest.items())
        yield f"without annotation, for a step shows {_MOST} of each level: {told}; the summary lists them"


def _command(finding: Finding, view: View) -> str:
    place = finding.place
    # Columns are for one line only.
    columns = f",col={place.column},endColumn={place.end_column}" if place.line == place.end_line else ""
    where = f"file={_argument(view.prefix + place.path)},line={place.line},endLine={place.end_line}{columns}"
    return f"::{_LEVELS[finding.severity]} {where},title={_argument(finding.rule)}::{_data(finding.message)}"


def mistake(words: str) -> str:
    """An annotation of a mistake in the request, at the place that it begins with, if it names one."""
    found = _PLACE.match(words)
    where = f" file={_argument(found[1])},line={found[2]},title=runbook-lint" if found else " title=runbook-lint"
    return f"::error{where}::{_data(words)}"


def _data(words: str) -> str:
    return printable(words).replace("%", "%25")


def _argument(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
