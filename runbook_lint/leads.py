"""Where one reference leads: an id, a URL or a path, looked up in all that a repository has.

Ids are exact; URLs and paths are compared without regard to case, a slash at the end, ``.md`` and a query. What a
template will fill in, or what lies outside this repository, is ``cannot-tell``.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from runbook_lint.checks import spelling, targets
from runbook_lint.documents import catalog, templates
from runbook_lint.expressions import lazy
from runbook_lint.model import Estate, Item, Link

# A URL or a path that ends in a placeholder.
_STUB = lazy(r"(?:\w+:/)?(?:\S*/)(?:to-?do|tbd|tba|fixme|(?:change|replace)[-_]?me)(?:\.md|\.html?)?/*", re.I)
_URL = lazy(r"(?:[a-z][a-z0-9+.-]*:)?//\S", re.I)
_SPACE = lazy(r"\s")
_ID = lazy(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")


class Index(NamedTuple):
    """What references are looked up in.

    Entries by id, by folded id, by folded URL, and by file and anchor; where each entry leads; the files of runbooks
    by folded path and by name; all markdown by folded path; what stands at the top of the repository, folded; what
    gives the id that is spelt like a word; and what references turned out to be so far.
    """

    estate: Estate
    url_prefixes: Mapping[str, str]
    ids: Mapping[str, Item]
    folded_ids: Mapping[str, str]
    urls: Mapping[str, Sequence[Item]]
    by_file: Mapping[str, Mapping[str, Sequence[Item]]]
    leads: Mapping[Item, targets.Target]
    files: Mapping[str, str]
    stems: Mapping[str, Sequence[str]]
    pages: Mapping[str, str]
    roots: frozenset[str]
    near: Callable[[str], str]
    told: dict[tuple[str, str], Link]


# What a reference turns out to be is a link that has no key and no words yet.
_UNTOLD, _FILE = Link(verdict="cannot-tell"), Link(verdict="unknown", why="file")


def index_of(estate: Estate, url_prefixes: Mapping[str, str]) -> Index:
    ids: dict[str, Item] = {}
    urls: defaultdict[str, list[Item]] = defaultdict(list)
    by_file: defaultdict[str, defaultdict[str, list[Item]]] = defaultdict(lambda: defaultdict(list))
    leads: dict[Item, targets.Target] = {}
    pages = _addresses(estate.by_path)
    known = targets.leads(estate, url_prefixes)
    for entry in (*estate.all("entry"), *estate.all("retired")):
        for name in (entry.key, *catalog.aliases(entry)):
            ids.setdefault(name, entry)
        url = entry.text("url")
        if targets.is_url(url):
            urls[targets.folded(url)].append(entry)
        target, file = known[entry]
        path = file or pages.get(targets.folded(target.path), "")
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
    roots = frozenset(path.casefold() for path in estate.paths if "/" not in path)
    tables = (ids, folded_ids, urls, by_file, leads, files, stems, pages, roots)
    return Index(estate, url_prefixes, *tables, spelling.speller(ids), {})


def _addresses(paths: Iterable[str]) -> dict[str, str]:
    """Every way to write one of the files -> the file."""
    found: dict[str, str] = {}
    for path in paths:
        for address in targets.addresses(path):
            found.setdefault(address, path)
    return found


def dead(lead: Link, text: str, ours: set[str], index: Index) -> Link:
    """A link of which nobody could tell: into this repository it is no foreign one, it leads to some file or it is
    dead."""
    if targets.forge_repository(text) not in ours or templates.holds(text):
        return lead
    meant = _meant(text, index)
    found = _by_target(lead, meant, index) if meant else None
    return found or lead._replace(verdict="unknown", why="file")


def _meant(url: str, index: Index) -> targets.Target | None:
    """What a forge's URL means if it is of this repository: the longest path that begins with something that is
    here."""
    return next((each for each in targets.of_forge(url) if targets.root(each.path).casefold() in index.roots), None)


def follow(alert: Item, key: str, inner: Any, text: str, index: Index) -> Link:
    """Where a reference leads. What does not depend on the alert is worked out once for all that say the same."""
    if isinstance(inner, (dict, list)):
        if text in index.ids:
            return _to_entries(_UNTOLD, [index.ids[text]], index)
        return Link(verdict="unknown", why="placeholder")
    lead = index.told.get((key, text))
    if lead is None:
        lead = _alone(key, text, index)
        if lead is None:
            return _by_words(text, alert, index)
        index.told[key, text] = lead
    return lead


def _alone(key: str, text: str, index: Index) -> Link | None:
    """Where an id or a URL leads; None for words that may mean a place near the alert."""
    if templates.holds(text):
        return _UNTOLD
    if text in index.ids:
        return _to_entries(_UNTOLD, [index.ids[text]], index)
    if templates.is_placeholder(text) or _STUB.fullmatch(text):
        return Link(verdict="unknown", why="placeholder")
    is_url = _URL.match(text)
    if not is_url and _SPACE.search(text):
        return Link(verdict="unknown", why="prose")
    if key.endswith("runbook_id"):
        return _by_id(text, index)
    return _by_url(text, index) if is_url else None


def _by_id(text: str, index: Index) -> Link:
    """No catalog has this id; one that only differs in case, or the one of the file that it names, is the hint."""
    if not index.estate.has_catalog:
        return _UNTOLD
    near = index.folded_ids.get(text.casefold(), "")
    if not near and "/" in text and not targets.is_url(text):
        found = _by_target(_UNTOLD, targets.of_path(text), index)
        near = found.id if found else ""
    return Link(verdict="unknown", why="near" if near else "id", hint=near)


def _by_url(text: str, index: Index) -> Link:
    page, _, anchor = text.partition("#")
    for url in (text, page, page.partition("?")[0]):
        if targets.folded(url) in index.urls:
            return _to_entries(_UNTOLD._replace(anchor=anchor), index.urls[targets.folded(url)], index)
    below = targets.of_prefix(text, index.url_prefixes)
    if below is not None:
        return _by_target(_UNTOLD, below, index) or _FILE._replace(path=below.path)
    # A file's name alone shows nothing: every repository has a README. Only runbooks count here.
    meant = _meant(text, index)
    if meant is None or targets.folded(meant.path) not in index.files:
        return _UNTOLD
    return _by_target(_UNTOLD, meant, index) or _UNTOLD


def _by_words(text: str, alert: Item, index: Index) -> Link:
    """A place in the alert's own runbook, a path from the root or from the alert's folder, a runbook's file name, an
    id."""
    if text.startswith("#"):
        own = targets.Target(alert.path, text[1:])
        return (_by_target(_UNTOLD, own, index) if alert.path in index.estate.by_path else None) or _UNTOLD
    target = targets.of_path(text)
    for place in (target, targets.of_path(text, alert.path.rpartition("/")[0])):
        found = _by_target(_UNTOLD, place, index)
        if found:
            return found
    named = index.stems.get(targets.folded(target.path), ())
    if named:
        found = _by_target(_UNTOLD, targets.Target(named[0], target.anchor), index)
        return found if found and len(named) == 1 else _UNTOLD
    if _is_path(text, target, index):
        return _FILE
    return _by_id(text, index) if _ID.fullmatch(text) else _UNTOLD


def _is_path(value: str, target: targets.Target, index: Index) -> bool:
    """Whether words are meant as a path in this repository and nowhere else."""
    if target.outside or value.startswith(("./", "../")) or target.path.casefold().endswith(".md"):
        return True
    return "/" in target.path and targets.root(target.path).casefold() in index.roots


def _by_target(lead: Link, target: targets.Target, index: Index) -> Link | None:
    """The way to a file of this repository and to the entry of the file, or of the anchor; None where there is no such
    file. An anchor that the file does not have is said."""
    path = _file(target.path, index) if target.path else ""
    if not path:
        return None
    known = targets.anchors(path, index.estate)
    gone = target.anchor and known is not None and target.anchor.lower() not in known
    lead = lead._replace(verdict="resolved", path=path, anchor=target.anchor, why="anchor" if gone else "")
    entries = index.by_file.get(path, {})
    found = entries.get(target.anchor.casefold()) or entries.get("")
    if not found and not target.anchor:
        found = [entry for each in entries.values() for entry in each]
    return _to_entries(lead, found or (), index)


def _file(path: str, index: Index) -> str:
    folded = targets.folded(path)
    found = index.files.get(folded) or index.pages.get(folded)
    if found:
        return found
    exact = targets.existing(path, index.estate)
    return exact if "." in exact.rpartition("/")[2] else ""


def _to_entries(lead: Link, entries: Sequence[Item], index: Index) -> Link:
    """The way to the one live entry, or the one retired; to a file without an id when several lead there."""
    found = [entry for entry in entries if entry.noun == "entry"] or list(entries)
    if len(found) != 1:
        return lead._replace(verdict="resolved")
    target = index.leads[found[0]]
    return lead._replace(
        verdict="resolved", id=found[0].key, path=lead.path or target.path, anchor=lead.anchor or target.anchor
    )
