"""The report as markdown, for a comment or a summary: the worst first, as many as there is room for, the rest counted.

The hidden mark at its head lets a job find its own comment and write it anew. GitHub takes comments of 65,536
characters and summaries of a mebibyte, GitLab comments of a million.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from runbook_lint import summary
from runbook_lint.model import Finding, Report
from runbook_lint.reporters import View, worst_first
from runbook_lint.reporters.escape import inert
from runbook_lint.reporters.markup import cell, code, prose, sentence

MARK = "<!-- runbook-lint -->"
_TABLE = ("| | where | what | rule |", "|---|---|---|---|")
_LONGEST = 300
_RULES = 20


def render(report: Report, view: View) -> str:
    """The verdict, a table of findings, what to do about them, and what was read."""
    found = worst_first(report.findings)
    before, after = list(_head(report)), [*_advice(found, view), *_closing(report)]
    rows = [_row(finding, view) for finding in found]
    fitting = _fitting(rows, view.room - _size([*before, *_TABLE, "", *_left(found), *after]))
    table = [*_TABLE, *rows[:fitting], ""] if fitting else []
    return inert("\n".join([*before, *table, *_left(found[fitting:]), *after]) + "\n")


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)


def _fitting(rows: Sequence[str], room: int) -> int:
    """How many rows there is room for."""
    for number, row in enumerate(rows):
        room -= _size([row])
        if room < 0:
            return number
    return len(rows)


def _head(report: Report) -> Iterator[str]:
    yield MARK
    yield f"### runbook-lint: {', '.join(summary.by_severity(report.summary).values()) or 'no findings'}"
    yield ""


def _row(finding: Finding, view: View) -> str:
    place, message = finding.place, finding.message
    short = message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…"
    where = cell(code(f"{view.prefix}{place.path}:{place.line}"))
    return f"| {finding.severity} | {where} | {prose(short)} | {code(finding.rule)} |"


def _left(found: Sequence[Finding]) -> Iterator[str]:
    """How many findings of each rule there is no room for."""
    numbers = Counter((finding.severity, finding.rule) for finding in found)
    if numbers:
        yield f"{summary.many(len(found), 'more finding')}:"
        yield ""
    for (severity, rule), number in numbers.most_common(_RULES):
        yield f"- {summary.many(number, severity)} of {code(rule)}"
    if len(numbers) > _RULES:
        yield f"- and of {summary.many(len(numbers) - _RULES, 'more rule')}"
    if numbers:
        yield ""


def _advice(found: Sequence[Finding], view: View) -> Iterator[str]:
    by_rule = {finding.rule: finding for finding in reversed(found)}
    if not by_rule:
        return
    yield "<details><summary>Why, and what to do</summary>"
    yield ""
    for finding in list(reversed(by_rule.values()))[:_RULES]:
        yield f"- {code(finding.rule)}: {sentence(view.told(finding))}"
    yield ""
    yield "</details>"
    yield ""


def _closing(report: Report) -> Iterator[str]:
    yield prose(f"{summary.sentence(report.summary)}, as of {report.as_of}")
    if report.base is not None:
        yield ""
        yield prose(summary.compared(report))
    for hint in report.hints:
        yield ""
        yield f"Hint: {prose(hint)}"
