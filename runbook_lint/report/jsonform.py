"""The report as JSON; ``schemas/nightly.schema.json`` is its contract."""

from runbook_lint.report.document import Nightly
from runbook_lint.reporters.escape import json_text


def render(document: Nightly) -> str:
    """The document as it is."""
    return json_text(document)
