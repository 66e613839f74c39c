"""What there is at a commit, counted so that the numbers follow when single files become others."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from runbook_lint.checks import reviews
from runbook_lint.checks.values import date_of
from runbook_lint.documents.catalog import ENTRIES, aliases
from runbook_lint.documents.tree import plain
from runbook_lint.model import FileResult, Item
from runbook_lint.report.night import Night

_PAGES = ("runbook", "page")


class Numbers(NamedTuple):
    """How many there were on a day."""

    runbooks: int
    entries: int
    overdue: int
    alerts: int
    mapped: int
    waivers: int
    baseline: int


class Standing:
    """An estate of a commit. Only its dates, waivers and what the baseline knows become others, see ``alike``."""

    def __init__(self, night: Night) -> None:
        estate = night.estate
        alerts = estate.all("alert")
        self.limits = night.limits
        self.counts = tuple(len(estate.all(noun)) for noun in ("runbook", "entry", "alert"))
        self.mapped = sum(night.works(alert) == "resolved" for alert in alerts)
        self.pages = dict(estate.by_path)
        self.files = dict(night.files)
        self.live_noun = "entry" if estate.all("entry") else "runbook"
        self.live = _by_path(estate.all(self.live_noun))
        self.waivers = _by_path(estate.all("waiver"))
        self.known = _by_path(estate.all("known"))
        self.last_days: dict[Item, tuple[Item | None, int | None]] = {}

    def numbers(self, day: datetime.date) -> Numbers:
        """What is counted on a day."""
        runbooks, entries, alerts = self.counts
        today = day.toordinal()
        lasts = [self._last_day(item) for items in self.live.values() for item in items]
        return Numbers(
            runbooks=runbooks,
            entries=entries,
            overdue=sum(last is not None and last < today for last in lasts),
            alerts=alerts,
            mapped=self.mapped,
            waivers=sum(_holds(waiver, day) for items in self.waivers.values() for waiver in items),
            baseline=sum(map(len, self.known.values())),
        )

    def put(self, former: FileResult, result: FileResult) -> None:
        """Puts what a file gives into the place of what it gave, which is alike."""
        path = result.path
        for noun, by_path in ((self.live_noun, self.live), ("waiver", self.waivers), ("known", self.known)):
            by_path[path] = [item for item in result.items if item.noun == noun]
        for old, new in zip(_of(former, ENTRIES), _of(result, ENTRIES), strict=True):
            if old is not new:
                self.files[new] = self.files.pop(old)
                self.last_days.pop(old, None)
        self.pages.update((page.path, page) for page in _of(result, _PAGES))

    def _last_day(self, item: Item) -> int | None:
        """The last day on which the review of an item still holds; None without a date."""
        runbook = self.pages.get(self.files.get(item, item.path))
        known = self.last_days.get(item)
        if known is None or known[0] is not runbook:
            left = reviews.days_left(item, runbook, datetime.date.min, self.limits)
            last = left + datetime.date.min.toordinal() if left is not None else None
            known = self.last_days[item] = (runbook, last)
        return known[1]


def alike(former: FileResult, result: FileResult, keys: Sequence[str]) -> bool:
    """Whether two contents of a file differ in nothing by which anything is joined: which entries there are and where
    they lead, what alerts refer to by these keys, and what could not be read."""
    if former.kind != result.kind or any(item.noun == "fault" for item in (*former.items, *result.items)):
        return False
    joined = (*ENTRIES, "alert", *_PAGES)
    old, new = _of(former, joined), _of(result, joined)
    if len(old) != len(new):
        return False
    return all(one is other or _told(one, keys) == _told(other, keys) for one, other in zip(old, new, strict=True))


def _told(item: Item, keys: Sequence[str]) -> tuple[Any, ...]:
    if item.noun in ENTRIES:
        return item.noun, item.key, item.text("url"), aliases(item)
    if item.noun == "alert":
        return item.noun, [plain(item.fields[key]) if key in item.fields else () for key in keys]
    return item.noun, item.path


def _of(result: FileResult, nouns: Sequence[str]) -> list[Item]:
    return [item for item in result.items if item.noun in nouns]


def _by_path(items: Iterable[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.path, []).append(item)
    return found


def _holds(waiver: Item, day: datetime.date) -> bool:
    until = date_of(waiver.fields.get("until"))
    return until is not None and until >= day
