"""What the repository's history knows of files: which content each had since when, under whatever name.

Only what a commit itself changed counts: a merge brings nothing of its own, and what a clone or a repository begins
with was there before anybody can tell since when.
"""

import datetime
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from runbook_lint import git
from runbook_lint.documents.text import LARGEST, decode
from runbook_lint.model import UserError


class Version(NamedTuple):
    """A content that a file had, the day from which it had it, and whether that is when somebody wrote it: not so for
    what stands in a commit without a parent."""

    day: datetime.date
    commit: str
    content_id: str
    written: bool


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


def of(root: str, today: datetime.date) -> History | None:
    """The history up to a day; None where there is none."""
    try:
        head = git.head(root)
        if not head:
            return None
        commits, first = git.log(root, head), git.roots(root, head)
        told = list(git.versions(root, head, [""], merges=False))
    except UserError:
        return None
    by_path: defaultdict[str, list[Version]] = defaultdict(list)
    for each in reversed(told):
        day = datetime.date.fromisoformat(commits[each.commit].day)
        if day <= today:
            by_path[each.path].append(Version(day, each.commit, each.content_id, each.commit not in first))
    for found in by_path.values():
        found.sort(key=lambda version: version.day)
    return History(_lineages(by_path), commits, cache(_reading(git.reader(root))))


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
