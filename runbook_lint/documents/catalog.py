"""The runbook catalog: entries and the signal map, from JSON or YAML, as a mapping or a bare list of entries."""

from collections.abc import Iterator

from runbook_lint.documents import jsontree, yamltree
from runbook_lint.documents.faults import fault_items
from runbook_lint.documents.tree import Fault, Reading, child, flat
from runbook_lint.model import Item, Span, Value

RETIRED = "retired"
# The nouns of the entries, alive or not.
ENTRIES = ("entry", RETIRED)


def read(text: str, path: str) -> list[Item]:
    """The catalog item, its entries (noun ``entry``, or ``retired``) and signals, and the text's faults."""
    reading = tree(text, path)
    if not reading.documents and not reading.faults:
        reading = Reading((), (Fault("syntax", "the file is empty; a catalog needs at least `[]`", Span(0, 0)),))
    items: list[Item] = []
    for document in reading.documents:
        root = document.root
        items.append(
            Item("catalog", path, path, Span(root.start, root.start), Span(root.start, root.end), {"document": root})
        )
        items.extend(_entries(root, path))
        items.extend(_signals(root, path))
    return [*items, *fault_items(reading.faults, path)]


def aliases(entry: Item) -> list[str]:
    """The ids that an entry had before."""
    listed = entry.raw("aliases")
    return [each.value for each in listed if isinstance(each.value, str)] if isinstance(listed, list) else []


def tree(text: str, path: str) -> Reading:
    """The documents of a JSON or YAML text, by the ending of its name."""
    return jsontree.read(text) if path.lower().endswith(".json") else yamltree.read(text)


def _entries(root: Value, path: str) -> Iterator[Item]:
    entries = root if isinstance(root.value, list) else child(root, "runbooks")
    for entry in entries.value if entries is not None and isinstance(entries.value, list) else ():
        if isinstance(entry.value, dict):
            yield _entry(entry, path)


def _entry(entry: Value, path: str) -> Item:
    fields = flat(entry)
    id_ = fields.get("id")
    status = fields.get("status")
    noun = RETIRED if status is not None and status.value == RETIRED else "entry"
    key = str(id_.value) if id_ is not None and isinstance(id_.value, str) else ""
    place = Span(id_.start, id_.end) if id_ is not None else Span(entry.start, entry.start + 1)
    return Item(noun, key, path, place, Span(entry.start, entry.end), fields)


def _signals(root: Value, path: str) -> Iterator[Item]:
    signals = child(root, "signals")
    if signals is None or not isinstance(signals.value, dict):
        return
    for key, value in signals.value.items():
        fields = flat(value) if isinstance(value.value, dict) else {"runbooks": value}
        fields.setdefault("runbooks", Value([], value.start, value.start))
        place = (
            Span(value.key, min(value.key + len(key) + 2, value.end))
            if value.key >= 0
            else Span(value.start, value.end)
        )
        yield Item("signal", key, path, place, Span(place.start, value.end), fields)
