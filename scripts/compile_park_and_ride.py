"""Compile the recorded park-and-ride members into the small data file that the demo replays.

Run from the project's root, with the reference data beside it:

    python scripts/compile_park_and_ride.py ../shared/oslo/examples/park-and-ride-gent/members

Writes ``src/citycontext/demo/park_and_ride.json``: five places, and each number of free spaces with the time at
which the city published it. A line of the output is one fact, so a change shows as one line in a diff.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

__all__ = ["compile_members", "main", "render"]

TARGET = Path(__file__).resolve().parents[1] / "src" / "citycontext" / "demo" / "park_and_ride.json"
SOURCE = (
    "Occupancy of the park-and-ride sites of Gent, published by the City of Gent as open data in December 2023; "
    "read from the linked data stream kept in Informatievlaanderen/VSDS-LDES-E2E-testing, "
    "data/parkAndRide at commit daed47dddecf (EUPL-1.2). Facts only: names, positions, capacities, counts, times."
)

MOBIVOC = "http://schema.mobivoc.org/#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
LATITUDE = "http://www.w3.org/2003/01/geo/wgs84_pos#lat"
LONGITUDE = "http://www.w3.org/2003/01/geo/wgs84_pos#long"
MODIFIED = "http://purl.org/dc/terms/modified"
VERSION_OF = "http://purl.org/dc/terms/isVersionOf"

TRIPLE = re.compile(
    r"""^(?P<subject><[^>]*>|_:\S+)\s+<(?P<predicate>[^>]*)>\s+
        (?P<object><[^>]*>|_:\S+|"(?:[^"\\]|\\.)*")(?:\^\^<[^>]*>|@[\w-]+)?\s*\.\s*$""",
    re.VERBOSE,
)

Node = dict[str, list[str]]


def read_triples(text: str) -> dict[str, Node]:
    """Read N-Triples into ``{subject: {predicate: [objects]}}``; literals lose their quotes and their datatype."""
    nodes: dict[str, Node] = defaultdict(lambda: defaultdict(list))
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = TRIPLE.match(line)
        if match is None:
            raise ValueError(f"line {number} is not a triple: {line[:80]}")
        term = match["object"]
        value = json.loads(term) if term.startswith('"') else term.strip("<>")
        nodes[match["subject"].strip("<>")][match["predicate"]].append(value)
    return nodes


def read_member(text: str) -> dict[str, Any]:
    """Read one member: a version of a parking lot, at the time it was published."""
    nodes = read_triples(text)
    member = next(node for node in nodes.values() if VERSION_OF in node)
    capacities = [nodes[reference] for reference in member[f"{MOBIVOC}capacity"]]
    return {
        "uri": member[VERSION_OF][0],
        "name": member[LABEL][0],
        "longitude": float(member[LONGITUDE][0]),
        "latitude": float(member[LATITUDE][0]),
        "capacity": _whole_number(capacities, "totalCapacity"),
        "time": member[MODIFIED][0],
        "free": _whole_number(capacities, "currentValue"),
    }


def _whole_number(capacities: Iterable[Node], predicate: str) -> int:
    return next(int(node[MOBIVOC + predicate][0]) for node in capacities if MOBIVOC + predicate in node)


def compile_members(texts: Iterable[str]) -> dict[str, Any]:
    """Turn the members' N-Triples into the content of the data file, in order of time, then of site."""
    sites: dict[str, dict[str, Any]] = {}
    observations = []
    for member in map(read_member, texts):
        key = member["uri"].rsplit("/", 1)[-1]
        site = {name: member[name] for name in ("name", "longitude", "latitude", "capacity", "uri")}
        if sites.setdefault(key, site) != site:
            raise ValueError(f"{key} changed its name, position or capacity within the recording")
        observations.append([member["time"], key, member["free"]])
    return {"source": SOURCE, "sites": dict(sorted(sites.items())), "observations": sorted(observations)}


def render(content: dict[str, Any]) -> str:
    """Write the content as JSON with one fact a line."""

    def lines() -> Iterator[str]:
        yield "{"
        yield f'  "source": {json.dumps(content["source"])},'
        yield '  "sites": {'
        yield ",\n".join(f"    {json.dumps(key)}: {json.dumps(site)}" for key, site in content["sites"].items())
        yield "  },"
        yield '  "observations": ['
        yield ",\n".join(f"    {json.dumps(observation)}" for observation in content["observations"])
        yield "  ]"
        yield "}"

    return "\n".join(lines()) + "\n"


def main(arguments: list[str]) -> int:
    """Compile the members in the folder given, and write the data file."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: python scripts/compile_park_and_ride.py FOLDER_OF_MEMBERS", file=sys.stderr)
        return 2
    files = sorted(Path(arguments[0]).glob("*.nt"))
    content = compile_members(file.read_text(encoding="utf-8") for file in files)
    TARGET.write_text(render(content), encoding="utf-8")
    print(f"{len(files)} members: {len(content['sites'])} sites, {len(content['observations'])} observations")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
