"""Texts of the same length in which only a part is left: what is found in one stands at the same place in all."""

from collections.abc import Iterable

from runbook_lint.expressions import lazy

_INK = lazy(r"[^\r\n]+")


def blank(text: str) -> str:
    """Spaces for everything but the line ends."""
    return _INK.sub(lambda found: " " * len(found[0]), text)


def keep(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Only the given spans, sorted and apart; the rest blanked."""
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts.append(blank(text[at:start]))
        parts.append(text[start:end])
        at = end
    parts.append(blank(text[at:]))
    return "".join(parts)


def drop(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Everything but the given spans, which may overlap and come in any order."""
    parts: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if end > at:
            parts.append(text[at : max(start, at)])
            parts.append(blank(text[max(start, at) : end]))
            at = end
    parts.append(text[at:])
    return "".join(parts)
