"""Observations, however a profile spells them: what was observed of what, when, by which sensor, with what result.

The model stands between NGSI-LD and the profiles of OSLO. Times are kept as they are written, so that a conversion
forth and back gives the same text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import quote

from citycontext.ngsild.geometry import Geometry
from citycontext.ngsild.time import parse_datetime

__all__ = [
    "Category",
    "Count",
    "GeometryResult",
    "Instant",
    "Interval",
    "Measure",
    "Observation",
    "ObservationCollection",
    "ObservedProperty",
    "Quality",
    "Result",
    "Sample",
    "TimeOfPhenomenon",
    "Truth",
    "observation_iri",
]


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment.

    Args:
        text: How it is written, e.g. ``2024-05-01T10:00:00Z``.
    """

    text: str

    @property
    def datetime(self) -> datetime:
        """The moment, with its zone.

        Raises:
            InvalidTime: The text is not a timestamp, or has no zone.
        """
        return parse_datetime(self.text)


@dataclass(frozen=True, slots=True)
class Interval:
    """A time from one moment to another; either may be open."""

    beginning: Instant | None = None
    end: Instant | None = None


TimeOfPhenomenon: TypeAlias = Instant | Interval


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with a unit.

    Args:
        value: The number.
        unit_code: The UN/CEFACT code of its unit; empty where none is known.
    """

    value: float
    unit_code: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many; no unit."""

    value: float


@dataclass(frozen=True, slots=True)
class Category:
    """A term of a list, or a text.

    Args:
        value: The term as NGSI-LD has it, or the text.
        concept: The IRI of its concept; empty for a text.
    """

    value: str
    concept: str = ""


@dataclass(frozen=True, slots=True)
class Truth:
    """Whether."""

    value: bool


@dataclass(frozen=True, slots=True)
class GeometryResult:
    """Where; a GeoJSON geometry."""

    value: Geometry


Result: TypeAlias = Measure | Count | Category | Truth | GeometryResult


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a result is.

    Args:
        name: What is judged: ``accuracy``, ``reliability``.
        value: The number.
    """

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class ObservedProperty:
    """What was observed.

    Args:
        concept: The IRI of the property.
        qualifiers: What narrows it, by predicate: ``vm:voertuigType`` and the like.
    """

    concept: str
    qualifiers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Sample:
    """What a sensor could reach of the feature that is of interest: a measuring point, a segment of road.

    Args:
        iri: Its IRI.
        classes: What it is.
        location: Where it is.
        sampled: The features that it is a sample of.
    """

    iri: str
    classes: tuple[str, ...] = ()
    location: Geometry | None = None
    sampled: tuple[str, ...] = ()


@dataclass(slots=True)
class Observation:
    """One act of observing, and what came of it.

    Args:
        iri: Its IRI.
        observed_property: What was observed.
        feature: The IRI of the feature of interest: a sample, or the thing itself.
        result: What came of it.
        phenomenon_time: When the result held; ``None`` takes the collection's.
        result_time: When it was known, where that is not the phenomenon's time.
        sensor: What made it; empty takes the collection's.
        procedure: How; empty where nothing is said.
        qualities: How good the result is.
        kind: A more special class of observation than the result's own class, as a short name or IRI.
        types: Further kinds that it is of, as IRIs.
        valid_time: When the result is meant to be used.
        identifier: What it is called elsewhere.
        agents: Who made it.
    """

    iri: str
    observed_property: ObservedProperty
    feature: str
    result: Result
    phenomenon_time: TimeOfPhenomenon | None = None
    result_time: Instant | None = None
    sensor: str = ""
    procedure: str = ""
    qualities: tuple[Quality, ...] = ()
    kind: str = ""
    types: tuple[str, ...] = ()
    valid_time: TimeOfPhenomenon | None = None
    identifier: str = ""
    agents: tuple[str, ...] = ()


@dataclass(slots=True)
class ObservationCollection:
    """Observations that share what they do not say themselves.

    Args:
        iri: Its IRI.
        sample: What they are of.
        phenomenon_time: When they held.
        result_time: When they were known, where that is not the phenomenon's time.
        sensors: What made them.
        observations: Its members.
        classes: More special classes of collection.
        types: What kind of collection it is, as IRIs.
    """

    iri: str
    sample: Sample
    phenomenon_time: TimeOfPhenomenon | None = None
    result_time: Instant | None = None
    sensors: tuple[str, ...] = ()
    observations: list[Observation] = field(default_factory=list)
    classes: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


def observation_iri(entity_id: str, attribute: str, *, dataset_id: str | None = None, observed_at: Any = None) -> str:
    """Return the IRI of the observation that an attribute instance is; the same instance always gets the same.

    Args:
        entity_id: The entity's id.
        attribute: The attribute's wire name.
        dataset_id: What tells it from other instances.
        observed_at: When it held, as text.
    """
    parts = [entity_id, attribute]
    if dataset_id:
        parts.append(quote(dataset_id, safe=""))
    if observed_at:
        parts.append(str(observed_at))
    return "/".join(parts)
