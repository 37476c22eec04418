"""Read from one MQTT broker, and acknowledge a message only when the journal has it.

One thread drives the connection and does nothing else: no disk, no HTTP, no mapping. It stops reading while the
inbox is full; what was not acknowledged, the MQTT broker keeps.
"""

from __future__ import annotations

import contextlib
import logging
import random
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final

import paho.mqtt.client as paho
from paho.mqtt.subscribeoptions import SubscribeOptions

from citycontext.bridge.claim import Claim, Mark
from citycontext.bridge.config.connections import MqttConfig
from citycontext.bridge.message import Message
from citycontext.bridge.sources.mqtt_client import connect_options, make_read_ahead_client, plain_reason
from citycontext.bridge.sources.source import Inbox, SourceState
from citycontext.bridge.sources.tls_faults import silent_reason
from citycontext.configuration.masking import masked
from citycontext.foreign_text import printable

__all__ = ["FILTERS_AT_ONCE", "MqttSource"]

logger: logging.Logger = logging.getLogger(__name__)

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_LASTING: Final = 2.0
_SHORT: Final = 40.0
"""Longer than the longest pause: a namesake throws us out when it comes back from one."""
_THROWN_OUT: Final = 4
_SESSION_TAKEN_OVER: Final = 142
FILTERS_AT_ONCE: Final = 8
"""What AWS IoT takes in one SUBSCRIBE; more end the connection."""
_PIECES_AT_ONCE: Final = 16
_TICK: Final = 0.5
_HELD_TICK: Final = 0.02


class MqttSource:
    """The connection to one MQTT broker: one claim, for good.

    Args:
        config: The broker.
        client_id: Stable name of the session.
        subscriptions: Topic filter, as the broker is to see it → quality of service.
        inbox: Who takes the messages.
        stale: Topic filters of an earlier configuration, which a durable session still has.

    Raises:
        ConfigurationError: The certificates cannot be used.
    """

    def __init__(
        self,
        config: MqttConfig,
        client_id: str,
        subscriptions: dict[str, int],
        inbox: Inbox,
        stale: Iterable[str] = (),
    ) -> None:
        self.config: Final = config
        self._inbox = inbox
        self._claim: Final = Claim(config.name)
        self._subscriptions = subscriptions
        self._stale = list(stale)
        self._to_acknowledge: deque[Mark] = deque()
        self._jobs: deque[Callable[[], object]] = deque()
        self._paused = False
        self._session = 0
        self._arrived: list[Message] = []
        self._connected = threading.Event()
        self._stopping = threading.Event()
        self._first_attempt = threading.Event()
        self._refused: str | None = None
        self._asked: dict[int, list[str]] = {}
        self._denied: list[str] = []
        self._subscribed_at = 0.0
        self._is_up = False
        self._up_at = 0.0
        self._thrown_out_at: deque[float] = deque(maxlen=_THROWN_OUT)
        client = self._client = make_read_ahead_client(config, client_id, self._take)
        self._waker_out, self._waker_in = socket.socketpair()
        self._waker_out.setblocking(False)
        self._waker_in.setblocking(False)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        # Tells paho that this loop writes: acknowledgements are then sent together, not one by one.
        client.on_socket_register_write = lambda client, userdata, sock: None
        self._thread = threading.Thread(target=self._run, name=f"citycontext-{config.name}", daemon=True)
        self.connections: int = 0
        """How many times a connection came about."""
        self.trouble: str | None = "not connected yet"
        """Why there is no connection, if so."""

    # -- for the other threads ----------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What routes and messages call it."""
        return self.config.name

    @property
    def keeps(self) -> bool:
        """Whether the origin keeps what is not acknowledged; a broker keeps little."""
        return False

    @property
    def address(self) -> str:
        """The broker's address."""
        return self.config.address

    def state(self) -> SourceState:
        """Return how it stands."""
        return SourceState(self.is_connected, self.connections, self.trouble)

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread; it connects, and keeps trying."""
        self._thread.start()

    def wait_connected(self, timeout: float) -> bool:
        """Wait for a connection.

        Args:
            timeout: Longest wait, seconds.

        Returns:
            Whether there is one, with its subscriptions accepted.
        """
        return self._connected.wait(timeout)

    def wait_first_attempt(self) -> bool:
        """Wait for the first attempt to connect to end, well or not, for as long as it may take.

        Returns:
            Whether there is a connection.
        """
        self._first_attempt.wait(self.config.connect_timeout + 1.0)
        return self._connected.is_set()

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection, with its subscriptions accepted."""
        return self._connected.is_set()

    def acknowledge(self, marks: Sequence[Mark]) -> None:
        """Acknowledge messages to the broker; returns at once.

        Args:
            marks: Those of messages of this source that the journal has.
        """
        self._to_acknowledge.extend(marks)
        self._wake()

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Publish a message (a command to a device); returns at once.

        Args:
            topic: Topic.
            payload: Bytes.
            qos: Quality of service.
            retain: Whether the broker keeps it.
        """
        self._jobs.append(partial(self._client.publish, topic, payload, qos, retain))
        self._wake()

    def resubscribe(self, subscriptions: dict[str, int], stale: Iterable[str]) -> None:
        """Change the subscriptions of a running connection; returns at once.

        Args:
            subscriptions: Topic filter → quality of service: all that are wanted.
            stale: Topic filters to take back.
        """
        self._subscriptions, self._stale = subscriptions, list(stale)
        if self._connected.is_set():
            self._jobs.append(self._subscribe)
            self._wake()

    def pause(self) -> None:
        """Stop reading, but stay connected: what was read can still be acknowledged."""
        self._paused = True
        self._wake()

    def stop(self, grace: float = 0.0) -> None:
        """Disconnect in good order and end the thread.

        Args:
            grace: Nothing is waited for here: what the journal has is ours.
        """
        self._stopping.set()
        self._wake()
        if self._thread.is_alive():
            self._thread.join()
        self._waker_in.close()
        self._waker_out.close()

    def _wake(self) -> None:
        # A full socket means that a wake-up is on its way already; a closed one, that nobody needs it.
        with contextlib.suppress(OSError):
            self._waker_in.send(b"\0")

    # -- connecting ---------------------------------------------------------------------------------------------------

    def _connect(self) -> bool:
        """Open the connection and send CONNECT; the answer comes in the loop."""
        config = self.config
        self._refused = None
        # Before the first byte: an acknowledgement of the connection before must not go out ahead of the answer. The
        # broker would count it as room for one more message, and send that one past those which wait.
        self._session += 1
        self._subscribed_at = 0.0
        try:
            self._client.connect(config.host, config.port, int(config.keepalive), **connect_options(config))
        except (OSError, ValueError) as error:
            self._lost(f"cannot connect to {config.address}: {plain_reason(error, config.encryption)}")
            return False
        return True

    def _on_connect(self, client: paho.Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._refused = f"{self.config.address} refused the connection: {reason}"
            return
        self.connections += 1
        self._is_up = True
        self._up_at = time.monotonic()
        self._subscribe()

    def _subscribe(self) -> None:
        client = self._client
        if self._stale:
            client.unsubscribe(self._stale)
        self._asked.clear()
        self._denied.clear()
        wanted = list(self._subscriptions.items())
        if not wanted:
            self._now_connected()
        handling = 2 if self.config.retained == "ignore" else 0
        for start in range(0, len(wanted), FILTERS_AT_ONCE):
            part = wanted[start : start + FILTERS_AT_ONCE]
            if self.config.version == "5":
                options = [(topic, SubscribeOptions(qos=qos, retainHandling=handling)) for topic, qos in part]
                _, mid = client.subscribe(options)
            else:
                _, mid = client.subscribe(part)
            if mid is not None:
                self._asked[mid] = [topic for topic, _ in part]

    def _on_subscribe(self, client: paho.Client, userdata: Any, mid: int, reasons: Any, properties: Any) -> None:
        topics = self._asked.pop(mid, None)
        if topics is None:
            return
        self._denied += [topic for topic, reason in zip(topics, reasons, strict=False) if reason.is_failure]
        if self._asked:
            return
        refused = masked(printable(", ".join(self._denied), 500))
        if refused:
            logger.error("%s refuses the subscription to %s.", self.config.address, refused)
            self._now_connected(f"the subscription to {refused} was refused")
        else:
            self._now_connected()

    def _now_connected(self, trouble: str | None = None) -> None:
        what = "Subscribed anew at" if self._connected.is_set() else "Connected to"
        logger.info("%s %s; subscriptions: %d.", what, self.config.address, len(self._subscriptions))
        self.trouble = trouble
        self._subscribed_at = time.monotonic()
        self._connected.set()
        self._first_attempt.set()

    def _on_disconnect(self, client: paho.Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if not self._stopping.is_set():
            if not self._is_up and self._refused is None and (fault := silent_reason(self.config)) is not None:
                self._lost(f"cannot connect to {self.config.address}: {fault}")
                return
            self._lost(self._refused or f"the connection to {self.config.address} was lost: {self._why(reason)}")

    def _why(self, reason: Any) -> str:
        """Say why a connection ended; who has our name is told by MQTT 5, else by how it goes."""
        now = time.monotonic()
        if self._is_up and now - self._up_at < _SHORT:
            self._thrown_out_at.append(now)
        elif self._is_up:
            self._thrown_out_at.clear()
        cure = "give each bridge and each program a client_id of its own, or let bridges share with mqtt.share"
        if getattr(reason, "value", None) == _SESSION_TAKEN_OVER:
            self._thrown_out_at.extend([now] * _THROWN_OUT)
            return f"another client connected with the same client_id and took the session over; {cure}"
        if self._is_thrown_out:
            return (
                f"{reason}, {_THROWN_OUT} times soon after connecting: perhaps another client has the same client_id "
                f"({cure}), or the broker refuses a subscription (`check --connect` says which)"
            )
        return str(reason)

    @property
    def _is_thrown_out(self) -> bool:
        return len(self._thrown_out_at) == _THROWN_OUT

    def _lost(self, why: str) -> None:
        # A connection counts from CONNACK: behind a backlog, the answer to SUBSCRIBE may be long in coming.
        was_there = self._is_up and (self._connected.is_set() or time.monotonic() - self._up_at >= _LASTING)
        if was_there or not self._first_attempt.is_set():
            logger.warning("%s; trying again until it works.", why)
        self._is_up = False
        self.trouble = why
        self._connected.clear()
        self._first_attempt.set()

    # -- the thread ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            if self._inbox.is_full(self._claim):
                self._stopping.wait(_TICK)
                continue
            if self._connect():
                self._serve()
            lasted = self._subscribed_at and time.monotonic() - self._subscribed_at >= _LASTING
            if lasted and not self._is_thrown_out:
                # Who is let in and thrown out at once, at SUBSCRIBE or by a namesake, shall not knock twice a second.
                pause = _FIRST_PAUSE
            # Spread, so that bridges that lost the same broker do not come back all at once.
            self._stopping.wait(pause * random.uniform(0.8, 1.2))  # noqa: S311
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _serve(self) -> None:
        client = self._client
        sock = client.socket()
        if sock is None:
            return
        with selectors.DefaultSelector() as selector:
            selector.register(self._waker_out, selectors.EVENT_READ)
            watched = 0
            next_tick = time.monotonic() + _TICK
            while client.socket() is sock and sock is not None:
                is_held = self._paused or self._inbox.is_full(self._claim)
                wanted = 0 if is_held else selectors.EVENT_READ
                if client.want_write():
                    wanted |= selectors.EVENT_WRITE
                if wanted != watched:
                    _watch(selector, sock, watched, wanted)
                    watched = wanted
                decrypted = getattr(sock, "pending", None)  # only a TLS socket holds bytes that select() does not see
                pending = bool(wanted & selectors.EVENT_READ) and decrypted is not None and decrypted() > 0
                events = selector.select(0 if pending else _HELD_TICK if is_held else _TICK)
                for key, mask in events:
                    if key.fileobj is self._waker_out:
                        with contextlib.suppress(BlockingIOError):
                            self._waker_out.recv(4096)
                    elif mask & selectors.EVENT_READ:
                        pending = True
                if pending:
                    self._read()
                self._do_jobs()
                self._send_acknowledgements()
                if client.want_write():
                    client.loop_write()
                now = time.monotonic()
                if now >= next_tick:
                    next_tick = now + _TICK
                    client.loop_misc()
                if self._stopping.is_set() and client.socket() is sock:
                    client.disconnect()
                    client.loop_write()
                    return

    def _read(self) -> None:
        """Read what is there, up to a bound: the acknowledgements must go out, too."""
        client, inbox = self._client, self._inbox
        for _ in range(_PIECES_AT_ONCE):
            went_on = client.read()
            if self._arrived:
                inbox.offer(self._arrived)
                self._arrived = []
            if not went_on or inbox.is_full(self._claim):
                return

    def _do_jobs(self) -> None:
        while self._jobs:
            self._jobs.popleft()()

    def _send_acknowledgements(self) -> None:
        queue, client, session = self._to_acknowledge, self._client, self._session
        mids = []
        for _ in range(len(queue)):
            of_session, mid, qos = queue.popleft().position
            # The number of a packet means nothing on a later connection: the broker sends the message again.
            if of_session != session:
                continue
            if qos == 1:
                mids.append(mid)
            else:
                client.ack(mid, qos)
        client.acknowledge(mids)

    def _on_message(self, client: paho.Client, userdata: Any, message: paho.MQTTMessage) -> None:
        properties: tuple[tuple[str, str], ...] = ()
        if message.properties is not None:
            properties = tuple(getattr(message.properties, "UserProperty", ()))
            if (content_type := getattr(message.properties, "ContentType", None)) is not None:
                # Under the name that it has among the headers of HTTP.
                properties += (("content-type", content_type),)
        self._take(message._topic, bytes(message.payload), message.qos, message.retain, message.mid, properties)

    def _take(
        self,
        topic: bytes,
        payload: bytes,
        qos: int,
        retained: bool,
        mid: int,
        properties: tuple[tuple[str, str], ...] = (),
    ) -> None:
        config = self.config
        if retained and config.retained == "ignore":
            if qos:
                self._client.ack(mid, qos)
            return
        cut_from = 0
        if len(payload) > config.max_payload:
            payload, cut_from = payload[: config.max_payload], len(payload)
        self._arrived.append(
            Message(
                topic.decode(errors="replace"),
                payload,
                time.time(),
                config.name,
                qos,
                retained,
                properties,
                Mark(self._claim, (self._session, mid, qos)) if mid else None,
                cut_from=cut_from,
            )
        )


def _watch(selector: selectors.BaseSelector, sock: Any, watched: int, wanted: int) -> None:
    if not watched:
        selector.register(sock, wanted)
    elif not wanted:
        selector.unregister(sock)
    else:
        selector.modify(sock, wanted)
