"""The description of the service of features, as OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from citycontext.publish.features.parameters import MOST, USUAL
from citycontext.web.media_types import GEO_JSON, JSON

__all__ = ["openapi"]

_PROBLEM: Final = {
    "description": "What was wrong with the request.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}},
}


def openapi(
    address: str, title: str, description: str, collections: Sequence[str], licence: str | None
) -> dict[str, Any]:
    """Return the description.

    Args:
        address: Where the service is.
        title: Its title.
        description: What the data are.
        collections: The names of the collections.
        licence: IRI of the licence of the data.
    """
    collection = {
        "name": "collection",
        "in": "path",
        "required": True,
        "description": "The type of the features.",
        "schema": {"type": "string", **({"enum": list(collections)} if collections else {})},
    }
    item = {"name": "item", "in": "path", "required": True, "description": "The id.", "schema": {"type": "string"}}
    of_items = [{"$ref": f"#/components/parameters/{name}"} for name in ("bbox", "datetime", "limit", "offset")]
    info: dict[str, Any] = {"title": title, "version": "1.0.0"}
    if description:
        info["description"] = description
    if licence:
        info["license"] = {"name": licence, "url": licence}
    return {
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": address or "/"}],
        "paths": {
            "/": _path("landing", "The landing page.", "object"),
            "/conformance": _path("conformance", "What the service conforms to.", "object"),
            "/collections": _path("collections", "The collections.", "object"),
            "/collections/{collection}": _path("collection", "A collection.", "object", [collection]),
            "/collections/{collection}/items": _path(
                "items", "The features of a collection.", "features", [collection, *of_items], GEO_JSON
            ),
            "/collections/{collection}/items/{item}": _path(
                "item", "A feature.", "feature", [collection, item], GEO_JSON
            ),
        },
        "components": {"parameters": _PARAMETERS, "schemas": _SCHEMAS},
    }


def _path(
    name: str, summary: str, schema: str, parameters: Sequence[dict[str, Any]] = (), media_type: str = JSON
) -> dict[str, Any]:
    shape = {"type": "object"} if schema == "object" else {"$ref": f"#/components/schemas/{schema}"}
    responses: dict[str, Any] = {"200": {"description": summary, "content": {media_type: {"schema": shape}}}}
    responses["400"] = _PROBLEM
    if parameters:
        responses["404"] = _PROBLEM
    operation: dict[str, Any] = {"operationId": name, "summary": summary, "responses": responses}
    if parameters:
        operation["parameters"] = list(parameters)
    return {"get": operation}


_PARAMETERS: Final[dict[str, Any]] = {
    "bbox": {
        "name": "bbox",
        "in": "query",
        "description": "West, south, east and north, in degrees.",
        "style": "form",
        "explode": False,
        "schema": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
    },
    "datetime": {
        "name": "datetime",
        "in": "query",
        "description": "A time, or two with a slash in between; `..` is open.",
        "schema": {"type": "string"},
    },
    "limit": {
        "name": "limit",
        "in": "query",
        "description": "How many features at most.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    },
    "offset": {
        "name": "offset",
        "in": "query",
        "description": "How many features to leave out.",
        "schema": {"type": "integer", "minimum": 0, "default": 0},
    },
}
_FEATURE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {
        "type": {"const": "Feature"},
        "id": {"type": "string"},
        "geometry": {"type": ["object", "null"]},
        "properties": {"type": ["object", "null"]},
    },
}
_SCHEMAS: Final[dict[str, Any]] = {
    "feature": _FEATURE,
    "features": {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "numberMatched": {"type": "integer"},
            "numberReturned": {"type": "integer"},
            "features": {"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
        },
    },
    "problem": {
        "type": "object",
        "properties": {
            "status": {"type": "integer"},
            "title": {"type": "string"},
            "detail": {"type": "string"},
        },
    },
}
