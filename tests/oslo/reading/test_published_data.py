"""Every published example is read: mapped, or refused by the name of its class; broken ones give one clear error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from citycontext.errors import CityContextError
from citycontext.oslo import from_oslo, read_text
from citycontext.oslo.documents import context_document
from citycontext.oslo.entities.addresses import Adres

MEDIA_TYPES = {".nt": "application/n-triples", ".ttl": "text/turtle"}
CONTEXTS = {
    "ap-observaties-en-metingen": "observaties-en-metingen_legacy-range-typed.jsonld",
    "ap-sensoren-en-bemonstering": "sensoren-en-bemonstering_legacy-range-typed.jsonld",
    "Verkeersmetingen-im": "vsds-verkeersmetingen-im.jsonld",
    "Verkeersmetingen-ap": "verkeersmetingen-ap_erkend-2024-04-17.jsonld",
    "generiek-basis": "generiek-basis_2019-07-01.jsonld",
    "geodcatap-vlaanderen": "geodcat-ap-vl_nl-terms.jsonld",
    "GEODCAT-AP-VL": "geodcat-ap-vl_nl-terms.jsonld",
    "OSLOthema-DigitaleWatermeter": "digitale-watermeter_context.jsonld",
    "gipod-ldes-context": "gipod-ldes-context.jsonld",
    "main/wegenregister": "wegenregister.jsonld",
    "waterkwaliteit-ap": "waterkwaliteit-ap_kandidaat-2023-06-01.jsonld",
    "OSLO-airAndWater-Core-ap": "air-and-water-core-ap_ontwerp-2021.jsonld",
}
NO_LINKED_DATA = {
    "compact_nieuw.jsonld": "not JSON",  # invalid as published
    "Target_Model_Overstorthoogte.json": "of type Observatie, has no @context",
    "message.json": "of type offStreetParkingGround, has no @context",
    "device-model.json": "NGSI-v2, of type DeviceModel",
    "device.json": "NGSI-v2, of type Device",
    "wqo.template.json": "NGSI-v2, of type WaterQualityObserved",
    "device_model_ngsiv2.json": "NGSI-v2, of type DeviceModel",
    "device_ngsiv2.json": "NGSI-v2, of type Device",
    "water_quality_observed_ngsiv2.json": "NGSI-v2, of type WaterQualityObserved",
    **{
        f"{context}_{model}_ngsild.json": f"NGSI-LD, of type {name}"
        for context in ("geojson_translated_to_wkt", "local_context", "remote_context")
        for model, name in (
            ("device_model", "DeviceModel"),
            ("device", "Device"),
            ("water_quality_observed", "WaterQualityObserved"),
        )
    },
}


class Offline(dict[str, Any]):
    """Stands for published addresses of contexts."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def get(self, url: str, default: Any = None) -> Any:
        if url == "example.com":
            return context_document("adressen")  # what the address register writes for its context
        for part, file in CONTEXTS.items():
            if part in url:
                return json.loads((self.folder / file).read_text())
        return default


@pytest.fixture(scope="module")
def published(shared_dir) -> Path:
    """Return the folder of contexts and examples."""
    return shared_dir / "oslo"


def test_every_instance_file_is_mapped_or_refused(published):
    """Of 196 files none is passed over in silence: there is an entity, or a class named, or one clear error."""
    contexts = Offline(published / "contexts")
    files = [file for file in sorted((published / "examples").rglob("*")) if file.is_file()]
    assert len(files) > 190
    outcomes: dict[str, list[str]] = {"mapped": [], "refused": [], "unreadable": []}
    for file in files:
        media_type = MEDIA_TYPES.get(file.suffix, "application/ld+json")
        try:
            reading = from_oslo(read_text(file.read_text(), media_type, contexts=contexts))
        except CityContextError as wrong:
            outcomes["unreadable"].append(f"{file.name}: {type(wrong).__name__}: {wrong}")
            continue
        outcomes["mapped" if reading.entities else "refused"].append(file.name)
        if not reading.entities:
            assert any("no table has class" in loss.reason for loss in reading.report), file
    assert all(len(line.splitlines()) == 1 for line in outcomes["unreadable"])
    without_context = [line for line in outcomes["unreadable"] if ": InvalidDocument: " in line]
    assert {line.partition(":")[0] for line in without_context} == {
        *NO_LINKED_DATA,
        "compact.jsonld",
    }  # of the Internet of Waters: NGSI-LD
    no_context = [line for line in outcomes["unreadable"] if ": ContextNotAvailable: " in line]
    assert len(no_context) + len(without_context) == len(outcomes["unreadable"])
    assert all("@context http" in line and "give it by its address" in line for line in no_context)
    counts = {outcome: len(found) for outcome, found in outcomes.items()}
    assert counts == {"mapped": 136, "refused": 34, "unreadable": 26}


def test_every_instance_file_reads_as_classes_of_oslo(published):
    """Read as classes of OSLO, no file breaks, no label of a blank node gets into an entity, and many are found."""
    contexts = Offline(published / "contexts")
    found: set[str] = set()
    for file in sorted((published / "examples").rglob("*.*")):
        try:
            graph = read_text(file.read_text(), MEDIA_TYPES.get(file.suffix, "application/ld+json"), contexts=contexts)
        except CityContextError:
            continue  # test_every_instance_file_is_mapped_or_refused looks at these
        for entity in from_oslo(graph, models="oslo"):
            found.add(entity.type)
            assert "_:" not in entity.to_json().decode(), file
    assert {"Verkeerstelling", "Verkeersmeting", "Meting", "Parkeerterrein", "Adres", "Sensor", "Platform"} <= found


def test_bruges_traffic_counts(published):
    """A count of the implementation model says what was counted, when, where and in which direction."""
    member = published / "examples" / "geomobility" / "members" / "m000.nt"
    (traffic,) = from_oslo(read_text(member.read_text(), "application/n-triples")).entities
    assert traffic.to_dict("simplified") == {
        "id": "https://geomobility.eu/id/observation/18f1cd17-97d3-4363-bbd8-67bcb5fcc0d9/B-A/P-C",
        "type": "TrafficFlowObserved",
        "dateObservedFrom": "2022-11-20T17:00:00.000Z",
        "dateObservedTo": "2022-11-20T17:15:00Z",
        "dateObserved": "2022-11-20T17:00:00.000Z/2022-11-20T17:15:00Z",
        "location": {"type": "Point", "coordinates": [3.22994761168957, 51.1994773490174]},
        "laneDirection": "backward",
        "vehicleType": "bicycle",
        "intensity": 11,
    }


def test_bruges_traffic_counts_as_oslo_classes(published):
    """The same member as classes of OSLO: the count, and the point it was made at, each under its own name."""
    member = published / "examples" / "geomobility" / "members" / "m000.nt"
    reading = from_oslo(read_text(member.read_text(), "application/n-triples"), models="oslo")
    entities = {entity.type: entity for entity in reading}
    assert set(entities) == {"Verkeerstelling", "Verkeersmeetpunt", "Sensor"}
    count = entities["Verkeerstelling"]
    assert count.to_dict("simplified") == {
        "id": "https://geomobility.eu/id/observation/18f1cd17-97d3-4363-bbd8-67bcb5fcc0d9/B-A/P-C",
        "type": "Verkeerstelling",
        "kenmerktype": "aantal",
        "fenomeenTijd": "2022-11-20T17:00:00.000Z/2022-11-20T17:15:00Z",
        "geobserveerdObject": entities["Verkeersmeetpunt"].id,
        "uitgevoerdMet": entities["Sensor"].id,
        "voertuigType": "fiets",
        "tellingresultaat": 11,
    }
    point = entities["Verkeersmeetpunt"]
    assert point.driving_direction.value == "inOppositeDirection"
    assert point.geometrie.value == {"type": "Point", "coordinates": [3.22994761168957, 51.1994773490174]}


def test_a_history_of_counts(published):
    """Versions of one counter become one entity with the newest count, and an evolution with all of them."""
    folder = published / "examples" / "geomobility" / "members"
    counter = "https://geomobility.eu/id/observation/18f1cd17-97d3-4363-bbd8-67bcb5fcc0d9/B-A/CAR"
    texts = [file.read_text() for file in sorted(folder.glob("*.nt"))]
    versions = [text for text in texts if f"isVersionOf> <{counter}>" in text]
    assert len(versions) > 2
    reading = from_oslo(read_text("".join(versions), "application/n-triples"))
    (entity,) = reading.entities
    (history,) = reading.histories
    times = [instance.wire["observedAt"] for instance in history.instances("intensity")]
    assert len(times) == len(versions)
    assert times == sorted(times)
    assert entity["intensity"].wire["observedAt"] == times[-1]


def test_an_address_of_the_register(published):
    """An address has its number, its names by language, its state, and its place, read from Lambert 72."""
    document = json.loads((published / "examples" / "grar" / "GRAR_Adres.json").read_text())
    (address,) = from_oslo(document, contexts={"example.com": context_document("adressen")}).entities
    assert isinstance(address, Adres)
    assert address.id == "https://data.vlaanderen.be/id/adres/60"
    assert address.street_name.value == {"nl": "Teststraat"}
    assert (address.house_number.value, address.box_number.value) == ("42", "5B")
    assert address.address_status.value == "inGebruik"
    east, north = address.position.value["coordinates"]
    assert (round(east, 7), round(north, 7)) == (4.2296042, 51.0991668)


@pytest.mark.parametrize("name", sorted(NO_LINKED_DATA))
def test_what_is_no_linked_data_is_refused_in_one_line(published, name):
    """Invalid JSON, JSON without a context, and entities of NGSI raise one error that names what they are."""
    file = next((published / "examples").rglob(name))
    with pytest.raises(CityContextError) as raised:
        from_oslo(read_text(file.read_text(), "application/ld+json"))
    assert NO_LINKED_DATA[name] in str(raised.value)
