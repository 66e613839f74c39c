"""Path patterns: those of the configuration and of CODEOWNERS.

``*`` and ``?`` stay inside a folder, ``[...]`` is a set of characters, ``**`` between slashes crosses folders and is
``*`` elsewhere (gitignore, "Pattern format"), ``{a,b}`` are alternatives, a backslash takes a character as it is. A
name without any of these, and whatever ends with a slash, also means everything below.

Every expression is linear in practice: a wildcard that is followed by another of its kind takes its first match for
good (``(?>...)``), which never loses a match, as whatever it leaves over the next one can take.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

from runbook_lint.expressions import lazy

_TOKEN = lazy(r"\\(?P<escaped>.)|(?P<some>\*+)|(?P<one>\?)|\[(?P<set>!?[^\]/]+)\]|(?P<text>.)", re.S)
_BRACES = lazy(r"(?<!\\)\{([^{}]*,[^{}]*)\}")
_WILD = lazy(r"[*?\[]")
_SPECIAL = lazy(r"[*?\[\\]")
_MOST = 64
_BELOW = "(?:/.*)?"


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether any of the patterns matches the whole path."""
    return any(compiled(pattern).fullmatch(path) for pattern in patterns)


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """The expression that matches whole repository paths."""
    return re.compile("|".join(_path(each) for each in islice(_expanded(pattern), _MOST)), re.S)


def owner(pattern: str) -> str:
    """The expression of a CODEOWNERS pattern, without groups: with no slash before its end it matches at any depth; a
    folder means all below it, ``docs/*`` only what is directly in it (GitHub, "CODEOWNERS syntax")."""
    bare = pattern.strip("/")
    anywhere = "" if "/" in bare or pattern.startswith("/") else "(?:.*/)?"
    if pattern.endswith("/"):
        return anywhere + _segments(bare) + "/.*"
    return anywhere + _segments(bare) + ("" if pattern.endswith("/*") else _BELOW)


def literal(pattern: str) -> str:
    """The one path that a CODEOWNERS pattern means, with what is below; empty where it means more than one."""
    bare = pattern.strip("/")
    anchored = "/" in bare or pattern.startswith("/")
    return "" if not anchored or _SPECIAL.search(bare) else bare


def _expanded(pattern: str) -> Iterable[str]:
    """The patterns that the alternatives in braces stand for."""
    found = _BRACES.search(pattern)
    if found is None:
        yield pattern
        return
    for choice in found[1].split(","):
        yield from _expanded(pattern[: found.start()] + choice + pattern[found.end() :])


def _path(pattern: str) -> str:
    bare = pattern.strip("/")
    last = bare.rpartition("/")[2]
    below = "/.*" if pattern.endswith("/") else ("" if _WILD.search(last) else _BELOW)
    return f"(?:{_segments(bare)}{below})"


def _segments(pattern: str) -> str:
    """The expression of a path of segments: blocks between ``**``, all but the last of which match once and for all."""
    blocks: list[list[str]] = [[]]
    for segment in pattern.split("/"):
        if segment != "**":
            blocks[-1].append(_segment(segment))
        elif blocks[-1] or len(blocks) == 1:
            blocks.append([])
    if len(blocks) == 1:
        return "/".join(blocks[0])
    first, *between, last = ("/".join(block) for block in blocks)
    head = first + "/" if first else ""
    middle = "".join(f"(?>(?:[^/]+/)*?{block}/)" for block in between)
    return head + middle + (f"(?:[^/]+/)*{last}" if last else ".+")


def _segment(segment: str) -> str:
    """The expression of one name: the texts between stars, all but the last of which match once and for all."""
    chunks = [""]
    for token in _TOKEN.finditer(segment):
        if token["some"]:
            chunks.append("")
        else:
            chunks[-1] += _part(token)
    if len(chunks) == 1:
        return chunks[0]
    first, *between, last = chunks
    return first + "".join(f"(?>[^/]*?{chunk})" for chunk in between) + "[^/]*" + last


def _part(token: re.Match[str]) -> str:
    if token["one"]:
        return "[^/]"
    return _set(token["set"]) if token["set"] else re.escape(token["escaped"] or token["text"])


def _set(inner: str) -> str:
    """A set of characters; one whose ranges run backwards is text, as nothing could be in it."""
    body = inner[1:] if inner[0] in "!^" else inner
    escaped = re.sub(r"[\\\[\]^&~|]", r"\\\g<0>", body)
    expression = f"(?!/)[{'^' if body != inner else ''}{escaped}]"
    try:
        re.compile(expression)
    except re.error:
        return re.escape(f"[{inner}]")
    return expression
