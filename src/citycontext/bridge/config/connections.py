"""What a configuration says of the brokers on both sides (the ``[mqtt]`` and ``[context_broker]`` tables)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from citycontext.bridge.config.section import Section, one_or_many
from citycontext.bridge.mapping.quantities import Duration, Size

__all__ = ["ContextBrokerConfig", "MqttConfig", "OAuth2Config", "TlsConfig", "http_or_https"]

_MQTT_PORTS = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}


def _url(schemes: tuple[str, ...], *, query: bool = True) -> AfterValidator:
    def check(given: str) -> str:
        parts = urlsplit(given)
        # The address may hold a password, so it is not repeated here.
        if "://" not in given:
            raise ValueError(f"the address lacks its beginning; write {schemes[0]}://host:port")
        if parts.scheme not in schemes:
            wanted = " or ".join(f"{scheme}://" for scheme in schemes)
            raise ValueError(f"the address starts with {parts.scheme}://, where {wanted} belongs")
        if not parts.hostname:
            raise ValueError(f"the address names no host; write {schemes[0]}://host:port")
        if parts.username or parts.password:
            raise ValueError("the address holds a user or password; give them as keys of their own, from ${VARIABLES}")
        if not query and (parts.query or parts.fragment):
            raise ValueError("the address has a query or a fragment, which no request to a broker keeps; leave it out")
        try:
            _ = parts.port
        except ValueError:
            raise ValueError("the port is not a number from 0 to 65535") from None
        return given

    return AfterValidator(check)


http_or_https: Final = _url(("http", "https"))
"""Checks an address that is asked by HTTP."""


class TlsConfig(Section):
    """Encryption; without any key, the system's certificate authorities are trusted.

    Args:
        ca_file: Certificate authorities to trust instead (PEM).
        certificate_file, key_file: The client's own certificate and key (PEM).
        verify: ``false`` trusts any server: for tests only.
    """

    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    verify: bool = True


class MqttConfig(Section):
    """An MQTT broker to read from.

    Args:
        url: ``mqtt://host:1883``, ``mqtts://host:8883``, ``ws://host/path`` or ``wss://host/path``.
        name: What routes call it, where there are several.
        username, password: Credentials.
        client_id: Stable name of the session; made of the host's name and the journal's path by default. Two bridges
            must never share one.
        version: Protocol version.
        keepalive: Longest silence before a ping.
        durable: Whether the broker keeps messages while the bridge is away.
        session_expiry: How long it keeps them (MQTT 5).
        receive_maximum: How many unacknowledged messages the broker may send (MQTT 5; with 3.1.1 the broker decides).
        share: Group name: bridges of one group share the messages among them.
        max_payload: Bytes of a payload above which a message becomes a dead letter, cut to this size.
        retained: Whether messages kept from before the subscription are taken.
        connect_timeout: Longest wait for a connection.
        correlation_property: User property (MQTT 5) with a message's id, for ``context_broker.correlation_header``.
        tls: Encryption, for ``mqtts`` and ``wss``.
    """

    url: Annotated[str, _url(("mqtt", "mqtts", "ws", "wss"))]
    name: str = "mqtt"
    username: str | None = None
    password: SecretStr | None = None
    client_id: str | None = Field(default=None, min_length=1)
    version: Literal["3.1.1", "5"] = "3.1.1"
    keepalive: Duration = 30.0
    durable: bool = True
    session_expiry: Duration = 7 * 86400.0
    receive_maximum: int = Field(default=1000, ge=1, le=65535)
    share: str | None = Field(default=None, pattern=r"^[^/+#]+$")
    max_payload: Size = 1_000_000
    retained: Literal["accept", "ignore"] = "accept"
    connect_timeout: Duration = 10.0
    correlation_property: str = "correlation-id"
    tls: TlsConfig = TlsConfig()

    def shared(self, topic: str) -> str:
        """Return the topic filter to subscribe with.

        Args:
            topic: The filter of a route.
        """
        return topic if self.share is None else f"$share/{self.share}/{topic}"

    @property
    def address(self) -> str:
        """The address as it may be shown: a query may hold a token."""
        return urlsplit(self.url)._replace(query="", fragment="").geturl()

    @property
    def resource(self) -> str:
        """What a websocket asks for: path and query of the address."""
        parts = urlsplit(self.url)
        return (parts.path or "/mqtt") + (f"?{parts.query}" if parts.query else "")

    @property
    def host(self) -> str:
        """Host of the address."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """Port of the address, or the scheme's usual one."""
        parts = urlsplit(self.url)
        return parts.port or _MQTT_PORTS[parts.scheme]

    @property
    def is_encrypted(self) -> bool:
        """Whether the address asks for TLS."""
        return urlsplit(self.url).scheme in ("mqtts", "wss")

    @property
    def encryption(self) -> TlsConfig | None:
        """How the connection is encrypted, where it is."""
        return self.tls if self.is_encrypted else None

    @property
    def is_websocket(self) -> bool:
        """Whether the address asks for websockets."""
        return urlsplit(self.url).scheme in ("ws", "wss")


class OAuth2Config(Section):
    """Client credentials for the context broker (RFC 6749, 4.4).

    Args:
        token_url: Where tokens are had.
        client_id, client_secret: The credentials.
        scope: Scope to ask for.
    """

    token_url: Annotated[str, _url(("https", "http"))]
    client_id: str
    client_secret: SecretStr
    scope: str | None = None


class ContextBrokerConfig(Section):
    """The context broker to write to.

    Args:
        url: Address without ``/ngsi-ld/v1``.
        tenant: Tenant, where a route names none.
        context: @context of the entities, one address or several; or ``models``: that of each entity's model.
        context_as: How the @context of a model travels: ``address``, by its official address; ``host``, uploaded once
            to the context broker, for one without internet; ``inline``, in each request.
        profile: Which broker it is, for its limits and spellings.
        token: Bearer token.
        oauth2: Client credentials instead.
        headers: More headers.
        ca_file: Certificate authorities to trust in place of the system's (PEM).
        timeout: Longest wait for an answer.
        correlation_header: Header that names the messages a request comes from, e.g. ``X-Correlation-ID``: by the ids
            they brought (``mqtt.correlation_property``), else by their numbers in the journal.
        notify: For commands: address of the MQTT broker as the context broker reaches it; that of the command's
            ``[[mqtt]]`` table by default.
        notify_username, notify_password: With which the context broker logs in there. They become part of the
            subscription.
    """

    url: Annotated[str, _url(("http", "https"), query=False)]
    tenant: str | None = None
    context: Annotated[tuple[str, ...], BeforeValidator(one_or_many)] = ()
    context_as: Literal["address", "host", "inline"] = "address"
    profile: Literal["generic", "orion-ld", "scorpio", "stellio"] = "generic"
    token: SecretStr | None = None
    oauth2: OAuth2Config | None = None
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    ca_file: Path | None = None
    timeout: Duration = 10.0
    correlation_header: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]+$")
    notify: Annotated[str, _url(("mqtt", "mqtts"))] | None = None
    notify_username: str | None = None
    notify_password: SecretStr | None = None

    @model_validator(mode="after")
    def _context(self) -> ContextBrokerConfig:
        if self.context_as != "address" and not self.context:
            raise ValueError('context_as says how a context travels; say which with context = "models"')
        if self.by_models and len(self.context) > 1:
            raise ValueError('"models" stands alone: each entity goes with the @context of its model')
        return self

    @property
    def by_models(self) -> bool:
        """Whether each entity goes with the @context of its model."""
        return "models" in self.context

    @model_validator(mode="after")
    def _no_places(self) -> ContextBrokerConfig:
        if self.tenant is not None and "{" in self.tenant:
            raise ValueError(f'tenant = "{self.tenant}" takes no {{place}} here; that of a route does')
        return self

    @model_validator(mode="after")
    def _one_way_in(self) -> ContextBrokerConfig:
        if self.token is not None and self.oauth2 is not None:
            raise ValueError("token and oauth2 are two ways to authenticate; give one")
        return self
