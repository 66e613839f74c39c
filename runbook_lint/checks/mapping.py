"""Checks of what a change does to alerts and signals: what is new comes with its runbook, and what is altered takes it
along (policy section 5, change management)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from runbook_lint.checks import alerts, changes, signals
from runbook_lint.documents.faults import unread_paths
from runbook_lint.documents.tree import plain
from runbook_lint.model import Change, Estate, Item, Link, Problem, Span, Value

# What of an alert says when it fires and how loudly, as people call it.
_ALTERED = {
    "expr": "expression",
    "data": "queries",
    "condition": "condition",
    "for": "duration",
    "labels.severity": "severity",
}


def be_mapped_when_new(change: Change, *, url_prefixes: Mapping[str, str]) -> Iterator[Problem]:
    """An alert or a registered signal that is new, or that names another runbook than before, leads to a runbook that
    exists. What nobody can tell, because it is a template or lies outside, is let pass."""
    unread = {changes.now(path, change) for path in unread_paths(change.before)}
    told: set[Item] = set()
    anew = {
        noun: [item for item in change.after.all(noun) if item.path not in unread and _names_anew(item, change)]
        for noun in ("alert", "signal")
    }
    after = replace(change.after, items={**change.after.items, **anew})
    for problem in _unmapped(after, change, url_prefixes) if any(anew.values()) else ():
        if problem.item is not None and problem.item not in told:
            told.add(problem.item)
            yield problem


def _unmapped(after: Estate, change: Change, url_prefixes: Mapping[str, str]) -> Iterator[Problem]:
    """What of an estate leads to no runbook, in the words of the checks that judge all alerts and signals; the plainest
    last."""
    for problem in chain(alerts.have_known_runbooks(after), alerts.have_a_live_runbook(after)):
        if problem.case != "anchor":
            yield problem._replace(case="retired" if "by" in problem.words else problem.case or "id")
    yield from _dead(after, change)
    for problem in alerts.have_a_runbook_id(after, url_prefixes=url_prefixes):
        if problem.item is not None and not after.links.get(problem.item):
            yield problem._replace(case="lost" if problem.item in change.origin else "")
    for problem in signals.be_mapped(after):
        yield problem._replace(case=f"signal-{problem.case.partition('-')[0].replace('less', '') or 'none'}")


def _dead(after: Estate, change: Change) -> Iterator[Problem]:
    """Alerts that lead to an entry whose file is not there; of a new entry that is said itself."""
    former = {entry.key: entry for entry in after.all("entry") if entry in change.origin}
    for alert, link in _linked(after, lambda link: bool(link.id)):
        entry = former.get(link.id)
        if entry is not None and not change.leads[entry][0] and "://" not in entry.text("url"):
            words = {"id": link.id, "path": entry.text("url")}
            yield Problem(alert.fields[link.key].span, words, "dead", link.key, alert)


def _linked(estate: Estate, counts: Callable[[Link], bool]) -> Iterator[tuple[Item, Link]]:
    """Every alert that has a link that counts, with the first of these."""
    for alert in estate.all("alert"):
        link = next(filter(counts, estate.links.get(alert, ())), None)
        if link is not None:
            yield alert, link


def _names_anew(item: Item, change: Change) -> bool:
    former = change.origin.get(item)
    return former is None or _named(item, change.after) != _named(former, change.before)


def _named(item: Item, estate: Estate) -> list[str]:
    """The runbooks that an alert or a signal names."""
    if item.noun == "signal":
        return signals.named(item)
    return [f"{link.key}: {link.value}" for link in estate.links.get(item, ())]


def take_their_runbooks_along(change: Change) -> Iterator[Problem]:
    """When an alert fires otherwise than before, its runbook is touched in the same change, if only to be reviewed."""
    entries = {entry.key: entry for entry in change.after.all("entry")}
    for alert, link in _linked(change.after, lambda link: link.path in change.after.by_path):
        former = change.origin.get(alert)
        if former is None or link.path in change.touched or _names_anew(alert, change):
            continue
        entry = entries.get(link.id)
        altered = [field for field in _ALTERED if _plain(alert, field) != _plain(former, field)]
        if altered and not (entry is not None and _is_reviewed(entry, change)):
            value = alert.fields.get(altered[0])
            words = {"what": " and ".join(_ALTERED[field] for field in altered), "path": link.path}
            yield Problem(_span(value, alert), words, subject=" ".join(altered), item=alert)


def _span(value: Value | None, alert: Item) -> Span | None:
    """Where a value is written, unless it was merged in from elsewhere."""
    inside = value is not None and alert.extent.start <= value.start <= alert.extent.end
    return value.span if value is not None and inside else None


def _is_reviewed(entry: Item, change: Change) -> bool:
    former = change.origin.get(entry)
    return former is None or former.text("last_reviewed_at") != entry.text("last_reviewed_at")


def _plain(alert: Item, field: str) -> str:
    """What a field says, whatever its white space."""
    value = alert.fields.get(field)
    return " ".join(str(plain(value)).split()) if value is not None and value.value is not None else ""
