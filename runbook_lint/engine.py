"""Join what all texts give: at one snapshot, or at two, before a change and after it."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from runbook_lint import baseline, findings, links, snapshot, summary, waivers
from runbook_lint.analysis import Memory, read_all
from runbook_lint.checks import targets
from runbook_lint.config import Config
from runbook_lint.documents.catalog import ENTRIES, aliases
from runbook_lint.documents.faults import unread_paths
from runbook_lint.joins import dated, joined, judged
from runbook_lint.linestore import LineStore
from runbook_lint.model import Estate, FileResult, Finding, Item, Link, Report, Rule
from runbook_lint.snapshot import Snapshot

if TYPE_CHECKING:
    from runbook_lint import comparison, gate


class Base(NamedTuple):
    """What a change is compared with: where it began, and the configuration that held there."""

    began: snapshot.Base
    config: Config


class _Judge(NamedTuple):
    """By what a snapshot is judged, and how many processes may share the reading."""

    config: Config
    rules: Sequence[Rule]
    secrets: Sequence[Rule]
    today: datetime.date
    baselined: bool
    hands: int


class _Side(NamedTuple):
    """What was found in one snapshot; ``ids`` are the content ids of all texts of ours."""

    estate: Estate
    lines: LineStore
    ids: Mapping[str, str]
    found: Sequence[Finding]


class _Settled(NamedTuple):
    """The findings that stand after waivers and comments, those that waivers excuse, and those that comments allow."""

    standing: Sequence[Finding]
    excused: Sequence[Finding]
    allowed: Sequence[Finding]


def run(
    world: Snapshot,
    config: Config,
    rules: Sequence[Rule],
    today: datetime.date,
    secrets: Sequence[Rule] = (),
    base: Base | None = None,
    *,
    baselined: bool = True,
    memory: Memory | None = None,
    hands: int = 1,
) -> Report:
    """All findings of a snapshot on a day, sorted by place.

    ``secrets`` are rules whose finds are hidden from whatever is shown, also when nobody asked for their findings.
    Without ``baselined`` what the baseline knows stands too. ``memory`` is what former runs by the same configuration
    and rules remember of single texts; up to ``hands`` processes share the reading of what nobody remembers.
    With a ``base`` the rules of scope ``change`` speak too, and what the base had already is the report's ``older``.
    """
    judge = _Judge(config, rules, secrets, today, baselined, hands)
    if base is None:
        side = _side(world, judge, memory)
        return _report(world, side, _settled(side, side.found, judge), judge)
    return _compared(world, base, judge, memory if memory is not None else Memory())


def nothing(world: Snapshot, today: datetime.date, base: str) -> Report:
    """The report of a change that touches no text of ours."""
    estate = Estate({}, world.paths, {}, {})
    hint = "the change touches no file that is read"
    counts = summary.counts(estate, (), summary.Excused())
    return Report(str(today), (), counts, [hint], estate, LineStore(world).shown, (), base)


def seen(world: Snapshot, config: Config, memory: Memory | None = None, former: Estate | None = None) -> Estate:
    """All items of a snapshot, without judging any. ``memory`` is what former looks without rules remember, ``former``
    an estate by the same configuration that has much in common with this one."""
    return _estate(read_all(world, config, (), memory), world, config, former, lasting=True)


def _compared(world: Snapshot, base: Base, judge: _Judge, memory: Memory) -> Report:
    """The report of a change. Both sides are judged by the head's rules on one day, so that nobody pays for what only
    time or a new rule brought; what became of ids is asked of the base as its own configuration read it."""
    from runbook_lint import comparison, gate

    head = _side(world, judge, memory, lasting=True)
    base = base._replace(began=base.began._replace(snapshot=_lent(base.began.snapshot, world, head.ids)))
    before = _side(base.began.snapshot, judge, memory, head.estate)
    change = comparison.compare(
        _former(base, before, judge), _state(head, judge.config), comparison.history(base.began, base.config.kind_of)
    )
    settled = _settled(head, [*head.found, *joined(judge.rules, "change", change, judge.today, head.lines)], judge)
    known = _known(world, base.began.snapshot, head, before, judge, memory)
    told = gate.divide(gate.Side(settled.standing, head.lines.get), known, settled.excused, change, judge.rules)
    former = _Former(before, known.findings)
    report = _report(world, head, settled._replace(standing=told), judge, former)
    return replace(report, base=base.began.commit, hints=[*comparison.unseen(base.began, change), *report.hints])


def _lent(before: Snapshot, after: Snapshot, ids: Mapping[str, str]) -> Snapshot:
    """The base, which reads what is the same on both sides as the head does: from the disk as a rule, and not from
    git."""
    there = {source.path: source.read for source in after.sources}
    sources = (
        replace(each, read=there[each.path]) if each.content_id and ids.get(each.path) == each.content_id else each
        for each in before.sources
    )
    return replace(before, sources=tuple(sources))


def _known(world: Snapshot, former: Snapshot, head: _Side, before: _Side, judge: _Judge, memory: Memory) -> "gate.Side":
    """What the base had already. A file that only the head can read hid from the base what follows from it elsewhere;
    so for this question the base has it too, and only what stands in that file itself is new."""
    repaired = unread_paths(before.estate) - unread_paths(head.estate)
    if repaired:
        mended = {source.path: source for source in world.sources if source.path in repaired}
        sources = tuple(mended.get(source.path, source) for source in former.sources)
        before = _side(replace(former, sources=sources), judge, memory)
    from runbook_lint import gate

    standing = _settled(before, before.found, judge).standing
    return gate.Side([finding for finding in standing if finding.place.path not in repaired], before.lines.get)


def _former(base: Base, before: _Side, judge: _Judge) -> "comparison.State":
    """The base as its own configuration read it."""
    if base.config is judge.config:
        return _state(before, base.config)
    results = read_all(base.began.snapshot, base.config, ())
    estate = _estate(results, base.began.snapshot, base.config)
    return _state(before._replace(estate=estate, ids=_ids(results)), base.config)


def _state(side: _Side, config: Config) -> "comparison.State":
    from runbook_lint import comparison

    return comparison.State(side.estate, config.url_prefixes, side.ids, lambda path: side.lines.get(path).text)


def _ids(results: Iterable[FileResult]) -> dict[str, str]:
    return {result.path: result.content_id for result in results}


class _Former(NamedTuple):
    """What was before a change, and what stood there."""

    side: _Side
    standing: Sequence[Finding]


def _report(world: Snapshot, side: _Side, settled: _Settled, judge: _Judge, former: _Former | None = None) -> Report:
    """The report of what stands, without the secrets of the snapshot and those that were there before."""
    more = former.side.lines.secret_texts() if former is not None else ()
    secrets = sorted({*side.lines.secret_texts(), *more}, key=lambda text: (-len(text), text))
    standing = findings.reported(settled.standing, secrets, side.lines.shown)
    verdicts = _against_baseline(standing, side, judge)
    of_baseline = _of_baseline(verdicts.entries, side, judge, secrets)
    if of_baseline and former is not None:
        of_baseline = list(_dated_before(of_baseline, former, judge, secrets))
    found = sorted([*verdicts.standing, *of_baseline], key=findings.order)
    new, older = ([each for each in found if each.older is old] for old in (False, True))
    hints = [findings.hidden(hint, secrets) for hint in (*world.hints, *summary.hints(side.estate))]
    numbers = summary.Excused(len(settled.excused), len(settled.allowed), len(verdicts.known), len(older))
    counts = summary.counts(side.estate, new, numbers)
    waived = findings.reported(settled.excused, secrets, side.lines.shown, standing)
    return Report(str(judge.today), new, counts, hints, side.estate, side.lines.shown, older, waived=waived)


def _against_baseline(found: Sequence[Finding], side: _Side, judge: _Judge) -> baseline.Verdicts:
    """What the baseline knows, and what is wrong with it."""
    entries = side.estate.all("known") if judge.baselined else ()
    return baseline.divide(found, entries, {rule.id: rule for rule in judge.rules}, unread_paths(side.estate))


def _of_baseline(entries: Iterable[Item], side: _Side, judge: _Judge, secrets: Sequence[str]) -> list[Finding]:
    """What is wrong with entries of the baseline."""
    found = list(judged(entries, _of_noun(judge.rules, "known"), judge.today, side.lines))
    return findings.reported(found, secrets, side.lines.shown)


def _dated_before(
    found: Sequence[Finding], former: _Former, judge: _Judge, secrets: Sequence[str]
) -> Iterator[Finding]:
    """Findings about the baseline, those marked as older that were there before the change."""
    standing = findings.reported(former.standing, secrets, former.side.lines.shown)
    entries = _against_baseline(standing, former.side, judge).entries
    known = {(each.rule, each.message) for each in _of_baseline(entries, former.side, judge, secrets)}
    yield from (replace(each, older=(each.rule, each.message) in known) for each in found)


def _side(
    world: Snapshot, judge: _Judge, memory: Memory | None = None, former: Estate | None = None, *, lasting: bool = False
) -> _Side:
    """What is in a snapshot, and what is found in it before anything is excused."""
    rules, secrets = judge.rules, judge.secrets
    asked = {rule.id: rule for rule in rules}
    # In the order of the packs: of two rules that find one secret the earlier one has it, asked for or not.
    every = {rule.id: asked.get(rule.id, rule) for rule in (*secrets, *rules)}
    results = read_all(world, judge.config, list(every.values()), memory, judge.hands)
    estate = _estate(results, world, judge.config, former, lasting=lasting)
    lines = LineStore(world)
    own = [finding for result in results for finding in result.findings]
    lines.hide(own, {rule.id for rule in (*rules, *secrets) if rule.secret})
    if memory is not None:
        memory.refuse(lines.secret_texts())
    found = findings.once([finding for finding in own if finding.rule in asked], rules)
    found.extend(joined(rules, "every", estate, judge.today, lines))
    found.extend(dated(estate, rules, judge.today, lines))
    return _Side(estate, lines, _ids(results), found)


def _settled(side: _Side, found: Sequence[Finding], judge: _Judge) -> _Settled:
    rules, lines = judge.rules, side.lines
    about = _about(side.estate, judge.config.url_prefixes)
    verdicts = waivers.excuse(found, side.estate.all("waiver"), rules, judge.today, about)
    standing, allowed = waivers.allow(verdicts.standing, judge.config.allow_comments, rules, lines.get)
    of_waivers = judged(verdicts.waivers, _of_noun(rules, "waiver"), judge.today, lines)
    return _Settled([*standing, *of_waivers], verdicts.excused, allowed)


def _about(estate: Estate, url_prefixes: Mapping[str, str]) -> Callable[[Finding, str], bool]:
    """Tells whether a finding concerns the runbook of an id: its entry, its file, or an alert that leads to it."""

    @cache
    def named(id_: str) -> Item | None:
        entries = [each for noun in ENTRIES for each in estate.all(noun)]
        return next((each for each in entries if id_ == each.key or id_ in aliases(each)), None)

    @cache
    def file_of(id_: str) -> str:
        entry = named(id_)
        return targets.file_of(entry, url_prefixes, estate) if entry is not None else ""

    def about(finding: Finding, id_: str) -> bool:
        item = finding.item
        if item.noun == "alert":
            entry = named(id_)
            return any(link.id == (entry.key if entry else id_) for link in estate.links.get(item, ()))
        return item is named(id_) or finding.place.path == file_of(id_)

    return about


def _of_noun(rules: Iterable[Rule], noun: str) -> list[Rule]:
    return [rule for rule in rules if noun in rule.nouns]


def _estate(
    results: Sequence[FileResult],
    world: Snapshot,
    config: Config,
    former: Estate | None = None,
    *,
    lasting: bool = False,
) -> Estate:
    """The items of all texts. What a ``former`` estate worked out of references holds where nothing else decides of
    them, if it was to be ``lasting``."""
    items: defaultdict[str, list[Item]] = defaultdict(list)
    for result in results:
        for item in result.items:
            items[item.noun].append(item)
    by_path = {item.path: item for noun in ("page", "runbook") for item in items[noun]}
    catalogs = {result.path for result in results if result.kind == "catalog"}
    unread = unread_paths(Estate(items)) if catalogs else set()
    leads: dict[Item, tuple[Link, ...]] = {}
    estate = Estate(items, world.paths, leads, by_path, has_catalog=bool(catalogs) and not catalogs & unread)
    # One estate from here on, so that all who look at it later share what resolving worked out of it.
    leads.update(links.resolve(estate, config.runbook_keys, config.url_prefixes, former, lasting=lasting))
    return estate
