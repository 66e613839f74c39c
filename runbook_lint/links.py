"""Alert -> runbook: where every reference that an alert carries leads.

A reference is a catalog id, a URL, or a path. Ids are exact; URLs and paths are compared without regard to case, a
slash at the end, ``.md`` and a query. What a template will fill in, or what lies outside this repository, is
``cannot-tell``.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from runbook_lint.checks import targets
from runbook_lint.documents import catalog, contracts, templates
from runbook_lint.expressions import lazy
from runbook_lint.model import Estate, Item, Link, Value

# A URL or a path that ends in a placeholder.
_STUB = lazy(r"(?:\w+:/)?(?:\S*/)(?:to-?do|tbd|tba|fixme|(?:change|replace)[-_]?me)(?:\.md|\.html?)?/*", re.I)
_URL = lazy(r"(?:[a-z][a-z0-9+.-]*:)?//\S", re.I)
_ID = lazy(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
# Near misses are looked for among so many neighbours in the order of the alphabet, and only for so many ids.
_NEIGHBOURS = 50
_HINTS = 100


class _Index(NamedTuple):
    """What references are looked up in.

    Entries by id, by folded id, by folded URL, and by file and anchor; where each entry leads; the files of runbooks
    by folded path and by name; all markdown by folded path; what stands at the top of the repository, folded; the ids
    in alphabetical order, forwards and backwards; the hints so far.
    """

    ids: Mapping[str, Item]
    folded_ids: Mapping[str, str]
    urls: Mapping[str, Sequence[Item]]
    by_file: Mapping[str, Mapping[str, Sequence[Item]]]
    leads: Mapping[Item, targets.Target]
    files: Mapping[str, str]
    stems: Mapping[str, Sequence[str]]
    pages: Mapping[str, str]
    roots: frozenset[str]
    ordered: Sequence[str]
    reversed: Sequence[str]
    hints: dict[str, str]


def resolve(
    estate: Estate, runbook_keys: Sequence[str], url_prefixes: Mapping[str, str], former: Estate | None = None
) -> dict[Item, tuple[Link, ...]]:
    """The references of every alert in order of preference, each with its verdict. Those of a ``former`` estate hold
    for the alerts that are still the same, where they lead to the same runbooks."""
    known = former.links if former is not None and _leads(former) == _leads(estate) else {}
    new = [alert for alert in estate.all("alert") if alert not in known]
    found = _resolved(new, estate, runbook_keys, url_prefixes, known.values()) if new else {}
    return {alert: found[alert] if alert in found else tuple(known[alert]) for alert in estate.all("alert")}


def _leads(estate: Estate) -> tuple[Any, ...]:
    """All that decides where a reference leads, but for the reference."""
    entries = [
        (entry.noun, entry.key, entry.text("url"), catalog.aliases(entry))
        for noun in catalog.ENTRIES
        for entry in estate.all(noun)
    ]
    return entries, [runbook.path for runbook in estate.all("runbook")], estate.by_path.keys(), estate.paths


def _resolved(
    alerts: Iterable[Item],
    estate: Estate,
    runbook_keys: Sequence[str],
    url_prefixes: Mapping[str, str],
    others: Iterable[Iterable[Link]],
) -> dict[Item, tuple[Link, ...]]:
    index = _index(estate, url_prefixes)
    links = {
        alert: [_link(alert, key, value, index, estate, url_prefixes) for key, value in _given(alert, runbook_keys)]
        for alert in alerts
    }
    ours = _ours([*links.values(), *others], index)
    return {
        alert: tuple(_hinted([_dead(link, ours, index, estate) for link in each], index))
        for alert, each in links.items()
    }


def _given(alert: Item, runbook_keys: Sequence[str]) -> Iterator[tuple[str, Value]]:
    for key in runbook_keys:
        value = alert.fields.get(key)
        if value is not None:
            yield key, value


def _index(estate: Estate, url_prefixes: Mapping[str, str]) -> _Index:
    ids: dict[str, Item] = {}
    urls: defaultdict[str, list[Item]] = defaultdict(list)
    by_file: defaultdict[str, defaultdict[str, list[Item]]] = defaultdict(lambda: defaultdict(list))
    leads: dict[Item, targets.Target] = {}
    pages = _addresses(estate.by_path)
    for entry in (*estate.all("entry"), *estate.all("retired")):
        for name in (entry.key, *catalog.aliases(entry)):
            ids.setdefault(name, entry)
        if targets.is_url(entry.text("url")):
            urls[targets.folded(entry.text("url"))].append(entry)
        target = targets.of_entry(entry, url_prefixes, estate)
        path = targets.existing(target.path, estate) or pages.get(targets.folded(target.path), "")
        leads[entry] = targets.Target(path, target.anchor)
        if leads[entry].path:
            by_file[leads[entry].path][target.anchor.casefold()].append(entry)
    ids.pop("", None)
    runbooks = [*by_file, *(runbook.path for runbook in estate.all("runbook"))]
    files = _addresses(runbooks)
    stems: defaultdict[str, list[str]] = defaultdict(list)
    for path in dict.fromkeys(runbooks):
        stems[targets.folded(path).rpartition("/")[2]].append(path)
    folded_ids = {name.casefold(): name for name in ids}
    backwards = sorted(name[::-1] for name in ids)
    roots = frozenset(path.casefold() for path in estate.paths if "/" not in path)
    return _Index(ids, folded_ids, urls, by_file, leads, files, stems, pages, roots, sorted(ids), backwards, {})


def _addresses(paths: Iterable[str]) -> dict[str, str]:
    """Every way to write one of the files -> the file."""
    found: dict[str, str] = {}
    for path in paths:
        for address in targets.addresses(path):
            found.setdefault(address, path)
    return found


def _ours(links: Iterable[Iterable[Link]], index: _Index) -> set[str]:
    """The forge repositories that are shown to be this one, because a URL into them leads to a runbook that is here."""
    urls = [link.value for each in links for link in each if link.verdict == "resolved" and link.path]
    urls.extend(entry.text("url") for entry, target in index.leads.items() if target.path)
    return {targets.forge_repository(url) for url in urls if "://" in url} - {""}


def _dead(link: Link, ours: set[str], index: _Index, estate: Estate) -> Link:
    """A link into this repository is no foreign one: it leads to some file or it is dead."""
    if link.verdict != "cannot-tell" or not ours or targets.forge_repository(link.value) not in ours:
        return link
    if templates.holds(link.value):
        return link
    meant = _meant(link.value, index)
    found = _by_target(link, meant, index, estate) if meant else None
    return found or replace(link, verdict="unknown", why="file")


def _meant(url: str, index: _Index) -> targets.Target | None:
    """What a forge's URL means if it is of this repository: the longest path that begins with something that is
    here."""
    return next((each for each in targets.of_forge(url) if targets.root(each.path).casefold() in index.roots), None)


def _hinted(links: Sequence[Link], index: _Index) -> Iterator[Link]:
    """The links; an unknown id gets a hint: the id that another link of the alert leads to, or one that is spelt
    alike."""
    other = next((link.id for link in links if link.id), "")
    for link in links:
        hint = (other or _near(link.value, index)) if link.why == "id" else ""
        yield replace(link, why="near", hint=hint) if hint else link


def _near(word: str, index: _Index) -> str:
    """The id that is spelt like a word, empty where there is none or enough hints have been given."""
    if word not in index.hints and len(index.hints) < _HINTS:
        from difflib import get_close_matches

        backwards = (each[::-1] for each in _around(index.reversed, word[::-1]))
        candidates = sorted({*_around(index.ordered, word), *backwards})
        index.hints[word] = next(iter(get_close_matches(word, candidates, 1, 0.8)), "")
    return index.hints.get(word, "")


def _around(ordered: Sequence[str], word: str) -> Sequence[str]:
    at = bisect_left(ordered, word)
    return ordered[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS]


def _link(alert: Item, key: str, value: Value, index: _Index, estate: Estate, url_prefixes: Mapping[str, str]) -> Link:
    text = contracts.shown(value.value) if isinstance(value.value, (dict, list)) else alert.text(key)
    link = Link(key, text, "cannot-tell", at=value)
    if templates.holds(text):
        return link
    if text in index.ids:
        return _to_entries(link, [index.ids[text]], index)
    if isinstance(value.value, (dict, list)) or templates.is_placeholder(text) or _STUB.fullmatch(text):
        return replace(link, verdict="unknown", why="placeholder")
    if re.search(r"\s", text) and not _URL.match(text):
        return replace(link, verdict="unknown", why="prose")
    if key.endswith("runbook_id"):
        return _by_id(link, index, estate)
    if _URL.match(text):
        return _by_url(link, index, estate, url_prefixes)
    return _by_words(link, alert, index, estate)


def _by_id(link: Link, index: _Index, estate: Estate) -> Link:
    """No catalog has this id; one that only differs in case, or the one of the file that it names, is the hint."""
    if not estate.has_catalog:
        return link
    near = index.folded_ids.get(link.value.casefold(), "")
    if not near and "/" in link.value and not targets.is_url(link.value):
        found = _by_target(link, targets.of_path(link.value), index, estate)
        near = found.id if found else ""
    return replace(link, verdict="unknown", why="near" if near else "id", hint=near)


def _by_url(link: Link, index: _Index, estate: Estate, url_prefixes: Mapping[str, str]) -> Link:
    page, _, anchor = link.value.partition("#")
    for url in (link.value, page, page.partition("?")[0]):
        if targets.folded(url) in index.urls:
            return _to_entries(replace(link, anchor=anchor), index.urls[targets.folded(url)], index)
    below = targets.of_prefix(link.value, url_prefixes)
    if below is not None:
        found = _by_target(link, below, index, estate)
        return found or replace(link, verdict="unknown", why="file", path=below.path)
    # A file's name alone shows nothing: every repository has a README. Only runbooks count here.
    meant = _meant(link.value, index)
    if meant is None or targets.folded(meant.path) not in index.files:
        return link
    return _by_target(link, meant, index, estate) or link


def _by_words(link: Link, alert: Item, index: _Index, estate: Estate) -> Link:
    """A place in the alert's own runbook, a path from the root or from the alert's folder, a runbook's file name, an
    id."""
    if link.value.startswith("#"):
        own = targets.Target(alert.path, link.value[1:])
        return (_by_target(link, own, index, estate) if alert.path in estate.by_path else None) or link
    target = targets.of_path(link.value)
    for place in (target, targets.of_path(link.value, alert.path.rpartition("/")[0])):
        found = _by_target(link, place, index, estate)
        if found:
            return found
    named = index.stems.get(targets.folded(target.path), ())
    if named:
        found = _by_target(link, targets.Target(named[0], target.anchor), index, estate)
        return found if found and len(named) == 1 else link
    if _is_path(link.value, target, index):
        return replace(link, verdict="unknown", why="file")
    return _by_id(link, index, estate) if _ID.fullmatch(link.value) else link


def _is_path(value: str, target: targets.Target, index: _Index) -> bool:
    """Whether words are meant as a path in this repository and nowhere else."""
    if target.outside or value.startswith(("./", "../")) or target.path.casefold().endswith(".md"):
        return True
    return "/" in target.path and targets.root(target.path).casefold() in index.roots


def _by_target(link: Link, target: targets.Target, index: _Index, estate: Estate) -> Link | None:
    """The link to a file of this repository and to the entry of the file, or of the anchor; None where there is no such
    file. An anchor that the file does not have is said."""
    path = _file(target.path, index, estate) if target.path else ""
    if not path:
        return None
    known = targets.anchors(path, estate)
    gone = target.anchor and known is not None and target.anchor.lower() not in known
    link = replace(link, verdict="resolved", path=path, anchor=target.anchor, why="anchor" if gone else "")
    entries = index.by_file.get(path, {})
    found = entries.get(target.anchor.casefold()) or entries.get("")
    if not found and not target.anchor:
        found = [entry for each in entries.values() for entry in each]
    return _to_entries(link, found or (), index)


def _file(path: str, index: _Index, estate: Estate) -> str:
    folded = targets.folded(path)
    found = index.files.get(folded) or index.pages.get(folded)
    if found:
        return found
    exact = targets.existing(path, estate)
    return exact if "." in exact.rpartition("/")[2] else ""


def _to_entries(link: Link, entries: Sequence[Item], index: _Index) -> Link:
    """The link to the one live entry, or the one retired; to a file without an id when several lead there."""
    found = [entry for entry in entries if entry.noun == "entry"] or list(entries)
    if len(found) != 1:
        return replace(link, verdict="resolved")
    target = index.leads[found[0]]
    return replace(
        link,
        verdict="resolved",
        id=found[0].key,
        path=link.path or target.path,
        anchor=link.anchor or target.anchor,
    )
