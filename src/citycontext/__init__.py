"""Connect a city's data to any NGSI-LD context broker.

Three doors: ``Client`` and ``AsyncClient`` talk to a broker, ``citycontext.models`` has the entity classes of Smart
Data Models, and the command ``citycontext bridge run`` turns sensor messages into entities. A name here is imported
when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from citycontext.client import AsyncClient, Client
    from citycontext.errors import CityContextError
    from citycontext.models import model_for
    from citycontext.ngsild import (
        NULL,
        Attr,
        Entity,
        GeoAttr,
        GeoProperty,
        JsonProperty,
        LanguageProperty,
        ListProperty,
        ListRelationship,
        OptAttr,
        OptGeoAttr,
        OptRelAttr,
        Property,
        Relationship,
        RelAttr,
        VocabProperty,
        attribute,
        dump,
        entity_urn,
        load,
        load_many,
        optional,
        point,
    )
    from citycontext.ngsild.query import Q, near

__all__ = [
    "NULL",
    "AsyncClient",
    "Attr",
    "CityContextError",
    "Client",
    "Entity",
    "GeoAttr",
    "GeoProperty",
    "JsonProperty",
    "LanguageProperty",
    "ListProperty",
    "ListRelationship",
    "OptAttr",
    "OptGeoAttr",
    "OptRelAttr",
    "Property",
    "Q",
    "RelAttr",
    "Relationship",
    "VocabProperty",
    "__version__",
    "attribute",
    "dump",
    "entity_urn",
    "load",
    "load_many",
    "model_for",
    "near",
    "optional",
    "point",
]

__version__: Final = "0.1.0"

_ELSEWHERE: Final = {
    "AsyncClient": "client",
    "Client": "client",
    "CityContextError": "errors",
    "model_for": "models",
    "Q": "ngsild.query",
    "near": "ngsild.query",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'citycontext' has no attribute {name!r}")
    found = getattr(import_module(f"citycontext.{_ELSEWHERE.get(name, 'ngsild')}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
