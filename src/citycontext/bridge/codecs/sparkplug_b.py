"""Eclipse Sparkplug B: ``spBv1.0/{group}/{type}/{edge}[/{device}]``, protobuf; names, aliases and types from births."""

from __future__ import annotations

import contextlib
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from citycontext.bridge.codecs.compressed import unpack
from citycontext.bridge.codecs.protobuf import Fields, read_fields, write_field
from citycontext.bridge.codecs.sparkplug_values import (
    BOOLEAN,
    GOOD,
    TEMPLATE,
    UnknownType,
    UnsupportedType,
    read_metric_value,
    read_properties,
)
from citycontext.errors import PayloadError

__all__ = ["SparkplugCodec"]

_READ: Final = frozenset({"NBIRTH", "DBIRTH", "NDATA", "DDATA", "NDEATH", "DDEATH"})
_KNOWN_NODES: Final = 10_000
_KNOWN_METRICS: Final = 100_000
_DEEPEST: Final = 8
_COMPRESSED: Final = "SPBV1.0_COMPRESSED"
# Java's Deflater, of which the name comes, writes zlib's header.
_PACKINGS: Final[dict[str, Literal["gzip", "zlib"]]] = {"GZIP": "gzip", "DEFLATE": "zlib"}
_MOST_UNPACKED: Final = 16_000_000
_SESSION: Final = "bdSeq"
_PATIENCE: Final = 60.0
# Field numbers of Payload, Metric and Template in sparkplug_b.proto.
_TIMESTAMP, _METRICS, _SEQ, _UUID, _BODY = 1, 2, 3, 4, 5
_NAME, _ALIAS, _METRIC_TIME, _DATATYPE, _HISTORICAL = 1, 2, 3, 4, 5
_BOOLEAN_VALUE, _STRING_VALUE, _TEMPLATE_VALUE = 14, 15, 18
_MEMBERS, _IS_DEFINITION = 2, 5


@dataclass(slots=True)
class _Node:
    """What the births of an edge node said, by device: names by alias, types by name; and the number of its session."""

    names: dict[tuple[str | None, int], str] = field(default_factory=dict)
    types: dict[tuple[str | None, str], int] = field(default_factory=dict)
    session: int | None = None

    def forget(self, device: str) -> None:
        """Forget what an earlier birth of a device said."""
        self.names = {key: name for key, name in self.names.items() if key[0] != device}
        self.types = {key: kind for key, kind in self.types.items() if key[0] != device}


@dataclass(slots=True)
class _Reading:
    """One metric of a message."""

    name: str
    value: Any
    time: int | None
    is_historical: bool
    properties: dict[str, Any]


class SparkplugCodec:
    """Read births, data and deaths. A document has ``group``, ``edge``, ``device``, ``kind``, ``time``, ``values``.

    Each metric has a time of its own, so there is a document for each time in the message, the oldest first; metrics
    without one have the message's. Several readings of one metric, historical ones too, are in documents of their own;
    the last document also lists ``historical`` values by name. ``online`` tells births from deaths. The death of an
    edge node has no time, since it was written when the node connected; that of an earlier session (``bdSeq``) is
    left alone.

    ``values`` go by metric names; members of a template are ``"Template/Member"``. ``properties`` holds what the sender
    adds to a metric, such as ``engUnit``. A metric whose ``Quality`` is not good (192) is in ``bad`` instead of
    ``values``; a data set, which has no value of NGSI-LD, is in ``refused`` with the reason.

    Aliases and types are known from the last birth, which the bridge keeps over a restart. Data that come before one
    are refused where they use an unknown alias, or a whole number of unknown type, which may be negative. The edge node
    is then asked for a rebirth, on ``spBv1.0/{group}/NCMD/{edge}``, where the bridge must be let in.

    Args:
        rebirth: Whether rebirths are asked for.
    """

    def __init__(self, *, rebirth: bool = True) -> None:
        self._nodes: OrderedDict[tuple[str, str], _Node] = OrderedDict()
        self._rebirth = rebirth
        self._asked: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._requests: list[tuple[str, bytes]] = []
        self._learnt = 0

    @property
    def learnt(self) -> int:
        """A number that grows with each birth."""
        return self._learnt

    def knowledge(self) -> list[Any]:
        """Return names and types of all edge nodes, as JSON can hold them."""
        return [
            [
                group,
                edge,
                [[*key, name] for key, name in node.names.items()],
                [[*key, kind] for key, kind in node.types.items()],
                node.session,
            ]
            for (group, edge), node in self._nodes.items()
        ]

    def recall(self, knowledge: Any) -> None:
        """Take over what was known before a restart; what does not fit is left alone.

        Args:
            knowledge: As ``knowledge`` gave it.
        """
        with contextlib.suppress(TypeError, ValueError):
            for group, edge, names, types, session in knowledge:
                node = _Node(
                    {(device, int(alias)): str(name) for device, alias, name in names},
                    {(device, str(name)): int(kind) for device, name, kind in types},
                    session,
                )
                self._nodes[str(group), str(edge)] = node

    def decode(self, payload: bytes, topic: str) -> list[dict[str, Any]]:
        """Read a message.

        Args:
            payload: Protobuf.
            topic: The names of group, type, edge node and device.

        Returns:
            A document for each time, oldest first; none for commands and host states.

        Raises:
            PayloadError: The payload is not Sparkplug B, or uses an alias or a type that no birth named.
        """
        levels = topic.split("/")
        if len(levels) not in (4, 5) or levels[2] not in _READ:
            return []
        _, group, kind, edge, *rest = levels
        device = rest[0] if rest else None
        fields = _unpacked(read_fields(payload))
        node = self._node(group, edge, is_new=kind == "NBIRTH")
        refused: dict[str, str] = {}
        if kind.endswith("BIRTH"):
            self._learnt += 1
            if device is not None:
                node.forget(device)
        try:
            readings = _readings(fields, node, device, is_birth=kind.endswith("BIRTH"), refused=refused)
        except UnknownType as error:
            self._ask(group, edge)
            raise PayloadError(f"{error}{self._hope}") from None
        session = next((one.value for one in readings if one.name == _SESSION and isinstance(one.value, int)), None)
        if kind == "NBIRTH":
            node.session = session
        elif kind == "NDEATH" and None not in (session, node.session) and session != node.session:
            return []
        head = {
            "group": group,
            "edge": edge,
            "device": device,
            "kind": kind,
            "online": not kind.endswith("DEATH"),
            "seq": fields.number(_SEQ),
        }
        documents = [head | document for document in _by_time(readings, fields.number(_TIMESTAMP))]
        if kind == "NDEATH":
            documents[-1]["time"] = None
        documents[-1]["historical"] = _historical(readings)
        documents[-1]["refused"] = refused
        return documents

    def _node(self, group: str, edge: str, *, is_new: bool) -> _Node:
        node = _Node() if is_new else self._nodes.get((group, edge)) or _Node()
        self._nodes[group, edge] = node
        self._nodes.move_to_end((group, edge))
        if len(self._nodes) > _KNOWN_NODES:
            self._nodes.popitem(last=False)
        return node

    @property
    def _hope(self) -> str:
        return "; the edge node is asked for a rebirth" if self._rebirth else "; ask the edge node for a rebirth"

    def _ask(self, group: str, edge: str) -> None:
        now = time.monotonic()
        if not self._rebirth or now - self._asked.get((group, edge), -_PATIENCE) < _PATIENCE:
            return
        self._asked[group, edge] = now
        self._asked.move_to_end((group, edge))
        if len(self._asked) > _KNOWN_NODES:
            self._asked.popitem(last=False)
        stamp = int(time.time() * 1000)
        metric = write_field(_NAME, "Node Control/Rebirth") + write_field(_METRIC_TIME, stamp)
        metric += write_field(_DATATYPE, BOOLEAN) + write_field(_BOOLEAN_VALUE, 1)
        self._requests.append(
            (f"spBv1.0/{group}/NCMD/{edge}", write_field(_TIMESTAMP, stamp) + write_field(_METRICS, metric))
        )

    def requests(self) -> list[tuple[str, bytes]]:
        """Return the rebirths to ask for; each once, and for an edge node once a minute."""
        requests, self._requests = self._requests, []
        return requests


def _unpacked(fields: Fields) -> Fields:
    """Return the payload that a compressed one holds, as Sparkplug's own libraries pack it."""
    body = fields.content(_BODY)
    if body is None or fields.text(_UUID) != _COMPRESSED:
        return fields
    named = (one.text(_STRING_VALUE) for one in fields.messages(_METRICS) if one.text(_NAME) == "algorithm")
    algorithm = (next(named, None) or "DEFLATE").upper()
    if algorithm not in _PACKINGS:
        raise PayloadError(f"the payload is packed by {algorithm}, which is not one of {', '.join(_PACKINGS)}")
    return read_fields(unpack(body, _PACKINGS[algorithm], _MOST_UNPACKED))


def _readings(
    fields: Fields, node: _Node, device: str | None, *, is_birth: bool, refused: dict[str, str]
) -> list[_Reading]:
    readings: list[_Reading] = []
    for metric in fields.messages(_METRICS):
        name = _name(metric, node, device, "", is_birth=is_birth)
        stamp = metric.number(_METRIC_TIME)
        is_historical = bool(metric.number(_HISTORICAL))
        properties = read_properties(metric)
        for member, value in _values(metric, name, node, device, is_birth=is_birth, refused=refused, depth=0):
            readings.append(_Reading(member, value, stamp, is_historical, properties))
    return readings


def _name(metric: Fields, node: _Node, device: str | None, before: str, *, is_birth: bool) -> str:
    """Return a metric's name behind that of its template, or what a birth said of its alias."""
    alias, name = metric.number(_ALIAS), metric.text(_NAME)
    if name is not None:
        if alias is not None and is_birth and len(node.names) < _KNOWN_METRICS:
            node.names[device, alias] = f"{before}{name}"
        return f"{before}{name}"
    known = None if alias is None else node.names.get((device, alias))
    if known is None:
        raise UnknownType(f"no birth message named the metric of alias {alias}")
    return known


def _values(
    metric: Fields,
    name: str,
    node: _Node,
    device: str | None,
    *,
    is_birth: bool,
    refused: dict[str, str],
    depth: int,
) -> list[tuple[str, Any]]:
    datatype = metric.number(_DATATYPE) or 0
    if datatype and is_birth and len(node.types) < _KNOWN_METRICS:
        node.types[device, name] = datatype
    datatype = datatype or node.types.get((device, name), 0)
    template = metric.content(_TEMPLATE_VALUE)
    if datatype == TEMPLATE or template is not None:
        if depth == _DEEPEST:
            refused[name] = f"templates are nested more than {_DEEPEST} deep"
            return []
        members = read_fields(template or b"")
        is_definition = bool(members.number(_IS_DEFINITION))
        found: list[tuple[str, Any]] = []
        for member in members.messages(_MEMBERS):
            path = _name(member, node, device, f"{name}/", is_birth=is_birth)
            found += _values(member, path, node, device, is_birth=is_birth, refused=refused, depth=depth + 1)
        # A definition describes the template and holds defaults; nobody measured them.
        return [] if is_definition else found
    try:
        return [(name, read_metric_value(metric, datatype, name))]
    except UnsupportedType as error:
        refused[name] = str(error)
        return []


def _by_time(readings: list[_Reading], stamp: int | None) -> list[dict[str, Any]]:
    documents: list[dict[str, Any]] = []
    open_documents: dict[int | None, dict[str, Any]] = {}
    for reading in readings:
        at = reading.time if reading.time is not None else stamp
        document = open_documents.get(at)
        is_good = reading.properties.get("Quality", GOOD) == GOOD
        place = "values" if is_good else "bad"
        # A second reading of one metric at one time is a document of its own, after the first.
        if document is None or reading.name in document[place]:
            document = {"time": at, "values": {}, "bad": {}, "properties": {}}
            open_documents[at] = document
            documents.append(document)
        document[place][reading.name] = reading.value
        if reading.properties:
            document["properties"][reading.name] = reading.properties
    documents.sort(key=lambda document: (document["time"] is None, document["time"] or 0))
    return documents or [{"time": stamp, "values": {}, "bad": {}, "properties": {}}]


def _historical(readings: list[_Reading]) -> dict[str, list[Any]]:
    historical: dict[str, list[Any]] = {}
    for reading in readings:
        if reading.is_historical:
            historical.setdefault(reading.name, []).append(reading.value)
    return historical
