"""Feeds of others: each form is read into the same records, and what is not one of it is refused with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest

from citycontext.tables import FeedError, FeedReader, Record
from citycontext.tables.ckan import read_ckan
from citycontext.tables.datex2 import read_datex2
from citycontext.tables.gbfs import read_gbfs
from citycontext.tables.opendatasoft import read_opendatasoft
from citycontext.tables.rows import read_csv, read_json, read_xml

Site = Callable[[str], bytes]


def read(reader: FeedReader, site: Site | Mapping[str, Any]) -> tuple[list[Record], list[str]]:
    """Read a feed from a site; gives the records and the addresses that were asked."""
    asked = []
    try:
        wanted = next(reader)
        while True:
            asked.append(wanted.url)
            if callable(site):
                content = site(wanted.url)
            else:
                content = site[wanted.url] if isinstance(site[wanted.url], bytes) else orjson.dumps(site[wanted.url])
            wanted = reader.send(content)
    except StopIteration as end:
        return end.value, asked


GBFS_2 = {
    "g": {
        "version": "2.3",
        "data": {
            "nl": {
                "feeds": [
                    {"name": n, "url": n} for n in ("system_information", "station_information", "station_status")
                ]
            }
        },
    },
    "system_information": {"data": {"system_id": "gent", "name": "Fietsen"}},
    "station_information": {
        "data": {
            "stations": [
                {"station_id": "1", "name": "Korenmarkt", "lat": 51.05, "lon": 3.72, "capacity": 20},
                {"station_id": "2", "name": "Zuid", "lat": 51.04, "lon": 3.73},
            ]
        }
    },
    "station_status": {
        "last_updated": 1700000000,
        "data": {
            "stations": [
                {
                    "station_id": "1",
                    "num_bikes_available": 3,
                    "num_docks_available": 17,
                    "is_installed": True,
                    "is_renting": True,
                    "is_returning": True,
                    "last_reported": 1700000060,
                },
                {
                    "station_id": "2",
                    "num_bikes_available": 0,
                    "num_docks_available": 9,
                    "num_docks_disabled": 1,
                    "is_installed": 1,
                    "is_renting": 1,
                    "is_returning": 1,
                },
                {"station_id": "9", "num_bikes_available": 1, "is_installed": False},
            ]
        },
    },
}
GBFS_3 = {
    "g": {
        "version": "3.0",
        "data": {"feeds": [{"name": n, "url": n} for n in ("station_status", "station_information")]},
    },
    "station_information": {
        "data": {
            "stations": [
                {
                    "station_id": "1",
                    "name": [{"text": "Marché", "language": "fr"}, {"text": "Markt", "language": "nl"}],
                    "lat": 51.05,
                    "lon": 3.72,
                }
            ]
        }
    },
    "station_status": {
        "last_updated": "2026-01-01T00:00:00Z",
        "data": {
            "stations": [
                {
                    "station_id": "1",
                    "num_vehicles_available": 5,
                    "num_docks_available": 0,
                    "is_installed": True,
                    "is_renting": True,
                    "is_returning": False,
                    "last_reported": "2026-01-01T00:01:00Z",
                }
            ]
        },
    },
}


def test_gbfs_2_puts_information_and_status_together() -> None:
    """By station, with the time of its report, or that of the file where it says none; unknown ones too."""
    records, asked = read(read_gbfs("g"), GBFS_2)
    assert asked == ["g", "system_information", "station_information", "station_status"]
    first, second, third = (dict(record.document) for record in records)
    assert (first["system"], first["station"], first["name"], first["capacity"]) == ("gent", "1", "Korenmarkt", 20)
    assert (first["vehicles_available"], first["docks_available"], first["status"]) == (3, 17, "working")
    assert first["reported"] == "2023-11-14T22:14:20Z"
    assert (second["status"], second["docks_disabled"], second["reported"]) == ("empty", 1, "2023-11-14T22:13:20Z")
    assert (third["status"], third["is_open"], "latitude" in third) == ("outOfService", False, False)


def test_gbfs_3_has_vehicles_languages_and_written_times() -> None:
    """The same record comes of it; the language is the one asked for."""
    records, _ = read(read_gbfs("g", "nl"), GBFS_3)
    document = records[0].document
    assert (document["name"], document["vehicles_available"], document["system"]) == ("Markt", 5, "system")
    assert (document["reported"], document["status"]) == ("2026-01-01T00:01:00Z", "withIncidence")
    assert read(read_gbfs("g"), GBFS_3)[0][0].document["name"] == "Marché"


@pytest.mark.parametrize("reported", ["2026-03-01T12:00:00Z", 1772366400, "1772366400", 1772366400000])
def test_gbfs_times_are_read_however_they_are_written(reported: Any) -> None:
    """As text or as a number, of seconds or milliseconds, or as the text of a number."""
    state = {"station_id": "1", "vehicle_types_available": [{"count": 2}, {"count": 3}], "last_reported": reported}
    site = GBFS_3 | {"station_status": {"data": {"stations": [state]}}}
    document = read(read_gbfs("g", "nl-BE"), site)[0][0].document
    assert (document["reported"], document["vehicles_available"]) == ("2026-03-01T12:00:00Z", 5)
    assert document["name"] == "Markt"


def test_gbfs_files_come_along_as_they_are() -> None:
    """For the models of GBFS, whose time is a number; a file that the system lacks is named."""
    records, asked = read(read_gbfs("g", None, ["station_status"]), GBFS_3)
    assert asked == ["g", "station_information", "station_status"]
    assert (records[-1].kind, records[-1].key) == ("files", "station_status")
    document = records[-1].document
    assert (document["last_updated"], document["data"]) == (1767225600, GBFS_3["station_status"]["data"])
    with pytest.raises(FeedError, match="names no vehicle_types; it names station_status"):
        read(read_gbfs("g", None, ["vehicle_types"]), GBFS_3)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"<html>", "not JSON"),
        ({"data": {"nl": {}}}, "names no feeds"),
        ({"data": {"feeds": [{"name": "free_bike_status", "url": "f"}]}}, "has no stations"),
        ([], "it has no data"),
    ],
)
def test_what_is_no_gbfs_is_refused(document: Any, reason: str) -> None:
    """With a reason for a person."""
    with pytest.raises(FeedError, match=reason):
        read(read_gbfs("g"), {"g": document})


GARAGES = [
    {
        "name": f"Garage {number}",
        "lastupdate": "2026-03-01T12:00:00+01:00",
        "totalcapacity": 500,
        "availablecapacity": 500 - number,
        "occupation": number,
        "openingtimesdescription": "24/7",
        "location": {"lon": 3.7 + number / 100, "lat": 51.05},
        "operatorinformation": '{"name": "Stad Gent"}',
    }
    for number in range(13)
]


def test_opendatasoft_reads_page_after_page() -> None:
    """To the last record; JSON that stands in text is taken out, coordinates stay as they are."""

    def site(url: str) -> bytes:
        offset = int(url.partition("offset=")[2].partition("&")[0])
        limit = int(url.partition("limit=")[2].partition("&")[0])
        return orjson.dumps({"total_count": 13, "results": GARAGES[offset : offset + limit]})

    address = "https://data.example/api/explore/v2.1/catalog/datasets/garages"
    records, asked = read(read_opendatasoft(f"{address}/records?limit=5&where=a"), site)
    assert [record.key for record in records] == [f"Garage {number}" for number in range(13)]
    assert [url.partition("?")[2] for url in asked] == [f"limit=5&where=a&offset={n}" for n in (0, 5, 10)]
    assert records[2].document["operatorinformation"] == {"name": "Stad Gent"}
    assert records[2].document["location"] == {"lon": 3.72, "lat": 51.05}
    assert read(read_opendatasoft(address), site)[1][0].startswith(f"{address}/records?limit=100")


def test_opendatasoft_exports_come_whole() -> None:
    """As JSON, or as GeoJSON with its positions."""
    url = "https://data.example/api/explore/v2.1/catalog/datasets/garages/exports/json"
    records, asked = read(read_opendatasoft(url, "name"), {url: GARAGES})
    assert (len(records), asked) == (13, [url])
    url = url.replace("json", "geojson")
    point = {"type": "Point", "coordinates": [3.7, 51.0]}
    features = {"type": "FeatureCollection", "features": [{"properties": {"name": "a"}, "geometry": point}]}
    records, _ = read(read_opendatasoft(url), {url: features})
    assert records[0] == Record("a", {"name": "a", "geometry": point})


@pytest.mark.parametrize(
    ("form", "content"),
    [("jsonl", b'{"name": "a", "free": "5"}\n\n{"name": "b", "free": "6"}\n'), ("csv", b"name;free\r\na;5\r\nb;6\r\n")],
)
def test_opendatasoft_exports_of_other_forms(form: str, content: bytes) -> None:
    """As lines of JSON and as CSV they are the same records."""
    url = f"https://data.example/api/explore/v2.1/catalog/datasets/garages/exports/{form}"
    records, _ = read(read_opendatasoft(url), {url: content})
    assert records == [Record("a", {"name": "a", "free": "5"}), Record("b", {"name": "b", "free": "6"})]


def test_opendatasoft_beyond_its_pages_names_the_export() -> None:
    """Pages end at 10,000; reading half of a data set without a word would be worse."""
    page = orjson.dumps({"total_count": 20_000, "results": [{"id": n} for n in range(100)]})
    with pytest.raises(FeedError, match="exports/json"):
        read(read_opendatasoft("https://d/datasets/x"), lambda url: page)


def test_ckan_reads_page_after_page() -> None:
    """By its total; a failure that comes with status 200 is one."""

    def site(url: str) -> bytes:
        offset = int(url.partition("offset=")[2].partition("&")[0])
        rows = [{"_id": n, "spaces": "3"} for n in range(offset, min(offset + 2, 5))]
        return orjson.dumps({"success": True, "result": {"records": rows, "total": 5}})

    records, asked = read(read_ckan("https://ckan.example/api/3/action/datastore_search?resource_id=r&limit=2"), site)
    assert [record.key for record in records] == ["0", "1", "2", "3", "4"]
    assert len(asked) == 3
    by_statement = "https://ckan.example/api/3/action/datastore_search_sql?sql=SELECT"
    answer = orjson.dumps({"success": True, "result": {"records": [{"_id": n} for n in range(2000)]}})
    records, asked = read(read_ckan(by_statement), lambda url: answer)
    assert (len(records), asked) == (2000, [by_statement])
    failed = orjson.dumps({"success": False, "error": {"message": "Not found"}})
    with pytest.raises(FeedError, match="Not found"):
        read(read_ckan("https://ckan.example"), lambda url: failed)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_finds_its_delimiter(delimiter: str) -> None:
    """A byte order mark, quotes, empty cells and empty lines are not trouble."""
    rows = [["id", "name", "free"], ["p1", '"a, b; c"', "5"], ["p2", "x", ""], ["", "", ""]]
    text = "\ufeff" + "\r\n".join(delimiter.join(row) for row in rows)
    records, _ = read(read_csv("u"), {"u": text.encode()})
    assert records == [
        Record("p1", {"id": "p1", "name": "a, b; c", "free": "5"}),
        Record("p2", {"id": "p2", "name": "x"}),
    ]


@pytest.mark.parametrize(
    "text",
    [
        'id;"free, of all, now";lat\nA;5;51,05\n',
        'sep=;\r\nid;"free, of all, now";lat\r\nA;5;51,05\r\n',
        '\nid;"free, of all, now";lat\n A ;5;51,05\n ;;\n',
    ],
)
def test_csv_of_spreadsheets(text: str) -> None:
    """Commas in quoted names are not delimiters, Excel's first line is not data, and decimal commas stay."""
    records, _ = read(read_csv("u", encoding="utf-8"), {"u": ("\ufeff" + text).encode()})
    assert records == [Record("A", {"id": "A", "free, of all, now": "5", "lat": "51,05"})]


def test_csv_of_another_encoding_says_so() -> None:
    """And is read with the right one."""
    content = "id;naam\n1;Ledeberg é\n".encode("latin-1")
    with pytest.raises(FeedError, match="say encoding"):
        read(read_csv("u"), {"u": content})
    assert read(read_csv("u", encoding="latin-1"), {"u": content})[0][0].document["naam"] == "Ledeberg é"
    with pytest.raises(FeedError, match="no column 'x'; it has id, naam"):
        read(read_csv("u", "x", "latin-1"), {"u": content})


def test_json_and_xml_by_a_path() -> None:
    """The list is found where the path says; one element in XML is a list of one."""
    records, _ = read(read_json("u", lambda d: d["items"], lambda d: d["id"]), {"u": {"items": [{"id": 7}]}})
    assert records == [Record("7", {"id": 7})]
    xml = b"<a xmlns='urn:x'><b n='1'><c>5</c><c>6</c>t</b></a>"
    records, _ = read(read_xml("u", lambda d: d["a"]["b"], lambda d: d["@n"]), {"u": xml})
    assert records == [Record("1", {"@n": "1", "c": ["5", "6"]})]
    with pytest.raises(FeedError, match="no list"):
        read(read_json("u", lambda d: d["x"], None), {"u": {"x": 5}})


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        b"<a>" * 200 + b"</a>" * 200,
        b"<a><b></a>",
        b"",
        b"<?xml version='1.0' encoding='no-such'?><a/>",
    ],
)
def test_hostile_xml_is_refused(content: bytes) -> None:
    """Document types, by which a small file fills the memory or reads ours, very deep ones, and what is not one."""
    with pytest.raises(FeedError):
        read(read_xml("u", lambda d: d, None), {"u": content})


DATEX = b"""<?xml version="1.0"?>
<d2:d2LogicalModel xmlns:d2="http://datex2.eu/schema/2/2_0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <d2:payloadPublication xsi:type="d2:GenericPublication">
  <d2:publicationTime>2026-03-01T12:00:00+01:00</d2:publicationTime>
  %b
 </d2:payloadPublication></d2:d2LogicalModel>"""
TABLE = b"""<d2:parkingTable id="t" version="1"><d2:parkingRecord id="P1" version="1">
  <d2:parkingName><d2:values><d2:value lang="nl">Vrijdagmarkt</d2:value></d2:values></d2:parkingName>
  <d2:parkingNumberOfSpaces>647</d2:parkingNumberOfSpaces>
  <d2:parkingLocation><d2:pointByCoordinates><d2:pointCoordinates><d2:latitude>51.0570</d2:latitude>
  <d2:longitude>3.7263</d2:longitude></d2:pointCoordinates></d2:pointByCoordinates></d2:parkingLocation>
 </d2:parkingRecord></d2:parkingTable>"""
STATE = b"""<d2:parkingRecordStatus><d2:parkingRecordReference targetClass="ParkingRecord" id="P1" version="1"/>
  <d2:parkingStatusOriginTime>2026-03-01T11:59:00+01:00</d2:parkingStatusOriginTime>
  <d2:parkingOccupancy><d2:parkingNumberOfVacantSpaces>147</d2:parkingNumberOfVacantSpaces></d2:parkingOccupancy>
  <d2:parkingSiteStatus>spacesAvailable</d2:parkingSiteStatus>
  <d2:parkingSiteOpeningStatus>open</d2:parkingSiteOpeningStatus></d2:parkingRecordStatus>"""


@pytest.mark.parametrize("bodies", [(TABLE + STATE,), (TABLE, STATE), (STATE, TABLE)])
def test_datex2_puts_table_and_states_together(bodies: tuple[bytes, ...]) -> None:
    """From one publication or two, in any order; what one number says of another is worked out."""
    site = {str(number): DATEX % body for number, body in enumerate(bodies)}
    records, _ = read(read_datex2(tuple(site)), site)
    (record,) = records
    document = dict(record.document)
    assert (record.key, document["name"], document["total"]) == ("P1", "Vrijdagmarkt", 647)
    assert (document["latitude"], document["longitude"]) == (51.057, 3.7263)
    assert (document["vacant"], document["occupied"], document["occupancy"]) == (147, 500, 0.7728)
    assert (document["status"], document["time"]) == (["open", "spacesAvailable"], "2026-03-01T11:59:00+01:00")


def test_datex2_of_facilities() -> None:
    """The older form: facilities with a capacity, and a share that is full."""
    body = b"""<d2:genericPublicationExtension><d2:parkingFacilityTablePublication><d2:parkingFacility id="F">
      <d2:parkingFacilityName><d2:values><d2:value>Zuid</d2:value></d2:values></d2:parkingFacilityName>
      <d2:totalParkingCapacity>200</d2:totalParkingCapacity></d2:parkingFacility></d2:parkingFacilityTablePublication>
      <d2:parkingFacilityStatus><d2:parkingFacilityOccupancy>0.25</d2:parkingFacilityOccupancy>
      <d2:parkingFacilityReference id="F" version="1"/><d2:parkingFacilityStatus>full</d2:parkingFacilityStatus>
      <d2:totalNumberOfOccupiedParkingSpaces>50</d2:totalNumberOfOccupiedParkingSpaces></d2:parkingFacilityStatus>
      </d2:genericPublicationExtension>"""
    (record,) = read(read_datex2(("u",)), {"u": DATEX % body})[0]
    document = record.document
    assert (document["name"], document["total"], document["vacant"], document["occupancy"]) == ("Zuid", 200, 150, 0.25)
    assert document["status"] == ["full"]
    with pytest.raises(FeedError, match="not a parking publication"):
        read(read_datex2(("u",)), {"u": b"<html/>"})


DATEX_3 = b"""<?xml version="1.0" encoding="UTF-8"?>
<mc:messageContainer xmlns:mc="http://datex2.eu/schema/3/messageContainer" xmlns:com="http://datex2.eu/schema/3/common"
 xmlns:loc="http://datex2.eu/schema/3/locationReferencing" xmlns:prk="http://datex2.eu/schema/3/parking"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><mc:payload xsi:type="prk:ParkingTablePublication" lang="nl">
 <com:publicationTime>2026-03-01T11:00:00Z</com:publicationTime>
 <prk:parkingTable id="T" version="1"><prk:parkingRecord xsi:type="prk:UrbanParkingSite" id="Oost" version="2">
  <prk:parkingName><com:values><com:value lang="fr">Est</com:value><com:value lang="nl">Oost</com:value></com:values>
  </prk:parkingName>
  <prk:groupOfParkingSpaces><prk:parkingNumberOfSpaces>20</prk:parkingNumberOfSpaces></prk:groupOfParkingSpaces>
  <prk:parkingNumberOfSpaces>300</prk:parkingNumberOfSpaces>
  <prk:operator id="o"><loc:latitude>1.0</loc:latitude><loc:longitude>1.0</loc:longitude></prk:operator>
  <prk:parkingLocation xsi:type="loc:PointLocation"><loc:pointByCoordinates><loc:pointCoordinates>
   <loc:latitude>51.1</loc:latitude><loc:longitude>3.8</loc:longitude></loc:pointCoordinates></loc:pointByCoordinates>
  </prk:parkingLocation></prk:parkingRecord></prk:parkingTable></mc:payload></mc:messageContainer>"""
DATEX_3_STATE = b"""<d2:payload xmlns:d2="http://datex2.eu/schema/3/d2Payload" xmlns:c="http://datex2.eu/schema/3/common"
 xmlns:p="http://datex2.eu/schema/3/parking" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:type="p:ParkingStatusPublication"><c:publicationTime>2026-03-01T12:00:00Z</c:publicationTime>
 <p:parkingRecordStatus xsi:type="p:ParkingSiteStatus">
  <p:parkingRecordReference targetClass="p:ParkingRecord" id="Oost" version="2"/>
  <p:groupOfParkingSpacesStatus groupIndex="1"><p:parkingOccupancy>
   <p:parkingNumberOfVacantSpaces>3</p:parkingNumberOfVacantSpaces></p:parkingOccupancy></p:groupOfParkingSpacesStatus>
  <p:parkingOccupancy><p:parkingNumberOfOccupiedSpaces>200</p:parkingNumberOfOccupiedSpaces>
   <p:parkingOccupancy>66.67</p:parkingOccupancy></p:parkingOccupancy>
  <p:parkingSiteOpeningStatus>openingTimesInForce</p:parkingSiteOpeningStatus></p:parkingRecordStatus></d2:payload>"""


def test_datex2_version_3_has_many_namespaces() -> None:
    """Numbers and places of parts of a car park are not its own; the language is the one asked for."""
    (record,) = read(read_datex2(("t", "s"), "nl"), {"t": DATEX_3, "s": DATEX_3_STATE})[0]
    document = dict(record.document)
    assert (record.key, document["name"], document["total"], document["vacant"]) == ("Oost", "Oost", 300, 100)
    assert (document["latitude"], document["longitude"], document["occupancy"]) == (51.1, 3.8, 0.6667)
    assert (document["status"], document["time"]) == (["openingTimesInForce"], "2026-03-01T12:00:00Z")
