"""What may stand where somebody writes: ids of runbooks, signals of the catalog, rules in waivers."""

import json
from collections.abc import Iterator

from lsprotocol import types

from runbook_lint import documents
from runbook_lint.checks.waivers import waivable
from runbook_lint.documents.settings import WAIVERS
from runbook_lint.model import Span
from runbook_lint.reporters.escape import printable
from runbook_lint.server import context, wording
from runbook_lint.server.facts import Fact, Facts
from runbook_lint.server.places import Ruler
from runbook_lint.server.project import Diagnosis

TRIGGERS = (" ", ":", "[", '"', "'", ",", "/", ".")


def of(diagnosis: Diagnosis, path: str, ruler: Ruler, at: int) -> list[types.CompletionItem]:
    """All that may stand at a place of a text as it is now, judged or not."""
    where = context.of(ruler.text, at, as_json=path.lower().endswith(".json"))
    if context.in_waiver(ruler.text, at) or (path == WAIVERS and where.keys[-1:] == ("rule",)):
        return list(_rules(diagnosis, ruler, where.word))
    kind = diagnosis.config.kind_of(path) or documents.recognise(path, ruler.text)
    asked = _in_catalog(where) if kind == "catalog" else _asked(where, path, diagnosis)
    as_json = path.lower().endswith(".json") and not where.quoted
    if asked == "signal":
        return list(_signals(diagnosis, ruler, where.word, as_json=as_json))
    return list(_ids(diagnosis.facts, ruler, where.word, as_json=as_json)) if asked == "id" else []


def resolved(item: types.CompletionItem, diagnosis: Diagnosis) -> types.CompletionItem:
    """One of them with all that is told of it, which nobody needs of hundreds at once."""
    fact = diagnosis.facts.by_id.get(item.label) if item.kind == types.CompletionItemKind.Reference else None
    rule = diagnosis.rules.get(item.label) if item.kind == types.CompletionItemKind.EnumMember else None
    words = wording.entry(fact, diagnosis.facts) if fact else wording.rule(rule) if rule else ""
    if words:
        item.documentation = types.MarkupContent(types.MarkupKind.Markdown, words)
    return item


def _in_catalog(where: context.Context) -> str:
    """What is asked for in a catalog."""
    keys = where.keys
    if keys[-1:] == ("replaced_by",):
        return "id"
    if keys[-1:] == ("signals",):
        return "signal" if where.listed else ""
    below = keys[keys.index("signals") + 1 :] if "signals" in keys else ()
    return "id" if where.listed and (len(below) == 1 or below[1:] == ("runbooks",)) else ""


def _asked(where: context.Context, path: str, diagnosis: Diagnosis) -> str:
    """Whether an alert's reference that may be an id, or one of a waiver, is asked for."""
    leaf = where.keys[-1] if where.keys else ""
    names = {key.rpartition(".")[2] for key in diagnosis.config.runbook_keys}
    return "id" if leaf in names and not leaf.lower().endswith("url") and not where.listed else ""


def _ids(facts: Facts, ruler: Ruler, word: Span, *, as_json: bool) -> Iterator[types.CompletionItem]:
    for id_, fact in facts.ids():
        yield types.CompletionItem(
            label=id_,
            kind=types.CompletionItemKind.Reference,
            detail=_detail(fact),
            tags=[types.CompletionItemTag.Deprecated] if fact.retired else None,
            sort_text=f"{int(fact.retired)}{id_}",
            text_edit=_edit(id_, ruler, word, as_json=as_json),
        )


def _detail(fact: Fact) -> str:
    """The title, the owner and the freshness on one line."""
    fresh = "retired" if fact.retired else wording.freshness(fact)
    return printable(" \u00b7 ".join(filter(None, (fact.title, fact.owner, fresh))))


def _signals(diagnosis: Diagnosis, ruler: Ruler, word: Span, *, as_json: bool) -> Iterator[types.CompletionItem]:
    keys = {signal.key for signal in diagnosis.report.estate.all("signal")}
    for key in sorted(key for key in keys if diagnosis.shown(key) == key):
        edit = _edit(key, ruler, word, as_json=as_json)
        yield types.CompletionItem(label=key, kind=types.CompletionItemKind.Event, text_edit=edit)


def _rules(diagnosis: Diagnosis, ruler: Ruler, word: Span) -> Iterator[types.CompletionItem]:
    for id_, rule in sorted(diagnosis.rules.items()):
        if waivable(id_):
            yield types.CompletionItem(
                label=id_,
                kind=types.CompletionItemKind.EnumMember,
                detail=rule.severity,
                text_edit=_edit(id_, ruler, word, as_json=False),
            )


def _edit(text: str, ruler: Ruler, word: Span, *, as_json: bool) -> types.TextEdit:
    return types.TextEdit(ruler.range(word), json.dumps(text) if as_json else text)
