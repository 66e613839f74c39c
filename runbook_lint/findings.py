"""Problem -> Finding: worded by the rule, placed, given a fingerprint."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from runbook_lint.model import SEVERITIES, Finding, Item, Problem, Rule, Span
from runbook_lint.places import Lines


class _Words(dict[str, Any]):
    """The words of a problem over the fields of its item; what neither knows stays as it is written."""

    def __init__(self, item: Item, words: Mapping[str, Any]) -> None:
        super().__init__(words)
        self.item = item

    def __missing__(self, name: str) -> str:
        if name == "key":
            return self.item.key
        return self.item.text(name) if name in self.item.fields else f"{{{name}}}"


def make(rule: Rule, item: Item, problem: Problem, lines: Lines) -> Finding:
    """The finding that a rule makes of a problem."""
    case = rule.cases.get(problem.case)
    message = (case.message if case is not None and case.message else rule.message).format_map(
        _Words(item, problem.words)
    )
    severity = rule.forced_severity or (case.severity if case is not None and case.severity else rule.severity)
    span = problem.span if problem.span is not None else item.place
    place = lines.place(item.path, Span(*span))
    return Finding(place, rule.id, severity, message, item, problem.subject, problem.edits)


def order(finding: Finding) -> tuple[str, int, int, str, str]:
    """Sorts findings by place, then by rule."""
    place = finding.place
    return (place.path, place.line, place.column, finding.rule, finding.message)


def numbered(findings: Sequence[Finding]) -> list[Finding]:
    """The findings with their fingerprints: equal ones are told apart by their order, never by their lines."""
    import hashlib

    seen: Counter[str] = Counter()
    result = []
    for finding in findings:
        item = finding.item
        name = "\n".join((finding.rule, finding.place.path, item.noun, item.key, " ".join(finding.subject.split())))
        seen[name] += 1
        digest = hashlib.sha256(f"{name}\n{seen[name]}".encode("utf-8", "surrogateescape")).hexdigest()
        result.append(replace(finding, fingerprint=digest[:16]))
    return result


def spot(item: Item, lines: Lines) -> str:
    """An item's place in a message."""
    return f"{item.path}:{lines.position(item.place.start)[0]}"


def at_or_above(findings: Sequence[Finding], severity: str) -> list[Finding]:
    """The findings of this severity or a worse one."""
    rank = SEVERITIES.index(severity)
    return [finding for finding in findings if SEVERITIES.index(finding.severity) >= rank]
