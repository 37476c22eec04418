"""NGSILD-Warning of answers: in results, in the client, in the log, on stderr."""

from __future__ import annotations

import logging

import httpx
import pytest

from citycontext import AsyncClient, Client
from citycontext.client.operations.exchange import Response
from citycontext.client.operations.warnings import warnings_in

DOWN = '199 urn:ngsi-ld:ContextSourceRegistration:1 "Miscellaneous Warning"'
STALE = '110 urn:ngsi-ld:ContextSourceRegistration:2 "Response is Stale, a bit"'


def _broker(request: httpx.Request) -> httpx.Response:
    headers = [("NGSILD-Warning", f"{DOWN}, {STALE}")]
    if request.url.path.endswith("/entities/urn:a:b"):
        return httpx.Response(200, json={"id": "urn:a:b", "type": "T"}, headers=[("NGSILD-Warning", DOWN)])
    if "offset=1" in str(request.url):
        return httpx.Response(200, json=[{"id": "urn:a:c", "type": "T"}], headers=[("ngsild-warning", DOWN)])
    link = '</ngsi-ld/v1/entities?type=T&limit=1&offset=1>;rel="next"'
    return httpx.Response(200, json=[{"id": "urn:a:b", "type": "T"}], headers=[*headers, ("Link", link)])


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([], []),
        ([""], []),
        ([DOWN], [DOWN]),
        ([DOWN, STALE], [DOWN, STALE]),
        ([f"{DOWN},{STALE} , "], [DOWN, STALE]),
        (['199 a "not closed, x'], ['199 a "not closed, x']),
        (["\x1b[31m red"], ["\\x1b[31m red"]),
        (["x" * 10_000], None),
    ],
)
def test_6_3_17_warnings_are_read_apart_and_shown_safely(values: list[str], found: list[str] | None) -> None:
    """Several warnings in one header or in several are told apart; nothing in them is obeyed by a terminal."""
    read = warnings_in(Response(200, [(b"NGSILD-Warning", value.encode()) for value in values], b""))
    if found is None:
        assert [len(one) <= 200 for one in read] == [True]
    else:
        assert read == found


def test_6_3_17_results_and_client_have_what_the_broker_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    """Results keep the warnings of all their pages, the client those of all answers, and the log has each once."""
    with Client("http://broker", transport=httpx.MockTransport(_broker)) as client:
        results = client.entities.query("T", page_size=1)
        assert results.warnings == []
        with caplog.at_level(logging.WARNING):
            assert len(results.all()) == 2
            assert client.entities.retrieve("urn:a:b").id == "urn:a:b"
        assert results.warnings == [DOWN, STALE]
        assert sorted(client.warnings) == sorted([DOWN, STALE])
        assert client.with_options(tenant="other").warnings == client.warnings
    assert [record.getMessage().partition(" warns: ")[2] for record in caplog.records] == [DOWN, STALE]


async def test_6_3_17_the_asynchronous_client_has_them_too() -> None:
    """A retrieval of the asynchronous client leaves the warning there."""
    async with AsyncClient("http://broker", transport=httpx.MockTransport(_broker)) as client:
        await client.entities.retrieve("urn:a:b")
        assert client.warnings == [DOWN]
