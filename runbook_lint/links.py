"""Alert -> runbook: the references that every alert carries, and where they lead."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from runbook_lint import leads
from runbook_lint.checks import targets
from runbook_lint.documents import catalog, contracts
from runbook_lint.model import Estate, Item, Link
from runbook_lint.rows import said

# A reference of an alert: its key, its words, and where it leads.
_Reference = tuple[str, str, Link]
_Links = Mapping[Item, tuple[Link, ...]]


class _Known(NamedTuple):
    """What was worked out for an estate and holds for another one with the same ``basis``: the index, which
    repositories turned out to be ours, and the links."""

    basis: tuple[Any, ...]
    looked_up: leads.Index
    ours: set[str]
    links: _Links


def resolve(
    estate: Estate,
    runbook_keys: Sequence[str],
    url_prefixes: Mapping[str, str],
    former: Estate | None = None,
    *,
    lasting: bool = False,
) -> dict[Item, tuple[Link, ...]]:
    """The references of every alert in order of preference, each with its verdict. What a ``former`` estate worked out
    is not worked out again, if it was to be ``lasting``."""
    told = former.once(_Known, lambda: None) if former is not None else None
    basis = _basis(estate, runbook_keys, url_prefixes) if told is not None or lasting else ()
    known = told if told is not None and told.basis == basis else None
    index = known.looked_up._replace(estate=estate) if known is not None else leads.index_of(estate, url_prefixes)
    links: _Links = known.links if known is not None else {}
    alerts = estate.all("alert")
    found = {alert: _references(alert, runbook_keys, index) for alert in alerts if alert not in links}
    ours = _ours(found.values(), [links[alert] for alert in alerts if alert in links], index)
    if known is not None and known.ours != ours:
        found = {alert: _references(alert, runbook_keys, index) for alert in alerts}
    resolved = {alert: _links(found[alert], ours, index) if alert in found else links[alert] for alert in alerts}
    if lasting:
        estate.once(_Known, lambda: _Known(basis, index, ours, resolved))
    return resolved


def _basis(estate: Estate, runbook_keys: Sequence[str], url_prefixes: Mapping[str, str]) -> tuple[Any, ...]:
    """All that decides where a reference leads, but for the reference."""
    entries = [
        (entry.noun, entry.key, entry.text("url"), catalog.aliases(entry))
        for noun in catalog.ENTRIES
        for entry in estate.all(noun)
    ]
    runbooks = [runbook.path for runbook in estate.all("runbook")]
    anchors = {path: targets.anchors(path, estate) for path in estate.by_path}
    return (list(runbook_keys), url_prefixes, entries, runbooks, anchors, estate.paths, estate.has_catalog)


def _references(alert: Item, runbook_keys: Sequence[str], index: leads.Index) -> list[_Reference]:
    found, fields, names = [], alert.fields, alert.fields.keys()
    for key in [key for key in runbook_keys if key in names]:
        inner = said(fields, key)
        if type(inner) is str:
            text = inner.strip()
        else:
            text = contracts.shown(inner) if isinstance(inner, (dict, list)) else alert.text(key)
        found.append((key, text, leads.follow(alert, key, inner, text, index)))
    return found


def _links(references: Sequence[_Reference], ours: set[str], index: leads.Index) -> tuple[Link, ...]:
    """The links of an alert. A hint to an unknown id is what another link leads to, or an id that is spelt alike."""
    if not references:
        return ()
    ways = [
        leads.dead(lead, text, ours, index) if ours and lead.verdict == "cannot-tell" else lead
        for _, text, lead in references
    ]
    links = []
    for (key, text, _), lead in zip(references, ways, strict=True):
        hint = (next((each.id for each in ways if each.id), "") or index.near(text)) if lead.why == "id" else ""
        why = {"why": "near", "hint": hint} if hint else {}
        links.append(lead._replace(key=key, value=text, **why))
    return tuple(links)


def _ours(references: Iterable[Iterable[_Reference]], links: Iterable[Iterable[Link]], index: leads.Index) -> set[str]:
    """The forge repositories that are shown to be this one, because a URL into them leads to a runbook that is here:
    by itself, not only because its repository is one of these."""
    urls = {text for each in references for _, text, lead in each if lead.verdict == "resolved" and lead.path}
    for each in links:
        for link in each:
            lead = index.told.get((link.key, link.value)) if link.verdict == "resolved" and link.path else None
            if lead is not None and lead.verdict == "resolved":
                urls.add(link.value)
    urls.update(entry.text("url") for entry, target in index.leads.items() if target.path)
    return {targets.forge_repository(url) for url in urls if "://" in url} - {""}
