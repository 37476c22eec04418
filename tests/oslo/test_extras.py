"""Linked data costs nothing until it is used, and says what to install."""

from __future__ import annotations

import subprocess
import sys

EXTRAS = ("pyld", "pyproj", "rdflib", "pyshacl")
PROGRAM = """
import sys
{missing}
seen = []
sys.addaudithook(lambda event, arguments: seen.append(event) if event.startswith("socket.") else None)
from citycontext.ngsild import Entity, point
from citycontext.errors import MissingExtra
from citycontext.oslo import from_oslo, read_text, to_oslo
from citycontext.oslo.conformance import check_shapes
from citycontext.oslo.places.wkt import read_wkt
assert not any(sys.modules.get(name) for name in ("pyld", "pyproj", "rdflib", "pyshacl"))
entity = Entity(id="urn:ngsi-ld:WasteContainer:1", type="WasteContainer", location=point(3.72, 51.05), fillingLevel=0.4)
written = to_oslo(entity)
back = from_oslo(read_text(written.to_n_triples(), "application/n-triples"))
assert back.entities[0].id == entity.id
assert written.to_json_ld()["@graph"]
{use}
assert not seen, seen
"""
REFUSED = """
try:
    {use}
except MissingExtra as missing:
    assert missing.extra == "{extra}", missing.extra
else:
    raise AssertionError("no error")
"""


def run(*, missing: tuple[str, ...] = (), use: str = "") -> None:
    """Run a program in which some packages cannot be imported."""
    hidden = "\n".join(f"sys.modules[{name!r}] = None" for name in missing)
    subprocess.run([sys.executable, "-c", PROGRAM.format(missing=hidden, use=use)], check=True)


def test_mapping_needs_no_extra_and_no_network():
    """Entities become N-Triples and come back with the core alone; nothing opens a socket."""
    run()
    run(missing=EXTRAS)


def test_each_use_names_its_extra():
    """Reading JSON-LD, Lambert, Turtle and shapes each raise MissingExtra with the extra to install."""
    uses = {
        "from_oslo({'@id': 'urn:x:1'})": "oslo",
        "read_wkt('SRID=31370;POINT (100000 200000)')": "oslo",
        "read_text('', 'text/turtle')": "shacl",
        "check_shapes(written.graph, written.profile)": "shacl",
    }
    use = "".join(REFUSED.format(use=use, extra=extra) for use, extra in uses.items())
    run(missing=EXTRAS, use=use)
