"""The facts of one repository on a day, whole: what every format is made of."""

import datetime
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from runbook_lint import __version__, git, summary
from runbook_lint.analysis import Memory
from runbook_lint.checks import owners
from runbook_lint.config import Config
from runbook_lint.documents.catalog import ENTRIES
from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Report, Rule, UserError
from runbook_lint.report import actions, fleet, health, history, incidents, night, past, trend, ways
from runbook_lint.report.decision import decided
from runbook_lint.report.document import Action, Counts, Nightly, Repository, Runbook, Team, Waiver
from runbook_lint.report.night import Night
from runbook_lint.report.walk import Present

# By this a text is known that is cut short, perhaps in the middle of a secret.
_CUT = "…"
_NAME = lazy(r"([^/:\\]+?)(?:\.git)?[/\\]*$")


class Judged(NamedTuple):
    """A run of a repository: its root, what it was judged by, what was found, what was read for that, and what is known
    of its past."""

    root: str
    config: Config
    rules: Sequence[Rule]
    report: Report
    memory: Memory
    points: trend.Points


def of(
    judged: Judged,
    weeks: int,
    tell: Callable[[int, int], None] = lambda done, all_: None,
    veil: Callable[[str], str] = str,
    name: str = "",
) -> Nightly:
    """The report of a repository; ``weeks`` is how far back the trend goes, ``tell`` is told how far it is, ``veil``
    takes secrets out of what only git says. It has the ``name`` that it is given, or that of its remote or its
    folder."""
    report, rules = judged.report, {rule.id: rule for rule in judged.rules}
    today = datetime.date.fromisoformat(report.as_of)
    commits = history.commits(judged.root)
    repository = _repository(judged, commits, name)
    view = night.of(repository["name"], report.estate, judged.config, judged.rules, today, _line(report))
    read = {(path, content_id): result for (path, content_id, _), result in judged.memory.results.items()}
    told = history.of(judged.root, commits, today)
    known = past.of(view, told, read, lambda path: report.lines(path).text, veil)
    rows = fleet.rows(view, known, incidents.used(view))
    waivers = health.waivers(view)
    asked = actions.asked(view, report, rules, rows, waivers)
    present = Present(judged.root, judged.config, judged.rules, report.estate, judged.memory)
    line, shallow = commits.line, repository["shallow"]
    points = trend.trend(trend.Repository(present, judged.points), line, (today, weeks), tell, shallow=shallow)
    counts = _counts(view, judged, rows, asked, waivers)
    document = Nightly(
        version=1,
        tool={"name": "runbook-lint", "version": __version__},
        as_of=report.as_of,
        repositories=[repository],
        decision=decided(counts, asked),
        teams=_teams(view, rows, asked),
        actions=asked,
        health=health.health(view, report.findings, rows, waivers, points),
        paths=ways.paths(view),
        orphans=ways.orphans(view),
        fleet=rows,
        incidents=incidents.rows(view),
    )
    return _veiled(document, report.lines(""))


def _veiled(document: Nightly, lines: Any) -> Nightly:
    """The document without secrets. Most have none in them, which is known of all their words together."""
    words = set(_words(document))
    together = "\n".join(words)
    doubtful = words if any(map(together.__contains__, lines.texts)) else {word for word in words if _CUT in word}
    return document if all(lines.without(word) == word for word in doubtful) else cast(Nightly, lines.without(document))


def _words(document: Any) -> Iterator[str]:
    """All texts of plain data."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _line(report: Report) -> Callable[[Item], int]:
    return lambda item: report.lines(item.path).position(item.place.start)[0]


def _repository(judged: Judged, commits: history.Commits, name: str) -> Repository:
    found = Repository(
        name=name or os.path.basename(os.path.realpath(judged.root)) or "repository",
        commit="",
        committed="",
        dirty=False,
        since="",
        shallow=False,
        read=summary.sentence(judged.report.summary),
    )
    if not commits.line:
        return found
    found["commit"] = commits.head
    found["committed"], found["since"] = (_day(commits.line[at][0]) for at in (0, -1))
    try:
        found["dirty"], found["shallow"] = git.is_dirty(judged.root), git.is_shallow(judged.root)
        named = _NAME.search(git.remote_url(judged.root))
        found["name"] = named[1] if named is not None and not name else found["name"]
    except UserError:
        pass
    return found


def _day(when: int) -> str:
    return str(datetime.datetime.fromtimestamp(when, datetime.UTC).date())


def _counts(
    view: Night, judged: Judged, rows: Sequence[Runbook], asked: Sequence[Action], waivers: Sequence[Waiver]
) -> Counts:
    numbers, reviews = judged.report.summary, fleet.judged(rows)
    overdue = [row for row in reviews if (row["left"] or 0) < 0]
    verdicts = Counter(view.works(alert) for alert in view.estate.all("alert"))
    lost = [alert for alert in view.estate.all("alert") if view.works(alert) in ("missing", "unknown")]
    return Counts(
        runbooks=numbers["runbooks"],
        entries=sum(len(view.estate.all(noun)) for noun in ENTRIES),
        alerts=numbers["alerts"],
        mapped=verdicts["resolved"],
        overdue=len(overdue),
        overdue_sev1=sum(row["severity"] == "sev1" for row in overdue),
        undated=sum(row["age"] is None for row in reviews),
        unmapped=len(lost),
        unmapped_sev1=sum(view.severity(alert) == "sev1" for alert in lost),
        secrets=sum(action["kind"] == "secret" for action in asked),
        unreadable=numbers["unreadable"],
        waivers=sum((waiver["days"] or 0) >= 0 and waiver["days"] is not None for waiver in waivers),
        waivers_ending=sum(actions.ends(waiver) for waiver in waivers),
        baseline=numbers["baselined"],
        errors=numbers["errors"],
        warnings=numbers["warnings"],
        cannot_tell=verdicts["cannot-tell"],
    )


def _teams(view: Night, rows: Sequence[Runbook], asked: Sequence[Action]) -> list[Team]:
    """All teams that own, or are asked for, anything, and those of the roster; nobody comes last."""
    roster = {team.key: team for team in view.estate.all("team")}
    owned = Counter(row["owner"] for row in rows if row["status"] == "active")
    overdue = Counter(row["owner"] for row in fleet.judged(rows) if (row["left"] or 0) < 0)
    alerts, mapped = Counter[str](), Counter[str]()
    for alert in view.estate.all("alert"):
        alerts[view.owner(alert)] += 1
        mapped[view.owner(alert)] += view.works(alert) == "resolved"
    doing = Counter(action["team"] for action in asked)
    names = sorted({*roster, *owned, *alerts, *doing}, key=lambda name: (not name, name))
    return [
        Team(
            name=name,
            primary=_people(roster, name, "primary"),
            backup=_people(roster, name, "backup"),
            runbooks=owned[name],
            overdue=overdue[name],
            alerts=alerts[name],
            mapped=mapped[name],
            actions=doing[name],
        )
        for name in names
    ]


def _people(roster: Mapping[str, Item], name: str, role: str) -> list[str]:

    return owners.people(roster[name].fields.get(role)) if name in roster else []
