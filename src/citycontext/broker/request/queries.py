"""The filters of a request, in its parameters or its body, as the selection that they ask for (5.7.2)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from citycontext.broker.documents.writing import Document
from citycontext.broker.request.parameters import Parameters
from citycontext.broker.request.query_body import merge_body
from citycontext.broker.request.request import Request
from citycontext.broker.responses.problems import bad_request_data, not_supported
from citycontext.broker.responses.projection import read_projection
from citycontext.broker.selection.geo import GEO, read_geo
from citycontext.broker.selection.selection import Selection
from citycontext.broker.selection.selectors import (
    Predicate,
    Selector,
    read_entity_selectors,
    read_selector,
)
from citycontext.broker.selection.spans import spans_of
from citycontext.broker.selection.written_names import read_name
from citycontext.ngsild.query.collation import collation_key
from citycontext.ngsild.query.evaluate import compile_q
from citycontext.ngsild.query.ordering import ORDERING_PARAMETERS, Ordering
from citycontext.ngsild.query.q import Condition
from citycontext.ngsild.query.q_parser import parse_q
from citycontext.ngsild.query.scope import ScopeQuery, parse_scope
from citycontext.ngsild.terms import SYSTEM_MEMBERS

__all__ = ["FILTERS", "read_query", "read_selection"]

FILTERS: Final = GEO | {"type", "id", "idPattern", "q", "expandValues", "jsonKeys", "scopeQ", "csf"}
_MINIMUM: Final = ("type", "attrs", "q", "georel")
_ON_EVERY_ENTITY: Final = SYSTEM_MEMBERS | {"expiresAt"}


def read_selection(request: Request, minimum: Collection[str] = _MINIMUM) -> Selection:
    """Read the filters in a request's parameters.

    Args:
        call: The request.
        minimum: Parameters of which one must be there.

    Raises:
        Problem: One is not valid, or one is missing (5.7.2).
    """
    parameters = request.parameters
    is_local = parameters.flag("local") or parameters.get("type") == "*"
    if is_local and parameters.get("local") == "false":
        raise bad_request_data("type=* means the entities of this broker alone, and local=false all others too (4.17).")
    if not is_local and not any(_narrows(name, parameters) for name in minimum):
        raise bad_request_data(
            f"The request needs one of {', '.join(minimum)}, about more than createdAt, modifiedAt, deletedAt and "
            "expiresAt; or local=true to mean all there is."
        )
    selector = read_selector(
        parameters.get("type"), parameters.uris("id"), parameters.get("idPattern"), request.context
    )
    return _selection(request, [selector])


def _narrows(name: str, parameters: Parameters) -> bool:
    """Return whether a parameter says which entities are meant; members that every entity has do not (5.7.2.4)."""
    if name not in parameters:
        return False
    if name == "attrs":
        return not _ON_EVERY_ENTITY.issuperset(parameters.names(name))
    return name != "q" or not _ON_EVERY_ENTITY.issuperset(parse_q(parameters[name]).attributes)


def read_query(request: Request, *, temporal: bool = False) -> Selection:
    """Read the filters in a request's body, a Query (5.2.23); its other members become parameters.

    Args:
        request: The request.
        temporal: Whether it is about evolutions.

    Raises:
        Problem: One is not valid, or one is missing.
    """
    body = request.object_body()
    request.parameters = Parameters({**request.parameters, **merge_body(body, temporal=temporal)})
    request.parameters.check()
    if "aggrParams" in body and request.parameters.representation() != "aggregatedValues":
        raise bad_request_data("'aggrParams' goes with the format aggregatedValues (5.2.44).")
    entities = body.get("entities")
    if (
        not entities
        and not request.parameters.flag("local")
        and not any(_narrows(n, request.parameters) for n in _MINIMUM)
    ):
        raise bad_request_data(f"A query needs one of entities, {', '.join(_MINIMUM[1:])}.")
    selectors = read_entity_selectors(entities, request.context, needs_type=True) if entities is not None else []
    return _selection(request, selectors)


def _selection(request: Request, selectors: list[Selector]) -> Selection:
    parameters, context = request.parameters, request.context
    order = _read_order(parameters)
    selection = Selection(selectors, order=order, expand=context.expand)
    if "q" in parameters:
        condition = parse_q(parameters["q"])
        selection.tests.append(_q_test(request, condition))
        selection.spans = spans_of(condition, _expansion(request), parameters.names("expandValues"))
    if "scopeQ" in parameters:
        scopes = parse_scope(parameters["scopeQ"])
        in_scope = scopes.compile()
        selection.tests.append(lambda document: in_scope(document.get("scope")))
        selection.asks_scope = True
        selection.scope = _one_scope(scopes)
    geo = read_geo(parameters, context)
    if geo is not None:
        selection.tests.append(geo.matches)
        selection.place = geo.place
    wanted = read_projection(parameters, context).wanted()
    if wanted is not None:
        selection.tests.append(lambda document: not wanted.isdisjoint(document))
    return selection


def _read_order(parameters: Parameters) -> Ordering | None:
    if parameters.keys().isdisjoint(ORDERING_PARAMETERS):
        return None
    order = Ordering.from_parameters(parameters)
    if collation_key(order.collation) is None:
        raise not_supported(f"The collation {order.collation!r} needs ICU, which this broker has not; leave it out.")
    return order


def _one_scope(scopes: ScopeQuery) -> str | None:
    """Return the scope asked for, as entities are counted by it; None where there are several, or any of a level."""
    patterns = [pattern for group in scopes.alternatives for pattern in group]
    if len(patterns) != 1 or "+" in patterns[0].levels:
        return None
    return "/".join([*patterns[0].levels, *(["#"] if patterns[0].below else [])])


def _expansion(request: Request) -> Callable[[str], str]:
    return lambda name: request.context.expand(read_name(name))


def _q_test(request: Request, condition: Condition) -> Predicate:
    level = request.parameters.integer("joinLevel", 1, least=1) if "join" in request.parameters else 0
    if condition.links > max(level, 0):
        raise bad_request_data(f"The query follows {condition.links} links, but join and joinLevel allow {level}.")

    def linked(id: str) -> Document | None:
        return request.state.store.entities.get(request.tenant, id)

    return compile_q(
        condition,
        expand=_expansion(request),
        resolve=linked,
        expand_values=request.parameters.names("expandValues"),
    )
