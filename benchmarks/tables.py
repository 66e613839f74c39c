"""The tables that the benchmarks print, in markdown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from benchmarks.measure import Costs, Goal, middle, ratio

OURS = "runbook-lint, cold"


class Judged(NamedTuple):
    """A row of the last table."""

    text: str
    beside: str
    figure: str
    limit: str
    verdict: str


def costs(found: Costs, memory: Mapping[str, float]) -> str:
    """What each run costs, and for a table of peers how much of it our own cold run needs."""
    peers = len(found) > len(memory) or "rumdl, cold" in found
    head = ["run", "CPU s", "wall s", "peak MiB", *(["our cold CPU beside it"] if peers else [])]
    return table(head, [_row(found, name, memory, peers) for name in found if found[name]])


def judged(found: Costs, goals: Iterable[Goal]) -> list[Judged]:
    """Each goal, and whether it is reached. Where a run is missing the goal cannot be judged, and says by whom."""
    return [_judged(found, goal) for goal in goals]


def kept(text: str, memory: float, limit: float) -> Judged:
    """A limit of memory, and whether it is kept."""
    return Judged(text, "", f"{memory:.0f} MiB", f"{limit:.0f} MiB", _verdict(memory < limit))


def ratios(rows: Sequence[Judged]) -> str:
    """All goals."""
    return table(["run", "against", "ratio", "at most", ""], [list(row) for row in rows])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in markdown; none of its texts has a bar."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("|" + "".join(f" {cell} |" if cell else " |" for cell in line) for line in lines)


def _row(found: Costs, name: str, memory: Mapping[str, float], peers: bool) -> list[str]:
    held = f"{memory[name]:.0f}" if name in memory else "not measured"
    row = [name, f"{middle(found, name):.3f}", f"{middle(found, name, 'wall'):.3f}", held]
    beside = ratio(found, Goal("", "", OURS, [name], None)) if peers and OURS in found else None
    return row if beside is None else [*row, f"{beside:.2f}"]


def _judged(found: Costs, goal: Goal) -> Judged:
    reached = ratio(found, goal)
    limit = "" if goal.limit is None else f"{goal.limit:g}"
    if reached is None:
        gone = [name for name in (goal.run, *goal.others) if not found.get(name)]
        return Judged(goal.text, goal.beside, "none", limit, f"not judged: {', '.join(gone)} is missing")
    verdict = "" if goal.limit is None else _verdict(reached <= goal.limit)
    return Judged(goal.text, goal.beside, f"{reached:.2f}", limit, verdict)


def _verdict(good: bool) -> str:
    return "reached" if good else "not reached"
