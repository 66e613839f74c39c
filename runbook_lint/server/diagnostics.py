"""Findings as an editor shows them."""

from collections.abc import Iterator, Sequence

from lsprotocol import types

from runbook_lint.documents.settings import WAIVERS
from runbook_lint.model import SEVERITIES, Finding, Item, Span
from runbook_lint.reporters.escape import printable
from runbook_lint.server.atlas import Atlas
from runbook_lint.server.places import Ruler
from runbook_lint.summary import many

SOURCE = "runbook-lint"
# So many findings of one file are shown; who has more of them reads the report.
MOST = 1_000
_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
_TAGS = {
    "alert/retired-runbook": types.DiagnosticTag.Deprecated,
    "baseline/solved": types.DiagnosticTag.Unnecessary,
    "waiver/unused": types.DiagnosticTag.Unnecessary,
}


def of(path: str, atlas: Atlas) -> list[types.Diagnostic]:
    """All that is to be shown in a file."""
    told = found(path, atlas)
    if len(told) > MOST:
        told.sort(key=lambda finding: -SEVERITIES.index(finding.severity))
    shown = [diagnostic(finding, atlas) for finding in told[:MOST]]
    return [*_troubles(path, atlas), *shown, *_rest(told[MOST:])]


def _rest(untold: Sequence[Finding]) -> Iterator[types.Diagnostic]:
    """How many findings are not shown, on the first line."""
    if untold:
        number = many(len(untold), "more finding is", "more findings are")
        words = f"{number} not shown here; runbook-lint check lists all"
        start = types.Position(0, 0)
        yield types.Diagnostic(types.Range(start, start), words, _SEVERITIES[untold[0].severity], source=SOURCE)


def found(path: str, atlas: Atlas) -> list[Finding]:
    """The findings of a file; of broken waivers none, for what was judged is their last good text."""
    diagnosis = atlas.diagnosis
    if path == WAIVERS and any(trouble.path == path for trouble in diagnosis.troubles):
        return []
    return [finding for finding in diagnosis.report.findings if finding.place.path == path]


def span_of(finding: Finding) -> Span:
    """Where a finding stands."""
    return Span(finding.place.start, finding.place.end)


def diagnostic(finding: Finding, atlas: Atlas) -> types.Diagnostic:
    """One finding."""
    path = getattr(finding.place.path, "real", finding.place.path)
    tag = _TAGS.get(finding.rule)
    return types.Diagnostic(
        range=atlas.ruler(path).range(span_of(finding)),
        message=printable(finding.message),
        severity=_SEVERITIES[finding.severity],
        code=finding.rule,
        source=SOURCE,
        tags=[tag] if tag else None,
        related_information=[_related(item, atlas) for item in finding.also] or None,
    )


def _related(item: Item, atlas: Atlas) -> types.DiagnosticRelatedInformation:
    words = printable(atlas.diagnosis.shown(f"the other one is {item.noun} '{item.key}'"))
    return types.DiagnosticRelatedInformation(atlas.location(item.path, item.place), words)


def _troubles(path: str, atlas: Atlas) -> Iterator[types.Diagnostic]:
    for trouble in atlas.diagnosis.troubles:
        if trouble.path == path:
            yield types.Diagnostic(
                range=Ruler(trouble.text, atlas.encoding).range(trouble.span),
                message=printable(trouble.words),
                severity=types.DiagnosticSeverity.Error,
                code="configuration",
                source=SOURCE,
            )
