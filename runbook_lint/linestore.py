"""The lines that findings stand in: read again when asked for, and shown without the secrets in them."""

from collections.abc import Collection, Iterable

from runbook_lint import findings
from runbook_lint.model import Finding, Span
from runbook_lint.places import Lines
from runbook_lint.snapshot import Snapshot, decoded

# So many texts are kept, so that those of a large repository need not all be in memory at once.
_MOST = 2048


class LineStore:
    """The line tables of a snapshot's files."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.sources = {source.path: source for source in snapshot.sources}
        self.tables: dict[str, Lines] = {}
        self.secrets: dict[str, list[Span]] = {}
        self.masked: dict[str, findings.Shown] = {}
        self.texts: list[str] | None = None

    def get(self, path: str) -> Lines:
        """The line table of a file; an empty one where it cannot be read (any more)."""
        if path not in self.tables:
            if len(self.tables) >= _MOST:
                self.tables.clear()
            self.tables[path] = Lines(decoded(self.sources[path]) if path in self.sources else "")
        return self.tables[path]

    def hide(self, found: Iterable[Finding], rules: Collection[str]) -> None:
        """Remembers where the secrets are that these rules found."""
        self.texts = None
        self.masked.clear()
        for finding in found:
            if finding.rule in rules:
                span = Span(finding.place.start, finding.place.end)
                self.secrets.setdefault(finding.place.path, []).append(span)

    def shown(self, path: str) -> findings.Shown:
        """The lines of a file as they may be shown."""
        path = path.real if isinstance(path, findings.Veiled) else path
        if path not in self.masked:
            if len(self.masked) >= _MOST:
                self.masked.clear()
            spans = self.secrets.get(path, ())
            self.masked[path] = findings.Shown(self.get(path).text, spans, self.secret_texts())
        return self.masked[path]

    def secret_texts(self) -> list[str]:
        """The secrets themselves, the longest first, so that one inside another leaves nothing behind."""
        if self.texts is None:
            found = (self.get(path).text[start:end] for path, spans in self.secrets.items() for start, end in spans)
            texts = {part for text in found for part in findings.secret_parts(text)}
            self.texts = sorted(texts, key=lambda text: (-len(text), text))
        return self.texts
