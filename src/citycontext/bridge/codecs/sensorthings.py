"""OGC SensorThings API over MQTT: ``v1.1/Datastreams({id})/Observations``."""

from __future__ import annotations

import re
from typing import Any, Final

from citycontext.bridge.codecs.json import read_json
from citycontext.bridge.codecs.other_kind import OtherKind
from citycontext.errors import PayloadError

__all__ = ["SensorThingsCodec"]

_DATASTREAM: Final = re.compile(r"(?:Multi)?Datastreams\(([^)]+)\)")


class SensorThingsCodec:
    """Read observations. The document has ``datastream``, ``result``, ``time``, ``begin``, ``end`` and ``observation``.

    ``time`` is the phenomenon time, or the end of its interval, else the time of the result. What the datastream
    measures, and in which unit, is not in the message: look it up in the table of devices by ``{datastream}``.
    """

    def decode(self, payload: bytes, topic: str) -> tuple[dict[str, Any]]:
        """Read an observation.

        Args:
            payload: JSON.
            topic: Names the datastream, unless the observation itself does.

        Returns:
            One document.

        Raises:
            PayloadError: It has no result, or no datastream is named.
        """
        observation = read_json(payload)
        if not isinstance(observation, dict) or "result" not in observation:
            raise OtherKind("this is not an observation of SensorThings: result is missing")
        found = _DATASTREAM.search(topic)
        datastream = found[1].strip("'") if found else self._inner_id(observation)
        if datastream is None:
            raise PayloadError("neither topic nor observation names the datastream")
        begin, _, end = str(observation.get("phenomenonTime") or "").partition("/")
        return (
            {
                "datastream": datastream,
                "result": observation["result"],
                "time": end or begin or observation.get("resultTime"),
                "begin": begin or None,
                "end": end or begin or None,
                "observation": observation,
            },
        )

    @staticmethod
    def _inner_id(observation: dict[str, Any]) -> str | None:
        inner = observation.get("Datastream")
        if isinstance(inner, dict) and "@iot.id" in inner:
            return str(inner["@iot.id"])
        link = _DATASTREAM.search(str(observation.get("Datastream@iot.navigationLink", "")))
        return link[1].strip("'") if link else None
