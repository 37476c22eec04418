"""Classes that are made at run time."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

from citycontext.models import model_for
from citycontext.models.parking import ParkingSpot

AIRCRAFT = model_for("Aircraft")


class Glider(AIRCRAFT):  # type: ignore[misc, valid-type]
    """A class of a user's own below one that is made."""


def test_an_entity_of_a_made_class_is_pickled() -> None:
    """By subject and type: it comes back as the class that the registry gives, here and in another process."""
    aircraft = AIRCRAFT.from_dict({"id": "urn:ngsi-ld:Aircraft:1", "type": "Aircraft"})
    assert pickle.loads(pickle.dumps(AIRCRAFT)) is AIRCRAFT
    back = pickle.loads(pickle.dumps(aircraft))
    assert type(back) is AIRCRAFT
    assert back == aircraft
    assert len(pickle.dumps(aircraft)) < 300
    code = (
        "import pickle, sys\nfrom citycontext.models import model_for\n"
        "print(type(pickle.loads(sys.stdin.buffer.read())) is model_for('Aircraft'))"
    )
    answer = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(aircraft), capture_output=True, check=True)
    assert answer.stdout.strip() == b"True"


def test_made_classes_are_copied_as_classes_are() -> None:
    """A copy of a class is the class; a copy of an entity is of its class."""
    assert copy.deepcopy(AIRCRAFT) is AIRCRAFT
    aircraft = AIRCRAFT.from_dict({"id": "urn:ngsi-ld:Aircraft:1", "type": "Aircraft"})
    assert type(copy.deepcopy(aircraft)) is AIRCRAFT


def test_a_written_subclass_is_pickled_by_its_name() -> None:
    """And so is a class that ships."""
    assert pickle.loads(pickle.dumps(ParkingSpot)) is ParkingSpot
    assert pickle.loads(pickle.dumps(Glider)) is Glider
