"""Review quality: who stamped the last review of a runbook, with how many others, and what has changed since.

A change counts from the day on which it was committed. What a review knew is what was committed by the end of its day,
or by the commit that stamped it.
"""

import datetime
import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import NamedTuple

from runbook_lint import documents, git
from runbook_lint.checks.values import date_of
from runbook_lint.documents import catalog, instructions
from runbook_lint.documents.text import LARGEST, decode
from runbook_lint.expressions import lazy
from runbook_lint.model import Item, UserError
from runbook_lint.report.document import Drift, Review
from runbook_lint.report.night import Night

# How far back it is asked who changed what.
_YEARS = datetime.timedelta(days=730)
# A word of a text that may be the path of a file.
_PATH = lazy(r"(?<![\w/.-])[\w.-]+(?:/[\w.-]+)+")
_DATE = "last_reviewed_at"


class Change(NamedTuple):
    """The last change of a file: its day, and who made it."""

    day: str
    author: str


class _Version(NamedTuple):
    """A content that a file had, and the day from which it had it."""

    day: datetime.date
    commit: str
    content_id: str


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """What the history tells: ``changes`` of files, the ``stamps`` of ids (and of the paths of runbooks that no entry
    lists), and what has drifted away from a review of an item, by its file and the day of the review."""

    changes: Mapping[str, Change] = field(default_factory=dict)
    stamps: Mapping[str, Review] = field(default_factory=dict)
    drift: Callable[[Item, str, datetime.date], list[Drift]] = lambda item, path, day: []


class _History(NamedTuple):
    """The versions of each file, the oldest first, the commits, and how to read a content."""

    versions: Mapping[str, Sequence[_Version]]
    commits: Mapping[str, git.Commit]
    read: Callable[[str], str]

    def touched(self, commit: str, path: str) -> bool:
        return any(version.commit == commit for version in self.versions.get(path, ()))


def of(night: Night, root: str, text: Callable[[str], str]) -> Past:
    """The past of an estate; an empty one where there is no history. ``text`` gives the text of a file as it may be
    shown."""
    history = _history(root, night.today)
    if history is None:
        return Past()
    changes = {path: _change(found, history) for path, found in history.versions.items()}
    stamps = _stamps(night, history)
    drifting = _Drifting(
        night,
        history,
        stamps,
        cache(partial(_mentioned, night, text)),
        cache(partial(_followed, history.read)),
        cache(partial(_expressions, history.read)),
    )
    return Past(changes, stamps, partial(_drift, drifting))


def _history(root: str, today: datetime.date) -> _History | None:
    try:
        head = git.head(root)
        if not head:
            return None
        commits = git.log(root, head)
        told = list(git.versions(root, head, [""], today - _YEARS))
    except UserError:
        return None
    versions: defaultdict[str, list[_Version]] = defaultdict(list)
    for version in reversed(told):
        day = datetime.date.fromisoformat(commits[version.commit].day)
        if day <= today:
            versions[version.path].append(_Version(day, version.commit, version.content_id))
    for found in versions.values():
        found.sort(key=lambda version: version.day)
    return _History(versions, commits, cache(_reading(git.reader(root))))


def _reading(read: Callable[[str], bytes]) -> Callable[[str], str]:
    def text(content_id: str) -> str:
        try:
            content = read(content_id)
        except git.AbsentError:
            return ""
        return decode(content)[0] if len(content) <= LARGEST else ""

    return text


def _change(versions: Sequence[_Version], history: _History) -> Change:
    last = versions[-1]
    return Change(str(last.day), history.commits[last.commit].author)


# --- stamps -----------------------------------------------------------------------------------------------------------


def _stamps(night: Night, history: _History) -> dict[str, Review]:
    found = dict(_stamped(night, history))
    together = Counter(version.commit for version, _ in found.values())
    return {key: _review(version, path, together, history) for key, (version, path) in found.items()}


def _review(version: _Version, path: str, together: Mapping[str, int], history: _History) -> Review:
    commit = history.commits[version.commit]
    edited = history.touched(version.commit, path)
    return Review(by=commit.author, commit=commit.id, on=str(version.day), together=together[commit.id], edited=edited)


def _stamped(night: Night, history: _History) -> Iterator[tuple[str, tuple[_Version, str]]]:
    """For each id, or path of a runbook that no entry lists, the version that has its review date first, and the file
    of its runbook."""
    by_catalog: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for entry in night.estate.all("entry"):
        day = date_of(entry.fields.get(_DATE))
        if day is not None and entry.key:
            by_catalog[entry.path][entry.key] = str(day)
    for path, wanted in by_catalog.items():
        for id_, version in _first(path, wanted, history, partial(_dates, path, history.read)):
            yield id_, (version, night.files.get(night.named[id_], ""))
    listed = set(night.files.values())
    for runbook in night.estate.all("runbook"):
        day = date_of(runbook.fields.get(_DATE))
        if day is not None and runbook.path not in listed:
            read = partial(_date_of_runbook, runbook.path, history.read)
            for path, version in _first(runbook.path, {runbook.path: str(day)}, history, read):
                yield path, (version, "")


def _first(
    path: str, wanted: Mapping[str, str], history: _History, dates: Callable[[str], Mapping[str, str]]
) -> Iterator[tuple[str, _Version]]:
    """The first versions of a file with some dates. None is older than the date that it has."""
    oldest = min(wanted.values(), default="")
    left = dict(wanted)
    for version in history.versions.get(path, ()):
        if str(version.day) < oldest or not left:
            continue
        said = dates(version.content_id)
        for key in [key for key, day in left.items() if said.get(key) == day]:
            del left[key]
            yield key, version


def _dates(path: str, read: Callable[[str], str], content_id: str) -> Mapping[str, str]:
    """The review dates that a catalog says, by id."""
    text = read(content_id)
    if path.lower().endswith(".json"):
        try:
            return dict(_quickly(json.loads(text)))
        except (ValueError, TypeError, AttributeError):
            return {}
    items = catalog.read(text, path)
    return {item.key: str(date_of(item.fields.get(_DATE)) or "") for item in items if item.noun == "entry"}


def _quickly(document: object) -> Iterator[tuple[str, str]]:
    """The dates without their places, which takes a fraction of the time."""
    entries = document.get("runbooks", ()) if isinstance(document, dict) else document
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            yield entry["id"], str(entry.get(_DATE, ""))[:10]


def _date_of_runbook(path: str, read: Callable[[str], str], content_id: str) -> Mapping[str, str]:
    items = documents.read("runbook", read(content_id), path)
    found = next((item for item in items if item.noun == "runbook"), None)
    return {path: str(date_of(found.fields.get(_DATE)) or "")} if found is not None else {}


# --- drift ------------------------------------------------------------------------------------------------------------


class _Drifting(NamedTuple):
    night: Night
    history: _History
    stamps: Mapping[str, Review]
    mentioned: Callable[[str], Sequence[str]]
    followed: Callable[[str], str]
    asked: Callable[[str, str], Mapping[str, str]]


def _drift(known: _Drifting, item: Item, path: str, day: datetime.date) -> list[Drift]:
    """What has changed since a review: the runbook itself, its alerts, the files that it mentions."""
    found = [*_of_runbook(known, item, path, day), *_of_alerts(known, item, day), *_of_files(known, path, day)]
    return sorted(found, key=lambda drift: (drift["on"], drift["what"], drift["name"]))


def _of_runbook(known: _Drifting, item: Item, path: str, day: datetime.date) -> Iterator[Drift]:
    stamp = known.stamps.get(item.key if item.noun == "entry" else item.path)
    versions = known.history.versions.get(path, ())
    then = _at(versions, day)
    if stamp is not None:
        own = next((version for version in versions if version.commit == stamp["commit"]), None)
        on = datetime.date.fromisoformat(stamp["on"])
        then = own or _at(versions, on)
    if then is None or not versions or versions[-1] == then or versions[-1].day <= then.day:
        return
    if known.followed(then.content_id) != known.followed(versions[-1].content_id):
        yield _drifted("runbook", path, versions[-1].day, day)


def _of_alerts(known: _Drifting, item: Item, day: datetime.date) -> Iterator[Drift]:
    for alert in known.night.leading.get(item.key, ()) if item.noun == "entry" else ():
        versions = known.history.versions.get(alert.path, ())
        if not versions or versions[-1].day <= day:
            continue
        then = _at(versions, day)
        former = known.asked(alert.path, then.content_id) if then is not None else {}
        if former.get(alert.key) != known.asked(alert.path, versions[-1].content_id).get(alert.key):
            yield _drifted("alert", alert.key, versions[-1].day, day)


def _of_files(known: _Drifting, path: str, day: datetime.date) -> Iterator[Drift]:
    for name in known.mentioned(path) if path else ():
        versions = known.history.versions.get(name, ())
        if versions and versions[-1].day > day:
            first = next(version.day for version in versions if version.day > day)
            yield _drifted("file", name, first, day)


def _drifted(what: str, name: str, on: datetime.date, reviewed: datetime.date) -> Drift:
    return Drift(what=what, name=name, on=str(on), days=(on - reviewed).days)  # type: ignore[typeddict-item]


def _at(versions: Sequence[_Version], day: datetime.date) -> _Version | None:
    """The version that a file had at the end of a day."""
    index = bisect_left(versions, day + datetime.timedelta(days=1), key=lambda version: version.day)
    return versions[index - 1] if index else None


def _followed(read: Callable[[str], str], content_id: str) -> str:
    return instructions.read(read(content_id))[""]


def _expressions(read: Callable[[str], str], path: str, content_id: str) -> Mapping[str, str]:
    """What the alerts of a file ask, by their names."""
    items = documents.read("alerts", read(content_id), path)
    return {item.key: " ".join(item.text("expr").split()) for item in items if item.noun == "alert"}


def _mentioned(night: Night, text: Callable[[str], str], path: str) -> Sequence[str]:
    """The files of the repository that a runbook names by their paths, other markdown left out."""
    folder = path.rpartition("/")[0]
    names: Iterable[str] = (found[0].rstrip(".") for found in _PATH.finditer(text(path)))
    whole = {name if name in night.estate.paths else f"{folder}/{name}" for name in names}
    return sorted(name for name in whole if name in night.estate.paths and not documents.is_markdown(name))
