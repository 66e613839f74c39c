"""Where in a text that is being written somebody stands: under which keys, and in which word. It need not be readable
yet."""

import re
from typing import NamedTuple

from runbook_lint.expressions import lazy
from runbook_lint.model import Span

_LETTER = lazy(r"[\w./-]")
_WORD = lazy(r"[\w./-]*")
_KEY = lazy(
    r"""(?P<indent>[ ]*)(?P<dashes>(?:-[ \t]+)*)(?P<quote>["']?)(?P<key>[\w./-]+)(?P=quote)[ \t]*:(?:[ \t]+|\Z)"""
)
_TOKEN = lazy(r"""(?P<string>"(?:\\.|[^"\\\r\n])*"?|'[^'\r\n]*'?)|(?P<mark>[{}\[\],:])|(?P<bare>[^\s{}\[\],:"']+)""")
_WAIVED = lazy(
    r"(?:#[ \t]*runbook-lint:[ \t]*ignore\[[^\]\r\n]*|<!--\s*runbook-lint-(?:disable|enable)[\w-]*[ \t]+[^>\r\n]*)\Z"
)


class Context(NamedTuple):
    """The keys above a place, the outermost first; the word there; whether it stands in quotes, and in a list."""

    keys: tuple[str, ...]
    word: Span
    quoted: bool
    listed: bool


def of(text: str, at: int, *, as_json: bool = False) -> Context:
    """Where a place is."""
    start = at
    while start and _LETTER.match(text, start - 1):
        start -= 1
    after = _WORD.match(text, at)
    word = Span(start, after.end() if after else at)
    quoted = text[start - 1 : start] in ('"', "'") and start > 0
    head = text[: start - 1 if quoted else start]
    keys, listed = _flow(head) if as_json else _block(head)
    return Context(keys, word, quoted, listed)


def in_waiver(text: str, at: int) -> bool:
    """Whether the name of a rule is written here, in a comment that excuses something."""
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    head = text[start:at]
    return _WAIVED.search(head) is not None and "=" not in head.rpartition(" ")[2]


def _flow(head: str) -> tuple[tuple[str, ...], bool]:
    """The keys above the end of a text in JSON, or in what is like it."""
    stack: list[tuple[str, str]] = []
    key = last = ""
    for token in _TOKEN.finditer(head):
        mark = token["mark"]
        if mark is None:
            last = token[0].strip("\"'")
        elif mark == ":":
            key = last
        elif mark in "{[":
            stack.append((key, mark))
            key = ""
        elif mark == ",":
            key = ""
        elif stack:
            stack.pop()
            key = ""
    listed = bool(stack) and stack[-1][1] == "["
    return tuple(filter(None, (*(name for name, _ in stack), key))), listed and not key


def _block(head: str) -> tuple[tuple[str, ...], bool]:
    """The keys above the end of a text in YAML: that of its last line, and those of lines above that contain it."""
    *above, line = re.split(r"\r\n|\r|\n", head)
    found = _KEY.match(line)
    if found is not None:
        inner, listed = _flow(line[found.end() :])
        return (*_above(above, found.end("dashes")), found["key"], *inner), listed
    indent = len(line) - len(line.lstrip(" "))
    listed = line[indent : indent + 1] == "-"
    # The items of a list may stand as far left as its key.
    return _above(above, indent + listed), listed


def _above(lines: list[str], level: int) -> tuple[str, ...]:
    """The keys of the lines that contain what is indented so far, the outermost first."""
    keys: list[str] = []
    for line in reversed(lines):
        found = _KEY.match(line)
        if found is None:
            continue
        column = found.end("dashes")
        if column < level:
            keys.insert(0, found["key"])
        if column <= level:
            level = found.end("indent") + 1 if found["dashes"] else column
        if level == 0:
            break
    return tuple(keys)
