"""Review quality: who stamped the last review of a runbook, with how many others, and what has changed since.

A change counts from the day on which it was committed. What a review knew is what was committed by the end of its day,
or by the commit that stamped it.
"""

import datetime
import json
import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import NamedTuple

from runbook_lint import documents
from runbook_lint.checks.values import date_of
from runbook_lint.documents import catalog, instructions
from runbook_lint.expressions import lazy
from runbook_lint.model import FileResult, Item
from runbook_lint.report import pieces
from runbook_lint.report.document import Drift, Review
from runbook_lint.report.history import History, Version
from runbook_lint.report.night import Night

# What may be a path in a text, and what is one if it has a dot.
_TOKEN = lazy(r"[\w./-]+")
_PATH = lazy(r"(?:\.{0,2}/)?[\w.-]+(?:/[\w.-]+)*\.\w+")
_DATE = "last_reviewed_at"
# A review of today may be dated by a calendar that is a day ahead of the one by which it is committed.
_SLACK = datetime.timedelta(days=2)
# A version is compared with the one before it.
_TWO = 2
# What an alert asks for; the rest is for people.
_ASKED = ("expr", "for", "labels.severity")


# What was read of files, by path and content id.
Read = Mapping[tuple[str, str], FileResult]


class Change(NamedTuple):
    """The last change of a file: its day, and who made it."""

    day: str
    author: str


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """What the history tells: the last change of a file, if it knows one; the ``stamps`` of ids (and of the paths of
    runbooks that no entry lists); and what has drifted away from a review of an item, by its file and its day."""

    change: Callable[[str], Change | None]
    stamps: Mapping[str, Review]
    drift: Callable[[Item, str, datetime.date], list[Drift]]


def of(night: Night, told: History | None, read: Read, text: Callable[[str], str], veil: Callable[[str], str]) -> Past:
    """The past of an estate. ``read`` has what was read of files, ``text`` gives the text of a file as it may be shown,
    ``veil`` a name."""
    if told is None:
        return Past(lambda path: None, {}, lambda item, path, day: [])
    hidden = cache(veil)
    told = told._replace(commits={id_: each._replace(author=hidden(each.author)) for id_, each in told.commits.items()})
    stamps = dict(_stamps(night, told))
    mentioned = cache(partial(_mentioned, night, text))
    asked = cache(partial(_asked, told.read, read))
    followed = cache(partial(_followed, told.read))
    return Past(
        partial(_change, told), stamps, partial(_drift, _Known(night, told, stamps, mentioned, asked, followed))
    )


def _change(told: History, path: str) -> Change | None:
    last = next((version for version in reversed(told.versions(path)) if version.written), None)
    return Change(str(last.day), told.commits[last.commit].author) if last is not None else None


# --- stamps -----------------------------------------------------------------------------------------------------------


def _stamps(night: Night, told: History) -> Iterator[tuple[str, Review]]:
    """The last review of each id, and of each runbook that no entry lists and that says its own date."""
    by_catalog: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for entry in night.estate.all("entry"):
        day = date_of(entry.fields.get(_DATE))
        if day is not None and entry.key:
            by_catalog[entry.path][entry.key] = str(day)
    for path, wanted in by_catalog.items():
        for id_, review in _first(path, wanted, told, lru_cache(_TWO)(_Dates(path, told.read))):
            file = night.files.get(night.named[id_], "")
            yield id_, {**review, "edited": bool(file) and told.wrote(review["commit"], file)}
    listed = set(night.files.values())
    for runbook in night.estate.all("runbook"):
        day = date_of(runbook.fields.get(_DATE))
        if day is not None and runbook.path not in listed:
            read = cache(partial(_date_of_runbook, runbook.path, told.read))
            yield from _first(runbook.path, {runbook.path: str(day)}, told, read)


def _first(
    path: str, wanted: Mapping[str, str], told: History, dates: Callable[[str], Mapping[str, str]]
) -> Iterator[tuple[str, Review]]:
    """The first versions of a file with some dates, and how many dates each of them set. What a history begins with
    was stamped by nobody whom it knows."""
    left = dict(wanted)
    before: Version | None = None
    oldest = datetime.date.fromisoformat(min(wanted.values())) - _SLACK
    for version in told.versions(path):
        if not left:
            break
        if version.day >= oldest:
            said = dates(version.content_id)
            found = [key for key, day in left.items() if said.get(key) == day]
            if found and version.written:
                review = _review(version, _set(said, dates(before.content_id) if before is not None else {}), told)
                yield from ((key, review) for key in found)
            left = {key: day for key, day in left.items() if key not in found}
        before = version


def _set(now: Mapping[str, str], then: Mapping[str, str]) -> int:
    return sum(bool(day) and then.get(key) != day for key, day in now.items())


def _review(version: Version, together: int, told: History) -> Review:
    commit = told.commits[version.commit]
    return Review(by=commit.author, commit=commit.id, on=str(version.day), together=together, edited=False)


class _Dates:
    """Tells by its id which review dates a content of a catalog says, by the ids of entries."""

    def __init__(self, path: str, read: Callable[[str], str]) -> None:
        self.path = path
        self.read = read
        self.former: pieces.Listed | None = None

    def __call__(self, content_id: str) -> Mapping[str, str]:
        text = self.read(content_id)
        if self.path.lower().endswith(".json"):
            return self.quickly(text)
        items = catalog.read(text, self.path)
        return {item.key: str(date_of(item.fields.get(_DATE)) or "") for item in items if item.noun == "entry"}

    def quickly(self, text: str) -> Mapping[str, str]:
        """The dates without their places, which takes a fraction of the time; of what the former content had too they
        are known."""
        told = pieces.revised(self.former, text, _dated) if self.former is not None else None
        found = _dated(text) if told is None else None
        self.former = pieces.whole(text, found) if found else told
        if self.former is not None:
            return dict(each for each in self.former.values if each is not None)
        try:
            return dict(_said(json.loads(text)))
        except (ValueError, TypeError, AttributeError):
            return {}


def _dated(text: str) -> list[pieces.Entry] | None:
    found = pieces.members(text, "runbooks")
    return [each._replace(value=_date(each.value)) for each in found] if found is not None else None


def _said(document: object) -> Iterator[tuple[str, str]]:
    entries = document.get("runbooks", ()) if isinstance(document, dict) else document
    told = map(_date, entries if isinstance(entries, list) else ())
    return (each for each in told if each is not None)


def _date(entry: object) -> tuple[str, str] | None:
    """The id of an entry and its review date."""
    known = isinstance(entry, dict) and isinstance(entry.get("id"), str)
    return (entry["id"], str(entry.get(_DATE, ""))[:10]) if known else None  # type: ignore[index, attr-defined]


def _date_of_runbook(path: str, read: Callable[[str], str], content_id: str) -> Mapping[str, str]:
    items = documents.read("runbook", read(content_id), path)
    found = next((item for item in items if item.noun == "runbook"), None)
    return {path: str(date_of(found.fields.get(_DATE)) or "")} if found is not None else {}


# --- drift ------------------------------------------------------------------------------------------------------------


class _Known(NamedTuple):
    night: Night
    told: History
    stamps: Mapping[str, Review]
    mentioned: Callable[[str], Sequence[str]]
    asked: Callable[[str, str], Mapping[str, str]]
    followed: Callable[[str], str]


def _drift(known: _Known, item: Item, path: str, reviewed: datetime.date) -> list[Drift]:
    """What has changed since a review: the runbook itself, its alerts, the files that it mentions."""
    stamp = known.stamps.get(item.key if item.noun == "entry" else item.path)
    day = max(reviewed, datetime.date.fromisoformat(stamp["on"])) if stamp is not None else reviewed
    found = [*_of_runbook(known, path, day), *_of_alerts(known, item, day), *_of_files(known, path, day)]
    drifts = [
        Drift(what=what, name=name, on=str(on), days=(on - reviewed).days)  # type: ignore[typeddict-item]
        for what, name, on in found
    ]
    return sorted(drifts, key=lambda drift: (drift["on"], drift["what"], drift["name"]))


_Found = tuple[str, str, datetime.date]


def _of_runbook(known: _Known, path: str, day: datetime.date) -> Iterator[_Found]:
    then = known.told.at(path, day)
    for version in known.told.after(path, day) if then is not None else ():
        if known.followed(version.content_id) != known.followed(then.content_id):  # type: ignore[union-attr]
            yield "runbook", path, version.day
            return


def _of_alerts(known: _Known, item: Item, day: datetime.date) -> Iterator[_Found]:
    """Alerts that ask for something else, or were not there before. Of what stands in the first commit nobody can tell
    whether it was."""
    for alert in known.night.leading.get(item.key, ()) if item.noun == "entry" else ():
        then = known.told.at(alert.path, day)
        was = known.asked(alert.path, then.content_id).get(alert.key) if then is not None else None
        if was == _asks(alert):
            continue
        for version in known.told.after(alert.path, day):
            if known.asked(alert.path, version.content_id).get(alert.key) != was:
                yield "alert", alert.key, version.day
                break


def _of_files(known: _Known, path: str, day: datetime.date) -> Iterator[_Found]:
    for name in known.mentioned(path) if path else ():
        later = known.told.after(name, day)
        if later:
            yield "file", name, later[0].day


def _followed(read: Callable[[str], str], content_id: str) -> str:
    return instructions.read(read(content_id))[""]


def _asked(read: Callable[[str], str], known: Read, path: str, content_id: str) -> Mapping[str, str]:
    """What the alerts of a file ask for, by their names."""
    result = known.get((path, content_id))
    if result is not None and result.kind == "alerts" and not any(item.noun == "fault" for item in result.items):
        items = result.items
    else:
        items = documents.read("alerts", read(content_id), path)
    return {item.key: _asks(item) for item in items if item.noun == "alert"}


def _asks(alert: Item) -> str:
    return "\n".join(" ".join(alert.text(field).split()) for field in _ASKED)


def _mentioned(night: Night, text: Callable[[str], str], path: str) -> Sequence[str]:
    """The files of the repository that a runbook names by their paths, from the root or from its own folder, other
    markdown left out."""
    folder = path.rpartition("/")[0]
    tokens = {token for token in _TOKEN.findall(text(path)) if "." in token}
    words = {found[0].rstrip(".") for token in tokens for found in _PATH.finditer(token)}
    whole = {posixpath.normpath(name.lstrip("/")) for name in words}
    whole |= {posixpath.normpath(posixpath.join(folder, name)) for name in words if not name.startswith("/")}
    return sorted(name for name in whole if name in night.estate.paths and not documents.is_markdown(name))
