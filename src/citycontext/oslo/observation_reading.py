"""Observations out of triples, whichever profile wrote them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from functools import cache
from typing import Final

from citycontext.errors import InvalidGeometry, InvalidTime
from citycontext.ngsild.geometry import Geometry
from citycontext.ngsild.time import format_datetime, parse_datetime
from citycontext.oslo.aliases import canonical
from citycontext.oslo.gml import read_gml
from citycontext.oslo.graph import Graph, Literal, Term, Triple
from citycontext.oslo.literals import boolean_of, is_number, is_time_text, number_of, quantity_of, unit_code_of
from citycontext.oslo.losses import Loss, LossKind, LossReport
from citycontext.oslo.observations import (
    Category,
    Count,
    GeometryResult,
    Instant,
    Interval,
    Measure,
    Observation,
    ObservedProperty,
    Quality,
    Result,
    TimeOfPhenomenon,
    Truth,
)
from citycontext.oslo.places import Place
from citycontext.oslo.profiles import ISO, SOSA, all_forms
from citycontext.oslo.vocabulary import NAMESPACES, RDF_TYPE, iri, is_blank, local_name
from citycontext.oslo.wkt import read_wkt

__all__ = ["COLLECTIONS", "COLLECTION_MEMBERS", "GraphReader", "ReadObservation"]

_DEEPEST: Final = 3
_DURATION: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII)
_TIMES: Final = ("time:inXSDDateTime", "time:inXSDDateTimeStamp")
_NUMBERS: Final = ("schema:value", "qudt:numericValue", "qudt:value", "measure:.value")
_UNITS: Final = ("schema:unitCode", "qudt:hasUnit", "qudt:unit")
_SHAPES: Final = (
    "sampling-point:.shape",
    "sampling-curve:.shape",
    "spatial-sampling:.shape",
    "geo:hasGeometry",
    "locn:geometry",
)
COLLECTIONS: Final = (
    "sosa:ObservationCollection",
    "vm:Verkeersmetingverzameling",
    "aq:AirQualityObservationCollection",
    "wk:WaterkwaliteitObservatieVerzameling",
)
COLLECTION_MEMBERS: Final = ("sosa:hasMember", "vm:heeftLid")
_QUALIFIERS: Final = ("vm:voertuigType", "vm:verkeersdeelnemerType")


@cache
def _role(name: str) -> tuple[str, ...]:
    """Give every predicate that plays a role in some form."""
    return tuple(dict.fromkeys(canonical(iri(getattr(form, name))) for form in all_forms() if getattr(form, name)))


@cache
def observation_classes() -> frozenset[str]:
    """Give every class of observation."""
    special = {canonical(iri(form.class_)) for form in all_forms()}
    return frozenset(special | {canonical(iri(name)) for name in ISO.classes.values()})


@dataclass(slots=True)
class ReadObservation:
    """An observation, and where its times and sensor stood.

    Args:
        node: Its node.
        observation: What it says.
        time_node: The node, or text, of its time; empty where it has none.
    """

    node: str
    observation: Observation
    time_node: Term = ""


@dataclass(slots=True)
class GraphReader:
    """Reads a graph and remembers which triples it used.

    Args:
        graph: The graph, its names canonical.
        report: What takes the losses.
        zone: What a time without zone is taken to be in; such a time is left out where none is given.
    """

    graph: Graph
    report: LossReport
    zone: tzinfo | None = None
    used: set[Triple] = field(default_factory=set)

    def values(self, node: Term | None, *predicates: str) -> list[Term]:
        """Return what predicates say of a node, and count it as used.

        Args:
            node: The node.
            predicates: IRIs or short names; any of them.
        """
        found: list[Term] = []
        if isinstance(node, str):
            for predicate in predicates:
                name = canonical(iri(predicate))
                for value in self.graph.values(node, name):
                    self.used.add((node, name, value))
                    found.append(value)
        return found

    def value(self, node: Term | None, *predicates: str) -> Term | None:
        """Return the first of what predicates say of a node, and count it as used.

        Args:
            node: The node.
            predicates: IRIs or short names; any of them.
        """
        for predicate in predicates:
            name = canonical(iri(predicate))
            for value in self.graph.values(node, name)[:1]:
                self.used.add((str(node), name, value))
                return value
        return None

    def use_types(self, node: Term | None, *names: str) -> None:
        """Count the classes of a node as used.

        Args:
            node: The node.
            names: These only; all where none is given.
        """
        wanted = {canonical(iri(name)) for name in names}
        if isinstance(node, str):
            for kind in self.graph.types(node):
                if not wanted or kind in wanted:
                    self.used.add((node, RDF_TYPE, kind))

    def address(self, term: Term | None) -> str:
        """Give the address that a term is; a text that is one counts, as published data have such.

        Args:
            term: The term; empty for a blank node and for a text that is no address.
        """
        if isinstance(term, Literal):
            text = term.text.strip()
            return canonical(text) if re.fullmatch(r"(?:https?://|urn:)[^\s<>\"]+", text) else ""
        return "" if term is None or is_blank(term) else term

    def observations(self) -> list[ReadObservation]:
        """Read every observation of the graph."""
        found = []
        classes = observation_classes()
        properties = frozenset(_role("observed_property"))
        for node in self.graph.nodes:
            predicates = self.graph.predicates(node)
            kinds = self.graph.types(node)
            named = bool(properties.intersection(predicates)) and not self._is_collection(node)
            if named or classes.intersection(kinds):
                one = self._observation(node, classes)
                if one is not None:
                    found.append(one)
        return found

    def _is_collection(self, node: str) -> bool:
        kinds = self.graph.types(node)
        return any(self.graph.values(node, name) for name in COLLECTION_MEMBERS) or any(
            iri(name) in kinds for name in COLLECTIONS
        )

    def _observation(self, node: str, classes: frozenset[str]) -> ReadObservation | None:
        observed = self._property(self.value(node, *_role("observed_property")))
        before = set(self.used)
        result = self._result(self.value(node, *_role("result"), "sosa:hasSimpleResult"))
        if observed is None or result is None:
            self.used = before
            missing = "observed property" if observed is None else "result"
            self.report.add(Loss(LossKind.REFUSED, node, reason=f"the observation has no {missing} that can be read"))
            return None
        if self.graph.values(node, "sosa:hasSimpleResult"):
            self.values(node, "sosa:hasSimpleResult")
        self.use_types(node)
        time_term = self.value(node, *_role("phenomenon_time")) or ""
        known = self.time(self.value(node, *_role("result_time")))
        types = tuple(one for one in self.graph.values(node, "dct:type") if isinstance(one, str))
        kind = next((one for one in (*self.graph.types(node), *types) if one in ISO.kinds), "")
        if kind in types:
            self.used.add((node, iri("dct:type"), kind))
        observation = Observation(
            node,
            observed,
            str(self.value(node, *_role("feature")) or ""),
            result,
            phenomenon_time=self.time(time_term) if time_term else None,
            result_time=known if isinstance(known, Instant) else None,
            sensor=self.address(self._thing(node, *_role("sensor"))),
            procedure=self.address(self._thing(node, *_role("procedure"), "om:.procedure")),
            qualities=tuple(
                quality for one in self.values(node, *_role("quality")) if (quality := self._quality(one)) is not None
            ),
            kind=kind,
            types=types,
        )
        return ReadObservation(node, observation, time_term)

    def named(self, node: str, role: str) -> str:
        """Give the node that an observation names in a role; empty where there is none.

        Args:
            node: The observation.
            role: ``feature``, ``sensor`` or ``procedure``.
        """
        found = self.value(node, *_role(role))
        return found if isinstance(found, str) else ""

    def details(self, node: str) -> tuple[TimeOfPhenomenon | None, str, tuple[str, ...]]:
        """Read when an observation's result is meant to be used, what it is called elsewhere, and who made it.

        Args:
            node: The observation.
        """
        identifier = self.value(self.value(node, *_role("identifier")), "skos:notation")
        if identifier is not None:
            self.use_types(self.value(node, *_role("identifier")))
        agents = sorted({self.address(one) for one in self.values(node, *_role("agent"))} - {""})
        valid = self.time(self.value(node, *_role("valid_time")))
        return valid, identifier.text if isinstance(identifier, Literal) else "", tuple(agents)

    def _thing(self, node: str, *predicates: str) -> Term | None:
        """Read a sensor or procedure; a blank node has no address, so what it says stays unread."""
        found = self.value(node, *predicates)
        if isinstance(found, str) and not is_blank(found):
            self.use_types(found, "sosa:Sensor", "sosa:Procedure")
        return found

    def _property(self, term: Term | None) -> ObservedProperty | None:
        if term is None:
            return None
        concept = self.address(term)
        kinds = self.graph.types(concept) if concept else []
        if concept and not any(
            iri(form.property_type) in self.graph.predicates(concept)
            for form in all_forms()
            if form.property_type and iri(form.property_class) in kinds
        ):
            self.use_types(term)
            return ObservedProperty(concept)
        named = self.value(term, *[name for name in _role("property_type") if name], ISO.property_type)
        if concept:
            why = "an observed property stands for its type, and has no address of its own"
            self.report.add(Loss(LossKind.LOST, concept, reason=why))
        concept = self.address(named)
        if not concept:
            return None
        self.use_types(term)
        qualifiers = [
            (canonical(iri(predicate)), self.address(value))
            for predicate in _QUALIFIERS
            for value in self.values(term, predicate)
        ]
        return ObservedProperty(concept, tuple(qualifiers))

    def time(self, term: Term | None, *, depth: int = 0) -> TimeOfPhenomenon | None:
        """Read a moment or an interval.

        Args:
            term: Its node, or a literal.
            depth: How many nodes lead here; more than an interval needs are a ring.
        """
        if term is None or term == "" or depth > _DEEPEST:
            return None
        if isinstance(term, Literal):
            text = self._time_text(term)
            return Instant(text) if text else None
        moment = self.value(term, *_TIMES)
        if moment is not None:
            self.use_types(term)
            return self.time(moment, depth=depth + 1)
        beginning, end = (
            self.time(self.value(term, name), depth=depth + 1) for name in ("time:hasBeginning", "time:hasEnd")
        )
        if not isinstance(beginning, Instant | None) or not isinstance(end, Instant | None):
            return None
        duration = self.value(term, "time:hasXSDDuration")
        if beginning and not end and isinstance(duration, Literal):
            end = self._after(beginning, duration.text)
        if beginning or end:
            self.use_types(term)
            return Interval(beginning, end)
        return None

    def _time_text(self, literal: Literal) -> str:
        text = literal.text.strip()
        if is_time_text(text) and (self.zone is None or text[-1] == "Z" or text[-6] in "+-"):
            return text
        try:
            return format_datetime(parse_datetime(text, zone=self.zone))
        except (InvalidTime, OverflowError) as wrong:
            self.report.add(
                Loss(
                    LossKind.LOST,
                    "",
                    text,
                    reason=str(wrong),
                    home="say which zone is meant with zone=" if "zone" in str(wrong) else "",
                )
            )
            return ""

    def _after(self, beginning: Instant, duration: str) -> Instant | None:
        found = _DURATION.fullmatch(duration)
        if found is None or not any(found.groups()):
            return None
        days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
        try:
            moment = beginning.datetime + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        except (InvalidTime, OverflowError):
            return None
        return Instant(format_datetime(moment))

    def _result(self, term: Term | None, depth: int = 0) -> Result | None:
        if term is None or depth > _DEEPEST:
            return None
        if isinstance(term, Literal):
            return self._literal_result(term)
        place = self.geometry(term)
        if place is not None:
            return GeometryResult(place)
        number = self.value(term, *_NUMBERS)
        if isinstance(number, str):  # a Measure stands around its value
            self.use_types(term)
            return self._result(number, depth + 1)
        if number is not None:
            return self._measure(term, number)
        simple = self.value(term, "rdf:value")
        if isinstance(simple, Literal):
            self.use_types(term)
            return self._literal_result(simple)
        return None if is_blank(term) else Category(term, term)

    def _measure(self, node: str, number: Term) -> Result | None:
        value = number_of(number)
        if value is None:
            return None
        self.use_types(node)
        unit = self.value(node, *_UNITS) or self.value(node, "schema:unitText")
        code = unit_code_of(unit) if unit is not None else ""
        if isinstance(unit, str) and not code:
            self.report.add(
                Loss(LossKind.LOST, node, iri("schema:unitCode"), reason=f"no code is known for unit {unit}")
            )
        if isinstance(unit, str):
            self.use_types(unit)
        return Measure(value, code)

    def _literal_result(self, literal: Literal) -> Result | None:
        truth = boolean_of(literal)
        if truth is not None:
            return Truth(truth)
        if is_number(literal):
            value = number_of(literal)
            return None if value is None else Count(value)
        if literal.datatype.startswith(NAMESPACES["cdt"]):
            quantity = quantity_of(literal)
            return Measure(*quantity) if quantity else None
        address = self.address(literal)
        return Category(address or literal.text, address)

    def geometry(self, node: Term | None) -> Geometry | None:
        """Read the geometry that a node is; what cannot be read is reported.

        Args:
            node: Its node.
        """
        for predicate, read in (("geo:asWKT", read_wkt), ("geo:asGML", read_gml)):
            text = next((one for one in self.graph.values(node, predicate) if isinstance(one, Literal)), None)
            if text is None or node is None:
                continue
            try:
                place: Place = read(text.text)
            except InvalidGeometry as wrong:
                self.report.add(Loss(LossKind.LOST, str(node), iri(predicate), reason=str(wrong)))
                self.used.add((str(node), iri(predicate), text))
                continue
            self.value(node, predicate)
            self.use_types(node)
            if place.swapped:
                self.report.add(
                    Loss(
                        LossKind.REWRITTEN,
                        str(node),
                        iri(predicate),
                        reason=f"longitude stands first, though {place.crs} has latitude first",
                    )
                )
            return place.geometry
        return None

    def location_of(self, node: Term | None) -> Geometry | None:
        """Read where a sample or thing is.

        Args:
            node: Its node.
        """
        for shape in _SHAPES:
            for one in self.graph.values(node, shape):
                place = self.geometry(one)
                if place is not None and isinstance(node, str):
                    self.used.add((node, iri(shape), one))
                    return place
        return None

    def _quality(self, node: Term) -> Quality | None:
        for profile in (ISO, SOSA):
            name = self.address(self.graph.value(node, profile.quality_name))
            value = number_of(self.graph.value(node, profile.quality_value))
            if name and value is not None:
                self.values(node, profile.quality_name, profile.quality_value)
                self.use_types(node)
                return Quality(local_name(name), value)
        return None
