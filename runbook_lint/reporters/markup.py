"""Text within markdown as GitHub and GitLab show it: it becomes no link, no heading, no HTML and no end of a cell."""

import re
from collections.abc import Iterator

from runbook_lint.expressions import lazy
from runbook_lint.reporters.escape import printable

_MARKS = lazy(r"[\\`*_\[\]|~$<>&]")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
# What would become a mention, a reference or a link: a comment in its midst is not shown and takes it apart.
_REFERENCE = lazy(r"@(?=\w)|#(?=\w)|(?<=\w):(?=//)|\bwww(?=\.)")
_APART = "<!-- -->"
_SPAN = lazy(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
# An underscore between letters is no emphasis, and an ampersand before a space no entity.
_MARKUP = lazy(r"[\\`*\[\]<~]|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w])")
_NUMBER = lazy(r"\d+(?=[.)](?:\s|$))")


def prose(text: str) -> str:
    """Text of others in one line that is nothing but text: no markup, no HTML, nobody called by name."""
    marked = _MARKS.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), printable(text))
    return _REFERENCE.sub(rf"\g<0>{_APART}", marked)


def sentence(text: str) -> str:
    """A sentence of a pack, in which backticks may mark code; nothing else in it is markup, also at the beginning of a
    line."""
    line = printable(" ".join(text.split()))
    parts, at = [], 0
    for span in _SPAN.finditer(line):
        parts += [_plain(line[at : span.start()]), span[0]]
        at = span.end()
    return _unblocked("".join([*parts, _plain(line[at:])]))


def code(text: str) -> str:
    """A code span of any text."""
    mark = "`" * (_longest(text) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{mark}{pad}{printable(text)}{pad}{mark}"


def cell(markdown: str) -> str:
    """What stands in a cell of a table."""
    return markdown.replace("|", "\\|")


def _plain(text: str) -> str:
    return _MARKUP.sub(lambda found: "&lt;" if found[0] == "<" else "\\" + found[0], text)


def _unblocked(line: str) -> str:
    number = _NUMBER.match(line)
    if number:
        return f"{number[0]}\\{line[number.end() :]}"
    return "\\" + line if line[:1] in tuple("#+=>|-") else line


def fence(text: str, language: str) -> Iterator[str]:
    """A fenced block whose fence is longer than any in the text."""
    mark = "`" * max(3, _longest(text) + 1)
    yield mark + language
    yield "\n".join(printable(line) for line in text.removesuffix("\n").split("\n"))
    yield mark


def _longest(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
