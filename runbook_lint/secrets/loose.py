"""Keywords that need not be a word, or the beginning of one: each is looked for by the part of it that says most."""

import re
from collections import defaultdict
from collections.abc import Callable, Container
from typing import Any

from runbook_lint.expressions import lazy

# What of a keyword is looked for in words, and what between them.
_RUN = lazy(r"[A-Za-z0-9_.-]{3,}")
_SIGNS = lazy(r"[^A-Za-z0-9_.-]+")
# So many keywords are looked for together.
_FEW = 3


class Loose:
    """Keywords with their rules, by parts: a text without the part is not searched for them."""

    def __init__(self) -> None:
        self.inside: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        self.between: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        self.searches: dict[str, Callable[[str], Any]] = {}

    def put(self, keyword: str, number: int) -> None:
        """Adds a keyword with its rule."""
        inside = max(_RUN.findall(keyword), key=len, default="")
        if inside:
            self.inside[inside].append((keyword, number))
        else:
            self.between[max(_SIGNS.findall(keyword), key=len, default=keyword)].append((keyword, number))

    def met(self, lowered: str, spoken: Container[str]) -> list[tuple[str, int]]:
        """The keywords that a text has, each with its rule; ``spoken`` are the parts that its words have in them."""
        near = [each for part, those in self.inside.items() if part in spoken for each in those]
        for part, those in self.between.items():
            if part in lowered and (len(those) < _FEW or self._search(part)(lowered)):
                near += those
        return [each for each in near if each[0] in lowered] if near else near

    def _search(self, part: str) -> Callable[[str], Any]:
        """The search for any of the keywords with a part: one look at a text for all."""
        if part not in self.searches:
            every = "|".join(re.escape(keyword) for keyword, _ in self.between[part])
            self.searches[part] = re.compile(every).search
        return self.searches[part]
