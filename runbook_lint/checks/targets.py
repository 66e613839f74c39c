"""Where a catalog entry leads: repository path and anchor. Shared by all checks and by the resolution of alerts'
links."""

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from runbook_lint.documents.catalog import ENTRIES
from runbook_lint.expressions import lazy
from runbook_lint.model import Estate, Item

_RAW = lazy(r"(?P<host>https?://)raw\.githubusercontent\.com/(?P<repository>[^/#?]+/[^/#?]+)/(?P<path>\S+)", re.I)
_FORGE = lazy(
    r"(?P<host>https?://[^/#?]+/)(?P<repository>[^/#?]+/[^#?]+?)(?:/-)?/(?:blob|tree|raw|edit|blame|src|browse)/(?P<path>\S+)",
    re.I,
)
_SCHEME = lazy(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
# What a forge's URL of a file has in it.
_FORGES = ("githubusercontent", "/blob/", "/tree/", "/raw/", "/edit/", "/blame/", "/src/", "/browse/")
# Files that a site shows at the address of their folder.
_INDEXES = ("README.md", "index.md", "_index.md")


class Target(NamedTuple):
    """A repository path with an anchor; ``path`` is empty for what lies outside the repository."""

    path: str
    anchor: str = ""
    outside: bool = False


class Lead(NamedTuple):
    """Where a catalog entry leads: its target, and the file as it stands in the repository, empty where there is
    none."""

    target: Target
    file: str


def unquoted(text: str) -> str:
    """The text with what its per cent signs stand for."""
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unquote(text)


def is_url(target: str) -> bool:
    """Whether it has a scheme or a host of its own."""
    return (":" in target and bool(_SCHEME.match(target))) or target.startswith("//")


@lru_cache(maxsize=1 << 10)
def of_path(target: str, folder: str = "") -> Target:
    """The target of a relative or root-relative path; ``outside`` when it leads out of the repository."""
    path, _, anchor = target.partition("#")
    path = unquoted(path.partition("?")[0])
    full = path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path)
    normal = posixpath.normpath(full) if full else ""
    if normal == ".." or normal.startswith("../"):
        return Target("", unquoted(anchor), True)
    return Target("" if normal == "." else normal, unquoted(anchor))


def of_prefix(url: str, url_prefixes: Mapping[str, str]) -> Target | None:
    """The target of a URL below a configured prefix, the longest one; None when there is none."""
    for prefix in sorted(url_prefixes, key=len, reverse=True):
        rest = url[len(prefix) :]
        if url[: len(prefix)].lower() == prefix.lower() and (prefix.endswith("/") or rest[:1] in ("", "/", "#", "?")):
            return of_path(rest.lstrip("/"), url_prefixes[prefix])
    return None


def of_forge(url: str) -> Iterator[Target]:
    """The targets that a forge's URL of a file may mean, the longest first, for the ref may have slashes itself.

    GitHub ``/owner/repo/blob/ref/path`` (also ``tree``, ``raw``), raw.githubusercontent.com ``/owner/repo/ref/path``,
    GitLab ``/-/blob/ref/path``, Bitbucket ``/src/ref/path`` and ``/browse/path``, Gitea ``/src/branch/ref/path``.
    """
    found = _forge(url)
    if found is None:
        return
    path, _, anchor = found["path"].partition("#")
    words = [word for word in path.partition("?")[0].split("/") if word]
    for cut in range(0 if "/browse/" in url.lower() else 1, len(words)):
        yield Target(unquoted("/".join(words[cut:])), unquoted(anchor))


def forge_repository(url: str) -> str:
    """The part of a forge's URL that names the repository, for comparing; empty for other URLs."""
    found = _forge(url)
    if found is None:
        return ""
    host = found["host"].partition("://")[2] or "github.com/"
    return f"{host}{found['repository']}".casefold()


def _forge(url: str) -> re.Match[str] | None:
    if url.isascii():
        # Most URLs are none of a forge's, and an expression looks at every slash to know it.
        lower = url.lower()
        if not any(mark in lower for mark in _FORGES):
            return None
    return _RAW.match(url) or _FORGE.match(url)


def of_entry(entry: Item, url_prefixes: Mapping[str, str], estate: Estate) -> Target:
    """The target of a catalog entry by its ``url``; of a URL that shows no file of this repository, nothing."""
    url = entry.text("url")
    if not url or not is_url(url):
        return of_path(url)
    below = of_prefix(url, url_prefixes)
    if below is not None:
        return below
    meant = next((target for target in of_forge(url) if root(target.path) in estate.paths), Target(""))
    return meant if meant.path in estate.paths else Target("")


def leads(estate: Estate, url_prefixes: Mapping[str, str]) -> Mapping[Item, Lead]:
    """Where every entry of an estate leads."""
    return estate.once(("leads", *url_prefixes.items()), lambda: _leads(estate, url_prefixes))


def _leads(estate: Estate, url_prefixes: Mapping[str, str]) -> dict[Item, Lead]:
    found = {entry: of_entry(entry, url_prefixes, estate) for noun in ENTRIES for entry in estate.all(noun)}
    return {entry: Lead(target, existing(target.path, estate)) for entry, target in found.items()}


def file_of(entry: Item, url_prefixes: Mapping[str, str], estate: Estate) -> str:
    """The file that an entry leads to as it stands in the repository; empty where there is none."""
    return existing(of_entry(entry, url_prefixes, estate).path, estate)


def existing(path: str, estate: Estate) -> str:
    """The path as it stands in the repository when only an ending is missing; empty where there is nothing.

    Sites show ``outbox-relay.md`` as ``outbox-relay``, ``outbox-relay/`` or ``outbox-relay.html``, and a folder's
    index at the folder's address.
    """
    bare = path.rstrip("/").removesuffix(".html")
    if not bare:
        return ""
    named = "." in path.rpartition("/")[2]
    if named and path in estate.paths:
        return path
    shown = (f"{bare}.md", *(f"{bare}/{index}" for index in _INDEXES))
    candidates = (path, bare, *shown) if named else (*shown, path, bare)
    return next((candidate for candidate in candidates if candidate in estate.paths), "")


def addresses(path: str) -> tuple[str, ...]:
    """The ways to write a file's path that all mean it, folded: without its ending, and of an index also its folder."""
    folder, _, name = path.rpartition("/")
    return (folded(path), folded(folder)) if name in _INDEXES and folder else (folded(path),)


def folded(path: str) -> str:
    """A path or URL for comparing: without regard to case, a slash at the end, ``.md`` and ``.html``."""
    return path.strip().casefold().rstrip("/").removesuffix(".html").removesuffix(".md")


def root(path: str) -> str:
    """The first part of a path: a folder or file at the top of the repository."""
    return path.partition("/")[0]


def folders(paths: Collection[str]) -> frozenset[str]:
    """Those of a snapshot's paths that are folders."""
    return frozenset(path.rpartition("/")[0] for path in paths) - {""}


def anchors(path: str, estate: Estate) -> Mapping[str, str] | None:
    """The anchors of a markdown file with their headings; None when the file was not read as markdown."""
    item = estate.by_path.get(path)
    found: Mapping[str, str] | None = item.raw("anchors") if item is not None else None
    return found
