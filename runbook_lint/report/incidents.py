"""The incidents, and in which of them each runbook was used."""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence

from runbook_lint.checks.incidents import reviewed_after
from runbook_lint.documents import incidents
from runbook_lint.model import Item
from runbook_lint.report.document import Incident
from runbook_lint.report.night import Night


def rows(night: Night) -> list[Incident]:
    """All incidents, the last one first."""
    found = [_row(each, night) for each in night.estate.all("incident")]
    return sorted(found, key=lambda each: (each["started"], each["id"]), reverse=True)


def _row(item: Item, night: Night) -> Incident:
    used = [night.named[id_] for id_ in incidents.used(item) if id_ in night.named]
    live = [entry for entry in used if entry.noun == "entry"]
    return Incident(
        id=item.key,
        started=_day(item, "started_at"),
        ended=_day(item, "ended_at"),
        severity=night.severity(item),
        runbooks=[night.named[id_].key if id_ in night.named else id_ for id_ in incidents.used(item)],
        signals=[str(each.value) for each in incidents.texts(item, "signals")],
        follow_up=item.text("follow_up"),
        reviewed=all(reviewed_after(item, entry) is True for entry in live),
        place=night.place(item),
    )


def _day(item: Item, field: str) -> str:
    day = incidents.day_of(item, field)
    return str(day) if day is not None else ""


def used(night: Night) -> Mapping[str, Sequence[datetime.date]]:
    """The days on which the incidents began in which each runbook was used, by its id."""
    days: defaultdict[str, list[datetime.date]] = defaultdict(list)
    for item in night.estate.all("incident"):
        day = incidents.day_of(item, "started_at")
        for id_ in {night.named[id_].key for id_ in incidents.used(item) if id_ in night.named}:
            if day is not None:
                days[id_].append(day)
    return days
