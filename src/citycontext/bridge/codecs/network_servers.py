"""LoRaWAN network servers beside The Things Stack and ChirpStack: their JSON, read into the common uplink form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from citycontext.bridge.codecs.decoders import Written, find_decoder, read_bytes
from citycontext.bridge.codecs.json import read_json
from citycontext.bridge.codecs.other_kind import OtherKind
from citycontext.bridge.codecs.text import read_value
from citycontext.bridge.codecs.uplink import best_signal, decoded, uplink

__all__ = [
    "ActilityCodec",
    "EverynetCodec",
    "HeliumCodec",
    "KerlinkCodec",
    "LiveObjectsCodec",
    "LoriotCodec",
    "MultitechCodec",
    "NetworkServerCodec",
    "ObjeniousCodec",
    "OrbiwiseCodec",
    "ProximusCodec",
]


class NetworkServerCodec:
    """What the codecs of network servers share. Uplinks are documents; joins, downlinks and the like are left alone.

    Args:
        decoder: Decodes the payloads where the network server does not: ``cayenne-lpp`` or ``module:function``.
    """

    server: ClassVar[str] = "a network server"
    written: ClassVar[Written] = "hex"

    def __init__(self, *, decoder: str | None = None) -> None:
        self._decoder = find_decoder(decoder)

    def decode(self, payload: bytes, topic: str) -> Iterable[dict[str, Any]]:
        """Read a message.

        Args:
            payload: The JSON that the network server publishes.
            topic: Not used.

        Returns:
            One document, or none where the message is not an uplink.

        Raises:
            PayloadError: It is not a message of this network server.
        """
        message = read_json(payload)
        if not isinstance(message, dict):
            raise self._other()
        said = self._uplink(message)
        if said is None:
            return ()
        if not isinstance(said.get("dev_eui"), str):
            raise self._other()
        raw = said.pop("raw", None)
        content = read_bytes(raw, said.pop("written", self.written)).hex() if raw else None
        said.pop("written", None)
        values = decoded(self._decoder, said.pop("values", None), content, said.get("f_port"))
        device = said.pop("device", None) or said["dev_eui"]
        return (uplink(event="up", device=device, message=message, payload=content, values=values, **said),)

    def _uplink(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Return the members of the common form; None where the message is not an uplink."""
        raise NotImplementedError

    def _other(self) -> OtherKind:
        return OtherKind(f"this is not a message of {self.server}")


def _object(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _number(given: Any) -> Any:
    """Read a number that is written as text."""
    if not isinstance(given, str):
        return given
    read = read_value(given.strip())
    return read if isinstance(read, int | float) and not isinstance(read, bool) else None


def _place(given: dict[str, Any], longitude: str, latitude: str, altitude: str) -> dict[str, Any] | None:
    lon, lat = _number(given.get(longitude)), _number(given.get(latitude))
    if lon is None or lat is None:
        return None
    found = {"longitude": lon, "latitude": lat}
    if (height := _number(given.get(altitude))) is not None:
        found["altitude"] = height
    return found


class ActilityCodec(NetworkServerCodec):
    """Read uplinks of Actility ThingPark (``DevEUI_uplink``), with or without the outer object.

    The position is the device's own (``DevLAT``), not the gateway's. ``DevEUI_location`` is a document with it too.
    """

    server = "Actility ThingPark"

    def _uplink(self, message: dict[str, Any]) -> dict[str, Any] | None:
        body = message
        for name in ("DevEUI_uplink", "DevEUI_location"):
            if isinstance(message.get(name), dict):
                body = message[name]
                break
        else:
            if any(name.startswith("DevEUI_") for name in message):
                return None
        receptions = _object(body.get("Lrrs")).get("Lrr")
        heard = receptions if isinstance(receptions, list) else [receptions] if isinstance(receptions, dict) else []
        signals = [
            {"rssi": _number(one.get("LrrRSSI")), "snr": _number(one.get("LrrSNR"))}
            for one in (*heard, body)
            if isinstance(one, dict)
        ]
        rssi, snr, _ = best_signal(signals, snr="snr")
        customer = _object(body.get("CustomerData"))
        return {
            "dev_eui": body.get("DevEUI"),
            "device": customer.get("name"),
            "application": body.get("CustomerID"),
            "time": body.get("Time"),
            "f_port": _number(body.get("FPort")),
            "f_cnt": _number(body.get("FCntUp")),
            "raw": body.get("payload_hex"),
            "values": body.get("payload"),
            "rssi": rssi,
            "snr": snr,
            "gateways": len(heard) or _number(body.get("DevLrrCnt")) or 0,
            "battery": _number(body.get("BatteryLevel")),
            "location": _place(body, "DevLON", "DevLAT", "DevAlt"),
            "tags": _object(customer.get("tags")),
        }


class ProximusCodec(ActilityCodec):
    """Read uplinks of Proximus: those of its ThingPark, and those of MyThings, one value a message, by its name.

    Of MyThings, ``values`` has the name of the container (``containerFriendlyName``) with the value.
    """

    server = "Proximus"

    def _uplink(self, message: dict[str, Any]) -> dict[str, Any] | None:
        name = message.get("containerFriendlyName") or message.get("container")
        if not isinstance(name, str):
            return super()._uplink(message)
        value = message.get("value")
        return {
            "dev_eui": message.get("DevEUI") or message.get("deveui"),
            "device": message.get("deviceName"),
            "time": message.get("timestamp"),
            "values": {name: read_value(value.strip()) if isinstance(value, str) else value},
            "location": _place(message, "longitude", "latitude", "altitude"),
        }


class LoriotCodec(NetworkServerCodec):
    """Read uplinks of LORIOT: ``rx``, and ``gw``, which has all gateways. Where both are sent, use ``dedup``."""

    server = "LORIOT"

    def _uplink(self, message: dict[str, Any]) -> dict[str, Any] | None:
        if "EUI" not in message:
            raise self._other()
        if message.get("cmd") not in ("rx", "gw", None):
            return None
        gateways = message.get("gws")
        rssi, snr, count = best_signal(gateways if gateways else [message], snr="snr")
        battery = message.get("bat")
        # LoRaWAN counts to 254; 255 is not known, 0 is a supply from outside.
        is_known = isinstance(battery, int) and 0 < battery < 255
        return {
            "dev_eui": message["EUI"],
            "time": message.get("ts"),
            "f_port": message.get("port"),
            "f_cnt": message.get("fcnt"),
            "raw": message.get("data"),
            "values": message.get("decoded") or message.get("object"),
            "rssi": rssi,
            "snr": snr,
            "gateways": count,
            "battery": round(battery / 2.54, 1) if is_known and isinstance(battery, int) else None,
        }


class EverynetCodec(NetworkServerCodec):
    """Read uplinks of Everynet."""

    server = "Everynet"
    written = "base64"

    def _uplink(self, message: dict[str, Any]) -> dict[str, Any] | None:
        meta, params = message.get("meta"), message.get("params")
        if not isinstance(meta, dict) or not isinstance(params, dict):
            raise self._other()
        if message.get("type") != "uplink":
            return None
        hardware = _object(_object(params.get("radio")).get("hardware"))
        return {
            "dev_eui": meta.get("device"),
            "application": meta.get("application"),
            "time": params.get("rx_time") or meta.get("time"),
            "f_port": params.get("port"),
            "f_cnt": params.get("counter_up"),
            "raw": params.get("payload"),
            "values": params.get("decoded_payload"),
            "rssi": hardware.get("rssi"),
            "snr": hardware.get("snr"),
            "gateways": 1 if hardware else 0,
            "deduplication_id": meta.get("packet_hash"),
        }


class KerlinkCodec(NetworkServerCodec):
    """Read uplinks of Kerlink Wanesy (``dataUp``)."""

    server = "Kerlink Wanesy"

    def _uplink(self, message: dict[str, Any]) -> dict[str, Any] | None:
        device = message.get("endDevice")
        if not isinstance(device, dict):
            raise self._other()
        if "payload" not in message and "fCntUp" not in message:
            return None
        rssi, snr, count = best_signal(message.get("gwInfo"), snr="snr")
        payload = message.get("payload")
        return {
            "dev_eui": device.get("devEui"),
            "device": device.get("name"),
            "application": _text(_object(device.get("cluster")).get("id")),
            "time": message.get("recvTime"),
            "f_port": message.get("fPort"),
            "f_cnt": message.get("fCntUp"),
            "raw": payload if isinstance(payload, str) else None,
            "written": "base64" if message.get("encodingType") == "BASE64" else "hex",
            "values": payload if isinstance(payload, dict) else message.get("payloadDecoded"),
            "rssi": rssi,
            "snr": snr,
            "gateways": count,
            "deduplication_id": message.get("id"),
        }


def _text(given: Any) -> Any:
    return None if given is None else str(given)


class LiveObjectsCodec(NetworkServerCodec):
    """Read data messages of Orange Live Objects that came by LoRaWAN."""

    server = "Orange Live Objects"

    def _uplink(self, message: dict[str, Any]) -> dict[str, Any] | None:
        network = _object(_object(_object(message.get("metadata")).get("network")).get("lora"))
        if not network:
            raise self._other()
        value = message.get("value")
        raw = value.get("payload") if isinstance(value, dict) else value
        tags = message.get("tags")
        names = [one for one in tags if isinstance(one, str)] if isinstance(tags, list) else []
        return {
            "dev_eui": network.get("devEUI"),
            "application": _object(_object(message["metadata"]).get("group")).get("path"),
            "time": message.get("timestamp"),
            "f_port": network.get("port"),
            "f_cnt": network.get("fcnt"),
            "raw": raw if isinstance(raw, str) else None,
            "values": {name: one for name, one in _object(value).items() if name != "payload"},
            "rssi": network.get("rssi"),
            "snr": network.get("snr"),
            "gateways": network.get("gatewayCnt") or 0,
            "location": _place(_object(message.get("location")), "lon", "lat", "alt"),
            "tags": dict.fromkeys(names, True),
        }


class ObjeniousCodec(NetworkServerCodec):
    """Read uplinks of Objenious (Bouygues Telecom). Of several decoded readings the newest is in ``values``."""

    server = "Objenious"

    def _uplink(self, message: dict[str, Any]) -> dict[str, Any] | None:
        properties, protocol = message.get("device_properties"), _object(message.get("protocol_data"))
        if not isinstance(properties, dict):
            raise self._other()
        if message.get("type", "uplink") != "uplink":
            return None
        readings = message.get("payload")
        newest: dict[str, Any] = {}
        for one in readings if isinstance(readings, list) else ():
            newest |= _object(_object(one).get("data"))
        return {
            "dev_eui": properties.get("deveui"),
            "device": properties.get("external_id") or _text(message.get("device_id")),
            "application": properties.get("appeui"),
            "time": message.get("timestamp"),
            "f_port": protocol.get("port"),
            "f_cnt": message.get("count"),
            "raw": message.get("payload_cleartext"),
            "values": newest,
            "rssi": protocol.get("rssi"),
            "snr": protocol.get("snr"),
            "gateways": protocol.get("gateways") or 0,
            "location": _place(message, "lng", "lat", "alt"),
        }


class OrbiwiseCodec(NetworkServerCodec):
    """Read uplinks of OrbiWise (``payloads/ul``)."""

    server = "OrbiWise"
    written = "base64"

    def _uplink(self, message: dict[str, Any]) -> dict[str, Any] | None:
        if not isinstance(message.get("deveui"), str):
            raise self._other()
        if "dataFrame" not in message:
            return None
        return {
            "dev_eui": message["deveui"],
            "time": message.get("timestamp"),
            "f_port": message.get("port"),
            "f_cnt": message.get("fcnt"),
            "raw": message["dataFrame"],
            "values": message.get("decoded"),
            "rssi": message.get("rssi"),
            "snr": message.get("snr"),
            "gateways": 1,
            "deduplication_id": _text(message.get("id")),
        }


class MultitechCodec(NetworkServerCodec):
    """Read uplinks of MultiTech's gateways (``lora/{eui}/up``), which are network servers too."""

    server = "MultiTech"
    written = "base64"

    def _uplink(self, message: dict[str, Any]) -> dict[str, Any] | None:
        if "deveui" not in message:
            raise self._other()
        data = message.get("data")
        return {
            "dev_eui": message["deveui"],
            "application": message.get("appeui") or message.get("joineui"),
            "time": message.get("time"),
            "f_port": message.get("port"),
            "f_cnt": message.get("fcnt"),
            "raw": data if isinstance(data, str) else None,
            "values": message.get("object") or message.get("decoded"),
            "rssi": message.get("rssi"),
            "snr": message.get("lsnr", message.get("snr")),
            "gateways": 1,
        }


class HeliumCodec(NetworkServerCodec):
    """Read uplinks of Helium's Console; its newer ChirpStack is read by the codec ``chirpstack``."""

    server = "Helium's Console"
    written = "base64"

    def _uplink(self, message: dict[str, Any]) -> dict[str, Any] | None:
        if "dev_eui" not in message:
            raise self._other()
        if message.get("type", "uplink") != "uplink":
            return None
        rssi, snr, count = best_signal(message.get("hotspots"), snr="snr")
        values = _object(message.get("decoded")).get("payload")
        if isinstance(values, list):
            # Cayenne LPP as the Console decodes it: a list of channels.
            values = {
                f"{one.get('name')}_{one.get('channel')}": one.get("value") for one in values if isinstance(one, dict)
            }
        return {
            "dev_eui": message["dev_eui"],
            "device": message.get("name"),
            "application": message.get("app_eui"),
            "time": message.get("reported_at"),
            "f_port": message.get("port"),
            "f_cnt": message.get("fcnt"),
            "raw": message.get("payload"),
            "values": values,
            "rssi": rssi,
            "snr": snr,
            "gateways": count,
            "deduplication_id": message.get("uuid"),
        }
