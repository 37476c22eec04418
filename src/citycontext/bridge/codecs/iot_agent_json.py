"""Topics and payloads of FIWARE's IoT Agent for JSON, so that devices can move over untouched."""

from __future__ import annotations

from typing import Any

from citycontext.bridge.codecs.json import read_json
from citycontext.bridge.codecs.text import read_value
from citycontext.errors import PayloadError

__all__ = ["IotAgentJsonCodec"]


class IotAgentJsonCodec:
    """Read measures. The document is the measure, with ``device`` and ``apikey`` from the topic.

    Topics: ``/{apikey}/{device}/attrs`` (also ``/json/{apikey}/{device}/attrs``) for objects and arrays of them,
    ``…/attrs/{name}`` for one plain value. Commands, their results and configuration requests are left alone.
    """

    def decode(self, payload: bytes, topic: str) -> list[dict[str, Any]]:
        """Read a message.

        Args:
            payload: JSON, or a plain value for a single attribute.
            topic: Names device and attribute.

        Returns:
            A document for each measure.

        Raises:
            PayloadError: The payload is not one of them.
        """
        levels = [level for level in topic.split("/") if level]
        if levels[:1] == ["json"]:
            levels = levels[1:]
        if len(levels) < 3 or levels[2] != "attrs":
            return []
        ids = {"apikey": levels[0], "device": levels[1]}
        if len(levels) == 4:
            return [ids | {levels[3]: self._single(payload)}]
        measures = read_json(payload)
        given = measures if isinstance(measures, list) else [measures]
        for number, measure in enumerate(given):
            if not isinstance(measure, dict):
                raise PayloadError("a measure is an object of names and values", path=f"[{number}]")
        return [{**measure, **ids} for measure in given]

    @staticmethod
    def _single(payload: bytes) -> Any:
        try:
            return read_json(payload)
        except PayloadError:
            text = payload.decode(errors="replace").strip()
            if not text:
                raise PayloadError("the payload is empty; a value was expected") from None
            return read_value(text)
