"""What an editor can do about findings: repair one, repair all of a file, waive one for a while."""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lsprotocol import types

from runbook_lint import documents, repairs, waivers
from runbook_lint.checks.waivers import waivable
from runbook_lint.expressions import lazy
from runbook_lint.model import Edit, Finding, Item, Member, Repair, Rewrite, Sibling, Span
from runbook_lint.reporters.escape import printable
from runbook_lint.server import diagnostics
from runbook_lint.server.atlas import Atlas

FIX_ALL = "source.fixAll.runbook-lint"
KINDS = (types.CodeActionKind.QuickFix, FIX_ALL)
_DAYS = 30
_FENCE = lazy(r"^[ \t>]*(?:`{3}|~{3})", re.M)
_SHORT = 40


def of(path: str, span: Span, only: Sequence[str] | None, atlas: Atlas) -> list[types.CodeAction]:
    """What can be done in a part of a file."""
    actions: list[types.CodeAction] = []
    found = diagnostics.found(path, atlas)
    here = [each for each in found if each.place.start <= span.end and span.start <= each.place.end]
    if _wanted(types.CodeActionKind.QuickFix, only):
        actions.extend(action for finding in here for action in _about(finding, path, atlas))
    if _wanted(FIX_ALL, only):
        actions.extend(_fix_all(found, path, atlas))
    return actions


def _wanted(kind: str, only: Sequence[str] | None) -> bool:
    return not only or any(kind == each or kind.startswith(f"{each}.") for each in map(str, _values(only)))


def _values(kinds: Sequence[str]) -> Iterator[str]:
    return (getattr(kind, "value", kind) for kind in kinds)


def _about(finding: Finding, path: str, atlas: Atlas) -> Iterator[types.CodeAction]:
    shown = [diagnostics.diagnostic(finding, atlas)]
    changed = _repaired([finding], atlas)
    if changed:
        title = printable(atlas.diagnosis.shown(_title(finding.edits[0])))
        yield types.CodeAction(
            title, types.CodeActionKind.QuickFix, shown, is_preferred=True, edit=_edit(changed, atlas)
        )
    for instead, other in _others(finding, path, atlas):
        title = printable(f"Change it to '{instead}'")
        yield types.CodeAction(title, types.CodeActionKind.QuickFix, shown, edit=_edit([other], atlas))
    comment = _waiver(finding, path, atlas) if waivable(finding.rule) else None
    if comment is not None:
        title = f"Waive {finding.rule} for {_DAYS} days (fill in who and why)"
        yield types.CodeAction(title, types.CodeActionKind.QuickFix, shown, edit=_edit([comment], atlas))


def _others(finding: Finding, path: str, atlas: Atlas) -> Iterator[tuple[str, repairs.Repaired]]:
    """The id that an alert may mean instead of one that nobody knows, or that is retired. Which runbook is right only
    a person can tell, so nothing of this is done by ``--fix``."""
    facts, text = atlas.diagnosis.facts, atlas.diagnosis.text(path)
    for link in atlas.diagnosis.report.estate.links.get(finding.item, ()):
        fact = facts.by_id.get(link.id)
        instead = fact.successor if fact is not None and fact.retired else link.hint
        if link.at is None or link.at.span != diagnostics.span_of(finding) or instead not in facts.by_id:
            continue
        raw = text[link.at.start : link.at.end]
        if link.value and raw.strip("'\"") == link.value and atlas.diagnosis.shown(instead) == instead:
            after = text[: link.at.start] + raw.replace(link.value, instead) + text[link.at.end :]
            yield instead, repairs.Repaired(path, text, after)


def _fix_all(found: Sequence[Finding], path: str, atlas: Atlas) -> Iterator[types.CodeAction]:
    """All repairs of a file in that file: what would be written elsewhere is asked for one by one."""
    changed = [each for each in _repaired(found, atlas) if each.path == path]
    if changed:
        yield types.CodeAction("Repair all that is safe", FIX_ALL, edit=_edit(changed, atlas))


def _repaired(found: Sequence[Finding], atlas: Atlas) -> list[repairs.Repaired]:
    diagnosis = atlas.diagnosis
    if not any(finding.edits for finding in found):
        return []
    return repairs.repaired(diagnosis.report, diagnosis.world, diagnosis.config, found)


def _title(repair: Repair) -> str:
    if isinstance(repair, Sibling):
        return f"Add {', '.join(_added(repair.key, repair.value))}"
    if isinstance(repair, Rewrite):
        return f"Change it to '{repair.value}'"
    if isinstance(repair, Member):
        return f"Add an entry to {repair.path}"
    return f"Replace it by '{repair.text[:_SHORT]}'" if _says(repair) else "Remove it"


def _added(key: str, value: Any) -> Iterator[str]:
    """What a new key says, that of a mapping by its members."""
    for name, each in value.items() if isinstance(value, Mapping) else [(key, value)]:
        yield f"{name}: {', '.join(map(str, each)) if isinstance(each, list) else each}"


def _says(repair: Edit) -> bool:
    return bool(repair.text.strip())


def _edit(changed: Sequence[repairs.Repaired], atlas: Atlas) -> types.WorkspaceEdit:
    """The smallest edit of each file that makes it what it shall be, for the state of the file that was judged."""
    edits = {each.path: [_text_edit(each, atlas)] for each in changed}
    if not atlas.versioned:
        return types.WorkspaceEdit(changes={atlas.uri(path): own for path, own in edits.items()})
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(atlas.uri(path), atlas.versions.get(path)), [*own]
            )
            for path, own in edits.items()
        ]
    )


def _text_edit(changed: repairs.Repaired, atlas: Atlas) -> types.TextEdit:
    """The edit without what both texts begin and end with. An end of line of two characters is not torn apart."""
    before, after = changed.before, changed.after
    start = _common(before, after)
    start -= before[max(0, start - 1) : start] == "\r"
    same = _common(before[start:][::-1], after[start:][::-1])
    end = len(before) - same
    if same and before[max(0, end - 1) : end + 1] == "\r\n":
        same, end = same - 1, end + 1
    return types.TextEdit(atlas.ruler(changed.path).range(Span(start, end)), after[start : len(after) - same])


def _common(one: str, other: str) -> int:
    """With how many letters both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


# --- waivers ----------------------------------------------------------------------------------------------------------


def _waiver(finding: Finding, path: str, atlas: Atlas) -> repairs.Repaired | None:
    """The file with a comment that waives a finding, where one can stand; who answers for it, and why, is to be filled
    in, and until then it excuses nothing."""
    diagnosis = atlas.diagnosis
    text = diagnosis.text(path)
    kind = diagnosis.config.kind_of(path) or documents.recognise(path, text)
    if not kind or path.lower().endswith(".json"):
        return None
    until = diagnosis.today + datetime.timedelta(_DAYS)
    for comment in _comments(finding.rule, f'until={until} owner=TODO reason="TODO"', kind):
        for at in dict.fromkeys(_before(finding, text)):
            line = _line(text, at, comment)
            after = text[: line.start] + line.text + text[line.start :]
            if _covers(text, after, finding, kind, line):
                return repairs.Repaired(path, text, after)
    return None


def _before(finding: Finding, text: str) -> Iterator[int]:
    """Before the lines of which places a comment may stand: the finding, its item, and the fence around it."""
    yield finding.place.start
    yield finding.item.place.start
    yield from (found.start() for found in list(_FENCE.finditer(text, 0, finding.place.start))[-1:])


def _comments(rule: str, rest: str, kind: str) -> Iterator[str]:
    if kind in ("runbook", "page"):
        yield f"<!-- runbook-lint-disable-next-line {rule} {rest} -->"
    yield f"# runbook-lint: ignore[{rule}] {rest}"


def _line(text: str, at: int, comment: str) -> Edit:
    """A comment on a line of its own before that of a place, indented as that one is."""
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    margin = text[start : start + len(text[start:]) - len(text[start:].lstrip(" \t"))]
    end = "\r\n" if "\r\n" in text else "\n"
    return Edit(start, start, f"{margin}{comment}{end}")


def _covers(before: str, after: str, finding: Finding, kind: str, line: Edit) -> bool:
    """Whether a text with a line more is otherwise as it was, and the line is a waiver of the finding."""
    path = finding.item.path
    old, new = (list(_outline(documents.read(kind, text, path))) for text in (before, after))
    if [each for each, _ in old if each] != [each for each, _ in new if each]:
        return False
    known = len([item for _, item in old if item.noun == "waiver"])
    found = [item for _, item in new if item.noun == "waiver"]
    own = [item for item in found if line.start <= item.place.start < line.start + len(line.text)]
    return len(found) == known + 1 and any(_reaches(item, finding, line) for item in own)


def _outline(items: Sequence[Item]) -> Iterator[tuple[tuple[str, str, tuple[str, ...]] | None, Item]]:
    """What a text has in it, waivers apart."""
    for item in items:
        yield (None if item.noun == "waiver" else (item.noun, item.key, tuple(item.fields))), item


def _reaches(waiver: Item, finding: Finding, line: Edit) -> bool:
    covers: Span | None = waiver.raw("covers")
    spans = [[at + len(line.text) * (at >= line.start) for at in span] for span in waivers.concerned(finding)]
    return covers is not None and any(covers.start <= end and start <= covers.end for start, end in spans)
