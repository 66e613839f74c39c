"""The catalog entry that a runbook would have: what the repository tells of it already."""

from binascii import crc32
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from unicodedata import normalize

from runbook_lint.checks import owners, values
from runbook_lint.documents import templates
from runbook_lint.documents.catalog import ENTRIES, aliases
from runbook_lint.expressions import lazy
from runbook_lint.model import Estate, Item

UNOWNED = "unowned"
# What says of an entry that nothing told its severity.
GUESSED = "x-severity-from"
SEVERITIES = ("sev1", "sev2", "sev3")
_ID = lazy(r"[a-z0-9]+(?:[-_][a-z0-9]+)*(?:\.[a-z0-9]+(?:[-_][a-z0-9]+)*)+")
_WORD = lazy(r"[a-z0-9]+")
_BETWEEN = lazy(r"[\s_.:/()'-]+")
_CAMEL = lazy(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Names that say that something is a page, or lead to all pages; an id says what it is about.
_GENERIC = frozenset(
    {"doc", "docs", "documentation", "content", "operations", "runbook", "runbooks", "playbook", "playbooks", "index"}
)
OWNER_LABELS = ("labels.team", "labels.owner", "labels.owner_team", "annotations.team", "annotations.owner")


def proposer(
    estate: Estate, severity_map: Mapping[str, str], owner_of: Callable[[str], str] = lambda path: ""
) -> Callable[[Item], dict[str, Any]]:
    """Makes the entry of a runbook, its id unlike all others; ``owner_of`` is asked for what nothing here tells."""
    taken = {name for noun in ENTRIES for entry in estate.all(noun) for name in (entry.key, *aliases(entry))}
    alerts = _alerts(estate)
    owners_of = owners.codeowners(estate.all("codeowner"))
    # Where signals are registered, a person registers the next one too.
    registered = bool(estate.all("signal"))

    def propose(runbook: Item) -> dict[str, Any]:
        leading = alerts.get(runbook.path, ())
        own = runbook.text("metadata.runbook_id")
        id_ = own if _ID.fullmatch(own) and own not in taken else _free(runbook.path, taken)
        taken.add(id_)
        owner = _owner(runbook, leading, owners_of(runbook.path), owner_of)
        severity = _severity(runbook, leading, severity_map)
        entry = {
            "id": id_,
            "title": runbook.text("title") or id_,
            "severity_hint": severity or SEVERITIES[-1],
            "owner_team": owner or UNOWNED,
            "last_reviewed_at": _date(runbook),
            "url": _address(runbook.path),
            "signals": [] if registered else sorted({_snake(alert.key) for alert in leading} - {""}),
            GUESSED: None if severity else "default",
        }
        return {key: value for key, value in entry.items() if value is not None}

    return propose


def _address(path: str) -> str:
    """A path as a URL says it."""
    return path.replace("%", "%25").replace("#", "%23").replace("?", "%3F")


def _alerts(estate: Estate) -> Mapping[str, Sequence[Item]]:
    """The alerts that lead to each file, by their links or, where they have none, by their names."""
    found: defaultdict[str, list[Item]] = defaultdict(list)
    named = by_name(estate)
    for alert in estate.all("alert"):
        links = estate.links.get(alert, ())
        path = links[0].path if links else ""
        if links and not path:
            path = next((link.path for link in links if link.path), "")
        if not path and all(link.verdict == "cannot-tell" for link in links):
            path = named(alert.key)
        if path:
            found[path].append(alert)
    return found


def by_name(estate: Estate) -> Callable[[str], str]:
    """Gives the one runbook that is called like an alert: by its heading, its file, or what it says of itself."""
    known = estate.once("runbooks by name", lambda: _by_name(estate))
    return lambda name: known.get(_folded(name), "") if name else ""


def _by_name(estate: Estate) -> Mapping[str, str]:
    """The runbook of every name; none of a name that two have."""
    known: dict[str, str] = {}
    for runbook in estate.all("runbook"):
        stem = runbook.path.rpartition("/")[2].rpartition(".")[0]
        for name in (stem, runbook.text("title"), runbook.text("metadata.alert")):
            if name and known.setdefault(folded := _folded(name), runbook.path) != runbook.path:
                known[folded] = ""
    return known


def _folded(name: str) -> str:
    """A name without regard to case and to what stands between its words; any other sign counts."""
    return _BETWEEN.sub("", name.casefold())


def _free(path: str, taken: set[str]) -> str:
    """An id from a path: dotted lower-case words of what says something; numbered where it is taken."""
    parts = [_snake(part, "-") for part in path.rpartition(".")[0].split("/")]
    # A path without any letter of an id still gives the same one every time.
    parts = [part for part in parts if part and part not in _GENERIC] or [
        f"runbook-{crc32(path.encode('utf-8', 'replace')):08x}"
    ]
    name = ".".join(parts if len(parts) > 1 else ["ops", *parts])
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free


def _snake(name: str, joint: str = "_") -> str:
    plain = normalize("NFKD", _CAMEL.sub(" ", name)).encode("ascii", "ignore").decode("ascii")
    return joint.join(_WORD.findall(plain.lower()))


def _owner(runbook: Item, alerts: Iterable[Item], codeowners: Sequence[str], owner_of: Callable[[str], str]) -> str:
    said = runbook.text("metadata.owner")
    if said and not templates.is_placeholder(said) and not templates.holds(said):
        return said
    if codeowners:
        return owners.slug(codeowners[0])
    labels = (alert.text(label) for alert in alerts for label in OWNER_LABELS)
    label = next((each for each in labels if each and not templates.holds(each)), "")
    return label or owner_of(runbook.path)


def _severity(runbook: Item, alerts: Iterable[Item], severity_map: Mapping[str, str]) -> str:
    """What the runbook says, else the worst of its alerts; empty where nothing tells."""
    own = severity_map.get(runbook.text("metadata.severity").lower())
    theirs = (severity_map.get(alert.text("labels.severity").lower()) for alert in alerts)
    return own or min((each for each in theirs if each), default="")


def _date(runbook: Item) -> str | None:
    day = values.date_of(runbook.fields.get("last_reviewed_at"))
    return str(day) if day is not None else None
