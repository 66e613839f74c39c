"""Kubernetes secrets in manifests: whole files, or what a runbook quotes of one."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from runbook_lint.expressions import lazy
from runbook_lint.model import Span
from runbook_lint.secrets import judgement

_KIND = lazy(r"""^(?P<margin>[ \t>#]*)(?:-[ \t]+)?kind:[ \t]*["']?Secret["']?[ \t]*(?:#.*)?$""", re.M)
_EDGE = lazy(r"^[ \t>]*(?:---|```|~~~)", re.M)
_DATA = lazy(r"^(?P<margin>[ \t>#]*)(?P<form>data|stringData):[ \t]*(?:#.*)?\r?$", re.M)
_ENTRY = lazy(
    r"""(?P<margin>[ \t>#]*)[\w.-]{1,253}:[ \t]+["']?(?P<value>[^\s"'#|>&*!{\[][^\s"']{2,100000})["']?"""
    r"""[ \t]*(?:#.*)?\r?$""",
    re.M,
)
_LINE = lazy(r".*\n?")


def values(text: str, published: Sequence[str] = ()) -> Iterator[tuple[Span, str]]:
    """The values of Kubernetes secrets that a text shows, each with the verdict on it; none that is ``published``."""
    if "Secret" in text:
        edges = [0, *(found.end() for found in _EDGE.finditer(text)), len(text)]
        for start, end in pairwise(edges):
            kind = _KIND.search(text, start, end)
            if kind is not None:
                yield from (each for each in _shown(text, kind, start, end) if text[slice(*each[0])] not in published)


def _shown(text: str, kind: re.Match[str], start: int, end: int) -> Iterator[tuple[Span, str]]:
    """The values of one document."""
    done = start
    for data in _DATA.finditer(text, start, end):
        if data.start() >= done and len(data["margin"]) == len(kind["margin"]):
            for span, verdict in _entries(text, data, end):
                done = span.end
                yield span, verdict


def _entries(text: str, data: re.Match[str], end: int) -> Iterator[tuple[Span, str]]:
    at = _LINE.match(text, data.start()).end()  # type: ignore[union-attr]
    while at < end:
        line = _LINE.match(text, at)
        entry = _ENTRY.match(text, at)
        if line is None or (line[0].strip(" \t>#\r\n") and _margin(line[0]) <= len(data["margin"])):
            return
        at = line.end()
        verdict = _verdict(entry["value"], data["form"]) if entry is not None else judgement.NO
        if entry is not None and verdict:
            yield Span(*entry.span("value")), verdict


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip(" \t>#"))


def _verdict(value: str, form: str) -> str:
    """Data is base64, of text or of anything; stringData is text."""
    if form == "stringData":
        return judgement.password(value) or judgement.random(value)
    text = judgement.decoded(value)
    if text:
        return judgement.password(text.strip()) or judgement.random(text.strip())
    return judgement.random(value)
