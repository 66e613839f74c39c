"""What stands in the working tree, the index and commits: lists of files, and their contents."""

import os
import re
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from runbook_lint.expressions import lazy
from runbook_lint.git.asking import output, refuse_foreign, run, sentence
from runbook_lint.git.listing import PRESENT, TRACKED, parted
from runbook_lint.git.surroundings import environment
from runbook_lint.model import UserError

if TYPE_CHECKING:
    import subprocess

REGULAR = ("100644", "100755")
_SYMLINK = "120000"
_LOCKED = lazy(rb"^warning: could not open directory '(.+?)/?': (.+)$", re.M)

_CHUNK = 1 << 20


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


class Listing(NamedTuple):
    """The files of a working tree that count, those that a sparse checkout leaves out, and the folders that git could
    not open with the reason."""

    names: list[str]
    absent: list[str]
    locked: list[tuple[str, str]]


def working_files(root: str) -> Listing:
    """Tracked files and untracked ones that are not ignored; raises NoAnswerError when git cannot tell."""
    try:
        done = run(root, *PRESENT)
    except FileNotFoundError:
        raise NoAnswerError("there is no git program") from None
    if done.returncode:
        refuse_foreign(root, done.stderr)
        raise NoAnswerError(sentence(done.stderr))
    locked = [(os.fsdecode(name), os.fsdecode(why).lower()) for name, why in _LOCKED.findall(done.stderr)]
    return _listing(done.stdout, locked)


def tracked_files(root: str) -> Listing:
    """Tracked files alone."""
    return _listing(output(root, "what is tracked", *TRACKED), [])


def _listing(told: bytes, locked: list[tuple[str, str]]) -> Listing:
    names, absent = parted(told)
    return Listing(sorted(names), sorted(absent), locked)


def commit_blobs(root: str, commit: str) -> list[Blob]:
    """The files of a commit, given by its id."""
    return _listed(root, _tree_lines(output(root, "a commit", "ls-tree", "-r", "-z", commit)))


def index_blobs(root: str) -> list[Blob]:
    """The files as they are staged; of one in conflict our own side."""
    index = environment(root).get("GIT_INDEX_FILE", "")
    if index and not os.path.exists(index):
        raise UserError(f"there is no index {index}, which GIT_INDEX_FILE names")
    listing = output(root, "what is staged", "ls-files", "-s", "-z")
    return _listed(root, _index_lines(listing))


def reader(root: str) -> Callable[[str], bytes]:
    """Reads whole contents by their ids, all through one process."""
    contents = _Contents(root)
    return lambda content_id: contents.read(content_id)[0]


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
    kept = (line for line in lines if line.mode in REGULAR or line.mode == _SYMLINK)
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
        import subprocess

        command = ["git", "-C", self.root, "cat-file", "--batch"]
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        running = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere, env=environment(self.root))
        weakref.finalize(self, _ended, running)
        return cast(IO[bytes], running.stdin), cast(IO[bytes], running.stdout)


def _ended(running: "subprocess.Popen[bytes]") -> None:
    for stream in (running.stdin, running.stdout):
        # What could not be written to one that died is lost already.
        with suppress(OSError):
            cast(IO[bytes], stream).close()
    running.wait()
