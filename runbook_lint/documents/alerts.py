"""Alert rules wherever they stand: Prometheus, Thanos, Mimir and Loki rule files, PrometheusRule and VMRule resources,
lists of them, ConfigMap block scalars, chart values, bare rule lists, Grafana provisioning, and templates of all of these.

A mapping with ``alert`` and ``expr`` is an alert rule wherever it stands; one with ``alert`` alone is one among the
``rules`` of a group (Prometheus, "Alerting rules").
"""

import re
from collections.abc import Iterable, Iterator

from runbook_lint.documents import jsontree, templates, yamltree
from runbook_lint.documents.faults import fault_items
from runbook_lint.documents.masks import keep
from runbook_lint.documents.tree import Reading, child, flat
from runbook_lint.model import Item, Span, Value

# Cheap enough for every YAML and JSON text, and true for every text with an alert rule in it.
_HINT = re.compile(r"""(?:^|[\s{,"'\\n-])alert["']?[ \t]*:""")
_RULE = re.compile(r"""(?:^|[\s{,"'-])expr["']?[ \t]*:""")
_GRAFANA = re.compile(r"""["']?(?:condition|noDataState|execErrState|datasourceUid)["']?[ \t]*:""")
_GROUPS = re.compile(r"""^\s*["'{]*groups["']?[ \t]*:""", re.M)
_EMBEDDED = 3


def hinted(text: str) -> bool:
    """Whether the text may hold alert rules."""
    if _HINT.search(text) and _RULE.search(text):
        return True
    return _GROUPS.search(text) is not None and (_GRAFANA.search(text) is not None or _HINT.search(text) is not None)


def read(text: str, path: str) -> list[Item]:
    """The alert rules of a YAML or JSON text in their order, and its faults."""
    reading = _reading(text, path)
    alerts = [item for document in reading.documents for item in _alerts(document.root, text, path)]
    return [*alerts, *fault_items(reading.faults, path)]


def read_parts(text: str, spans: Iterable[Span], path: str, depth: int = 0) -> list[Item]:
    """The alert rules of a YAML text inside another: a fence of a runbook, a block scalar."""
    masked = keep(text, spans)
    reading = _yaml(masked)
    return [item for document in reading.documents for item in _alerts(document.root, masked, path, depth)]


def _reading(text: str, path: str) -> Reading:
    if path.lower().endswith(".json"):
        return jsontree.read(text)
    return _yaml(text)


def _yaml(text: str) -> Reading:
    reading = yamltree.read(text)
    if not any(fault.kind == "syntax" for fault in reading.faults) or not templates.is_template(text):
        return reading
    filled = templates.fill(text)
    return templates.restore(yamltree.read(filled), text, filled)


def _alerts(value: Value, text: str, path: str, depth: int = 0, group: Value | None = None) -> Iterator[Item]:
    """Every alert rule below a value, in the order of the text."""
    inner = value.value
    if isinstance(inner, list):
        for each in inner:
            yield from _alerts(each, text, path, depth, group)
    elif isinstance(inner, dict):
        yield from _in_mapping(value, text, path, depth, group)
    elif isinstance(inner, str) and depth < _EMBEDDED and "\n" in inner and hinted(inner):
        yield from read_parts(text, [_block(text, value)], path, depth + 1)


def _in_mapping(value: Value, text: str, path: str, depth: int, group: Value | None) -> Iterator[Item]:
    if _is_rule(value, group):
        yield _item(value, path, group)
        return
    rules = child(value, "rules")
    inside = child(value, "name") if rules is not None and isinstance(rules.value, list) else None
    for key, each in value.value.items():
        named = inside if key == "rules" else None
        yield from _alerts(each, text, path, depth, named)


def _is_rule(value: Value, group: Value | None) -> bool:
    alert = value.value.get("alert")
    if alert is not None and not isinstance(alert.value, (dict, list)):
        expr = value.value.get("expr")
        return group is not None or (expr is not None and not isinstance(expr.value, (dict, list)))
    return group is not None and "title" in value.value and ("condition" in value.value or "data" in value.value)


def _item(value: Value, path: str, group: Value | None) -> Item:
    fields = flat(value)
    name = fields.get("alert") or fields["title"]
    fields["name"] = name
    if group is not None:
        fields["group"] = group
    key = "" if name.value is None else str(name.value).strip()
    start = name.key if name.key >= 0 else value.start
    return Item("alert", key, path, Span(start, max(name.end, start)), Span(value.start, value.end), fields)


def _block(text: str, value: Value) -> Span:
    """The lines of a block scalar without its header; the whole of any other scalar is not YAML at its own offsets."""
    if text[value.start : value.start + 1] not in ("|", ">"):
        return Span(value.start, value.start)
    end_of_header = text.find("\n", value.start)
    return Span(end_of_header + 1, value.end) if end_of_header >= 0 else Span(value.start, value.start)
