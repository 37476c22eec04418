"""Versions as OSLO writes them: the thing at a time, and the observations that its state was derived from."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import orjson

from citycontext.errors import DataError
from citycontext.ngsild import Entity, Severity
from citycontext.oslo import Graph, Literal, LossKind, MappingTables, standard_tables, to_oslo
from citycontext.publish.config import StreamSettings
from citycontext.publish.ldes.versions import Version, instant_text, version_iri
from citycontext.publish.linked_data import DCT_IS_VERSION_OF, XSD_DATE_TIME
from citycontext.publish.policy import Cleared
from citycontext.publish.report import Report

__all__ = ["make_oslo_version"]

_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
_DERIVED_FROM: Final = "http://www.w3.org/ns/prov#wasDerivedFrom"
_MAX_DEPTH: Final = 16


def make_oslo_version(cleared: Cleared, at: int, settings: StreamSettings, report: Report) -> Version | None:
    """Make a version of an entity in the OSLO profile of the stream.

    Observations have IRIs of their own, with their time. Those that nothing else links to are linked to by
    ``prov:wasDerivedFrom``, so that a reader finds all of a member from the member on.

    Args:
        cleared: The entity.
        at: When, in microseconds since 1970.
        settings: The stream.
        report: Takes what the profile does not carry.

    Returns:
        The version; ``None`` where no mapping table knows the entity's type.
    """
    wire = {name: member for name, member in cleared.wire.items() if name not in ("@context", "scope")}
    try:
        written = to_oslo(Entity.from_dict(wire), profile=settings.members, tables=_tables(settings.oslo_base))
    except DataError as error:
        path = f"{cleared.types[0]}.{error.path}".rstrip(".")
        report.note("oslo-refused", path, "breaks the information model", Severity.ERROR)
        return None
    refused = False
    for loss in written.report:
        refused = refused or (loss.kind is LossKind.REFUSED and not loss.term)
        severity = Severity.WARNING if loss.kind in (LossKind.LOST, LossKind.REFUSED) else Severity.NOTE
        path = f"{cleared.types[0]}.{loss.path}".rstrip(".")
        report.note(f"oslo-{loss.kind}", path, loss.reason, severity)
    if refused or cleared.id not in written.graph:
        return None
    nested = _Nested(written.graph)
    member = nested.node(cleared.id)
    member["@id"] = version_iri(cleared.id, settings.delimiter, at)
    member[DCT_IS_VERSION_OF] = {"@id": cleared.id}
    member[settings.timestamp_path] = {"@type": XSD_DATE_TIME, "@value": instant_text(at)}
    derived = nested.rest(written.graph.nodes)
    if derived:
        member[_DERIVED_FROM] = derived
    return Version(cleared.id, at, orjson.dumps(member))


class _Nested:
    """Writes a graph as a tree: a node stands where it is first mentioned, a blank one wherever it is."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._written: set[str] = set()

    def node(self, name: str, depth: int = 0) -> dict[str, Any]:
        self._written.add(name)
        written: dict[str, Any] = {} if name.startswith("_:") else {"@id": name}
        for predicate in self._graph.predicates(name):
            values = self._graph.values(name, predicate)
            if predicate == _TYPE:
                written["@type"] = values
            else:
                written[predicate] = [self._value(one, depth + 1) for one in values]
        return written

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


@lru_cache(maxsize=8)
def _tables(base: str | None) -> MappingTables:
    return standard_tables() if base is None else standard_tables().with_base(base)
