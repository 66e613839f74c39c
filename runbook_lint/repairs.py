"""The repaired texts of a report: what its findings' edits make of the files, without any secret put elsewhere."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from runbook_lint import documents, fixes, snapshot
from runbook_lint.config import Config
from runbook_lint.documents.text import decode
from runbook_lint.model import Finding, Member, Repair, Replacement, Report, Rewrite, Span, UserError
from runbook_lint.places import Lines
from runbook_lint.snapshot import Snapshot

_BOM = b"\xef\xbb\xbf"


class Repaired(NamedTuple):
    """A file before and after."""

    path: str
    before: str
    after: str
    bom: bytes = b""


def repaired(report: Report, world: Snapshot, config: Config, found: Sequence[Finding] | None = None) -> list[Repaired]:
    """The files of a report that can be repaired, or that some of its findings are about, each with its new text."""
    by_path = {
        path: [shown for each in repairs if (shown := _veiled(each, report)) is not None]
        for path, repairs in fixes.by_path(report.findings if found is None else found).items()
    }
    return list(_repaired(by_path, _dates(world.root, by_path), world, config))


def _repaired(
    by_path: Mapping[str, list[Repair]], dates: Mapping[str, str], world: Snapshot, config: Config
) -> Iterator[Repaired]:
    for path, repairs in by_path.items():
        found = source(world, path)
        if found is None:
            continue
        text, bom = found
        after = fixes.applied(text, path, _kind(path, text, config), [dated(repair, dates) for repair in repairs])
        if after != text:
            yield Repaired(path, text, after, bom)


def offers(report: Report, world: Snapshot, config: Config) -> Callable[[Finding], Sequence[Replacement]]:
    """Tells what repairs a finding of the report alone, worked out for all of them when the first is asked for."""
    known = cache(lambda: _offers(report, world, config))
    return lambda finding: known().get(finding, ())


def _offers(report: Report, world: Snapshot, config: Config) -> Mapping[Finding, Sequence[Replacement]]:
    wanted: defaultdict[str, list[tuple[Finding, Repair]]] = defaultdict(list)
    for finding in report.findings:
        for path, repairs in fixes.by_path([finding]).items():
            wanted[path] += [(finding, shown) for each in repairs if (shown := _veiled(each, report)) is not None]
    dates = _dates(world.root, {path: [repair for _, repair in pairs] for path, pairs in wanted.items()})
    offered: defaultdict[Finding, list[Replacement]] = defaultdict(list)
    for path, pairs in wanted.items():
        made = _offered(path, [dated(repair, dates) for _, repair in pairs], world, config)
        for (finding, _), replacement in zip(pairs, made, strict=True):
            offered[finding] += replacement
    return offered


def _offered(path: str, repairs: Sequence[Repair], world: Snapshot, config: Config) -> Iterator[Sequence[Replacement]]:
    """For each repair what it puts where; nothing where it cannot be made safely."""
    found = source(world, path)
    if found is None:
        yield from ([] for _ in repairs)
        return
    text, lines = found[0], Lines(found[0])
    for edit in fixes.offered(text, path, _kind(path, text, config), repairs):
        yield [] if edit is None else [Replacement(lines.place(path, Span(edit.start, edit.end)), edit.text)]


def _kind(path: str, text: str, config: Config) -> str:
    return config.kind_of(path) or documents.recognise(path, text)


def source(world: Snapshot, path: str) -> tuple[str, bytes] | None:
    """The text of a file and the mark before it; None for what would not come out as it went in."""
    content = snapshot.content(world, path)
    if content is None:
        return None
    text, fault = decode(content)
    bom = _BOM if content.startswith(_BOM) else b""
    return (text, bom) if fault is None and bom + text.encode("utf-8", "surrogatepass") == content else None


def _veiled(repair: Repair, report: Report) -> Repair | None:
    if isinstance(repair, Member):
        shown = veiled(repair.value, report)
        return repair._replace(value=shown) if shown is not None else None
    if isinstance(repair, Rewrite):
        # What stands in one place is never written into another one, if it is a secret.
        return repair if report.lines("").without(repair.value) == repair.value else None
    return repair


def veiled(entry: Mapping[str, Any], report: Report) -> dict[str, Any] | None:
    """An entry without the secrets that its runbook has in its title, or wherever else it was taken from; None for one
    that has a secret in the path from which its id is made too."""
    shown: dict[str, Any] = report.lines("").without(dict(entry))
    return None if any(shown.get(key) != entry.get(key) for key in ("id", "url")) else shown


def dated(repair: Repair, dates: Mapping[str, str]) -> Repair:
    """An entry that has no review date with the day on which its runbook was last changed, which is no review."""
    if not isinstance(repair, Member):
        return repair
    return repair._replace(value=with_date(repair.value, dates))


def with_date(entry: Mapping[str, object], dates: Mapping[str, str]) -> Mapping[str, object]:
    """The same for an entry."""
    day = dates.get(str(entry.get("url", "")))
    if "last_reviewed_at" in entry or day is None:
        return entry
    whole: dict[str, object] = {}
    for key, value in entry.items():
        if key == "url":
            whole["last_reviewed_at"] = day
        whole[key] = value
    return {**whole, "x-reviewed-from": "git"}


def _dates(root: str, by_path: Mapping[str, list[Repair]]) -> Mapping[str, str]:
    members = (repair.value for repairs in by_path.values() for repair in repairs if isinstance(repair, Member))
    return dates(root, [str(entry["url"]) for entry in members if "last_reviewed_at" not in entry])


def dates(root: str, paths: list[str]) -> Mapping[str, str]:
    """The days on which runbooks were last changed; none where there is no git to ask."""
    try:
        return snapshot.written(root, set(paths))
    except UserError:
        return {}
