"""Investigation: signal -> alert -> runbook -> owner -> panel -> saved query, and what leads nowhere."""

from collections.abc import Iterator, Mapping, Sequence

from runbook_lint.documents.alerts import PANELS, QUERIES
from runbook_lint.model import Item
from runbook_lint.report.document import Orphans, Path
from runbook_lint.report.fleet import texts
from runbook_lint.report.night import Night


def paths(night: Night) -> list[Path]:
    """A way for every alert, and for every signal that none of the alerts' runbooks answers."""
    by_entry = _signals(night)
    told: set[Item] = set()
    found = [path for alert in night.estate.all("alert") for path in _of_alert(alert, night, by_entry, told)]
    found += [path for signal in night.estate.all("signal") if signal not in told for path in _of_signal(signal, night)]
    return sorted(found, key=_order)


def _order(path: Path) -> tuple[str, ...]:
    broken = "1" if path["verdict"] in ("resolved", "cannot-tell") else "0"
    return (path["severity"] or "~", broken, path["alert"] or "~", path["signal"], path["place"]["path"], path["id"])


def _signals(night: Night) -> Mapping[str, Sequence[Item]]:
    """The signals that lead to an entry, by its id."""
    found: dict[str, list[Item]] = {}
    for signal in night.estate.all("signal"):
        for id_ in texts(signal, "runbooks"):
            if id_ in night.named:
                found.setdefault(night.named[id_].key, []).append(signal)
    return found


def _of_alert(alert: Item, night: Night, by_entry: Mapping[str, Sequence[Item]], told: set[Item]) -> Iterator[Path]:
    """A way for each signal that leads to the alert's runbook; of several only those that are called like it, if any
    are."""
    entry = night.entry_of(alert)
    signals = by_entry.get(entry.key, ()) if entry is not None else ()
    named = [signal for signal in signals if _alike(signal.key, alert.key)]
    own = entry is not None and not signals and next(texts(entry, "signals"), "")
    shown = named or list(signals)[:1]
    told.update(shown)
    if not shown:
        yield _path(night, alert, entry, None, own or "")
    for signal in shown:
        yield _path(night, alert, entry, signal, "")


def _alike(signal: str, alert: str) -> bool:
    return _folded(signal) in _folded(alert) or _folded(alert) in _folded(signal)


def _folded(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _path(night: Night, alert: Item, entry: Item | None, signal: Item | None, own: str) -> Path:
    said = [item for item in (signal, alert, entry) if item is not None]
    link = night.links[alert]
    return Path(
        signal=signal.key if signal is not None else own,
        alert=alert.key,
        severity=night.severity(alert),
        verdict=night.works(alert),
        id=entry.key if entry is not None else link.id or (link.value if link.verdict == "unknown" else ""),
        title=entry.text("title") if entry is not None else "",
        target=night.files[entry] or entry.text("url") if entry is not None else link.path,
        owner=night.owner(alert),
        panel=_first(said, ("panel", *PANELS)),
        saved_query=_first(said, ("saved_query", *QUERIES)),
        place=night.place(alert),
    )


def _of_signal(signal: Item, night: Night) -> Iterator[Path]:
    """The ways of a signal that no alert gives."""
    for id_ in list(texts(signal, "runbooks")) or [""]:
        entry = night.named.get(id_)
        there = entry is not None and entry.noun == "entry"
        yield Path(
            signal=signal.key,
            alert="",
            severity=night.severity(signal) or (night.severity(entry) if entry is not None else ""),
            verdict="resolved" if there else "unknown" if id_ else "missing",
            id=id_,
            title=entry.text("title") if entry is not None else "",
            target=night.files[entry] or entry.text("url") if entry is not None else "",
            owner=night.owner(entry if entry is not None else signal),
            panel=signal.text("panel"),
            saved_query=signal.text("saved_query"),
            place=night.place(signal),
        )


def _first(items: Sequence[Item], fields: Sequence[str]) -> str:
    return next((said for item in items for field in fields if (said := item.text(field))), "")


def orphans(night: Night) -> Orphans:
    """What leads nowhere and what nothing leads to."""
    estate = night.estate
    listed = set(night.files.values())
    answered = {night.named[id_].key for signal in estate.all("signal") for id_ in _known(signal, night)}
    reached = {night.links[alert].path for alert in estate.all("alert")}
    return Orphans(
        alerts=[night.place(each) for each in estate.all("alert") if night.works(each) in ("missing", "unknown")],
        signals=[night.place(each) for each in estate.all("signal") if not list(_known(each, night))],
        runbooks=[
            night.place(each) for each in estate.all("runbook") if each.path not in listed and each.path not in reached
        ],
        entries=[
            night.place(each)
            for each in estate.all("entry")
            if not (night.leading.get(each.key) or each.key in answered or any(texts(each, "signals")))
        ],
    )


def _known(signal: Item, night: Night) -> Iterator[str]:
    return (id_ for id_ in texts(signal, "runbooks") if id_ in night.named)
