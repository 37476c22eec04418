"""Entities that are observations, with the terms of OSLO, as the observations that they are.

Which attribute is which part of the observation stands in ``parts`` of the entity type's table. The profile writes the
observation as it writes every other; a class that it has no word for stands in ``dct:type``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from citycontext.ngsild.geometry import is_geometry
from citycontext.oslo.aliases import canonical
from citycontext.oslo.literals import is_time_text, number_literal
from citycontext.oslo.losses import LossKind
from citycontext.oslo.observations import (
    Category,
    GeometryResult,
    Instant,
    Observation,
    ObservedProperty,
    Quality,
    Result,
    TimeOfPhenomenon,
)
from citycontext.oslo.phenomenon_times import observed_at, parse_time
from citycontext.oslo.profiles import ISO, Profile
from citycontext.oslo.reading.descriptions import decode_term
from citycontext.oslo.tables.mapping_table import MappingTable, ObservedAttribute, Part
from citycontext.oslo.tables.mapping_tables import MappingTables
from citycontext.oslo.tables.observation_types import OBSERVATION_TYPES, observation_type
from citycontext.oslo.vocabulary import iri, local_name
from citycontext.oslo.writing.entity_attributes import EntityAttributes
from citycontext.oslo.writing.instances import InstanceReader
from citycontext.oslo.writing.targets import comes_back_in_order, is_iri, targets_of

__all__ = ["ObservationEntityWriter"]

_VEHICLE_TYPE: Final = iri("vm:voertuigType")


class ObservationEntityWriter:
    """Makes the observation that an entity is.

    Args:
        attributes: The entity's attributes.
        table: The table of its type.
        tables: All tables.
        instances: What makes results of instances.
    """

    def __init__(
        self,
        attributes: EntityAttributes,
        table: MappingTable,
        tables: MappingTables,
        instances: InstanceReader,
    ) -> None:
        self.attributes = attributes
        self.table = table
        self.tables = tables
        self.instances = instances
        single = {name: attributes.single(name, reason="an observation has one of each part") for name in table.parts}
        self._given: Mapping[str, dict[str, Any]] = {name: instance for name, instance in single.items() if instance}

    def observation(self, node: str, profile: Profile) -> Observation | None:
        """Make the observation; ``None``, reported, if absent.

        Args:
            node: Its IRI.
            profile: What it will be written in.
        """
        result_name, result = self._result()
        part = self.table.parts.get(result_name, Part("result"))
        observed = self._property(part)
        if result is None or not observed:
            missing = "a result" if result is None else "an observed property"
            why = f"an observation has {missing}, and no attribute tells it"
            self.attributes.lose("", reason=why, kind=LossKind.REFUSED)
            return None
        held = self._time("phenomenon_time")
        moment = self._given[result_name].get("observedAt")
        if held is None and isinstance(moment, str) and is_time_text(moment):
            held = Instant(moment)
            self.attributes.lose(
                self._name("phenomenon_time"), kind=LossKind.ASSUMED, reason="it is the result's observedAt"
            )
        if held is None:
            home = f"give it {self._name('phenomenon_time')}"
            self.attributes.lose(
                "", kind=LossKind.MISSING, reason="an observation has a time of the phenomenon", home=home
            )
        known = self._known(held)
        vehicle = self._term("vehicle_type")
        observation = Observation(
            node,
            ObservedProperty(observed, ((_VEHICLE_TYPE, vehicle),) if vehicle else ()),
            self._reference("feature"),
            result,
            phenomenon_time=held,
            result_time=known,
            sensor=self._reference("sensor"),
            procedure=self._reference("procedure"),
            qualities=self._qualities(),
            kind=part.kind,
            valid_time=self._time("valid_time"),
            identifier=self._text("identifier"),
            agents=self._references("agent"),
        )
        observation.types = self._types(observation, profile)
        for name, instance in self._given.items():
            for member in instance:
                if member not in self._carried(name, result_name):
                    self.attributes.lose(name, member, reason="a part of an observation carries its value alone")
        return observation

    def _carried(self, name: str, result_name: str) -> tuple[str, ...]:
        return ("type", "value", "object", "unitCode") if name == result_name else ("type", "value", "object")

    def _names(self, role: str) -> list[str]:
        return [name for name, part in self.table.parts.items() if part.role == role]

    def _name(self, role: str) -> str:
        return next(iter(self._names(role)), "")

    def _result(self) -> tuple[str, Result | None]:
        """Return the attribute that tells the result, the most special one first, and the result."""
        found: tuple[str, Result | None] = ("", None)
        for name in reversed(self._names("result")):
            if name not in self._given:
                continue
            if found[1] is not None:
                self.attributes.lose(name, reason=f"an observation has one result, and that is {found[0]}")
                continue
            part, instance = self.table.parts[name], self._given[name]
            value = instance.get("value")
            result: Result | None
            if instance.get("type") == "Property" and is_geometry(value):
                result = GeometryResult(value)
            else:
                result = self.instances.result(ObservedAttribute(name, count=part.count), instance)
            form = ISO.kinds.get(part.kind)
            if result is None:
                self.attributes.lose(
                    name, reason="a result is a number, a text, a truth value or a geometry of a Property"
                )
            elif form is not None and form.results and type(result) not in form.results:
                self.attributes.lose(name, reason=f"{local_name(part.kind)} has a result of another kind")
            else:
                extra = (
                    sorted(set(result.value) - {"type", "coordinates"}) if isinstance(result, GeometryResult) else []
                )
                if extra:
                    self.attributes.lose(
                        name, "value", kind=LossKind.CHANGED, reason=f"a geometry has no {', '.join(sorted(extra))}"
                    )
                if isinstance(result, Category) and result.value.startswith("http") and is_iri(result.value):
                    result = Category(result.value, result.value)
                found = name, result
        return found

    def _property(self, result: Part) -> str:
        """Return what was observed: a term of a list, an address, or what goes without saying."""
        base = self.tables.base
        named = self._reference("observed_property")
        address = next((one for one in self._names("observed_property") if not self.table.parts[one].mapping), "")
        for name in (*self._names("observed_property"), *self._names("property_type")):
            mapping = self.table.parts[name].mapping
            if mapping is None:
                continue
            coded = self._term(self.table.parts[name].role, name)
            if coded:
                if named:
                    self.attributes.lose(address, reason=f"{name} says what was observed")
                return coded
            known = decode_term(mapping, canonical(named), base) if named else None
            if known is not None:
                self.attributes.lose(address, reason=f"it will be read as {name} {known}")
                self.attributes.lose(name, kind=LossKind.ASSUMED, reason=f"it will be read from {address}")
        if named:
            return named
        default = (
            (iri(result.property) if ":" in result.property else base + result.property) if result.property else ""
        )
        if default:
            for name in (*self._names("property_type"), address):
                if name:
                    self.attributes.lose(name, kind=LossKind.ASSUMED, reason=f"{default} goes without saying")
        return default

    def _types(self, observation: Observation, profile: Profile) -> tuple[str, ...]:
        """Return the kinds that the class written does not tell."""
        written = canonical(iri(profile.form_of(observation.kind, observation.result).class_))
        told = () if not observation.kind or written == canonical(observation.kind) else (observation.kind,)
        read = observation_type(self.tables, [written], observation.kind, told, observation.result)
        if read is not None and read.type == self.table.type:
            return told
        return (*told, f"{self.tables.base}{OBSERVATION_TYPES}{self.table.type}")

    def _time(self, role: str) -> TimeOfPhenomenon | None:
        name = self._name(role)
        value = self._value(name)
        if value is None:
            return None
        time = parse_time(value)
        if time is None:
            self.attributes.lose(name, reason="it is not a time, nor two with a slash between")
        return time

    def _known(self, held: TimeOfPhenomenon | None) -> Instant | None:
        name = self._name("result_time")
        value = self._value(name)
        if value is None:
            if observed_at(held) is not None:
                self.attributes.lose(
                    name, kind=LossKind.ASSUMED, reason="a result is taken for known when the phenomenon ended"
                )
            return None
        if is_time_text(value):
            return Instant(value)
        self.attributes.lose(name, reason="it is not a time")
        return None

    def _text(self, role: str) -> str:
        name = self._name(role)
        value = self._value(name)
        if value is None or (isinstance(value, str) and value):
            return value or ""
        self.attributes.lose(name, reason="a text is expected")
        return ""

    def _term(self, role: str, name: str = "") -> str:
        name = name or self._name(role)
        value = self._value(name)
        mapping = self.table.parts[name].mapping if name else None
        if value is None or mapping is None:
            return ""
        concept = mapping.encode(value, self.tables.base) if isinstance(value, str) and value else None
        if concept is None:
            self.attributes.lose(name, reason="a text that has a term is expected")
            return ""
        if mapping.decode(concept, self.tables.base) != value:
            self.attributes.lose(name, "value", kind=LossKind.CHANGED, reason="it shares its term with another value")
        return concept

    def _reference(self, role: str) -> str:
        name = next((one for one in self._names(role) if self.table.parts[one].mapping is None), "")
        instance = self._given.get(name)
        if instance is None:
            return ""
        target = instance.get("object")
        if instance.get("type") != "Relationship" or not isinstance(target, str) or not is_iri(target):
            self.attributes.lose(name, reason="a Relationship to one address is expected")
            return ""
        if canonical(target) != target:
            self.attributes.lose(
                name, "object", kind=LossKind.CHANGED, reason=f"it will be read as {canonical(target)}"
            )
        return target

    def _references(self, role: str) -> tuple[str, ...]:
        name = self._name(role)
        instance = self._given.get(name)
        if instance is None:
            return ()
        addresses = targets_of(instance)
        if not addresses:
            self.attributes.lose(name, reason="a Relationship to addresses is expected")
            return ()
        if not comes_back_in_order(instance):
            self.attributes.lose(
                name, "object", kind=LossKind.CHANGED, reason="triples have no order, and no list of one"
            )
        return addresses

    def _qualities(self) -> tuple[Quality, ...]:
        found = []
        reliability = self._name("reliability")
        value = self._value(reliability)
        if number_literal(value) is not None and value is not None:
            found.append(Quality("reliability", value))
        elif value is not None:
            self.attributes.lose(reliability, reason="a number is expected")
        name = self._name("quality")
        judged = self._value(name)
        if judged is None:
            return tuple(found)
        if not isinstance(judged, dict) or not judged:
            self.attributes.lose(name, reason="an object is expected, with a number for each thing that is judged")
            return tuple(found)
        before = len(found)
        refused = []
        for what, number in judged.items():
            plain = what.isascii() and what.replace("_", "").isalnum() and not (reliability and what == "reliability")
            if plain and number_literal(number) is not None:
                found.append(Quality(what, number))
            else:
                refused.append(f"{what!r:.40} has no number to judge by")
        for reason in refused:
            some = len(found) > before
            self.attributes.lose(
                name, "value" if some else "", kind=LossKind.CHANGED if some else LossKind.LOST, reason=reason
            )
        return tuple(found)

    def _value(self, name: str) -> Any:
        """Return the value of an attribute, and report one that is not a Property."""
        instance = self._given.get(name)
        if instance is None:
            return None
        if instance.get("type") != "Property" or instance.get("value") is None:
            self.attributes.lose(name, reason=f"a {instance.get('type')} is not part of an observation here")
            return None
        return instance["value"]
