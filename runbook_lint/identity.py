"""Whether two catalog entries, one of former times and one of the head, name the same runbook.

A runbook is its text, not its path: it stays the same when its file is moved or renamed, edited or not. Another file
that was there before is another runbook, whatever it says; so is a copy beside an original that stays.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from runbook_lint import moves
from runbook_lint.checks import targets
from runbook_lint.model import Item

_HEADING = re.compile(r"^#[ \t]+(\S.*)", re.M)


class Named(NamedTuple):
    """What an entry names: file and anchor (empty where the repository has no such file), its URL, its title, and the
    text of the file at that time."""

    path: str
    anchor: str
    url: str
    title: str
    text: Callable[[], str]


class World(NamedTuple):
    """What is known of the files of both sides.

    ``moved`` leads from the base's paths to the head's; ``was`` and ``there`` are the paths of base and head, ``text``
    gives the head's texts, ``anchors`` the anchors of one, and ``common`` the lines that say nothing.
    """

    moved: Mapping[str, str]
    was: Collection[str]
    there: Collection[str]
    text: Callable[[str], str]
    anchors: Callable[[str], Collection[str]]
    common: Callable[[], Collection[str]]


def named(entry: Item, path: str, anchor: str, text: Callable[[], str]) -> Named:
    """What an entry names that leads to a path and an anchor."""
    return Named(path, anchor, entry.text("url"), " ".join(entry.text("title").casefold().split()), text)


def same(former: Named, present: Named, world: World) -> bool | None:
    """Whether both are one runbook; None when nobody can tell, because one of them leads to no file or is outside."""
    if former.path and present.path:
        if world.moved.get(former.path, former.path) == present.path:
            return _same_section(former, present, world)
        return _moved(former, present, world)
    if former.url and targets.folded(former.url) == targets.folded(present.url):
        return True
    if former.title and former.title == present.title:
        return True
    outside = targets.is_url(former.url) and (present.path or targets.is_url(present.url))
    return False if outside or (former.path and targets.is_url(present.url)) else None


def _same_section(former: Named, present: Named, world: World) -> bool:
    """In one file: another section is another runbook, unless the former one is not there any more."""
    if not former.anchor or not present.anchor or former.anchor == present.anchor:
        return True
    return former.anchor not in world.anchors(present.path)


def _moved(former: Named, present: Named, world: World) -> bool:
    """Whether a text went from one file to another one, perhaps leaving a stub behind."""
    if present.path in world.was and former.path in world.was:
        return False
    old = moves.weights(former.text(), world.common())
    if former.path in world.there and moves.alike(old, _lines(former.path, world)) >= moves.ALIKE:
        return False
    if moves.alike(old, _lines(present.path, world)) >= moves.ALIKE:
        return True
    # Written anew, but under the same heading, and nothing is left of what it was.
    title = _heading(former.text())
    return former.path not in world.there and bool(title) and title == _heading(world.text(present.path))


def _heading(text: str) -> str:
    found = _HEADING.search(text)
    return " ".join(found[1].casefold().split()) if found else ""


def _lines(path: str, world: World) -> Counter[str]:
    return moves.weights(world.text(path), world.common())
