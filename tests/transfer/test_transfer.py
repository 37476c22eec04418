"""The engine: what is read arrives once, whatever interrupts it, and what is refused is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from citycontext import Client
from citycontext.broker import LocalBroker, Server
from citycontext.errors import ConfigurationError, TransportError
from citycontext.ngsild.batch import BatchResult
from citycontext.transfer import BrokerPlace, Checkpoint, FilePlace, difference, same_entity, transfer


def bins(number: int) -> list[dict[str, Any]]:
    """Return entities of two types."""
    return [
        {
            "id": f"urn:ngsi-ld:{kind}:{index:04}",
            "type": kind,
            "level": {"type": "Property", "value": index, "observedAt": "2024-01-01T00:00:00Z"},
        }
        for kind in ("Bin", "Lamp")
        for index in range(number)
    ]


@pytest.fixture
def client() -> Iterator[Client]:
    """Serve an empty broker."""
    with Server(LocalBroker(), port=0) as server, Client(server.url) as opened:
        yield opened


def test_a_city_goes_to_a_file_and_back(client: Client, tmp_path: Path) -> None:
    """All types are exported, and the import of the file leaves nothing different."""
    client.batch.upsert(bins(60)).raise_for_errors()
    broker, file = BrokerPlace(client, "city"), FilePlace(tmp_path / "city.ndjson")
    report = transfer(broker, file, batch=50)
    assert (report.read, report.written, report.refused) == (120, 120, 0)
    with Server(LocalBroker(), port=0) as server, Client(server.url) as other:
        region = BrokerPlace(other, "region")
        assert transfer(file, region, dry_run=True).created == 120
        assert transfer(file, region, batch=50).written == 120
        assert list(difference(broker, region)) == []
        other.entities.merge("urn:ngsi-ld:Bin:0001", {"level": {"value": 7}})
        other.entities.delete("urn:ngsi-ld:Lamp:0002")
        client.entities.delete("urn:ngsi-ld:Lamp:0003")
        found = {(one.kind, one.id, one.attributes) for one in difference(broker, region)}
        assert found == {
            ("changed", "urn:ngsi-ld:Bin:0001", ("level",)),
            ("missing", "urn:ngsi-ld:Lamp:0002", ()),
            ("extra", "urn:ngsi-ld:Lamp:0003", ()),
        }
        dry = transfer(broker, region, dry_run=True)
        assert (dry.created, dry.changed, dry.equal) == (1, 1, 117)


class Failing(FilePlace):
    """A file that cannot be written to after some batches, as after a kill."""

    def __init__(self, path: Path, batches: int) -> None:
        super().__init__(path)
        self.left = batches

    def write(self, entities: Sequence[dict[str, Any]]) -> BatchResult:
        """Write, and half of a batch at the end."""
        if self.left == 0:
            super().write(entities[: len(entities) // 2])
            raise TransportError("gone")
        self.left -= 1
        return super().write(entities)


@pytest.mark.parametrize("batches", [0, 1, 3])
def test_an_interrupted_transfer_goes_on_where_it_was(client: Client, tmp_path: Path, batches: int) -> None:
    """Whatever was half written is written again, once; the file is as if nothing had happened."""
    client.batch.upsert(bins(60)).raise_for_errors()
    broker, path = BrokerPlace(client, "city"), tmp_path / "city.ndjson"
    checkpoint = Checkpoint(tmp_path / "progress", source="city", target=str(path))
    with pytest.raises(TransportError):
        transfer(broker, Failing(path, batches), checkpoint=checkpoint, batch=25)
    report = transfer(broker, FilePlace(path), checkpoint=checkpoint, batch=25, resume=True)
    assert report.read == report.written == 120
    ids = [json.loads(line)["id"] for line in path.read_text().splitlines()]
    assert ids == [one["id"] for one in bins(60)]
    assert not checkpoint.path.exists()


def test_a_checkpoint_of_another_transfer_is_refused(tmp_path: Path) -> None:
    """Progress counts only for the same two places."""
    Checkpoint(tmp_path / "progress", source="a", target="b").save({})
    with pytest.raises(ConfigurationError, match="from a to b"):
        Checkpoint(tmp_path / "progress", source="a", target="c").load()


def test_refused_entities_are_kept_and_can_be_tried_again(client: Client, tmp_path: Path) -> None:
    """One bad entity keeps back nobody; it stands in a file with its reason, which can be imported itself."""
    good, bad = bins(1)[0], {"id": "urn:ngsi-ld:Bin:bad", "type": "Bin", "level": {"type": "Property"}}
    path, refused = tmp_path / "in.ndjson", tmp_path / "refused.ndjson"
    path.write_text("\n".join(json.dumps(one) for one in (bad, good)))
    report = transfer(FilePlace(path), BrokerPlace(client, "city"), refused=refused)
    assert (report.written, report.refused) == (1, 1)
    (line,) = refused.read_text().splitlines()
    kept = json.loads(line)
    assert kept["entity"] == bad
    assert kept["reason"]
    kept["entity"]["level"]["value"] = 1
    refused.write_text(json.dumps(kept))
    assert transfer(FilePlace(refused), BrokerPlace(client, "city")).written == 1
    assert client.entities.query("Bin").count() == 2


def test_a_change_on_the_way(client: Client, tmp_path: Path) -> None:
    """Entities can be changed or left out on their way."""
    client.batch.upsert(bins(2)).raise_for_errors()

    def only_bins(entity: dict[str, Any]) -> dict[str, Any] | None:
        return {**entity, "scope": "/Gent"} if entity["type"] == "Bin" else None

    report = transfer(BrokerPlace(client, "city"), FilePlace(tmp_path / "out"), change=only_bins)
    assert (report.read, report.written, report.left_out) == (4, 2, 2)
    assert [one["scope"] for one, _ in FilePlace(tmp_path / "out").read(None)] == ["/Gent", "/Gent"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ('{"id": "urn:x:1", "type": "A"}\n{"id": "urn:x:2", "type": "A"}\n', 2),
        ('[{"id": "urn:x:1", "type": "A"}, {"id": "urn:x:2", "type": "A"}]', 2),
        ('\ufeff[\n{"id": "urn:x:1",\n "type": "A"}]', 1),
        ('{\n"id": "urn:x:1",\n"type": "A"\n}', 1),
        ('{"@context": {}, "@graph": [{"id": "urn:x:1", "type": "A"}]}', 1),
        ("", 0),
    ],
)
def test_files_of_each_form_are_read(tmp_path: Path, text: str, number: int) -> None:
    """NDJSON, an array, one object over several lines, and a graph are read, with a byte order mark too."""
    (tmp_path / "in").write_text(text, encoding="utf-8")
    assert len(list(FilePlace(tmp_path / "in").read(None))) == number


@pytest.mark.parametrize("text", ["{", '[{"type": "A"}]', '{"id": "urn:x:1"}\nnot json\n', "7"])
def test_a_file_of_something_else_is_an_error(tmp_path: Path, text: str) -> None:
    """What holds no entities ends in an error that names the file."""
    (tmp_path / "in").write_text(text)
    with pytest.raises(ConfigurationError, match="in"):
        list(FilePlace(tmp_path / "in").read(None))


def test_what_says_the_same_is_equal() -> None:
    """Order, times of the broker, @context and lists of one make no difference; values, units and times do."""
    one = {
        "id": "urn:x:1",
        "type": ["A", "B"],
        "t": {"type": "Property", "value": 1, "observedAt": "2024-01-01T00:00:00Z"},
    }
    other = {
        "@context": "http://x",
        "type": ["B", "A"],
        "id": "urn:x:1",
        "createdAt": "2024-01-01T00:00:00Z",
        "t": [{"observedAt": "2024-01-01T00:00:00Z", "type": "Property", "value": 1.0, "modifiedAt": "x"}],
    }
    assert same_entity(one, other)
    assert not same_entity(one, {**other, "t": {**one["t"], "value": 2}})
    assert not same_entity(one, {**other, "u": {"type": "Property", "value": 2}})
