"""JUnit XML: each file is a suite, each finding a test case. Names have neither lines nor days in them, so that a case
keeps its history; a file without findings has one case that passed, since servers refuse a report without any."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from runbook_lint.documents.faults import unread_paths
from runbook_lint.findings import at_or_above
from runbook_lint.model import Finding, Report
from runbook_lint.reporters import View
from runbook_lint.reporters.escape import printable, xml

_CLEAN = "no findings"
_NOTHING = "nothing was judged"


def render(report: Report, view: View) -> str:
    """A case fails when its finding fails the run, is skipped when it is waived, and passes otherwise."""
    return "\n".join(_lines(report, view)) + "\n"


def _lines(report: Report, view: View) -> Iterator[str]:
    failed = set(at_or_above(report.findings, view.fail_on))
    by_path: defaultdict[str, list[Finding]] = defaultdict(list)
    for path in _clean(report, view):
        by_path[report.lines("").without(path)] += ()
    for finding in (*report.findings, *report.waived):
        by_path[finding.place.path].append(finding)
    if not by_path:
        by_path[_NOTHING] += ()
    cases = sum(max(1, len(found)) for found in by_path.values())
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="runbook-lint" tests="{cases}" failures="{len(failed)}" errors="0" time="0">'
    for path, found in sorted(by_path.items()):
        yield from _suite(view.prefix + path, found, failed, view)
    yield "</testsuites>"


def _clean(report: Report, view: View) -> set[str]:
    """The files that were read and are shown, and in which nothing was found, also nothing from before a change."""
    read = {item.path for noun in report.estate.items for item in report.estate.all(noun)}
    older = {finding.place.path for finding in report.older}
    return {path for path in read - older - unread_paths(report.estate) if view.shows(path)}


def _suite(path: str, found: Sequence[Finding], failed: set[Finding], view: View) -> Iterator[str]:
    failures = sum(finding in failed for finding in found)
    skipped = sum(finding.waiver is not None for finding in found)
    yield (
        f'  <testsuite name={xml(path)} tests="{max(1, len(found))}" failures="{failures}" errors="0"'
        f' skipped="{skipped}" time="0">'
    )
    if not found:
        yield f'    <testcase classname={xml(path)} name="{_CLEAN}" time="0"/>'
    seen: Counter[str] = Counter()
    for finding in found:
        item = finding.item
        name = finding.rule if item.key in ("", item.path) else f"{finding.rule}: {item.key}"
        seen[name] += 1
        number = f" ({seen[name]})" if seen[name] > 1 else ""
        yield f'    <testcase classname={xml(path)} name={xml(name + number)} time="0">'
        yield _outcome(finding, failed, view)
        yield "    </testcase>"
    yield "  </testsuite>"


def _outcome(finding: Finding, failed: set[Finding], view: View) -> str:
    place = finding.place
    where = f"{view.prefix}{place.path}:{place.line}:{place.column}"
    told = (f"{where}: {finding.severity}: {finding.message}", view.told(finding), f"fingerprint {finding.fingerprint}")
    body = "\n".join(xml(line)[1:-1] for line in told)
    if finding.waiver is not None:
        return f"      <skipped message={xml(_waived(finding))}/>"
    if finding in failed:
        return f"      <failure type={xml(finding.rule)} message={xml(f'{where}: {finding.message}')}>{body}</failure>"
    return f"      <system-out>{body}</system-out>"


def _waived(finding: Finding) -> str:
    return printable(f"waived until {finding.waiver.text('until')}") if finding.waiver is not None else ""
