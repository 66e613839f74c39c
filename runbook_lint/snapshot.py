"""Where texts come from: the working tree, the staged index, or any commit. Only this module reads documents.

A link to a file of the repository is read as that file; one that leads elsewhere or nowhere is a source that cannot be
read.
"""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from runbook_lint import git
from runbook_lint.documents.text import LARGEST, SNIFFED, telling
from runbook_lint.model import Source, UserError

_SKIPPED = frozenset(
    {".git", ".hg", ".svn", ".tox", ".venv", "venv", "node_modules", "__pycache__", ".runbook-lint-cache"}
)
_HOPS = 40
_OUTSIDE = "it is a link that leads out of the repository and is never followed"


class ReadError(Exception):
    """A file of the snapshot cannot be read; the text says why."""


class AstrayError(ReadError):
    """It is a link that leads to no file of the repository: what it would be only its name can tell."""


class TooLargeError(ReadError):
    """The file is larger than what is read; ``head`` is its beginning."""

    def __init__(self, size: int, head: bytes) -> None:
        super().__init__(f"it has {size:,} bytes and no more than {LARGEST:,} are read")
        self.head = head


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The files of a repository at one moment, sorted by path.

    ``paths`` are all of them and their folders; ``links`` lead from a link to the file that it stands for; ``locked``
    are folders that could not be opened, with the reason; ``hints`` say what else the reader should know.
    """

    root: str
    sources: tuple[Source, ...]
    paths: frozenset[str]
    links: Mapping[str, str] = field(default_factory=dict)
    locked: tuple[tuple[str, str], ...] = ()
    hints: tuple[str, ...] = ()


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


def commit(root: str, revision: str) -> Snapshot:
    """The files of a commit."""
    return _recorded(root, git.commit_blobs(root, revision))


def index(root: str) -> Snapshot:
    """The files as they are staged for the next commit."""
    return _recorded(root, git.index_blobs(root))


def find_root(start: str, marker: str) -> str:
    """The folder upward from ``start`` that is a git working tree or has the marker file; empty where there is none."""
    folder = os.path.abspath(start)
    while True:
        if git.is_repository(folder) or os.path.lexists(os.path.join(folder, marker)):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above


def _snapshot(
    root: str,
    sources: Iterable[Source],
    links: Mapping[str, str],
    absent: Iterable[str] = (),
    locked: Iterable[tuple[str, str]] = (),
    hints: tuple[str, ...] = (),
) -> Snapshot:
    ordered = tuple(sorted(sources, key=lambda source: source.path))
    locked = [*locked, *_lost_folders(ordered)]
    paths: set[str] = set()
    for name in (*(source.path for source in ordered), *absent):
        path = name
        while path and path not in paths:
            paths.add(path)
            path = path.rpartition("/")[0]
    return Snapshot(root, ordered, frozenset(paths), dict(links), tuple(sorted(locked)), hints)


def _lost_folders(sources: Iterable[Source]) -> Iterator[tuple[str, str]]:
    """The links that lead to no file of the repository and were, by their names, folders of ours."""
    for source in sources:
        if "." not in source.path.rpartition("/")[2] and isinstance(source.read, _Failing) and telling(source.path):
            yield source.path, str(source.read.error)


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
    return _snapshot(root, sources, disk.links, listing.absent, listing.locked, hints)


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
            mode = os.lstat(full).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            return Source(name, "", _Failing(ReadError(_denied(error))))
        if stat.S_ISLNK(mode):
            return self.link(name, full)
        if stat.S_ISDIR(mode):
            return None
        return Source(name, "", _file_reader(full) if stat.S_ISREG(mode) else _Failing(ReadError(_special(mode))))

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
            return Source(name, "", _Failing(AstrayError(_OUTSIDE)))
        if os.path.isdir(real):
            return None
        if not os.path.isfile(real):
            return Source(name, "", _Failing(AstrayError(_nowhere(os.readlink(full)))))
        self.links[name] = inside
        return Source(name, "", _file_reader(real))


def _file_reader(full: str) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with open(full, "rb", buffering=0) as handle:
                size = os.fstat(handle.fileno()).st_size
                if size > LARGEST:
                    raise TooLargeError(size, handle.read(SNIFFED))
                return handle.readall()
        except OSError as error:
            raise ReadError(_denied(error)) from None

    return read


@dataclass(frozen=True, slots=True)
class _Failing:
    """The reader of what cannot be read."""

    error: ReadError

    def __call__(self) -> bytes:
        raise self.error


def _denied(error: OSError) -> str:
    return f"it cannot be read: {(error.strerror or str(error)).lower()}"


def _nowhere(target: str) -> str:
    return f"it is a link to '{target}', which is no file"


def _special(mode: int) -> str:
    kinds = ((stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"))
    return f"it is {next((words for test, words in kinds if test(mode)), 'a device')}, not a file"


def _recorded(root: str, blobs: Iterable[git.Blob]) -> Snapshot:
    by_path = {blob.path: blob for blob in blobs}
    folders = {path[:at] for path in by_path for at, letter in enumerate(path) if letter == "/"}
    links: dict[str, str] = {}
    sources = list(_recorded_sources(by_path, folders, links))
    return _snapshot(root, sources, links)


def _recorded_sources(blobs: Mapping[str, git.Blob], folders: set[str], links: dict[str, str]) -> Iterator[Source]:
    for path, blob in blobs.items():
        if not blob.is_link:
            yield Source(path, blob.content_id, _blob_reader(blob))
            continue
        try:
            target = _led(path, blobs)
        except AstrayError as error:
            yield Source(path, blob.content_id, _Failing(error))
            continue
        if target in blobs:
            links[path] = target
            yield Source(path, blobs[target].content_id, _blob_reader(blobs[target]))
        elif target not in folders and target:
            yield Source(path, blob.content_id, _Failing(AstrayError(_nowhere(_target(blob)))))


def _target(blob: git.Blob) -> str:
    return os.fsdecode(blob.read(SNIFFED)[0])


def _led(path: str, blobs: Mapping[str, git.Blob]) -> str:
    """The path that a link leads to after all links on the way; raises AstrayError when it leaves the repository."""
    done: list[str] = []
    ahead = path.split("/")
    hops = 0
    while ahead:
        step = ahead.pop(0)
        if step in ("", "."):
            continue
        if step == "..":
            if not done:
                raise AstrayError(_OUTSIDE)
            done.pop()
            continue
        done.append(step)
        blob = blobs.get("/".join(done))
        if blob is not None and blob.is_link:
            hops += 1
            target = _target(blob)
            if target.startswith("/"):
                raise AstrayError(_OUTSIDE)
            if hops > _HOPS:
                raise AstrayError(_nowhere(target))
            done.pop()
            ahead = [*target.split("/"), *ahead]
    return "/".join(done)


def _blob_reader(blob: git.Blob) -> Callable[[], bytes]:
    def read() -> bytes:
        content, size = blob.read(LARGEST + 1)
        if size > LARGEST:
            raise TooLargeError(size, content[:SNIFFED])
        return content

    return read
