"""Two estates -> the change between them: what moved, what was altered, and which item is which."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import NamedTuple

from runbook_lint import identity, moves
from runbook_lint.checks import targets
from runbook_lint.documents import instructions
from runbook_lint.documents.catalog import ENTRIES, aliases
from runbook_lint.model import Change, Estate, Item
from runbook_lint.snapshot import Base, Snapshot, Use, commit, decoded, uses

# By what an item of the base is known again, the surest first; a path is where the file is now.
_Key = Callable[[Item, str], tuple[str, ...]]
_ALERTS: Sequence[_Key] = (
    lambda item, path: (path, item.key, *map(item.text, ("group", "expr", "for", "labels.severity"))),
    lambda item, path: (path, item.key, *map(item.text, ("group", "expr"))),
    lambda item, path: (path, item.key, *map(item.text, ("group", "labels.severity"))),
    lambda item, path: (path, item.key, item.text("group")),
    lambda item, path: (path, item.key),
    lambda item, path: (item.key, item.text("expr")),
    lambda item, path: (item.key, item.text("group")),
    lambda item, path: (path, item.text("group"), item.text("expr")) if item.text("expr") else (),
)
_NAMED: Sequence[_Key] = (lambda item, path: (path, item.key), lambda item, path: (item.key,))
_KNOWN_BY: Sequence[tuple[tuple[str, ...], Sequence[_Key]]] = (
    (("alert",), _ALERTS),
    (ENTRIES, _NAMED),
    (("signal",), _NAMED),
    (("team",), _NAMED),
)
# Of so many runbooks the lines are counted to learn what their template is.
_SAMPLE = 200


class State(NamedTuple):
    """One side: its items, which URLs show its files, the content ids of our texts, and the text of a path."""

    estate: Estate
    url_prefixes: Mapping[str, str]
    ids: Mapping[str, str]
    text: Callable[[str], str]


class History(NamedTuple):
    """What tells of former times, asked only where it matters: the last use of names, and the files of a commit."""

    uses: Callable[[Collection[str]], Mapping[str, Use]]
    at: Callable[[str], Snapshot]


def history(began: Base, kind_of: Callable[[str], str | None]) -> History:
    """What the clone tells of the times before a change; ``kind_of`` is what the configuration calls a path."""
    root, commit_ = began.snapshot.root, began.commit
    return History(
        lambda names: uses(root, commit_, names, kind_of) if commit_ else {},
        lambda other: commit(root, other),
    )


def unseen(began: Base, change: Change) -> Iterator[str]:
    """What a clone without its whole history cannot tell."""
    if began.shallow and any(entry not in change.origin for entry in change.after.all("entry")):
        yield "the clone is shallow, so whether new ids were used in former times is not known"


def compare(before: State, after: State, history: History) -> Change:
    """The change between two states."""
    common = cache(lambda: _template(after))
    moved = moves.find(_files(before), _files(after), common)
    sources = {target: source for source, target in moved.items()}
    touched = _touched(before, after, sources)
    leads = {**dict(_leads(before)), **dict(_leads(after))}
    old, new = partial(_anchors, before.estate), partial(_anchors, after.estate)
    world = identity.World(moved, before.estate.paths, old, new, partial(_section, after.text), common)
    past: dict[Item, identity.Named] = {}

    def known(former: Item) -> identity.Named:
        return past.get(former) or _named(former, leads[former], before.text)

    @cache
    def same(former: Item, entry: Item) -> bool | None:
        return identity.same(known(former), _named(entry, leads[entry], after.text), world)

    def used(names: Iterable[str]) -> dict[str, tuple[Item, str]]:
        found = history.uses(sorted(names))
        past.update((use.entry, _past(use, history.at(use.commit), before.url_prefixes)) for use in found.values())
        return {name: (use.entry, use.commit) for name, use in found.items()}

    return Change(
        before=before.estate,
        after=after.estate,
        moved=moved,
        touched=touched,
        rewritten=dict(_rewritten(before, after, sources, touched)),
        origin=_origins(before.estate, after.estate, moved),
        leads=leads,
        same=same,
        remains=lambda former: identity.remains(known(former), world),
        uses=used,
    )


def _named(entry: Item, lead: tuple[str, str], text: Callable[[str], str]) -> identity.Named:
    return identity.named(entry, *lead, partial(_section, text, *lead))


def _section(text: Callable[[str], str], path: str, anchor: str) -> str:
    """The text of a file, or of one of its sections."""
    return instructions.sections(text(path)).get(anchor, "") if anchor else text(path)


def _past(use: Use, snapshot: Snapshot, url_prefixes: Mapping[str, str]) -> identity.Named:
    """What an entry of former times named then."""
    path, anchor = _lead(use.entry, url_prefixes, Estate({}, snapshot.paths))
    sources = {source.path: source for source in snapshot.sources}
    return _named(use.entry, (path, anchor), lambda path: decoded(sources[path]) if path in sources else "")


def _anchors(estate: Estate, path: str) -> Collection[str]:
    return targets.anchors(path, estate) or ()


def _files(state: State) -> moves.Files:
    return moves.Files(state.ids, state.estate.paths, state.text)


def _template(state: State) -> frozenset[str]:
    """The lines that the runbooks of a state have in common."""
    return moves.common_lines(state.text(path) for path in sorted(state.estate.by_path)[:_SAMPLE])


def _touched(before: State, after: State, sources: Mapping[str, str]) -> frozenset[str]:
    """The paths of the head whose text the base did not have, there or where it was before. Ids may differ only because
    git writes other ends of lines to the disk, or has other ids than ours."""
    return frozenset(
        path
        for path, content_id in after.ids.items()
        if path not in sources
        or not content_id
        or (
            before.ids[sources[path]] != content_id
            and before.text(sources[path]).splitlines() != after.text(path).splitlines()
        )
    )


def _rewritten(
    before: State, after: State, sources: Mapping[str, str], touched: Collection[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    """The runbooks whose instructions changed, each with the anchors of the sections that did."""
    for path in sorted(after.estate.by_path.keys() & touched & sources.keys()):
        if sources[path] not in before.estate.by_path:
            continue
        old, new = instructions.read(before.text(sources[path])), instructions.read(after.text(path))
        anchors = frozenset(anchor for anchor in new if anchor in old and old[anchor] != new[anchor])
        if anchors:
            yield path, anchors


def _leads(state: State) -> Iterator[tuple[Item, tuple[str, str]]]:
    """Where every entry leads: path and anchor, the path empty where there is no such file."""
    for noun in ENTRIES:
        for entry in state.estate.all(noun):
            yield entry, _lead(entry, state.url_prefixes, state.estate)


def _lead(entry: Item, url_prefixes: Mapping[str, str], estate: Estate) -> tuple[str, str]:
    target = targets.of_entry(entry, url_prefixes, estate)
    return targets.existing(target.path, estate), target.anchor.casefold()


def _origins(before: Estate, after: Estate, moved: Mapping[str, str]) -> dict[Item, Item]:
    """The head's items with what they were at the base, each of them once."""
    origin: dict[Item, Item] = {}
    for nouns, keys in _KNOWN_BY:
        old = [item for noun in nouns for item in before.all(noun)]
        new = [item for noun in nouns for item in after.all(noun)]
        for key in keys:
            found = list(_paired(old, new, key, moved))
            origin.update((now, former) for former, now in found)
            gone, told = {former for former, _ in found}, {now for _, now in found}
            old = [item for item in old if item not in gone]
            new = [item for item in new if item not in told]
        if nouns is ENTRIES:
            origin.update(_renamed(old, new))
    return origin


def _renamed(old: Iterable[Item], new: Iterable[Item]) -> Iterator[tuple[Item, Item]]:
    """Entries with another id than before, which they keep among their aliases, and what they were."""
    waiting = {item.key: item for item in old}
    for item in new:
        former = next((waiting.pop(name) for name in aliases(item) if name in waiting), None)
        if former is not None:
            yield item, former


def _paired(
    old: Iterable[Item], new: Iterable[Item], key: _Key, moved: Mapping[str, str]
) -> Iterator[tuple[Item, Item]]:
    """Former items with present ones of the same key, in their order."""
    waiting: defaultdict[tuple[str, ...], list[Item]] = defaultdict(list)
    for item in old:
        waiting[key(item, moved.get(item.path, item.path))].append(item)
    for item in new:
        former = waiting.get(key(item, item.path))
        if former and key(item, item.path):
            yield former.pop(0), item
