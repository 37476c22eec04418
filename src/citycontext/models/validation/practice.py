"""Good practice: what is well-formed and fits the schema, and is still a mistake more often than not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Any, Final

from citycontext.errors import InvalidTime, UnitError
from citycontext.models.catalogue.description import AttributeDescription, ModelDescription
from citycontext.models.validation.quantities import quantity_of
from citycontext.models.validation.values import check_values
from citycontext.ngsild.findings import Finding, Severity
from citycontext.ngsild.terms import ENTITY_MEMBERS
from citycontext.ngsild.time import parse_datetime
from citycontext.ngsild.units import Unit

__all__ = ["Practice"]

_CORE_CONTEXT: Final = "https://uri.etsi.org/ngsi-ld/"
_URN: Final = "urn:ngsi-ld:"
_EMPTY: Final = frozenset({"", "null", "None", "NaN", "undefined"})


@dataclass(frozen=True, slots=True)
class Practice:
    """What good practice is measured by.

    Args:
        area: West, south, east and north of where entities can be, in degrees.
        max_age: How old an ``observedAt`` may be.
        clock_skew: How far in the future a clock that runs fast may be.
        now: The time to measure by; ``None`` is the time of the check.
    """

    area: tuple[float, float, float, float] | None = None
    max_age: timedelta | None = None
    clock_skew: timedelta = timedelta(minutes=5)
    now: datetime | None = None

    def check(self, wire: Mapping[str, Any], model: ModelDescription | None) -> Iterator[Finding]:
        """Yield what is against good practice.

        Args:
            wire: A normalized entity.
            model: Its model, where there is one.
        """
        yield from _check_identity(wire)
        yield from _check_context(wire)
        for name, member in wire.items():
            if name in ENTITY_MEMBERS:
                continue
            attribute = None if model is None else model.attributes.get(name)
            if model is not None and attribute is None:
                yield from _check_name(name, model)
            for path, instance in _instances(name, member):
                yield from self._check_instance(path, name, instance, attribute)

    def _check_instance(
        self, path: str, name: str, instance: Mapping[str, Any], attribute: AttributeDescription | None
    ) -> Iterator[Finding]:
        value = instance.get("value")
        yield from _check_kind(path, instance, attribute)
        yield from check_values(path, instance)
        yield from _check_unit(path, name, instance, attribute)
        yield from self._check_observed_at(path, instance)
        if isinstance(value, str):
            if value.strip() in _EMPTY:
                yield Finding(f"{path}.value", "practice/no-value", "leave out what is not known", found=repr(value))
        elif isinstance(value, dict) and "coordinates" in value:
            yield from self._check_place(f"{path}.value.coordinates", value["coordinates"])

    def _check_observed_at(self, path: str, instance: Mapping[str, Any]) -> Iterator[Finding]:
        try:
            observed = parse_datetime(instance["observedAt"])
        except (KeyError, InvalidTime):
            return  # the standard's own rules tell of a time that does not read
        now = self.now or datetime.now(UTC)
        found = instance["observedAt"]
        if observed > now + self.clock_skew:
            yield Finding(
                f"{path}.observedAt", "practice/future", "is in the future; check the clock and the zone", found=found
            )
        elif self.max_age is not None and observed < now - self.max_age:
            yield Finding(f"{path}.observedAt", "practice/stale", f"is older than {self.max_age}", found=found)

    def _check_place(self, path: str, coordinates: Any) -> Iterator[Finding]:
        if self.area is None:
            return
        west, south, east, north = self.area
        for longitude, latitude in _positions(coordinates):
            if west <= longitude <= east and south <= latitude <= north:
                continue
            if west <= latitude <= east and south <= longitude <= north:
                problem = "longitude and latitude are swapped; longitude comes first"
                rule = "practice/swapped"
            else:
                problem, rule = "lies outside the area", "practice/area"
            yield Finding(path, rule, problem, expected=f"{self.area}", found=f"[{longitude}, {latitude}]")
            return


def _positions(coordinates: Any) -> Iterator[tuple[float, float]]:
    stack = [coordinates]
    while stack:
        one = stack.pop()
        if not isinstance(one, list):
            continue
        if len(one) >= 2 and all(isinstance(number, int | float) for number in one[:2]):
            yield one[0], one[1]
        else:
            stack.extend(reversed(one))


def _instances(name: str, member: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(member, dict):
        yield name, member
    elif isinstance(member, list):
        for index, one in enumerate(member):
            if isinstance(one, dict):
                yield f"{name}[{index}]", one


def _check_identity(wire: Mapping[str, Any]) -> Iterator[Finding]:
    identifier = wire.get("id")
    if isinstance(identifier, str) and not identifier.startswith(_URN):
        yield Finding(
            "id",
            "practice/urn",
            "an id of the form urn:ngsi-ld:<Type>:<local> tells what it names",
            Severity.NOTE,
            "A.3",
            expected=f"{_URN}{wire.get('type', '<Type>')}:…",
            found=identifier,
        )


def _check_context(wire: Mapping[str, Any]) -> Iterator[Finding]:
    context = wire.get("@context")
    if isinstance(context, list) and any(
        isinstance(one, str) and one.startswith(_CORE_CONTEXT) for one in context[:-1]
    ):
        yield Finding(
            "@context",
            "practice/context-order",
            "the core @context is applied last; put it last",
            Severity.NOTE,
            "5.5.7",
        )


def _check_name(name: str, model: ModelDescription) -> Iterator[Finding]:
    near = [own for own in model.attributes if own.lower() == name.lower()]
    near = near or get_close_matches(name, list(model.attributes), n=1, cutoff=0.85)
    if near:
        yield Finding(
            name,
            "practice/name",
            f"{model.type} has no such attribute; did you mean {near[0]}?",
            expected=near[0],
            found=name,
        )
    else:
        yield Finding(name, "practice/undeclared", f"{model.type} does not declare it", Severity.NOTE, found=name)


def _check_kind(path: str, instance: Mapping[str, Any], attribute: AttributeDescription | None) -> Iterator[Finding]:
    kind = instance.get("type")
    if attribute is None or kind == attribute.kind or kind in ("LanguageProperty", "VocabProperty", "JsonProperty"):
        return
    if {kind, attribute.kind} == {"Relationship", "ListRelationship"}:
        return
    yield Finding(
        path, "practice/kind", f"the model has a {attribute.kind} here", expected=attribute.kind, found=str(kind)
    )


def _check_unit(
    path: str, name: str, instance: Mapping[str, Any], attribute: AttributeDescription | None
) -> Iterator[Finding]:
    value = instance.get("value")
    if instance.get("type") != "Property" or isinstance(value, bool) or not isinstance(value, int | float):
        return
    quantity = quantity_of(name)
    declared = attribute.unit_code if attribute is not None else None
    code = instance.get("unitCode")
    if code is None:
        if quantity is not None and (attribute is None or attribute.unit is None):
            yield Finding(
                path,
                "practice/unit-missing",
                f"{quantity.name} says nothing without a unit",
                Severity.NOTE,
                "4.5.2",
                expected=f"unitCode {' or '.join(quantity.unit_codes)}",
            )
        return
    path, found = f"{path}.unitCode", str(code)
    if found == declared:
        return  # the model knows best, whatever the name makes one think
    unit = None
    try:
        unit = Unit.of(found)
    except UnitError as wrong:
        if quantity is None and declared is None:
            yield Finding(path, "practice/unit-unknown", wrong.message, clause="4.5.2", found=found)
            return
    if declared is not None and unit is None:
        message = f"unit code {found!r} is not known"
        yield Finding(path, "practice/unit-unknown", message, clause="4.5.2", expected=declared, found=found)
    elif quantity is not None and declared is None and found not in quantity.unit_codes:
        yield Finding(
            path,
            "practice/unit",
            f"is an implausible unit for {quantity.name}",
            clause="4.5.2",
            expected=" or ".join(quantity.unit_codes),
            found=found,
        )
    elif unit is not None and declared is not None and found != declared:
        severity = Severity.NOTE if unit.converts_to(Unit.of(declared)) else Severity.WARNING
        yield Finding(
            path, "practice/unit-of-model", "the model states another unit", severity, expected=declared, found=found
        )
