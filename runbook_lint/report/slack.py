"""The report as a message of Slack's Block Kit: the payload alone, nothing is sent.

Slack takes 50 blocks, 150 characters of a header and 3,000 of a section (Slack API, "Reference: Blocks").
"""

from collections.abc import Iterable
from typing import Any

from runbook_lint.report.document import Action, Nightly
from runbook_lint.report.parts import Capped, asked_of, capped
from runbook_lint.report.wording import heading, named, short, source, spans, urgency, where
from runbook_lint.reporters.escape import json_text, printable
from runbook_lint.summary import many

BLOCKS, SECTION, HEADER = 50, 3_000, 150
_WORST = 5
_TEAMS = 40
_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
# Marks of bold, struck and code; in data they are letters like any other, so others that look alike stand for them.
_MARKS = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
_Block = dict[str, Any]


def render(document: Nightly, worst: int = _WORST) -> str:
    """The decision and the worst of each team; one good sentence when nothing is asked."""
    title = short(printable(heading(document)), HEADER)
    if document["actions"]:
        blocks = [_header(title), _section(_reasons(document)), *_teams(document, worst), _context(document)]
    else:
        blocks = [_section([_calm(document)])]
    return json_text({"text": _escaped(title, HEADER), "parse": "none", "unfurl_links": False, "blocks": blocks})


def _calm(document: Nightly) -> str:
    team, decision = document.get("team"), document["decision"]
    who = "anybody" if team is None else named(team)
    said = " ".join([decision["verdict"], *decision["reasons"]])
    return f"{_escaped(said, 600)} Nothing is asked of {_escaped(who, 80)} as of {_escaped(document['as_of'], 20)}."


def _escaped(text: str, most: int) -> str:
    """Text without markup, links and mentions, of at most so many characters before Slack's own escapes."""
    return _plain(short(printable(text), most))


def _said(text: str, most: int) -> str:
    """The same, with what stands between backticks as code."""
    return spans(short(printable(text), most), _plain, lambda code: f"`{_plain(code)}`")


def _plain(text: str) -> str:
    plain = text.translate(_MARKS)
    for letter, entity in _ESCAPES:
        plain = plain.replace(letter, entity)
    return plain


def _header(title: str) -> _Block:
    return {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}


def _section(lines: Iterable[str]) -> _Block:
    """Lines of markup, as many as there is room for; ``verbatim`` keeps names in them from becoming mentions."""
    return {"type": "section", "text": _markup(_fitting(list(lines)))}


def _markup(text: str) -> _Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _fitting(lines: list[str]) -> str:
    room = SECTION - 40
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            return "\n".join([*lines[:number], f"and {many(len(lines) - number, 'more line')}"])
    return "\n".join(lines)


def _reasons(document: Nightly) -> list[str]:
    decision = document["decision"]
    return [
        f"*{_escaped(decision['verdict'], 400)}*",
        *(f"• {_escaped(reason, 300)}" for reason in decision["reasons"]),
    ]


def _teams(document: Nightly, worst: int) -> list[_Block]:
    """A section for each team of which something is asked, the worst first; of too many the last are counted."""
    asked = asked_of(document)
    blocks = [
        _section(_team(team, capped(asked[team], worst), len(asked[team]), document)) for team in [*asked][:_TEAMS]
    ]
    rest = [*asked.values()][_TEAMS:]
    if rest:
        actions = many(sum(map(len, rest)), "action")
        blocks.append(_section([f"and {actions} of {many(len(rest), 'more team')}"]))
    return blocks


def _team(team: str, actions: Capped, number: int, document: Nightly) -> list[str]:
    left = [f"• and {actions.left()}"] if actions.rest else []
    head = f"*{_escaped(named(team), 80)}*: {many(number, 'action')}"
    return [head, *(f"• {_action(each, document)}" for each in actions.shown), *left]


def _action(action: Action, document: Nightly) -> str:
    urgent = f"{_escaped(urgency(action), 60)}: " if urgency(action) else ""
    spot = _escaped(where(action["place"], document), 120)
    return f"{urgent}{_said(action['what'], 200)}. To do: {_said(action['do'], 160)} ({spot})"


def _context(document: Nightly) -> _Block:
    sources = [_escaped(source(each), 300) for each in document["repositories"][:5]]
    text = "\n".join([f"As of {_escaped(document['as_of'], 20)}", *sources])
    return {"type": "context", "elements": [_markup(text)]}
