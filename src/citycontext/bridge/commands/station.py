"""Commands: a change of an attribute in the context broker becomes an MQTT message, and its fate is written back.

The context broker notifies by MQTT, on a topic of this bridge, so the bridge needs no port that others must reach. A
notification is acknowledged when the message that it became is with the MQTT broker: of what is to be replayed, nothing
is lost when the bridge is killed in between.
"""

from __future__ import annotations

import logging
import random
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import paho.mqtt.client as paho

from citycontext.bridge.commands.context import CommandContext, ContextSide
from citycontext.bridge.commands.mapping import Command, value_of
from citycontext.bridge.config.commands import CommandConfig
from citycontext.bridge.config.connections import MqttConfig
from citycontext.bridge.operations.status import CommandCounts
from citycontext.bridge.sources.mqtt_client import connect_options, make_client, plain_reason
from citycontext.errors import DataError
from citycontext.ngsild.time import format_datetime, parse_datetime
from citycontext.receiver.notifications import open_message

__all__ = ["CommandStation", "station_client_id"]

logger: logging.Logger = logging.getLogger(__name__)

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_TICK: Final = 0.1
_FAREWELL: Final = 1.0
_KNOWN: Final = 50_000


class _Receipt:
    """The acknowledgement of a message from MQTT: sent once nothing of it is open any more."""

    def __init__(self, client: paho.Client, message: paho.MQTTMessage) -> None:
        self._client = client
        self._message = message
        self._open = 1

    def hold(self) -> None:
        self._open += 1

    def settle(self) -> None:
        self._open -= 1
        if not self._open:
            self._client.ack(self._message.mid, self._message.qos)


@dataclass(slots=True)
class _Pending:
    command: Command
    entity: Mapping[str, str]
    captured: Mapping[str, str]
    deadline: float
    receipt: _Receipt
    result_topic: str | None = None


class CommandStation:
    """The commands of one MQTT broker that are to be replayed after a restart, or those that are not.

    Args:
        mqtt: The broker.
        client_id: Stable name of the session.
        commands: What to do; all with the same ``replay``.
        context: The context broker.
        place: Tells this bridge's topics and subscriptions from those of others.
        notify: Address of the MQTT broker as the context broker reaches it; may hold user and password.
    """

    def __init__(
        self,
        mqtt: MqttConfig,
        client_id: str,
        commands: tuple[CommandConfig, ...],
        context: ContextSide,
        place: str,
        notify: str,
    ) -> None:
        self._replay = commands[0].replay
        self._mqtt = mqtt.model_copy(update={"durable": self._replay})
        self._client_id = client_id
        self._commands = [Command(command, place) for command in commands]
        self._by_topic = {command.notified_on: command for command in self._commands}
        self._known: dict[tuple[str, str], str] = {}
        self._pending: list[_Pending] = []
        self._unconfirmed: dict[int, _Pending] = {}
        self._started = time.monotonic()
        self._stopping = threading.Event()
        self._listening = threading.Event()
        self._context = CommandContext(context, self._commands, notify, self._listening)
        self._thread = threading.Thread(target=self._run, name=f"citycontext-commands-{mqtt.name}", daemon=True)
        self.counts: Final = CommandCounts()
        self._trouble: str | None = "commands: not connected yet"

    # -- for the other threads ----------------------------------------------------------------------------------------

    @property
    def is_alive(self) -> bool:
        """Whether all threads run."""
        return self._thread.is_alive() and self._context.is_alive

    @property
    def trouble(self) -> str | None:
        """Why no command can come, or none of a kind."""
        return self._trouble or self._context.trouble

    @property
    def restored(self) -> int:
        """How many subscriptions the context broker lost, and were made again."""
        return self._context.restored

    def start(self) -> None:
        """Start the threads; they connect and subscribe, and keep trying."""
        self._thread.start()
        self._context.start()

    def wait_ready(self, timeout: float) -> bool:
        """Wait until commands can come.

        Args:
            timeout: Longest wait, seconds.
        """
        deadline = time.monotonic() + timeout
        return self._context.subscribed.wait(timeout) and self._listening.wait(max(0.0, deadline - time.monotonic()))

    def stop(self) -> None:
        """End the threads, and the subscriptions that are not to be replayed."""
        self._stopping.set()
        self._thread.join()
        self._context.stop()

    # -- MQTT ---------------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            # Always a new client: paho would send again what was on its way, and an old command is none.
            client = make_client(self._mqtt, self._client_id)
            client.manual_ack_set(True)
            client.on_connect = self._on_connect
            client.on_subscribe = self._on_subscribe
            client.on_message = self._on_message
            client.on_publish = self._on_publish
            try:
                client.connect(
                    self._mqtt.host, self._mqtt.port, int(self._mqtt.keepalive), **connect_options(self._mqtt)
                )
                if self._serve(client):
                    pause = _FIRST_PAUSE
            except (OSError, ValueError) as error:
                self._trouble = f"commands: cannot connect to {self._mqtt.address}: {plain_reason(error)}"
            self._lose_unconfirmed()
            self._stopping.wait(pause * random.uniform(0.8, 1.2))  # noqa: S311
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _serve(self, client: paho.Client) -> bool:
        was_listening = False
        while client.loop(_TICK) == paho.MQTT_ERR_SUCCESS:
            was_listening = was_listening or self._listening.is_set()
            self._give_up_waiting()
            if self._stopping.is_set():
                # What is on its way and not acknowledged would come again after a restart.
                deadline = time.monotonic() + _FAREWELL
                while self._unconfirmed and time.monotonic() < deadline:
                    client.loop(_TICK)
                client.disconnect()
                client.loop(_TICK)
                return was_listening
        self._listening.clear()
        self._trouble = f"commands: the connection to {self._mqtt.address} was lost"
        return was_listening

    def _on_connect(self, client: paho.Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._trouble = f"commands: {self._mqtt.address} refused the connection: {reason}"
            return
        topics = [*self._by_topic, *{one.result_topic.filter for one in self._commands if one.result_topic}]
        client.subscribe([(topic, 1) for topic in topics])

    def _on_subscribe(self, client: paho.Client, userdata: Any, mid: int, reasons: Any, properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            self._trouble = f"commands: {self._mqtt.address} refuses the subscription to citycontext/commands/…"
            return
        self._trouble = None
        self._listening.set()

    def _on_message(self, client: paho.Client, userdata: Any, message: paho.MQTTMessage) -> None:
        receipt = _Receipt(client, message)
        self._take(client, message, receipt)
        receipt.settle()

    def _take(self, client: paho.Client, message: paho.MQTTMessage, receipt: _Receipt) -> None:
        if message.retain:
            # What was kept from before is no command and no answer of now.
            return
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        command = self._by_topic.get(topic)
        if command is not None:
            self._take_notification(client, command, bytes(message.payload), receipt)
            return
        for pending in self._pending:
            if pending.result_topic == topic:
                self._take_outcome(pending, bytes(message.payload))
                return
        for one in self._commands:
            captured = None if one.result_topic is None else one.result_topic.match(topic)
            if captured is not None:
                self._take_result(one, captured, bytes(message.payload))

    # -- what comes ---------------------------------------------------------------------------------------------------

    def _take_notification(self, client: paho.Client, command: Command, payload: bytes, receipt: _Receipt) -> None:
        try:
            body, _ = open_message(payload)
        except DataError as error:
            logger.error("A notification for the command %s cannot be read: %s", command.config.name, error)
            return
        entities, notified = body.get("data"), body.get("notifiedAt")
        for entity in entities if isinstance(entities, list) else [entities]:
            if isinstance(entity, dict):
                self._take_entity(client, command, entity, notified, receipt)

    def _take_entity(
        self, client: paho.Client, command: Command, entity: dict[str, Any], notified: Any, receipt: _Receipt
    ) -> None:
        config = command.config
        entity_id, kind = entity.get("id"), entity.get("type")
        captured = command.captures(entity_id) if isinstance(entity_id, str) else None
        value, changed = value_of(entity, config.attribute)
        if captured is None or value is None or not self._is_new(command, str(entity_id), changed, notified):
            return
        who = {"id": str(entity_id), "type": kind if isinstance(kind, str) else config.type}
        pending = _Pending(command, who, captured, time.monotonic() + config.timeout, receipt)
        try:
            topic, content = command.message(captured, who | {"attribute": config.attribute, "value": value})
        except LookupError as error:
            self._tell(pending, "failed", str(error.args[0]))
            return
        self._pending = [one for one in self._pending if (one.command, one.entity) != (command, who)]
        pending.result_topic = command.result_of(captured)
        pattern, answers_on = command.result_topic, pending.result_topic
        if pattern is not None and answers_on is not None and pattern.match(answers_on) is None:
            # A name with slashes, which the pattern's level does not take: its topic is known now.
            client.subscribe(answers_on, 1)
        sent = client.publish(topic, content, config.qos, config.retain)
        receipt.hold()
        self._unconfirmed[sent.mid] = pending

    def _is_new(self, command: Command, entity_id: str, changed: str, notified: Any) -> bool:
        """Distinguish a command that was just given from one that was there before, or was carried out already."""
        key = command.config.name, entity_id
        if not changed:
            return True
        if self._known.pop(key, None) == changed:
            self._known[key] = changed
            return False
        self._known[key] = changed
        if len(self._known) > _KNOWN:
            del self._known[next(iter(self._known))]
        if command.config.replay:
            return True
        try:
            # Both by the clock of the context broker, so ours may differ.
            age = (parse_datetime(notified) - parse_datetime(changed)).total_seconds()
        except (DataError, TypeError):
            return True
        return age <= min(command.config.timeout, time.monotonic() - self._started)

    def _on_publish(self, client: paho.Client, userdata: Any, mid: int, reason: Any, properties: Any) -> None:
        pending = self._unconfirmed.pop(mid, None)
        if pending is None:
            return
        pending.receipt.settle()
        if reason is not None and reason.is_failure:
            self._tell(pending, "failed", f"the MQTT broker refused it: {reason}")
            return
        self.counts.sent += 1
        if pending.command.result_topic is not None:
            self._pending.append(pending)
        self._tell(pending, "sent")

    def _take_result(self, command: Command, captured: Mapping[str, str], payload: bytes) -> None:
        for pending in self._pending:
            if pending.command is command and all(pending.captured[name] == text for name, text in captured.items()):
                self._take_outcome(pending, payload)
                return

    def _take_outcome(self, pending: _Pending, payload: bytes) -> None:
        outcome = pending.command.outcome(payload)
        if outcome is not None:
            self._pending.remove(pending)
            self._tell(pending, "done" if outcome[0] else "failed", outcome[1])

    def _give_up_waiting(self) -> None:
        now = time.monotonic()
        for pending in [one for one in self._pending if one.deadline <= now]:
            self._pending.remove(pending)
            self._tell(pending, "timeout")

    def _lose_unconfirmed(self) -> None:
        for pending in self._unconfirmed.values():
            if self._replay:
                # Not acknowledged, so it comes again.
                self._known.pop((pending.command.config.name, pending.entity["id"]), None)
                continue
            self._tell(pending, "failed", "the connection was lost before the MQTT broker took the command")
        self._unconfirmed.clear()

    # -- the context broker -------------------------------------------------------------------------------------------

    def _tell(self, pending: _Pending, status: str, result: Any = None) -> None:
        """Have the fate of a command written to its entity."""
        if status != "sent":
            setattr(self.counts, status, getattr(self.counts, status) + 1)
        config = pending.command.config
        at = format_datetime(datetime.now(UTC))
        wire: dict[str, Any] = dict(pending.entity)
        wire[f"{config.attribute}Status"] = {"type": "Property", "value": status, "observedAt": at}
        if result is not None:
            wire[f"{config.attribute}Result"] = {"type": "Property", "value": result, "observedAt": at}
        self._context.tell(config.tenant, wire)


def station_client_id(client_id: str, *, durable: bool) -> str:
    """Return the client id for commands beside that of the messages.

    Args:
        client_id: That of the messages.
        durable: Whether the session is to be found again.
    """
    return f"{client_id}-commands" if durable else f"{client_id}-commands-{secrets.token_hex(3)}"
