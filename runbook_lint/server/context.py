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
_TOKEN = lazy(
    r"""(?P<string>"(?:\\.|[^"\\\r\n])*"?|'[^'\r\n]*'?)|(?P<mark>[{}\[\],:])"""
    r"""|(?P<bare>[^\s{}\[\],:"'](?:[^\s{}\[\],:]|:(?=[^\s{}\[\],]))*)"""
)
# What may stand before a bracket that holds what a line, or an item of a list, says.
_OPENS = lazy(r"""(?P<indent>[ ]*)(?:-[ \t]+)*(?:(?P<quote>["']?)[\w./-]+(?P=quote)[ \t]*:[ \t]+)?(?=[{\[])""")
# What only stands outside of brackets: an item of a list, and a key that no comma follows.
_BLOCK = lazy(r"(?P<indent>[ ]*)(?:-(?:[ \t]|\Z)|[\w./-]+[ \t]*:(?:[ \t][^,]*)?\Z)")
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
    """The keys above the end of a text in YAML: that of its last line, or of the one where the bracket around it was
    opened, and those of lines above that contain it."""
    lines = re.split(r"\r\n|\r|\n", head)
    opened = _opened(lines)
    number, column = opened or (len(lines) - 1, len(lines[-1]))
    above, line = lines[:number], lines[number][:column]
    inner, inside = _flow("\n".join([lines[number][column:], *lines[number + 1 :]]))
    found = _KEY.match(line)
    if found is not None:
        return (*_above(above, found.end("dashes")), found["key"], *inner), inside
    indent = len(line) - len(line.lstrip(" "))
    listed = line[indent : indent + 1] == "-"
    # The items of a list may stand as far left as its key.
    return (*_above(above, indent + listed), *inner), inside if opened else listed


def _opened(lines: list[str]) -> tuple[int, int] | None:
    """The line and the column of the outermost bracket that is open at the end of the lines. One that is still open
    where a line can only stand outside was forgotten."""
    start: tuple[int, int] | None = None
    depth = indent = 0
    for number, line in enumerate(lines):
        block = _BLOCK.match(line) if start is not None else None
        if block is not None and block.end("indent") <= indent:
            start = None
        found = _OPENS.match(line) if start is None else None
        if found is not None:
            start, depth, indent = (number, found.end()), 0, found.end("indent")
        if start is not None:
            marks = [token["mark"] for token in _TOKEN.finditer(line, found.end() if found else 0)]
            depth += sum((mark in ("{", "[")) - (mark in ("}", "]")) for mark in marks)
            start = start if depth > 0 else None
    return start


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
