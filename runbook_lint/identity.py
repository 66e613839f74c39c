"""Whether two catalog entries, one of former times and one of the head, name the same runbook.

A runbook is its text, not its path: it stays the same when its file is moved or renamed, edited or not. Another file
that was there before is another runbook, whatever it says; so is a copy beside an original that stays.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from runbook_lint import moves
from runbook_lint.checks import targets
from runbook_lint.expressions import lazy
from runbook_lint.model import Item

_HEADING = lazy(r"^#{1,6}[ \t]+(\S.*)", re.M)


class Named(NamedTuple):
    """What an entry names: file and anchor (empty where the repository has no such file), its URL, its title, and the
    text of the file, or of the section, at that time."""

    path: str
    anchor: str
    url: str
    title: str
    text: Callable[[], str]


class World(NamedTuple):
    """What is known of the files of both sides.

    ``moved`` leads from the base's paths to the head's; ``was`` are the base's paths, ``former`` gives the anchors that
    a file had at the base, ``now`` those that it has in the head, and ``section`` the head's text of a path and an
    anchor; ``common`` gives the lines that say nothing.
    """

    moved: Mapping[str, str]
    was: Collection[str]
    former: Callable[[str], Collection[str]]
    now: Callable[[str], Collection[str]]
    section: Callable[[str, str], str]
    common: Callable[[], Collection[str]]


def named(entry: Item, path: str, anchor: str, text: Callable[[], str]) -> Named:
    """What an entry names that leads to a path and an anchor."""
    return Named(path, anchor, entry.text("url"), " ".join(entry.text("title").casefold().split()), text)


def same(former: Named, present: Named, world: World) -> bool | None:
    """Whether both are one runbook; None when nobody can tell, because one of them leads to no file or is outside."""
    if former.path and present.path:
        if former.path in world.was and world.moved.get(former.path) == present.path:
            return _same_section(former, present, world)
        return _followed(former, present, world)
    if former.url and targets.folded(former.url) == targets.folded(present.url):
        return True
    if former.title and former.title == present.title:
        return True
    outside = targets.is_url(former.url) and (present.path or targets.is_url(present.url))
    return False if outside or (former.path and targets.is_url(present.url)) else None


def remains(former: Named, world: World) -> bool:
    """Whether the runbook is still where its file is now, and no stub in its place."""
    path = world.moved.get(former.path, "")
    return bool(path) and _alike(former, world.section(path, former.anchor), world)


def _same_section(former: Named, present: Named, world: World) -> bool:
    """In one file: another section is another runbook, unless it is new and the former one is not there any more."""
    if former.path != present.path and bool(former.anchor) != bool(present.anchor):
        return _alike(former, present.text(), world)
    if not former.anchor or not present.anchor or former.anchor == present.anchor:
        return True
    return former.anchor not in world.now(present.path) and present.anchor not in world.former(former.path)


def _followed(former: Named, present: Named, world: World) -> bool:
    """Whether a text went to another file or section, perhaps leaving a stub behind. What was there before is another
    runbook, and so is a copy beside an original that stays."""
    known = present.path in world.was and (not present.anchor or present.anchor in world.former(present.path))
    if known and former.path in world.was:
        return False
    if remains(former, world):
        return False
    if _alike(former, present.text(), world):
        return True
    # Written anew, but under the same heading, and nothing is left of what it was.
    title = _heading(former.text())
    return former.path not in world.moved and bool(title) and title == _heading(present.text())


def _alike(former: Named, text: str, world: World) -> bool:
    common = world.common()
    return moves.alike(moves.weights(former.text(), common), moves.weights(text, common)) >= moves.ALIKE


def _heading(text: str) -> str:
    found = _HEADING.search(text)
    return " ".join(found[1].casefold().split()) if found else ""
