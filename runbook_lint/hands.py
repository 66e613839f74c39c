"""Work on many texts, shared by several processes where that can be done without starting an interpreter anew.

Each helper is a copy of this process. It does every second thing (with two hands), and tells a line for each through a
pipe that is emptied while we do our own; what a helper does not tell is done here, so no fault of one is lost.
"""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

_Thing = TypeVar("_Thing")
_Result = TypeVar("_Result")
# For fewer things a process costs more than it saves.
FEW = 128
_MOST = 4
# So many things come first, and what they make us import and compile the helpers have then.
_AHEAD = 32
_CHUNK = 1 << 16


class Work(NamedTuple, Generic[_Thing, _Result]):
    """What is done with a thing, how its result is told in one line, empty where it cannot be, and heard, and how heavy
    a thing is."""

    do: Callable[[_Thing], _Result]
    tell: Callable[[_Result], bytes]
    hear: Callable[[_Thing, bytes], _Result]
    weigh: Callable[[_Thing], int]


def number() -> int:
    """How many processes may share the work. Other systems than Linux do not promise that a copy can go on."""
    return min(_MOST, len(os.sched_getaffinity(0))) if sys.platform == "linux" else 1


def spread(things: Sequence[_Thing], work: Work[_Thing, _Result], hands: int) -> list[_Result]:
    """The result of each thing, in their order."""
    hands = max(1, min(hands, len(things) // FEW))
    first = list(map(work.do, things[:_AHEAD]))
    # The heaviest thing goes to a helper: the room that it needs is given back when that one ends.
    order = sorted(range(len(first), len(things)), key=lambda at: -work.weigh(things[at]))
    parts = [order[(each + 1) % hands :: hands] for each in range(hands)]
    pipes = [_helper([things[at] for at in part], work) for part in parts[1:]]
    try:
        own = _own([things[at] for at in parts[0]], work, pipes)
        shares = [own, *(pipe.all() for pipe in pipes)]
        found = {
            at: each for part, share in zip(parts, shares, strict=True) for at, each in zip(part, share, strict=True)
        }
        return [*first, *(found[at] for at in sorted(order))]
    finally:
        # All pipes before any wait: a helper holds those of the helpers before it.
        for pipe in pipes:
            os.close(pipe.end)
        for pipe in pipes:
            os.waitpid(pipe.process, 0)


def _own(
    things: Sequence[_Thing], work: Work[_Thing, _Result], pipes: "Sequence[_Pipe[_Thing, _Result]]"
) -> list[_Result]:
    """The results of our own share; what helpers have to tell meanwhile is heard at once, for lines take room."""
    results = []
    for thing in things:
        results.append(work.do(thing))
        for pipe in pipes:
            pipe.hear(wait=False)
    return results


class _Pipe(Generic[_Thing, _Result]):
    """Through which a helper tells of its share of the things: the results so far, what is left, and the beginning of a
    line."""

    def __init__(self, end: int, process: int, things: Sequence[_Thing], work: Work[_Thing, _Result]) -> None:
        self.end = end
        self.process = process
        self.left = iter(things)
        self.work = work
        self.results: list[_Result] = []
        self.rest = b""

    def hear(self, *, wait: bool) -> None:
        """Hears what is in the pipe; with ``wait`` all that is still to come."""
        os.set_blocking(self.end, wait)
        try:
            while part := os.read(self.end, _CHUNK):
                *whole, self.rest = (self.rest + part).split(b"\n")
                self.results.extend(map(self.result, whole, self.left))
        except BlockingIOError:
            return

    def result(self, line: bytes, thing: _Thing) -> _Result:
        """The result of a thing by its line; by an empty one our own."""
        return self.work.hear(thing, line) if line else self.work.do(thing)

    def all(self) -> list[_Result]:
        """The results of the whole share."""
        self.hear(wait=True)
        self.results.extend(map(self.work.do, self.left))
        return self.results


def _helper(things: Sequence[_Thing], work: Work[_Thing, _Result]) -> _Pipe[_Thing, _Result]:
    """Starts a helper for some things."""
    ours, theirs = os.pipe()
    process = os.fork()
    if process:
        os.close(theirs)
        return _Pipe(ours, process, things, work)
    try:
        os.close(ours)
        for thing in things:
            _write(theirs, work.tell(work.do(thing)) + b"\n")
    finally:
        # Nothing of what this process was a copy of may be flushed or ended a second time.
        os._exit(0)


def _write(end: int, data: bytes) -> None:
    while data:
        data = data[os.write(end, data) :]
