"""The eight attribute types of the standard (CIM 009, 4.5.2 to 4.5.24)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, Generic, TypeVar

from citycontext.errors import InvalidEntity, UnitError
from citycontext.foreign_text import shown
from citycontext.ngsild.attribute_base import Attribute, is_null, misplaced_value
from citycontext.ngsild.geometry import Geometry, check_geometry
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.terms import NULL_URN
from citycontext.ngsild.time import INSTANTS, written_time

__all__ = [
    "AnyValue",
    "GeoProperty",
    "JsonProperty",
    "LanguageProperty",
    "ListProperty",
    "ListRelationship",
    "Measurable",
    "Property",
    "Relationship",
    "VocabProperty",
]

T = TypeVar("T")


_USUAL_UNIT: Final = re.compile(r"[A-Z0-9]{2,3}").fullmatch
_SEEN_UNITS: Final[set[str]] = set()  # of two or three characters, so there are never many


def _checked_unit(code: str) -> str:
    """Refuse what cannot be a UN/CEFACT code: a name or a symbol, which nobody could convert."""
    if not isinstance(code, str):
        raise UnitError(f"a unit code is a text such as CEL, not {shown(code)}", path="unit_code", clause="4.5.2")
    if _USUAL_UNIT(code):
        _SEEN_UNITS.add(code)
        return code
    if code == NULL_URN or is_uri(code):
        return code
    from citycontext.ngsild.units import Unit  # only to say what was probably meant

    try:
        Unit.of(code)
    except UnitError as wrong:
        raise UnitError(wrong.message, path="unit_code", clause="4.5.2") from None
    return code


class Measurable(Attribute):
    """What the two types have in common whose values may have a unit."""

    __slots__ = ()

    @property
    def unit_code(self) -> str | None:
        """UN/CEFACT common code of the unit (CIM 009, 4.5.2)."""
        return self.wire.get("unitCode")

    @unit_code.setter
    def unit_code(self, code: str | None) -> None:
        self._set_member_or_drop("unitCode", None if code is None else _checked_unit(code))


class Property(Measurable, Generic[T]):
    """A value of any JSON form, with an optional unit (CIM 009, 4.5.2).

    Args:
        value: Any JSON value but null.
        observed_at: When it held.
        unit_code: UN/CEFACT common code of the unit, e.g. ``CEL``.
        dataset_id: URI that tells several instances of one attribute apart.
        members: Sub-attributes and further members; see ``Attribute``.
    """

    __slots__ = ()
    type: ClassVar[str] = "Property"
    value_member: ClassVar[str] = "value"

    def __init__(
        self,
        value: T,
        *,
        observed_at: datetime | str | None = None,
        unit_code: str | None = None,
        dataset_id: str | None = None,
        **members: Any,
    ) -> None:
        if value is None:
            raise InvalidEntity("a Property has a value; use NULL to delete it in an update", clause="4.5.2")
        wire: dict[str, Any] = {"type": "Property", "value": value}
        self.wire = wire
        if unit_code is not None:
            wire["unitCode"] = (
                unit_code if type(unit_code) is str and unit_code in _SEEN_UNITS else _checked_unit(unit_code)
            )
        if observed_at is not None:
            wire["observedAt"] = (
                observed_at
                if type(observed_at) is str and observed_at in INSTANTS
                else written_time(observed_at, "observed_at")
            )
        if dataset_id is not None:
            wire["datasetId"] = dataset_id
        if members:
            for name, member in members.items():
                self._set_member(name, member)

    @property
    def value(self) -> T:
        """The value."""
        try:
            return self.wire["value"]  # type: ignore[no-any-return]
        except KeyError:
            return misplaced_value(self.wire)  # type: ignore[no-any-return]

    @value.setter
    def value(self, value: T) -> None:
        self.wire["value"] = value

    @property
    def value_type(self) -> str | None:
        """Data type of the value, as a term (CIM 009, 4.5.2, since 1.9)."""
        return self._member("valueType")  # type: ignore[no-any-return]

    @value_type.setter
    def value_type(self, term: str | None) -> None:
        self._set_member_or_drop("valueType", term)


class AnyValue(Property[Any]):
    """A Property whose value goes as it is, where the class of a model would refuse it: ``AnyValue(-4)``.

    .. versionadded:: 0.2

    Args:
        value: Any JSON value but null.
        observed_at: When it held.
        unit_code: UN/CEFACT common code of the unit, e.g. ``CEL``.
        dataset_id: URI that tells several instances of one attribute apart.
        members: Sub-attributes and further members; see ``Attribute``.
    """

    __slots__ = ()


class GeoProperty(Attribute):
    """A GeoJSON geometry (CIM 009, 4.5.2 and 4.7).

    Args:
        value: A geometry as a dict, or an object with ``__geo_interface__`` (shapely and others).
    """

    __slots__ = ()
    type: ClassVar[str] = "GeoProperty"
    value_member: ClassVar[str] = "value"

    @classmethod
    def _checked(cls, value: Any) -> Any:
        geometry = getattr(value, "__geo_interface__", value)
        if not is_null(geometry):
            check_geometry(geometry)
        return geometry

    @property
    def value(self) -> Geometry:
        """The geometry; longitude comes first in a position."""
        return super().value  # type: ignore[no-any-return]

    @value.setter
    def value(self, value: Any) -> None:
        self.wire["value"] = self._checked(value)


class Relationship(Attribute):
    """A link to another entity (CIM 009, 4.5.3).

    Args:
        value: The other entity's id, a list of ids, or entities themselves.
        object_type: The other entity's type, where it is known.
    """

    __slots__ = ()
    type: ClassVar[str] = "Relationship"
    value_member: ClassVar[str] = "object"

    def __init__(
        self,
        value: Any,
        *,
        observed_at: datetime | str | None = None,
        object_type: str | None = None,
        dataset_id: str | None = None,
        **members: Any,
    ) -> None:
        super().__init__(value, observed_at=observed_at, dataset_id=dataset_id, **members)
        self._set_member_or_drop("objectType", object_type)

    @classmethod
    def _checked(cls, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return [_target(one) for one in value]
        return _target(value)

    @property
    def object(self) -> str | list[str]:
        """The id, or ids, of what it links to."""
        return super().value  # type: ignore[no-any-return]

    @object.setter
    def object(self, value: Any) -> None:
        self.wire["object"] = self._checked(value)

    @property
    def objects(self) -> list[str]:
        """The ids it links to, always as a list."""
        target = super().value
        return list(target) if isinstance(target, list) else [] if target is None else [target]

    @property
    def object_type(self) -> str | list[str] | None:
        """The type of what it links to (CIM 009, 4.5.3, since 1.8)."""
        return self._member("objectType")  # type: ignore[no-any-return]

    @object_type.setter
    def object_type(self, name: str | None) -> None:
        self._set_member_or_drop("objectType", name)


def _target(value: Any) -> str:
    target = value if isinstance(value, str) else getattr(value, "id", None)
    if not isinstance(target, str) or not is_uri(target):
        raise InvalidEntity(
            f"a Relationship links to a URI such as urn:ngsi-ld:ParkingSpot:1, not {shown(value)}", clause="4.5.3"
        )
    return target


class LanguageProperty(Attribute):
    """A text in several languages (CIM 009, 4.5.18).

    Args:
        value: Language tag → text or texts, e.g. ``{"nl": "Loop", "fr": "Boucle"}``.
    """

    __slots__ = ()
    type: ClassVar[str] = "LanguageProperty"
    value_member: ClassVar[str] = "languageMap"

    @classmethod
    def _checked(cls, value: Any) -> Any:
        if is_null(value):
            return value
        if not isinstance(value, Mapping) or not all(
            isinstance(tag, str) and (isinstance(text, str) or _is_text_list(text)) for tag, text in value.items()
        ):
            raise InvalidEntity(
                f"a languageMap gives texts by language tag, e.g. {{'nl': 'Loop'}}, not {shown(value)}", clause="4.5.18"
            )
        return value

    @property
    def language_map(self) -> dict[str, str | list[str]]:
        """The texts by language tag."""
        return super().value  # type: ignore[no-any-return]

    @language_map.setter
    def language_map(self, value: Mapping[str, str | list[str]]) -> None:
        self.wire["languageMap"] = self._checked(value)


class VocabProperty(Attribute):
    """A term of a vocabulary, expanded by the @context (CIM 009, 4.5.20).

    Args:
        value: The term, or a list of terms.
    """

    __slots__ = ()
    type: ClassVar[str] = "VocabProperty"
    value_member: ClassVar[str] = "vocab"

    @classmethod
    def _checked(cls, value: Any) -> Any:
        if not isinstance(value, str) and not _is_text_list(value):
            raise InvalidEntity(f"a vocab is a term or a list of terms, not {shown(value)}", clause="4.5.20")
        return value

    @property
    def vocab(self) -> str | list[str]:
        """The term or terms."""
        return super().value  # type: ignore[no-any-return]

    @vocab.setter
    def vocab(self, value: str | Sequence[str]) -> None:
        self.wire["vocab"] = self._checked(value)


class JsonProperty(Attribute):
    """Any JSON, never expanded or interpreted (CIM 009, 4.5.24)."""

    __slots__ = ()
    type: ClassVar[str] = "JsonProperty"
    value_member: ClassVar[str] = "json"

    @property
    def json(self) -> Any:
        """The JSON."""
        return super().value

    @json.setter
    def json(self, value: Any) -> None:
        self.wire["json"] = value


class ListProperty(Measurable):
    """An ordered list of values (CIM 009, 4.5.21).

    Args:
        value: The values.
        unit_code: UN/CEFACT common code of their unit.
    """

    __slots__ = ()
    type: ClassVar[str] = "ListProperty"
    value_member: ClassVar[str] = "valueList"

    @classmethod
    def _checked(cls, value: Any) -> Any:
        if not isinstance(value, (list, tuple)):
            raise InvalidEntity(f"a valueList is a list, not {shown(value)}", clause="4.5.21")
        return list(value)

    @property
    def value_list(self) -> list[Any]:
        """The values, in order."""
        return super().value  # type: ignore[no-any-return]

    @value_list.setter
    def value_list(self, value: Sequence[Any]) -> None:
        self.wire["valueList"] = self._checked(value)


class ListRelationship(Attribute):
    """An ordered list of links (CIM 009, 4.5.22).

    Args:
        value: Ids, entities, or ``{"object": id}`` objects.
    """

    __slots__ = ()
    type: ClassVar[str] = "ListRelationship"
    value_member: ClassVar[str] = "objectList"

    @classmethod
    def _checked(cls, value: Any) -> Any:
        if is_null(value):
            return value
        if not isinstance(value, (list, tuple)):
            raise InvalidEntity(f"an objectList is a list, not {shown(value)}", clause="4.5.22")
        return [{"object": _target(one.get("object") if isinstance(one, Mapping) else one)} for one in value]

    @property
    def object_list(self) -> list[str]:
        """The ids, in order, whichever of the two spellings the wire has."""
        targets = (one.get("object") if isinstance(one, dict) else one for one in super().value or ())
        return [target for target in targets if isinstance(target, str)]

    @object_list.setter
    def object_list(self, value: Sequence[Any]) -> None:
        self.wire["objectList"] = self._checked(value)


def _is_text_list(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value)
