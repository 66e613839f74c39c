"""What commands cost, and how the costs of one compare with those of others.

Commands take turns: each round runs all of them, beginning with another one, so that whatever else the machine does
meets them alike. A comparison is made inside a round; what is told is the median over the rounds.
"""

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

_SOON, _PART = 0.002, 0.01
_KIB = 1024


class Cost(NamedTuple):
    """CPU seconds of the user and the system with those of all children, seconds by the clock."""

    cpu: float
    wall: float


class Run(NamedTuple):
    """A command, where it runs, and the exit codes that say that it did its work.

    ``before`` is called with the number of the round before each run and not measured; one that runs ``once`` is slow,
    and only the first round has it.
    """

    name: str
    command: Sequence[str]
    folder: Path
    codes: Sequence[int] = (0, 1)
    before: Callable[[int], object] | None = None
    once: bool = False


class Goal(NamedTuple):
    """What the ``figure`` of a run is divided by, and what the ratio may be; ``less`` is taken off the run first.

    ``by`` makes one number of those of several others: ``sum`` for a chain, ``min`` for the fastest.
    """

    text: str
    beside: str
    run: str
    others: Sequence[str]
    limit: float | None
    figure: str = "cpu"
    by: Callable[[Iterable[float]], float] = min
    less: str = ""


Costs = Mapping[str, Sequence[Cost]]


def rounds(runs: Sequence[Run], number: int, env: Mapping[str, str]) -> dict[str, list[Cost]]:
    """What each run costs in each round."""
    found: dict[str, list[Cost]] = {run.name: [] for run in runs}
    for each in range(number):
        first = each % len(runs)
        for run in [*runs[first:], *runs[:first]]:
            if each == 0 or not run.once:
                if run.before:
                    run.before(each)
                found[run.name].append(cost(run, env))
    return found


def cost(run: Run, env: Mapping[str, str]) -> Cost:
    """What one run costs. What it prints is thrown away; a code that was not expected ends all."""
    with tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = _start(run, env, errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in run.codes:
            errors.seek(0)
            said = errors.read().decode(errors="replace")[-2000:]
            raise SystemExit(f"{run.name} ended with {process.returncode}: {' '.join(run.command)[:500]}\n{said}")
    return Cost(usage.ru_utime + usage.ru_stime, wall)


def peak(run: Run, env: Mapping[str, str]) -> float:
    """The most memory in MiB that the run and all that it starts had together, looked at often, seldomer in a long run.

    What processes share is divided between them (the kernel's proportional set size), but the largest alone counts in
    full. What came and went between two looks the kernel knows of the largest, unless we are larger: a process inherits
    the peak of the one that starts it.
    """
    process, most, began = _start(run, env, subprocess.DEVNULL), 0, time.perf_counter()
    while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
        family = _family(process.pid)
        most = max(most, sum(_held(each, "Pss:") for each in family), 0, *(_held(each, "Rss:") for each in family))
        time.sleep(max(_SOON, _PART * (time.perf_counter() - began)))
    process.returncode = os.waitstatus_to_exitcode(ended[1])
    largest = ended[2].ru_maxrss
    return max(most, largest if largest > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss else 0) / _KIB


def middle(costs: Costs, name: str, figure: str = "cpu") -> float:
    """The median over the rounds."""
    return float(median(getattr(each, figure) for each in costs[name]))


def ratio(costs: Costs, goal: Goal) -> float | None:
    """The median of the ratios in each round; nothing where a run is missing."""
    names = [goal.run, *goal.others, *([goal.less] if goal.less else [])]
    if any(not costs.get(name) for name in names):
        return None
    together = range(min(len(costs[name]) for name in names))
    return median(_ratio(costs, goal, number) for number in together)


def _ratio(costs: Costs, goal: Goal, number: int) -> float:
    def figure(name: str) -> float:
        return float(getattr(costs[name][number], goal.figure))

    ours = figure(goal.run) - (figure(goal.less) if goal.less else 0)
    return ours / float(goal.by(figure(name) for name in goal.others))


def _start(run: Run, env: Mapping[str, str], errors: object) -> subprocess.Popen[bytes]:
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": errors}
    return subprocess.Popen(run.command, cwd=run.folder, env=env, **streams)  # type: ignore[call-overload,no-any-return]


def _family(process: int) -> list[int]:
    """The process and all below it, as far as they still run."""
    try:
        children = [line for each in Path(f"/proc/{process}/task").iterdir() for line in _words(each / "children")]
    except OSError:
        return []
    return [process, *(each for child in children for each in _family(int(child)))]


def _held(process: int, kind: str) -> int:
    """Its memory in KiB, with all or its share of what it has in common with others."""
    words = _words(Path(f"/proc/{process}/smaps_rollup"))
    return int(words[words.index(kind) + 1]) if kind in words else 0


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []
