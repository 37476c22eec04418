"""A graph as entities of the classes of OSLO: every observation is one, as is every sample, sensor or collection."""

from __future__ import annotations

from citycontext.oslo.entity_making import EntityMaker
from citycontext.oslo.losses import LossKind
from citycontext.oslo.observation_entities import OBSERVATION_TYPES, observation_attributes, observation_type
from citycontext.oslo.observation_reading import ReadObservation
from citycontext.oslo.vocabulary import iri, is_blank

__all__ = ["read_classes"]


def read_classes(maker: EntityMaker) -> None:
    """Read observations and things with the tables of OSLO's classes, and the rest with those of Smart Data Models.

    Args:
        maker: What makes the entities.
    """
    reader, tables = maker.reader, maker.tables
    observations = reader.observations()
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
            _resolve(maker, read, role)
        made = maker.entity(maker.identity(read.node, table.type), table, version=read.node)
        made.attributes |= observation_attributes(read, table, tables.base, reader)
        made.attributes |= maker.describer.read(table, read.node, "")


def _resolve(maker: EntityMaker, read: ReadObservation, role: str) -> None:
    """Put the id of the entity that a blank node became where an observation names the node."""
    named = maker.reader.named(read.node, role)
    if not is_blank(named):
        return
    if named not in maker.ids:
        maker.lose(named, reason=f"it has no address, so the observation has no {role}")
    setattr(read.observation, role, maker.ids.get(named, ""))
