"""The report cut to what concerns one team, and lists of actions cut to what a person reads."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from runbook_lint.expressions import lazy
from runbook_lint.report.days import after
from runbook_lint.report.decision import decided
from runbook_lint.report.document import (
    Action,
    Bucket,
    Counts,
    Health,
    Nightly,
    Orphans,
    Path,
    Place,
    RuleCount,
    Runbook,
    Share,
    Team,
    Trend,
    Week,
)
from runbook_lint.report.states import state
from runbook_lint.summary import many

# What an action is called when many are counted, by what ``matter`` says.
KINDS = {
    "secret": ("secret", "secrets"),
    "unmapped": ("alert without a working runbook", "alerts without a working runbook"),
    "target": ("entry whose runbook is not there", "entries whose runbooks are not there"),
    "signal": ("signal without a runbook", "signals without a runbook"),
    "overdue": ("overdue review", "overdue reviews"),
    "undated": ("runbook without a review date", "runbooks without a review date"),
    "drift": ("runbook whose subject changed after its review", "runbooks whose subject changed after their review"),
    "incident": ("incident without a review after it", "incidents without a review after them"),
    "record": ("incident record to correct", "incident records to correct"),
    "waiver": ("waiver that ends", "waivers that end"),
    "unreadable": ("file that could not be read", "files that could not be read"),
    "owner": ("runbook without a known owner", "runbooks without a known owner"),
    "duplicate": ("id that several repositories have", "ids that several repositories have"),
}
# Names that every file system takes as they are; of the others something readable is left, and a hash.
_PLAIN = lazy(r"[a-z0-9][a-z0-9_-]{0,59}")
_DEVICES = lazy(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])")
_NOBODY = "+nobody"
_REVIEWED = "incident/reviewed"


class Capped(NamedTuple):
    """The worst actions, and how many of each kind are left, the kinds in the order of the worst of each."""

    shown: list[Action]
    rest: dict[str, int]

    def left(self) -> str:
        """What is left, in words; empty when nothing is."""
        return ", ".join(many(number, *KINDS[kind]) for kind, number in self.rest.items())


def matter(action: Action) -> str:
    """The kind of an action; of a fault in what an incident records that it is one (``record``)."""
    faulty = action["kind"] == "incident" and action["rule"] != _REVIEWED
    return "record" if faulty else action["kind"]


def order(action: Action) -> tuple[Any, ...]:
    """The worst first: by rank, then by how late, and then so that it is always the same."""
    late = action["days"] if action["days"] is not None else 0
    where = (action["place"]["repository"], action["place"]["path"], action["place"]["line"])
    severity = action["severity"] or "~"
    return action["rank"], severity, -late, action["kind"], action["team"], where, action["id"], action["what"]


def capped(actions: Iterable[Action], most: int) -> Capped:
    """The worst so many, and the rest counted by kind."""
    ordered = sorted(actions, key=order)
    shown = ordered[: max(0, most)]
    return Capped(shown, dict(Counter(map(matter, ordered[len(shown) :]))))


def asked_of(document: Nightly) -> dict[str, list[Action]]:
    """Team -> what is asked of it, the worst first; the team with the worst comes first too."""
    asked: dict[str, list[Action]] = {}
    for action in sorted(document["actions"], key=order):
        asked.setdefault(action["team"], []).append(action)
    return asked


def teams(document: Nightly) -> list[Team]:
    """Every team, the one with the worst to do first; those of whom nothing is asked come last, by name."""
    asked = asked_of(document)
    known = {team["name"]: team for team in document["teams"]}
    everyone = [*asked, *sorted(known.keys() - asked.keys())]
    return [_counted(known.get(name) or _unknown(name), len(asked.get(name, ()))) for name in everyone]


def _counted(team: Team, actions: int) -> Team:
    return {**team, "actions": actions}


def _unknown(name: str) -> Team:
    return Team(name=name, primary=[], backup=[], runbooks=0, overdue=0, alerts=0, mapped=0, actions=0)


def folder(team: str) -> str:
    """A name for a team's folder that every file system takes, and that no other team has."""
    if not team:
        return _NOBODY
    if _PLAIN.fullmatch(team) and not _DEVICES.fullmatch(team):
        return team
    digest = hashlib.sha256(team.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{re.sub('[^a-z0-9_-]+', '-', team.lower()).strip('-')[:40] or 'team'}+{digest}"


def of_team(document: Nightly, team: str) -> Nightly:
    """All that concerns one team and nothing else, decided anew for it. The empty name is for what nobody owns.

    What is counted only over all (the trend, the baseline) is left out rather than shown as the team's.
    """
    actions = sorted((each for each in document["actions"] if each["team"] == team), key=order)
    fleet = [each for each in document["fleet"] if each["owner"] == team]
    paths = [each for each in document["paths"] if each["owner"] == team]
    known = next((each for each in document["teams"] if each["name"] == team), _unknown(team))
    ids = {each["id"] for each in fleet}
    health = _health(document, team, actions, fleet)
    return {
        **document,
        "team": team,
        "decision": decided(_counts(known, health, actions, fleet), actions),
        "teams": [_counted(known, len(actions))],
        "actions": actions,
        "health": health,
        "paths": paths,
        "orphans": _orphans(document["orphans"], actions, fleet, paths),
        "fleet": fleet,
        "incidents": [each for each in document["incidents"] if ids.intersection(each["runbooks"])],
    }


def _counts(team: Team, health: Health, actions: Sequence[Action], fleet: Sequence[Runbook]) -> Counts:
    """The numbers of one team; findings are those that ask something of it."""
    kinds = Counter(each["kind"] for each in actions)
    worst = Counter(each["kind"] for each in actions if each["severity"] == "sev1")
    found = Counter[str]()
    for rule in health["findings_by_rule"]:
        found[rule["severity"]] += rule["findings"]
    return Counts(
        runbooks=team["runbooks"],
        entries=len(fleet),
        alerts=team["alerts"],
        mapped=team["mapped"],
        overdue=sum((each["left"] or 0) < 0 and each["status"] != "retired" for each in fleet),
        overdue_sev1=worst["overdue"],
        undated=sum(each["age"] is None and each["status"] != "retired" for each in fleet),
        unmapped=kinds["unmapped"],
        unmapped_sev1=worst["unmapped"],
        secrets=kinds["secret"],
        unreadable=kinds["unreadable"],
        waivers=len(health["waivers"]),
        waivers_ending=kinds["waiver"],
        baseline=0,
        errors=found["error"],
        warnings=found["warning"],
        cannot_tell=sum(share["cannot_tell"] for share in health["coverage_by_team"]),
    )


def _health(document: Nightly, team: str, actions: Sequence[Action], fleet: Sequence[Runbook]) -> Health:
    whole = document["health"]
    asked = {_spot(each["place"]) for each in actions}
    return Health(
        coverage_by_team=[share for share in whole["coverage_by_team"] if share["name"] == team],
        coverage_by_severity=_coverage(document["paths"], team),
        freshness=_freshness(whole["freshness"], fleet),
        forecast=forecast([week["begins"] for week in whole["forecast"]], fleet),
        trend=Trend(points=[], limits="The trend is told of all teams together only."),
        waivers=[each for each in whole["waivers"] if each["owner"] == team or _spot(each["place"]) in asked],
        findings_by_rule=_by_rule(whole["findings_by_rule"], actions),
    )


def _coverage(paths: Iterable[Path], team: str) -> list[Share]:
    """How many of a team's alerts lead to a working runbook. An alert of several signals has a path for each, and
    counts once."""
    alerts = {(_spot(each["place"]), each["alert"]): each for each in paths if each["alert"] and each["owner"] == team}
    shares: dict[str, Share] = {}
    for each in sorted(alerts.values(), key=lambda each: each["severity"] or "~"):
        share = shares.setdefault(each["severity"], Share(name=each["severity"], alerts=0, mapped=0, cannot_tell=0))
        share["alerts"] += 1
        share["mapped"] += each["verdict"] == "resolved"
        share["cannot_tell"] += each["verdict"] == "cannot-tell"
    return list(shares.values())


def _freshness(buckets: Iterable[Bucket], fleet: Sequence[Runbook]) -> list[Bucket]:
    """The team's runbooks in the buckets of all, by the same states."""
    numbers = Counter(state(each) for each in fleet if each["status"] != "retired")
    return [{**each, "entries": numbers[each["name"]]} for each in buckets]


def forecast(begins: Iterable[str], fleet: Iterable[Runbook]) -> list[Week]:
    """What of a fleet falls due in the weeks that begin on these days."""
    dated = sorted(
        (each for each in fleet if each["due"] and each["status"] != "retired"),
        key=lambda each: (each["due"], each["id"]),
    )
    return [_week(begin, dated) for begin in begins]


def _week(begins: str, dated: Iterable[Runbook]) -> Week:
    last = str(after(date.fromisoformat(begins), 6))
    due = [each for each in dated if begins <= each["due"] <= last]
    sev1 = sum(each["severity"] == "sev1" for each in due)
    return Week(begins=begins, due=len(due), sev1=sev1, ids=[each["id"] or each["target"] for each in due])


def _by_rule(whole: Iterable[RuleCount], actions: Iterable[Action]) -> list[RuleCount]:
    asked = Counter(each["rule"] for each in actions)
    return [{**each, "findings": asked[each["rule"]]} for each in whole if asked[each["rule"]]]


def _orphans(whole: Orphans, actions: Iterable[Action], fleet: Iterable[Runbook], paths: Iterable[Path]) -> Orphans:
    own = {_spot(each["place"]) for each in (*actions, *fleet, *paths)}
    return Orphans(
        alerts=[each for each in whole["alerts"] if _spot(each) in own],
        signals=[each for each in whole["signals"] if _spot(each) in own],
        runbooks=[each for each in whole["runbooks"] if _spot(each) in own],
        entries=[each for each in whole["entries"] if _spot(each) in own],
    )


def _spot(place: Place) -> tuple[str, str, int]:
    return place["repository"], place["path"], place["line"]
