"""A graph that remembers which of its triples were read, so that what nothing read can be named."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
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
from citycontext.oslo.vocabulary import RDF_TYPE, XSD, iri, is_blank

__all__ = ["GraphReader"]

_DEEPEST: Final = 3
_DURATION: Final = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
)
_TIMES: Final = ("time:inXSDDateTime", "time:inXSDDateTimeStamp")
_CALENDAR: Final = ("time:inXSDDate", "time:inXSDgYearMonth", "time:inXSDgYear")
_CALENDAR_TYPES: Final = frozenset(XSD + name for name in ("date", "gYearMonth", "gYear"))
_CALENDAR_TEXT: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
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
    in_language: set[Triple] = field(default_factory=set)
    """Those of which an entity has the language too."""

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
        """Count some classes of a node as used; others stay unread, and so are reported.

        Args:
            node: The node.
            names: The classes.
        """
        wanted = {canonical(iri(name)) for name in names}
        if isinstance(node, str):
            self.used |= {(node, RDF_TYPE, kind) for kind in self.graph.types(node) if kind in wanted}

    def said_again(self, node: str, predicate: str, value: Term, first: str) -> None:
        """Count a triple as used that says what another one says too, and report it.

        Args:
            node: The node.
            predicate: What says it again.
            value: The value.
            first: What it was read from.
        """
        self.used.add((node, predicate, value))
        said = f"{value.text}^^{value.datatype}" if isinstance(value, Literal) else value
        why = f"it says again what {first} says"
        self.report.add(Loss(LossKind.REWRITTEN, node, predicate, reason=why, value=said))

    def go_without_saying(self, node: Term | None, *names: str) -> None:
        """Count classes that the predicate which names a node implies as used, and report that they stand nowhere.

        Args:
            node: The node.
            names: The classes.
        """
        wanted = {canonical(iri(name)) for name in names}
        if isinstance(node, str):
            for kind in self.graph.types(node):
                if kind in wanted:
                    self.used.add((node, RDF_TYPE, kind))
                    why = f"{kind} is read as what the predicate says that leads to it"
                    self.report.add(Loss(LossKind.REWRITTEN, node, RDF_TYPE, reason=why, value=kind))

    def take_as(self, node: Term | None, *names: str) -> None:
        """Take a node for one of a class: the first of some that it has; other ones, and none, are reported.

        Args:
            node: The node.
            names: The classes that mean the same here, the one that would be written first.
        """
        if not isinstance(node, str):
            return
        kinds = self.graph.types(node)
        known = [kind for kind in dict.fromkeys(canonical(iri(name)) for name in names) if kind in kinds]
        self.use_types(node, *known)
        if not known:
            why = f"no class says so, and it is taken for {iri(names[0])}"
            self.report.add(Loss(LossKind.ASSUMED, node, RDF_TYPE, reason=why))
        for kind in known[1:]:
            self.report.add(Loss(LossKind.REWRITTEN, node, RDF_TYPE, reason=f"{kind} is read as {known[0]}"))

    def address(self, term: Term | None) -> str:
        """Return the address that a term is; a text that is one counts, as published data have such.

        Args:
            term: The term; empty for a blank node and for a text that is not an address.
        """
        if isinstance(term, Literal):
            text = term.text.strip()
            return canonical(text) if re.fullmatch(r"(?:https?://|urn:)[^\s<>\"]+", text) else ""
        return "" if term is None or is_blank(term) else term

    def timed(self, node: Term | None, *predicates: str) -> tuple[Term | None, TimeOfPhenomenon | None]:
        """Read the first time that predicates tell of a node; what tells none stays unread.

        Args:
            node: The node.
            predicates: IRIs or short names; any of them.

        Returns:
            The term that tells it, and the time.
        """
        for predicate in predicates:
            name = canonical(iri(predicate))
            for value in self.graph.values(node, name):
                time = self.time(value)
                if time is not None:
                    self.used.add((str(node), name, value))
                    return value, time
        return None, None

    def instant(self, node: Term | None, *predicates: str) -> Instant | None:
        """Read the moment that predicates tell of a node, and report an interval.

        Args:
            node: The node.
            predicates: IRIs or short names; any of them.
        """
        outer, self.used = self.used, set()
        term, time = self.timed(node, *predicates)
        inner, self.used = self.used, outer
        if not isinstance(time, Interval):
            self.used |= inner
        else:  # what it is made of stays unread
            why = "a moment is expected, not an interval"
            self.report.add(Loss(LossKind.LOST, str(node), predicates[0], reason=why, value=str(term)))
            return None
        return time

    def time(self, term: Term | None, *, depth: int = 0) -> TimeOfPhenomenon | None:
        """Read a moment or an interval.

        Args:
            term: Its node, or a literal.
            depth: How many nodes lead here; more than an interval needs are a ring.
        """
        if term is None or term == "" or depth > _DEEPEST:
            return None
        if isinstance(term, Literal):
            if term.datatype in _CALENDAR_TYPES:
                return self._interval(term)
            text = self._time_text(term)
            return Instant(text) if text else None
        # What tells no time has been read for nothing.
        outer, self.used = self.used, set()
        time = self._time_of(term, depth)
        inner, self.used = self.used, outer
        if time is not None:
            self.used |= inner
        return time

    def _time_of(self, term: str, depth: int) -> TimeOfPhenomenon | None:
        for predicate in _CALENDAR:
            said = self.graph.value(term, predicate)
            interval = self._interval(said) if isinstance(said, Literal) else None
            if interval is not None and not any(self.graph.values(term, name) for name in _TIMES):
                self.value(term, predicate)
                self.take_as(term, "time:Instant")
                return interval
        moment = self.value(term, *_TIMES)
        if moment is not None:
            self.take_as(term, "time:Instant")
            return self.time(moment, depth=depth + 1)
        beginning, end = (
            self.time(self.value(term, name), depth=depth + 1) for name in ("time:hasBeginning", "time:hasEnd")
        )
        if not isinstance(beginning, Instant | None) or not isinstance(end, Instant | None):
            return None
        duration = self.graph.value(term, "time:hasXSDDuration")
        if isinstance(duration, Literal) and (beginning is None) != (end is None):
            counted = self._counted(beginning, end, duration.text)
            if counted is not None:  # a duration that says nothing more stays unread, and so is reported
                beginning, end = counted
                self.value(term, "time:hasXSDDuration")
        if beginning or end:
            self.take_as(term, "time:ProperInterval", "time:Interval")
            return Interval(beginning, end)
        return None

    def _interval(self, literal: Literal) -> Interval | None:
        """Read a day, a month or a year as the time from its first moment to its end."""
        found = _CALENDAR_TEXT.fullmatch(literal.text.strip())
        if found is None:
            return None
        year, month, day, offset = found.groups()
        try:
            first = datetime(int(year), int(month or 1), int(day or 1))  # noqa: DTZ001 - the zone is told apart
            end = first + timedelta(days=1) if day else _months_from(first, 1 if month else 12)
        except (ValueError, OverflowError):
            return None
        ends = [self._time_text(Literal(f"{one.isoformat()}{offset or ''}")) for one in (first, end)]
        why = f"{literal.text} is read as the time from its first moment to its end"
        self.report.add(Loss(LossKind.CHANGED, "", literal.text, reason=why))
        return Interval(Instant(ends[0]), Instant(ends[1])) if all(ends) else None

    def _time_text(self, literal: Literal) -> str:
        text = literal.text.strip()
        if is_time_text(text):
            told = text[-1] == "Z" or text[-6] in "+-"
            if not told and self.zone is None:
                home = "say which zone is meant with zone="
                self.report.add(Loss(LossKind.MISSING, "", text, reason="the time has no zone", home=home))
            if told or self.zone is None:
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

    def _counted(self, beginning: Instant | None, end: Instant | None, duration: str) -> tuple[Instant, Instant] | None:
        """Count a duration from the one moment that is known to the other."""
        found = _DURATION.fullmatch(duration)
        known = beginning or end
        if found is None or known is None or not any(found.groups()):
            return None
        years, months = (int(part or 0) for part in found.groups()[:2])
        days, hours, minutes, seconds = (float(part or 0) for part in found.groups()[2:])
        sign = 1 if beginning else -1
        try:
            moment = _months_from(known.datetime, sign * (12 * years + months))
            moment += sign * timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        except (InvalidTime, OverflowError, ValueError):
            return None
        counted = Instant(format_datetime(moment))
        return (known, counted) if beginning else (counted, known)

    def geometry(self, node: Term | None, *classes: str) -> Geometry | None:
        """Read the geometry that a node is; what cannot be read is reported.

        Args:
            node: Its node.
            classes: What it is beside the kind of geometry.
        """
        for predicate, read in (("geo:asWKT", read_wkt), ("geo:asGML", read_gml)):
            text = next((one for one in self.graph.values(node, predicate) if isinstance(one, Literal)), None)
            if text is None or node is None:
                continue
            try:
                place: Place = read(text.text)
            except InvalidGeometry as wrong:
                self.report.add(Loss(LossKind.LOST, str(node), iri(predicate), reason=str(wrong), value=text.text))
                self.used.add((str(node), iri(predicate), text))
                continue
            self.value(node, predicate)
            other = () if classes else ("locn:Geometry",)
            self.take_as(node, f"sf:{place.geometry['type']}", "geo:Geometry", "sf:Geometry", *other)
            for kind in classes:
                self.take_as(node, kind)
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

    def location_of(self, node: Term | None, *classes: str) -> Geometry | None:
        """Read where a sample or thing is.

        Args:
            node: Its node.
            classes: What the node of the geometry is beside the kind of geometry.
        """
        for shape in _SHAPES:
            for one in self.graph.values(node, shape):
                place = self.geometry(one, *(classes or (("locn:Geometry",) if shape == "locn:geometry" else ())))
                if place is not None and isinstance(node, str):
                    self.used.add((node, iri(shape), one))
                    return place
        return None


def _months_from(moment: datetime, months: int) -> datetime:
    """Return the same day some months later or earlier, or the last of that month (XML Schema, appendix E)."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
