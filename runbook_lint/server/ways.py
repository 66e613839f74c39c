"""Ways between alerts, entries and runbooks: hover, definition, references, lenses."""

from collections.abc import Iterator, Sequence

from lsprotocol import types

from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Span
from runbook_lint.server import wording
from runbook_lint.server.atlas import Atlas, Here
from runbook_lint.server.facts import Fact, Reference

SHOW = "runbook-lint.alerts"
_RULE = lazy(r"[a-z][\w-]*/[\w-]+")


def hover(here: Here) -> types.Hover | None:
    """What is told of the runbook, or of the rule of a waiver, that is named here."""
    facts = here.diagnosis.facts
    reference = facts.reference(here.path, here.at)
    if reference is not None and reference.fact is not None:
        return _hover(wording.entry(reference.fact, facts), reference.span, here)
    for found in _RULE.finditer(here.text, *_line(here)):
        rule = here.diagnosis.rules.get(found[0])
        if rule is not None and found.start() <= here.at <= found.end() and _in_waiver(here):
            return _hover(wording.rule(rule), Span(*found.span()), here)
    return None


def _hover(words: str, span: Span, here: Here) -> types.Hover:
    content = types.MarkupContent(types.MarkupKind.Markdown, words)
    return types.Hover(content, here.atlas.ruler(here.path).range(span))


def _line(here: Here) -> Span:
    line, column = here.atlas.ruler(here.path).lines.position(here.at)
    text = here.atlas.ruler(here.path).lines.line(line)
    return Span(here.at - column + 1, here.at - column + 1 + len(text))


def _in_waiver(here: Here) -> bool:
    """Whether the place is in a comment that excuses something, or in one of the tool's own files."""
    waivers = (each for each in here.diagnosis.report.estate.all("waiver") if each.path == here.path)
    own = here.path.rpartition("/")[2].startswith(".runbook-lint")
    return own or any(each.extent.start <= here.at <= each.extent.end for each in waivers)


def definition(here: Here) -> list[types.Location]:
    """From an alert to its runbook and its entry, from an entry to its runbook, from a runbook's title to its
    entries."""
    facts = here.diagnosis.facts
    reference = facts.reference(here.path, here.at)
    if reference is not None:
        return list(_ends(reference, here))
    if here.path in here.diagnosis.report.estate.by_path and _at_title(here):
        return [here.atlas.location(fact.entry.path, fact.entry.place) for fact in facts.by_path[here.path]]
    return []


def _ends(reference: Reference, here: Here) -> Iterator[types.Location]:
    atlas, fact = here.atlas, reference.fact
    if reference.path:
        yield atlas.heading(reference.path, reference.anchor)
    if fact is not None and not (fact.entry.path == here.path and _within(fact.entry, here.at)):
        yield atlas.location(fact.entry.path, fact.entry.place)


def _within(item: Item, at: int) -> bool:
    return item.extent.start <= at <= item.extent.end


def _at_title(here: Here) -> bool:
    """Whether the place is on the first line or on that of the title."""
    lines = here.atlas.ruler(here.path).lines
    title = here.diagnosis.report.estate.by_path[here.path].place
    return lines.position(here.at)[0] in (1, lines.position(title.start)[0])


def references(here: Here, *, declaration: bool) -> list[types.Location]:
    """The alerts that lead to the runbook, the entry or the id here; with the ``declaration`` the entry too."""
    facts = here.diagnosis.facts
    reference = facts.reference(here.path, here.at)
    entry = next((each for each in facts.entries(here.path) if _within(each, here.at)), None)
    fact = reference.fact if reference is not None else facts.of(entry) if entry is not None else None
    if fact is not None:
        return _places(facts.alerts_of_id[fact.entry.key], [fact] if declaration else [], here.atlas)
    path = reference.path if reference is not None else here.path
    return _places(facts.alerts_of_path[path], facts.by_path[path] if declaration else [], here.atlas)


def _places(alerts: Sequence[Item], facts: Sequence[Fact], atlas: Atlas) -> list[types.Location]:
    items = [*(fact.entry for fact in facts), *alerts]
    return [atlas.location(item.path, item.place) for item in items]


def lenses(path: str, atlas: Atlas) -> list[types.CodeLens]:
    """How many alerts lead to a runbook, and to each entry of a catalog."""
    facts, estate = atlas.diagnosis.facts, atlas.diagnosis.report.estate
    shown = [_lens(entry, facts.alerts_of_id[entry.key], atlas) for entry in facts.entries(path) if entry.key]
    runbook = estate.by_path.get(path)
    if runbook is not None and (runbook.noun == "runbook" or facts.by_path[path]):
        shown.insert(0, _lens(runbook, facts.alerts_of_path[path], atlas))
    return shown


def _lens(item: Item, alerts: list[Item], atlas: Atlas) -> types.CodeLens:
    """The number of alerts; who clicks on it is told which they are."""
    title = wording.pointing(len(alerts))
    told = wording.listed(alerts, atlas.diagnosis.facts)
    command = types.Command(title, SHOW, arguments=[f"{title}: {told}" if told else title])
    return types.CodeLens(atlas.ruler(item.path).range(item.place), command)
