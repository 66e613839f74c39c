"""The only module that talks to git.

Lists of files are asked from git itself in one short process, because only git knows its ignore rules and GitPython's
import alone costs ten times as much. What stands in commits and in the index is read through GitPython.
"""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from runbook_lint.model import UserError

# Variables that point git at another repository than the one we ask about; hooks set them.
_REDIRECTING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
_REGULAR = ("100644", "100755")
_SYMLINK = "120000"
_ABSENT = b"S"
_LOCKED = re.compile(rb"^warning: could not open directory '(.+?)/?': (.+)$", re.M)


class NoAnswerError(Exception):
    """Git cannot be asked about a folder; the text says why."""


class Blob(NamedTuple):
    """A file of a commit or of the index; of a symbolic link the content is where it leads. ``read`` takes how many
    bytes to give at most, and gives the whole size with them."""

    path: str
    content_id: str
    is_link: bool
    read: Callable[[int], tuple[bytes, int]]


class Listing(NamedTuple):
    """The files of a working tree that count, those that a sparse checkout leaves out, and the folders that git could
    not open with the reason."""

    names: list[str]
    absent: list[str]
    locked: list[tuple[str, str]]


def is_repository(root: str) -> bool:
    """Whether the folder is the top of a git working tree."""
    return os.path.exists(os.path.join(root, ".git"))


def top_of(folder: str) -> str:
    """The top of the git working tree around a folder; empty where there is none."""
    while not is_repository(folder):
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above
    return folder


def environment(root: str) -> dict[str, str]:
    """The environment without what would point git at another repository than that of ``root``.

    A hook's temporary index (``git commit PATH``) is the staged state, but only of the repository that we stand in.
    """
    kept = {name: value for name, value in os.environ.items() if name not in _REDIRECTING}
    if top_of(os.path.realpath(os.getcwd())) != top_of(os.path.realpath(root)):
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


def commit_blobs(root: str, revision: str) -> list[Blob]:
    """The files of a commit; raises UserError when there is no such commit."""
    found = _asked(root, "a commit", "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    if found.returncode:
        _refuse_foreign(root, found.stderr)
        raise UserError(f"git knows no commit '{revision}' in {root}; is it fetched?")
    sha = found.stdout.decode("ascii").strip()
    listing = _output(root, "a commit", "ls-tree", "-r", "-z", sha)
    return list(_listed(root, _tree_lines(listing)))


def index_blobs(root: str) -> list[Blob]:
    """The files as they are staged; of one in conflict our own side."""
    listing = _output(root, "what is staged", "ls-files", "-s", "-z")
    return list(_listed(root, _index_lines(listing)))


def _git(root: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-C", root, *words]
    return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, env=environment(root), check=False)


def _asked(root: str, what: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    if not top_of(os.path.realpath(root)):
        raise UserError(f"{what} can be read only in a git repository, and {root} is none")
    try:
        return _git(root, *words)
    except FileNotFoundError:
        raise UserError(f"{what} can be read only with git, and there is no git program on the PATH") from None


def _output(root: str, what: str, *words: str) -> bytes:
    done = _asked(root, what, *words)
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


def _listed(root: str, lines: Iterator[_Line]) -> Iterator[Blob]:
    for mode, sha, path in lines:
        if mode in _REGULAR or mode == _SYMLINK:
            yield Blob(path, sha, mode == _SYMLINK, _reader(root, sha))


def _reader(root: str, sha: str) -> Callable[[int], tuple[bytes, int]]:
    def read(largest: int) -> tuple[bytes, int]:
        stream = _repository(os.path.realpath(root)).odb.stream(bytes.fromhex(sha))
        return stream.read(largest), stream.size

    return read


@lru_cache(maxsize=4)
def _repository(root: str) -> Any:
    """GitPython's view of the repository around a folder, whatever a hook's environment says."""
    try:
        import git

        repository = git.Repo(top_of(root))
    except Exception as error:
        raise UserError(f"{root} is no git repository that can be read: {_sentence(str(error).encode())}") from None
    repository.git.update_environment(GIT_DIR=str(repository.git_dir), GIT_WORK_TREE=top_of(root))
    return repository


def _sentence(said: bytes) -> str:
    """The first line of what git said that says what is wrong."""
    lines = said.decode("utf-8", "replace").strip().splitlines()
    fatal = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else "no reason")
    return fatal.partition(": ")[2] or fatal
