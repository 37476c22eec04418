"""Observations as triples, in the words of a profile."""

from __future__ import annotations

from citycontext.oslo.graph import Graph, Literal, Term
from citycontext.oslo.literals import number_literal, time_literal, unit_iri
from citycontext.oslo.observations import (
    Category,
    Count,
    GeometryResult,
    Instant,
    Interval,
    Measure,
    Observation,
    ObservationCollection,
    ObservedProperty,
    Quality,
    Result,
    Sample,
    TimeOfPhenomenon,
)
from citycontext.oslo.profiles import Form, Profile, Quantity
from citycontext.oslo.tables.mapping_table import MappingTable
from citycontext.oslo.vocabulary import XSD, iri
from citycontext.oslo.writing.geometries import GeometryWriter

__all__ = ["ObservationWriter", "time_node"]


class ObservationWriter:
    """Writes observations into a graph.

    Args:
        graph: The graph.
        profile: The words to use.
        base: Where concepts are minted.
        geometries: What writes places.
    """

    def __init__(self, graph: Graph, profile: Profile, base: str, geometries: GeometryWriter) -> None:
        self.graph = graph
        self.profile = profile
        self.base = base
        self.geometries = geometries

    def collection(self, collection: ObservationCollection, table: MappingTable) -> None:
        """Write a collection and its members.

        Args:
            collection: The collection.
            table: The table of the entity's type, for the words of its sample.
        """
        graph = self.graph
        special = bool(collection.classes) and self.profile.special
        graph.type(collection.iri, "sosa:ObservationCollection", *(collection.classes if special else ()))
        for kind in collection.types:
            graph.add(collection.iri, "dct:type", kind)
        graph.add(collection.iri, "sosa:hasFeatureOfInterest", collection.sample.iri)
        time = None
        if collection.phenomenon_time is not None:
            time = time_node(graph, collection.phenomenon_time)
            graph.add(collection.iri, "sosa:phenomenonTime", time)
        if collection.result_time is not None:
            graph.add(collection.iri, "sosa:resultTime", time_literal(collection.result_time.text))
        for sensor in collection.sensors:
            graph.add(collection.iri, "sosa:madeBySensor", sensor)
        self.sample(collection.sample, table)
        shared_sensor = collection.sensors[0] if len(collection.sensors) == 1 else ""
        for observation in collection.observations:
            graph.add(collection.iri, "sosa:hasMember", observation.iri)
            self.observation(observation, time=time, inherited=collection.phenomenon_time, sensor=shared_sensor)
            self._member(collection, observation)

    def _member(self, collection: ObservationCollection, observation: Observation) -> None:
        """Write a member of a special collection as such too, where its class is one that belongs there."""
        form = self.profile.form_of(observation.kind, observation.result)
        for kind in collection.classes:
            predicate, general, special = self.profile.members.get(kind, ("", "", frozenset()))
            if iri(form.class_) in special:
                self.graph.add(collection.iri, predicate, observation.iri)
                self.graph.type(observation.iri, general)

    def sample(self, sample: Sample, table: MappingTable) -> None:
        """Write a sample: its class, its place, and what it is of.

        Args:
            sample: The sample.
            table: The table of the entity's type.
        """
        graph, profile = self.graph, self.profile
        kind = sample.location["type"] if sample.location else "any"
        special = table.sample.get(kind, table.sample.get("any", ""))
        general = profile.sample.get(kind, profile.sample["any"])
        graph.type(sample.iri, special or general)
        if not profile.special:
            graph.type(sample.iri, general)
        if sample.location is not None:
            graph.add(sample.iri, profile.shape_of(kind), self.geometries.node(sample.location))
        for feature in sample.sampled:
            graph.add(sample.iri, self.sampled(table), feature)

    def sampled(self, table: MappingTable) -> str:
        """Return the predicate from a sample to what it is of.

        Args:
            table: The table of the entity's type.
        """
        return table.sampled if table.sampled and self.profile.special else self.profile.sampled

    def observation(
        self,
        observation: Observation,
        *,
        time: str | None = None,
        inherited: TimeOfPhenomenon | None = None,
        sensor: str = "",
    ) -> None:
        """Write an observation.

        Args:
            observation: The observation.
            time: The node of the collection's time, which it takes where it has none.
            inherited: That time.
            sensor: The collection's only sensor, which it takes where it has none.
        """
        graph, node = self.graph, observation.iri
        form = self.profile.form_of(observation.kind, observation.result)
        graph.type(node, form.class_)
        graph.add(node, form.observed_property, self._property(observation.observed_property, form))
        graph.add(node, form.feature, observation.feature or None)
        held = observation.phenomenon_time or inherited
        if observation.phenomenon_time is not None:
            time = time_node(graph, observation.phenomenon_time)
        graph.add(node, form.phenomenon_time, time)
        self._result_time(node, form, observation.result_time or _known_at(held))
        graph.add(node, form.sensor, observation.sensor or sensor or None)
        graph.add(node, form.procedure, observation.procedure or None)
        result = self._result(observation.result, form)
        for predicate in (form.result, *([form.own_result] if form.own_result else ())):
            graph.add(node, predicate, result)
        for quality in observation.qualities:
            graph.add(node, form.quality, self._quality(quality))
        for kind in observation.types:
            graph.add(node, "dct:type", kind)
        if observation.valid_time is not None:
            graph.add(node, form.valid_time, time_node(graph, observation.valid_time))
        if observation.identifier:
            identifier = graph.blank("adms:Identifier")
            graph.add(identifier, "skos:notation", Literal(observation.identifier))
            graph.add(node, form.identifier, identifier)
        for agent in observation.agents:
            graph.add(node, form.agent, agent)

    def _result_time(self, node: str, form: Form, known: Instant | None) -> None:
        if known is None:
            return
        literal = time_literal(known.text)
        self.graph.add(node, form.result_time, literal if form.literal_result_time else time_node(self.graph, known))

    def _property(self, observed: ObservedProperty, form: Form) -> str:
        if not observed.qualifiers and not form.property_class:
            return observed.concept
        graph = self.graph
        node = graph.blank(form.property_class or self.profile.property_class)
        graph.add(node, form.property_type or self.profile.property_type, observed.concept)
        for predicate, concept in observed.qualifiers:
            graph.add(node, predicate, concept)
        return node

    def _result(self, result: Result, form: Form) -> Term | None:
        if isinstance(result, Measure):
            return self._measure(result, form.quantity)
        if isinstance(result, GeometryResult):
            return self.geometries.node(result.value)
        value: Term | None
        if isinstance(result, Category):
            value = result.concept or Literal(result.value)
        elif isinstance(result, Count):
            value = number_literal(result.value)
        else:
            value = Literal(str(result.value).lower(), XSD + "boolean")
        if form.literal_result or not isinstance(value, Literal):
            return value
        node = self.graph.blank("sosa:Result")  # SOSA's result is a thing, never a bare literal
        self.graph.add(node, "rdf:value", value)
        return node

    def _measure(self, measure: Measure, quantity: Quantity) -> str:
        graph = self.graph
        unit = unit_iri(measure.unit_code) if measure.unit_code else ""
        if quantity is Quantity.QUANTITY_VALUE:
            node = graph.blank("qudt:QuantityValue")
            graph.add(node, "qudt:numericValue", number_literal(measure.value))
            graph.add(node, "qudt:hasUnit", unit or None)
        else:
            node = graph.blank("schema:QuantitativeValue")
            graph.add(node, "schema:value", number_literal(measure.value))
            graph.add(node, "schema:unitCode", unit or None)
        if measure.unit_code and not unit:
            graph.add(node, "schema:unitText", Literal(measure.unit_code))
        if quantity is not Quantity.MEASURE:
            return node
        around = graph.blank("measure:")
        graph.add(around, "measure:.value", node)
        return around

    def _quality(self, quality: Quality) -> str:
        profile, graph = self.profile, self.graph
        node = graph.blank(profile.quality_class)
        graph.add(node, profile.quality_name, f"{self.base}Kwaliteit/{quality.name}")
        graph.add(node, profile.quality_value, number_literal(quality.value))
        return node


def time_node(graph: Graph, time: TimeOfPhenomenon) -> str:
    """Write a moment or an interval, and give its node.

    Args:
        graph: The graph.
        time: The time.
    """
    if isinstance(time, Instant):
        node = graph.blank("time:Instant")
        graph.add(node, "time:inXSDDateTime", time_literal(time.text))
        return node
    node = graph.blank("time:ProperInterval")
    for predicate, moment in (("time:hasBeginning", time.beginning), ("time:hasEnd", time.end)):
        if moment is not None:
            graph.add(node, predicate, time_node(graph, moment))
    return node


def _known_at(time: TimeOfPhenomenon | None) -> Instant | None:
    """Take a result for known when the phenomenon ends, where nothing else is said."""
    return time.end if isinstance(time, Interval) else time
