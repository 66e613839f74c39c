"""What a run said, said again to whoever asks the same of the same files.

A question is the words, the day, and all that its surroundings tell a run. An answer holds as long as every file of the
repository, and each that was read beside them, is as it was by its stamp: what the disk says of its kind, size, times
and inode. Only files that had been at rest for a while when they were read can be known so. An answer about a change
holds as long as git also stands where it stood.

It is asked before anything else is imported, so it imports nothing that takes time.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from zlib import adler32, crc32

from runbook_lint import CONFIG, __version__, store
from runbook_lint.edition import edition
from runbook_lint.git.listing import PRESENT, TRACKED, parted, standing
from runbook_lint.git.spawning import said
from runbook_lint.git.surroundings import find_root

TYPE_CHECKING = False  # as in `typing`, which takes time
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    # A revision and where git stands, which is None where nobody knows.
    Since = tuple[str, bytes | None]

_FORMAT = b"runbook-lint answer 2"
_LARGEST = 16 << 20
# What differs from shell to shell and tells a program nothing.
_IDLE = frozenset({"_", "SHLVL", "OLDPWD", "PWD"})


class Looked:
    """At what a run looked: the files of the repository, those that a sparse checkout leaves out apart, and some beside
    them; for a change also the revision that it is compared with and where git stood."""

    def __init__(self, names: Iterable[str], absent: Iterable[str], beside: Sequence[str], since: Since) -> None:
        self.names, self.absent, self.beside, self.since = names, absent, beside, since


class Question:
    """The words of a command line and all that counts beside the files: ``root`` is the repository that they are said
    in, empty where there is none, ``tracked`` whether they ask only of what git tracks."""

    def __init__(self, words: Sequence[str]) -> None:
        self.root = find_root(_here(), CONFIG)
        self.tracked = "--tracked" in words
        self.name = _sum(repr((__version__, edition(), list(words), _surroundings())).encode()) + store.ANSWER

    def answer(self) -> tuple[int, bytes] | None:
        """The exit code and what is written, if that is known."""
        try:
            return self._answer() if self.root else None
        except (OSError, ValueError):
            return None

    def _answer(self) -> tuple[int, bytes] | None:
        folder = os.path.join(self.root, store.FOLDER)
        head, _, rest = store.content(os.path.join(folder, self.name), _LARGEST).partition(b"\n")
        form, sum_, state, code, size = head.split(b"\t")
        if form != _FORMAT or sum_ != _sum(rest).encode() or not store.is_folder(folder):
            return None
        files = said(self.root, TRACKED if self.tracked else PRESENT)
        if files is None or store.FOLDER.encode() in files:
            # What git tracks is not ours: who can commit must not be able to say what is found.
            return None
        revision, *beside = (os.fsdecode(each) for each in rest[: int(size)].split(b"\0"))
        now = _state(self.root, Looked(*parted(files), beside, self.since(revision)))[0]
        return (int(code), rest[int(size) :]) if state == now.encode() else None

    def since(self, revision: str) -> Since:
        """A revision, empty where nothing is compared, and where git stands now."""
        return revision, standing(self.root, revision) if revision else b""

    def keep(self, code: int, said: bytes, looked: Looked, began: int) -> None:
        """Remembers what was written by a run that ``began`` in this nanosecond and looked at the configuration too."""
        beside = [CONFIG, *looked.beside]
        try:
            state, newest = _state(self.root, Looked(looked.names, looked.absent, beside, looked.since))
            if newest < began - store.RESTLESS:
                told = b"\0".join(map(os.fsencode, (looked.since[0], *beside)))
                head = (_FORMAT.decode(), _sum(told + said), state, str(code), str(len(told)))
                data = b"".join(("\t".join(head).encode(), b"\n", told, said))
                store.put(os.path.join(self.root, store.FOLDER), self.name, data)
        except OSError:
            # Then it is not known the next time, and that is all.
            return


def _here() -> str:
    try:
        return os.path.realpath(os.getcwd())
    except OSError:
        # It is not there any more.
        return os.sep


def _surroundings() -> list[object]:
    """All that a run is told beside its words: where and when it is, who asks, and what there is to write on."""
    told: list[object] = [time.strftime("%Y-%m-%d", time.gmtime()), _here(), sys.version]
    told += sorted((name, value) for name, value in os.environ.items() if name not in _IDLE)
    told += [getattr(os, name)() for name in ("geteuid", "getegid") if hasattr(os, name)]
    told += [_written_on(stream) for stream in (sys.stdout, sys.stderr)]
    return told


def _written_on(stream: object) -> object:
    """How wide a terminal is; nothing where there is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return None


def _state(root: str, looked: Looked) -> tuple[str, int]:
    """The sum of where git stands and the stamps of those files that are there, and the time of the newest change of
    any; raises OSError where nothing can be told."""
    if looked.since[1] is None:
        raise OSError
    stamps: list[object] = [looked.since, sorted(looked.absent)]
    newest = 0
    ordered = sorted(looked.names)
    for name in (*ordered, *sorted(looked.beside)):
        stamp, changed = _stamp(os.path.join(root, name))
        if stamp:
            newest = max(newest, changed)
            stamps.append((name, stamp))
    for folder in {os.path.dirname(name) for name in ordered}:
        _refuse_links(root, folder)
    return _sum(repr(stamps).encode("utf-8", "backslashreplace")), newest


def _stamp(path: str) -> tuple[tuple[object, ...], int]:
    """What the disk says of a file, of a link also where it leads; nothing of a folder, and of what is not there."""
    try:
        told = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return (), 0
    stamp = (told.st_mode, *store.stamp(told))
    if stat.S_ISREG(told.st_mode):
        return stamp, max(stamp[2:4])
    if stat.S_ISDIR(told.st_mode):
        return (), 0
    if not stat.S_ISLNK(told.st_mode):
        raise OSError
    real = os.path.realpath(path)
    inner, changed = _stamp(real)
    return (*stamp, real, *inner), max(*stamp[2:4], changed)


def _refuse_links(root: str, folder: str) -> None:
    """Raises OSError for a folder that is a link, or below one: for git what seems to stand there is deleted."""
    while folder:
        if os.path.islink(os.path.join(root, folder)):
            raise OSError
        folder = os.path.dirname(folder)


def _sum(data: bytes) -> str:
    return f"{crc32(data):08x}{adler32(data):08x}"
