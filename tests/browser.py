"""A headless browser for the tests: Debian's chromium, spoken to over the pipe of its DevTools protocol."""

import base64
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-extensions",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--mute-audio", "--remote-debugging-pipe",
)  # fmt: skip

_COMPLAINTS = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening")


def needed() -> str:
    """Where the browser is. Without one the tests are skipped; in CI on Linux they fail, as ``.ci/run`` installs it."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if sys.platform != "linux":
        pytest.skip("the browser is spoken to over pipes as Linux has them")
    if found is None and os.environ.get("CI"):
        pytest.fail("CI needs a browser: apt-get install chromium")
    if found is None:
        pytest.skip("no chromium here: apt-get install chromium")
    return found


class Browser:
    """A page of the browser: what it said and asked for is kept."""

    def __init__(self, running: "subprocess.Popen[bytes]") -> None:
        self._running, self._ids, self._session = running, itertools.count(1), ""
        self._heard = b""
        self.complaints: list[str] = []
        self.requests: list[str] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> Any:
        """Asks for something and gives the answer; what happens meanwhile is noted."""
        wanted = next(self._ids)
        message = {"id": wanted, "method": method, "params": params}
        message |= {"sessionId": self._session} if self._session else {}
        assert self._running.stdin is not None
        self._running.stdin.write(json.dumps(message).encode() + b"\0")
        self._running.stdin.flush()
        return self._until(lambda said: said.get("id") == wanted)["result"]

    def _until(self, wanted: Any) -> dict[str, Any]:
        while not wanted(said := self._read()):
            assert "error" not in said, said
        assert "error" not in said, said
        return said

    def _read(self) -> dict[str, Any]:
        assert self._running.stdout is not None
        while b"\0" not in self._heard:
            more = os.read(self._running.stdout.fileno(), 1 << 20)
            assert more, "the browser is gone"
            self._heard += more
        letters, _, self._heard = self._heard.partition(b"\0")
        said: dict[str, Any] = json.loads(letters)
        self._note(said.get("method", ""), said.get("params", {}))
        return said

    def _note(self, method: str, params: dict[str, Any]) -> None:
        if method in _COMPLAINTS:
            self.complaints.append(json.dumps(params))
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    def open(self, page: Path, *, width: int = 1280, dark: bool = False, script: bool = True) -> None:
        """Opens a file and waits until it is loaded."""
        self.complaints.clear()
        self.requests.clear()
        self.send("Emulation.setScriptExecutionDisabled", value=not script)
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", media="", features=[scheme])
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=page.as_uri())
        self._until(lambda said: said.get("method") == "Page.loadEventFired")

    def ask(self, expression: str) -> Any:
        """What an expression gives in the page; promises are waited for."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str, code: int = 0) -> None:
        """Presses a key and lets it go."""
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def picture(self, target: Path, *, whole: bool = False) -> None:
        """A screenshot as PNG."""
        shot = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        target.write_bytes(base64.b64decode(shot["data"]))

    def printed(self) -> bytes:
        """The page as PDF."""
        made = self.send("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        return base64.b64decode(made["data"])


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own."""
    # The protocol's pipe are the descriptors 3 and 4; a shell puts what we hold as 0 and 1 there.
    moved = 'exec "$@" 3<&0 4>&1 0</dev/null 1>/dev/null 2>&1'
    command = ["sh", "-c", moved, "sh", needed(), *_FLAGS, f"--user-data-dir={folder}", "about:blank"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder) as running:
        try:
            yield Browser(running)
        finally:
            running.kill()
