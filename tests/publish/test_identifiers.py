"""Number plates and MAC addresses in texts."""

from __future__ import annotations

import pytest

from citycontext.publish.disclosing.identifiers import MAC_ADDRESS, NUMBER_PLATE, identifier_in


@pytest.mark.parametrize(
    "text",
    [
        "1-ABC-234",
        "1ABC234",
        "2 xyz 987",
        "B-1-ABC-234",
        "the car 1-ABC-234, seen twice",
        "urn:ngsi-ld:Vehicle:1-ABC-234",
        "https://data.stad.example/id/1-abc-234/x",
        "1%2DABC%2D234",
        "1\u2013ABC\u2013234",
        "\uff11-\uff21\uff22\uff23-\uff12\uff13\uff14",
        "1-A\u200bBC-234",
        "AA-123-BB",
        "12-AB-34",
        "AB-12-CD",
        "12-ABC-3",
        "B-MW 1234",
        "AB12 CDE",
    ],
)
def test_distinct_plates(text) -> None:
    """A plate of Belgium or a neighbour is found wherever it stands and however it is hidden; codes or not."""
    assert identifier_in(text) == NUMBER_PLATE
    assert identifier_in(text, codes=True) == NUMBER_PLATE


@pytest.mark.parametrize("text", ["ABC-123", "123-ABC", "ABC 123", "abc-123", "ABC123", "AB1234", "urn:x:bay-204"])
def test_plain_plates(text) -> None:
    """What looks like an old plate is one, unless the publisher says that it is a code."""
    assert identifier_in(text) == NUMBER_PLATE
    assert identifier_in(text, codes=True) is None


@pytest.mark.parametrize(
    "text",
    [
        "00:1A:2B:3C:4D:5E",
        "00-1a-2b-3c-4d-5e",
        "001a.2b3c.4d5e",
        "001A2B3C4D5E",
        "urn:ngsi-ld:Phone:00:1a:2b:3c:4d:5e",
        "00%3A1A%3A2B%3A3C%3A4D%3A5E",
        "seen 00:1A:2B:3C:4D:5E at 10:00",
    ],
)
def test_mac_addresses(text) -> None:
    """A MAC address is found in each of its spellings; codes or not."""
    assert identifier_in(text) == MAC_ADDRESS
    assert identifier_in(text, codes=True) == MAC_ADDRESS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P+R Gentbrugge",
        "Kerkstraat 12 bus 101",
        "Kerkstraat 1 bus 101",
        "van 100 tot 200",
        "E40",
        "PM10",
        "2026-05-01T10:00:00.123Z",
        "01-05-2026",
        "202605011000",
        "urn:uuid:7a3c1abc-1234-4abc-9def-0123456789ab",
        "urn:ngsi-ld:OffStreetParking:gent:loop",
        "urn:ngsi-ld:AirQualityObserved:BETR701",
        "https://data.vlaanderen.be/id/organisatie/OVO002067",
        "http://qudt.org/vocab/unit/DEG_C",
        "Mo-Fr 08:00-18:00",
        "MO-FR 9:00-18:00",
        "70B3D57ED0001234",
    ],
)
def test_other_texts(text) -> None:
    """Addresses, dates, times, units, UUIDs and ids of things are neither."""
    assert identifier_in(text) is None
