"""Fleet and samples: every catalog entry, and every runbook that no entry leads to."""

import datetime
from collections.abc import Iterator, Mapping, Sequence

from runbook_lint.checks.values import date_of
from runbook_lint.documents.catalog import ENTRIES
from runbook_lint.model import Item
from runbook_lint.report.document import Runbook
from runbook_lint.report.night import Night
from runbook_lint.report.past import Past


def rows(night: Night, past: Past, used: Mapping[str, Sequence[datetime.date]]) -> list[Runbook]:
    """The fleet in the order of ids, then of paths. ``used`` has the days of the incidents in which an id was used."""
    entries = [entry for noun in ENTRIES for entry in night.estate.all(noun)]
    listed = set(night.files.values())
    loose = [runbook for runbook in night.estate.all("runbook") if runbook.path not in listed]
    items = sorted((*entries, *loose), key=lambda item: (item.noun == "runbook", item.key, item.path))
    signals = _signals(night)
    return [_row(item, night, past, used, signals) for item in items]


def _row(
    item: Item,
    night: Night,
    past: Past,
    used: Mapping[str, Sequence[datetime.date]],
    signals: Mapping[str, Sequence[str]],
) -> Runbook:
    day, left = date_of(item.fields.get("last_reviewed_at")), night.due(item)
    said = str(day) if day is not None else ""
    if day is not None and day > night.today:  # it claims what cannot be, so nobody knows when it was
        day = left = None
    target = night.files.get(item, item.path)
    id_ = item.key if item in night.files else ""
    changed = past.change(target) if target else None
    days = used.get(id_, ())
    row = Runbook(
        id=id_,
        title=item.text("title"),
        status="retired" if item.noun == "retired" else "active",
        severity=night.worst(item) if id_ else night.severity(item),
        owner=night.owner(item),
        target=target or item.text("url"),
        reviewed=said,
        age=(night.today - day).days if day is not None else None,
        due=_after(night.today, left),
        left=left,
        changed=changed.day if changed is not None else "",
        changed_by=changed.author if changed is not None else "",
        drift=past.drift(item, target, day) if day is not None and item.noun != "retired" else [],
        alerts=len(night.leading.get(id_, ())) if id_ else 0,
        signals=list(signals.get(id_, ())),
        incidents=len(days),
        since_review=sum(day is None or each > day for each in days),
        place=night.place(item),
    )
    stamp = past.stamps.get(id_ or item.path)
    if stamp is not None:
        row["review"] = stamp
    return row


def _after(today: datetime.date, days: int | None) -> str:
    if days is None:
        return ""
    latest = datetime.date.max.toordinal()
    return str(datetime.date.fromordinal(max(1, min(today.toordinal() + days, latest))))


def _signals(night: Night) -> Mapping[str, Sequence[str]]:
    """The signals that lead to each id, by the entries and by the signal map."""
    found: dict[str, dict[str, None]] = {}
    for entry in night.estate.all("entry"):
        for name in texts(entry, "signals"):
            found.setdefault(entry.key, {})[name] = None
    for signal in night.estate.all("signal"):
        for id_ in texts(signal, "runbooks"):
            found.setdefault(night.named[id_].key if id_ in night.named else id_, {})[signal.key] = None
    return {id_: sorted(names) for id_, names in found.items()}


def texts(item: Item, field: str) -> Iterator[str]:
    """The texts of a list, or of the one value that stands in its place."""
    value = item.raw(field)
    for each in value if isinstance(value, list) else [item.fields[field]] if isinstance(value, str) else []:
        if isinstance(each.value, (str, int)):
            yield str(each.value)


def judged(rows: Sequence[Runbook]) -> list[Runbook]:
    """Those of the fleet of which a review is expected: live entries, and what says a date of its own; all of them
    where there is no entry."""
    live = [row for row in rows if row["status"] == "active"]
    listed = [row for row in live if row["id"] or row["reviewed"]]
    return listed if any(row["id"] for row in live) else live
