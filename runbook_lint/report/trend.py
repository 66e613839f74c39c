"""The past year, a point a week: past snapshots, each judged as of its own day by the present configuration.

A text is read once, however many points have it, and a point that no commit changed is not read again.
"""

import datetime
from bisect import bisect_right
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from typing import Literal, NamedTuple, cast

from runbook_lint import engine, git, snapshot
from runbook_lint.analysis import Memory
from runbook_lint.checks.values import date_of
from runbook_lint.config import Config
from runbook_lint.model import Estate, Item, Rule, UserError
from runbook_lint.report import night
from runbook_lint.report.days import after
from runbook_lint.report.document import Point, Trend
from runbook_lint.snapshot import Snapshot
from runbook_lint.summary import many

_NUMBERS: Sequence[Literal["runbooks", "entries", "overdue", "alerts", "mapped", "waivers", "baseline"]] = (
    "runbooks",
    "entries",
    "overdue",
    "alerts",
    "mapped",
    "waivers",
    "baseline",
)
# The numbers of points by day and commit.
Points = MutableMapping[str, Sequence[int]]

_WEEK = datetime.timedelta(days=7)


class Repository(NamedTuple):
    """Where it is, by what it is judged, and the points that are known by their day and commit, in which new ones are
    put."""

    root: str
    config: Config
    rules: Sequence[Rule]
    points: Points


def trend(
    repository: Repository, today: datetime.date, weeks: int, tell: Callable[[int, int], None] = lambda done, all_: None
) -> Trend:
    """Points for so many weeks back, the present one included. ``tell`` is told how many of how many are done."""
    try:
        head = git.head(repository.root)
        line = git.mainline(repository.root, head) if head else []
        shallow = bool(line) and git.is_shallow(repository.root)
    except UserError:
        line, shallow = [], False
    if not line:
        return Trend(points=[], limits="There is no history to ask.")
    days = [today - _WEEK * number for number in range(weeks, -1, -1)]
    found = [(day, commit) for day in days if (commit := _commit_of(line, day))]
    points = list(_points(repository, found, tell))
    limits = [_limits(len(days) - len(found), line[-1][0], shallow=shallow), _ahead(line[0][0], today)]
    return Trend(points=points, limits=" ".join(each for each in limits if each))


def _ahead(last: int, today: datetime.date) -> str:
    """What must be known of a report on a day that is over."""
    committed = datetime.datetime.fromtimestamp(last, datetime.UTC).date()
    ahead = "Each point shows the files of its day, the rest of this report those of the last commit, judged as of"
    return f"{ahead} {today}." if committed > today else ""


def _commit_of(line: Sequence[tuple[int, str]], day: datetime.date) -> str:
    """The commit that the branch was at when a day ended; empty before the first."""
    end = datetime.datetime.combine(after(day, 1), datetime.time(), datetime.UTC).timestamp()
    at = bisect_right(line, -end, key=lambda each: -each[0])
    return line[at][1] if at < len(line) else ""


def _limits(lacking: int, first: int, *, shallow: bool) -> str:
    since = datetime.datetime.fromtimestamp(first, datetime.UTC).date()
    if shallow and lacking:
        return (
            f"The clone is shallow and begins on {since}: {many(lacking, 'week')} before are not told. "
            "A full clone tells them (`git fetch --unshallow`)."
        )
    return f"The history begins on {since}." if lacking else ""


def _points(
    repository: Repository, wanted: Sequence[tuple[datetime.date, str]], tell: Callable[[int, int], None]
) -> Iterator[Point]:
    memory = Memory()
    estate: Estate | None = None
    known = ""
    for done, (day, commit) in enumerate(wanted):
        tell(done, len(wanted))
        told = _told(repository.points, day, commit)
        if told is not None:
            yield told
            continue
        if estate is None or commit != known:
            world = snapshot.commit(repository.root, commit)
            estate, known = engine.seen(world, repository.config, memory, estate), commit
            _forget(memory, world)
        point = _point(repository, estate, day, commit)
        repository.points[f"{day} {commit}"] = [point[name] for name in _NUMBERS]
        yield point
    tell(len(wanted), len(wanted))


def _told(points: Points, day: datetime.date, commit: str) -> Point | None:
    """A point that an earlier run worked out: of the past nothing changes."""
    numbers = points.get(f"{day} {commit}")
    if numbers is None or len(numbers) != len(_NUMBERS) or any(type(number) is not int for number in numbers):
        return None
    return cast(Point, {"day": str(day), "commit": commit, **dict(zip(_NUMBERS, numbers, strict=True))})


def _forget(memory: Memory, world: Snapshot) -> None:
    """Of former points only what this one has too is kept."""
    there = {(source.path, source.content_id) for source in world.sources}
    for key in [key for key in memory.results if key[:2] not in there]:
        del memory.results[key]


def _point(repository: Repository, estate: Estate, day: datetime.date, commit: str) -> Point:
    then = night.of("", estate, repository.config, repository.rules, day, lambda item: 0)
    live = estate.all("entry") or estate.all("runbook")
    return Point(
        day=str(day),
        commit=commit,
        runbooks=len(estate.all("runbook")),
        entries=len(estate.all("entry")),
        overdue=sum((then.due(item) or 0) < 0 for item in live),
        alerts=len(estate.all("alert")),
        mapped=sum(then.works(alert) == "resolved" for alert in estate.all("alert")),
        waivers=sum(_holds(waiver, day) for waiver in estate.all("waiver")),
        baseline=len(estate.all("known")),
    )


def _holds(waiver: Item, day: datetime.date) -> bool:
    until = date_of(waiver.fields.get("until"))
    return until is not None and until >= day
