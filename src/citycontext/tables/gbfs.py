"""Stations of shared vehicles: GBFS 2.x and 3.0, from the file of files to one record a station."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from citycontext.tables.records import FeedError, FeedReader, FeedRequest, Record, is_language, json_of

__all__ = ["read_gbfs"]

_NEEDED: Final = ("station_information", "station_status")
_MILLISECONDS: Final = 100_000_000_000
_COUNTS: Final = {
    "vehicles_available": ("num_vehicles_available", "num_bikes_available"),
    "docks_available": ("num_docks_available",),
    "vehicles_disabled": ("num_vehicles_disabled", "num_bikes_disabled"),
    "docks_disabled": ("num_docks_disabled",),
}


def read_gbfs(url: str, language: str | None = None, files: Sequence[str] = ()) -> FeedReader:
    """Read the stations of a system, and files of it as they are.

    A record has ``system``, ``station``, ``name``, ``short_name``, ``address``, ``latitude``, ``longitude``,
    ``capacity``, ``vehicles_available``, ``docks_available``, ``vehicles_disabled``, ``docks_disabled``, ``is_open``,
    ``status`` (as BikeHireDockingStation has it), ``reported`` (RFC 3339) and, as they came, ``information`` and
    ``state``. A file is a record of the kind ``files`` with ``system``, ``file``, ``version``, ``ttl``, ``reported``,
    ``last_updated`` (seconds since 1970, as the GBFS models have it) and ``data``.

    Args:
        url: Address of ``gbfs.json``.
        language: Which language to take where there are several; the first by default.
        files: Names of files to read as they are, e.g. ``station_status`` or ``vehicle_types``.

    Raises:
        FeedError: It is not GBFS, has no stations, or lacks one of the files.
    """
    found = json_of((yield FeedRequest(url)), "gbfs.json")
    feeds = _feeds(found, language)
    missing = [name for name in _NEEDED if name not in feeds]
    if missing:
        raise FeedError(f"the system has no stations: gbfs.json names no {', '.join(missing)}")
    absent = [name for name in files if name not in feeds]
    if absent:
        raise FeedError(f"gbfs.json names no {', '.join(absent)}; it names {', '.join(feeds)}"[:300])
    read: dict[str, Any] = {}
    for name in dict.fromkeys(("system_information", *_NEEDED, *files)):
        if name in feeds:
            read[name] = json_of((yield FeedRequest(feeds[name])), name)
    system = str(_data(read["system_information"]).get("system_id", "")) if "system_information" in read else ""
    information, states = (_stations(read[name], name) for name in _NEEDED)
    updated = _time(read["station_status"].get("last_updated"))
    records = []
    for station, state in states.items():
        document = _record(system, station, information.get(station, {}), state, updated, language)
        records.append(Record(station, document))
    return records + [Record(name, _file(system, name, read[name]), "files") for name in files]


def _file(system: str, name: str, document: dict[str, Any]) -> dict[str, Any]:
    updated = _time(document.get("last_updated"))
    return {
        "system": system or "system",
        "file": name,
        "version": document.get("version"),
        "ttl": document.get("ttl"),
        "last_updated": None if updated is None else _seconds(updated),
        "reported": updated,
        "data": _data(document),
    }


def _feeds(found: Any, language: str | None) -> dict[str, str]:
    data = _data(found)
    listed = data.get("feeds")
    if listed is None:
        # Before 3.0 there was a list for each language.
        chosen = next((one for one in data if is_language(one, language)), next(iter(data), ""))
        of_language = data.get(chosen)
        listed = of_language.get("feeds") if isinstance(of_language, dict) else None
    if not isinstance(listed, list):
        raise FeedError("this is not a gbfs.json: it names no feeds")
    return {
        str(one["name"]): str(one["url"]) for one in listed if isinstance(one, dict) and "name" in one and "url" in one
    }


def _data(document: Any) -> dict[str, Any]:
    data = document.get("data") if isinstance(document, dict) else None
    if not isinstance(data, dict):
        raise FeedError("this is not GBFS: it has no data")
    return data


def _stations(document: Any, what: str) -> dict[str, dict[str, Any]]:
    stations = _data(document).get("stations")
    if not isinstance(stations, list):
        raise FeedError(f"{what} has no stations")
    return {str(one["station_id"]): one for one in stations if isinstance(one, dict) and "station_id" in one}


def _record(
    system: str,
    station: str,
    information: Mapping[str, Any],
    state: Mapping[str, Any],
    updated: str | None,
    language: str | None,
) -> dict[str, Any]:
    record: dict[str, Any] = {
        "system": system or "system",
        "station": station,
        "name": _text(information.get("name"), language),
        "short_name": _text(information.get("short_name"), language),
        "address": information.get("address"),
        "latitude": information.get("lat"),
        "longitude": information.get("lon"),
        "capacity": information.get("capacity"),
        "reported": _time(state.get("last_reported")) or updated,
    }
    for name, names in _COUNTS.items():
        record[name] = next((state[one] for one in names if state.get(one) is not None), None)
    if record["vehicles_available"] is None:
        record["vehicles_available"] = _sum_of(state.get("vehicle_types_available"))
    record["is_open"] = all(state.get(name, True) for name in ("is_installed", "is_renting", "is_returning"))
    record["status"] = _status(record, state)
    record["information"] = dict(information)
    record["state"] = dict(state)
    return {name: value for name, value in record.items() if value is not None}


def _sum_of(counts: Any) -> int | None:
    """Return how many there are of all types, where only types are counted."""
    found = [one.get("count") for one in counts if isinstance(one, dict)] if isinstance(counts, list) else []
    known = [one for one in found if isinstance(one, int)]
    return sum(known) if known else None


def _status(record: Mapping[str, Any], state: Mapping[str, Any]) -> str:
    if not state.get("is_installed", True) or not (state.get("is_renting", True) or state.get("is_returning", True)):
        return "outOfService"
    if not record["is_open"]:
        return "withIncidence"
    if record["vehicles_available"] == 0:
        return "empty"
    if record["docks_available"] == 0:
        return "full"
    return "working"


def _text(given: Any, language: str | None) -> str | None:
    """Return a text: since 3.0 it is a list of texts with their languages."""
    if not isinstance(given, list):
        return None if given is None else str(given)
    texts = [one for one in given if isinstance(one, dict) and "text" in one]
    chosen = next((one for one in texts if is_language(one.get("language"), language)), texts[0] if texts else None)
    return None if chosen is None else str(chosen["text"])


def _time(given: Any) -> str | None:
    """Return a time: seconds since 1970 before 3.0, RFC 3339 since; some write the seconds as text."""
    if isinstance(given, str):
        given = given.strip()
        if not given.isdecimal():
            return given or None
        given = int(given[:20])
    if isinstance(given, bool) or not isinstance(given, int | float) or given <= 0:
        return None
    # Some count milliseconds.
    seconds = given / 1000 if given >= _MILLISECONDS else given
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
    except (OverflowError, OSError, ValueError):
        return None


def _seconds(time: str) -> int | None:
    try:
        return int(datetime.fromisoformat(time).timestamp())
    except ValueError:
        return None
