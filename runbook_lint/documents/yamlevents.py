"""YAML from libyaml's events.

Text stays text: of what has no quotes only null, true, false and whole numbers are told apart, as JSON would write
them. Not from libyaml's composer, because that recurses on the C stack, refuses an anchor that is set anew (YAML 1.1,
3.2.2.2 allows it) and is slower.
"""

from typing import Any

import yaml
from yaml.events import AliasEvent, DocumentStartEvent, MappingEndEvent, MappingStartEvent, SequenceEndEvent

from runbook_lint.documents.tree import DEEPEST, LARGEST, Document, Fault, Reading, UnreadableError
from runbook_lint.documents.yamllines import meaning
from runbook_lint.expressions import lazy
from runbook_lint.model import Span, Value

# A document marker at the start of a line, whatever ends lines, with the directives above it (YAML 1.1, 9.1).
_MARKER = lazy(r"(?<![^\r\n\x85\u2028\u2029])(?:%[^\r\n]*[\r\n]){0,3}---(?!\S)")
# What may stand between the start of a scalar's event and the scalar: anchor, tag, space, comments (YAML 1.1, 6.9).
_PROPERTIES = lazy(r"(?:[&!]\S*|\s+|(?<=\s)#[^\r\n]*)*")
# What newer versions of libyaml say of a thousand flow collections, before they give us the first of them.
_TOO_DEEP = "exceeded maximum nesting depth"
_Scalar: Any = yaml.ScalarEvent
# What has no libyaml is slower, no more.
_Parser: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read(text: str) -> Reading:
    """All documents of a YAML text, the empty ones left out.

    A fault that cannot be read over ends its document only: then each document is read for itself.
    """
    reader = _Reader()
    if reader.read(text):
        return reader.reading()
    starts = [0, *(found.start() for found in _MARKER.finditer(text) if found.start())]
    if len(starts) > 1:
        reader = _Reader()
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            reader.read(text[start:end], start)
    return reader.reading()


class _Reader:
    """One reading: the documents and faults met so far, and the state of the document at hand.

    ``part`` is what is being read and ``base`` where that begins in the whole text, ``end`` where what was read last
    ends, ``size`` how many values there are when every alias is written out.
    """

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self.faults: list[Fault] = []
        self.anchors: dict[str, list[Any]] = {}
        self.part = ""
        self.base = self.end = self.size = 0
        self.next: Any = None

    def reading(self) -> Reading:
        """What was read."""
        return Reading(tuple(self.documents), tuple(self.faults))

    def read(self, part: str, base: int = 0) -> bool:
        """Adds the documents of a part of the text; whether it could be read to its end."""
        # libyaml takes a byte order mark at the start away without counting it.
        self.part = part.lstrip("\ufeff")
        self.base = base + len(part) - len(self.part)
        before = len(self.documents), len(self.faults), self.size
        try:
            self.stream()
        except UnreadableError as unreadable:
            self.faults.append(unreadable.fault)
        except (yaml.YAMLError, ValueError) as error:
            fault = _fault(error, self.part, self.base)
            if _TOO_DEEP in fault.words:
                self.until(fault, before)
            else:
                self.faults.append(fault)
        else:
            return True
        return False

    def until(self, fault: Fault, before: tuple[int, int, int]) -> None:
        """Reads the part anew, up to a fault that libyaml met while it looked ahead: what is too deep for us stands
        above it."""
        documents, faults, self.size = before
        del self.documents[documents:], self.faults[faults:]
        if self.read(self.part[: fault.span.start - self.base], self.base):
            self.faults.append(fault)

    def stream(self) -> None:
        parser = _Parser(self.part)
        try:
            self.next = parser.get_event
            self.next()
            while self.next().__class__ is DocumentStartEvent:
                self.document()
        finally:
            self.next = None
            parser.dispose()

    def document(self) -> None:
        before = self.size
        self.anchors.clear()
        try:
            root = self.value(self.next(), 0)
        except UnreadableError:
            self.size = before
            raise
        self.next()
        if root.value is not None:
            self.documents.append(Document(root))

    def value(self, event: Any, depth: int, key: int = -1) -> Value:
        """The value that begins with an event."""
        if event.__class__ is not _Scalar:
            value = self.alias(event) if event.__class__ is AliasEvent else self.collection(event, depth + 1)
            return value._replace(key=key)
        inner = event.value
        if not event.style:
            inner = meaning(inner)
        start = self.base + event.start_mark.index
        self.end = end = self.base + event.end_mark.index
        self.size += 1
        value = Value(inner, start, end, key)
        return self.labelled(event, value) if event.anchor or event.tag else value

    def labelled(self, event: Any, value: Value) -> Value:
        """A scalar with an anchor or a tag: it stands behind them."""
        found = _PROPERTIES.match(self.part, value.start - self.base, value.end - self.base)
        value = value._replace(start=self.base + found.end()) if found else value
        if event.anchor:
            self.anchors[event.anchor] = [value, 1]
        return value

    def alias(self, event: Any) -> Value:
        """The value that an alias names, at its own place. It counts as often as it is named."""
        span = self.span(event)
        self.end = span.end
        value, size = self.anchors.get(event.anchor, (None, 0))
        if value is None:
            why = "stands inside the value that it names" if event.anchor in self.anchors else "names nothing above it"
            self.fault(f"not valid YAML: the alias '*{event.anchor}' {why}", span)
            return Value(None, *span)
        self.size += size
        if self.size > LARGEST and size > 1:
            raise UnreadableError(Fault("syntax", f"aliases expand it to more than {LARGEST} values", span))
        return Value(*value)

    def collection(self, event: Any, depth: int) -> Value:
        """A mapping or a list. A block ends with its last value, not with the comments and blank lines below it."""
        start = self.base + event.start_mark.index
        if depth > DEEPEST:
            raise UnreadableError(Fault("syntax", f"nested deeper than {DEEPEST} levels", Span(start, start + 1)))
        before = self.size
        self.size += 1
        named: list[Any] = [None, 0]
        if event.anchor:
            self.anchors[event.anchor] = named
        inner = self.mapping(depth) if event.__class__ is MappingStartEvent else self.sequence(depth)
        value = Value(inner, start, self.end)
        named[:] = value, self.size - before
        return value

    def sequence(self, depth: int) -> list[Value]:
        members: list[Value] = []
        while (event := self.next()).__class__ is not SequenceEndEvent:
            members.append(self.value(event, depth))
        self.close(event)
        return members

    def mapping(self, depth: int) -> dict[str, Value]:
        """The members by name: of those that have the same name the first, then what is merged in."""
        members: dict[str, Value] = {}
        merged: list[Value] = []
        while (event := self.next()).__class__ is not MappingEndEvent:
            start = self.base + event.start_mark.index
            name = event.value if event.__class__ is _Scalar and not event.anchor else self.name(event, depth)
            value = self.value(self.next(), depth, start)
            if name == "<<" and event.__class__ is _Scalar and not event.style:
                merged.append(value)
            elif members.setdefault(name, value) is not value:
                self.fault(f"the key {name!r} stands here a second time", self.span(event), "duplicate-key")
        self.close(event)
        for each in merged:
            self.merge(members, each)
        return members

    def name(self, event: Any, depth: int) -> str:
        """The text of a key that is more than a plain scalar; a stand-in for a list or a mapping."""
        place = self.span(event)
        key = self.value(event, depth)
        if event.__class__ is _Scalar:
            return str(event.value)
        if isinstance(key.value, (dict, list)):
            self.fault("a mapping key that is itself a list or a mapping", place)
            return f"\0{place.start}"
        return "" if key.value is None else str(key.value)

    def close(self, event: Any) -> None:
        """Takes the end of a collection that has a closing bracket."""
        if event.end_mark.index > event.start_mark.index:
            self.end = self.base + event.end_mark.index

    def merge(self, members: dict[str, Value], source: Value) -> None:
        """``<<``: keys of the merged mappings that are not set, the earlier mapping first (YAML merge type)."""
        for each in source.value if isinstance(source.value, list) else [source]:
            if isinstance(each.value, dict):
                for key, value in each.value.items():
                    members.setdefault(key, value)
            else:
                self.fault("only a mapping can be merged with '<<'", each.span)

    def fault(self, words: str, span: Span, kind: str = "syntax") -> None:
        """Notes what can be read over."""
        self.faults.append(Fault(kind, words, span))

    def span(self, event: Any) -> Span:
        return Span(self.base + event.start_mark.index, self.base + event.end_mark.index)


def _fault(error: Exception, part: str, base: int) -> Fault:
    at = min(_position(error, part), len(part))
    return Fault("syntax", _words(error), Span(base + at, base + min(at + 1, len(part))))


def _position(error: Exception, part: str) -> int:
    """Where in the part an error is. libyaml counts bytes in what it cannot decode and characters in all else."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        return int(mark.index)
    if isinstance(error, UnicodeError):
        return int(getattr(error, "start", 0))
    return len(part.encode()[: getattr(error, "position", 0)].decode("utf-8", "ignore"))


def _words(error: Exception) -> str:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    context = getattr(error, "context", None)
    return f"not valid YAML: {problem}" + (f" ({context})" if context else "")
