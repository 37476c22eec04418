"""The test stand of ``bridge_faults.py``: publisher, Mosquitto, bridge, disk and context broker, to be broken at will.

Each is a process of its own, as in service; the bridge is the real command, ``citycontext bridge run``.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

Row = dict[str, Any]
"""A figure, as benchmarks print it with ``--json``."""

DEVICES = 100
WINDOW = 2000
TOPIC = "sensors/{}/up"
CLOCK_SET_BACK = 3600.0
ROUTE = {
    "name": "sensors",
    "topic": TOPIC.format("{station}"),
    "type": "AirQualityObserved",
    "id": "urn:ngsi-ld:AirQualityObserved:{station}",
    "observed_at": "time",
    "attributes": {
        "temperature": {"from": "temp", "unit": "CEL"},
        "pm10": {"from": "pm10", "unit": "GQ"},
        "sequence": {"from": "seq", "datatype": "integer", "required": True},
    },
}

# -- the publisher ----------------------------------------------------------------------------------------------------


def publish(port: int, count: int, rate: float) -> None:
    """Publish by QoS 1 at a rate, or as fast as the broker takes it; after a lost connection, from where it stopped."""
    begun, confirmed = time.monotonic(), 0
    while confirmed < count:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(b"\x10\x0f\x00\x04MQTT\x04\x02\x00\x3c\x00\x03pub")
            if len(connection.recv(4)) < 4:
                raise ConnectionError
            sent, rest = confirmed, b""
            while confirmed < count:
                due = count if not rate else min(count, int((time.monotonic() - begun) * rate) + 1)
                group = min(due, confirmed + WINDOW, sent + 50)
                if group > sent:
                    connection.sendall(b"".join(_packet(number) for number in range(sent, group)))
                    sent = group
                if select.select([connection], [], [], 0.001 if rate or sent >= confirmed + WINDOW else 0)[0]:
                    received = connection.recv(65536)
                    if not received:
                        raise ConnectionError
                    rest += received
                    confirmed += len(rest) // 4
                    rest = rest[len(rest) // 4 * 4 :]
        if confirmed < count:
            time.sleep(0.1)


def _packet(number: int) -> bytes:
    now = datetime.now(UTC).isoformat()[:-6]
    payload = f'{{"seq":{number},"time":"{now}Z","temp":{15 + number % 100 / 10},"pm10":{number % 60 + 0.5}}}'.encode()
    return publish_packet(TOPIC.format(f"station-{number % DEVICES}").encode(), payload, number % 65535 + 1)


def publish_packet(topic: bytes, payload: bytes, mid: int) -> bytes:
    """Build a PUBLISH packet by QoS 1."""
    length, size = 2 + len(topic) + 2 + len(payload), b""
    while True:
        length, digit = divmod(length, 128)
        size += bytes([digit | (128 if length else 0)])
        if not length:
            break
    return b"\x32" + size + struct.pack("!H", len(topic)) + topic + struct.pack("!H", mid) + payload


# -- the context broker -----------------------------------------------------------------------------------------------


class Stub:
    """Answers 204, notes what came, and misbehaves on demand; orders come by standard input, a line each."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.status, self.latency, self.resets = 204, 0.0, 0.0
        self.tenant, self.is_endless = "", False
        self.seen = bytearray()
        self.newest: dict[str, int] = {}
        self.last: dict[str, int] = {}
        self.requests = self.distinct = self.late = self.duplicates = self.others = 0
        self.connections: set[socket.socket] = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, args=(self.listener,), daemon=True).start()

    def obey(self) -> None:
        """Take orders until there are no more."""
        print(self.port, flush=True)
        for line in sys.stdin:
            order, *rest = line.split()
            if order == "down":
                # Only a shutdown wakes the thread that accepts.
                self.listener.shutdown(socket.SHUT_RDWR)
                self.listener.close()
                for connection in list(self.connections):
                    with contextlib.suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)
            elif order == "up":
                self.listener = socket.create_server(("127.0.0.1", self.port))
                threading.Thread(target=self._listen, args=(self.listener,), daemon=True).start()
            elif order == "status":
                self.status = int(rest[0])
            elif order == "tenant":
                # Only this one is answered by the status.
                self.tenant = rest[0] if rest else ""
            elif order == "endless":
                self.is_endless = rest[0] == "on"
            elif order == "latency":
                self.latency = float(rest[0])
            elif order == "resets":
                self.resets = float(rest[0])
            print(json.dumps(self._report()), flush=True)

    def _report(self) -> dict[str, int]:
        with self.lock:
            stale = sum(self.last[key] != newest for key, newest in self.newest.items())
            names = ("requests", "distinct", "late", "duplicates", "others")
            return {name: getattr(self, name) for name in names} | {"stale": stale}

    def _listen(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(listener.accept()[0],), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connections.add(connection)
        try:
            with contextlib.suppress(OSError), connection, connection.makefile("rb") as stream:
                while stream.readline():
                    length, tenant = 0, ""
                    while (header := stream.readline()) not in (b"\r\n", b""):
                        if header[:15].lower() == b"content-length:":
                            length = int(header[15:])
                        elif header[:14].lower() == b"ngsild-tenant:":
                            tenant = header[14:].decode().strip()
                    if not self._answer(connection, stream.read(length), length, tenant):
                        return
        finally:
            self.connections.discard(connection)

    def _answer(self, connection: socket.socket, body: bytes, length: int, tenant: str) -> bool:
        time.sleep(self.latency)
        if len(body) < length:
            return False
        # Before the entities are taken, or after: the sender cannot tell.
        breaks = random.random() < self.resets  # noqa: S311
        if breaks and random.random() < 0.5:  # noqa: S311
            _reset(connection)
            return False
        if self.is_endless:
            connection.sendall(b"HTTP/1.1 200 Told\r\nContent-Type: application/json\r\n\r\n[")
            while self.is_endless:
                connection.sendall(b"0," * 32_768)
            return False
        status = 204 if self.tenant and tenant != self.tenant else self.status
        if not body:
            # A question, such as whether there is a history: there is none.
            status = 404
        if status == 204:
            self._take(orjson.loads(body))
        if breaks:
            _reset(connection)
            return False
        content = b"" if status == 204 else b'{"type":"about:blank","title":"later"}'
        size = f"Content-Length: {len(content)}\r\n" if content else ""
        head = f"HTTP/1.1 {status} Told\r\nContent-Type: application/json\r\n{size}\r\n"
        connection.sendall(head.encode() + content)
        return True

    def _take(self, entities: list[dict[str, Any]]) -> None:
        with self.lock:
            self.requests += 1
            for entity in entities:
                if "sequence" not in entity:
                    self.others += 1
                    continue
                number, key = entity["sequence"]["value"], entity["id"]
                if number >= len(self.seen):
                    self.seen += bytes(number + 10_000 - len(self.seen))
                self.last[key] = number
                if self.seen[number]:
                    self.duplicates += 1
                    continue
                self.seen[number] = 1
                self.distinct += 1
                newest = self.newest.get(key, -1)
                if number < newest:
                    self.late += 1
                    print(f"{time.strftime('%X')} {key}: {number} came behind {newest}", file=sys.stderr, flush=True)
                self.newest[key] = max(number, newest)


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RD)
    os.close(connection.detach())


# -- the processes ----------------------------------------------------------------------------------------------------


def spawn(role: str, *arguments: str) -> subprocess.Popen[str]:
    """Start this file in another role."""
    command = [sys.executable, __file__, role, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


class Mosquitto:
    """The MQTT broker; it keeps sessions and queues when it is restarted."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
        if program is None:
            sys.exit("this needs mosquitto: apt-get install mosquitto")
        with socket.create_server(("127.0.0.1", 0)) as reserved:
            self.port: int = reserved.getsockname()[1]
        self._command = [program, "-c", str(folder / "mosquitto.conf")]
        user = "user root\n" if os.getuid() == 0 else ""
        (folder / "mosquitto.conf").write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 2000000\n"
            "max_inflight_messages 200\nset_tcp_nodelay true\nlog_type error\n"
            f"persistence true\npersistence_location {folder}/\n{user}"
        )

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        wait_until(self._answers, "Mosquitto")

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)


class Disk:
    """Where the journal is: a small disk of its own where this process may make one, else a limit on file sizes."""

    def __init__(self, folder: Path, size: str = "40m") -> None:
        self.folder = folder
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        self.is_own = os.getuid() == 0 and not subprocess.run(command, capture_output=True, check=False).returncode

    def fill(self, pid: int, leave: int = 0) -> None:
        """Leave no room for the process, or so many bytes."""
        if self.is_own:
            with contextlib.suppress(OSError), (self.folder / "ballast").open("wb", buffering=0) as ballast:
                while shutil.disk_usage(self.folder).free > leave:
                    ballast.write(bytes(4096))
        else:
            largest = max(path.stat().st_size for path in self.folder.iterdir())
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

    def free(self, pid: int) -> None:
        """Return room again."""
        if self.is_own:
            (self.folder / "ballast").unlink()
        else:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def close(self) -> None:
        if self.is_own:
            subprocess.run(["umount", str(self.folder)], check=True)


@dataclass
class Stand:
    """All parts, running.

    Args:
        folder: An empty folder for all files.
        route: The bridge's routes.
        small_disk: Whether the journal gets a small disk of its own.
    """

    folder: Path
    routes: list[dict[str, Any]] = field(default_factory=lambda: [ROUTE])
    small_disk: bool = False
    seen: set[str] = field(default_factory=set)
    peak: float = 0.0

    def __enter__(self) -> Stand:
        self.mosquitto = Mosquitto(self.folder)
        self.mosquitto.start()
        self.stub = spawn("stub")
        assert self.stub.stdin is not None
        assert self.stub.stdout is not None
        port = int(self.stub.stdout.readline())
        with socket.create_server(("127.0.0.1", 0)) as reserved:
            admin = reserved.getsockname()[1]
        self.disk = Disk(self.folder / "disk") if self.small_disk else None
        self._admin = f"http://127.0.0.1:{admin}"
        config = {
            "mqtt": {"url": f"mqtt://127.0.0.1:{self.mosquitto.port}", "client_id": "stand"},
            "context_broker": {"url": f"http://127.0.0.1:{port}"},
            "journal": {"path": "disk/journal.db"},
            "admin": {"port": admin},
            "route": self.routes,
        }
        (self.folder / "bridge.toml").write_text(_toml(config))
        self.start_bridge()
        wait_until(lambda: (status := self.status()) is not None and not status["troubles"], "the bridge")
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.note_memory()
        self.bridge.kill()
        self.bridge.wait()
        self.stub.kill()
        self.mosquitto.stop()
        if self.disk is not None:
            self.disk.close()

    # -- the bridge

    def start_bridge(self) -> None:
        """Start the command; in a process whose clock SIGUSR1 sets back, as its own code sees it."""
        program = (
            "import signal, time; now = time.time\n"
            f"signal.signal(signal.SIGUSR1, lambda *_: setattr(time, 'time', lambda: now() - {CLOCK_SET_BACK}))\n"
            "from citycontext.cli.main import run; run()"
        )
        with (self.folder / "bridge.log").open("ab") as log:
            self.bridge = subprocess.Popen(
                [sys.executable, "-c", program, "bridge", "run", str(self.folder / "bridge.toml"), "--wait"], stderr=log
            )

    def kill_bridge(self) -> None:
        """``kill -9``."""
        self.note_memory()
        self.bridge.kill()
        self.bridge.wait()

    def set_clock_back(self) -> None:
        """Set the bridge's clock back, as its code sees it; the machine's stays."""
        self.bridge.send_signal(signal.SIGUSR1)

    def status(self) -> dict[str, Any] | None:
        """Ask the bridge how it is; nothing while it does not answer."""
        with (
            contextlib.suppress(OSError, ValueError),
            urllib.request.urlopen(  # noqa: S310
                f"{self._admin}/status", timeout=5
            ) as it,
        ):
            answer: dict[str, Any] = json.load(it)
            return answer
        return None

    def note_memory(self) -> float:
        """Read the bridge's memory; its peak is kept. Megabytes."""
        try:
            lines = Path(f"/proc/{self.bridge.pid}/status").read_text().splitlines()
        except OSError:
            return 0.0
        sizes = {line.partition(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.startswith("Vm")}
        self.peak = max(self.peak, sizes.get("VmHWM", 0.0))
        return sizes.get("VmRSS", 0.0)

    def journal_bytes(self) -> int:
        """Measure the journal's files."""
        return sum(path.stat().st_size for path in (self.folder / "disk").glob("journal.db*"))

    # -- the rest

    def order(self, text: str) -> dict[str, int]:
        """Return the context broker an order, and take its report."""
        assert self.stub.stdin is not None
        assert self.stub.stdout is not None
        self.stub.stdin.write(f"{text}\n")
        self.stub.stdin.flush()
        report: dict[str, int] = json.loads(self.stub.stdout.readline())
        return report

    def publish(self, count: int, rate: float) -> subprocess.Popen[str]:
        """Start to publish."""
        return spawn("publish", str(self.mosquitto.port), str(count), str(rate))

    def watch(self, seconds: float) -> None:
        """Let time pass, and note which troubles the bridge reports meanwhile."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(0.25, left))
            self.seen.update((self.status() or {}).get("troubles", []))

    def wait_delivered(self, count: int, patience: float = 90.0) -> dict[str, int]:
        """Wait until all came and the journal is empty, or until nothing has moved for so many seconds."""
        before, moved = (-1, -1), time.monotonic()
        while True:
            report, status = self.order("report"), self.status()
            self.note_memory()
            waiting = -1 if status is None else status["counts"]["waiting"]
            if report["distinct"] >= count and waiting == 0:
                return report
            now = (report["distinct"], waiting)
            if now != before:
                before, moved = now, time.monotonic()
            if time.monotonic() - moved > patience:
                return report
            time.sleep(0.5)


def wait_until(condition: Callable[[], bool], what: str, timeout: float = 60.0) -> None:
    """Wait for a condition, or end all."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"waited {timeout:g} s in vain for {what}")
        time.sleep(0.05)


def _toml(config: dict[str, Any]) -> str:
    """Write a configuration; tables inside of tables in one line."""
    lines: list[str] = []
    for name, table in config.items():
        for one in table if isinstance(table, list) else [table]:
            lines.append(f"[[{name}]]" if isinstance(table, list) else f"[{name}]")
            lines += [f"{key} = {_toml_value(value)}" for key, value in one.items()]
    return "\n".join(lines) + "\n"


def _toml_value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml_value(one)}" for key, one in value.items()) + " }"
    return json.dumps(value)


if __name__ == "__main__":
    role, *rest = sys.argv[1:]
    if role == "publish":
        publish(int(rest[0]), int(rest[1]), float(rest[2]))
    else:
        Stub().obey()


def row(name: str, value: float, unit: str, budget: float | None, *, at_least: bool = False) -> Row:
    """Make a row; a figure without a budget is for information."""
    ok = budget is None or (value >= budget if at_least else value <= budget)
    value = round(value, 2)
    return {"name": name, "value": value, "unit": unit, "baseline": None, "budget": budget, "ok": ok}
