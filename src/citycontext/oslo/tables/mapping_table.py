"""What a mapping table says: where each attribute of an entity type stands in OSLO."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote

from citycontext.oslo.vocabulary import iri

__all__ = ["ROLES", "MappingTable", "ObservedAttribute", "Part", "Step", "TermMapping"]

_PROPERTY_LIST: Final = "ObserveerbaarKenmerk"
_MODELS: Final = frozenset(
    ("BicycleParkingStation", "BicycleParkingStationForecast", "ResourceReport", "ResourceReportForecast")
)
"""The models of the subject OSLO of Smart Data Models, which are not classes of OSLO."""


@dataclass(frozen=True, slots=True)
class Step:
    """One predicate on a path.

    Args:
        predicate: Its IRI, or a name with ``@``.
        classes: The classes of the node that it leads to.
        inverse: Whether it leads from that node here.
    """

    predicate: str
    classes: tuple[str, ...] = ()
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class TermMapping:
    """Where a describing attribute stands.

    Args:
        start: ``@sample`` or ``@property``; empty for the thing itself.
        steps: The predicates on the way.
        value: What stands at its end.
        codes: Value of the attribute → IRI of its concept, or text of its literal.
        codelist: The list under the city's base where other values are minted; empty where none are.
        many: Whether the attribute is a list.
        members: Of an object, member → predicate.
        time: The attribute that tells when this one held.
        also: Other paths that published data have; they are read, and reported.
    """

    start: str
    steps: tuple[Step, ...]
    value: str
    codes: Mapping[str, str] = field(default_factory=dict)
    codelist: str = ""
    many: bool = False
    members: Mapping[str, str] = field(default_factory=dict)
    time: str = ""
    also: tuple[tuple[Step, ...], ...] = ()

    def encode(self, value: str, base: str) -> str | None:
        """Return the concept of a value, or the text that stands for it; ``None`` if absent.

        Args:
            value: The attribute's value, or one of its list.
            base: Where concepts are minted.
        """
        known = self.codes.get(value)
        if known is not None:
            return _concept(known, base) if self.value == "concept" else known
        return f"{base}{self.codelist}/{quote(value, safe='')}" if self.codelist else None

    def decode(self, said: str, base: str) -> str | None:
        """Return the value that a concept or text stands for; ``None`` where it stands for none.

        Args:
            said: The IRI or text.
            base: Where concepts were minted.
        """
        for value, known in self.codes.items():
            if said == (_concept(known, base) if self.value == "concept" else known):
                return value
        prefix = f"{base}{self.codelist}/"
        if self.codelist and said.startswith(prefix) and len(said) > len(prefix):
            return unquote(said.removeprefix(prefix))
        return None


@dataclass(frozen=True, slots=True)
class Part:
    """An attribute that is a part of an observation, where the entity is one itself.

    Args:
        role: Which: ``result``, ``phenomenon_time`` and so on; see ``ROLES``.
        kind: The special class of observation that an observation with this result is.
        property: What is observed where no attribute says it: the IRI, or what stands behind the city's base.
        count: Whether a number without unit counts things.
        mapping: What its values stand for, where they are terms of a list.
    """

    role: str
    kind: str = ""
    property: str = ""
    count: bool = False
    mapping: TermMapping | None = None


ROLES: Final = (
    "result",
    "observed_property",
    "property_type",
    "vehicle_type",
    "feature",
    "phenomenon_time",
    "result_time",
    "valid_time",
    "sensor",
    "procedure",
    "agent",
    "identifier",
    "quality",
    "reliability",
)
"""The parts of an observation that an attribute may be."""


@dataclass(frozen=True, slots=True)
class ObservedAttribute:
    """An attribute that is an observation.

    Args:
        name: Its wire name.
        property: The concept of what is observed; empty for one under the city's base.
        unit: The UN/CEFACT code of the unit where the instance gives none.
        kind: A special class of observation.
        count: Whether it counts things.
        interval: Whether it means nothing without an interval of time.
        difference: Two attributes whose difference it is, so that it is not written beside them.
    """

    name: str
    property: str = ""
    unit: str = ""
    kind: str = ""
    count: bool = False
    interval: bool = False
    difference: tuple[str, ...] = ()

    def concept(self, base: str) -> str:
        """Return the IRI of what is observed.

        Args:
            base: Where concepts are minted.
        """
        return iri(self.property) if self.property else f"{base}{_PROPERTY_LIST}/{quote(self.name, safe='')}"


@dataclass(frozen=True, slots=True)
class MappingTable:
    """Where the attributes of one entity type stand.

    Args:
        type: The entity type.
        extends: The type whose table's lines count in this one too; ``commons`` where a model names none.
        subject: Its subject among Smart Data Models.
        observed: Whether an entity is a set of observations of a sample, not a thing itself.
        generic: Whether its observed property stands in ``controlledProperty``.
        classes: The class of the thing, then others that are read as it.
        collection: A special class of collection.
        sample: Class of the sample by type of its geometry; ``any`` for the rest.
        interval: The attributes that hold the beginning and the end of its time, where it has such.
        date_observed: Whether an interval also stands in ``dateObserved``.
        sampled: The predicate to what the sample is of, where it is a special one.
        observe: Attributes that are observations.
        describe: Attributes that describe, each with its mappings.
        parts: Where an entity is one observation: its attributes that are parts of it.
    """

    type: str
    extends: str = ""
    subject: str = ""
    observed: bool = False
    generic: bool = False
    classes: tuple[str, ...] = ()
    collection: str = ""
    sample: Mapping[str, str] = field(default_factory=dict)
    sampled: str = ""
    interval: tuple[str, ...] = ()
    date_observed: bool = False
    observe: Mapping[str, ObservedAttribute] = field(default_factory=dict)
    describe: Mapping[str, tuple[TermMapping, ...]] = field(default_factory=dict)
    parts: Mapping[str, Part] = field(default_factory=dict)

    @property
    def oslo(self) -> bool:
        """Whether its type is a class of OSLO, not a model of Smart Data Models."""
        return self.subject == "OSLO" and self.type not in _MODELS

    @property
    def model_iri(self) -> str:
        """The IRI of the entity type among Smart Data Models."""
        return iri(f"sdm:dataModel.{self.subject}/{self.type}")

    @property
    def sensor_attribute(self) -> str:
        """The attribute that names the sensors of all observations."""
        return "refDevice" if self.observed else ""


def _concept(known: str, base: str) -> str:
    """Return a concept's IRI; one without prefix is minted under the base."""
    return iri(known) if ":" in known else base + known
