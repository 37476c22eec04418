"""One entity, one name: whatever writes it, each reader finds it with all its attributes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from citycontext import Client
from citycontext.bridge.config.connections import ContextBrokerConfig
from citycontext.bridge.delivery.context_broker import ContextBroker
from citycontext.broker import LocalBroker, Server
from citycontext.models import clean
from citycontext.models.meaning import context_of_type, recontexted
from citycontext.models.parking import OffStreetParking
from citycontext.ngsild import point
from citycontext.receiver import subscribed
from citycontext.transfer import BrokerPlace, FilePlace, transfer

MODEL = "https://smartdatamodels.org/dataModel.Parking/OffStreetParking"


def wire(local: str) -> dict[str, Any]:
    return OffStreetParking(
        id=f"urn:ngsi-ld:OffStreetParking:{local}", location=point(3.7, 51), name="P", available_spot_number=5
    ).wire


def by_client(url: str, context: str | None) -> None:
    with Client(url, context=context) as client:
        client.entities.create(wire(f"client-{context}"))


def by_bridge(url: str, context: tuple[str, ...]) -> None:
    writer = ContextBroker(ContextBrokerConfig.model_validate({"url": url, "context": context}))
    assert not writer.upsert(None, [wire(f"bridge-{len(context)}")]).failed
    writer.close()


def by_clean(url: str) -> None:
    with Client(url) as client:
        client.entities.create(clean(wire("clean")).entity)


def by_import(url: str, context: str | None) -> None:
    with Client(url, context=context) as client, TemporaryDirectory() as folder:
        file = Path(folder, "parking.ndjson")
        file.write_text(json.dumps(wire(f"import-{context}")) + "\n")
        report = transfer(FilePlace(file), BrokerPlace(client, url))
        assert (report.written, report.refused) == (1, 0)


def by_import_of_what_clean_wrote(url: str) -> None:
    with Client(url) as client, TemporaryDirectory() as folder:
        file = Path(folder, "clean.ndjson")
        file.write_text(json.dumps(clean(wire("import-clean")).entity.wire) + "\n")
        assert transfer(FilePlace(file), BrokerPlace(client, url)).refused == 0


WRITERS: list[Callable[[str], None]] = [
    lambda url: by_client(url, None),
    lambda url: by_client(url, "models"),
    lambda url: by_bridge(url, ()),
    lambda url: by_bridge(url, ("models",)),
    by_clean,
    lambda url: by_import(url, None),
    lambda url: by_import(url, "models"),
    by_import_of_what_clean_wrote,
]


@pytest.mark.parametrize("context", [None, "models", OffStreetParking.context_url])
def test_each_reader_finds_what_each_writer_wrote(context: str | None) -> None:
    """Typed by the class, and by one's id; with models also untyped and by the type's name: all there."""
    broker = LocalBroker()
    with Server(broker, port=0) as server:
        for write in WRITERS:
            write(server.url)
        with Client(server.url, context=context) as client:
            found = client.entities.query(OffStreetParking, on_invalid="raise").all()
            assert len(found) == len(WRITERS)
            for one in found:
                again = client.entities.retrieve(one.id, as_=OffStreetParking)
                for parking in (one, again):
                    assert parking.available_spot_number is not None
                    assert parking.available_spot_number.value == 5
                    assert parking.name is not None
            if context == "models":
                untyped = client.entities.query("OffStreetParking", as_=dict).all()
                assert [one["availableSpotNumber"]["value"] for one in untyped] == [5] * len(WRITERS)
                assert {one["type"] for one in untyped} == {"OffStreetParking"}
    broker.close()


@pytest.mark.parametrize("context", [None, "models"])
def test_an_export_holds_what_each_writer_wrote(tmp_path: Path, context: str | None) -> None:
    """What one broker is exported by comes to another one, where each entity is found with all its attributes."""
    source, target = LocalBroker(), LocalBroker()
    with Server(source, port=0) as server, Server(target, port=0) as other:
        for write in WRITERS:
            write(server.url)
        with Client(server.url, context=context) as client, Client(other.url, context=context) as writer:
            out = FilePlace(tmp_path / "all.ndjson")
            assert transfer(BrokerPlace(client, "source"), out).refused == 0
            report = transfer(out, BrokerPlace(writer, "target"))
            assert (report.written, report.refused) == (len(WRITERS), 0)
            found = writer.entities.query(OffStreetParking, on_invalid="raise").all()
            spots = [one.available_spot_number for one in found]
            assert [one.value for one in spots if one is not None] == [5] * len(WRITERS)
    source.close()
    target.close()


def test_a_store_moves_over_by_a_pure_change() -> None:
    """What was written without a @context says itself whose names it has; other contexts and types stay."""
    plain = wire("1")
    moved = recontexted({**plain, "@context": "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"})
    assert moved["@context"][0] == OffStreetParking.context_url
    assert moved["availableSpotNumber"] == plain["availableSpotNumber"]
    iris = {"id": plain["id"], "type": MODEL, MODEL.replace("OffStreetParking", "availableSpotNumber"): 5}
    assert recontexted(iris)["availableSpotNumber"] == 5
    for other in ({**plain, "@context": "https://example.org/c"}, {"id": "urn:x:1", "type": "MyThing"}):
        assert recontexted(other) == other


def test_an_iri_of_no_model_has_no_context() -> None:
    """A type of another vocabulary is sent with the core context."""
    assert context_of_type("https://example.org/MyThing") == ""


def test_a_type_by_name_is_no_class_to_subscribe_by() -> None:
    """``subscribed(client, "Animal")`` says what to write in its place."""
    with pytest.raises(Exception, match="is not an entity class"):
        subscribed(Client("http://broker.test"), "Animal")  # type: ignore[arg-type]
