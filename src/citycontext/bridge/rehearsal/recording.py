"""Record messages from MQTT to a file of JSON lines, read them back, and publish them again."""

from __future__ import annotations

import base64
import queue
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, Final

import orjson
import paho.mqtt.client as paho

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.config.connections import MqttConfig
from citycontext.bridge.message import Message
from citycontext.bridge.sources.mqtt_client import connect_options, make_client, plain_reason
from citycontext.bridge.sources.tls_faults import silent_reason
from citycontext.errors import PayloadError, TransportError
from citycontext.ngsild.time import parse_datetime

__all__ = ["listen", "read_recording", "replay", "write_recording"]

_AHEAD: Final = 10_000


def listen(
    config: BridgeConfig, *, seconds: float | None = None, until: Callable[[], bool] | None = None
) -> Iterator[Message]:
    """Listen to the topics of all routes, beside a running bridge and without a session of its own.

    Args:
        config: The bridge's configuration.
        seconds: How long; without end by default.
        until: Asked now and then whether to end.

    Yields:
        The messages as they arrive. Where the reader is slower than they come, the newest are left out.

    Raises:
        TransportError: An MQTT broker cannot be reached or refuses us.
    """
    arrived: queue.Queue[Message | TransportError] = queue.Queue(_AHEAD)
    clients = [_listener(config, mqtt, arrived) for mqtt in config.mqtt]
    end = None if seconds is None else time.monotonic() + seconds
    try:
        while (end is None or time.monotonic() < end) and not (until is not None and until()):
            try:
                item = arrived.get(timeout=0.1)
            except queue.Empty:
                continue
            if isinstance(item, TransportError):
                raise item
            yield item
    finally:
        for client in clients:
            client.disconnect()
            client.loop_stop()


def _listener(config: BridgeConfig, mqtt: MqttConfig, arrived: queue.Queue[Message | TransportError]) -> paho.Client:
    transient = mqtt.model_copy(update={"durable": False})
    client = make_client(transient, f"citycontext-listen-{secrets.token_hex(4)}")
    topics = {pattern.filter for route in config.routes_of(mqtt) for pattern in route.patterns}

    answered = threading.Event()

    def on_connect(client: paho.Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        answered.set()
        if reason.is_failure:
            arrived.put(TransportError(f"{mqtt.address} refused the connection: {reason}"))
        elif topics:
            client.subscribe([(topic, 1) for topic in topics])

    def on_message(client: paho.Client, userdata: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        if not arrived.full():
            arrived.put(Message(topic, bytes(message.payload), time.time(), mqtt.name, message.qos, message.retain))

    def on_disconnect(client: paho.Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if not answered.is_set():
            fault = silent_reason(mqtt) or "it ends the connection without an answer; is this an MQTT broker?"
            arrived.put(TransportError(f"cannot connect to {mqtt.address}: {fault}"))

    client.on_connect = on_connect
    client.on_disconnect = on_disconnect
    client.on_message = on_message
    try:
        client.connect(mqtt.host, mqtt.port, int(mqtt.keepalive), **connect_options(transient))
    except (OSError, ValueError) as error:
        raise TransportError(f"cannot connect to {mqtt.address}: {plain_reason(error, mqtt.encryption)}") from None
    client.loop_start()
    return client


def write_recording(messages: Iterable[Message], file: IO[bytes]) -> int:
    """Write messages, one a line.

    Args:
        messages: The messages.
        file: Where to.

    Returns:
        How many there were.
    """
    number = 0
    for number, message in enumerate(messages, start=1):  # noqa: B007 - the last number is the answer
        line: dict[str, Any] = {"arrived": round(message.arrived, 6), "topic": message.topic}
        try:
            line["payload"] = message.payload.decode()
        except UnicodeDecodeError:
            line["payload_base64"] = base64.b64encode(message.payload).decode()
        line |= {"source": message.source, "qos": message.qos, "retained": message.retained}
        file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        file.flush()
    return number


def read_recording(file: Iterable[bytes]) -> Iterator[Message]:
    """Read messages that were recorded.

    Args:
        file: Lines; those of ``dead-letters export`` do as well.

    Yields:
        The messages.

    Raises:
        PayloadError: A line is not one of a recording; names its number.
    """
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            given = orjson.loads(line)
            payload = given.get("payload", "")
            encoded = given.get("payload_base64")
            if isinstance(payload, dict) and payload and payload.keys() <= {"text", "base64"}:
                payload, encoded = payload.get("text", ""), payload.get("base64")
            elif not isinstance(payload, str):  # written by hand: the JSON of the message, not a text of it
                payload = orjson.dumps(payload).decode()
            content = payload.encode() if encoded is None else base64.b64decode(encoded, validate=True)
            yield Message(
                given["topic"],
                content,
                _arrived(given.get("arrived")),
                str(given.get("source", "")),
                int(given.get("qos", 0)),
                bool(given.get("retained", False)),
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise PayloadError(f"line {number} is not a recorded message: {error!r}") from None


def _arrived(given: Any) -> float:
    if given is None:
        return time.time()
    return parse_datetime(given).timestamp() if isinstance(given, str) else float(given)


def replay(config: BridgeConfig, messages: Iterable[Message], *, speed: float = 1.0) -> int:
    """Publish recorded messages again, with the pauses they had.

    Args:
        config: Says which MQTT brokers; a message goes to the one it came from, else to the first.
        messages: The messages, in order.
        speed: How much faster than they came; 0 for no pauses.

    Returns:
        How many were published and confirmed.

    Raises:
        TransportError: An MQTT broker cannot be reached.
    """
    clients: dict[str, paho.Client] = {}
    for mqtt in config.mqtt:
        transient = mqtt.model_copy(update={"durable": False})
        client = make_client(transient, f"citycontext-replay-{secrets.token_hex(4)}")
        try:
            client.connect(mqtt.host, mqtt.port, int(mqtt.keepalive), **connect_options(transient))
        except (OSError, ValueError) as error:
            raise TransportError(f"cannot connect to {mqtt.address}: {plain_reason(error)}") from None
        client.loop_start()
        clients[mqtt.name] = client
    first = next(iter(clients.values()))
    number, begun, started = 0, time.monotonic(), None
    try:
        sent = None
        for number, message in enumerate(messages, start=1):
            started = message.arrived if started is None else started
            pause = begun + (message.arrived - started) / speed - time.monotonic() if speed else 0.0
            if pause > 0:
                time.sleep(pause)
            client = clients.get(message.source, first)
            sent = client.publish(message.topic, message.payload, max(message.qos, 1), message.retained)
            if number % 100 == 0:
                sent.wait_for_publish(30)
        if sent is not None:
            sent.wait_for_publish(30)
    finally:
        for client in clients.values():
            client.disconnect()
            client.loop_stop()
    return number
