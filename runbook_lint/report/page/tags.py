"""The pieces of HTML that the page is made of. Everything that comes from a repository goes through ``text``.

Cells and rows have no end tags, as HTML allows: with thousands of them it is a third of the page.
"""

import html
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from runbook_lint.expressions import lazy
from runbook_lint.report.document import Place
from runbook_lint.reporters.escape import printable

NOBODY = "nobody"
_URL = lazy(r"https?://[!-~]+", re.I)
_CODE = lazy(r"`([^`]+)`")


def text(value: str) -> str:
    """A repository's text as text or as an attribute's value in quotes: nothing in it is markup or invisible."""
    return html.escape(printable(value))


def said(sentence: str) -> str:
    """A sentence in which names stand between backticks."""
    return _CODE.sub(r"<code>\1</code>", text(sentence))


def number(count: int) -> str:
    return f"{count:,}"


def percent(part: int, whole: int) -> str:
    """A share in which only all is 100% and only none is 0%."""
    if part in (0, whole):
        return "100%" if part else "0%"
    return f"{min(99, max(1, round(100 * part / whole)))}%"


def team(name: str) -> str:
    return text(name) or NOBODY


def where(place: Place, many: bool) -> str:
    """A place; with many repositories also in which."""
    line = f":{place['line']}" if place["line"] else ""
    return f"{_of(place, many)}{text(place['path'])}{line}"


def _of(place: Place, many: bool) -> str:
    return f"{text(place['repository'])}: " if many and place["repository"] else ""


def file_of(place: Place, many: bool) -> str:
    """The file of a place."""
    return _of(place, many) + text(place["path"])


def reference(value: str) -> str:
    """A link if it is an address of the web, and else text."""
    if not _URL.fullmatch(value):
        return text(value)
    return f'<a href="{text(value)}" rel=noopener>{last_of(value)}</a>'


def last_of(value: str) -> str:
    """The last step of an address of the web, which names what is there; any other text as it is."""
    if not _URL.fullmatch(value):
        return text(value)
    return text(value.split("?", 1)[0].split("#", 1)[0].rstrip("/").rsplit("/", 1)[-1])


def anchor(name: str) -> tuple[str, str]:
    """What a fragment names, as the value of ``id`` and of ``href``."""
    name = re.sub(r"\s+", "-", printable(name))
    return html.escape(name), f"#{quote(name, safe='=-._~')}"


def row(*cells: str, head: str = "") -> str:
    """A row; ``head`` is a first cell that names it."""
    named = f"<th scope=row>{head}" if head else ""
    return f"<tr>{named}" + "".join(f"<td>{cell}" for cell in cells)


def table(kind: str, caption: str, heads: Sequence[str], rows: Iterable[str]) -> str:
    """A table with its name; its columns are styled by its kind."""
    columns = "".join(f"<th scope=col>{head}" for head in heads)
    body = "\n".join(rows)
    return (
        f"<table class={kind}><caption>{caption}</caption><thead><tr>{columns}</thead>\n"
        f"{body if body.startswith('<tbody>') else f'<tbody>{body}'}</table>"
    )


def listing(items: Iterable[str], kind: str = "") -> str:
    """A list of what is HTML already."""
    return f"<ul{f' class={kind}' if kind else ''}>" + "".join(f"<li>{item}" for item in items) + "</ul>"


def folded(summary: str, body: str, kind: str = "") -> str:
    """What is opened when it is wanted."""
    return f"<details{f' class={kind}' if kind else ''}><summary>{summary}</summary>{body}</details>"


def section(id: str, title: str, asked: str, body: str) -> str:
    """A part of the page: its heading and what is asked of the reader, then the rest."""
    return (
        f"<section id={id} aria-labelledby={id}-title><h2 id={id}-title>{title}</h2>\n"
        f"<p class=asked>{asked}</p>\n{body}</section>\n"
    )


def labels(kind: str, heads: Sequence[str]) -> str:
    """Style for narrow screens, where a row becomes a card: each cell says its column."""
    return "".join(
        f'.{kind} tbody tr>:nth-child({place})::before{{content:"{head}"}}'
        for place, head in enumerate(heads, 1)
        if head
    )
