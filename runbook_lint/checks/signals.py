"""Checks of the signal map: signal -> runbooks, and back. What a catalog that cannot be read may hold is not called
absent."""

from collections.abc import Iterator, Mapping

from runbook_lint.model import Estate, Item, Problem, Value


def _listed(value: Value | None) -> Iterator[Value]:
    """The texts of a list."""
    for each in value.value if value is not None and isinstance(value.value, list) else ():
        if isinstance(each.value, str):
            yield each


def _ids(estate: Estate, noun: str) -> Mapping[str, str]:
    """Every id and alias of the entries -> the id."""
    ids = {entry.key: entry.key for entry in estate.all(noun) if entry.key}
    for entry in estate.all(noun):
        for alias in _listed(entry.fields.get("aliases")):
            ids.setdefault(alias.value, entry.key)
    return ids


def named(signal: Item) -> list[str]:
    """The ids that a signal leads to."""
    return [id_.value for id_ in _listed(signal.fields.get("runbooks"))]


def be_mapped(estate: Estate) -> Iterator[Problem]:
    """A registered signal has at least one runbook, and all that it names are in the catalog and not retired."""
    live, retired = _ids(estate, "entry"), _ids(estate, "retired")
    for signal in estate.all("signal"):
        ids = list(_listed(signal.fields.get("runbooks")))
        less = "" if signal.text("surface") == "action_required" else "less-urgent"
        surface = {"surface": signal.text("surface") or "no surface"}
        if not ids and isinstance(signal.raw("runbooks"), list):
            yield Problem(None, surface, less, item=signal)
        for id_ in ids:
            case = "retired" if id_.value in retired else "unknown"
            if id_.value not in live and (case == "retired" or estate.has_catalog):
                words = {**surface, "id": id_.value}
                yield Problem(id_.span, words, "-".join(filter(None, (case, less))), id_.value, signal)


def have_known_signals(estate: Estate) -> Iterator[Problem]:
    """The signals that an entry names are registered, once any is."""
    registered = {signal.key for signal in estate.all("signal")}
    if not registered or not estate.has_catalog:
        return
    for entry in estate.all("entry"):
        for key in _listed(entry.fields.get("signals")):
            if key.value not in registered:
                yield Problem(key.span, {"signal": key.value}, subject=key.value, item=entry)


def have_agreeing_signals(estate: Estate) -> Iterator[Problem]:
    """What entries say of their signals and what the map says of its runbooks is the same.

    A signal that leads to no live runbook has a fault of its own.
    """
    live = _ids(estate, "entry")
    mapped: dict[str, set[str]] = {}
    for signal in estate.all("signal"):
        ids = {live[id_.value] for id_ in _listed(signal.fields.get("runbooks")) if id_.value in live}
        mapped.setdefault(signal.key, set()).update(ids)
    claimed: dict[str, set[str]] = {}
    for entry in estate.all("entry"):
        keys = list(_listed(entry.fields.get("signals")))
        claimed.setdefault(entry.key, set()).update(key.value for key in keys)
        yield from (_unmapped(entry, key) for key in keys if entry.key not in (mapped.get(key.value) or {entry.key}))
    for signal in estate.all("signal"):
        for id_ in _listed(signal.fields.get("runbooks")):
            if id_.value in live and signal.key not in claimed[live[id_.value]]:
                yield Problem(id_.span, {"signal": signal.key, "id": id_.value}, "map", id_.value, signal)


def _unmapped(entry: Item, key: Value) -> Problem:
    return Problem(key.span, {"signal": key.value, "id": entry.key}, "entry", key.value, entry)
