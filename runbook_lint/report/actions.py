"""What somebody has to do: the findings that stand, waivers that end, and runbooks that others have moved away from."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from runbook_lint.documents.catalog import ENTRIES
from runbook_lint.documents.faults import unread_paths
from runbook_lint.model import SEVERITIES as LEVELS
from runbook_lint.model import Finding, Item, Report, Rule
from runbook_lint.report.document import Action, Drift, Kind, Place, Runbook, Waiver
from runbook_lint.report.night import SEVERITIES, Night
from runbook_lint.report.parts import order
from runbook_lint.report.states import SOON
from runbook_lint.summary import many

# What a rule's finding asks for; the family's word where the rule has none.
_KINDS: Mapping[str, Kind] = {
    "read": "unreadable",
    "alert/runbook-id": "unmapped",
    "alert/runbook-known": "unmapped",
    "alert/retired-runbook": "unmapped",
    "catalog/target-exists": "target",
    "catalog/signal-mapped": "signal",
    "review/overdue": "overdue",
    "review/date": "undated",
    "review/future": "undated",
    "owner": "owner",
    "incident": "incident",
    "waiver": "waiver",
}
# The order of what is asked, and how much a severity less puts it back.
_RANKS: Mapping[Kind, int] = {
    "secret": 0, "unreadable": 1, "unmapped": 1, "target": 1, "signal": 2, "overdue": 2, "undated": 3, "incident": 4,
    "owner": 6, "waiver": 6, "drift": 7,
}  # fmt: skip
_STEP = 3


def asked(
    night: Night, report: Report, rules: Mapping[str, Rule], fleet: Sequence[Runbook], waivers: Sequence[Waiver]
) -> list[Action]:
    """All actions, the worst first. A waiver that a finding speaks of is not said twice, nor an alert."""
    unread = unread_paths(night.estate)
    wanted = [finding for finding in _once(report.findings, night) if _is_asked(finding, night, unread)]
    found = [action for finding in wanted if (action := _of_finding(finding, night, rules)) is not None]
    said = {(action["place"]["path"], action["place"]["line"]) for action in found if action["kind"] == "waiver"}
    ending = [_of_waiver(each) for each in waivers if ends(each) and _where(each["place"]) not in said]
    return sorted([*found, *ending, *_of_drift(fleet)], key=order)


def ends(waiver: Waiver) -> bool:
    """Whether a waiver holds, and not for long any more."""
    return waiver["days"] is not None and 0 <= waiver["days"] <= SOON


def _once(found: Sequence[Finding], night: Night) -> Iterator[Finding]:
    """The findings, of those that an alert has no working runbook the worst."""
    told: set[Item] = set()
    for finding in sorted(found, key=lambda each: -LEVELS.index(each.severity)):
        alert = night.original(finding.item)
        if _KINDS.get(finding.rule) != "unmapped" or alert not in told:
            yield finding
        if _KINDS.get(finding.rule) == "unmapped":
            told.add(alert)


def _is_asked(finding: Finding, night: Night, unread: Collection[str]) -> bool:
    """Whether a finding is what its kind says: an alert that leads nowhere, and not one whose second link does; a file
    that nobody can read, and not one that can be read two ways."""
    kind = _KINDS.get(finding.rule) or _KINDS.get(finding.rule.partition("/")[0])
    if kind == "unmapped":
        return night.works(night.original(finding.item)) in ("missing", "unknown")
    return finding.place.path in unread if kind == "unreadable" else True


def _where(place: Place) -> tuple[str, int]:
    return place["path"], place["line"]


def _of_finding(finding: Finding, night: Night, rules: Mapping[str, Rule]) -> Action | None:
    rule = rules.get(finding.rule)
    family = finding.rule.partition("/")[0]
    kind: Kind | None = "secret" if rule is not None and rule.secret else _KINDS.get(finding.rule) or _KINDS.get(family)
    if kind is None or finding.severity == "info":
        return None
    item = night.original(finding.item)
    severity = night.worst(item) if item.noun in ENTRIES else night.severity(item)
    return Action(
        kind=kind,
        rank=_rank(kind, severity),
        team=_team(finding, item, night),
        severity=severity,
        what=finding.message,
        do=(rule.hint or rule.why) if rule is not None else "",
        days=_late(item, night) if kind == "overdue" else None,
        rule=finding.rule,
        id=item.key if item.noun in ENTRIES else "",
        place=Place(repository=night.name, path=finding.place.path, line=finding.place.line),
    )


def _rank(kind: Kind, severity: str) -> int:
    least = SEVERITIES.index(severity) if severity in SEVERITIES else 1
    return _RANKS[kind] + (0 if kind in ("secret", "unreadable") else _STEP * least)


def _team(finding: Finding, item: Item, night: Night) -> str:
    if item.noun == "team":
        return item.key
    used = night.named.get(finding.subject) if item.noun == "incident" else None
    if used is not None:  # the runbook's, whoever had the incident
        return night.owner(used)
    if item.noun in ("waiver", "incident") and item.text("owner"):
        return night.team(item.text("owner"))
    return night.owner(item) or _of_file(finding.place.path, night)


def _of_file(path: str, night: Night) -> str:
    """Who answers for a file by the entry that leads there."""
    entry = next((entry for entry, file in night.files.items() if file == path), None)
    return night.owner(entry) if entry is not None else ""


def _late(item: Item, night: Night) -> int | None:
    left = night.due(item)
    return -left if left is not None else None


def _of_waiver(waiver: Waiver) -> Action:
    left = waiver["days"] or 0
    ends = "ends today" if not left else f"ends in {many(left, 'day')}"
    return Action(
        kind="waiver",
        rank=_rank("waiver", ""),
        team=waiver["owner"],
        severity="",
        what=f"the waiver of {', '.join(waiver['rules'])} for {waiver['covers']} {ends}",
        do="Do what was put off, or agree on a new end.",
        days=-left,
        rule=waiver["rules"][0] if waiver["rules"] else "",
        id="",
        place=waiver["place"],
    )


def _of_drift(fleet: Sequence[Runbook]) -> Iterator[Action]:
    """A runbook whose alerts or files changed after its review, said once."""
    for row in fleet:
        others = [drift for drift in row["drift"] if drift["what"] != "runbook"]
        if others and row["status"] == "active":
            yield Action(
                kind="drift",
                rank=_rank("drift", row["severity"]),
                team=row["owner"],
                severity=row["severity"],
                what=f"'{row['id'] or row['title']}' was reviewed {said(others[0])}" + _more(others[1:]),
                do="Read it against the change, then set the date.",
                days=None,
                rule="",
                id=row["id"],
                place=row["place"],
            )


def said(drift: Drift) -> str:
    """``12 days before `db/seeds/x.sql` changed``."""
    name = f"alert '{drift['name']}'" if drift["what"] == "alert" else f"`{drift['name']}`"
    return f"{many(drift['days'], 'day')} before {name} changed"


def _more(others: Sequence[Drift]) -> str:
    return f", and {len(others)} more changed since" if others else ""
