"""Attributes that describe a thing, out of triples along the paths of a mapping table."""

from __future__ import annotations

from typing import Any

from citycontext.oslo.aliases import canonical
from citycontext.oslo.graph import Literal, Term, Triple
from citycontext.oslo.literals import boolean_of, number_of
from citycontext.oslo.losses import Loss, LossKind
from citycontext.oslo.phenomenon_times import time_text
from citycontext.oslo.profiles import ISO, SOSA
from citycontext.oslo.reading.graph_reader import GraphReader
from citycontext.oslo.tables.mapping_table import MappingTable, Step, TermMapping
from citycontext.oslo.vocabulary import iri, is_blank

__all__ = ["DescriptionReader", "decode_term"]


class DescriptionReader:
    """Reads describing attributes of nodes.

    Args:
        reader: The graph, and what was used of it.
        base: Where concepts are minted.
    """

    def __init__(self, reader: GraphReader, base: str) -> None:
        self.reader = reader
        self.base = base
        self._ways: dict[Triple, tuple[MappingTable, str, tuple[Step, ...], str]] = {}

    def read(self, table: MappingTable, node: str, sample: str) -> dict[str, dict[str, Any]]:
        """Read all that a table describes.

        Args:
            table: The table.
            node: The thing.
            sample: Its sample; empty where it has none.

        Returns:
            Attributes in normalized form by wire name.
        """
        found = {}
        for name, mappings in table.describe.items():
            start = sample if mappings[0].start == "@sample" else node
            if not start or mappings[0].start == "@property":
                continue
            attribute = self._attribute(table, start, mappings)
            if attribute is not None:
                found[name] = attribute
        return found

    def _attribute(self, table: MappingTable, start: str, mappings: tuple[TermMapping, ...]) -> dict[str, Any] | None:
        mapping = mappings[0]
        if mapping.value in ("geometry", "wgs84"):
            return self._geometry(table, start, mapping)
        if mapping.value == "members":
            return self._members(table, start, mapping)
        if mapping.value == "reference":
            targets = sorted(set(self._references(table, start, mapping)))
            if not targets:
                return None
            return {"type": "Relationship", "object": targets[0] if len(targets) == 1 else targets}
        if mapping.value == "text" and not mapping.codes and not mapping.codelist:
            return self._texts(table, start, mapping)
        values: list[Any] = []
        for one in mappings:
            for node, predicate, term in self._terms(table, start, one):
                value = self._decode(one, term)
                if value is not None and value in values:
                    self._take(node, predicate, term)
                    self.reader.said_again(node, predicate, term, "another one")
                elif value is not None:
                    self._take(node, predicate, term)
                    values.append(value)
                    if not one.many:
                        return {"type": "Property", "value": value}
        return {"type": "Property", "value": sorted(set(values))} if values else None

    def _texts(self, table: MappingTable, start: str, mapping: TermMapping) -> dict[str, Any] | None:
        languages: dict[str, str] = {}
        terms = self._terms(table, start, mapping)
        plain = next((one for one in terms if isinstance(one[2], Literal) and not one[2].language), None)
        if plain is not None and isinstance(plain[2], Literal):
            self._take(*plain)
            return {"type": "Property", "value": plain[2].text}
        for node, predicate, term in terms:
            if not isinstance(term, Literal):
                continue
            if term.language not in languages:
                self._take(node, predicate, term)
                self.reader.in_language.add((node, predicate, term))
                languages[term.language] = term.text
        return {"type": "LanguageProperty", "languageMap": languages} if languages else None

    def _geometry(self, table: MappingTable, start: str, mapping: TermMapping) -> dict[str, Any] | None:
        reader = self.reader
        latitude, longitude = (reader.graph.value(start, name) for name in ("wgs84:lat", "wgs84:long"))
        north, east = number_of(latitude), number_of(longitude)
        if north is not None and east is not None and abs(north) <= 90 and abs(east) <= 180:
            reader.value(start, "wgs84:lat")
            reader.value(start, "wgs84:long")
            geometry: Any = {"type": "Point", "coordinates": [east, north]}
        else:
            geometry = None
            classes = ("locn:Geometry",) if mapping.value == "wgs84" else mapping.steps[-2].classes
            for node in self._nodes(table, start, mapping.steps[:-2]):
                geometry = reader.location_of(node, *classes)
                if geometry is not None:
                    self._use_way(table, start, mapping.steps[:-2], node)
                    break
        return None if geometry is None else {"type": "GeoProperty", "value": geometry}

    def _members(self, table: MappingTable, start: str, mapping: TermMapping) -> dict[str, Any] | None:
        for node in self._nodes(table, start, mapping.steps):
            value = {}
            for name, predicate in mapping.members.items():
                literal = next((one for one in self.reader.graph.values(node, predicate) if _is_plain(one)), None)
                if isinstance(literal, Literal):
                    self.reader.used.add((node, canonical(predicate), literal))
                    value[name] = literal.text
            if value:
                self._use_way(table, start, mapping.steps, node)
                return {"type": "Property", "value": value}
        return None

    def _references(self, table: MappingTable, start: str, mapping: TermMapping) -> list[str]:
        found = []
        for node, predicate, term in self._terms(table, start, mapping):
            inverse = mapping.steps[-1].inverse
            target = node if inverse else self.reader.address(term)
            if not target or is_blank(target) or (isinstance(term, str) and not self._is_of(target, mapping.steps[-1])):
                continue
            if target in found:
                self._take(node, predicate, term)
                self.reader.said_again(node, predicate, term, "another predicate")
                continue
            self._take(node, predicate, term)
            for kind in mapping.steps[-1].classes:
                self.reader.take_as(target, kind)
            found.append(target)
        return found

    def _terms(self, table: MappingTable, start: str, mapping: TermMapping) -> list[tuple[str, str, Term]]:
        """Return the triples at the end of a path."""
        found = self._ends(table, start, mapping.steps)
        for steps in mapping.also:
            others = self._ends(table, start, steps)
            for node, predicate, _ in others:
                why = f"it is read as what stands at {' / '.join(step.predicate for step in mapping.steps)}"
                self.reader.report.add(Loss(LossKind.REWRITTEN, node, predicate, reason=why))
            found += others
        return found

    def _take(self, node: str, predicate: str, term: Term) -> None:
        """Count what stands at the end of a path as used, and the way there."""
        self.reader.used.add((node, predicate, term))
        self._use_way(*self._ways[node, predicate, term])

    def _ends(self, table: MappingTable, start: str, steps: tuple[Step, ...]) -> list[tuple[str, str, Term]]:
        last = steps[-1]
        predicates = [canonical(one) for one in self._predicates(table, last)]
        found: list[tuple[str, str, Term]] = []
        for node in self._nodes(table, start, steps[:-1]):
            here: list[tuple[str, str, Term]] = []
            for predicate in predicates:
                if last.inverse:
                    here += [(subject, predicate, node) for subject in self.reader.graph.subjects(predicate, node)]
                else:
                    here += [(node, predicate, term) for term in self.reader.graph.values(node, predicate)]
            self._ways |= dict.fromkeys(here, (table, start, steps[:-1], node))
            found += here
        return found

    def _nodes(self, table: MappingTable, start: str, steps: tuple[Step, ...]) -> list[str]:
        nodes = [start]
        for step in steps:
            nodes = [
                value
                for node in nodes
                for predicate in self._predicates(table, step)
                for value in self.reader.graph.values(node, canonical(predicate))
                if isinstance(value, str) and self._is_of(value, step)
            ]
        return nodes

    def _use_way(self, table: MappingTable, start: str, steps: tuple[Step, ...], end: str) -> None:
        """Count the triples from one node to another as used; the way has one step or two."""
        here = [start]
        for step in steps:
            following = []
            for node in here:
                for predicate in self._predicates(table, step):
                    name = canonical(predicate)
                    for value in self.reader.graph.values(node, name):
                        if isinstance(value, str) and self._is_of(value, step) and (len(steps) > 1 or value == end):
                            self.reader.used.add((node, name, value))
                            for kind in step.classes:
                                self.reader.take_as(value, kind)
                            following.append(value)
            here = following

    def _is_of(self, node: str, step: Step) -> bool:
        kinds = self.reader.graph.types(node)
        return not step.classes or not kinds or {canonical(one) for one in step.classes} <= set(kinds)

    def _predicates(self, table: MappingTable, step: Step) -> list[str]:
        if step.predicate != "@sampled":
            return [step.predicate]
        return [*([table.sampled] if table.sampled else []), iri(ISO.sampled), iri(SOSA.sampled)]

    def _decode(self, mapping: TermMapping, term: Term) -> Any:
        if mapping.codes or mapping.codelist:
            text = term.text if isinstance(term, Literal) and mapping.value != "concept" else self.reader.address(term)
            return decode_term(mapping, text, self.base) if text else None
        if mapping.value == "iri":
            return self.reader.address(term) or None
        if mapping.value == "time":
            time = self.reader.time(term)
            return time_text(time) if time is not None else None
        if not isinstance(term, Literal):
            return None
        if mapping.value in ("dateTime", "anyURI"):
            return term.text
        if mapping.value == "boolean":
            return boolean_of(term)
        number = number_of(term)
        if number is None or (mapping.value in ("integer", "percent") and not isinstance(number, int)):
            return None
        return number / 100 if mapping.value == "percent" else number


def decode_term(mapping: TermMapping, text: str, base: str) -> str | None:
    """Return the value that a concept stands for, by its own name or the one that was meant.

    Args:
        mapping: Where it stands.
        text: The concept's IRI, or the text.
        base: Where concepts were minted.
    """
    for value, known in mapping.codes.items():
        concept = known if mapping.value != "concept" else (iri(known) if ":" in known else base + known)
        if text in (concept, canonical(concept)):
            return value
    return mapping.decode(text, base)


def _is_plain(term: Term) -> bool:
    return isinstance(term, Literal) and not term.language
