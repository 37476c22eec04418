"""Notifications on their way: over HTTP (6.3.8, 6.3.9) or MQTT (clause 7)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Final

import orjson

from citycontext.broker.notifying.mqtt_publishing import publish
from citycontext.broker.notifying.receivers import Receivers
from citycontext.broker.notifying.subscriptions import LiveSubscription
from citycontext.broker.request.negotiation import prefers
from citycontext.errors import InvalidDocument, MissingExtra
from citycontext.foreign_text import shown
from citycontext.ngsild.context import link_header
from citycontext.ngsild.key_value_pairs import without_password
from citycontext.web.media_types import GEO_JSON, JSON, LD_JSON

__all__ = ["carries_context", "check_endpoint", "deliver", "endpoint_headers", "head_of"]

_TIMEOUT: Final = 5.0
_ENDPOINT: Final = re.compile(r"(?:https?|mqtts?)://[^/]", re.IGNORECASE)
_HIDDEN: Final = frozenset(
    {"content-length", "content-type", "host", "transfer-encoding", "connection", "link", "ngsild-tenant"}
)
_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


def check_endpoint(endpoint: Mapping[str, Any]) -> None:
    """Make sure that notifications can be sent to an endpoint.

    Raises:
        InvalidDocument: It has no address of a scheme that notifications go by, or something in ``receiverInfo`` is no
            header (5.2.15).
        MissingExtra: It speaks MQTT, and the library for that is not installed.
    """
    uri = endpoint["uri"]
    for name, value in _pairs(endpoint, "receiverInfo").items():
        if not _is_header(name, value):
            raise InvalidDocument(
                f"{shown(name)}: {shown(value)} is not a header; a name has letters, digits and '-', a value one line",
                path="notification.endpoint.receiverInfo",
                clause="5.2.15",
            )
    if _ENDPOINT.match(uri) is None:
        raise InvalidDocument(
            f"{shown(without_password(uri))} is not where this broker can notify: http(s)://… or mqtt(s)://…",
            path="notification.endpoint.uri",
            clause="5.2.15",
        )
    if _is_mqtt(uri):
        try:
            import paho.mqtt.client  # noqa: F401
        except ModuleNotFoundError:
            raise MissingExtra("broker", package="paho-mqtt", purpose="A notification over MQTT") from None


def _prefers_json(information: Mapping[str, str]) -> bool:
    """Return whether a receiver wants GeoJSON without an @context in it (6.3.8, 5.3.1)."""
    asked = next((value for name, value in information.items() if name.lower() == "prefer"), "")
    return prefers(asked, "body", "json")


def _is_mqtt(uri: str) -> bool:
    return uri[:4].lower() == "mqtt"


def head_of(subscription: LiveSubscription, *, context_url: str, tenant: str) -> dict[str, str]:
    """Return the headers that the notifications of a subscription go with; over MQTT, their metadata.

    Args:
        subscription: Who asked for them.
        context_url: Address of the @context they are compacted with.
        tenant: The tenant's name; empty for the default one.
    """
    headers = endpoint_headers(subscription.wire["notification"]["endpoint"], tenant=tenant)
    if not carries_context(subscription):
        headers["Link"] = link_header(context_url)
    return headers


def endpoint_headers(endpoint: Mapping[str, Any], *, tenant: str) -> dict[str, str]:
    """Return the headers that everything goes with that is sent to an endpoint (5.2.15, 6.3.8).

    Args:
        endpoint: Where it goes.
        tenant: The tenant's name; empty for the default one.
    """
    headers = {"Content-Type": endpoint.get("accept", JSON)}
    if tenant:
        headers["NGSILD-Tenant"] = tenant
    # What an earlier release let in cannot be more than a header of its own.
    return headers | {
        name: value
        for name, value in _pairs(endpoint, "receiverInfo").items()
        if name.lower() not in _HIDDEN and _is_header(name, value)
    }


def carries_context(subscription: LiveSubscription) -> bool:
    """Return whether notifications have the @context in their body (6.3.8, 5.3.1)."""
    endpoint = subscription.wire["notification"]["endpoint"]
    media_type = endpoint.get("accept", JSON)
    return media_type == LD_JSON or (media_type == GEO_JSON and not _prefers_json(_pairs(endpoint, "receiverInfo")))


async def deliver(
    receivers: Receivers, endpoint: Mapping[str, Any], notification: Mapping[str, Any], headers: dict[str, str]
) -> None:
    """Send one notification.

    Args:
        receivers: The connections.
        endpoint: Where it goes.
        notification: What it says.
        headers: What it goes with.

    Raises:
        DeliveryFailed: It was not taken.
    """
    timeout = float(endpoint.get("timeout", _TIMEOUT * 1000)) / 1000
    if _is_mqtt(endpoint["uri"]):
        payload = orjson.dumps({"metadata": headers, "body": notification})
        await asyncio.to_thread(publish, endpoint["uri"], payload, _pairs(endpoint, "notifierInfo"), timeout)
    else:
        await receivers.post(endpoint["uri"], orjson.dumps(notification), headers, timeout)


def _pairs(endpoint: Mapping[str, Any], member: str) -> dict[str, str]:
    return {pair["key"]: pair["value"] for pair in endpoint.get(member, ())}


def _is_header(name: str, value: str) -> bool:
    return _TOKEN.fullmatch(name) is not None and value.isprintable()
