"""Streams in which ids are addresses of their own: the same ones always, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from citycontext.broker import LocalBroker, Server
from citycontext.cli.main import main
from citycontext.client import Client
from citycontext.errors import ConfigurationError
from citycontext.oslo.persistent_ids import PersistentIds
from citycontext.publish import EventStream
from citycontext.publish.ldes.withdrawal import Withdrawal
from citycontext.publish.site import Shelf, site_app
from citycontext.transfer.event_streams import follow_stream

BASE = "https://data.stad.example/id/"
FIRST = "urn:ngsi-ld:OffStreetParking:gent:p0"
PLACED = f"{BASE}OffStreetParking/gent:p0"


def members_of(folder: Path) -> list[dict[str, Any]]:
    """Return all members in the files of a stream."""
    found = []
    for path in [folder / "ldes.jsonld", *sorted(folder.rglob("pages/*.jsonld"))]:
        for node in orjson.loads(path.read_bytes())["@graph"]:
            found += node.get("tree:member", [])
    return found


def linked(parkings, count: int) -> list[dict[str, Any]]:
    """Return states of parkings with a link to a sensor, and a sensor that observed."""
    return [
        {
            **one,
            "refSensor": {"type": "Relationship", "object": ["urn:ngsi-ld:Device:a%20b", "https://elders.example/1"]},
            "availableSpotNumber": {
                **one["availableSpotNumber"],
                "observedBy": {"type": "Relationship", "object": "urn:uuid:7"},
            },
            "name": {"type": "Property", "value": "urn:ngsi-ld:OffStreetParking:text"},
        }
        for one in parkings(count)
    ]


@pytest.fixture
def publication(make_publication):
    given = make_publication(base=BASE, page_size=4).model_dump(mode="json", exclude_none=True)
    given["allow"]["OffStreetParking"] += ["refSensor", "availableSpotNumber.observedBy"]
    return type(make_publication()).parse(given)


class Files(httpx.BaseTransport):
    """Answers with the files of a stream."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        content = (self.folder / str(request.url).removeprefix(f"{self.url}/")).read_bytes()
        return httpx.Response(200, content=content, headers={"content-type": "application/ld+json"})


@pytest.fixture
def broker() -> Iterator[Client]:
    with Server(LocalBroker(), port=0) as server, Client(server.url) as client:
        yield client


def test_ids_are_addresses(tmp_path, publication, parkings) -> None:
    """Versions, their things and what they are linked to have addresses under the base; texts and others' stay."""
    with EventStream(tmp_path / "site", publication) as stream:
        stream.write(linked(parkings, 6))
    members = members_of(tmp_path / "site")
    assert len(members) == 6
    first = min((one for one in members if one["id"].startswith(PLACED)), key=lambda one: one["id"])
    assert first["id"] == f"{PLACED}/2026-05-01T00:00:00Z"
    assert first["http://purl.org/dc/terms/isVersionOf"] == {"@id": PLACED}
    assert first["refSensor"]["object"] == [f"{BASE}Device/a%2520b", "https://elders.example/1"]
    assert first["availableSpotNumber"]["observedBy"]["object"] == f"{BASE}urn/uuid:7"
    assert first["name"]["value"] == "urn:ngsi-ld:OffStreetParking:text"
    assert "urn:" not in str({**first, "name": ""})


@pytest.mark.parametrize("members", ["ngsi-ld", "sosa", "observaties-en-metingen"])
def test_a_reader_with_the_base_has_the_urns_back(tmp_path, publication, parkings, broker, members) -> None:
    """Behind a stream with a base a broker has each entity under the id that it had before, links included."""
    settings = publication.stream.model_copy(update={"members": members})
    publication = publication.model_copy(update={"stream": settings})
    entities = [{key: value for key, value in one.items() if key != "owner"} for one in linked(parkings, 10)]
    with EventStream(tmp_path / "site", publication) as stream:
        stream.write(entities)
        stream.write([{"id": FIRST, "type": "OffStreetParking", "deletedAt": "2026-05-03T00:00:00Z"}])
    with httpx.Client(transport=Files(tmp_path / "site", str(settings.url))) as http:
        done = follow_stream(f"{settings.url}/ldes.jsonld", broker, http=http, base=BASE)
    assert (done.refused, done.deleted) == ([], 1)
    found = {one["id"]: one for one in broker.entities.query("OffStreetParking", as_=dict)}
    assert sorted(found) == sorted({one["id"] for one in entities} - {FIRST})
    if members == "ngsi-ld":
        last = entities[-1]
        assert {name: one for name, one in found[last["id"]].items() if name != "@context"} == last


def test_a_stream_keeps_its_base(tmp_path, make_publication, parkings) -> None:
    """What was begun without a base, or with another, is not changed by a key; the next run says so."""
    with EventStream(tmp_path / "plain", make_publication()) as stream:
        stream.write(parkings(1))
    with pytest.raises(ConfigurationError, match="base"):
        EventStream(tmp_path / "plain", make_publication(base=BASE))
    with EventStream(tmp_path / "plain", make_publication()) as stream:
        stream.carry_over()
    with pytest.raises(ConfigurationError, match="base"):
        EventStream(tmp_path / "plain", make_publication(base=BASE))
    with EventStream(tmp_path / "placed", make_publication(base=BASE)) as stream:
        stream.write(parkings(3))
        stream.carry_over()
    with EventStream(tmp_path / "placed", make_publication(base=BASE)) as stream:
        assert stream.write(parkings(4)).published == 1


def test_entities_are_withdrawn_by_their_ids(tmp_path, publication, parkings) -> None:
    """An entity is withdrawn, kept back and released by the id that it has in the broker."""
    with EventStream(tmp_path / "site", publication) as stream:
        stream.write(parkings(10))
        assert stream.withdraw(Withdrawal(entity=FIRST)).versions == 2
        assert not [one for one in members_of(tmp_path / "site") if one["id"].startswith(PLACED)]
        assert stream.write(parkings(1, first=20)).withheld == 1
        stream.release(FIRST)
        assert stream.write(parkings(1, first=20)).published == 1


async def test_an_address_in_a_stream_answers(tmp_path, publication, parkings) -> None:
    """Served, the address of an entity answers with its id and with its feature."""
    with EventStream(tmp_path / "site", publication) as stream:
        stream.write(parkings(5))
    app = site_app([Shelf(publication, tmp_path / "site")])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://data.stad.example") as http:
        told = (await http.get(PLACED)).json()
        assert (told["id"], told["address"]) == (FIRST, PLACED)
        feature = (await http.get(told["feature"])).json()
    assert feature["id"] == PLACED


def test_the_command_has_the_option(tmp_path, parkings) -> None:
    """`publish ldes --base` writes a stream with addresses, and refuses what is not an address."""
    (tmp_path / "data.json").write_bytes(orjson.dumps(list(parkings(3))))
    toml = '[allow]\nOffStreetParking = ["availableSpotNumber"]\n[stream]\nurl = "https://data.stad.example/p"\n'
    (tmp_path / "publish.toml").write_text(toml)
    where = [str(tmp_path / "data.json"), str(tmp_path / "site"), "-c", str(tmp_path / "publish.toml")]
    assert main(["publish", "ldes", *where, "--base", BASE]) == 0
    assert all(one["id"].startswith(BASE) for one in members_of(tmp_path / "site"))
    assert main(["publish", "ldes", *where, "--base", "stad"]) != 0


@pytest.mark.parametrize("urn", ["urn:ngsi-ld:Device:a/b c%é", "urn:ngsi-ld:concept:1", "urn:uuid:1", "urn:ngsi-ld:x"])
def test_entities_go_there_and_back(urn) -> None:
    """An entity with addresses, read with the same base, is the entity; what looks alike but is a value stays."""
    ids = PersistentIds(BASE)
    entity = {
        "id": urn,
        "type": "Device",
        "links": [
            {"type": "Relationship", "object": urn, "datasetId": "urn:ngsi-ld:a:1"},
            {"type": "Relationship", "object": [urn, "https://x.example/"], "datasetId": "urn:ngsi-ld:a:2"},
        ],
        "list": {"type": "ListRelationship", "objectList": [{"object": urn}]},
        "note": {"type": "Property", "value": urn, "by": {"type": "Relationship", "object": urn}},
        "names": {"type": "LanguageProperty", "languageMap": {"nl": urn}},
        "raw": {"type": "JsonProperty", "json": {"object": urn}},
    }
    placed = ids.addressed_entity(entity)
    assert placed["id"] != urn
    assert placed["list"]["objectList"][0]["object"] == placed["id"] == placed["note"]["by"]["object"]
    assert (placed["note"]["value"], placed["raw"], placed["names"]) == (urn, entity["raw"], entity["names"])
    assert ids.named_entity(placed) == entity
