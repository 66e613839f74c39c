"""YAML into trees of values with places."""

from runbook_lint.documents import yamllines
from runbook_lint.documents.tree import Reading


def read(text: str) -> Reading:
    """All documents of a YAML text, the empty ones left out. Who reads none that is odd does not pay for the import of
    PyYAML."""
    reading = yamllines.read(text)
    if reading is not None:
        return reading
    from runbook_lint.documents import yamlevents

    return yamlevents.read(text)
