"""What a snapshot is: the files of a repository at one moment, each with a way to read it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from runbook_lint.documents.text import LARGEST, decode, telling
from runbook_lint.model import Source

OUTSIDE = "it is a link that leads out of the repository and is never followed"


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
    are folders that could not be opened, with the reason; ``absent`` are files that a sparse checkout leaves out;
    ``hints`` say what else the reader should know.
    """

    root: str
    sources: tuple[Source, ...]
    paths: frozenset[str]
    links: Mapping[str, str] = field(default_factory=dict)
    locked: tuple[tuple[str, str], ...] = ()
    absent: frozenset[str] = frozenset()
    hints: tuple[str, ...] = ()


class Failing:
    """The reader of what cannot be read."""

    __slots__ = ("error",)

    def __init__(self, error: ReadError) -> None:
        self.error = error

    def __call__(self) -> bytes:
        raise self.error


def nowhere(target: str) -> str:
    """What is said of a link that leads to no file."""
    return f"it is a link to '{target}', which is no file"


def overlaid(world: Snapshot, contents: Mapping[str, bytes]) -> Snapshot:
    """A snapshot in which some files have other contents, those that are not there yet among them."""
    kept = (source for source in world.sources if source.path not in contents)
    given = (Source(path, "", partial(bytes, content)) for path, content in contents.items())
    sources = tuple(sorted((*kept, *given), key=lambda source: source.path))
    return replace(world, sources=sources, paths=world.paths | _with_folders(contents))


def content(snapshot: Snapshot, path: str) -> bytes | None:
    """The content of a file of a snapshot; None where there is none or it cannot be read."""
    source = next((each for each in snapshot.sources if each.path == path), None)
    try:
        return source.read() if source is not None else None
    except ReadError:
        return None


def decoded(source: Source) -> str:
    """The text of a source; empty where it cannot be read (any more)."""
    try:
        return decode(source.read())[0]
    except ReadError:
        return ""


def gathered(
    root: str,
    sources: Iterable[Source],
    links: Mapping[str, str],
    absent: Iterable[str] = (),
    locked: Iterable[tuple[str, str]] = (),
    hints: tuple[str, ...] = (),
) -> Snapshot:
    """The snapshot of some sources; ``absent`` are more files, of which only the names are known."""
    absent = list(absent)
    ordered = tuple(sorted(sources, key=lambda source: source.path))
    locked = [*locked, *_lost_folders(ordered)]
    paths = _with_folders((*(source.path for source in ordered), *absent))
    return Snapshot(root, ordered, paths, dict(links), tuple(sorted(locked)), frozenset(absent), hints)


def _with_folders(names: Iterable[str]) -> frozenset[str]:
    """Files and all folders above them."""
    paths: set[str] = set()
    for name in names:
        path = name
        while path and path not in paths:
            paths.add(path)
            path = path.rpartition("/")[0]
    return frozenset(paths)


def _lost_folders(sources: Iterable[Source]) -> Iterator[tuple[str, str]]:
    """The links that lead to no file of the repository and were, by their names, folders of ours."""
    for source in sources:
        if "." not in source.path.rpartition("/")[2] and isinstance(source.read, Failing) and telling(source.path):
            yield source.path, str(source.read.error)
