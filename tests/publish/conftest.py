"""A parking publication, entities for it, and a client that knows nothing but TREE links."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from citycontext.publish import Publication

URL = "https://data.stad.example/parking"
START = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def make_publication() -> Callable[..., Publication]:
    """Make a publication of parkings; keywords go to the stream."""

    def make(**stream: Any) -> Publication:
        return Publication.parse(
            {
                "dataset": {
                    "id": f"{URL}/dataset",
                    "title": {"nl": "Parkeren", "en": "Parking"},
                    "description": {"nl": "Vrije plaatsen.", "en": "Free places."},
                    "licence": "https://creativecommons.org/publicdomain/zero/1.0/",
                    "publisher": "https://data.vlaanderen.be/id/organisatie/OVO000000",
                    "publisher_name": "Stad Voorbeeld",
                    "spatial": "https://data.vlaanderen.be/id/gemeente/44021",
                    "contact": {"email": "data@stad.example"},
                    "provenance": {"nl": "Telling aan de slagboom."},
                },
                "allow": {"OffStreetParking": ["name", "location", "availableSpotNumber", "totalSpotNumber", "scope"]},
                "stream": {"url": URL, **stream},
            }
        )

    return make


@pytest.fixture
def parkings() -> Callable[..., Iterator[dict[str, Any]]]:
    """Make states of parkings: ``count`` of them, of ``of`` parkings, a minute apart."""

    def make(count: int, of: int = 5, first: int = 0) -> Iterator[dict[str, Any]]:
        for number in range(first, first + count):
            when = (START + timedelta(minutes=number // of)).strftime("%Y-%m-%dT%H:%M:%SZ")
            yield {
                "id": f"urn:ngsi-ld:OffStreetParking:gent:p{number % of}",
                "type": "OffStreetParking",
                "name": {"type": "Property", "value": f"P{number % of}"},
                "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.72, 51.05]}},
                "availableSpotNumber": {
                    "type": "Property",
                    "value": number,
                    "observedAt": when,
                    "unitCode": "C62",
                },
                "owner": {"type": "Property", "value": "somebody"},
            }

    return make


@pytest.fixture
def follow() -> Callable[..., list[dict[str, Any]]]:
    """Follow all TREE links from the root, and give every member as often as it is found."""

    def walk(folder: Path, most: int | None = None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        todo = [f"{URL}/ldes.jsonld"]
        seen = set(todo)
        for url in todo:
            node, stream = orjson.loads((folder / url.removeprefix(f"{URL}/")).read_bytes())["@graph"]
            assert node["@id"] == url
            assert stream["@id"] == f"{URL}/ldes.jsonld#stream"
            assert most is None or len(stream["tree:member"]) <= most
            found += stream["tree:member"]
            for relation in node.get("tree:relation", ()):
                if relation["tree:node"]["@id"] not in seen:
                    seen.add(relation["tree:node"]["@id"])
                    todo.append(relation["tree:node"]["@id"])
        return found

    return walk
