"""Checks of the links inside runbooks. A link to the web is never followed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from runbook_lint.checks import targets
from runbook_lint.documents import templates
from runbook_lint.expressions import lazy
from runbook_lint.model import Estate, Item, Problem, Value

# What a site generator or a person will fill in, or what only the site's own routes know.
_UNJUDGED = ("{", "<", "%7B", "$")
# The same, and all that a template has for itself.
_OPEN = lazy(r"[{<$]|%7B|\[\[")
# The host of nearly every web link, for which nothing has to be imported that knows all links.
_PLAIN = lazy(r"https?://([A-Za-z0-9.-]+)(?=[/?#]|\Z)")
# What a site is built from: MkDocs, Hugo, Docusaurus, Jekyll, mdBook, Antora, Sphinx.
_GENERATORS = [
    "mkdocs.yml",
    "mkdocs.yaml",
    "hugo.toml",
    "hugo.yaml",
    "config.toml",
    "docusaurus.config.js",
    "docusaurus.config.ts",
    "_config.yml",
    "book.toml",
    "antora.yml",
    "conf.py",
]
# Anchors that every page has: its top, its lines on a forge, a text to look for.
_OF_THE_SITE = lazy(r"top|L\d+(?:C\d+)?(?:-L\d+(?:C\d+)?)?|:~:text=.*", re.I | re.S)


def _targets(estate: Estate) -> Sequence[targets.Target | None]:
    """Where every link inside the repository leads; None for all others."""
    return estate.once("targets of links", lambda: [_local(link) for link in estate.all("link")])


def _local(link: Item) -> targets.Target | None:
    target = link.text("target")
    if not target or targets.is_url(target) or _OPEN.search(target):
        return None
    if target.startswith("#"):
        return targets.Target(link.path, targets.unquoted(target[1:]))
    return targets.of_path(target, link.path.rpartition("/")[0])


def lead_to_a_file(estate: Estate) -> Iterator[Problem]:
    """A relative or root-relative link leads to a file or folder of the repository."""
    spellings = cache(lambda: {path.casefold(): path for path in sorted(estate.paths, reverse=True)})
    for link, target in zip(estate.all("link"), _targets(estate), strict=True):
        if target is None or (target.path in estate.paths if target.path else not target.outside):
            continue
        words = {"target": link.text("target"), "path": target.path}
        if target.outside:
            yield Problem(None, words, "outside", item=link)
        elif not _exists(target.path, estate) and not _of_a_site(link, estate):
            near = spellings().get(target.path.casefold(), "")
            yield Problem(None, {**words, "near": near}, "case" if near else "", item=link)


def _of_a_site(link: Item, estate: Estate) -> bool:
    """Whether only a site generator can tell: a path from the site's root, which is some folder above the page, or a
    page's address without its ending."""
    target = targets.of_path(link.text("target")).path
    folders = _above(link.path)
    if link.text("target").startswith("/") and any(_exists(f"{folder}/{target}", estate) for folder in folders):
        return True
    route = link.text("target").startswith("/") or "." not in target.rpartition("/")[2]
    return route and any(f"{folder}/{name}".lstrip("/") in estate.paths for folder in folders for name in _GENERATORS)


def _above(path: str) -> list[str]:
    """The folders around a file, the root as an empty name."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:length]) for length in range(len(parts), -1, -1)]


def _exists(path: str, estate: Estate) -> bool:
    return path in estate.paths or bool(targets.existing(path, estate))


def lead_to_an_anchor(estate: Estate) -> Iterator[Problem]:
    """The part after ``#`` is a heading or an explicit id of the file it leads to."""
    for link, target in zip(estate.all("link"), _targets(estate), strict=True):
        if target is None or not target.anchor or target.outside:
            continue
        path = targets.existing(target.path, estate)
        known = targets.anchors(path, estate) if path else None
        if known is not None and target.anchor.lower() not in known and not _OF_THE_SITE.fullmatch(target.anchor):
            case = "here" if path == link.path else ""
            yield Problem(None, {"anchor": target.anchor, "path": path}, case, item=link)


def lead_to_allowed_hosts(item: Item, value: Value | None, *, link_hosts: Sequence[str] = ()) -> Iterator[Problem]:
    """A web link leads to a host of the configured list; without a list all are allowed."""
    if value is None or not link_hosts or not targets.is_url(str(value.value)):
        return
    from fnmatch import fnmatchcase

    host = _host(str(value.value))
    if host and not any(fnmatchcase(host, pattern.lower()) for pattern in link_hosts):
        yield Problem(value.span, {"host": host}, subject=host)


def allow_all(options: Mapping[str, Any]) -> bool:
    """Whether there is no list of hosts, so that all are allowed."""
    return not options.get("link_hosts")


def _host(url: str) -> str:
    """The host of a web link; empty for what is none, and where something will be filled in."""
    plain = _PLAIN.match(url)
    host = plain[1].lower() if plain else _host_of_any(url)
    return "" if templates.holds(host) or any(mark in host for mark in _UNJUDGED) else host


def _host_of_any(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    return host if parts.scheme.lower() in ("http", "https", "") else ""
