"""From NGSI-LD to OSLO: ``to_oslo``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from citycontext.errors import ConfigurationError
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.temporal import TemporalEntity
from citycontext.oslo.documents import context_document, write_json_ld
from citycontext.oslo.graph import Graph
from citycontext.oslo.losses import Loss, LossKind, LossReport
from citycontext.oslo.n_triples import write_n_triples
from citycontext.oslo.places.reference_systems import CRS84, Crs, find_crs
from citycontext.oslo.profiles import ISO, PROFILES, Profile
from citycontext.oslo.tables.mapping_tables import MappingTables, standard_tables
from citycontext.oslo.vocabulary import DEFAULT_BASE
from citycontext.oslo.writing.entities import EntityWriter
from citycontext.oslo.writing.geometries import GeometryLiteral, GeometryWriter

__all__ = ["OsloGraph", "to_oslo"]


@dataclass(frozen=True, slots=True)
class OsloGraph:
    """What an entity became.

    Args:
        graph: The triples.
        report: What they do not carry.
        profile: The profile they are written in.
    """

    graph: Graph
    report: LossReport
    profile: Profile = field(default=ISO)

    def to_json_ld(self, *, context_url: str = "") -> dict[str, Any]:
        """Write JSON-LD with the Dutch terms of the profile's context.

        Args:
            context_url: Where you publish that context; without it the context itself is put in.

        Raises:
            MissingExtra: JSON-LD needs pyld.
        """
        return write_json_ld(self.graph, context_document(self.profile.context), context_url=context_url)

    def to_n_triples(self) -> str:
        """Write N-Triples."""
        return write_n_triples(self.graph)


def to_oslo(
    entity: Entity | TemporalEntity | Iterable[Entity | TemporalEntity],
    *,
    profile: Profile | str = ISO,
    tables: MappingTables | None = None,
    version_delimiter: str = "",
    crs: Crs | str = CRS84,
    geometry: GeometryLiteral | Literal["wkt", "gml"] = GeometryLiteral.WKT,
    strict: bool = False,
) -> OsloGraph:
    """Write entities as OSLO linked data.

    Args:
        entity: An entity, the evolution of one, or several.
        profile: ``observaties-en-metingen`` (ISO 19156, the default), ``sosa``, or ``energie``.
        tables: Where attributes stand; those of the library if none are given.
        version_delimiter: ``#`` or ``/`` to write an immutable version of a thing: its IRI is the entity's id, the
            delimiter and the time, and ``dct:isVersionOf`` names the entity.
        crs: The reference system of geometries: ``CRS84``, ``wgs84`` (latitude first), ``lambert72``, ``lambert2008``,
            or a name such as ``EPSG:31370``. Read back, a geometry is within a centimetre of where it was.
        geometry: ``wkt`` or ``gml``; GML has points, lines and polygons.
        strict: Raise at the first thing that would be lost.

    Returns:
        The graph, and a report of all it does not carry.

    Raises:
        ConfigurationError: There is no such profile or kind of literal.
        InvalidGeometry: The reference system is not known.
        MissingExtra: Belgian Lambert needs pyproj.
        InvalidEntity: Something would be lost, in strict writing.
    """
    if isinstance(profile, str):
        if profile not in PROFILES:
            raise ConfigurationError(f"there is no profile {profile!r}.", cure=f"Use one of {', '.join(PROFILES)}.")
        profile = PROFILES[profile]
    try:
        literal = GeometryLiteral(geometry)
    except ValueError:
        raise ConfigurationError(f"a geometry cannot be written as {geometry!r}.", cure="Use wkt or gml.") from None
    reference_system = find_crs(crs) if isinstance(crs, str) else crs
    graph, report = Graph(), LossReport(strict)
    entities = [entity] if isinstance(entity, Entity | TemporalEntity) else entity
    writer = EntityWriter(graph, report, profile, tables or standard_tables(), version_delimiter)
    for one in entities:
        writer.write(one, GeometryWriter(graph, reference_system, literal, report, one.id))
    if any(isinstance(value, str) and value.startswith(DEFAULT_BASE) for _, _, value in graph):
        why = "concepts that no official list has are minted here"
        home = "give a place of your own with MappingTables.with_base"
        report.add(Loss(LossKind.ASSUMED, DEFAULT_BASE, reason=why, home=home))
    return OsloGraph(graph, report, profile)
