"""The connection to one editor: what is shown in it, and what is known at a place of it."""

import datetime
import os
from collections.abc import Callable
from traceback import extract_tb
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from runbook_lint import __version__
from runbook_lint.model import UserError
from runbook_lint.reporters.escape import printable
from runbook_lint.server import diagnostics
from runbook_lint.server.atlas import Atlas, Here
from runbook_lint.server.desk import Desk, Home, Outcome


class _Connection(LanguageServer):
    """A connection that shows nobody its troubles: what an editor says that makes no sense is told in its log."""

    def report_server_error(self, error: Exception, source: Any) -> None:
        words = f"a message of the editor makes no sense and is passed over: {type(error).__name__}"
        self.window_log_message(types.LogMessageParams(types.MessageType.Warning, words))


class Server:
    """One editor: its connection and its desk."""

    def __init__(self, clock: Callable[[], datetime.date], config_file: str | None) -> None:
        # Whole texts: what the protocol calls a line is not what every library counts as one.
        self.connection = _Connection("runbook-lint", __version__, types.TextDocumentSyncKind.Full)
        self.desk = Desk(clock, config_file, self.publish, self.failed)
        self.closed = False
        self.troubled: dict[Home, set[str]] = {}

    def atlas(self, outcome: Outcome) -> Atlas:
        """The places of a run."""
        uris = {path: document.uri for path, document in outcome.seen.items()}
        versions = {path: document.version for path, document in outcome.seen.items()}
        edits = getattr(self.connection.client_capabilities.workspace, "workspace_edit", None)
        versioned = bool(getattr(edits, "document_changes", False))
        return Atlas(outcome.diagnosis, self.encoding, uris, versions, versioned=versioned)

    @property
    def encoding(self) -> str:
        """The units of positions that were agreed on."""
        agreed = self.connection.workspace.position_encoding
        return str(getattr(agreed, "value", agreed))

    def publish(self, outcome: Outcome) -> None:
        """Show what was found in the files that are open, and what is wrong with the configuration, open or not."""
        atlas = self.atlas(outcome)
        home = outcome.home
        paths = {document.path: document for document in self.desk.of(home)}
        troubled = {trouble.path for trouble in outcome.diagnosis.troubles}
        for path in (*paths, *sorted((troubled | self.troubled.get(home, set())) - paths.keys())):
            document = paths.get(path)
            self.show(atlas.uri(path), diagnostics.of(path, atlas), document.version if document else None)
        self.troubled[home] = troubled
        lenses = getattr(self.connection.client_capabilities.workspace, "code_lens", None)
        if getattr(lenses, "refresh_support", False):
            self.connection.workspace_code_lens_refresh(None)

    def show(self, uri: str, found: list[types.Diagnostic], version: int | None = None) -> None:
        """Replace what an editor shows of a file."""
        self.connection.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    def failed(self, error: Exception) -> None:
        """A fault of ours is told in the editor's log without any text of the user's, and work goes on."""
        if isinstance(error, UserError):
            words = printable(str(error))
        else:
            frame = extract_tb(error.__traceback__)[-1]
            place = f"{os.path.basename(frame.filename)}:{frame.lineno}"
            words = f"internal error, please report it: {type(error).__name__} at {place}"
        self.connection.window_log_message(types.LogMessageParams(types.MessageType.Error, words))

    async def here(self, uri: str, position: types.Position) -> Here | None:
        """The place that an editor means, in what is known of the file as it is now."""
        outcome = await self.desk.current(uri)
        document = self.desk.documents.get(uri)
        if outcome is None or document is None or outcome.seen.get(document.path) is not document:
            return None
        atlas = self.atlas(outcome)
        return Here(atlas, document.path, atlas.ruler(document.path).offset(position))
