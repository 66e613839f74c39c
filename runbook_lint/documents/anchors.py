"""What a link may name after ``#``: the slugs that GitHub makes of headings, and ids that are written."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from sys import intern

from runbook_lint.expressions import lazy

_ID = lazy(r"""<[a-z][^<>]*?\s(?:id|name)\s*=\s*["']?([^"'\s>]+)""", re.I)
_ID_MARK = lazy(r"\{:?[ \t]*#([\w.:-]+)(?:[ \t][^{}]*)?\}")
# What an ASCII letter becomes in a slug, and which have no place in one.
_LETTERS = bytes(each if each != ord(" ") else ord("-") for each in range(256)).lower()
_NOT_IN_SLUG = bytes(each for each in range(128) if not (chr(each).isalnum() or chr(each) in "_- "))
# What Ruby calls a word character: letters, marks (an emoji's variation selector is one), decimal digits, connectors.
_WORD = frozenset({"Ll", "Lm", "Lo", "Lt", "Lu", "Mc", "Me", "Mn", "Nd", "Pc"})


@lru_cache(maxsize=4096)
def slug(heading: str) -> str:
    """The anchor that GitHub makes of a heading's text."""
    if heading.isascii():
        return heading.strip().encode().translate(_LETTERS, _NOT_IN_SLUG).decode()
    lower = heading.strip().lower()
    if lower.isascii():
        return slug(lower)
    from unicodedata import category

    kept = (letter for letter in lower if letter in "- " or category(letter) in _WORD)
    return "".join(kept).replace(" ", "-")


def of(headings: Iterable[tuple[str, str]], tags: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The anchors of a page, in lower case, each with the heading it leads to, empty where it is none.

    ``headings`` are pairs of text and written id; their slugs are numbered where they repeat. ``tags`` are HTML without
    comments.
    """
    headings = list(headings)
    for (text, _), names in zip(headings, of_headings(headings), strict=True):
        for name in names:
            # Most pages of a repository have the same few headings.
            yield intern(name), intern(text)
    for tag in tags:
        for found in _ID.finditer(tag):
            yield found[1].lower(), ""


def of_headings(headings: Iterable[tuple[str, str]]) -> Iterator[list[str]]:
    """The anchors of each heading."""
    taken: dict[str, int] = {}
    for text, id_ in headings:
        name = slug(text)
        number = taken.get(name, 0)
        taken[name] = number + 1
        unique = f"{name}-{number}" if number else name
        if number:
            taken.setdefault(unique, 1)
        yield [id_.lower(), unique] if id_ else [unique]


def without_id(text: str) -> tuple[str, str]:
    """A heading's text without ``{#id}`` at its end (Hugo, kramdown, pandoc), and that id."""
    at = text.rfind("{") if text.endswith("}") else -1
    mark = _ID_MARK.fullmatch(text, at) if at >= 0 else None
    return (text[:at].rstrip(), mark[1]) if mark else (text, "")
