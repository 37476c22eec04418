"""Versions as OSLO writes them: the thing at a time, and the observations that its state was derived from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, NamedTuple

import orjson

from citycontext.errors import DataError
from citycontext.ngsild import Entity, Severity
from citycontext.oslo import Graph, Literal, LossKind, standard_tables, to_oslo
from citycontext.oslo.persistent_ids import CONCEPTS
from citycontext.oslo.writing.outlines import Outlines
from citycontext.publish.config import StreamSettings
from citycontext.publish.ldes.links import Path, links_of
from citycontext.publish.ldes.moulds import Mould
from citycontext.publish.ldes.versions import Version, digest_of_content, instant_text, micros_of, version_iri
from citycontext.publish.linked_data import DCT_IS_VERSION_OF, XSD_DATE_TIME
from citycontext.publish.policy import Cleared
from citycontext.publish.report import Report

__all__ = ["OsloMembers"]

_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
_DERIVED_FROM: Final = "http://www.w3.org/ns/prov#wasDerivedFrom"
_MAX_DEPTH: Final = 16
_MOST_MOULDS: Final = 1_000
_YEARS: Final = (1101, 1202)


class _Written(NamedTuple):
    """A member, and what the report is to say.

    Args:
        body: The member; ``None`` where the entity is refused.
        notes: What the profile does not carry: rule, path, message, how much it matters.
        names: The nodes and addresses in it.
        links: The ways to the nodes with a name that it describes.
    """

    body: bytes | None
    notes: tuple[tuple[str, str, str, Severity], ...]
    names: frozenset[str] = frozenset()
    links: frozenset[Path] = frozenset()


class _Fit(Enum):
    """What is known of an outline that has no mould."""

    SEEN = 1  # one entity had it; a second one makes a mould worth while
    NONE = 2  # no mould gives what the writer gives


class OsloMembers:
    """Makes members in the OSLO profile of a stream.

    Most readings differ from the one before by numbers, times and ids only. Of the second entity of an outline a mould
    is made, which further ones are cast in; what comes out is what the writer would have written.

    Args:
        settings: The stream.
        report: Takes what the profile does not carry.
    """

    def __init__(self, settings: StreamSettings, report: Report) -> None:
        self._settings = settings
        self._report = report
        base = settings.oslo_base or (f"{settings.base}{CONCEPTS}" if settings.base else None)
        self._tables = standard_tables() if base is None else standard_tables().with_base(base)
        self._outlines = Outlines(self._tables)
        self.links: set[Path] = set()
        """The ways inside members to the nodes with a name that they describe."""
        self._moulds: dict[tuple[Any, ...], tuple[Mould, _Written] | _Fit] = {}

    def version(self, cleared: Cleared, at: int) -> Version | None:
        """Make a version of an entity.

        Observations have IRIs of their own, with their time. Those that nothing else links to are linked to by
        ``prov:wasDerivedFrom``, so that a reader finds all of a member from the member on.

        Args:
            cleared: The entity.
            at: When, in microseconds since 1970.

        Returns:
            The version; ``None`` where no mapping table knows the entity's type.
        """
        wire = {name: member for name, member in cleared.wire.items() if name not in ("@context", "scope")}
        written = self._cast(wire, at) or self._write(wire, at)
        self.links |= written.links
        for rule, path, message, severity in written.notes:
            self._report.note(rule, path, message, severity)
        return None if written.body is None else Version(cleared.id, at, written.body, digest_of_content(cleared.wire))

    def _cast(self, wire: dict[str, Any], at: int) -> _Written | None:
        """Cast a member in a mould; ``None`` if it has none."""
        outline = self._outlines.of(wire)
        if outline is None:
            return None
        known = self._moulds.get(outline.key)
        if known is None:
            if len(self._moulds) >= _MOST_MOULDS:
                self._moulds.clear()  # outlines that keep coming are soon there again
            self._moulds[outline.key] = _Fit.SEEN
            return None
        carried = [*outline.carried, instant_text(at)]
        if known is _Fit.SEEN:
            known = self._moulds[outline.key] = self._mould(wire, at, carried) or _Fit.NONE
        if isinstance(known, _Fit):
            return None
        mould, like = known
        body = mould.fill(carried)
        return None if body is None else like._replace(body=body)

    def _mould(self, wire: dict[str, Any], at: int, carried: list[str]) -> tuple[Mould, _Written] | None:
        """Make a mould of two entities with different marks; it has to give what the writer writes of this one."""
        made: list[tuple[Mould, _Written]] = []
        for year in _YEARS:
            marked = self._outlines.marked(wire, year)
            if marked is None:
                return None
            entity, marks = marked
            then = micros_of(datetime(year, 7, 1, tzinfo=UTC))
            written = self._write(entity, then)
            if written.body is None:
                return None
            mould = Mould.of(written.body, [*marks, instant_text(then)], written.names)
            made.append((mould, written._replace(body=b"", names=mould.fixed)))
        expected = self._write(wire, at)
        same = made[0] == made[1] and made[0][1].notes == expected.notes
        return made[0] if same and made[0][0].fill(carried) == expected.body else None

    def _write(self, wire: dict[str, Any], at: int) -> _Written:
        settings = self._settings
        named = wire["type"]
        entity_type, identifier = named if isinstance(named, str) else named[0], wire["id"]
        try:
            written = to_oslo(Entity.from_dict(wire), profile=settings.members, tables=self._tables)
        except DataError as error:
            path = f"{entity_type}.{error.path}".rstrip(".")
            return _Written(None, (("oslo-refused", path, "breaks the information model", Severity.ERROR),))
        notes = tuple(
            (
                f"oslo-{loss.kind}",
                f"{entity_type}.{loss.path}".rstrip("."),
                loss.reason,
                Severity.WARNING if loss.kind in (LossKind.LOST, LossKind.REFUSED) else Severity.NOTE,
            )
            for loss in written.report
        )
        refused = any(loss.kind is LossKind.REFUSED and not loss.term for loss in written.report)
        if refused or identifier not in written.graph:
            return _Written(None, notes)
        nested = _Nested(written.graph, {identifier: version_iri(identifier, settings.delimiter, at)})
        member = nested.node(identifier)
        member["@id"] = version_iri(identifier, settings.delimiter, at)
        member[DCT_IS_VERSION_OF] = {"@id": identifier}
        member[settings.timestamp_path] = {"@type": XSD_DATE_TIME, "@value": instant_text(at)}
        derived = nested.rest(written.graph.nodes)
        if derived:
            member[_DERIVED_FROM] = derived
        names = (term for subject, _, value in written.graph for term in (subject, value) if isinstance(term, str))
        return _Written(orjson.dumps(member), notes, frozenset(names), frozenset(links_of(member)))


class _Nested:
    """Writes a graph as a tree: a node stands where it is first mentioned, a blank one wherever it is.

    Args:
        graph: The graph.
        names: What nodes are called in the tree, where that is another name.
    """

    def __init__(self, graph: Graph, names: Mapping[str, str]) -> None:
        self._graph = graph
        self._names = names
        self._written: set[str] = set()

    def node(self, name: str, depth: int = 0) -> dict[str, Any]:
        self._written.add(name)
        written: dict[str, Any] = {} if name.startswith("_:") else {"@id": name}
        ways = self._ways(name)
        for predicate in self._graph.predicates(name):
            values = self._graph.values(name, predicate)
            if predicate == _TYPE:
                written["@type"] = values
                continue
            told = []
            for one in values:
                others = ways.get(one, [predicate]) if isinstance(one, str) else [predicate]
                if others[0] == predicate:
                    told.append(self._value(one, depth + 1))
                if others[0] == predicate and others[1:]:
                    told[-1]["@reverse"] = {other: [{"@id": self._names.get(name, name)}] for other in others[1:]}
            if told:
                written[predicate] = told
        return written

    def _ways(self, name: str) -> dict[str, list[str]]:
        """Return for each blank node that a named one leads to the predicates that do; without label it stands once."""
        ways: dict[str, list[str]] = {}
        for predicate in self._graph.predicates(name) if not name.startswith("_:") else ():
            for value in self._graph.values(name, predicate):
                if isinstance(value, str) and value.startswith("_:"):
                    ways.setdefault(value, []).append(predicate)
        return ways

    def rest(self, names: Iterable[str]) -> list[dict[str, Any]]:
        return [self.node(name) for name in names if name not in self._written and not name.startswith("_:")]

    def _value(self, value: str | Literal, depth: int) -> dict[str, Any]:
        if isinstance(value, Literal):
            if value.language:
                return {"@value": value.text, "@language": value.language}
            return {"@value": value.text} | ({} if value.datatype == _XSD_STRING else {"@type": value.datatype})
        blank = value.startswith("_:")
        if depth < _MAX_DEPTH and value in self._graph and (blank or value not in self._written):
            return self.node(value, depth)
        return {} if blank else {"@id": value}
