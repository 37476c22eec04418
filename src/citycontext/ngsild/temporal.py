"""The evolution of an entity: what its attributes were, and when (CIM 009, 4.5.6 to 4.5.9, 4.5.19 and 5.2.20).

    history = TemporalEntity.from_dict(payload)
    for time, value, speed in history.series("speed", float):
        ...

``wire`` is the JSON object as it came or as it will go, in whichever of the temporal forms; nothing in it is lost,
re-spelt or re-ordered.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Literal, NamedTuple, Self, TypeVar, overload

from citycontext.errors import InvalidEntity, InvalidName
from citycontext.foreign_text import shown
from citycontext.ngsild.attribute_base import Attribute, as_attribute, attribute_class
from citycontext.ngsild.findings import Finding
from citycontext.ngsild.json_copy import copy_json
from citycontext.ngsild.json_text import read_json, write_json
from citycontext.ngsild.lifetime import Lifetime
from citycontext.ngsild.names import is_attribute_name
from citycontext.ngsild.representations import Reader, temporal
from citycontext.ngsild.representations.temporal import AGGREGATIONS, TemporalForm, tell_form
from citycontext.ngsild.terms import ENTITY_MEMBERS
from citycontext.ngsild.time import parse_datetime
from citycontext.ngsild.value_types import value_type

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]
    from matplotlib.axes import Axes  # type: ignore[import-untyped,import-not-found,unused-ignore]

__all__ = ["Aggregate", "TemporalEntity", "TemporalForm", "TimedValue"]

T = TypeVar("T")
_new: Final = object.__new__


class TimedValue(NamedTuple, Generic[T]):
    """One value of an attribute, and when it held.

    Args:
        time: When; of a deletion when it was deleted; ``None`` where the payload gives no time.
        value: The value; ``NULL`` where the attribute was deleted.
        instance: The whole instance, with its unit, ``dataset_id``, ``instance_id`` and sub-attributes.
    """

    time: datetime | None
    value: T
    instance: Attribute


class Aggregate(NamedTuple):
    """One result of an aggregation method over a period.

    Args:
        value: The result.
        start: When the period starts.
        end: When it ends.
    """

    value: Any
    start: datetime | None
    end: datetime | None


class TemporalEntity(Lifetime):
    """The evolution of an entity of any type.

    Args:
        id: The entity's URI.
        type: Its type, or types.
        scope: Its scope, or scopes; Properties of scopes where they changed over time.
        context: Its @context: an address, an object, or a list of both.
        attributes: By wire name, the instances of each attribute: one, or a list.

    Raises:
        InvalidName: A name is not valid.
    """

    __slots__ = ("wire",)

    wire: dict[str, Any]

    def __init__(
        self,
        *,
        id: str,
        type: str | Sequence[str],
        scope: str | Sequence[str] | Sequence[Attribute] | None = None,
        context: str | Mapping[str, Any] | Sequence[Any] | None = None,
        **attributes: Any,
    ) -> None:
        self.wire = {"id": id, "type": type}
        if context is not None:
            self.wire["@context"] = context
        if scope is not None:
            self.wire["scope"] = (
                scope if isinstance(scope, str) else [one.wire if isinstance(one, Attribute) else one for one in scope]
            )
        for name, instances in attributes.items():
            self.append(name, *(instances if isinstance(instances, list | tuple) else (instances,)))

    @classmethod
    def from_dict(
        cls,
        payload: dict[str, Any],
        *,
        strict: bool = False,
        zone: tzinfo | None = None,
        findings: list[Finding] | None = None,
        fragment: bool = False,
    ) -> Self:
        """Read the evolution of an entity from its JSON object.

        Args:
            payload: The object, in normalized, concise, temporalValues or aggregatedValues form, or a mix of them.
            strict: Raise at the first thing that breaks the standard, instead of noting it.
            zone: What a time without zone is taken to be in; such a time is rewritten in UTC.
            findings: A list that takes what was not as it should be.
            fragment: Whether id and type may be missing, as in what is added to an evolution.

        Raises:
            DataError: The payload is not an evolution at all or, in strict reading, breaks the standard.
        """
        reader = Reader(strict=strict, findings=findings, zone=zone)
        return cls._from_wire(temporal.read(payload, reader, fragment=fragment))

    @classmethod
    def from_json(
        cls,
        text: bytes | str,
        *,
        strict: bool = False,
        zone: tzinfo | None = None,
        findings: list[Finding] | None = None,
    ) -> Self:
        """Read the evolution of an entity from JSON text; see ``from_dict``.

        Raises:
            InvalidEntity: The text is not JSON.
            DataError: As ``from_dict``.
        """
        return cls.from_dict(read_json(text), strict=strict, zone=zone, findings=findings)

    @classmethod
    def _from_wire(cls, wire: dict[str, Any]) -> Self:
        entity = _new(cls)
        entity.wire = wire
        return entity

    @property
    def id(self) -> str:
        """The entity's URI; empty for a fragment without one."""
        identifier = self.wire.get("id") or self.wire.get("@id", "")
        return identifier if isinstance(identifier, str) else shown(identifier)

    @property
    def types(self) -> tuple[str, ...]:
        """All the entity's types."""
        named = self.wire.get("type", self.wire.get("@type"))
        return tuple(named) if isinstance(named, list | tuple) else () if named is None else (named,)

    @property
    def type(self) -> str:
        """The entity's type; of several the first."""
        return next(iter(self.types), "")

    @property
    def context(self) -> Any:
        """The entity's @context, where it carries one."""
        return self.wire.get("@context")

    def form(self, name: str) -> TemporalForm:
        """Return in which form the evolution of an attribute is written.

        Args:
            name: The attribute's wire name.

        Raises:
            KeyError: The entity has no such attribute.
        """
        return tell_form(self._series_of(name))

    def instances(
        self, name: str, *, dataset_id: str | None = None, time_property: str = "observedAt"
    ) -> list[Attribute]:
        """Return the instances that an attribute had, in the order of the payload.

        Args:
            name: The attribute's wire name.
            dataset_id: Only instances with this one; ``@none`` for the default ones.
            time_property: Which time it is that temporalValues give.

        Raises:
            KeyError: The entity has no such attribute.
            InvalidEntity: The attribute holds aggregated values.
        """
        return [
            attribute_class(one).from_wire(one)
            for one in temporal.instances(self._series_of(name), time_property, path=name)
            if dataset_id in (None, one.get("datasetId", "@none"))
        ]

    @overload
    def series(
        self,
        name: str,
        *,
        dataset_id: str | None = None,
        time_property: str = "observedAt",
        deletions: bool = False,
    ) -> list[TimedValue[Any]]: ...
    @overload
    def series(
        self,
        name: str,
        as_: builtins.type[T],
        *,
        dataset_id: str | None = None,
        time_property: str = "observedAt",
        deletions: Literal[False] = False,
    ) -> list[TimedValue[T]]: ...
    @overload
    def series(
        self,
        name: str,
        as_: builtins.type[T],
        *,
        dataset_id: str | None = None,
        time_property: str = "observedAt",
        deletions: bool,
    ) -> list[TimedValue[T | str]]: ...
    def series(
        self,
        name: str,
        as_: Any = Any,
        *,
        dataset_id: str | None = None,
        time_property: str = "observedAt",
        deletions: bool = False,
    ) -> list[TimedValue[Any]]:
        """Return the values that an attribute had, each with its time, in the order of the payload.

        Args:
            name: The attribute's wire name.
            as_: The type of the values, e.g. ``float``, ``datetime`` or ``list[str]``; any, if none is given.
            dataset_id: Only instances with this one; ``@none`` for the default ones.
            time_property: Which of an instance's times to give: ``observedAt``, ``createdAt``, ``modifiedAt`` or
                ``deletedAt``.
            deletions: Whether the instances come too that only tell when the attribute was deleted; their value is
                ``NULL``, whatever the type of the others.

        Raises:
            KeyError: The entity has no such attribute.
            InvalidEntity: A value is of another type, or the attribute holds aggregated values.
            InvalidTime: A time is not valid, or has no zone.
        """
        values = value_type(as_)
        timed = []
        for index, instance in enumerate(self.instances(name, dataset_id=dataset_id, time_property=time_property)):
            path = f"{name}[{index}]"
            if instance.is_null and not deletions:
                continue
            if not instance.is_null and not values.accepts(instance.value):
                raise InvalidEntity(f"{shown(instance.value)} is not {values.name}", path=path)
            view = values.property_class.from_wire(instance.wire) if instance.type == "Property" else instance
            text = instance.wire.get(time_property)
            if text is None and instance.is_null:
                text = instance.wire.get("deletedAt")
            timed.append(TimedValue(_instant(text, path), view.value, view))
        return timed

    def aggregates(self, name: str, *, dataset_id: str | None = None) -> dict[str, list[Aggregate]]:
        """Return the aggregated values of an attribute by method: ``avg``, ``max`` and so on (CIM 009, 4.5.19).

        Args:
            name: The attribute's wire name.
            dataset_id: Only those of instances with this one; ``@none`` for the default ones.

        Returns:
            The results by method, in the order of the payload; empty where the attribute holds none.

        Raises:
            KeyError: The entity has no such attribute.
            InvalidTime: A time is not valid, or has no zone.
        """
        member = self._series_of(name)
        found: dict[str, list[Aggregate]] = {}
        if tell_form(member) is not TemporalForm.AGGREGATED_VALUES:
            return found
        for group in member if isinstance(member, list) else [member]:
            if not isinstance(group, dict) or dataset_id not in (None, group.get("datasetId", "@none")):
                continue
            for method, rows in group.items():
                if method in AGGREGATIONS and isinstance(rows, list):
                    found.setdefault(method, []).extend(_aggregate(row, f"{name}.{method}") for row in rows)
        return found

    def scopes(self, *, time_property: str = "observedAt") -> list[TimedValue[str | list[str]]]:
        """Return the scopes that the entity had, each with its time; one without time where they never changed.

        Args:
            time_property: Which of an instance's times to give.
        """
        scope = self.wire.get("scope")
        if scope is None:
            return []
        if isinstance(scope, dict) or (isinstance(scope, list) and any(isinstance(one, dict) for one in scope)):
            return self.series("scope", time_property=time_property)
        return [TimedValue(None, scope, as_attribute(scope))]

    def append(self, name: str, *instances: Any) -> None:
        """Add instances to an attribute.

        Args:
            name: The attribute's wire name.
            instances: Attributes, or plain values for Properties.

        Raises:
            InvalidName: The name is not valid.
            InvalidEntity: The attribute is not in normalized form; ``to_dict("normalized")`` gives one.
        """
        if name in ENTITY_MEMBERS or not is_attribute_name(name):
            raise InvalidName(
                f"{name!r} cannot name an attribute; use a letter, then letters, digits and '_'", clause="4.6.2"
            )
        held = self.wire.setdefault(name, [])
        if tell_form(held) is not TemporalForm.NORMALIZED:
            raise InvalidEntity(f"instances do not go into {tell_form(held)}", path=name, clause="4.5.6")
        if not isinstance(held, list):
            held = self.wire[name] = [held]
        held.extend(as_attribute(instance).wire for instance in instances)

    def to_dict(self, form: TemporalForm | str | None = None, *, time_property: str = "observedAt") -> dict[str, Any]:
        """Return the evolution as a JSON object.

        Args:
            form: ``normalized`` or ``temporalValues``; without one, as it is.
            time_property: Which time temporalValues give, or gave.

        Returns:
            A new object; its parts are the entity's own, so copy them before changing them.

        Raises:
            InvalidEntity: Aggregated values were asked for, or stand where another form was asked for: a broker makes
                them, and nothing can be made of them.
        """
        if form is None:
            return dict(self.wire)
        wanted = TemporalForm(form)
        if wanted is TemporalForm.AGGREGATED_VALUES:
            if any(tell_form(self.wire[name]) is not wanted for name in self):
                raise InvalidEntity("aggregated values are what a broker makes; ask it for them", clause="4.5.19")
            return dict(self.wire)
        normalized = temporal.spell_out(self.wire, time_property)
        return normalized if wanted is TemporalForm.NORMALIZED else temporal.render(normalized, time_property)

    def to_json(self, form: TemporalForm | str | None = None, *, time_property: str = "observedAt") -> bytes:
        """Return the evolution as JSON text in UTF-8; see ``to_dict``."""
        return write_json(self.to_dict(form, time_property=time_property))

    def to_dataframe(
        self, *, attributes: Sequence[str] | None = None, wide: bool = False, zone: tzinfo | str | None = None
    ) -> pandas.DataFrame:
        """Return a table of what the attributes were, and when; see :func:`citycontext.client.to_dataframe`.

        .. versionadded:: 0.2

        Args:
            attributes: Only these, by wire name.
            wide: A column for each attribute and a row for each time, in place of a row for each value.
            zone: The time zone of all times; UTC if not given.

        Raises:
            MissingExtra: pandas is not installed.
            InvalidTime: A time is not valid, or has no zone.
        """
        from citycontext.ngsild.frames.data_frame import to_dataframe

        return to_dataframe(self, attributes=attributes, wide=wide, zone=zone)

    def plot(self, name: str, *, zone: tzinfo | str | None = None, ax: Axes | None = None) -> Axes:
        """Draw what an attribute was, with its unit and the time zone on the axes.

        .. versionadded:: 0.2

        Args:
            name: The attribute's wire name.
            zone: The time zone of the axis; UTC if not given.
            ax: Where to draw; a figure of its own if not given.

        Raises:
            MissingExtra: matplotlib is not installed.
            DataError: There are no numbers under this name, their units differ, or the zone is not known.
        """
        from citycontext.ngsild.frames.plot import plot

        return plot(self, name, zone=zone, ax=ax)

    def copy(self) -> Self:
        """Return an independent copy."""
        return self._from_wire(copy_json(self.wire))

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self._from_wire(copy_json(self.wire, memo))

    def _series_of(self, name: str) -> Any:
        if name in ENTITY_MEMBERS and name != "scope":
            raise KeyError(name)
        return self.wire[name]

    def __contains__(self, name: object) -> bool:
        return name in self.wire and name not in ENTITY_MEMBERS

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.wire if name not in ENTITY_MEMBERS)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TemporalEntity):
            return NotImplemented
        return self.wire == other.wire

    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return (
            f"{self.__class__.__name__}(id={self.id!r}, type={shown(self.type)}, attributes={shown(list(self), 1000)})"
        )

    def _repr_html_(self) -> str:
        from citycontext.ngsild.frames.html import history_html

        return history_html(self)


def _aggregate(row: Any, path: str) -> Aggregate:
    if not isinstance(row, list) or len(row) != 3:
        raise InvalidEntity(f"{shown(row)} is not a value, its start and its end", path=path, clause="4.5.19")
    return Aggregate(row[0], _instant(row[1], path), _instant(row[2], path))


def _instant(text: Any, path: str) -> datetime | None:
    return None if text is None or text == "" else parse_datetime(text, path=path)
