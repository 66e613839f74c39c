"""A tree against one of the published JSON Schemas (2020-12), in words that a person understands, each at its place.

jsonschema-rs decides what is valid, a hundred times faster; what is invalid goes through jsonschema, which knows why. A schema
may say what it expects in people's words with the annotation ``x-expected``.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple

from runbook_lint import resources
from runbook_lint.documents.tree import plain
from runbook_lint.model import Span, Value

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
_SHOWN = 60


class Violation(NamedTuple):
    """One fault against a schema: where, in words, and the path of keys that leads there."""

    span: Span
    words: str
    keys: tuple[str | int, ...]


@lru_cache(maxsize=16)
def _fast(name: str) -> Any:
    import jsonschema_rs

    return jsonschema_rs.validator_for(resources.schema(name))


@lru_cache(maxsize=16)
def _wordy(name: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(resources.schema(name))


def violations(tree: Value, name: str) -> list[Violation]:
    """All violations of the schema of this short name, in the order of the text."""
    instance = plain(tree)
    if _fast(name).is_valid(instance):
        return []
    found = [violation for error in _wordy(name).iter_errors(instance) for violation in _violations(tree, error)]
    unique = {(each.span, each.words): each for each in found}
    return sorted(unique.values(), key=lambda each: each.span)


def _violations(tree: Value, error: Any) -> Iterator[Violation]:
    if error.context:
        branch = _likely_branch(error)
        if branch:
            for inner in branch:
                yield from _violations(tree, inner)
            return
    keys = tuple(error.absolute_path)
    value = _at(tree, keys)
    kind = error.validator
    if kind == "required":
        for name in _missing(error):
            yield Violation(_head(value), f"'{name}' is missing", (*keys, name))
    elif kind in ("additionalProperties", "unevaluatedProperties"):
        yield from _unknown(error, value, keys)
    else:
        yield Violation(value.span, _named(keys) + _words(error), keys)


def _likely_branch(error: Any) -> list[Any]:
    """Of the branches of anyOf and oneOf the errors of the one that was most likely meant: the first of the right type."""
    branches: dict[Any, list[Any]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    return next((each for each in branches.values() if not any(_wrong_kind(inner, error) for inner in each)), [])


def _wrong_kind(inner: Any, outer: Any) -> bool:
    return inner.validator == "type" and len(inner.absolute_path) == len(outer.absolute_path)


def _missing(error: Any) -> list[str]:
    return [str(name) for name in error.validator_value if name not in error.instance]


def _unknown(error: Any, value: Value, keys: tuple[str | int, ...]) -> Iterator[Violation]:
    known = sorted(error.schema.get("properties", {}))
    patterns = list(error.schema.get("patternProperties", {}))
    members = value.value if isinstance(value.value, dict) else {}
    for key, child in members.items():
        if key in known or _by_pattern(key, patterns):
            continue
        span = Span(child.key, child.key + len(key)) if child.key >= 0 else child.span
        near = get_close_matches(key, known, 1)
        yield Violation(
            span, f"unknown key {shown(key)}" + (f"; did you mean '{near[0]}'?" if near else ""), (*keys, key)
        )


def _by_pattern(key: str, patterns: list[str]) -> bool:
    import re

    return any(re.search(pattern, key) for pattern in patterns)


def _at(tree: Value, keys: tuple[str | int, ...]) -> Value:
    for key in keys:
        tree = tree.value[key]
    return tree


def _head(value: Value) -> Span:
    """Where a mapping begins: its first key rather than all of it."""
    first = next(iter(value.value.values()), None) if isinstance(value.value, dict) else None
    if first is not None and first.key >= 0:
        return Span(value.start, max(first.key, value.start) + 1)
    return Span(value.start, min(value.start + 1, value.end))


def _named(keys: tuple[str | int, ...]) -> str:
    name = next((key for key in reversed(keys) if isinstance(key, str)), "")
    return f"'{name}' " if name else "the document "


def _words(error: Any) -> str:
    expected = error.schema.get("x-expected") if isinstance(error.schema, dict) else None
    instance, wanted = error.instance, error.validator_value
    if expected:
        return f"must be {expected}, not {shown(instance)}"
    if error.validator == "type":
        kinds = wanted if isinstance(wanted, list) else [wanted]
        return f"must be {' or '.join(_TYPES[kind] for kind in kinds)}, not {shown(instance)}"
    if error.validator in ("enum", "const"):
        choices = wanted if error.validator == "enum" else [wanted]
        return f"must be {_or(choices)}, not {shown(instance)}"
    return _RULES.get(error.validator, lambda e: str(e.message))(error)


_RULES: dict[str, Any] = {
    "minLength": lambda error: "must not be empty",
    "minItems": lambda error: "must not be an empty list",
    "minProperties": lambda error: "must not be empty",
    "minimum": lambda error: f"must be at least {error.validator_value}, not {shown(error.instance)}",
    "maximum": lambda error: f"must be at most {error.validator_value}, not {shown(error.instance)}",
    "uniqueItems": lambda error: "must not name the same thing twice",
    "pattern": lambda error: f"must have the form {error.validator_value}, not {shown(error.instance)}",
    "anyOf": lambda error: f"has the wrong form: {shown(error.instance)}",
    "oneOf": lambda error: f"has the wrong form: {shown(error.instance)}",
    "format": lambda error: f"must be a {error.validator_value}, not {shown(error.instance)}",
}


def _or(choices: list[Any]) -> str:
    words = [str(choice) for choice in choices]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def shown(instance: Any) -> str:
    """A value as a message shows it: short, and never the inside of a collection."""
    if isinstance(instance, dict):
        return "a mapping"
    if isinstance(instance, list):
        return "a list"
    if instance is None:
        return "null"
    if isinstance(instance, bool):
        return str(instance).lower()
    text = str(instance)
    return f"'{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}'"
