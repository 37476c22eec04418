"""Attributes that describe a thing, as triples along the paths of a mapping table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from citycontext.ngsild.geometry import is_geometry
from citycontext.oslo.graph import Graph, Literal, Term
from citycontext.oslo.literals import number_literal, time_literal
from citycontext.oslo.phenomenon_times import parse_time
from citycontext.oslo.tables.mapping_table import Step, TermMapping
from citycontext.oslo.vocabulary import XSD
from citycontext.oslo.writing.geometries import GeometryWriter
from citycontext.oslo.writing.observations import time_node
from citycontext.oslo.writing.targets import comes_back_in_order, is_iri, targets_of

__all__ = ["DescriptionWriter", "Unwritten", "percent"]


class Unwritten(Exception):
    """A value that its mapping does not take; the text says why.

    Args:
        reason: Why.
        home: Where it could go.
    """

    def __init__(self, reason: str, home: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.home = home


class DescriptionWriter:
    """Writes values along paths; two attributes that share the beginning of a path share its nodes.

    Args:
        graph: The graph.
        base: Where concepts are minted.
        sampled: What ``@sampled`` stands for.
        geometries: What writes places.
    """

    def __init__(self, graph: Graph, base: str, sampled: str, geometries: GeometryWriter) -> None:
        self.graph = graph
        self.base = base
        self.sampled = sampled
        self.geometries = geometries
        self._nodes: dict[tuple[str, Step], str] = {}

    def write(
        self, start: str, mappings: tuple[TermMapping, ...], instance: Mapping[str, Any]
    ) -> list[tuple[str, str]]:
        """Write the value of an attribute instance.

        Args:
            start: The node that the path starts from.
            mappings: Where it may stand; of a list each value takes the first mapping that has a place for it.
            instance: The instance in normalized form.

        Returns:
            What of the value comes back other than it was: the member, and why.

        Raises:
            Unwritten: Nothing was written, since the value is not what the mapping takes.
        """
        mapping = mappings[0]
        kind = instance.get("type")
        if mapping.value == "reference":
            return self._references(start, mapping, instance)
        if mapping.value in ("geometry", "wgs84"):
            return self._geometry(start, mapping, instance, kind)
        if kind == "LanguageProperty" and mapping.value == "text":
            return self._languages(start, mapping, instance)
        if kind != "Property" or "value" not in instance:
            raise Unwritten(f"a {kind} has no place here")
        value = instance["value"]
        if mapping.value == "members":
            return self._members(start, mapping, value)
        if mapping.value == "time":
            return self._time(start, mapping, value)
        if not mapping.many:
            term = self._term(mappings, value)
            self._put(start, term[0], term[1])
            return [] if self._comes_back(term[0], term[1], value) else [("value", "it is rounded, or shares its term")]
        if not isinstance(value, list) or not value:
            raise Unwritten("a list is expected")
        return self._list(start, mappings, value)

    def _list(self, start: str, mappings: tuple[TermMapping, ...], values: list[Any]) -> list[tuple[str, str]]:
        terms = []
        refused = []
        for one in values:
            try:
                terms.append((*self._term(mappings, one), one))
            except Unwritten as why:
                refused.append((one, why.reason))
        if not terms:
            raise Unwritten(refused[0][1])
        changes = [("value", f"{one!r:.60}: {why}") for one, why in refused]
        for mapping, term, one in terms:
            self._put(start, mapping, term)
            if not self._comes_back(mapping, term, one):
                changes.append(("value", f"{one!r:.60} shares its term with another value"))
        if not refused and values != sorted(set(map(str, values))):
            changes.append(("value", "triples have no order and no repetition"))
        return changes

    def _term(self, mappings: tuple[TermMapping, ...], value: Any) -> tuple[TermMapping, Term]:
        for mapping in mappings:
            term = _encode(mapping, value, self.base)
            if term is not None:
                return mapping, term
        raise Unwritten(f"{value!r:.60} is not a {mappings[-1].value} that has a term")

    def _comes_back(self, mapping: TermMapping, term: Term, value: Any) -> bool:
        if mapping.value == "percent":
            return isinstance(term, Literal) and bool(int(term.text) / 100 == value)
        if mapping.codes or mapping.codelist:
            return bool(mapping.decode(term.text if isinstance(term, Literal) else term, self.base) == value)
        return True

    def _references(self, start: str, mapping: TermMapping, instance: Mapping[str, Any]) -> list[tuple[str, str]]:
        targets = targets_of(instance)
        if not targets:
            raise Unwritten("a Relationship to one or more addresses is expected")
        for target in targets:
            self._put(start, mapping, target)
        if len(targets) == 1 and not mapping.steps[-1].inverse:
            # What else is said of it, such as the name of an address's street, stands at the same node.
            parent = self._node(start, mapping.steps[:-1])
            self._nodes.setdefault((parent, mapping.steps[-1]), targets[0])
        return [] if comes_back_in_order(instance) else [("object", "triples have no order, and no list of one")]

    def _geometry(
        self, start: str, mapping: TermMapping, instance: Mapping[str, Any], kind: Any
    ) -> list[tuple[str, str]]:
        value: Any = instance.get("value")
        if kind != "GeoProperty" or not is_geometry(value):
            raise Unwritten("a geometry is expected")
        extra = [("value", f"a geometry has no {name!r}") for name in value if name not in ("type", "coordinates")]
        position = value["coordinates"]
        lat_long = mapping.value == "wgs84" and self.geometries.plain
        if lat_long and value["type"] == "Point" and len(position) == 2:
            for predicate, number in (("wgs84:lat", position[1]), ("wgs84:long", position[0])):
                literal = number_literal(number)
                if literal is not None:
                    whole = isinstance(number, int)
                    self.graph.add(start, predicate, literal if whole else Literal(literal.text, XSD + "double"))
            return extra
        steps = mapping.steps
        if mapping.value == "wgs84":
            self.graph.add(start, steps[-1].predicate, self.geometries.node(value, "locn:Geometry"))
            return extra
        node = self._node(start, steps[:-1])
        self.graph.type(node, f"sf:{value['type']}")
        self.geometries.add(node, value)
        return extra

    def _languages(self, start: str, mapping: TermMapping, instance: Mapping[str, Any]) -> list[tuple[str, str]]:
        texts = instance.get("languageMap")
        changes: list[tuple[str, str]] = []
        if not isinstance(texts, dict) or not texts:
            raise Unwritten("texts by language are expected")
        written = False
        for tag, text in texts.items():
            if isinstance(text, str) and tag.replace("-", "").isalnum():
                self._put(start, mapping, Literal(text, language=tag))
                written = True
            else:
                changes.append(("languageMap", f"{tag!r} is not a language with one text"))
        if not written:
            raise Unwritten("no text has a language")
        return changes

    def _members(self, start: str, mapping: TermMapping, value: Any) -> list[tuple[str, str]]:
        if not isinstance(value, dict):
            raise Unwritten("an object is expected")
        known = {name: text for name, text in value.items() if name in mapping.members and isinstance(text, str)}
        if not known:
            raise Unwritten("the object has no member that has a term")
        node = self._node(start, mapping.steps)
        for name, text in known.items():
            self.graph.add(node, mapping.members[name], Literal(text))
        return [("value", f"member {name!r} has no term") for name in value if name not in known]

    def _time(self, start: str, mapping: TermMapping, value: Any) -> list[tuple[str, str]]:
        time = parse_time(value)
        if time is None:
            raise Unwritten("a time is expected, or two with a slash between")
        self._put(start, mapping, time_node(self.graph, time))
        return []

    def _put(self, start: str, mapping: TermMapping, term: Term) -> None:
        last = mapping.steps[-1]
        node = self._node(start, mapping.steps[:-1])
        predicate = self._predicate(last)
        if last.inverse and isinstance(term, str):
            self.graph.add(term, predicate, node)
        else:
            self.graph.add(node, predicate, term)
        if isinstance(term, str) and last.classes:
            self.graph.type(term, *last.classes)

    def _node(self, start: str, steps: tuple[Step, ...]) -> str:
        node = start
        for step in steps:
            key = (node, step)
            if key not in self._nodes:
                self._nodes[key] = self.graph.blank(*step.classes)
                self.graph.add(node, self._predicate(step), self._nodes[key])
            node = self._nodes[key]
        return node

    def _predicate(self, step: Step) -> str:
        return self.sampled if step.predicate == "@sampled" else step.predicate


def _encode(mapping: TermMapping, value: Any, base: str) -> Term | None:
    kind = mapping.value
    if mapping.codes or mapping.codelist:
        known = mapping.encode(value, base) if isinstance(value, str) and value else None
        if known is None or kind == "concept":
            return known
        return Literal(known, XSD + ("integer" if kind == "integer" else "string"))
    if kind == "iri":
        return value if isinstance(value, str) and is_iri(value) else None
    if kind in ("text", "dateTime", "anyURI"):
        if not isinstance(value, str):
            return None
        if kind == "anyURI":
            return Literal(value, XSD + "anyURI")
        return time_literal(value) if kind == "dateTime" else Literal(value)
    if kind == "percent":
        # A huge number is finite, and a hundred times it is not.
        finite = number_literal(value) is not None and number_literal(value * 100) is not None
        return Literal(str(percent(value)), XSD + "integer") if finite else None
    if kind == "integer" and not isinstance(value, int):
        return None
    if kind == "boolean":
        return Literal(str(value).lower(), XSD + "boolean") if isinstance(value, bool) else None
    return number_literal(value)


def percent(fraction: float) -> int:
    """Return a fraction as the whole percent below it, as Gent's parking data have it.

    Args:
        fraction: The fraction; 0.57 is 57 percent, though it is a little less in binary.
    """
    return int(round(fraction * 100, 9) // 1)
