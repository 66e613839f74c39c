"""Work on many texts, shared by several processes where that can be done without starting an interpreter anew.

Each helper is a copy of this process. It does every second thing (with two hands), and tells a line for each through a
pipe that is emptied while we do our own; what a helper does not tell is done here, so no fault of one is lost.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import TypeVar

_Thing = TypeVar("_Thing")
_Result = TypeVar("_Result")
# For fewer things a process costs more than it saves.
FEW = 128
_MOST = 4
_AHEAD = 32
_CHUNK = 1 << 16


def number() -> int:
    """How many processes may share the work. Other systems than Linux do not promise that a copy can go on."""
    return min(_MOST, len(os.sched_getaffinity(0))) if sys.platform == "linux" else 1


def spread(
    things: Sequence[_Thing],
    work: Callable[[_Thing], _Result],
    tell: Callable[[_Result], bytes],
    hear: Callable[[_Thing, bytes], _Result],
    hands: int,
) -> list[_Result]:
    """The result of each thing, in their order. ``tell`` makes one line of a result, empty where it cannot be told, and
    ``hear`` the result of a line."""
    helpers = min(hands, len(things) // FEW) - 1
    if helpers < 1:
        return list(map(work, things))
    # What the first things make us import and compile, the helpers have then.
    first, rest = list(map(work, things[:_AHEAD])), things[_AHEAD:]
    pipes = [_helper(rest[each :: helpers + 1], work, tell) for each in range(helpers)]
    try:
        own = _done(rest[helpers :: helpers + 1], work, pipes)
        shares: list[Iterator[_Result]] = [
            _heard(rest[each :: helpers + 1], pipe.lines(), work, hear) for each, pipe in enumerate(pipes)
        ]
        shares.append(iter(own))
        return [*first, *(next(shares[at % len(shares)]) for at in range(len(rest)))]
    finally:
        for pipe in pipes:
            pipe.close()


def _heard(
    things: Sequence[_Thing],
    lines: Sequence[bytes],
    work: Callable[[_Thing], _Result],
    hear: Callable[[_Thing, bytes], _Result],
) -> Iterator[_Result]:
    """The results of a helper's things; of those that it did not tell of our own."""
    for thing, line in zip_longest(things, lines[: len(things)], fillvalue=b""):
        yield hear(thing, line) if line else work(thing)  # type: ignore[arg-type]


class _Pipe:
    """What a helper tells."""

    def __init__(self, end: int, process: int) -> None:
        self.end = end
        self.process = process
        self.parts: list[bytes] = []

    def empty(self, *, wait: bool) -> bool:
        """Takes what is in the pipe; with ``wait`` all that is still to come. Whether more may come."""
        os.set_blocking(self.end, wait)
        try:
            while part := os.read(self.end, _CHUNK):
                self.parts.append(part)
        except BlockingIOError:
            return True
        return False

    def lines(self) -> list[bytes]:
        """The lines that are whole."""
        return b"".join(self.parts).split(b"\n")[:-1]

    def close(self) -> None:
        """Ends the helper, if it has not ended yet."""
        os.close(self.end)
        os.waitpid(self.process, 0)


def _done(things: Sequence[_Thing], work: Callable[[_Thing], _Result], pipes: Sequence[_Pipe]) -> list[_Result]:
    """Our own share, while the pipes are kept empty."""
    results = []
    for thing in things:
        results.append(work(thing))
        for pipe in pipes:
            pipe.empty(wait=False)
    for pipe in pipes:
        pipe.empty(wait=True)
    return results


def _helper(things: Sequence[_Thing], work: Callable[[_Thing], _Result], tell: Callable[[_Result], bytes]) -> _Pipe:
    """Starts a helper for some things."""
    ours, theirs = os.pipe()
    process = os.fork()
    if process:
        os.close(theirs)
        return _Pipe(ours, process)
    try:
        os.close(ours)
        for line in _told(things, work, tell):
            _write(theirs, line)
    finally:
        # Nothing of what this process was a copy of may be flushed or ended a second time.
        os._exit(0)


def _told(
    things: Sequence[_Thing], work: Callable[[_Thing], _Result], tell: Callable[[_Result], bytes]
) -> Iterator[bytes]:
    for thing in things:
        yield tell(work(thing)) + b"\n"


def _write(end: int, data: bytes) -> None:
    while data:
        data = data[os.write(end, data) :]
