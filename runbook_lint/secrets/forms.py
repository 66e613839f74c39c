"""What can be told of an expression without trying it: signs that must stand in all that it matches."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from runbook_lint.expressions import lazy

_PARTS = lazy(
    r"""(?P<escape> \\. ) | (?P<class> \[ \^? \]? (?: \\. | [^\]\\] )* \] ) | (?P<open> \( ) | (?P<close> \) )
      | (?P<bar> \| ) | (?P<often> [?*+] | \{ \d* (?: , \d* )? \} ) | (?P<other> . )""",
    re.X | re.S,
)
# Signs that say nothing else in an expression than themselves.
_PLAIN = frozenset("!\"%&',/:;<=>@`~")
# What may read an expression otherwise than is done here: flags in the midst of it, and comments.
_FLAGS = lazy(r"\(\?(?:[a-zA-Z-]*x|#)")


@lru_cache(maxsize=1024)
def signs(expression: str) -> str:
    """Signs of which each stands in all that an expression matches: those outside of all groups that it must have."""
    if _FLAGS.search(expression):
        return ""
    parts = list(_outside(expression))
    if any(part == "|" for part, _ in parts):
        return ""
    each = (one for (one, _), (_, often) in pairwise([*parts, ("", False)]) if one in _PLAIN and not often)
    return "".join(sorted(set(each)))


def _outside(expression: str) -> Iterator[tuple[str, bool]]:
    """The parts of an expression that stand in no group, each with whether it says how often the one before comes."""
    depth = 0
    for part in _PARTS.finditer(expression):
        depth -= part.lastgroup == "close"
        if depth == 0:
            yield part[0] if part.lastgroup in ("other", "bar") else "", part.lastgroup == "often"
        depth += part.lastgroup == "open"


_INK = r"[A-Za-z0-9_]|\\[.dw-]"
_INKY = lazy(
    rf"(?: {_INK} | - | \[ (?: A-Z | a-z | 0-9 | \. | {_INK} )* -? \] "
    r"| \( (?: \?[:!=] | \?P<\w+> )? | \) | \| | [?*+] | \{ \d* (?: , \d* )? \} )*",
    re.X,
)


@lru_cache(maxsize=1024)
def inky(expression: str) -> bool:
    """Whether an expression looks at nothing in a text in ASCII but at what stands in one word: what it says of the
    word alone it says wherever the word stands."""
    return _INKY.fullmatch(expression) is not None
