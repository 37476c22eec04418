"""Speed of the transfer from NDJSON, as a ratio against the client's own batches of the same entities, in one run.

    python benchmarks/transfer.py                     100,000 entities; exit code 1 when it is over its budget
    python benchmarks/transfer.py --entities 10000    fewer

A local broker is in a process of its own. Both read the same file and write batches of 500; they take turns, each into
an empty tenant. Figures are of time on the clock, the median of the rounds.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

from citycontext import Client
from citycontext.errors import TransportError
from citycontext.transfer import BrokerPlace, Checkpoint, FilePlace, transfer

BUDGET = 1.5
BATCH = 500
PROGRAM = """
from citycontext.broker import LocalBroker, Server
with Server(LocalBroker(), port=0) as server:
    print(server.url, flush=True)
    input()
"""


def write(path: Path, number: int) -> None:
    """Write entities, a line each."""
    with path.open("wb") as file:
        for one in range(number):
            entity = {
                "id": f"urn:ngsi-ld:Bin:{one}",
                "type": "Bin",
                "fillingLevel": {"type": "Property", "value": one % 100 / 100, "observedAt": "2024-05-01T10:00:00Z"},
                "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
            }
            file.write(orjson.dumps(entity) + b"\n")


def by_client(url: str, path: Path, tenant: str) -> float:
    """Write the file by the client's own batches; return the seconds."""
    begun = time.perf_counter()
    with Client(url, tenant=tenant) as client, path.open("rb") as file:
        waiting = []
        for line in file:
            waiting.append(orjson.loads(line))
            if len(waiting) == BATCH:
                client.batch.upsert(waiting)
                waiting = []
        if waiting:
            client.batch.upsert(waiting)
    return time.perf_counter() - begun


def by_transfer(url: str, path: Path, tenant: str) -> float:
    """Write the file by the transfer, with its checkpoint; return the seconds."""
    begun = time.perf_counter()
    with Client(url, tenant=tenant) as client:
        checkpoint = Checkpoint(path.with_suffix(".checkpoint"), source="file", target=tenant)
        transfer(FilePlace(path), BrokerPlace(client, url), checkpoint=checkpoint, batch=BATCH)
    return time.perf_counter() - begun


def main() -> int:
    """Measure, and compare with the budget."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--entities", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bins.ndjson"
        write(path, given.entities)
        for number in range(given.rounds):
            program = [sys.executable, "-c", PROGRAM]
            with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as broker:
                assert broker.stdout is not None
                url = broker.stdout.readline().strip()
                try:
                    baseline = by_client(url, path, "client")
                    ours = by_transfer(url, path, "transfer")
                except TransportError as error:
                    sys.exit(str(error))
                finally:
                    broker.kill()
            ratios.append(ours / baseline)
            rate = given.entities / ours
            print(f"round {number + 1}: client {baseline:.2f} s, transfer {ours:.2f} s, {rate:,.0f} entities a second")
    ratio = statistics.median(ratios)
    print(f"{ratio:.2f} times the client's own batches; the budget is {BUDGET}")
    return int(ratio > BUDGET)


if __name__ == "__main__":
    sys.exit(main())
