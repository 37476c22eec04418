"""Messages that are broken in every way, among good ones: for ``bridge_faults.py --hostile``.

The samples are those of the codecs' tests, cut, flipped, nested, swollen and mixed up; beside them payloads of 10 MB,
JSON nested a hundred thousand deep, packed bombs, and topics that no id can hold. Topics that are not UTF-8 do not
get past Mosquitto.
"""

from __future__ import annotations

import contextlib
import gzip
import random
import runpy
import select
import socket
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bridge_stand import DEVICES, ROUTE, Stand, publish_packet, row

from citycontext.bridge import BridgeConfig
from citycontext.bridge.message import Message
from citycontext.bridge.rehearsal.rehearsal import Rehearsal

MEMORY = 250.0
EVERY = 10
"""Every so many messages, a good one."""
SEED = 6
_TESTS = Path(__file__).parents[1] / "tests" / "bridge" / "codecs" / "test_hostile.py"
_VALUES = (
    b"null",
    b"[]",
    b"{}",
    b"1e999",
    b"-1",
    b'"x"',
    b"true",
    b'"\\ud800"',
    b"9" * 400,
    b"[[[[]]]]",
    b'{"a":' * 50,
)
_WORDS = (
    "ä",
    "a b",
    "é" * 200,
    "%2F",
    "{device}",
    "'; DROP TABLE message;--",
    "🚲",
    '"',
    "<script>",
    "a" * 5000,
    "\\",
    "",
)


def run_hostile(count: int) -> list[dict[str, Any]]:
    """Publish them, and account for each."""
    samples: dict[str, tuple[str, bytes]] = runpy.run_path(str(_TESTS))["SAMPLES"]
    routes = [ROUTE, *(_route(codec, topic) for codec, (topic, _) in samples.items())]
    routes.append(_route("json", "packed/t", compression="gzip"))
    with tempfile.TemporaryDirectory() as folder, Stand(Path(folder), routes) as stand:
        hostile = _Hostile(count, samples)
        _publish(stand.mosquitto.port, hostile)
        report = stand.wait_delivered(hostile.good)
        status = stand.status()
        rows = [
            row("hostile: messages", count, "", None),
            row("hostile: bridge ended", int(stand.bridge.poll() is not None), "times", 0),
            row("hostile: bridge does not answer", int(status is None), "", 0),
            row("hostile: good ones among them, lost", hostile.good - report["distinct"], "messages", 0),
            row("hostile: good ones out of order", report["late"] + report["stale"], "messages", 0),
            row("hostile: peak memory", stand.peak, "MB", MEMORY),
        ]
        if status is None:
            return rows
        letters, silent = _dead_letters(stand.folder / "disk" / "journal.db")
        expected = _rehearse(BridgeConfig.load(stand.folder / "bridge.toml"), _Hostile(count, samples))
        dead, counts = expected["refused"] + expected["large"], status["counts"]
        return [
            *rows,
            row("hostile: not received", count - counts["received"], "messages", 0),
            row("hostile: left in the journal", counts["waiting"], "messages", 0),
            row("hostile: refused", expected["refused"], "messages", None),
            row("hostile: too large", expected["large"], "messages", None),
            row("hostile: dead letters without a reason", silent, "messages", 0),
            row(
                "hostile: of those, not among the dead letters",
                abs(dead - letters),
                "",
                0,
            ),
            row("hostile: made into entities all the same", expected["mapped"], "messages", None),
            row("hostile: of those entities, not delivered", abs(expected["entities"] - report["others"]), "", 0),
            row("hostile: without anything to map", expected["nothing"], "messages", None),
        ]


def _rehearse(config: BridgeConfig, messages: _Hostile) -> Counter[str]:
    """Find out what should become of the same messages, one by one."""
    limit = config.mqtt[0].max_payload
    fates: Counter[str] = Counter()

    def taken() -> Iterator[Message]:
        for topic, payload in messages:
            if len(payload) > limit:
                fates["large"] += 1
            elif not topic.startswith(b"sensors/"):
                yield Message(topic.decode(), payload, time.time())

    for result in Rehearsal(config).results(taken()):
        fates["entities"] += len(result.entities)
        fates["refused" if result.failure else "mapped" if result.entities else "nothing"] += 1
    return fates


def _route(codec: str, topic: str, compression: str = "") -> dict[str, Any]:
    packed: Any = {"name": codec, "compression": compression}
    return {
        "name": f"{codec} {compression}".strip(),
        "topic": f"{_base(codec, topic)}/{{rest#}}",
        "codec": packed if compression else codec,
        "type": "Device",
        "id": "urn:ngsi-ld:Device:{rest}",
        "attributes": {"value": {"from": ["value", "values.t", "t", "a", "result"], "default": 0}},
    }


def _base(codec: str, topic: str) -> str:
    """Return the levels before those that differ: some codecs read their topics."""
    head, _, rest = topic.removeprefix("/").partition("/")
    return ("/" if topic.startswith("/") else "") + head if rest else f"hostile/{codec}"


class _Hostile:
    """The messages, always the same; every tenth is good."""

    def __init__(self, count: int, samples: dict[str, tuple[str, bytes]]) -> None:
        self.count = count
        self.good = 0
        self._random = random.Random(SEED)  # noqa: S311
        self._samples = sorted(samples.items())
        self._huge = {count * part // 20 for part in range(20)}

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        for number in range(self.count):
            if number % EVERY == EVERY - 1:
                yield f"sensors/station-{self.good % DEVICES}/up".encode(), f'{{"seq":{self.good}}}'.encode()
                self.good += 1
            else:
                topic, payload = self._broken(huge=number in self._huge)
                # What no broker lets past: wildcards, the null sign, topics over 64 KB.
                yield topic.replace("+", "").replace("#", "").replace("\0", "").encode()[:60_000], payload

    def _broken(self, *, huge: bool) -> tuple[str, bytes]:
        draw = self._random
        codec, (topic, payload) = draw.choice(self._samples)
        base = _base(codec, topic)
        topic = topic if topic.startswith(base) else f"{base}/{topic}"
        if huge:
            return topic, draw.choice((b"[" * 10_000_000, b"1" * 10_000_000, draw.randbytes(1000) * 10_000))
        how = draw.randrange(10)
        at = draw.randrange(len(payload))
        if how == 0:
            payload = draw.randbytes(draw.randrange(80))
        elif how == 1:
            payload = payload[:at]
        elif how == 2:
            payload = payload[:at] + draw.randbytes(1) + payload[at + 1 :]
        elif how == 3:
            payload = payload.replace(draw.choice((b"1", b'"t"', b"null", b"21.5")), draw.choice(_VALUES))
        elif how == 4:
            topic = f"{base}/{draw.choice(_WORDS)}/{draw.choice(_WORDS)}"
        elif how == 5:
            payload = draw.choice(self._samples)[1][1]
        elif how == 6:
            payload = payload[:at] + payload * draw.randrange(1, 20)
        elif how == 7 and draw.random() < 0.05:
            payload = draw.choice((b"[", b'{"a":')) * 100_000
        elif how == 8:
            topic = "packed/t/x"
            payload = gzip.compress(payload) if draw.random() < 0.95 else _BOMB
            payload = payload[: draw.choice((None, None, 10))]
        else:
            payload = payload[:at] + b"\xff\xfe\xc0" + payload[at:]
        return topic, payload


_BOMB = gzip.compress(bytes(100_000_000), 9)


def _publish(port: int, messages: _Hostile) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"\x10\x0f\x00\x04MQTT\x04\x02\x00\x3c\x00\x03bad")
        connection.recv(4)
        sent = confirmed = 0
        for topic, payload in messages:
            connection.sendall(publish_packet(topic, payload, sent % 65535 + 1))
            sent += 1
            while select.select([connection], [], [], 10 if sent - confirmed >= 1000 else 0)[0]:
                confirmed += _confirmations(connection)
        while confirmed < sent:
            confirmed += _confirmations(connection)


def _confirmations(connection: socket.socket) -> int:
    received = connection.recv(65536)
    while len(received) % 4:
        received += connection.recv(4 - len(received) % 4)
    if not received:
        raise SystemExit("Mosquitto has closed the connection: a message of ours broke the protocol")
    return len(received) // 4


def _dead_letters(journal: Path) -> tuple[int, int]:
    """Count the dead letters, and those that do not say why."""
    with contextlib.closing(sqlite3.connect(journal)) as file:
        (letters,) = file.execute("SELECT count(*) FROM dead_letter").fetchone()
        (silent,) = file.execute("SELECT count(*) FROM dead_letter WHERE trim(reason) = ''").fetchone()
    return letters, silent
