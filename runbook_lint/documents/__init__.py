"""Source -> items. Only this package knows formats.

Kinds: ``runbook``, ``page`` (markdown that is no runbook), ``catalog``, ``alerts``, ``roster``, ``codeowners``; empty for a
text that is none of ours.
"""

import re
from collections.abc import Callable, Mapping

from runbook_lint.documents import alerts, catalog, codeowners, comments, profiles, roster, runbook
from runbook_lint.model import Item, Span, Value

_MARKDOWN = (".md", ".markdown", ".mdx")
_TREES = (".yaml", ".yml", ".json")
# Endings that a template of a YAML file has.
_TEMPLATED = (".yaml.tpl", ".yml.tpl", ".yaml.j2", ".yml.j2", ".yaml.tmpl", ".yml.tmpl", ".yaml.erb", ".yml.erb", ".yaml.gotmpl",
              ".rules", ".yaml.jinja", ".yml.jinja", ".yaml.jinja2", ".yml.jinja2")  # fmt: skip
# GitHub and GitLab look in these places, in this order; the first one counts.
CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")

_RUNBOOK_NAME = re.compile(r"(?:^|[^a-z])(?:run[-_ ]?books?|play[-_ ]?books?|on[-_]?call)(?:$|[^a-z])", re.I)
_NO_RUNBOOK = re.compile(
    r"^(?:readme|index|_index|contributing|changelog|code[-_]of[-_]conduct|security|license|summary|support|governance|"
    r"maintainers|.*template.*|.*adr.*)$",
    re.I,
)
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t#]*$", re.M)
_CATALOG_KEY = re.compile(r"""["']?runbooks["']?\s*:""")
_ENTRY_KEY = re.compile(r"""["']?(?:last_reviewed_at|owner_team|severity_hint)["']?\s*:""")
_CATALOG_NAME = re.compile(r"(?:run[-_]?book.*catalog|catalog.*run[-_]?book)", re.I)
_ROSTER = re.compile(r"""^\s*["'{]*teams["']?\s*:""", re.M)
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
    """Whether a file that something names can be a runbook: markdown, or a name without an ending; no folder or image."""
    name = path.rpartition("/")[2]
    return is_markdown(path) or "." not in name or name.lower().endswith((".txt", ".rst", ".adoc"))


def likely_encoding(content: bytes) -> str:
    """The encoding in which a text that is no UTF-8 can be recognised, if not read."""
    return "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"


def recognise(path: str, text: str) -> str:
    """The kind of a text by its name and content; empty where it is none of ours."""
    if path in CODEOWNERS:
        return "codeowners"
    if path.lower().endswith(_MARKDOWN):
        return "runbook" if is_runbook(path, text) else "page"
    if not path.lower().endswith((*_TREES, *_TEMPLATED)):
        return ""
    return _tree_kind(path, text)


def _tree_kind(path: str, text: str) -> str:
    if _CATALOG_NAME.search(path.rpartition("/")[2]):
        return "catalog"
    if alerts.hinted(text):
        return "alerts"
    if _ENTRY_KEY.search(text) and (_CATALOG_KEY.search(text) or text.lstrip().startswith(("[", "-"))):
        return "catalog"
    if _ROSTER.search(text) and _ROSTER_KEY.search(text):
        return "roster"
    return ""


def is_runbook(path: str, text: str) -> bool:
    """Whether a markdown text is a runbook: its path or its title says so, or it has a runbook's sections, or it is named
    after the alert that is its title."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    if _NO_RUNBOOK.match(stem):
        return False
    if _RUNBOOK_NAME.search(stem) or any(_RUNBOOK_NAME.fullmatch(part) for part in folder.split("/")):
        return True
    headings = [(len(found[1]), found[2]) for found in _HEADING.finditer(text)]
    if not headings:
        return False
    title = headings[0][1].strip("`* ")
    return bool(_RUNBOOK_NAME.search(title)) or _is_alert(title, stem) or bool(profiles.recognise(headings))


def _is_alert(title: str, stem: str) -> bool:
    """An alert's runbook has the alert's name as its title and its file name: one word of several capitals."""
    return title.split(" ")[0] == stem and sum(letter.isupper() for letter in stem) > 1 and stem.isalnum()


def read(kind: str, text: str, path: str) -> list[Item]:
    """The items of a text of a known kind: an item ``text`` for the whole of it, inline waivers and faults among them."""
    whole = Span(0, len(text))
    items = [Item("text", path, path, Span(0, 0), whole, {"text": Value(text, *whole)}), *_READERS[kind](text, path)]
    if kind in ("alerts", "catalog", "roster"):
        items.extend(comments.in_yaml(text, path))
    return items
