"""Observations out of triples, whichever profile wrote them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from citycontext.oslo.aliases import canonical
from citycontext.oslo.graph import Graph, Literal, Term, Triple
from citycontext.oslo.literals import boolean_of, is_number, number_of, quantity_of, unit_code_of
from citycontext.oslo.losses import Loss, LossKind
from citycontext.oslo.observations import (
    Category,
    Count,
    GeometryResult,
    Measure,
    Observation,
    ObservedProperty,
    Quality,
    Result,
    TimeOfPhenomenon,
    Truth,
)
from citycontext.oslo.profiles import ISO, SOSA, all_forms
from citycontext.oslo.reading.graph_reader import GraphReader
from citycontext.oslo.vocabulary import NAMESPACES, RDF_TYPE, XSD, iri, is_blank, local_name

__all__ = ["COLLECTIONS", "COLLECTION_MEMBERS", "ObservationReader", "ReadObservation"]

_DEEPEST: Final = 3
_NUMBERS: Final = ("schema:value", "qudt:numericValue", "qudt:value", "measure:.value")
_MEASURES: Final = frozenset(XSD + name for name in ("decimal", "double", "float"))
_UNITS: Final = ("schema:unitCode", "qudt:hasUnit", "qudt:unit")
COLLECTIONS: Final = (
    "sosa:ObservationCollection",
    "vm:Verkeersmetingverzameling",
    "aq:AirQualityObservationCollection",
    "wk:WaterkwaliteitObservatieVerzameling",
)
COLLECTION_MEMBERS: Final = ("sosa:hasMember", "vm:heeftLid")
_TRAFFIC: Final = iri("vm:Verkeersmeting")
_GENERAL: Final = frozenset((iri("om:"), _TRAFFIC))
"""Classes that an observation of a more special class may be of too."""
_QUALIFIERS: Final = ("vm:voertuigType", "vm:verkeersdeelnemerType")


@cache
def _role(name: str) -> tuple[str, ...]:
    """Return every predicate that plays a role in some form."""
    return tuple(dict.fromkeys(canonical(iri(getattr(form, name))) for form in all_forms() if getattr(form, name)))


@cache
def observation_classes() -> frozenset[str]:
    """Return every class of observation."""
    special = {canonical(iri(form.class_)) for form in all_forms()}
    return frozenset(special | {canonical(iri(name)) for name in ISO.classes.values()})


@dataclass(slots=True)
class ReadObservation:
    """An observation, and where its times and sensor stood.

    Args:
        node: Its node.
        observation: What it says.
        time_node: The node, or text, of its time; empty where it has none.
        inherited: The roles that its collection says for it.
        core: The triples that its property and result were read from.
    """

    node: str
    observation: Observation
    time_node: Term = ""
    inherited: frozenset[str] = frozenset()
    core: frozenset[Triple] = frozenset()


class ObservationReader:
    """Reads the observations of a graph.

    Args:
        reader: The graph.
    """

    def __init__(self, reader: GraphReader) -> None:
        self.reader: GraphReader = reader
        self.graph: Graph = reader.graph
        self._collections: Mapping[str, str] = {
            member: collection
            for collection, predicate, member in reader.graph
            if predicate in {iri(name) for name in COLLECTION_MEMBERS} and isinstance(member, str)
        }
        self._traffic = {member for _, predicate, member in reader.graph if predicate == iri("vm:heeftLid")}

    def observations(self) -> list[ReadObservation]:
        """Read every observation of the graph."""
        found = []
        classes = observation_classes()
        properties = frozenset(_role("observed_property"))
        for node in self.graph.nodes:
            predicates = self.graph.predicates(node)
            kinds = self.graph.types(node)
            named = bool(properties.intersection(predicates)) and not self._is_collection(node)
            if named or classes.intersection(kinds) or self._is_member(node):
                one = self._observation(node)
                if one is not None:
                    found.append(one)
        return found

    def _is_collection(self, node: str) -> bool:
        kinds = self.graph.types(node)
        return any(self.graph.values(node, name) for name in COLLECTION_MEMBERS) or any(
            iri(name) in kinds for name in COLLECTIONS
        )

    def _is_member(self, node: str) -> bool:
        """Return whether a node is an observation though it says no class: a member that has a result."""
        results = {canonical(iri(name)) for name in (*_role("result"), "sosa:hasSimpleResult")}
        return node in self._collections and not self._is_collection(node) and self._says(node, results)

    def _says(self, node: str, predicates: Collection[str]) -> bool:
        return any(self.graph.values(node, name) for name in predicates)

    def _holder(self, node: str, role: str, inherited: set[str]) -> str:
        """Return the node that says a role of an observation: itself, or the collection that it is a member of.

        Args:
            node: The observation.
            role: The role.
            inherited: What takes the roles that a collection says.
        """
        holder = node
        for _ in range(_DEEPEST):
            values = [one for name in _role(role) for one in self.graph.values(holder, name)]
            if values and (holder == node or len(values) == 1 or role != "sensor"):
                break
            holder = self._collections.get(holder, "")
            if not holder:
                return node
        if holder != node:
            inherited.add(role)
            why = f"it is read from its collection {holder}"
            self.reader.report.add(Loss(LossKind.REWRITTEN, node, _role(role)[0], reason=why))
        return holder

    def _observation(self, node: str) -> ReadObservation | None:
        # What an observation that is refused has read, nothing has read.
        outer, self.reader.used = self.reader.used, set()
        inherited: set[str] = set()
        observed = self._property(
            self.reader.value(self._holder(node, "observed_property", inherited), *_role("observed_property"))
        )
        result = self._result(self.reader.value(node, *_role("result"), "sosa:hasSimpleResult"))
        inner, self.reader.used = self.reader.used, outer
        if observed is None or result is None:
            missing = "observed property" if observed is None else "result"
            why = f"the observation has no {missing} that can be read"
            self.reader.report.add(Loss(LossKind.REFUSED, node, reason=why))
            return None
        self.reader.used |= inner
        for simple in self.graph.values(node, "sosa:hasSimpleResult"):
            told = self._literal_result(simple) if isinstance(simple, Literal) else None
            triple = (node, iri("sosa:hasSimpleResult"), simple)
            if told is not None and told.value == result.value and triple not in inner:  # others stay unread
                self.reader.said_again(*triple, first="the result that is read")
        time_term, held = self.reader.timed(self._holder(node, "phenomenon_time", inherited), *_role("phenomenon_time"))
        known = self.reader.instant(self._holder(node, "result_time", inherited), *_role("result_time"))
        types = tuple(one for one in self.graph.values(node, "dct:type") if isinstance(one, str))
        kinds = [one for one in (*self.graph.types(node), *types) if one in ISO.kinds]
        kind = next((one for one in kinds if one not in _GENERAL), next(iter(kinds), ""))
        if kind in types:
            self.reader.used.add((node, iri("dct:type"), kind))
        written = [one for one in self.graph.types(node) if one in observation_classes()]
        if node in self._traffic and kind != _TRAFFIC:
            written = self._traffic_member(node, written)
        asked = canonical(iri(ISO.kinds[kind].observed_property)) if kind else ""
        if asked and kind not in types and asked not in self.graph.predicates(node):
            why = f"a {local_name(kind)} has its property at {asked}, which says nothing"
            self.reader.report.add(Loss(LossKind.REWRITTEN, node, RDF_TYPE, reason=why))
        self.reader.take_as(node, *([kind] if kind in written else []), *written, "sosa:Observation")
        observation = Observation(
            node,
            observed,
            self.named(self._holder(node, "feature", inherited), "feature"),
            result,
            phenomenon_time=held,
            result_time=known,
            sensor=self._thing(self._holder(node, "sensor", inherited), "sensor"),
            procedure=self._thing(self._holder(node, "procedure", inherited), "procedure"),
            qualities=self._qualities(node),
            kind=kind,
            types=types,
        )
        return ReadObservation(node, observation, time_term or "", frozenset(inherited), frozenset(inner))

    def _traffic_member(self, node: str, classes: list[str]) -> list[str]:
        """Return the classes of a member of a collection of traffic measurements without the one that it has there."""
        if _TRAFFIC in classes:
            self.reader.use_types(node, _TRAFFIC)
            return [one for one in classes if one != _TRAFFIC]
        why = "its collection says so alone"
        self.reader.report.add(Loss(LossKind.ASSUMED, node, _TRAFFIC, reason=why))
        return classes

    def named(self, node: str, role: str) -> str:
        """Return the node that an observation names in a role; empty if absent.

        Args:
            node: The observation.
            role: ``feature``, ``sensor`` or ``procedure``.
        """
        more = (iri("om:.procedure"),) if role == "procedure" else ()
        for predicate in (*_role(role), *more):
            for value in self.graph.values(node, predicate)[:1]:
                found = value if isinstance(value, str) else self.reader.address(value)
                if found:  # a text that is no address stays unread
                    self.reader.used.add((node, predicate, value))
                    return found
        return ""

    def details(self, node: str) -> tuple[TimeOfPhenomenon | None, str, tuple[str, ...]]:
        """Read when an observation's result is meant to be used, what it is called elsewhere, and who made it.

        Args:
            node: The observation.
        """
        named = self.reader.value(node, *_role("identifier"))  # a node with a notation, or the text itself
        identifier = named if isinstance(named, Literal) else self.reader.value(named, "skos:notation")
        if identifier is not None and not isinstance(named, Literal):
            self.reader.take_as(named, "adms:Identifier")
        agents = set()
        for predicate in _role("agent"):
            for one in self.graph.values(node, predicate):
                address = self.reader.address(one)
                if address:  # what has no address stays unread
                    self.reader.used.add((node, predicate, one))
                    agents.add(address)
        _, valid = self.reader.timed(node, *_role("valid_time"))
        return valid, identifier.text if isinstance(identifier, Literal) else "", tuple(sorted(agents))

    def _thing(self, node: str, role: str) -> str:
        """Read a sensor or procedure; a blank node has no address, so what it says stays unread."""
        found = self.named(node, role)
        if is_blank(found):
            return ""
        self.reader.go_without_saying(found or None, "sosa:Sensor" if role == "sensor" else "sosa:Procedure")
        return found

    def _property(self, term: Term | None) -> ObservedProperty | None:
        if term is None:
            return None
        concept = self.reader.address(term)
        kinds = self.graph.types(concept) if concept else []
        if concept and not any(
            iri(form.property_type) in self.graph.predicates(concept)
            for form in all_forms()
            if form.property_type and iri(form.property_class) in kinds
        ):
            return ObservedProperty(concept)
        named = self.reader.value(term, *[name for name in _role("property_type") if name], ISO.property_type)
        if concept:
            why = "an observed property stands for its type, and has no address of its own"
            self.reader.report.add(Loss(LossKind.LOST, concept, reason=why))
        concept = self.reader.address(named)
        if not concept:
            return None
        classes = [form.property_class for form in all_forms() if form.property_class]
        self.reader.take_as(term, ISO.property_class, SOSA.property_class, *classes)
        qualifiers = [
            (canonical(iri(predicate)), self.reader.address(value))
            for predicate in _QUALIFIERS
            for value in self.reader.values(term, predicate)
        ]
        return ObservedProperty(concept, tuple(qualifiers))

    def _result(self, term: Term | None, depth: int = 0) -> Result | None:
        if term is None or depth > _DEEPEST:
            return None
        if isinstance(term, Literal):
            return self._literal_result(term)
        place = self.reader.geometry(term)
        if place is not None:
            return GeometryResult(place)
        number = self.reader.value(term, *_NUMBERS)
        if isinstance(number, str):  # a Measure stands around its value
            self.reader.take_as(term, "measure:")
            return self._result(number, depth + 1)
        if number is not None:
            return self._measure(term, number)
        simple = self.reader.value(term, "rdf:value")
        if isinstance(simple, Literal):
            self.reader.take_as(term, "sosa:Result")
            return self._literal_result(simple)
        return None if is_blank(term) else Category(term, term)

    def _measure(self, node: str, number: Term) -> Result | None:
        value = number_of(number)
        if value is None:
            return None
        self.reader.take_as(node, "schema:QuantitativeValue", "qudt:QuantityValue", "measure:")
        unit = self.reader.value(node, *_UNITS) or self.reader.value(node, "schema:unitText")
        code = unit_code_of(unit) if unit is not None else ""
        if isinstance(unit, str) and not code:
            self.reader.report.add(
                Loss(LossKind.LOST, node, iri("schema:unitCode"), reason=f"no code is known for unit {unit}")
            )
        return Measure(value, code)

    def _literal_result(self, literal: Literal) -> Result | None:
        truth = boolean_of(literal)
        if truth is not None:
            return Truth(truth)
        if is_number(literal):
            value = number_of(literal)
            if value is not None and (literal.datatype in _MEASURES or not isinstance(value, int)):
                return Measure(value)  # pH has no unit, and counts nothing
            return None if value is None else Count(value)
        if literal.datatype.startswith(NAMESPACES["cdt"]):
            quantity = quantity_of(literal)
            return Measure(*quantity) if quantity else None
        address = self.reader.address(literal)
        return Category(address or literal.text, address)

    def _qualities(self, node: str) -> tuple[Quality, ...]:
        found: dict[str, Quality] = {}
        for predicate in _role("quality"):
            for one in self.graph.values(node, predicate):
                quality = self._quality(one, found)
                if quality is not None:
                    self.reader.used.add((node, predicate, one))
                    found[quality.name] = quality
        return tuple(found.values())

    def _quality(self, node: Term, known: Collection[str]) -> Quality | None:
        for profile in (ISO, SOSA):
            name = self.reader.address(self.graph.value(node, profile.quality_name))
            value = number_of(self.graph.value(node, profile.quality_value))
            if name and value is not None:
                if local_name(name) in known:  # it stays unread
                    return None
                self.reader.values(node, profile.quality_name, profile.quality_value)
                self.reader.take_as(node, profile.quality_class)
                return Quality(local_name(name), value)
        return None
