"""Where texts come from: the working tree, the staged index, or any commit. Only this module reads documents."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from runbook_lint import git
from runbook_lint.model import Source, UserError

_SKIPPED = frozenset(
    {".git", ".hg", ".svn", ".tox", ".venv", "venv", "node_modules", "__pycache__", ".runbook-lint-cache"}
)


class CannotRead(Exception):
    """A file of the snapshot cannot be read; the text says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The files of a repository at one moment, sorted by path; ``paths`` are all of them and their folders."""

    root: str
    sources: tuple[Source, ...]
    paths: frozenset[str]


def working_tree(root: str) -> Snapshot:
    """The files on disk: in a git repository those that git does not ignore, elsewhere all."""
    names = git.working_files(root) if git.is_repository(root) else None
    if names is None:
        names = sorted(_walk(root))
    present = [name for name in names if _is_file(root, name)]
    return _snapshot(root, (Source(name, "", _file_reader(root, name)) for name in present))


def commit(root: str, revision: str) -> Snapshot:
    """The files of a commit."""
    return _snapshot(root, (Source(*blob) for blob in git.commit_blobs(root, revision)))


def index(root: str) -> Snapshot:
    """The files as they are staged for the next commit."""
    return _snapshot(root, (Source(*blob) for blob in git.index_blobs(root)))


def find_root(start: str, marker: str) -> str:
    """The folder upward from ``start`` that is a git working tree or has the marker file; empty where there is none."""
    folder = os.path.abspath(start)
    while True:
        if git.is_repository(folder) or os.path.isfile(os.path.join(folder, marker)):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above


def _snapshot(root: str, sources: Iterable[Source]) -> Snapshot:
    ordered = tuple(sorted(sources, key=lambda source: source.path))
    paths: set[str] = set()
    for source in ordered:
        path = source.path
        while path and path not in paths:
            paths.add(path)
            path = path.rpartition("/")[0]
    return Snapshot(root, ordered, frozenset(paths))


def _walk(root: str) -> Iterator[str]:
    """All files below a folder; linked folders are not entered, so loops of links are none."""
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(os.path.join(root, folder) if folder else root))
        except OSError as error:
            if not folder:
                raise UserError(f"the folder {root} cannot be read: {error.strerror}") from None
            continue
        for entry in entries:
            name = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _SKIPPED:
                    folders.append(name)
            else:
                yield name


def _is_file(root: str, name: str) -> bool:
    """Regular files and links to them; no folder, socket or pipe. A dangling link is not there."""
    return os.path.isfile(os.path.join(root, name))


def _file_reader(root: str, name: str) -> Callable[[], bytes]:
    def read() -> bytes:
        full = os.path.join(root, name)
        if os.path.islink(full) and not _inside(root, full):
            raise CannotRead("it is a link that leads out of the repository")
        try:
            with open(full, "rb", buffering=0) as handle:
                return handle.readall()
        except OSError as error:
            raise CannotRead(f"it cannot be read: {(error.strerror or str(error)).lower()}") from None

    return read


def _inside(root: str, full: str) -> bool:
    top = os.path.realpath(root)
    return os.path.realpath(full).startswith(top + os.sep)
