"""Incidents: what happened when, which runbooks were used, and by what it is found again in logs and traces.

YAML or JSON (one incident a document, a list of them, or ``incidents: [...]``), or markdown with front matter.
"""

import datetime
import re
from collections.abc import Iterator
from functools import cache

from runbook_lint import resources
from runbook_lint.documents import markdown, runbook
from runbook_lint.documents.catalog import tree
from runbook_lint.documents.faults import fault_items
from runbook_lint.documents.tree import Fault, child, flat
from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Span, Value

# What real post-mortems write for a field, and `code`, as the error's own envelope has it. No more than these: whoever
# writes anything else is told the name, so that all incidents of a repository look alike.
ALIASES = {
    "start": "started_at",
    "started": "started_at",
    "end": "ended_at",
    "ended": "ended_at",
    "resolved_at": "ended_at",
    "runbooks": "runbook_ids",
    "code": "error_code",
}
_TREES = (".yaml", ".yml", ".json")
_FOLDER = lazy(r"incidents?|post[-_ ]?mortems?", re.I)
_FRONT = lazy(r"\A---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.S | re.M)
# The keys that say so, of a mapping of their own or of one in a list.
_ID, _STARTED = (
    lazy(rf"""(?:^[ \t]*(?:-[ \t]+)?|[{{,][ \t]*)["']?{key}["']?[ \t]*:""", re.M) for key in ("id", "started_at")
)
_EMPTY = Fault("syntax", "the file is empty; an incident needs at least `id`, `started_at` and `severity`", Span(0, 0))
_MOMENT = lazy(
    r"(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:[Zz]|([+-])(\d{2}):(\d{2}))?)?", re.ASCII
)
# So like one of ours must a key be to be taken for a misspelling of it.
_ALIKE = 0.8


def hinted(path: str, text: str) -> bool:
    """Whether a text is beyond doubt an incident, or several: by its folder and by its keys."""
    if not any(_FOLDER.fullmatch(part) for part in path.split("/")[:-1]):
        return False
    front = None if path.lower().endswith(_TREES) else _FRONT.match(text)
    said = text if path.lower().endswith(_TREES) else front[1] if front else ""
    return bool(_ID.search(said) and _STARTED.search(said))


def read(text: str, path: str) -> list[Item]:
    """An ``incident`` each, and the text's faults; of markdown all that a page has, too."""
    if not path.lower().endswith(_TREES):
        return _read_page(text, path)
    reading = tree(text, path)
    faults = reading.faults if reading.documents or reading.faults else (_EMPTY,)
    members = [member for document in reading.documents for member in _members(document.root)]
    return [*(_item(member, path) for member in members), *fault_items(faults, path)]


def used(incident: Item) -> list[str]:
    """The ids of the runbooks that were used, as they are written, each once."""
    return list(dict.fromkeys(str(each.value) for each in texts(incident, "runbook_ids")))


def texts(incident: Item, name: str) -> Iterator[Value]:
    """The texts in a list."""
    listed = incident.raw(name)
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each.value, str) and each.value.strip():
            yield each


def moment(incident: Item, name: str) -> datetime.datetime | None:
    """The time of a field in UTC, the first moment of a day that has none; None where it is absent or no time."""
    found = _MOMENT.fullmatch(incident.text(name))
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[number] or 0) for number in range(1, 7))
    ahead = datetime.timedelta(hours=int(found[8] or 0), minutes=int(found[9] or 0))
    try:
        # A leap second is the 60th of its minute (RFC 3339, 5.7).
        local = datetime.datetime(year, month, day, hour, minute, min(second, 59), tzinfo=datetime.UTC)
        return local + ahead if found[7] == "-" else local - ahead
    except (ValueError, OverflowError):
        return None


def day_of(incident: Item, name: str) -> datetime.date | None:
    """The day of ``started_at`` or ``ended_at`` in UTC; None where it is absent or no time."""
    found = moment(incident, name)
    return found.date() if found is not None else None


def is_written(incident: Item, name: str) -> bool:
    """Whether a field has the form of a time, be it one or not."""
    return _MOMENT.fullmatch(incident.text(name)) is not None


def is_day(incident: Item, name: str) -> bool:
    """Whether a field says only the day."""
    return len(incident.text(name)) == len("2026-01-31")


def _members(root: Value) -> list[Value]:
    """The incidents of a document."""
    listed = root if isinstance(root.value, list) else child(root, "incidents")
    return listed.value if listed is not None and isinstance(listed.value, list) else [root]


def _item(root: Value, path: str) -> Item:
    known = _named(root)
    fields = flat(known)
    id_ = fields.get("id")
    scalar = id_ is not None and isinstance(id_.value, (str, int))
    place = id_.span if id_ is not None and scalar else Span(root.start, min(root.start + 1, root.end))
    key = str(id_.value).strip() if id_ is not None and scalar else ""
    return Item("incident", key, path, place, root.span, {**fields, "document": known})


def _named(root: Value) -> Value:
    """An incident with our names for its keys; a name that stands there already keeps its own value."""
    if not isinstance(root.value, dict):
        return root
    members: dict[str, Value] = {}
    for key, value in root.value.items():
        name = ALIASES.get(key, str(key))
        members[key if name in root.value or name in members else name] = value
    return root._replace(value=members)


def _read_page(text: str, path: str) -> list[Item]:
    """A post-mortem: its front matter is the incident, and it is a page."""
    page = markdown.read(text)
    front = runbook.front_matter(text, page)
    roots = [document.root for document in front.documents]
    if not roots and not front.faults:
        roots = [Value({}, 0, 0)]
    incidents = [_titled(_item(_ours(root), path), page) for root in roots]
    return [*incidents, *runbook.page_items(text, path, page), *fault_items(front.faults, path)]


def _ours(front: Value) -> Value:
    """Front matter belongs to others too, such as a site's generator: what is neither ours nor nearly so is theirs."""
    from difflib import get_close_matches

    members = {key: each for key, each in front.value.items() if get_close_matches(key, _known(), 1, _ALIKE)}
    return front._replace(value=members)


@cache
def _known() -> tuple[str, ...]:
    return (*resources.schema("incident")["properties"], *ALIASES)


def _titled(incident: Item, page: markdown.Page) -> Item:
    """With the first heading as its title where the front matter has none."""
    first = next((heading for heading in page.headings if heading.text), None)
    if first is None or incident.text("title"):
        return incident
    fields = {**incident.fields, "title": Value(first.text, *first.span)}
    return Item(incident.noun, incident.key, incident.path, incident.place, incident.extent, fields)
