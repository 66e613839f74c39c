"""Source -> items. Only this package knows formats.

Kinds: ``runbook``, ``page`` (markdown that is no runbook), ``catalog``, ``alerts``, ``roster``, ``codeowners``; empty
for a text that is none of ours.
"""

import re
from collections.abc import Callable, Mapping

from runbook_lint.documents import alerts, catalog, codeowners, comments, recognition, roster, runbook
from runbook_lint.model import Item, Span, Value

_MARKDOWN = (".md", ".markdown", ".mdx")
_TREES = (".yaml", ".yml", ".json", ".rules")
# Endings that a template of a YAML file has.
_TEMPLATED = tuple(
    f"{tree}.{template}"
    for tree in _TREES[:2]
    for template in ("tpl", "j2", "jinja", "jinja2", "tmpl", "gotmpl", "erb")
)
# GitHub and GitLab look in these places, in this order; the first one counts.
CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")

# The list of entries stands at the top of the document: what only quotes a catalog, or describes one, is none.
_CATALOG_KEY = re.compile(
    r"""^runbooks\s*:|\A\s*\{\s*runbooks\s*:|\A\s*\{[\s\S]*?"runbooks"\s*:\s*\[\s*\{[^{}]*"id"\s*:""", re.M
)
_CATALOG_LIST = re.compile(r"""\A(?:\s+|#.*\n|---.*\n)*(?:\[\s*\{|-\s)""")
_ENTRY_KEY = re.compile(r"""["']?(?:last_reviewed_at|owner_team|severity_hint)["']?\s*:""")
_CATALOG_NAME = re.compile(r"(?:run[-_]?book.*catalog|catalog.*run[-_]?book)", re.I)
_ROSTER = re.compile(r"""^teams\s*:|\A\s*\{[^{}\[\]]*["']?teams["']?\s*:""", re.M)
_ROSTER_KEY = re.compile(r"""["']?(?:primary|backup)["']?\s*:""")

_READERS: Mapping[str, Callable[[str, str], list[Item]]] = {
    "runbook": runbook.read,
    "page": runbook.read_page,
    "catalog": catalog.read,
    "alerts": alerts.read,
    "roster": roster.read,
    "codeowners": codeowners.read,
}
KINDS = tuple(_READERS)


def may_be(path: str) -> bool:
    """Whether a file can be one of ours by its name alone; others are not read at all unless something names them."""
    name = path.lower()
    return name.endswith(_MARKDOWN) or name.endswith(_TREES) or name.endswith(_TEMPLATED) or path in CODEOWNERS


def is_markdown(path: str) -> bool:
    """Whether a file is markdown by its name."""
    return path.lower().endswith(_MARKDOWN)


def may_hold_text(path: str) -> bool:
    """Whether a file that a catalog names can be a runbook: markdown, or a name without an ending; no image."""
    name = path.rpartition("/")[2]
    return is_markdown(path) or "." not in name or name.lower().endswith((".txt", ".rst", ".adoc"))


def recognise(path: str, text: str) -> str:
    """The kind of a text by its name and content; empty where it is none of ours."""
    if path in CODEOWNERS:
        return "codeowners"
    if path.lower().endswith(_MARKDOWN):
        return "runbook" if recognition.is_runbook(path, text) else "page"
    if not path.lower().endswith((*_TREES, *_TEMPLATED)):
        return ""
    return _tree_kind(path, text)


def _tree_kind(path: str, text: str) -> str:
    if _CATALOG_NAME.search(path.rpartition("/")[2]):
        return "catalog"
    if alerts.hinted(text):
        return "alerts"
    if _ENTRY_KEY.search(text) and (_CATALOG_KEY.search(text) or _CATALOG_LIST.match(text)):
        return "catalog"
    if _ROSTER.search(text) and _ROSTER_KEY.search(text):
        return "roster"
    return ""


def read(kind: str, text: str, path: str) -> list[Item]:
    """The items of a text of a known kind: one ``text`` for the whole of it, inline waivers and faults among them."""
    whole = Span(0, len(text))
    items = [Item("text", path, path, Span(0, 0), whole, {"text": Value(text, *whole)}), *_READERS[kind](text, path)]
    if kind in ("alerts", "catalog", "roster"):
        items.extend(comments.in_yaml(text, path))
    return items
