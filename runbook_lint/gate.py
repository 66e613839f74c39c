"""Of all findings of a change, those that it brought."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from runbook_lint.model import SEVERITIES, Change, Finding, Item, Rule
from runbook_lint.places import Lines

# What names a finding without its lines: rule, path, noun, key, subject.
_Name = tuple[str, str, str, str, str]


class Side(NamedTuple):
    """The findings of a snapshot, and the lines that they stand in."""

    findings: Sequence[Finding]
    lines: Callable[[str], Lines]


def divide(head: Side, base: Side, excused: Sequence[Finding], change: Change, rules: Sequence[Rule]) -> list[Finding]:
    """The head's findings, those marked as older that the base had already or could not see, without those that only
    repeat what was said of the change."""
    by_id = {rule.id: rule for rule in rules}
    spoken = _spoken([*head.findings, *excused], by_id)
    forgiven = {(finding.rule, finding.item) for finding in excused}
    kept = [
        finding
        for finding in head.findings
        if finding.item not in spoken.get(finding.rule, ()) and not _forgiven(finding, forgiven, by_id)
    ]
    changed = {rule.id for rule in rules if rule.scope == "change"}
    older = _older([each for each in kept if each.rule not in changed], base, head, change, by_id)
    return [replace(finding, older=True) if id(finding) in older else finding for finding in kept]


def _spoken(found: Sequence[Finding], rules: Mapping[str, Rule]) -> Mapping[str, set[Item]]:
    """For each rule the items of which another one speaks in its place."""
    spoken: defaultdict[str, set[Item]] = defaultdict(set)
    for finding in found:
        rule = rules.get(finding.rule)
        for name in rule.speaks_for if rule is not None else ():
            spoken[name].update((finding.item, *finding.also))
    return spoken


def _forgiven(finding: Finding, forgiven: set[tuple[str, Item]], rules: Mapping[str, Rule]) -> bool:
    """Whether a waiver excuses the same fault under the name that it has in every other run."""
    rule = rules.get(finding.rule)
    return rule is not None and any((name, finding.item) in forgiven for name in rule.speaks_for)


def _older(found: Sequence[Finding], base: Side, head: Side, change: Change, rules: Mapping[str, Rule]) -> set[int]:
    """The ids of the finding objects that the change did not bring."""
    follows = {former: now for now, former in change.origin.items()}
    known: defaultdict[_Name, list[Finding]] = defaultdict(list)
    for finding in base.findings:
        known[_name_now(finding, follows.get(finding.item), change.moved)].append(finding)
    groups: defaultdict[_Name, list[Finding]] = defaultdict(list)
    for finding in sorted(found, key=lambda each: (each.place.path, each.place.start)):
        groups[_name(finding)].append(finding)
    older: set[int] = set()
    for name, group in groups.items():
        secret = name[0] in rules and rules[name[0]].secret
        older.update(map(id, _matched(group, known.get(name, ()), head, base, exact=secret)))
    return older


def _name(finding: Finding) -> _Name:
    item = finding.item
    return (finding.rule, finding.place.path, item.noun, item.key, " ".join(finding.subject.split()))


def _name_now(finding: Finding, now: Item | None, moved: Mapping[str, str]) -> _Name:
    """The name that a finding of the base would have now: a moved file, alert or entry keeps its findings."""
    rule, path, noun, key, subject = _name(finding)
    if now is not None:
        return (rule, now.path, now.noun, now.key, subject)
    return (rule, moved.get(path, path), noun, moved.get(key, key) if key == path else key, subject)


def _matched(
    group: Sequence[Finding], known: Sequence[Finding], head: Side, base: Side, *, exact: bool
) -> Iterator[Finding]:
    """Those of some findings of one name that the base had: each of the base's answers for one that is no worse, first
    for one on the same line. Of secrets only the same secret is the same finding."""
    if not known:
        return
    worst = max(SEVERITIES.index(each.severity) for each in known)
    left = Counter(_words(each, base, exact=exact) for each in known)
    rest = []
    for finding in group:
        words = _words(finding, head, exact=exact)
        if SEVERITIES.index(finding.severity) > worst:
            continue
        if left[words]:
            left[words] -= 1
            yield finding
        elif not exact:
            rest.append(finding)
    yield from rest[: left.total()]


def _words(finding: Finding, side: Side, *, exact: bool) -> str:
    """What stands where a finding is: the secret itself, or the line."""
    lines = side.lines(finding.place.path)
    if exact:
        return lines.text[finding.place.start : finding.place.end]
    return lines.line(finding.place.line).strip()
