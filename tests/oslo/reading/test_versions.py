"""Several versions of one thing in one document."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytest.importorskip("rdflib")

from citycontext.oslo import from_oslo, read_text

VERSION = """
<https://data.example/parking/1#{time}> a <http://schema.mobivoc.org/#ParkingLot> ;
  <http://purl.org/dc/terms/isVersionOf> <https://data.example/parking/1> ; {said}
  <http://www.w3.org/2000/01/rdf-schema#label> "{name}" .
"""
GENERATED = '<http://www.w3.org/ns/prov#generatedAtTime> "{}"^^<http://www.w3.org/2001/XMLSchema#dateTime> ;'
TIMES = ("2026-05-01T09:00:00Z", "2026-05-01T10:30:00+02:00", "2026-05-01T08:40:00Z")
"""The last of all stands first, the first of all in the middle."""
PROGRAM = """
import sys
from citycontext.oslo import from_oslo, read_text
for entity in from_oslo(read_text(sys.argv[1], "text/turtle")):
    print(entity.to_dict())
"""


@pytest.mark.parametrize("told", [True, False], ids=["by the time of the version", "by the version's address"])
def test_versions_stand_together_the_newest_last(told):
    """Versions come in the order of their times, whatever the document's order, so that the last is the current one."""
    turtle = "".join(VERSION.format(time=one, name=one, said=GENERATED.format(one) if told else "") for one in TIMES)
    entities = list(from_oslo(read_text(turtle, "text/turtle")))
    assert [entity.id for entity in entities] == ["https://data.example/parking/1"] * 3
    assert [entity.to_dict()["name"]["value"] for entity in entities] == [TIMES[1], TIMES[2], TIMES[0]]


def test_the_order_is_the_same_in_every_process():
    """Entities, their order and the ids that blank nodes get do not depend on the process that reads them."""
    blank = "[] a <http://schema.mobivoc.org/#ParkingLot> ; <http://www.w3.org/2000/01/rdf-schema#label> 'nameless' ."
    turtle = blank + "".join(VERSION.format(time=one, name=one, said="") for one in TIMES)
    said = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM, turtle],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "42")
    }
    assert len(said) == 1
    assert said.pop().count("\n") == 4
