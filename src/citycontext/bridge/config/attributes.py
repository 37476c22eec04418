"""What an attribute of a route says: where its value stands in the message, and what it becomes."""

from __future__ import annotations

from datetime import tzinfo
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from citycontext.bridge.config.section import Section, one_or_many
from citycontext.bridge.mapping.paths import compile_parent, compile_path

__all__ = [
    "AltitudeConfig",
    "AttributeConfig",
    "Datatype",
    "FromText",
    "Kind",
    "Path",
    "Paths",
    "TimeConfig",
    "Times",
    "UnitSource",
    "Wrong",
    "paths",
]

Kind = Literal[
    "Property",
    "GeoProperty",
    "Relationship",
    "LanguageProperty",
    "VocabProperty",
    "JsonProperty",
    "ListProperty",
]
Wrong = Literal["dead-letter", "leave-out"]
"""What becomes of a message in which one value is wrong."""
Datatype = Literal["number", "integer", "text", "boolean", "datetime", "any"]
FromText = bool | Literal["decimal-comma", "decimal-point"]
"""Whether a text is taken for a number: ``true`` where it has no comma, else by name of the decimal sign."""
_FORMATS = ("auto", "iso", "epoch", "epoch-ms", "epoch-us", "epoch-ns", "relative", "age")


def _path(given: Any) -> Any:
    if isinstance(given, str):
        compile_path(given)
    return given


def paths(given: Any) -> Any:
    """Take one path for a list of one.

    Args:
        given: As TOML read it.
    """
    if isinstance(given, str):
        return [given]
    if not isinstance(given, list | tuple):
        raise ValueError(f"{given!r} is not a path; write the name of a member of the message, in quotes")
    return given


def _zone(given: Any) -> Any:
    if isinstance(given, str):
        try:
            return ZoneInfo(given)
        except (OSError, ValueError, LookupError):
            raise ValueError(f'{given!r} is not a time zone; write for example "Europe/Brussels" or "UTC"') from None
    return given


Path = Annotated[str, BeforeValidator(_path)]
Paths = Annotated[tuple[Path, ...], BeforeValidator(paths)]
Zone = Annotated[tzinfo, BeforeValidator(_zone)]


class TimeConfig(Section):
    """Where a time stands in the message and how it is written; a plain string is short for ``{ from = "…" }``.

    Args:
        from_: Path to the time (``from``).
        format: ``auto`` (ISO 8601 and other usual texts, or a number, also as text, of seconds, milliseconds,
            microseconds or nanoseconds, told apart by size), ``iso``, ``epoch``, ``epoch-ms``, ``epoch-us``,
            ``epoch-ns``, ``age`` (seconds before the arrival, or ``PT5M``), ``relative`` (after it, mostly negative),
            or a strptime pattern such as ``%d/%m/%Y %H:%M``.
        zone: The zone of a time that names none, e.g. ``Europe/Brussels``.
    """

    from_: Path = Field(alias="from")
    format: str = "auto"
    zone: Zone | None = None

    model_config: ClassVar[ConfigDict] = ConfigDict(arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        return {"from": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _known_format(self) -> TimeConfig:
        if self.format not in _FORMATS and "%" not in self.format:
            known = ", ".join(f'"{name}"' for name in _FORMATS)
            raise ValueError(
                f'the time format {self.format!r} is not known; write {known} or a pattern such as "%d/%m/%Y %H:%M"'
            )
        return self


Times = Annotated[tuple[TimeConfig, ...], BeforeValidator(one_or_many)]


class UnitSource(Section):
    """Where the message says the unit of a value.

    Args:
        from_: Path to the unit as people write it, e.g. ``°C`` (``from``).
    """

    from_: Path = Field(alias="from")


class AltitudeConfig(Section):
    """The altitude of a point; a plain string is short for ``{ from = "…" }``.

    Args:
        from_: Path to the number of metres (``from``).
        from_text: Take a number from text; where it is not given, as for longitude and latitude.
        scale, offset: ``value * scale + offset``.
        minimum, maximum: Bounds; a value outside is an error.
        ignore: Values that mean "no value".
    """

    from_: Path = Field(alias="from")
    from_text: FromText | None = None
    scale: float | None = None
    offset: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    ignore: tuple[Any, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        return {"from": given} if isinstance(given, str) else given


class AttributeConfig(Section):
    """One attribute of an entity; a plain string is short for ``{ from = "…" }``, a number for ``{ value = … }``.

    Args:
        from_: Path to the value (``from``), or several: the first that has a value is taken.
        value: A fixed value instead; text may hold ``{places}``.
        object: For a Relationship: the id of the entity it leads to; may hold ``{places}``.
        longitude, latitude, altitude: For a GeoProperty: paths to the numbers of a point. ``scale``, ``offset`` and
            bounds are for longitude and latitude; an altitude has its own, in a table.
        order: For a GeoProperty from a pair of numbers, such as ``[3.72, 51.05]``: which comes first, ``lon-lat`` or
            ``lat-lon``. Texts such as ``51.05,3.72`` have the latitude first unless this says otherwise.
        kind: The attribute's type in NGSI-LD; told by the keys above where they leave no doubt, else ``Property``.
        datatype: What the value must be; a unit, scale, offset or bound makes it ``number``.
        from_text: Take a number, boolean from text, as many devices write them. A unit behind the number (``21.5 °C``)
            must be the one that ``unit`` or ``from_unit`` say, or convert to it. ``decimal-comma`` and
            ``decimal-point`` say which sign a comma is where numbers have one: ``21,5`` or ``1,013``.
        unit: UN/CEFACT code of the value as written to the context broker, e.g. ``CEL``.
        from_unit: Code of the unit the device speaks, where it is another: the value is converted. Or where the message
            says it: ``{ from = "unit" }``; without ``unit``, its code is then written.
        scale, offset: ``value * scale + offset``, before the conversion of units.
        lookup: Table from what the device says to what it means; other values are an error unless ``lookup_default``.
            ``1`` and ``1.0`` are one number, and ``"1"`` its text; ``true`` is ``true``.
        lookup_default: What a value outside of the lookup table becomes.
        default: What is written where the message has no value.
        omits_zero: Whether the device leaves zero, false and empty text out (JSON of proto3 does): where the object
            around the value is there and the value is not, it is read as the zero of ``datatype``. Not for devices
            that leave out what they did not measure.
        required: Whether a message without the value is an error; else the attribute is left out.
        when: Path; where it gives false or nothing, the message says nothing of this attribute.
        wrong: What a wrong value does: ``dead-letter`` puts the message aside, ``leave-out`` writes the other
            attributes and counts what was left out; where it is not given, what the route says.
        ignore: Values that mean "no value", e.g. ``[-1, "n/a"]``.
        minimum, maximum: Bounds, in the unit written; a value outside is an error.
        observed_at: Time of this attribute where it is not the entity's.
        format, zone: For ``datatype = "datetime"``: as in ``TimeConfig``.
        dataset_id: URI that tells several instances of the attribute apart; may hold ``{places}``.
        language: For a LanguageProperty from plain text: its language tag.
    """

    from_: Paths = Field(default=(), alias="from")
    value: Any = None
    object: str | None = None
    longitude: Path | None = None
    latitude: Path | None = None
    altitude: AltitudeConfig | None = None
    order: Literal["lon-lat", "lat-lon"] | None = None
    kind: Kind | None = None
    datatype: Datatype | None = None
    from_text: FromText = False
    unit: str | None = None
    from_unit: str | UnitSource | None = None
    scale: float | None = None
    offset: float | None = None
    lookup: dict[str, Any] | None = None
    lookup_default: Any = None
    default: Any = None
    omits_zero: bool = False
    required: bool = False
    when: Path | None = None
    wrong: Wrong | None = None
    ignore: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    observed_at: Times = ()
    format: str = "auto"
    zone: Zone | None = None
    dataset_id: str | None = None
    language: str | None = None

    model_config: ClassVar[ConfigDict] = ConfigDict(arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        if isinstance(given, str | list):
            return {"from": given}
        if isinstance(given, int | float):
            return {"value": given}
        return given

    @model_validator(mode="after")
    def _one_source(self) -> AttributeConfig:
        sources = {
            "from": bool(self.from_),
            "value": self.value is not None,
            "object": self.object is not None,
            "longitude and latitude": self.longitude is not None or self.latitude is not None,
        }
        named = [name for name, given in sources.items() if given]
        if len(named) != 1:
            said = f"has {' and '.join(named)}" if named else "does not say where its value comes from"
            raise ValueError(f"the attribute {said}; give exactly one of from, value, object, longitude with latitude")
        if (self.longitude is None) != (self.latitude is None):
            raise ValueError("a point needs both longitude and latitude")
        if isinstance(self.from_unit, str) and self.unit is None:
            raise ValueError("from_unit needs unit: the one to convert to")
        if self.altitude is not None and self.longitude is None:
            raise ValueError("altitude goes with longitude and latitude")
        if self.order is not None and not self.from_:
            raise ValueError('order is for a pair of numbers at from = "…"')
        if self.is_numeric and self.datatype not in (None, "number", "integer"):
            raise ValueError(f"unit, scale, offset and bounds are for numbers, but datatype is {self.datatype!r}")
        if self.omits_zero:
            self._check_zero()
        return self

    def _check_zero(self) -> None:
        if not self.from_ or any(compile_parent(path) is None for path in self.from_):
            raise ValueError('omits_zero needs from = "…" with plain names such as "object.temperature"')
        if self.default is not None:
            raise ValueError("omits_zero and default both say what a missing value means; give one")
        if self.zero is None:
            raise ValueError(
                'omits_zero needs datatype = "number", "integer", "boolean" or "text", or a lookup table with the key '
                '"0" or "false"'
            )

    @property
    def zero(self) -> Any:
        """What a device leaves out when it ``omits_zero``; ``None`` where nothing tells."""
        if self.lookup is not None:
            return 0 if "0" in self.lookup else False if "false" in self.lookup else None
        if self.is_numeric:
            return 0
        return {"boolean": False, "text": ""}.get(self.datatype or "")

    @property
    def is_numeric(self) -> bool:
        """Whether something about the attribute makes sense for numbers only."""
        return any(
            given is not None
            for given in (self.unit, self.from_unit, self.scale, self.offset, self.minimum, self.maximum)
        ) or self.datatype in ("number", "integer")
