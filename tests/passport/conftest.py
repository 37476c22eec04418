"""A good city, which tests make a wrong one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chromium import devtools, open_tab
from citycontext import Client
from citycontext.testing import InProcessTransport
from passport_city import BROKER, CATALOGUE, DATA, LICENCE, PARKING, City, answer, described, file_of_features, parking

__all__ = ["city", "devtools", "empty_city", "open_tab"]


@pytest.fixture
def empty_city(context_broker_transport: InProcessTransport) -> City:
    """A city whose broker holds nothing."""
    return City(context_broker_transport)


@pytest.fixture
def city(empty_city: City) -> Iterator[City]:
    """A city with five car parks, a catalogue and a file."""
    with Client(BROKER, transport=empty_city, context=PARKING) as client:
        for number in range(5):
            client.entities.create(parking(number))
    empty_city.documents = {
        CATALOGUE: answer(200, described(), "application/ld+json"),
        f"{DATA}/parking.geojson": answer(200, file_of_features(), "application/geo+json", etag='"1"'),
        f"{DATA}/page": answer(200, b"<!doctype html><title>Parking</title>", "text/html"),
        LICENCE: answer(200, b"<!doctype html><title>Licence</title>", "text/html"),
    }
    empty_city.requests.clear()
    return empty_city
