"""The protocol: what an editor says and asks, and what it is answered."""

import datetime
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, BinaryIO

from lsprotocol import types

from runbook_lint import documents
from runbook_lint.reporters.escape import printable
from runbook_lint.server import actions, background, completion, ways
from runbook_lint.server.connection import Server
from runbook_lint.server.places import Ruler, path_of

# Packs may be TOML; a runbook may have no ending in a folder of runbooks.
_WATCHED = (
    f"**/*{{{','.join((*documents.ENDINGS, '.toml'))}}}",
    "**/CODEOWNERS",
    "**/*[rR]un*[bB]ook*/**",
)
_Handler = Callable[[Server, Any], Awaitable[Any]]


def serve(clock: Callable[[], datetime.date], config_file: str | None, streams: tuple[BinaryIO, BinaryIO]) -> bool:
    """Serve one editor until it leaves; whether it took its leave."""
    # The library's own log would have whole documents in it.
    logging.getLogger("pygls").addHandler(logging.NullHandler())
    logging.getLogger("pygls").propagate = False
    server = Server(clock, config_file)
    for name, handler in _HANDLERS.items():
        server.connection.feature(name, _OPTIONS.get(name))(_safely(server, handler))
    server.connection.command(ways.SHOW)(_telling(server))
    server.connection.start_io(*streams)
    return server.closed


def _safely(server: Server, handler: _Handler) -> Callable[[Any], Awaitable[Any]]:
    """No fault of ours ends the server, or tells an editor what stands in a file."""

    async def handled(params: Any) -> Any:
        try:
            return await handler(server, params)
        except Exception as error:
            server.failed(error)
            return None

    return handled


# --- what an editor says of its files ---------------------------------------------------------------------------------


async def _initialized(server: Server, params: types.InitializedParams) -> None:
    _know_folders(server)
    watched = getattr(server.connection.client_capabilities.workspace, "did_change_watched_files", None)
    if getattr(watched, "dynamic_registration", False):
        await _watch(server)


async def _folders_changed(server: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    _know_folders(server)


def _know_folders(server: Server) -> None:
    workspace = server.connection.workspace
    uris = [each.uri for each in workspace.folders.values()] or [workspace.root_uri or ""]
    server.desk.folders = [path for path in map(path_of, uris) if path]


async def _watch(server: Server) -> None:
    """Ask to be told what others do to the files."""
    watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
    # Of a folder that is deleted with all that is in it only the folder is told.
    watchers.append(types.FileSystemWatcher("**/*", types.WatchKind.Delete))
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    registration = types.Registration("watched-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    await server.connection.client_register_capability_async(types.RegistrationParams([registration]))


async def _opened(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    server.desk.put(document.uri, document.text, document.version)


async def _changed(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    document = params.text_document
    text = server.connection.workspace.get_text_document(document.uri).source
    server.desk.put(document.uri, text, document.version)


async def _saved(server: Server, params: types.DidSaveTextDocumentParams) -> None:
    server.desk.changed(params.text_document.uri)


async def _closed(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    server.desk.drop(params.text_document.uri)
    server.show(params.text_document.uri, [])


async def _altered(server: Server, params: types.DidChangeWatchedFilesParams) -> None:
    for change in params.changes:
        server.desk.changed(change.uri, gone=change.type == types.FileChangeType.Deleted)


async def _shutdown(server: Server, params: Any) -> None:
    server.closed = True


# --- what it asks -----------------------------------------------------------------------------------------------------


async def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    here = await server.here(params.text_document.uri, params.position)
    return ways.hover(here) if here is not None else None


async def _definition(server: Server, params: types.DefinitionParams) -> list[types.Location] | None:
    here = await server.here(params.text_document.uri, params.position)
    return ways.definition(here) if here is not None else None


async def _references(server: Server, params: types.ReferenceParams) -> list[types.Location] | None:
    here = await server.here(params.text_document.uri, params.position)
    wanted = params.context.include_declaration
    return ways.references(here, declaration=wanted) if here is not None else None


async def _complete(server: Server, params: types.CompletionParams) -> types.CompletionList | None:
    outcome = await server.desk.recent(params.text_document.uri)
    document = server.desk.documents.get(params.text_document.uri)
    if outcome is None or document is None:
        return None
    ruler = Ruler(document.text, server.encoding)
    found = completion.of(outcome.diagnosis, document.path, ruler, ruler.offset(params.position))
    for item in found:
        item.data = document.uri
    return types.CompletionList(False, found)


async def _resolve(server: Server, item: types.CompletionItem) -> types.CompletionItem:
    outcome = await server.desk.recent(str(item.data))
    return completion.resolved(item, outcome.diagnosis) if outcome is not None else item


async def _act(server: Server, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    here = await server.here(params.text_document.uri, params.range.start)
    if here is None:
        return None
    span = here.atlas.ruler(here.path).span(params.range)
    # The history may be asked when a runbook was written, and nobody shall wait for that who only writes on.
    return await background.done(partial(actions.of, here.path, span, params.context.only, here.atlas))


async def _lenses(server: Server, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    here = await server.here(params.text_document.uri, types.Position(0, 0))
    return ways.lenses(here.path, here.atlas) if here is not None else None


def _telling(server: Server) -> Callable[[str], Awaitable[None]]:
    """What happens when somebody clicks on a lens, in every editor: the alerts are told."""

    async def tell(words: str) -> None:
        message = types.ShowMessageParams(types.MessageType.Info, printable(words))
        server.connection.window_show_message(message)

    return tell


_HANDLERS: Mapping[str, _Handler] = {
    types.INITIALIZED: _initialized,
    types.SHUTDOWN: _shutdown,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: _folders_changed,
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: _altered,
    types.TEXT_DOCUMENT_DID_OPEN: _opened,
    types.TEXT_DOCUMENT_DID_CHANGE: _changed,
    types.TEXT_DOCUMENT_DID_SAVE: _saved,
    types.TEXT_DOCUMENT_DID_CLOSE: _closed,
    types.TEXT_DOCUMENT_HOVER: _hover,
    types.TEXT_DOCUMENT_DEFINITION: _definition,
    types.TEXT_DOCUMENT_REFERENCES: _references,
    types.TEXT_DOCUMENT_COMPLETION: _complete,
    types.COMPLETION_ITEM_RESOLVE: _resolve,
    types.TEXT_DOCUMENT_CODE_ACTION: _act,
    types.TEXT_DOCUMENT_CODE_LENS: _lenses,
}
_OPTIONS: Mapping[str, Any] = {
    types.TEXT_DOCUMENT_COMPLETION: types.CompletionOptions(completion.TRIGGERS, resolve_provider=True),
    types.TEXT_DOCUMENT_CODE_ACTION: types.CodeActionOptions(code_action_kinds=actions.KINDS),
}
