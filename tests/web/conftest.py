"""A server on loopback that answers as no honest server would."""

from __future__ import annotations

import contextlib
import gzip
import threading
import time
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

_BOMB = gzip.compress(bytes(200_000_000), compresslevel=6)
_BOMB_IN_BOMB = gzip.compress(_BOMB)
_SMALL = b'{"a": 1}' * 1000


class _Hostile(BaseHTTPRequestHandler):
    sent = 0

    def do_GET(self) -> None:
        with contextlib.suppress(ConnectionError):
            self._answer(self.path.split("/")[1])

    def do_POST(self) -> None:
        self.do_GET()

    def _answer(self, kind: str) -> None:
        if self.headers.get("Content-Length"):
            self.rfile.read(int(self.headers["Content-Length"]))
        match kind:
            case "bomb" | "error-bomb":
                self._whole(_BOMB, 200 if kind == "bomb" else 500, **{"Content-Encoding": "gzip"})
            case "bomb-in-bomb":
                self._whole(_BOMB_IN_BOMB, 200, **{"Content-Encoding": "gzip, gzip"})
            case "endless" | "error-endless" | "refused-endless":
                self.send_response({"endless": 200, "error-endless": 500}.get(kind, 401))
                self.end_headers()
                while True:
                    self.wfile.write(b" " * 65_536)
            case "large":
                self.send_response(200)
                self.send_header("Content-Length", str(10**12))
                self.end_headers()
            case "slow":
                self.send_response(200)
                self.end_headers()
                for _ in range(200):
                    self.wfile.write(b" ")
                    time.sleep(0.05)
            case "inside":
                self._whole(b"", 302, Location=f"http://127.0.0.1:{self.server.server_address[1]}/small")
            case "small":
                self._whole(_SMALL, 200)
            case "gzip":
                self._whole(gzip.compress(_SMALL), 200, **{"Content-Encoding": "gzip"})
            case "deflate":
                self._whole(zlib.compress(_SMALL), 200, **{"Content-Encoding": "deflate"})
            case "raw-deflate":
                raw = zlib.compressobj(wbits=-15)
                self._whole(raw.compress(_SMALL) + raw.flush(), 200, **{"Content-Encoding": "deflate"})
            case "broken":
                self._whole(b"no gzip", 200, **{"Content-Encoding": "gzip"})
            case _:
                self._whole(b"", 404)

    def _whole(self, body: bytes, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Bear it that clients go away."""


@pytest.fixture(scope="session")
def hostile() -> Iterator[str]:
    """Serve it; yield its address."""
    with _Server(("127.0.0.1", 0), _Hostile) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
