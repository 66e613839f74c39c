"""Alert rules wherever they stand: Prometheus, Thanos, Mimir and Loki rule files, PrometheusRule and VMRule resources,
lists of them, ConfigMap block scalars, chart values, bare rule lists, Grafana provisioning, and templates of these.

A mapping with ``alert`` and ``expr`` is an alert rule wherever it stands; one with ``alert`` alone is one among the
``rules`` of a group (Prometheus, "Alerting rules"). Grafana's have a ``title``, a ``condition`` and ``data`` (Grafana,
"Use configuration files to provision alerting resources").
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from runbook_lint.documents import jsontree, templates
from runbook_lint.documents.faults import fault_items
from runbook_lint.documents.masks import keep
from runbook_lint.documents.tree import Reading, child, flat
from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Span, Value

# Cheap enough for every YAML and JSON text, and true for every text with an alert rule in it.
_HINT = lazy(r"""(?:^|[\s{,"'\\n-])alert["']?[ \t]*:""")
_RULE = lazy(r"""(?:^|[\s{,"'-])expr["']?[ \t]*:""")
_GROUPS = lazy(r"""(?:^|[\r\n{,])[ \t]{0,200}["'{]{0,2}groups["']?[ \t]{0,9}:""")
# No more than this stands before the word of such an expression.
_BEFORE = 210
_GRAFANA_WORDS = ("condition", "noDataState", "execErrState", "datasourceUid")
_GRAFANA = lazy(r"""["']?(?:condition|noDataState|execErrState|datasourceUid)["']?[ \t]*:""")
_GRAFANA_ONLY = lazy(r"""(?:^|[\s{,"'-])(?:noDataState|execErrState)["']?[ \t]*:""")
_BREAK = lazy(r"\r\n|\r|\n")
# How far a line of a fence may be indented or quoted.
_WIDEST = 200
# Keys of a ConfigMap under which alert rules stand, and nothing that only looks like them.
_FILE = lazy(r".*\.(?:ya?ml|rules?|json)", re.I | re.S)
_EMBEDDED = 3
# A span from a tuple, which costs half of what a call of its class does.
_new = tuple.__new__
# Languages of fences that are YAML, and how YAML begins in a fence that names none.
_YAML = ("yaml", "yml", "json")
_BEGIN = lazy(r"""\s*(?:#|---|-\s|[\[{]|["']?[\w./-]+["']?[ \t]*:(?:\s|\Z))""")
# A line that says that something is left out.
_ELIDED = lazy(r"^[ \t>#/*<(\[{-]*(?:\.{3,}|\u2026)[ \t)\]}>*]*$|^[ \t]*#[# \t]*(?:\.{3}|\u2026)", re.M)


# Annotations by which people lead to the panel of an alert, and to what is to be asked of logs or metrics.
PANELS = ("annotations.dashboard", "annotations.dashboard_url", "annotations.grafana_url", "annotations.panel")
QUERIES = ("annotations.saved_query", "annotations.query", "annotations.logs_url")


class _Scope(NamedTuple):
    """Where a walk is: the text whose offsets count, how deep inside block scalars, and the places it has been to.

    An alias leads to a place again; each alert is found once. ``found`` is what the walk has met so far.
    """

    text: str
    path: str
    depth: int
    seen: set[tuple[int, int, bool]]
    found: list[Item]


def hinted(text: str) -> bool:
    """Whether the text may hold alert rules."""
    grouped = _says(text, "groups", _GROUPS)
    if _says(text, "alert", _HINT) and (grouped or _says(text, "expr", _RULE)):
        return True
    if not any(word in text for word in _GRAFANA_WORDS) or _GRAFANA.search(text) is None:
        return False
    return grouped or _GRAFANA_ONLY.search(text) is not None


def _says(text: str, word: str, expression: re.Pattern[str]) -> bool:
    """Whether an expression with a word in it is found; what it begins with is no longer than a wide indent."""
    at = text.find(word)
    return at >= 0 and expression.search(text, max(0, at - _BEFORE)) is not None


def read(text: str, path: str) -> list[Item]:
    """The alert rules of a YAML or JSON text in their order, and its faults."""
    reading = _reading(text, path)
    return [*_found(reading, text, path), *fault_items(reading.faults, path)]


def read_parts(text: str, parts: Sequence[Span], path: str, language: str | None = None) -> list[Item]:
    """The alert rules of the parts of a text that are YAML together: the lines of a fence of a runbook.

    Faults of syntax are spoken of where the fence is meant to be YAML by its ``language``, empty for a fence that names
    none, and leaves nothing out. None for what is no fence.
    """
    first, last = parts[0].start, parts[-1].end
    # Columns count, so the part begins where its first line does.
    base = first - len(re.split(r"[\r\n]", text[max(0, first - _WIDEST) : first])[-1])
    shown = keep(text[base:last], [(start - base, end - base) for start, end in parts])
    reading = templates.read(shown, base)
    found = _found(reading, text, path)
    faults = [fault for fault in reading.faults if fault.kind == "syntax"]
    if faults and _is_meant(shown, language):
        found.extend(fault_items(faults, path))
    return found


def _is_meant(shown: str, language: str | None) -> bool:
    """Whether a fence is meant to be the whole of a YAML text."""
    known = language in _YAML or (language == "" and _BEGIN.match(shown) is not None)
    return known and _ELIDED.search(shown.replace("\r", "\n")) is None


def _reading(text: str, path: str) -> Reading:
    if not path.lower().endswith(".json"):
        return templates.read(text)
    reading = jsontree.read(text)
    if not reading.faults or not templates.is_template(text):
        return reading
    # Only what an action broke is read as YAML, which is less strict than JSON.
    at = reading.faults[0].span.start
    return templates.read(text) if templates.fill(text)[at : at + 1] != text[at : at + 1] else reading


def _found(reading: Reading, text: str, path: str) -> list[Item]:
    """Every alert rule of a reading, in the order of the text."""
    scope = _Scope(text, path, 0, set(), [])
    _below(reading, scope)
    return scope.found


def _below(reading: Reading, scope: _Scope) -> None:
    for document in reading.documents:
        _alerts(document.root, scope)


def _alerts(value: Value, scope: _Scope, group: Value | None = None, name: str = "") -> None:
    """Finds every alert rule at or below a value that stands under ``name``."""
    inner = value.value
    if isinstance(inner, dict):
        _in_mapping(value, scope, group)
    elif isinstance(inner, list):
        if _is_new(value, scope, group):
            for each in inner:
                _alerts(each, scope, group)
    elif (
        isinstance(inner, str) and "\n" in inner and scope.depth < _EMBEDDED and hinted(inner) and _is_new(value, scope)
    ):
        _embedded(value, scope, name)


def _is_new(value: Value, scope: _Scope, group: Value | None = None) -> bool:
    """Whether the walk has not been here; notes that it was."""
    place = (value.start, value.end, group is not None)
    known = place in scope.seen
    scope.seen.add(place)
    return not known


def _in_mapping(value: Value, scope: _Scope, group: Value | None) -> None:
    if _is_rule(value, group):
        if _is_new(value, scope):
            scope.found.append(_item(value, scope.path, group))
    elif _is_new(value, scope, group):
        rules = child(value, "rules")
        named = child(value, "name") if rules is not None and isinstance(rules.value, list) else None
        for key, each in value.value.items():
            if not isinstance(each.value, str) or "\n" in each.value:
                _alerts(each, scope, named if key == "rules" else None, key)


def _is_rule(value: Value, group: Value | None) -> bool:
    members = value.value
    alert = members.get("alert")
    if alert is not None and not isinstance(alert.value, (dict, list)):
        expr = members.get("expr")
        return group is not None or (expr is not None and not isinstance(expr.value, (dict, list)))
    found = ("condition" in members) + ("data" in members)
    return "title" in members and (found == 2 or (found == 1 and group is not None))


def _item(value: Value, path: str, group: Value | None) -> Item:
    fields = flat(value)
    name = fields.get("alert") or fields["title"]
    fields["name"] = name
    if group is not None:
        fields["group"] = group
    extent = _new(Span, (value.start, value.end))
    key = (
        name.value.strip()
        if isinstance(name.value, str)
        else Item("alert", "", path, extent, extent, fields).text("name")
    )
    return Item("alert", key, path, _place(name, extent), extent, fields)


def _place(name: Value, extent: Span) -> Span:
    """The name with its key; the start of a rule whose name is merged in from elsewhere."""
    start = name.key if name.key >= 0 else name.start
    if extent.start <= start < extent.end:
        return _new(Span, (start, max(name.end, start)))
    return Span(extent.start, extent.start)


def block(text: str, value: Value) -> Span | None:
    """The lines of a block scalar without its header. No other scalar is YAML at its own offsets: None."""
    header = _BREAK.search(text, value.start, value.end)
    return Span(header.end(), value.end) if header and text[value.start] in "|>" else None


def _embedded(value: Value, scope: _Scope, name: str) -> None:
    """Finds the alert rules of a block scalar, and its faults where its name says that it is such a file."""
    lines = block(scope.text, value)
    if lines is None:
        return
    reading = templates.read(scope.text[slice(*lines)], lines.start)
    _below(reading, scope._replace(depth=scope.depth + 1))
    if _FILE.fullmatch(name):
        scope.found.extend(fault_items(reading.faults, scope.path))
