"""Recorded park-and-ride occupancy of Gent, replayed faster than it happened.

The numbers are as the City of Gent published them on the morning of 21 December 2023; ``park_and_ride.json`` names its
source. A replayed message says when it is replayed (``lastupdate``) and, apart from it, when the number was true
(``recorded``), so that no one can take an old number for a new one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any, Final

from citycontext.demo.publication import Publication

__all__ = ["PAUSE", "SPEED", "ZONE", "Recording", "lap_of", "load_recording", "replay"]

SPEED: Final = 300
"""How much faster than it happened: two hours of the recording pass in 24 seconds."""

PAUSE: Final = 2.0
"""Seconds between the end of the recording and its next beginning."""


ZONE: Final = "Europe/Brussels"
"""Where the recording was made."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The recorded occupancy.

    Args:
        source: Where it is from, in words.
        sites: Name, position, capacity and address of each site, by its key.
        observations: Time, site and number of free spaces, in order of time.
    """

    source: str
    sites: dict[str, dict[str, Any]]
    observations: tuple[tuple[datetime, str, int], ...]


def load_recording() -> Recording:
    """Read the recording that comes with the package."""
    content = json.loads(files("citycontext.demo").joinpath("park_and_ride.json").read_text(encoding="utf-8"))
    observations = tuple((datetime.fromisoformat(time), key, free) for time, key, free in content["observations"])
    return Recording(content["source"], content["sites"], observations)


def lap_of(recording: Recording) -> float:
    """Return how many seconds one round of the replay takes.

    Args:
        recording: The recording.
    """
    first, last = recording.observations[0][0], recording.observations[-1][0]
    return (last - first).total_seconds() / SPEED + PAUSE


def replay(recording: Recording, started: datetime) -> Iterator[Publication]:
    """Publish the recording over and over, one JSON message an observation.

    Args:
        recording: The recording.
        started: When the feeders started.

    Returns:
        Messages without end, in order of time.
    """
    first = recording.observations[0][0]
    lap = lap_of(recording)
    laps = 0
    while True:
        for time, key, free in recording.observations:
            due = laps * lap + (time - first).total_seconds() / SPEED
            yield Publication(
                due, f"gent/park-and-ride/{key}", _message(recording.sites[key], time, free, started, due)
            )
        laps += 1


def _message(site: dict[str, Any], time: datetime, free: int, started: datetime, due: float) -> bytes:
    capacity = site["capacity"]
    return json.dumps(
        {
            "name": site["name"],
            "lastupdate": (started + timedelta(seconds=due)).isoformat(timespec="milliseconds"),
            "recorded": time.isoformat(),
            "numberofspaces": capacity,
            "availablespaces": free,
            "occupation": 100 * (capacity - free) // capacity,
            "urllinkaddress": site["uri"],
            "location": {"lon": site["longitude"], "lat": site["latitude"]},
        }
    ).encode()
