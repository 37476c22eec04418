"""How long a passport takes for a city of 100,000 entities, behind a real port, with two requests at once.

    python benchmarks/passport.py            a table for people
    python benchmarks/passport.py --json     rows for machines; exit code 1 when one is over its budget

The broker's store is a file; ``--entities`` makes another size. What counts is the time of the whole run, that of the
broker in the same process included, and how many requests were under way at once, counted where they leave.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
import orjson

from citycontext import Client
from citycontext.broker import LocalBroker, Server
from citycontext.passport import check_city

BATCH = 500
TYPES = ("OffStreetParking", "StreetLight", "WasteContainer", "AirQualityObserved")
BUDGET_SECONDS = 60.0
BUDGET_AT_ONCE = 2


def entity(number: int) -> dict[str, object]:
    """Make an entity of one of four types."""
    kind = TYPES[number % len(TYPES)]
    return {
        "id": f"urn:ngsi-ld:{kind}:{number}",
        "type": kind,
        "name": {"type": "Property", "value": f"Thing {number}"},
        "level": {"type": "Property", "value": number % 100, "observedAt": "2026-05-01T10:00:00Z"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7 + number * 1e-6, 51.0]}},
        "refNext": {"type": "Relationship", "object": f"urn:ngsi-ld:{TYPES[(number + 1) % 4]}:{number + 1}"},
    }


class Counting(httpx.HTTPTransport):
    """Counts the requests that are under way at once."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0
        self.sent = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self._now += 1
            self.sent += 1
            self.most = max(self.most, self._now)
        try:
            return super().handle_request(request)
        finally:
            with self._lock:
                self._now -= 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--entities", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        broker = LocalBroker(Path(folder) / "city.db")
        with Server(broker, port=0) as server:
            url = server.url
            with httpx.Client(base_url=f"{url}/ngsi-ld/v1/", timeout=60) as http:
                for start in range(0, given.entities, BATCH):
                    body = orjson.dumps([entity(one) for one in range(start, min(start + BATCH, given.entities))])
                    answer = http.post(
                        "entityOperations/upsert", content=body, headers={"Content-Type": "application/json"}
                    )
                    answer.raise_for_status()
            transport = Counting()
            with Client(url, transport=transport, timeout=30) as client:
                begun = time.perf_counter()
                passport = check_city(client)
                seconds = time.perf_counter() - begun
        broker.close()
    silent = sum(1 for one in passport.exchanges if one.status is None and one.url.startswith(url))
    rows = [
        {"name": f"passport of {given.entities:,} entities", "value": seconds, "unit": "s", "budget": BUDGET_SECONDS},
        {"name": "requests at once", "value": transport.most, "unit": "", "budget": BUDGET_AT_ONCE},
        {"name": "requests in all", "value": transport.sent, "unit": "", "budget": None},
        {"name": "requests of the broker without an answer", "value": silent, "unit": "", "budget": 0},
    ]
    for row in rows:
        row["baseline"] = None
        row["ok"] = row["budget"] is None or row["value"] <= row["budget"]
    if given.json:
        print(json.dumps(rows))
    else:
        print(passport.sampling.en)
        for row in rows:
            print(f"{row['name']:45} {row['value']:8.1f} {row['unit']:3} {'' if row['ok'] else 'over budget'}")
    sys.exit(0 if all(row["ok"] for row in rows) else 1)


if __name__ == "__main__":
    main()
