"""Contexts of what is published can be read by anybody, and tell nothing of a network inside."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.publish import EventStream, Publication, Report, export
from citycontext.publish.contexts import leads_nowhere

CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
PARKING = "https://raw.githubusercontent.com/smart-data-models/dataModel.Parking/master/context.jsonld"
OWN = "https://data.stad.example/context.jsonld"


def entity(context: Any) -> dict[str, Any]:
    return {
        "id": "urn:ngsi-ld:OffStreetParking:1",
        "type": "OffStreetParking",
        "@context": context,
        "name": {"type": "Property", "value": "P1", "observedAt": "2026-05-01T00:00:00Z"},
        "availableSpotNumber": {"type": "Property", "value": 3},
    }


def published(tmp_path, of_entity: Any, **more: Any) -> tuple[str, Report]:
    """Return all that stands in a stream and a file of JSON-LD, and the report."""
    allow = {"OffStreetParking": ["name", "availableSpotNumber"]}
    publication = Publication.parse({"allow": allow, "stream": {"url": "https://data.stad.example/p"}, **more})
    report = Report()
    with EventStream(tmp_path / "site", publication, report=report) as stream:
        assert stream.write([entity(of_entity)]).published == 1
    export([entity(of_entity)], tmp_path / "all.jsonld", publication, form="jsonld", report=report)
    return (tmp_path / "site" / "ldes.jsonld").read_text() + (tmp_path / "all.jsonld").read_text(), report


@pytest.mark.parametrize("of_file", [False, True])
def test_terms_of_models_stand_in_the_page(tmp_path, of_file) -> None:
    """The address of a model's context, which answers with plain text, is nowhere; the terms that it has are."""
    more = {"context": PARKING} if of_file else {}
    text, report = published(tmp_path, [PARKING, CORE], **more)
    assert "githubusercontent" not in text
    assert "https://smartdatamodels.org/dataModel.Parking/availableSpotNumber" in text
    assert report.count("context-left-out") == 0


@pytest.mark.parametrize(
    "address", ["http://broker:9090/ngsi-ld/v1/jsonldContexts/1", "http://10.0.0.7/c.jsonld", "http://localhost/c"]
)
def test_an_address_inside_does_not_leave(tmp_path, address) -> None:
    """What only a network inside can reach is left out, and told without being repeated; what is public stays."""
    text, report = published(tmp_path, [address, OWN, CORE])
    assert address not in text
    assert OWN in text
    assert report.count("context-left-out") == 2
    assert not any(address in str(one.finding) for one in report)


def test_an_entity_with_the_context_of_the_file_needs_none(tmp_path) -> None:
    """A context stands once, in the file."""
    text, _ = published(tmp_path, OWN, context=OWN)
    assert text.count(OWN) == 2


@pytest.mark.parametrize(
    ("address", "nowhere"),
    [
        ("https://data.stad.example/c", False),
        ("https://smartdatamodels.org/context.jsonld", False),
        ("https://raw.githubusercontent.com/x/y/context.jsonld", True),
        ("http://[::1]/c", True),
        ("http://172.16.0.1:8080/c", True),
        ("http://orion.default.svc.cluster.local/c", True),
        ("file:///c", True),
        ("https://8.8.8.8/c", False),
        ("http://[broken/c", True),
    ],
)
def test_what_leads_nowhere(address, nowhere) -> None:
    """Addresses of networks inside and of plain text are of no use to readers elsewhere."""
    assert leads_nowhere(address) is nowhere
