"""The past year, a point a week: past snapshots, each judged as of its own day by the present configuration."""

import datetime
from bisect import bisect_right
from collections.abc import Callable, MutableMapping, Sequence
from itertools import pairwise
from typing import NamedTuple, cast

from runbook_lint import git
from runbook_lint.model import UserError
from runbook_lint.report.days import after
from runbook_lint.report.document import Point, Trend
from runbook_lint.report.standing import Numbers
from runbook_lint.report.walk import Present, Walk
from runbook_lint.summary import many

# The numbers of points by day and commit.
Points = MutableMapping[str, Sequence[int]]

_WEEK = datetime.timedelta(days=7)


class Repository(NamedTuple):
    """What is there, and the points that are known by their day and commit, in which new ones are put."""

    present: Present
    points: Points


def trend(
    repository: Repository,
    line: Sequence[tuple[int, str]],
    span: tuple[datetime.date, int],
    tell: Callable[[int, int], None] = lambda done, all_: None,
    *,
    shallow: bool,
) -> Trend:
    """Points by the line of commits for a span that ends on a day and has so many weeks, the present one included.
    ``tell`` is told how many of how many are done."""
    today, weeks = span
    if not line:
        return Trend(points=[], limits="There is no history to ask.")
    days = [today - _WEEK * number for number in range(weeks, -1, -1)]
    found = [(day, commit) for day in days if (commit := _commit_of(line, day))]
    points = _points(repository, found, tell)
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
) -> list[Point]:
    """The points that are not known are worked out from the last one back, for that is nearest to what is read."""
    found = {each: _known(repository.points, *each) for each in wanted}
    new = [each for each in reversed(wanted) if found[each] is None]
    walk = Walk(repository.present, _differences(repository.present.root, [commit for _, commit in new]))
    for done, each in enumerate(new, len(wanted) - len(new)):
        tell(done, len(wanted))
        found[each] = walk.numbers(*each)
    tell(len(wanted), len(wanted))
    repository.points.update((_name(*each), list(found[each] or ())) for each in reversed(new))
    return [_point(*each, numbers) for each, numbers in found.items() if numbers is not None]


def _differences(root: str, commits: Sequence[str]) -> dict[tuple[str, str], list[git.Difference]]:
    """The differences of each commit from the next one."""
    pairs = [pair for pair in pairwise(commits) if pair[0] != pair[1]]
    try:
        return git.differences(root, pairs) if pairs else {}
    except UserError:
        return {}


def _point(day: datetime.date, commit: str, numbers: Numbers) -> Point:
    return cast(Point, {"day": str(day), "commit": commit, **numbers._asdict()})


def _name(day: datetime.date, commit: str) -> str:
    return f"{day} {commit}"


def _known(points: Points, day: datetime.date, commit: str) -> Numbers | None:
    """The numbers that an earlier run worked out: of the past nothing changes."""
    numbers = points.get(_name(day, commit))
    if numbers is None or len(numbers) != len(Numbers._fields) or any(type(number) is not int for number in numbers):
        return None
    return Numbers(*numbers)
