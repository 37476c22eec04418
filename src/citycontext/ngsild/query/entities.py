"""All parameters of a query for entities together, as URL parameters and as the body of a POST (CIM 009, 5.7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from citycontext.ngsild.query import reading
from citycontext.ngsild.query.duration import Duration, parse_duration
from citycontext.ngsild.query.entity_types import TypeSelection, as_types
from citycontext.ngsild.query.geo import GEO_PARAMETERS, GeoQuery
from citycontext.ngsild.query.language import LanguageFilter, parse_language
from citycontext.ngsild.query.ordering import ORDERING_PARAMETERS, Ordering, order_by
from citycontext.ngsild.query.projection import Projection, as_projection
from citycontext.ngsild.query.q import Condition
from citycontext.ngsild.query.q_parser import parse_q
from citycontext.ngsild.query.scope import ScopeQuery, parse_scope
from citycontext.ngsild.query.selectors import EntityFilter, as_uris
from citycontext.ngsild.query.temporal import TEMPORAL_PARAMETERS, TemporalQuery

__all__ = ["FORMATS", "EntityQuery"]

FORMATS: Final = ("normalized", "concise", "simplified", "keyValues", "temporalValues", "aggregatedValues")
"""Representations that ``format`` and ``options`` may ask for."""

_JOINS: Final = ("flat", "inline", "@none")
_OPTIONS: Final = (*FORMATS, "sysAttrs")
_NO_DATASET: Final = ("@none",)


@dataclass(frozen=True, slots=True, init=False)
class EntityQuery:
    """Which entities are asked for, which parts of them, and how they come.

    Everything is optional, but a broker refuses what selects by nothing: see ``too_wide``. Texts are parsed, so a
    mistake shows here and not at the broker.

    Args:
        type: Types, as text (``Building,House``), list of alternatives, or ``TypeSelection``.
        id: One id or several.
        id_pattern: A regular expression that occurs in the id.
        entities: Several selectors instead of the three above; only a POST can carry them.
        q: Conditions on attributes, as text or built with ``Q``.
        csf: Conditions on context source registrations.
        geo: Where they lie.
        scope: Their scopes.
        temporal: Which part of their history, for the temporal operations.
        attrs: Attributes they must have, and that alone are returned; deprecated in favour of ``pick`` and ``q``.
        pick: Members to return, those of linked entities in braces.
        omit: Members to leave out.
        dataset_id: Attribute instances to return, by ``datasetId``; ``@none`` for the default ones.
        lang: Languages in which a LanguageProperty is wanted.
        expand_values: Attributes whose values in ``q`` are vocabulary terms.
        json_keys: Attributes whose values in ``q`` are raw JSON.
        order_by: Their order, as text, list of texts, or ``Ordering``.
        format: Representation, one of ``FORMATS``.
        options: ``sysAttrs``, or representations in the way of older brokers.
        geometry_property: The GeoProperty that becomes the geometry of GeoJSON.
        join: How linked entities come along: ``flat``, ``inline`` or ``@none``.
        join_level: How many links deep.
        contained_by: Ids already met on the way to these entities.
        entity_map: Whether to keep the result as an entity map.
        entity_map_lifetime: For how long.
        split_entities: Whether one entity may be spread over several sources.
        local: Whether to ask this broker alone.
        limit: Most entities on a page.
        offset: How many to skip.
        count: Whether to count all matches.

    Raises:
        InvalidQuery: A value that is wrong, or two that do not go together; names the parameter.
    """

    type: TypeSelection | None
    id: tuple[str, ...]
    id_pattern: str | None
    entities: tuple[EntityFilter, ...]
    q: Condition | None
    csf: Condition | None
    geo: GeoQuery | None
    scope: ScopeQuery | None
    temporal: TemporalQuery | None
    attrs: tuple[str, ...]
    pick: Projection | None
    omit: Projection | None
    dataset_id: tuple[str, ...]
    lang: LanguageFilter | None
    expand_values: tuple[str, ...]
    json_keys: tuple[str, ...]
    order_by: Ordering | None
    format: str | None
    options: tuple[str, ...]
    geometry_property: str | None
    join: str | None
    join_level: int | None
    contained_by: tuple[str, ...]
    entity_map: bool | None
    entity_map_lifetime: Duration | None
    split_entities: bool | None
    local: bool | None
    limit: int | None
    offset: int | None
    count: bool | None

    def __init__(
        self,
        type: str | Iterable[str] | TypeSelection | None = None,
        *,
        id: str | Iterable[str] = (),
        id_pattern: str | None = None,
        entities: Iterable[EntityFilter] = (),
        q: str | Condition | None = None,
        csf: str | Condition | None = None,
        geo: GeoQuery | None = None,
        scope: str | ScopeQuery | None = None,
        temporal: TemporalQuery | None = None,
        attrs: str | Iterable[str] = (),
        pick: str | Iterable[str] | Projection | None = None,
        omit: str | Iterable[str] | Projection | None = None,
        dataset_id: str | Iterable[str] = (),
        lang: str | LanguageFilter | None = None,
        expand_values: str | Iterable[str] = (),
        json_keys: str | Iterable[str] = (),
        order_by: str | Iterable[str] | Ordering | None = None,
        format: str | None = None,
        options: str | Iterable[str] = (),
        geometry_property: str | None = None,
        join: str | None = None,
        join_level: int | None = None,
        contained_by: str | Iterable[str] = (),
        entity_map: bool | None = None,
        entity_map_lifetime: str | Duration | None = None,
        split_entities: bool | None = None,
        local: bool | None = None,
        limit: int | None = None,
        offset: int | None = None,
        count: bool | None = None,
    ) -> None:
        values: dict[str, Any] = {
            "type": reading.parsed("type", as_types, type, TypeSelection),
            "id": as_uris(reading.items(id), path="id"),
            "id_pattern": id_pattern,
            "entities": tuple(entities),
            "q": reading.parsed("q", parse_q, q, Condition),
            "csf": reading.parsed("csf", parse_q, csf, Condition),
            "geo": geo,
            "scope": reading.parsed("scopeQ", parse_scope, scope, ScopeQuery),
            "temporal": temporal,
            "attrs": reading.names("attrs", attrs),
            "pick": reading.parsed("pick", as_projection, pick, Projection),
            "omit": reading.parsed("omit", as_projection, omit, Projection),
            "dataset_id": as_uris(reading.items(dataset_id), path="datasetId", other=_NO_DATASET),
            "lang": reading.parsed("lang", parse_language, lang, LanguageFilter),
            "expand_values": reading.names("expandValues", expand_values),
            "json_keys": reading.names("jsonKeys", json_keys),
            "order_by": reading.parsed("orderBy", _as_ordering, order_by, Ordering),
            "format": reading.choice("format", FORMATS, format),
            "options": tuple(str(reading.choice("options", _OPTIONS, option)) for option in reading.items(options)),
            "geometry_property": _name("geometryProperty", geometry_property),
            "join": reading.choice("join", _JOINS, join),
            "join_level": reading.number("joinLevel", join_level, least=1),
            "contained_by": as_uris(reading.items(contained_by), path="containedBy"),
            "entity_map": entity_map,
            "entity_map_lifetime": reading.parsed("entityMapLifetime", parse_duration, entity_map_lifetime, Duration),
            "split_entities": split_entities,
            "local": local,
            "limit": reading.number("limit", limit, least=0),
            "offset": reading.number("offset", offset, least=0),
            "count": count,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        self._check()

    def _check(self) -> None:
        EntityFilter(self.type, self.id, self.id_pattern)
        if self.entities and (self.type is not None or self.id or self.id_pattern is not None):
            reading.refuse("entities stands for type, id and idPattern; give one or the other", "entities")
        if self.attrs and (self.pick is not None or self.omit is not None):
            reading.refuse("attrs does not go with pick or omit", "attrs", clause="4.21")
        if self.pick is not None and self.omit is not None:
            both = sorted(self.pick.whole & self.omit.whole)
            if both:
                reading.refuse(f"{', '.join(both)} is both picked and omitted", "omit", clause="4.21")
        if self.join_level is not None and self.join not in ("flat", "inline"):
            reading.refuse("joinLevel goes with join=flat or join=inline", "joinLevel", clause="4.5.23")
        if self.q is not None and self.q.links > (self.join_level or 1):
            reading.refuse(
                f"a path follows {self.q.links} links, joinLevel is {self.join_level or 1}", "q", clause="4.5.23"
            )
        if self.entity_map_lifetime is not None and not self.entity_map:
            reading.refuse("entityMapLifetime goes with entityMap=true", "entityMapLifetime")
        if self.limit == 0 and not self.count:
            reading.refuse("limit=0 goes with count=true only", "limit", clause="6.3.10")
        if self.local is False:
            if self.order_by is not None:
                reading.refuse("orderBy works within one broker, not with local=false", "orderBy", clause="4.23")
            if any(selector.type is not None and not selector.type.alternatives for selector in self.selectors):
                reading.refuse("type=* works within one broker, not with local=false", "type", clause="5.5.13")

    @property
    def selectors(self) -> tuple[EntityFilter, ...]:
        """The selectors by type, id and pattern: ``entities``, or the one that the single parameters make up."""
        if self.entities or (self.type is None and not self.id and self.id_pattern is None):
            return self.entities
        return (EntityFilter(self.type, self.id, self.id_pattern),)

    @property
    def too_wide(self) -> bool:
        """Whether nothing selects: no type, attribute, condition or geometry, nor ``local`` (CIM 009, 5.7.2)."""
        typed = any(selector.type is not None for selector in self.selectors)
        return not (typed or self.attrs or self.q is not None or self.geo is not None or self.local)

    def to_parameters(self) -> list[tuple[str, str]]:
        """Write the parameters of a GET, not percent-encoded.

        Raises:
            InvalidQuery: Several selectors, or an id with a comma, which only a POST can carry.
        """
        if self.entities:
            reading.refuse("a URL has room for one selector; query by POST", "entities")
        texts: list[tuple[str, object]] = [
            ("type", self.type),
            ("id", reading.joined("id", self.id)),
            ("idPattern", self.id_pattern),
            ("attrs", reading.joined("attrs", self.attrs)),
            ("pick", self.pick),
            ("omit", self.omit),
            ("q", self.q),
            ("csf", self.csf),
            *(self.geo.to_parameters() if self.geo is not None else ()),
            ("scopeQ", self.scope),
            ("datasetId", reading.joined("datasetId", self.dataset_id)),
            ("lang", self.lang),
            ("expandValues", reading.joined("expandValues", self.expand_values)),
            ("jsonKeys", reading.joined("jsonKeys", self.json_keys)),
            *(self.temporal.to_parameters() if self.temporal is not None else ()),
            *(self.order_by.to_parameters() if self.order_by is not None else ()),
            ("geometryProperty", self.geometry_property),
            ("join", self.join),
            ("joinLevel", self.join_level),
            ("containedBy", reading.joined("containedBy", self.contained_by)),
            ("entityMap", self.entity_map),
            ("entityMapLifetime", self.entity_map_lifetime),
            ("splitEntities", self.split_entities),
        ]
        return [*reading.written(texts), *self.body_parameters()]

    def body_parameters(self) -> list[tuple[str, str]]:
        """Write the parameters that stay in the URL when the query itself is the body of a POST."""
        return reading.written(
            [
                ("format", self.format),
                ("options", reading.joined("options", self.options)),
                ("local", self.local),
                ("limit", self.limit),
                ("offset", self.offset),
                ("count", self.count),
            ]
        )

    def to_body(self) -> dict[str, Any]:
        """Write the ``Query`` that a POST carries (CIM 009, 5.2.23); see ``body_parameters`` for the rest.

        Raises:
            InvalidQuery: Ids without a type, or a geometry property, which a body cannot carry.
        """
        if self.geometry_property is not None:
            reading.refuse("a query by POST cannot choose the geometry", "geometryProperty")
        members: dict[str, Any] = {
            "type": "Query",
            "entities": [selector.to_body() for selector in self.selectors],
            "attrs": list(self.attrs),
            "pick": [str(member) for member in self.pick.members] if self.pick is not None else None,
            "omit": [str(member) for member in self.omit.members] if self.omit is not None else None,
            "q": _text(self.q),
            "csf": _text(self.csf),
            "geoQ": self.geo.to_body() if self.geo is not None else None,
            "scopeQ": _text(self.scope),
            "temporalQ": self.temporal.to_body() if self.temporal is not None else None,
            "datasetId": list(self.dataset_id),
            "lang": _text(self.lang),
            "expandValues": ",".join(self.expand_values),
            "jsonKeys": ",".join(self.json_keys),
            "ordering": self.order_by.to_body() if self.order_by is not None else None,
            "join": self.join,
            "joinLevel": self.join_level,
            "containedBy": list(self.contained_by),
            "entityMap": self.entity_map,
            "entityMapLifetime": _text(self.entity_map_lifetime),
            "splitEntities": self.split_entities,
        }
        return {name: value for name, value in members.items() if value is not None and value not in ([], "")}

    @classmethod
    def from_parameters(
        cls, parameters: Mapping[str, str] | Iterable[tuple[str, str]], *, ignoring: Iterable[str] = ()
    ) -> EntityQuery:
        """Read the parameters of a GET.

        A parameter without a value counts as not given, as brokers and the standard's own test suite have it.

        Args:
            parameters: Names and values, percent-decoded.
            ignoring: Names that the caller reads itself.

        Raises:
            InvalidQuery: Names that are unknown or stand twice, or a value that is wrong; says which parameter.
        """
        given = reading.given(parameters, frozenset(ignoring))
        unknown = sorted(given.keys() - _PARAMETERS)
        if unknown:
            reading.refuse(f"unknown parameter {', '.join(unknown)}", unknown[0], clause="6.3.20")
        return cls(
            given.get("type"),
            id=reading.split(given.get("id")),
            id_pattern=given.get("idPattern"),
            q=given.get("q"),
            csf=given.get("csf"),
            geo=GeoQuery.from_parameters(given) if reading.any_of(given, GEO_PARAMETERS[:3]) else None,
            scope=given.get("scopeQ"),
            temporal=TemporalQuery.from_parameters(given) if reading.any_of(given, TEMPORAL_PARAMETERS) else None,
            attrs=reading.split(given.get("attrs")),
            pick=given.get("pick"),
            omit=given.get("omit"),
            dataset_id=reading.split(given.get("datasetId")),
            lang=given.get("lang"),
            expand_values=reading.split(given.get("expandValues")),
            json_keys=reading.split(given.get("jsonKeys")),
            order_by=Ordering.from_parameters(given) if reading.any_of(given, ORDERING_PARAMETERS) else None,
            geometry_property=given.get("geometryProperty"),
            join=given.get("join"),
            join_level=reading.whole_number("joinLevel", given),
            contained_by=reading.split(given.get("containedBy")),
            entity_map=reading.boolean("entityMap", given),
            entity_map_lifetime=given.get("entityMapLifetime"),
            split_entities=reading.boolean("splitEntities", given),
            **_paging(given),
        )

    @classmethod
    def from_body(
        cls, body: Any, parameters: Mapping[str, str] | Iterable[tuple[str, str]] = (), *, ignoring: Iterable[str] = ()
    ) -> EntityQuery:
        """Read the body of a POST, and the parameters in its URL.

        Args:
            body: The parsed JSON; its ``@context`` is left to the caller.
            parameters: Names and values of the URL, percent-decoded.
            ignoring: Parameters of the URL that the caller reads itself.

        Raises:
            InvalidQuery: It is not a ``Query``, or has members that are unknown or wrong; says which.
        """
        given = reading.given(parameters, frozenset(ignoring))
        unknown = sorted(given.keys() - _BODY_PARAMETERS)
        if unknown:
            reading.refuse(f"unknown parameter {', '.join(unknown)}", unknown[0], clause="6.3.20")
        members = reading.Members(body)
        selectors = [EntityFilter.from_body(item) for item in members.array("entities")]
        single = selectors[0] if len(selectors) == 1 else EntityFilter()
        return cls(
            single.type,
            id=single.id,
            id_pattern=single.id_pattern,
            entities=selectors if len(selectors) > 1 else (),
            q=members.text("q"),
            csf=members.text("csf"),
            geo=members.read("geoQ", GeoQuery.from_body),
            scope=members.text("scopeQ"),
            temporal=members.temporal(),
            attrs=members.texts("attrs"),
            pick=members.texts("pick") or None,
            omit=members.texts("omit") or None,
            dataset_id=members.texts("datasetId"),
            lang=members.text("lang"),
            expand_values=reading.split(members.text("expandValues")),
            json_keys=reading.split(members.text("jsonKeys")),
            order_by=members.read("ordering", Ordering.from_body),
            join=members.text("join"),
            join_level=members.of("joinLevel", int),
            contained_by=members.texts("containedBy"),
            entity_map=members.of("entityMap", bool),
            entity_map_lifetime=members.text("entityMapLifetime"),
            split_entities=members.of("splitEntities", bool),
            **_paging(given),
        )


_BODY_PARAMETERS: Final = frozenset({"format", "options", "local", "limit", "offset", "count"})
_PARAMETERS: Final = (
    frozenset(
        {"type", "id", "idPattern", "attrs", "pick", "omit", "q", "csf", "scopeQ", "datasetId", "lang", "expandValues"}
        | {"jsonKeys", "geometryProperty", "join", "joinLevel", "containedBy", "entityMap", "entityMapLifetime"}
        | {"splitEntities", *GEO_PARAMETERS, *TEMPORAL_PARAMETERS, *ORDERING_PARAMETERS}
    )
    | _BODY_PARAMETERS
)


def _paging(parameters: Mapping[str, str]) -> dict[str, Any]:
    """Read what stays in the URL of a POST too."""
    return {
        "format": parameters.get("format"),
        "options": reading.split(parameters.get("options")),
        "local": reading.boolean("local", parameters),
        "limit": reading.whole_number("limit", parameters),
        "offset": reading.whole_number("offset", parameters),
        "count": reading.boolean("count", parameters),
    }


def _as_ordering(value: str | Iterable[str]) -> Ordering:
    return order_by(*reading.items(value))


def _name(path: str, value: str | None) -> str | None:
    return None if value is None else reading.names(path, value)[0]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
