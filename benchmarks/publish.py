"""Speed and size of publishing: an event stream written in full, from entities in memory to files on disk.

    python benchmarks/publish.py                     a table for people
    python benchmarks/publish.py --json              rows for machines; exit code 1 when one is over its budget
    python benchmarks/publish.py --versions 10000    a smaller trial

A run publishes so many versions of 500 car parks (clearing them, finding their time, writing pages, ledger and root,
all synchronised to disk), then a client follows the links and must find each version once. Baseline and stream take
turns; the baseline writes the same entities as JSON lines. Then a fifth as many versions of air quality are published
in the words of each OSLO profile, 7 to 9 kB and five observations each. At the end ``citycontext oslo convert`` writes
a tenth as many entities with one observation each, start of the program included. Budgets hold by processor time,
which other programs on the machine hardly change; the speed by the clock stands beside it.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from citycontext.publish import EventStream, Publication

ROUNDS = 5
PAGE = 250
PARKS = 500
URL = "https://data.stad.example/parking"
STATIONS = 500
PROFILES = ("observaties-en-metingen", "sosa", "energie")
START = datetime(2026, 1, 1, tzinfo=UTC)
PUBLICATION = Publication.parse(
    {
        "dataset": {"licence": "https://creativecommons.org/publicdomain/zero/1.0/"},
        "allow": {"OffStreetParking": ["name", "location", "availableSpotNumber", "totalSpotNumber", "status"]},
        "stream": {"url": URL, "page_size": PAGE},
    }
)


def entities(count: int) -> Iterator[dict[str, object]]:
    """Make states of car parks, one after another: six attributes, of which one may not leave."""
    for number in range(count):
        when = (START + timedelta(minutes=5 * (number // PARKS))).strftime("%Y-%m-%dT%H:%M:%SZ")
        yield {
            "id": f"urn:ngsi-ld:OffStreetParking:gent:p{number % PARKS}",
            "type": "OffStreetParking",
            "name": {"type": "Property", "value": f"Car park {number % PARKS}"},
            "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
            "availableSpotNumber": {"type": "Property", "value": number % 600, "observedAt": when, "unitCode": "C62"},
            "totalSpotNumber": {"type": "Property", "value": 600},
            "status": {"type": "Property", "value": ["open"], "observedAt": when},
            "owner": {"type": "Relationship", "object": "urn:ngsi-ld:Person:1"},
        }


def air_publication(profile: str) -> Publication:
    """Publish air quality in the words of an OSLO profile."""
    listed = ["dateObserved", "location", "refDevice", "pm10", "pm25", "no2", "temperature", "relativeHumidity"]
    return Publication.parse(
        {
            "dataset": {"licence": "https://creativecommons.org/publicdomain/zero/1.0/"},
            "allow": {"AirQualityObserved": listed},
            "stream": {
                "url": URL,
                "page_size": PAGE,
                "members": profile,
                "oslo_base": "https://data.stad.example/id/concept/",
            },
        }
    )


def air_quality(count: int) -> Iterator[dict[str, object]]:
    """Make readings of stations, one after another: where, when, by what, and five quantities."""
    for number in range(count):
        station = number % STATIONS
        when = (START + timedelta(minutes=5 * (number // STATIONS))).strftime("%Y-%m-%dT%H:%M:%SZ")
        measured = {
            "pm10": (number % 97 / 2, "GQ"),
            "pm25": (number % 53 / 2, "GQ"),
            "no2": (number % 71 / 2, "GQ"),
            "temperature": (number % 300 / 10, "CEL"),
            "relativeHumidity": (number % 100 / 100, "C62"),
        }
        yield {
            "id": f"urn:ngsi-ld:AirQualityObserved:gent:p{station}",
            "type": "AirQualityObserved",
            "dateObserved": {"type": "Property", "value": when},
            "location": {
                "type": "GeoProperty",
                "value": {"type": "Point", "coordinates": [3.7, 51 + station / 10_000]},
            },
            "refDevice": {"type": "Relationship", "object": f"urn:ngsi-ld:Device:gent:d{station}"},
            **{
                name: {"type": "Property", "value": value, "unitCode": unit, "observedAt": when}
                for name, (value, unit) in measured.items()
            },
        }


def follow(folder: Path) -> tuple[int, int]:
    """Follow all TREE links; give how many members were found, and how many different ones."""
    found = 0
    different: set[str] = set()
    todo = [f"{URL}/ldes.jsonld"]
    seen = set(todo)
    for url in todo:
        node, stream = orjson.loads((folder / url.removeprefix(f"{URL}/")).read_bytes())["@graph"]
        if len(stream["tree:member"]) > PAGE:
            raise SystemExit(f"{url} has more than {PAGE} members")
        found += len(stream["tree:member"])
        different.update(one.get("id", one.get("@id")) for one in stream["tree:member"])
        for relation in node.get("tree:relation", ()):
            target = relation["tree:node"]["@id"]
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return found, len(different)


def measure(count: int) -> list[dict[str, object]]:
    """Take turns, and give the rows."""
    plain: list[float] = []
    stream: list[float] = []
    clock: list[float] = []
    again: list[float] = []
    memory_before = most_memory()
    grown: list[float] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            begun = time.process_time()
            with (folder / "lines.ndjson").open("wb") as file:
                for one in entities(count):
                    file.write(orjson.dumps(one) + b"\n")
            plain.append(time.process_time() - begun)
            with EventStream(folder / "site", PUBLICATION) as writer:
                begun, begun_by_clock = time.process_time(), time.perf_counter()
                writer.write(entities(count))
                stream.append(time.process_time() - begun)
                clock.append(time.perf_counter() - begun_by_clock)
                begun = time.process_time()
                if writer.write(entities(count)).known != count:
                    raise SystemExit("a version that was there already was published again")
                again.append(time.process_time() - begun)
            grown.append(most_memory() - memory_before)
            if follow(folder / "site") != (count, count):
                raise SystemExit("not every version was found exactly once")
    speed = count / statistics.median(stream)
    known = count / statistics.median(again)
    ratio = statistics.median(ours / base for ours, base in zip(stream, plain, strict=True))
    each_once = f"{count:,} versions published, each found once by its links"
    return [
        row(each_once, speed, "versions/s", "none", 5_000, speed >= 5_000),
        row("the same by the clock", count / statistics.median(clock), "versions/s", "none", None, True),
        row("the same again: all known", known, "versions/s", "none", 5_000, known >= 5_000),
        row("publishing", ratio, "ratio", "the same entities as JSON lines", None, True),
        row("memory added while publishing, first round", grown[0], "MB", "none", 100, grown[0] <= 100),
    ]


def measure_oslo(count: int) -> list[dict[str, object]]:
    """Publish in each OSLO profile, and give the rows."""
    speeds: dict[str, list[float]] = {profile: [] for profile in PROFILES}
    for _ in range(ROUNDS):
        for profile, speed in speeds.items():
            with tempfile.TemporaryDirectory() as name:
                site = Path(name) / "site"
                with EventStream(site, air_publication(profile)) as writer:
                    begun = time.process_time()
                    writer.write(air_quality(count))
                    speed.append(count / (time.process_time() - begun))
                if follow(site) != (count, count):
                    raise SystemExit("not every version was found exactly once")
    medians = {profile: statistics.median(speed) for profile, speed in speeds.items()}
    return [
        row(f"{count:,} versions of air quality, {profile}", speed, "versions/s", "none", 5_000, speed >= 5_000)
        for profile, speed in medians.items()
    ]


def measure_convert(count: int) -> list[dict[str, object]]:
    """Convert a file of entities with one observation each, and give the rows."""
    kept = ("id", "type", "dateObserved", "location", "refDevice", "pm10")
    program = (
        "import resource, sys; from citycontext.cli.main import main; code = main(sys.argv[1:]);"
        "used = resource.getrusage(resource.RUSAGE_SELF);"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024); sys.exit(code)"
    )
    rows = []
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "entities.ndjson"
        with source.open("wb") as file:
            for number, one in enumerate(air_quality(count)):
                file.write(orjson.dumps({**{key: one[key] for key in kept}, "id": f"{one['id']}:{number}"}) + b"\n")
        for form in ("jsonld", "nt"):
            command = ["oslo", "convert", str(source), "-o", form, "--to", str(Path(name) / "out"), "--no-report"]
            told = [
                subprocess.run([sys.executable, "-c", program, *command], capture_output=True, text=True, check=True)
                for _ in range(ROUNDS)
            ]
            seconds, memory = zip(*(map(float, one.stdout.split()) for one in told), strict=True)
            speed, most = count / statistics.median(seconds), max(memory)
            rows.append(
                row(
                    f"oslo convert -o {form}, {count:,} observations",
                    speed,
                    "entities/s",
                    "none",
                    2_000,
                    speed >= 2_000,
                )
            )
            rows.append(row(f"most memory of oslo convert -o {form}", most, "MB", "none", 200, most <= 200))
    return rows


def most_memory() -> float:
    """Return the most memory this process has had, in megabytes; it never falls, so the first round counts."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def row(name: str, value: float, unit: str, baseline: str, budget: float | None, ok: bool) -> dict[str, object]:
    """Make a row; one without a budget is there to compare with."""
    return {"name": name, "value": round(value, 2), "unit": unit, "baseline": baseline, "budget": budget, "ok": ok}


def main() -> int:
    """Print what was measured, and tell by the exit code whether all is within budget."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print rows for machines")
    parser.add_argument("--versions", type=int, default=100_000, help="how many versions to publish")
    arguments = parser.parse_args()
    rows = [*measure(arguments.versions), *measure_oslo(arguments.versions // 5)]
    rows += measure_convert(arguments.versions // 10)
    if arguments.json:
        print(json.dumps(rows, indent=1))
    else:
        for one in rows:
            budget = "" if one["budget"] is None else f"of {one['budget']:,}"
            print(
                f"{one['name']:<60} {one['value']:>12,} {one['unit']:<11} {budget:<9} {'ok' if one['ok'] else 'OVER'}"
            )
    return 0 if all(one["ok"] for one in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
