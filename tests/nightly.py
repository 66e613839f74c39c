"""Nightly documents for the tests of the formats: a small one, a calm one, one of any size, and hostile ones."""

import datetime
import itertools
import random
from typing import Any, cast

from runbook_lint.report.document import (
    Action,
    Bucket,
    Counts,
    Decision,
    Health,
    Incident,
    Nightly,
    Orphans,
    Path,
    Place,
    Point,
    Repository,
    Runbook,
    Share,
    Team,
    Trend,
    Waiver,
    Week,
)
from runbook_lint.report.states import state

TODAY = datetime.date(2026, 11, 1)
NAME = "gpu-cloud"
CATALOG = "doc/operations/runbooks/runbooks.catalog.json"
NO_COUNTS = Counts(
    runbooks=0,
    entries=0,
    alerts=0,
    mapped=0,
    overdue=0,
    overdue_sev1=0,
    undated=0,
    unmapped=0,
    unmapped_sev1=0,
    secrets=0,
    unreadable=0,
    waivers=0,
    waivers_ending=0,
    baseline=0,
    errors=0,
    warnings=0,
    cannot_tell=0,
)
# What a title or a path may hold, and no format may let out.
HOSTILE = (
    "<script>document.title = 'owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "javascript:document.title='owned'",
    "</title></style></textarea><svg onload=alert(1)>",
    "=cmd|'/c calc'!A1",
    "runbook\u202egnp.exe\u202c",
    "\x1b[31mred\x1b[0m\x07",
    "a\r\n::error::b\n# c",
    "|x|`y`|[z](javascript:alert(1)) @all <!channel> &amp;",
    "byte\udcff.md",
    "quote'\"`\\,;:",
    "nul\x00 and \u2028 line",
)


def day(before: int) -> str:
    """The day so many days before the report's."""
    return (TODAY - datetime.timedelta(days=before)).isoformat()


def place(path: str, line: int = 0, repository: str = NAME) -> Place:
    return Place(repository=repository, path=path, line=line)


def repository(name: str = NAME, **others: Any) -> Repository:
    usual = {
        "name": name,
        "commit": "8102876f3c51d0b7e9a4c2f60d95b18e7a3f42c6",
        "committed": day(1),
        "dirty": False,
        "since": day(730),
        "shallow": False,
        "read": "22 runbooks, 1 catalog (22 entries), 31 alerts in 3 files",
    }
    return cast(Repository, {**usual, **others})


def runbook(
    id: str, title: str, age: int | None, *, owner: str = "platform-team", severity: str = "sev1", **others: Any
) -> Runbook:
    """A catalog entry reviewed so many days ago; 90 days are the limit."""
    usual = {
        "id": id,
        "title": title,
        "status": "active",
        "severity": severity,
        "owner": owner,
        "target": f"doc/operations/runbooks/{id.rpartition('.')[2]}.md",
        "reviewed": "" if age is None else day(age),
        "age": age,
        "due": "" if age is None else day(age - 90),
        "left": None if age is None else 90 - age,
        "changed": day(20),
        "changed_by": "Ada Lovelace",
        "drift": [],
        "alerts": 1,
        "signals": [f"{id.replace('.', '_')}_bad"],
        "incidents": 0,
        "since_review": 0,
        "place": place(CATALOG, 4),
    }
    return cast(Runbook, {**usual, **others})


def path(alert: str, id: str, verdict: str = "resolved", **others: Any) -> Path:
    usual = {
        "signal": "",
        "alert": alert,
        "severity": "sev1",
        "verdict": verdict,
        "id": id,
        "title": "Outbox relay degraded",
        "target": "doc/operations/runbooks/outbox-relay.md",
        "owner": "platform-team",
        "panel": "",
        "saved_query": "",
        "place": place("deploy/alerts/platform.rules.yaml", 12),
    }
    return cast(Path, {**usual, **others})


def action(kind: str, rank: int, what: str, do: str, **others: Any) -> Action:
    usual = {
        "kind": kind,
        "rank": rank,
        "team": "platform-team",
        "severity": "sev1",
        "what": what,
        "do": do,
        "days": None,
        "rule": "review/overdue",
        "id": "",
        "place": place(CATALOG, 4),
    }
    return cast(Action, {**usual, **others})


def points(count: int, entries: int, alerts: int) -> list[Point]:
    """Weekly points in which coverage rises, reviews come in waves, and the baseline is worked off."""
    return [
        Point(
            day=day(7 * (count - 1 - week)),
            commit=f"{week:040x}",
            runbooks=entries * (count + week) // (2 * count),
            entries=entries * (count + week) // (2 * count),
            overdue=max(0, entries * (week * 7 % 23) // 200),
            alerts=alerts * (count + week) // (2 * count),
            mapped=alerts * (count + week) * (55 + week * 40 // count) // (200 * count),
            waivers=2 + week // 9,
            baseline=max(3, 40 - week),
        )
        for week in range(count)
    ]


def small() -> Nightly:
    """A governed repository with a few things to do; every field is used."""
    fleet = [
        runbook(
            "ops.outbox.relay",
            "Outbox relay degraded",
            103,
            signals=["outbox_relay_degraded", "dlq_backlog_present"],
            review={"by": "Ada Lovelace", "commit": "3f50884a", "on": day(103), "together": 41, "edited": False},
            drift=[{"what": "file", "name": "db/seeds/outbox.sql", "on": day(91), "days": 12}],
            alerts=2,
            incidents=2,
            since_review=1,
        ),
        runbook(
            "ops.queue.backlog",
            "Queue backlog and dead letters",
            79,
            severity="sev2",
            review={"by": "Grace Hopper", "commit": "71ae04d9", "on": day(79), "together": 1, "edited": True},
        ),
        runbook("billing.webhook", "Payment webhook outage", 10, owner="billing-team"),
        runbook(
            "billing.invoices", "Invoices are late", None, owner="billing-team", severity="sev3", alerts=0, signals=[]
        ),
        runbook("lab.hosts", "Three host lab", 200, owner="", status="retired", severity="sev3", alerts=0, signals=[]),
    ]
    actions = [
        action(
            "secret",
            1,
            "a GitHub token stands in 'ops.outbox.relay'",
            "revoke it, then take it out",
            rule="secret/github-token",
        ),
        action(
            "overdue",
            2,
            "the review of 'ops.outbox.relay' is 13 days overdue and sev1 alerts point to it",
            "review it and run `runbook-lint review ops.outbox.relay`",
            days=13,
            id="ops.outbox.relay",
        ),
        action(
            "drift",
            5,
            "'ops.outbox.relay' was reviewed 12 days before `db/seeds/outbox.sql` changed",
            "read it against the change",
            days=91,
            id="ops.outbox.relay",
            rule="",
        ),
        action(
            "unmapped",
            2,
            "alert 'InvoicesLate' has no runbook_id",
            "add `runbook_id: billing.invoices`",
            team="billing-team",
            severity="sev2",
            rule="alert/runbook-id",
            place=place("deploy/alerts/billing.yaml", 9),
        ),
        action(
            "waiver",
            6,
            "the waiver of 'review/overdue' ends in 6 days",
            "review the runbook, or agree on a new end",
            team="billing-team",
            severity="",
            days=-6,
            rule="waiver/expired",
            place=place(".runbook-lint-waivers.yaml", 3),
        ),
        action(
            "owner",
            4,
            "nobody owns 'lab.hosts'",
            "name a team that is in the roster",
            team="",
            severity="sev3",
            id="lab.hosts",
            rule="owner/known",
        ),
    ]
    counts: Counts = {
        **NO_COUNTS,
        "runbooks": 22,
        "entries": 5,
        "alerts": 31,
        "mapped": 29,
        "overdue": 1,
        "overdue_sev1": 1,
        "undated": 1,
        "unmapped": 1,
        "secrets": 1,
        "waivers": 2,
        "waivers_ending": 1,
        "baseline": 3,
        "errors": 4,
        "warnings": 1,
        "cannot_tell": 1,
    }
    return Nightly(
        version=1,
        tool={"name": "runbook-lint", "version": "0.1.0"},
        as_of=TODAY.isoformat(),
        repositories=[repository()],
        decision=Decision(
            fit=False,
            verdict="Not fit for tonight.",
            reasons=["1 secret stands in the repository.", "1 runbook that sev1 alerts point to is overdue."],
            counts=counts,
        ),
        teams=[
            Team(
                name="platform-team",
                primary=["ada"],
                backup=["grace"],
                runbooks=12,
                overdue=1,
                alerts=20,
                mapped=20,
                actions=3,
            ),
            Team(
                name="billing-team",
                primary=["edsger"],
                backup=[],
                runbooks=9,
                overdue=0,
                alerts=11,
                mapped=9,
                actions=2,
            ),
            Team(name="", primary=[], backup=[], runbooks=1, overdue=0, alerts=0, mapped=0, actions=1),
        ],
        actions=actions,
        health=_health(31, 29, 5),
        paths=[
            path(
                "OutboxRelayDown",
                "ops.outbox.relay",
                signal="outbox_relay_degraded",
                panel="https://grafana.example.com/d/outbox",
                saved_query="outbox_by_correlation_id",
            ),
            path(
                "DeadLetters",
                "ops.queue.backlog",
                severity="sev2",
                title="Queue backlog and dead letters",
                target="doc/operations/runbooks/backlog.md",
                signal="dlq_backlog_present",
            ),
            path(
                "InvoicesLate",
                "",
                "missing",
                severity="sev2",
                title="",
                target="",
                owner="billing-team",
                place=place("deploy/alerts/billing.yaml", 9),
            ),
            path("Templated", "{{ .Values.id }}", "cannot-tell", severity="sev3", title="", target="", owner=""),
            path(
                "WebhookGone",
                "billing.webhok",
                "unknown",
                severity="sev1",
                title="",
                target="",
                owner="billing-team",
                place=place("deploy/alerts/billing.yaml", 21),
            ),
        ],
        orphans=Orphans(
            alerts=[place("deploy/alerts/billing.yaml", 9)],
            signals=[place(CATALOG, 60)],
            runbooks=[place("doc/operations/runbooks/old-notes.md")],
            entries=[place(CATALOG, 30), place(CATALOG, 38)],
        ),
        fleet=fleet,
        incidents=[
            Incident(
                id="INC-17",
                started=day(40),
                ended=day(40),
                severity="sev1",
                runbooks=["ops.outbox.relay"],
                signals=["outbox_relay_degraded"],
                follow_up="tell the relay apart from the broker",
                reviewed=False,
                place=place("incidents/2026-09.yaml", 2),
            ),
        ],
    )


def _health(alerts: int, mapped: int, entries: int) -> Health:
    return Health(
        coverage_by_team=[
            Share(name="platform-team", alerts=20, mapped=20, cannot_tell=0),
            Share(name="billing-team", alerts=alerts - 20, mapped=mapped - 20, cannot_tell=1),
            Share(name="", alerts=0, mapped=0, cannot_tell=0),
        ],
        coverage_by_severity=[
            Share(name="sev1", alerts=9, mapped=8, cannot_tell=0),
            Share(name="sev2", alerts=18, mapped=17, cannot_tell=1),
            Share(name="sev3", alerts=alerts - 27, mapped=mapped - 25, cannot_tell=0),
        ],
        freshness=[
            Bucket(name="fresh", least=0, most=30, entries=1),
            Bucket(name="in time", least=31, most=76, entries=0),
            Bucket(name="due soon", least=77, most=90, entries=1),
            Bucket(name="overdue", least=91, most=None, entries=entries - 4),
            Bucket(name="undated", least=0, most=None, entries=1),
        ],
        forecast=[
            Week(
                begins=day(-7 * week),
                due=(week == 1) + (week == 11),
                sev1=int(week == 11),
                ids=["ops.queue.backlog"] * (week == 1) + ["billing.webhook"] * (week == 11),
            )
            for week in range(12)
        ],
        trend=Trend(points=points(53, entries, alerts), limits=""),
        waivers=[
            Waiver(
                rules=["review/overdue"],
                covers="lab.hosts",
                owner="platform-team",
                reason="the lab moves",
                until=day(-6),
                days=6,
                place=place(".runbook-lint-waivers.yaml", 3),
            ),
            Waiver(
                rules=["link/target"],
                covers="doc/old/**",
                owner="billing-team",
                reason="archive",
                until=day(-200),
                days=200,
                place=place(".runbook-lint-waivers.yaml", 9),
            ),
        ],
        findings_by_rule=[
            {"rule": "review/overdue", "severity": "error", "findings": 1},
            {"rule": "alert/runbook-id", "severity": "error", "findings": 1},
        ],
    )


def calm() -> Nightly:
    """An estate of which nothing is asked, without git and without a past."""
    document = small()
    document["decision"] = Decision(
        fit=True,
        verdict="Fit for tonight.",
        reasons=[],
        counts={**NO_COUNTS, "runbooks": 1, "entries": 1, "alerts": 1, "mapped": 1},
    )
    document["repositories"] = [repository(commit="", committed="", since="", read="1 runbook, 1 alert in 1 file")]
    document["actions"] = []
    document["teams"] = [
        Team(
            name="billing-team",
            primary=["edsger"],
            backup=["ada"],
            runbooks=1,
            overdue=0,
            alerts=1,
            mapped=1,
            actions=0,
        )
    ]
    document["paths"] = [path("WebhookGone", "billing.webhook", title="Payment webhook outage", owner="billing-team")]
    document["orphans"] = Orphans(alerts=[], signals=[], runbooks=[], entries=[])
    document["fleet"] = [runbook("billing.webhook", "Payment webhook outage", 10, owner="billing-team")]
    document["incidents"] = []
    document["health"] = Health(
        coverage_by_team=[Share(name="billing-team", alerts=1, mapped=1, cannot_tell=0)],
        coverage_by_severity=[Share(name="sev1", alerts=1, mapped=1, cannot_tell=0)],
        freshness=[Bucket(name="fresh", least=0, most=30, entries=1)],
        forecast=[Week(begins=day(-7 * week), due=0, sev1=0, ids=[]) for week in range(12)],
        trend=Trend(points=[], limits="There is no history to ask."),
        waivers=[],
        findings_by_rule=[],
    )
    return document


def empty() -> Nightly:
    """A repository that holds nothing of ours."""
    document = calm()
    document["decision"]["counts"] = {**NO_COUNTS}
    document["teams"], document["paths"], document["fleet"], document["repositories"] = [], [], [], []
    document["health"] = Health(
        coverage_by_team=[],
        coverage_by_severity=[],
        freshness=[],
        forecast=[],
        trend=Trend(points=[], limits=""),
        waivers=[],
        findings_by_rule=[],
    )
    return document


def merged() -> Nightly:
    """Two repositories on one page."""
    document = small()
    document["repositories"] = [
        repository(),
        repository(
            "shop",
            commit="5d4f17b20b8a",
            dirty=True,
            shallow=True,
            since=day(200),
            read="4 runbooks, 6 alerts in 2 files; 1 file not readable",
        ),
    ]
    document["fleet"].append(
        runbook("shop.checkout", "Checkout is slow", 30, owner="shop", place=place("ops/catalog.json", 4, "shop"))
    )
    document["paths"].append(
        path("CheckoutSlow", "shop.checkout", owner="shop", place=place("alerts/shop.yaml", 3, "shop"))
    )
    return document


_SUBJECTS = [
    "outbox relay",
    "dead letters",
    "payment webhook",
    "API errors",
    "database latency",
    "GPU worker",
    "provisioning queue",
    "invoice run",
    "login",
    "artifact store",
    "telemetry feed",
    "scheduler",
    "image registry",
    "DNS resolver",
    "object storage",
    "mail gateway",
]
_TROUBLES = [
    "is degraded",
    "fills up",
    "is unreachable",
    "answers slowly",
    "loses messages",
    "restarts in a loop",
    "disagrees with its source",
    "runs out of quota",
]
_TEAMS = [
    "platform",
    "billing",
    "storage",
    "network",
    "identity",
    "fleet",
    "data",
    "edge",
    "search",
    "mail",
    "payments",
]
_PEOPLE = ("Ada Lovelace", "Grace Hopper", "Edsger Dijkstra", "Barbara Liskov", "Donald Knuth")
_VERDICTS = ("resolved",) * 17 + ("missing", "unknown", "cannot-tell")


def sized(runbooks: int = 1_000, alerts: int = 4_000, teams: int = 12, weeks: int = 53) -> Nightly:
    """An estate of any size, the same each time, whose counts agree with its lists."""
    names = [_team(number, teams) for number in range(teams)]
    fleet = [_one_of_many(number, _chance(number).choice(names)) for number in range(runbooks)]
    paths = [_way_of_many(number, fleet) for number in range(alerts)]
    actions = sorted(
        (each for each in (*map(_review_asked, fleet), *map(_mapping_asked, paths)) if each),
        key=lambda each: each["rank"],
    )
    document = small()
    overdue = [each for each in fleet if each["left"] is not None and each["left"] < 0]
    resolved = [each for each in paths if each["verdict"] == "resolved"]
    unmapped = [each for each in paths if each["verdict"] in ("missing", "unknown")]
    unclear = [each for each in paths if each["verdict"] == "cannot-tell"]
    document["fleet"], document["paths"], document["actions"] = fleet, paths, actions
    document["repositories"] = [
        repository(read=f"{runbooks:,} runbooks, {alerts:,} alerts in 210 files; 2 files not readable")
    ]
    document["decision"] = Decision(
        fit=False,
        verdict="Not fit for tonight.",
        reasons=[
            f"{sum(each['severity'] == 'sev1' for each in overdue)} runbooks that sev1 alerts point to are overdue.",
            f"{sum(each['severity'] == 'sev1' for each in unmapped)} sev1 alerts have no working runbook.",
        ],
        counts={
            **NO_COUNTS,
            "runbooks": runbooks,
            "entries": runbooks,
            "alerts": alerts,
            "mapped": len(resolved),
            "overdue": len(overdue),
            "overdue_sev1": sum(each["severity"] == "sev1" for each in overdue),
            "undated": sum(each["age"] is None for each in fleet),
            "unmapped": len(unmapped),
            "cannot_tell": len(unclear),
            "unmapped_sev1": sum(each["severity"] == "sev1" for each in unmapped),
            "unreadable": 2,
            "waivers": 2,
            "waivers_ending": 1,
            "baseline": 14,
            "errors": len(overdue) + len(unmapped),
            "warnings": 212,
        },
    )
    document["teams"] = [
        Team(
            name=name,
            primary=[f"{name}-primary"] if name else [],
            backup=[f"{name}-backup"] if name else [],
            runbooks=sum(each["owner"] == name for each in fleet),
            overdue=sum(each["owner"] == name for each in overdue),
            alerts=sum(each["owner"] == name for each in paths),
            mapped=sum(each["owner"] == name for each in resolved),
            actions=sum(each["team"] == name for each in actions),
        )
        for name in names
    ]
    shares = {
        key: [_share(paths, key, name) for name in values]
        for key, values in (("owner", names), ("severity", ["sev1", "sev2", "sev3"]))
    }
    document["health"] = {
        **document["health"],
        "coverage_by_team": shares["owner"],
        "coverage_by_severity": shares["severity"],
        "freshness": [
            Bucket(name=name, least=least, most=most, entries=sum(state(each) == name for each in fleet))
            for name, least, most in (
                ("fresh", 0, 30),
                ("in time", 31, 75),
                ("due soon", 76, 90),
                ("overdue", 91, None),
                ("undated", 0, None),
            )
        ],
        "forecast": [_week(fleet, week) for week in range(12)],
        "trend": Trend(points=points(weeks, runbooks, alerts), limits=""),
    }
    document["orphans"] = Orphans(
        alerts=[each["place"] for each in unmapped],
        signals=[place(CATALOG, 9_000 + number) for number in range(9)],
        runbooks=[place(f"doc/operations/runbooks/notes-{number}.md") for number in range(30)],
        entries=[each["place"] for each in fleet if not each["alerts"]],
    )
    return document


def _team(number: int, of: int) -> str:
    """The last of several teams is nobody."""
    again = number // len(_TEAMS)
    return "" if number == of - 1 > 0 else f"{_TEAMS[number % len(_TEAMS)]}-team{f'-{again}' if again else ''}"


def _chance(number: int) -> random.Random:
    """The same chance each time."""
    return random.Random(number)


def _one_of_many(number: int, owner: str) -> Runbook:
    subject = _SUBJECTS[number % 16]
    title = f"{subject[0].upper()}{subject[1:]} {_TROUBLES[number // 16 % 8]} ({number // 128})"
    age = None if number % 97 == 0 else _chance(number).randrange(140 if number % 6 == 0 else 90)
    made = runbook(
        f"{subject.lower().replace(' ', '.')}.case{number}",
        title,
        age,
        owner=owner,
        severity=f"sev{_chance(-1 - number).choice((1, 2, 2, 3))}",
    )
    made["alerts"], made["place"]["line"], made["changed"] = number % 9, 4 + 9 * number, day(number % 300)
    if age is not None:
        many = 40 if number % 3 == 0 else 1
        made["review"] = {
            "by": _PEOPLE[number % 5],
            "commit": f"{number * 7919:010x}",
            "on": day(age),
            "together": many,
            "edited": many == 1,
        }
    if number % 8 == 0 and age is not None and age > 12:
        made["drift"] = [
            {"what": "file", "name": f"db/seeds/{subject.split()[0].lower()}.sql", "on": day(age - 12), "days": 12}
        ]
    return made


def _way_of_many(number: int, fleet: list[Runbook]) -> Path:
    to = _chance(number).choice(fleet)
    verdict = _chance(number).choice(_VERDICTS)
    there = verdict == "resolved"
    words = to["title"].rpartition(" (")[0].title().replace(" ", "")
    return path(
        f"{words}{number}",
        to["id"] if there else "" if verdict == "missing" else f"{to['id']}x",
        verdict,
        signal=to["signals"][0] if number % 2 == 0 else "",
        severity=to["severity"],
        title=to["title"] if there else "",
        target=to["target"] if there else "",
        owner=to["owner"],
        panel="https://grafana.example.com/d/reliability" if number % 5 == 0 else "",
        saved_query="api_error_by_correlation_id" if number % 5 == 0 else "",
        place=place(f"deploy/alerts/{to['owner'] or 'other'}/rules-{number % 17}.yaml", 4 + number),
    )


def _review_asked(each: Runbook) -> Action | None:
    if each["left"] is None or each["left"] >= 0:
        return None
    what = f"the review of '{each['id']}' is {-each['left']} days overdue"
    rank = 2 if each["severity"] == "sev1" else 4
    return action(
        "overdue",
        rank,
        what,
        "review it",
        team=each["owner"],
        severity=each["severity"],
        days=-each["left"],
        id=each["id"],
        place=each["place"],
    )


def _mapping_asked(each: Path) -> Action | None:
    if each["verdict"] not in ("missing", "unknown"):
        return None
    said = "has no runbook_id" if each["verdict"] == "missing" else f"names '{each['id']}', which no catalog has"
    rank = 1 if each["severity"] == "sev1" else 3
    return action(
        "unmapped",
        rank,
        f"alert '{each['alert']}' {said}",
        "name the runbook that answers it",
        team=each["owner"],
        severity=each["severity"],
        rule="alert/runbook-id",
        place=each["place"],
    )


def _share(paths: list[Path], key: str, name: str) -> Share:
    of = [each for each in paths if each[key] == name]  # type: ignore[literal-required]
    told = {verdict: sum(each["verdict"] == verdict for each in of) for verdict in ("resolved", "cannot-tell")}
    return Share(name=name, alerts=len(of), mapped=told["resolved"], cannot_tell=told["cannot-tell"])


def _week(fleet: list[Runbook], week: int) -> Week:
    due = [each for each in fleet if each["left"] is not None and 7 * week <= each["left"] < 7 * week + 7]
    ids = [each["id"] for each in due]
    return Week(begins=day(-7 * week), due=len(due), sev1=sum(each["severity"] == "sev1" for each in due), ids=ids)


def hostile(texts: tuple[str, ...] = HOSTILE, days: bool = False) -> Nightly:
    """The small document with a hostile text in the place of every free text, or of every day and severity too."""
    turn = itertools.cycle(texts)
    kept = {"kind", "verdict"} if days else {"kind", "verdict", "severity"}

    def spoilt(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: spoilt(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [spoilt(each, key) for each in value]
        dated = not days and isinstance(value, str) and value[:2] == "20" and value[4:5] == "-"
        return next(turn) if isinstance(value, str) and value and key not in kept and not dated else value

    document = cast(Nightly, spoilt(small()))
    document["decision"]["verdict"] = texts[0]
    for each, drifted in zip(document["fleet"], small()["fleet"], strict=True):
        for now, before in zip(each["drift"], drifted["drift"], strict=True):
            now["what"] = before["what"]
    return document


def contracted(document: Nightly) -> Nightly:
    """A document, hostile as it may be, with the few words that the contract fixes."""
    rules = [cast(Any, {**each, "severity": "error"}) for each in document["health"]["findings_by_rule"]]
    return {**document, "tool": small()["tool"], "health": {**document["health"], "findings_by_rule": rules}}
