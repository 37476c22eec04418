"""The recorded occupancy, compiled and replayed."""

from __future__ import annotations

import json
import runpy
from datetime import UTC, datetime
from importlib.resources import files
from itertools import islice
from pathlib import Path

import pytest

from citycontext.demo.park_and_ride import load_recording, replay

SCRIPT = Path(__file__).parents[2] / "scripts" / "compile_park_and_ride.py"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.shared
def test_data_file_is_what_the_script_compiles(shared_dir: Path) -> None:
    """The data file that is shipped is exactly what the recorded members give."""
    script = runpy.run_path(str(SCRIPT))
    members = sorted((shared_dir / "oslo/examples/park-and-ride-gent/members").glob("*.nt"))
    content = script["compile_members"](member.read_text(encoding="utf-8") for member in members)
    shipped = files("citycontext.demo").joinpath("park_and_ride.json").read_text(encoding="utf-8")
    assert script["render"](content) == shipped


def test_recording_holds_five_sites_and_35_observations() -> None:
    """The recording has all members, says where it is from, and never has more free spaces than spaces."""
    recording = load_recording()
    assert len(recording.sites) == 5
    assert len(recording.observations) == 35
    assert "City of Gent" in recording.source
    assert all(0 <= free <= recording.sites[key]["capacity"] for _, key, free in recording.observations)


def test_replay_keeps_the_recorded_value_and_time_apart_from_the_time_of_the_replay() -> None:
    """A replayed message has the recorded number, the time it was true, and a new time of its own."""
    recording = load_recording()
    time, key, free = recording.observations[1]
    message = list(islice(replay(recording, NOON), 2))[1]
    said = json.loads(message.payload)
    assert message.topic == f"gent/park-and-ride/{key}"
    assert said["availablespaces"] == free
    assert datetime.fromisoformat(said["recorded"]) == time
    assert datetime.fromisoformat(said["lastupdate"]) >= NOON


def test_replay_begins_again_and_never_goes_back_in_time() -> None:
    """After the last observation the first one follows, at a later time."""
    recording = load_recording()
    messages = list(islice(replay(recording, NOON), 71))
    assert [message.due for message in messages] == sorted(message.due for message in messages)
    assert json.loads(messages[70].payload)["availablespaces"] == recording.observations[0][2]


def test_occupation_is_the_percentage_the_city_publishes() -> None:
    """The percentage occupied is cut down to a whole number, as in the recorded members."""
    said = [json.loads(message.payload) for message in islice(replay(load_recording(), NOON), 35)]
    assert said[0]["occupation"] == 32  # 42 of 62 free
    assert all(0 <= one["occupation"] <= 100 for one in said)
