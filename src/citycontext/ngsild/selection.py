"""Which entities are meant: selectors and queries as documents carry them (CIM 009, 5.2.8 to 5.2.33).

The members ``q``, ``geoQ``, ``scopeQ`` and ``temporalQ`` take what ``citycontext.ngsild.query`` builds, or its text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator

from citycontext.errors import InvalidDocument, InvalidQuery
from citycontext.ngsild import query
from citycontext.ngsild.query import EntityQuery, GeoQuery, TemporalQuery
from citycontext.ngsild.wire_model import Number, OptText, Text, WireModel, optional, uri

__all__ = [
    "EntityInfo",
    "EntitySelector",
    "GeoQ",
    "OptGeoQ",
    "OptSelectors",
    "OptTemporalQ",
    "Query",
    "TemporalQ",
    "check_queries",
]


class EntitySelector(WireModel):
    """Entities by type, and by id or a pattern of ids (CIM 009, 5.2.33).

    Args:
        type: A type, a selection of types such as ``(Building|Tower)``, or ``*`` for all.
        id: An entity's id, or ids.
        id_pattern: A regular expression that occurs in ids.
    """

    clause: ClassVar[str] = "5.2.33"

    type: Text
    id: str | list[str] | None = None
    id_pattern: str | None = None

    def query(self) -> query.EntityFilter:
        """Return the selector, ready to evaluate.

        Raises:
            InvalidQuery: It does not parse.
        """
        return query.EntityFilter.from_body(_known(self))

    def _check(self, prefix: str) -> None:
        _in(f"{prefix}type", query.parse_types, self.type)
        _in(prefix, self.query)


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
        if self.id_pattern is not None:
            _in(f"{prefix}idPattern", query.compile_pattern, self.id_pattern)


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
        return GeoQuery.from_body(_known(self))

    def _check(self, prefix: str) -> None:
        _in(prefix, self.query)


class TemporalQ(WireModel):
    """Which time is meant (CIM 009, 5.2.21); ``after(…)`` and its kin build it.

    Args:
        timerel: ``before``, ``after`` or ``between``.
        time_at: The time, or the start of the period.
        end_time_at: The end of the period, with ``between``.
        timeproperty: Which time of an attribute counts; ``observedAt`` if none is named.
        last_n: Only so many instances of each attribute, the newest.
        aggr_methods: Aggregation methods, such as ``avg``.
        aggr_period_duration: Length of the periods, as a duration such as ``PT1H``.
    """

    clause: ClassVar[str] = "5.2.21"

    timerel: str | None = None
    time_at: str | None = None
    end_time_at: str | None = None
    timeproperty: str | None = None
    last_n: Number | None = None
    aggr_methods: list[str] | str | None = None
    aggr_period_duration: str | None = None

    def query(self) -> TemporalQuery:
        """Return the query, ready to evaluate.

        Raises:
            InvalidQuery: It is wrong.
        """
        return TemporalQuery.from_body(_known(self))

    def _check(self, prefix: str) -> None:
        _in(prefix, self.query)


def _as_body(given: Any) -> Any:
    """Take a query that was built as the object it stands for."""
    return given.to_body() if isinstance(given, GeoQuery | TemporalQuery | query.EntityFilter) else given


def _as_bodies(given: Any) -> Any:
    return [_as_body(one) for one in given] if isinstance(given, Sequence) and not isinstance(given, str) else given


if TYPE_CHECKING:

    class OptSelectors:
        """Selectors that may lack: set these or those of a query, read these."""

        def __get__(self, document: Any, owner: Any) -> list[EntitySelector] | None: ...
        def __set__(self, document: Any, value: Sequence[EntitySelector | query.EntityFilter] | None) -> None: ...

    class OptGeoQ:
        """A geoquery that may lack: set what ``near(…)`` and its kin build, or a GeoQ; read a GeoQ."""

        def __get__(self, document: Any, owner: Any) -> GeoQ | None: ...
        def __set__(self, document: Any, value: GeoQ | GeoQuery | None) -> None: ...

    class OptTemporalQ:
        """A temporal query that may lack: set what ``after(…)`` and its kin build, or a TemporalQ; read a TemporalQ."""

        def __get__(self, document: Any, owner: Any) -> TemporalQ | None: ...
        def __set__(self, document: Any, value: TemporalQ | TemporalQuery | None) -> None: ...

else:
    OptSelectors = Annotated[list[EntitySelector] | None, BeforeValidator(_as_bodies)]
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
        ordering: What the answer is sorted by.
        entity_map: Whether an entity map is made.
        split_entities: Whether parts of an entity that several sources have may be given apart.
        context: The @context.
    """

    clause: ClassVar[str] = "5.2.23"

    type: Literal["Query"] = "Query"
    entities: OptSelectors = optional()
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
    expand_values: str | list[str] | None = None
    json_keys: str | list[str] | None = None
    ordering: dict[str, Any] | None = None
    entity_map: bool | None = None
    split_entities: bool | None = None
    context: Any = optional("@context")

    def query(self) -> EntityQuery:
        """Return the query, ready to evaluate.

        Raises:
            InvalidQuery: It does not parse.
        """
        return EntityQuery.from_body(_known(self))

    def _check(self, prefix: str) -> None:
        _in(prefix, self.query)


def check_queries(document: Any, prefix: str) -> None:
    """Check that the queries of a document parse.

    Args:
        document: Something with ``q``, ``csf``, ``scope_q`` and ``lang``.
        prefix: What goes before a member's name in an error's path.

    Raises:
        InvalidQuery: One does not.
    """
    for parse, text, name in (
        (query.parse_q, document.q, "q"),
        (query.parse_q, document.csf, "csf"),
        (query.parse_scope, document.scope_q, "scopeQ"),
        (query.parse_language, document.lang, "lang"),
    ):
        if text is not None:
            _in(f"{prefix}{name}", parse, text)


def _known(document: WireModel) -> dict[str, Any]:
    """Return the members that a table has, without @context and what is unknown."""
    unknown = (document.model_extra or {}).keys() | {"@context"}
    return {name: value for name, value in document.to_dict().items() if name not in unknown}


def _in(path: str, parse: Callable[..., Any], *texts: str) -> None:
    """Parse, and let an error's path start with where the text stands."""
    try:
        parse(*texts)
    except InvalidQuery as wrong:
        at = path.rstrip(".")
        own = wrong.path if path.endswith(".") or not at else ""
        where = f"{path}{own}" if own and own != at.rpartition(".")[2] else at
        raise InvalidQuery(
            wrong.message, text=wrong.text, column=wrong.column, clause=wrong.clause, path=where
        ) from None
