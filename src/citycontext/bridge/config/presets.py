"""Routes that a source brings along: what is in a feed of a known form, and the entities it becomes."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["preset_routes"]

_GBFS: Final[dict[str, Any]] = {
    "type": "BikeHireDockingStation",
    "id": "urn:ngsi-ld:BikeHireDockingStation:{system}:{station}",
    "observed_at": ["reported"],
    "attributes": {
        "name": {"from": "name"},
        "stationName": {"from": "short_name"},
        "location": {"longitude": "longitude", "latitude": "latitude"},
        "totalSlotNumber": {"from": "capacity", "datatype": "integer"},
        "availableBikeNumber": {"from": "vehicles_available", "datatype": "integer"},
        "freeSlotNumber": {"from": "docks_available", "datatype": "integer"},
        "outOfServiceSlotNumber": {"from": "docks_disabled", "datatype": "integer"},
        "status": {"from": "status"},
    },
}
_DATEX2: Final[dict[str, Any]] = {
    "type": "OffStreetParking",
    "id": "urn:ngsi-ld:OffStreetParking:{id}",
    "observed_at": ["time"],
    "attributes": {
        "name": {"from": "name"},
        "location": {"longitude": "longitude", "latitude": "latitude"},
        "totalSpotNumber": {"from": "total", "datatype": "integer", "minimum": 1, "wrong": "leave-out"},
        "availableSpotNumber": {"from": "vacant", "datatype": "integer"},
        "occupiedSpotNumber": {"from": "occupied", "datatype": "integer"},
        "occupancy": {"from": "occupancy"},
        "status": {"from": "status"},
    },
}
_GBFS_FILE: Final[dict[str, Any]] = {
    "observed_at": ["reported"],
    "attributes": {
        "last_updated": {"from": "last_updated", "datatype": "integer"},
        "ttl": {"from": "ttl", "datatype": "integer"},
        "version": {"from": "version"},
        "data": {"from": "data"},
    },
}
_ROUTES: Final = {"gbfs": _GBFS, "datex2": _DATEX2}


def preset_routes(given: Any) -> Any:
    """Add, to a configuration as TOML read it, the routes of sources that bring their own.

    Args:
        given: The tree.

    Returns:
        The tree with them; a route that says ``source = NAME`` takes their place.
    """
    if not isinstance(given, dict):
        return given
    sources, routes = given.get("source"), given.get("route", [])
    sources = [sources] if isinstance(sources, dict) else sources
    if not isinstance(sources, list) or not isinstance(routes, list):
        return given
    spoken_for = {route.get("source") for route in routes if isinstance(route, dict)}
    more = []
    for source in sources:
        if not isinstance(source, dict) or source.get("kind") != "http_poll":
            continue
        name = source.get("name", "poll")
        brought = _ROUTES.get(str(source.get("preset")))
        if brought is not None and isinstance(name, str) and name not in spoken_for:
            more.append(brought | {"name": name, "source": name, "topic": f"{name}/{{key}}"})
            more += _file_routes(name, source.get("feeds")) if brought is _GBFS else []
    return given | {"route": [*routes, *more]} if more else given


def _file_routes(name: str, feeds: Any) -> list[dict[str, Any]]:
    named = [feeds] if isinstance(feeds, str) else feeds if isinstance(feeds, list) else []
    return [
        _GBFS_FILE
        | {"type": str(feed), "id": f"urn:ngsi-ld:{feed}:{{system}}"}
        | {"name": f"{name} {feed}", "source": name, "topic": f"{name}/files/{feed}"}
        for feed in named
    ]
