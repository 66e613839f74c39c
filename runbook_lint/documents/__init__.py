"""Source -> items. Only this package knows formats.

Kinds: ``runbook``, ``page`` (markdown that is no runbook), ``catalog``, ``alerts``, ``roster``, ``incidents``,
``codeowners``, ``settings`` (the tool's own files); empty for a text that is none of ours.
"""

import re
from collections.abc import Callable, Mapping

from runbook_lint.documents import (
    alerts,
    catalog,
    codeowners,
    comments,
    incidents,
    recognition,
    roster,
    runbook,
    settings,
    yamltree,
)
from runbook_lint.documents.faults import fault_items
from runbook_lint.documents.tree import Fault, child
from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Span, Value

_MARKDOWN = (".md", ".markdown", ".mdx")
_TREES = (".yaml", ".yml", ".json", ".rules")
# Endings that a template of any file has, one of YAML among them.
_TEMPLATES = (".tpl", ".j2", ".jinja", ".jinja2", ".tmpl", ".gotmpl", ".erb", ".tftpl")
_TEMPLATED = tuple(tree + template for tree in _TREES[:2] for template in _TEMPLATES)
# What has these endings is ours when it has alert rules in it, and only then.
_RULES = (".rule", ".alerts", *_TEMPLATES)
_TEXTS = (".txt", ".rst", ".adoc")
# All endings of what is read, some of it only where something names it.
ENDINGS = (*_MARKDOWN, *_TREES, *_RULES, *_TEXTS)
# GitHub and GitLab look in these places, in this order; the first one counts.
CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")

# The list of entries stands at the top of the document: what only quotes a catalog, or describes one, is none.
_CATALOG_KEY = lazy(
    r"""^runbooks\s*:|\A\s*\{\s*runbooks\s*:|\A\s*\{[\s\S]*?"runbooks"\s*:\s*\[\s*\{[^{}]*"id"\s*:""", re.M
)
_CATALOG_LIST = lazy(r"""\A(?:\s+|#.*\n|---.*\n)*(?:\[\s*\{|-\s)""")
_ENTRY_KEY = lazy(r"""["']?(?:last_reviewed_at|owner_team|severity_hint)["']?\s*:""")
_CATALOG_NAME = lazy(r"(?:run[-_]?book.*catalog|catalog.*run[-_]?book)", re.I)
_ROSTER = lazy(r"""^teams\s*:|\A\s*\{[^{}\[\]]*["']?teams["']?\s*:""", re.M)
_ROSTER_KEY = lazy(r"""["']?(?:primary|backup)["']?\s*:""")
_ROSTER_NAME = lazy(r"(?:on[-_]?call(?:[-_]?roster)?|roster)\.(?:ya?ml|json)", re.I)
# Other files that speak of people on call: manifests, workflows, compositions, Ansible, API descriptions.
_NO_ROSTER = lazy(
    r"""(?:^|\A\s*\{\s*)["']?(?:apiVersion|kind|jobs|services|runs|openapi|swagger|\$schema)["']?[ \t]*:"""
    r"""|^-[ \t]+hosts:""",
    re.M,
)
_EMPTY_ROSTER = Fault("syntax", "the file is empty; a roster needs at least `teams: {}`", Span(0, 0))

_READERS: Mapping[str, Callable[[str, str], list[Item]]] = {
    "runbook": runbook.read,
    "page": runbook.read_page,
    "catalog": catalog.read,
    "alerts": alerts.read,
    "roster": roster.read,
    "incidents": incidents.read,
    "codeowners": codeowners.read,
    "settings": settings.read,
}


def may_be(path: str) -> bool:
    """Whether a file can be one of ours by its name alone; others are not read at all unless something names them."""
    return is_markdown(path) or path.lower().endswith((*_TREES, *_RULES)) or path in CODEOWNERS


def is_markdown(path: str) -> bool:
    """Whether a file is markdown by its name, or can be by its folder's."""
    return path.lower().endswith(_MARKDOWN) or recognition.may_be_bare(path)


def may_hold_text(path: str) -> bool:
    """Whether a file that a catalog names can be a runbook: markdown, or a name without an ending; no image."""
    name = path.rpartition("/")[2]
    return is_markdown(path) or "." not in name or name.lower().endswith(_TEXTS)


def recognise(path: str, text: str) -> str:
    """The kind of a text by its name and content; empty where it is none of ours."""
    if path in CODEOWNERS:
        return "codeowners"
    if path.rpartition("/")[2] in settings.FILES:
        return "settings"
    if path.lower().endswith((*_MARKDOWN, *_TREES[:3])) and incidents.hinted(path, text):
        return "incidents"
    if path.lower().endswith(_MARKDOWN):
        return "runbook" if recognition.is_runbook(path, text) else "page"
    if recognition.may_be_bare(path):
        return "runbook" if recognition.is_bare_runbook(path, text) else ""
    if path.lower().endswith((*_TREES, *_TEMPLATED)):
        return _tree_kind(path, text)
    return "alerts" if path.lower().endswith(_RULES) and alerts.hinted(text) else ""


def _tree_kind(path: str, text: str) -> str:
    if _CATALOG_NAME.search(path.rpartition("/")[2]):
        return "catalog"
    if alerts.hinted(text):
        return "alerts"
    if _ENTRY_KEY.search(text) and (_CATALOG_KEY.search(text) or _CATALOG_LIST.match(text)):
        return "catalog"
    if _ROSTER.search(text) and _ROSTER_KEY.search(text):
        return "roster"
    named = _ROSTER_NAME.fullmatch(path.rpartition("/")[2])
    return "roster" if named and not path.startswith(".github/") and not _NO_ROSTER.search(text) else ""


def read(kind: str, text: str, path: str) -> list[Item]:
    """The items of a text of a known kind: one ``text`` for the whole of it, inline waivers and faults among them."""
    whole = Span(0, len(text))
    items = [Item("text", path, path, Span(0, 0), whole, {"text": Value(text, *whole)}), *_READERS[kind](text, path)]
    if kind == "roster" and len(items) == 1:
        items.extend(fault_items([_EMPTY_ROSTER], path))
    if kind in ("alerts", "catalog", "roster") or (kind == "incidents" and not is_markdown(path)):
        items.extend(comments.in_yaml(text, path))
    return items


def owners_of(text: str) -> list[str]:
    """The approvers that an OWNERS file of Kubernetes names."""
    reading = yamltree.read(text)
    listed = child(reading.documents[0].root, "approvers") if reading.documents else None
    members = listed.value if listed is not None and isinstance(listed.value, list) else []
    return [str(each.value) for each in members if isinstance(each.value, str) and each.value]
