"""Words of others inside markdown: nothing in them may become a link, a heading, HTML or the end of a cell."""

import re
from collections.abc import Iterator

from runbook_lint.reporters.escape import printable

_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
# An underscore between letters is no emphasis, and an ampersand before a space no entity.
_MARKUP = re.compile(r"[\\`*\[\]<~]|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w])")
_NUMBER = re.compile(r"\d+(?=[.)](?:\s|$))")


def code(text: str) -> str:
    """A code span of any text."""
    mark = "`" * (_longest(text) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{mark}{pad}{printable(text)}{pad}{mark}"


def cell(markdown: str) -> str:
    """What stands in a cell of a table."""
    return markdown.replace("|", "\\|")


def prose(text: str) -> str:
    """A sentence, in which backticks may mark code; nothing else in it is markup, also at the beginning of a line."""
    line = printable(" ".join(text.split()))
    parts, at = [], 0
    for span in _SPAN.finditer(line):
        parts += [_plain(line[at : span.start()]), span[0]]
        at = span.end()
    return _unblocked("".join([*parts, _plain(line[at:])]))


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
