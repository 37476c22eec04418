"""Which codec reads a message: by the form of its topic and payload, and by trying."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from citycontext.bridge.codecs.registry import Codec, load_codec
from citycontext.bridge.message import Message
from citycontext.errors import CityContextError

__all__ = ["CodecChoice", "choose_codec", "codec_names_for", "decoded", "with_decoder"]

_P1: Final = re.compile(rb"^/[A-Za-z]{3}\d|\d-\d:\d+\.\d+\.\d+\(")
_ULTRALIGHT: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*\|[^|#]+(?:[|#][A-Za-z][A-Za-z0-9_]*\|[^|#]+)*")
_PAIRS: Final = re.compile(
    r"\s*[A-Za-z_][\w .-]*[=:]\s*[^;,&=]+(?:([;,&])\s*[A-Za-z_][\w .-]*[=:]\s*[^;,&=]+)+\s*[;,&]?\s*"
)
_SHELLY: Final = re.compile(
    r"(?:.*/)?(?:status/(?:switch|em|em1|pm1|temperature|humidity|cover|input|light|sys|wifi|devicepower|flood|smoke|"
    r"emdata|em1data|voltmeter|illuminance)(?::\d+)?|events/rpc)"
)
_TASMOTA: Final = re.compile(
    r"(?:.*/)?(?:tele|stat)/(?:[^/]+/)+(?:SENSOR|STATE|STATUS\d*|RESULT)|[^/]+/tele/(?:SENSOR|STATE)"
)
_HOME_ASSISTANT: Final = re.compile(r"homeassistant/[a-z_]+/(?:[^/]+/)?[^/]+/config")


@dataclass(frozen=True)
class CodecChoice:
    """A codec for messages, and how well it reads them.

    Args:
        name: Its name.
        options: Its options.
        share: The share of messages that it read, from 0 to 1.
        reason: Why it was chosen, in words.
    """

    name: str
    options: dict[str, Any] = field(default_factory=dict)
    share: float = 1.0
    reason: str = ""

    def make(self) -> Codec:
        """Make the codec, with a state of its own."""
        return load_codec(self.name, dict(self.options))


def _has(*names: str) -> Callable[[dict[str, Any]], bool]:
    return lambda given: all(name in given for name in names)


def _one_of(given: dict[str, Any], *names: str) -> bool:
    return any(name in given for name in names)


_JSON_FORMS: Final[tuple[tuple[str, str, Callable[[dict[str, Any]], bool]], ...]] = (
    ("the-things-stack", "end_device_ids", _has("end_device_ids")),
    ("actility", "DevEUI_uplink", lambda given: _one_of(given, "DevEUI_uplink", "DevEUI_location")),
    ("chirpstack", "deviceInfo", lambda given: "devEui" in _object(given.get("deviceInfo"))),
    (
        "chirpstack",
        "devEUI beside fCnt",
        lambda given: "devEUI" in given and _one_of(given, "applicationID", "rxInfo", "fCnt"),
    ),
    ("proximus", "containerFriendlyName", lambda given: _one_of(given, "containerFriendlyName")),
    ("loriot", "cmd and EUI", lambda given: given.get("cmd") in ("rx", "gw", "txd") and "EUI" in given),
    ("everynet", "meta and params", lambda given: "params" in given and "device" in _object(given.get("meta"))),
    ("kerlink", "endDevice", lambda given: "devEui" in _object(given.get("endDevice"))),
    (
        "live-objects",
        "metadata.network.lora",
        lambda given: "lora" in _object(_object(given.get("metadata")).get("network")),
    ),
    ("objenious", "device_properties", _has("device_properties", "protocol_data")),
    ("orbiwise", "deveui and dataFrame", _has("deveui", "dataFrame")),
    (
        "helium",
        "reported_at and dev_eui",
        lambda given: "reported_at" in given and "dev_eui" in given and _one_of(given, "hotspots", "payload"),
    ),
    (
        "multitech",
        "deveui and data",
        lambda given: "deveui" in given and "data" in given and _one_of(given, "port", "fcnt", "rssi", "lsnr", "mhdr"),
    ),
    ("sensor-community", "sensordatavalues", _has("sensordatavalues")),
    (
        "sensorthings",
        "result and its time",
        lambda given: "result" in given and _one_of(given, "phenomenonTime", "Datastream", "resultTime"),
    ),
)


def _object(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def codec_names_for(message: Message) -> Iterator[CodecChoice]:
    """Yield the codecs that may read a message, the likeliest first.

    Args:
        message: The message.
    """
    topic, payload = message.topic, message.payload
    levels = topic.split("/")
    if levels[0] == "spBv1.0":
        yield CodecChoice("sparkplug-b", reason="the topic begins with spBv1.0")
    if _HOME_ASSISTANT.fullmatch(topic):
        yield CodecChoice("home-assistant", reason="an announcement of Home Assistant discovery")
    if levels[0] == "homie" and len(levels) > 2:
        yield CodecChoice("homie", reason="the topic begins with homie")
    if levels[0] == "zigbee2mqtt":
        yield CodecChoice("zigbee2mqtt", reason="the topic begins with zigbee2mqtt")
    if _P1.search(payload):
        yield CodecChoice("dsmr", reason="a telegram of a P1 port")
    document = _json(payload)
    if _TASMOTA.fullmatch(topic) and isinstance(document, dict):
        yield CodecChoice("tasmota", reason="a topic of Tasmota")
    if _SHELLY.fullmatch(topic) and isinstance(document, dict):
        yield CodecChoice("shelly", reason="a topic of a Shelly")
    if topic.endswith("/attrs"):
        if isinstance(document, dict | list):
            yield CodecChoice("iot-agent-json", reason="a topic of the IoT Agent for JSON")
        elif b"|" in payload:
            yield CodecChoice("ultralight", reason="measures of Ultralight 2.0")
    if isinstance(document, dict):
        for name, sign, is_of in _JSON_FORMS:
            if is_of(document):
                yield CodecChoice(name, reason=f"its JSON has {sign}")
        if "linkquality" in document and not _one_of(document, "devEUI", "deveui"):
            yield CodecChoice("zigbee2mqtt", reason="its JSON has linkquality")
    if _is_senml(document):
        yield CodecChoice("senml", reason="a list of records with n, v or bn")
    if isinstance(document, dict | list):
        yield CodecChoice("json", reason="JSON")
        return
    yield from _texts(payload)
    yield from _binary(payload)


def _texts(payload: bytes) -> Iterator[CodecChoice]:
    try:
        text = payload.decode("utf-8-sig").strip("\x00\r\n ")
    except UnicodeDecodeError:
        return
    if not text or any(ord(char) < 32 and char not in "\r\n\t" for char in text):
        return
    if _ULTRALIGHT.fullmatch(text):
        yield CodecChoice("ultralight", reason="keys and values between bars")
    pairs = _PAIRS.fullmatch(text)
    if pairs is not None and "=" in text:
        yield CodecChoice(
            "csv", {"delimiter": pairs[1], "pairs": "="}, reason=f"pairs of name = value, with {pairs[1]!r}"
        )
    lines = text.splitlines()
    for delimiter in (";", ",", "\t"):
        if pairs is None and text.count(delimiter) > 1 and len({line.count(delimiter) for line in lines}) == 1:
            options: dict[str, Any] = {"delimiter": delimiter}
            reason = f"values with {delimiter!r} between them"
            if _is_value(lines[0].split(delimiter)[0]) and any(map(_is_value, lines[0].split(delimiter)[1:])):
                count = lines[0].count(delimiter) + 1
                options["columns"] = [f"column{number}" for number in range(1, count + 1)]
                reason += "; give the columns their names"
            yield CodecChoice("csv", options, reason=reason)
            break
    yield CodecChoice("text", reason="plain text")


def _is_value(cell: str) -> bool:
    """Return whether a cell is a number or a time, and so not the name of a column."""
    return bool(re.fullmatch(r"\s*[+-]?\d+(?:[.,]\d+)?\s*|\d{4}-\d\d-\d\d.*", cell))


def _binary(payload: bytes) -> Iterator[CodecChoice]:
    for name in ("cbor", "messagepack"):
        try:
            documents = list(load_codec(name).decode(payload, ""))
        except CityContextError:
            continue
        if documents and all(
            isinstance(one, dict) and one and all(isinstance(key, str) for key in one) for one in documents
        ):
            yield CodecChoice(name, reason=f"its bytes are {name}")
        elif name == "cbor" and documents and all(isinstance(one, list) for one in documents):
            yield CodecChoice("senml", {"format": "cbor"}, reason="SenML in CBOR")
    if len(payload) > 2 and payload[1] in range(0x90):
        yield CodecChoice("cayenne-lpp", reason="its bytes are channels of Cayenne LPP")


def _is_text(key: Any) -> bool:
    return isinstance(key, str)


def _json(payload: bytes) -> Any:
    try:
        return orjson.loads(payload.removeprefix(b"\xef\xbb\xbf").rstrip(b"\x00"))
    except ValueError:
        return None


def _is_senml(document: Any) -> bool:
    if not isinstance(document, list) or not document:
        return False
    records = [one for one in document if isinstance(one, dict)]
    known = {"n", "bn", "bt", "t", "u", "bu", "v", "vs", "vb", "vd", "s", "ut", "bv", "bs", "bver"}
    return len(records) == len(document) and all(one.keys() <= known and one.keys() & {"n", "bn"} for one in records)


def decoded(codec: Codec, message: Message) -> list[Any] | None:
    """Read a message, ``None`` where the codec cannot.

    Args:
        codec: The codec.
        message: The message.
    """
    try:
        return list(codec.decode(message.payload, message.topic))
    except (CityContextError, ValueError, TypeError, KeyError, AttributeError):
        return None


def choose_codec(messages: Sequence[Message]) -> CodecChoice | None:
    """Choose the codec that reads messages of one kind.

    Args:
        messages: The messages.

    Returns:
        The likeliest that reads most of them, ``None`` where none does.
    """
    votes: Counter[str] = Counter()
    choices: dict[str, CodecChoice] = {}
    for message in messages[:200]:
        for place, choice in enumerate(codec_names_for(message)):
            key = f"{choice.name} {sorted(choice.options.items())}"
            choices.setdefault(key, choice)
            votes[key] += max(1, 6 - place)
    best: CodecChoice | None = None
    for key, _ in votes.most_common():
        choice = choices[key]
        try:
            codec = choice.make()
        except CityContextError:
            continue
        results = [decoded(codec, message) for message in messages]
        share = sum(one is not None for one in results) / len(messages)
        if not any(results):
            continue  # nothing came of any of them
        if best is None or share > best.share + 0.2:
            best = CodecChoice(choice.name, choice.options, share, choice.reason)
    return best


def with_decoder(choice: CodecChoice, messages: Sequence[Message]) -> CodecChoice:
    """Let bytes inside uplinks be read as Cayenne LPP where no values came along and all of them are that.

    Args:
        choice: The codec of the uplinks.
        messages: The messages.
    """
    codec = choice.make()
    documents = [one for message in messages[:50] for one in decoded(codec, message) or [] if isinstance(one, dict)]
    if not documents or any(one.get("values") or not one.get("payload") for one in documents):
        return choice
    if not all("f_port" in one for one in documents):
        return choice
    tried = CodecChoice(choice.name, {**choice.options, "decoder": "cayenne-lpp"}, choice.share, choice.reason)
    again = tried.make()
    read = [decoded(again, message) for message in messages[:50]]
    is_all = all(one is not None and all(part.get("values") for part in one) for one in read)
    return tried if is_all else choice
