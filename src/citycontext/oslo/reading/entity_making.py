"""Entities in the making, and what of the graph went into none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Final

from citycontext.errors import UnknownModel
from citycontext.models import model_for
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.temporal import TemporalEntity
from citycontext.ngsild.time import parse_datetime
from citycontext.oslo.aliases import canonical
from citycontext.oslo.entities import class_for
from citycontext.oslo.graph import Graph, Literal, Term, Triple
from citycontext.oslo.literals import is_time_text, ngsild_time
from citycontext.oslo.losses import Loss, LossKind, LossReport
from citycontext.oslo.observations import Interval
from citycontext.oslo.phenomenon_times import parse_time
from citycontext.oslo.reading.descriptions import DescriptionReader
from citycontext.oslo.reading.graph_reader import GraphReader
from citycontext.oslo.tables.mapping_table import MappingTable
from citycontext.oslo.tables.mapping_tables import MappingTables
from citycontext.oslo.vocabulary import NAMESPACES, RDF_TYPE, XSD, iri, is_blank, local_name

__all__ = ["EntityMaker", "Made"]

_ORDINARY: Final = frozenset(
    (
        *(f"{XSD}{one}" for one in ("string", "integer", "decimal", "double", "float", "int", "long", "short")),
        *(f"{XSD}{one}" for one in ("boolean", "nonNegativeInteger", "duration", "anyURI")),
        *(f"{XSD}{one}" for one in ("dateTime", "dateTimeStamp", "date", "gYearMonth", "gYear")),
        *(f"{NAMESPACES['geo']}{one}" for one in ("wktLiteral", "gmlLiteral")),
        f"{NAMESPACES['rdfs']}Literal",
    )
)
"""Datatypes that follow from the value of an attribute, or from where it stands."""
_GENERATED: Final = "prov:generatedAtTime"
_VERSION_TIMES: Final = frozenset(
    (
        *("occupancyModified", "dateObserved", "dateObservedTo", "dateModified", "observationDateTime"),
        *("gewijzigd", "resultaattijd", "fenomeentijd", "fenomeenTijd", "rapportTijd"),
    )
)
"""Attributes that tell when a version was true."""


@dataclass(slots=True)
class Made:
    """An entity in the making."""

    table: MappingTable
    id: str
    attributes: dict[str, Any] = field(default_factory=dict)
    instances: dict[tuple[str, str], list[tuple[str, dict[str, Any]]]] = field(default_factory=dict)


class EntityMaker:
    """Makes entities out of a graph, one for each thing and version of a thing.

    Args:
        reader: The graph.
        tables: Where attributes stand.
    """

    def __init__(self, reader: GraphReader, tables: MappingTables) -> None:
        self.reader: GraphReader = reader
        self.graph: Graph = reader.graph
        self.report: LossReport = reader.report
        self.tables: MappingTables = tables
        self.describer: DescriptionReader = DescriptionReader(reader, tables.base)
        self.made: dict[tuple[str, str], Made] = {}
        self.things: dict[str, Made] = {}
        self.ids: dict[str, str] = {}
        """Blank node → the id of the entity that it became."""

    def make_things(self, tables: Iterable[MappingTable], *, leftover: bool = False) -> None:
        """Make entities of all nodes whose class some tables have; of several classes the most special one counts.

        A blank node that something else has read already is a part of that, and no thing.

        Args:
            tables: The tables.
            leftover: Only where something is said that no entity has; and of no blank node that anything names.
        """
        named = {value for _, _, value in self.graph if is_blank(value)} if leftover else set()
        done = {node for node, _ in self.made}
        by_class: dict[str, MappingTable] = {}
        for table in tables:
            for name in _classes(table):
                by_class.setdefault(name, table)
        for node in sorted(self.graph.nodes, key=is_blank):
            found = [by_class[one] for one in self.graph.types(node) if one in by_class]
            general = {name for table in found for name in self._ancestors(table)}
            special = next((one for one in found if one.type not in general), None)
            if special is None or node in named or (is_blank(node) and self._is_read(node)):
                continue
            if not leftover or (node not in done and not self._is_read(node, whole=True)):
                self._thing(node, special)

    def _thing(self, node: str, table: MappingTable) -> None:
        made = self.entity(self.identity(node, table.type), table, version=node)
        self.things.setdefault(made.id, made)
        self.reader.use_types(node, *table.classes)
        kinds, classes = self.graph.types(node), [canonical(one) for one in table.classes]
        for kind in kinds:
            if kind in classes[1:]:
                also = f", and so is {classes[0]}" if classes[0] in kinds else ""
                self.lose(node, kind, kind=LossKind.CHANGED, reason=f"it is read as {table.type}{also}")
        attributes = self.describer.read(table, node, "")
        told = [kind for kind in kinds if kind not in classes and (node, RDF_TYPE, kind) in self.reader.used]
        if told and classes and classes[0] in kinds:
            self.lose(node, classes[0], kind=LossKind.REWRITTEN, reason=f"{', '.join(told)} says it too")
        for name, attribute in attributes.items():
            moment = attributes.get(table.describe[name][0].time, {}).get("value")
            held = ngsild_time(moment) if isinstance(moment, str) and is_time_text(moment) else None
            made.attributes[name] = {**attribute, **({"observedAt": held} if held else {})}

    def _ancestors(self, table: MappingTable) -> set[str]:
        found: set[str] = set()
        while table.extends in self.tables and table.extends not in found:
            found.add(table.extends)
            table = self.tables[table.extends]
        return found

    def _is_read(self, node: str, *, whole: bool = False) -> bool:
        """Return whether something has read what a node is, or the whole of what is said of it."""
        predicates = self.graph.predicates(node) if whole else [RDF_TYPE]
        said = [
            (node, name, value) in self.reader.used for name in predicates for value in self.graph.values(node, name)
        ]
        return all(said) if whole else any(said)

    def entity(self, identity: str, table: MappingTable, *, version: str = "") -> Made:
        """Return the entity in the making; every version of a thing is one of its own.

        Args:
            identity: Its id.
            table: The table of its type.
            version: The node of the version; empty where all nodes are of one entity.
        """
        key = (version or identity, table.type)
        if key not in self.made:
            self.made[key] = Made(table, identity)
        return self.made[key]

    def identity(self, node: str, entity_type: str) -> str:
        """Return the id of the entity that a node is, or is a version of.

        Args:
            node: The node; a blank one gets an id of its content.
            entity_type: The type of the entity.
        """
        for thing in self.graph.values(node, "dct:isVersionOf"):
            version_of = self.reader.address(thing)
            if version_of:  # what has no address stays unread
                self.reader.used.add((node, iri("dct:isVersionOf"), thing))
                return version_of
        if not is_blank(node) and is_uri(node):
            return node
        said = [(name, value) for name in self.graph.predicates(node) for value in self.graph.values(node, name)]
        text = "".join(sorted(f"{name} {value}" for name, value in said))
        name = hashlib.sha256(text.encode()).hexdigest()[:16]
        self.lose(
            node, kind=LossKind.ASSUMED, reason="a blank node has no address, so the entity gets one of its content"
        )
        self.ids[node] = f"urn:ngsi-ld:{entity_type}:{name}"
        return self.ids[node]

    def finished(self) -> tuple[list[Entity], list[TemporalEntity]]:
        """Return the entities, and the evolutions of those that have several values of an attribute.

        What of the graph went into none of them is reported.
        """
        entities, histories = [], []
        for made in self._in_order():
            self._report_said_twice(made)
            entity, history = _finished(made)
            entities.append(entity)
            if history is not None:
                histories.append(history)
        self._report_unused()
        return entities, histories

    def _report_said_twice(self, made: Made) -> None:
        """Report what a description says of an attribute that an observation says too, the newer one."""
        for name, dataset in made.instances:
            described = made.attributes.get(name)
            if described is not None and not dataset:
                value = str(described.get("value", described.get("languageMap", described.get("object"))))
                self.lose(made.id, name, kind=LossKind.REWRITTEN, reason=f"{value} is said, and an observation is read")

    def _in_order(self) -> list[Made]:
        """Return what was made in the order of the graph, versions of one thing together and the newest last."""
        together: dict[tuple[str, str], list[tuple[str, Made]]] = {}
        for (node, entity_type), made in self.made.items():
            together.setdefault((made.id, entity_type), []).append((node, made))
        return [
            made
            for versions in together.values()
            for _, made in sorted(versions, key=lambda one: (self._moment(*one), one[0]))
        ]

    def _moment(self, node: str, made: Made) -> float:
        """Return when a version was true, as a number; one that tells no time is the oldest."""
        # What is said of the version itself goes before what its attributes say, and before its address.
        said: list[Any] = [value.text for value in self.graph.values(node, _GENERATED) if isinstance(value, Literal)]
        held = [one.get("observedAt") for one in made.attributes.values()]
        held += [moment for timed in made.instances.values() for moment, _ in timed]
        changed = [one.get("value") for name, one in made.attributes.items() if name in _VERSION_TIMES]
        named = [node.removeprefix(made.id)[1:]] if node.startswith(made.id) else []
        for texts in (said, [*held, *changed], named):
            moments = [moment for moment in map(self._timestamp, texts) if moment is not None]
            if moments:
                return max(moments)
        return float("-inf")

    def _timestamp(self, text: Any) -> float | None:
        time = parse_time(text)
        last = (time.end or time.beginning) if isinstance(time, Interval) else time
        return None if last is None else parse_datetime(last.text, zone=self.reader.zone or UTC).timestamp()

    def _report_unused(self) -> None:
        """Name every triple that is in no entity: of a class that no table knows by the class, others one by one."""
        used = self.reader.used
        reached = {subject for subject, _, _ in used} | {value for _, _, value in used if isinstance(value, str)}
        for triple in self.graph:
            subject, predicate, value = triple
            if triple in used:
                self._report_form(triple)
                continue
            if predicate == RDF_TYPE and subject not in reached:
                self.lose(subject, str(value), kind=LossKind.REFUSED, reason=f"no table has class {value}")
            else:
                said = value.text if isinstance(value, Literal) else value
                why = f"{said[:80]!r}{_kind_of(value)} has no place in the entity"
                self.report.add(Loss(LossKind.LOST, subject, predicate, reason=why, value=said))

    def _report_form(self, triple: Triple) -> None:
        """Report the language or the datatype of a literal of which the entity has the text alone."""
        subject, predicate, value = triple
        if not isinstance(value, Literal) or triple in self.reader.in_language:
            return
        if value.language or (value.datatype not in _ORDINARY and not value.datatype.startswith(NAMESPACES["cdt"])):
            form = f"@{value.language}" if value.language else value.datatype
            why = f"{value.text[:80]!r} is read without its {form}"
            self.report.add(Loss(LossKind.CHANGED, subject, predicate, reason=why, value=form))

    def lose(
        self,
        subject: str,
        term: str = "",
        member: str = "",
        *,
        reason: str,
        home: str = "",
        kind: LossKind = LossKind.LOST,
    ) -> None:
        """Report a loss.

        Args:
            subject: The node, or the entity's id.
            term: The predicate, class or attribute.
            member: What of the attribute.
            reason: Why.
            home: Where it could go.
            kind: What happened to it.
        """
        self.report.add(Loss(kind, subject, term, member, reason=reason, home=home))


def _kind_of(value: Term) -> str:
    """Return how a literal tells what it is: its language, or a type that is not text."""
    if not isinstance(value, Literal) or value.datatype == XSD + "string":
        return f"@{value.language}" if isinstance(value, Literal) and value.language else ""
    return f"@{value.language}" if value.language else f" ({local_name(value.datatype)})"


def _classes(table: MappingTable) -> set[str]:
    """Return the classes of a thing, those among them that stand for a value of an attribute."""
    mappings = [one for several in table.describe.values() for one in several if one.steps[0].predicate == RDF_TYPE]
    return {canonical(one) for one in table.classes} | {
        iri(one) for mapping in mappings for one in mapping.codes.values() if table.classes
    }


def _finished(made: Made) -> tuple[Entity, TemporalEntity | None]:
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
