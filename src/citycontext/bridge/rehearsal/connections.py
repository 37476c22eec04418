"""Try the connections of a configuration: reachable, let in, clocks agree, and the MQTT broker keeps what it should."""

from __future__ import annotations

import queue
import re
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import paho.mqtt.client as paho
from paho.mqtt.subscribeoptions import SubscribeOptions

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.config.connections import MqttConfig
from citycontext.bridge.delivery.context_broker import auth_of, headers_of
from citycontext.bridge.delivery.model_contexts import written_type
from citycontext.bridge.sources.mqtt import FILTERS_AT_ONCE
from citycontext.bridge.sources.mqtt_client import connect_options, make_client, plain_reason
from citycontext.bridge.sources.subscriptions import wanted_subscriptions
from citycontext.bridge.sources.tls_faults import silent_reason
from citycontext.configuration.masking import masked
from citycontext.errors import AuthenticationError, ContextError, ContextNotAvailable
from citycontext.foreign_text import printable
from citycontext.ngsild.context import Context, FetchingLoader
from citycontext.ngsild.context.fetching import ContextFetcher
from citycontext.ngsild.findings import Finding, Severity
from citycontext.ngsild.terms import DEFAULT_CONTEXT
from citycontext.web.answers import ACCEPT_ENCODING, limit
from citycontext.web.http import httpx

__all__ = ["try_connections"]

_KEPT_MESSAGES: Final = 2_000
_MOST: Final = 4 * 1024 * 1024
_LONGEST: Final = 500
_SKEW: Final = 5.0
_NO_HISTORY: Final = frozenset({404, 405, 422, 501})


def try_connections(config: BridgeConfig, *, keeping: bool = True) -> list[Finding]:
    """Connect to all brokers as the bridge would, under a client id of its own.

    Args:
        config: The configuration.
        keeping: Whether to measure how many messages an MQTT broker keeps for a bridge that is away: some thousand
            small ones are published on ``citycontext/check/…`` and taken back.

    Returns:
        What is wrong or worth knowing; an error where the bridge could not work.
    """
    findings: list[Finding] = []
    for mqtt in config.mqtt:
        findings += _mqtt(mqtt, wanted_subscriptions(config, mqtt), keeping=keeping)
    findings += _context_broker(config)
    return findings


def _mqtt(config: MqttConfig, filters: Mapping[str, int], *, keeping: bool) -> Iterator[Finding]:
    where = "mqtt.url" if config.name == "mqtt" else f'mqtt "{config.name}".url'
    name = f"citycontext-check-{secrets.token_hex(4)}"
    with _Probe(config, name) as probe:
        if probe.trouble is not None:
            yield Finding(where, "connection", probe.trouble, Severity.ERROR)
            return
        yield Finding(where, "connection", f"{config.address} lets us in (MQTT {config.version})", Severity.NOTE)
    yield from _subscriptions(config, name, filters)
    if keeping and config.durable:
        kept = _kept(config, name)
        if kept < _KEPT_MESSAGES:
            yield Finding(
                where,
                "queue",
                f"the broker kept {kept} of {_KEPT_MESSAGES} messages for a client that was away; the others would be "
                "lost. In mosquitto.conf, set max_queued_messages 1000000",
                Severity.WARNING,
            )
        else:
            message = f"the broker keeps at least {_KEPT_MESSAGES} messages for a client that is away"
            yield Finding(where, "queue", message, Severity.NOTE)


def _subscriptions(config: MqttConfig, name: str, filters: Mapping[str, int]) -> Iterator[Finding]:
    """Subscribe as the bridge will, for a moment: many brokers let in whom they let read nothing."""
    where = "mqtt" if config.name == "mqtt" else f'mqtt "{config.name}"'
    # Not as one of a group: the messages that the group dealt to this client would be lost.
    topics = [(topic.split("/", 2)[2] if config.share else topic, qos) for topic, qos in filters.items()]
    refused: list[str] = []
    with _Probe(config.model_copy(update={"durable": False}), f"{name}-subscribes") as probe:
        for start in range(0, len(topics), FILTERS_AT_ONCE):
            part = topics[start : start + FILTERS_AT_ONCE]
            answers = probe.subscribe(part)
            if answers is None:
                named = masked(printable(", ".join(topic for topic, _ in part), _LONGEST))
                message = (
                    f"{config.address} ends the connection at the subscription to {named}, or does not answer it: its "
                    "policy may deny one of them"
                )
                yield Finding(f"{where}.url", "subscription", message, Severity.ERROR)
                return
            refused += [topic for (topic, _), good in zip(part, answers, strict=False) if not good]
    if refused:
        named = masked(printable(", ".join(refused), _LONGEST))
        message = f"{config.address} refuses the subscription to {named}: allow it in its access rules"
        yield Finding(f"{where}.url", "subscription", message, Severity.ERROR)


class _Probe:
    """A connection with a thread of paho's own."""

    def __init__(self, config: MqttConfig, client_id: str, *, subscribe: str | None = None) -> None:
        self.client = make_client(config, client_id)
        self.trouble: str | None = f"{config.address} gave no answer within {config.connect_timeout:g} s"
        self.received = 0
        self._config = config
        self._subscribe = subscribe
        self._ready = threading.Event()
        self.client.on_connect = self._on_connect
        self._answers: queue.Queue[list[bool] | None] = queue.Queue()
        self.client.on_subscribe = self._on_subscribe
        self.client.on_disconnect = self._on_disconnect
        self.client.on_message = self._on_message

    def __enter__(self) -> _Probe:
        config = self._config
        try:
            self.client.connect(config.host, config.port, int(config.keepalive), **connect_options(config))
        except (OSError, ValueError) as error:
            self.trouble = f"cannot connect to {config.address}: {plain_reason(error, config.encryption)}"
            return self
        self.client.loop_start()
        self._ready.wait(config.connect_timeout)
        return self

    def __exit__(self, *error: object) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def _on_connect(self, client: paho.Client, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self.trouble = f"{self._config.address} refused the connection: {reason}" if reason.is_failure else None
        if self._subscribe is not None and self.trouble is None:
            client.subscribe(self._subscribe, 1)
        else:
            self._ready.set()

    def _on_disconnect(self, *_: Any) -> None:
        if not self._ready.is_set():
            fault = silent_reason(self._config) or "it ends the connection without an answer; is this an MQTT broker?"
            self.trouble = f"cannot connect to {self._config.address}: {fault}"
            self._ready.set()
        self._answers.put(None)

    def _on_subscribe(self, client: paho.Client, userdata: Any, mid: int, reasons: Any, properties: Any) -> None:
        self._answers.put([not reason.is_failure for reason in reasons])
        self._ready.set()

    def subscribe(self, topics: list[tuple[str, int]]) -> list[bool] | None:
        """Subscribe, and return which filters were taken; ``None`` if the connection ended or no answer came."""
        if self.trouble is not None:
            return None
        if self._config.version == "5":
            self.client.subscribe([(topic, SubscribeOptions(qos=qos, retainHandling=2)) for topic, qos in topics])
        else:
            self.client.subscribe(topics)
        try:
            return self._answers.get(timeout=self._config.connect_timeout)
        except queue.Empty:
            return None

    def _on_message(self, *_: Any) -> None:
        self.received += 1


def _kept(config: MqttConfig, name: str) -> int:
    topic = f"citycontext/check/{name}"
    away = f"{name}-away"
    with _Probe(config, away, subscribe=topic):
        pass
    with _Probe(config, name) as publisher:
        sent = [publisher.client.publish(topic, str(number), 1) for number in range(_KEPT_MESSAGES)]
        sent[-1].wait_for_publish(config.connect_timeout)
    with _Probe(config, away, subscribe=topic) as back:
        quiet_since, seen = time.monotonic(), -1
        while back.received < _KEPT_MESSAGES and time.monotonic() - quiet_since < 1.0:
            if back.received != seen:
                quiet_since, seen = time.monotonic(), back.received
            time.sleep(0.02)
    # The session must not stay behind.
    with _Probe(config.model_copy(update={"durable": False}), away):
        pass
    return back.received


def _context_broker(config: BridgeConfig) -> Iterator[Finding]:
    broker = config.context_broker
    verify = True if broker.ca_file is None else str(broker.ca_file)
    with httpx.Client(
        auth=auth_of(broker),
        timeout=broker.timeout,
        verify=verify,
        headers={"Accept-Encoding": ACCEPT_ENCODING},
        event_hooks={"response": [limit(_MOST, seconds=broker.timeout)]},
    ) as client:
        yield from _try_context_broker(client, config)


def _try_context_broker(client: httpx.Client, config: BridgeConfig) -> Iterator[Finding]:
    broker = config.context_broker
    url = broker.url.removesuffix("/").removesuffix("/ngsi-ld/v1")
    tenants = {
        broker.tenant,
        *(route.tenant for route in config.route if route.tenant is not None and "{" not in route.tenant),
    }
    for tenant in sorted(tenants, key=str):
        headers = headers_of(broker) | ({"NGSILD-Tenant": tenant} if tenant is not None else {})
        try:
            answer = client.get(f"{url}/ngsi-ld/v1/types", headers=headers)
        except AuthenticationError as error:
            yield Finding("context_broker.oauth2", "credentials", str(error), Severity.ERROR)
            return
        except httpx.HTTPError as error:
            reason = "no answer in time" if isinstance(error, httpx.TimeoutException) else printable(str(error))
            yield Finding("context_broker.url", "connection", f"cannot reach {broker.url}: {reason}", Severity.ERROR)
            return
        said = f"{broker.url} answered {answer.status_code} to GET /ngsi-ld/v1/types"
        if answer.status_code in (401, 403):
            yield Finding("context_broker", "credentials", f"{said}: it does not let us in", Severity.ERROR)
        elif answer.status_code == 404 and tenant is not None:
            # Brokers make a tenant with its first entity.
            message = f"{said}: tenant {tenant} is not there yet"
            yield Finding("context_broker.tenant", "tenant", message, Severity.WARNING)
        elif not answer.is_success:
            yield Finding("context_broker.url", "connection", said, Severity.ERROR)
        else:
            version = _version(client, url, headers)
            yield Finding("context_broker.url", "connection", f"{broker.url} answers{version}", Severity.NOTE)
            read, findings = _configured_context(config)
            yield from findings
            yield from _other_names(answer, config, read)
            yield from _history(client, url, headers, config)
        yield from _skew(answer)


def _configured_context(config: BridgeConfig) -> tuple[Context | None, list[Finding]]:
    """Return the @context that entities are written with, fetched from here as context brokers fetch it."""
    broker = config.context_broker
    if broker.by_models or not broker.context:
        return None, []
    fetch = ContextFetcher(timeout=broker.timeout, allow_private=True)
    try:
        return Context.parse(list(broker.context), FetchingLoader(fetch)), []
    except ContextNotAvailable as error:
        message = f"{printable(str(error))}; a context broker that cannot fetch it either refuses what is written"
        return None, [Finding("context_broker.context", "context", message, Severity.WARNING)]
    except ContextError as error:
        return None, [Finding("context_broker.context", "context", printable(str(error)), Severity.ERROR)]


def _other_names(answer: httpx.Response, config: BridgeConfig, read: Context | None) -> Iterator[Finding]:
    """Return where the broker has entities of a route's type under another name, which readers of one do not find."""
    try:
        listed = answer.json()["typeList"]
        stored = {name if "://" in name else DEFAULT_CONTEXT + name for name in listed if isinstance(name, str)}
    except (ValueError, KeyError, TypeError):
        return
    for type_name in dict.fromkeys(
        one for route in config.route for entity in route.entity for one in entity.all_types
    ):
        written = written_type(type_name, config, read)
        others = {one for one in stored if one != written and re.split("[/#]", one)[-1] == type_name}
        if not written or not others:
            continue
        cure = "" if config.context_broker.by_models else '; context = "models" writes by the models'
        message = f"{type_name} is written as {written}, and the context broker has {', '.join(sorted(others))} too"
        message += f": who asks for one does not find the other{cure}"
        yield Finding("context_broker.context", "names", message, Severity.WARNING)


def _writes_history(config: BridgeConfig) -> bool:
    delivery = config.delivery
    return delivery.late == "temporal" or any((route.mode or delivery.mode) != "entities" for route in config.route)


def _history(client: httpx.Client, url: str, headers: dict[str, str], config: BridgeConfig) -> Iterator[Finding]:
    writes = _writes_history(config)
    if not writes and config.delivery.late is not None:
        return
    query = {"type": "Device", "timerel": "before", "timeAt": "1970-01-01T00:00:00Z"}
    try:
        answer = client.get(f"{url}/ngsi-ld/v1/temporal/entities", params=query, headers=headers)
    except httpx.HTTPError:
        return
    if not writes:
        if answer.status_code in _NO_HISTORY:
            yield Finding(
                "delivery.late",
                "late",
                "the context broker keeps no history, so values that come late overwrite newer ones: "
                'set delivery.late = "drop" to leave them out, or "pass" if that is meant',
                Severity.WARNING,
            )
        elif answer.is_success:
            message = "the context broker keeps history: values that come late go there, and overwrite nothing newer"
            yield Finding("delivery.late", "late", message, Severity.NOTE)
    elif answer.status_code in _NO_HISTORY:
        yield Finding(
            "delivery.mode",
            "history",
            f"the context broker answered {answer.status_code} to a question about history; it seems to keep none",
            Severity.ERROR,
        )


def _version(client: httpx.Client, url: str, headers: dict[str, str]) -> str:
    for path in ("ngsi-ld/v1/info/sourceIdentity", "ngsi-ld/ex/v1/version", "version"):
        try:
            answer = client.get(f"{url}/{path}", headers=headers)
            document = answer.json() if answer.is_success else None
        except (httpx.HTTPError, ValueError):
            continue
        if isinstance(document, dict):
            for key in ("contextSourceAlias", "orionld version", "version"):
                if isinstance(document.get(key), str):
                    return f" ({key}: {printable(document[key], 80)})"
    return ""


def _skew(answer: httpx.Response) -> Iterator[Finding]:
    try:
        theirs = parsedate_to_datetime(answer.headers["Date"])
    except (KeyError, ValueError):
        return
    ahead = (datetime.now(UTC) - theirs).total_seconds()
    if abs(ahead) > _SKEW:
        yield Finding(
            "context_broker.url",
            "clock",
            f"this machine's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the context broker's; "
            "keep both with NTP",
            Severity.WARNING,
        )
