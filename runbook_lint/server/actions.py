"""What an editor can do about findings: repair one, repair all of a file, waive one for a while."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lsprotocol import types

from runbook_lint import repairs
from runbook_lint.checks.waivers import waivable
from runbook_lint.model import Edit, Finding, Member, Repair, Rewrite, Sibling, Span
from runbook_lint.reporters.escape import printable
from runbook_lint.server import diagnostics, waiving
from runbook_lint.server.atlas import Atlas

FIX_ALL = "source.fixAll.runbook-lint"
KINDS = (types.CodeActionKind.QuickFix, FIX_ALL)
_SHORT = 40
# Nobody chooses among what can be done about hundreds of findings.
_FEW = 20


def of(path: str, span: Span, only: Sequence[str] | None, atlas: Atlas) -> list[types.CodeAction]:
    """What can be done in a part of a file."""
    actions: list[types.CodeAction] = []
    found = diagnostics.found(path, atlas)
    here = [each for each in found if each.place.start <= span.end and span.start <= each.place.end]
    if _wanted(types.CodeActionKind.QuickFix, only):
        actions.extend(action for finding in here[:_FEW] for action in _about(finding, path, atlas))
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
    comment = waiving.waiver(finding, path, atlas) if waivable(finding.rule) else None
    if comment is not None:
        title = f"Waive {finding.rule} for {waiving.DAYS} days (fill in who and why)"
        yield types.CodeAction(title, types.CodeActionKind.QuickFix, shown, edit=_edit([comment], atlas))


def _others(finding: Finding, path: str, atlas: Atlas) -> Iterator[tuple[str, repairs.Repaired]]:
    """The id that an alert may mean instead of one that nobody knows, or that is retired. Which runbook is right only
    a person can tell, so nothing of this is done by ``--fix``."""
    facts, text = atlas.diagnosis.facts, atlas.diagnosis.text(path)
    for link in atlas.diagnosis.report.estate.links.get(finding.item, ()):
        fact = facts.by_id.get(link.id)
        instead = fact.successor if fact is not None and fact.retired else link.hint
        start, end = at = finding.item.fields[link.key].span
        if at != diagnostics.span_of(finding) or instead not in facts.by_id:
            continue
        raw = text[start:end]
        if link.value and raw.strip("'\"") == link.value and atlas.diagnosis.shown(instead) == instead:
            after = text[:start] + raw.replace(link.value, instead) + text[end:]
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
