"""The reports of several repositories as one."""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any, cast

from runbook_lint import resources
from runbook_lint.model import UserError
from runbook_lint.report.decision import decided
from runbook_lint.report.document import (
    Action,
    Bucket,
    Counts,
    Health,
    Nightly,
    Orphans,
    Point,
    RuleCount,
    Runbook,
    Share,
    Team,
    Trend,
)
from runbook_lint.report.naming import apart
from runbook_lint.report.parts import forecast, order
from runbook_lint.summary import many

_VERSION = 1
# A report of yesterday still tells of tonight; an older one does not.
_STALE = 2
# An id that several repositories have: after what hurts tonight, beside a review that nobody dated.
_DUPLICATE = 3
_HOW = "write one with `runbook-lint report --format json`"


def read(text: str | bytes, file: str) -> Nightly:
    """A report from the text of a file that another run wrote, held against its contract."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise UserError(f"{file} is no JSON, so it cannot be merged; {_HOW}") from None
    if not isinstance(document, dict) or not {"version", "as_of", "repositories", "fleet"} <= document.keys():
        raise UserError(f"{file} is no nightly report, so it cannot be merged; {_HOW}")
    if document["version"] != _VERSION:
        theirs = json.dumps(document["version"])[:20]
        raise UserError(
            f"{file} is a report of version {theirs} and this runbook-lint reads version {_VERSION}; {_HOW}"
        )
    _hold(document, file)
    if "team" in document:
        raise UserError(
            f"{file} is the report of one team alone, so it cannot be merged; merge the report of all teams"
        )
    return cast(Nightly, document)


def _hold(document: Any, file: str) -> None:
    import jsonschema_rs

    schema = resources.schema("nightly")
    try:
        fault = next(iter(jsonschema_rs.validator_for(schema, validate_formats=True).iter_errors(document)), None)
    except ValueError:  # a lone surrogate, which the fast validator cannot take in
        from jsonschema import Draft202012Validator

        wrong = next(Draft202012Validator(schema).iter_errors(document), None)
        if wrong is not None:
            raise _broken(file, wrong.absolute_path) from None
        return
    if fault is not None:
        raise _broken(file, fault.instance_path)


def _broken(file: str, path: Iterable[str | int]) -> UserError:
    where = ".".join(map(str, path)) or "its top"
    return UserError(f"{file} breaks the contract of reports at {where} (`runbook-lint schema nightly`); {_HOW}")


def merged(documents: Sequence[Nightly], files: Sequence[str] = ()) -> Nightly:
    """One report over several. Whatever the order they come in, it is the same; ``files`` names them in messages."""
    if len(documents) == 1:
        return documents[0]
    parts = sorted(apart(documents, files), key=_sorting)
    fleet = _rows(parts, "fleet", lambda row: (row["id"], *_spot(row)))
    actions = sorted(chain(_together(parts, "actions"), _duplicates(fleet)), key=order)
    counts = _added(each["decision"]["counts"] for each in parts)
    newest = max(each["as_of"] for each in parts)
    whole = Nightly(
        version=1,
        tool=max((each["tool"] for each in parts), key=lambda tool: sorted(tool.items())),
        as_of=newest,
        repositories=_rows(parts, "repositories", _name),
        decision=decided(counts, actions, list(_stale(parts, newest))),
        teams=_teams(parts, actions),
        actions=actions,
        health=_health(parts, fleet),
        paths=_rows(parts, "paths", lambda row: (row["signal"], row["alert"], *_spot(row))),
        orphans=_orphans(parts),
        fleet=fleet,
        incidents=_rows(parts, "incidents", lambda row: (row["started"], row["id"], *_spot(row))),
    )
    return _worst(whole, parts)


def _sorting(document: Nightly) -> tuple[list[str], str]:
    """By the names of the repositories, which no two reports share; of one that names none by all that it says."""
    names = sorted(map(_name, document["repositories"]))
    return names, "" if names else json.dumps(document)


def _together(parts: Sequence[Nightly], key: str) -> Iterator[Any]:
    return chain.from_iterable(part[key] for part in parts)  # type: ignore[literal-required]


def _rows(parts: Sequence[Nightly], key: str, by: Callable[[Any], Any]) -> list[Any]:
    return sorted(_together(parts, key), key=by)


def _name(repository: Mapping[str, Any]) -> str:
    return str(repository["name"])


def _spot(row: Mapping[str, Any]) -> tuple[str, str, int]:
    place = row["place"]
    return place["repository"], place["path"], place["line"]


def _added(numbers: Iterable[Counts]) -> Counts:
    total: dict[str, int] = {}
    for each in numbers:
        for key, number in each.items():
            total[key] = total.get(key, 0) + cast(int, number)
    return cast(Counts, total)


def _stale(parts: Sequence[Nightly], newest: str) -> Iterator[str]:
    for part in parts:
        days = (date.fromisoformat(newest) - date.fromisoformat(part["as_of"])).days
        if days >= _STALE:
            names = ", ".join(repository["name"] for repository in part["repositories"])
            yield f"What is told of {names} is {days} days old (as of {part['as_of']})."


def _worst(whole: Nightly, parts: Sequence[Nightly]) -> Nightly:
    """Never better than the worst of its parts: what one of them alone knew stays said."""
    decision = whole["decision"]
    unfit = [part for part in parts if not part["decision"]["fit"]]
    if not decision["fit"] or not unfit:
        return whole
    reasons = [f"{_names(part)}: {reason}" for part in unfit for reason in part["decision"]["reasons"]]
    return {**whole, "decision": {**decision, "fit": False, "verdict": "Not fit for tonight.", "reasons": reasons}}


def _duplicates(fleet: Sequence[Runbook]) -> Iterator[Action]:
    """For each id that two repositories have something to do for each team that owns one of them: an alert of the one
    would lead to the runbook of the other. What is retired is no runbook any more."""
    by_id: dict[str, dict[str, Runbook]] = {}
    for each in fleet:
        if each["id"] and each["status"] != "retired":
            by_id.setdefault(each["id"], {}).setdefault(each["place"]["repository"], each)
    for id, places in by_id.items():
        for team in sorted({each["owner"] for each in places.values()}) if len(places) > 1 else ():
            yield _duplicate(id, team, list(places.values()))


def _duplicate(id: str, team: str, entries: Sequence[Runbook]) -> Action:
    own = next(each for each in entries if each["owner"] == team)
    spots = [each["place"] for each in entries]
    where = " and ".join(f"{each['path']}:{each['line']} of {each['repository']}" for each in spots)
    return Action(
        kind="duplicate",
        rank=_DUPLICATE,
        team=team,
        severity=min((each["severity"] for each in entries if each["severity"]), default=""),
        what=f"the id '{id}' stands in {many(len(spots), 'repository', 'repositories')}: {where}",
        do="give all but one of them an id of its own, and retire the old one",
        days=None,
        rule="",
        id=id,
        place=own["place"],
    )


def _teams(parts: Sequence[Nightly], actions: Sequence[Action]) -> list[Team]:
    found: dict[str, list[Team]] = {}
    for team in _together(parts, "teams"):
        found.setdefault(team["name"], []).append(team)
    return [
        Team(
            name=name,
            primary=sorted({who for team in same for who in team["primary"]}),
            backup=sorted({who for team in same for who in team["backup"]}),
            runbooks=sum(team["runbooks"] for team in same),
            overdue=sum(team["overdue"] for team in same),
            alerts=sum(team["alerts"] for team in same),
            mapped=sum(team["mapped"] for team in same),
            actions=sum(action["team"] == name for action in actions),
        )
        for name, same in sorted(found.items())
    ]


def _health(parts: Sequence[Nightly], fleet: Sequence[Runbook]) -> Health:
    health = [part["health"] for part in parts]
    newest = max(parts, key=lambda part: part["as_of"])
    return Health(
        coverage_by_team=_shares(chain.from_iterable(each["coverage_by_team"] for each in health)),
        coverage_by_severity=_shares(chain.from_iterable(each["coverage_by_severity"] for each in health)),
        freshness=_freshness(chain.from_iterable(each["freshness"] for each in health)),
        forecast=forecast([week["begins"] for week in newest["health"]["forecast"]], fleet),
        trend=_trend(parts),
        waivers=sorted(
            chain.from_iterable(each["waivers"] for each in health), key=lambda row: (row["until"] or "~", *_spot(row))
        ),
        findings_by_rule=sorted(
            _findings(chain.from_iterable(each["findings_by_rule"] for each in health)),
            key=lambda row: (-row["findings"], row["rule"], row["severity"]),
        ),
    )


def _shares(shares: Iterable[Share]) -> list[Share]:
    total: dict[str, Share] = {}
    for each in shares:
        sum_ = total.setdefault(each["name"], Share(name=each["name"], alerts=0, mapped=0, cannot_tell=0))
        sum_["alerts"] += each["alerts"]
        sum_["mapped"] += each["mapped"]
        sum_["cannot_tell"] += each["cannot_tell"]
    return sorted(total.values(), key=lambda each: each["name"] or "~")


def _freshness(buckets: Iterable[Bucket]) -> list[Bucket]:
    """By state; the days are those of the first, for each repository may have limits of its own."""
    total: dict[str, Bucket] = {}
    for each in buckets:
        total.setdefault(each["name"], {**each, "entries": 0})["entries"] += each["entries"]
    return list(total.values())


def _findings(counts: Iterable[RuleCount]) -> list[RuleCount]:
    total: dict[tuple[str, str], RuleCount] = {}
    for each in counts:
        total.setdefault((each["rule"], each["severity"]), {**each, "findings": 0})["findings"] += each["findings"]
    return list(total.values())


def _trend(parts: Sequence[Nightly]) -> Trend:
    """The points of all, on each day that one of them has; of a repository without one the last before it counts."""
    series = [part["health"]["trend"]["points"] for part in parts]
    days = sorted({point["day"] for points in series for point in points})
    limits = [part["health"]["trend"]["limits"] for part in parts]
    begins = [f"{_names(part)}: {limit}" for part, limit in zip(parts, limits, strict=True) if limit]
    return Trend(points=[_point(day, series) for day in days], limits=" ".join(begins))


def _names(part: Nightly) -> str:
    return ", ".join(repository["name"] for repository in part["repositories"]) or "one of them"


def _point(day: str, series: Sequence[Sequence[Point]]) -> Point:
    sum_ = Point(day=day, commit="", runbooks=0, entries=0, overdue=0, alerts=0, mapped=0, waivers=0, baseline=0)
    for points in series:
        index = bisect_right([point["day"] for point in points], day)
        for key, value in points[index - 1].items() if index else ():
            if isinstance(value, int):
                sum_[key] += value  # type: ignore[literal-required]
    return sum_


def _orphans(parts: Sequence[Nightly]) -> Orphans:
    def of(kind: str) -> list[Any]:
        rows = chain.from_iterable(part["orphans"][kind] for part in parts)  # type: ignore[literal-required]
        return sorted(rows, key=lambda place: (place["repository"], place["path"], place["line"]))

    return Orphans(alerts=of("alerts"), signals=of("signals"), runbooks=of("runbooks"), entries=of("entries"))
