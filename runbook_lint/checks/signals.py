"""Checks of the signal map: signal -> runbooks, and back."""

from collections.abc import Iterator, Mapping

from runbook_lint.model import Estate, Item, Problem, Value


def _entries(estate: Estate) -> Mapping[str, Item]:
    return {entry.key: entry for entry in estate.all("entry") if entry.key}


def _listed(value: Value | None) -> Iterator[Value]:
    """The texts of a list."""
    for each in value.value if value is not None and isinstance(value.value, list) else ():
        if isinstance(each.value, str):
            yield each


def be_mapped(estate: Estate) -> Iterator[Problem]:
    """A registered signal has at least one runbook, and all that it names are in the catalog and not retired."""
    live = _entries(estate)
    retired = {entry.key for entry in estate.all("retired")}
    for signal in estate.all("signal"):
        ids = list(_listed(signal.fields.get("runbooks")))
        urgent = signal.text("surface") == "action_required"
        surface = {"surface": signal.text("surface") or "no surface"}
        if not ids:
            yield Problem(None, surface, "" if urgent else "less-urgent", item=signal)
        for id_ in ids:
            if id_.value not in live:
                case = "retired" if id_.value in retired else "unknown"
                words = {**surface, "id": id_.value}
                yield Problem(id_.span, words, case + ("" if urgent else "-less-urgent"), id_.value, signal)


def have_known_signals(estate: Estate) -> Iterator[Problem]:
    """The signals that an entry names are registered, once any is."""
    registered = {signal.key for signal in estate.all("signal")}
    if not registered:
        return
    for entry in estate.all("entry"):
        for key in _listed(entry.fields.get("signals")):
            if key.value not in registered:
                yield Problem(key.span, {"signal": key.value}, subject=key.value, item=entry)


def have_agreeing_signals(estate: Estate) -> Iterator[Problem]:
    """What entries say of their signals and what the map says of its runbooks is the same."""
    signals = {signal.key: signal for signal in estate.all("signal")}
    live = _entries(estate)
    mapped = {key: {id_.value for id_ in _listed(signal.fields.get("runbooks"))} for key, signal in signals.items()}
    for entry in live.values():
        for key in _listed(entry.fields.get("signals")):
            if key.value in mapped and entry.key not in mapped[key.value]:
                yield Problem(key.span, {"signal": key.value, "id": entry.key}, "entry", key.value, entry)
    claimed = {entry.key: {key.value for key in _listed(entry.fields.get("signals"))} for entry in live.values()}
    for signal in signals.values():
        for id_ in _listed(signal.fields.get("runbooks")):
            if id_.value in claimed and signal.key not in claimed[id_.value]:
                yield Problem(id_.span, {"signal": signal.key, "id": id_.value}, "map", id_.value, signal)
