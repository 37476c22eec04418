"""Commands: a change of an attribute in the context broker becomes an MQTT message, and its fate is written back.

The context broker notifies by MQTT, on a topic of this bridge, so the bridge needs no port that others must reach. Two
threads: one drives the connection, the other talks to the context broker, which may be slow or away.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import random
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import orjson
import paho.mqtt.client as paho

from citycontext.bridge.command_config import CommandConfig, id_pattern
from citycontext.bridge.command_payload import compile_payload
from citycontext.bridge.config import MqttConfig
from citycontext.bridge.mqtt_client import connect_options, make_client, plain_reason
from citycontext.bridge.paths import compile_path
from citycontext.bridge.status import CommandCounts
from citycontext.bridge.templates import Template
from citycontext.bridge.topics import TopicPattern
from citycontext.errors import CityContextError, DataError
from citycontext.ngsild.terms import ENTITY_MEMBERS, NULL_URN
from citycontext.ngsild.time import format_datetime, parse_datetime
from citycontext.receiver.incoming import open_message

__all__ = ["CommandStation", "ContextSide", "station_client_id"]

logger = logging.getLogger(__name__)

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_TICK: Final = 0.1
_WAITING: Final = 10_000
_KNOWN: Final = 50_000


class ContextSide(Protocol):
    """What commands need of the context broker."""

    def subscribe(self, command: CommandConfig, subscription_id: str, endpoint: str) -> None:
        """Subscribe to changes of a command's attribute, in place of an earlier subscription of the same id.

        Args:
            command: The command.
            subscription_id: Id for the subscription.
            endpoint: MQTT topic to notify on, as an address.

        Raises:
            CityContextError: It did not succeed.
        """
        ...

    def unsubscribe(self, command: CommandConfig, subscription_id: str) -> None:
        """Delete a subscription.

        Args:
            command: The command.
            subscription_id: Its id.

        Raises:
            CityContextError: It did not succeed.
        """
        ...

    def upsert(self, tenant: str | None, entities: list[dict[str, Any]]) -> Any:
        """Write attributes.

        Args:
            tenant: Tenant.
            entities: In normalized form.

        Raises:
            CityContextError: It did not succeed.
        """
        ...


class _Command:
    """A command, compiled."""

    def __init__(self, config: CommandConfig, place: str) -> None:
        self.config: Final = config
        self.subscription_id: Final = f"urn:ngsi-ld:Subscription:citycontext:{place}:{config.name}"
        self.notified_on: Final = f"citycontext/commands/{place}/{config.name}"
        self._id = id_pattern(config.id)
        captures = tuple(self._id.groupindex)
        self._topic = Template(config.topic, captures)
        self._payload = compile_payload(config.payload, captures)
        result = config.result
        self.result_topic = None if result is None else TopicPattern(result.topic)
        self._value = None if result is None else compile_path(result.value)
        self._when = None if result is None or result.when is None else compile_path(result.when)
        self._failed = None if result is None or result.failed_when is None else compile_path(result.failed_when)

    def captures(self, entity_id: str) -> dict[str, str] | None:
        """Match an entity's id."""
        found = self._id.fullmatch(entity_id)
        return None if found is None else found.groupdict()

    def message(self, captured: Mapping[str, str], document: dict[str, Any]) -> tuple[str, bytes]:
        """Give topic and payload.

        Raises:
            LookupError: A place has no value.
        """
        topic = self._topic.fill(captured, document)
        if "+" in topic or "#" in topic or "\0" in topic:
            raise LookupError(f"the topic {topic!r:.120} has a sign that none may have")
        return topic, self._payload(captured, document)

    def outcome(self, payload: bytes) -> tuple[bool, Any] | None:
        """Tell whether a result is a good one, and what it says; None where the message is no result."""
        try:
            document = orjson.loads(payload)
        except orjson.JSONDecodeError:
            document = payload.decode(errors="replace")
        if self._value is None or (self._when is not None and not self._when(document)):
            return None
        return not (self._failed is not None and self._failed(document)), self._value(document)


@dataclass(slots=True)
class _Pending:
    command: _Command
    entity: Mapping[str, str]
    captured: Mapping[str, str]
    deadline: float


class CommandStation:
    """The commands of one MQTT broker.

    Args:
        mqtt: The broker.
        client_id: Stable name of the session.
        commands: What to do.
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
        is_durable = any(command.replay for command in commands)
        self._mqtt = mqtt.model_copy(update={"durable": is_durable})
        self._client_id = client_id
        self._context = context
        self._notify = notify.rstrip("/")
        self._commands = [_Command(command, place) for command in commands]
        self._by_topic = {command.notified_on: command for command in self._commands}
        self._known: dict[tuple[str, str], str] = {}
        self._pending: list[_Pending] = []
        self._unconfirmed: dict[int, _Pending] = {}
        self._statuses: queue.Queue[tuple[str | None, dict[str, Any]]] = queue.Queue(_WAITING)
        self._started = time.monotonic()
        self._stopping = threading.Event()
        self._listening = threading.Event()
        self._subscribed = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, name=f"citycontext-commands-{mqtt.name}", daemon=True),
            threading.Thread(target=self._talk, name=f"citycontext-status-{mqtt.name}", daemon=True),
        ]
        self.counts: Final = CommandCounts()
        self.trouble: str | None = "commands: not connected yet"
        """Why no command can come, if none can."""

    # -- for the other threads ----------------------------------------------------------------------------------------

    @property
    def is_alive(self) -> bool:
        """Whether all threads run."""
        return all(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Start the threads; they connect and subscribe, and keep trying."""
        for thread in self._threads:
            thread.start()

    def wait_ready(self, timeout: float) -> bool:
        """Wait until commands can come.

        Args:
            timeout: Longest wait, seconds.
        """
        deadline = time.monotonic() + timeout
        return self._subscribed.wait(timeout) and self._listening.wait(max(0.0, deadline - time.monotonic()))

    def stop(self) -> None:
        """End the threads, and the subscriptions that are not to be replayed."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        for command in self._commands:
            if not command.config.replay and self._subscribed.is_set():
                with contextlib.suppress(CityContextError):
                    self._context.unsubscribe(command.config, command.subscription_id)

    # -- MQTT ---------------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            # Always a new client: paho would send again what was on its way, and an old command is none.
            client = make_client(self._mqtt, self._client_id)
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
                self.trouble = f"commands: cannot connect to {self._mqtt.url}: {plain_reason(error)}"
            self._lose_unconfirmed()
            self._stopping.wait(pause * random.uniform(0.8, 1.2))  # noqa: S311
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _serve(self, client: paho.Client) -> bool:
        was_listening = False
        while client.loop(_TICK) == paho.MQTT_ERR_SUCCESS:
            was_listening = was_listening or self._listening.is_set()
            self._give_up_waiting()
            if self._stopping.is_set():
                client.disconnect()
                client.loop(_TICK)
                return was_listening
        self._listening.clear()
        self.trouble = f"commands: the connection to {self._mqtt.url} was lost"
        return was_listening

    def _on_connect(self, client: paho.Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self.trouble = f"commands: {self._mqtt.url} refused the connection: {reason}"
            return
        topics = [*self._by_topic, *{one.result_topic.filter for one in self._commands if one.result_topic}]
        client.subscribe([(topic, 1) for topic in topics])

    def _on_subscribe(self, client: paho.Client, userdata: Any, mid: int, reasons: Any, properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            self.trouble = f"commands: {self._mqtt.url} refuses the subscription to citycontext/commands/…"
            return
        self.trouble = None
        self._listening.set()

    def _on_message(self, client: paho.Client, userdata: Any, message: paho.MQTTMessage) -> None:
        if message.retain:
            # What was kept from before is no command and no answer of now.
            return
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        command = self._by_topic.get(topic)
        if command is not None:
            self._take_notification(client, command, bytes(message.payload))
            return
        for one in self._commands:
            captured = None if one.result_topic is None else one.result_topic.match(topic)
            if captured is not None:
                self._take_result(one, captured, bytes(message.payload))

    # -- what comes ---------------------------------------------------------------------------------------------------

    def _take_notification(self, client: paho.Client, command: _Command, payload: bytes) -> None:
        try:
            body, _ = open_message(payload)
        except DataError as error:
            logger.error("A notification for the command %s cannot be read: %s", command.config.name, error)
            return
        entities, notified = body.get("data"), body.get("notifiedAt")
        for entity in entities if isinstance(entities, list) else [entities]:
            if isinstance(entity, dict):
                self._take_entity(client, command, entity, notified)

    def _take_entity(self, client: paho.Client, command: _Command, entity: dict[str, Any], notified: Any) -> None:
        config = command.config
        entity_id, kind = entity.get("id"), entity.get("type")
        captured = command.captures(entity_id) if isinstance(entity_id, str) else None
        value, changed = _value_of(entity, config.attribute)
        if captured is None or value is None or not self._is_new(command, str(entity_id), changed, notified):
            return
        who = {"id": str(entity_id), "type": kind if isinstance(kind, str) else config.type}
        pending = _Pending(command, who, captured, time.monotonic() + config.timeout)
        try:
            topic, content = command.message(captured, who | {"attribute": config.attribute, "value": value})
        except LookupError as error:
            self._tell(pending, "failed", str(error.args[0]))
            return
        self._pending = [one for one in self._pending if (one.command, one.entity) != (command, who)]
        sent = client.publish(topic, content, config.qos, config.retain)
        self._unconfirmed[sent.mid] = pending

    def _is_new(self, command: _Command, entity_id: str, changed: str, notified: Any) -> bool:
        """Tell a command that was just given from one that was there before, or was carried out already."""
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
        if reason is not None and reason.is_failure:
            self._tell(pending, "failed", f"the MQTT broker refused it: {reason}")
            return
        self.counts.sent += 1
        if pending.command.result_topic is not None:
            self._pending.append(pending)
        self._tell(pending, "sent")

    def _take_result(self, command: _Command, captured: Mapping[str, str], payload: bytes) -> None:
        for pending in self._pending:
            if pending.command is command and all(pending.captured[name] == text for name, text in captured.items()):
                outcome = command.outcome(payload)
                if outcome is not None:
                    self._pending.remove(pending)
                    self._tell(pending, "done" if outcome[0] else "failed", outcome[1])
                return

    def _give_up_waiting(self) -> None:
        now = time.monotonic()
        for pending in [one for one in self._pending if one.deadline <= now]:
            self._pending.remove(pending)
            self._tell(pending, "timeout")

    def _lose_unconfirmed(self) -> None:
        for pending in self._unconfirmed.values():
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
        with contextlib.suppress(queue.Full):
            self._statuses.put_nowait((config.tenant, wire))

    def _talk(self) -> None:
        self._subscribe()
        while not self._stopping.is_set() or not self._statuses.empty():
            try:
                tenant, wire = self._statuses.get(timeout=_TICK)
            except queue.Empty:
                continue
            pause = _FIRST_PAUSE
            while True:
                try:
                    self._context.upsert(tenant, [wire])
                    break
                except CityContextError as error:
                    if self._stopping.wait(pause):
                        logger.warning("The status of a command for %s was not written: %s", wire["id"], error)
                        return
                    pause = min(pause * 2, _LONGEST_PAUSE)

    def _subscribe(self) -> None:
        pause = _FIRST_PAUSE
        is_told = False
        # Nobody may be notified before somebody listens.
        while not self._listening.wait(_TICK):
            if self._stopping.is_set():
                return
        for command in self._commands:
            while True:
                try:
                    endpoint = f"{self._notify}/{command.notified_on}"
                    self._context.subscribe(command.config, command.subscription_id, endpoint)
                    break
                except CityContextError as error:
                    if not is_told:
                        logger.warning(
                            "The context broker does not take the subscription for the command %s (%s); trying again.",
                            command.config.name,
                            error,
                        )
                        is_told = True
                    if self._stopping.wait(pause):
                        return
                    pause = min(pause * 2, _LONGEST_PAUSE)
        self._subscribed.set()


def station_client_id(client_id: str, *, durable: bool) -> str:
    """Give the client id for commands beside that of the messages.

    Args:
        client_id: That of the messages.
        durable: Whether the session is to be found again.
    """
    return f"{client_id}-commands" if durable else f"{client_id}-commands-{secrets.token_hex(3)}"


def _value_of(entity: Mapping[str, Any], name: str) -> tuple[Any, str]:
    """Give the value of a command's attribute and when it was changed, in any form that brokers notify in."""
    attribute = entity.get(name)
    if attribute is None:
        # A broker without our @context gives the name as a URI; there is no other attribute beside it.
        others = [one for one in entity if one not in ENTITY_MEMBERS and not one.endswith("At")]
        attribute = entity[others[0]] if len(others) == 1 else None
    if isinstance(attribute, list):
        attribute = next((one for one in attribute if isinstance(one, dict) and "datasetId" not in one), None)
    if not isinstance(attribute, dict):
        return (None if attribute == NULL_URN else attribute), ""
    value = next((attribute[one] for one in ("value", "object", "json", "vocab") if one in attribute), None)
    changed = attribute.get("modifiedAt")
    return (None if value == NULL_URN else value), changed if isinstance(changed, str) else ""
