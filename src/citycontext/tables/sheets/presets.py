"""Feeds of known forms as tables, each with what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from citycontext.tables.datex2 import read_datex2
from citycontext.tables.gbfs import read_gbfs
from citycontext.tables.gtfs import read_gtfs_stops
from citycontext.tables.opendatasoft import read_opendatasoft
from citycontext.tables.records import FeedError, FeedReader
from citycontext.tables.sheets.documents import table_of_records
from citycontext.tables.sheets.mapping import TableMapping
from citycontext.tables.sheets.table import Table, TableError

__all__ = ["PRESETS", "Preset", "read_preset"]


@dataclass(frozen=True, slots=True)
class Preset:
    """A form of feed.

    Args:
        reader: Reads it from an address.
        mapping: What becomes of it; None where that differs from one data set to the next.
    """

    reader: Callable[[str], FeedReader]
    mapping: TableMapping | None = None


def _mapping(type_name: str, columns: list[str], attributes: dict[str, Any]) -> TableMapping:
    given = {
        "type": type_name,
        "zone": "UTC",
        "context": "models",
        "id": {"from": columns},
        "attributes": attributes,
    }
    return TableMapping.model_validate(given)


_REPORTED: Final = {"observed_at": "reported"}
_TIMED: Final = {"observed_at": "time"}
PRESETS: Final[dict[str, Preset]] = {
    "opendatasoft": Preset(read_opendatasoft),
    "gbfs": Preset(
        read_gbfs,
        _mapping(
            "BikeHireDockingStation",
            ["system", "station"],
            {
                "name": {"from": "name"},
                "location": {"latitude": "latitude", "longitude": "longitude"},
                "totalSlotNumber": {"from": "capacity"},
                "availableBikeNumber": {"from": "vehicles_available", **_REPORTED},
                "freeSlotNumber": {"from": "docks_available", **_REPORTED},
                "outOfServiceSlotNumber": {"from": "docks_disabled", **_REPORTED},
                "status": {"from": "status", **_REPORTED},
            },
        ),
    ),
    "datex2": Preset(
        lambda url: read_datex2((url,)),
        _mapping(
            "OffStreetParking",
            ["id"],
            {
                "name": {"from": "name"},
                "location": {"latitude": "latitude", "longitude": "longitude"},
                "totalSpotNumber": {"from": "total"},
                "availableSpotNumber": {"from": "vacant", **_TIMED},
                "occupiedSpotNumber": {"from": "occupied", **_TIMED},
                "occupancy": {"from": "occupancy", **_TIMED},
                "status": {"from": "status", **_TIMED},
            },
        ),
    ),
    "gtfs-stops": Preset(
        read_gtfs_stops,
        _mapping(
            "GtfsStop",
            ["stop_id"],
            {
                "name": {"from": "stop_name"},
                "code": {"from": "stop_code"},
                "description": {"from": "stop_desc"},
                "page": {"from": "stop_url"},
                "zoneCode": {"from": "zone_id"},
                "wheelChairAccessible": {"from": "wheelchair_boarding"},
                "hasParentStation": {"from": "parent_station", "target": "GtfsStop"},
                "location": {"latitude": "stop_lat", "longitude": "stop_lon"},
            },
        ),
    ),
}
"""The forms by name."""


def read_preset(name: str, url: str, fetch: Callable[[str, str], bytes]) -> tuple[Table, TableMapping | None]:
    """Read a feed of a known form.

    Args:
        name: The form.
        url: Its address, or a path.
        fetch: Returns the document at an address or path, given the media types that are wanted.

    Returns:
        The records as a table, and what becomes of them: of what the feed has.

    Raises:
        TableError: It is not such a feed.
    """
    preset = PRESETS[name]
    reader = preset.reader(url)
    try:
        wanted = next(reader)
        while True:
            wanted = reader.send(fetch(wanted.url, wanted.accept))
    except StopIteration as end:
        records = end.value
    except FeedError as error:
        raise TableError(str(error)) from None
    # Strings of the feed's own documents are kept whole beside the fields that were read of them.
    whole = ("information", "state", "element")
    rows = (
        (number, {key: value for key, value in one.document.items() if preset.mapping is None or key not in whole})
        for number, one in enumerate(records, 1)
    )
    table = table_of_records(rows, url)
    return table, None if preset.mapping is None else _of_what_is_there(preset.mapping, table)


def _of_what_is_there(mapping: TableMapping, table: Table) -> TableMapping:
    """Return a mapping without the attributes whose columns the feed does not have."""
    attributes = {
        name: one.model_copy(update={"observed_at": tuple(at for at in one.observed_at if at in table.columns)})
        for name, one in mapping.attributes.items()
        if set(one.columns) <= set(table.columns)
    }
    return mapping.model_copy(update={"attributes": attributes})
