"""YAML into trees of values with places, through libyaml's composer.

Text stays text: of what has no quotes only null, true, false and whole numbers are told apart, as JSON would write them. libyaml recurses on the C stack and shares
aliased nodes, so depth is bounded before composing and size after.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from runbook_lint.documents.masks import blank
from runbook_lint.documents.tree import DEEPEST, LARGEST, Document, Fault, Reading, Unreadable
from runbook_lint.model import Span, Value

_WORDS: dict[str, Any] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "false": False,
    "0": 0,
}
_NUMBER = re.compile(r"-?[1-9][0-9]{0,17}")
_MARKER = re.compile(r"^---(?=\s|$)", re.M)
_DEEP_LINE = re.compile(rf"^[ \t?:-]{{{DEEPEST}}}", re.M)
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Composes nodes without resolving tags: a text is a text."""

    def resolve(self, kind: type, value: Any, implicit: Any) -> str:
        """The same tag for all: what a scalar means is decided by its reader."""
        return "!"

    def descend_resolver(self, parent: Any, index: Any) -> None:
        """Nothing to resolve on the way down."""

    def ascend_resolver(self) -> None:
        """Nor on the way up."""


def _words(error: Exception) -> str:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    context = getattr(error, "context", None)
    return f"not valid YAML: {problem}" + (f" ({context})" if context else "")


def _fault(error: Exception, text: str) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    at = mark.index if mark is not None else getattr(error, "position", 0)
    at = max(0, min(at or 0, len(text)))
    return Fault("syntax", _words(error), Span(at, min(at + 1, len(text))))


def _too_deep(text: str) -> bool:
    """Whether composing could recurse deeper than DEEPEST: a cheap bound first, the parser's own events when in doubt."""
    if text.count("[") + text.count("{") < DEEPEST and not _DEEP_LINE.search(text):
        return False
    depth = 0
    for event in yaml.parse(text, Loader=_Base):
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > DEEPEST:
                return True
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
    return False


def _end(node: Any, inner: Any, span: Span) -> int:
    """Where a block collection ends: with its last value, not with the comments and blank lines below it."""
    if node.flow_style or not inner:
        return span.end
    end = max(child.end for child in (inner.values() if isinstance(inner, dict) else inner))
    return end if span.start < end <= span.end else span.end


def _plain(word: str) -> str | int | bool | None:
    """What a scalar without quotes means: null, true, false and whole numbers as JSON writes them; all else is text."""
    if word in _WORDS:
        return _WORDS[word]
    return int(word) if word[0] in "-123456789" and _NUMBER.fullmatch(word) else word


class _Reader:
    """Turns one composed document into a tree: aliases share their value, merges are laid under, sizes are added up."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.seen: dict[int, tuple[Value, int]] = {}
        self.open: set[int] = set()
        self.size = 0

    def value(self, node: Any, key: int = -1) -> Value:
        if node.__class__ is yaml.ScalarNode:
            self.size += 1
            inner: Any = node.value
            if not node.style:
                inner = _plain(inner)
            return Value(inner, node.start_mark.index, node.end_mark.index, key)
        return self.collection(node)._replace(key=key)

    def collection(self, node: Any) -> Value:
        """A mapping or list; one that is met again through an alias is not walked twice but counts twice."""
        span = Span(node.start_mark.index, node.end_mark.index)
        if id(node) in self.open:
            raise Unreadable(Fault("syntax", "not valid YAML here: an alias inside the value that it names", span))
        if id(node) in self.seen:
            value, size = self.seen[id(node)]
            self.grow(size, span)
            return value
        before = self.size
        self.open.add(id(node))
        self.grow(1, span)
        inner = self.mapping(node) if node.__class__ is yaml.MappingNode else [self.value(each) for each in node.value]
        self.open.discard(id(node))
        value = Value(inner, span.start, _end(node, inner, span))
        self.seen[id(node)] = (value, self.size - before)
        return value

    def grow(self, size: int, span: Span) -> None:
        self.size += size
        if self.size > LARGEST:
            raise Unreadable(Fault("syntax", f"aliases expand it to more than {LARGEST} values", span))

    def mapping(self, node: Any) -> dict[str, Value]:
        members: dict[str, Value] = {}
        merges: list[Any] = []
        for key, child in node.value:
            if key.value == "<<" and not key.style:
                merges.append(child)
                continue
            name = self.name(key)
            value = self.value(child, key.start_mark.index)
            if name in members:
                self.duplicate(name, key)
            else:
                members[name] = value
        for child in merges:
            self.merge(members, child)
        return members

    def name(self, key: Any) -> str:
        if key.__class__ is yaml.ScalarNode:
            return str(key.value)
        span = Span(key.start_mark.index, key.end_mark.index)
        self.faults.append(Fault("syntax", "a mapping key that is itself a list or a mapping", span))
        return f"\0{span.start}"

    def duplicate(self, name: str, key: Any) -> None:
        span = Span(key.start_mark.index, key.end_mark.index)
        self.faults.append(Fault("duplicate-key", f"the key {name!r} stands here a second time", span))

    def merge(self, members: dict[str, Value], node: Any) -> None:
        """``<<``: keys of the merged mappings that are not set, the earlier mapping first (YAML merge type)."""
        for each in node.value if node.__class__ is yaml.SequenceNode else [node]:
            merged = self.value(each).value
            if isinstance(merged, dict):
                for key, value in merged.items():
                    members.setdefault(key, value)
            else:
                span = Span(each.start_mark.index, each.end_mark.index)
                self.faults.append(Fault("syntax", "only a mapping can be merged with '<<'", span))


def read(text: str) -> Reading:
    """All documents of a YAML text, the empty ones left out. A fault ends its document only: reading goes on at the
    next ``---`` below it."""
    documents: list[Document] = []
    faults: list[Fault] = []
    rest = text
    while rest:
        try:
            for document in _documents(rest):
                documents.append(document)
            break
        except Unreadable as unreadable:
            faults.append(unreadable.fault)
            rest = _after(rest, unreadable.fault.span.start)
    return Reading(tuple(documents), (*faults, *(fault for document in documents for fault in document.faults)))


def _after(text: str, at: int) -> str:
    """The text with all before the next document marker blanked; empty where there is none."""
    marker = _MARKER.search(text, max(0, at - 3))
    if marker is None or marker.start() == 0:
        return ""
    return blank(text[: marker.start()]) + text[marker.start() :]


def _documents(text: str) -> Iterator[Document]:
    try:
        if _too_deep(text):
            raise Unreadable(Fault("syntax", f"nested deeper than {DEEPEST} levels", Span(0, 0)))
        loader = _Loader(text)
        try:
            while loader.check_node():
                reader = _Reader()
                root = reader.value(loader.get_node())
                if root.value is not None:
                    yield Document(root, tuple(reader.faults))
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable(_fault(error, text)) from None
