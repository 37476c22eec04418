"""What messages come from, for each kind of source: to be published to, killed, frozen and cut off by one suite."""

from __future__ import annotations

import contextlib
import select
import signal
import socket
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import orjson
import paho.mqtt.client as paho
from tests.bridge.conftest import Mosquitto, free_port, wait_until
from tests.kafka_cluster import KafkaCluster

from citycontext.bridge.claim import Claim, Mark
from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.config.sources import HttpPollConfig, HttpPushConfig, KafkaConfig
from citycontext.bridge.message import Message
from citycontext.bridge.sources.http_poll import HttpPollSource
from citycontext.bridge.sources.http_push import HttpPushSource, PushListener
from citycontext.bridge.sources.kafka import KafkaSource
from citycontext.bridge.sources.mqtt import MqttSource
from citycontext.bridge.sources.source import Source
from citycontext.web.request_server import Limits

__all__ = ["ENTITIES", "Holding", "HttpPoll", "HttpPush", "Kafka", "Mqtt", "Origin", "Relay"]

ENTITIES = 10
LARGEST = 20_000


class Relay:
    """A network between a reader and what it reads from, which can be cut in one direction or both."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.is_open = {"in": True, "out": True}
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._closed = False
        self._threads: list[threading.Thread] = []
        self._begin(self._accept)

    def _begin(self, work: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closed:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            for one, other, direction in ((near, far, "out"), (far, near, "in")):
                self._begin(self._pump, one, other, direction)

    def _pump(self, one: socket.socket, other: socket.socket, direction: str) -> None:
        while not self._closed:
            if not self.is_open[direction]:
                time.sleep(0.02)
                continue
            try:
                if not select.select([one], [], [], 0.1)[0]:
                    continue
                content = one.recv(65_536)
                while not self.is_open[direction] and not self._closed:
                    time.sleep(0.02)
                other.sendall(content)
            except (OSError, ValueError):  # the way back may have closed it
                content = b""
            if not content:
                break
        for each in (one, other):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def cut(self, *directions: str) -> None:
        """Let nothing pass: ``in`` is what the engine says, ``out`` what is said to it."""
        for direction in directions or ("in", "out"):
            self.is_open[direction] = False

    def mend(self) -> None:
        """Let all pass again."""
        self.is_open = {"in": True, "out": True}

    def close(self) -> None:
        """End all connections."""
        self._closed = True
        with contextlib.suppress(OSError):
            # Only a shutdown wakes the thread that accepts.
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(10)


class Holding:
    """An inbox that keeps what it is offered; a test says what becomes of it."""

    def __init__(self) -> None:
        self.offered: list[Message] = []
        self.full: Callable[[Claim], bool] = lambda claim: False
        self.claims_revoked: list[Claim] = []
        self.claims_lost: list[Claim] = []
        self.on_revoking: Callable[[list[Claim]], None] = lambda claims: None

    def offer(self, messages: Any) -> None:
        """Take messages."""
        self.offered += messages

    def is_full(self, claim: Claim) -> bool:
        """Return what the test says."""
        return self.full(claim)

    def revoking(self, claims: Any, grace: float) -> None:
        """Note it, and do what the test says."""
        self.claims_revoked += claims
        self.on_revoking(list(claims))

    def lost(self, claims: Any) -> None:
        """Note it."""
        self.claims_lost += claims

    @property
    def numbers(self) -> list[int]:
        """What the messages say, in their order."""
        return [orjson.loads(one.payload)["n"] for one in self.offered]

    def marks(self, *, without: int | None = None) -> list[Mark]:
        """Return the marks of all messages, but for one that says a number."""
        return [
            one.mark
            for one in self.offered
            if one.mark is not None and (without is None or orjson.loads(one.payload)["n"] != without)
        ]


class Origin:
    """What a source reads from.

    Args:
        folder: Where it may write.
    """

    kind: ClassVar[str]
    session: ClassVar[float] = 0.5
    """Seconds of silence after which a reader is taken for dead; short where there are no sessions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def settings(self) -> dict[str, Any]:
        """Return the part of a configuration that names it."""
        raise NotImplementedError

    def route(self) -> dict[str, Any]:
        """Return the part of a route that says where messages are."""
        return {"topic": "sensors/{device}", "id": "urn:ngsi-ld:Device:{device}"}

    def source(self, config: BridgeConfig, inbox: Holding) -> Source:
        """Make a source that reads from it."""
        raise NotImplementedError

    def send(self, device: str, payload: bytes) -> None:
        """Hand over a message of a device; its acknowledgement is not waited for."""
        raise NotImplementedError

    def publish(self, numbers: range) -> None:
        """Hand over a message for each number, of devices in turn."""
        for number in numbers:
            self.send(f"d{number % ENTITIES}", orjson.dumps({"n": number, "device": f"d{number % ENTITIES}"}))

    def is_taken(self) -> bool:
        """Return whether all that was handed over is acknowledged to the publisher."""
        return True

    def refuse(self, bridge: Any) -> None:
        """Send what is empty and what is too large, and see how each is told."""
        raise NotImplementedError

    def stop(self) -> None:
        """Be away."""

    def start(self) -> None:
        """Be there again, with all that was kept."""

    def kill(self) -> None:
        """Be gone from one moment to the next."""
        self.stop()

    def freeze(self) -> None:
        """Stand still, without a word."""
        raise NotImplementedError

    def thaw(self) -> None:
        """Go on."""
        raise NotImplementedError

    def note(self, marks: list[Mark]) -> None:
        """Keep what a journal would keep with messages that are acknowledged."""

    relay: Relay

    def close(self) -> None:
        """End it."""
        self.relay.close()


class Mqtt(Origin):
    """A Mosquitto, with a publisher that sends one message at a time."""

    kind = "mqtt"
    session = 6.0

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._broker = Mosquitto(folder)
        self._broker.start()
        self.relay = Relay(self._broker.port)
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="publisher", clean_session=False)
        self._client.max_inflight_messages_set(1)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_publish = self._confirm
        self._client.connect("127.0.0.1", self._broker.port, keepalive=600)
        self._client.loop_start()
        self._sent = self._confirmed = 0

    def settings(self) -> dict[str, Any]:
        url = f"mqtt://127.0.0.1:{self.relay.port}"
        return {"mqtt": {"url": url, "client_id": "bridge", "keepalive": "4s", "max_payload": LARGEST}}

    def source(self, config: BridgeConfig, inbox: Holding) -> Source:
        (mqtt,) = config.mqtt
        return MqttSource(mqtt, "bridge", {"sensors/+": 1}, inbox)  # type: ignore[arg-type]

    def send(self, device: str, payload: bytes) -> None:
        # Without a connection it is kept, and sent later.
        self._client.publish(f"sensors/{device}", payload, 1)
        self._sent += 1

    def _confirm(self, *arguments: Any) -> None:
        self._confirmed += 1

    def is_taken(self) -> bool:
        return self._confirmed >= self._sent

    def refuse(self, bridge: Any) -> None:
        self.send("d0", b"")
        self.send("d0", b"x" * (LARGEST + 1))
        wait_until(lambda: bridge.counts.dead == 2, 60, "the dead letters")

    def stop(self) -> None:
        self._broker.stop()

    def start(self) -> None:
        self._broker.start()

    def freeze(self) -> None:
        assert self._broker.process is not None
        self._broker.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._broker.process is not None
        self._broker.process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        if self._broker.process is not None:
            self.thaw()
        self._broker.stop()
        super().close()


class HttpPush(Origin):
    """A sender of webhooks that sends each message until it is answered 200, one after the other."""

    kind = "http_push"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._port = free_port()
        self.relay = Relay(self._port)
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._away = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def settings(self) -> dict[str, Any]:
        source = {"kind": "http_push", "name": "in", "port": self._port, "max_payload": LARGEST, "timeout": "5s"}
        return {"source": source}

    def source(self, config: BridgeConfig, inbox: Holding) -> Source:
        (push,) = config.source
        assert isinstance(push, HttpPushConfig)
        listener = PushListener(push.host, push.port, Limits(body=LARGEST, seconds=5.0))
        return HttpPushSource(push, listener, inbox)  # type: ignore[arg-type]

    def send(self, device: str, payload: bytes) -> None:
        self._waiting.append((device, payload))

    def is_taken(self) -> bool:
        return not self._waiting

    def _run(self) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{self.relay.port}", timeout=3) as client:
            while not self._closed:
                if self._away or not self._waiting:
                    time.sleep(0.005)
                    continue
                device, payload = self._waiting[0]
                headers = {"Content-Type": "application/json"}
                try:
                    answer = client.post(f"/in/in/sensors/{quote(device)}", content=payload, headers=headers)
                except httpx.HTTPError:
                    time.sleep(0.02)
                    continue
                if answer.status_code == 200:
                    self._waiting.popleft()
                else:
                    time.sleep(0.02)

    def refuse(self, bridge: Any) -> None:
        url = f"http://127.0.0.1:{self.relay.port}/in/in/sensors/d0"
        assert httpx.post(url, content=b"").status_code == 400
        with contextlib.suppress(httpx.WriteError):
            assert httpx.post(url, content=b"x" * (LARGEST + 1)).status_code == 413
        assert {"empty body", "too large"} <= set(dict(bridge.status().sources[0].counts))

    def stop(self) -> None:
        self._away = True

    def start(self) -> None:
        self._away = False

    def close(self) -> None:
        self._closed = True
        self._thread.join(10)
        super().close()


class HttpPoll(Origin):
    """A site that answers with what came after a number."""

    kind = "http_poll"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._rows: list[dict[str, Any]] = []
        self._port = free_port()
        self._server: ThreadingHTTPServer | None = None
        self.start()
        self.relay = Relay(self._port)
        self._cursor: str | None = None
        self._filler = b""

    def settings(self) -> dict[str, Any]:
        return {
            "source": {
                "kind": "http_poll",
                "name": "in",
                "url": f"http://127.0.0.1:{self.relay.port}/rows",
                "preset": "json",
                "records": "rows",
                "key": "seq",
                "since": {"parameter": "after", "from": "seq"},
                "interval": "1s",
                "spread": "0s",
                "timeout": "2s",
                "max_size": 100_000,
            }
        }

    def route(self) -> dict[str, Any]:
        return {"topic": "in/{key}", "id": "urn:ngsi-ld:Device:{device}"}

    def source(self, config: BridgeConfig, inbox: Holding) -> Source:
        (poll,) = config.source
        assert isinstance(poll, HttpPollConfig)
        return HttpPollSource(poll, inbox, self._cursor)  # type: ignore[arg-type]

    def note(self, marks: list[Mark]) -> None:
        self._cursor = next((mark.cursor for mark in reversed(marks) if mark.cursor), self._cursor)

    def send(self, device: str, payload: bytes) -> None:
        self._rows.append({"seq": len(self._rows) + 1, "device": device} | orjson.loads(payload))

    def refuse(self, bridge: Any) -> None:
        self._filler = b" " * 200_000
        wait_until(lambda: any("more than 100000 bytes" in one for one in bridge.troubles), 60, "the trouble")
        self._filler = b""
        wait_until(lambda: not bridge.troubles, 60, "an answer")

    def start(self) -> None:
        origin = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                after = int(parse_qs(urlsplit(self.path).query).get("after", ["0"])[0])
                body = orjson.dumps({"rows": origin._rows[after : after + 100]}) + origin._filler
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body)

            def log_message(self, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def freeze(self) -> None:
        self.relay.cut()

    def thaw(self) -> None:
        self.relay.mend()

    def close(self) -> None:
        self.stop()
        super().close()


class Kafka(Origin):
    """A Kafka of one node, with an idempotent producer; each origin has a topic of its own."""

    kind = "kafka"
    session = 6.0

    def __init__(self, folder: Path, cluster: KafkaCluster, relay: Relay) -> None:
        from confluent_kafka import Producer
        from confluent_kafka.admin import AdminClient, NewTopic

        super().__init__(folder)
        self._cluster = cluster
        self.relay = relay
        self.topic = f"t{uuid.uuid4().hex[:8]}"
        (self._node,) = cluster.nodes
        if self._node.process is None:
            self.start()
        admin = AdminClient({"bootstrap.servers": cluster.servers, "log_level": 0})
        for future in admin.create_topics([NewTopic(self.topic, 6, 1), NewTopic(f"{self.topic}-dead", 1, 1)]).values():
            future.result(60)
        self._producer = Producer(
            {
                "bootstrap.servers": cluster.servers,
                "acks": "all",
                "enable.idempotence": True,
                "message.timeout.ms": 0,
                "log_level": 0,
            }
        )

    def settings(self) -> dict[str, Any]:
        return {
            "source": {
                "kind": "kafka",
                "servers": [self._cluster.servers],
                "topics": [self.topic],
                "group": f"g-{self.topic}",
                "dead_letters": f"{self.topic}-dead",
                "session_timeout": f"{self.session:g}s",
                "topic": "sensors/{key}",
                "max_payload": LARGEST,
                "options": {"log_level": 0},
            }
        }

    def source(self, config: BridgeConfig, inbox: Holding) -> Source:
        (kafka,) = config.source
        assert isinstance(kafka, KafkaConfig)
        return KafkaSource(kafka, inbox)  # type: ignore[arg-type]

    def send(self, device: str, payload: bytes) -> None:
        self._producer.produce(self.topic, payload, device)
        self._producer.poll(0)

    def is_taken(self) -> bool:
        self._producer.poll(0.02)
        return len(self._producer) == 0

    def refuse(self, bridge: Any) -> None:
        self.send("d0", b"")
        self.send("d0", b"x" * (LARGEST + 1))
        wait_until(lambda: self.is_taken() and bridge.counts.dead == 2, 60, "the dead letters")

    def stop(self) -> None:
        self._cluster.kill(self._node)

    def start(self) -> None:
        self._cluster.start_node(self._node)
        self._cluster.wait_for(self._node)

    def freeze(self) -> None:
        self._cluster.freeze(self._node)

    def thaw(self) -> None:
        self._cluster.thaw(self._node)

    def close(self) -> None:
        if self._node.process is not None:
            self.thaw()
        self.relay.mend()
