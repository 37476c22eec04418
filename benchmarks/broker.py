"""Speed of the local broker, behind a real port, with its store in a file.

    python benchmarks/broker.py            a table for people
    python benchmarks/broker.py --json     rows for machines; exit code 1 when one is over its budget

A retrieve, pages, counts, places and queries by value are timed at 1,000 and at 100,000 entities (``--entities 300000``
for more): the 95th percentile may grow threefold. Both stores are asked in turns, so that a busy machine slows both.
Writes are timed without subscriptions, beside 1,000 that match, and beside 1,000 that do not.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import orjson

from citycontext.broker import LocalBroker, Server

BATCH = 500
ASKED = 400
ROUNDS = 5
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
    rows += beside_subscriptions()
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


def beside_subscriptions() -> list[dict[str, object]]:
    """Time writes without subscriptions, beside 1,000 that match (the receiver is not there), and 1,000 that do not."""
    brokers = {name: LocalBroker() for name in ("none", "matching", "other")}
    took: dict[str, list[float]] = {name: [] for name in brokers}
    servers = {name: Server(broker, port=0) for name, broker in brokers.items()}
    with servers["none"], servers["matching"], servers["other"]:
        clients = {name: http(server) for name, server in servers.items()}
        for name, client in clients.items():
            fill(client, 100, 1)
            for number in range(0 if name == "none" else 1000):
                kind = "OffStreetParking" if name == "matching" else f"Other{number}"
                body = {
                    "id": f"urn:ngsi-ld:Subscription:{number}",
                    "type": "Subscription",
                    "entities": [{"type": kind}],
                    "notification": {"endpoint": {"uri": "http://127.0.0.1:9/", "accept": "application/json"}},
                }
                client.post("subscriptions", json=body).raise_for_status()
        for value in range(ROUNDS * 8):
            for name, client in clients.items():
                before = time.perf_counter()
                client.patch("entities/urn:ngsi-ld:OffStreetParking:1", json={"occupancy": {"value": value}})
                took[name].append((time.perf_counter() - before) * 1000)
                time.sleep(0.05)
    for broker in brokers.values():
        broker.close()
    base, matching, other = (statistics.median(took[name]) for name in brokers)
    return [
        row("write beside 1,000 matching subscriptions", matching, "ms", base * 2, less=True, baseline=base),
        row("write beside 1,000 other subscriptions", other, "ms", base * 1.05, less=True, baseline=base),
    ]


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
    arguments = parser.parse_args()
    rows = measure(arguments.entities, min(1000, arguments.entities))
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
