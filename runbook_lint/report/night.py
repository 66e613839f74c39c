"""An estate on a day, and what the parts of the report ask of it again and again."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from runbook_lint import summary
from runbook_lint.checks import owners, reviews, targets
from runbook_lint.checks.entries import OWNER_LABELS
from runbook_lint.config import Config
from runbook_lint.documents import templates
from runbook_lint.documents.catalog import ENTRIES, aliases
from runbook_lint.model import Estate, Item, Link, Rule
from runbook_lint.report.document import Place

SEVERITIES = ("sev1", "sev2", "sev3")


@dataclass(frozen=True, slots=True, eq=False)
class Night:
    """An estate, and who answers for what in it.

    ``files`` leads from entries to the files of their runbooks, ``named`` from ids and aliases to entries, ``links``
    from alerts to the references that count, ``leading`` from the keys of entries to the alerts that lead there.
    ``limits`` says how long a review holds, ``team`` gives the roster's name of an owner, ``owner_of`` that of a file
    by CODEOWNERS. ``line`` tells the line of an item, ``original`` the estate's own of an item that a finding shows
    without a secret.
    """

    name: str
    today: datetime.date
    config: Config
    estate: Estate
    files: Mapping[Item, str]
    named: Mapping[str, Item]
    links: Mapping[Item, Link]
    leading: Mapping[str, Sequence[Item]]
    limits: reviews.Limits
    team: Callable[[str], str]
    owner_of: Callable[[str], str]
    line: Callable[[Item], int]
    original: Callable[[Item], Item]

    def place(self, item: Item) -> Place:
        return Place(repository=self.name, path=item.path, line=self.line(item))

    def severity(self, item: Item) -> str:
        """What an alert, an entry or a runbook says of itself; empty when that is none of the three."""
        for field in ("labels.severity", "severity_hint", "metadata.severity", "severity"):
            said = item.text(field).lower()
            if said in SEVERITIES or said in self.config.severity_map:
                return self.config.severity_map.get(said, said)
        return ""

    def worst(self, item: Item) -> str:
        """The severity of an entry or a runbook, or that of the worst alert that leads there."""
        said = (self.severity(each) for each in (item, *self.leading.get(item.key, ())))
        return min((each for each in said if each), default="")

    def entry_of(self, alert: Item) -> Item | None:
        return self.named.get(self.links[alert].id)

    def works(self, alert: Item) -> str:
        """Where an alert leads: ``resolved`` to a runbook that is there and in use, else ``unknown``, ``missing`` or
        ``cannot-tell``."""
        link = self.links[alert]
        entry = self.named.get(link.id)
        if link.verdict != "resolved" or entry is None:
            return link.verdict
        url = entry.text("url")
        there = bool(self.files[entry]) or (bool(url) and targets.is_url(url))
        return "resolved" if entry.noun == "entry" and there else "unknown"

    def owner(self, item: Item) -> str:
        """The team that answers for an entry, a runbook or an alert; empty where nobody does."""
        if item.noun == "alert":
            entry = self.entry_of(item)
            said = [entry.text("owner_team")] if entry is not None else []
            said += [item.text(label) for label in OWNER_LABELS]
        else:
            said = [item.text("owner_team"), item.text("metadata.owner"), item.text("owner")]
        named = next((each for each in said if each and not _tells_nothing(each)), "")
        return self.team(named) if named else self.owner_of(self.files.get(item, "") or item.path)

    def due(self, item: Item) -> int | None:
        """The days until the review of an entry or a runbook is due, below zero when it is overdue."""
        return reviews.days_left(
            item, self.estate.by_path.get(self.files.get(item, item.path)), self.today, self.limits
        )


def of(
    name: str,
    estate: Estate,
    config: Config,
    rules: Iterable[Rule],
    today: datetime.date,
    line: Callable[[Item], int],
) -> Night:
    """The estate of a repository of this name on a day."""
    entries = [entry for noun in ENTRIES for entry in estate.all(noun)]
    named = {alias: entry for entry in entries for alias in aliases(entry)} | {entry.key: entry for entry in entries}
    links = {alert: summary.link_of(alert, estate) for alert in estate.all("alert")}
    leading: defaultdict[str, list[Item]] = defaultdict(list)
    for alert, link in links.items():
        if link.id in named:
            leading[named[link.id].key].append(alert)
    return Night(
        name,
        today,
        config,
        estate,
        {entry: targets.file_of(entry, config.url_prefixes, estate) for entry in entries},
        named,
        links,
        leading,
        reviews.limits_of(rules, config.severity_map),
        _teams(estate),
        _codeowners(estate),
        line,
        _originals(estate),
    )


def _teams(estate: Estate) -> Callable[[str], str]:
    known = {team.key: owners.people(team.fields.get("codeowners")) for team in estate.all("team")}

    @cache
    def of(name: str) -> str:
        if name in known:
            return name
        return next((team for team, others in known.items() if owners.agrees(name, team, others)), name)

    return of


def _codeowners(estate: Estate) -> Callable[[str], str]:
    by_path, team = owners.codeowners(estate.all("codeowner")), _teams(estate)

    @cache
    def of(path: str) -> str:
        found = by_path(path)
        return team(found[0]) if found else ""

    return of


def _originals(estate: Estate) -> Callable[[Item], Item]:
    known = {(item.noun, item.path, item.place): item for noun in estate.items for item in estate.all(noun)}
    return lambda item: known.get((item.noun, item.path, item.place), item)


def _tells_nothing(said: str) -> bool:
    return templates.holds(said) or templates.is_placeholder(said)
