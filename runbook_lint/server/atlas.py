"""Where everything is, in the editor's words: the files of one run with their rulers and URIs."""

from collections.abc import Mapping
from typing import NamedTuple

from lsprotocol import types

from runbook_lint.documents import anchors, markdown
from runbook_lint.model import Span
from runbook_lint.server.places import Ruler, uri_of
from runbook_lint.server.project import Diagnosis


class Atlas:
    """The places of one run. ``uris`` are the editor's own names of the files that were open in it, ``versions`` which
    state of each was judged; ``versioned`` says whether the editor takes edits of a certain state."""

    def __init__(
        self,
        diagnosis: Diagnosis,
        encoding: str,
        uris: Mapping[str, str],
        versions: Mapping[str, int | None],
        *,
        versioned: bool = True,
    ) -> None:
        self.diagnosis = diagnosis
        self.encoding = encoding
        self.uris = uris
        self.versions = versions
        self.versioned = versioned
        self.rulers: dict[str, Ruler] = {}

    def ruler(self, path: str) -> Ruler:
        """Positions in a file."""
        if path not in self.rulers:
            self.rulers[path] = Ruler(self.diagnosis.text(path), self.encoding)
        return self.rulers[path]

    def uri(self, path: str) -> str:
        """The URI of a file, as the editor names it where it has it open."""
        return self.uris.get(path) or uri_of(self.diagnosis.root, path)

    def location(self, path: str, span: Span) -> types.Location:
        """A place in a file."""
        return types.Location(self.uri(path), self.ruler(path).range(span))

    def heading(self, path: str, anchor: str = "") -> types.Location:
        """Where a runbook, or one of its sections, begins; its first line for an anchor that is no heading."""
        page = markdown.read(self.diagnosis.text(path))
        names = anchors.of_headings((heading.text, heading.id) for heading in page.headings)
        spans = {name: each.span for each, own in zip(page.headings, names, strict=True) for name in own}
        item = self.diagnosis.report.estate.by_path.get(path)
        start = item.place if item is not None and not anchor else Span(0, 0)
        return self.location(path, spans.get(anchor.casefold(), start))


class Here(NamedTuple):
    """Where somebody asks: a file and an offset in it, with all that is known."""

    atlas: Atlas
    path: str
    at: int

    @property
    def diagnosis(self) -> Diagnosis:
        """What is known of the repository."""
        return self.atlas.diagnosis

    @property
    def text(self) -> str:
        """The text of the file."""
        return self.diagnosis.text(self.path)
