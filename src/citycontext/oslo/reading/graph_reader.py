"""A graph that remembers which of its triples were read, so that what nothing read can be named."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from typing import Final

from citycontext.errors import InvalidGeometry, InvalidTime
from citycontext.ngsild.geometry import Geometry
from citycontext.ngsild.time import format_datetime, parse_datetime
from citycontext.oslo.aliases import canonical
from citycontext.oslo.graph import Graph, Literal, Term, Triple
from citycontext.oslo.literals import is_time_text
from citycontext.oslo.losses import Loss, LossKind, LossReport
from citycontext.oslo.observations import Instant, Interval, TimeOfPhenomenon
from citycontext.oslo.places.gml import read_gml
from citycontext.oslo.places.reference_systems import Place
from citycontext.oslo.places.wkt import read_wkt
from citycontext.oslo.vocabulary import RDF_TYPE, iri, is_blank

__all__ = ["GraphReader"]

_DEEPEST: Final = 3
_DURATION: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII)
_TIMES: Final = ("time:inXSDDateTime", "time:inXSDDateTimeStamp")
_SHAPES: Final = (
    "sampling-point:.shape",
    "sampling-curve:.shape",
    "spatial-sampling:.shape",
    "geo:hasGeometry",
    "locn:geometry",
)


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
