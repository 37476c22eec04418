"""From OSLO to NGSI-LD: ``from_oslo``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Final
from urllib.parse import unquote

from citycontext.errors import InvalidDocument, UnknownModel
from citycontext.models import model_for
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.temporal import TemporalEntity
from citycontext.ngsild.time import parse_datetime
from citycontext.oslo.aliases import canonical, canonical_graph
from citycontext.oslo.description_reading import DescriptionReader
from citycontext.oslo.documents import read_document
from citycontext.oslo.entities import class_for
from citycontext.oslo.graph import Graph, Literal
from citycontext.oslo.literals import is_time_text, ngsild_time
from citycontext.oslo.losses import Loss, LossKind, LossReport
from citycontext.oslo.mapping_tables import MappingTable, MappingTables, ObservedAttribute, standard_tables
from citycontext.oslo.observation_reading import GraphReader, ReadObservation
from citycontext.oslo.observations import Category, GeometryResult, Instant, Measure, TimeOfPhenomenon
from citycontext.oslo.phenomenon_times import entity_times, observed_at
from citycontext.oslo.vocabulary import RDF_TYPE, iri, is_blank

__all__ = ["Reading", "from_oslo"]

_COLLECTIONS: Final = ("sosa:ObservationCollection", "vm:Verkeersmetingverzameling")
_MEMBERS: Final = ("sosa:hasMember", "vm:heeftLid")
_FEATURES: Final = ("sosa:hasFeatureOfInterest", "om:.featureOfInterest", "vm:geobserveerdObject")
_GENERIC: Final = "DeviceMeasurement"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a graph became.

    Args:
        entities: The entities, each with the newest value of every attribute.
        histories: The evolutions of entities of which the graph has several values of an attribute.
        report: What of the graph is not in them.
    """

    entities: list[Entity]
    histories: list[TemporalEntity]
    report: LossReport

    def __iter__(self) -> Iterator[Entity]:
        return iter(self.entities)


def from_oslo(
    source: Graph | Mapping[str, Any] | list[Any],
    *,
    tables: MappingTables | None = None,
    contexts: Mapping[str, Any] | None = None,
    zone: tzinfo | None = None,
    strict: bool = False,
) -> Reading:
    """Read OSLO linked data as entities, whichever profile it follows.

    Args:
        source: A graph, or a JSON-LD document.
        tables: Where attributes stand; those of the library if none are given.
        contexts: Contexts by address that the document names.
        zone: What a time without zone is taken to be in, e.g. ``ZoneInfo("Europe/Brussels")``.
        strict: Raise at the first thing that would be lost.

    Returns:
        The entities, their evolutions, and a report of all that is not in them: a class that no table knows is
        refused there by its name.

    Raises:
        InvalidDocument: The document is no JSON-LD, or has no triples.
        ContextError: A context is not at hand.
        InvalidEntity: Something would be lost, in strict reading.
        MissingExtra: JSON-LD needs pyld.
    """
    report = LossReport(strict)
    graph = source if isinstance(source, Graph) else read_document(source, contexts=contexts)
    if not len(graph):
        raise InvalidDocument("the document says nothing as linked data; has it an @context that knows its terms?")
    reader = GraphReader(canonical_graph(graph, report), report, zone)
    return _Builder(reader, tables or standard_tables()).build()


@dataclass(slots=True)
class _Made:
    """An entity in the making."""

    table: MappingTable
    id: str
    attributes: dict[str, Any] = field(default_factory=dict)
    instances: dict[tuple[str, str], list[tuple[str, dict[str, Any]]]] = field(default_factory=dict)


@dataclass(slots=True)
class _Shared:
    """What the observations of a collection share."""

    node: str
    time_node: Any = None
    held: TimeOfPhenomenon | None = None
    known: Instant | None = None
    sensors: list[str] = field(default_factory=list)
    sample: str = ""


class _Builder:
    def __init__(self, reader: GraphReader, tables: MappingTables) -> None:
        self.reader = reader
        self.graph = reader.graph
        self.report = reader.report
        self.tables = tables
        self.describer = DescriptionReader(reader, tables.base)
        self.made: dict[tuple[str, str], _Made] = {}
        self.things: dict[str, _Made] = {}
        self.tables_by_class = {one: table for table in reversed(list(tables)) for one in _classes(table)}
        self.by_concept: dict[str, list[tuple[MappingTable, ObservedAttribute]]] = {}
        for table in tables:
            for entry in table.observe.values():
                concept = canonical(entry.concept(tables.base))
                self.by_concept.setdefault(concept, []).append((table, entry))

    def build(self) -> Reading:
        """Read all, then report what was not used."""
        observations = {one.node: one for one in self.reader.observations()}
        for node in self.graph.nodes:
            kinds = self.graph.types(node)
            members = [one for name in _MEMBERS for one in self.graph.values(node, name)]
            if members or any(iri(name) in kinds for name in _COLLECTIONS):
                inside = [observations.pop(one) for one in members if isinstance(one, str) and one in observations]
                self._collection(node, inside)
        for node in self.graph.nodes:
            table = next(
                (self.tables_by_class[one] for one in self.graph.types(node) if one in self.tables_by_class), None
            )
            if table is not None:
                self._thing(node, table)
        for observation in observations.values():
            self._loose(observation)
        entities, histories = [], []
        for made in self.made.values():
            entity, history = self._finished(made)
            entities.append(entity)
            if history is not None:
                histories.append(history)
        self._report_unused()
        return Reading(entities, histories, self.report)

    def _thing(self, node: str, table: MappingTable) -> None:
        made = self._entity(self._identity(node, table.type), table, version=node)
        self.things.setdefault(made.id, made)
        self.reader.use_types(node, *table.classes)
        attributes = self.describer.read(table, node, "")
        for name, attribute in attributes.items():
            moment = attributes.get(table.describe[name][0].time, {}).get("value")
            held = ngsild_time(moment) if isinstance(moment, str) and is_time_text(moment) else None
            made.attributes[name] = {**attribute, **({"observedAt": held} if held else {})}

    def _collection(self, node: str, inside: list[ReadObservation]) -> None:
        reader = self.reader
        table = self._table_of(node, inside)
        if table is None:
            return
        reader.use_types(node, *_COLLECTIONS, *([table.collection] if table.collection else ()))
        read = {member.node for member in inside}
        for name in _MEMBERS:
            reader.used |= {(node, iri(name), one) for one in self.graph.values(node, name) if one in read}
        time_node = reader.value(node, "sosa:phenomenonTime", "om:.phenomenonTime")
        known = reader.time(reader.value(node, "sosa:resultTime", "om:.resultTime"))
        shared = _Shared(
            node=node,
            time_node=time_node,
            held=reader.time(time_node),
            known=known if isinstance(known, Instant) else None,
            sensors=sorted({reader.address(one) for one in reader.values(node, "sosa:madeBySensor")} - {""}),
            sample=self._feature(node, inside),
        )
        alone = table.generic and len({one.observation.observed_property.concept for one in inside}) > 1
        if not alone:
            self._fill(self._entity(self._identity(node, table.type), table), shared)
        for member in inside:
            if alone or self._entry(table, member) is None:
                self._generic(member, shared)
            else:
                self._observed(self._entity(self._identity(node, table.type), table), member, shared)

    def _generic(self, read: ReadObservation, shared: _Shared) -> None:
        """Read an observation of a property that the model of its collection does not have."""
        made = self._entity(self._identity(read.node, _GENERIC), self.tables[_GENERIC])
        self._fill(made, shared)
        self._observed(made, read, shared)

    def _fill(self, made: _Made, shared: _Shared) -> None:
        """Give an entity what all observations of its collection share."""
        for name, text in entity_times(shared.held, shared.known, made.table).items():
            made.attributes[name] = {"type": "Property", "value": text}
        if shared.sensors:
            named = shared.sensors[0] if len(shared.sensors) == 1 else shared.sensors
            made.attributes["refDevice"] = {"type": "Relationship", "object": named}
        self._sample(made, shared.sample)
        made.attributes |= self.describer.read(made.table, shared.node, shared.sample)

    def _feature(self, node: str, inside: list[ReadObservation]) -> str:
        feature = self.reader.value(node, *_FEATURES)
        if isinstance(feature, str):
            return feature
        return next((one.observation.feature for one in inside if one.observation.feature), "")

    def _sample(self, made: _Made, sample: str) -> None:
        if not sample:
            return
        self.reader.use_types(sample)
        place = self.reader.location_of(sample)
        if place is not None and "location" not in made.attributes:
            made.attributes["location"] = {"type": "GeoProperty", "value": place}

    def _loose(self, read: ReadObservation) -> None:
        """Read an observation that no collection has."""
        feature = read.observation.feature
        thing = self.things.get(feature)
        if thing is not None and self._entry(thing.table, read) is not None:
            self._observed(thing, read, _Shared(node=read.node))
            return
        table = self._table_of("", [read]) or self.tables[_GENERIC]
        made = self._entity(self._identity(read.node, table.type), table)
        shared = _Shared(node=read.node, held=read.observation.phenomenon_time, sample=feature)
        self._fill(made, shared)
        self._observed(made, read, _Shared(node=read.node))

    def _table_of(self, node: str, inside: list[ReadObservation]) -> MappingTable | None:
        """Find the model: the one that the data name, else the one that has most of the properties."""
        for kind in self.graph.values(node, "dct:type") if node else ():
            named = next((table for table in self.tables if table.model_iri == kind), None)
            if named is not None:
                self.reader.used.add((node, iri("dct:type"), kind))
                return named
        votes: dict[str, int] = {}
        for one in inside:
            for table, _ in self.by_concept.get(canonical(one.observation.observed_property.concept), ()):
                if table.observed:
                    votes[table.type] = votes.get(table.type, 0) + 1
        if not inside:
            return None
        return self.tables[max(votes, key=lambda name: votes[name], default=_GENERIC)]

    def _entry(self, table: MappingTable, read: ReadObservation) -> ObservedAttribute | None:
        observation = read.observation
        if table.generic:
            return table.observe["textValue" if isinstance(observation.result, Category) else "numValue"]
        concept = canonical(observation.observed_property.concept)
        return next((entry for one, entry in self.by_concept.get(concept, ()) if one.type == table.type), None)

    def _observed(self, made: _Made, read: ReadObservation, shared: _Shared) -> None:
        observation = read.observation
        entry = self._entry(made.table, read)
        if entry is None or isinstance(observation.result, GeometryResult):
            self._lose(read.node, reason="an attribute that is observed has a number, a text or a truth value")
            return
        if made.table.generic:
            self._controlled_property(made, observation.observed_property.concept)
        instance: dict[str, Any] = {"type": "Property", "value": observation.result.value}
        if isinstance(observation.result, Measure) and observation.result.unit_code:
            instance["unitCode"] = observation.result.unit_code
        inherits = shared.time_node is not None and read.time_node == shared.time_node
        own_time = None if inherits else observation.phenomenon_time
        moment = observed_at(own_time)
        if moment is not None:
            found = ngsild_time(moment)
            if found is None:
                self._lose(read.node, reason=f"{moment} has no zone", home="say which zone is meant with zone=")
            else:
                instance["observedAt"] = found
                if found != moment:
                    why = f"{moment} is written in UTC"
                    self._lose(made.id, entry.name, "observedAt", kind=LossKind.CHANGED, reason=why)
        dataset = _dataset(made.id, entry.name, read.node)
        if dataset:
            instance["datasetId"] = dataset
        if observation.sensor and [observation.sensor] != shared.sensors:
            instance["observedBy"] = {"type": "Relationship", "object": observation.sensor}
        if observation.procedure:
            instance["procedure"] = {"type": "Relationship", "object": observation.procedure}
        known = observation.result_time
        if known is not None and known.text != observed_at(own_time or shared.held):
            instance["resultTime"] = {"type": "Property", "value": known.text}
        for quality in observation.qualities:
            instance[quality.name] = {"type": "Property", "value": quality.value}
        self._qualify(made, observation.observed_property.qualifiers)
        made.instances.setdefault((entry.name, dataset), []).append((instance.get("observedAt", ""), instance))

    def _controlled_property(self, made: _Made, concept: str) -> None:
        prefix = f"{self.tables.base}ObserveerbaarKenmerk/"
        name = unquote(concept.removeprefix(prefix)) if concept.startswith(prefix) else concept
        made.attributes["controlledProperty"] = {"type": "Property", "value": name}

    def _qualify(self, made: _Made, qualifiers: tuple[tuple[str, str], ...]) -> None:
        for name, homes in made.table.describe.items():
            if homes[0].start != "@property":
                continue
            for predicate, concept in qualifiers:
                value = homes[0].decode(concept, self.tables.base)
                if predicate == canonical(homes[0].steps[-1].predicate) and value is not None:
                    made.attributes[name] = {"type": "Property", "value": value}

    def _entity(self, identity: str, table: MappingTable, *, version: str = "") -> _Made:
        """Give the entity in the making; every version of a thing is one of its own."""
        key = (version or identity, table.type)
        if key not in self.made:
            self.made[key] = _Made(table, identity)
        return self.made[key]

    def _identity(self, node: str, entity_type: str) -> str:
        version_of = self.reader.address(self.reader.value(node, "dct:isVersionOf"))
        if version_of:
            self.reader.value(node, "prov:generatedAtTime")
            return version_of
        if not is_blank(node) and is_uri(node):
            return node
        said = [(name, value) for name in self.graph.predicates(node) for value in self.graph.values(node, name)]
        text = "".join(sorted(f"{name} {value}" for name, value in said))
        name = hashlib.sha256(text.encode()).hexdigest()[:16]
        self._lose(
            node, kind=LossKind.ASSUMED, reason="a blank node has no address, so the entity gets one of its content"
        )
        return f"urn:ngsi-ld:{entity_type}:{name}"

    def _finished(self, made: _Made) -> tuple[Entity, TemporalEntity | None]:
        wire: dict[str, Any] = {"id": made.id, "type": made.table.type, **made.attributes}
        history: dict[str, list[dict[str, Any]]] = {}
        described = set(made.attributes)
        for (name, dataset), timed in sorted(made.instances.items(), key=lambda one: one[0]):
            timed.sort(key=lambda one: parse_datetime(one[0]).timestamp() if one[0] else 0.0)
            if len(timed) > 1:
                history.setdefault(name, []).extend(instance for _, instance in timed)
            newest = timed[-1][1]
            held = wire.get(name)
            if held is None or (name in described and not dataset):
                wire[name] = newest
            else:
                wire[name] = [*(held if isinstance(held, list) else [held]), newest]
            described.discard(name)
        model: type[Entity] | None = class_for(made.table.type)
        if model is None:
            try:
                model = model_for(made.table.type, made.table.subject or None)
            except UnknownModel:
                model = Entity
        told = {"id": made.id, "type": made.table.type, **history}
        evolution = TemporalEntity.from_dict(told) if history else None
        return model.from_dict(wire), evolution

    def _report_unused(self) -> None:
        """Name every triple that is in no entity: of a class that no table knows by the class, others one by one."""
        used = self.reader.used
        reached = {subject for subject, _, _ in used} | {value for _, _, value in used if isinstance(value, str)}
        for triple in self.graph:
            subject, predicate, value = triple
            if triple in used:
                continue
            if predicate == RDF_TYPE and subject not in reached:
                self._lose(subject, str(value), kind=LossKind.REFUSED, reason=f"no table has class {value}")
            else:
                said = value.text if isinstance(value, Literal) else value
                self._lose(subject, predicate, reason=f"{said[:80]!r} has no place in the entity")

    def _lose(
        self,
        subject: str,
        term: str = "",
        member: str = "",
        *,
        reason: str,
        home: str = "",
        kind: LossKind = LossKind.LOST,
    ) -> None:
        self.report.add(Loss(kind, subject, term, member, reason=reason, home=home))


def _classes(table: MappingTable) -> set[str]:
    """Give the classes of a thing, those among them that stand for a value of an attribute."""
    homes = [home for homes in table.describe.values() for home in homes if home.steps[0].predicate == RDF_TYPE]
    return {canonical(one) for one in table.classes} | {
        iri(one) for home in homes for one in home.codes.values() if table.classes
    }


def _dataset(entity_id: str, attribute: str, node: str) -> str:
    """Read which instance an observation is from its address; empty for the default one."""
    start = f"{entity_id}/{attribute}/"
    if not node.startswith(start):
        return ""
    first = unquote(node.removeprefix(start).partition("/")[0])
    return first if is_uri(first) and not first[0].isdigit() else ""
