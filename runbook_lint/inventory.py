"""What the tool sees, as plain data; the contract is ``schemas/inventory.schema.json``."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from runbook_lint import summary
from runbook_lint.checks import targets
from runbook_lint.documents.faults import unread
from runbook_lint.findings import HIDDEN, Shown
from runbook_lint.model import Item, Report, Value


def of(report: Report, url_prefixes: Mapping[str, str]) -> dict[str, Any]:
    """The inventory of a run."""
    estate = report.estate
    entries = (*estate.all("entry"), *estate.all("retired"))
    return {
        "version": 1,
        "runbooks": [_runbook(item, report) for item in estate.all("runbook")],
        "entries": [_entry(item, report, url_prefixes) for item in sorted(entries, key=_where)],
        "alerts": [_alert(item, report) for item in estate.all("alert")],
        "signals": [_signal(item, report) for item in estate.all("signal")],
        "incidents": [_incident(item, report) for item in sorted(estate.all("incident"), key=_where)],
        "owners": _owners(report),
        "unreadable": [_unreadable(item, report) for item in unread(estate)],
    }


def without_secrets(seen: dict[str, Any], report: Report) -> dict[str, Any]:
    """The inventory, or what was chosen of it by path, with none of the secrets that were found in any file."""
    lines: Shown = report.lines("")
    return {kind: lines.without(seen[kind]) for kind in seen}


def _where(item: Item) -> tuple[str, int]:
    return item.path, item.place.start


def _line(item: Item, report: Report) -> int:
    lines: Shown = report.lines(item.path)
    return lines.position(item.place.start)[0]


def _key(item: Item, report: Report) -> str:
    return HIDDEN if report.lines(item.path).hides(item.place) else item.key


def _plain(value: Value | None, lines: Shown) -> Any:
    """The value without places, and without secrets."""
    if value is None:
        return None
    inner = value.value
    if isinstance(inner, dict):
        return {key: _plain(each, lines) for key, each in inner.items()}
    if isinstance(inner, list):
        return [_plain(each, lines) for each in inner]
    return HIDDEN if lines.hides(value.span) else inner


def _text(item: Item, name: str, report: Report) -> str | None:
    value = item.fields.get(name)
    if value is not None and report.lines(item.path).hides(value.span):
        return HIDDEN
    return item.text(name) or None


def _runbook(item: Item, report: Report) -> dict[str, Any]:
    lines = report.lines(item.path)
    metadata = {
        name.removeprefix("metadata."): _plain(value, lines)
        for name, value in sorted(item.fields.items())
        if name.startswith("metadata.")
    }
    title, profile = _text(item, "title", report), item.text("profile") or None
    return {"path": item.path, "title": title, "profile": profile, "metadata": metadata}


def _entry(item: Item, report: Report, url_prefixes: Mapping[str, str]) -> dict[str, Any]:
    target = targets.of_entry(item, url_prefixes, report.estate).path
    return {
        "id": _key(item, report),
        "path": item.path,
        "line": _line(item, report),
        "title": _text(item, "title", report),
        "status": "retired" if item.noun == "retired" else "active",
        "target": targets.existing(target, report.estate) or None,
        "owner_team": _text(item, "owner_team", report),
        "severity_hint": _text(item, "severity_hint", report),
        "last_reviewed_at": _text(item, "last_reviewed_at", report),
        "signals": _texts(item, "signals", report),
    }


def _texts(item: Item, name: str, report: Report) -> list[str]:
    listed = _plain(item.fields.get(name), report.lines(item.path))
    return [str(each) for each in listed if isinstance(each, (str, int))] if isinstance(listed, list) else []


def _alert(item: Item, report: Report) -> dict[str, Any]:
    link = summary.link_of(item, report.estate)
    at = item.fields.get(link.key)
    hidden = at is not None and report.lines(item.path).hides(at.span)
    return {
        "name": _text(item, "name", report),
        "path": item.path,
        "line": _line(item, report),
        "group": _text(item, "group", report),
        "severity": _text(item, "labels.severity", report),
        "expr": _text(item, "expr", report),
        "runbook": {
            "key": link.key or None,
            "value": (HIDDEN if hidden else link.value) if link.key else None,
            "verdict": link.verdict,
            "id": link.id or None,
            "path": link.path or _path_of(link.id, report),
        },
    }


def _path_of(id_: str, report: Report) -> str | None:
    for noun in ("entry", "retired"):
        for entry in report.estate.all(noun):
            if entry.key == id_ and id_:
                return targets.existing(targets.of_path(entry.text("url")).path, report.estate) or None
    return None


def _signal(item: Item, report: Report) -> dict[str, Any]:
    return {
        "key": _key(item, report),
        "path": item.path,
        "line": _line(item, report),
        "runbooks": _texts(item, "runbooks", report),
        "surface": _text(item, "surface", report),
        "owner": _text(item, "owner", report),
    }


def _incident(item: Item, report: Report) -> dict[str, Any]:
    said = ("title", "severity", "started_at", "ended_at", "owner", "correlation_id", "resource_name", "error_code")
    return {
        "id": _key(item, report),
        "path": item.path,
        "line": _line(item, report),
        **{name: _text(item, name, report) for name in said},
        **{name: _texts(item, name, report) for name in ("runbook_ids", "signals")},
    }


def _owners(report: Report) -> list[dict[str, Any]]:
    estate = report.estate
    entries = Counter(_text(item, "owner_team", report) or "" for item in estate.all("entry"))
    runbooks = Counter(_text(item, "metadata.owner", report) or "" for item in estate.all("runbook"))
    teams = {_key(team, report): team for team in estate.all("team")}
    names = sorted({*entries, *runbooks, *teams} - {""})
    return [
        {
            "name": name,
            "primary": _held(teams.get(name), "primary", report),
            "backup": _held(teams.get(name), "backup", report),
            "entries": entries[name],
            "runbooks": runbooks[name],
        }
        for name in names
    ]


def _held(team: Item | None, role: str, report: Report) -> Any:
    return _plain(team.fields.get(role), report.lines(team.path)) if team is not None else None


def _unreadable(item: Item, report: Report) -> dict[str, Any]:
    line, column = report.lines(item.path).position(item.place.start)
    return {"path": item.path, "line": line, "column": column, "why": item.text(item.key)}
