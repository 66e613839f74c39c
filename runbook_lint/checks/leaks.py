"""The check of rules that were written for gitleaks: its judgement, step by step, so that both find the same."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal, TypedDict

from runbook_lint import patterns
from runbook_lint.model import Item, Problem, Span, Value
from runbook_lint.secrets import looks


class Allowance(TypedDict, total=False):
    """An allow list: what is found passes when any of its expressions or words is in it, with ``and`` when both are."""

    regexes: Sequence[str]
    target: Literal["secret", "match", "line"]
    stopwords: Sequence[str]
    condition: Literal["or", "and"]
    paths: Sequence[str]


_lowered = lru_cache(maxsize=1)(str.lower)


def hold_no_leak(
    item: Item,
    value: Value | None,
    *,
    pattern: str,
    keywords: Sequence[str] = (),
    group: int = 0,
    entropy: float = 0.0,
    allow: Sequence[Allowance] = (),
) -> Iterator[Problem]:
    """The text holds nothing that a rule of gitleaks finds.

    Only a text with one of ``keywords`` is looked at, if there are any. The secret is the ``group`` of the pattern, or
    without one its first group that is not empty, or all of it. It has more than ``entropy`` bits a character.
    ``allow`` lists what passes, by ``regexes`` in their ``target`` (the secret, the match or the line) and by
    ``stopwords`` in the secret; a list with ``paths`` holds in these files only.
    """
    if value is None or not isinstance(value.value, str) or not _spoken_of(value.value, keywords):
        return
    least = float(entropy)
    for match in patterns.compiled(pattern).finditer(value.value):
        whole = _trimmed(match)
        start, end = _secret(match, group, whole)
        secret = value.value[start:end]
        if whole[0] == whole[1] or (least and looks.entropy(secret) <= least):
            continue
        if not any(_allowed(each, value.value, whole, secret) for each in allow):
            start, end = (start, end) if secret else whole
            yield Problem(Span(value.start + start, value.start + end))


def _spoken_of(text: str, keywords: Sequence[str]) -> bool:
    return not keywords or any(keyword.lower() in _lowered(text) for keyword in keywords)


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    """Where the match is, without the line breaks around it."""
    start = match.start() + len(match[0]) - len(match[0].lstrip("\n"))
    return start, max(start, match.end() - len(match[0]) + len(match[0].rstrip("\n")))


def _secret(match: re.Match[str], group: int, whole: tuple[int, int]) -> tuple[int, int]:
    """Where the secret is; an empty place when its group took no part."""
    if 0 < group <= match.re.groups:
        return match.span(group)
    return next((match.span(n) for n in range(1, match.re.groups + 1) if match[n]), whole)


def _allowed(each: Allowance, text: str, whole: tuple[int, int], secret: str) -> bool:
    verdicts = []
    if each.get("regexes"):
        target = _target(each.get("target", "secret"), text, whole, secret)
        verdicts.append(bool(target) and patterns.found(each["regexes"], target))
    if each.get("stopwords"):
        verdicts.append(any(word.lower() in secret.lower() for word in each["stopwords"]))
    return all(verdicts or [False]) if each.get("condition") == "and" else any(verdicts)


def _target(name: Any, text: str, whole: tuple[int, int], secret: str) -> str:
    """What the expressions of an allow list are held against; ``line`` is all lines of the match."""
    start, end = whole
    if name == "line":
        after = text.find("\n", end)
        return text[text.rfind("\n", 0, start) + 1 : after if after >= 0 else len(text)]
    return text[start:end] if name == "match" else secret
