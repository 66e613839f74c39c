"""What a runbook says of itself, in its front matter and in the ways that real runbooks write it.

``**Owner**: x``, ``Last update: 2026-02-10``, ``- **Severity**: P1``, a table of keys and values, GOV.UK's
``last_reviewed_on`` with ``review_in``, Microsoft's ``ms.date``. Front matter wins over prose, and what comes first
over what comes later. A bold key counts anywhere; a plain one only where documents speak of themselves: below the
title, below a heading such as Metadata, or in the last lines after a rule. Elsewhere it is about something else.
"""

import re
from collections.abc import Iterator
from itertools import pairwise, repeat
from typing import Any

from runbook_lint.documents.markdown import Row, Tables
from runbook_lint.documents.tree import flat
from runbook_lint.expressions import lazy
from runbook_lint.model import Span, Value

# Our name: what people write for it, lower case, with single spaces for all of " _-.".
NAMES = {
    "owner": (
        "owner, owners, owner team, owning team, owned by, runbook owner, service owner, team, responsible team, "
        "maintainer, maintainers"
    ),
    "last_reviewed_at": (
        "last reviewed, last reviewed at, last reviewed on, lastreviewed, last review, reviewed, reviewed at, "
        "reviewed on, review date, last review date, date reviewed"
    ),
    "last_updated_at": (
        "last update, last updated, last updated at, last updated on, lastupdated, updated, updated on, last modified, "
        "ms date"
    ),
    "severity": "severity, severity hint, alert severity",
    "review_in": "review in, review interval, review interval days, review cycle",
    "status": "status",
    "runbook_id": "runbook id, runbookid",
    "alert": "alert, alert name, alertname",
    "title": "title",
    "aliases": "aliases",
}
_CANONICAL = {spelling.strip(): name for name, all_ in NAMES.items() for spelling in all_.split(",")}
_FRONT_ONLY = frozenset({"title", "aliases"})
# The last words of all that people write, and what may stand between one and its colon.
_LAST_WORDS = tuple({spelling.rpartition(" ")[2] for spelling in _CANONICAL})
_LAST_LETTERS = frozenset(word[-2:] for word in _LAST_WORDS)
_LONGEST = max(map(len, _LAST_WORDS))
_AFTER_KEY = " \t*_.-"
_SEPARATORS = lazy(r"[\s_.*:-]+")

_PARENTS = lazy(r"^(?:params|metadata|extra|runbook)\.")
_US_DATE = lazy(r"(\d{1,2})/(\d{1,2})/(\d{4})")

_BEGIN = r"(?<![^\r\n])"
_END = r"(?![^\r\n])"
_KEY = r"[A-Za-z][A-Za-z0-9 _./-]{1,30}?"
# The beginning of a line that may say something: quote and list marks, then a key in bold, in emphasis or plain.
_LINE = lazy(
    rf"{_BEGIN}[ \t>]*(?:[-*+][ \t]+|\d{{1,9}}[.)][ \t]+)?"
    rf"(?:(?P<bold>\*\*|__)(?P<a>{_KEY})(?:(?P=bold)[ \t]*:|:(?P=bold)|:(?=[ \t]))|[*_]?(?P<b>{_KEY}):(?=[ \t]))"
)
_NEXT = lazy(rf"(\*\*|__)(?P<a>{_KEY})(?:\1[ \t]*:|:\1)")
_REST = lazy(r"[^\r\n]*")
_HEADING = lazy(
    rf"{_BEGIN} {{0,3}}(?:(#{{1,6}})[ \t]+([^\r\n]*)|[^\s#>|*+-][^\r\n]*(?:\r\n|\r|\n) {{0,3}}(?:=+|-+)[ \t]*{_END})"
)
_RULE = lazy(rf"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n) {{0,3}}(?:-{{3,}}|\*{{3,}}|_{{3,}})[ \t]*{_END}")
_ITS_OWN = lazy(r"\W*(?:metadata|ownership|(?:document|runbook) (?:information|info|control|details))\W*", re.I)
_SENTENCE = lazy(r"\b(?:we|you|they|should|must|will|can|is|are|was|were|has|have|please|needs?)\b", re.I)

_MARKS = ("**", "__", "`", "*", "_")
_COMMENT = lazy(r"<!--.*?(?:-->|\Z)", re.S)
_BREAK = lazy(r"(?:\\|<br ?/?>)\Z", re.I)
_LINK = lazy(r"!?\[([^\[\]]+)\](?:\([^()]*\)|\[[^\[\]]*\])")
_ADDRESS = lazy(r"<((?:https?://|mailto:)?[^<>\s]+[.@][^<>\s]+)>")
_TOML = lazy(rf"{_BEGIN}[ \t]*([A-Za-z][\w.-]*)[ \t]*=[ \t]*([^\r\n]*)")


def canonical(key: str) -> str:
    """Our name for a key, empty where it is not one of ours."""
    return _CANONICAL.get(_SEPARATORS.sub(" ", key).strip().lower(), "")


def from_front(front: Value) -> Iterator[tuple[str, Value]]:
    """The metadata of a front matter that is YAML; also of Hugo's ``params`` and the like."""
    for key, value in flat(front).items():
        name = canonical(_PARENTS.sub("", key))
        if name and value.value is not None:
            yield name, value._replace(value=_scalar(key, name, value.value))


def _scalar(key: str, name: str, value: Any) -> Any:
    """Several owners as one text; ``ms.date``, which Microsoft Learn writes with the month first, as others do."""
    if name == "owner" and isinstance(value, list):
        return ", ".join(str(each.value) for each in value)
    found = _US_DATE.fullmatch(value) if key.endswith("ms.date") and isinstance(value, str) else None
    return f"{found[3]}-{int(found[1]):02}-{int(found[2]):02}" if found else value


def from_toml(text: str, front: Span) -> Iterator[tuple[str, Value]]:
    """The metadata of a front matter that is TOML (``+++``); only its plain keys are of interest."""
    for found in _TOML.finditer(text, front.start, front.end):
        name = canonical(found[1])
        raw = found[2].rstrip()
        quote = raw.lstrip("[ ")[:1]
        inner = raw.strip("[] ").strip(quote) if quote in ("'", '"') else raw.partition(" #")[0].rstrip()
        if name and inner:
            start = found.start(2) + raw.index(inner)
            yield name, Value(inner, start, start + len(inner), found.start(1))


def from_prose(text: str, prose: str) -> Iterator[tuple[str, Value]]:
    """The metadata in lines of prose; ``prose`` is the text with code and comments blanked."""
    own: list[Span] | None = None
    for found in filter(None, map(_LINE.match, repeat(prose), _keyed_lines(prose))):
        if found["bold"]:
            yield from _bold(text, prose, found)
            continue
        name = canonical(found["b"])
        if not name or name in _FRONT_ONLY:
            continue
        own = _own_words(prose) if own is None else own
        value = _value(text, found.end(), _end_of_line(prose, found.end()), found.start("b"))
        if _plausible(value) and any(span.start <= found.start() < span.end for span in own):
            yield name, value


def _keyed_lines(prose: str) -> Iterator[int]:
    """Where lines begin in which a colon follows the last word of a key; no other line says anything."""
    at = done = 0
    for piece in prose.split(":")[:-1]:
        at += len(piece)
        tail = piece.rstrip(_AFTER_KEY)[-_LONGEST:].lower()
        if tail[-2:] in _LAST_LETTERS and at >= done and tail.endswith(_LAST_WORDS):
            yield max(prose.rfind("\n", done, at), prose.rfind("\r", done, at), done - 1) + 1
            done = _end_of_line(prose, at)
        at += 1


def _bold(text: str, prose: str, first: re.Match[str]) -> Iterator[tuple[str, Value]]:
    """All keys in bold of a line that begins with one; a value ends where the next key begins."""
    end = _end_of_line(prose, first.end())
    keys = [first, *_NEXT.finditer(prose, first.end(), end)]
    for found, following in pairwise([*keys, None]):
        assert found is not None  # noqa: S101
        name = canonical(found["a"])
        if name and name not in _FRONT_ONLY:
            value = _value(text, found.end(), following.start() if following else end, found.start("a"))
            if value.value:
                yield name, value


def _end_of_line(text: str, at: int) -> int:
    found = _REST.match(text, at)
    return found.end() if found else at


def _own_words(prose: str) -> list[Span]:
    """Where a document speaks of itself: from its top to the first heading that is not its title, below a heading such
    as Metadata, and after the last rule when no heading follows."""
    headings = list(_HEADING.finditer(prose))
    titled = headings and (headings[0][1] == "#" or not prose[: headings[0].start()].strip())
    ends = [*(heading.start() for heading in headings), len(prose)]
    top = (
        headings[1].end()
        if titled and len(headings) > 1
        else headings[0].end()
        if headings and not titled
        else len(prose)
    )
    spans = [Span(0, top)]
    for index, heading in enumerate(headings):
        if heading[2] and _ITS_OWN.fullmatch(heading[2]):
            spans.append(Span(heading.end(), ends[index + 1]))
    rules = [rule.end() for rule in _RULE.finditer(prose, headings[-1].end() if headings else 0)]
    return [*spans, Span(rules[-1], len(prose))] if rules else spans


def _plausible(value: Value) -> bool:
    """Whether a plain line is metadata and no sentence that happens to begin like it, nor ``status: 500`` of HTTP."""
    words = str(value.value)
    return bool(words) and not words.isdigit() and len(words.split(None, 10)) <= 10 and not _SENTENCE.search(words)


def from_tables(text: str, found: Tables) -> Iterator[tuple[str, Value]]:
    """The metadata in tables: a key and a value in each row of two, or a head of keys above one row of values."""
    rows = found.rows() if any(columns == 2 or below == 1 for columns, below in found.sizes()) else []
    tables: list[list[Row]] = []
    for row in rows:
        if row.head or not tables:
            tables.append([])
        tables[-1].append(row)
    for table in tables:
        for key, cell in _pairs(text, table):
            name = _named(text, key)
            value = _value(text, *cell) if name and name not in _FRONT_ONLY else None
            if value and value.value:
                yield name, value._replace(key=_value(text, *key).start)


def _pairs(text: str, table: list[Row]) -> Iterator[tuple[Span, Span]]:
    head, *rows = (row.cells for row in table)
    if len(head) == 2:
        keyed = [cells for cells in rows if len(cells) == 2 and _named(text, cells[0])]
        if keyed or not rows:
            yield from ((cells[0], cells[1]) for cells in (head, *keyed))
            return
    if len(rows) == 1 and sum(bool(_named(text, cell)) for cell in head) > 1:
        yield from zip(head, rows[0], strict=False)


def _named(text: str, cell: Span) -> str:
    """Our name for a cell that is a key."""
    return canonical(str(_value(text, *cell).value))


def _value(text: str, start: int, end: int, key: int = -1) -> Value:
    """What is written between two offsets, without the marks around it; a link says what it shows."""
    raw = text[start:end]
    plain = raw.strip()
    if plain.replace(" ", "").isalnum():
        at = start + raw.index(plain)
        return Value(plain, at, at + len(plain), key)
    if "<!--" in raw:
        raw = _COMMENT.sub(lambda found: " " * len(found[0]), raw)
    said = _BREAK.sub("", raw.strip()).strip(" \t|·•")
    bare = _bare(said) or said
    link = _LINK.fullmatch(bare) or _ADDRESS.fullmatch(bare)
    at = start + (raw.find(bare) + link.start(1) if link else raw.find(bare)) if bare else start
    shown = link[1] if link else bare
    return Value(_LINK.sub(r"\1", shown), at, at + len(shown), key)


def _bare(said: str) -> str:
    """Without punctuation at its end, the mark that is all around it, and the end of emphasis that began before it."""
    text = said.rstrip(".,; ")
    for mark in _MARKS:
        size = len(mark)
        if text.endswith(mark) and text.count(mark) == 1:
            return _bare(text[:-size])
        if text.startswith(mark) and text.endswith(mark) and text.count(mark) == 2 and len(text) > 2 * size:
            return _bare(text[size:-size].strip())
    return text
