"""YAML into trees of values with places."""

from runbook_lint.documents.tree import Reading


def read(text: str) -> Reading:
    """All documents of a YAML text, the empty ones left out. Who reads none does not pay for the import of PyYAML."""
    from runbook_lint.documents import yamlevents

    return yamlevents.read(text)
