"""Report -> string. ``FORMATS`` is the table of what ``--format`` takes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from runbook_lint.findings import Shown, order
from runbook_lint.model import SEVERITIES, Finding, Item, Place, Replacement, Report, Rule

# Format -> the module and function that write it, imported only when it is asked for; and what it is for.
FORMATS = {
    "text": ("text", "render", "for people"),
    "json": ("jsonreport", "render", "for programs; `runbook-lint schema report` is its contract"),
    "sarif": ("sarif", "render", "SARIF 2.1.0, for code scanning"),
    "github": ("github", "render", "the text, and annotations of GitHub Actions"),
    "gitlab": ("gitlab", "render", "Code Quality of GitLab"),
    "junit": ("junit", "render", "JUnit XML, a suite a file"),
    "rdjson": ("rdjson", "render", "for reviewdog"),
    "rdjsonl": ("rdjson", "render_lines", "for reviewdog, a finding a line"),
    "checkstyle": ("checkstyle", "render", "Checkstyle XML"),
    "markdown": ("markdown", "render", "for a comment or a summary"),
}


def _none(finding: Finding) -> Sequence[Replacement]:
    return ()


class View(NamedTuple):
    """What a reporter may use beside the report.

    ``rules`` are those in force, ``limit`` is how many findings of one rule a person is shown, ``fail_on`` the severity
    that fails the run, ``shows`` whether a file is among those that are shown. ``prefix`` leads from the top of the git
    working tree to the repository's root, ``repairs`` gives what repairs a finding, ``entries`` what the packs say of
    each rule, ``room`` is how many bytes of markdown there is room for. On a terminal there are ``colour``, a ``width``
    to which lines are ``wrapped``, and ``links``: the root's address, under which a terminal opens files.
    """

    rules: dict[str, Rule]
    colour: bool = False
    width: int = 100
    limit: int = 20
    statistics: bool = False
    wrapped: bool = False
    links: str = ""
    prefix: str = ""
    fail_on: str = "error"
    shows: Callable[[str], bool] = lambda path: True
    room: int = 60_000
    repairs: Callable[[Finding], Sequence[Replacement]] = _none
    entries: Callable[[], Mapping[str, dict[str, Any]]] = dict

    def told(self, finding: Finding) -> str:
        """Why the rule of a finding is there, and what to do."""
        rule = self.rules.get(finding.rule)
        return f"{rule.why} {rule.hint}".strip() if rule is not None else ""


def render(form: str, report: Report, view: View) -> str:
    """The report in a format."""
    module, function, _ = FORMATS[form]
    rendered: str = getattr(import_module(f"{__name__}.{module}"), function)(report, view)
    return rendered


def others(finding: Finding, report: Report) -> list[tuple[Place, str]]:
    """Where else a finding's fault is, or what its message names, each with what stands there."""
    items = dict.fromkeys((*finding.related, *finding.also))
    return [_other(item, report) for item in items if item is not finding.item]


def _other(item: Item, report: Report) -> tuple[Place, str]:
    lines: Shown = report.lines(item.path)
    place = lines.place(lines.without(item.path), item.place)
    return place, lines.without(f"{item.noun} {item.key}".strip())


def whole(report: Report) -> list[Finding]:
    """All findings, those too that were there before a change: for readers who compare two reports by themselves."""
    found = set(report.findings)
    return sorted([*report.findings, *(each for each in report.older if each not in found)], key=order)


def worst_first(found: Iterable[Finding]) -> list[Finding]:
    """The findings, the worst first, those of a severity in their order."""
    return sorted(found, key=lambda finding: -SEVERITIES.index(finding.severity))
