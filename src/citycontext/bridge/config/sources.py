"""What a configuration says of sources other than MQTT (the ``[[source]]`` tables)."""

from __future__ import annotations

import codecs
import ipaddress
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from citycontext.bridge.config.attributes import Path
from citycontext.bridge.config.connections import MqttConfig, TlsConfig, http_or_https
from citycontext.bridge.config.section import Section, one_or_many
from citycontext.bridge.mapping.paths import compile_path
from citycontext.bridge.mapping.quantities import Duration, Size
from citycontext.web.media_types import JSON

__all__ = [
    "ActilityAuth",
    "BasicAuth",
    "GbfsFeed",
    "HmacAuth",
    "HttpPollConfig",
    "HttpPushConfig",
    "KafkaConfig",
    "KafkaConnection",
    "NoAuth",
    "PushAuth",
    "SinceConfig",
    "SourceConfig",
    "TokenAuth",
]

_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
_HEADER = r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"
_MESSAGE_IDS = ("Idempotency-Key", "X-Request-ID", "X-Correlation-ID")


_OURS = frozenset(
    {
        "enable.auto.commit",
        "enable.auto.offset.store",
        "partition.assignment.strategy",
        "isolation.level",
        "group.id",
        "acks",
        "enable.idempotence",
    }
)
GbfsFeed = Literal[
    "free_bike_status",
    "geofencing_zones",
    "station_information",
    "station_status",
    "system_alerts",
    "system_calendar",
    "system_hours",
    "system_information",
    "system_pricing_plans",
    "system_regions",
    "vehicle_types",
]
"""Files of GBFS that have a model."""
_HttpUrl = Annotated[str, http_or_https]


class TokenAuth(Section):
    """A token in a header or in the query: The Things Stack, ChirpStack and Shelly can send one.

    Args:
        kind: ``token``.
        token: The token.
        header: The header that carries it; ``Bearer`` before it is allowed.
        query: The parameter of the address that carries it instead, for devices that cannot set a header.
    """

    kind: Literal["token"] = "token"
    token: SecretStr = Field(min_length=8)
    header: str = Field(default="Authorization", pattern=_HEADER)
    query: str | None = None


class BasicAuth(Section):
    """User name and password (RFC 7617).

    Args:
        kind: ``basic``.
        username, password: The credentials.
    """

    kind: Literal["basic"]
    username: str
    password: SecretStr = Field(min_length=8)


class HmacAuth(Section):
    """A signature of the body by a shared secret (RFC 2104).

    Args:
        kind: ``hmac``.
        secret: The secret.
        header: The header that carries the signature.
        algorithm: The hash.
        encoding: How the signature is written.
        prefix: What stands before it, e.g. ``sha256=``.
        timestamp_header: A header with the time of sending, in seconds since 1970: it and a full stop are then signed
            before the body, and what is older than ``max_age`` is refused.
        max_age: How old, and how far ahead, such a time may be.
    """

    kind: Literal["hmac"]
    secret: SecretStr = Field(min_length=8)
    header: str = Field(default="X-Signature", pattern=_HEADER)
    algorithm: Literal["sha256", "sha1", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    timestamp_header: str | None = Field(default=None, pattern=_HEADER)
    max_age: Duration = 300.0


class ActilityAuth(Section):
    """The token of ThingPark's tunnel interface: a SHA-256 of parts of the body, the query and a shared key.

    Args:
        kind: ``actility``.
        key: The tunnel interface authentication key.
    """

    kind: Literal["actility"]
    key: SecretStr = Field(min_length=8)


class NoAuth(Section):
    """Whoever reaches the port may send: for a listener that only a proxy reaches, which does the asking.

    Args:
        kind: ``none``.
    """

    kind: Literal["none"]


PushAuth = Annotated[TokenAuth | BasicAuth | HmacAuth | ActilityAuth | NoAuth, Field(discriminator="kind")]


class HttpPushConfig(Section):
    """A port that webhooks are sent to, at ``/in/NAME/…``.

    Args:
        kind: ``http_push``.
        name: What routes call it, and the part of the path after ``/in/``.
        host: Address to listen on.
        port: Port; 0 takes a free one. Several sources may share a port.
        auth: How a sender shows that it may.
        topic: Topic of a message, with ``{path}`` for what follows the name in the path, ``{query.NAME}`` for a
            parameter and ``{header.NAME}`` for a header. Where nothing follows the name, ``{path}`` is the name.
        media_types: What is taken; others are answered 415. A sender that names none is taken.
        query_as_body: Takes GET too, and makes a JSON object of the query's parameters, for devices that can do no
            more.
        headers: Headers that are kept with the message, e.g. for ``dedup``.
        max_payload: Bytes of a body; larger ones are answered 413.
        timeout: How long a request may take to arrive, and to be kept; then it is answered 408 or 503.
        max_requests: Requests open at a time; more are answered 503.
        max_connections: Connections open at a time.
    """

    kind: Literal["http_push"]
    name: str = Field(default="http", pattern=_NAME)
    host: str = "127.0.0.1"
    port: int = Field(default=8088, ge=0, le=65535)
    auth: PushAuth | None = None
    topic: str = "{path}"
    media_types: Annotated[tuple[str, ...], BeforeValidator(one_or_many)] = (
        JSON,
        "application/cbor",
        "application/octet-stream",
        "application/senml+json",
        "application/senml+cbor",
        "application/x-protobuf",
        "application/xml",
        "text/csv",
        "text/plain",
        "text/xml",
    )
    query_as_body: bool = False
    headers: tuple[str, ...] = _MESSAGE_IDS
    max_payload: Size = 1_000_000
    timeout: Duration = Field(default=10.0, gt=0)
    max_requests: int = Field(default=256, ge=1, le=10_000)
    max_connections: int = Field(default=1_024, ge=1, le=10_000)

    @model_validator(mode="after")
    def _guarded(self) -> HttpPushConfig:
        if self.auth is None and not _is_loopback(self.host):
            raise ValueError(
                f'source "{self.name}" listens on {self.host} and lets anybody in; give [source.auth], '
                'or kind = "none" there if a proxy asks for it'
            )
        return self


class SinceConfig(Section):
    """How an address is asked for what is new only, where it has no ETag.

    Args:
        parameter: The query's parameter.
        from_: Path, in a record, to the value that grows (``from``): the greatest one is sent next time.
        first: What is sent the first time; nothing by default.
    """

    parameter: str = Field(min_length=1)
    from_: str = Field(alias="from", min_length=1)
    first: str | None = None


class HttpPollConfig(Section):
    """An address that is asked every now and then. One bridge does so: give it a journal, and no replicas.

    Args:
        kind: ``http_poll``.
        name: What routes call it, and the first level of its topics.
        url: The address; several for ``datex2``, whose publications are put together.
        preset: What is there. ``raw``: the answer is one message, as it is, and its topic is the name. All others make
            a message of each record, as JSON, on the topic ``NAME/KEY``; those that did not change are left. ``gbfs``
            and ``datex2`` bring their routes along unless a route says ``source = NAME``.
        interval: How often.
        spread: Within which time the first request is made; so that bridges which start together do not ask together.
        records: Path to the list of records, for ``json`` and ``xml``.
        key: What tells records apart: a path (``json``, ``xml``), a column or field (``csv``, ``ckan``,
            ``opendatasoft``).
        since: How to ask for what is new only, for ``raw`` and ``json``.
        language: For ``gbfs`` and ``datex2``: which language, where there are several.
        feeds: For ``gbfs``: files of the system that become entities of the GBFS models too, as they are, e.g.
            ``station_status`` and ``vehicle_types``.
        encoding: For ``csv``.
        headers: More headers, e.g. with a key.
        token: Bearer token.
        max_size: Bytes that an answer may have.
        timeout: How long a request may take.
        allow_private: Whether addresses of private networks may be asked where a feed or a redirect leads there; the
            configured address itself may be.
    """

    kind: Literal["http_poll"]
    name: str = Field(default="poll", pattern=_NAME)
    url: Annotated[tuple[_HttpUrl, ...], BeforeValidator(one_or_many)] = Field(min_length=1)
    preset: Literal["raw", "json", "csv", "xml", "gbfs", "datex2", "opendatasoft", "ckan"] = "raw"
    interval: Duration = Field(default=300.0, ge=1)
    spread: Duration | None = None
    records: Path | None = None
    key: str | None = None
    since: SinceConfig | None = None
    language: str | None = None
    feeds: Annotated[tuple[GbfsFeed, ...], BeforeValidator(one_or_many)] = ()
    encoding: str = "utf-8-sig"
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    token: SecretStr | None = None
    max_size: Size = 16_000_000
    timeout: Duration = Field(default=30.0, gt=0)
    allow_private: bool = False

    @model_validator(mode="after")
    def _fitting(self) -> HttpPollConfig:
        preset = self.preset
        if len(self.url) > 1 and preset != "datex2":
            raise ValueError(f'source "{self.name}" has several addresses; only datex2 puts several together')
        if preset in ("json", "xml") and self.records is None:
            raise ValueError(f'source "{self.name}": say where the records are, e.g. records = "data.items"')
        if self.records is not None and preset not in ("json", "xml"):
            raise ValueError(f'source "{self.name}": records is for the presets json and xml')
        if self.since is not None and preset not in ("raw", "json"):
            raise ValueError(f'source "{self.name}": since is for the presets raw and json')
        if self.feeds and preset != "gbfs":
            raise ValueError(f'source "{self.name}": feeds is for the preset gbfs')
        if preset in ("json", "xml") and self.key is not None:
            compile_path(self.key)
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            raise ValueError(f'source "{self.name}": {self.encoding!r:.40} is not an encoding') from None
        return self


class KafkaConnection(Section):
    """A Kafka cluster, or what speaks its protocol.

    Args:
        servers: Some of the cluster's servers, ``host:port``.
        username, password: Credentials.
        mechanism: How they are shown.
        tls: Encryption; none without the table.
        options: Further options of librdkafka.
    """

    servers: Annotated[tuple[str, ...], BeforeValidator(one_or_many)] = Field(min_length=1)
    username: str | None = None
    password: SecretStr | None = None
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    tls: TlsConfig | None = None
    options: dict[str, str | int | float | bool] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _ours(self) -> Self:
        for name in self.options:
            if name in _OURS:
                raise ValueError(f"the option {name} is what order and losslessness rest on")
        return self


class KafkaConfig(KafkaConnection):
    """Topics of a Kafka cluster, or of what speaks its protocol. Replicas share them by the group; none needs a disk.

    Args:
        kind: ``kafka``.
        name: What routes call it.
        servers: Some of the cluster's servers, ``host:port``.
        topics: Which to read; one that starts with ``^`` is a pattern.
        group: Name of the consumer group: bridges of one group share the partitions among them.
        instance: Name of this member that stays over a restart, e.g. the pod's: a quick restart moves no partition.
        topic: Topic that routes see, with ``{topic}`` for Kafka's, ``{key}`` for the record's key and
            ``{header.NAME}``. By default it is the header ``mqtt-topic``, else the key, else Kafka's topic.
        start: Where a group begins that has no position yet.
        dead_letters: Topic for dead letters; its first partition is used.
        username, password: Credentials.
        mechanism: How they are shown.
        tls: Encryption; none without the table.
        max_payload: Bytes of a payload above which a message becomes a dead letter, cut to this size.
        session_timeout: How long after its last sign of life a member's partitions go to others.
        grace: How long open requests are waited for before partitions are given back.
        options: Further options of librdkafka.
    """

    kind: Literal["kafka"]
    name: str = Field(default="kafka", pattern=_NAME)
    topics: Annotated[tuple[str, ...], BeforeValidator(one_or_many)] = Field(min_length=1)
    group: str = Field(default="citycontext", min_length=1)
    instance: str | None = Field(default=None, min_length=1)
    topic: str | None = None
    start: Literal["earliest", "latest"] = "earliest"
    dead_letters: str = Field(default="citycontext-dead-letters", min_length=1)
    max_payload: Size = 1_000_000
    session_timeout: Duration = Field(default=45.0, ge=1)
    grace: Duration = 10.0

    @model_validator(mode="after")
    def _apart(self) -> KafkaConfig:
        if self.dead_letters in self.topics:
            raise ValueError(f'source "{self.name}" reads its own dead letters; name another topic')
        return self


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _MqttSource(MqttConfig):
    """An MQTT broker in a ``[[source]]`` table; ``[mqtt]`` is the short form.

    Args:
        kind: ``mqtt``.
    """

    kind: Literal["mqtt"] = "mqtt"


SourceConfig = Annotated[_MqttSource | HttpPushConfig | HttpPollConfig | KafkaConfig, Field(discriminator="kind")]
