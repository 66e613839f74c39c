"""Fleet and Samples: every runbook with its reviews, what changed since, and the incidents that it was used in."""

import itertools
from collections.abc import Iterable, Iterator

from runbook_lint.report.document import Drift, Incident, Nightly, Runbook
from runbook_lint.report.page.actions import days
from runbook_lint.report.page.search import Filter, controls
from runbook_lint.report.page.tags import labels, number, reference, row, section, table, team, text, where
from runbook_lint.summary import many as many_of

HEADS = (
    "Runbook",
    "Owner",
    "Severity",
    "Reviewed",
    "Due",
    "Reviewed by",
    "Last change",
    "Since the review",
    "Alerts",
    "Incidents",
)
_NEAR = 14
_INCIDENTS = ("Incident", "Began", "Severity", "Runbooks", "Reviewed since", "Follow-up", "Where")
STYLE = labels("fleet", HEADS) + labels("incidents", _INCIDENTS)


def render(document: Nightly) -> str:
    """The last section."""
    many = len(document["repositories"]) > 1
    asked = "Look a runbook up, and judge whether its last review was a real one."
    fleet = _fleet(document, many) if document["fleet"] else "<p>There are no runbooks.</p>"
    return section("fleet", "Fleet and Samples", asked, fleet + _incidents(document["incidents"], many))


def _fleet(document: Nightly, many: bool) -> str:
    fleet = document["fleet"]
    filters = (
        Filter("Severity", 2, [each["severity"] for each in fleet]),
        Filter("Team", 1, [each["owner"] or "nobody" for each in fleet]),
    )
    below = common_folder(each["target"] for each in fleet)
    rows = (_runbook(each, below, many) for each in fleet)
    note = f" Paths are below {text(below)}." if below else ""
    of = table('"fleet sortable"', f"Every runbook and catalog entry.{note}", HEADS, rows)
    return controls("runbook", "runbooks", "Id, title, path, reviewer", filters, len(fleet)) + of + "</div>"


def common_folder(paths: Iterable[str]) -> str:
    """The folder that all paths are in, with its slash; what is no path has no say."""
    folders = [path.split("/")[:-1] for path in paths if path and "://" not in path]
    same = itertools.takewhile(lambda names: len(set(names)) == 1, zip(*folders, strict=False))
    return "".join(f"{names[0]}/" for names in same)


def _runbook(each: Runbook, below: str, many: bool) -> str:
    repository = f"{text(each['place']['repository'])}: " if many else ""
    retired = f" <em>{text(each['status'])}</em>" if each["status"] not in ("", "active") else ""
    name = f"{text(each['id'])}{retired} <span>{text(each['title'])}</span> <i>{repository}{_target(each, below)}</i>"
    changed = f"{text(each['changed'])} <i>{text(each['changed_by'])}</i>" if each["changed"] else ""
    return row(
        team(each["owner"]), text(each["severity"]), _reviewed(each), _due(each), _reviewer(each), changed,
        "; ".join(_since(each)), number(each["alerts"]), number(each["incidents"]), head=name,
    )  # fmt: skip


def _target(each: Runbook, below: str) -> str:
    return reference(each["target"].removeprefix(below)) if each["target"] else where(each["place"], False)


def _reviewed(each: Runbook) -> str:
    if each["age"] is None:
        return text(each["reviewed"]) or "never dated"
    return f"{text(each['reviewed'])} <i>{many_of(abs(each['age']), 'day')}{' ahead' if each['age'] < 0 else ''}</i>"


def _due(each: Runbook) -> str:
    if each["left"] is None:
        return text(each["due"])
    near = each["left"] <= _NEAR and each["status"] != "retired"
    return text(each["due"]) + (f" <b>{days(-each['left'])}</b>" if near else "")


def _reviewer(each: Runbook) -> str:
    if "review" not in each:
        return ""
    review = each["review"]
    others = review["together"] - 1
    doubts = [f"with {many_of(others, 'other')}"] * (others > 0) + ["nothing edited"] * (not review["edited"])
    return text(review["by"]) + (f" <b>{', '.join(doubts)}</b>" if doubts else "")


def _since(each: Runbook) -> Iterator[str]:
    yield from map(_drift, each["drift"])
    if each["since_review"]:
        yield many_of(each["since_review"], "incident")


def _drift(each: Drift) -> str:
    name = "the runbook" if each["what"] == "runbook" else f"{'alert ' * (each['what'] == 'alert')}{text(each['name'])}"
    return f"reviewed {many_of(each['days'], 'day')} before {name} changed"


def _incidents(incidents: Iterable[Incident], many: bool) -> str:
    latest = sorted(incidents, key=lambda each: each["started"], reverse=True)
    if not latest:
        return ""
    rows = (_incident(each, many) for each in latest)
    return f"<h3>Incidents</h3>{table('incidents', 'Incidents, the latest first', _INCIDENTS, rows)}"


def _incident(each: Incident, many: bool) -> str:
    return row(
        text(each["started"][:10]), text(each["severity"]), ", ".join(map(text, each["runbooks"])),
        "yes" if each["reviewed"] else "<b>not yet</b>", text(each["follow_up"]), where(each["place"], many),
        head=text(each["id"]) or "no id",
    )  # fmt: skip
