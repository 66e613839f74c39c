"""The report as markdown, for an issue or a chat.

GitHub takes issues of 65,536 characters: what does not fit is counted. The hidden mark at the head is how a job finds
the issue that it wrote the night before.
"""

from collections.abc import Iterable, Iterator, Sequence

from runbook_lint.expressions import lazy
from runbook_lint.report.document import Action, Bucket, Nightly, Share, Team, Waiver
from runbook_lint.report.parts import Capped, asked_of, capped, teams
from runbook_lint.report.wording import (
    WORST,
    heading,
    mark,
    milestones,
    named,
    percent,
    short,
    source,
    spans,
    urgency,
    where,
)
from runbook_lint.reporters.markup import code, prose
from runbook_lint.summary import many

ROOM = 60_000
_ROWS = 15
_NAMES = 5
# What would make a heading, a list or a quick action of GitLab of the beginning of a line.
_BEGINNING = lazy(r"^([-+=#/]|[0-9]+(?=[.)]))(.?)")
_Block = list[str]


def render(document: Nightly, worst: int = WORST) -> str:
    """The decision, what is asked of each team, and the health of the estate."""
    head, health = list(_head(document)), [block for block in _health(document) if block]
    reserved = min(sum(map(_size, health)), ROOM // 3)
    room = ROOM - _size(head) - 200
    actions = _fitting(_actions(document, worst), room - reserved, "team")
    rest = _fitting(health, room - sum(map(_size, actions)), "table")
    return "\n".join(line for block in (head, *actions, *rest) for line in block) + "\n"


def _size(lines: _Block) -> int:
    return sum(len(line.encode()) + 1 for line in lines)


def _fitting(blocks: Sequence[_Block], room: int, what: str) -> list[_Block]:
    """As many blocks as there is room for; the others are counted."""
    fitting: list[_Block] = []
    for block in blocks:
        room -= _size(block)
        if room < 0:
            left = len(blocks) - len(fitting)
            return [*fitting, [f"There is no room here for {many(left, f'more {what}')}.", ""]]
        fitting.append(block)
    return fitting


def _head(document: Nightly) -> Iterator[str]:
    decision = document["decision"]
    yield mark(document)
    yield f"## {_cut(heading(document), 120)}"
    yield ""
    yield _cut(decision["verdict"])
    yield ""
    for reason in decision["reasons"][:_ROWS]:
        yield f"- {_cut(reason)}"
    if more := len(decision["reasons"]) - _ROWS:
        yield from [f"- and {many(more, 'more reason')}"] if more > 0 else []
    yield ""
    yield f"As of {_cut(document['as_of'], 20)}."
    for repository in document["repositories"][:_ROWS]:
        yield f"- {_cut(source(repository))}"
    yield ""


def _cut(text: str, most: int = 300) -> str:
    return _inline(prose(short(text.strip(), most)))


def _inline(marked: str) -> str:
    return _BEGINNING.sub(lambda begin: f"{begin[1]}\\{begin[2]}" if begin[1].isdigit() else f"\\{begin[0]}", marked)


def _code(text: str) -> str:
    """A short name in a table, where no code can hold a bar beyond doubt."""
    return prose(short(text, 80)) if "|" in text else code(short(text, 80))


def _said(text: str) -> str:
    return _inline(spans(short(text.strip()), prose, code))


def _actions(document: Nightly, worst: int) -> list[_Block]:
    """A block for each team of which something is asked; one that says so when nothing is."""
    team = document.get("team")
    if not document["actions"]:
        who = "anybody" if team is None else _cut(named(team), 80)
        return [["### Action required", "", f"Nothing is asked of {who}.", ""]]
    asked = asked_of(document)
    known = [each for each in teams(document) if each["actions"]]
    blocks = [list(_team(each, capped(asked[each["name"]], worst), document)) for each in known]
    return [["### Action required", "", *blocks[0]], *blocks[1:]]


def _team(team: Team, actions: Capped, document: Nightly) -> Iterator[str]:
    yield f"#### {_cut(named(team['name']), 80)}: {many(team['actions'], 'action')}"
    yield ""
    people = [*team["primary"], *team["backup"]]
    if people:
        yield f"On call: {_cut(', '.join(people))}"
        yield ""
    for action in actions.shown:
        yield f"- {_action(action, document)}"
    if actions.rest:
        yield f"- and {actions.left()}"
    yield ""


def _action(action: Action, document: Nightly) -> str:
    urgent = f"**{_cut(urgency(action), 60)}**: " if urgency(action) else ""
    spot = code(short(where(action["place"], document)))
    return f"{urgent}{_said(action['what'])}. To do: {_said(action['do'])} ({spot})"


def _health(document: Nightly) -> list[_Block]:
    health = document["health"]
    tables = [
        _table(
            ("team", "alerts", "lead to a working runbook", "cannot tell"),
            (_share(each, "nobody") for each in health["coverage_by_team"]),
        ),
        _table(
            ("severity", "alerts", "lead to a working runbook", "cannot tell"),
            (_share(each, "none") for each in health["coverage_by_severity"]),
        ),
        _table(("review", "days old", "runbooks"), map(_bucket, health["freshness"])),
        _table(("falls due in the week from", "runbooks", "sev1", "which"), _forecast(document)),
        _table(("day", "overdue", "alerts with a runbook", "waivers", "baseline"), _trend(document)),
        _table(("waiver of", "covers", "owner", "until"), map(_waiver, _ending(health["waivers"]))),
        _table(("rule", "severity", "findings"), _rules(document)),
    ]
    limits = [_cut(health["trend"]["limits"]), ""] if health["trend"]["limits"] else []
    blocks = [block for block in (*tables, limits) if block]
    return [["### Health", "", *blocks[0]], *blocks[1:]] if blocks else []


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> _Block:
    """A table of a few rows and the number of the rest; nothing without rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if not lines:
        return []
    more = [f"and {len(lines) - _ROWS:,} more", ""] if len(lines) > _ROWS else []
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines[:_ROWS], "", *more]


def _share(share: Share, nameless: str) -> tuple[str, ...]:
    return _cut(share["name"] or nameless, 80), f"{share['alerts']:,}", percent(share), f"{share['cannot_tell']:,}"


def _bucket(bucket: Bucket) -> tuple[str, ...]:
    days = f"{bucket['least']} to {bucket['most']}" if bucket["most"] is not None else f"{bucket['least']} or more"
    undated = bucket["name"] == "undated"
    return _cut(bucket["name"], 80), "nobody knows" if undated else days, f"{bucket['entries']:,}"


def _forecast(document: Nightly) -> Iterator[tuple[str, ...]]:
    for week in document["health"]["forecast"]:
        if week["due"]:
            more = f" and {week['due'] - _NAMES:,} more" if week["due"] > _NAMES else ""
            names = ", ".join(_code(id) for id in week["ids"][:_NAMES])
            yield _cut(week["begins"], 20), f"{week['due']:,}", f"{week['sev1']:,}", names + more


def _trend(document: Nightly) -> Iterator[tuple[str, ...]]:
    for point in milestones(document["health"]["trend"]["points"]):
        numbers = (f"{point['waivers']:,}", f"{point['baseline']:,}")
        yield _cut(point["day"], 20), f"{point['overdue']:,} of {point['entries']:,}", percent(point), *numbers


def _ending(waivers: Iterable[Waiver]) -> list[Waiver]:
    """Those that end first come first; those without an end last."""
    return sorted(waivers, key=lambda each: (each["days"] is None, each["days"] or 0, each["until"]))


def _waiver(waiver: Waiver) -> tuple[str, ...]:
    rules = ", ".join(waiver["rules"])
    return (
        _code(rules),
        _code(waiver["covers"]),
        _cut(waiver["owner"], 80),
        _cut(waiver["until"], 20) or "no end",
    )


def _rules(document: Nightly) -> Iterator[tuple[str, ...]]:
    for each in document["health"]["findings_by_rule"]:
        yield _code(each["rule"]), _cut(each["severity"], 20), f"{each['findings']:,}"
