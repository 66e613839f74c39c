"""Checks for secrets. What is found is never part of a problem: only the place where it stands."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from runbook_lint.model import Item, Problem, Span, Value

_VARIABLE = re.compile(r"^[\"']?(?:\$|<|\{|%|\[|\*{3}|x{3}|\.{3}|your|my|example|changeme|redacted|placeholder)", re.I)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def hold_no_secret(
    item: Item, value: Value | None, *, pattern: str, keywords: Sequence[str] = (), examples: Sequence[str] = ()
) -> Iterator[Problem]:
    """The text holds no match of ``pattern``; the group ``secret``, if there is one, is the secret itself.

    ``keywords``: only a text with one of these, lower case, is searched. ``examples``: values that the provider
    publishes.
    """
    text = value.value if value is not None else ""
    if not isinstance(text, str) or value is None:
        return
    lowered = text.lower()
    if keywords and not any(keyword in lowered for keyword in keywords):
        return
    for found in _compiled(pattern).finditer(text):
        secret = found["secret"] if "secret" in found.re.groupindex else found[0]
        if not _VARIABLE.match(secret) and not any(example in secret for example in examples) and len(set(secret)) > 4:
            start = value.start + (found.start("secret") if "secret" in found.re.groupindex else found.start())
            yield Problem(Span(start, start + len(secret)))
