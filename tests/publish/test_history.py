"""The history of a real (local) broker as a stream."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from citycontext import Client, Property
from citycontext.broker import LocalBroker, Server
from citycontext.errors import ConfigurationError, DataError
from citycontext.models.parking import OffStreetParking
from citycontext.ngsild import point
from citycontext.publish import EventStream
from citycontext.publish.history import publish_history, states

START = datetime(2026, 5, 1, tzinfo=UTC)
PATH = "http://www.w3.org/ns/prov#generatedAtTime"


def test_states_hold_what_was_known_before() -> None:
    """Each time of observation is a state, with what was observed then and what was known; a deletion takes away."""
    evolution = {
        "id": "urn:x:1",
        "type": "T",
        "a": [
            {"type": "Property", "value": 2, "observedAt": "2026-05-01T00:02:00Z", "instanceId": "urn:i:2"},
            {"type": "Property", "value": 1, "observedAt": "2026-05-01T00:00:00Z"},
        ],
        "b": [
            {"type": "Property", "value": 7, "observedAt": "2026-05-01T00:01:00Z"},
            {"type": "Property", "value": "urn:ngsi-ld:null", "deletedAt": "2026-05-01T00:03:00Z"},
        ],
    }
    found = [
        {name: one["value"] for name, one in state.items() if isinstance(one, dict)}
        for state in states(evolution, {"name": {"type": "Property", "value": "P"}})
    ]
    assert found == [
        {"name": "P", "a": 1},
        {"name": "P", "a": 1, "b": 7},
        {"name": "P", "a": 2, "b": 7},
        {"name": "P", "a": 2},
    ]


def test_states_keep_datasets_apart() -> None:
    """Instances of different datasets stand beside each other, each replaced by its own successor."""
    evolution = {
        "id": "urn:x:1",
        "type": "T",
        "a": [
            {"type": "Property", "value": 1, "observedAt": "2026-05-01T00:00:00Z"},
            {"type": "Property", "value": 2, "observedAt": "2026-05-01T00:01:00Z", "datasetId": "urn:d:1"},
            {"type": "Property", "value": 3, "observedAt": "2026-05-01T00:02:00Z"},
        ],
    }
    *_, last = states(evolution)
    assert sorted(one["value"] for one in last["a"]) == [2, 3]


def test_states_of_short_forms() -> None:
    """The temporalValues form gives states too; aggregates cannot, and say so."""
    short = {"id": "urn:x:1", "type": "T", "a": {"type": "Property", "values": [[1, "2026-05-01T00:00:00Z"]]}}
    assert [state["a"]["value"] for state in states(short)] == [1]
    aggregated = {"type": "Property", "avg": [[1, "2026-05-01T00:00:00Z", "2026-05-01T01:00:00Z"]]}
    with pytest.raises(DataError, match="aggregated"):
        list(states({"id": "urn:x:1", "type": "T", "a": aggregated}))


@pytest.fixture
def client():
    with Server(LocalBroker(), port=0) as server, Client(server.url) as client:
        yield client


def observe(client: Client, minutes: range) -> None:
    for minute in minutes:
        for name in ("loop", "the-loop"):
            client.batch.upsert(
                [
                    OffStreetParking(
                        id=f"urn:ngsi-ld:OffStreetParking:gent:{name}",
                        location=point(3.7, 51.0),
                        name=name,
                        available_spot_number=Property(minute, observed_at=START + timedelta(minutes=minute)),
                    )
                ]
            ).raise_for_errors()


def test_a_broker_s_history_is_published_and_goes_on(tmp_path, client, make_publication, follow) -> None:
    """All states of a broker's history are found once, with steady attributes; a later run adds what is new."""
    publication = make_publication(page_size=4)
    observe(client, range(10))
    with EventStream(tmp_path / "site", publication) as stream:
        written = publish_history(
            client,
            stream,
            "OffStreetParking",
            since=START,
            until=START + timedelta(minutes=10),
            step=timedelta(minutes=4),
        )
        assert written.published == 20
    observe(client, range(10, 15))
    with EventStream(tmp_path / "site", publication) as stream:
        written = publish_history(client, stream, "OffStreetParking", until=START + timedelta(hours=2))
        assert (written.published, written.known) == (10, 20)
    found = follow(tmp_path / "site", most=4)
    assert len({one["id"] for one in found}) == len(found) == 30
    for one in found:
        assert one["name"]["value"] == one["id"].rpartition(":gent:")[2].partition("/")[0]
        assert one["location"]["value"]["coordinates"] == [3.7, 51.0]
        assert one["availableSpotNumber"]["observedAt"] == one[PATH]["@value"]


def test_a_run_that_begins_later_knows_what_was_before(tmp_path, client, make_publication, follow) -> None:
    """States after the beginning hold what was last observed before it."""
    observe(client, range(1))
    total = {"type": "Property", "value": 300, "observedAt": "2026-05-01T00:30:00Z"}
    loop = {"id": "urn:ngsi-ld:OffStreetParking:gent:loop", "type": "OffStreetParking", "totalSpotNumber": total}
    client.batch.upsert([loop], mode="update").raise_for_errors()
    with EventStream(tmp_path / "site", make_publication()) as stream:
        publish_history(
            client, stream, "OffStreetParking", since=START + timedelta(minutes=10), until=START + timedelta(hours=1)
        )
    (member,) = follow(tmp_path / "site")
    assert member["availableSpotNumber"]["value"] == 0
    assert member["totalSpotNumber"]["value"] == 300


def test_by_time_of_change(tmp_path, client, make_publication, follow) -> None:
    """By ``modifiedAt`` attributes without a time of observation have a history too."""
    begun = datetime.now(UTC) - timedelta(seconds=5)
    observe(client, range(2))
    with EventStream(tmp_path / "site", make_publication(time="modifiedAt")) as stream:
        written = publish_history(
            client,
            stream,
            "OffStreetParking",
            since=begun,
            until=datetime.now(UTC) + timedelta(seconds=5),
            time_property="modifiedAt",
        )
        assert written.withheld == 0
    last = {one["http://purl.org/dc/terms/isVersionOf"]["@id"]: one for one in follow(tmp_path / "site")}
    assert all(one["availableSpotNumber"]["value"] == 1 and "name" in one for one in last.values())


def test_a_first_run_needs_a_beginning(tmp_path, client, make_publication) -> None:
    """Without a mark and without ``since`` there is no telling where to begin."""
    with EventStream(tmp_path / "site", make_publication()) as stream, pytest.raises(ConfigurationError, match="since"):
        publish_history(client, stream, "OffStreetParking")
