"""From NGSI-LD to OSLO: ``to_oslo``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from citycontext.errors import ConfigurationError
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.temporal import TemporalEntity
from citycontext.oslo.documents import context_document, write_json_ld
from citycontext.oslo.graph import Graph
from citycontext.oslo.losses import Loss, LossKind, LossReport
from citycontext.oslo.n_triples import write_n_triples
from citycontext.oslo.persistent_ids import PersistentIds
from citycontext.oslo.places.reference_systems import CRS84, Crs, find_crs
from citycontext.oslo.profiles import ISO, PROFILES, Profile
from citycontext.oslo.tables.mapping_tables import MappingTables, standard_tables
from citycontext.oslo.vocabulary import DEFAULT_BASE
from citycontext.oslo.writing.entities import EntityWriter
from citycontext.oslo.writing.geometries import GeometryLiteral, GeometryWriter

__all__ = ["OsloGraph", "each_to_oslo", "to_oslo"]


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
            context_url: Where you publish that context; without it those of its terms are put in that are used.
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
    base: str = "",
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
        base: Where ids of your own stand, e.g. ``https://data.stad.example/id/``: URNs are written as addresses under
            it, and ``from_oslo`` with the same base gives the URNs back.
        strict: Raise at the first thing that would be lost.

    Returns:
        The graph, and a report of all it does not carry.

    Raises:
        ConfigurationError: There is no such profile or kind of literal.
        InvalidGeometry: The reference system is not known, or does not reach where a geometry is.
        MissingExtra: Belgian Lambert needs pyproj.
        InvalidEntity: Something would be lost, in strict writing.
    """
    profile, literal = _profile(profile), _literal(geometry)
    reference_system = find_crs(crs) if isinstance(crs, str) else crs
    graph, report = Graph(), LossReport(strict)
    entities = [entity] if isinstance(entity, Entity | TemporalEntity) else entity
    writer = EntityWriter(graph, report, profile, tables or standard_tables(), version_delimiter)
    for one in entities:
        writer.write(one, GeometryWriter(graph, reference_system, literal, report, one.id))
    _note_minted(graph, report)
    return OsloGraph(PersistentIds(base).addressed(graph) if base else graph, report, profile)


def each_to_oslo(
    entities: Iterable[Entity | TemporalEntity],
    report: LossReport,
    *,
    profile: Profile | str = ISO,
    tables: MappingTables | None = None,
    version_delimiter: str = "",
    crs: Crs | str = CRS84,
    geometry: GeometryLiteral | Literal["wkt", "gml"] = GeometryLiteral.WKT,
    base: str = "",
    blanks: int = 0,
) -> Iterator[Graph]:
    """Write entities as OSLO linked data one by one, for as many as there are.

    .. versionadded:: 0.2

    Args:
        entities: The entities.
        report: What takes all that the graphs do not carry.
        profile: As ``to_oslo`` has it.
        tables: As ``to_oslo`` has them.
        version_delimiter: As ``to_oslo`` has it.
        crs: As ``to_oslo`` has it.
        geometry: As ``to_oslo`` has it.
        base: As ``to_oslo`` has it.
        blanks: The number of the first blank node.

    Yields:
        The graph of each; no two share the label of a blank node.

    Raises:
        ConfigurationError: There is no such profile or kind of literal.
        InvalidGeometry: The reference system is not known, or does not reach where a geometry is.
        MissingExtra: Belgian Lambert needs pyproj.
        InvalidEntity: Something would be lost, and the report is strict.
    """
    profile, literal = _profile(profile), _literal(geometry)
    reference_system = find_crs(crs) if isinstance(crs, str) else crs
    tables, minted = tables or standard_tables(), False
    for one in entities:
        graph = Graph(blanks=blanks)
        writer = EntityWriter(graph, report, profile, tables, version_delimiter)
        writer.write(one, GeometryWriter(graph, reference_system, literal, report, one.id))
        minted = minted or _note_minted(graph, report)
        blanks = graph.blanks
        yield PersistentIds(base).addressed(graph) if base else graph


def _profile(profile: Profile | str) -> Profile:
    if isinstance(profile, Profile):
        return profile
    if profile not in PROFILES:
        raise ConfigurationError(f"there is no profile {profile!r}.", cure=f"Use one of {', '.join(PROFILES)}.")
    return PROFILES[profile]


def _literal(geometry: GeometryLiteral | str) -> GeometryLiteral:
    try:
        return GeometryLiteral(geometry)
    except ValueError:
        raise ConfigurationError(f"a geometry cannot be written as {geometry!r}.", cure="Use wkt or gml.") from None


def _note_minted(graph: Graph, report: LossReport) -> bool:
    """Note once that concepts are minted where no city is; return whether they are."""
    said = (values for predicates in graph.statements.values() for values in predicates.values())
    minted = any(type(value) is str and value.startswith(DEFAULT_BASE) for values in said for value in values)
    if minted:
        why = "concepts that no official list has are minted here"
        home = "give a place of your own with MappingTables.with_base"
        report.add(Loss(LossKind.ASSUMED, DEFAULT_BASE, reason=why, home=home))
    return minted
