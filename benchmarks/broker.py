"""Speed of the local broker, behind a real port, with its store in a file.

    python benchmarks/broker.py            a table for people
    python benchmarks/broker.py --json     rows for machines; exit code 1 when one is over its budget

A retrieve, pages, counts, places and queries by value are timed at 1,000 and at 100,000 entities (``--entities 300000``
for more): the 95th percentile may grow threefold. Both stores are asked in turns, so that a busy machine slows both.
Writes are timed without subscriptions, beside 1,000 that match, and beside 1,000 that do not; notifications are
compared with bare posts of httpx. ``--subscriptions`` measures these alone.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson

from citycontext.broker import LocalBroker, Server

BATCH = 500
ASKED = 400
ROUNDS = 5
NOTIFIED = 500
CONTEXT_RELATION = "http://www.w3.org/ns/json-ld#context"
HEADERS = {"Content-Type": "application/json"}


def entity(number: int, value: float) -> dict[str, object]:
    """Make a car park: seven attributes, of which two change."""
    when = "2024-05-01T10:00:00Z"
    return {
        "id": f"urn:ngsi-ld:OffStreetParking:{number}",
        "type": "OffStreetParking",
        "name": {"type": "Property", "value": f"Car park {number}"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7 + number * 1e-6, 51.0]}},
        "availableSpotNumber": {"type": "Property", "value": int(value), "observedAt": when, "unitCode": "C62"},
        "occupancy": {"type": "Property", "value": value / 1000, "observedAt": when},
        "status": {"type": "Property", "value": "open"},
        "rank": {"type": "Property", "value": number},
        "operatedBy": {"type": "Relationship", "object": "urn:ngsi-ld:Organization:gent"},
    }


def fill(http: httpx.Client, count: int, value: float) -> float:
    """Upsert so many entities in batches; give the seconds the broker took, without making the bodies."""
    spent = 0.0
    for start in range(0, count, BATCH):
        body = orjson.dumps([entity(number, value) for number in range(start, min(start + BATCH, count))])
        before = time.perf_counter()
        answer = http.post("entityOperations/upsert", content=body, headers=HEADERS)
        spent += time.perf_counter() - before
        if answer.status_code not in (201, 204):
            raise SystemExit(f"the broker answered {answer.status_code}: {answer.text}")
    return spent


def timed(client: httpx.Client, questions: list[str]) -> list[float]:
    """Ask questions; give the milliseconds of each."""
    took = []
    for question in questions:
        before = time.perf_counter()
        answer = client.get(question)
        took.append((time.perf_counter() - before) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"the broker answered {answer.status_code}: {answer.text}")
    return took


def percentile(values: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20)[-1]


def measure(many: int, few: int) -> list[dict[str, object]]:
    """Run everything; give a row for each figure."""
    rows: list[dict[str, object]] = []
    before = time.perf_counter()
    LocalBroker().close()
    rows.append(row("start in process", (time.perf_counter() - before) * 1000, "ms", 50, less=True))
    with tempfile.TemporaryDirectory() as folder:
        small, large = (LocalBroker(Path(folder) / name) for name in ("small.db", "large.db"))
        servers = Server(small, port=0), Server(large, port=0)
        with servers[0] as one, servers[1] as other, http(one) as few_held, http(other) as many_held:
            fill(few_held, few, 1)
            spent = fill(many_held, many, 1)
            rows.append(row("first upsert", many / spent, "entities/s", 3000, less=False))
            again = [fill(many_held, min(many, 10_000), value) for value in range(2, 2 + ROUNDS)]
            rate = min(many, 10_000) / statistics.median(again)
            rows.append(row("upsert of changed values", rate, "entities/s", 3000, less=False))
            rows += compare(few_held, many_held, few, many)
        for broker in (small, large):
            broker.close()
    rows += beside_receivers()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows.append(row("memory of both brokers and this program", peak, "MB", 500, less=True))
    return rows


def compare(few_held: httpx.Client, many_held: httpx.Client, few: int, many: int) -> list[dict[str, object]]:
    """Time the same questions at both sizes, in turns."""
    rows = []
    near = "georel=near;maxDistance==20&geometry=Point&coordinates=[3.7005,51]"
    questions: dict[str, Callable[[int, int], str]] = {
        "retrieve": lambda number, held: f"entities/urn:ngsi-ld:OffStreetParking:{number * 7919 % held}",
        "typed query, limit 100": lambda number, held: (
            f"entities?type=OffStreetParking&limit=100&offset={number % 900}"
        ),
        "near, 20 m": lambda number, held: f"entities?type=OffStreetParking&limit=100&{near}",
        "near, 50 km": lambda number, held: f"entities?type=OffStreetParking&limit=100&{near.replace('20&', '50000&')}",
        "late page by Link": lambda number, held: (
            f"entities?type=OffStreetParking&limit=100&offset={held - 150}&after={held - 150 - number}"
        ),
        "count by type": lambda number, held: "entities?type=OffStreetParking&limit=0&count=true",
        "q ==": lambda number, held: f"entities?type=OffStreetParking&limit=20&q=occupancy=={number / 1000}",
        "q >": lambda number, held: f"entities?type=OffStreetParking&limit=20&q=rank>{held - number}",
        "q, a range": lambda number, held: f"entities?limit=20&q=rank=={held // 2}..{held // 2 + 9}",
    }
    for name, question in questions.items():
        took: dict[int, list[float]] = {few: [], many: []}
        for _ in range(ROUNDS):
            for held, client in ((few, few_held), (many, many_held)):
                took[held] += timed(client, [question(number, held) for number in range(ASKED // ROUNDS)])
        base, value = percentile(took[few]), percentile(took[many])
        rows.append(row(f"{name}, 95th percentile at {many:,}", value, "ms", base * 3, less=True, baseline=base))
    return rows


def beside_subscriptions(url: str) -> list[dict[str, object]]:
    """Time writes beside 1,000 subscriptions that match and 1,000 that do not, in turns with writes beside none.

    Each broker is a process of its own, and before each write all are quiet: what is timed is the answer to a write as
    a client has it, not notifications of the one before. The shortest times are compared, since they are what the
    broker needs; longer ones are of the machine.
    """
    rows = []
    with contextlib.ExitStack() as stack:
        held = {name: stack.enter_context(broker_process()) for name in ("none", "matching", "other")}
        for name, (client, _) in held.items():
            fill(client, 100, 1)
            for number in range(0 if name == "none" else 1000):
                kind = "OffStreetParking" if name == "matching" else f"Other{number}"
                client.post("subscriptions", json=subscription(number, kind, url)).raise_for_status()
        for name, writes in (("other", 200), ("matching", 25)):
            took: dict[str, list[float]] = {"none": [], name: []}
            for value in range(writes):
                for one, times in took.items():
                    for _, wait_until_quiet in held.values():
                        wait_until_quiet()
                    client = held[one][0]
                    before = time.perf_counter()
                    client.patch("entities/urn:ngsi-ld:OffStreetParking:1", json={"occupancy": {"value": value}})
                    times.append((time.perf_counter() - before) * 1000)
            base, value = (min(times) for times in took.values())
            most = base * (2 if name == "matching" else 1.05)
            rows.append(row(f"write beside 1,000 {name} subscriptions", value, "ms", most, less=True, baseline=base))
    return rows


@contextlib.contextmanager
def broker_process() -> Iterator[tuple[httpx.Client, Callable[[], Any]]]:
    """Run a broker in a process of its own; give a client of it, and what waits until it has nothing to notify."""
    told, tell = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=hold_broker, args=(tell,), daemon=True)
    process.start()

    def wait_until_quiet() -> None:
        told.send("quiet")
        told.recv()

    with httpx.Client(base_url=told.recv(), timeout=60, trust_env=False) as client:
        yield client, wait_until_quiet
    process.kill()


def hold_broker(told: Any) -> None:
    """Hold a broker, and answer each message when it has nothing to notify."""
    broker = LocalBroker()
    with Server(broker, port=0) as server:
        told.send(f"{server.url}/ngsi-ld/v1/")
        while told.recv():
            while not broker.state.notifier.is_quiet:
                time.sleep(0.01)
            told.send("quiet")


def subscription(number: int, kind: str, url: str) -> dict[str, object]:
    """Make a subscription to entities of a type."""
    return {
        "id": f"urn:ngsi-ld:Subscription:{number}",
        "type": "Subscription",
        "entities": [{"type": kind}],
        "notification": {"endpoint": {"uri": url, "accept": "application/json"}},
    }


async def notifications(url: str) -> dict[str, object]:
    """Send notifications of a write to many subscriptions, in turns with bare posts of as many bytes by httpx."""
    broker, ratios = LocalBroker(), []
    body, link = b"x" * 600, f'<http://localhost/>; rel="{CONTEXT_RELATION}"; type="application/ld+json"'
    slots = asyncio.Semaphore(8)
    async with (
        httpx.AsyncClient(transport=broker.transport(), base_url="http://localhost/ngsi-ld/v1/") as api,
        httpx.AsyncClient(trust_env=False) as bare,
    ):

        async def post() -> None:
            async with slots:
                await bare.post(url, content=body, headers={**HEADERS, "Link": link})

        broker.state.notifier.keep_connections()
        (await api.post("entities", json=entity(1, 0))).raise_for_status()
        for number in range(NOTIFIED):
            answer = await api.post("subscriptions", json=subscription(number, "OffStreetParking", url))
            answer.raise_for_status()
        for value in range(ROUNDS):
            started = time.process_time()
            await asyncio.gather(*(post() for _ in range(NOTIFIED)))
            base, started = time.process_time() - started, time.process_time()
            await api.patch("entities/urn:ngsi-ld:OffStreetParking:1", json={"occupancy": {"value": value + 1}})
            await broker.state.notifier.drained()
            ratios.append((time.process_time() - started) / base)
        await broker.state.notifier.stop()
    broker.close()
    return row("notifications, processor time of bare httpx", statistics.median(ratios), "ratio", 1.5, less=True)


def receive(told: Any) -> None:
    """Answer 204 to all that comes; a process of its own."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(connection, "127.0.0.1", 0)
        told.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        await server.serve_forever()

    asyncio.run(serve())


def beside_receivers() -> list[dict[str, object]]:
    """Measure what has to do with notifications, with a receiver that answers at once."""
    told, tell = multiprocessing.get_context("spawn").Pipe()
    receiver = multiprocessing.get_context("spawn").Process(target=receive, args=(tell,), daemon=True)
    receiver.start()
    url = told.recv()
    rows = [*beside_subscriptions(url), asyncio.run(notifications(url))]
    receiver.kill()
    return rows


def row(
    name: str, value: float, unit: str, budget: float, *, less: bool, baseline: float | None = None
) -> dict[str, object]:
    """Make a row of the report."""
    ok = value <= budget if less else value >= budget
    shown = None if baseline is None else round(baseline, 3)
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "baseline": shown,
        "budget": round(budget, 3),
        "ok": ok,
    }


def http(server: Server) -> httpx.Client:
    """Return a client of a broker."""
    return httpx.Client(base_url=f"{server.url}/ngsi-ld/v1/", timeout=60, trust_env=False)


def main() -> int:
    """Measure, print, and tell by the exit code whether all is within budget."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print rows for machines")
    parser.add_argument("--entities", type=int, default=100_000, help="how many the large store holds")
    parser.add_argument("--subscriptions", action="store_true", help="measure subscriptions and notifications alone")
    arguments = parser.parse_args()
    many = arguments.entities
    rows = beside_receivers() if arguments.subscriptions else measure(many, min(1000, many))
    if arguments.json:
        print(json.dumps(rows))
    else:
        for one in rows:
            base = "" if one["baseline"] is None else f" (compared with {one['baseline']})"
            verdict = "ok" if one["ok"] else "OVER BUDGET"
            print(f"{one['name']:52} {one['value']:>12} {one['unit']}{base}, budget {one['budget']}: {verdict}")
    return 0 if all(one["ok"] for one in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
