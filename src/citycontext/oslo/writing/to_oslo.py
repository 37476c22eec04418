"""From NGSI-LD to OSLO: ``to_oslo``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from citycontext.errors import ConfigurationError
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.geometry import is_geometry
from citycontext.ngsild.temporal import TemporalEntity
from citycontext.ngsild.terms import ENTITY_MEMBERS
from citycontext.oslo.documents import context_document, write_json_ld
from citycontext.oslo.graph import Graph
from citycontext.oslo.literals import is_time_text, ngsild_time
from citycontext.oslo.losses import Loss, LossKind, LossReport
from citycontext.oslo.n_triples import write_n_triples
from citycontext.oslo.observations import ObservationCollection, Sample
from citycontext.oslo.phenomenon_times import TIME_ATTRIBUTES, collection_times, entity_times
from citycontext.oslo.places.reference_systems import CRS84, Crs, find_crs
from citycontext.oslo.profiles import ISO, PROFILES, Profile
from citycontext.oslo.tables.mapping_table import Home
from citycontext.oslo.tables.mapping_tables import MappingTables, standard_tables
from citycontext.oslo.vocabulary import DEFAULT_BASE
from citycontext.oslo.writing.descriptions import DescriptionWriter, Unwritten
from citycontext.oslo.writing.geometries import GeometryLiteral, GeometryWriter
from citycontext.oslo.writing.instances import InstanceReader
from citycontext.oslo.writing.observation_entities import ObservationEntityWriter
from citycontext.oslo.writing.observations import ObservationWriter
from citycontext.oslo.writing.targets import comes_back_in_order, is_iri, targets_of

__all__ = ["OsloGraph", "to_oslo"]

_VERSION_TIMES: Final = (
    *("occupancyModified", "dateObserved", "dateObservedTo", "dateModified"),
    *("gewijzigd", "resultaattijd", "fenomeentijd", "fenomeenTijd", "rapportTijd"),
)
"""What tells the time of a version; the first that an entity has."""
_VALUE_MEMBER: Final = {"Relationship": "object", "LanguageProperty": "languageMap"}


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
    for one in entities:
        geometries = GeometryWriter(graph, reference_system, literal, report, one.id)
        _EntityWriter(one, graph, report, profile, tables or standard_tables(), version_delimiter, geometries).write()
    if any(isinstance(value, str) and value.startswith(DEFAULT_BASE) for _, _, value in graph):
        why = "concepts that no official list has are minted here"
        home = "give a place of your own with MappingTables.with_base"
        report.add(Loss(LossKind.ASSUMED, DEFAULT_BASE, reason=why, home=home))
    return OsloGraph(graph, report, profile)


class _EntityWriter:
    def __init__(
        self,
        entity: Entity | TemporalEntity,
        graph: Graph,
        report: LossReport,
        profile: Profile,
        tables: MappingTables,
        version_delimiter: str,
        geometries: GeometryWriter,
    ) -> None:
        self.id = entity.id
        self.wire: Mapping[str, Any] = entity.to_dict("normalized")
        self.types = entity.types
        self.graph = graph
        self.report = report
        self.profile = profile
        self.tables = tables
        self.version_delimiter = version_delimiter
        self.geometries = geometries

    def write(self) -> None:
        """Write the entity, and report what has no place."""
        entity_type = next((name for name in self.types if name in self.tables), "")
        if not entity_type or not is_iri(self.id):
            why = f"no mapping table has type {', '.join(self.types)}" if not entity_type else "its id is not an IRI"
            home = "add a table with MappingTables.with_tables" if not entity_type else ""
            self._lose("", reason=why, home=home, kind=LossKind.REFUSED)
            return
        self.table = table = self.tables[entity_type]
        for other in self.types:
            if other != entity_type:
                self._lose("type", reason=f"one type has a table: {entity_type}, not {other}", kind=LossKind.CHANGED)
        self.attributes = {
            name: [one for one in (said if isinstance(said, list) else [said]) if isinstance(one, dict)]
            for name, said in self.wire.items()
            if name not in ENTITY_MEMBERS
        }
        for name in self.wire:
            if name in ENTITY_MEMBERS and name not in ("id", "type"):
                self._lose(name, reason="it belongs to the context broker, not to the thing")
        self.node = self._version() or self.id
        feature = f"{self.id}/sample" if table.observed else self.id
        self.instances = InstanceReader(self.id, table, self.tables.base, self.report, self.attributes, feature)
        self.writer = ObservationWriter(self.graph, self.profile, self.tables.base, self.geometries)
        sampled = self.writer.sampled(table)
        self.describer = DescriptionWriter(self.graph, self.tables.base, sampled, self.geometries)
        if table.parts:
            self._write_observation()
        elif table.observed:
            self._write_observed()
        else:
            self._write_thing()

    def _version(self) -> str:
        if not self.version_delimiter:
            return ""
        for name in _VERSION_TIMES:
            value = self._plain(name)
            if isinstance(value, str) and is_time_text(value):
                self.graph.add(f"{self.id}{self.version_delimiter}{value}", "dct:isVersionOf", self.id)
                return f"{self.id}{self.version_delimiter}{value}"
        self._lose("", kind=LossKind.MISSING, reason="no attribute tells the time of this version")
        return ""

    def _write_observed(self) -> None:
        table = self.table
        times = {name: self._plain(name) for name in TIME_ATTRIBUTES}
        phenomenon, known = collection_times(times)
        self._report_times(times, entity_times(phenomenon, known, table))
        sample = Sample(f"{self.id}/sample", location=self._location())
        collection = ObservationCollection(
            self.node,
            sample,
            phenomenon_time=phenomenon,
            result_time=known,
            sensors=self._sensors(),
            classes=(table.collection,) if table.collection else (),
            types=(table.model_iri,),
        )
        handled = {*TIME_ATTRIBUTES, "location", table.sensor_attribute}
        self.instances.collection = collection
        self.instances.qualifiers = self._qualifiers(handled)
        collection.observations = self.instances.observations(handled)
        if self.instances.qualifiers and not collection.observations:
            for name in self._qualifying():
                self._lose(name, reason="it narrows observed properties, and none is there")
        self.writer.collection(collection, table)
        self._describe(handled, sample.iri)

    def _write_observation(self) -> None:
        writer = ObservationEntityWriter(self.id, self.table, self.tables, self.report, self.attributes, self.instances)
        observation = writer.observation(self.node, self.profile)
        if observation is not None:
            self.writer.observation(observation)
            self._describe(set(self.table.parts), "")

    def _write_thing(self) -> None:
        self.graph.type(self.node, *([] if self._has_class() else self.table.classes[:1]))
        observed = {name for name in self.attributes if name in self.table.observe and name not in self.table.describe}
        self._describe(observed, "")
        for observation in self.instances.observations(set()):
            self.writer.observation(observation)

    def _has_class(self) -> bool:
        homes = self.table.describe.get("layout", ())
        values = self._plain("layout")
        known = homes[0].codes if homes else {}
        return isinstance(values, list) and any(value in known for value in values if isinstance(value, str))

    def _describe(self, handled: set[str], sample: str) -> None:
        """Write attributes that describe, and report those that nothing carries."""
        # References first: what is said of the node that one leads to stands there, not at a blank one beside it.
        names = sorted(self.attributes, key=lambda name: not self._refers(name))
        for name in names:
            instances = self.attributes[name]
            if name in handled:
                continue
            homes = self.table.describe.get(name, ())
            start = sample if homes and homes[0].start == "@sample" else self.node
            default = [one for one in instances if one.get("datasetId") in (None, "@none")]
            if not homes or not default or (homes[0].start == "@property"):
                self.instances.observe_or_lose(name, instances)
                continue
            for one in instances:
                if one is not default[0]:
                    self.instances.observe_or_lose(name, [one])
            self._describe_instance(name, homes, start, default[0])

    def _refers(self, name: str) -> bool:
        homes = self.table.describe.get(name, ())
        return bool(homes) and homes[0].value == "reference"

    def _describe_instance(self, name: str, homes: tuple[Home, ...], start: str, instance: dict[str, Any]) -> None:
        try:
            changes = self.describer.write(start, homes, instance)
        except Unwritten as why:
            self.instances.observe_or_lose(name, [instance], reason=why.reason)
            return
        value_member = _VALUE_MEMBER.get(instance.get("type", ""), "value")
        rest = [member for member in instance if member not in ("type", value_member)]
        if homes[0].time:
            modified = self._plain(homes[0].time)
            held = ngsild_time(modified) if isinstance(modified, str) and is_time_text(modified) else None
            if held is not None and instance.get("observedAt") == held:
                rest.remove("observedAt")
            elif held is not None and "observedAt" not in instance:
                self._lose(
                    name, "observedAt", kind=LossKind.ASSUMED, reason=f"it will be read as held at {homes[0].time}"
                )
        if (rest or changes) and self.instances.observe_beside(name, instance):
            return
        for member, reason in changes:
            self._lose(name, member, reason=reason, kind=LossKind.CHANGED)
        for member in rest:
            self._lose(name, member, reason="a term that describes carries the value alone")

    def _qualifying(self) -> list[str]:
        return [
            name
            for name, homes in self.table.describe.items()
            if homes[0].start == "@property" and name in self.attributes
        ]

    def _qualifiers(self, handled: set[str]) -> tuple[tuple[str, str], ...]:
        found = []
        for name in self._qualifying():
            home = self.table.describe[name][0]
            value = self._plain(name)
            concept = home.encode(value, self.tables.base) if isinstance(value, str) and value else None
            if concept is None:
                continue
            handled.add(name)
            self._single(name)
            found.append((home.steps[-1].predicate, concept))
            self._lose_rest(name, {"type", "value"})
            if home.decode(concept, self.tables.base) != value:
                self._lose(name, "value", kind=LossKind.CHANGED, reason="it shares its term with another value")
        return tuple(found)

    def _location(self) -> Any:
        instance = self._single("location")
        value: Any = instance.get("value")
        if not instance:
            return None
        if instance.get("type") != "GeoProperty" or not is_geometry(value):
            self._lose("location", reason="a sample has one place, a geometry")
            return None
        self._lose_rest("location", {"type", "value"})
        for name in value:
            if name not in ("type", "coordinates"):
                self._lose("location", "value", kind=LossKind.CHANGED, reason=f"a geometry has no {name!r}")
        return value

    def _sensors(self) -> tuple[str, ...]:
        name = self.table.sensor_attribute
        instance = self._single(name)
        if not instance:
            return ()
        addresses = targets_of(instance)
        if not addresses:
            self._lose(name, reason="it does not name sensors by their addresses")
            return ()
        self._lose_rest(name, {"type", "object"})
        if not comes_back_in_order(instance):
            self._lose(name, "object", kind=LossKind.CHANGED, reason="triples have no order, and no list of one")
        return addresses

    def _report_times(self, times: Mapping[str, Any], told: Mapping[str, str]) -> None:
        for name in TIME_ATTRIBUTES:
            instance = self._single(name)
            if not instance:
                if name in told:
                    self._lose(name, kind=LossKind.ASSUMED, reason="it will be read from the time of the phenomenon")
            elif times[name] is None or times[name] != told.get(name):
                kind = LossKind.CHANGED if name in told else LossKind.LOST
                self._lose(name, kind=kind, reason="a collection has the time of the phenomenon, and of the result")
            else:
                self._lose_rest(name, {"type", "value"})

    def _single(self, name: str) -> dict[str, Any]:
        """Return the default instance of an attribute that has one only, and report the others lost."""
        found: dict[str, Any] = {}
        for instance in self.attributes.get(name, []):
            if instance.get("datasetId") in (None, "@none") and not found:
                found = instance
            else:
                dataset = instance.get("datasetId")
                reason = "of the whole there is one value"
                self.report.add(Loss(LossKind.LOST, self.id, name, dataset_id=dataset, reason=reason))
        return found

    def _default(self, name: str) -> dict[str, Any]:
        return next((one for one in self.attributes.get(name, []) if one.get("datasetId") in (None, "@none")), {})

    def _plain(self, name: str) -> Any:
        """Return the value of an attribute's default instance, where it is a Property."""
        instance = self._default(name)
        return instance.get("value") if instance.get("type") == "Property" else None

    def _lose_rest(self, name: str, carried: set[str]) -> None:
        for member in self._default(name):
            if member not in carried:
                self._lose(name, member, reason="the term carries the value alone")

    def _lose(
        self, term: str, member: str = "", *, reason: str, home: str = "", kind: LossKind = LossKind.LOST
    ) -> None:
        self.report.add(Loss(kind, self.id, term, member, reason=reason, home=home))
