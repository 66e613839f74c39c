"""What the checks of a change share: where a file is now, what is gone, and how many things are said."""

from collections.abc import Mapping, Sequence

from runbook_lint.model import Change, Item, Span


def now(path: str, change: Change) -> str:
    """Where a file of the base is in the head; its own path where it is gone."""
    return change.moved.get(path, path)


def sources(change: Change) -> Mapping[str, str]:
    """Where the files of the head were at the base."""
    return {target: source for source, target in change.moved.items()}


def gone(item: Item, change: Change) -> Item:
    """An item of the base that has no place in the head: it is spoken of at the top of its file."""
    return item.but(path=now(item.path, change), place=Span(0, 0), extent=Span(0, 0))


def listed(names: Sequence[str], most: int) -> str:
    """``a, b, c and 4 more``."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
