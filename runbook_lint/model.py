"""The shared types, in the words of runbook people.

A text is read into *items* (an alert, a catalog entry, a runbook ...) whose *values* know where they stand. A check
turns items into *problems*; the engine adds what a rule says about them and makes *findings*.

Inside a text a place is a pair of character offsets (a ``Span``): that is what readers produce for nothing and what
edits need. A ``Place`` with lines and columns is worked out only for what is reported.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from runbook_lint.rows import Span as Span
from runbook_lint.rows import Value as Value
from runbook_lint.rows import said

_Made = TypeVar("_Made")

SEVERITIES = ("info", "warning", "error")
# Nouns whose items have a name of their own in their file, and an extent that is all theirs.
NAMED = frozenset({"alert", "entry", "retired", "signal", "team", "codeowner", "incident"})


class Place(NamedTuple):
    """A range of a file for people and editors: lines and columns from 1, columns in characters, the end exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    start: int = 0
    end: int = 0


class Edit(NamedTuple):
    """Replace ``start:end`` of the text of the finding's file by ``text``."""

    start: int
    end: int
    text: str


class Sibling(NamedTuple):
    """Put a key with a value, a text, a list or a mapping of texts, beside a value of the same mapping in the finding's
    file."""

    beside: Value
    key: str
    value: Any


class Rewrite(NamedTuple):
    """Put another value into the place of one, quoted as that one is."""

    old: Value
    value: str


class Member(NamedTuple):
    """Put an entry at the end of the list of a catalog."""

    path: str
    value: Mapping[str, Any]


Repair = Edit | Rewrite | Sibling | Member


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One thing that rules speak of.

    ``noun`` says what it is, ``key`` names it among its kind (an id, an alert's name), ``place`` is where to point,
    ``extent`` is all of it, ``fields`` are its values by dotted name (``annotations.runbook_id``).
    """

    noun: str
    key: str
    path: str
    place: Span
    extent: Span
    fields: Mapping[str, Value]

    def text(self, name: str) -> str:
        """The field's value as stripped text; empty where it is absent, null or no scalar."""
        found = said(self.fields, name)
        if type(found) is str:
            return found.strip()
        if found is None or isinstance(found, (dict, list, tuple, frozenset)):
            return ""
        return str(found).lower() if isinstance(found, bool) else str(found).strip()

    def but(self, **changes: Any) -> "Item":
        """An item that is as this one but for some of its attributes."""
        return Item(*(changes[name] if name in changes else getattr(self, name) for name in Item.__slots__))

    def raw(self, name: str, default: Any = None) -> Any:
        """The field's value as it was read, ``default`` where it is absent."""
        return said(self.fields, name, default)


class Problem(NamedTuple):
    """What only a check knows.

    ``span`` is where (None: the item's place), ``words`` fill the rule's message (an item among them is shown as its
    place), ``case`` picks one of the rule's cases, ``subject`` tells two problems of one item apart in the fingerprint,
    ``item`` is set by checks that see many, and ``also`` are more items that have this fault.
    """

    span: Span | None = None
    words: Mapping[str, Any] = {}
    case: str = ""
    subject: str = ""
    item: Item | None = None
    edits: tuple[Repair, ...] = ()
    also: tuple[Item, ...] = ()


class Case(NamedTuple):
    """A variant of a rule: what is said and how much it matters when a check meets this case."""

    severity: str = ""
    message: str = ""


class Rule(NamedTuple):
    """A pack entry, checked and bound to its checks, with the options that are in force.

    ``speaks_for`` are the rules that are silent about an item of which this one spoke: one fault, one finding.
    """

    id: str
    scope: str
    nouns: tuple[str, ...]
    field: str
    checks: tuple[tuple[Callable[..., Iterable[Problem]], Mapping[str, Any]], ...]
    severity: str
    message: str
    why: str
    cases: Mapping[str, Case]
    secret: bool
    hint: str
    forced_severity: str = ""
    speaks_for: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        return self.id.partition("/")[0]


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """A problem, worded and placed. ``edits`` repair it; ``fingerprint`` names it without line numbers; ``also`` are
    more items that have the fault, ``related`` those that its message names; ``older`` is what a change found there and
    did not bring; ``waiver`` excuses it."""

    place: Place
    rule: str
    severity: str
    message: str
    item: Item
    subject: str = ""
    edits: tuple[Repair, ...] = ()
    fingerprint: str = ""
    also: tuple[Item, ...] = ()
    older: bool = False
    related: tuple[Item, ...] = ()
    waiver: Item | None = None


class Replacement(NamedTuple):
    """What a repair puts into the place of a range of a file."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One text of a snapshot: its path in the repository with ``/``, its content id, and a way to read it; ``stamp`` is
    what the disk says of the file: its size, when it was written and when it was changed, and its inode."""

    path: str
    content_id: str
    read: Callable[[], bytes]
    stamp: tuple[int, ...] = ()


class FileResult(NamedTuple):
    """What one text gives alone: its kind, the items that joins need, and the findings of its own.

    ``content_id`` is that of the text, empty where nobody asked for it or it could not be read.
    """

    path: str
    kind: str
    content_id: str = ""
    items: Sequence[Item] = ()
    findings: Sequence[Finding] = ()


class Link(NamedTuple):
    """Where an alert's runbook reference leads.

    ``verdict`` is resolved, unknown, missing or cannot-tell; ``id`` the catalog entry's, ``path`` the runbook's,
    ``anchor`` what follows ``#``; ``why`` the case of the message when the verdict is unknown; ``hint`` a near miss.
    """

    key: str = ""
    value: str = ""
    verdict: str = "missing"
    id: str = ""
    path: str = ""
    anchor: str = ""
    why: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Estate:
    """All items of all files of one snapshot, for the checks that look beyond one file.

    ``paths`` are all files of the snapshot, ``links`` the runbook references of every alert in order of preference,
    ``by_path`` the markdown files, ``has_catalog`` whether there is a catalog and all of it could be read.
    """

    items: Mapping[str, Sequence[Item]]
    paths: frozenset[str] = frozenset()
    links: Mapping[Item, Sequence[Link]] = field(default_factory=dict)
    by_path: Mapping[str, Item] = field(default_factory=dict)
    has_catalog: bool = False
    _made: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    def all(self, noun: str) -> Sequence[Item]:
        return self.items.get(noun, ())

    def once(self, name: Hashable, make: Callable[[], _Made]) -> _Made:
        """What follows from these items, worked out for the first who asks for it by this name; the others share it."""
        if name not in self._made:
            self._made[name] = make()
        made: _Made = self._made[name]
        return made


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What happened between two estates, for the checks that compare.

    ``moved`` leads from the paths of the base to those of the head, for files that are on both sides; ``touched`` are
    the head's texts that are new or were altered; ``rewritten`` are those of them whose instructions are others, each
    with the anchors of the sections in question (empty: all of it). ``origin`` leads from the head's items to what they
    were, ``leads`` from the entries of both sides to path and anchor of their runbooks. ``same`` tells whether a former
    entry and one of the head name the same runbook, None when nobody can tell; ``remains`` whether the runbook of a
    former entry is still there, listed or not; ``uses`` where the history used names.
    """

    before: Estate
    after: Estate
    moved: Mapping[str, str]
    touched: frozenset[str]
    rewritten: Mapping[str, frozenset[str]]
    origin: Mapping[Item, Item]
    leads: Mapping[Item, tuple[str, str]]
    same: Callable[[Item, Item], bool | None]
    remains: Callable[[Item], bool]
    uses: Callable[[Iterable[str]], Mapping[str, tuple[Item, str]]]


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """The answer of one run; ``lines`` gives the line table of a file for those who show it.

    Of a change ``base`` is the commit that it began from (empty: nothing), and ``older`` are the findings that were
    there before; ``waived`` are those that a waiver excuses.
    """

    as_of: str
    findings: Sequence[Finding]
    summary: Mapping[str, int]
    hints: Sequence[str]
    estate: Estate
    lines: Callable[[str], Any]
    older: Sequence[Finding] = ()
    base: str | None = None
    waived: Sequence[Finding] = ()


class UserError(Exception):
    """A wrong request (usage, configuration, pack, git): one sentence for the user, exit code 2."""
