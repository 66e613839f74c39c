"""Excuses: which findings a waiver covers. One that is incomplete, unknown or expired excuses nothing."""

import datetime
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

from runbook_lint import globs
from runbook_lint.checks.values import date_of
from runbook_lint.checks.waivers import be_complete, waivable
from runbook_lint.documents.settings import TARGETS
from runbook_lint.model import NAMED, Finding, Item, Rule, Span, Value
from runbook_lint.places import Lines

# The comments of other scanners, and how they are written for the line after them.
_NEXT_LINE = {"pragma: allowlist secret": "pragma: allowlist nextline secret"}


class Verdicts(NamedTuple):
    """The findings that stand, those that are excused, each with its waiver, and the waivers with the rules they were
    not needed for."""

    standing: Sequence[Finding]
    excused: Sequence[Finding]
    waivers: Sequence[Item]


def excuse(
    found: Sequence[Finding],
    waivers: Sequence[Item],
    rules: Sequence[Rule],
    today: datetime.date,
    about: Callable[[Finding, str], bool] = lambda finding, id_: False,
) -> Verdicts:
    """Which of the findings the waivers excuse on this day; ``about`` tells whether one concerns the runbook of an
    id."""
    if not waivers:
        return Verdicts(found, [], [])
    standing: list[Finding] = []
    excused: list[Finding] = []
    used: set[tuple[Item, str]] = set()
    known = _known(rules)
    valid = {waiver for waiver in waivers if _valid(waiver, today, known)}
    inline = [waiver for waiver in waivers if waiver.raw("covers") is not None]
    covers, listed = _by_rule(inline), _in_file(waivers)
    for finding in found:
        covering = _covering(finding, covers.get((finding.place.path, finding.rule)))
        covering += [each for each in listed.get(finding.rule, ()) if _means(each, finding, about)]
        used.update((waiver, finding.rule) for waiver in covering)
        good = next((waiver for waiver in covering if waiver in valid), None)
        if good is None:
            standing.append(finding)
        else:
            excused.append(replace(finding, waiver=good))
    # What is said only of a change is silent in every later run, and its waiver no less needed.
    ran = {rule.id for rule in rules if rule.scope != "change"}
    return Verdicts(standing, excused, [_with_unused(waiver, used, ran, waiver in valid) for waiver in waivers])


def _in_file(waivers: Sequence[Item]) -> Mapping[str, list[Item]]:
    """The waivers of the file of waivers by rule."""
    listed: defaultdict[str, list[Item]] = defaultdict(list)
    for waiver in waivers:
        for name in set(_names(waiver)) if any(key in waiver.fields for key in TARGETS) else ():
            if waivable(name):
                listed[name].append(waiver)
    return listed


def _means(waiver: Item, finding: Finding, about: Callable[[Finding, str], bool]) -> bool:
    """Whether a waiver of the file names what a finding is about."""
    if "alert" in waiver.fields:
        return finding.item.noun == "alert" and finding.item.key == waiver.text("alert")
    if "runbook_id" in waiver.fields:
        return about(finding, waiver.text("runbook_id"))
    paths = [str(each.value).lstrip("/") for each in waiver.raw("paths") or ()]
    return globs.matches(finding.place.path, paths)


def allow(
    found: Sequence[Finding], comments: Sequence[str], rules: Sequence[Rule], lines: Callable[[str], Lines]
) -> tuple[list[Finding], list[Finding]]:
    """The findings that stand, and the secrets that comments of other scanners allow where they stand."""
    secret = {rule.id for rule in rules if rule.secret and comments}
    if not secret:
        return list(found), []
    standing: list[Finding] = []
    allowed: list[Finding] = []
    for finding in found:
        passes = finding.rule in secret and _commented(finding, comments, lines(finding.place.path))
        (allowed if passes else standing).append(finding)
    return standing, allowed


def _commented(finding: Finding, comments: Sequence[str], lines: Lines) -> bool:
    """Whether a comment stands on a line of the finding, or on the one before for the next."""
    place = finding.place
    own = "\n".join(lines.line(number) for number in range(place.line, place.end_line + 1))
    before = lines.line(place.line - 1) if place.line > 1 else ""
    return any(each in own or _NEXT_LINE.get(each, "\n") in before for each in comments)


class _Covers(NamedTuple):
    """The waivers of one rule in one file by where what they cover begins, and how far any of those before reaches."""

    starts: list[int]
    reach: list[int]
    waivers: list[Item]


def _by_rule(waivers: Sequence[Item]) -> Mapping[tuple[str, str], _Covers]:
    listed: defaultdict[tuple[str, str], list[Item]] = defaultdict(list)
    for waiver in waivers:
        for name in set(_names(waiver)):
            if waivable(name):
                listed[waiver.path, name].append(waiver)
    index = {}
    for key, each in listed.items():
        ordered = sorted(each, key=lambda waiver: (waiver.raw("covers").start, waiver.place))
        starts = [waiver.raw("covers").start for waiver in ordered]
        index[key] = _Covers(starts, list(accumulate((waiver.raw("covers").end for waiver in ordered), max)), ordered)
    return index


def concerned(finding: Finding) -> list[Span]:
    """What a waiver has to touch: the finding, or the whole of the item that it is about."""
    spans = [Span(finding.place.start, finding.place.end)]
    if finding.item.noun in NAMED and finding.item.path == finding.place.path:
        spans.append(finding.item.extent)
    return spans


def _covering(finding: Finding, covers: _Covers | None) -> list[Item]:
    """The waivers that touch the finding, or the whole of an item with a name that it is about."""
    if covers is None:
        return []
    touching: dict[Item, None] = {}
    for span in concerned(finding):
        at = bisect_right(covers.starts, span.end) - 1
        while at >= 0 and covers.reach[at] >= span.start:
            if covers.waivers[at].raw("covers").end >= span.start:
                touching[covers.waivers[at]] = None
            at -= 1
    return list(touching)


def _names(waiver: Item) -> list[str]:
    return [str(name.value) for name in waiver.raw("rules", ())]


def _known(rules: Sequence[Rule]) -> frozenset[str] | None:
    """All rules that there are, also those that did not run; None where no rule that ran was told."""
    told = (options["rule_ids"] for rule in rules for _, options in rule.checks if "rule_ids" in options)
    return next((frozenset(ids) for ids in told), None)


def _valid(waiver: Item, today: datetime.date, known: frozenset[str] | None) -> bool:
    """Whether a waiver excuses anything: one with any fault does not, also where it names a good rule beside."""
    until = date_of(waiver.fields.get("until"))
    if until is None or until < today or any(be_complete(waiver, None)):
        return False
    return all(waivable(name) and (known is None or name in known) for name in _names(waiver))


def _with_unused(waiver: Item, used: set[tuple[Item, str]], ran: set[str], valid: bool) -> Item:
    """The waiver with a field ``unused``: the rules that ran and found nothing there. An invalid one has other
    faults."""
    unused = list(_unused(waiver, used, ran)) if valid else []
    return waiver.but(fields={**waiver.fields, "unused": Value(unused, *waiver.place)})


def _unused(waiver: Item, used: set[tuple[Item, str]], ran: set[str]) -> Iterator[str]:
    return (name for name in _names(waiver) if name in ran and waivable(name) and (waiver, name) not in used)
