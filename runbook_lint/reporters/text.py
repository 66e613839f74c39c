"""The report for a terminal: findings by file, the line with a caret, and what was read.

Equal findings by the hundred stay readable: of each rule the first few show their line, up to a limit they are listed,
and the rest is counted by file. The report's lines come with every secret hidden already.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from runbook_lint import summary
from runbook_lint.model import Finding, Report
from runbook_lint.reporters import View
from runbook_lint.reporters.escape import inert, printable, uri

_FRAMES = 3
_COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "info": "\x1b[36m", "path": "\x1b[1m", "dim": "\x1b[2m"}
_RESET = "\x1b[0m"
_TAB = "    "
_MARGIN = " " * 21
_NARROWEST = 20
_FILES_NAMED = 5


def render(report: Report, view: View) -> str:
    """The findings, what was left out, the statistics if wanted, the hints and the summary."""
    shown, left = _divided(report.findings, view.limit)
    framed = _framed(shown)
    lines: list[str] = []
    for path, group in groupby(shown, key=lambda finding: finding.place.path):
        lines.append(_linked(_paint(printable(path), "path", view), path, view))
        for finding in group:
            lines.extend(_finding(finding, report, view, finding in framed))
        lines.append("")
    lines.extend(_left_out(left, view))
    if view.statistics:
        lines.extend(_statistics(report, view))
    lines.extend(_closing(report, view))
    return inert("\n".join(lines) + "\n")


def _paint(text: str, name: str, view: View) -> str:
    return f"{_COLOURS[name]}{text}{_RESET}" if view.colour else text


def _divided(findings: Sequence[Finding], limit: int) -> tuple[list[Finding], list[Finding]]:
    """The findings to list, and those over the limit of their rule."""
    seen: Counter[str] = Counter()
    shown: list[Finding] = []
    left: list[Finding] = []
    for finding in findings:
        seen[finding.rule] += 1
        (left if limit and seen[finding.rule] > limit else shown).append(finding)
    return (list(findings), []) if len(left) == 1 else (shown, left)


def _framed(findings: Sequence[Finding]) -> set[Finding]:
    """The first findings of each rule, which show their line."""
    seen: Counter[str] = Counter()
    framed = set()
    for finding in findings:
        seen[finding.rule] += 1
        if seen[finding.rule] <= _FRAMES:
            framed.add(finding)
    return framed


def _finding(finding: Finding, report: Report, view: View, framed: bool) -> Iterator[str]:
    place = f"{finding.place.line}:{finding.place.column}"
    severity = _paint(f"{finding.severity:<7}", finding.severity, view)
    rule = _paint(finding.rule + " (older)" * finding.older, "dim", view)
    first, *rest = _wrapped(printable(finding.message), finding.rule, view)
    yield f"  {place:>8}  {severity}  {first}{'' if rest else f'  {rule}'}"
    for number, line in enumerate(rest, 1):
        last = rule if number == len(rest) else ""
        yield f"{_MARGIN}{'  '.join(part for part in (line, last) if part)}"
    if framed:
        yield from _frame(finding, report, view)
        yield from _advice(finding, view)


def _wrapped(message: str, rule: str, view: View) -> list[str]:
    """The message in lines that a terminal does not break, with room for the rule after the last one."""
    room = view.width - len(_MARGIN)
    if not view.wrapped or len(message) + len(rule) + 2 <= room or room < _NARROWEST:
        return [message]
    from textwrap import wrap

    lines = wrap(message, room, break_long_words=False, break_on_hyphens=False)
    return lines if len(lines[-1]) + len(rule) + 2 <= room else [*lines, ""]


def _linked(shown: str, path: str, view: View) -> str:
    """What opens the file when the terminal knows links (OSC 8)."""
    return f"\x1b]8;;{view.links}{uri(path)}\x1b\\{shown}\x1b]8;;\x1b\\" if view.links else shown


def _frame(finding: Finding, report: Report, view: View) -> Iterator[str]:
    """The line with a caret under what is meant, cut to the width."""
    place = finding.place
    line = report.lines(place.path).line(place.line)
    if not line.strip():
        return
    start = min(place.column - 1, len(line))
    end = max(start, min(place.end_column - 1 if place.end_line == place.line else len(line), len(line)))
    cells = [_cell(letter) for letter in line]
    first, last = _window(cells, start, end, max(40, view.width - 13))
    shown = ["…" if first else "", *cells[first:last], "…" if last < len(cells) else ""]
    indent = (1 if first else 0) + sum(map(_columns, cells[first:start]))
    caret = "^" * max(1, sum(map(_columns, cells[start : min(end, last)])))
    yield _paint(f"{place.line:>8} | ", "dim", view) + "".join(shown).rstrip()
    yield _paint(" " * 8 + " | ", "dim", view) + _paint(" " * indent + caret, finding.severity, view)


def _advice(finding: Finding, view: View) -> Iterator[str]:
    """What to do about a secret: the first thing that comes to mind, to remove it, is not the first thing to do."""
    rule = view.rules.get(finding.rule)
    if rule is not None and rule.secret and rule.hint:
        yield _paint(f"{'':>8} = {printable(rule.hint)}", "dim", view)


def _cell(letter: str) -> str:
    """A character as it is shown."""
    return _TAB if letter == "\t" else printable(letter)


def _columns(cell: str) -> int:
    """How many columns of a terminal a shown character takes."""
    if cell.isascii():
        return len(cell)
    return 0 if unicodedata.combining(cell[0]) else 2 if unicodedata.east_asian_width(cell[0]) in "WF" else 1


def _window(cells: Sequence[str], start: int, end: int, room: int) -> tuple[int, int]:
    """The part of a line that fits into the room: all of it, or what stands around the caret."""
    first, last, used = start, start, 0
    widths = [_columns(cell) for cell in cells]
    if sum(widths) <= room:
        return 0, len(cells)
    room -= 2
    while last < end and used + widths[last] <= room:
        used += widths[last]
        last += 1
    before = 0
    while first and before + widths[first - 1] <= (room - used) // 2:
        before += widths[first - 1]
        first -= 1
    used += before
    while last < len(cells) and used + widths[last] <= room:
        used += widths[last]
        last += 1
    while first and used + widths[first - 1] <= room:
        used += widths[first - 1]
        first -= 1
    return first, last


def _left_out(left: Sequence[Finding], view: View) -> Iterator[str]:
    by_rule: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for finding in left:
        by_rule[finding.rule][finding.place.path] += 1
    for rule, files in sorted(by_rule.items()):
        named = [f"{printable(path)} ({number})" for path, number in files.most_common(_FILES_NAMED)]
        more = f", and {len(files) - len(named)} more files" if len(files) > len(named) else ""
        yield f"{files.total():,} more of {rule} in {', '.join(named)}{more}"
    if by_rule:
        yield _paint("show them all with --limit 0, or a part of them by naming a PATH", "dim", view)
        yield ""


def _statistics(report: Report, view: View) -> Iterator[str]:
    numbers = Counter((finding.severity, finding.rule) for finding in report.findings)
    for (severity, rule), number in sorted(numbers.items(), key=lambda each: (-each[1], each[0])):
        yield f"{number:>6}  {_paint(f'{severity:<7}', severity, view)}  {rule}"
    if numbers:
        yield ""


def _closing(report: Report, view: View) -> Iterator[str]:
    for hint in report.hints:
        yield from _folded(f"hint: {printable(hint)}", view)
    counted = summary.by_severity(report.summary)
    verdict = ", ".join(counted.values()) or "no findings"
    lines = _folded(f"{summary.sentence(report.summary)}: {verdict} as of {report.as_of}", view)
    for line in lines:
        yield _painted(line, counted, view)
    if report.base is not None:
        yield from _folded(summary.compared(report), view)


def _folded(line: str, view: View) -> list[str]:
    """A line in as many as the terminal needs."""
    if not view.wrapped:
        return [line]
    from textwrap import wrap

    return wrap(line, max(_NARROWEST, view.width), break_long_words=False, break_on_hyphens=False)


def _painted(line: str, counted: Mapping[str, str], view: View) -> str:
    """The line with the numbers of each severity in its colour."""
    for severity, said in counted.items():
        line = line.replace(said, _paint(said, severity, view))
    return line
