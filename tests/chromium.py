"""A headless Chromium that tests can drive, over its DevTools protocol."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

PATIENCE = 60.0
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
# Nothing but this machine can be reached, so a page that needs anything else fails.
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


class Navigated(Exception):
    """The page was left while it was asked something."""


class Tab:
    """One page, opened in a browser."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._calls = 0
        self.requested: list[str] = []
        self.errors: list[str] = []

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a method of the DevTools protocol; events that come meanwhile are noted."""
        number = self._send(method, **parameters)
        while True:
            message = json.loads(self._connection.recv(timeout=PATIENCE))
            if message.get("id") == number:
                if "navigated" in message.get("error", {}).get("message", ""):
                    raise Navigated(message["error"]["message"])
                assert "error" not in message, message
                return message["result"]
            self._note(message)

    def _note(self, event: dict[str, Any]) -> None:
        match event.get("method"):
            case "Network.requestWillBeSent":
                self.requested.append(event["params"]["request"]["url"])
            case "Runtime.exceptionThrown":
                self.errors.append(json.dumps(event["params"]["exceptionDetails"]))
            case "Fetch.requestPaused":
                self._send(
                    "Fetch.fulfillRequest",
                    requestId=event["params"]["requestId"],
                    responseCode=200,
                    responseHeaders=[{"name": "Content-Type", "value": "image/png"}],
                    body=PIXEL,
                )

    def answer_with_a_pixel(self, pattern: str) -> None:
        """Answer requests for these addresses with an image, in place of the network."""
        self.call("Fetch.enable", patterns=[{"urlPattern": pattern}])

    def _send(self, method: str, **parameters: Any) -> int:
        self._calls += 1
        self._connection.send(json.dumps({"id": self._calls, "method": method, "params": parameters}))
        return self._calls

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def resize(self, width: int, height: int) -> None:
        """Take the size of another screen."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def prefer(self, scheme: str) -> None:
        """Prefer the ``dark`` or the ``light`` colours."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def press(self, key: str) -> None:
        """Press a key, e.g. ``ArrowDown``, ``Enter`` or ``Escape``."""
        code = {"Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}[key]
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def serious_findings(self) -> list[str]:
        """Return what axe finds on the page that is serious or critical."""
        axe = pytest.importorskip("axe_core_python", reason="axe-core-python is not installed")
        self.evaluate(Path(str(axe.__path__[0]), "axe.min.js").read_text(encoding="utf-8") + "; true")
        return list(
            self.evaluate(
                "axe.run().then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact))"
                ".map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' ')))"
            )
        )

    def _holds(self, script: str) -> bool:
        try:
            return bool(self.evaluate(f"Boolean({script})"))
        except Navigated:
            # The page was loaded anew while it was asked.
            return False

    def wait_for(self, script: str) -> None:
        """Wait until an expression is true in the page, or an element is there."""
        end = time.monotonic() + PATIENCE
        while not self._holds(script):
            assert time.monotonic() < end, f"never came true: {script}\n{self.evaluate('document.body.innerText')}"
            time.sleep(0.05)


@contextlib.contextmanager
def browser(profile: Path) -> Iterator[str]:
    """Run Chromium with its files in a folder; give the address of its DevTools."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not on the PATH")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", OFFLINE, "--no-first-run"]
    process = subprocess.Popen(
        [program, *options, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{_port(profile, process)}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextlib.contextmanager
def new_tab(devtools: str, url: str, *, tiles: str = "") -> Iterator[Tab]:
    """Open a page in a tab of its own, and close it afterwards."""
    request = urllib.request.Request(f"{devtools}/json/new?about:blank", method="PUT")
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        target = json.load(answer)
    connection = connect(target["webSocketDebuggerUrl"], max_size=None, proxy=None)
    try:
        tab = Tab(connection)
        for domain in ("Network", "Runtime", "Page"):
            tab.call(f"{domain}.enable")
        if tiles:
            tab.answer_with_a_pixel(tiles)
        tab.call("Page.navigate", url=url)
        yield tab
    finally:
        connection.close()
        urllib.request.urlopen(f"{devtools}/json/close/{target['id']}", timeout=PATIENCE).close()


@pytest.fixture(scope="session")
def devtools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start Chromium; give the address of its DevTools."""
    with browser(tmp_path_factory.mktemp("chromium")) as address:
        yield address


def _port(profile: Path, process: subprocess.Popen[bytes]) -> str:
    noted = profile / "DevToolsActivePort"
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        lines = noted.read_text().splitlines() if noted.is_file() else []
        if len(lines) == 2:
            return lines[0]
        assert process.poll() is None, "chromium ended while it started"
        time.sleep(0.05)
    raise AssertionError("chromium did not open its DevTools")


@pytest.fixture
def open_tab(devtools: str) -> Iterator[Callable[..., Tab]]:
    """Open pages in tabs of their own, that close with the test."""
    with contextlib.ExitStack() as opened:
        yield lambda url, **options: opened.enter_context(new_tab(devtools, url, **options))
