"""Where a catalog entry leads: repository path and anchor. Shared by all checks and by the resolution of alerts' links."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from runbook_lint.model import Estate, Item

_FORGE = re.compile(
    r"(?P<repository>https?://[^/]+/[^#?]+?)(?:/-)?/(?:blob|tree|raw|src/branch|src)/(?P<path>[^\s]+)", re.I
)
_RAW = re.compile(r"(?P<repository>https?://raw\.githubusercontent\.com/[^/]+/[^/]+)/(?P<path>[^\s]+)", re.I)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


class Target(NamedTuple):
    """A repository path with an anchor; ``path`` is empty for what lies outside the repository."""

    path: str
    anchor: str = ""
    outside: bool = False


def is_url(target: str) -> bool:
    """Whether it has a scheme or a host of its own."""
    return bool(_SCHEME.match(target)) or target.startswith("//")


def of_path(target: str, folder: str = "") -> Target:
    """The target of a relative or root-relative path; ``outside`` when it leads out of the repository."""
    path, _, anchor = target.partition("#")
    path = unquote(path.partition("?")[0])
    full = path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path)
    normal = posixpath.normpath(full) if full else ""
    if normal == ".." or normal.startswith("../"):
        return Target("", unquote(anchor), True)
    return Target("" if normal == "." else normal, unquote(anchor))


def of_prefix(url: str, url_prefixes: Mapping[str, str]) -> Target | None:
    """The target of a URL below a configured prefix, the longest one; None when there is none."""
    for prefix in sorted(url_prefixes, key=len, reverse=True):
        if url.casefold().startswith(prefix.casefold()):
            folder = url_prefixes[prefix]
            return of_path(posixpath.join(folder, url[len(prefix) :].lstrip("/")) if folder else url[len(prefix) :])
    return None


def of_forge(url: str) -> Iterator[Target]:
    """The targets that a forge's URL of a file may mean, the longest first, for the ref may have slashes itself.

    GitHub ``/owner/repo/blob/ref/path`` (also ``tree``, ``raw``), raw.githubusercontent.com ``/owner/repo/ref/path``, GitLab
    ``/-/blob/ref/path``, Bitbucket ``/src/ref/path``, Gitea ``/src/branch/ref/path``.
    """
    found = _FORGE.match(url) or _RAW.match(url)
    if found is None:
        return
    path, _, anchor = found["path"].partition("#")
    words = [word for word in unquote(path.partition("?")[0]).split("/") if word]
    for cut in range(1, len(words)):
        yield Target("/".join(words[cut:]), unquote(anchor))


def forge_repository(url: str) -> str:
    """The part of a forge's URL that names the repository, for comparing; empty for other URLs."""
    found = _FORGE.match(url) or _RAW.match(url)
    return found["repository"].casefold() if found else ""


def of_entry(entry: Item, url_prefixes: Mapping[str, str], estate: Estate) -> Target:
    """The target of a catalog entry by its ``url``; of a URL that shows no file of this repository, nothing."""
    url = entry.text("url")
    if not url or not is_url(url):
        return of_path(url)
    below = of_prefix(url, url_prefixes)
    if below is not None:
        return below
    return next((target for target in of_forge(url) if target.path in estate.paths), Target(""))


def existing(path: str, estate: Estate) -> str:
    """The path as it stands in the repository when only an ending is missing; empty where there is nothing.

    Sites show ``outbox-relay.md`` as ``outbox-relay``, ``outbox-relay/`` or ``outbox-relay.html``.
    """
    bare = path.rstrip("/").removesuffix(".html")
    for candidate in (path, bare, f"{bare}.md", f"{bare}/README.md", f"{bare}/index.md"):
        if candidate in estate.paths:
            return candidate
    return ""


def anchors(path: str, estate: Estate) -> Mapping[str, str] | None:
    """The anchors of a markdown file with their headings; None when the file was not read as markdown."""
    item = estate.by_path.get(path)
    found: Mapping[str, str] | None = item.raw("anchors") if item is not None else None
    return found
