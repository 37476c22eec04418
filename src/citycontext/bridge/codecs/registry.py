"""Find a codec by name: one of ours, one of another package, or ``module:function`` of the user."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

from citycontext.bridge.codecs.decoders import EmbeddedBytes
from citycontext.bridge.codecs.imports import import_object
from citycontext.errors import ConfigurationError, PayloadError

__all__ = ["ENTRY_POINT_GROUP", "OPTIONS_OF_NEW_FILES", "AskingCodec", "Codec", "codec_names", "load_codec"]

ENTRY_POINT_GROUP: Final = "citycontext.codecs"
"""Entry points of this group are codecs: their name is the codec's, their object a class like ``JsonCodec``."""

_OURS: Final = {
    "actility": "citycontext.bridge.codecs.network_servers:ActilityCodec",
    "everynet": "citycontext.bridge.codecs.network_servers:EverynetCodec",
    "helium": "citycontext.bridge.codecs.network_servers:HeliumCodec",
    "kerlink": "citycontext.bridge.codecs.network_servers:KerlinkCodec",
    "live-objects": "citycontext.bridge.codecs.network_servers:LiveObjectsCodec",
    "loriot": "citycontext.bridge.codecs.network_servers:LoriotCodec",
    "multitech": "citycontext.bridge.codecs.network_servers:MultitechCodec",
    "objenious": "citycontext.bridge.codecs.network_servers:ObjeniousCodec",
    "orbiwise": "citycontext.bridge.codecs.network_servers:OrbiwiseCodec",
    "proximus": "citycontext.bridge.codecs.network_servers:ProximusCodec",
    "cayenne-lpp": "citycontext.bridge.codecs.cayenne_lpp:CayenneLppCodec",
    "cbor": "citycontext.bridge.codecs.cbor:CborCodec",
    "messagepack": "citycontext.bridge.codecs.messagepack:MessagePackCodec",
    "protobuf": "citycontext.bridge.codecs.protobuf_messages:ProtobufCodec",
    "dsmr": "citycontext.bridge.codecs.dsmr:DsmrCodec",
    "chirpstack": "citycontext.bridge.codecs.chirpstack:ChirpStackCodec",
    "csv": "citycontext.bridge.codecs.csv:CsvCodec",
    "home-assistant": "citycontext.bridge.codecs.home_assistant:HomeAssistantCodec",
    "homie": "citycontext.bridge.codecs.homie:HomieCodec",
    "iot-agent-json": "citycontext.bridge.codecs.iot_agent_json:IotAgentJsonCodec",
    "json": "citycontext.bridge.codecs.json:JsonCodec",
    "senml": "citycontext.bridge.codecs.senml:SenmlCodec",
    "sensor-community": "citycontext.bridge.codecs.sensor_community:SensorCommunityCodec",
    "sensorthings": "citycontext.bridge.codecs.sensorthings:SensorThingsCodec",
    "shelly": "citycontext.bridge.codecs.shelly:ShellyCodec",
    "sparkplug-b": "citycontext.bridge.codecs.sparkplug_b:SparkplugCodec",
    "tasmota": "citycontext.bridge.codecs.tasmota:TasmotaCodec",
    "text": "citycontext.bridge.codecs.text:TextCodec",
    "the-things-stack": "citycontext.bridge.codecs.the_things_stack:TheThingsStackCodec",
    "ultralight": "citycontext.bridge.codecs.ultralight:UltralightCodec",
    "zigbee2mqtt": "citycontext.bridge.codecs.zigbee2mqtt:Zigbee2MqttCodec",
}


_WITH_BYTES_INSIDE: Final = frozenset(
    {"iot-agent-json", "sensor-community", "sensorthings", "shelly", "tasmota", "zigbee2mqtt"}
)
"""Codecs for JSON that leave the bytes in it to ``decoder``; the others read them on their own."""
_OF_BYTES: Final = ("decoder", "payload", "port", "bytes")
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

OPTIONS_OF_NEW_FILES: Final[dict[str, dict[str, Any]]] = {"shelly": {"device": "topic"}}
"""Options that hold, where they are not given, in a configuration with ``ids = 2``."""


class Codec(Protocol):
    """What reads payloads. One object serves one route, always from the same thread, so it may keep state."""

    def decode(self, payload: bytes, topic: str) -> Iterable[Any]:
        """Read a payload.

        Args:
            payload: The message's bytes.
            topic: The topic it came on.

        Returns:
            The documents in it: none where the message carries nothing to map (a join, a status).

        Raises:
            PayloadError: The payload is not what this codec reads.
        """
        ...


@runtime_checkable
class AskingCodec(Codec, Protocol):
    """A codec that wants messages published, e.g. to be told again what it missed."""

    def requests(self) -> list[tuple[str, bytes]]:
        """Return what to publish, as topic and payload; each once. Asked for after a message that could not be read."""
        ...


class _FunctionCodec:
    """A user's function, taken as a codec."""

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        self._function = function
        self._options = options

    def decode(self, payload: bytes, topic: str) -> Iterable[Any]:
        result = self._function(payload, topic, **self._options)
        if result is None:
            return ()
        return result if isinstance(result, list) else (result,)


class _EncodedCodec:
    """Writes a payload of another encoding as UTF-8, then gives it to its codec."""

    def __init__(self, codec: Codec, encoding: str) -> None:
        "".encode(encoding)
        self._codec = codec
        self._encoding = encoding

    def decode(self, payload: bytes, topic: str) -> Iterable[Any]:
        # A mark at the beginning says better than the configuration what the rest is.
        if payload.startswith(_MARKS):
            return self._codec.decode(payload, topic)
        try:
            content = payload.decode(self._encoding).encode()
        except UnicodeError:
            raise PayloadError(
                f"the payload is not a {self._encoding} text: it starts with {payload[:16].hex(' ')}"
            ) from None
        return self._codec.decode(content, topic)


class _EmbeddedCodec:
    """Decodes bytes inside of the documents that a codec for JSON reads."""

    def __init__(self, codec: Codec, options: dict[str, Any]) -> None:
        self._codec = codec
        self._embedded = EmbeddedBytes(
            options["decoder"], options.get("payload"), options.get("port"), options.get("bytes")
        )

    def decode(self, payload: bytes, topic: str) -> Iterable[Any]:
        return [self._embedded.decoded(document) for document in self._codec.decode(payload, topic)]


def codec_names() -> list[str]:
    """List the codecs that are installed.

    Returns:
        Their names, sorted.
    """
    return sorted({*_OURS, *(point.name for point in entry_points(group=ENTRY_POINT_GROUP))})


def load_codec(name: str, options: dict[str, Any] | None = None, *, folder: Path | None = None) -> Codec:
    """Make a codec.

    Args:
        name: A codec's name, or ``module:function``: the function takes payload and topic and returns a document, a
            list of documents, or ``None`` for nothing to map.
        options: The codec's options.
        folder: Where modules of the user are looked for too: the folder of the configuration file.

    Returns:
        A codec of its own for one route.

    Raises:
        ConfigurationError: There is no such codec, it cannot be imported, or it does not take the options.
    """
    options = options or {}
    if ":" in name:
        found = import_object(name, folder)
    elif name in _OURS:
        found = import_object(_OURS[name])
    else:
        point = next(iter(entry_points(group=ENTRY_POINT_GROUP, name=name)), None)
        if point is None:
            near = difflib.get_close_matches(name, codec_names(), n=1)
            cure = f'Did you mean "{near[0]}"?' if near else f"There are: {', '.join(codec_names())}."
            raise ConfigurationError(f'there is no codec "{name}".', key="codec", cure=cure)
        found = point.load()
    if not isinstance(found, type):
        return _FunctionCodec(found, options)
    if folder is not None and isinstance(options.get("decoder"), str) and ":" in options["decoder"]:
        # A decoder of the user stands where a codec of the user does.
        import_object(options["decoder"], folder)
    if folder is not None and "folder" in inspect.signature(found).parameters:
        options = {"folder": folder} | options
    embedded: dict[str, Any] = {}
    if name in _WITH_BYTES_INSIDE and "decoder" in options:
        embedded = {key: options[key] for key in _OF_BYTES if key in options}
        options = {key: value for key, value in options.items() if key not in embedded}
    encoding = None
    if "encoding" in options and "encoding" not in inspect.signature(found).parameters:
        encoding = options["encoding"]
        options = {name: value for name, value in options.items() if name != "encoding"}
    try:
        codec: Codec = found(**options)
        if embedded:
            codec = _EmbeddedCodec(codec, embedded)
        if encoding is not None:
            codec = _EncodedCodec(codec, encoding)
    except (TypeError, ValueError, LookupError) as error:
        raise ConfigurationError(f'codec "{name}" does not take these options: {error}.', key="codec") from None
    return codec
