"""A tree against one of the published JSON Schemas (2020-12), in words that a person understands, each at its place.

What is small and plainly valid needs no validator. Of all else jsonschema-rs decides what is valid, a hundred times
faster; what is invalid goes through jsonschema, which knows why.
A schema may say what it expects in people's words with the annotation ``x-expected``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from runbook_lint import resources
from runbook_lint.documents import quickschema
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
# From so many characters on a document takes longer without a validator than to import one.
_LARGE = 400_000


class Violation(NamedTuple):
    """One fault against a schema: where, in words, and the path of keys that leads there."""

    span: Span
    words: str
    keys: tuple[str | int, ...]


@lru_cache(maxsize=16)
def _quick(name: str) -> quickschema.Test | None:
    return quickschema.test_of(resources.schema(name))


def _is_plainly_valid(instance: Any, name: str) -> bool:
    """Whether there is no doubt that it is valid, and no validator is needed to say so."""
    test = _quick(name)
    try:
        return test is not None and test(instance)
    except quickschema.UnsureError:
        return False


@lru_cache(maxsize=16)
def _fast(name: str) -> Any:
    return _compiled(resources.schema(name))


def _compiled(schema: dict[str, Any]) -> Any:
    import jsonschema_rs

    return jsonschema_rs.validator_for(schema)


def _accepts(validator: Any, instance: Any) -> bool:
    """Whether the fast validator takes it; what it cannot even take in (a lone surrogate) goes to the wordy one."""
    try:
        return bool(validator.is_valid(instance))
    except (ValueError, OverflowError):
        return False


@lru_cache(maxsize=16)
def _wordy(name: str) -> Any:
    """The validator that knows why. It asks the fast one about each member of a list first, for most of them are
    valid."""
    from jsonschema import Draft202012Validator, validators

    schema = resources.schema(name)
    quick: dict[int, Any] = {}

    def items(validator: Any, member: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        if not isinstance(instance, list):
            return
        if id(member) not in quick:
            quick[id(member)] = _compiled({"$defs": schema.get("$defs", {}), **member})
        for index, each in enumerate(instance):
            if not _accepts(quick[id(member)], each):
                yield from validator.descend(each, member, path=index)

    extend: Any = validators.extend
    return extend(Draft202012Validator, {"items": items, "pattern": _pattern})(schema)


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    """As in ECMA 262, which JSON Schema means, `$` is the very end: no newline follows."""
    from jsonschema import ValidationError

    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield ValidationError("")


def violations(tree: Value, name: str) -> list[Violation]:
    """All violations of the schema of this short name, in the order of the text."""
    instance = plain(tree)
    if tree.end - tree.start < _LARGE and _is_plainly_valid(instance, name):
        return []
    if _accepts(_fast(name), instance):
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
        yield Violation(_head(value), f"'{_missing(error)}' is missing", (*keys, _missing(error)))
    elif kind in ("additionalProperties", "unevaluatedProperties"):
        yield from _unknown(error, value, keys)
    elif _of_a_key(error):
        yield Violation(_key_span(error.instance, value.value[error.instance]), f"a key {_words(error)}", keys)
    elif kind == "uniqueItems":
        yield from _doubles(value, keys)
    else:
        yield Violation(value.span, _named(keys) + _words(error), keys)


def _of_a_key(error: Any) -> bool:
    """Whether the error is about a key of a mapping rather than about a value."""
    path = list(error.absolute_schema_path)
    return len(path) > 1 and path[-2] == "propertyNames" and error.validator != "propertyNames"


def _likely_branch(error: Any) -> list[Any]:
    """Of the branches of anyOf and oneOf the errors of the one that was most likely meant: the first of the right
    type."""
    branches: dict[Any, list[Any]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    return next((each for each in branches.values() if not any(_wrong_kind(inner, error) for inner in each)), [])


def _wrong_kind(inner: Any, outer: Any) -> bool:
    """Whether an error says that a branch was not meant at all, rather than what is wrong in it."""
    if len(inner.absolute_path) != len(outer.absolute_path):
        return False
    if inner.validator in ("const", "enum"):
        choices = inner.validator_value if inner.validator == "enum" else [inner.validator_value]
        return "x-expected" in outer.schema or type(inner.instance) not in {type(choice) for choice in choices}
    if inner.validator == "required":
        return set(inner.schema) == {"required"}
    return inner.validator == "type" or bool(inner.context and not _likely_branch(inner))


def _missing(error: Any) -> str:
    """The key that is missing. There is an error for each, so it is found by the message, which begins with it."""
    return next(str(name) for name in error.validator_value if error.message == f"{name!r} is a required property")


def _doubles(value: Value, keys: tuple[str | int, ...]) -> Iterator[Violation]:
    """Each member that stands in a list a second time."""
    seen: list[Any] = []
    for member in value.value:
        if plain(member) in seen:
            yield Violation(member.span, f"{_named(keys)}must not name {shown(plain(member))} twice", keys)
        seen.append(plain(member))


def _key_span(key: str, child: Value) -> Span:
    return Span(child.key, child.key + len(key)) if child.key >= 0 else child.span


def _unknown(error: Any, value: Value, keys: tuple[str | int, ...]) -> Iterator[Violation]:
    from difflib import get_close_matches

    known = sorted(error.schema.get("properties", {}))
    patterns = list(error.schema.get("patternProperties", {}))
    members = value.value if isinstance(value.value, dict) else {}
    for key, child in members.items():
        if key in known or _by_pattern(key, patterns):
            continue
        near = get_close_matches(key, known, 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        yield Violation(_key_span(key, child), f"unknown key {shown(key)}{hint}", (*keys, key))


def _by_pattern(key: str, patterns: list[str]) -> bool:
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
    """How a message begins: with the key that the value is under, or the list that it is in."""
    name = next((f"'{key}'" for key in reversed(keys) if isinstance(key, str)), "")
    if keys and isinstance(keys[-1], int):
        return f"each of {name or 'the list'} "
    return f"{name or 'the document'} "


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
    words = _RULES.get(error.validator)
    return words(error) if words else str(error.message)


def _none_of(error: Any) -> str:
    """Why nothing of anyOf or oneOf fits: by the types that they would take, or because more than one does."""
    kinds = [_TYPES[kind] for branch in error.validator_value if isinstance(kind := branch.get("type"), str)]
    if len(kinds) == len(error.validator_value):
        return f"must be {_or(kinds)}, not {shown(error.instance)}"
    keys = [each["required"][0] for each in error.validator_value if each.get("required")]
    if len(keys) == len(error.validator_value):
        return f"must have exactly one of {_or(keys)}"
    return f"has the wrong form: {shown(error.instance)}"


_RULES: Mapping[str, Callable[[Any], str]] = {
    "minLength": lambda error: "must not be empty",
    "minItems": lambda error: "must not be an empty list",
    "minProperties": lambda error: "must not be empty",
    "maxProperties": lambda error: f"must have no more than {error.validator_value} key",
    "minimum": lambda error: f"must be at least {error.validator_value}, not {shown(error.instance)}",
    "maximum": lambda error: f"must be at most {error.validator_value}, not {shown(error.instance)}",
    "pattern": lambda error: f"must have the form {error.validator_value}, not {shown(error.instance)}",
    "anyOf": _none_of,
    "oneOf": _none_of,
    "format": lambda error: f"must be a {error.validator_value}, not {shown(error.instance)}",
}


def _or(choices: list[Any]) -> str:
    words = [str(choice).lower() if isinstance(choice, bool) else str(choice) for choice in choices]
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
    if isinstance(instance, (int, float)):
        return str(instance)
    text = str(instance)
    return f"'{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}'"
