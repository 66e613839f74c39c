"""The report as one HTML page, which asks nothing of the network and is whole without its script."""

import base64
import hashlib
import os

from runbook_lint.report.document import Nightly
from runbook_lint.report.page import actions, decision, fleet, health, investigation
from runbook_lint.report.page.tags import listing, number, team, text

_SECTIONS = (
    ("decision", "Decision Header"),
    ("action", "Action Required"),
    ("health", "Health Summary"),
    ("investigation", "Investigation"),
    ("fleet", "Fleet and Samples"),
)


def render(document: Nightly) -> str:
    """The whole page."""
    style, script = _style(), _beside("page.js")
    title = _title(document)
    return (
        "<!DOCTYPE html>\n<html lang=en>\n<head><meta charset=utf-8>"
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">\n'
        '<meta name=viewport content="width=device-width, initial-scale=1"><meta name=referrer content=no-referrer>'
        f'<meta name="color-scheme" content="light dark"><link rel=icon href="data:,">\n<title>{title}</title>\n'
        f"<style>{style}</style></head>\n<body>\n{_top(title)}<main id=main>\n{_sections(document)}</main>\n"
        f"{_foot(document)}<script>{script}</script></body></html>\n"
    )


def _title(document: Nightly) -> str:
    """Whose runbooks, and the day."""
    names = [each["name"] for each in document["repositories"] if each["name"]]
    shown = ", ".join(map(text, names[:3])) + (f" and {number(len(names) - 3)} more" if len(names) > 3 else "")
    owned = f" of {team(document['team'])}" if "team" in document else ""
    within = f"{' in' if owned else ' of'} {shown}" if shown else ""
    return f"Runbooks{owned}{within}, {text(document['as_of'])}"


def _sections(document: Nightly) -> str:
    return "".join(part.render(document) for part in (decision, actions, health, investigation, fleet))


def _top(title: str) -> str:
    links = listing(f"<a href=#{id}>{name}</a>" for id, name in _SECTIONS)
    return (
        "<a class=skip href=#main>Skip to the report</a>\n"
        f"<header><h1>{title}</h1></header>\n<nav class=parts aria-label=Sections>{links}</nav>\n"
    )


def _foot(document: Nightly) -> str:
    tool = " ".join(text(document["tool"].get(key, "")) for key in ("name", "version"))
    return f"<footer><p>Written by {tool} for {text(document['as_of'])}. Days are UTC.</p></footer>\n"


def _style() -> str:
    labels = "".join(part.STYLE for part in (decision, actions, health, investigation, fleet))
    return _beside("page.css").replace("/* labels */", labels)


def _policy(style: str, script: str) -> str:
    """Nothing but this style and this script; nothing is fetched, sent or framed."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _beside(name: str) -> str:
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), encoding="utf-8") as handle:
        return handle.read()
