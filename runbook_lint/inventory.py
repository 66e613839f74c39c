"""What the tool sees, as plain data; the contract is ``schemas/inventory.schema.json``."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from runbook_lint import summary
from runbook_lint.checks import targets
from runbook_lint.documents.tree import plain
from runbook_lint.model import Item, Report, Value
from runbook_lint.places import Lines


def of(report: Report, url_prefixes: Mapping[str, str]) -> dict[str, Any]:
    """The inventory of a run."""
    estate = report.estate
    entries = (*estate.all("entry"), *estate.all("retired"))
    return {
        "version": 1,
        "runbooks": [_runbook(item) for item in estate.all("runbook")],
        "entries": [_entry(item, report, url_prefixes) for item in sorted(entries, key=_where)],
        "alerts": [_alert(item, report) for item in estate.all("alert")],
        "signals": [_signal(item, report) for item in estate.all("signal")],
        "owners": _owners(report),
        "unreadable": [_unreadable(item, report) for item in summary.unread(estate)],
    }


def _where(item: Item) -> tuple[str, int]:
    return item.path, item.place.start


def _line(item: Item, report: Report) -> int:
    lines: Lines = report.lines(item.path)
    return lines.position(item.place.start)[0]


def _plain(item: Item, name: str) -> Any:
    value = item.fields.get(name)
    return plain(value) if value is not None else None


def _text(item: Item, name: str) -> str | None:
    return item.text(name) or None


def _runbook(item: Item) -> dict[str, Any]:
    metadata = {
        name.removeprefix("metadata."): plain(value)
        for name, value in sorted(item.fields.items())
        if name.startswith("metadata.")
    }
    return {"path": item.path, "title": _text(item, "title"), "profile": _text(item, "profile"), "metadata": metadata}


def _entry(item: Item, report: Report, url_prefixes: Mapping[str, str]) -> dict[str, Any]:
    target = targets.of_entry(item, url_prefixes, report.estate).path
    return {
        "id": item.key,
        "path": item.path,
        "line": _line(item, report),
        "title": _text(item, "title"),
        "status": "retired" if item.noun == "retired" else "active",
        "target": targets.existing(target, report.estate) or None,
        "owner_team": _text(item, "owner_team"),
        "severity_hint": _text(item, "severity_hint"),
        "last_reviewed_at": _text(item, "last_reviewed_at"),
        "signals": _texts(item.fields.get("signals")),
    }


def _texts(value: Value | None) -> list[str]:
    listed = value.value if value is not None and isinstance(value.value, list) else []
    return [str(each.value) for each in listed if isinstance(each.value, (str, int))]


def _alert(item: Item, report: Report) -> dict[str, Any]:
    link = summary.link_of(item, report.estate)
    return {
        "name": item.key or None,
        "path": item.path,
        "line": _line(item, report),
        "group": _text(item, "group"),
        "severity": _text(item, "labels.severity"),
        "expr": _text(item, "expr"),
        "runbook": {
            "key": link.key or None,
            "value": link.value if link.key else None,
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
        "key": item.key,
        "path": item.path,
        "line": _line(item, report),
        "runbooks": _texts(item.fields.get("runbooks")),
        "surface": _text(item, "surface"),
        "owner": _text(item, "owner"),
    }


def _owners(report: Report) -> list[dict[str, Any]]:
    estate = report.estate
    entries = Counter(item.text("owner_team") for item in estate.all("entry"))
    runbooks = Counter(item.text("metadata.owner") for item in estate.all("runbook"))
    teams = {team.key: team for team in estate.all("team")}
    names = sorted({*entries, *runbooks, *teams} - {""})
    return [
        {
            "name": name,
            "primary": _plain(teams[name], "primary") if name in teams else None,
            "backup": _plain(teams[name], "backup") if name in teams else None,
            "entries": entries[name],
            "runbooks": runbooks[name],
        }
        for name in names
    ]


def _unreadable(item: Item, report: Report) -> dict[str, Any]:
    line, column = report.lines(item.path).position(item.place.start)
    return {"path": item.path, "line": line, "column": column, "why": item.text(item.key)}
