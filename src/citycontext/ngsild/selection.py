"""Which entities are meant: selectors and queries as documents carry them (CIM 009, 5.2.8 to 5.2.33).

The members ``q``, ``geoQ``, ``scopeQ`` and ``temporalQ`` take what ``citycontext.ngsild.query`` builds, or its text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator

from citycontext.errors import InvalidDocument, InvalidQuery
from citycontext.ngsild.query.entity_types import parse_types
from citycontext.ngsild.query.geo import GeoQuery
from citycontext.ngsild.query.q_parser import parse_q
from citycontext.ngsild.query.scope import parse_scope
from citycontext.ngsild.query.temporal import TemporalQuery
from citycontext.ngsild.wire_model import Number, OptText, Text, WireModel, optional, uri

__all__ = ["EntityInfo", "EntitySelector", "GeoQ", "OptGeoQ", "OptTemporalQ", "Query", "TemporalQ"]


class EntitySelector(WireModel):
    """Entities by type, and by id or a pattern of ids (CIM 009, 5.2.33).

    Args:
        type: A type, a selection of types such as ``(Building|Tower)``, or ``*`` for all.
        id: One entity's id.
        id_pattern: A regular expression for ids.
    """

    clause: ClassVar[str] = "5.2.33"

    type: Text
    id: str | None = None
    id_pattern: str | None = None

    def _check(self, prefix: str) -> None:
        _parsed(parse_types, self.type, f"{prefix}type")
        uri(self.id, f"{prefix}id", self.clause)
        check_pattern(self.id_pattern, f"{prefix}idPattern", self.clause)


class EntityInfo(WireModel):
    """Entities that a context source has (CIM 009, 5.2.8).

    Args:
        type: A type, or types.
        id: One entity's id.
        id_pattern: A regular expression for ids.
    """

    clause: ClassVar[str] = "5.2.8"

    type: str | list[str] | None = None
    id: str | None = None
    id_pattern: str | None = None

    def _check(self, prefix: str) -> None:
        if not self.type:
            raise InvalidDocument("it is missing", path=f"{prefix}type", clause=self.clause)
        uri(self.id, f"{prefix}id", self.clause)
        check_pattern(self.id_pattern, f"{prefix}idPattern", self.clause)


class GeoQ(WireModel):
    """Where entities lie, compared with a reference geometry (CIM 009, 5.2.13); ``near(…)`` and its kin build it.

    Args:
        georel: The relation, e.g. ``near;maxDistance==500``.
        geometry: Type of the reference geometry.
        coordinates: Its coordinates, longitude first; an array, or the same as a text.
        geoproperty: The GeoProperty that is compared; ``location`` if none is named.
    """

    clause: ClassVar[str] = "5.2.13"

    georel: str
    geometry: str
    coordinates: list[Any] | str
    geoproperty: str | None = None

    def query(self) -> GeoQuery:
        """Return the query, ready to evaluate.

        Raises:
            InvalidQuery: It does not parse.
        """
        names = ("georel", "geometry", "coordinates", "geoproperty")
        return GeoQuery.from_body({name: value for name in names if (value := getattr(self, name)) is not None})

    def _check(self, prefix: str) -> None:
        _parsed(lambda _: self.query(), "", prefix.rstrip("."))


class TemporalQ(WireModel):
    """Which time is meant (CIM 009, 5.2.21); ``after(…)`` and its kin build it.

    Args:
        timerel: ``before``, ``after`` or ``between``.
        time_at: The time, or the start of the period.
        end_time_at: The end of the period, with ``between``.
        timeproperty: Which time of an attribute counts; ``observedAt`` if none is named.
        last_n: Only so many instances of each attribute, the newest.
    """

    clause: ClassVar[str] = "5.2.21"

    timerel: str | None = None
    time_at: str | None = None
    end_time_at: str | None = None
    timeproperty: str | None = None
    last_n: int | None = None

    def query(self) -> TemporalQuery:
        """Return the query, ready to evaluate.

        Raises:
            InvalidQuery: It is wrong.
        """
        return TemporalQuery.from_body(self.to_dict())

    def _check(self, prefix: str) -> None:
        _parsed(lambda _: self.query(), "", prefix.rstrip("."))


def _as_body(given: Any) -> Any:
    """Take a query that was built as the object it stands for."""
    return given.to_body() if isinstance(given, GeoQuery | TemporalQuery) else given


if TYPE_CHECKING:

    class OptGeoQ:
        """A geoquery that may lack: set what ``near(…)`` and its kin build, or a GeoQ; read a GeoQ."""

        def __get__(self, document: Any, owner: Any) -> GeoQ | None: ...
        def __set__(self, document: Any, value: GeoQ | GeoQuery | None) -> None: ...

    class OptTemporalQ:
        """A temporal query that may lack: set what ``after(…)`` and its kin build, or a TemporalQ; read a TemporalQ."""

        def __get__(self, document: Any, owner: Any) -> TemporalQ | None: ...
        def __set__(self, document: Any, value: TemporalQ | TemporalQuery | None) -> None: ...

else:
    OptGeoQ = Annotated[GeoQ | None, BeforeValidator(_as_body)]
    OptTemporalQ = Annotated[TemporalQ | None, BeforeValidator(_as_body)]


class Query(WireModel):
    """A query as ``POST /entityOperations/query`` takes it (CIM 009, 5.2.23).

    Args:
        entities: Which entities.
        attrs: Attributes that an entity must have and that are given; deprecated for ``pick`` and ``omit``.
        pick: Members that are given.
        omit: Members that are not.
        q: Conditions on attributes.
        geo_q: A condition on where entities lie.
        scope_q: A condition on scopes.
        temporal_q: Which time, in a query for evolutions.
        csf: Conditions on context source registrations.
        lang: Languages in order of preference.
        dataset_id: Which instances of attributes.
        join: How linked entities are given: ``flat``, ``inline`` or ``@none``.
        join_level: How many links deep.
        contained_by: Ids of entities that are not given again.
        expand_values: Attributes whose compared values are expanded.
        json_keys: Attributes whose values are JSON with keys that are not expanded.
        order_by: What the answer is sorted by.
        entity_map: Whether an entity map is made.
        split_entities: Whether parts of an entity that several sources have may be given apart.
        context: The @context.
    """

    clause: ClassVar[str] = "5.2.23"

    type: Literal["Query"] = "Query"
    entities: list[EntitySelector] | None = None
    attrs: list[str] | None = None
    pick: list[str] | None = None
    omit: list[str] | None = None
    q: OptText = optional()
    geo_q: OptGeoQ = optional()
    scope_q: OptText = optional()
    temporal_q: OptTemporalQ = optional()
    csf: OptText = optional()
    lang: OptText = optional()
    dataset_id: list[str] | None = None
    join: str | None = None
    join_level: Number | None = None
    contained_by: list[str] | None = None
    expand_values: list[str] | None = None
    json_keys: list[str] | None = None
    order_by: list[str] | None = None
    entity_map: bool | None = None
    split_entities: bool | None = None
    context: Any = optional("@context")

    def _check(self, prefix: str) -> None:
        check_queries(self, prefix)


def check_queries(document: Any, prefix: str) -> None:
    """Check that the queries of a document parse.

    Args:
        document: Something with ``q``, ``csf`` and ``scope_q``.
        prefix: What goes before a member's name in an error's path.

    Raises:
        InvalidQuery: One does not.
    """
    for parse, text, name in (
        (parse_q, document.q, "q"),
        (parse_q, document.csf, "csf"),
        (parse_scope, document.scope_q, "scopeQ"),
    ):
        if text is not None:
            _parsed(parse, text, f"{prefix}{name}")


def check_pattern(pattern: str | None, path: str, clause: str) -> None:
    """Refuse a regular expression that does not compile.

    Args:
        pattern: The expression; ``None`` passes.
        path: Where it stands.
        clause: The clause that asks for one.

    Raises:
        InvalidDocument: It does not.
    """
    if pattern is None:
        return
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as wrong:
        raise InvalidDocument(f"{pattern!r:.80} is no regular expression: {wrong}", path=path, clause=clause) from None


def _parsed(parse: Any, text: str, path: str) -> None:
    try:
        parse(text)
    except InvalidQuery as wrong:
        where = path if not wrong.path or path.endswith(wrong.path) else f"{path}.{wrong.path}"
        raise InvalidQuery(
            wrong.message, text=wrong.text, column=wrong.column, clause=wrong.clause, path=where
        ) from None
