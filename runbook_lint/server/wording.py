"""What is said of an entry, a rule or some alerts, as markdown in which titles and paths are only text."""

from collections.abc import Iterator

from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Rule
from runbook_lint.reporters.escape import printable
from runbook_lint.server.facts import Fact, Facts
from runbook_lint.summary import many

_MARKS = lazy(r"([\\`*_{}\[\]()<>|~&:@])")


def escaped(text: str) -> str:
    """Text that markdown shows as it is, on one line."""
    return _MARKS.sub(r"\\\1", printable(text))


def freshness(fact: Fact) -> str:
    """When the review of an entry is due."""
    if fact.left is None:
        return f"last review: {fact.reviewed or 'not known'}"
    due = f"overdue for {many(-fact.left, 'day')}" if fact.left < 0 else f"due in {many(fact.left, 'day')}"
    return f"last reviewed {fact.reviewed}, {due}"


def pointing(number: int) -> str:
    """How many alerts lead somewhere."""
    return f"{number:,} alert{' points' if number == 1 else 's point'} here" if number else "no alert points here"


def entry(fact: Fact, facts: Facts) -> str:
    """All that is told of an entry."""
    return "\n\n".join([_head(fact, facts), "\n".join(f"- {line}" for line in _lines(fact, facts))])


def _head(fact: Fact, facts: Facts) -> str:
    key = facts.text(fact.entry, "id")
    return f"**{escaped(fact.title or key)}** {escaped(key)}"


def _lines(fact: Fact, facts: Facts) -> Iterator[str]:
    if fact.retired:
        instead = f"; use {escaped(fact.successor)}" if fact.successor else ""
        yield f"**retired**{instead}"
    yield f"owner: {escaped(fact.owner) or 'nobody'}"
    yield f"severity: {escaped(fact.severity) or 'none'}"
    if not fact.retired:
        yield escaped(freshness(fact))
    anchor = f"#{fact.anchor}" if fact.anchor else ""
    shown: str = facts.report.lines("").without(f"{fact.path}{anchor}")
    yield f"runbook: {escaped(shown) if fact.path else 'no file of this repository'}"
    yield pointing(len(facts.alerts_of_id[fact.entry.key]))


def rule(rule: Rule) -> str:
    """What a rule is for."""
    return f"**{escaped(rule.id)}** ({rule.severity})\n\n{escaped(' '.join(rule.why.split()))}"


def listed(alerts: list[Item], facts: Facts) -> str:
    """Some alerts with their places, in plain words."""
    names = [f"{facts.text(alert, 'name')} ({_line(alert, facts)})" for alert in alerts[:20]]
    rest = f" and {len(alerts) - 20:,} more" if len(alerts) > 20 else ""
    return printable(", ".join(names) + rest)


def _line(alert: Item, facts: Facts) -> str:
    shown: str = facts.report.lines("").without(alert.path)
    return f"{shown}:{facts.report.lines(alert.path).position(alert.place.start)[0]}"
