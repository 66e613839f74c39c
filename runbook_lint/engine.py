"""Analyse one source; join all; nothing else."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from runbook_lint import discovery, documents, findings, links, summary, waivers
from runbook_lint.checks import TOGETHER, options_of, targets
from runbook_lint.config import Config
from runbook_lint.documents.faults import UNREAD, fault_items
from runbook_lint.linestore import LineStore
from runbook_lint.model import Estate, FileResult, Finding, Item, Problem, Report, Rule, Value
from runbook_lint.places import Lines
from runbook_lint.snapshot import Snapshot

# What of a runbook only its own rules need; the rest is kept for joins.
_HEAVY = frozenset({"text", "prose", "pasted", "messages", "sections", "front", "opening"})
_PARTS = {
    "catalog": ("entry", "retired", "signal"),
    "roster": ("team",),
    "text": ("alert", "entry", "retired", "signal", "team"),
}
_PASSING = frozenset({"text"})
# Who judges an item, given its text's lines.
Judge = Callable[[Item, Lines], Iterable[Finding]]


def run(
    snapshot: Snapshot,
    config: Config,
    rules: Sequence[Rule],
    today: datetime.date,
    secrets: Sequence[Rule] = (),
    base: Snapshot | None = None,
) -> Report:
    """All findings of a snapshot on a day, sorted by place.

    ``secrets`` are rules whose finds are hidden from whatever is shown, also when nobody asked for their findings.
    ``base`` is what the rules of scope ``change`` compare the snapshot with; without it they are silent.
    """
    asked = {rule.id: rule for rule in rules}
    # In the order of the packs: of two rules that find one secret the earlier one has it, asked for or not.
    every = {rule.id: asked.get(rule.id, rule) for rule in (*secrets, *rules)}
    results = _read_all(snapshot, config, list(every.values()))
    estate = _estate(results, snapshot, config)
    lines = LineStore(snapshot)
    alone = [finding for result in results for finding in result.findings]
    lines.hide(alone, {rule.id for rule in (*rules, *secrets) if rule.secret})
    found = findings.once([finding for finding in alone if finding.rule in asked], rules)
    found.extend(_joined(rules, "every", (estate,), today, lines))
    if base is not None:
        before = _estate(_read_all(base, config, ()), base, config)
        found.extend(_joined(rules, "change", (before, estate), today, lines))
    found.extend(_dated_findings(estate, rules, today, lines))
    verdicts = waivers.excuse(found, estate.all("waiver"), rules, today)
    standing, allowed = waivers.allow(verdicts.standing, config.allow_comments, rules, lines.get)
    judged = _judged(verdicts.waivers, _of_noun(rules, "waiver"), today, lines)
    ordered = findings.reported([*standing, *judged], lines.secret_texts())
    counts = summary.counts(estate, ordered, len(verdicts.excused), len(allowed))
    hints = [findings.hidden(hint, lines.secret_texts()) for hint in (*snapshot.hints, *summary.hints(estate))]
    return Report(str(today), ordered, counts, hints, estate, lines.shown)


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
        if item.noun != "waiver"
        for judge in judges.get(item.noun, ())
        for finding in judge(item, lines)
    ]
    return FileResult(source.path, source.kind, tuple(_kept(items)), tuple(found))


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
                judges[noun].append(partial(_findings, rule))
            else:
                joint[noun, rule.field, look].append(rule)
    for (noun, field, look), members in joint.items():
        judges[noun].append(partial(_joint, members, field, look([rule.checks[0][1] for rule in members])))
    return judges


def _joint(rules: Sequence[Rule], field: str, look: Any, item: Item, lines: Lines) -> Iterator[Finding]:
    """What many rules find in a field with one look."""
    for number, problem in look(item.fields.get(field)):
        yield findings.make(rules[number], item, problem, lines)


def _of_noun(rules: Iterable[Rule], noun: str) -> list[Rule]:
    return [rule for rule in rules if noun in rule.nouns]


def _dated(rule: Rule) -> bool:
    """Whether a rule depends on the day, so that what it says must not be remembered."""
    return any(_wants_day(check) for check, _ in rule.checks)


def _findings(rule: Rule, item: Item, lines: Lines, today: datetime.date | None = None) -> Iterator[Finding]:
    value = item.fields.get(rule.field) if rule.field else None
    for check, options in rule.checks:
        for problem in check(item, value, **_with_day(check, options, today)):
            yield findings.make(rule, problem.item or item, problem, lines)


def _with_day(check: Any, options: Mapping[str, Any], today: datetime.date | None) -> Mapping[str, Any]:
    return {**options, "today": today} if _wants_day(check) else options


def _wants_day(check: Any) -> bool:
    return "today" in options_of(check)


def _read_all(snapshot: Snapshot, config: Config, rules: Sequence[Rule]) -> list[FileResult]:
    """What every text of ours gives. Catalogs come before markdown: what they list is a runbook whatever its name."""
    judges = _judges([rule for rule in rules if rule.scope == "one" and not _dated(rule)])
    first = chain(discovery.unmatched(snapshot, config), discovery.trees(snapshot, config))
    results = [analyse(text, judges) for text in first]
    pages = discovery.pages(snapshot, config, _listed(results, snapshot, config))
    results += [analyse(text, judges, config.profile_of(text.path)) for text in pages]
    return sorted(results, key=lambda result: result.path)


def _listed(results: Sequence[FileResult], snapshot: Snapshot, config: Config) -> set[str]:
    """The files that catalog entries lead to."""
    estate = Estate({}, snapshot.paths)
    entries = (item for result in results for item in result.items if item.noun in ("entry", "retired"))
    targeted = (targets.of_entry(entry, config.url_prefixes, estate).path for entry in entries)
    return {targets.existing(path, estate) for path in targeted if path}


def _estate(results: Sequence[FileResult], snapshot: Snapshot, config: Config) -> Estate:
    items: defaultdict[str, list[Item]] = defaultdict(list)
    for result in results:
        for item in result.items:
            items[item.noun].append(item)
    by_path = {item.path: item for noun in ("page", "runbook") for item in items[noun]}
    broken = {item.path for item in items["fault"] if item.key in UNREAD}
    catalogs = {result.path for result in results if result.kind == "catalog"}
    estate = Estate(items, snapshot.paths, {}, by_path, bool(catalogs) and not catalogs & broken)
    return replace(estate, links=links.resolve(estate, config.runbook_keys, config.url_prefixes))


def _joined(
    rules: Sequence[Rule], scope: str, estates: Sequence[Estate], today: datetime.date, lines: LineStore
) -> Iterator[Finding]:
    """The findings of the rules that look beyond one file: at one estate, or at two, before and after."""
    for rule in rules:
        for check, options in rule.checks if rule.scope == scope else ():
            for problem in check(*estates, **_with_day(check, options, today)):
                if problem.item is not None and problem.item.noun in rule.nouns:
                    yield findings.make(rule, problem.item, _placed(problem, lines), lines.get(problem.item.path))


def _dated_findings(estate: Estate, rules: Sequence[Rule], today: datetime.date, lines: LineStore) -> Iterator[Finding]:
    """The findings of the rules that look at one item but need to know the day; those of waivers come later."""
    for rule in rules:
        if rule.scope == "one" and _dated(rule) and "waiver" not in rule.nouns:
            for noun in rule.nouns:
                yield from _judged(estate.all(noun), [rule], today, lines)


def _placed(problem: Problem, lines: LineStore) -> Problem:
    """The problem with the items among its words as their places."""
    if not any(isinstance(word, Item) for word in problem.words.values()):
        return problem
    words = {
        name: findings.spot(word, lines.get(word.path)) if isinstance(word, Item) else word
        for name, word in problem.words.items()
    }
    return problem._replace(words=words)


def _judged(items: Iterable[Item], rules: Sequence[Rule], today: datetime.date, lines: LineStore) -> Iterator[Finding]:
    for item in items:
        for rule in rules:
            yield from _findings(rule, item, lines.get(item.path), today)
