"""What catalogs said in former times: where an id was used before."""

import os
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from runbook_lint import documents, git
from runbook_lint.documents import catalog, instructions
from runbook_lint.documents.text import LARGEST, decode
from runbook_lint.expressions import lazy
from runbook_lint.model import Item

_ENDINGS = (".json", ".yaml", ".yml")
_WORD = lazy(rb"""[^\s"',\[\]{}]+""")
# Up to so many names are looked for one by one.
_FEW = 20


class Use(NamedTuple):
    """An entry that had an id, or had it as an alias, and the last commit that wrote it so."""

    entry: Item
    commit: str


def uses(root: str, commit: str, names: Collection[str], kind_of: Callable[[str], str | None]) -> dict[str, Use]:
    """The last use of each name that any catalog in the history of a commit had; ``kind_of`` is what the configuration
    calls a path."""
    wanted = set(names)
    found: dict[str, Use] = {}
    for version in _catalogs(root, commit, wanted, kind_of):
        for name, entry in _named(version.text, version.path):
            if name in wanted:
                wanted.discard(name)
                found[name] = Use(entry, version.commit)
        if not wanted:
            break
    return found


def written(root: str, paths: Collection[str]) -> dict[str, str]:
    """The day on which the instructions of runbooks were last changed, for those that are committed as they are."""
    head = git.head(root)
    if not head or not paths:
        return {}
    days, read = git.dates(root, head), git.reader(root)
    endings = sorted({os.path.splitext(path)[1] or path.rpartition("/")[2] for path in paths})
    told: dict[str, str] = {}
    found: dict[str, str] = {}
    done: set[str] = set()
    for version in git.versions(root, head, endings):
        if version.path not in paths or version.path in done:
            continue
        said = instructions.read(decode(read(version.content_id))[0])[""]
        if told.setdefault(version.path, said) == said:
            found[version.path] = days[version.commit]
        else:
            done.add(version.path)
    return found


class _Version(NamedTuple):
    commit: str
    path: str
    text: str


def _catalogs(root: str, commit: str, wanted: set[str], kind_of: Callable[[str], str | None]) -> Iterator[_Version]:
    """The versions of catalogs that may have one of the names, the newest first, each content once."""
    read = git.reader(root)
    seen: set[str] = set()
    for version in git.versions(root, commit, _ENDINGS) if wanted else ():
        if version.content_id in seen:
            continue
        seen.add(version.content_id)
        content = read(version.content_id)
        if len(content) > LARGEST or not _mentions(content, wanted):
            continue
        text, fault = decode(content)
        if fault is None and (kind_of(version.path) or documents.recognise(version.path, text)) == "catalog":
            yield _Version(version.commit, version.path, text)


def _mentions(content: bytes, names: set[str]) -> bool:
    wanted = {name.encode("utf-8", "surrogateescape") for name in names}
    if len(wanted) <= _FEW:
        return any(name in content for name in wanted)
    return not wanted.isdisjoint(_WORD.findall(content))


def _named(text: str, path: str) -> Iterator[tuple[str, Item]]:
    """The ids and aliases of a catalog with their entries, ids first."""
    entries = [item for item in catalog.read(text, path) if item.noun in catalog.ENTRIES]
    yield from ((entry.key, entry) for entry in entries if entry.key)
    yield from ((alias, entry) for entry in entries for alias in catalog.aliases(entry))
