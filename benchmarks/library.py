"""Speed of the information model, as ratios against the standard library, measured back to back in one process.

    python benchmarks/library.py            a table for people
    python benchmarks/library.py --json     rows for machines; exit code 1 when one is over its budget
    python benchmarks/library.py --peers    also ngsildclient and FiLiP on the same payload

Each figure is the median over rounds in which baseline and ours take turns, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import peers

from citycontext.ngsild import Entity, Finding, GeoAttr, OptAttr, OptRelAttr, Property, load_many, optional, point

ROUNDS = 15
START = datetime(2024, 5, 1, 10, 0, tzinfo=UTC)
POLLUTANTS = ("pm10", "pm25", "no2", "o3", "so2", "co", "temperature")


class AirQualityObserved(Entity):
    """Twelve attributes: seven measured with unit and time, five that say where, when and by what."""

    location: GeoAttr
    date_observed: OptAttr[str] = optional()
    name: OptAttr[str] = optional()
    area_served: OptAttr[str] = optional()
    ref_device: OptRelAttr = optional()
    pm10: OptAttr[float] = optional()
    pm25: OptAttr[float] = optional()
    no2: OptAttr[float] = optional()
    o3: OptAttr[float] = optional()
    so2: OptAttr[float] = optional()
    co: OptAttr[float] = optional()
    temperature: OptAttr[float] = optional()


def build(number: int, when: str) -> AirQualityObserved:
    return AirQualityObserved(
        id=f"urn:ngsi-ld:AirQualityObserved:gent:{number}",
        location=point(3.7 + number * 1e-4, 51.05),
        date_observed=when,
        name="Air at the square",
        area_served="Gent",
        ref_device="urn:ngsi-ld:Device:air:1",
        pm10=Property(20.5, unit_code="GQ", observed_at=when),
        pm25=Property(11.25, unit_code="GQ", observed_at=when),
        no2=Property(33.1, unit_code="GQ", observed_at=when),
        o3=Property(48.0, unit_code="GQ", observed_at=when),
        so2=Property(3.2, unit_code="GQ", observed_at=when),
        co=Property(0.4, unit_code="GP", observed_at=when),
        temperature=Property(14.5, unit_code="CEL", observed_at=when),
    )


def build_generic(number: int, when: str) -> Entity:
    return Entity(
        id=f"urn:ngsi-ld:AirQualityObserved:gent:{number}",
        type="AirQualityObserved",
        location=point(3.7 + number * 1e-4, 51.05),
        dateObserved=when,
        name="Air at the square",
        areaServed="Gent",
        refDevice="urn:ngsi-ld:Device:air:1",
        pm10=Property(20.5, unit_code="GQ", observed_at=when),
        pm25=Property(11.25, unit_code="GQ", observed_at=when),
        no2=Property(33.1, unit_code="GQ", observed_at=when),
        o3=Property(48.0, unit_code="GQ", observed_at=when),
        so2=Property(3.2, unit_code="GQ", observed_at=when),
        co=Property(0.4, unit_code="GP", observed_at=when),
        temperature=Property(14.5, unit_code="CEL", observed_at=when),
    )


def ratio(ours: Callable[[], object], baseline: Callable[[], object], repeat: int) -> tuple[float, float, float]:
    """Return the median ratio of CPU time, and the best absolute times of ours and of the baseline in µs."""
    ratios, our_times, base_times = [], [], []
    for _ in range(ROUNDS):
        gc.collect()
        times = []
        for work in (baseline, ours):
            start = time.process_time()
            for _ in range(repeat):
                work()
            times.append((time.process_time() - start) / repeat * 1e6)
        ratios.append(times[1] / times[0])
        base_times.append(times[0])
        our_times.append(times[1])
    return statistics.median(ratios), min(our_times), min(base_times)


def collections(work: Callable[[], object]) -> int:
    """Return how often the youngest objects are looked through for circles meanwhile."""
    gc.collect()
    before = gc.get_stats()[0]["collections"]
    kept = work()
    after = gc.get_stats()[0]["collections"]
    del kept
    return after - before


def payload() -> str:
    """Return the JSON text of a thousand entities."""
    times = ((START + timedelta(seconds=n)).isoformat().replace("+00:00", "Z") for n in range(1000))
    return json.dumps([build(n, when).to_dict() for n, when in enumerate(times)])


def import_ratio(ours: str) -> tuple[float, float, float]:
    """Return the ratio of a whole interpreter that runs a statement to one that imports httpx and pydantic."""

    def cpu(statement: str) -> float:
        code = f"import time; {statement}; print(time.process_time())"
        return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)

    pairs = [(cpu(ours), cpu("import httpx, pydantic")) for _ in range(max(5, ROUNDS // 2))]
    return (
        statistics.median(mine / base for mine, base in pairs),
        min(mine for mine, _ in pairs) * 1e6,
        min(base for _, base in pairs) * 1e6,
    )


def rows() -> list[dict[str, object]]:
    when = "2024-05-01T10:00:00Z"
    one = build(1, when)
    plain = one.to_dict()
    text = payload()
    measured: list[dict[str, object]] = []

    def add(name: str, budget: float | None, figures: tuple[float, float, float], baseline: str) -> None:
        value, ours, base = figures
        measured.append(
            {
                "name": name,
                "value": round(value, 3),
                "unit": "ratio",
                "baseline": baseline,
                "budget": budget,
                "ok": budget is None or value <= budget,
                "ours_us": round(ours, 2),
                "baseline_us": round(base, 2),
            }
        )

    def read(model: type[Entity]) -> list[Entity]:
        findings: list[Finding] = []
        read = load_many(orjson.loads(text), model, findings=findings)
        assert not findings, findings[0]
        return read

    dumps = "json.dumps of the same dict"
    add(
        "build a typed entity of 12 attributes",
        1.2,
        ratio(lambda: build(1, when), lambda: json.dumps(plain), 2000),
        dumps,
    )
    add("build a generic entity", 1.5, ratio(lambda: build_generic(1, when), lambda: json.dumps(plain), 2000), dumps)
    add("serialise it, normalized", 0.2, ratio(one.to_json, lambda: json.dumps(plain), 5000), dumps)
    loads = "json.loads of the same text"
    add(
        "parse 1,000, typed and checked",
        1.4,
        ratio(lambda: read(AirQualityObserved), lambda: json.loads(text), 3),
        loads,
    )
    plain_text = json.dumps([entity.to_dict("simplified") for entity in read(AirQualityObserved)])
    add(
        "parse 1,000 simplified, typed and checked",
        3.0,
        ratio(
            lambda: load_many(orjson.loads(plain_text), AirQualityObserved, representation="simplified"),
            lambda: json.loads(plain_text),
            3,
        ),
        loads,
    )
    add("parse 1,000, generic and checked", 2.5, ratio(lambda: read(Entity), lambda: json.loads(text), 3), loads)

    payloads = json.loads(text)
    typed, generic = read(AirQualityObserved), read(Entity)

    def use_plain(payloads: list[dict[str, Any]] = payloads) -> float:
        total = 0.0
        for payload in payloads:
            for name in POLLUTANTS:
                total += payload[name]["value"]
                payload[name]["observedAt"]
        return total

    def use_typed(typed: list[Any] = typed) -> float:
        total = 0.0
        for e in typed:
            for a in (e.pm10, e.pm25, e.no2, e.o3, e.so2, e.co, e.temperature):
                total += a.value
                a.observed_at  # noqa: B018  reading it is the work
        return total

    def use_generic() -> float:
        total = 0.0
        for e in generic:
            for name in POLLUTANTS:
                a = e[name]
                total += a.value
                a.observed_at  # noqa: B018  reading it is the work
        return total

    reads = "reading the plain dicts"
    add(
        "parse 1,000 and read all 7,000 once",
        2.2,
        ratio(lambda: use_typed(read(AirQualityObserved)), lambda: use_plain(json.loads(text)), 3),
        "json.loads and reading the plain dicts",
    )
    collected = collections(lambda: read(AirQualityObserved))
    measured.append(
        {
            "name": "young collections of a parse of 1,000",
            "value": collected,
            "unit": "collections",
            "baseline": f"{collections(lambda: json.loads(text))} by json.loads",
            "budget": 25,
            "ok": collected <= 25,
        }
    )
    add("read 7,000 values and times, typed", 2.5, ratio(use_typed, use_plain, 10), reads)
    add("read 7,000 values and times, generic", 5.0, ratio(use_generic, use_plain, 10), reads)
    add("import citycontext", 1.3, import_ratio("import citycontext"), "import httpx, pydantic")
    # Names at the front door are imported when first used: this is what a program pays that uses most of them.
    first_use = import_ratio("from citycontext import Client, Entity, Q")
    add("first use of Client, Entity and Q", 1.5, first_use, "import httpx, pydantic")
    return measured


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print rows for machines")
    parser.add_argument("--peers", action="store_true", help="also measure ngsildclient and FiLiP, installed for it")
    arguments = parser.parse_args()
    measured = rows()
    if arguments.peers:
        measured += peers.rows(payload())
    if arguments.json:
        print(json.dumps(measured, indent=1))
    else:
        for row in measured:
            verdict = "ok" if row["ok"] else "OVER"
            budget = row["budget"] if row["budget"] is not None else "-"
            value = "-" if row["value"] is None else f"{row['value']:.2f}"
            absolute = f"{row['ours_us']:>10} µs" if "ours_us" in row else ""
            print(f"{row['name']:<42} {value:>6} of {budget:<4} {verdict:<5} {absolute}")
    return 0 if all(row["ok"] for row in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
