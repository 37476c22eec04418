"""Reading an entity whose names are IRIs: what another program stored with another @context."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.errors import InvalidEntity
from citycontext.models.parking import OffStreetParking
from citycontext.ngsild import Entity, Finding
from citycontext.ngsild.fields import OptAttr, optional

MODEL = "https://smartdatamodels.org/dataModel.Parking/"
DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"
LOCATION = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}}


def _payload(stem: str) -> dict[str, Any]:
    return {
        "id": "urn:ngsi-ld:OffStreetParking:1",
        "type": f"{stem}OffStreetParking",
        f"{stem}availableSpotNumber": {"type": "Property", "value": 3},
        "location": LOCATION,
    }


@pytest.mark.parametrize("stem", ["", MODEL, DEFAULT])
def test_every_name_of_an_attribute_is_read(stem: str) -> None:
    """Short names, the model's IRIs and the default context's give one typed entity, also in strict reading."""
    parking = OffStreetParking.from_dict(_payload(stem), strict=True)
    assert parking.available_spot_number is not None
    assert parking.available_spot_number.value == 3
    assert parking["availableSpotNumber"].value == parking["available_spot_number"].value == 3
    assert "availableSpotNumber" in parking
    assert parking.to_dict() == _payload(stem)


@pytest.mark.parametrize("stem", ["", MODEL, DEFAULT])
def test_a_change_keeps_the_name_that_came(stem: str) -> None:
    """Setting, deleting and copying work on the attribute that is there; none is added beside it."""
    parking = OffStreetParking.from_dict(_payload(stem))
    parking.available_spot_number = 5
    assert parking.wire.keys() == _payload(stem).keys()
    assert parking.wire[f"{stem}availableSpotNumber"]["value"] == 5
    assert parking.copy()["availableSpotNumber"].value == 5
    del parking["availableSpotNumber"]
    assert parking.available_spot_number is None
    assert parking.wire.keys() == _payload(stem).keys() - {f"{stem}availableSpotNumber"}


def test_the_short_name_goes_before_an_iri() -> None:
    """Where both came, the short one is the attribute, and the other stands beside it."""
    payload = _payload("") | {f"{MODEL}availableSpotNumber": {"type": "Property", "value": 9}}
    parking = OffStreetParking.from_dict(payload)
    assert parking["availableSpotNumber"].value == 3
    assert parking[f"{MODEL}availableSpotNumber"].value == 9


def test_names_that_are_all_unknown_are_told() -> None:
    """An entity of which nothing is known is a finding, and refused in strict reading; one known name will do."""
    payload: dict[str, Any] = {
        "id": "urn:ngsi-ld:OffStreetParking:1",
        "type": "OffStreetParking",
        "https://city.example/free": {"type": "Property", "value": 3},
    }
    findings: list[Finding] = []
    OffStreetParking.from_dict(dict(payload), findings=findings)
    assert "unknown-names" in [one.rule for one in findings]
    with pytest.raises(InvalidEntity, match="none of the names"):
        OffStreetParking.from_dict(dict(payload), strict=True)
    findings.clear()
    OffStreetParking.from_dict(payload | {"location": LOCATION}, findings=findings)
    assert findings == []


def test_a_class_of_ones_own_knows_the_default_context() -> None:
    """A class without a model reads the default context's IRIs, and says under which names its type may be stored."""

    class Kiosk(Entity):
        """A class of a user's own."""

        sold: OptAttr[int] = optional()

    kiosk = Kiosk.from_dict(
        {"id": "urn:ngsi-ld:Kiosk:1", "type": f"{DEFAULT}Kiosk", f"{DEFAULT}sold": {"type": "Property", "value": 2}},
        strict=True,
    )
    assert kiosk.sold is not None
    assert kiosk.sold.value == 2
    assert Kiosk.type_names() == {"Kiosk", f"{DEFAULT}Kiosk"}
    assert OffStreetParking.type_names() == {f"{stem}OffStreetParking" for stem in ("", MODEL, DEFAULT)}
