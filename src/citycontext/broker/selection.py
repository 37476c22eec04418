"""Which entities a request is about: ids, types, q, geo, scope, and in what order (5.7.2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from citycontext.broker.call import Call
from citycontext.broker.geo import GEO, distance, read_geo
from citycontext.broker.parameters import Parameters, check_uri
from citycontext.broker.problems import bad_request_data, not_supported
from citycontext.broker.projection import read_projection
from citycontext.broker.query_body import merge_body
from citycontext.broker.store import Candidates, Store
from citycontext.broker.store.evolution import Evolution
from citycontext.broker.writing import Document
from citycontext.ngsild.context import Context
from citycontext.ngsild.query.collation import collation_key
from citycontext.ngsild.query.entity_types import parse_types
from citycontext.ngsild.query.evaluate import compile_q
from citycontext.ngsild.query.ordering import ORDERING_PARAMETERS, Ordering
from citycontext.ngsild.query.patterns import check_pattern, compile_pattern
from citycontext.ngsild.query.q_parser import parse_q
from citycontext.ngsild.query.scope import parse_scope
from citycontext.ngsild.terms import SYSTEM_MEMBERS

__all__ = ["FILTERS", "Page", "Selection", "Selector", "read_query", "read_selection", "read_selector", "type_matcher"]

Predicate = Callable[[Document], bool]

FILTERS: Final = GEO | {"type", "id", "idPattern", "q", "expandValues", "jsonKeys", "scopeQ", "csf"}
_MINIMUM: Final = ("type", "attrs", "q", "georel")
_ON_EVERY_ENTITY: Final = SYSTEM_MEMBERS | {"expiresAt"}


@dataclass(frozen=True, slots=True)
class Selector:
    """One way an entity can be meant: by type, by id, by the pattern of its id (5.2.8).

    Args:
        types: Types of which it has at least one; None for any.
        ids: Ids, one of which is its own; None for any.
        tests: What it must meet besides.
        exact: Whether types and ids say it all.
    """

    types: tuple[str, ...] | None = None
    ids: tuple[str, ...] | None = None
    tests: tuple[Predicate, ...] = ()

    def accepts(self, document: Document) -> bool:
        """Tell whether an entity is meant."""
        return (
            (self.ids is None or document["id"] in self.ids)
            and (self.types is None or not set(self.types).isdisjoint(document["type"]))
            and all(test(document) for test in self.tests)
        )


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the entities that match, and whether there are more."""

    documents: list[Document]
    more: bool
    count: int | None


@dataclass(slots=True)
class Selection:
    """What a query asks for.

    Args:
        selectors: Ways an entity can be meant; it must meet one.
        tests: What it must meet besides.
        place: Attribute and box that it must touch; None for anywhere.
        order: How the answer is sorted; None by creation.
        expand: What the names in that order mean.
    """

    selectors: Sequence[Selector] = ()
    tests: list[Predicate] = field(default_factory=list)
    place: Any = None
    order: Ordering | None = None
    expand: Callable[[str], str] = str

    def accepts(self, document: Document) -> bool:
        """Tell whether an entity matches."""
        if self.selectors and not any(selector.accepts(document) for selector in self.selectors):
            return False
        return all(test(document) for test in self.tests)

    def find(self, store: Store, tenant: int) -> Iterator[Document]:
        """Yield the entities that match, in the order of their creation."""
        found = store.entities.select(tenant, self._candidates())
        return found if self._indexes_tell_all() else filter(self.accepts, found)

    def page(self, store: Store, tenant: int, limit: int, offset: int, *, count: bool) -> Page:
        """Give a part of the entities that match, with their number if it is asked for."""
        if self.order is not None:
            ordered = self.sorted(self.find(store, tenant))
            return Page(
                ordered[offset : offset + limit], len(ordered) > offset + limit, len(ordered) if count else None
            )
        if self._indexes_tell_all():
            candidates = self._candidates()
            found = list(store.entities.select(tenant, candidates, limit=limit + 1, offset=offset))
            total = store.entities.count(tenant, candidates) if count else None
            return Page(found[:limit], len(found) > limit, total)
        matching = self.find(store, tenant)
        skipped = sum(1 for _ in islice(matching, offset))
        documents = list(islice(matching, limit))
        if not count:
            return Page(documents, next(matching, None) is not None, None)
        rest = sum(1 for _ in matching)
        return Page(documents, rest > 0, skipped + len(documents) + rest)

    def sorted(self, documents: Iterable[Document]) -> list[Document]:
        """Put entities into the order asked for."""
        if self.order is None:
            return list(documents)
        return [dict(one) for one in self.order.sort(documents, expand=self.expand, distance=_metres)]

    def frames(self, store: Store, tenant: int) -> Iterator[Evolution]:
        """Yield evolutions that may match, as far as types and ids tell."""
        candidates = self._candidates()
        return store.evolution.select(tenant, candidates.types, candidates.ids)

    def _candidates(self) -> Candidates:
        types = ids = None
        if self.selectors and all(selector.types is not None for selector in self.selectors):
            types = list(dict.fromkeys(kind for selector in self.selectors for kind in selector.types or ()))
        if self.selectors and all(selector.ids is not None for selector in self.selectors):
            ids = list(dict.fromkeys(one for selector in self.selectors for one in selector.ids or ()))
        return Candidates(types=types, ids=ids, place=self.place)

    def _indexes_tell_all(self) -> bool:
        return not self.tests and len(self.selectors) <= 1 and not any(one.tests for one in self.selectors)


def read_selection(call: Call, minimum: Collection[str] = _MINIMUM) -> Selection:
    """Read the filters in a request's parameters.

    Args:
        call: The request.
        minimum: Parameters of which one must be there.

    Raises:
        Problem: One is not valid, or there is none (5.7.2).
    """
    parameters = call.parameters
    is_local = parameters.flag("local") or parameters.get("type") == "*"
    if not is_local and not any(_narrows(name, parameters) for name in minimum):
        raise bad_request_data(
            f"The request needs one of {', '.join(minimum)}, about more than createdAt, modifiedAt, deletedAt and "
            "expiresAt; or local=true to mean all there is."
        )
    selector = read_selector(parameters.get("type"), parameters.uris("id"), parameters.get("idPattern"), call.context)
    return _selection(call, [selector])


def _narrows(name: str, parameters: Parameters) -> bool:
    """Tell whether a parameter says which entities are meant; members that every entity has do not (5.7.2.4)."""
    if name not in parameters:
        return False
    if name == "attrs":
        return not _ON_EVERY_ENTITY.issuperset(parameters.names(name))
    return name != "q" or not _ON_EVERY_ENTITY.issuperset(parse_q(parameters[name]).attributes)


def read_query(call: Call) -> Selection:
    """Read the filters in a request's body, a Query (5.2.23); its other members become parameters.

    Raises:
        Problem: One is not valid, or there is none.
    """
    body = call.object_body()
    call.parameters = Parameters({**call.parameters, **merge_body(body)})
    call.parameters.check()
    entities = body.get("entities")
    if not entities and not call.parameters.flag("local") and not any(_narrows(n, call.parameters) for n in _MINIMUM):
        raise bad_request_data(f"A query needs one of entities, {', '.join(_MINIMUM[1:])}.")
    return _selection(call, read_entity_selectors(entities, call.context) if entities is not None else [])


def read_entity_selectors(entities: Any, context: Context, *, needs_type: bool = False) -> list[Selector]:
    """Read an array of EntitySelector (5.2.33).

    Raises:
        Problem: It is none.
    """
    if not isinstance(entities, list) or not entities or not all(isinstance(one, dict) for one in entities):
        raise bad_request_data("'entities' is an array of objects with type, id or idPattern.")
    selectors = []
    for one in entities:
        unknown = one.keys() - {"type", "id", "idPattern"}
        if unknown:
            raise bad_request_data(f"'entities' has a member {min(unknown)!r}; it takes type, id and idPattern.")
        if needs_type and "type" not in one:
            raise bad_request_data("Each of 'entities' needs a type, which may be '*'.")
        ids = one.get("id", [])
        listed = ids if isinstance(ids, list) else [ids]
        pattern, types = one.get("idPattern"), one.get("type")
        if isinstance(types, list) and types and all(isinstance(kind, str) for kind in types):
            types = ",".join(types)
        if not all(isinstance(one, str) for one in listed) or not isinstance(types, (str, type(None))):
            raise bad_request_data("In 'entities', type and id are texts.")
        if not isinstance(pattern, (str, type(None))):
            raise bad_request_data("In 'entities', idPattern is a text.")
        selectors.append(read_selector(types, [check_uri(one) for one in listed], pattern, context))
    return selectors


def read_selector(types: str | None, ids: Sequence[str], pattern: str | None, context: Context) -> Selector:
    """Read types, ids and a pattern of ids.

    Raises:
        InvalidQuery: The type selection or the pattern does not parse.
    """
    tests: list[Predicate] = []
    names: tuple[str, ...] | None = None
    if types is not None and types != "*":
        selected = parse_types(types)
        names = tuple(dict.fromkeys(context.expand_vocab(name) for name in sorted(selected.names)))
        if any(len(group) > 1 for group in selected.alternatives):
            tests.append(type_matcher(types, context))
    if pattern is not None:
        tests.append(_id_matcher(pattern))
    return Selector(names, tuple(ids) or None, tuple(tests))


def type_matcher(types: str, context: Context) -> Predicate:
    """Build the test of a type selection (4.17).

    Raises:
        InvalidQuery: It does not parse.
    """
    matches = parse_types(types).compile(expand=context.expand_vocab)
    return lambda document: matches(document["type"])


def _id_matcher(pattern: str) -> Predicate:
    check_pattern(pattern, text=pattern, offset=0)
    occurs_in = compile_pattern(pattern)
    return lambda document: occurs_in(document["id"])


def _selection(call: Call, selectors: list[Selector]) -> Selection:
    parameters, context = call.parameters, call.context
    order = _read_order(parameters)
    selection = Selection(selectors, order=order, expand=context.expand)
    if "q" in parameters:
        selection.tests.append(_q_test(call))
    if "scopeQ" in parameters:
        in_scope = parse_scope(parameters["scopeQ"]).compile()
        selection.tests.append(lambda document: in_scope(document.get("scope")))
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


def _metres(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    return distance(dict(one), dict(other))


def _q_test(call: Call) -> Predicate:
    condition = parse_q(call.parameters["q"])
    level = call.parameters.integer("joinLevel", 1, least=1) if "join" in call.parameters else 0
    if condition.links > max(level, 0):
        raise bad_request_data(f"The query follows {condition.links} links, but join and joinLevel allow {level}.")

    def linked(id: str) -> Document | None:
        return call.state.store.entities.get(call.tenant, id)

    return compile_q(
        condition, expand=call.context.expand, resolve=linked, expand_values=call.parameters.names("expandValues")
    )
