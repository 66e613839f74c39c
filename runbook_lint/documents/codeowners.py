"""CODEOWNERS: which owners a path has; the last line that matches wins (GitHub, "About code owners")."""

import re

from runbook_lint.model import Item, Span, Value

_LINE = re.compile(r"^[ \t]*(?!#|\[|\^\[)((?:\\.|[^\s\\])+)([^\r\n#]*)", re.M)


def read(text: str, path: str) -> list[Item]:
    """An item ``codeowner`` a line: its ``pattern`` and its ``owners``."""
    items: list[Item] = []
    for line in _LINE.finditer(text):
        fields = {
            "pattern": Value(line[1].replace("\\ ", " "), *line.span(1)),
            "owners": Value(tuple(line[2].split()), *line.span(2)),
        }
        items.append(Item("codeowner", line[1], path, Span(*line.span(1)), Span(*line.span()), fields))
    return items
