"""The on-call roster: who answers for a team, and who stands in."""

from runbook_lint.documents.catalog import tree
from runbook_lint.documents.faults import fault_items
from runbook_lint.documents.tree import child, flat
from runbook_lint.model import Item, Span


def read(text: str, path: str) -> list[Item]:
    """The roster item and a ``team`` for each of its teams."""
    reading = tree(text, path)
    items: list[Item] = []
    for document in reading.documents:
        root = document.root
        items.append(
            Item("roster", path, path, Span(root.start, root.start), Span(root.start, root.end), {"document": root})
        )
        teams = child(root, "teams")
        for name, team in (teams.value if teams is not None and isinstance(teams.value, dict) else {}).items():
            place = Span(team.key, team.key + len(name)) if team.key >= 0 else Span(team.start, team.end)
            items.append(Item("team", name, path, place, Span(place.start, team.end), flat(team)))
    return [*items, *fault_items(reading.faults, path)]
