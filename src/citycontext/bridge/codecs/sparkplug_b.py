"""Eclipse Sparkplug B: ``spBv1.0/{group}/{type}/{edge}[/{device}]``, protobuf; names and aliases from births."""

from __future__ import annotations

import time
from typing import Any, Final

from citycontext.bridge.codecs.protobuf import Fields, double, float32, read_fields, signed, write_field
from citycontext.errors import PayloadError

__all__ = ["SparkplugCodec"]

_READ: Final = frozenset({"NBIRTH", "DBIRTH", "NDATA", "DDATA", "NDEATH", "DDEATH"})
_KNOWN_NODES: Final = 10_000
_PATIENCE: Final = 60.0
_IS_BOOLEAN: Final = 11
_SIGNED_BITS: Final = {1: 8, 2: 16, 3: 32, 4: 64}
_DATE: Final = 13
# Field numbers of Payload and Metric in sparkplug_b.proto.
_TIMESTAMP, _METRICS, _SEQ = 1, 2, 3
_NAME, _ALIAS, _METRIC_TIME, _DATATYPE, _HISTORICAL, _IS_NULL = 1, 2, 3, 4, 5, 7
_INT, _LONG, _FLOAT, _DOUBLE, _BOOLEAN, _STRING, _BYTES = 10, 11, 12, 13, 14, 15, 16


class SparkplugCodec:
    """Read births, data and deaths. The document has ``group``, ``edge``, ``device``, ``kind``, ``time``, ``values``.

    ``online`` tells births from deaths. ``values`` go by metric names; aliases are known from the last birth, so data
    that come before one (after the bridge was restarted) are refused where they use an alias the bridge has not seen.
    The edge node is then asked for a rebirth, on ``spBv1.0/{group}/NCMD/{edge}``, where the bridge must be let in.

    Args:
        rebirth: Whether rebirths are asked for.
    """

    def __init__(self, *, rebirth: bool = True) -> None:
        self._aliases: dict[tuple[str, str], dict[int, tuple[str, int]]] = {}
        self._rebirth = rebirth
        self._asked: dict[tuple[str, str], float] = {}
        self._requests: list[tuple[str, bytes]] = []

    def decode(self, payload: bytes, topic: str) -> tuple[dict[str, Any], ...]:
        """Read a message.

        Args:
            payload: Protobuf.
            topic: Names group, type, edge node and device.

        Returns:
            One document, or none for commands and host states.

        Raises:
            PayloadError: It is no Sparkplug, or uses an alias no birth told.
        """
        levels = topic.split("/")
        if len(levels) not in (4, 5) or levels[2] not in _READ:
            return ()
        _, group, kind, edge, *rest = levels
        device = rest[0] if rest else None
        fields = read_fields(payload)
        if kind == "NBIRTH":
            if len(self._aliases) >= _KNOWN_NODES:
                self._aliases.clear()
            self._aliases[group, edge] = {}
        aliases = self._aliases.setdefault((group, edge), {})
        values: dict[str, Any] = {}
        historical: dict[str, list[Any]] = {}
        for metric in fields.messages(_METRICS):
            try:
                name, value = _metric(metric, aliases, is_birth=kind.endswith("BIRTH"))
            except LookupError as error:
                self._ask(group, edge)
                raise PayloadError(f"alias {error.args[0]} was told by no birth message yet{self._hope}") from None
            (
                historical.setdefault(name, []).append(value)
                if metric.number(_HISTORICAL)
                else values.update({name: value})
            )
        stamp = fields.number(_TIMESTAMP)
        return (
            {
                "group": group,
                "edge": edge,
                "device": device,
                "kind": kind,
                "online": not kind.endswith("DEATH"),
                "time": stamp,
                "seq": fields.number(_SEQ),
                "values": values,
                "historical": historical,
            },
        )

    @property
    def _hope(self) -> str:
        return "; the edge node is asked for a rebirth" if self._rebirth else "; ask the edge node for a rebirth"

    def _ask(self, group: str, edge: str) -> None:
        now = time.monotonic()
        if not self._rebirth or now - self._asked.get((group, edge), -_PATIENCE) < _PATIENCE:
            return
        if len(self._asked) >= _KNOWN_NODES:
            self._asked.clear()
        self._asked[group, edge] = now
        stamp = int(time.time() * 1000)
        metric = write_field(_NAME, "Node Control/Rebirth") + write_field(_METRIC_TIME, stamp)
        metric += write_field(_DATATYPE, _IS_BOOLEAN) + write_field(_BOOLEAN, 1)
        self._requests.append(
            (f"spBv1.0/{group}/NCMD/{edge}", write_field(_TIMESTAMP, stamp) + write_field(_METRICS, metric))
        )

    def requests(self) -> list[tuple[str, bytes]]:
        """Give the rebirths to ask for; each once, and for an edge node once a minute."""
        requests, self._requests = self._requests, []
        return requests


def _metric(metric: Fields, aliases: dict[int, tuple[str, int]], *, is_birth: bool) -> tuple[str, Any]:
    alias, name, datatype = metric.number(_ALIAS), metric.text(_NAME), metric.number(_DATATYPE)
    if alias is not None:
        if is_birth and name is not None:
            aliases[alias] = (name, datatype or 0)
        elif alias in aliases:
            known, known_type = aliases[alias]
            name, datatype = name or known, datatype or known_type
    if name is None:
        raise LookupError(alias)
    return name, _value(metric, datatype or 0)


def _value(metric: Fields, datatype: int) -> Any:
    if metric.number(_IS_NULL):
        return None
    whole = metric.number(_INT)
    if whole is None:
        whole = metric.number(_LONG)
    if whole is not None:
        if datatype == _DATE:
            return whole
        return signed(whole, _SIGNED_BITS[datatype]) if datatype in _SIGNED_BITS else whole
    if (bits := metric.number(_FLOAT)) is not None:
        return float32(bits)
    if (bits := metric.number(_DOUBLE)) is not None:
        return double(bits)
    if (truth := metric.number(_BOOLEAN)) is not None:
        return bool(truth)
    if (text := metric.text(_STRING)) is not None:
        return text
    content = metric.content(_BYTES)
    return None if content is None else content.hex()
