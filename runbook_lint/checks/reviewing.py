"""Checks of what a change does to review dates: who alters a runbook has reviewed it, and who only moves dates has not
(policy section 5)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from runbook_lint.checks import changes
from runbook_lint.checks.values import date_of
from runbook_lint.documents.tree import plain
from runbook_lint.model import Change, Item, Problem

_DATE = "last_reviewed_at"
# So many runbooks are said by name.
_NAMED = 3


class _Dated(NamedTuple):
    """Something with a review date on both sides; ``rewritten`` when its instructions changed."""

    item: Item
    former: Item
    rewritten: bool

    @property
    def moved(self) -> int | None:
        """By how many days its date moved; None when it has none on one side."""
        old, new = (date_of(item.fields.get(_DATE)) for item in (self.former, self.item))
        return (new - old).days if old is not None and new is not None else None

    @property
    def words(self) -> dict[str, str]:
        """Its names for people: what it is, and both dates."""
        name = self.item.key if self.item.noun == "entry" else self.item.text("title") or self.item.path
        return {"name": name, "date": self.item.text(_DATE)[:10], "was": self.former.text(_DATE)[:10]}


def be_reviewed_when_changed(change: Change) -> Iterator[Problem]:
    """A runbook whose instructions changed got a new review date, and no date moved backwards."""
    entries, runbooks = list(_entries(change)), list(_runbooks(change))
    own = {each.item.path: each.moved or 0 for each in runbooks}
    for each in (*entries, *runbooks):
        if (each.moved or 0) < 0:
            yield Problem(each.item.fields[_DATE].span, each.words, "backwards", item=each.item)
    for each in (*entries, *_unlisted(runbooks, change)):
        path = change.leads[each.item][0] if each.item.noun == "entry" else each.item.path
        if each.rewritten and each.moved == 0 and own.get(path, 0) <= 0:
            yield Problem(each.item.fields[_DATE].span, each.words, item=each.item)


def not_be_bumped_in_bulk(change: Change, *, many: int = 10) -> Iterator[Problem]:
    """Fewer than ``many`` runbooks, or than half of all where that is less, got a new review date and nothing else."""
    dated = [*_entries(change), *_unlisted(_runbooks(change), change)]
    bumped = [each for each in dated if (each.moved or 0) > 0 and not each.rewritten and not _is_edited(each)]
    if len(bumped) >= min(many, max(2, (len(dated) + 1) // 2)):
        first = min(bumped, key=lambda each: (each.item.path, each.item.place))
        names = [f"'{each.words['name']}'" for each in bumped]
        words = {"number": str(len(names)), "names": changes.listed(names, _NAMED)}
        yield Problem(first.item.fields[_DATE].span, words, item=first.item)


def _is_edited(each: _Dated) -> bool:
    """Whether anything but the date of an entry changed."""
    return each.item.noun == "entry" and _rest(each.item) != _rest(each.former)


def _rest(entry: Item) -> Mapping[str, object]:
    return {name: plain(value) for name, value in entry.fields.items() if name != _DATE}


def _entries(change: Change) -> Iterator[_Dated]:
    """The live entries that were there before."""
    for entry in change.after.all("entry"):
        path, anchor = change.leads[entry]
        former = change.origin.get(entry)
        if former is not None and former.noun == "entry":
            yield _Dated(entry, former, anchor in change.rewritten.get(path, ()))


def _unlisted(runbooks: Iterable[_Dated], change: Change) -> Iterator[_Dated]:
    """Those runbooks that no live entry leads to: of the others the entry's date counts."""
    listed = {change.leads[entry][0] for entry in change.after.all("entry")}
    return (each for each in runbooks if each.item.path not in listed)


def _runbooks(change: Change) -> Iterator[_Dated]:
    """The runbooks that were there before."""
    sources = changes.sources(change)
    for runbook in change.after.all("runbook"):
        former = change.before.by_path.get(sources.get(runbook.path, ""))
        if former is not None:
            yield _Dated(runbook, former, "" in change.rewritten.get(runbook.path, ()))
