"""Notifications on their way: over HTTP (6.3.8, 6.3.9) or MQTT (clause 7)."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import orjson

from citycontext.broker.notifying.subscriptions import LiveSubscription
from citycontext.broker.request.negotiation import prefers
from citycontext.broker.responses.answers import with_context
from citycontext.broker.wire import GEO_JSON, LD_JSON
from citycontext.errors import InvalidDocument, MissingExtra
from citycontext.foreign_text import printable, shown
from citycontext.ngsild.context import link_header
from citycontext.ngsild.key_value_pairs import without_password
from citycontext.web.http import httpx

__all__ = ["DeliveryFailed", "check_endpoint", "deliver"]

_TIMEOUT: Final = 5.0
_ENDPOINT: Final = re.compile(r"(?:https?|mqtts?)://[^/]", re.IGNORECASE)
_JSON: Final = "application/json"
_HIDDEN: Final = frozenset({"content-length", "content-type", "host", "transfer-encoding", "connection"})


class DeliveryFailed(Exception):
    """The receiver did not take a notification.

    Args:
        reason: Why, in a few words.
        retryable: Whether it may take it later.
    """

    def __init__(self, reason: str, *, retryable: bool) -> None:
        super().__init__(reason)
        self.retryable = retryable


def check_endpoint(uri: str) -> None:
    """Make sure that notifications can be sent to an endpoint.

    Raises:
        InvalidDocument: It is no address of a scheme that notifications go by (5.2.15).
        MissingExtra: It speaks MQTT, and the library for that is not installed.
    """
    if _ENDPOINT.match(uri) is None:
        raise InvalidDocument(
            f"{shown(without_password(uri))} is not where this broker can notify: http(s)://… or mqtt(s)://…",
            path="notification.endpoint.uri",
            clause="5.2.15",
        )
    if _is_mqtt(uri):
        try:
            import paho.mqtt.publish  # noqa: F401
        except ModuleNotFoundError:
            raise MissingExtra("broker", package="paho-mqtt", purpose="A notification over MQTT") from None


def _prefers_json(information: Mapping[str, str]) -> bool:
    """Tell whether a receiver wants GeoJSON without an @context in it (6.3.8, 5.3.1)."""
    asked = next((value for name, value in information.items() if name.lower() == "prefer"), "")
    return prefers(asked, "body", "json")


def _is_mqtt(uri: str) -> bool:
    return uri[:4].lower() == "mqtt"


async def deliver(
    subscription: LiveSubscription, notification: Mapping[str, Any], *, context_url: str, tenant: str
) -> None:
    """Send one notification.

    Args:
        subscription: Who asked for it, and where it goes.
        notification: What it says.
        context_url: Address of the @context it is compacted with.
        tenant: The tenant's name; empty for the default one.

    Raises:
        DeliveryFailed: It was not taken.
    """
    endpoint = subscription.wire["notification"]["endpoint"]
    media_type = endpoint.get("accept", _JSON)
    information = {pair["key"]: pair["value"] for pair in endpoint.get("receiverInfo", ())}
    headers = {"Content-Type": media_type}
    body = dict(notification)
    if media_type == LD_JSON or (media_type == GEO_JSON and not _prefers_json(information)):
        wire = subscription.notified_context.wire
        body |= {"data": with_context(notification["data"], wire), "@context": wire}
    else:
        headers["Link"] = link_header(context_url)
    if tenant:
        headers["NGSILD-Tenant"] = tenant
    headers |= {name: value for name, value in information.items() if name.lower() not in _HIDDEN}
    timeout = float(endpoint.get("timeout", _TIMEOUT * 1000)) / 1000
    if _is_mqtt(endpoint["uri"]):
        notifier = {pair["key"]: pair["value"] for pair in endpoint.get("notifierInfo", ())}
        payload = orjson.dumps({"metadata": headers, "body": body})
        await asyncio.to_thread(_publish, endpoint["uri"], payload, notifier, timeout)
    else:
        await _post(endpoint["uri"], orjson.dumps(body), headers, timeout)


async def _post(uri: str, body: bytes, headers: dict[str, str], timeout: float) -> None:  # noqa: ASYNC109
    try:
        async with (
            asyncio.timeout(timeout),
            httpx.AsyncClient(verify=_tls(), timeout=timeout, trust_env=False) as http,
            # The status says it all: what else a receiver answers is not read.
            http.stream("POST", uri, content=body, headers=headers) as answer,
        ):
            pass
    except TimeoutError as error:
        raise DeliveryFailed(f"it did not answer within {timeout:g} s", retryable=True) from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise DeliveryFailed(printable(str(error)) or type(error).__name__, retryable=True) from error
    if not answer.is_success:
        retryable = answer.status_code >= 500 or answer.status_code in (408, 425, 429)
        raise DeliveryFailed(f"it answered {answer.status_code}", retryable=retryable)


def _publish(uri: str, payload: bytes, notifier: Mapping[str, str], timeout: float) -> None:
    import paho.mqtt.client as mqtt
    from paho.mqtt import MQTTException, publish

    parts = urlsplit(uri)
    secured: Any = {"ca_certs": None} if parts.scheme == "mqtts" else None
    version = mqtt.MQTTv311 if notifier.get("MQTT-Version", "mqtt5.0") == "mqtt3.1.1" else mqtt.MQTTv5
    login: Any = None
    if parts.username is not None:
        login = {"username": unquote(parts.username), "password": unquote(parts.password or "") or None}
    try:
        publish.single(
            unquote(parts.path.lstrip("/")),
            payload,
            qos=int(notifier.get("MQTT-QoS", "0")),
            hostname=parts.hostname or "localhost",
            port=parts.port or (8883 if secured else 1883),
            keepalive=max(1, int(timeout)),
            auth=login,
            tls=secured,
            protocol=version,
        )
    except (OSError, ValueError, MQTTException) as error:
        raise DeliveryFailed(str(error) or type(error).__name__, retryable=True) from error


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
