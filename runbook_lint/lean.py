"""What of the items of a text is kept once its own rules have spoken: what joins ask for, in little room."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from runbook_lint.checks import targets
from runbook_lint.checks.entries import OWNER_LABELS
from runbook_lint.documents import alerts
from runbook_lint.kept import Kept
from runbook_lint.model import Finding, Item, Value
from runbook_lint.rows import Table, columns

# What of an item only its own rules need; the rest is kept for joins.
_DOCUMENT = frozenset({"document"})
_HEAVY = {
    "runbook": frozenset({"text", "prose", "pasted", "messages", "sections", "front", "opening"}),
    "text": frozenset({"text"}),
    **dict.fromkeys(("catalog", "roster", "baseline"), _DOCUMENT),
}
_PROSE = "annotations."
_TELLING = frozenset((*OWNER_LABELS, *alerts.PANELS, *alerts.QUERIES))
# Whose members are fields of their own.
_WITHIN = ("labels", "annotations")
_MEMBERS: Mapping[str, Value] = {}
# Fields as the columns of a row and a value for each.
_Fields = tuple[Mapping[str, int], Iterable[Value]]


class Lean:
    """Items with what joins need, in little room, one for each that was; findings that hold on to no more. Their fields
    can be asked for when the table is full."""

    def __init__(self, runbook_keys: tuple[str, ...]) -> None:
        self.runbook_keys = runbook_keys
        self.table = Table()
        self.items: dict[Item, Kept] = {}

    def item(self, item: Item) -> Kept:
        """An item as it is kept."""
        kept = self.items.get(item)
        if kept is None:
            names, values = _needed(item, self.runbook_keys)
            row = self.table.row(names, item.place, item.extent, values)
            kept = self.items[item] = Kept(item.noun, item.key, item.path, row)
        return kept

    def finding(self, finding: Finding) -> Finding:
        """A finding as it is kept."""
        return replace(finding, item=self.item(finding.item), also=tuple(map(self.item, finding.also)))


def passes(item: Item) -> bool:
    """Whether no join asks for an item: for whole texts, and for links to the web."""
    return item.noun == "text" or (item.noun == "link" and targets.is_url(item.key.strip()))


def _needed(item: Item, runbook_keys: tuple[str, ...]) -> _Fields:
    """The fields that joins need."""
    fields = item.fields
    if item.noun == "alert":
        return _of_alert(fields, runbook_keys)
    heavy = _HEAVY.get(item.noun)
    if heavy:
        fields = {name: value for name, value in fields.items() if name not in heavy}
    return columns(tuple(fields)), fields.values()


def _of_alert(fields: Mapping[str, Value], runbook_keys: tuple[str, ...]) -> _Fields:
    """The fields of an alert without most of its annotations; what stands in a mapping is a field of its own."""
    names, within = _kept_names(tuple(fields), runbook_keys)
    values = [fields[name] for name in names]
    for at in within:
        if isinstance(values[at].value, dict):
            values[at] = Value(_MEMBERS, *values[at][1:])
    return names, values


@lru_cache(maxsize=1 << 10)
def _kept_names(names: tuple[str, ...], runbook_keys: tuple[str, ...]) -> tuple[Mapping[str, int], tuple[int, ...]]:
    """Of the annotations of an alert those that name its runbook, its owner or where to look, and the first, beside
    which another can be put: most of an alert is prose for people. And which columns are those of mappings."""
    first = next((at for at, name in enumerate(names) if name.startswith(_PROSE) and name.count(".") == 1), len(names))
    kept = tuple(
        name
        for at, name in enumerate(names)
        if at <= first or not name.startswith(_PROSE) or name in runbook_keys or name in _TELLING
    )
    return columns(kept), tuple(at for at, name in enumerate(kept) if name in _WITHIN)
