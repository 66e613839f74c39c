"""The nightly report as plain data: what every format is made of, and what several repositories are merged from.

The contract of the JSON is ``schemas/nightly.schema.json``. Days are ISO dates, counts are whole numbers, shares are
worked out by who shows them. A text is whole and unescaped, without secrets; who prints it escapes it.
"""

from typing import Literal, NotRequired, TypedDict


class Place(TypedDict):
    """Where something stands: a repository by its name, a path in it, a line from 1 (0: the whole file)."""

    repository: str
    path: str
    line: int


class Repository(TypedDict):
    """What was looked at: its name, the commit and its day (empty without git), whether there is work that is not
    committed, the first day that the history tells of and whether it goes further back than that (a shallow clone)."""

    name: str
    commit: str
    committed: str
    dirty: bool
    since: str
    shallow: bool
    read: str


class Counts(TypedDict):
    """The numbers of the decision header."""

    runbooks: int
    entries: int
    alerts: int
    mapped: int
    overdue: int
    overdue_sev1: int
    undated: int
    unmapped: int
    unmapped_sev1: int
    secrets: int
    unreadable: int
    waivers: int
    waivers_ending: int
    baseline: int
    errors: int
    warnings: int
    cannot_tell: int


class Decision(TypedDict):
    """Whether the estate is fit for tonight, in a sentence, and why not: each reason is a sentence."""

    fit: bool
    verdict: str
    reasons: list[str]
    counts: Counts


# `duplicate` is an id that several repositories have: only the report over all of them can know.
Kind = Literal[
    "secret",
    "unmapped",
    "target",
    "signal",
    "overdue",
    "undated",
    "drift",
    "incident",
    "waiver",
    "unreadable",
    "owner",
    "duplicate",
]


class Action(TypedDict):
    """What somebody has to do. ``rank`` orders them, the smallest first; ``severity`` is the signal's (sev1 to sev3,
    empty where there is none); ``days`` is how late it is (negative: how long there is left), None where no day
    counts; ``rule`` is the finding's."""

    kind: Kind
    rank: int
    team: str
    severity: str
    what: str
    do: str
    days: int | None
    rule: str
    id: str
    place: Place


class Team(TypedDict):
    """Who answers; the empty name is for what nobody owns. ``actions`` counts what is asked of them."""

    name: str
    primary: list[str]
    backup: list[str]
    runbooks: int
    overdue: int
    alerts: int
    mapped: int
    actions: int


class Share(TypedDict):
    """How many of the alerts of a team or a severity lead to a working runbook; of the rest some nobody can tell."""

    name: str
    alerts: int
    mapped: int
    cannot_tell: int


class Bucket(TypedDict):
    """Entries by the state of their review; ``most`` is how many days old they are at most (None: no limit)."""

    name: str
    least: int
    most: int | None
    entries: int


class Week(TypedDict):
    """The entries whose review falls due in the seven days from ``begins`` on; ``ids`` names them."""

    begins: str
    due: int
    sev1: int
    ids: list[str]


class Point(TypedDict):
    """The estate on a day of the past, judged as of that day."""

    day: str
    commit: str
    runbooks: int
    entries: int
    overdue: int
    alerts: int
    mapped: int
    waivers: int
    baseline: int


class Trend(TypedDict):
    """Weekly points, the oldest first, and how far back the history tells: a sentence, empty when it is whole."""

    points: list[Point]
    limits: str


class Waiver(TypedDict):
    """A waiver: ``days`` is how long it holds, negative after its end, None when it has none."""

    rules: list[str]
    covers: str
    owner: str
    reason: str
    until: str
    days: int | None
    place: Place


class Health(TypedDict):
    coverage_by_team: list[Share]
    coverage_by_severity: list[Share]
    freshness: list[Bucket]
    forecast: list[Week]
    trend: Trend
    waivers: list[Waiver]
    findings_by_rule: list["RuleCount"]


class RuleCount(TypedDict):
    rule: str
    severity: str
    findings: int


class Path(TypedDict):
    """One way of an investigation: signal -> alert -> runbook -> owner -> panel -> saved query; what is missing is
    empty. ``verdict`` is resolved, unknown, missing or cannot-tell."""

    signal: str
    alert: str
    severity: str
    verdict: str
    id: str
    title: str
    target: str
    owner: str
    panel: str
    saved_query: str
    place: Place


class Orphans(TypedDict):
    """What leads nowhere and what nothing leads to."""

    alerts: list[Place]
    signals: list[Place]
    runbooks: list[Place]
    entries: list[Place]


class Review(TypedDict):
    """The last review as the history tells it: who stamped it, in which commit and when; ``together`` is how many
    reviews that commit stamped; ``edited`` whether it changed the runbook as well."""

    by: str
    commit: str
    on: str
    together: int
    edited: bool


class Drift(TypedDict):
    """Something that changed after the review: the runbook, an alert, or a file that the runbook mentions."""

    what: Literal["runbook", "alert", "file"]
    name: str
    on: str
    days: int


class Runbook(TypedDict):
    """A runbook or catalog entry of the fleet. ``due`` is the last day on which a review is in time; ``left`` the days
    until then, negative when overdue; ``age`` the days since the review; None without a date."""

    id: str
    title: str
    status: str
    severity: str
    owner: str
    target: str
    reviewed: str
    age: int | None
    due: str
    left: int | None
    review: NotRequired[Review]
    changed: str
    changed_by: str
    drift: list[Drift]
    alerts: int
    signals: list[str]
    incidents: int
    since_review: int
    place: Place


class Incident(TypedDict):
    id: str
    started: str
    ended: str
    severity: str
    runbooks: list[str]
    signals: list[str]
    follow_up: str
    reviewed: bool
    place: Place


class Nightly(TypedDict):
    """The whole report. ``team`` is there when it was cut for one team: its name, empty for what nobody owns."""

    version: Literal[1]
    team: NotRequired[str]
    tool: dict[str, str]
    as_of: str
    repositories: list[Repository]
    decision: Decision
    teams: list[Team]
    actions: list[Action]
    health: Health
    paths: list[Path]
    orphans: Orphans
    fleet: list[Runbook]
    incidents: list[Incident]
