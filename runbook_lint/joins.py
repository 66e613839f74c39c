"""What rules find that look beyond one text, or at the day."""

import datetime
from collections.abc import Iterable, Iterator, Sequence

from runbook_lint import findings
from runbook_lint.analysis import in_turn, is_dated, steps_of, with_day
from runbook_lint.linestore import LineStore
from runbook_lint.model import Change, Estate, Finding, Item, Problem, Rule


def joined(
    rules: Sequence[Rule], scope: str, world: Estate | Change, today: datetime.date, lines: LineStore
) -> Iterator[Finding]:
    """The findings of the rules that look beyond one file: at an estate, or at what a change did to one."""
    problems = [
        (problem.item, rule, problem)
        for rule in rules
        for check, options in (rule.checks if rule.scope == scope else ())
        for problem in check(world, **with_day(check, options, today))
        if problem.item is not None and problem.item.noun in rule.nouns
    ]
    # File by file, so that the lines of none are asked for twice.
    for item, rule, problem in sorted(problems, key=lambda each: each[0].path):
        named = tuple([word for word in problem.words.values() if isinstance(word, Item)])
        placed = _placed(problem, lines) if named else problem
        yield findings.make(rule, item, placed, lines.get(item.path), named)


def dated(estate: Estate, rules: Sequence[Rule], today: datetime.date, lines: LineStore) -> Iterator[Finding]:
    """The findings of the rules that look at one item but need to know the day; those of waivers come later."""
    for rule in rules:
        if rule.scope == "one" and is_dated(rule) and "waiver" not in rule.nouns:
            for noun in rule.nouns:
                yield from judged(estate.all(noun), [rule], today, lines)


def _placed(problem: Problem, lines: LineStore) -> Problem:
    """The problem with the items among its words as their places."""
    words = {
        name: findings.spot(word, lines.get(word.path)) if isinstance(word, Item) else word
        for name, word in problem.words.items()
    }
    return problem._replace(words=words)


def judged(items: Iterable[Item], rules: Sequence[Rule], today: datetime.date, lines: LineStore) -> Iterator[Finding]:
    """What rules that look at one item find in some on a day."""
    steps = steps_of(rules, today)
    for item in items if steps else ():
        yield from in_turn(steps, item, lines.get(item.path))
