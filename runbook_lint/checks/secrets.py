"""Checks for secrets. What is found is never part of a problem: only the place where it stands.

All of them look at a text together: ``together`` is what the engine calls, once a text, with the options of every rule.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

from runbook_lint.model import Item, Problem, Span, Value
from runbook_lint.secrets import judgement, manifests
from runbook_lint.secrets.scanner import Scanner

Kind = Literal["token", "password", "random", "basic", "url", "bearer", "command", "form", "phrase", "mixed"]
_NONE: Mapping[str, Any] = {
    "token": "",
    "pattern": "",
    "keywords": (),
    "anchored": False,
    "names": (),
    "called": "",
    "kind": "token",
    "published": (),
}


def hold_no_secret(
    item: Item,
    value: Value | None,
    *,
    token: str = "",
    pattern: str = "",
    keywords: Sequence[str] = (),
    anchored: bool = False,
    kind: Kind = "token",
    published: Sequence[str] = (),
) -> Iterator[Problem]:
    """The text holds no credential of this form.

    ``token`` is the form of one that stands alone and begins with one of ``keywords``; without keywords it is tried on
    every long word. ``pattern`` is any expression; its group ``secret``, if there is one, is the secret itself, and
    ``anchored`` says that it begins with a keyword. Keywords are in lower case; only a text with one of them is looked
    at. ``kind`` says how the value is judged (``secrets.judgement``): as a ``token`` of a provider, a ``password``,
    something ``random``, ``basic`` authentication, what stands in a ``url``, after ``bearer`` or after an option of a
    ``command``, a ``phrase``, ``mixed`` letters and digits, or by its ``form`` alone. ``published`` are values, or
    parts of values, that the provider gives as examples.
    """
    given = {"token": token, "pattern": pattern, "keywords": keywords, "anchored": anchored}
    yield from _alone(value, {**given, "kind": kind, "published": published})


def assign_no_secret(
    item: Item,
    value: Value | None,
    *,
    names: Sequence[str] = (),
    called: Literal["", "password", "secret", "key"] = "",
    token: str = "",
    kind: Kind = "token",
    published: Sequence[str] = (),
) -> Iterator[Problem]:
    """The text gives no name such a value, in whatever syntax.

    ``names`` are words of which one stands in the name, or directly before it; ``called`` asks instead for any name
    that says ``password`` or ``secret``, or that it may be a ``key``. ``token`` is the form of the whole value.
    ``kind`` and ``published`` as in ``hold_no_secret``.
    """
    yield from _alone(value, {"names": names, "called": called, "token": token, "kind": kind, "published": published})


def mistake_in_form(options: Mapping[str, Any]) -> str:
    """Why options of ``hold_no_secret`` would find nothing, or not what they say."""
    if bool(options.get("token")) == bool(options.get("pattern")):
        return "it needs a `token` or a `pattern`, and only one of them"
    upper = next((each for each in options.get("keywords", ()) if each != each.lower()), "")
    return f"the keyword '{upper}' must be in lower case; texts are compared so" if upper else ""


def mistake_in_names(options: Mapping[str, Any]) -> str:
    """Why options of ``assign_no_secret`` would find nothing."""
    if not options.get("names") and not options.get("called"):
        return "it needs `names`, or `called`"
    upper = next((each for each in options.get("names", ()) if each != each.lower()), "")
    return f"the name '{upper}' must be in lower case; texts are compared so" if upper else ""


def together(options: Sequence[Mapping[str, Any]]) -> Callable[[Value | None], Iterator[tuple[int, Problem]]]:
    """A look at a text with many rules, each given by its options: the number of the rule, and the problem."""
    scanner = Scanner([_whole(each) for each in options])

    def look(value: Value | None) -> Iterator[tuple[int, Problem]]:
        for rule, span, verdict in scanner.scan(_text(value)):
            yield rule, _problem(value, span, verdict)

    return look


def hold_no_secret_manifest(item: Item, value: Value | None, *, published: Sequence[str] = ()) -> Iterator[Problem]:
    """The text shows no manifest of a Kubernetes secret with a value in it, but for those that are ``published``."""
    for span, verdict in manifests.values(_text(value), _unjoined(published)):
        yield _problem(value, span, verdict)


def _text(value: Value | None) -> str:
    return value.value if value is not None and isinstance(value.value, str) else ""


def _problem(value: Value | None, span: Span, verdict: str) -> Problem:
    start = value.start if value is not None else 0
    return Problem(Span(start + span.start, start + span.end), case="weak" if verdict == judgement.WEAK else "")


def _whole(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """All options; what is published without the joint that keeps scanners from taking it for a secret."""
    return {**_NONE, **options, "published": _unjoined(options.get("published", ()))}


def _unjoined(published: Sequence[str]) -> Sequence[str]:
    return [each.replace("(+)", "") for each in published]


def _alone(value: Value | None, options: Mapping[str, Any]) -> Iterator[Problem]:
    for _, problem in _look(json.dumps(options))(value):
        yield problem


@lru_cache(maxsize=256)
def _look(options: str) -> Callable[[Value | None], Iterator[tuple[int, Problem]]]:
    """The look of one rule, made once for all texts."""
    return together([json.loads(options)])
