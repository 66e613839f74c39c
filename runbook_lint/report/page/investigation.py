"""Investigation: from a signal or an alert to what answers it, and what leads nowhere."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from runbook_lint.report.document import Nightly, Path, Place
from runbook_lint.report.page.search import Filter, controls
from runbook_lint.report.page.tags import (
    file_of,
    folded,
    labels,
    last_of,
    listing,
    number,
    reference,
    section,
    table,
    team,
    text,
)

HEADS = ("Signal", "Alert", "Line", "Severity", "Verdict", "Runbook", "Owner", "Panel", "Saved query")
VERDICTS = {"resolved": "works", "unknown": "unknown id", "missing": "no runbook", "cannot-tell": "cannot tell"}
STYLE = labels("ways", HEADS)
_Key = tuple[str, str, int]
# Of more ways the addresses would be most of the page; panels and queries are named then, and the JSON has the rest.
_MOST_LINKED = 1500


def render(document: Nightly) -> str:
    """The fourth section."""
    many = len(document["repositories"]) > 1
    asked = "Come with a signal or an alert, and go from left to right to the runbook, who owns it and where to look."
    found = _ways(document["paths"], many) if document["paths"] else "<p>There are no alerts and no signals.</p>"
    return section("investigation", "Investigation", asked, found + _orphans(document, many))


def _ways(paths: Sequence[Path], many: bool) -> str:
    filters = (
        Filter("Severity", 3, [each["severity"] for each in paths]),
        Filter("Team", 6, [each["owner"] or "nobody" for each in paths]),
        Filter("Verdict", 4, [VERDICTS[each["verdict"]] for each in paths]),
    )
    caption = "Signal, alert, runbook, owner, panel and saved query, by the file of the alert"
    of = table("ways", caption, HEADS, _groups(paths, many))
    return controls("row", "rows", "Signal, alert, runbook, file", filters, len(paths)) + of + "</div>"


def _groups(paths: Sequence[Path], many: bool) -> Iterator[str]:
    by_file: dict[str, list[Path]] = {}
    for each in paths:
        by_file.setdefault(file_of(each["place"], many), []).append(each)
    shown = reference if len(paths) <= _MOST_LINKED else last_of
    for file, of in by_file.items():
        rows = "".join(_way(each, shown) for each in of)
        yield f"<tbody><tr class=g><th colspan={len(HEADS)} scope=rowgroup>{file}{rows}"


def _way(each: Path, shown: Callable[[str], str]) -> str:
    wrong = (
        "" if each["verdict"] == "resolved" else " class=unsure" if each["verdict"] == "cannot-tell" else " class=bad"
    )
    last: tuple[Literal["panel", "saved_query"], ...] = (
        ("panel", "saved_query") if each["panel"] or each["saved_query"] else ()
    )
    runbook = text(each["id"] or each["target"])
    return (
        f"<tr><td>{text(each['signal'])}<td>{text(each['alert'])}<td>{each['place']['line'] or ''}"
        f"<td>{text(each['severity'])}<td{wrong}>{VERDICTS[each['verdict']]}<td>{runbook}<td>{team(each['owner'])}"
        f"{''.join(f'<td>{shown(each[key])}' for key in last)}"
    )


def _orphans(document: Nightly, many: bool) -> str:
    orphans, names = document["orphans"], _names(document)
    lists = (
        ("Alerts that lead to no working runbook", orphans["alerts"]),
        ("Signals that no runbook answers", orphans["signals"]),
        ("Runbooks that no catalog entry names", orphans["runbooks"]),
        ("Catalog entries that nothing leads to", orphans["entries"]),
    )
    folds = "".join(folded(f"{title}: {number(len(of))}", _places(of, names, many)) for title, of in lists if of)
    return (
        f"<h3>What leads nowhere</h3>{folds or '<p>Everything leads somewhere, and something leads to everything.</p>'}"
    )


def _key(place: Place) -> _Key:
    return place["repository"], place["path"], place["line"]


def _names(document: Nightly) -> dict[_Key, str]:
    """What stands at a place."""
    ways = {_key(each["place"]): each["alert"] or each["signal"] for each in document["paths"]}
    return {**ways, **{_key(each["place"]): each["id"] for each in document["fleet"]}}


def _places(places: Iterable[Place], names: Mapping[_Key, str], many: bool) -> str:
    """The places by file, so that a path is said once."""
    by_file: dict[str, list[str]] = {}
    for each in places:
        of = by_file.setdefault(file_of(each, many), [])
        of += [_at(each["line"], names.get(_key(each), ""))] if each["line"] else []
    return listing((f"{file}{': ' if of else ''}{', '.join(of)}" for file, of in by_file.items()), "places")


def _at(line: int, name: str) -> str:
    return f"{text(name)} <i>{line}</i>" if name else f"<i>{line}</i>"
