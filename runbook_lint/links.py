"""Alert -> runbook: where every reference that an alert carries leads.

A reference is a catalog id, a URL, or a path. Ids are exact; URLs and paths are compared without regard to case, a trailing
slash and ``.md``. What a template will fill in, or what lies outside this repository, gets the verdict ``cannot-tell``.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import NamedTuple

from runbook_lint.checks import targets
from runbook_lint.documents import templates
from runbook_lint.model import Estate, Item, Link, Value

_PLACEHOLDER = re.compile(
    r"(?:|[-?.]+|x{2,}|todo.*|tbd.*|tba|fixme.*|none|null|nil|n/?a|empty|unknown|missing|placeholder|change-?me|<[^>]*>)",
    re.I | re.S,
)
_ID = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")


class _Index(NamedTuple):
    """What references are looked up in: entries by id, by folded URL and by target; runbooks by folded path and name."""

    ids: Mapping[str, Item]
    folded_ids: Mapping[str, str]
    urls: Mapping[str, Sequence[Item]]
    by_target: Mapping[tuple[str, str], Sequence[Item]]
    files: Mapping[str, str]
    stems: Mapping[str, Sequence[str]]


def resolve(
    estate: Estate, runbook_keys: Sequence[str], url_prefixes: Mapping[str, str]
) -> dict[Item, tuple[Link, ...]]:
    """The references of every alert in order of preference, each with its verdict."""
    index = _index(estate, url_prefixes)
    links = {
        alert: tuple(
            _link(alert, key, value, index, estate, url_prefixes) for key, value in _given(alert, runbook_keys)
        )
        for alert in estate.all("alert")
    }
    ours = {
        targets.forge_repository(link.value)
        for each in links.values()
        for link in each
        if link.verdict == "resolved" and link.path
    } - {""}
    return {alert: tuple(_dead(link, ours) for link in each) for alert, each in links.items()}


def _given(alert: Item, runbook_keys: Sequence[str]) -> Iterator[tuple[str, Value]]:
    for key in runbook_keys:
        value = alert.fields.get(key)
        if value is not None and not isinstance(value.value, (dict, list)):
            yield key, value


def _dead(link: Link, ours: set[str]) -> Link:
    """A link into a repository that others show to be this one leads to nothing: it is no foreign link, it is dead."""
    if link.verdict == "cannot-tell" and targets.forge_repository(link.value) in ours:
        return replace(link, verdict="unknown", why="file")
    return link


def _bare(path: str) -> str:
    return path.strip().casefold().rstrip("/").removesuffix(".html").removesuffix(".md")


def _index(estate: Estate, url_prefixes: Mapping[str, str]) -> _Index:
    ids: dict[str, Item] = {}
    urls: defaultdict[str, list[Item]] = defaultdict(list)
    by_target: defaultdict[tuple[str, str], list[Item]] = defaultdict(list)
    files: dict[str, str] = {}
    for entry in (*estate.all("entry"), *estate.all("retired")):
        for name in (entry.key, *_aliases(entry)):
            ids.setdefault(name, entry)
        urls[_bare(entry.text("url"))].append(entry)
        target = targets.of_entry(entry, url_prefixes, estate)
        path = targets.existing(target.path, estate)
        if path:
            files.setdefault(_bare(path), path)
            by_target[path, target.anchor.casefold()].append(entry)
    for runbook in estate.all("runbook"):
        files.setdefault(_bare(runbook.path), runbook.path)
    stems: defaultdict[str, list[str]] = defaultdict(list)
    for bare, path in files.items():
        stems[bare.rpartition("/")[2]].append(path)
    return _Index(ids, {name.casefold(): name for name in ids}, urls, by_target, files, stems)


def _aliases(entry: Item) -> list[str]:
    aliases = entry.raw("aliases")
    return [str(each.value) for each in aliases] if isinstance(aliases, list) else []


def _link(alert: Item, key: str, value: Value, index: _Index, estate: Estate, url_prefixes: Mapping[str, str]) -> Link:
    text = "" if value.value is None else str(value.value).strip()
    link = Link(key, text, "cannot-tell", at=value)
    if templates.holds(text):
        return link
    if _PLACEHOLDER.fullmatch(text):
        return replace(link, verdict="unknown", why="placeholder")
    if key.endswith("runbook_id"):
        return _by_id(link, index, estate)
    if targets.is_url(text):
        return _by_url(link, index, estate, url_prefixes)
    return _by_words(link, alert, index, estate)


def _by_id(link: Link, index: _Index, estate: Estate) -> Link:
    entry = index.ids.get(link.value)
    if entry is not None:
        return replace(link, verdict="resolved", id=entry.key, path="")
    if re.search(r"\s", link.value):
        return replace(link, verdict="unknown", why="prose")
    if not estate.has_catalog:
        return link
    near = index.folded_ids.get(link.value.casefold(), "")
    if not near:
        near = next(iter(get_close_matches(link.value, index.ids, 1, 0.8)), "")
    return replace(link, verdict="unknown", why="near" if near else "id", hint=near)


def _by_url(link: Link, index: _Index, estate: Estate, url_prefixes: Mapping[str, str]) -> Link:
    url, _, anchor = link.value.partition("#")
    exact = index.urls.get(_bare(link.value)) or index.urls.get(_bare(url))
    if exact:
        return _to_entries(replace(link, anchor=anchor), exact, "")
    below = targets.of_prefix(link.value, url_prefixes)
    if below is not None:
        found = _by_target(link, below, index, estate)
        return found or replace(link, verdict="unknown", why="file", path=below.path)
    for target in targets.of_forge(link.value):
        found = _by_target(link, target, index, estate)
        if found:
            return found
    return link


def _by_words(link: Link, alert: Item, index: _Index, estate: Estate) -> Link:
    """A path from the root or from the alert's folder, an id, or a runbook's file name."""
    folder = alert.path.rpartition("/")[0]
    for target in (targets.of_path(link.value), targets.of_path(link.value, folder)):
        found = _by_target(link, target, index, estate)
        if found:
            return found
    if link.value in index.ids:
        return _by_id(link, index, estate)
    if re.search(r"\s", link.value):
        return replace(link, verdict="unknown", why="prose")
    if "/" in link.value or link.value.casefold().endswith(".md"):
        ours = targets.of_path(link.value).path.partition("/")[0] in estate.paths
        return replace(link, verdict="unknown", why="file") if ours else link
    named = index.stems.get(_bare(link.value), ())
    if len(named) == 1:
        return _by_target(link, targets.Target(named[0]), index, estate) or link
    return _by_id(link, index, estate) if _ID.fullmatch(link.value) else link


def _by_target(link: Link, target: targets.Target, index: _Index, estate: Estate) -> Link | None:
    path = index.files.get(_bare(target.path)) if target.path else None
    if path is None:
        return None
    link = replace(link, verdict="resolved", path=path, anchor=target.anchor)
    entries = index.by_target.get((path, target.anchor.casefold())) or index.by_target.get((path, ""))
    known = targets.anchors(path, estate)
    if target.anchor and known is not None and target.anchor.lower() not in known:
        link = replace(link, why="anchor")
    return _to_entries(link, entries or (), path)


def _to_entries(link: Link, entries: Sequence[Item], path: str) -> Link:
    """The one live entry, or the one retired, or none when several lead there."""
    live = [entry for entry in entries if entry.noun == "entry"] or list(entries)
    return replace(link, verdict="resolved", id=live[0].key if len(live) == 1 else "", path=path)
