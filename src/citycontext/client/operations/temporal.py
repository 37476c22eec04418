"""The evolution of entities (CIM 009, 5.6.11 to 5.6.16, 5.7.3, 5.7.4 and 6.18 to 6.24)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar, cast

import orjson

from citycontext.client.operations import selection as select
from citycontext.client.operations.entities import id_of
from citycontext.client.operations.exchange import Operation, Params, Request, Response, path
from citycontext.client.operations.json_ld import (
    ContextLike,
    EntityLike,
    reading_headers,
    wire_of,
    writing,
)
from citycontext.client.operations.paging import query_of
from citycontext.client.profiles import BrokerProfile
from citycontext.errors import DataError
from citycontext.ngsild.links import page_links
from citycontext.ngsild.query.temporal import TemporalQuery
from citycontext.ngsild.representations.temporal import AGGREGATIONS
from citycontext.ngsild.temporal import TemporalEntity

__all__ = [
    "EvolutionReader",
    "TemporalRepresentation",
    "append",
    "contradictions",
    "delete",
    "delete_attribute",
    "delete_instance",
    "join_segments",
    "next_segment",
    "query",
    "retrieve",
    "update_instance",
    "upsert",
    "when_params",
]

T = TypeVar("T")

TemporalRepresentation: TypeAlias = Literal["normalized", "concise", "temporalValues", "aggregatedValues"]

_WHERE: Final = "temporal/entities"
_TIME: Final = r"\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d)?"
_RANGE: Final = re.compile(rf"date-?time\s+({_TIME})-({_TIME})(?:/.*)?", re.IGNORECASE)


def when_params(
    when: TemporalQuery | None, representation: str, *, sys_attrs: bool, profile: BrokerProfile
) -> list[tuple[str, str]]:
    """Write the parameters that say which time, and in which form.

    Args:
        when: The temporal query.
        representation: The form asked for.
        sys_attrs: Whether the broker's own times are wanted.
        profile: Which parameter names the form.

    Raises:
        DataError: The form is not valid, or aggregation is asked for without a method.
    """
    if when is not None and not hasattr(when, "aggr_methods"):
        raise DataError(f"{when!r:.80} is not a temporal query; use last(10) or between(start, end)", path="when")
    forms = {"normalized": "", "concise": "concise", "temporalValues": "temporalValues", "aggregatedValues": ""}
    if representation not in forms:
        raise DataError(f"{representation!r} is not one of {', '.join(forms)}", path="representation", clause="6.3.12")
    aggregated = representation == "aggregatedValues" or (when is not None and bool(when.aggr_methods))
    if aggregated and (when is None or not when.aggr_methods):
        raise DataError("aggregated values need a method; use when.aggregated('avg')", path="when", clause="4.5.19")
    form = "aggregatedValues" if aggregated else forms[representation]
    params = [] if when is None else when.to_parameters()
    return [*params, *select.form_params(form, sys_attrs=sys_attrs, profile=profile)]


class EvolutionReader(Generic[T]):
    """Reads the evolution of entities.

    Args:
        as_: ``dict`` for the wire form as it came; None for ``TemporalEntity``.
        names: Gives an evolution the short names of its model.
    """

    def __init__(
        self, as_: type[Any] | None, *, names: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    ) -> None:
        self._as_dict = as_ is dict
        self._names = names

    def one(self, wire: dict[str, Any]) -> T:
        """Read one.

        Args:
            wire: The evolution as received.
        """
        if self._names is not None:
            wire = self._names(wire)
        return cast("T", wire if self._as_dict else TemporalEntity.from_dict(wire))

    def many(self, wires: list[dict[str, Any]]) -> list[T]:
        """Read a page.

        Args:
            wires: The evolutions as received.
        """
        return [self.one(wire) for wire in wires]


def retrieve(entity_id: str, *, params: Params, headers: Mapping[str, str]) -> Request:
    """Ask for the evolution of one entity.

    Args:
        entity_id: The entity.
        params: Query parameters.
        headers: The media type and the @context asked for.
    """
    return Request("GET", path("temporal", "entities", entity_id), params, headers)


def query(
    selection: Mapping[str, Any],
    when: TemporalQuery | None,
    *,
    shape: Params,
    context: ContextLike | None,
    accept: str,
    profile: BrokerProfile,
    as_post: bool | None,
) -> Callable[[Params], Request]:
    """Query the evolution of entities.

    Args:
        selection: Keys of :class:`~citycontext.client.operations.selection.Selection`.
        when: Which time.
        shape: The parameters of :func:`when_params`.
        context: The @context of the names.
        accept: The media type asked for.
        profile: Spellings, and how long a URL may be.
        as_post: Whether the query goes as a document; None to let its length decide.

    Returns:
        A function that builds the request, given the parameters that choose the page.
    """
    params = [*select.to_params(selection, profile), *shape]

    def get(page: Params) -> Request:
        return Request("GET", _WHERE, replaced(params, page), reading_headers(context, accept=accept))

    def post(page: Params) -> Request:
        in_document = {"timerel", "timeAt", "endTimeAt", "timeproperty", "lastN", "aggrMethods", "aggrPeriodDuration"}
        document = select.query_document(selection)
        changed = dict(page)
        body = {} if when is None else when.to_body()
        body |= {name: value for name, value in changed.items() if name in in_document and name != "lastN"}
        if body:
            document["temporalQ"] = body
        headers, content = writing(document, context)
        shown = [*select.url_params(selection, profile), *shape, *page]
        kept = [(name, value) for name, value in shown if name not in in_document]
        request_headers = headers | {"Accept": accept}
        return Request("POST", "temporal/entityOperations/query", kept, request_headers, content)

    if as_post is None:
        as_post = len(Request("GET", _WHERE, params).target) > profile.max_url_length
    return post if as_post else get


def upsert(entity: EntityLike, *, context: ContextLike | None) -> Operation[bool]:
    """Create the evolution of an entity, or add to the one that is there.

    Args:
        entity: A temporal entity, or its wire form.
        context: The @context where the entity has none.

    Returns:
        An operation that tells whether it was created.
    """
    wire = wire_of(entity)
    id_of(wire)
    headers, content = writing(wire, context)

    def read(response: Response) -> bool:
        response.check()
        return response.status == 201

    return Operation(Request("POST", _WHERE, (), headers, content, idempotent=False), read)


def append(entity_id: str, fragment: EntityLike, *, context: ContextLike | None) -> Operation[None]:
    """Add instances to attributes.

    Args:
        entity_id: The entity.
        fragment: Arrays of instances by attribute name.
        context: The @context where the fragment has none.
    """
    headers, content = writing(wire_of(fragment), context)
    request = Request("POST", path("temporal", "entities", entity_id, "attrs"), (), headers, content, idempotent=False)
    return Operation(request, Response.check)


def delete(entity_id: str) -> Operation[None]:
    """Delete the evolution of an entity.

    Args:
        entity_id: The entity.
    """
    request = Request("DELETE", path("temporal", "entities", entity_id), (), reading_headers(None))
    return Operation(request, Response.check)


def delete_attribute(entity_id: str, name: str, *, params: Params, context: ContextLike | None) -> Operation[None]:
    """Delete the evolution of an attribute.

    Args:
        entity_id: The entity.
        name: The attribute.
        params: Query parameters, such as ``datasetId`` and ``deleteAll``.
        context: The @context of the name.
    """
    where = path("temporal", "entities", entity_id, "attrs", name)
    return Operation(Request("DELETE", where, params, reading_headers(context)), Response.check)


def update_instance(
    entity_id: str, name: str, instance_id: str, instance: EntityLike, *, context: ContextLike | None
) -> Operation[None]:
    """Change one instance of an attribute.

    Args:
        entity_id: The entity.
        name: The attribute.
        instance_id: The instance.
        instance: What it becomes: an attribute, or its wire form.
        context: The @context of the name.
    """
    headers, content = writing({name: [wire_of(instance)]}, context)
    where = path("temporal", "entities", entity_id, "attrs", name, instance_id)
    return Operation(Request("PATCH", where, (), headers, content), Response.check)


def delete_instance(entity_id: str, name: str, instance_id: str, *, context: ContextLike | None) -> Operation[None]:
    """Delete one instance of an attribute.

    Args:
        entity_id: The entity.
        name: The attribute.
        instance_id: The instance.
        context: The @context of the name.
    """
    where = path("temporal", "entities", entity_id, "attrs", name, instance_id)
    return Operation(Request("DELETE", where, (), reading_headers(context)), Response.check)


def next_segment(
    response: Response, request: Request, items: Sequence[Mapping[str, Any]], when: TemporalQuery | None
) -> Params | None:
    """Return how to ask for the next segment of time, where an answer holds only a part of what was asked for.

    Either the broker links to it (``intervalafter``), or it answers 206 and says in ``Content-Range`` from when to when
    its part goes. With ``lastN`` the newest come first, and a link to older ones leads beyond what was asked for.

    Args:
        response: The answer.
        request: What was asked.
        items: The wire forms had so far.
        when: The whole time that the user asked for.

    Returns:
        Parameters that replace those of the request; None if nothing is missing.

    Raises:
        UnreadableResponse: The answer is a part, and does not say which.
    """
    last_n = None if when is None else when.last_n
    sent = {name for name, _ in request.params}
    for link in page_links(response.header_values("Link")):
        if link.has("intervalafter") and last_n is None:
            return [pair for pair in query_of(link.target) if pair[0] not in sent or pair[0] == "offsetN"] or None
    if response.status != 206:
        return None
    told = _RANGE.fullmatch(response.header("Content-Range").strip())
    if told is None:
        raise response.unreadable("206 without a Content-Range that says which time it covers")
    start, end = sorted(told.groups())
    if last_n is not None:
        missing = last_n - max((_length(member) for item in items for member in item.values()), default=0)
        older: Params = [("timerel", "before"), ("timeAt", start), ("lastN", str(missing))]
        return older if missing > 0 else None
    if when is not None and when.timerel == "before":
        return [("timerel", "between"), ("timeAt", end), ("endTimeAt", str(when.time_at))]
    if when is not None and when.timerel is not None:
        return [("timeAt", end)]
    return [("timerel", "after"), ("timeAt", end)]


def _length(member: Any) -> int:
    if isinstance(member, dict):
        return max((len(member[name]) for name in _series(member)), default=0)
    return len(member) if isinstance(member, list) else 0


def replaced(params: Params, changes: Params) -> list[tuple[str, str]]:
    """Return parameters with some of them replaced or added.

    Args:
        params: The parameters.
        changes: Those that replace others of the same name.
    """
    names = {name for name, _ in changes}
    return [*(pair for pair in params if pair[0] not in names), *changes]


def contradictions(items: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name the periods for which evolutions hold several results of one aggregation method.

    A broker that answers in parts, and aggregates each part by itself, makes them where a period lies in two.

    Args:
        items: Wire forms of temporal entities, their parts joined.

    Returns:
        For each such period the entity's id, the attribute, the method and the start.
    """
    found = []
    for item in items:
        for name, member in item.items():
            for group in member if isinstance(member, list) else [member]:
                if not isinstance(group, dict):
                    continue
                for method in AGGREGATIONS & group.keys():
                    rows = [row for row in group[method] if isinstance(row, list) and len(row) == 3]
                    times = Counter((str(start), str(end)) for _, start, end in rows)
                    found += [f"{item.get('id')} {name}.{method} {start}" for (start, _), n in times.items() if n > 1]
    return found


def join_segments(first: list[dict[str, Any]], more: list[dict[str, Any]]) -> bool:
    """Add to evolutions what another segment of time holds of them; what is there already is not added again.

    Args:
        first: Wire forms of temporal entities; these are changed.
        more: Those of the other segment.

    Returns:
        Whether anything was added.
    """
    by_id = {entity.get("id"): entity for entity in first}
    added = False
    for entity in more:
        known = by_id.get(entity.get("id"))
        if known is None:
            first.append(entity)
            by_id[entity.get("id")] = entity
            added = True
            continue
        for name, member in entity.items():
            if name not in known:
                known[name] = member
                added = True
            elif isinstance(member, list | dict):
                joined, changed = _join(known[name], member)
                known[name] = joined
                added = added or changed
    return added


def _join(known: Any, more: Any) -> tuple[Any, bool]:
    if isinstance(known, list) and isinstance(more, list):
        new = _not_in(known, more)
        grouped = [item for item in new if isinstance(item, dict) and _series(item)]
        if not grouped:
            return known + new, bool(new)
        changed = False
        for group in grouped:  # temporalValues of several instances: one object for each datasetId
            same = next((one for one in known if one.get("datasetId") == group.get("datasetId")), None)
            if same is None:
                known.append(group)
                changed = True
            else:
                changed = _join(same, group)[1] or changed
        return known, changed
    if isinstance(known, dict) and isinstance(more, dict):
        changed = False
        for name in _series(more):
            new = _not_in(known.get(name, []), more[name])
            known[name] = known.get(name, []) + new
            changed = changed or bool(new)
        return known, changed
    if known == more:
        return known, False
    return _join(known if isinstance(known, list) else [known], more if isinstance(more, list) else [more])


def _not_in(known: list[Any], more: list[Any]) -> list[Any]:
    """Return the items that are new; told by their JSON, since an evolution may be long."""
    seen = {orjson.dumps(item, option=orjson.OPT_SORT_KEYS) for item in known}
    return [item for item in more if orjson.dumps(item, option=orjson.OPT_SORT_KEYS) not in seen]


def _series(member: Mapping[str, Any]) -> list[str]:
    return [
        name
        for name, rows in member.items()
        if isinstance(rows, list) and rows and all(isinstance(row, list) for row in rows) and name != "coordinates"
    ]
