"""Memory of the client on much data: what a program needs at most.

    python benchmarks/memory.py            a table for people
    python benchmarks/memory.py --json     rows for machines; exit code 1 when one is over its budget
    python benchmarks/memory.py --entities 100000   a shorter run

Each work runs in a process of its own against a stub of a broker in another one; the figure is the peak of its resident
memory in MB, and beside it what it was before the first request.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import re
import resource
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

PAGE: Final = 1000
WHEN: Final = "2026-05-01T10:00:00Z"
BUDGET: Final = 100


def wire(number: int) -> dict[str, Any]:
    return {
        "id": f"urn:ngsi-ld:AirQualityObserved:gent:{number}",
        "type": "AirQualityObserved",
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.05]}},
        "name": {"type": "Property", "value": "Air at the square"},
        "pm10": {"type": "Property", "value": 20.5, "unitCode": "GQ", "observedAt": WHEN},
        "no2": {"type": "Property", "value": 33.1, "unitCode": "GQ", "observedAt": WHEN},
    }


def serve(ports: Any, total: int) -> None:
    """Answer a page of entities to queries, and 204 to batches."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                return
            length = re.search(rb"(?i)content-length: (\d+)", head)
            if length:
                await reader.readexactly(int(length[1]))
            if head.startswith(b"POST"):
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                continue
            offset = int((re.search(rb"offset=(\d+)", head) or [0, 0])[1])
            body = json.dumps([wire(number) for number in range(offset, min(offset + PAGE, total))]).encode()
            answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nNGSILD-Results-Count: %d\r\n" % total
            writer.write(b"%sContent-Length: %d\r\n\r\n%s" % (answer, len(body), body))

    async def main() -> None:
        server = await asyncio.start_server(connection, "127.0.0.1", 0, limit=1 << 24)
        ports.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def peak() -> float:
    """Return the peak of this process's resident memory in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))


def read(port: int, total: int) -> None:
    from citycontext import Client

    with Client(f"http://127.0.0.1:{port}") as client:
        found = sum(1 for _ in client.entities.query("AirQualityObserved", page_size=PAGE))
    assert found == total, found


def write(port: int, total: int) -> None:
    from citycontext import Client

    def entities() -> Iterator[dict[str, Any]]:
        return (wire(number) for number in range(total))

    with Client(f"http://127.0.0.1:{port}") as client:
        result = client.batch.upsert(entities())
    assert len(result.succeeded) == total


def write_async(port: int, total: int) -> None:
    from citycontext import AsyncClient

    async def main() -> None:
        async with AsyncClient(f"http://127.0.0.1:{port}") as client:
            result = await client.batch.upsert(wire(number) for number in range(total))
        assert len(result.succeeded) == total

    asyncio.run(main())


def measured(answer: Any, work: Callable[[int, int], None], port: int, total: int) -> None:

    before = peak()
    work(port, total)
    answer.send((before, peak()))


def rows(total: int) -> list[dict[str, object]]:
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    server = spawn.Process(target=serve, args=(theirs, total), daemon=True)
    server.start()
    port = ours.recv()
    found: list[dict[str, object]] = []
    works: list[tuple[str, Callable[[int, int], None], int]] = [
        ("read {:,} entities one by one", read, total),
        ("upsert a generator of {:,}", write, total // 5),
        ("upsert a generator of {:,}, async", write_async, total // 5),
    ]
    for name, work, number in works:
        answers, sends = spawn.Pipe()
        process = spawn.Process(target=measured, args=(sends, work, port, number))
        process.start()
        sends.close()
        before, most = answers.recv()
        process.join()
        found.append(
            {
                "name": name.format(number),
                "value": round(most, 1),
                "unit": "MB",
                "baseline": f"{before:.1f} MB before the first request",
                "budget": BUDGET,
                "ok": most <= BUDGET,
            }
        )
    server.terminate()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print rows for machines")
    parser.add_argument("--entities", type=int, default=1_000_000, help="how many to read; a fifth is written")
    arguments = parser.parse_args()
    found = rows(arguments.entities)
    if arguments.json:
        print(json.dumps(found, indent=1))
    else:
        for row in found:
            verdict = "ok" if row["ok"] else "OVER"
            print(f"{row['name']:<45} {row['value']:>7} MB of {row['budget']} {verdict:<5} ({row['baseline']})")
    return 0 if all(row["ok"] for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
