"""Tasmota: ``tele/{topic}/SENSOR``, ``STATE`` and ``LWT``; values nested by chip."""

from __future__ import annotations

from typing import Any, Final

from citycontext.bridge.codecs.aside import Aside
from citycontext.bridge.codecs.json import read_json
from citycontext.bridge.codecs.other_kind import OtherKind

__all__ = ["TasmotaCodec"]

_READ: Final = ("SENSOR", "STATE", "STATUS8", "STATUS10", "STATUS11", "RESULT")
_INSIDE: Final = {"STATUS8": "StatusSNS", "STATUS10": "StatusSNS", "STATUS11": "StatusSTS"}
"""Answers to the command Status, and the member that holds what the telemetry says."""


class TasmotaCodec:
    """Read telemetry. The document is the message, with ``device`` and ``kind`` (``SENSOR`` or ``STATE``).

    Answers to ``Status 8``, ``10`` and ``11`` say what the telemetry says; ``RESULT`` tells what a command changed, and
    is left alone where a route takes nothing of it. ``LWT`` is a document with ``available``.

    ``Time`` has no zone unless SetOption52 is on: give the route's ``observed_at`` the zone of the device. Chips of one
    kind are told apart with dashes, so their names go in quotes: ``"DS18B20-1".Temperature``.

    Args:
        kinds: Which messages to map: ``SENSOR``, ``STATE``, ``STATUS8``, ``STATUS10``, ``STATUS11``, ``RESULT`` and,
            not by default, ``LWT``.
    """

    def __init__(self, *, kinds: tuple[str, ...] | list[str] = _READ) -> None:
        if not set(kinds) <= {*_READ, "LWT"}:
            raise ValueError(f"kinds are {', '.join(_READ)} and LWT")
        self._kinds = frozenset(kinds)

    def decode(self, payload: bytes, topic: str) -> tuple[dict[str, Any], ...]:
        """Read a message.

        Args:
            payload: What Tasmota publishes.
            topic: Names device and kind, in Tasmota's order ``tele/{device}/{kind}`` or any that ends so.

        Returns:
            One document, or none where the kind was not asked for.

        Raises:
            PayloadError: It is not a telemetry.
        """
        before, _, kind = topic.rpartition("/")
        device = before.partition("/")[2] or before
        if kind not in self._kinds:
            return ()
        if kind == "LWT":
            return ({"device": device, "kind": kind, "available": payload.strip().lower() == b"online"},)
        document = read_json(payload)
        if not isinstance(document, dict):
            raise OtherKind("telemetry of Tasmota is an object")
        inside = document.get(_INSIDE.get(kind, ""))
        if isinstance(inside, dict):
            document = inside
        said = {**document, "device": device, "kind": kind}
        return (Aside(said) if kind == "RESULT" else said,)
