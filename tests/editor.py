"""An editor for the tests: it starts the real language server and speaks to it over pipes."""

import json
import queue
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conftest import DAY, started

SEVERITIES = {1: "error", 2: "warning", 3: "info"}
CAPABILITIES = {"workspace": {"workspaceEdit": {"documentChanges": True}}}


class Editor:
    """What an editor does, in its words."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.number = 0
        self.hello: dict[str, Any] = {}
        self.versions: dict[str, int] = {}
        self.inbox: queue.Queue[dict[str, Any]] = queue.Queue()
        self.published: dict[str, dict[str, Any]] = {}
        self.messages: list[dict[str, Any]] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while header := self.process.stdout.readline():  # type: ignore[union-attr]
            assert header.startswith(b"Content-Length: "), f"no protocol: {header!r}"
            while self.process.stdout.readline().strip():  # type: ignore[union-attr]
                pass
            self.inbox.put(json.loads(self.process.stdout.read(int(header.split()[1]))))  # type: ignore[union-attr]

    def send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)  # type: ignore[union-attr]
        self.process.stdin.flush()  # type: ignore[union-attr]

    def notify(self, method: str, params: Any = None) -> None:
        self.send({"method": method, "params": params})

    def receive(self) -> dict[str, Any]:
        message = self.inbox.get(timeout=20)
        self.messages.append(message)
        if message.get("method") == "textDocument/publishDiagnostics":
            self.published[message["params"]["uri"]] = message["params"]
        return message

    def request(self, method: str, params: Any = None) -> Any:
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while (answer := self.receive()).get("id") != self.number or "method" in answer:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    # --- files --------------------------------------------------------------------------------------------------------

    def folder(self, path: Path) -> None:
        added = [{"uri": path.as_uri(), "name": path.name}]
        self.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": added, "removed": []}})

    def open(self, path: Path, text: str | None = None) -> list[str]:
        """Opens a file and gives what is found in it."""
        shown = path.read_bytes().decode() if text is None else text
        self.versions[path.as_uri()] = 1
        document = {"uri": path.as_uri(), "languageId": "any", "version": 1, "text": shown}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return self.found(path)

    def type(self, path: Path, text: str) -> None:
        self.versions[path.as_uri()] += 1
        document = {"uri": path.as_uri(), "version": self.versions[path.as_uri()]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def change(self, path: Path, text: str) -> list[str]:
        """Alters a file and gives what is found in it then."""
        self.type(path, text)
        return self.found(path)

    def close(self, path: Path) -> None:
        self.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
        self.published.pop(path.as_uri(), None)

    def diagnostics(self, path: Path) -> list[dict[str, Any]]:
        """What is shown in a file once all that was said is judged: an answer comes after what it rests on."""
        self.ask("hover", path, (0, 0))
        return self.published[path.as_uri()]["diagnostics"]  # type: ignore[no-any-return]

    def wait(self, path: Path) -> list[dict[str, Any]]:
        """The same for somebody who asks nothing."""
        while self.published.get(path.as_uri(), {}).get("version") != self.versions[path.as_uri()]:
            self.receive()
        return self.published[path.as_uri()]["diagnostics"]  # type: ignore[no-any-return]

    def found(self, path: Path) -> list[str]:
        """The same as ``line:column-line:column severity rule: message``, all from 0 as editors count."""
        return [
            f"{place(each['range'])} {SEVERITIES[each['severity']]} {each.get('code')}: {each['message']}"
            for each in self.diagnostics(path)
        ]

    # --- questions ----------------------------------------------------------------------------------------------------

    def ask(self, what: str, path: Path, at: tuple[int, int], **more: Any) -> Any:
        position = {"line": at[0], "character": at[1]}
        return self.request(
            f"textDocument/{what}", {"textDocument": {"uri": path.as_uri()}, "position": position, **more}
        )

    def places(self, what: str, path: Path, at: tuple[int, int], **more: Any) -> list[str]:
        """The places of an answer: ``name line:column-line:column``."""
        return [f"{each['uri'].rpartition('/')[2]} {place(each['range'])}" for each in self.ask(what, path, at, **more)]

    def actions(self, path: Path, only: list[str] | None = None) -> dict[str, Any]:
        """The code actions of a whole file by title."""
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 999, "character": 0}}
        context = {"diagnostics": [], **({"only": only} if only else {})}
        document = {"uri": path.as_uri()}
        params = {"textDocument": document, "range": whole, "context": context}
        return {each["title"]: each for each in self.request("textDocument/codeAction", params)}

    def lenses(self, path: Path) -> list[str]:
        found = self.request("textDocument/codeLens", {"textDocument": {"uri": path.as_uri()}})
        return [f"{place(each['range'])} {each['command']['title']}" for each in found]


def place(span: Mapping[str, Any]) -> str:
    """A range in few letters."""
    return "-".join(f"{span[end]['line']}:{span[end]['character']}" for end in ("start", "end"))


def edited(text: str, action: Mapping[str, Any], path: Path) -> str:
    """A text after the edits of an action, as an editor that counts in UTF-16 makes them."""
    for change in action["edit"]["documentChanges"]:
        if change["textDocument"]["uri"] == path.as_uri():
            for edit in change["edits"]:
                start, end = (_offset(text, edit["range"][name]) for name in ("start", "end"))
                text = text[:start] + edit["newText"] + text[end:]
    return text


def _offset(text: str, position: Mapping[str, int]) -> int:
    lines = [*text.splitlines(keepends=True), ""]
    line = lines[position["line"]].encode("utf-16-le")[: 2 * position["character"]].decode("utf-16-le")
    return len("".join(lines[: position["line"]])) + len(line)


@contextmanager
def editing(
    folder: Path, *words: str, capabilities: Mapping[str, Any] = CAPABILITIES, env: Mapping[str, str] = {}
) -> Iterator[Editor]:
    """An editor that has a folder open."""
    day = () if "--as-of" in words else ("--as-of", DAY)
    server = started("server", *day, *words, cwd=folder, env=env, stdin=subprocess.PIPE)
    with speaking(server, folder, capabilities) as editor:
        yield editor


@contextmanager
def speaking(
    server: subprocess.Popen[bytes], folder: Path, capabilities: Mapping[str, Any] = CAPABILITIES
) -> Iterator[Editor]:
    """The same with a server that was started already."""
    with server:
        editor = Editor(server)
        folders = [{"uri": folder.as_uri(), "name": folder.name}]
        hello = {"processId": None, "rootUri": None, "workspaceFolders": folders, "capabilities": capabilities}
        editor.hello = editor.request("initialize", hello)
        editor.notify("initialized", {})
        try:
            yield editor
        finally:
            if server.poll() is None:
                editor.request("shutdown")
                editor.notify("exit")
            server.wait(timeout=20)
    assert server.returncode == 0
