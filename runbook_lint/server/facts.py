"""What an editor tells of runbooks, entries and alerts: who leads where, and how fresh it is. Without secrets."""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from runbook_lint.checks import reviews, targets
from runbook_lint.config import Config
from runbook_lint.documents.catalog import ENTRIES, RETIRED, aliases
from runbook_lint.findings import HIDDEN
from runbook_lint.model import Item, Report, Rule, Span, Value


class Fact(NamedTuple):
    """What is told of a catalog entry; ``left`` are the days until its next review is due, None where nobody knows.

    ``path`` is the runbook's file (empty where there is none) and ``anchor`` the section.
    """

    entry: Item
    title: str
    owner: str
    severity: str
    reviewed: str
    left: int | None
    successor: str
    path: str
    anchor: str

    @property
    def retired(self) -> bool:
        """Whether nobody should be led there any more."""
        return self.entry.noun == RETIRED


class Reference(NamedTuple):
    """What stands at a place and names a runbook: the span, and the entry or the file with an anchor."""

    span: Span
    fact: Fact | None
    path: str
    anchor: str


class Facts:
    """The entries and alerts of one run by what leads to them."""

    def __init__(self, report: Report, config: Config, rules: Mapping[str, Rule], today: datetime.date) -> None:
        self.report = report
        self.config = config
        self.today = today
        self.limits = reviews.limits_of(rules.values(), config.severity_map)
        self.by_id: dict[str, Fact] = {}
        self.by_path: defaultdict[str, list[Fact]] = defaultdict(list)
        self.alerts_of_id: defaultdict[str, list[Item]] = defaultdict(list)
        self.alerts_of_path: defaultdict[str, list[Item]] = defaultdict(list)
        for entry in (each for noun in ENTRIES for each in report.estate.all(noun)):
            self._add(self._fact(entry))
        for alert, links in report.estate.links.items():
            led = [link for link in links if link.verdict == "resolved"]
            for id_ in {link.id for link in led} - {""}:
                self.alerts_of_id[id_].append(alert)
            for path in {link.path for link in led} - {""}:
                self.alerts_of_path[path].append(alert)

    def _add(self, fact: Fact) -> None:
        for name in (fact.entry.key, *aliases(fact.entry)):
            self.by_id.setdefault(name, fact)
        if fact.path:
            self.by_path[fact.path].append(fact)

    def _fact(self, entry: Item) -> Fact:
        estate = self.report.estate
        target = targets.of_entry(entry, self.config.url_prefixes, estate)
        path = targets.existing(target.path, estate)
        left = reviews.days_left(entry, estate.by_path.get(path), self.today, self.limits)
        return Fact(
            entry=entry,
            title=self.text(entry, "title"),
            owner=self.text(entry, "owner_team"),
            severity=self.text(entry, "severity_hint"),
            reviewed=self.text(entry, "last_reviewed_at"),
            left=left,
            successor=self.text(entry, "replaced_by"),
            path=path,
            anchor=target.anchor,
        )

    def text(self, item: Item, name: str) -> str:
        """A field's text without secrets."""
        value = item.fields.get(name)
        lines = self.report.lines(item.path)
        if value is not None and lines.hides(value.span):
            return HIDDEN
        hidden: str = lines.without(item.text(name))
        return hidden

    def ids(self) -> Iterator[tuple[str, Fact]]:
        """The ids that may be told, in their order; an id that is a secret is not."""
        for fact in sorted({id(fact): fact for fact in self.by_id.values()}.values(), key=lambda fact: fact.entry.key):
            key = fact.entry.key
            if key and not self.report.lines(fact.entry.path).hides(fact.entry.place) and self._says(key):
                yield key, fact

    def _says(self, words: str) -> bool:
        shown: str = self.report.lines("").without(words)
        return shown == words

    def entries(self, path: str) -> list[Item]:
        """The entries that are written in a file."""
        return [each for noun in ENTRIES for each in self.report.estate.all(noun) if each.path == path]

    def alerts(self, path: str) -> list[Item]:
        """The alerts that are written in a file."""
        return [each for each in self.report.estate.all("alert") if each.path == path]

    def reference(self, path: str, at: int) -> Reference | None:
        """What stands at a place and names a runbook."""
        return next((each for each in self._references(path, at) if each.span.start <= at <= each.span.end), None)

    def _references(self, path: str, at: int) -> Iterator[Reference]:
        for alert in self.alerts(path):
            for link in self.report.estate.links.get(alert, ()):
                yield Reference(alert.fields[link.key].span, self.by_id.get(link.id), link.path, link.anchor)
        for entry in self.entries(path):
            if entry.extent.start <= at <= entry.extent.end:
                yield from self._of_entry(entry)
        for signal in self.report.estate.all("signal"):
            if signal.path == path:
                yield from filter(None, map(self._named, _texts(signal.fields.get("runbooks"))))

    def _of_entry(self, entry: Item) -> Iterator[Reference]:
        successor = entry.fields.get("replaced_by")
        named = self._named(successor) if successor is not None else None
        if named is not None:
            yield named
        fact = self.of(entry)
        for name in ("id", "title", "url"):
            value = entry.fields.get(name)
            if value is not None and fact is not None:
                yield Reference(value.span, fact, fact.path, fact.anchor)

    def of(self, entry: Item) -> Fact | None:
        """The fact of an entry."""
        fact = self.by_id.get(entry.key)
        return fact if fact is not None and fact.entry is entry else self._fact(entry)

    def _named(self, value: Value) -> Reference | None:
        fact = self.by_id.get(str(value.value))
        return Reference(value.span, fact, fact.path, fact.anchor) if fact is not None else None


def _texts(value: Value | None) -> Sequence[Value]:
    inner = value.value if value is not None else None
    return [each for each in inner if isinstance(each.value, str)] if isinstance(inner, list) else []
