"""The only module that talks to git.

What every run asks is asked from git itself: lists of files in one short process, because only git knows its ignore
rules; contents from one process for all of them, because each process costs as much as reading a hundred files.
GitPython, whose import costs more than all that, walks the history where a question is rare.
"""

import datetime
import os
import re
import subprocess
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import IO, NamedTuple, cast

from runbook_lint.model import UserError

# Variables that point git at another repository than the one we ask about; hooks set them.
_LEADING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
# Variables that change what names of files mean.
_MEANING = ("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS")
_REGULAR = ("100644", "100755")
_SYMLINK = "120000"
_ABSENT = b"S"
_LOCKED = re.compile(rb"^warning: could not open directory '(.+?)/?': (.+)$", re.M)


# The parent of a commit, as people write it.
_PARENT = re.compile(r"(.+?)(?:\^1?|~1?)", re.S)
_CHUNK = 1 << 20
_FETCH = (
    "the clone is shallow; fetch the history first: `git fetch --unshallow` "
    "(GitHub Actions: `fetch-depth: 0` at the checkout; GitLab CI: `GIT_DEPTH: 0`)"
)


class NoAnswerError(Exception):
    """Git cannot be asked about a folder; the text says why."""


class AbsentError(Exception):
    """The clone does not have the content of a file."""


class Blob(NamedTuple):
    """A file of a commit or of the index; of a symbolic link the content is where it leads. ``read`` takes how many
    bytes to give at most, and gives the whole size with them."""

    path: str
    content_id: str
    is_link: bool
    read: Callable[[int], tuple[bytes, int]]


class Version(NamedTuple):
    """A content that a file once had, and the commit that gave it."""

    commit: str
    path: str
    content_id: str


class Listing(NamedTuple):
    """The files of a working tree that count, those that a sparse checkout leaves out, and the folders that git could
    not open with the reason."""

    names: list[str]
    absent: list[str]
    locked: list[tuple[str, str]]


def is_repository(root: str) -> bool:
    """Whether the folder is the top of a git working tree, or a repository without one."""
    if os.path.exists(os.path.join(root, ".git")):
        return True
    return all(os.path.exists(os.path.join(root, name)) for name in ("HEAD", "objects", "refs"))


def top_of(folder: str) -> str:
    """The top of the git working tree around a folder; empty where there is none."""
    start = folder
    while not is_repository(folder):
        above = os.path.dirname(folder)
        if above == folder:
            return _given_top(start)
        folder = above
    return folder


def _given_top(folder: str) -> str:
    """The top of the working tree that only the environment tells of, if the folder lies in it."""
    tree = os.path.realpath(os.environ.get("GIT_WORK_TREE", "")) if os.environ.get("GIT_WORK_TREE") else ""
    inside = tree and (folder + os.sep).startswith(tree.rstrip(os.sep) + os.sep)
    return tree if inside and os.path.isdir(os.environ.get("GIT_DIR", "")) else ""


def environment(root: str) -> dict[str, str]:
    """The environment without what would point git at another repository than that of ``root``.

    A hook's temporary index (``git commit PATH``) is the staged state, but only of the repository that we stand in.
    """
    top = top_of(os.path.realpath(root))
    given = top and top == _given_top(top)
    leading = () if given else _LEADING
    kept = {name: value for name, value in os.environ.items() if name not in (*leading, *_MEANING)}
    if top_of(os.path.realpath(os.getcwd())) != top:
        kept.pop("GIT_INDEX_FILE", None)
    return {**kept, "LC_ALL": "C"}


def working_files(root: str) -> Listing:
    """Tracked files and untracked ones that are not ignored; raises NoAnswerError when git cannot tell."""
    command = ("ls-files", "-t", "-z", "--cached", "--others", "--exclude-standard")
    try:
        done = _git(root, *command)
    except FileNotFoundError:
        raise NoAnswerError("there is no git program") from None
    if done.returncode:
        _refuse_foreign(root, done.stderr)
        raise NoAnswerError(_sentence(done.stderr))
    names: set[str] = set()
    absent: set[str] = set()
    for line in done.stdout.split(b"\0"):
        if line:
            (absent if line[:1] == _ABSENT else names).add(os.fsdecode(line[2:]))
    locked = [(os.fsdecode(name), os.fsdecode(why).lower()) for name, why in _LOCKED.findall(done.stderr)]
    return Listing(sorted(names), sorted(absent), locked)


def commit_blobs(root: str, commit: str) -> list[Blob]:
    """The files of a commit, given by its id."""
    return _listed(root, _tree_lines(_output(root, "a commit", "ls-tree", "-r", "-z", commit)))


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
        path = _output(root, "history", "rev-parse", "--git-path", "MERGE_HEAD").decode().strip()
        with open(os.path.join(root, path), encoding="ascii") as handle:
            return handle.read().split()
    except OSError:
        return []


def base_of(root: str, revision: str, head: str, merging: Sequence[str] = ()) -> str:
    """The id of the commit from which a change began: where ``head``, with what is being merged into it, and
    ``revision`` part.

    Empty when nothing was before: ``revision`` is the parent of the very first commit, or the head of a repository
    that has no commit yet. Raises UserError when it cannot be told.
    """
    if _is_nothing(root, revision):
        return ""
    base = commit_of(root, revision)
    if not head:
        raise UserError(f"there is no commit yet in {root} that could be compared with '{revision}'")
    found = _asked(root, "history", "merge-base", base, head, *merging)
    if found.returncode:
        advice = _FETCH if is_shallow(root) else "name a base that the change began from"
        raise UserError(f"no common commit of '{revision}' and the head is here; {advice}")
    return found.stdout.decode("ascii").strip()


def is_shallow(root: str) -> bool:
    """Whether the clone lacks a part of the history."""
    return _asked(root, "history", "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"


def versions(root: str, commit: str, endings: Sequence[str]) -> Iterator[Version]:
    """Every content that a file with one of the endings had in the history of a commit, the newest first."""
    files = ["--", *(f":(icase)*{ending}" for ending in endings)]
    commits = _output(root, "history", "rev-list", "--topo-order", "--full-history", commit, *files)
    told = ("diff-tree", "--stdin", "-r", "-m", "--root", "-z", "--no-renames", "--relative", *files)
    yield from _versions(_output(root, "history", *told, given=commits))


def dates(root: str, commit: str) -> dict[str, str]:
    """The day on which each commit of a history was written, by its author: ``YYYY-MM-DD``."""
    told = _output(root, "history", "rev-list", "--format=%as", commit).decode("ascii").split("\n")
    return {told[at].removeprefix("commit "): told[at + 1] for at in range(0, len(told) - 1, 2)}


class Commit(NamedTuple):
    """A commit for people: its id, its author's day and name, and the first line of its message."""

    id: str
    day: str
    author: str
    subject: str


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
    told = _output(root, "history", "rev-list", "-1", f"--before={day} 23:59:59 +0000", "HEAD")
    return told.decode("ascii").strip()


def reader(root: str) -> Callable[[str], bytes]:
    """Reads whole contents by their ids, all through one process."""
    contents = _Contents(root)
    return lambda content_id: contents.read(content_id)[0]


def _versions(told: bytes) -> Iterator[Version]:
    """``diff-tree -z``: the id of a commit, then for each file ``:mode mode id id status`` and its path."""
    words = iter(told.split(b"\0"))
    commit = ""
    for word in words:
        if not word.startswith(b":"):
            commit = word.decode("ascii").strip()
            continue
        _, mode, _, content_id, _ = word.decode("ascii").split()
        path = os.fsdecode(next(words))
        if mode in _REGULAR:
            yield Version(commit, path, content_id)


def _id(root: str, revision: str) -> str:
    found = _asked(root, "a commit", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found.returncode:
        _refuse_foreign(root, found.stderr)
        if b"fatal: " in found.stderr and b"eeded a single revision" not in found.stderr:
            raise UserError(f"git cannot read {root}: {_sentence(found.stderr)}")
        return ""
    return found.stdout.decode("ascii").strip()


def _is_nothing(root: str, revision: str) -> bool:
    """Whether a revision means what was before everything: forges write it as zeros."""
    if not revision.strip("0") and len(revision) in (40, 64):
        return True
    if _id(root, revision):
        return False
    if revision in ("HEAD", "@"):
        return True
    child = _PARENT.fullmatch(revision)
    first = _id(root, child[1]) if child else ""
    if not first or is_shallow(root):
        return False
    return b" " not in _output(root, "history", "rev-list", "--parents", "-1", first).strip()


def index_blobs(root: str) -> list[Blob]:
    """The files as they are staged; of one in conflict our own side."""
    index = environment(root).get("GIT_INDEX_FILE", "")
    if index and not os.path.exists(index):
        raise UserError(f"there is no index {index}, which GIT_INDEX_FILE names")
    listing = _output(root, "what is staged", "ls-files", "-s", "-z")
    return _listed(root, _index_lines(listing))


def _git(root: str, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-C", root, *words]
    return subprocess.run(command, capture_output=True, input=given, env=environment(root), check=False)


def _asked(root: str, what: str, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    if not top_of(os.path.realpath(root)):
        raise UserError(f"{what} can be read only in a git repository, and {root} is none")
    try:
        return _git(root, *words, given=given)
    except FileNotFoundError:
        raise UserError(f"{what} can be read only with git, and there is no git program on the PATH") from None


def _output(root: str, what: str, *words: str, given: bytes = b"") -> bytes:
    done = _asked(root, what, *words, given=given)
    if done.returncode:
        _refuse_foreign(root, done.stderr)
        raise UserError(f"git cannot list {what} in {root}: {_sentence(done.stderr)}")
    return done.stdout


def _refuse_foreign(root: str, said: bytes) -> None:
    """Git does not trust the repository of another user: only the user can say that it may."""
    if b"dubious ownership" in said:
        top = top_of(os.path.realpath(root)) or root
        raise UserError(
            f"git refuses to read {top}: it belongs to another user; if you trust it, run "
            f"`git config --global --add safe.directory {top}`"
        )


class _Line(NamedTuple):
    mode: str
    sha: str
    path: str


def _tree_lines(listing: bytes) -> Iterator[_Line]:
    """``ls-tree``: mode type id TAB path."""
    for head, path in _split(listing):
        mode, _, sha = head
        yield _Line(mode, sha, path)


def _index_lines(listing: bytes) -> Iterator[_Line]:
    """``ls-files -s``: mode id stage TAB path. Stages: 0 merged; in a conflict 1 the ancestor, 2 ours, 3 theirs."""
    best: dict[str, tuple[int, _Line]] = {}
    for (mode, sha, stage), path in _split(listing):
        rank = "0231".index(stage)
        if path not in best or rank < best[path][0]:
            best[path] = rank, _Line(mode, sha, path)
    yield from (line for _, line in best.values())


def _split(listing: bytes) -> Iterator[tuple[list[str], str]]:
    for line in listing.split(b"\0"):
        if line:
            head, _, name = line.partition(b"\t")
            yield head.decode("ascii").split(), os.fsdecode(name)


def _listed(root: str, lines: Iterator[_Line]) -> list[Blob]:
    contents = _Contents(root)
    kept = (line for line in lines if line.mode in _REGULAR or line.mode == _SYMLINK)
    return [Blob(path, sha, mode == _SYMLINK, partial(contents.read, sha)) for mode, sha, path in kept]


class _Contents:
    """Reads contents by their ids from one ``git cat-file``, which starts with the first and ends with this object."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.pipes: tuple[IO[bytes], IO[bytes]] | None = None

    def read(self, content_id: str, largest: int | None = None) -> tuple[bytes, int]:
        """The content, its beginning where it is larger than asked for, and its whole size."""
        if self.pipes is None:
            self.pipes = self._started()
        asking, telling = self.pipes
        try:
            asking.write(f"{content_id}\n".encode("ascii"))
            asking.flush()
            head = telling.readline().split()
        except BrokenPipeError:
            head = []
        if len(head) != 3:
            raise AbsentError("its content is not in this clone")
        size = int(head[2])
        content = telling.read(size if largest is None else min(size, largest))
        rest = size - len(content) + 1
        while rest > 0:
            rest -= len(telling.read(min(rest, _CHUNK))) or rest
        return content, size

    def _started(self) -> tuple[IO[bytes], IO[bytes]]:
        command = ["git", "-C", self.root, "cat-file", "--batch"]
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        running = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere, env=environment(self.root))
        weakref.finalize(self, _ended, running)
        return cast(IO[bytes], running.stdin), cast(IO[bytes], running.stdout)


def _ended(running: subprocess.Popen[bytes]) -> None:
    for stream in (running.stdin, running.stdout):
        # What could not be written to one that died is lost already.
        with suppress(OSError):
            cast(IO[bytes], stream).close()
    running.wait()


def _sentence(said: bytes) -> str:
    """The first line of what git said that says what is wrong."""
    lines = said.decode("utf-8", "replace").strip().splitlines()
    fatal = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else "no reason")
    return fatal.partition(": ")[2] or fatal
