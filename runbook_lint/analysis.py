"""What every text gives alone: items, and the findings of rules that look at one item. Depends on its content, its name
and the rules, on nothing else, so it may be remembered by content."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any, NamedTuple

from runbook_lint import discovery, documents, findings, records
from runbook_lint.checks import IDLE, TOGETHER, options_of, targets
from runbook_lint.config import Config
from runbook_lint.documents.faults import fault_items
from runbook_lint.hands import Work, spread
from runbook_lint.lean import Lean, passes
from runbook_lint.model import Estate, FileResult, Finding, Item, Problem, Rule, Source, Value
from runbook_lint.places import Lines
from runbook_lint.snapshot import Snapshot

_PARTS = {
    "catalog": ("entry", "retired", "signal"),
    "roster": ("team",),
    "text": ("alert", "entry", "retired", "signal", "team", "incident"),
}
# What can be judged only when all else is.
_LATE = frozenset({"waiver", "known"})
# The path, the content id and the given kind of a text.
Key = tuple[str, str, str | None]
# Who judges an item, given its text's lines.
Judge = Callable[[Item, Lines], Iterable[Finding]]
# A check of a rule: the rule, its field, the check and its options.
Step = tuple[Rule, str, Callable[..., Iterable[Problem]], Mapping[str, Any]]
# All of them by noun, made when the first text is judged.
Judges = Callable[[], Mapping[str, Sequence[Judge]]]


class Memory:
    """What texts of one configuration and one set of rules gave, as long as the process lives."""

    def __init__(self) -> None:
        self.results: dict[Key, FileResult] = {}

    def known(self, source: Source, kind: str | None) -> FileResult | None:
        """What a text gave, if that is known."""
        return self.results.get((source.path, source.content_id, kind))

    def keep(self, source: Source, kind: str | None, result: FileResult, *, lasting: bool) -> None:
        """Remembers what a text gave; ``lasting`` where it may be remembered beyond this process."""
        self.results[source.path, source.content_id, kind] = result

    def refuse(self, secrets: Collection[str]) -> None:
        """Nothing that has one of these texts in it may be remembered beyond this process."""


class _Made(NamedTuple):
    """What a candidate gave, its content id known if anybody remembers; ``lasting`` where that may last beyond this
    process."""

    candidate: discovery.Candidate
    result: FileResult
    lasting: bool


def read_all(
    snapshot: Snapshot, config: Config, rules: Sequence[Rule], memory: Memory | None = None, hands: int = 1
) -> list[FileResult]:
    """What every text of ours gives. Catalogs come before markdown: what they list is a runbook whatever its name.

    What is in the memory is not read again, and what is not is put there. Up to ``hands`` processes share the work.
    """
    judges = cache(lambda: _judges([rule for rule in rules if rule.scope == "one" and not is_dated(rule)]))
    secret = frozenset(rule.id for rule in rules if rule.secret)

    def made(candidate: discovery.Candidate) -> _Made:
        return _made(candidate, config, judges, secret, memory)

    results = [analyse(text, judges()) for text in discovery.lost(snapshot, config)]
    results += _each(list(discovery.trees(snapshot, config)), made, memory, hands)
    listed = _listed(results, snapshot, config)
    results += _each(list(discovery.pages(snapshot, config, listed)), made, memory, hands)
    return sorted((result for result in results if result.kind or result.items), key=lambda result: result.path)


def _each(
    candidates: Sequence[discovery.Candidate],
    made: Callable[[discovery.Candidate], _Made],
    memory: Memory | None,
    hands: int,
) -> list[FileResult]:
    """What each candidate gives, from the memory or made now."""
    known = [memory.known(*each) if memory is not None else None for each in candidates]
    fresh = [each for each, result in zip(candidates, known, strict=True) if result is None]
    # What git gives comes through one pipe, which cannot be shared.
    shared = hands if all(each.source.stamp for each in fresh) else 1
    new = iter(spread(fresh, Work(made, _told, _heard, _weighed), shared))
    return [result if result is not None else _kept(next(new), memory) for result in known]


def _made(
    candidate: discovery.Candidate, config: Config, judges: Judges, secret: frozenset[str], memory: Memory | None
) -> _Made:
    if memory is not None and not candidate.source.content_id:
        candidate = discovery.identified(candidate)
        known = memory.known(*candidate) if candidate.source.content_id else None
        if known is not None:
            return _Made(candidate, known, lasting=True)
    text = discovery.text(candidate, config)
    result = alone(text, config, judges())
    # What could not be read may be there the next time, and what has a secret in it is written nowhere.
    access = text.fault is not None and text.fault.kind == "access"
    return _Made(candidate, result, not access and not any(finding.rule in secret for finding in result.findings))


def _kept(made: _Made, memory: Memory | None) -> FileResult:
    source, kind = made.candidate
    if memory is not None and source.content_id:
        memory.keep(source, kind, made.result, lasting=made.lasting)
    return made.result


def _weighed(candidate: discovery.Candidate) -> int:
    """How many bytes a candidate has, where the disk tells."""
    return candidate.source.stamp[0] if candidate.source.stamp else 0


def _told(made: _Made) -> bytes:
    """What was made as a line for another process, empty where it is more than a line can say."""
    record = records.encoded(made.result)
    return record and b"%d\t%s\t%s" % (made.lasting, made.candidate.source.content_id.encode(), record)


def _heard(candidate: discovery.Candidate, line: bytes) -> _Made:
    """What another process made of a candidate."""
    lasting, content_id, record = line.split(b"\t", 2)
    source = replace(candidate.source, content_id=content_id.decode())
    return _Made(candidate._replace(source=source), records.decoded(record, source.path), lasting == b"1")


def alone(text: discovery.Text, config: Config, judges: Mapping[str, Sequence[Judge]]) -> FileResult:
    """What a text gives alone by a configuration; nothing where it is none of ours."""
    if not text.kind:
        return FileResult(text.path, "")
    return analyse(text, judges, config.profile_of(text.path), config.runbook_keys)


def analyse(
    source: discovery.Text,
    judges: Mapping[str, Sequence[Judge]],
    profile: str = "",
    runbook_keys: Sequence[str] = (),
) -> FileResult:
    """What one text gives alone. Depends on its content, its name, the judges (by noun) and on where alerts carry their
    runbooks, on nothing else."""
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
        if item.noun in judges and item.noun not in _LATE
        for judge in judges[item.noun]
        for finding in judge(item, lines)
    ]
    lean = Lean(tuple(runbook_keys))
    kept = tuple([lean.item(item) for item in items if not passes(item)])
    told = tuple(map(lean.finding, found))
    lean.table.fill()
    return FileResult(source.path, source.kind, source.content_id, kept, told)


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
    return item.but(fields={**item.fields, "profile": Value(profile, 0, 0)})


def _judges(rules: Sequence[Rule]) -> Mapping[str, Sequence[Judge]]:
    """By noun, who judges its items: rules one after the other, or many with one look at their field. A rule that with
    its options never finds anything is not among them."""
    single: defaultdict[str, list[Rule]] = defaultdict(list)
    joint: defaultdict[tuple[str, str, Any], list[Rule]] = defaultdict(list)
    for rule in rules:
        look = TOGETHER.get(rule.checks[0][0]) if len(rule.checks) == 1 else None
        for noun in rule.nouns:
            if look is not None:
                joint[noun, rule.field, look].append(rule)
            elif not all(_is_idle(check, options) for check, options in rule.checks):
                single[noun].append(rule)
    judges: defaultdict[str, list[Judge]] = defaultdict(list)
    for noun, members in single.items():
        judges[noun].append(partial(in_turn, steps_of(members)))
    for (noun, field, look), members in joint.items():
        judges[noun].append(partial(_joint, members, field, look([rule.checks[0][1] for rule in members])))
    return judges


def _is_idle(check: Any, options: Mapping[str, Any]) -> bool:
    return check in IDLE and IDLE[check](options)


def steps_of(rules: Iterable[Rule], today: datetime.date | None = None) -> list[Step]:
    """The checks of rules, one after the other, with the day for those that ask for it."""
    return [
        (rule, rule.field, check, options if today is None else with_day(check, options, today))
        for rule in rules
        for check, options in rule.checks
    ]


def in_turn(steps: Sequence[Step], item: Item, lines: Lines) -> list[Finding]:
    """What rules find in one item, one check after the other."""
    field_of = item.fields.get
    found: list[Finding] = []
    for rule, field, check, options in steps:
        for problem in check(item, field_of(field) if field else None, **options):
            found.append(findings.make(rule, problem.item or item, problem, lines))
    return found


def _joint(rules: Sequence[Rule], field: str, look: Any, item: Item, lines: Lines) -> Iterator[Finding]:
    """What many rules find in a field with one look."""
    for number, problem in look(item.fields.get(field)):
        yield findings.make(rules[number], item, problem, lines)


def is_dated(rule: Rule) -> bool:
    """Whether a rule depends on the day, so that what it says must not be remembered."""
    return any(_wants_day(check) for check, _ in rule.checks)


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
