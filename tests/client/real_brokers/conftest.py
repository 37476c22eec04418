"""The recorded exchanges with real brokers, and the method call that makes each request again."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from citycontext.client import GENERIC, Client
from citycontext.client.operations.json_ld import link_to_context
from citycontext.errors import CityContextError
from citycontext.ngsild.query import EntityQuery, TemporalQuery

FILES = ("coraine-0.3.0.json", "orionld-1.6.0.json", "orionld-1.6.0-multiservice.json")
Call = Callable[[Client], Any]

PYTHON_NAMES = {
    "type": "type",
    "id": "id",
    "idPattern": "id_pattern",
    "q": "q",
    "attrs": "attrs",
    "pick": "pick",
    "omit": "omit",
    "scopeQ": "scope_q",
    "lang": "lang",
    "datasetId": "dataset_id",
    "orderBy": "order_by",
    "orderFrom": "order_from",
    "join": "join",
    "joinLevel": "join_level",
    "local": "local",
    "csf": "csf",
    "entityMap": "entity_map",
}
GEO = ("georel", "geometry", "coordinates", "geoproperty")
MERGE_PATCH = "application/merge-patch+json"
TEMPORAL = ("timerel", "timeAt", "endTimeAt", "timeproperty", "lastN", "aggrMethods", "aggrPeriodDuration")


class Malformed(ValueError):
    """The request is one that no method makes: malformed on purpose, or said in another way than ours."""


class Recorded:
    """One recorded exchange."""

    def __init__(self, broker: str, exchange: dict[str, Any]) -> None:
        self.broker = broker
        self.group: str = exchange["group"]
        self.name: str = exchange["name"]
        self.request: dict[str, Any] = exchange["request"]
        self.response: dict[str, Any] = exchange["response"]

    def __repr__(self) -> str:
        return f"{self.broker} {self.group}/{self.name}"

    @property
    def headers(self) -> dict[str, str]:
        """The request's headers, names in lower case; of repeated ones the last."""
        return {name.lower(): value for name, value in self.request["headers"]}

    @property
    def answer(self) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Status, headers and bytes of the answer."""
        response = self.response
        text = response.get("bodyText")
        if text is None:
            body = response.get("body")
            text = "" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        headers = [(name.encode(), value.encode()) for name, value in response["headers"]]
        # the recorded lengths are of other renderings of the same JSON
        kept = [(name, value) for name, value in headers if name.lower() not in (b"content-length", b"connection")]
        return response["status"], kept, text.encode()


@pytest.fixture(scope="module")
def recorded(shared_dir: Path) -> list[Recorded]:
    """Load all exchanges."""
    exchanges = []
    for name in FILES:
        document = json.loads((shared_dir / "real-brokers" / name).read_text(encoding="utf-8"))
        exchanges += [Recorded(name.partition("-")[0], exchange) for exchange in document["exchanges"]]
    return exchanges


def call_for(one: Recorded) -> Call:
    """Find the method call that makes a recorded request; raise ``Malformed`` with the reason if absent."""
    request = one.request
    if request["target"] == "/version":
        return lambda client: client.detect()
    if not request["path"].startswith("/ngsi-ld/v1/"):
        raise Malformed("not a path of the API")
    segments = [unquote(segment) for segment in request["path"].removeprefix("/ngsi-ld/v1/").split("/")]
    if request.get("bodyText") is not None or request.get("bodyNote") is not None:
        raise Malformed("a body that is not JSON, or too long to keep")
    names = [name for name, _ in request["query"]]
    if len(set(names)) != len(names):
        raise Malformed("a parameter twice")
    query = dict(request["query"])
    body = request.get("body")
    if request["method"] in ("POST", "PATCH", "PUT"):
        _check_writing(one, body)
    elif body is not None:
        raise Malformed("a body on a read")
    if request["method"] in ("HEAD", "OPTIONS"):
        raise Malformed("a method that the API has not")
    if query.get("format") == "bogus" or {"format", "options"} <= query.keys():
        raise Malformed("a format that is not one, or two")
    where = segments[0] if segments[0] != "temporal" else f"temporal {segments[1] if len(segments) > 1 else ''}"
    find = FINDERS.get(where)
    if find is None or "" in segments:
        raise Malformed("not a path of the API")
    return find(one, request["method"], segments, query, body)


def _check_writing(one: Recorded, body: Any) -> None:
    media_type = one.headers.get("content-type")
    if media_type and (";" in media_type or (media_type, one.request["method"]) == (MERGE_PATCH, "PATCH")):
        raise Malformed("a media type that says the same in more words")
    if media_type not in ("application/json", "application/ld+json"):
        raise Malformed("a media type that no JSON has")
    items = body if isinstance(body, list) else [body]
    if not all(isinstance(item, dict | str) for item in items):
        raise Malformed("a body that is not an object")
    with_context = [isinstance(item, dict) and "@context" in item for item in items]
    hosting = "jsonldContexts" in one.request["path"]
    if (media_type == "application/ld+json") != (bool(items) and all(with_context)) and not hosting:
        raise Malformed("a media type that does not go with the @context")
    if one.headers.get("accept", "application/json") != "application/json" and "query" not in one.request["path"]:
        raise Malformed("an Accept that a write has no use for")
    if any(with_context) and "link" in one.headers and not hosting:
        raise Malformed("an @context in Link and body")


def _kwargs(one: Recorded, query: dict[str, str], *, view: bool = False, temporal: bool = False) -> dict[str, Any]:
    """Turn query parameters into arguments."""
    given: dict[str, Any] = {}
    left = dict(query)
    options = [option for name in ("options", "format") for option in left.pop(name, "").split(",") if option]
    for option in options:
        if option in ("keyValues", "simplified", "concise", "temporalValues", "aggregatedValues", "normalized"):
            given["representation"] = "simplified" if option == "keyValues" else option
        elif option == "sysAttrs":
            given["sys_attrs"] = True
        else:
            raise Malformed(f"options={option}")
    if any(name in left for name in GEO):
        geo = {name: left.pop(name) for name in GEO if name in left}
        if not {"georel", "geometry", "coordinates"} <= geo.keys():
            raise Malformed("half a geo-query")
        given["geo"] = geo
    if temporal:
        when = {name: left.pop(name) for name in TEMPORAL if name in left}
        if when:
            try:
                given["when"] = TemporalQuery.from_parameters(when)
                if given.get("representation") == "aggregatedValues" and "aggrMethods" not in when:
                    raise Malformed("an aggregation without method")
            except CityContextError:
                raise Malformed("a temporal query that is not one") from None
    if "geometryProperty" in left:
        if _accept(one) != "geo+json":
            raise Malformed("a geometryProperty without geo+json")
        given |= {"geometry_property": left.pop("geometryProperty"), "as_": dict}
    left.pop("count", None)
    limit = left.pop("limit", None)
    if not view and limit is not None and not (limit == "0" and query.get("count") == "true"):
        if not limit.isdecimal() or limit == "0":
            raise Malformed("a limit that is not one, or 0 without a count")
        if int(limit) > GENERIC.max_page_size:
            raise Malformed("a limit that the client cuts to what brokers allow")
        given["page_size"] = int(limit)
    if "offsetN" in left or (view and limit is not None):
        raise Malformed("a page that only the Link of the one before can name")
    if "offset" in left:
        if limit is None:
            raise Malformed("an offset below zero or past the end")
        given["page"] = int(left.pop("offset")) // int(limit)
    for name, value in left.items():
        if name not in PYTHON_NAMES or not value:
            raise Malformed(f"the parameter {name}" if name not in PYTHON_NAMES else f"an empty {name}")
        given[PYTHON_NAMES[name]] = value == "true" if name in ("local", "entityMap") else value
    return given


def _only(query: dict[str, str], *allowed: str) -> None:
    for name, value in query.items():
        if name not in allowed:
            raise Malformed(f"the parameter {name}")
        if value == "":
            raise Malformed(f"an empty {name}")


def _entities(one: Recorded, method: str, path: list[str], query: dict[str, str], body: Any) -> Call:
    accept = _accept(one)
    match method, path[1:]:
        case "POST", []:
            _only(query)
            if not isinstance(body, dict) or not isinstance(body.get("id", body.get("@id")), str):
                raise Malformed("an entity without id")
            return lambda client: client.entities.create(body)
        case "GET", []:
            given = _kwargs(one, query) | {"accept": accept}
            if query.get("limit") == "0":
                return lambda client: client.entities.query(**given).count()
            return lambda client: _page(client.entities.query, {"as_": dict} | given)
        case "DELETE", []:
            _only(query, "type", "q", "keep", "drop")
            return lambda client: client.entities.purge(
                query.get("type"), q=query.get("q"), keep=query.get("keep"), drop=query.get("drop")
            )
        case "GET", [entity_id]:
            given = _kwargs(one, query, view=True) | {"accept": accept}
            if given.get("join") == "flat":
                raise Malformed("join=flat of one entity; a query by id says the same")
            if "geo" in given or not {"q", "id"}.isdisjoint(given):
                raise Malformed("a parameter that a single entity has not")
            return lambda client: client.entities.retrieve(entity_id, **{"as_": dict} | given)
        case "PUT", [entity_id]:
            _only(query)
            if body.get("id") != entity_id:
                raise Malformed("an entity put under another id, or none")
            return lambda client: client.entities.replace(body)
        case "PATCH", [entity_id]:
            _only(query, "options", "observedAt", "lang", "type")
            form = {"": None, "keyValues": "simplified", "concise": "concise"}.get(query.get("options", ""), "?")
            if form == "?":
                raise Malformed("options of another operation")
            return lambda client: client.entities.merge(
                entity_id,
                body,
                observed_at=query.get("observedAt"),
                lang=query.get("lang"),
                type=query.get("type"),
                representation=form,
            )
        case "DELETE", [entity_id]:
            _only(query, "type")
            return lambda client: client.entities.delete(entity_id, type=query.get("type"))
        case "POST", [entity_id, "attrs"]:
            _only(query, "options", "type")
            if query.get("options", "noOverwrite") != "noOverwrite":
                raise Malformed("options of another operation")
            return lambda client: client.entities.append_attributes(
                entity_id, body, overwrite="options" not in query, type=query.get("type")
            )
        case "PATCH", [entity_id, "attrs"]:
            _only(query, "type")
            return lambda client: client.entities.update_attributes(entity_id, body, type=query.get("type"))
        case "PATCH", [entity_id, "attrs", name]:
            _only(query, "type")
            return lambda client: client.entities.update_attribute(entity_id, name, body, type=query.get("type"))
        case "PUT", [entity_id, "attrs", name]:
            _only(query, "type")
            return lambda client: client.entities.replace_attribute(entity_id, name, body, type=query.get("type"))
        case "DELETE", [entity_id, "attrs", name]:
            _only(query, "datasetId", "deleteAll", "type")
            return lambda client: client.entities.delete_attribute(
                entity_id, name, dataset_id=query.get("datasetId"), delete_all="deleteAll" in query
            )
    raise Malformed("a method that the path has not")


def _batch(one: Recorded, method: str, path: list[str], query: dict[str, str], body: Any) -> Call:
    if method != "POST" or len(path) != 2:
        raise Malformed("a method that the path has not")
    verb = path[1]
    if verb == "query":
        return _post_query(one, query, body)
    if not isinstance(body, list) or not body:
        raise Malformed("a batch that is not an array, or empty")
    if verb == "delete":
        _only(query)
        if not all(isinstance(item, str) for item in body) or len(set(body)) != len(body):
            raise Malformed("ids that are not, or twice")
        return lambda client: client.batch.delete(body)
    if not all(isinstance(item, dict) and isinstance(item.get("id"), str) for item in body):
        raise Malformed("an entity without id")
    _only(query, "options")
    options = query.get("options", "")
    match verb, options:
        case (("create" | "update" | "merge" | "upsert"), ""):
            return lambda client: getattr(client.batch, verb)(body)
        case "upsert", "update":
            return lambda client: client.batch.upsert(body, mode="update")
        case "update", "noOverwrite":
            return lambda client: client.batch.update(body, overwrite=False)
    raise Malformed("an operation that is not one, or options of another")


def _post_query(one: Recorded, query: dict[str, str], body: Any) -> Call:
    if not isinstance(body, dict) or body.get("type") != "Query":
        raise Malformed("a body that is not a Query")
    known = {"type", "entities", "q", "geoQ", "attrs", "pick", "omit", "scopeQ", "lang", "@context"}
    if unknown := body.keys() - known:
        raise Malformed(f"the member {unknown.pop()} of a Query")
    selectors = body.get("entities", [])
    if len(selectors) > 1:
        whole = EntityQuery.from_body(body, query)
        return lambda client: _page(client.entities.query, {"as_": dict, "as_post": True}, whole)
    if "@context" in body:
        raise Malformed("a Query with its own @context; the client's goes into a Link")
    given = _kwargs(one, query)
    if selectors:
        given["type"] = selectors[0]["type"]
    if "geoQ" in body:
        if isinstance(body["geoQ"].get("coordinates"), str):
            raise Malformed("coordinates as a text")
        given["geo"] = body["geoQ"]
    names = {"scopeQ": "scope_q"}
    given |= {names.get(name, name): body[name] for name in known & body.keys() - {"type", "entities", "geoQ"}}
    given["accept"] = _accept(one)
    return lambda client: _page(client.entities.query, {"as_": dict, "as_post": True} | given)


def _temporal(one: Recorded, method: str, path: list[str], query: dict[str, str], body: Any) -> Call:
    accept = _accept(one)
    match method, path[1:]:
        case "POST", ["entities"]:
            _only(query)
            return lambda client: client.temporal.upsert(body)
        case "GET", ["entities"]:
            given = _kwargs(one, query, temporal=True) | {"accept": accept}
            return lambda client: _page(client.temporal.query, {"as_": dict} | given)
        case "GET", ["entities", entity_id]:
            given = _kwargs(one, query, temporal=True, view=True) | {"accept": accept}
            return lambda client: client.temporal.retrieve(entity_id, as_=dict, **given)
        case "DELETE", ["entities", entity_id]:
            return lambda client: client.temporal.delete(entity_id)
        case "POST", ["entities", entity_id, "attrs"]:
            return lambda client: client.temporal.append_attributes(entity_id, body)
        case "DELETE", ["entities", entity_id, "attrs", name]:
            return lambda client: client.temporal.delete_attribute(entity_id, name, delete_all="deleteAll" in query)
        case "PATCH", ["entities", entity_id, "attrs", name, instance]:
            if list(body) != [name] or len(body[name]) != 1:
                raise Malformed("not one instance")
            return lambda client: client.temporal.update_instance(entity_id, name, instance, body[name][0])
        case "DELETE", ["entities", entity_id, "attrs", name, instance]:
            return lambda client: client.temporal.delete_instance(entity_id, name, instance)
        case "POST", ["entityOperations", "query"]:
            given = _kwargs(one, query) | {"when": TemporalQuery.from_body(body.get("temporalQ", {}))}
            return lambda client: _page(
                client.temporal.query, {"as_": dict, "as_post": True} | given, body["entities"][0]["type"]
            )
    raise Malformed("a method that the path has not")


def _documents(member: str) -> Callable[[Recorded, str, list[str], dict[str, str], Any], Call]:
    def find(one: Recorded, method: str, path: list[str], query: dict[str, str], body: Any) -> Call:
        if _accept(one) == "geo+json":
            raise Malformed("geo+json for what has no place")
        if _accept(one) != "json":
            raise Malformed("ld+json for a document, which is read as JSON")
        match method, path[1:]:
            case "POST", []:
                _only(query)
                return lambda client: getattr(client, member).create(body)
            case "GET", []:
                given = _kwargs(one, query)
                if member != "registrations" and not given.keys() <= {"page", "page_size", "sys_attrs"}:
                    raise Malformed("a filter on subscriptions")
                return lambda client: _page(getattr(client, member).query, given)
            case "GET", [document_id]:
                given = _kwargs(one, query, view=True)
                if not given.keys() <= {"sys_attrs"}:
                    raise Malformed("a parameter that a single document has not")
                return lambda client: getattr(client, member).retrieve(document_id, **given)
            case "PATCH", [document_id]:
                return lambda client: getattr(client, member).update(document_id, body)
            case "DELETE", [document_id]:
                return lambda client: getattr(client, member).delete(document_id)
        raise Malformed("a method that the path has not")

    return find


def _discovery(one: Recorded, method: str, path: list[str], query: dict[str, str], body: Any) -> Call:
    if method != "GET" or _accept(one) != "json":
        raise Malformed("ld+json for what has no names to explain")
    _only(query, "details")
    if len(path) == 2:
        return lambda client: getattr(client, path[0]).retrieve(path[1])
    verb = "details" if "details" in query else "names"
    return lambda client: getattr(getattr(client, path[0]), verb)()


def _contexts(one: Recorded, method: str, path: list[str], query: dict[str, str], body: Any) -> Call:
    _only(query, "details", "kind", "reload")
    match method, path[1:]:
        case "POST", []:
            if "@context" not in body:
                raise Malformed("no context where one should be")
            if one.headers["content-type"] != "application/json":
                raise Malformed("a context sent as JSON-LD")
            return lambda client: client.contexts.create(body)
        case "GET", []:
            verb = "details" if "details" in query else "urls"
            return lambda client: getattr(client.contexts, verb)(kind=query.get("kind"))
        case "GET", [context]:
            verb = "info" if "details" in query else "retrieve"
            return lambda client: getattr(client.contexts, verb)(context)
        case "DELETE", [context]:
            return lambda client: client.contexts.delete(context, reload="reload" in query)
    raise Malformed("a method that the path has not")


def _info(one: Recorded, method: str, path: list[str], query: dict[str, str], body: Any) -> Call:
    if (method, path) != ("GET", ["info", "sourceIdentity"]):
        raise Malformed("not a path of the API")
    return lambda client: client.source_identity()


FINDERS: dict[str, Callable[[Recorded, str, list[str], dict[str, str], Any], Call]] = {
    "entities": _entities,
    "entityOperations": _batch,
    "temporal entities": _temporal,
    "temporal entityOperations": _temporal,
    "subscriptions": _documents("subscriptions"),
    "csourceRegistrations": _documents("registrations"),
    "csourceSubscriptions": _documents("registration_subscriptions"),
    "snapshots": _documents("snapshots"),
    "entityMaps": _documents("entity_maps"),
    "types": _discovery,
    "attributes": _discovery,
    "jsonldContexts": _contexts,
    "info": _info,
}


def _accept(one: Recorded) -> Any:
    accept = one.headers.get("accept", "application/json").removeprefix("application/")
    if "*" in accept or ";" in accept:
        raise Malformed("an Accept that leaves the broker a choice")
    if accept not in ("json", "ld+json", "geo+json"):
        raise Malformed("a media type that no answer has")
    return accept


def _page(query: Callable[..., Any], given: dict[str, Any], *what: Any) -> Any:
    """Return the page that was recorded: the first, or the one after so many."""
    wanted = given.get("page", 0)
    pages = query(*what, **{name: value for name, value in given.items() if name != "page"}).pages()
    return next(islice(pages, wanted, None), [])


@pytest.fixture
def make() -> Callable[[Recorded, httpx.BaseTransport], tuple[Client, Call]]:
    """Return the function that finds, for an exchange and a transport, the client and the call; it may be malformed."""
    return lambda one, transport: (client_for(one, transport), call_for(one))


def client_for(one: Recorded, transport: httpx.BaseTransport) -> Client:
    """Make a client with the @context and the tenant of a recorded request."""
    link = one.headers.get("link", "")
    if link and not link.startswith("<http"):
        raise Malformed("a Link that is not one")
    if sum(name.lower() == "link" for name, _ in one.request["headers"]) > 1:
        raise Malformed("two Links")
    context = link[1 : link.index(">")] if link else None
    if context is not None and link != link_to_context(context):
        raise Malformed("a Link with other parameters")
    tenant = one.headers.get("ngsild-tenant")
    parameter = "format" if "format" in dict(one.request["query"]) else "options"
    profile = GENERIC.with_changes(form_parameter=parameter)
    return Client("http://broker.test", transport=transport, context=context, tenant=tenant, retries=0, profile=profile)
