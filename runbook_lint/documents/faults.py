"""What is wrong with how a text is written becomes an item, so that the ``read`` rules can speak of it."""

from collections.abc import Iterable

from runbook_lint.documents.tree import Fault
from runbook_lint.model import Item, Span, Value

# Kinds that leave the text, or a part of it, unread.
UNREAD = frozenset({"syntax", "encoding", "too-large", "access"})


def fault_items(faults: Iterable[Fault], path: str) -> list[Item]:
    """An item of noun ``fault`` for each, its one field named after the fault's kind."""
    return [
        Item("fault", fault.kind, path, fault.span, Span(0, 0), {fault.kind: Value(fault.words, *fault.span)})
        for fault in faults
    ]
