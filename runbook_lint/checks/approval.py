"""Who must approve a change: the teams that own what it touches (policy section 5, change management)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from runbook_lint.checks import changes, owners
from runbook_lint.documents.catalog import ENTRIES
from runbook_lint.documents.faults import unread_paths
from runbook_lint.documents.tree import plain
from runbook_lint.model import Change, Item, Problem

# So many things are named.
_NAMED = 5


class _Touched(NamedTuple):
    """Something that a change touches: how it is called, its item in the head, its file's path at the base, and the
    teams that the catalog or the file itself names."""

    name: str
    item: Item
    path: str
    teams: tuple[str, ...]


def be_approved_by_its_owners(change: Change) -> Iterator[Problem]:
    """Every team that owns something the change touches, by the catalog or by CODEOWNERS as it was before the
    change."""
    lines = change.before.all("codeowner") or change.after.all("codeowner")
    owners_of = owners.codeowners(lines)
    aliases = {team.key: owners.people(team.fields.get("codeowners")) for team in change.after.all("team")}
    owned: defaultdict[str, list[_Touched]] = defaultdict(list)
    for touched in _touched(change):
        for team in _teams(touched, owners_of(touched.path), aliases):
            owned[team].append(touched)
    for team, things in sorted(owned.items()):
        names = list(dict.fromkeys(each.name for each in things))
        words = {"team": team, "what": changes.listed(names, _NAMED)}
        yield Problem(None, words, subject=team, item=things[0].item)


def _teams(touched: _Touched, codeowners: Sequence[str], aliases: Mapping[str, Sequence[str]]) -> list[str]:
    """The teams of the catalog, and those owners of the file that are none of them."""
    others = [
        owner
        for owner in codeowners
        if not any(owners.agrees(owner, team, aliases.get(team, ())) for team in touched.teams)
    ]
    return list(dict.fromkeys((*touched.teams, *others)))


def _touched(change: Change) -> Iterator[_Touched]:
    """Runbooks, entries, and files of alerts and signals that the change adds, alters or deletes."""
    sources = changes.sources(change)
    by_path: defaultdict[str, list[Item]] = defaultdict(list)
    for entry in (*change.before.all("entry"), *change.after.all("entry")):
        by_path[change.leads[entry][0]].append(entry)
    for runbook in change.after.all("runbook"):
        if runbook.path in change.touched:
            source = sources.get(runbook.path, runbook.path)
            yield _Touched(runbook.path, runbook, source, _named([*by_path[source], *by_path[runbook.path]], runbook))
    for runbook in change.before.all("runbook"):
        path = runbook.path
        if path not in change.moved:
            yield _Touched(path, changes.gone(runbook, change), path, _named(by_path[path], runbook))
    yield from _entries(change)
    yield from _alerts(change, sources)


def _entries(change: Change) -> Iterator[_Touched]:
    kept, readable = set(change.origin.values()), not unread_paths(change.after)
    for noun in ENTRIES:
        for entry in change.after.all(noun):
            former = change.origin.get(entry)
            if former is None or _plain(former) != _plain(entry):
                yield _Touched(f"'{entry.key}'", entry, entry.path, _named([former, entry]))
        for entry in change.before.all(noun) if readable else ():
            if entry not in kept:
                yield _Touched(f"'{entry.key}'", changes.gone(entry, change), entry.path, _named([entry]))


def _alerts(change: Change, sources: Mapping[str, str]) -> Iterator[_Touched]:
    seen: set[str] = set()
    for item in (*change.after.all("alert"), *change.after.all("signal")):
        if item.path in change.touched and item.path not in seen:
            seen.add(item.path)
            yield _Touched(item.path, item, sources.get(item.path, item.path), ())


def _named(entries: Sequence[Item | None], runbook: Item | None = None) -> tuple[str, ...]:
    teams = [entry.text("owner_team") for entry in entries if entry is not None]
    own = runbook.text("metadata.owner") if runbook is not None and not any(teams) else ""
    return tuple(dict.fromkeys(team for team in (*teams, own) if team))


def _plain(entry: Item) -> Mapping[str, object]:
    return {name: plain(value) for name, value in entry.fields.items()}
