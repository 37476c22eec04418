"""A paho client as the configuration of an MQTT broker asks for it."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from citycontext.bridge.config.connections import MqttConfig, TlsConfig
from citycontext.bridge.sources.read_ahead import PlainMessage, ReadAheadClient
from citycontext.bridge.sources.source import NO_ANSWER, NO_HOST, NOTHING_LISTENS
from citycontext.bridge.sources.tls_faults import tls_context, tls_reason

__all__ = ["connect_options", "make_client", "make_read_ahead_client", "plain_reason"]


def make_client(config: MqttConfig, client_id: str) -> paho.Client:
    """Make a client that acknowledges by itself; it connects to nothing yet.

    Args:
        config: The broker.
        client_id: Name of the session.

    Returns:
        The client. It does not reconnect by itself.

    Raises:
        ConfigurationError: The certificates cannot be used.
    """
    client = paho.Client(**_options(config, client_id))
    _prepare(client, config)
    return client


def make_read_ahead_client(config: MqttConfig, client_id: str, on_plain_message: PlainMessage) -> ReadAheadClient:
    """Make a client whose messages are acknowledged by hand; it connects to nothing yet.

    Args:
        config: The broker.
        client_id: Name of the session.
        on_plain_message: Takes messages in their plain form.

    Returns:
        The client. It does not reconnect by itself.

    Raises:
        ConfigurationError: The certificates cannot be used.
    """
    client = ReadAheadClient(on_plain_message=on_plain_message, manual_ack=True, **_options(config, client_id))
    _prepare(client, config)
    return client


def _options(config: MqttConfig, client_id: str) -> dict[str, Any]:
    is_v5 = config.version == "5"
    return {
        "callback_api_version": CallbackAPIVersion.VERSION2,
        "client_id": client_id,
        "clean_session": None if is_v5 else not config.durable,
        "protocol": MQTTProtocolVersion.MQTTv5 if is_v5 else MQTTProtocolVersion.MQTTv311,
        "transport": "websockets" if config.is_websocket else "tcp",
        "reconnect_on_failure": False,
    }


def _prepare(client: paho.Client, config: MqttConfig) -> None:
    client.connect_timeout = config.connect_timeout
    if config.username is not None:
        client.username_pw_set(config.username, None if config.password is None else config.password.get_secret_value())
    if config.is_websocket:
        client.ws_set_options(path=config.resource)
    if config.is_encrypted:
        client.tls_set_context(tls_context(config.tls))


def connect_options(config: MqttConfig) -> dict[str, Any]:
    """Return the arguments of ``connect`` beside the address: those of MQTT 5, where it is spoken.

    Args:
        config: The broker.
    """
    if config.version != "5":
        return {}
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = int(config.session_expiry) if config.durable else 0
    properties.ReceiveMaximum = config.receive_maximum
    return {"clean_start": not config.durable, "properties": properties}


def plain_reason(error: OSError | ValueError, tls: TlsConfig | None = None) -> str:
    """Say in words why a connection failed.

    Args:
        error: What connecting raised.
        tls: What the configuration says of encryption, where the connection is encrypted.
    """
    if isinstance(error, ConnectionRefusedError):
        return NOTHING_LISTENS
    if isinstance(error, socket.gaierror):
        return NO_HOST
    if isinstance(error, TimeoutError):
        return NO_ANSWER
    if isinstance(error, ssl.SSLError) or (isinstance(error, ConnectionResetError) and tls is not None):
        return tls_reason(error, tls)
    return str(error)
