"""The tool's own files: the waivers, and what a baseline knows."""

from collections.abc import Callable, Iterator, Mapping

from runbook_lint import CONFIG
from runbook_lint.documents import jsontree, yamltree
from runbook_lint.documents.faults import fault_items
from runbook_lint.documents.tree import child, flat
from runbook_lint.model import Item, Span, Value

WAIVERS = ".runbook-lint-waivers.yaml"
BASELINE = ".runbook-lint-baseline.json"
FILES = (CONFIG, WAIVERS, BASELINE)

# What a waiver of the file may name beside its rules, of which it names one.
TARGETS = ("paths", "runbook_id", "alert")


def read(text: str, path: str) -> list[Item]:
    """The waivers or the known findings of a file in the root; nothing of other files, which have no such effect."""
    return list(_READERS[path](text, path)) if path in _READERS else []


def _waivers(text: str, path: str) -> Iterator[Item]:
    for each in _members(yamltree.read(text).documents, "waivers"):
        fields = dict(flat(each))
        rule = fields.pop("rule", None)
        rules = [] if rule is None else rule.value if isinstance(rule.value, list) else [rule]
        place = Span(rule.start, rule.end) if rule is not None else Span(each.start, each.start)
        fields["rules"] = Value(tuple(name for name in rules if isinstance(name.value, str)), *place)
        if "paths" in fields and not isinstance(fields["paths"].value, list):
            fields["paths"] = fields["paths"]._replace(value=[fields["paths"]])
        yield Item("waiver", path, path, place, Span(each.start, each.end), fields)


def _known(text: str, path: str) -> Iterator[Item]:
    reading = jsontree.read(text)
    for document in reading.documents:
        start = Span(document.root.start, document.root.start)
        whole = Span(document.root.start, document.root.end)
        yield Item("baseline", path, path, start, whole, {"document": document.root})
    yield from fault_items(reading.faults, path)
    for each in _members(reading.documents, "findings"):
        fields = flat(each)
        key = fields["fingerprint"].value if "fingerprint" in fields else ""
        place = Span(each.start, each.end)
        yield Item("known", str(key), path, place, place, fields)


def _members(documents: tuple[object, ...], key: str) -> Iterator[Value]:
    """The mappings in the list under a key of the first document."""
    root = getattr(documents[0], "root", None) if documents else None
    listed = child(root, key)
    for each in listed.value if listed is not None and isinstance(listed.value, list) else ():
        if isinstance(each.value, dict):
            yield each


_READERS: Mapping[str, Callable[[str, str], Iterator[Item]]] = {WAIVERS: _waivers, BASELINE: _known}
