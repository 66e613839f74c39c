"""Commits: which is meant, where two part, and what files were in former times."""

import datetime
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from runbook_lint.expressions import lazy
from runbook_lint.git.asking import asked, output, refuse_foreign, sentence
from runbook_lint.git.contents import REGULAR
from runbook_lint.git.surroundings import top_of
from runbook_lint.model import UserError

# The parent of a commit, as people write it.
_PARENT = lazy(r"(.+?)(?:\^1?|~1?)", re.S)
_DIFF = ("diff-tree", "--stdin", "-r", "-m", "--root", "-z", "--no-renames", "--relative")
_FETCH = (
    "the clone is shallow; fetch the history first: `git fetch --unshallow` "
    "(GitHub Actions: `fetch-depth: 0` at the checkout; GitLab CI: `GIT_DEPTH: 0`)"
)


class Version(NamedTuple):
    """A content that a file once had, and the commit that gave it."""

    commit: str
    path: str
    content_id: str


class Commit(NamedTuple):
    """A commit for people: its id, its author's day and name, and the first line of its message."""

    id: str
    day: str
    author: str
    subject: str


class Difference(NamedTuple):
    """A file that is another one in a commit than in an earlier one: its modes there and here, and the earlier
    content."""

    path: str
    mode: str
    earlier_mode: str
    earlier_id: str


class Logged(NamedTuple):
    """A commit with its time in seconds, and the commits before it."""

    commit: Commit
    when: int
    parents: Sequence[str]


def commit_of(root: str, revision: str) -> str:
    """The id of the commit that a revision names; raises UserError when there is none."""
    found = _id(root, revision)
    if not found:
        advice = "name one commit of it" if ".." in revision else _FETCH if is_shallow(root) else "is it fetched?"
        raise UserError(f"git knows no commit '{revision}' in {root}; {advice}")
    return found


def head(root: str) -> str:
    """The id of the commit that is checked out; empty before the first one."""
    return _id(root, "HEAD")


def merging(root: str) -> list[str]:
    """The ids of the commits that are being merged into the one that is checked out."""
    try:
        path = _kept(root, "MERGE_HEAD") or output(root, "history", "rev-parse", "--git-path", "MERGE_HEAD").decode()
        with open(os.path.join(root, path.strip()), encoding="ascii") as handle:
            return handle.read().split()
    except OSError:
        return []


def base_of(root: str, revision: str, head: str, merging: Sequence[str] = ()) -> str:
    """The id of the commit from which a change began: where ``head``, with what is being merged into it, and
    ``revision`` part.

    Empty when nothing was before: ``revision`` is the parent of the very first commit, or the head of a repository
    that has no commit yet. Raises UserError when it cannot be told.
    """
    base = "" if _is_zero(revision) else _id(root, revision)
    if not base and _is_nothing(root, revision):
        return ""
    base = base or commit_of(root, revision)
    if base == head:
        return base
    if not head:
        raise UserError(f"there is no commit yet in {root} that could be compared with '{revision}'")
    found = asked(root, "history", "merge-base", base, head, *merging)
    if found.returncode:
        advice = _FETCH if is_shallow(root) else "name a base that the change began from"
        raise UserError(f"no common commit of '{revision}' and the head is here; {advice}")
    return found.stdout.decode("ascii").strip()


def is_shallow(root: str) -> bool:
    """Whether the clone lacks a part of the history."""
    kept = _kept(root, "shallow")
    if kept and "GIT_SHALLOW_FILE" not in os.environ:
        return os.path.exists(kept)
    return asked(root, "history", "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"


def versions(root: str, commit: str, endings: Sequence[str]) -> Iterator[Version]:
    """Every content that a file with one of the endings had in the history of a commit, the newest first."""
    files = ["--", *(f":(icase)*{ending}" for ending in endings)]
    commits = output(root, "history", "rev-list", "--topo-order", "--full-history", commit, *files)
    yield from _versions(output(root, "history", *_DIFF, *files, given=commits))


def written(root: str, commits: Iterable[str]) -> Iterator[Version]:
    """Every content that one of the commits gave a file."""
    yield from _versions(output(root, "history", *_DIFF, given="".join(f"{id_}\n" for id_ in commits).encode("ascii")))


def differences(root: str, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[Difference]]:
    """The files in which each of some pairs of commits differ, a later one and an earlier one."""
    pairs = list(pairs)
    given = "".join(f"{later} {earlier}\n" for later, earlier in pairs)
    words = iter(os.fsdecode(output(root, "history", *_DIFF, given=given.encode("ascii"))).split("\0"))
    earlier = dict(pairs)
    found: dict[tuple[str, str], list[Difference]] = {pair: [] for pair in pairs}
    pair = ("", "")
    for word in words:
        if not word.startswith(":"):
            pair = (word.strip(), earlier.get(word.strip(), ""))
            continue
        before, mode, content_id, _, _ = word[1:].split()
        found[pair].append(Difference(next(words), mode, before, content_id))
    return found


def dates(root: str, commit: str) -> dict[str, str]:
    """The day on which each commit of a history was written, by its author: ``YYYY-MM-DD``."""
    return dict(line.split() for line in _told(root, "--format=%H %as", commit))


def log(root: str, commit: str) -> dict[str, Logged]:
    """All commits of a history by their ids, the newest first, each with the day on which it was committed. Those at
    which a shallow clone ends have none before them."""
    told = _told(root, "--topo-order", "--format=%H%x00%cs%x00%an%x00%s%x00%ct%x00%P", commit)
    found = (line.split("\0") for line in told)
    return {word[0]: Logged(Commit(*word[:4]), int(word[4]), word[5].split()) for word in found}


def mainline(commits: Mapping[str, Logged], head: str) -> list[tuple[int, str]]:
    """The commits of a history that a branch was at one after the other, the newest first, each with its time in
    seconds: without what only branches had that were merged. None is younger than those after it, whatever its clock
    said."""
    found = []
    while head in commits:
        found.append((commits[head].when, head))
        head = next(iter(commits[head].parents), "")
    return list(zip(accumulate((when for when, _ in found), min), (id_ for _, id_ in found), strict=True))


def _told(root: str, *words: str) -> list[str]:
    """What ``rev-list --format`` says of each commit, without the line before it that names the commit."""
    return output(root, "history", "rev-list", *words).decode("utf-8", "replace").split("\n")[1::2]


def is_dirty(root: str) -> bool:
    """Whether tracked files are other than they were committed."""
    return bool(output(root, "its state", "status", "--porcelain", "--untracked-files=no", "--", "."))


def remote_url(root: str) -> str:
    """Where the repository was cloned from; empty when nowhere."""
    found = asked(root, "its configuration", "config", "--get", "remote.origin.url")
    return found.stdout.decode("utf-8", "replace").strip() if not found.returncode else ""


def commits(root: str, path: str, since: datetime.date) -> list[Commit]:
    """The commits after a day that changed a file, the newest first, under its present name."""
    head(root)
    import git

    repository = git.Repo(top_of(os.path.realpath(root)))
    relative = os.path.relpath(os.path.join(os.path.realpath(root), path), str(repository.working_dir))
    found = repository.iter_commits("HEAD", paths=relative, since=f"{since} 23:59:59 +0000")
    return [
        Commit(each.hexsha, f"{each.authored_datetime:%Y-%m-%d}", str(each.author.name), str(each.summary))
        for each in found
    ]


def commit_before(root: str, day: datetime.date) -> str:
    """The id of the last commit of a day or before it; empty where there is none."""
    told = output(root, "history", "rev-list", "-1", f"--before={day} 23:59:59 +0000", "HEAD")
    return told.decode("ascii").strip()


def _versions(told: bytes) -> Iterator[Version]:
    """``diff-tree -z``: the id of a commit, then for each file ``:mode mode id id status`` and its path."""
    words = iter(os.fsdecode(told).split("\0"))
    commit = ""
    for word in words:
        if not word.startswith(":"):
            commit = word.strip()
            continue
        _, mode, _, content_id, _ = word.split()
        path = next(words)
        if mode in REGULAR:
            yield Version(commit, path, content_id)


def _id(root: str, revision: str) -> str:
    found = asked(root, "a commit", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found.returncode:
        refuse_foreign(root, found.stderr)
        if b"fatal: " in found.stderr and b"eeded a single revision" not in found.stderr:
            raise UserError(f"git cannot read {root}: {sentence(found.stderr)}")
        return ""
    return found.stdout.decode("ascii").strip()


def _kept(root: str, name: str) -> str:
    """Where git keeps a file of a repository, if that is known without asking: not so for a tree that is linked to the
    repository of another one."""
    top = top_of(os.path.realpath(root))
    folder = os.path.join(top, ".git")
    return os.path.join(folder, name) if top and os.path.isdir(folder) else ""


def _is_zero(revision: str) -> bool:
    """Whether a revision is written as forges write what was before everything."""
    return not revision.strip("0") and len(revision) in (40, 64)


def _is_nothing(root: str, revision: str) -> bool:
    """Whether a revision that is no commit means what was before everything."""
    if _is_zero(revision) or revision in ("HEAD", "@"):
        return True
    child = _PARENT.fullmatch(revision)
    first = _id(root, child[1]) if child else ""
    if not first or is_shallow(root):
        return False
    return b" " not in output(root, "history", "rev-list", "--parents", "-1", first).strip()
