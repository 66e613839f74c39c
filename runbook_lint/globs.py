"""Path patterns: those of the configuration and of CODEOWNERS.

``*`` and ``?`` stay inside a folder, ``**`` crosses folders, ``[...]`` is a set of characters.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_TOKEN = re.compile(r"(?P<deep>\*\*/)|(?P<all>\*\*)|(?P<some>\*)|(?P<one>\?)|(?P<set>\[!?[^\]/]+\])|(?P<text>.)", re.S)
_REGEX = {"deep": "(?:[^/]+/)*", "all": ".*", "some": "[^/]*", "one": "[^/]"}


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """The expression that matches whole repository paths."""
    return re.compile(_regex(pattern.strip("/")), re.S)


@lru_cache(maxsize=4096)
def compiled_owner(pattern: str) -> re.Pattern[str]:
    """The same for a CODEOWNERS pattern: without a slash inside it matches at any depth, and a folder all below it."""
    anchored = "/" in pattern.strip("/") or pattern.startswith("/")
    tail = ".*" if pattern.endswith("/") else ("" if pattern.endswith("/*") else "(?:/.*)?")
    body = _regex(pattern.strip("/")) + ("/" if pattern.endswith("/") else "")
    return re.compile(("" if anchored else "(?:.*/)?") + body + tail, re.S)


def _regex(pattern: str) -> str:
    return "".join(_part(token) for token in _TOKEN.finditer(pattern))


def _part(token: re.Match[str]) -> str:
    kind = str(token.lastgroup)
    if kind == "set":
        inner = token[0][1:-1].replace("\\", "\\\\")
        return "[^/" + inner[1:] + "]" if inner.startswith("!") else f"[{inner}]"
    return _REGEX.get(kind) or re.escape(token[0])


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether any of the patterns matches the whole path."""
    return any(compiled(pattern).fullmatch(path) for pattern in patterns)
