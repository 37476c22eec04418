"""Connect a city's data to any NGSI-LD context broker.

Three doors: ``Client`` and ``AsyncClient`` talk to a broker, ``citycontext.models`` has the entity classes of Smart
Data Models, and the command ``citycontext bridge run`` turns sensor messages into entities. A name here is imported
when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citycontext.lazy_names import lazy_names

if TYPE_CHECKING:
    from citycontext.client import AsyncClient, Client
    from citycontext.errors import CityContextError
    from citycontext.models import model_for
    from citycontext.ngsild import (
        NULL,
        AnyValue,
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
    "AnyValue",
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

if not TYPE_CHECKING:  # so that a checker finds a name that is not there
    __getattr__ = lazy_names(__name__, {name: _ELSEWHERE.get(name, "ngsild") for name in __all__})


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
