"""A city in one process: a local broker, a catalogue and files, each answer of which a test can change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from citycontext import Client
from citycontext.passport import Options, Passport, check_city
from citycontext.web.http import httpx

BROKER = "http://broker.example"
DATA = "http://data.example"
CATALOGUE = f"{DATA}/dcat.jsonld"
PARKING = "https://smart-data-models.github.io/dataModel.Parking/context.jsonld"
LICENCE = "https://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0"
Change = Callable[[httpx.Request, httpx.Response], httpx.Response | None]


def parking(number: int) -> dict[str, Any]:
    """An entity of a published model, with a number, a place and a relationship."""
    return {
        "id": f"urn:ngsi-ld:OffStreetParking:p{number}",
        "type": "OffStreetParking",
        "name": {"type": "Property", "value": f"Parking {number}"},
        "availableSpotNumber": {"type": "Property", "value": 10 + number, "observedAt": "2026-05-01T08:00:00Z"},
        "location": {
            "type": "GeoProperty",
            "value": {"type": "Point", "coordinates": [3.7 + number / 1000, 51.05]},
        },
        "refParkingSite": {"type": "Relationship", "object": f"urn:ngsi-ld:OffStreetParking:p{(number + 1) % 5}"},
    }


def described() -> dict[str, Any]:
    """Return a description of open data that says all that is asked for."""
    dataset, service = f"{DATA}/id/dataset/parking", f"{DATA}/id/service/broker"
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
        },
        "@graph": [
            {
                "@id": f"{DATA}/id/catalogue",
                "@type": "dcat:Catalog",
                "dct:title": "Data",
                "dct:description": "All data of the city",
                "dct:publisher": {"@id": f"{DATA}/id/city"},
                "dcat:dataset": {"@id": dataset},
            },
            {"@id": f"{DATA}/id/city", "@type": "foaf:Agent", "foaf:name": "The city"},
            {
                "@id": dataset,
                "@type": "dcat:Dataset",
                "dct:title": "Parking",
                "dct:description": "Free places",
                "dct:publisher": {"@id": f"{DATA}/id/city"},
                "dcat:contactPoint": {"@id": f"{DATA}/contact"},
                "dcat:keyword": "parking",
                "dcat:theme": {"@id": "http://publications.europa.eu/resource/authority/data-theme/TRAN"},
                "dcat:landingPage": {"@id": f"{DATA}/page"},
                "dct:conformsTo": [
                    {"@id": "https://github.com/smart-data-models/dataModel.Parking"},
                    {"@id": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
                ],
                "dcat:distribution": {"@id": f"{DATA}/id/distribution/geojson"},
            },
            {
                "@id": f"{DATA}/id/distribution/geojson",
                "@type": "dcat:Distribution",
                "dct:license": {"@id": LICENCE},
                "dct:format": "GeoJSON",
                "dcat:accessURL": {"@id": f"{DATA}/parking.geojson"},
                "dcat:downloadURL": {"@id": f"{DATA}/parking.geojson"},
            },
            {
                "@id": service,
                "@type": "dcat:DataService",
                "dct:title": "The broker",
                "dcat:endpointURL": {"@id": f"{BROKER}/ngsi-ld/v1"},
                "dct:conformsTo": {"@id": "https://www.etsi.org/deliver/etsi_gs/CIM/001_099/009/"},
            },
        ],
    }


def file_of_features() -> dict[str, Any]:
    """Return a file with the ids of the broker."""
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "id": one["id"], "geometry": one["location"]["value"], "properties": {}}
            for one in map(parking, range(5))
        ],
    }


def answer(status: int, body: Any = b"", media_type: str = "application/json", **headers: str) -> httpx.Response:
    """Make an answer."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return httpx.Response(
        status,
        headers={"content-type": media_type, **{name.replace("_", "-"): value for name, value in headers.items()}},
        content=content,
    )


@dataclass
class City(httpx.BaseTransport):
    """Carries requests to the broker and to the documents of a city; a test changes what comes back."""

    broker: httpx.BaseTransport
    documents: dict[str, httpx.Response] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        url = str(request.url)
        if request.url.host == "broker.example":
            came = self.broker.handle_request(request)
            found = httpx.Response(came.status_code, headers=came.headers, content=came.read())
        else:
            known = self.documents.get(url.partition("?")[0])
            if known is None:
                raise httpx.ConnectError(f"no connection to {request.url.host}", request=request)
            if known.headers.get("etag") and request.headers.get("if-none-match") == known.headers["etag"]:
                found = httpx.Response(304, headers={"etag": known.headers["etag"]})
            else:
                found = httpx.Response(known.status_code, headers=known.headers, content=known.content)
        for change in self.changes:
            found = change(request, found) or found
        headers = {name: value for name, value in found.headers.items() if name != "content-length"}
        return httpx.Response(
            found.status_code, headers=headers, stream=httpx.ByteStream(found.content), request=request
        )

    def check(
        self,
        *changes: Change,
        catalogue: str = "",
        options: Options | None = None,
        url: str = BROKER,
        client: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Passport:
        """Ask the city, with what a test changes."""
        self.changes = list(changes)
        with Client(url, transport=self, **(client or {})) as broker, httpx.Client(transport=self) as web:
            stranger = Client(url, transport=self)
            return check_city(broker, catalogue=catalogue, options=options, web=web, anonymous=stranger, **more)


def body_of(response: httpx.Response) -> Any:
    """Return the body of an answer as JSON."""
    return orjson.loads(response.content)


def with_body(response: httpx.Response, body: Any) -> httpx.Response:
    """Return an answer with another body."""
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return httpx.Response(response.status_code, headers=headers, content=orjson.dumps(body))
