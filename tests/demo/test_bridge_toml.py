"""The demo's bridge configuration: one file, read as a user's would be, that maps every good message."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

from citycontext.bridge.codecs.registry import load_codec
from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.mapping.mapping import RouteMapping
from citycontext.demo.broken import TOPIC
from citycontext.demo.feeders import publications
from citycontext.errors import MappingError, PayloadError

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
EXAMPLE = Path(__file__).parents[2] / "examples" / "demo" / "bridge.toml"
BROKERS = {"MQTT_URL": "mqtt://localhost", "CONTEXT_BROKER_URL": "http://localhost:1026"}


def _map_all(count: int) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """Map messages as the bridge does; give the entities, and topic and reason of what it refuses."""
    config = BridgeConfig.load(EXAMPLE, BROKERS)
    routes = [
        (route.patterns[0], load_codec(route.codec.name, route.codec.options), RouteMapping(route, config.clock))
        for route in config.route
    ]
    entities: list[dict[str, Any]] = []
    refused: list[tuple[str, str]] = []
    for message in islice(publications(1, NOON), count):
        taken = [
            (captures, codec, mapping)
            for pattern, codec, mapping in routes
            if (captures := pattern.match(message.topic)) is not None
        ]
        assert len(taken) == 1, message.topic
        captures, codec, mapping = taken[0]
        try:
            for document in codec.decode(message.payload, message.topic):
                entities += mapping.map(document, captures, NOON.timestamp())
        except (PayloadError, MappingError) as error:
            refused.append((message.topic, str(error)))
    return entities, refused


def test_example_and_package_have_one_file() -> None:
    """What a reader of the examples sees is what the demo runs."""
    packaged = Path(str(files("citycontext.demo").joinpath("bridge.toml")))
    assert EXAMPLE.read_bytes() == packaged.read_bytes()


def test_every_good_message_becomes_an_entity_and_only_the_broken_device_is_refused() -> None:
    """Four types of entities come out, and nothing is refused but what the broken counter says."""
    entities, refused = _map_all(600)
    assert set(Counter(entity["type"] for entity in entities)) == {
        "OffStreetParking",
        "AirQualityObserved",
        "NoiseLevelObserved",
        "WasteContainer",
    }
    assert {topic for topic, _ in refused} == {TOPIC}
    assert len(entities) + len(refused) == 600


def test_refusals_tell_a_person_what_is_wrong() -> None:
    """The three faults of the broken counter are told apart in words."""
    reasons = " | ".join(sorted({reason for _, reason in _map_all(200)[1]}))
    for words in ("JSON", "'forty'", "1970"):
        assert words in reasons


def test_entities_carry_place_time_unit_and_an_honest_description() -> None:
    """Replayed and simulated values say that they are, and a recorded one keeps the time it was true."""
    first = {entity["type"]: entity for entity in reversed(_map_all(200)[0])}
    for entity in first.values():
        assert entity["location"]["value"]["type"] == "Point"
        assert entity["description"]["value"].startswith(("Recorded", "Simulated"))
    assert first["OffStreetParking"]["observationDateTime"]["value"]["@value"].startswith("2023-12-21T")
    assert first["OffStreetParking"]["availableSpotNumber"]["observedAt"].startswith("2026-06-01T12:00")
    assert first["NoiseLevelObserved"]["LAeq"]["unitCode"] == "2N"
    assert 0 <= first["WasteContainer"]["fillingLevel"]["value"] <= 1
