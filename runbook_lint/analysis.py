"""What every text gives alone: items, and the findings of rules that look at one item. Depends on its content, its name
and the rules, on nothing else, so it may be remembered by content."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from runbook_lint import discovery, documents, findings
from runbook_lint.checks import TOGETHER, options_of, targets
from runbook_lint.config import Config
from runbook_lint.documents.faults import fault_items
from runbook_lint.model import Estate, FileResult, Finding, Item, Rule, Value
from runbook_lint.places import Lines
from runbook_lint.snapshot import Snapshot

# What of a runbook only its own rules need; the rest is kept for joins.
_HEAVY = frozenset({"text", "prose", "pasted", "messages", "sections", "front", "opening"})
_PARTS = {
    "catalog": ("entry", "retired", "signal"),
    "roster": ("team",),
    "text": ("alert", "entry", "retired", "signal", "team", "incident"),
}
_PASSING = frozenset({"text"})
# What can be judged only when all else is.
_LATE = frozenset({"waiver", "known"})
# What texts of one configuration gave, by path, content id and kind.
Memory = dict[tuple[str, str, str | None], FileResult]
# Who judges an item, given its text's lines.
Judge = Callable[[Item, Lines], Iterable[Finding]]


def read_all(
    snapshot: Snapshot, config: Config, rules: Sequence[Rule], memory: Memory | None = None
) -> list[FileResult]:
    """What every text of ours gives. Catalogs come before markdown: what they list is a runbook whatever its name.

    What is in the memory is not read again, and what is not is put there.
    """
    judges = _judges([rule for rule in rules if rule.scope == "one" and not is_dated(rule)])
    results = [analyse(text, judges) for text in discovery.lost(snapshot, config)]
    results += (_result(each, config, judges, memory) for each in discovery.trees(snapshot, config))
    pages = discovery.pages(snapshot, config, _listed(results, snapshot, config))
    results += (_result(each, config, judges, memory) for each in pages)
    return sorted((result for result in results if result.kind or result.items), key=lambda result: result.path)


def _result(
    candidate: discovery.Candidate, config: Config, judges: Mapping[str, Sequence[Judge]], memory: Memory | None
) -> FileResult:
    if memory is not None:
        candidate = discovery.identified(candidate)
    source, kind = candidate
    known = memory.get((source.path, source.content_id, kind)) if memory is not None else None
    if known is not None:
        return known
    text = discovery.text(candidate, config)
    result = analyse(text, judges, config.profile_of(text.path)) if text.kind else FileResult(source.path, "")
    if memory is not None and text.content_id:
        memory[source.path, text.content_id, kind] = result
    return result


def analyse(source: discovery.Text, judges: Mapping[str, Sequence[Judge]], profile: str = "") -> FileResult:
    """What one text gives alone. Depends on its content, its name and the judges (by noun), on nothing else."""
    if source.fault is not None:
        items: list[Item] = fault_items([source.fault], source.path)
    else:
        items = documents.read(source.kind, source.text, source.path)
    if profile:
        items = [_profiled(item, profile) for item in items]
    lines = Lines(source.text)
    found = [
        _narrowed(finding, items)
        for item in items
        if item.noun not in _LATE
        for judge in judges.get(item.noun, ())
        for finding in judge(item, lines)
    ]
    return FileResult(source.path, source.kind, source.content_id, tuple(_kept(items)), tuple(found))


def _narrowed(finding: Finding, items: Sequence[Item]) -> Finding:
    """What is found in a whole text is said of the alert, entry, signal or team that it stands in."""
    if finding.item.noun not in _PARTS:
        return finding
    start = finding.place.start
    parts = (item for item in items if item.noun in _PARTS[finding.item.noun])
    part = next((item for item in parts if item.extent.start <= start < item.extent.end), None)
    return replace(finding, item=part) if part is not None else finding


def _profiled(item: Item, profile: str) -> Item:
    if item.noun != "runbook":
        return item
    return replace(item, fields={**item.fields, "profile": Value(profile, 0, 0)})


def _kept(items: Iterable[Item]) -> Iterator[Item]:
    for item in items:
        if item.noun == "runbook":
            yield replace(item, fields={name: value for name, value in item.fields.items() if name not in _HEAVY})
        elif item.noun not in _PASSING:
            yield item


def _judges(rules: Sequence[Rule]) -> Mapping[str, Sequence[Judge]]:
    """By noun, who judges its items: each rule alone, or many with one look at their field."""
    judges: defaultdict[str, list[Judge]] = defaultdict(list)
    joint: defaultdict[tuple[str, str, Any], list[Rule]] = defaultdict(list)
    for rule in rules:
        look = TOGETHER.get(rule.checks[0][0]) if len(rule.checks) == 1 else None
        for noun in rule.nouns:
            if look is None:
                judges[noun].append(partial(judged, rule))
            else:
                joint[noun, rule.field, look].append(rule)
    for (noun, field, look), members in joint.items():
        judges[noun].append(partial(_joint, members, field, look([rule.checks[0][1] for rule in members])))
    return judges


def _joint(rules: Sequence[Rule], field: str, look: Any, item: Item, lines: Lines) -> Iterator[Finding]:
    """What many rules find in a field with one look."""
    for number, problem in look(item.fields.get(field)):
        yield findings.make(rules[number], item, problem, lines)


def is_dated(rule: Rule) -> bool:
    """Whether a rule depends on the day, so that what it says must not be remembered."""
    return any(_wants_day(check) for check, _ in rule.checks)


def judged(rule: Rule, item: Item, lines: Lines, today: datetime.date | None = None) -> Iterator[Finding]:
    """What a rule finds in one item, on a day for a rule that asks for it."""
    value = item.fields.get(rule.field) if rule.field else None
    for check, options in rule.checks:
        for problem in check(item, value, **with_day(check, options, today)):
            yield findings.make(rule, problem.item or item, problem, lines)


def with_day(check: Any, options: Mapping[str, Any], today: datetime.date | None) -> Mapping[str, Any]:
    """The options of a check, with the day where it asks for it."""
    return {**options, "today": today} if _wants_day(check) else options


def _wants_day(check: Any) -> bool:
    return "today" in options_of(check)


def _listed(results: Sequence[FileResult], snapshot: Snapshot, config: Config) -> set[str]:
    """The files that catalog entries lead to."""
    estate = Estate({}, snapshot.paths)
    entries = (item for result in results for item in result.items if item.noun in ("entry", "retired"))
    targeted = (targets.of_entry(entry, config.url_prefixes, estate).path for entry in entries)
    return {targets.existing(path, estate) for path in targeted if path}
