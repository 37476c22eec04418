"""Observations of a graph as entities of Smart Data Models: what was observed becomes an attribute."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from citycontext.ngsild.names import is_uri
from citycontext.oslo.aliases import canonical
from citycontext.oslo.graph import Graph
from citycontext.oslo.literals import ngsild_time
from citycontext.oslo.losses import Loss, LossKind
from citycontext.oslo.observations import Category, GeometryResult, Instant, Interval, Measure, TimeOfPhenomenon
from citycontext.oslo.phenomenon_times import entity_times, observed_at
from citycontext.oslo.profiles import ISO, SOSA
from citycontext.oslo.reading.descriptions import decode_term
from citycontext.oslo.reading.entity_making import EntityMaker, Made
from citycontext.oslo.reading.graph_reader import GraphReader
from citycontext.oslo.reading.observations import COLLECTION_MEMBERS, COLLECTIONS, ObservationReader, ReadObservation
from citycontext.oslo.tables.mapping_table import MappingTable, ObservedAttribute
from citycontext.oslo.tables.mapping_tables import MappingTables
from citycontext.oslo.vocabulary import RDF_TYPE, iri, is_blank

__all__ = ["ModelReader"]

_FEATURES: Final = ("sosa:hasFeatureOfInterest", "om:.featureOfInterest", "vm:geobserveerdObject")
_GENERIC: Final = "DeviceMeasurement"
_TRAFFIC_COLLECTION: Final = "vm:Verkeersmetingverzameling"
_TIME: Final = iri("sosa:phenomenonTime")
_PROPERTY: Final = iri("sosa:observedProperty")


@dataclass(slots=True)
class _Shared:
    """What the observations of a collection share."""

    node: str
    time_node: Any = None
    held: TimeOfPhenomenon | None = None
    known: Instant | None = None
    sensors: list[str] = field(default_factory=list)
    sample: str = ""


class ModelReader:
    """Reads things and observations of a graph with the tables of Smart Data Models.

    Args:
        maker: What makes the entities.
    """

    def __init__(self, maker: EntityMaker) -> None:
        self.maker: EntityMaker = maker
        self.reader: GraphReader = maker.reader
        self.graph: Graph = maker.graph
        self.tables: MappingTables = maker.tables
        self.by_concept: dict[str, list[tuple[MappingTable, ObservedAttribute]]] = {}
        for table in self.tables:
            for entry in table.observe.values():
                concept = canonical(entry.concept(self.tables.base))
                self.by_concept.setdefault(concept, []).append((table, entry))

    def read(self) -> None:
        """Read collections, then things, then what nothing collects; last what only a class of OSLO stands for."""
        observations = {one.node: one for one in ObservationReader(self.reader).observations()}
        for node in self.graph.nodes:
            kinds = self.graph.types(node)
            members = [one for name in COLLECTION_MEMBERS for one in self.graph.values(node, name)]
            if members or any(iri(name) in kinds for name in COLLECTIONS):
                inside = [observations.pop(one) for one in members if isinstance(one, str) and one in observations]
                self._collection(node, inside)
        self.maker.make_things(table for table in self.tables if not table.oslo)
        for observation in observations.values():
            self._loose(observation)
        classes = [table for table in self.tables if table.oslo and not table.parts]
        self.maker.make_things(classes, leftover=True)

    def _collection(self, node: str, inside: list[ReadObservation]) -> None:
        reader = self.reader
        table = self._table_of(node, inside)
        if table is None:
            return
        words = (*COLLECTIONS, *([table.collection] if table.collection else ()))
        kinds = self.graph.types(node)
        special = [one for one in dict.fromkeys(canonical(iri(word)) for word in words[1:]) if one in kinds]
        if special:
            reader.use_types(node, *words)
            if canonical(iri(words[0])) not in self.graph.types(node):
                why = f"{iri(special[0])} is read as {iri(words[0])} too"
                self.maker.report.add(Loss(LossKind.ASSUMED, node, RDF_TYPE, reason=why))
            for name in special[1:]:
                why = f"it is read as {iri(special[0])}"
                self.maker.report.add(Loss(LossKind.REWRITTEN, node, iri(name), reason=why))
        else:
            reader.take_as(node, words[0])
            if table.collection and any(one.observation.kind in ISO.kinds for one in inside):
                why = f"no class says so, and it is read as {iri(table.collection)}"
                self.maker.report.add(Loss(LossKind.ASSUMED, node, iri(table.collection), reason=why))
        self._members(node, {member.node for member in inside})
        time_node, held = reader.timed(node, "sosa:phenomenonTime", "om:.phenomenonTime")
        sensors = {one: reader.address(one) for one in reader.graph.values(node, "sosa:madeBySensor")}
        reader.used |= {(node, iri("sosa:madeBySensor"), one) for one, address in sensors.items() if address}
        shared = _Shared(
            node=node,
            time_node=time_node,
            held=held,
            known=reader.instant(node, "sosa:resultTime", "om:.resultTime"),
            sensors=sorted({*sensors.values()} - {""}),
            sample=self._feature(node, inside),
        )
        alone = table.generic and len({one.observation.observed_property.concept for one in inside}) > 1
        if not alone:
            self._fill(self.maker.entity(self.maker.identity(node, table.type), table), shared)
        for member in inside:
            if alone or self._entry(table, member) is None:
                self._generic(member, shared)
            else:
                self._observed(self.maker.entity(self.maker.identity(node, table.type), table), member, shared)
        if not alone:
            own = [member for member in inside if self._entry(table, member) is not None]
            self._report_unqualified(self.maker.entity(self.maker.identity(node, table.type), table), own)

    def _members(self, node: str, read: set[str]) -> None:
        """Count the ways to members as used, and report where there are other ones than the collection's class asks."""
        ways = {name: [one for one in self.graph.values(node, name) if one in read] for name in COLLECTION_MEMBERS}
        for name, members in ways.items():
            self.reader.used |= {(node, iri(name), one) for one in members}
        general, special = ways.values()
        traffic = iri(_TRAFFIC_COLLECTION) in self.graph.types(node)
        for one in dict.fromkeys([*general, *special]):
            asked = traffic and iri("vm:Verkeersmeting") in self.graph.types(str(one))
            both = one in general and one in special
            if both is not asked and (asked or both):
                alone = COLLECTION_MEMBERS[0 if one in general else 1]
                why = "it stands at both predicates" if both else f"it stands at {iri(alone)} alone"
                self.maker.report.add(
                    Loss(LossKind.REWRITTEN, node, iri(COLLECTION_MEMBERS[1]), reason=why, value=str(one))
                )

    def _generic(self, read: ReadObservation, shared: _Shared) -> None:
        """Read an observation of a property that the model of its collection does not have."""
        made = self.maker.entity(self.maker.identity(read.node, _GENERIC), self.tables[_GENERIC])
        self._fill(made, shared)
        self._observed(made, read, shared)

    def _fill(self, made: Made, shared: _Shared) -> None:
        """Return an entity what all observations of its collection share."""
        told = entity_times(shared.held, shared.known, made.table)
        for name, text in told.items():
            former = made.attributes.get(name, {}).get("value", text)
            if former != text:
                why = f"another version of it has {text}"
                self.maker.report.add(Loss(LossKind.LOST, made.id, name, reason=why, value=former))
            made.attributes[name] = {"type": "Property", "value": text}
        known = shared.known
        if known is not None and known.text not in told.values():
            self._lose_known(shared.node, known, made)
        elif known is not None and shared.held is not None and known.text == observed_at(shared.held):
            why = "it is the time of the phenomenon too, and read as that"
            self.maker.report.add(Loss(LossKind.REWRITTEN, shared.node, "sosa:resultTime", reason=why))
        if shared.sensors:
            named = shared.sensors[0] if len(shared.sensors) == 1 else shared.sensors
            made.attributes["refDevice"] = {"type": "Relationship", "object": named}
        self._sample(made, shared.sample)
        made.attributes |= self.maker.describer.read(made.table, shared.node, shared.sample)

    def _lose_known(self, node: str, known: Instant, made: Made) -> None:
        why = f"{made.table.type} has the time of the phenomenon alone"
        lost = Loss(LossKind.LOST, node, iri("sosa:resultTime"), reason=why, value=known.text)
        self.maker.report.add(lost)

    def _feature(self, node: str, inside: list[ReadObservation]) -> str:
        for predicate in _FEATURES:
            for feature in self.graph.values(node, predicate):
                if isinstance(feature, str):
                    self.reader.used.add((node, iri(predicate), feature))
                    return feature
        found = next((one.observation.feature for one in inside if one.observation.feature), "")
        if found and node:
            why = "it is read from its members"
            self.maker.report.add(Loss(LossKind.REWRITTEN, node, iri(_FEATURES[0]), reason=why))
        return found

    def _sample(self, made: Made, sample: str) -> None:
        if not sample:
            return
        if sample in self.graph:
            words = [*made.table.sample.values(), *ISO.sample.values(), *SOSA.sample.values()]
            self.reader.take_as(sample, *words)
        place = self.reader.location_of(sample)
        if place is not None and "location" not in made.attributes:
            made.attributes["location"] = {"type": "GeoProperty", "value": place}

    def _loose(self, read: ReadObservation) -> None:
        """Read an observation that no collection has."""
        feature = read.observation.feature
        thing = self.maker.things.get(feature)
        if thing is not None and self._entry(thing.table, read) is not None:
            self._observed(thing, read, _Shared(node=read.node))
            return
        table = self._table_of("", [read]) or self.tables[_GENERIC]
        made = self.maker.entity(self.maker.identity(read.node, table.type), table)
        shared = _Shared(node=read.node, held=read.observation.phenomenon_time, sample=feature)
        self._fill(made, shared)
        self._observed(made, read, _Shared(node=read.node, held=shared.held))

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
        voted = max(votes, key=lambda name: votes[name], default=_GENERIC)
        if node and votes:
            why = f"no type says so, and it is taken for {voted} by what was observed"
            self.maker.report.add(Loss(LossKind.ASSUMED, node, iri("dct:type"), reason=why))
        return self.tables[voted]

    def _entry(self, table: MappingTable, read: ReadObservation) -> ObservedAttribute | None:
        observation = read.observation
        if table.generic:
            return table.observe["textValue" if isinstance(observation.result, Category) else "numValue"]
        concept = canonical(observation.observed_property.concept)
        return next((entry for one, entry in self.by_concept.get(concept, ()) if one.type == table.type), None)

    def _observed(self, made: Made, read: ReadObservation, shared: _Shared) -> None:
        observation = read.observation
        entry = self._entry(made.table, read)
        if entry is None or isinstance(observation.result, GeometryResult):
            self.maker.lose(read.node, reason="an attribute that is observed has a number, a text or a truth value")
            self.reader.used -= read.core
            return
        if made.table.generic:
            self._controlled_property(made, read.node, observation.observed_property.concept)
        instance: dict[str, Any] = {"type": "Property", "value": observation.result.value}
        if isinstance(observation.result, Measure) and observation.result.unit_code:
            instance["unitCode"] = observation.result.unit_code
        inherits = shared.time_node is not None and read.time_node == shared.time_node
        own_time = None if inherits else observation.phenomenon_time
        moment = observed_at(own_time)
        if moment is not None:
            found = ngsild_time(moment)
            if found is None:
                self.maker.lose(read.node, reason=f"{moment} has no zone", home="say which zone is meant with zone=")
            else:
                instance["observedAt"] = found
                if found != moment:
                    why = f"{moment} is written in UTC"
                    self.maker.lose(made.id, entry.name, "observedAt", kind=LossKind.CHANGED, reason=why)
        if isinstance(own_time, Interval) and own_time.beginning is not None and own_time != shared.held:
            why = f"{entry.name} has the end of its time alone"
            lost = Loss(LossKind.LOST, read.node, _TIME, reason=why, value=own_time.beginning.text)
            self.maker.report.add(lost)
        if observation.kind in observation.types:
            why = f"it is read as {entry.name}, for what it is of"
            self.maker.report.add(
                Loss(LossKind.REWRITTEN, read.node, iri("dct:type"), reason=why, value=observation.kind)
            )
        dataset = _dataset(made.id, entry.name, read.node)
        if dataset:
            instance["datasetId"] = dataset
        if observation.sensor and [observation.sensor] != shared.sensors:
            instance["observedBy"] = {"type": "Relationship", "object": observation.sensor}
        if observation.procedure:
            instance["procedure"] = {"type": "Relationship", "object": observation.procedure}
        known = None if "result_time" in read.inherited else observation.result_time
        if known is None and observed_at(own_time or shared.held) and not shared.known:
            why = "a result is taken for known when the phenomenon ended"
            self.maker.lose(read.node, "resultTime", kind=LossKind.ASSUMED, reason=why)
        if known is not None and known.text != observed_at(own_time or shared.held):
            instance["resultTime"] = {"type": "Property", "value": known.text}
        for quality in observation.qualities:
            instance[quality.name] = {"type": "Property", "value": quality.value}
        self._qualify(made, read)
        self._report_feature(made, read.node, observation.feature)
        made.instances.setdefault((entry.name, dataset), []).append((instance.get("observedAt", ""), instance))

    def _controlled_property(self, made: Made, node: str, concept: str) -> None:
        prefix = f"{self.tables.base}ObserveerbaarKenmerk/"
        name = unquote(concept.removeprefix(prefix)) if concept.startswith(prefix) else concept
        known = made.attributes.setdefault("controlledProperty", {"type": "Property", "value": name})
        if known["value"] != name:
            why = f"another version of it is of {known['value']}"
            self.maker.report.add(Loss(LossKind.LOST, node, _PROPERTY, reason=why, value=concept))

    def _qualify(self, made: Made, read: ReadObservation) -> None:
        mappings = {name: one for name, (one, *_) in made.table.describe.items() if one.start == "@property"}
        for predicate, concept in read.observation.observed_property.qualifiers:
            taken = False
            for name, mapping in mappings.items():
                value = decode_term(mapping, concept, self.tables.base)
                if predicate == canonical(mapping.steps[-1].predicate) and value is not None:
                    known = made.attributes.setdefault(name, {"type": "Property", "value": value})
                    taken = known["value"] == value
            if not taken:
                why = f"{made.table.type} has no value for {concept}, which narrows what was observed"
                self.maker.report.add(Loss(LossKind.LOST, read.node, predicate, reason=why, value=concept))

    def _report_unqualified(self, made: Made, inside: list[ReadObservation]) -> None:
        """Report members that do not say what narrows the others: the entity says it of all."""
        for name, mappings in made.table.describe.items():
            if mappings[0].start != "@property" or name not in made.attributes:
                continue
            predicate, value = canonical(mappings[0].steps[-1].predicate), made.attributes[name]["value"]
            for member in inside:
                said = [term for one, term in member.observation.observed_property.qualifiers if one == predicate]
                if value not in [decode_term(mappings[0], term, self.tables.base) for term in said]:
                    why = f"{value} is said of other members, and not of this one"
                    self.maker.report.add(Loss(LossKind.ASSUMED, member.node, predicate, reason=why))

    def _report_feature(self, made: Made, node: str, feature: str) -> None:
        """Report the address of a feature of interest: the model has its place, under an address made of the id."""
        if feature and not is_blank(feature) and feature not in (made.id, f"{made.id}/sample"):
            why = f"{made.table.type} keeps no address of what was observed; written again it is {made.id}/sample"
            self.maker.report.add(Loss(LossKind.LOST, node, iri(_FEATURES[0]), reason=why, value=feature))


def _dataset(entity_id: str, attribute: str, node: str) -> str:
    """Read which instance an observation is from its address; empty for the default one."""
    start = f"{entity_id}/{attribute}/"
    if not node.startswith(start):
        return ""
    first = unquote(node.removeprefix(start).partition("/")[0])
    return first if is_uri(first) and not first[0].isdigit() else ""
