"""Speed of the client, as ratios against http.client and json with the same bytes, in one run.

    python benchmarks/client.py            a table for people
    python benchmarks/client.py --json     rows for machines; exit code 1 when one is over its budget

The context broker is a stub in a process of its own. Baseline and client take turns; figures are medians over the
rounds, of the CPU time of this process, except the last one, which is of time on the clock.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import http.client
import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import httpx

from citycontext.client import AsyncClient, Client
from citycontext.client.concurrency import async_each
from citycontext.ngsild import Entity, GeoAttr, OptAttr, Property, optional, point

ROUNDS = 9
PAGE = 100
WHEN = "2026-05-01T10:00:00Z"
LATENCY = 0.020


class AirQualityObserved(Entity):
    """Twelve attributes, six of them with unit and time."""

    location: GeoAttr
    name: OptAttr[str] = optional()
    area_served: OptAttr[str] = optional()
    source: OptAttr[str] = optional()
    height: OptAttr[float] = optional()
    reliability: OptAttr[float] = optional()
    pm10: OptAttr[float] = optional()
    pm25: OptAttr[float] = optional()
    no2: OptAttr[float] = optional()
    o3: OptAttr[float] = optional()
    so2: OptAttr[float] = optional()
    co: OptAttr[float] = optional()


def entity(number: int) -> AirQualityObserved:
    return AirQualityObserved(
        id=f"urn:ngsi-ld:AirQualityObserved:{number}",
        location=point(3.7 + number * 1e-4, 51.05),
        name="Air at the square",
        area_served="Gent",
        source="https://example.org",
        height=3.5,
        reliability=0.9,
        pm10=Property(20.5 + number % 7, unit_code="GQ", observed_at=WHEN),
        pm25=Property(11.25, unit_code="GQ", observed_at=WHEN),
        no2=Property(33.1, unit_code="GQ", observed_at=WHEN),
        o3=Property(51.0, unit_code="GQ", observed_at=WHEN),
        so2=Property(2.5, unit_code="GQ", observed_at=WHEN),
        co=Property(0.4, unit_code="GP", observed_at=WHEN),
    )


# -- the stub of a broker


def serve(ports: Any, pages: list[bytes], latency: float) -> None:
    """Answer as a broker would, without thinking: 204 to batches, 201 to creates, a page to queries."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                return
            length = 0
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    length = int(line[15:])
            if length:
                await reader.readexactly(length)
            if latency:
                await asyncio.sleep(latency)
            if head.startswith(b"GET"):
                target = head.split(b" ", 2)[1]
                offset = int(target.partition(b"offset=")[2].partition(b"&")[0] or 0)
                body = pages[offset // PAGE] if offset // PAGE < len(pages) else b"[]"
                total = f"NGSILD-Results-Count: {len(pages) * PAGE}\r\n".encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s"
                    % (total, len(body), body)
                )
            elif b"/entityOperations/" in head:
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            else:
                writer.write(b"HTTP/1.1 201 Created\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")

    async def main() -> None:
        server = await asyncio.start_server(connection, "127.0.0.1", 0, limit=1 << 24)
        ports.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def start(pages: list[bytes], latency: float = 0.0) -> tuple[Any, int]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, pages, latency), daemon=True)
    process.start()
    return process, ours.recv()


# -- measuring


def medians(baseline: Callable[[], object], *works: Callable[[], object]) -> list[float]:
    """Return the median CPU time of the baseline in seconds, then for each other work the median ratio to it."""
    times: list[list[float]] = [[] for _ in range(1 + len(works))]
    for _ in range(ROUNDS):
        gc.collect()
        for position, work in enumerate((baseline, *works)):
            begun = time.process_time()
            work()
            times[position].append(time.process_time() - begun)
    ratios = [
        statistics.median(ours / base for ours, base in zip(measured, times[0], strict=True)) for measured in times[1:]
    ]
    return [statistics.median(times[0]), *ratios]


def rows() -> list[dict[str, object]]:
    """Measure everything."""
    entities = [entity(number) for number in range(1000)]
    plain = [one.to_dict() for one in entities]
    pages = [json.dumps(plain[first : first + PAGE]).encode() for first in range(0, 1000, PAGE)]
    process, port = start(pages)
    slow, slow_port = start([], LATENCY)
    try:
        return [*_against(entities, plain, port), _in_flight(entities, slow_port)]
    finally:
        process.terminate()
        slow.terminate()


def _against(entities: list[AirQualityObserved], plain: list[dict[str, Any]], port: int) -> list[dict[str, object]]:
    raw = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Content-Type": "application/json"}

    def send(method: str, path: str, body: object = None) -> bytes:
        content = None if body is None else json.dumps(body).encode()
        raw.request(method, path, content, headers)
        return raw.getresponse().read()

    def read_raw() -> None:
        got = [
            json.loads(send("GET", f"/ngsi-ld/v1/entities?limit=100&offset={first}")) for first in range(0, 1000, PAGE)
        ]
        assert sum(map(len, got)) == 1000

    with Client(f"http://127.0.0.1:{port}") as client, httpx.Client() as bare:

        def read_typed() -> None:
            assert len(client.entities.query(AirQualityObserved, page_size=PAGE).all()) == 1000

        def create_bare() -> None:
            for one in plain[:200]:
                content = json.dumps(one).encode()
                bare.post(f"http://127.0.0.1:{port}/ngsi-ld/v1/entities", content=content, headers=headers)

        batch = medians(
            lambda: send("POST", "/ngsi-ld/v1/entityOperations/upsert", plain),
            lambda: client.batch.upsert(entities).raise_for_errors(),
        )
        read = medians(read_raw, read_typed)
        create = medians(
            lambda: [send("POST", "/ngsi-ld/v1/entities", one) for one in plain[:200]],
            lambda: [client.entities.create(one) for one in entities[:200]],
            create_bare,
        )
    raw.close()
    same = "http.client and json with the same bytes"
    return [
        row("batch upsert of 1,000 typed entities", batch[1], same, 0.6, batch[0]),
        row("read 1,000 typed entities in pages of 100", read[1], same, 1.5, read[0]),
        row("200 single creates of typed entities", create[1], same, None, create[0]),
        row("(the same by bare httpx)", create[2], same, None, create[0]),
        row("200 single creates", create[1] / create[2], "the same by bare httpx", 0.95, create[0] * create[2]),
    ]


def _in_flight(entities: list[AirQualityObserved], port: int) -> dict[str, object]:
    address = f"http://127.0.0.1:{port}"

    def one_by_one() -> float:
        with Client(address) as client:
            begun = time.perf_counter()
            for one in entities[:50]:
                client.entities.create(one)
            return 50 / (time.perf_counter() - begun)

    async def together() -> float:
        async with AsyncClient(address) as client:
            begun = time.perf_counter()
            await async_each(client.entities.create, entities[:640], limit=32)
            return 640 / (time.perf_counter() - begun)

    ratios = [asyncio.run(together()) / one_by_one() for _ in range(5)]
    value = statistics.median(ratios)
    return {
        "name": f"creates with 32 in flight, broker of {LATENCY * 1000:g} ms",
        "value": round(value, 2),
        "unit": "times the throughput",
        "baseline": "the same one by one",
        "budget": 3.0,
        "ok": value >= 3.0,
    }


def row(name: str, value: float, baseline: str, budget: float | None, seconds: float) -> dict[str, object]:
    """Make a row; one without a budget is there to compare with."""
    return {
        "name": name,
        "value": round(value, 3),
        "unit": "ratio",
        "baseline": baseline,
        "budget": budget,
        "ok": budget is None or value <= budget,
        "baseline_ms": round(seconds * 1000, 2),
    }


def main() -> int:
    """Print what was measured, and tell by the exit code whether all is within budget."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print rows for machines")
    arguments = parser.parse_args()
    measured = rows()
    if arguments.json:
        print(json.dumps(measured, indent=1))
    else:
        for one in measured:
            budget = "" if one["budget"] is None else f"of {one['budget']}"
            print(f"{one['name']:<46} {one['value']:>7} {budget:<7} {'ok' if one['ok'] else 'OVER'}")
    return 0 if all(one["ok"] for one in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
