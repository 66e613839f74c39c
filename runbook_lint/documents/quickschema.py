"""What a JSON Schema says of a document, where that is plain: importing a validator takes longer than most documents.

A schema with a keyword that is not among these has no test, and a test raises ``UnsureError`` where validators differ
or take care: at floating numbers, and at what is not printable in a text with a pattern.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from runbook_lint.expressions import lazy

Test = Callable[[Any], bool]
_Kinds = tuple[type, ...]

_TYPES: Mapping[str, _Kinds] = {
    "string": (str,),
    "integer": (int,),
    "number": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
# What says nothing of validity, and what is looked at with another keyword.
_SILENT = frozenset({"$schema", "$id", "$defs", "title", "description", "x-expected"})
_WITH_OTHERS = frozenset({"then", "else", "patternProperties", "additionalProperties", "properties"})
# What may differ between dialects, where a text is printable.
_OTHER_ESCAPE = lazy(r"\\[^.trns]|\(\?[^:]")


class UnsureError(Exception):
    """Better ask a validator."""


def test_of(schema: Any) -> Test | None:
    """A test of whether a document is valid, None where that takes more than this."""
    try:
        return _Compiler(schema.get("$defs", {})).test(schema)
    except UnsureError:
        return None


class _Compiler:
    """Makes tests of schemas; those of the definitions once."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self.definitions = definitions
        self.known: dict[str, Test | None] = {}

    def test(self, schema: Any) -> Test:
        """The test of a schema."""
        if schema is True:
            return _anything
        if schema is False:
            return _nothing
        tests = [_MAKERS[key](self, schema) for key in _MAKERS if key in schema]
        if any(key not in _MAKERS and key not in _SILENT and key not in _WITH_OTHERS for key in schema):
            raise UnsureError
        if _WITH_OTHERS & schema.keys():
            tests.append(self.members(schema))
        return _all(tests)

    def reference(self, schema: Any) -> Test:
        name = schema["$ref"].removeprefix("#/$defs/")
        if name not in self.known:
            self.known[name] = None
            self.known[name] = self.test(self.definitions.get(name, {"unknown": name}))
        found = self.known[name]
        if found is None:
            raise UnsureError
        return found

    def members(self, schema: Any) -> Test:
        known = {key: self.test(each) for key, each in schema.get("properties", {}).items()}
        patterns = [(_search(key), self.test(each)) for key, each in schema.get("patternProperties", {}).items()]
        other = self.test(schema.get("additionalProperties", True))

        @lru_cache(maxsize=1 << 10)
        def tests_of(key: str) -> list[Test]:
            own = [known[key]] if key in known else []
            found = [test for search, test in patterns if search(key)]
            return [*own, *found] or [other]

        def check(value: Any) -> bool:
            if isinstance(value, dict):
                for key, each in value.items():
                    for test in tests_of(key):
                        if not test(each):
                            return False
            return True

        return check

    def names(self, schema: Any) -> Test:
        test = self.test(schema["propertyNames"])
        return lambda value: not isinstance(value, dict) or all(test(key) for key in value)

    def items(self, schema: Any) -> Test:
        test = self.test(schema["items"])
        return lambda value: not isinstance(value, list) or all(map(test, value))

    def one_of(self, schema: Any) -> Test:
        tests = [self.test(each) for each in schema["oneOf"]]
        return lambda value: sum(test(value) for test in tests) == 1

    def none_of(self, schema: Any) -> Test:
        test = self.test(schema["not"])
        return lambda value: not test(value)

    def either(self, schema: Any) -> Test:
        first, then, other = (self.test(schema.get(key, True)) for key in ("if", "then", "else"))
        return lambda value: then(value) if first(value) else other(value)

    def choice(self, schema: Any) -> Test:
        choices = {(each.__class__, each) for each in schema.get("enum", [schema.get("const")])}
        if any(kind not in (str, int, bool) for kind, _ in choices) or {"enum", "const"} <= schema.keys():
            raise UnsureError
        texts = frozenset(each for kind, each in choices if kind is str)
        if len(texts) == len(choices):
            return lambda value: value.__class__ is str and value in texts
        return lambda value: not isinstance(_sure(value), (dict, list)) and (value.__class__, value) in choices

    def type(self, schema: Any) -> Test:
        named = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        kinds = {kind for name in named for kind in _TYPES[name]}
        if int in kinds:
            return lambda value: _sure(value).__class__ in kinds
        return lambda value: value.__class__ in kinds

    def required(self, schema: Any) -> Test:
        required = frozenset(schema["required"])
        return lambda value: not isinstance(value, dict) or required <= value.keys()

    def pattern(self, schema: Any) -> Test:
        search = _search(schema["pattern"])
        return lambda value: not isinstance(value, str) or search(value)

    def unique(self, schema: Any) -> Test:
        if schema["uniqueItems"] is not True:
            raise UnsureError
        return lambda value: not isinstance(value, list) or len({_text(each) for each in value}) == len(value)

    def size(self, schema: Any) -> Test:
        tests = [_limit(key, schema[key]) for key in _LIMITS if key in schema]
        return _all(tests)


_LIMITS: Mapping[str, tuple[type, Callable[[Any], int], int]] = {
    "minLength": (str, len, 1),
    "minItems": (list, len, 1),
    "minProperties": (dict, len, 1),
    "maxProperties": (dict, len, -1),
    "minimum": (int, int, 1),
    "maximum": (int, int, -1),
}
_MAKERS: Mapping[str, Callable[[_Compiler, Any], Test]] = {
    "type": _Compiler.type,
    "enum": _Compiler.choice,
    "const": _Compiler.choice,
    "pattern": _Compiler.pattern,
    **dict.fromkeys(_LIMITS, _Compiler.size),
    "required": _Compiler.required,
    "$ref": _Compiler.reference,
    "items": _Compiler.items,
    "uniqueItems": _Compiler.unique,
    "propertyNames": _Compiler.names,
    "not": _Compiler.none_of,
    "if": _Compiler.either,
    "oneOf": _Compiler.one_of,
}


def _all(tests: list[Test]) -> Test:
    if len(tests) < 2:
        return tests[0] if tests else _anything
    if len(tests) == 2:
        first, second = tests
        return lambda value: first(value) and second(value)
    first, second, rest = tests[0], tests[1], _all(tests[2:])
    return lambda value: first(value) and second(value) and rest(value)


def _limit(key: str, limit: int) -> Test:
    kind, measure, sign = _LIMITS[key]
    return lambda value: _sure(value).__class__ is not kind or sign * measure(value) >= sign * limit


def _search(pattern: str) -> Test:
    if _OTHER_ESCAPE.search(pattern):
        raise UnsureError
    search = re.compile(pattern).search

    def found(value: str) -> bool:
        if not value.isprintable():
            raise UnsureError
        return search(value) is not None

    return found


def _sure(value: Any) -> Any:
    if value.__class__ is float:
        raise UnsureError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise UnsureError
    return value


def _anything(_value: Any) -> bool:
    return True


def _nothing(_value: Any) -> bool:
    return False
