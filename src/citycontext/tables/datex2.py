"""Car parks by DATEX II: the parking publications of versions 2 and 3, of records and of their states."""

from __future__ import annotations

from typing import Any, Final
from xml.etree import ElementTree

from citycontext.tables.records import FeedError, FeedReader, FeedRequest, Record, is_language
from citycontext.tables.xml_elements import all_of, first_of, parse_xml, text_of, to_plain, without

__all__ = ["read_datex2"]

_ACCEPT: Final = "application/xml, text/xml;q=0.9"
_STATES: Final = ("parkingRecordStatus", "parkingFacilityStatus", "parkingSiteStatus")
_RECORDS: Final = ("parkingRecord", "parkingFacility", "parkingSite", "urbanParkingSite", "interUrbanParkingSite")
_REFERENCES: Final = ("parkingRecordReference", "parkingFacilityReference", "parkingSiteReference")
_NUMBERS: Final = {
    "total": (
        "parkingNumberOfSpacesOverride",
        "parkingNumberOfSpaces",
        "totalParkingCapacityOverride",
        "totalParkingCapacity",
    ),
    "vacant": ("parkingNumberOfVacantSpaces", "vacantParkingSpaces", "numberOfVacantParkingSpaces"),
    "occupied": ("parkingNumberOfOccupiedSpaces", "totalNumberOfOccupiedParkingSpaces", "occupiedSpaces"),
}
_PARTS: Final = (
    "groupOfParkingSpaces",
    "groupOfParkingSpacesStatus",
    "parkingSpace",
    "parkingSpaceStatus",
    "parkingAccess",
    "parkingVehicle",
    "operator",
    "owner",
    "responsibleAuthority",
    "securityService",
    "emergencyContact",
    "contactDetails",
)
"""What has numbers, names and places of its own, which are not those of the car park."""
_PLACES: Final = ("parkingLocation", "facilityLocation", "parkingFacilityLocation")
_OPENING: Final = ("parkingSiteOpeningStatus", "parkingFacilityOpeningStatus", "openingStatus")
_FILLING: Final = ("parkingSiteStatus", "parkingFacilityStatus")
_STATUS: Final = {
    "open": "open",
    "opennow": "open",
    "closed": "closed",
    "closednow": "closed",
    "closedabnormal": "closedAbnormal",
    "openingtimesinforce": "openingTimesInForce",
    "full": "full",
    "carparkfull": "full",
    "fullatentrance": "fullAtEntrance",
    "almostfull": "almostFull",
    "spacesavailable": "spacesAvailable",
    "enoughspacesavailable": "spacesAvailable",
}


def read_datex2(urls: tuple[str, ...], language: str | None = None) -> FeedReader:
    """Read car parks; what several publications say of one is put together.

    A record has ``id``, ``name``, ``latitude``, ``longitude``, ``total``, ``vacant``, ``occupied``, ``occupancy`` (0 to
    1), ``status`` (a list, as OffStreetParking has it), ``time``, and ``element`` and ``state`` as they came.

    Args:
        urls: Addresses of the publications: of the car parks, of their states, or one that has both.
        language: Which language to take where there are several; the first by default.

    Raises:
        FeedError: One is not such a publication.
    """
    found: dict[str, dict[str, Any]] = {}
    for url in urls:
        root = parse_xml((yield FeedRequest(url, _ACCEPT)))
        published = text_of(root, "publicationTime")
        # A name may be that of an element and, elsewhere, of a value in it: only those with an id of their own count.
        states = [one for one in all_of(root, *_STATES) if first_of(one, *_REFERENCES) is not None]
        within = {id(inner) for one in states for inner in one.iter()}
        records = [one for one in all_of(root, *_RECORDS) if id(one) not in within and one.get("id")]
        if not states and not records and first_of(root, "payloadPublication", "payload") is None:
            raise FeedError("this is not a parking publication of DATEX II")
        for element in records:
            _put(found, str(element.get("id")), _record(without(element, *_PARTS), language), "element", element)
        for element in states:
            reference = first_of(element, *_REFERENCES)
            name = None if reference is None else reference.get("id") or text_of(element, *_REFERENCES)
            if name:
                _put(found, name, _state(without(element, *_PARTS), published), "state", element)
    return [Record(name, _completed(document)) for name, document in found.items()]


def _put(
    found: dict[str, dict[str, Any]], name: str, said: dict[str, Any], where: str, element: ElementTree.Element
) -> None:
    known = found.setdefault(name, {"id": name})
    known.update({key: value for key, value in said.items() if value is not None})
    known[where] = to_plain(element)


def _record(element: ElementTree.Element, language: str | None) -> dict[str, Any]:
    name = first_of(element, "parkingName", "parkingFacilityName", "name")
    place = first_of(element, *_PLACES)
    # Both from one point: a car park may also have an area, or a second point for maps.
    point = next((one for one in (element if place is None else place).iter() if _has_position(one)), None)
    record: dict[str, Any] = {
        "name": None if name is None else _text(name, language),
        "latitude": None if point is None else _number(text_of(point, "latitude")),
        "longitude": None if point is None else _number(text_of(point, "longitude")),
    }
    return record | _numbers(element)


def _has_position(element: ElementTree.Element) -> bool:
    return element.find("latitude") is not None and element.find("longitude") is not None


def _text(element: ElementTree.Element, language: str | None) -> str | None:
    values = all_of(element, "value")
    chosen = next((one for one in values if is_language(one.get("lang"), language)), values[0] if values else element)
    return text_of(chosen, chosen.tag)


def _state(element: ElementTree.Element, published: str | None) -> dict[str, Any]:
    state: dict[str, Any] = _numbers(element)
    words = [text for names in (_OPENING, _FILLING) if (text := _leaf(element, names)) is not None]
    statuses = [known for word in words if (known := _STATUS.get(word.replace("_", "").lower())) is not None]
    state["status"] = list(dict.fromkeys(statuses)) or None
    state["time"] = text_of(element, "parkingStatusOriginTime", "parkingFacilityStatusTime", "statusTime") or published
    share = _number(text_of(element, "parkingFacilityOccupancy"))
    if share is None:
        share = _number(_leaf(element, ("parkingOccupancy",)))
        # A percentage in version 2 and 3 of the publication of states.
        share = None if share is None else round(share / 100, 6)
    elif share > 1:
        share = round(share / 100, 6)
    state["occupancy"] = share
    return state


def _numbers(element: ElementTree.Element) -> dict[str, Any]:
    return {key: _whole(text_of(element, *names)) for key, names in _NUMBERS.items()}


def _leaf(element: ElementTree.Element, names: tuple[str, ...]) -> str | None:
    """Return the text of the first element of some names that has no elements of its own."""
    for name in names:
        for one in element.iter(name):
            if not len(one) and one is not element and (one.text or "").strip():
                return (one.text or "").strip()
    return None


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    total, vacant, occupied = (document.get(name) for name in ("total", "vacant", "occupied"))
    if total is not None and vacant is not None and occupied is None:
        document["occupied"] = occupied = max(0, total - vacant)
    if total is not None and occupied is not None and vacant is None:
        document["vacant"] = max(0, total - occupied)
    if document.get("occupancy") is None and total and occupied is not None:
        document["occupancy"] = round(min(1.0, occupied / total), 4)
    return document


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _whole(text: str | None) -> int | None:
    number = _number(text)
    return None if number is None or number != number or abs(number) > 1e9 else int(number)
