"""What git has recorded: the staged index, and commits."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from runbook_lint import git
from runbook_lint.documents.text import LARGEST, SNIFFED
from runbook_lint.model import Source
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

_HOPS = 40


class Base(NamedTuple):
    """What a change began from: the files, the id of their commit (empty when nothing was before), and whether the
    clone lacks a part of the history."""

    snapshot: Snapshot
    commit: str
    shallow: bool


def commit(root: str, revision: str) -> Snapshot:
    """The files of a commit; raises UserError when there is none of this name."""
    return _recorded(root, git.commit_blobs(root, git.commit_of(root, revision)))


def base(root: str, revision: str, head: str = "") -> Base:
    """Where the commit ``head``, the one that is checked out if empty, parted from another one; raises UserError when
    that cannot be told."""
    found = (
        git.base_of(root, revision, git.commit_of(root, head))
        if head
        else git.base_of(root, revision, git.head(root), git.merging(root))
    )
    return _base(root, found)


def merged(root: str, began: Base) -> list[Base]:
    """The commits that are being merged into the one that is checked out, where the change began from this one."""
    sides = git.merging(root)
    return [_base(root, side) for side in sides] if sides and began.commit == git.head(root) else []


def _base(root: str, found: str) -> Base:
    return Base(_recorded(root, git.commit_blobs(root, found) if found else ()), found, git.is_shallow(root))


def whole(world: Snapshot) -> Snapshot:
    """A snapshot that can be compared with a commit: what a sparse checkout leaves out is read as it is staged."""
    if not world.absent:
        return world
    staged = (source for source in index(world.root).sources if source.path in world.absent)
    return replace(world, sources=tuple(sorted((*world.sources, *staged), key=lambda source: source.path)))


def index(root: str) -> Snapshot:
    """The files as they are staged for the next commit."""
    return _recorded(root, git.index_blobs(root))


def _recorded(root: str, blobs: Iterable[git.Blob]) -> Snapshot:
    by_path = {blob.path: blob for blob in blobs}
    folders = {path[:at] for path in by_path for at, letter in enumerate(path) if letter == "/"}
    links: dict[str, str] = {}
    sources = list(_recorded_sources(by_path, folders, links))
    return gathered(root, sources, links)


def _recorded_sources(blobs: Mapping[str, git.Blob], folders: set[str], links: dict[str, str]) -> Iterator[Source]:
    for path, blob in blobs.items():
        if not blob.is_link:
            yield Source(path, blob.content_id, _blob_reader(blob))
            continue
        try:
            target = _led(path, blobs)
        except AstrayError as error:
            yield Source(path, blob.content_id, Failing(error))
            continue
        if target in blobs:
            links[path] = target
            yield Source(path, blobs[target].content_id, _blob_reader(blobs[target]))
        elif target not in folders and target:
            yield Source(path, blob.content_id, Failing(AstrayError(nowhere(_target(blob)))))


def _target(blob: git.Blob) -> str:
    try:
        return os.fsdecode(blob.read(SNIFFED)[0])
    except git.AbsentError as error:
        raise AstrayError(str(error)) from None


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
                raise AstrayError(OUTSIDE)
            done.pop()
            continue
        done.append(step)
        blob = blobs.get("/".join(done))
        if blob is not None and blob.is_link:
            hops += 1
            target = _target(blob)
            if target.startswith("/"):
                raise AstrayError(OUTSIDE)
            if hops > _HOPS:
                raise AstrayError(nowhere(target))
            done.pop()
            ahead = [*target.split("/"), *ahead]
    return "/".join(done)


def _blob_reader(blob: git.Blob) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            content, size = blob.read(LARGEST + 1)
        except git.AbsentError as error:
            raise ReadError(str(error)) from None
        if size > LARGEST:
            raise TooLargeError(size, content[:SNIFFED])
        return content

    return read
