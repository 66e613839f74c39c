"""Excuses: which findings a waiver covers. One that is incomplete, unknown or expired excuses nothing."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from runbook_lint.checks.values import date_of
from runbook_lint.model import Finding, Item, Rule, Span, Value

# Nouns with an extent of their own: a waiver that touches one covers all of it.
_WHOLE = frozenset({"alert", "entry", "retired", "signal", "team", "codeowner"})


class Verdicts(NamedTuple):
    """The findings that stand, those that are excused, and the waivers with the rules they were not needed for."""

    standing: Sequence[Finding]
    excused: Sequence[Finding]
    waivers: Sequence[Item]


def excuse(found: Sequence[Finding], waivers: Sequence[Item], rules: Sequence[Rule], today: datetime.date) -> Verdicts:
    """Which of the findings the waivers excuse on this day."""
    standing: list[Finding] = []
    excused: list[Finding] = []
    used: set[tuple[Item, str]] = set()
    by_path: dict[str, list[Item]] = {}
    for waiver in waivers:
        by_path.setdefault(waiver.path, []).append(waiver)
    for finding in found:
        covering = [each for each in by_path.get(finding.place.path, ()) if _covers(each, finding)]
        used.update((waiver, finding.rule) for waiver in covering)
        (excused if any(_valid(waiver, today) for waiver in covering) else standing).append(finding)
    ran = {rule.id for rule in rules}
    return Verdicts(standing, excused, [_with_unused(waiver, used, ran, today) for waiver in waivers])


def _names(waiver: Item) -> list[str]:
    return [str(name.value) for name in waiver.raw("rules", ())]


def _valid(waiver: Item, today: datetime.date) -> bool:
    until = date_of(waiver.fields.get("until"))
    return bool(until is not None and until >= today and waiver.text("owner") and waiver.text("reason"))


def _covers(waiver: Item, finding: Finding) -> bool:
    if finding.rule not in _names(waiver) or finding.rule.startswith(("waiver/", "read/")):
        return False
    covers: Span = waiver.raw("covers")
    spans = [Span(finding.place.start, finding.place.end)]
    if finding.item.noun in _WHOLE and finding.item.path == waiver.path:
        spans.append(finding.item.extent)
    return any(covers.start <= span.end and span.start <= covers.end for span in spans)


def _with_unused(waiver: Item, used: set[tuple[Item, str]], ran: set[str], today: datetime.date) -> Item:
    """The waiver with a field ``unused``: the rules that ran and found nothing there. An invalid one has other faults."""
    unused = list(_unused(waiver, used, ran)) if _valid(waiver, today) else []
    return replace(waiver, fields={**waiver.fields, "unused": Value(unused, *waiver.place)})


def _unused(waiver: Item, used: set[tuple[Item, str]], ran: set[str]) -> Iterator[str]:
    return (name for name in _names(waiver) if name in ran and (waiver, name) not in used)
