"""The files on disk."""

import os
import stat

from runbook_lint import git, store
from runbook_lint.documents.text import LARGEST, SNIFFED
from runbook_lint.model import Source, UserError
from runbook_lint.snapshot.world import (
    OUTSIDE,
    AstrayError,
    Failing,
    ReadError,
    Snapshot,
    TooLargeError,
    gathered,
    nowhere,
)

_SKIPPED = frozenset(
    {".git", ".hg", ".svn", ".tox", ".venv", "venv", "node_modules", "__pycache__", ".runbook-lint-cache"}
)

# Windows would change the ends of lines without the second.
_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0)


def working_tree(root: str) -> Snapshot:
    """The files on disk: in a git repository those that git does not ignore, elsewhere all."""
    top = git.top_of(os.path.realpath(root))
    hints: tuple[str, ...] = ()
    if top:
        try:
            listing = git.working_files(root)
        except git.NoAnswerError as error:
            hints = (f"git cannot tell which files are ignored, so all are read: {error}",)
        else:
            # A folder with a configuration of its own inside an ignored one: git has nothing to say about it.
            if listing.names or os.path.realpath(root) == top:
                return _on_disk(root, listing)
    return _on_disk(root, _walked(root, skip_repositories=bool(top)), hints)


def tracked(root: str) -> Snapshot:
    """The files on disk that git tracks, which are those of a commit as they are now."""
    return _on_disk(root, git.tracked_files(root))


def _walked(root: str, *, skip_repositories: bool) -> git.Listing:
    """All files below a folder; linked folders are not entered, so loops of links are none."""
    names: list[str] = []
    locked: list[tuple[str, str]] = []
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(os.path.join(root, folder) if folder else root))
        except OSError as error:
            if not folder:
                raise UserError(f"the folder {root} cannot be read: {error.strerror}") from None
            locked.append((folder, (error.strerror or str(error)).lower()))
            continue
        if skip_repositories and folder and any(entry.name == ".git" for entry in entries):
            continue
        for entry in entries:
            name = f"{folder}/{entry.name}" if folder else entry.name
            if not entry.is_dir(follow_symlinks=False):
                names.append(name)
            elif entry.name not in _SKIPPED:
                folders.append(name)
    return git.Listing(names, [], locked)


def _on_disk(root: str, listing: git.Listing, hints: tuple[str, ...] = ()) -> Snapshot:
    disk = _Disk(root)
    sources = [source for name in listing.names if (source := disk.source(name))]
    return gathered(root, sources, disk.links, listing.absent, listing.locked, hints)


class _Disk:
    """Turns names into sources, and remembers which folders are links and where links to files lead."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.top = os.path.realpath(root)
        self.links: dict[str, str] = {}
        self.linked: dict[str, bool] = {"": False}

    def source(self, name: str) -> Source | None:
        """The source of a name; None for a folder, and for a file that is not there (any more)."""
        full = os.path.join(self.root, name)
        if self.below_link(name.rpartition("/")[0]):
            return None
        try:
            found = os.lstat(full)
            if stat.S_ISLNK(found.st_mode):
                return self.link(name, full)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            return Source(name, "", Failing(ReadError(_denied(error))))
        mode = found.st_mode
        if stat.S_ISREG(mode):
            return Source(name, "", _File(self.root, name), store.stamp(found))
        return None if stat.S_ISDIR(mode) else Source(name, "", Failing(ReadError(_special(mode))))

    def below_link(self, folder: str) -> bool:
        """Whether a folder or one above it is a link: for git what seems to stand below is deleted."""
        if folder not in self.linked:
            above = folder.rpartition("/")[0]
            self.linked[folder] = self.below_link(above) or os.path.islink(os.path.join(self.root, folder))
        return self.linked[folder]

    def link(self, name: str, full: str) -> Source | None:
        real = os.path.realpath(full)
        inside = os.path.relpath(real, self.top).replace(os.sep, "/")
        if inside == ".." or inside.startswith("../") or ".git" in inside.split("/"):
            return Source(name, "", Failing(AstrayError(OUTSIDE)))
        if os.path.isdir(real):
            return None
        if not os.path.isfile(real):
            return Source(name, "", Failing(AstrayError(nowhere(os.readlink(full)))))
        self.links[name] = inside
        return Source(name, "", _File("", real))


class _File:
    """Reads a file of a folder, or of none where its name is whole; a repository has too many for whole names."""

    __slots__ = ("name", "root")

    def __init__(self, root: str, name: str) -> None:
        self.root = root
        self.name = name

    def __call__(self) -> bytes:
        try:
            handle = os.open(f"{self.root}/{self.name}" if self.root else self.name, _READING)
            try:
                return _content(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise ReadError(_denied(error)) from None


def _content(handle: int) -> bytes:
    """All of an open file; a file object costs more than the reading."""
    size = os.fstat(handle).st_size
    if size > LARGEST:
        raise TooLargeError(size, os.read(handle, SNIFFED))
    content = os.read(handle, size + 1)
    # A file may grow meanwhile, and a read may give less than was asked for.
    while len(content) != size and (more := os.read(handle, LARGEST)):
        content += more
    return content


def _denied(error: OSError) -> str:
    return f"it cannot be read: {(error.strerror or str(error)).lower()}"


def _special(mode: int) -> str:
    kinds = ((stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"))
    return f"it is {next((words for test, words in kinds if test(mode)), 'a device')}, not a file"
