"""Checks of what a change does to ids: an id names one runbook for ever (policy section 4)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from runbook_lint.checks import changes, signals
from runbook_lint.documents.catalog import ENTRIES, RETIRED, aliases
from runbook_lint.documents.faults import unread, unread_paths
from runbook_lint.documents.tree import plain
from runbook_lint.model import Change, Estate, Item, Member, Problem, Sibling, Value

# So many who name an id are said by name.
_NAMED = 3
_CATALOGS = (".json", ".yaml", ".yml")


# The live entry that names the runbook of a former one.
_Heirs = Callable[[Item], Item | None]


class _Holder(NamedTuple):
    """An entry that has a name, as its id or as an alias."""

    entry: Item
    alias: bool

    @property
    def retired(self) -> bool:
        return self.entry.noun == RETIRED


class _Loss(NamedTuple):
    """A name that the head does not have, or has for another runbook: who had it, who has it, or who could have it, and
    whether that one is new."""

    name: str
    was: _Holder
    now: _Holder | None = None
    heir: Item | None = None
    renamed: bool = False


def be_kept(change: Change) -> Iterator[Problem]:
    """Every id and alias of the base still leads to its runbook, or is retired."""
    for loss in _losses(change):
        if loss.now is not None:
            yield _repointed(loss, loss.now, change)
        elif not loss.renamed:
            yield _gone(loss, change)


def not_be_renamed(change: Change) -> Iterator[Problem]:
    """No runbook got another id without keeping the former one among its aliases."""
    for loss in _losses(change):
        if loss.renamed and loss.heir is not None:
            words = {"name": loss.name, "id": loss.heir.key, "uses": _uses(loss.name, change)}
            place = _value(loss.heir, loss.heir.key)
            beside = loss.heir.fields.get("url") if "aliases" not in loss.heir.fields else None
            edits = (Sibling(beside, "aliases", [loss.name]),) if beside is not None else ()
            yield Problem(place.span, words, "", loss.name, loss.heir, edits, _also(loss, change))


def not_be_reused(change: Change) -> Iterator[Problem]:
    """No id that was retired, an alias or deleted, at the base or anywhere in the history, comes back for another
    runbook."""
    before = _holders(change.before)
    live = {name: holders[0] for name, holders in _holders(change.after).items() if not holders[0].retired}
    past = change.uses([name for name in live if name not in before])
    for name, now in live.items():
        words = {"name": name, "now": _shown(now.entry, change)}
        if name in before:
            former = before[name]
            if _was_over(former, now) and not _is_one(former, now.entry, change):
                yield _comes_back(now.entry, former[0].entry, "retired" if former[0].retired else "alias", words)
        elif name in past and not change.same(past[name][0], now.entry):
            yield _comes_back(now.entry, past[name][0], "", {**words, "commit": past[name][1][:7]})


def _was_over(former: Sequence[_Holder], now: _Holder) -> bool:
    """Whether a name had no runbook of its own any more: it was retired, or an alias that now is an id."""
    return all(each.retired or (each.alias and not now.alias) for each in former)


def be_comparable(change: Change) -> Iterator[Problem]:
    """What could not be read at the base, and can be now or is gone: nobody can tell what became of what it held."""
    told = unread_paths(change.after)
    for fault in unread(change.before):
        item = changes.gone(fault, change)
        if item.path not in told:
            told.add(item.path)
            yield Problem(None, {"why": fault.text(fault.key)}, item=item)


def _comes_back(entry: Item, former: Item, case: str, words: Mapping[str, str]) -> Problem:
    was = former.text("url") or former.text("title") or former.key
    words = {**words, "was": was, "holder": former.key}
    return Problem(_value(entry, words["name"]).span, words, case, words["name"], entry)


def _is_one(former: Sequence[_Holder], entry: Item, change: Change) -> bool:
    return any(change.same(each.entry, entry) for each in former)


def _losses(change: Change) -> Iterator[_Loss]:
    before, after = _holders(change.before), _holders(change.after)
    heirs, hidden = _heirs(change, before), unread_paths(change.after)
    for name, former in before.items():
        present = after.get(name)
        if present is None:
            if not all(_unseen(each.entry, change, hidden) for each in former):
                heir = heirs(former[0].entry)
                yield _Loss(name, former[0], None, heir, heir is not None and heir.key not in before)
        elif _is_taken(former, present, change, heirs):
            yield _Loss(name, former[0], present[0])


def _is_taken(former: Sequence[_Holder], present: Sequence[_Holder], change: Change, heirs: _Heirs) -> bool:
    """Whether a name leads to another runbook now. One that is retired leads nowhere; one that was retired or an alias
    and became an id comes back, of which another rule speaks; one whose runbook is no more may be redirected."""
    was, now = former[0], present[0]
    if any(change.same(each.entry, other.entry) is not False for each in former for other in present):
        return False
    if was.retired or any(each.retired for each in present) or (was.alias and not now.alias):
        return was.retired and now.retired
    return not now.alias or change.remains(was.entry) or heirs(was.entry) is not None


def _heirs(change: Change, before: Mapping[str, object]) -> _Heirs:
    """Gives the live entry of the head that names the runbook of a former one, a new entry first."""

    @cache
    def known() -> Mapping[str, list[Item]]:
        found: defaultdict[str, list[Item]] = defaultdict(list)
        for entry in sorted(change.after.all("entry"), key=lambda entry: entry.key in before):
            for key in _addresses(entry, change.leads[entry][0]):
                found[key].append(entry)
        return found

    def of(former: Item) -> Item | None:
        path = change.leads[former][0]
        keys = _addresses(former, changes.now(path, change))
        candidates = (entry for key in keys for entry in known().get(key, ()))
        return next((entry for entry in candidates if entry.key and change.same(former, entry)), None)

    return of


def _addresses(entry: Item, path: str) -> list[str]:
    """By what the runbook of an entry may be found again: its file, its URL, its title."""
    title, url = entry.text("title").casefold(), entry.text("url").casefold()
    return [f"{kind}:{each}" for kind, each in (("path", path), ("url", url), ("title", title)) if each]


def _holders(estate: Estate) -> Mapping[str, list[_Holder]]:
    """Every id and alias with the entries that have it: live ones first, and ids before aliases."""
    holders: defaultdict[str, list[_Holder]] = defaultdict(list)
    entries = [entry for noun in ENTRIES for entry in estate.all(noun)]
    for entry in entries:
        if entry.key:
            holders[entry.key].append(_Holder(entry, False))
    for entry in entries:
        for name in aliases(entry):
            holders[name].append(_Holder(entry, True))
    return holders


def _unseen(entry: Item, change: Change, hidden: Collection[str]) -> bool:
    """Whether an entry may be there all the same: its own file is one that cannot be read, or one of these could be its
    file at another path (law: gone only if readable)."""
    path = changes.now(entry.path, change)
    return any(_may_hold(each, path, change) for each in hidden)


def _may_hold(unread: str, path: str, change: Change) -> bool:
    if unread == path or path.startswith(unread + "/"):
        return True
    moved = path not in change.after.paths and unread not in change.before.paths
    return moved and unread.lower().endswith(_CATALOGS)


def _gone(loss: _Loss, change: Change) -> Problem:
    words = {"name": loss.name, "holder": loss.was.entry.key, "uses": _uses(loss.name, change)}
    case = "alias" if loss.was.alias else "retired" if loss.was.retired else ""
    if loss.heir is not None:
        words, case = {**words, "holder": loss.heir.key}, "listed"
    edits = _retired(loss.was.entry, change) if case in ("", "retired") else ()
    return Problem(None, words, case, loss.name, changes.gone(loss.was.entry, change), edits, _also(loss, change))


def _retired(entry: Item, change: Change) -> tuple[Member, ...]:
    """The entry back in its catalog, as a retired one."""
    path = changes.now(entry.path, change)
    if path not in change.after.paths:
        return ()
    nested = tuple(f"{name}." for name, value in entry.fields.items() if isinstance(value.value, dict))
    kept = {name: plain(value) for name, value in entry.fields.items() if not (nested and name.startswith(nested))}
    return (Member(path, {**kept, "status": RETIRED}),)


def _repointed(loss: _Loss, now: _Holder, change: Change) -> Problem:
    was, place = loss.was.entry, _value(now.entry, loss.name)
    path = change.leads[was][0]
    moved = changes.now(path, change)
    words = {"name": loss.name, "uses": _uses(loss.name, change), "now": _shown(now.entry, change)}
    words["was"] = _shown(was, change) + (f" (now at {moved})" if moved != path else "")
    return Problem(place.span, words, "repointed", loss.name, now.entry)


def _value(entry: Item, name: str) -> Value:
    """Where an entry has a name: as its id or among its aliases."""
    listed = entry.raw("aliases")
    for each in listed if isinstance(listed, list) else ():
        if each.value == name and name != entry.key:
            return Value(each.value, each.start, each.end)
    return entry.fields.get("id") or Value(entry.key, *entry.place)


def _shown(entry: Item, change: Change) -> str:
    """What an entry leads to, for people."""
    path, anchor = change.leads.get(entry, ("", ""))
    return (f"{path}#{anchor}" if anchor else path) or entry.text("url") or entry.text("title") or "nothing"


def _users(name: str, change: Change) -> Mapping[str, list[Item]]:
    """Who names an id in the head: alerts and signals."""
    alerts, links = change.after.all("alert"), change.after.links
    return {
        "alert": [alert for alert in alerts if any(link.value == name for link in links.get(alert, ()))],
        "signal": [signal for signal in change.after.all("signal") if name in signals.named(signal)],
    }


def _uses(name: str, change: Change) -> str:
    """Who still needs an id, as a sentence."""
    parts = [_several(noun, [item.key for item in items]) for noun, items in _users(name, change).items() if items]
    if not parts:
        return "other repositories may name it"
    verb = "name" if " and " in " and ".join(parts) or "s '" in parts[0] else "names"
    return f"{' and '.join(parts)} {verb} it, and other repositories may"


def _several(noun: str, names: Sequence[str]) -> str:
    """``alert 'A'``, ``alerts 'A', 'B'``, ``alerts 'A', 'B', 'C' and 4 more``."""
    said = changes.listed([f"'{name}'" for name in names], _NAMED)
    return f"{noun}{'s' if len(names) > 1 else ''} {said}"


def _also(loss: _Loss, change: Change) -> tuple[Item, ...]:
    """The items that have a fault only because a name is gone: who names it, and the runbook that nobody lists now."""
    path = change.leads[loss.was.entry][0]
    runbook = change.after.by_path.get(changes.now(path, change))
    named = [item for items in _users(loss.name, change).values() for item in items]
    return (*named, *([runbook] if runbook is not None else []))
