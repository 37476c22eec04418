"""One entity as triples, by the mapping table of its type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from citycontext.ngsild.entity import Entity
from citycontext.ngsild.geometry import is_geometry
from citycontext.ngsild.temporal import TemporalEntity
from citycontext.ngsild.terms import ENTITY_MEMBERS
from citycontext.oslo.graph import Graph
from citycontext.oslo.literals import is_time_text, ngsild_time
from citycontext.oslo.losses import LossKind, LossReport
from citycontext.oslo.observations import ObservationCollection, Sample
from citycontext.oslo.phenomenon_times import TIME_ATTRIBUTES, collection_times, entity_times
from citycontext.oslo.profiles import Profile
from citycontext.oslo.tables.mapping_table import MappingTable, TermMapping
from citycontext.oslo.tables.mapping_tables import MappingTables
from citycontext.oslo.vocabulary import iri, local_name
from citycontext.oslo.writing.descriptions import DescriptionWriter, Unwritten
from citycontext.oslo.writing.entity_attributes import EntityAttributes, is_default
from citycontext.oslo.writing.geometries import GeometryWriter
from citycontext.oslo.writing.instances import InstanceReader
from citycontext.oslo.writing.obligations import unsaid
from citycontext.oslo.writing.observation_entities import ObservationEntityWriter
from citycontext.oslo.writing.observations import ObservationWriter
from citycontext.oslo.writing.targets import comes_back_in_order, is_iri, targets_of

__all__ = ["EntityWriter"]

_VERSION_TIMES: Final = (
    *("occupancyModified", "dateObserved", "dateObservedTo", "dateModified"),
    *("gewijzigd", "resultaattijd", "fenomeentijd", "fenomeenTijd", "rapportTijd"),
)
"""What tells the time of a version; the first that an entity has."""
_SENSOR: Final = iri("sosa:madeBySensor")
_TRAFFIC_MEMBERS: Final = iri("vm:heeftLid")
_VALUE_MEMBER: Final = {"Relationship": "object", "LanguageProperty": "languageMap"}


class EntityWriter:
    """Writes entities into a graph, and reports what has no place.

    Args:
        graph: The graph.
        report: What takes the losses.
        profile: The words to use.
        tables: Where attributes stand.
        version_delimiter: What stands between id and time of a version; empty for the things themselves.
    """

    def __init__(
        self, graph: Graph, report: LossReport, profile: Profile, tables: MappingTables, version_delimiter: str
    ) -> None:
        self.graph = graph
        self.report = report
        self.profile = profile
        self.tables = tables
        self.version_delimiter = version_delimiter

    def write(self, entity: Entity | TemporalEntity, geometries: GeometryWriter) -> None:
        """Write an entity.

        Args:
            entity: The entity.
            geometries: What writes its places.
        """
        wire: Mapping[str, Any] = entity.to_dict("normalized")
        attributes = EntityAttributes(entity.id, wire, self.report)
        entity_type = next((name for name in entity.types if name in self.tables), "")
        if not entity_type or not is_iri(entity.id):
            why = f"no mapping table has type {', '.join(entity.types)}" if not entity_type else "its id is not an IRI"
            home = "add a table with MappingTables.with_tables" if not entity_type else ""
            attributes.lose("", reason=why, home=home, kind=LossKind.REFUSED)
            return
        for other in entity.types:
            if other != entity_type:
                reason = f"one type has a table: {entity_type}, not {other}"
                attributes.lose("type", reason=reason, kind=LossKind.CHANGED)
        for name in wire:
            if name in ENTITY_MEMBERS and name not in ("id", "type"):
                attributes.lose(name, reason="it belongs to the context broker, not to the thing")
        table = self.tables[entity_type]
        writing = _Writing(self, attributes, table, self._version(attributes) or entity.id, geometries)
        if table.parts:
            writing.observation()
        elif table.observed:
            writing.collection()
        else:
            writing.thing()

    def _version(self, attributes: EntityAttributes) -> str:
        if not self.version_delimiter:
            return ""
        for name in _VERSION_TIMES:
            value = attributes.plain(name)
            if isinstance(value, str) and is_time_text(value):
                version = f"{attributes.id}{self.version_delimiter}{value}"
                self.graph.add(version, "dct:isVersionOf", attributes.id)
                return version
        attributes.lose("", kind=LossKind.MISSING, reason="no attribute tells the time of this version")
        return ""


class _Writing:
    """The writing of one entity."""

    def __init__(
        self,
        writer: EntityWriter,
        attributes: EntityAttributes,
        table: MappingTable,
        node: str,
        geometries: GeometryWriter,
    ) -> None:
        base = writer.tables.base
        self.attributes = attributes
        self.table = table
        self.tables = writer.tables
        self.node = node
        self.graph = writer.graph
        self.profile = writer.profile
        self.observations = ObservationWriter(writer.graph, writer.profile, base, geometries)
        self.describer = DescriptionWriter(writer.graph, base, self.observations.sampled(table), geometries)

    def collection(self) -> None:
        """Write an entity that is a set of observations of a sample."""
        table, attributes = self.table, self.attributes
        times = {name: attributes.plain(name) for name in TIME_ATTRIBUTES}
        phenomenon, known = collection_times(times)
        self._report_times(times, entity_times(phenomenon, known, table))
        sample = Sample(f"{attributes.id}/sample", location=self._location())
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
        qualifiers = self._qualifiers(handled)
        instances = InstanceReader(
            attributes, table, self.tables.base, sample.iri, collection=collection, qualifiers=qualifiers
        )
        collection.observations = instances.observations(handled)
        if qualifiers and not collection.observations:
            for name in self._qualifying():
                attributes.lose(name, reason="it narrows observed properties, and none is there")
        self.observations.collection(collection, table)
        self._describe(handled, sample.iri, instances)
        self._report_unsaid(self.node, sample.iri, *(one.iri for one in collection.observations))

    def observation(self) -> None:
        """Write an entity that is one observation."""
        instances = InstanceReader(self.attributes, self.table, self.tables.base, self.attributes.id)
        maker = ObservationEntityWriter(self.attributes, self.table, self.tables, instances)
        observation = maker.observation(self.node, self.profile)
        if observation is not None:
            self.observations.observation(observation)
            self._describe(set(self.table.parts), "", instances)
            self._report_unsaid(self.node)

    def thing(self) -> None:
        """Write an entity that is a thing, and the observations of it."""
        table = self.table
        instances = InstanceReader(self.attributes, table, self.tables.base, self.attributes.id)
        self.graph.type(self.node, *([] if self._has_class() else table.classes[:1]))
        observed = {name for name in self.attributes.instances if name in table.observe and name not in table.describe}
        self._describe(observed, "", instances)
        for observation in instances.observations(set()):
            self.observations.observation(observation)

    def _report_unsaid(self, *nodes: str) -> None:
        """Report what the profile obliges, and the entity lacks though its model has an attribute for it."""
        known: set[str] = set()
        for node in nodes:
            for kind, predicate in unsaid(self.graph, node):
                name = self._attribute_at(predicate)
                if predicate not in known and (name or predicate == _TRAFFIC_MEMBERS):
                    known.add(predicate)
                    why = f"a {local_name(kind)} has {local_name(predicate)}"
                    home = f"give it {name}" if name else "give it a count or a speed"
                    self.attributes.lose(name, kind=LossKind.MISSING, reason=why, home=home)

    def _attribute_at(self, predicate: str) -> str:
        """Return the attribute that stands at a predicate; empty if absent."""
        if predicate == _SENSOR:
            sensors = (name for name, part in self.table.parts.items() if part.role == "sensor")
            return self.table.sensor_attribute or next(sensors, "")
        wanted = {predicate, "@sampled"}
        mappings = [
            (name, one) for name, ones in self.table.describe.items() for one in ones if one.value == "reference"
        ]
        return next((name for name, one in mappings if one.steps[-1].predicate in wanted), "")

    def _has_class(self) -> bool:
        mappings = self.table.describe.get("layout", ())
        values = self.attributes.plain("layout")
        known = mappings[0].codes if mappings else {}
        return isinstance(values, list) and any(value in known for value in values if isinstance(value, str))

    def _describe(self, handled: set[str], sample: str, reader: InstanceReader) -> None:
        """Write attributes that describe, and report those that nothing carries."""
        # References first: what is said of the node that one leads to stands there, not at a blank one beside it.
        names = sorted(self.attributes.instances, key=lambda name: not self._refers(name))
        held = self._held_at()
        for name in names:
            instances = self.attributes.instances[name]
            if name in handled:
                continue
            mappings = self.table.describe.get(name, ())
            start = sample if mappings and mappings[0].start == "@sample" else self.node
            default = [one for one in instances if is_default(one)]
            if not mappings or not default or (mappings[0].start == "@property"):
                reader.observe_or_lose(name, instances)
                continue
            for one in instances:
                if one is not default[0]:
                    reader.observe_or_lose(name, [one])
            self._describe_instance(name, mappings, start, default[0], reader, held)

    def _held_at(self) -> dict[str, str]:
        """Write when values held that tell it themselves, where no attribute tells it of all; return it by attribute.

        The first one in the table that has ``observedAt`` counts, such as the free spots of a parking.
        """
        found: dict[str, str] = {}
        for name, mappings in self.table.describe.items():
            time = mappings[0].time
            if not time or time in found or time in self.attributes.instances:
                continue
            moment = self.attributes.default(name).get("observedAt")
            if isinstance(moment, str) and is_time_text(moment) and ngsild_time(moment) == moment:
                found[time] = moment
                self.describer.write(self.node, self.table.describe[time], {"type": "Property", "value": moment})
                self.attributes.lose(time, kind=LossKind.ASSUMED, reason=f"it is the observedAt of {name}")
        return found

    def _refers(self, name: str) -> bool:
        mappings = self.table.describe.get(name, ())
        return bool(mappings) and mappings[0].value == "reference"

    def _describe_instance(
        self,
        name: str,
        mappings: tuple[TermMapping, ...],
        start: str,
        instance: dict[str, Any],
        reader: InstanceReader,
        times: Mapping[str, str],
    ) -> None:
        try:
            changes = self.describer.write(start, mappings, instance)
        except Unwritten as why:
            reader.observe_or_lose(name, [instance], reason=why.reason)
            return
        value_member = _VALUE_MEMBER.get(instance.get("type", ""), "value")
        rest = [member for member in instance if member not in ("type", value_member)]
        if mappings[0].time:
            modified = times.get(mappings[0].time) or self.attributes.plain(mappings[0].time)
            held = ngsild_time(modified) if isinstance(modified, str) and is_time_text(modified) else None
            if held is not None and instance.get("observedAt") == held:
                rest.remove("observedAt")
            elif held is not None and "observedAt" not in instance:
                self.attributes.lose(
                    name, "observedAt", kind=LossKind.ASSUMED, reason=f"it will be read as held at {mappings[0].time}"
                )
        if (rest or changes) and reader.observe_beside(name, instance):
            return
        for member, reason in changes:
            self.attributes.lose(name, member, reason=reason, kind=LossKind.CHANGED)
        for member in rest:
            self.attributes.lose(name, member, reason="a term that describes carries the value alone")

    def _qualifying(self) -> list[str]:
        return [
            name
            for name, mappings in self.table.describe.items()
            if mappings[0].start == "@property" and name in self.attributes.instances
        ]

    def _qualifiers(self, handled: set[str]) -> tuple[tuple[str, str], ...]:
        found = []
        for name in self._qualifying():
            mapping = self.table.describe[name][0]
            value = self.attributes.plain(name)
            concept = mapping.encode(value, self.tables.base) if isinstance(value, str) and value else None
            if concept is None:
                continue
            handled.add(name)
            self.attributes.single(name)
            found.append((mapping.steps[-1].predicate, concept))
            self.attributes.lose_rest(name, {"type", "value"})
            if mapping.decode(concept, self.tables.base) != value:
                self.attributes.lose(
                    name, "value", kind=LossKind.CHANGED, reason="it shares its term with another value"
                )
        return tuple(found)

    def _location(self) -> Any:
        instance = self.attributes.single("location")
        value: Any = instance.get("value")
        if not instance:
            return None
        if instance.get("type") != "GeoProperty" or not is_geometry(value):
            self.attributes.lose("location", reason="a sample has one place, a geometry")
            return None
        self.attributes.lose_rest("location", {"type", "value"})
        for name in value:
            if name not in ("type", "coordinates"):
                self.attributes.lose("location", "value", kind=LossKind.CHANGED, reason=f"a geometry has no {name!r}")
        return value

    def _sensors(self) -> tuple[str, ...]:
        name = self.table.sensor_attribute
        instance = self.attributes.single(name)
        if not instance:
            return ()
        addresses = targets_of(instance)
        if not addresses:
            self.attributes.lose(name, reason="it does not name sensors by their addresses")
            return ()
        self.attributes.lose_rest(name, {"type", "object"})
        if not comes_back_in_order(instance):
            self.attributes.lose(
                name, "object", kind=LossKind.CHANGED, reason="triples have no order, and no list of one"
            )
        return addresses

    def _report_times(self, times: Mapping[str, Any], told: Mapping[str, str]) -> None:
        for name in TIME_ATTRIBUTES:
            instance = self.attributes.single(name)
            if not instance:
                if name in told:
                    self.attributes.lose(
                        name, kind=LossKind.ASSUMED, reason="it will be read from the time of the phenomenon"
                    )
            elif times[name] is None or times[name] != told.get(name):
                kind = LossKind.CHANGED if name in told else LossKind.LOST
                self.attributes.lose(
                    name, kind=kind, reason="a collection has the time of the phenomenon, and of the result"
                )
            else:
                self.attributes.lose_rest(name, {"type", "value"})
