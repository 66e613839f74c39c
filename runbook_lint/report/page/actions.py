"""Action Required: for each team what it has to do, the worst first, and no flood."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from runbook_lint.report.document import Action, Nightly, Team
from runbook_lint.report.page.tags import (
    anchor,
    folded,
    labels,
    listing,
    number,
    row,
    said,
    section,
    table,
    team,
    text,
    where,
)
from runbook_lint.report.parts import matter
from runbook_lint.summary import many as many_of

WORST, MORE = 8, 12
_HEADS = ("Matter", "What, and what to do", "Days", "Where")
_KINDS = {
    "secret": "Secret",
    "unmapped": "No working runbook",
    "target": "Runbook not there",
    "signal": "Signal without a runbook",
    "overdue": "Review overdue",
    "undated": "Never dated",
    "drift": "Changed since its review",
    "incident": "Incident since its review",
    "record": "Incident record to correct",
    "waiver": "Waiver ends",
    "unreadable": "Not readable",
    "owner": "No owner",
    "duplicate": "Id of several repositories",
}
STYLE = labels("actions", _HEADS)


class Asked(NamedTuple):
    """What is asked of a team; ``total`` may be more than stands here."""

    team: str
    about: Team | None
    actions: Sequence[Action]
    total: int


def render(document: Nightly) -> str:
    """The second section."""
    asked = worst_first(document["teams"], document["actions"])
    if not asked:
        return section("action", "Action Required", "Nothing is asked of anybody tonight.", "")
    many = len(document["repositories"]) > 1
    sentence = "Find your team and work from the top: the worst comes first."
    body = (
        _choice(asked)
        + "".join(_part(each, number, many) for number, each in enumerate(asked))
        + _idle(document, asked)
    )
    return section("action", "Action Required", sentence, body)


def worst_first(teams: Iterable[Team], actions: Iterable[Action]) -> list[Asked]:
    """The teams of which something is asked, the one with the worst first."""
    by_team: dict[str, list[Action]] = {}
    for action in actions:
        by_team.setdefault(action["team"], []).append(action)
    known = {each["name"]: each for each in teams}
    asked = [_asked(name, known, of) for name, of in by_team.items()]
    return sorted(asked, key=lambda each: (each.actions[0]["rank"], -each.total, each.team == "", each.team))


def _asked(name: str, known: Mapping[str, Team], actions: list[Action]) -> Asked:
    about = known.get(name)
    ranked = sorted(actions, key=lambda each: each["rank"])
    return Asked(name, about, ranked, max(about["actions"] if about else 0, len(actions)))


def _choice(asked: Sequence[Asked]) -> str:
    if len(asked) < 2:
        return ""
    links = (f'<a href="{anchor(f"team={each.team}")[1]}">{_name(each)}</a> {number(each.total)}' for each in asked)
    every = '<a href="#action">All teams</a>'
    return f"<nav class=teams aria-label=Teams>{listing([*links, every])}</nav>\n"


def _name(each: Asked) -> str:
    return text(each.team) or "Nobody owns it"


def _part(each: Asked, place: int, many: bool) -> str:
    id = anchor(f"team={each.team}")[0]
    open_, more = each.actions[:WORST], each.actions[WORST : WORST + MORE]
    parts = [_table(f"The worst of {_name(each)}" if more else _name(each), open_, many)]
    if more:
        parts.append(folded(f"{number(len(more))} more", _table(f"More of {_name(each)}", more, many)))
    if left := each.total - len(open_) - len(more):
        parts.append(f"<p class=note>And {many_of(left, 'lesser one', 'lesser ones')} that the JSON report lists.</p>")
    about = f"<small>{many_of(each.total, 'thing')} to do{_duty(each.about)}</small>"
    return (
        f'<section class=team id="{id}" aria-labelledby=team-{place}><h3 id=team-{place}>{_name(each)} {about}</h3>'
        f"{''.join(parts)}</section>\n"
    )


def _duty(about: Team | None) -> str:
    if about is None or not about["name"]:
        return ""
    people = ", ".join(map(text, about["primary"])) or "nobody"
    backup = ", ".join(map(text, about["backup"])) or "nobody"
    return f"; on call: {people}, backup: {backup}"


def _table(caption: str, actions: Sequence[Action], many: bool) -> str:
    return table("actions", caption, _HEADS, (_row(each, many) for each in actions))


def _row(each: Action, many: bool) -> str:
    severity = f" <b class={text(each['severity'])}>{text(each['severity'])}</b>" if each["severity"].isalnum() else ""
    what = f"{said(each['what'])} <span class=do>{said(each['do'])}</span>"
    late = "" if each["kind"] == "drift" else days(each["days"])
    return row(f"{_KINDS[matter(each)]}{severity}", what, late, where(each["place"], many))


def days(count: int | None) -> str:
    """How late something is, or how long there is left."""
    if count is None:
        return ""
    return f"{many_of(count, 'day')} late" if count > 0 else f"{many_of(-count, 'day')} left" if count else "today"


def _idle(document: Nightly, asked: Sequence[Asked]) -> str:
    busy = {each.team for each in asked}
    idle = [team(each["name"]) for each in document["teams"] if each["name"] and each["name"] not in busy]
    return f"<p class=note>Nothing is asked of {', '.join(idle)}.</p>" if idle else ""
