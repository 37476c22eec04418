"""A graph as entities of the classes of OSLO: every observation is one, as is every sample, sensor or collection."""

from __future__ import annotations

from typing import Any, Final

from citycontext.oslo.losses import Loss, LossKind
from citycontext.oslo.observations import Measure
from citycontext.oslo.phenomenon_times import time_text
from citycontext.oslo.reading.descriptions import decode_term
from citycontext.oslo.reading.entity_making import EntityMaker
from citycontext.oslo.reading.observations import ObservationReader, ReadObservation
from citycontext.oslo.tables.mapping_table import MappingTable
from citycontext.oslo.tables.observation_types import OBSERVATION_TYPES, observation_type
from citycontext.oslo.vocabulary import iri, is_blank

__all__ = ["read_classes"]

_VEHICLE_TYPE: Final = iri("vm:voertuigType")


def read_classes(maker: EntityMaker) -> None:
    """Read observations and things with the tables of OSLO's classes, and the rest with those of Smart Data Models.

    Args:
        maker: What makes the entities.
    """
    reader, tables = maker.reader, maker.tables
    observer = ObservationReader(reader)
    observations = observer.observations()
    maker.make_things(sorted((one for one in tables if not one.parts), key=lambda table: not table.oslo))
    for read in observations:
        observation = read.observation
        classes, types = maker.graph.types(read.node), observation.types
        table = observation_type(tables, classes, observation.kind, types, observation.result)
        if table is None:
            maker.lose(read.node, kind=LossKind.REFUSED, reason="no table has observations as entities")
            continue
        told = tables.base + OBSERVATION_TYPES + table.type
        if told in types:
            reader.used.add((read.node, iri("dct:type"), told))
        for role in ("feature", "sensor", "procedure"):
            _resolve(maker, observer, read, role)
        made = maker.entity(maker.identity(read.node, table.type), table, version=read.node)
        made.attributes |= _attributes(read, table, tables.base, observer)
        made.attributes |= maker.describer.read(table, read.node, "")


def _resolve(maker: EntityMaker, observer: ObservationReader, read: ReadObservation, role: str) -> None:
    """Put the id of the entity that a blank node became where an observation names the node."""
    named = observer.named(read.node, role) or getattr(read.observation, role)
    if not is_blank(named):
        return
    if named not in maker.ids:
        maker.lose(named, reason=f"it has no address, so the observation has no {role}")
    setattr(read.observation, role, maker.ids.get(named, ""))


def _attributes(
    read: ReadObservation, table: MappingTable, base: str, observer: ObservationReader
) -> dict[str, dict[str, Any]]:
    """Return the attributes of the entity that an observation is, in normalized form by wire name.

    Args:
        read: The observation.
        table: The table of its type.
        base: Where concepts were minted.
        observer: What reads the rest of it.
    """
    observation = read.observation
    concept = observation.observed_property.concept
    valid, identifier, agents = observer.details(read.node)
    vehicle = next((term for name, term in observation.observed_property.qualifiers if name == _VEHICLE_TYPE), "")
    qualities = {one.name: one.value for one in observation.qualities}
    held, known = observation.phenomenon_time, observation.result_time
    results = [name for name, part in table.parts.items() if part.role == "result"]
    told = [name for name in results if table.parts[name].kind == observation.kind]
    found: dict[str, dict[str, Any]] = {}

    def put(name: str, value: Any, member: str = "value") -> None:
        if value not in (None, "", {}):
            found[name] = {"type": "Relationship" if member == "object" else "Property", member: value}

    coded = False
    for name, part in table.parts.items():
        if part.role in ("observed_property", "property_type") and part.mapping is not None and not coded:
            value = decode_term(part.mapping, concept, base)
            coded = value is not None
            put(name, value)
    for name, part in table.parts.items():
        if part.role == "result" and name == (told or results)[-1]:
            found[name] = {"type": "Property", "value": observation.result.value}
            if isinstance(observation.result, Measure) and observation.result.unit_code:
                found[name]["unitCode"] = observation.result.unit_code
        elif part.role == "observed_property" and part.mapping is None and not coded:
            put(name, concept, "object")
        elif part.role == "vehicle_type" and part.mapping is not None and vehicle:
            put(name, decode_term(part.mapping, vehicle, base))
        elif part.role in ("feature", "sensor", "procedure"):
            put(name, getattr(observation, part.role), "object")
        elif part.role == "agent":
            put(name, agents[0] if len(agents) == 1 else list(agents) or None, "object")
        elif part.role == "phenomenon_time" and held is not None:
            put(name, time_text(held))
        elif part.role == "result_time" and known is not None:
            put(name, known.text)
        elif part.role == "valid_time" and valid is not None:
            put(name, time_text(valid))
        elif part.role == "identifier":
            put(name, identifier)
        elif part.role == "reliability":
            put(name, qualities.pop("reliability", None))
    narrowed = any(part.role == "vehicle_type" and name in found for name, part in table.parts.items())
    for predicate, term in observation.observed_property.qualifiers:
        if predicate != _VEHICLE_TYPE or term != vehicle or not narrowed:
            why = f"{table.type} has no value for {term}, which narrows what was observed"
            observer.reader.report.add(Loss(LossKind.LOST, read.node, predicate, reason=why, value=term))
    for name in [one for one, part in table.parts.items() if part.role == "quality"]:
        put(name, qualities)
    return found
