"""Which entities, and what of them: the parameters of a query, as a URL and as a Query document (CIM 009, 5.7.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias, TypedDict

import orjson

from citycontext.client.operations.exchange import Params
from citycontext.client.profiles import BrokerProfile
from citycontext.errors import DataError

if TYPE_CHECKING:  # the query languages take a while to import, and most programs use them as texts
    from citycontext.ngsild.query.entities import EntityQuery

__all__ = [
    "Filter",
    "GeoLike",
    "Mapped",
    "Names",
    "ProjectionOptions",
    "Selection",
    "TemporalSelection",
    "View",
    "form_params",
    "query_document",
    "to_params",
    "url_params",
]

Names: TypeAlias = str | Sequence[str]
"""One name or several; a text may hold several itself, separated by commas."""


class _Text(Protocol):
    def __str__(self) -> str: ...


class _HasBody(Protocol):
    def to_body(self) -> dict[str, Any]: ...


GeoLike: TypeAlias = Mapping[str, Any] | _HasBody
"""A geo-query of :mod:`citycontext.ngsild.query`, or a mapping with ``georel``, ``geometry`` and ``coordinates``."""


class ProjectionOptions(TypedDict, total=False):
    """What of an entity is wanted.

    .. versionadded:: 0.2

    Keys:
        pick: Only these members, ``id``, ``type`` and ``scope`` among them.
        omit: All but these members.
        attrs: Only these attributes; deprecated since 1.8 in favour of ``pick``, but the one older brokers know.
        dataset_id: Only the instances with these dataset ids; ``@none`` for the default instance.
        lang: Languages in order of preference, as in ``Accept-Language``; language maps become single texts.
        sys_attrs: Whether ``createdAt`` and ``modifiedAt`` are wanted.
        local: Only what the broker holds itself.
    """

    pick: Names | _Text
    omit: Names | _Text
    attrs: Names
    dataset_id: Names
    lang: str | _Text
    sys_attrs: bool
    local: bool


class View(ProjectionOptions, total=False):
    """What of an entity is wanted, and in which form.

    .. versionadded:: 0.2

    Keys:
        representation: The form the broker is asked for; ``normalized`` if not given.
        join: ``inline`` or ``flat``: bring the entities that relationships point to.
        join_level: How many relationships deep.
        contained_by: Ids that must not be joined again.
    """

    representation: Literal["normalized", "concise", "simplified"]
    join: Literal["inline", "flat", "@none"]
    join_level: int
    contained_by: Names


class Filter(TypedDict, total=False):
    """Which entities are wanted.

    .. versionadded:: 0.2

    Keys:
        type: Entity types: names, or an expression such as ``A|B`` or ``(A;B)``.
        id: Ids.
        id_pattern: Regular expression that the id matches.
        q: Filter on attributes, such as ``temperature>20;humidity``.
        geo: Geo-query.
        scope_q: Scope query, such as ``/Gent/#``.
        csf: Filter on context sources.
        expand_values: Attributes whose values in ``q`` are names to expand.
        json_keys: JsonProperties whose keys in ``q`` are not names.
    """

    type: Names | _Text
    id: Names
    id_pattern: str
    q: str | _Text
    geo: GeoLike
    scope_q: str | _Text
    csf: str | _Text
    expand_values: Names
    json_keys: Names


class Mapped(TypedDict, total=False):
    """Whether the pages of an answer hang together.

    Keys:
        entity_map: Whether the broker shall make an entity map; all pages are then of the entities it found first.
        entity_map_lifetime: How long it shall live, as ISO 8601 duration.
        split_entities: Whether one entity may come in parts from several sources.
    """

    entity_map: bool
    entity_map_lifetime: str
    split_entities: bool


class Selection(View, Filter, Mapped, total=False):
    """Which entities are wanted, what of them, in which form and order.

    .. versionadded:: 0.2

    Keys:
        order_by: Members to order by, such as ``name`` or ``temperature;desc``.
        collation: How texts are ordered.
        order_from: Coordinates that distances are measured from.
        order_geometry: Type of geometry of ``order_from``.
    """

    order_by: Names
    collation: str
    order_from: Sequence[Any]
    order_geometry: str


class TemporalSelection(ProjectionOptions, Filter, Mapped, total=False):
    """Whose evolution is wanted, and what of it.

    .. versionadded:: 0.2

    Keys:
        order_by: ``id`` or ``id;desc``.
    """

    order_by: Names


_KNOWN: Final = frozenset(Selection.__annotations__)

_SPELLING: Final = {
    "id_pattern": "idPattern",
    "scope_q": "scopeQ",
    "dataset_id": "datasetId",
    "expand_values": "expandValues",
    "json_keys": "jsonKeys",
    "order_by": "orderBy",
    "order_from": "orderFrom",
    "order_geometry": "orderGeometry",
    "join_level": "joinLevel",
    "contained_by": "containedBy",
    "entity_map": "entityMap",
    "entity_map_lifetime": "entityMapLifetime",
    "split_entities": "splitEntities",
}
_LISTS_IN_DOCUMENT: Final = frozenset({"pick", "omit", "attrs", "datasetId", "containedBy"})
_ORDERING: Final = {"collation": "collation", "order_from": "coordinates", "order_geometry": "geometry"}
_NOT_IN_DOCUMENT: Final = frozenset(
    {"type", "id", "id_pattern", "geo", "representation", "sys_attrs", "local", "order_by", *_ORDERING}
)
_FORMS: Final = {"normalized": "", "concise": "concise", "simplified": "simplified"}
_OLD_NAMES: Final = {"simplified": "keyValues"}
"""Names of representations in ``options``, which brokers of before 1.6 know too."""
_GEO_MEMBERS: Final = ("georel", "geometry", "coordinates", "geoproperty")


def to_params(selection: Mapping[str, Any] | EntityQuery, profile: BrokerProfile) -> Params:
    """Write a selection as query parameters.

    Args:
        selection: Keys of :class:`Selection` or :class:`View`, of which None counts as not given; or a whole query.
        profile: How the broker spells some of them.

    Raises:
        DataError: A key is not one of them, or a value does not fit.
    """
    if not isinstance(selection, Mapping):
        return _without_paging(selection.to_parameters(), profile)
    params: list[tuple[str, str]] = []
    for key, value in selection.items():
        if value is None or key in {"representation", "sys_attrs"}:
            continue
        if key == "geo":
            params += _geo_params(value)
        elif key == "local":
            params += [(profile.local_parameter, "true")] if value else []
        elif key in _KNOWN:
            params.append((_SPELLING.get(key, key), _parameter(value)))
        else:
            raise _unknown(key)
    representation = selection.get("representation") or "normalized"
    if representation not in _FORMS:
        raise DataError(
            f"{representation!r} is not a representation; use normalized, concise or simplified", path="representation"
        )
    return [*params, *form_params(_FORMS[representation], sys_attrs=selection.get("sys_attrs", False), profile=profile)]


_PAGED: Final = "results come page by page"
_ELSEWHERE: Final = {
    "limit": f"{_PAGED}: .take(n) reads the first n, and page_size=n is how many a request asks for",
    "offset": f"{_PAGED}, one after the other, whatever the broker wants for it",
    "count": "ask the results for .count()",
    "options": "write representation='simplified' or sys_attrs=True",
    "format": "write representation='simplified'",
    "georel": "write geo=near(point(…), max_distance=…)",
    "geometry": "write geo=near(point(…), max_distance=…)",
    "coordinates": "write geo=near(point(…), max_distance=…)",
    "geoproperty": "write geo=near(point(…), max_distance=…, geoproperty=…)",
    "geoQ": "write geo=near(point(…), max_distance=…)",
    "geo_q": "write geo=near(point(…), max_distance=…)",
    "sysAttrs": "write sys_attrs=True",
    "types": "write type=[…]",
    "ids": "write id=[…]",
}
"""What brokers or other libraries call what a query has under another name."""


def _unknown(key: str) -> DataError:
    near = next((name for name, spelt in _SPELLING.items() if spelt == key), None)
    if near is None:
        near = next(iter(get_close_matches(key, [*_KNOWN, "page_size", "on_invalid", "as_post"], n=1)), None)
    cure = _ELSEWHERE.get(key) or (f"did you mean {near}=?" if near else f"there are {', '.join(sorted(_KNOWN))}")
    return DataError(f"{key!r} is not a parameter of a query; {cure}", path=key, clause="5.7.2")


def form_params(form: str, *, sys_attrs: bool, profile: BrokerProfile) -> Params:
    """Write the parameters that name a representation, and say whether the broker's times are wanted.

    Args:
        form: The representation, empty for the normalized one.
        sys_attrs: Whether ``createdAt`` and ``modifiedAt`` are wanted.
        profile: Which parameter the broker reads.
    """
    times = ["sysAttrs"] if sys_attrs else []
    if form and profile.form_parameter == "format":
        return [("format", form), *(("options", option) for option in times)]
    options = [*([_OLD_NAMES.get(form, form)] if form else []), *times]
    return [("options", ",".join(options))] if options else []


def query_document(selection: Mapping[str, Any] | EntityQuery) -> dict[str, Any]:
    """Write a selection as a Query document (CIM 009, 5.2.23); what has no place there stays for the URL.

    Args:
        selection: Keys of :class:`Selection`, of which None counts as not given; or a whole query.

    Raises:
        DataError: A key is not one of them, or a value does not fit.
    """
    if not isinstance(selection, Mapping):
        return selection.to_body()
    document: dict[str, Any] = {"type": "Query"}
    if selectors := _selectors(selection):
        document["entities"] = selectors
    for key, value in selection.items():
        if value is None or key in _NOT_IN_DOCUMENT:
            continue
        if key not in _KNOWN:
            raise _unknown(key)
        name = _SPELLING.get(key, key)
        if name in _LISTS_IN_DOCUMENT:
            document[name] = _names(value)
        else:
            document[name] = value if isinstance(value, bool | int) else _parameter(value)
    if selection.get("geo") is not None:
        document["geoQ"] = geo_members(selection["geo"])
    if selection.get("order_by") is not None:
        ordering = {member: selection[key] for key, member in _ORDERING.items() if selection.get(key) is not None}
        document["ordering"] = {"orderBy": _names(selection["order_by"]), **ordering}
    return document


def url_params(selection: Mapping[str, Any] | EntityQuery, profile: BrokerProfile) -> Params:
    """Write the parameters of a selection that stay in the URL when the rest goes as a Query document.

    Args:
        selection: Keys of :class:`Selection`, or a whole query.
        profile: How the broker spells some of them.
    """
    if not isinstance(selection, Mapping):
        return _without_paging(selection.body_parameters(), profile)
    kept = {"representation", "sys_attrs", "local"}
    return to_params({key: value for key, value in selection.items() if key in kept}, profile)


def _without_paging(params: Params, profile: BrokerProfile) -> Params:
    spelling = {"local": profile.local_parameter}
    return [(spelling.get(name, name), value) for name, value in params if name not in {"limit", "offset", "count"}]


def geo_members(geo: GeoLike) -> dict[str, Any]:
    """Return the members of a geo-query: ``georel``, ``geometry``, ``coordinates`` (an array) and ``geoproperty``.

    Args:
        geo: The geo-query.

    Raises:
        DataError: One of the first three is missing, or the coordinates are a text that is not a JSON array.
    """
    if isinstance(geo, Mapping):
        body: Mapping[str, Any] = geo
    elif hasattr(geo, "to_body"):
        body = geo.to_body()
    else:
        raise DataError(f"{geo!r:.80} is not a geo-query; use near(point(3.72, 51.05), max_distance=500)", path="geo")
    members = {name: body[name] for name in _GEO_MEMBERS if body.get(name) is not None}
    if missing := [name for name in _GEO_MEMBERS[:3] if name not in members]:
        raise DataError(f"a geo-query needs {' and '.join(missing)}", path="geo", clause="4.10")
    members["georel"] = str(members["georel"])
    if isinstance(members["coordinates"], str):
        try:
            members["coordinates"] = orjson.loads(members["coordinates"])
        except orjson.JSONDecodeError:
            message = f"{members['coordinates']!r} is not a JSON array such as [3.72, 51.05]"
            raise DataError(message, path="geo.coordinates", clause="4.10") from None
    return members


def _geo_params(geo: GeoLike) -> list[tuple[str, str]]:
    members = geo_members(geo)
    members["coordinates"] = orjson.dumps(members["coordinates"]).decode()
    return [(name, str(value)) for name, value in members.items()]


def _selectors(selection: Mapping[str, Any]) -> list[dict[str, str]]:
    selector: dict[str, str] = {}
    if selection.get("type") is not None:
        selector["type"] = _parameter(selection["type"])
    if selection.get("id_pattern") is not None:
        selector["idPattern"] = selection["id_pattern"]
    if selection.get("id") is not None:
        return [{**selector, "id": entity_id} for entity_id in _names(selection["id"])]
    return [selector] if selector else []


def _names(value: Names) -> list[str]:
    return [name.strip() for name in value.split(",")] if isinstance(value, str) else list(value)


def _parameter(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple | set | frozenset):
        if value and not all(isinstance(item, str) for item in value):
            return orjson.dumps(value, default=list).decode()
        return ",".join(value)
    return str(value)
