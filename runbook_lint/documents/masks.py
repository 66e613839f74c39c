"""Texts of the same length in which only a part is left: what is found in one stands at the same place in all."""

from collections.abc import Iterable

# What every byte becomes: a space, but for the line ends.
_BLANK = bytes(each if each in b"\r\n" else 0x20 for each in range(256))


def blank(text: str) -> str:
    """Spaces for everything but the line ends."""
    return text.encode("latin-1", "replace").translate(_BLANK).decode("latin-1")


def keep(text: str, spans: Iterable[tuple[int, int]], blanked: str = "") -> str:
    """Only the given spans, sorted and apart; the rest blanked. ``blanked`` is the whole of it, where that is known."""
    blanked = blanked or blank(text)
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += blanked[at:start], text[start:end]
        at = end
    parts.append(blanked[at:])
    return "".join(parts)


def drop(text: str, spans: Iterable[tuple[int, int]], blanked: str = "") -> str:
    """Everything but the given spans, which may overlap and come in any order; ``blanked`` as above."""
    blanked = blanked or blank(text)
    parts: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if start >= at:
            parts += text[at:start], blanked[start:end]
            at = end
        elif end > at:
            parts.append(blanked[at:end])
            at = end
    parts.append(text[at:])
    return "".join(parts)
