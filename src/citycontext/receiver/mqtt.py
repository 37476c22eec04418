"""``MqttReceiver``: notifications over MQTT (CIM 009, clause 7)."""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeVar, overload
from urllib.parse import unquote, urlsplit

from citycontext.errors import ConfigurationError, DataError, MissingExtra, TransportError
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.representations import Representation
from citycontext.receiver.endpoint import NotificationEndpoint
from citycontext.receiver.notifications import open_message

if TYPE_CHECKING:
    import paho.mqtt.client as paho

__all__ = ["MqttReceiver"]

E = TypeVar("E", bound=Entity)

logger: logging.Logger = logging.getLogger(__name__)

_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
_SESSION: Final = 300
_LONGEST_PAUSE: Final = 30


class MqttReceiver(NotificationEndpoint[E]):
    """An MQTT endpoint for notifications (CIM 009, clause 7), and a stream to iterate over.

    With quality of service 1 a message is acknowledged when a reader takes it, and the MQTT broker sends no more than
    ``capacity`` before that; with 0, what comes while the receiver is full is lost, and a finding. A connection that
    breaks comes back by itself, and what was sent in the five minutes before comes with it.

    Args:
        address: The topic: ``mqtt(s)://[user:password@]host[:port]/topic``.
        as_: The class of the entities; without it ``Entity``.
        public_url: The same topic as the context broker reaches it; without it ``address`` without user and password,
            which are not told to it.
        secret: What senders must show in the metadata; ``endpoint()`` tells the context broker.
        representation: The form that subscriptions ask for; without it the notifications tell.
        capacity: How many notifications wait at most.
        qos: Quality of service, for the context broker to send with and to listen with.
        tls: Certificates to trust and to show, with ``mqtts``; without it those that the machine trusts.
        timeout: Longest wait for a connection, in seconds.

    Raises:
        ConfigurationError: An argument cannot be used.
    """

    @overload
    def __init__(
        self: MqttReceiver[Entity],
        address: str,
        *,
        public_url: str | None = ...,
        secret: str | None = ...,
        representation: Representation | str | None = ...,
        capacity: int = ...,
        qos: Literal[0, 1] = ...,
        tls: ssl.SSLContext | None = ...,
        timeout: float = ...,
    ) -> None: ...
    @overload
    def __init__(
        self,
        address: str,
        as_: type[E],
        *,
        public_url: str | None = ...,
        secret: str | None = ...,
        representation: Representation | str | None = ...,
        capacity: int = ...,
        qos: Literal[0, 1] = ...,
        tls: ssl.SSLContext | None = ...,
        timeout: float = ...,
    ) -> None: ...
    def __init__(
        self,
        address: str,
        as_: type[Any] = Entity,
        *,
        public_url: str | None = None,
        secret: str | None = None,
        representation: Representation | str | None = None,
        capacity: int = 1000,
        qos: Literal[0, 1] = 1,
        tls: ssl.SSLContext | None = None,
        timeout: float = 10.0,
    ) -> None:
        super().__init__(as_, secret=secret, representation=representation, capacity=capacity)
        if qos not in (0, 1):
            raise ConfigurationError(
                "must be 0 or 1: 2 tells a resent message apart, but no resent notification", key="qos"
            )
        parts = urlsplit(address)
        self.topic: str = unquote(parts.path.removeprefix("/"))
        if parts.scheme not in _PORTS or not parts.hostname or not self.topic:
            raise ConfigurationError(
                "must be an mqtt or mqtts address with a topic,", key="address", cure="such as mqtt://localhost/parking"
            )
        if set("+#").intersection(self.topic):
            raise ConfigurationError("names one topic, which has no + and no #", key="address")
        netloc = parts.netloc.rpartition("@")[2]
        self._url = public_url or f"{parts.scheme}://{netloc}{parts.path}"
        self._broker = f"{parts.scheme}://{netloc}"
        self._host = parts.hostname
        self._port = parts.port or _PORTS[parts.scheme]
        self._user = unquote(parts.username) if parts.username is not None else None
        self._password = unquote(parts.password) if parts.password is not None else None
        self._tls = (tls or ssl.create_default_context()) if parts.scheme == "mqtts" else None
        self._qos = qos
        self._timeout = timeout
        self._session = 0
        self._settled = threading.Event()
        self._trouble: str | None = None
        self._client: paho.Client | None = None

    @property
    def url(self) -> str:
        """The address that subscriptions name."""
        return self._url

    def start(self) -> Self:
        """Connect and listen, from a thread; return when the MQTT broker has accepted.

        Raises:
            TransportError: It cannot be reached, refuses, or does not answer in time.
            ConfigurationError: It was started before.
            MissingExtra: paho-mqtt is not installed.
        """
        if self._client is not None:
            raise ConfigurationError("this receiver was started before.", cure="Make another one.")
        client = self._client = self._new_client()
        try:
            client.connect(self._host, self._port, **_session_properties(self.capacity))
            client.loop_start()
            if not self._settled.wait(self._timeout):
                raise TransportError("no answer in time", method="CONNECT", url=self._broker)
            if self._trouble is not None:
                raise TransportError(self._trouble, method="CONNECT", url=self._broker)
        except TransportError:
            self.stop()
            raise
        except (OSError, ValueError) as error:
            self.stop()
            raise TransportError(f"cannot connect: {error}", method="CONNECT", url=self._broker) from error
        return self

    def stop(self) -> None:
        """Disconnect; what waits can still be read."""
        self.close()
        if self._client is not None:
            self._client.disconnect(properties=_end_of_session())
            self._client.loop_stop()

    async def astart(self) -> Self:
        """Connect and listen, from a thread; return when the MQTT broker has accepted.

        Raises:
            TransportError: It cannot be reached, refuses, or does not answer in time.
            ConfigurationError: It was started before.
            MissingExtra: paho-mqtt is not installed.
        """
        return await asyncio.to_thread(self.start)

    async def astop(self) -> None:
        """Disconnect; what waits can still be read."""
        await asyncio.to_thread(self.stop)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await self.astart()

    async def __aexit__(self, *_: object) -> None:
        await self.astop()

    def _notifier_info(self) -> dict[str, str] | None:
        return {"MQTT-QoS": str(self._qos)}

    def _new_client(self) -> paho.Client:
        try:
            import paho.mqtt.client as paho
            from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
        except ModuleNotFoundError:
            raise MissingExtra("receiver", package="paho-mqtt", purpose="A receiver over MQTT") from None
        client = paho.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True)
        client.connect_timeout = self._timeout
        client.reconnect_delay_set(1, _LONGEST_PAUSE)
        if self._user is not None:
            client.username_pw_set(self._user, self._password)
        if self._tls is not None:
            client.tls_set_context(self._tls)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        return client

    # -- called by paho, in its thread --------------------------------------------------------------------------------

    def _on_connect(self, client: paho.Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._settle(f"refused: {reason}")
            return
        from paho.mqtt.subscribeoptions import SubscribeOptions

        # What the MQTT broker retained says what was true once; nobody subscribed to that.
        client.subscribe(self.topic, options=SubscribeOptions(qos=self._qos, retainHandling=2))

    def _on_subscribe(self, client: paho.Client, userdata: Any, mid: int, reasons: Any, properties: Any) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        self._settle(f"the topic {self.topic} is refused: {refused[0]}" if refused else None)

    def _on_disconnect(self, client: paho.Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        # From now on: what was not acknowledged must not be when the next connection has just begun.
        self._session += 1
        if not self._closed and reason.is_failure:
            logger.warning("The connection to %s was lost: %s; trying again until it works.", self._broker, reason)

    def _on_message(self, client: paho.Client, userdata: Any, message: paho.MQTTMessage) -> None:
        acknowledge = partial(self._acknowledge, self._session, message.mid) if message.qos else None
        try:
            body, metadata = open_message(bytes(message.payload))
            if self._admits(metadata):
                # Messages of QoS 1 that wait are bounded by what the MQTT broker may send unacknowledged.
                kept = self._deliver(body, metadata, acknowledge, over_capacity=acknowledge is not None)
                if not kept and not self._closed:
                    self._note("", "full", "a notification came while as many as may wait did; it is lost")
                return
        except DataError as error:
            self._note_unreadable(error)
        if acknowledge is not None:
            acknowledge()

    def _acknowledge(self, session: int, mid: int) -> None:
        # The number of a message means nothing on a later connection: the MQTT broker sends the message again.
        if self._client is not None and session == self._session:
            self._client.ack(mid, 1)

    def _settle(self, trouble: str | None) -> None:
        if trouble is not None and self._settled.is_set():
            logger.warning("The connection to %s came back, but %s.", self._broker, trouble)
        self._trouble = trouble
        self._settled.set()


def _session_properties(capacity: int) -> dict[str, Any]:
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = _SESSION
    properties.ReceiveMaximum = min(capacity, 65535)
    return {"properties": properties}


def _end_of_session() -> Any:
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    properties = Properties(PacketTypes.DISCONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = 0
    return properties
