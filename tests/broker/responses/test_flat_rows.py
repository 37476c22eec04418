"""The history of the local broker as flat rows, for dashboards."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker
from citycontext.client import AsyncClient
from citycontext.ngsild import flat_rows

STATION = "urn:ngsi-ld:AirQualityObserved:s1"


async def _broker() -> LocalBroker:
    """Return a broker with two values of a station, and one of a bin that has no time of observation."""
    broker = LocalBroker()
    async with AsyncClient("http://broker", transport=broker.transport(), context="models") as client:
        for hour, value in ((8, 14.0), (9, 17.5)):
            pm10 = {"value": value, "unitCode": "GQ", "observedAt": f"2024-05-01T{hour:02}:00:00Z"}
            station = {"id": STATION, "type": "AirQualityObserved", "name": {"value": "=Kerk"}, "pm10": pm10}
            place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3, 51]}}
            await client.batch.upsert([{**station, "location": place}])
        await client.batch.upsert([{"id": "urn:ngsi-ld:Bin:1", "type": "Bin", "level": {"value": 3}}])
    return broker


async def _rows(broker: LocalBroker, query: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker") as client:
        return await client.get(f"/rows?{query}", headers=headers)


async def test_each_value_is_a_row_in_the_order_of_time() -> None:
    """A type and an attribute are named short, whatever their @context; what is not a single value has no row."""
    answer = await _rows(await _broker(), "type=AirQualityObserved&attrs=pm10,location")
    assert answer.json() == [
        {
            "time": f"2024-05-01T{hour:02}:00:00Z", "id": STATION, "name": "=Kerk", "type": "AirQualityObserved",
            "attribute": "pm10", "value": value, "unit": "GQ",
        }
        for hour, value in ((8, 14.0), (9, 17.5))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("attrs=pm10&from=2024-05-01T08:30:00Z", [17.5]),
        ("attrs=pm10&from=1714552200000&to=1714557600000", [17.5]),  # milliseconds, as Grafana writes them
        ("attrs=pm10&to=2024-05-01T09:00:00Z", [14.0]),
        ("attrs=pm10&last=1", [17.5]),
        ("id=urn:ngsi-ld:Bin:1", [3]),
        ("attrs=level&from=2024-05-01T08:30:00Z", [3]),  # without a time of observation: when it was written
        ("attrs=level&to=2024-05-01T08:30:00Z", []),
        ("type=Bus", []),
    ],
)
async def test_rows_are_chosen(query: str, values: list[Any]) -> None:
    """Type, attribute, id, span and number narrow the rows."""
    assert [row["value"] for row in (await _rows(await _broker(), query)).json()] == values


async def test_rows_as_csv_hold_no_formula() -> None:
    """CSV has a header, and a text that begins like a formula is a text."""
    answer = await _rows(await _broker(), "attrs=pm10&f=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["name"], row["value"]) for row in rows] == [("'=Kerk", "14.0"), ("'=Kerk", "17.5")]


@pytest.mark.parametrize("query", ["x=1", "from=gisteren", "last=0", "last=many", "f=xml", "to=9999999999999999999"])
async def test_a_wrong_parameter_is_named(query: str) -> None:
    """What cannot be read is refused with its name."""
    answer = await _rows(await _broker(), query)
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.json()["detail"]


async def test_rows_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than are given at once are refused, and the refusal says how to narrow them down."""
    monkeypatch.setattr(flat_rows, "MOST", 1)
    answer = await _rows(await _broker(), "attrs=pm10,level")
    assert answer.status_code == 403
    assert "narrow" in answer.json()["detail"]


async def test_rows_are_guarded_as_the_api_is() -> None:
    """Token and tenant hold for rows too."""
    broker = LocalBroker(token="t0ken")
    assert (await _rows(broker, "")).status_code == 401
    assert (await _rows(broker, "", Authorization="Bearer t0ken")).status_code == 200
    other = await _rows(broker, "", **{"Authorization": "Bearer t0ken", "NGSILD-Tenant": "other"})
    assert other.status_code == 404
