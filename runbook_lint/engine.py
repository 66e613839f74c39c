"""Analyse one source; join all; nothing else."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runbook_lint import documents, findings, links, summary, waivers
from runbook_lint.checks import targets
from runbook_lint.config import Config
from runbook_lint.documents.faults import UNREAD, fault_items
from runbook_lint.documents.text import decode
from runbook_lint.documents.tree import Fault
from runbook_lint.model import Estate, FileResult, Finding, Item, Problem, Report, Rule, Source, Span, Value
from runbook_lint.places import Lines
from runbook_lint.snapshot import CannotRead, Snapshot

# What of a runbook only its own rules need; the rest is kept for joins.
_HEAVY = frozenset({"text", "prose", "pasted", "messages", "sections", "front"})
_PASSING = frozenset({"text"})
_SNIFFED = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A source that was read: its text, or the fault that says why there is none."""

    path: str
    text: str
    fault: Fault | None
    kind: str


def run(snapshot: Snapshot, config: Config, rules: Sequence[Rule], today: datetime.date) -> Report:
    """All findings of a snapshot on a day, sorted by place."""
    results = _read_all(snapshot, config, rules)
    estate = _estate(results, snapshot, config)
    lines = _LineStore(snapshot)
    found = [finding for result in results for finding in result.findings]
    found.extend(_joined(estate, rules, today, lines))
    verdicts = waivers.excuse(found, estate.all("waiver"), rules, today)
    found = list(verdicts.standing)
    found.extend(_judged(verdicts.waivers, _of_noun(rules, "waiver"), today, lines))
    ordered = findings.numbered(sorted(found, key=findings.order))
    counts = summary.counts(estate, [*ordered], len(verdicts.excused))
    return Report(str(today), ordered, counts, summary.hints(estate), estate, lines.get)


def analyse(source: Text, rules: Sequence[Rule], profile: str = "") -> FileResult:
    """What one text gives alone. Depends on its content, its name and the rules, on nothing else."""
    if source.fault is not None:
        items: list[Item] = fault_items([source.fault], source.path)
    else:
        items = documents.read(source.kind, source.text, source.path)
    if profile:
        items = [_profiled(item, profile) for item in items]
    lines = Lines(source.text)
    by_noun = _by_noun(rule for rule in rules if rule.scope == "one" and not _dated(rule))
    found = [
        finding
        for item in items
        if item.noun != "waiver"
        for rule in by_noun.get(item.noun, ())
        for finding in _findings(rule, item, lines)
    ]
    return FileResult(source.path, source.kind, tuple(_kept(items)), tuple(found))


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


def _by_noun(rules: Iterable[Rule]) -> Mapping[str, Sequence[Rule]]:
    index: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        for noun in rule.nouns:
            index[noun].append(rule)
    return index


def _of_noun(rules: Iterable[Rule], noun: str) -> list[Rule]:
    return [rule for rule in rules if noun in rule.nouns]


def _dated(rule: Rule) -> bool:
    """Whether a rule depends on the day, so that what it says must not be remembered."""
    return any("today" in check.__code__.co_varnames for check, _ in rule.checks)


def _findings(rule: Rule, item: Item, lines: Lines, today: datetime.date | None = None) -> Iterator[Finding]:
    value = item.fields.get(rule.field) if rule.field else None
    for check, options in rule.checks:
        for problem in check(item, value, **_with_day(check, options, today)):
            yield findings.make(rule, problem.item or item, problem, lines)


def _with_day(check: Any, options: Mapping[str, Any], today: datetime.date | None) -> Mapping[str, Any]:
    return {**options, "today": today} if "today" in check.__code__.co_varnames else options


def _read_all(snapshot: Snapshot, config: Config, rules: Sequence[Rule]) -> list[FileResult]:
    """What every text of ours gives. Catalogs come before markdown: what they list is a runbook whatever its name."""
    first = [source for source in snapshot.sources if _is_tree(source.path, config)]
    results = [each for source in first if (each := _result(source, config.kind_of(source.path), config, rules))]
    listed = _listed(results, snapshot, config)
    for source in snapshot.sources:
        kind = "runbook" if source.path in listed else config.kind_of(source.path)
        if kind == "runbook" or (kind is None and documents.is_markdown(source.path)):
            result = _result(source, kind, config, rules)
            results.extend([result] if result else [])
    return sorted(results, key=lambda result: result.path)


def _is_tree(path: str, config: Config) -> bool:
    """Whether a file may be one of ours that is not markdown."""
    kind = config.kind_of(path)
    if kind is None:
        return documents.may_be(path) and not documents.is_markdown(path)
    return kind not in ("", "runbook")


def _listed(results: Sequence[FileResult], snapshot: Snapshot, config: Config) -> set[str]:
    """The files that catalog entries lead to."""
    estate = Estate({}, snapshot.paths)
    entries = (item for result in results for item in result.items if item.noun in ("entry", "retired"))
    targeted = (targets.of_entry(entry, config.url_prefixes, estate).path for entry in entries)
    found = {targets.existing(path, estate) for path in targeted if path}
    return {path for path in found if config.kind_of(path) != "" and documents.may_hold_text(path)}


def _result(source: Source, kind: str | None, config: Config, rules: Sequence[Rule]) -> FileResult | None:
    text = _text(source, kind, config)
    return analyse(text, rules, config.profile_of(text.path)) if text is not None else None


def _text(source: Source, kind: str | None, config: Config) -> Text | None:
    """The text of a source that is ours; None for one that is none of ours."""
    try:
        content = source.read()
    except CannotRead as error:
        fault: Fault | None = Fault("access", str(error), Span(0, 0))
        text, head = "", ""
    else:
        text, fault = decode(content)
        head = text if fault is None else content[:_SNIFFED].decode(documents.likely_encoding(content), "replace")
    kind = kind or _narrowed(documents.recognise(source.path, head), config)
    if not kind or (fault is not None and kind == "page"):
        return None
    return Text(source.path, text, fault, kind)


def _narrowed(kind: str, config: Config) -> str:
    """Once the configuration names the files of a kind, no others are of it."""
    if kind not in config.kinds:
        return kind
    return "page" if kind == "runbook" else ""


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


def _joined(estate: Estate, rules: Sequence[Rule], today: datetime.date, lines: "_LineStore") -> Iterator[Finding]:
    for rule in rules:
        if rule.scope == "every":
            for check, options in rule.checks:
                for problem in check(estate, **_with_day(check, options, today)):
                    if problem.item is not None and problem.item.noun in rule.nouns:
                        yield findings.make(rule, problem.item, _placed(problem, lines), lines.get(problem.item.path))
        elif rule.scope == "one" and _dated(rule) and "waiver" not in rule.nouns:
            for noun in rule.nouns:
                yield from _judged(estate.all(noun), [rule], today, lines)


def _placed(problem: Problem, lines: "_LineStore") -> Problem:
    """The problem with the items among its words as their places."""
    if not any(isinstance(word, Item) for word in problem.words.values()):
        return problem
    words = {
        name: findings.spot(word, lines.get(word.path)) if isinstance(word, Item) else word
        for name, word in problem.words.items()
    }
    return problem._replace(words=words)


def _judged(
    items: Iterable[Item], rules: Sequence[Rule], today: datetime.date, lines: "_LineStore"
) -> Iterator[Finding]:
    for item in items:
        for rule in rules:
            yield from _findings(rule, item, lines.get(item.path), today)


class _LineStore:
    """The line tables of the texts that findings of joins stand in, read again when one does."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.sources = {source.path: source for source in snapshot.sources}
        self.tables: dict[str, Lines] = {}

    def get(self, path: str) -> Lines:
        """The line table of a file; an empty one where it cannot be read (any more)."""
        if path not in self.tables:
            try:
                text = decode(self.sources[path].read())[0]
            except (CannotRead, KeyError):
                text = ""
            self.tables[path] = Lines(text)
        return self.tables[path]
