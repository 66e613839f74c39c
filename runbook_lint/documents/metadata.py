"""What a runbook says of itself, in its front matter and in the ways that real runbooks write it.

``**Owner**: x``, ``Last update: 2026-02-10``, ``- **Severity**: P1``, a table of keys and values, GOV.UK's ``last_reviewed_on``
with ``review_in``, Microsoft's ``ms.date``. Front matter wins over prose, and what comes first over what comes later.
"""

import re
from collections.abc import Iterator, Sequence

from runbook_lint.documents.markdown import Row
from runbook_lint.documents.tree import flat
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

_KEY = r"[A-Za-z][A-Za-z0-9 _./-]{1,30}?"
_LINE = re.compile(
    rf"^[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)?"
    rf"(?:(?P<bold>\*\*|__)(?P<a>{_KEY})(?:(?P=bold)[ \t]*:|:(?P=bold))|(?P<b>{_KEY}):(?=[ \t]|$))"
    rf"[ \t]*(?P<value>[^\r\n]*?)[ \t]*(?:\\|<br ?/?>)?[ \t]*$",
    re.M,
)
_TOML = re.compile(r"^[ \t]*([A-Za-z][\w.-]*)[ \t]*=[ \t]*[\"']?([^\r\n]*?)[\"']?[ \t]*$", re.M)


def canonical(key: str) -> str:
    """Our name for a key, empty where it is not one of ours."""
    return _CANONICAL.get(re.sub(r"[\s_.*-]+", " ", key).strip().lower(), "")


def from_front(front: Value) -> Iterator[tuple[str, Value]]:
    """The metadata of a front matter that is YAML."""
    for key, value in flat(front).items():
        name = canonical(key)
        if name and value.value is not None:
            yield name, value


def from_toml(text: str, front: Span) -> Iterator[tuple[str, Value]]:
    """The metadata of a front matter that is TOML (``+++``); only its plain keys are of interest."""
    for found in _TOML.finditer(text, front.start, front.end):
        name = canonical(found[1])
        if name and found[2]:
            yield name, Value(found[2], *found.span(2), found.start(1))


def from_prose(text: str, prose: str) -> Iterator[tuple[str, Value]]:
    """The metadata in lines of prose; ``prose`` is the text with code and comments blanked."""
    if ":" not in prose:
        return
    for found in _LINE.finditer(prose):
        name = canonical(found["a"] or found["b"])
        start, end = found.span("value")
        value = text[start:end].strip()
        if name and name not in _FRONT_ONLY and value:
            yield name, Value(value, start, end, found.start("a") if found["a"] else found.start("b"))


def from_rows(text: str, rows: Sequence[Row]) -> Iterator[tuple[str, Value]]:
    """The metadata in tables of two columns, a key and a value in each row."""
    for row in rows:
        if len(row.cells) != 2:
            continue
        (key, value) = (_cell(text, cell) for cell in row.cells)
        name = canonical(str(key.value))
        if name and name not in _FRONT_ONLY and value.value:
            yield name, value._replace(key=key.start)


def _cell(text: str, span: Span) -> Value:
    inner = text[span.start : span.end]
    stripped = inner.strip(" \t|*`")
    start = span.start + (inner.find(stripped) if stripped else 0)
    return Value(stripped, start, start + len(stripped))
