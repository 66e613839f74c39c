"""What is wrong with how a text is written becomes an item, so that the ``read`` rules can speak of it."""

from collections.abc import Iterable

from runbook_lint.documents.tree import Fault
from runbook_lint.model import Estate, Item, Span, Value

# Kinds that leave the text, or a part of it, unread.
UNREAD = frozenset({"syntax", "encoding", "too-large", "access"})


def unread(estate: Estate) -> list[Item]:
    """The faults that left a file, or a part of it, unread."""
    return [fault for fault in estate.all("fault") if fault.key in UNREAD]


def unread_paths(estate: Estate) -> set[str]:
    """The paths of the files that could not be read whole."""
    return {fault.path for fault in unread(estate)}


def fault_items(faults: Iterable[Fault], path: str) -> list[Item]:
    """An item of noun ``fault`` for each, its one field named after the fault's kind."""
    return [
        Item("fault", fault.kind, path, fault.span, Span(0, 0), {fault.kind: Value(fault.words, *fault.span)})
        for fault in faults
    ]
