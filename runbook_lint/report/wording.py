"""What several formats say in the same words. All of it is plain text, to be escaped by who prints it."""

from collections.abc import Callable

from runbook_lint.expressions import lazy
from runbook_lint.report.document import Action, Nightly, Place, Point, Repository, Share
from runbook_lint.report.parts import folder
from runbook_lint.summary import many

# How many actions of a team a message shows, unless it is told otherwise.
WORST = 10
_SPAN = lazy(r"`([^`]+)`")
_PAST = (52, 26, 13, 4, 0)


def mark(document: Nightly) -> str:
    """A hidden comment by which a job finds its own issue again; nothing of a team's name can end it."""
    team = document.get("team")
    return "<!-- runbook-lint report -->" if team is None else f"<!-- runbook-lint report: {folder(team)} -->"


def heading(document: Nightly) -> str:
    """What the report is of, and the decision."""
    team = document.get("team")
    what = "Runbooks" if team is None else f"Runbooks of {named(team)}"
    return f"{what}: {'fit for tonight' if document['decision']['fit'] else 'not fit for tonight'}"


def named(team: str) -> str:
    """A team by its name; nobody is a team too."""
    return team or "nobody"


def short(text: str, most: int = 300) -> str:
    """A text that is not longer than so many characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def spans(text: str, prose: Callable[[str], str], code: Callable[[str], str]) -> str:
    """A sentence with what stands between backticks as code, each part escaped in its way."""
    parts = _SPAN.split(text)
    return "".join((code if number % 2 else prose)(part) for number, part in enumerate(parts) if part)


def urgency(action: Action) -> str:
    """The severity and how late it is: ``sev1, 13 days late``; empty where there is neither."""
    days = action["days"]
    when = "" if days is None or action["kind"] == "drift" else _when(days)
    return ", ".join(word for word in (action["severity"], when) if word)


def _when(days: int) -> str:
    if days == 0:
        return "today"
    return f"{many(days, 'day')} late" if days > 0 else f"{many(-days, 'day')} left"


def where(place: Place, document: Nightly) -> str:
    """``path:line``, with the repository where there are several."""
    spot = f"{place['path']}:{place['line']}" if place["line"] else place["path"]
    return f"{place['repository']}: {spot}" if len(document["repositories"]) > 1 else spot


def source(repository: Repository) -> str:
    """What was looked at, with the commit and its day."""
    commit = f" at {repository['commit'][:9]} of {repository['committed']}" if repository["commit"] else ", without git"
    dirty = ", with work that is not committed" if repository["dirty"] else ""
    read = f": {repository['read']}" if repository["read"] else ""
    return f"{repository['name']}{commit}{dirty}{read}"


def percent(share: Share | Point) -> str:
    """How many alerts lead to a working runbook; a hundred only when all do."""
    alerts, mapped = share["alerts"], share["mapped"]
    return f"{100 * mapped // alerts} %" if alerts else "no alerts"


def milestones(points: list[Point]) -> list[Point]:
    """Of weekly points the first and a few between it and the last, which is the last."""
    at = sorted({max(0, len(points) - 1 - week) for week in _PAST}) if points else []
    return [points[index] for index in at]
