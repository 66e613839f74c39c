"""Checks of incidents: what they record, which runbooks they name, and whether these were reviewed afterwards."""

import datetime
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from runbook_lint.checks import spelling
from runbook_lint.checks.values import be_present, date_of
from runbook_lint.documents import contracts, incidents, templates
from runbook_lint.documents.catalog import ENTRIES, aliases
from runbook_lint.model import Estate, Item, Problem, Value

_TIMES = ("started_at", "ended_at")
# Near misses are looked for only so often.
_HINTS = 50


def have_plausible_times(item: Item, value: Value | None, *, today: datetime.date) -> Iterator[Problem]:
    """The times of an incident are in the calendar and not in the future, and it did not end before it began."""
    for name in _TIMES:
        at, day = item.fields.get(name), incidents.day_of(item, name)
        words = {"field": name, "value": contracts.shown(item.text(name)), "today": str(today)}
        if at is not None and day is None and incidents.is_written(item, name):
            yield Problem(at.span, words, "impossible", name)
        elif at is not None and day is not None and day > today:
            yield Problem(at.span, words, "future", name)
    ended = item.fields.get("ended_at")
    if ended is not None and _is_backwards(item):
        words = {name: contracts.shown(item.text(name)) for name in _TIMES}
        yield Problem(ended.span, words, "backwards", "ended_at")


def _is_backwards(incident: Item) -> bool:
    """Whether it ended before it began; of what says only the day all of the day counts."""
    started, ended = (incidents.moment(incident, name) for name in _TIMES)
    if started is None or ended is None:
        return False
    if any(incidents.is_day(incident, name) for name in _TIMES):
        return ended.date() < started.date()
    return ended < started


def have_unique_incident_ids(estate: Estate) -> Iterator[Problem]:
    """No two incidents have one id; a difference in case alone is no difference."""
    first: dict[str, Item] = {}
    for incident in sorted(estate.all("incident"), key=lambda incident: (incident.path, incident.place)):
        other = first.setdefault(incident.key.casefold(), incident) if incident.key else incident
        if other is not incident:
            yield Problem(None, {"other": other}, subject=incident.key, item=incident)


def name_known_runbooks(estate: Estate, *, severities: Sequence[str] = ("sev1",)) -> Iterator[Problem]:
    """The runbooks that were used are in the catalog, retired or not, once there is one and it could be read; an
    incident of one of ``severities`` names at least one."""
    if not estate.has_catalog:
        return
    known = {name for noun in ENTRIES for entry in estate.all(noun) for name in (entry.key, *aliases(entry)) if name}
    near = _nearest(known)
    for incident in estate.all("incident"):
        ids = list(incidents.texts(incident, "runbook_ids"))
        if incident.raw("runbook_ids") in (None, []) and incident.text("severity") in severities:
            yield Problem(None, {}, "none", item=incident)
        for id_ in ids:
            if id_.value not in known:
                words = {"id": id_.value, "near": near(id_.value)}
                yield Problem(id_.span, words, "near" if words["near"] else "", id_.value, incident)


def name_known_signals(estate: Estate) -> Iterator[Problem]:
    """The signals of an incident are registered, once any is and the catalog could be read."""
    registered = {signal.key for signal in estate.all("signal")}
    if not registered or not estate.has_catalog:
        return
    near = _nearest(registered)
    for incident in estate.all("incident"):
        for key in incidents.texts(incident, "signals"):
            if key.value not in registered:
                words = {"signal": key.value, "near": near(key.value)}
                yield Problem(key.span, words, "near" if words["near"] else "", key.value, incident)


def _nearest(known: Collection[str]) -> Callable[[str], str]:
    """Gives the name that was most likely meant; empty where there is none."""
    folded = {name.casefold(): name for name in sorted(known, reverse=True)}
    hints: dict[str, str] = {}

    def of(name: str) -> str:
        if name not in hints and len(hints) < _HINTS:
            hints[name] = folded.get(spelling.nearest(name.casefold(), folded), "")
        return hints.get(name, "")

    return of


def hold_evidence(
    item: Item,
    value: Value | None,
    *,
    resource_prefix: str,
    needs: Sequence[str] = ("correlation_id", "resource_name"),
    parts: int = 0,
) -> Iterator[Problem]:
    """An incident has each of ``needs``, and its resource name is the prefix of the configuration with ``parts`` parts
    behind it, 0 for any number. One without an id lacks more than evidence."""
    for name in needs if item.key else ():
        found, said = item.fields.get(name), item.text(name)
        yield from (Problem(None, {"field": name}, "", name) for _ in be_present(item, found))
        if found is not None and said and templates.is_placeholder(said):
            yield Problem(found.span, {"field": name, "value": contracts.shown(said)}, "placeholder", name)
        elif found is not None and said and name == "resource_name" and resource_prefix:
            yield from _misnamed(found, said, resource_prefix, parts)


def _misnamed(value: Value, name: str, prefix: str, parts: int) -> Iterator[Problem]:
    """What is wrong with the form of a resource name, with the name that was meant where its prefix is another."""
    fixed, words = prefix.split(":"), name.split(":")
    rest = words[-parts:] if parts else words[len(fixed) :]
    if words[: len(fixed)] == fixed and _is_whole(words[len(fixed) :], parts):
        return
    shown = {"value": contracts.shown(name), "prefix": prefix, "should": ":".join((*fixed, *rest))}
    alias = words[: len(fixed)] != fixed and len(words) > len(rest) and _is_whole(rest, parts)
    shown["behind"] = f"{parts} part{'s' if parts > 1 else ''}" if parts else "at least one part"
    yield Problem(value.span, shown, "alias" if alias else "form", name)


def _is_whole(rest: Sequence[str], parts: int) -> bool:
    """Whether what follows the prefix has so many parts, and something in each."""
    return len(rest) == (parts or len(rest)) and bool(rest) and all(part and not part.isspace() for part in rest)


def be_reviewed_after_incidents(estate: Estate, *, today: datetime.date, days: int = 14) -> Iterator[Problem]:
    """The runbooks that were used are reviewed on the day an incident ended or after it, and at the
    latest ``days`` later."""
    entries = _by_name(estate)
    for incident in estate.all("incident"):
        ended = incidents.day_of(incident, "ended_at")
        if ended is None or (today - ended).days <= days:
            continue
        told: set[Item] = set()
        for id_ in incidents.texts(incident, "runbook_ids"):
            entry = entries.get(id_.value)
            if entry is not None and entry not in told and reviewed_after(incident, entry) is False:
                told.add(entry)
                words = {"id": id_.value, "ended": str(ended), "date": str(date_of(entry.fields["last_reviewed_at"]))}
                due = str(datetime.date.fromordinal(ended.toordinal() + days))
                yield Problem(id_.span, {**words, "due": due, "days": str(days)}, "", entry.key, incident)


def _by_name(estate: Estate) -> Mapping[str, Item]:
    """The live entries by id, and by alias where no id is called so."""
    entries = estate.all("entry")
    by_alias = {name: entry for entry in reversed(entries) for name in aliases(entry)}
    return {**by_alias, **{entry.key: entry for entry in reversed(entries)}}


def reviewed_after(incident: Item, entry: Item) -> bool | None:
    """Whether a runbook was reviewed on the day that an incident ended or later; None where a date is missing."""
    ended, reviewed = incidents.day_of(incident, "ended_at"), date_of(entry.fields.get("last_reviewed_at"))
    return None if ended is None or reviewed is None else reviewed >= ended
