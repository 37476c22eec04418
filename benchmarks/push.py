"""Webhooks: how many signed requests a second the bridge takes, each answered when the journal has the message.

    python benchmarks/push.py                    64 kept-alive connections for 20 seconds
    python benchmarks/push.py --connections 8 --seconds 5
    python benchmarks/push.py --json             rows for machines; exit code 1 below 2,000 requests a second

Sender, bridge and context broker (a stub that answers 204) are processes of their own. Each request is signed with
HMAC-SHA-256, the journal is on disk with ``durability = "power"``, and at the end each message that was answered 200
has arrived once.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bridge_stand import Row, row, spawn, wait_until

SECRET = "a-secret-of-some-length"  # noqa: S105
WANTED = 2_000.0


def send(port: int, connections: int, seconds: float) -> None:
    """Send signed requests on all connections, each with one open request; print how many and how long they took."""
    selector = selectors.DefaultSelector()
    number, took, refused = 0, [], 0

    def request() -> bytes:
        nonlocal number
        body = b'{"seq":%d}' % number
        signature = hmac.digest(SECRET.encode(), body, hashlib.sha256).hex()
        head = f"POST /in/hooks/sensors/s{number % 100} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        number += 1
        return f"{head}X-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    started: dict[socket.socket, float] = {}
    for _ in range(connections):
        one = socket.create_connection(("127.0.0.1", port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(one, selectors.EVENT_READ)
        started[one] = time.monotonic()
        one.sendall(request())
    begun = time.monotonic()
    while started and time.monotonic() - begun < seconds + 30:
        for key, _ in selector.select(1.0):
            one: Any = key.fileobj
            answer = one.recv(4096)
            now = time.monotonic()
            if answer.startswith(b"HTTP/1.1 200 "):
                took.append(now - started[one])
            else:
                refused += 1
            if answer and now - begun < seconds:
                started[one] = now
                one.sendall(request())
            else:
                selector.unregister(one)
                one.close()
                del started[one]
    took.sort()
    print(json.dumps({"answered": len(took), "refused": refused, "p50": took[len(took) // 2]}), flush=True)
    print(json.dumps({"p99": took[int(len(took) * 0.99)], "seconds": time.monotonic() - begun}), flush=True)


def run(options: argparse.Namespace) -> list[Row]:
    """Run it once."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stub = spawn("stub")
        assert stub.stdin is not None
        assert stub.stdout is not None
        broker = int(stub.stdout.readline())
        with socket.create_server(("127.0.0.1", 0)) as reserved:
            port = reserved.getsockname()[1]
        route = {"topic": "sensors/{device}", "type": "Device", "id": "urn:ngsi-ld:Device:{device}"}
        given = {
            "source": {"kind": "http_push", "name": "hooks", "port": port, "auth": {"kind": "hmac", "secret": SECRET}},
            "context_broker": {"url": f"http://127.0.0.1:{broker}"},
            "journal": {"path": str(folder / "journal.db"), "durability": "power"},
            "route": [route | {"attributes": {"sequence": {"from": "seq", "datatype": "integer"}}}],
        }
        (folder / "bridge.json").write_text(json.dumps(given))
        program = (
            "import json, sys; from citycontext.bridge import Bridge, BridgeConfig; "
            "Bridge(BridgeConfig.from_dict(json.load(open(sys.argv[1])))).run()"
        )
        bridge = subprocess.Popen([sys.executable, "-c", program, str(folder / "bridge.json")])
        try:
            wait_until(lambda: _answers(port), "the bridge")
            before = _processor_seconds(bridge.pid)
            command = [sys.executable, __file__, "send", str(port), str(options.connections), str(options.seconds)]
            lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
            told: dict[str, float] = json.loads(lines[0]) | json.loads(lines[1])
            used = _processor_seconds(bridge.pid) - before
            report: dict[str, int] = {}
            deadline = time.monotonic() + 120
            while report.get("distinct", 0) < told["answered"] and time.monotonic() < deadline:
                stub.stdin.write("report\n")
                stub.stdin.flush()
                report = json.loads(stub.stdout.readline())
                time.sleep(0.2)
        finally:
            bridge.kill()
            bridge.wait()
            stub.kill()
        return [
            row("requests answered 200", told["answered"] / told["seconds"], "1/s", WANTED, at_least=True),
            row("requests refused", told["refused"], "requests", 0),
            row("from request to answer, p50", told["p50"] * 1000, "ms", None),
            row("from request to answer, p99", told["p99"] * 1000, "ms", None),
            row("answered and not arrived", max(0, told["answered"] - report["distinct"]), "messages", 0),
            row("processor time of the bridge for a request", used / told["answered"] * 1e6, "µs", None),
        ]


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Run as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = run(options)
    if options.json:
        print(json.dumps(rows, indent=2))
    else:
        for one in rows:
            print(f"{one['name']:<45} {one['value']:>12,} {one['unit']}{'' if one['ok'] else '   NOT WITHIN BUDGET'}")
    sys.exit(0 if all(one["ok"] for one in rows) else 1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["send"]:
        send(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
    else:
        main()
