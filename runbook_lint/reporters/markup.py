"""Text within markdown, as GitHub and GitLab show it."""

import re

from runbook_lint.reporters.escape import printable

_MARKS = re.compile(r"[\\`*_\[\]|~$<>&]")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
# What would become a mention, a reference or a link: a comment in its midst is not shown and takes it apart.
_REFERENCE = re.compile(r"@(?=\w)|#(?=\w)|(?<=\w):(?=//)|\bwww(?=\.)")
_APART = "<!-- -->"


def prose(text: str) -> str:
    """Text that is nothing but text: no markup, no HTML, nobody called by name."""
    marked = _MARKS.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), printable(text))
    return _REFERENCE.sub(rf"\g<0>{_APART}", marked)


def code(text: str) -> str:
    """A code span of any text."""
    mark = "`" * (longest_run(text) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{mark}{pad}{printable(text)}{pad}{mark}"


def longest_run(text: str) -> int:
    """How many backticks stand together at most."""
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def cell(text: str) -> str:
    """A code span or other markdown as a cell of a table."""
    return text.replace("|", "\\|")
