"""``context="models"``: each entity goes with its model's @context; which one that is, and how it travels."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from urllib.parse import quote, unquote

import orjson

from citycontext.client.operations.exchange import Request
from citycontext.client.operations.json_ld import ContextLike, EntityLike, address_of, dump_json, wire_of
from citycontext.errors import DataError
from citycontext.ngsild import Entity
from citycontext.web.media_types import LD_JSON

if TYPE_CHECKING:
    from citycontext.ngsild.query.entities import EntityQuery

__all__ = [
    "MODELS",
    "ContextForm",
    "body_addresses",
    "by_models",
    "context_for",
    "context_of_query",
    "grouped",
    "hosted",
    "inlined",
    "is_missing",
    "names_of_models",
    "shipped_address",
    "stored_types",
]

MODELS: Final = "models"
"""The @context of a client that sends each entity with its model's."""

ContextForm: TypeAlias = Literal["address", "host", "inline"]
"""How a model's @context travels."""

_LINK: Final = re.compile(r"<([^<>]*)>")
_NAMED: Final = frozenset({"q", "attrs", "pick", "omit", "order_by", "expand_values", "json_keys"})
_NAME_PARAMS: Final = frozenset(
    {"type", "attrs", "pick", "omit", "orderBy", "geoproperty", "geometryProperty", "expandValues", "jsonKeys"}
)
_TOKEN: Final = re.compile(r"[^\s,|;(){}]+")
_ORDERS: Final = frozenset({"asc", "desc", "dist-asc", "dist-desc"})
_MEMBERS: Final = frozenset({"id", "type", "scope"})


def context_for(*about: object, entity_id: str = "") -> str | None:
    """Return the address of the @context that the names of an operation are meant by; None for the core context.

    Args:
        about: What tells the model, the first that does counts: an entity class, an entity or a part of one, types.
        entity_id: The entity; an identifier of the recommended form tells the type where nothing else does.

    Raises:
        DataError: Nothing tells the type, or several subjects have it.
    """
    from citycontext.models.meaning import context_of_type, type_of_id

    for one in about:
        wire = getattr(one, "wire", one)
        if isinstance(wire, Mapping) and "@context" in wire:
            return None  # it says itself what its names mean
        addresses = _addresses(one)
        if addresses:
            if len(addresses) > 1:
                raise DataError("are types of several subjects, whose names mean different things", path="type")
            return next(iter(addresses)) or None
    if named := type_of_id(entity_id):
        return context_of_type(named) or None
    raise DataError(
        'context="models" needs the type to know what the names mean; give type=…, or the context itself',
        path="type",
        clause="5.5.7",
    )


def _addresses(about: object) -> set[str]:
    from citycontext.models.meaning import context_of, context_of_type
    from citycontext.models.smart_data_model import SmartDataModel

    if isinstance(about, type):
        if issubclass(about, SmartDataModel) and about.context_url:
            return {about.context_url}
        name = getattr(about, "entity_type", "")
        return {context_of_type(name)} if name else set()
    if isinstance(about, Entity):
        return {context_of(about)} if about.types or type(about).entity_type else set()
    if isinstance(about, Mapping):
        return {context_of(about)} if "type" in about or "@type" in about else set()
    if (wire := getattr(about, "wire", None)) is not None:
        return _addresses(wire)
    return {context_of_type(name) for name in _types(about)}


def _address(entity: EntityLike) -> str | None:
    from citycontext.models.meaning import context_of

    return context_of(entity if isinstance(entity, Entity | Mapping) else entity.wire) or None


def _types(names: object) -> list[str]:
    listed = [names] if isinstance(names, str) else names if isinstance(names, Sequence) else [str(names or "")]
    return [name for one in listed for name in _TOKEN.findall(str(one))]


def stored_types(as_: type[Any] | None, context: ContextLike | None) -> str | None:
    """Return the types to ask for by a class: all names that its entities may be stored under.

    Args:
        as_: An entity class, ``dict`` or None.
        context: The @context of the query, which is what the short name stands for.

    Returns:
        The names, separated by commas; None if the class stands for any type.
    """
    if as_ is None or as_ is dict or not as_.entity_type:
        return None
    short: str = as_.entity_type
    own = getattr(as_, "context_url", "")
    if not own:
        return short
    from citycontext.ngsild.terms import DEFAULT_CONTEXT

    names = set(as_.type_names()) - {short}
    address = address_of(context)
    if context is None:
        names -= {DEFAULT_CONTEXT + short}
    elif address == own:
        names -= {name for name in names if not name.startswith(DEFAULT_CONTEXT)}
    return ",".join([short, *sorted(names)])


def context_of_query(query: EntityQuery) -> str | None:
    """Return the @context that the names of a whole query are meant by, None for the core context.

    Args:
        query: The query.

    Raises:
        DataError: It has names, but nothing tells of which model.
    """
    body = query.to_body()
    types = [one["type"] for one in body.get("entities", ()) if one.get("type")]
    named = any(name in body for name in ("q", "attrs", "pick", "omit", "ordering"))
    return context_for(types) if types or named else None


def by_models(selection: Mapping[str, Any], as_: type[Any] | None) -> tuple[dict[str, Any], str | None]:
    """Return a selection whose names mean what they do in their models, and the @context to send it with.

    Args:
        selection: Keys of :class:`~citycontext.client.operations.selection.Selection`.
        as_: The class that is asked for.

    Raises:
        DataError: It has names, but nothing tells of which model.
    """
    named = any(not _members_only(selection[key]) for key in _NAMED if selection.get(key) is not None)
    types = _types(selection.get("type"))
    addresses = _addresses(types) if types else _addresses(as_)
    if as_ is not None and as_ is not dict and as_.entity_type in types:
        addresses = _addresses(as_)
    if len(addresses) == 1:
        address = next(iter(addresses)) or None
        return dict(selection) if address is None or not types else _with_default(selection), address
    if named:
        context_for(types)  # raises, and says why
    if not types:
        return dict(selection), None
    chosen = _with_default(selection)
    return {**chosen, "type": _TOKEN.sub(lambda found: _iri_of_type(found[0]), chosen["type"])}, None


def _with_default(selection: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for what was written without a model's @context as well."""
    from citycontext.models.meaning import context_of_type
    from citycontext.ngsild.terms import DEFAULT_CONTEXT

    text = _text(selection["type"])
    simple = not any(sign in text for sign in "|;()")

    def both(found: re.Match[str]) -> str:
        name = found[0]
        if "://" in name or not context_of_type(name):
            return name
        return f"{name},{DEFAULT_CONTEXT}{name}" if simple else f"({name}|{DEFAULT_CONTEXT}{name})"

    return {**selection, "type": _TOKEN.sub(both, text)}


def _members_only(names: object) -> bool:
    return all(name in _MEMBERS for name in _types(names))


def _text(names: object) -> str:
    return ",".join(names) if isinstance(names, list | tuple) else str(names)


def _iri_of_type(name: str) -> str:
    from citycontext.models.meaning import context_of_type, model_context

    address = context_of_type(name)
    context = model_context(address) if address else None
    return name if context is None else context.expand_vocab(name)


def names_of_models(context: ContextLike | None) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what gives an entity that came with IRIs the short names of its model.

    Args:
        context: The @context that was asked by, for what came without its type.
    """
    from citycontext.models.meaning import compacted

    address = address_of(context) or ""
    return lambda wire: compacted(wire, address)


def grouped(entities: Sequence[EntityLike], ids: Sequence[str]) -> list[tuple[str | None, list[int]]]:
    """Group the entities of a batch by the @context that they go with.

    Args:
        entities: Entities or wire mappings.
        ids: Their ids. Where one stands in several groups, only neighbours are grouped, so that the order stays.

    Returns:
        For each group the address of its @context, None for the core context, and the positions of its entities.
    """
    addresses = [None if "@context" in wire_of(one) else _address(one) for one in entities]
    groups: dict[str | None, list[int]] = {}
    for position, address in enumerate(addresses):
        groups.setdefault(address, []).append(position)
    if len(groups) == 1 or len(set(ids)) == len(ids):
        return list(groups.items())
    runs: list[tuple[str | None, list[int]]] = []
    for position, address in enumerate(addresses):
        if runs and runs[-1][0] == address:
            runs[-1][1].append(position)
        else:
            runs.append((address, [position]))
    return runs


def shipped_address(request: Request) -> str:
    """Return the address of the model's @context that a request names, empty where it names none that ships.

    Args:
        request: The request.
    """
    link = request.headers.get("Link")
    found = None if link is None else _LINK.match(link)
    if found is None:
        return ""
    from citycontext.ngsild.context import shipped_context

    return found[1] if shipped_context(found[1]) is not None else ""


def body_addresses(request: Request) -> list[str]:
    """Return the addresses of models' contexts that ship, which entities in a request's body name themselves.

    Args:
        request: The request.
    """
    if request.content is None or request.headers.get("Content-Type") != LD_JSON:
        return []
    from citycontext.ngsild.context import shipped_context

    listed = [one for document in _documents(request.content) for one in _contexts(document) if isinstance(one, str)]
    return [address for address in dict.fromkeys(listed) if shipped_context(address) is not None]


def hosted(request: Request, urls: Mapping[str, str]) -> Request:
    """Return a request that names contexts which the broker hosts.

    Args:
        request: The request.
        urls: Where the broker has them, by their addresses.
    """
    from citycontext.ngsild.context import link_header

    headers = dict(request.headers)
    if address := shipped_address(request):
        headers["Link"] = link_header(urls[address])
    content = request.content
    if content is not None and body_addresses(request):
        content = _rewritten(
            content, lambda document: _with(document, [_known(urls, one) for one in _contexts(document)])
        )
    return replace(request, headers=headers, content=content)


def inlined(request: Request) -> Request:
    """Return a request that needs no context from elsewhere: terms in its body; without one, IRIs as names.

    Args:
        request: The request.

    Raises:
        DataError: It has a filter in its URL, whose names cannot be written so.
    """
    from citycontext.models.meaning import terms_of, with_terms

    address, inner = shipped_address(request), body_addresses(request)
    content = request.content
    headers = {name: value for name, value in request.headers.items() if not (address and name == "Link")}
    if address:
        request = _expanded(request, address)
        if content is not None:
            headers["Content-Type"] = LD_JSON
            content = _rewritten(content, lambda document: with_terms(document, address))
    elif content is not None and inner:

        def terms(document: dict[str, Any]) -> dict[str, Any]:
            given = {name: member for name, member in document.items() if name != "@context"}
            return _with(document, [terms_of(given, one) if one in inner else one for one in _contexts(document)])

        content = _rewritten(content, terms)
    return replace(request, headers=headers, content=content)


def _documents(content: bytes) -> list[dict[str, Any]]:
    document = orjson.loads(content)
    return [one for one in (document if isinstance(document, list) else [document]) if isinstance(one, dict)]


def _contexts(document: Mapping[str, Any]) -> list[Any]:
    context = document.get("@context", [])
    return context if isinstance(context, list) else [context]


def _with(document: Mapping[str, Any], context: list[Any]) -> dict[str, Any]:
    return {**document, "@context": context} if "@context" in document else dict(document)


def _known(urls: Mapping[str, str], context: Any) -> Any:
    return urls.get(context, context) if isinstance(context, str) else context


def _rewritten(content: bytes, change: Callable[[dict[str, Any]], dict[str, Any]]) -> bytes:
    document = orjson.loads(content)
    if isinstance(document, list):
        return dump_json([change(one) if isinstance(one, dict) else one for one in document])
    return dump_json(change(document) if isinstance(document, dict) else document)


def _expanded(request: Request, address: str) -> Request:
    from citycontext.models.meaning import model_context

    context = model_context(address)
    assert context is not None, "asked only for contexts that ship"

    def iri(found: re.Match[str]) -> str:
        name = found[0]
        return name if name in _MEMBERS or name in _ORDERS or ":" in name else context.expand_vocab(name)

    if any(name == "q" for name, _ in request.params):
        message = "a filter cannot travel with an @context in line here; take context_as='address' or 'host'"
        raise DataError(message, path="q")
    params = [(name, _TOKEN.sub(iri, value) if name in _NAME_PARAMS else value) for name, value in request.params]
    head, attrs, rest = request.path.partition("/attrs/")
    if attrs:
        name, slash, instance = rest.partition("/")
        rest = quote(_TOKEN.sub(iri, unquote(name)), safe=":") + slash + instance
    elif head.startswith(("types/", "attributes/")):
        folder, _, name = head.partition("/")
        head = f"{folder}/{quote(_TOKEN.sub(iri, unquote(name)), safe=':')}"
    return replace(request, params=params, path=f"{head}{attrs}{rest}")


def is_missing(status: int, content: bytes) -> bool:
    """Return whether a broker says that it cannot have a context, as after it lost what it hosted.

    Args:
        status: The answer's status.
        content: Its body.
    """
    return status >= 400 and b"LdContextNotAvailable" in content
