"""What the repository's history knows of files: which content each had since when, under whatever name.

Only what a commit itself changed counts: a merge brings nothing of its own, and what a clone or a repository begins
with was there before anybody can tell since when.
"""

import datetime
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from runbook_lint import git
from runbook_lint.documents.text import LARGEST, decode
from runbook_lint.model import UserError

# So many commits stand before one that only joins others.
_MERGED = 2
# So many contents are held.
_FEW = 4


class Version(NamedTuple):
    """A content that a file had, the day from which it had it, and whether that is when somebody wrote it: not so for
    what stands in a commit without a parent."""

    day: datetime.date
    commit: str
    content_id: str
    written: bool


class Commits(NamedTuple):
    """The commit that is checked out, all of its history by their ids, the newest first, and the line that the branch
    was at: times in seconds and ids."""

    head: str
    all: Mapping[str, git.Logged]
    line: Sequence[tuple[int, str]]


def commits(root: str) -> Commits:
    """What a repository was at; nothing where that cannot be told."""
    try:
        head = git.head(root)
        found = git.log(root, head) if head else {}
    except UserError:
        return Commits("", {}, ())
    return Commits(head, found, git.mainline(found, head))


class History(NamedTuple):
    """The versions of a file in the order of their days, also under names that it had before; the commits; and how to
    read a content."""

    versions: Callable[[str], Sequence[Version]]
    commits: Mapping[str, git.Commit]
    read: Callable[[str], str]

    def at(self, path: str, day: datetime.date) -> Version | None:
        """The version that a file had at the end of a day; None when it was not there, or nobody can tell."""
        versions = self.versions(path)
        index = bisect_right(versions, day, key=lambda version: version.day)
        return versions[index - 1] if index else None

    def after(self, path: str, day: datetime.date) -> list[Version]:
        """What a file became after a day, by commits that wrote it."""
        return [version for version in self.versions(path) if version.day > day and version.written]

    def wrote(self, commit: str, path: str) -> bool:
        """Whether a commit changed a file."""
        return any(version.commit == commit for version in self.versions(path))


def of(root: str, known: Commits, today: datetime.date) -> History | None:
    """The history up to a day; None where there is none."""
    if not known.line:
        return None
    single = {id_: each for id_, each in known.all.items() if len(each.parents) < _MERGED}
    try:
        told = list(git.written(root, single))
    except UserError:
        return None
    days = {id_: datetime.date.fromisoformat(each.commit.day) for id_, each in single.items()}
    by_path: defaultdict[str, list[Version]] = defaultdict(list)
    for each in reversed(told):
        if days[each.commit] <= today:
            written = bool(single[each.commit].parents)
            by_path[each.path].append(Version(days[each.commit], each.commit, each.content_id, written))
    for found in by_path.values():
        found.sort(key=lambda version: version.day)
    seen = {id_: each.commit for id_, each in single.items()}
    # Who asks for a content again does so soon, and whole histories of contents would fill the memory.
    return History(_lineages(by_path), seen, lru_cache(_FEW)(_reading(git.reader(root))))


def _lineages(by_path: Mapping[str, Sequence[Version]]) -> Callable[[str], Sequence[Version]]:
    """The versions of a file with those of the file that it was before it got its name: that had the same content."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for path, versions in by_path.items():
        for version in versions:
            owners[version.content_id].append(path)

    @cache
    def of(path: str) -> Sequence[Version]:
        found, seen = list(by_path.get(path, ())), {path}
        while found:
            first = found[0]
            before = next((name for name in owners[first.content_id] if name not in seen and _had(name, first)), None)
            if before is None:
                break
            seen.add(before)
            found = [*(version for version in by_path[before] if version.day <= first.day), *found]
        return [version for at, version in enumerate(found) if not at or found[at - 1].content_id != version.content_id]

    def _had(name: str, version: Version) -> bool:
        return any(each.content_id == version.content_id and each.day <= version.day for each in by_path[name])

    return of


def _reading(read: Callable[[str], bytes]) -> Callable[[str], str]:
    def text(content_id: str) -> str:
        try:
            content = read(content_id)
        except git.AbsentError:
            return ""
        return decode(content)[0] if len(content) <= LARGEST else ""

    return text
