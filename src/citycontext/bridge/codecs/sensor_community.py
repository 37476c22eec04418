"""Sensor.Community (Luftdaten): what a device pushes, and what the API gives; values are texts in a list of pairs."""

from __future__ import annotations

from typing import Any, Final

from citycontext.bridge.codecs.json import read_json
from citycontext.bridge.codecs.other_kind import OtherKind
from citycontext.bridge.codecs.several import Several
from citycontext.bridge.codecs.text import read_value
from citycontext.errors import PayloadError

__all__ = ["SensorCommunityCodec"]

# Names of the device's push → names of the API.
_PREFIXES: Final = (
    "SDS_",
    "PMS_",
    "HPM_",
    "NPM_",
    "SPS30_",
    "BME280_",
    "BMP280_",
    "BMP_",
    "SHT3X_",
    "HTU21D_",
    "DNMS_",
)


class SensorCommunityCodec:
    """Read measurements. The document has ``device``, ``time``, ``location``, ``signal`` and ``values``.

    ``values`` go by the names of the API (``P1`` is PM10, ``P2`` is PM2.5, ``pressure`` is in Pa); the prefixes of
    chips, which a device's own push has, are taken away. Where several chips measure one quantity, its name has the
    list of their values, and each has its own name beside it (``BME280_pressure``). Times of the API are UTC without a
    zone: they are given one.
    """

    def decode(self, payload: bytes, topic: str) -> list[dict[str, Any]]:
        """Read a push of a device, one measurement of the API, or a list of them.

        Args:
            payload: JSON.
            topic: Not used.

        Returns:
            A document for each measurement.

        Raises:
            PayloadError: It is not one of them.
        """
        given = read_json(payload)
        measurements = given if isinstance(given, list) else [given]
        return [
            self._read(one, f"[{number}]" if given is measurements else "") for number, one in enumerate(measurements)
        ]

    @staticmethod
    def _read(given: Any, path: str) -> dict[str, Any]:
        pairs = given.get("sensordatavalues") if isinstance(given, dict) else None
        if not isinstance(pairs, list):
            raise OtherKind("this is not a measurement of Sensor.Community: sensordatavalues is missing", path=path)
        said = Several()
        own_names: dict[str, list[tuple[str, Any]]] = {}
        for pair in pairs:
            if not isinstance(pair, dict) or not isinstance(pair.get("value_type"), str):
                raise PayloadError(
                    "a pair of value_type and value was expected", path=f"{path}.sensordatavalues".lstrip(".")
                )
            name = pair["value_type"]
            prefix = next((one for one in _PREFIXES if name.startswith(one)), "")
            value = pair.get("value")
            value = read_value(value.strip()) if isinstance(value, str) else value
            said.add(name[len(prefix) :], value)
            own_names.setdefault(name[len(prefix) :], []).append((name, value))
        values = said.values()
        for pairs_of_chips in own_names.values():
            if len(pairs_of_chips) > 1:
                values |= {name: value for name, value in pairs_of_chips if name not in values}
        sensor, place = given.get("sensor"), given.get("location")
        device = given.get("esp8266id") or (sensor.get("id") if isinstance(sensor, dict) else None)
        at = given.get("timestamp")
        return {
            "device": None if device is None else str(device),
            "time": f"{at.replace(' ', 'T')}Z" if isinstance(at, str) else None,
            "location": {
                name: read_value(str(place[name]).strip())
                for name in ("longitude", "latitude", "altitude")
                if place.get(name) not in (None, "")
            }
            if isinstance(place, dict)
            else None,
            "signal": values.pop("signal", None),
            "values": values,
        }
