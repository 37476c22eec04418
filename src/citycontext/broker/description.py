"""What the broker answers, as an OpenAPI 3.1 document made from its operations; nothing is written twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from citycontext.broker.request.parameters import DEFAULT_LIMIT, MAXIMUM_LIMIT
from citycontext.broker.routing import Operation
from citycontext.web.media_types import GEO_JSON, JSON, JSON_FORMS, LD_JSON, MERGE_PATCH_JSON

__all__ = [
    "API_CATALOG_PATH",
    "LINKSET",
    "OPENAPI",
    "OPENAPI_PATH",
    "SERVICE_DESCRIPTION",
    "api_catalog",
    "describe_api",
]

OPENAPI_PATH: Final = "/openapi.json"
API_CATALOG_PATH: Final = "/.well-known/api-catalog"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.1"
LINKSET: Final = "application/linkset+json"
SERVICE_DESCRIPTION: Final = f'<{OPENAPI_PATH}>; rel="service-desc"; type="application/vnd.oai.openapi+json"'
"""The Link header that leads to the description (RFC 8631)."""

_TEXT: Final[Mapping[str, Any]] = {"type": "string"}
_FLAG: Final[Mapping[str, Any]] = {"type": "string", "enum": ["true", "false"]}
_URI: Final[Mapping[str, Any]] = {"type": "string", "format": "uri"}
_SCHEMAS: Final[Mapping[str, Mapping[str, Any]]] = {
    "limit": {"type": "integer", "minimum": 0, "maximum": MAXIMUM_LIMIT, "default": DEFAULT_LIMIT},
    "offset": {"type": "integer", "minimum": 0},
    "lastN": {"type": "integer", "minimum": 1},
    "joinLevel": {"type": "integer", "minimum": 1},
    "timeAt": {"type": "string", "format": "date-time"},
    "endTimeAt": {"type": "string", "format": "date-time"},
    "observedAt": {"type": "string", "format": "date-time"},
    "timerel": {"type": "string", "enum": ["before", "after", "between"]},
    "geometry": {
        "type": "string",
        "enum": ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"],
    },
    **dict.fromkeys(("local", "count", "entityMap", "splitEntities", "details", "deleteAll", "reload"), _FLAG),
}
_CLAUSE: Final = re.compile(r"\s*\((?P<clause>[\d., toand]+)\)")
_SUCCESS: Final = {"DELETE": "It is done.", "PATCH": "It is done.", "PUT": "It is done."}


def describe_api(
    operations: Sequence[Operation], *, prefix: str, base: str, version: str, asks_token: bool = False
) -> dict[str, Any]:
    """Describe the API.

    Args:
        operations: What the broker offers.
        prefix: Where the API begins below the server.
        base: The server's address.
        version: The version of what answers.
        asks_token: Whether every request must carry a bearer token.
    """
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        item = paths.setdefault(prefix + operation.path.rstrip("/"), {})
        item[operation.method.lower()] = _operation(operation)
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "NGSI-LD API of the citycontext local broker",
            "version": version,
            "summary": "Entities, their history, subscriptions and registrations (ETSI GS CIM 009 V1.9.1).",
        },
        "externalDocs": {
            "description": "ETSI GS CIM 009 V1.9.1, the standard that says what each operation means.",
            "url": "https://www.etsi.org/deliver/etsi_gs/CIM/001_099/009/01.09.01_60/",
        },
        "servers": [{"url": base or "/"}],
        "paths": dict(sorted(paths.items())),
        "components": _components(asks_token),
    }
    if asks_token:
        document["security"] = [{"bearer": []}]
    return document


def api_catalog(*, prefix: str, base: str) -> dict[str, Any]:
    """Return the catalogue of the server's one API (RFC 9727), as a linkset."""
    described = {"href": base + OPENAPI_PATH, "type": "application/vnd.oai.openapi+json"}
    return {"linkset": [{"anchor": base + prefix, "service-desc": [described]}]}


def _operation(operation: Operation) -> dict[str, Any]:
    summary, clause = _told(operation)
    described: dict[str, Any] = {
        "operationId": _identifier(operation),
        "summary": summary,
        "tags": [operation.path.strip("/").split("/")[0]],
        "parameters": [*_path_parameters(operation), *_query_parameters(operation), *_header_parameters(operation)],
        "responses": _responses(operation),
    }
    if clause:
        described["description"] = f"ETSI GS CIM 009 V1.9.1, clause {clause}."
    if operation.reads_body:
        described["requestBody"] = {"required": True, "content": dict.fromkeys(_body_types(operation), _body_schema())}
    return described


def _told(operation: Operation) -> tuple[str, str]:
    """Return what the handler says of itself, and the clause that it names."""
    handler: Any = operation.handler
    while not hasattr(handler, "__name__") and hasattr(handler, "handler"):
        handler = handler.handler
    text = " ".join((getattr(handler, "__doc__", None) or "").split("\n\n")[0].split())
    found = _CLAUSE.search(text)
    return _CLAUSE.sub("", text).strip(), found["clause"] if found is not None else ""


def _identifier(operation: Operation) -> str:
    words = [one.strip("{}") for one in operation.path.strip("/").split("/")]
    return "_".join([operation.method.lower(), *words])


def _path_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    for segment in operation.path.split("/"):
        if segment.startswith("{"):
            name = segment.strip("{}")
            yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _query_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    for name in sorted(operation.parameters):
        yield {"name": name, "in": "query", "schema": dict(_SCHEMAS.get(name, _TEXT))}


def _header_parameters(operation: Operation) -> Iterator[dict[str, str]]:
    yield {"$ref": "#/components/parameters/Tenant"}
    if operation.uses_context:
        yield {"$ref": "#/components/parameters/Context"}


def _body_types(operation: Operation) -> list[str]:
    return [*JSON_FORMS, *([MERGE_PATCH_JSON] if operation.method == "PATCH" else [])]


def _body_schema() -> dict[str, Any]:
    return {"schema": {"type": ["object", "array"]}}


def _responses(operation: Operation) -> dict[str, Any]:
    forms = [*operation.answers] or [JSON]
    success: dict[str, Any] = {"description": _SUCCESS.get(operation.method, "What was asked for.")}
    success["content"] = {form: {"schema": _answer_schema(form)} for form in forms}
    success["headers"] = {
        "Link": {"schema": dict(_TEXT), "description": "The @context of the answer, and the pages beside it."},
        "Location": {"schema": dict(_TEXT), "description": "Where what was created is."},
        "NGSILD-Results-Count": {"schema": {"type": "integer"}, "description": "How many match, with count=true."},
    }
    return {
        "2XX": success,
        "304": {"description": "Nothing changed since what the condition names."},
        "4XX": {"$ref": "#/components/responses/Refused"},
        "5XX": {"$ref": "#/components/responses/Failed"},
    }


def _answer_schema(form: str) -> dict[str, Any]:
    if form == GEO_JSON:
        return {"$ref": "#/components/schemas/GeoJson"}
    return {"type": ["object", "array"]} if form in (JSON, LD_JSON) else {}


def _components(asks_token: bool) -> dict[str, Any]:
    problem = {JSON: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    components: dict[str, Any] = {
        "parameters": {
            "Tenant": {
                "name": "NGSILD-Tenant",
                "in": "header",
                "schema": dict(_TEXT),
                "description": "The tenant; without it the default one.",
            },
            "Context": {
                "name": "Link",
                "in": "header",
                "schema": dict(_TEXT),
                "description": 'The @context of names: <URL>; rel="http://www.w3.org/ns/json-ld#context".',
            },
        },
        "responses": {
            "Refused": {"description": "The request was refused, with the reason.", "content": problem},
            "Failed": {"description": "The broker failed, or what it asked did.", "content": problem},
        },
        "schemas": {
            "ProblemDetails": {
                "type": "object",
                "properties": {
                    "type": dict(_URI),
                    "title": dict(_TEXT),
                    "status": {"type": "integer"},
                    "detail": dict(_TEXT),
                },
            },
            "GeoJson": {
                "type": "object",
                "required": ["type"],
                "properties": {"type": {"enum": ["Feature", "FeatureCollection"]}},
            },
        },
    }
    if asks_token:
        components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    return components
