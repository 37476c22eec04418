"""Attribute instances as observations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from citycontext.oslo.graph import Literal
from citycontext.oslo.literals import is_time_text, ngsild_time, number_literal, unit_code_of, unit_iri
from citycontext.oslo.losses import LossKind
from citycontext.oslo.observations import (
    Category,
    Count,
    Instant,
    Interval,
    Measure,
    Observation,
    ObservationCollection,
    ObservedProperty,
    Quality,
    Result,
    Truth,
    observation_iri,
)
from citycontext.oslo.phenomenon_times import instance_time, observed_at
from citycontext.oslo.tables.mapping_table import MappingTable, ObservedAttribute
from citycontext.oslo.writing.entity_attributes import EntityAttributes
from citycontext.oslo.writing.targets import is_iri

__all__ = ["QUALITIES", "InstanceReader"]

QUALITIES: Final = ("accuracy", "reliability")
"""Sub-attributes that say how good a value is."""


class InstanceReader:
    """Makes observations of attribute instances, and reports what an observation does not carry.

    Args:
        attributes: The entity's attributes.
        table: The table of its type.
        base: Where concepts are minted.
        feature: What the observations are of.
        collection: What gathers them, and what they share; ``None`` where nothing does.
        qualifiers: What narrows every observed property.
    """

    def __init__(
        self,
        attributes: EntityAttributes,
        table: MappingTable,
        base: str,
        feature: str,
        *,
        collection: ObservationCollection | None = None,
        qualifiers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.attributes = attributes
        self.table = table
        self.base = base
        self.feature = feature
        self.collection = collection
        self.qualifiers = qualifiers
        self._beside: list[Observation] = []

    def observations(self, handled: set[str]) -> list[Observation]:
        """Make observations of all attributes that are not descriptions, and give those made beside descriptions.

        Args:
            handled: Names that need no more; those of the observed ones are added.
        """
        made = self._beside
        for name, instances in self.attributes.instances.items():
            if name in self.table.observe and name not in self.table.describe and name not in handled:
                handled.add(name)
                made.extend(self._made(name, instances))
        if self.table.generic:
            handled |= {"controlledProperty", "unit"} & self.attributes.instances.keys()
            self._report_generic(made)
        return made

    def observe_beside(self, name: str, instance: dict[str, Any]) -> bool:
        """Make an observation of an instance that a description carries in part; tell whether there is one.

        Args:
            name: The attribute's wire name.
            instance: The instance.
        """
        if name not in self.table.observe:
            return False
        made = self._made(name, [instance])
        self._beside.extend(made)
        return bool(made)

    def observe_or_lose(self, name: str, instances: Iterable[dict[str, Any]], *, reason: str = "") -> None:
        """Make observations of instances that have no description, or report them lost.

        Args:
            name: The attribute's wire name.
            instances: The instances.
            reason: Why the description does not take them.
        """
        if name in self.table.describe and name in self.table.observe:
            self._beside.extend(self._made(name, instances))
            return
        for instance in instances:
            known = name in self.table.describe
            self.attributes.lose(
                name,
                "",
                instance,
                reason=reason or ("one value describes a thing" if known else f"no table of {self.table.type} has it"),
                home="" if known else "add it to the table with MappingTables.with_tables",
            )

    def _made(self, name: str, instances: Iterable[dict[str, Any]]) -> list[Observation]:
        made = []
        seen: set[str] = set()
        for instance in instances:
            one = self._observation(self.table.observe[name], instance)
            if one is not None and one.iri in seen:
                self.attributes.lose(
                    name, "", instance, reason="another instance has the same time and no datasetId tells them apart"
                )
            elif one is not None:
                seen.add(one.iri)
                made.append(one)
        return made

    def _observation(self, entry: ObservedAttribute, instance: dict[str, Any]) -> Observation | None:
        name = entry.name
        if entry.difference and self._is_difference(entry, instance):
            self.attributes.lose(
                name, "", instance, reason=f"it is {' less '.join(entry.difference)}, which are written"
            )
            return None
        result = self.result(entry, instance)
        if result is None:
            self.attributes.lose(
                name, "", instance, reason="a result is a number, a text or a truth value of a Property"
            )
            return None
        collection = self.collection
        dataset = instance.get("datasetId")
        if dataset is not None and (not isinstance(dataset, str) or dataset == "@none" or ":" not in dataset):
            self.attributes.lose(name, "datasetId", instance, reason="it is not a URI")
            dataset = None
        moment = self._moment(name, instance)
        held = instance_time(moment, collection.phenomenon_time if collection else None)
        inherited = collection.phenomenon_time if collection else None
        if held is None and inherited is None:
            self.attributes.lose(
                name,
                "observedAt",
                instance,
                kind=LossKind.MISSING,
                reason="an observation has a time of the phenomenon",
                home="give the attribute observedAt",
            )
        elif entry.interval and not isinstance(held or inherited, Interval):
            self.attributes.lose(
                name,
                "observedAt",
                instance,
                kind=LossKind.MISSING,
                reason="a count is of an interval, and there is an instant only",
                home="give dateObservedFrom and dateObservedTo",
            )
        observation = Observation(
            observation_iri(self.attributes.id, name, dataset_id=dataset, observed_at=moment),
            ObservedProperty(self._concept(entry), self.qualifiers),
            self.feature,
            result,
            phenomenon_time=held,
            kind=entry.kind,
        )
        default = observed_at(held or inherited)
        self._add_members(observation, name, instance, default)
        return observation

    def _concept(self, entry: ObservedAttribute) -> str:
        if not self.table.generic:
            return entry.concept(self.base)
        controlled = self.attributes.plain("controlledProperty")
        if isinstance(controlled, str) and controlled.startswith(("http://", "https://")) and is_iri(controlled):
            return controlled
        if not isinstance(controlled, str):
            # One measurement is of one property: a text beside the number is named like it, not as another's.
            controlled = next((name for name in self.table.observe if name in self.attributes.instances), entry.name)
        return ObservedAttribute(controlled).concept(self.base)

    def _moment(self, name: str, instance: dict[str, Any]) -> str | None:
        moment = instance.get("observedAt")
        if moment is None:
            return None
        if not is_time_text(moment) or ngsild_time(moment) is None:
            self.attributes.lose(name, "observedAt", instance, reason="it is not a time with a zone")
            return None
        if ngsild_time(moment) != moment:
            self.attributes.lose(name, "observedAt", instance, kind=LossKind.CHANGED, reason="it will be read in UTC")
        return str(moment)

    def result(self, entry: ObservedAttribute, instance: dict[str, Any]) -> Result | None:
        """Make the result of an instance; ``None`` where its value is not one.

        Args:
            entry: What the table says of it.
            instance: The instance.
        """
        value = instance.get("value")
        if instance.get("type") != "Property":
            return None
        if self.table.generic and isinstance(value, str) is not (entry.name == "textValue"):
            return None
        unit = instance.get("unitCode")
        if isinstance(value, bool | str):
            if unit is not None:
                self.attributes.lose(entry.name, "unitCode", instance, reason="only a number has a unit")
            return Truth(value) if isinstance(value, bool) else Category(value)
        if number_literal(value) is None or value is None:
            return None
        if entry.count and unit in (None, "C62"):
            if unit:
                self.attributes.lose(entry.name, "unitCode", instance, reason="a count has no unit")
            return Count(value)
        if unit is None:
            unit = self._assumed_unit(entry, instance)
        elif not isinstance(unit, str) or not unit or _unit_read_back(unit) != unit:
            self.attributes.lose(
                entry.name, "unitCode", instance, kind=LossKind.CHANGED, reason="it is not a code of a unit"
            )
        return Measure(value, unit if isinstance(unit, str) else "")

    def _assumed_unit(self, entry: ObservedAttribute, instance: dict[str, Any]) -> str:
        given = self.attributes.plain("unit") if self.table.generic else None
        unit = _unit_read_back(given) if isinstance(given, str) and given else entry.unit
        if unit:
            why = "it is taken from the attribute unit" if given else "the model measures in it"
            self.attributes.lose(entry.name, "unitCode", instance, kind=LossKind.ASSUMED, reason=f"{unit}: {why}")
        return unit

    def _add_members(
        self, observation: Observation, name: str, instance: dict[str, Any], default_time: str | None
    ) -> None:
        qualities = []
        for member, said in instance.items():
            if member in ("type", "value", "unitCode", "observedAt", "datasetId"):
                continue
            taken: Any = None
            if member == "observedBy":
                taken = observation.sensor = self._sensor(said)
            elif member == "procedure":
                taken = observation.procedure = _object(said)
            elif member == "resultTime":
                taken = _plain_value(said)
                if isinstance(taken, str) and is_time_text(taken) and taken != default_time:
                    observation.result_time = Instant(taken)
                else:
                    taken = None
            elif member in QUALITIES:
                taken = _plain_value(said)
                if number_literal(taken) is not None:
                    qualities.append(Quality(member, taken))
                    continue
                taken = None
            if not taken:
                self.attributes.lose(
                    name, member, instance, reason="an observation has no place for it", home="a named parameter"
                )
        observation.qualities = tuple(qualities)

    def _sensor(self, said: Any) -> str:
        sensor = _object(said)
        shared = self.collection.sensors if self.collection else ()
        return "" if len(shared) == 1 and sensor == shared[0] else sensor

    def _is_difference(self, entry: ObservedAttribute, instance: dict[str, Any]) -> bool:
        whole, part = (self.attributes.plain(name) for name in entry.difference)
        numbers = [one for one in (whole, part) if isinstance(one, int)]
        return len(numbers) == 2 and instance.get("value") == numbers[0] - numbers[1]

    def _report_generic(self, made: list[Observation]) -> None:
        for instance in self.attributes.instances.get("unit", []):
            self.attributes.lose(
                "unit", "", instance, reason="it is the unit of the result, and will be read as unitCode"
            )
        value = self.attributes.plain("controlledProperty")
        names = self.attributes.instances.get("controlledProperty", [])
        if not self.attributes.default("controlledProperty") and made:
            self.attributes.lose(
                "controlledProperty", kind=LossKind.ASSUMED, reason="an attribute's own name is the property"
            )
        for instance in names:
            if (
                instance is not self.attributes.default("controlledProperty")
                or not isinstance(value, str)
                or not value
                or not made
            ):
                self.attributes.lose(
                    "controlledProperty", "", instance, reason="it names the property of a result, as a text"
                )
                continue
            for member in instance:
                if member not in ("type", "value"):
                    self.attributes.lose("controlledProperty", member, reason="the property carries its name alone")


def _unit_read_back(code: str) -> str:
    name = unit_iri(code)
    return unit_code_of(name or Literal(code))


def _plain_value(said: Any) -> Any:
    """Return the value of a Property that has nothing else."""
    return said.get("value") if isinstance(said, dict) and set(said) <= {"type", "value"} else None


def _object(said: Any) -> str:
    """Return the address of a Relationship that has nothing else and leads to one thing."""
    if isinstance(said, dict) and set(said) == {"type", "object"} and said["type"] == "Relationship":
        target = said["object"]
        return target if isinstance(target, str) and is_iri(target) else ""
    return ""
