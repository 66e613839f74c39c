"""CODEOWNERS: which owners a path has; the last line that matches wins (GitHub, "About code owners"), in each section
of its own (GitLab, "Code Owners sections", where the owners of a heading are those of its lines that name none)."""

import re

from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Span, Value

_LINE = lazy(
    r"^[ \t]*(?:\^?\[(?P<section>[^\]\r\n]+)\](?:\[\d+\])?|(?P<pattern>(?![#\s])(?:\\.|[^\s\\])+))"
    r"(?P<owners>[^\r\n#]*)",
    re.M,
)


def read(text: str, path: str) -> list[Item]:
    """An item ``codeowner`` a line: its ``pattern``, its ``owners`` and the ``section`` that it stands in."""
    items: list[Item] = []
    section, default = Value("", 0, 0), Value((), 0, 0)
    for line in _LINE.finditer(text):
        owners = Value(tuple(line["owners"].split()), *line.span("owners"))
        if line["section"]:
            section, default = Value(line["section"].strip().casefold(), *line.span("section")), owners
            continue
        pattern = Value(line["pattern"], *line.span("pattern"))
        fields = {"pattern": pattern, "owners": owners if owners.value else default, "section": section}
        items.append(Item("codeowner", line["pattern"], path, pattern.span, Span(*line.span()), fields))
    return items
