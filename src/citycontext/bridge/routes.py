"""What a route says: which topics, which codec, which entities and attributes (the ``[[route]]`` tables)."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from citycontext.bridge.paths import compile_parent, compile_path
from citycontext.bridge.quantities import Duration, Size
from citycontext.bridge.templates import Template
from citycontext.bridge.topics import TopicPattern
from citycontext.ngsild.names import is_attribute_name, is_uri

__all__ = [
    "AttributeConfig",
    "CodecConfig",
    "Datatype",
    "DedupConfig",
    "EntityConfig",
    "Kind",
    "Mode",
    "PivotConfig",
    "RouteConfig",
    "Section",
    "TimeConfig",
    "parse_instant",
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
Mode = Literal["entities", "temporal", "both"]
Datatype = Literal["number", "integer", "text", "boolean", "datetime", "any"]


class Section(BaseModel):
    """A table of the configuration: unknown keys are refused, values cannot change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, hide_input_in_errors=True)


def _path(given: Any) -> Any:
    if isinstance(given, str):
        compile_path(given)
    return given


def _paths(given: Any) -> Any:
    if isinstance(given, str):
        return [given]
    if not isinstance(given, list | tuple):
        raise ValueError(f"{given!r} is no path; write the name of a member of the message, in quotes")
    return given


def _one_or_many(given: Any) -> Any:
    return [given] if isinstance(given, str | dict) else given


def _zone(given: Any) -> Any:
    if isinstance(given, str):
        try:
            return ZoneInfo(given)
        except (OSError, ValueError, LookupError):
            raise ValueError(f'{given!r} is no time zone; write for example "Europe/Brussels" or "UTC"') from None
    return given


Path = Annotated[str, BeforeValidator(_path)]
Paths = Annotated[tuple[Path, ...], BeforeValidator(_paths)]
Zone = Annotated[tzinfo, BeforeValidator(_zone)]


class TimeConfig(Section):
    """Where a time stands in the message and how it is written; a plain string is short for ``{ from = "…" }``.

    Args:
        from_: Path to the time (``from``).
        format: ``auto`` (ISO 8601 text, or a number of seconds or milliseconds told apart by size), ``iso``,
            ``epoch``, ``epoch-ms``, ``relative`` (seconds from the arrival, mostly negative), or a strptime pattern
            such as ``%d/%m/%Y %H:%M``.
        zone: The zone of a time that names none, e.g. ``Europe/Brussels``.
    """

    from_: Path = Field(alias="from")
    format: str = "auto"
    zone: Zone | None = None

    model_config = ConfigDict(arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        return {"from": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _known_format(self) -> TimeConfig:
        if self.format not in ("auto", "iso", "epoch", "epoch-ms", "relative") and "%" not in self.format:
            raise ValueError(
                f'the time format {self.format!r} is not known; write "auto", "iso", "epoch", "epoch-ms", "relative" '
                'or a pattern such as "%d/%m/%Y %H:%M"'
            )
        return self


Times = Annotated[tuple[TimeConfig, ...], BeforeValidator(_one_or_many)]


class AttributeConfig(Section):
    """One attribute of an entity; a plain string is short for ``{ from = "…" }``, a number for ``{ value = … }``.

    Args:
        from_: Path to the value (``from``), or several: the first that has a value is taken.
        value: A fixed value instead; text may hold ``{places}``.
        object: For a Relationship: the id of the entity it leads to; may hold ``{places}``.
        longitude, latitude, altitude: For a GeoProperty: paths to the numbers of a point.
        kind: The attribute's type in NGSI-LD; told by the keys above where they leave no doubt, else ``Property``.
        datatype: What the value must be; a unit, scale, offset or bound makes it ``number``.
        from_text: Take a number, boolean from text, as many devices write them.
        unit: UN/CEFACT code of the value as written to the context broker, e.g. ``CEL``.
        from_unit: Code of the unit the device speaks, where it is another: the value is converted.
        scale, offset: ``value * scale + offset``, before the conversion of units.
        lookup: Table from what the device says to what it means; other values are an error unless ``lookup_default``.
        lookup_default: What a value outside of the lookup table becomes.
        default: What is written where the message has no value.
        omits_zero: Whether the device leaves zero, false and empty text out (JSON of proto3 does): where the object
            around the value is there and the value is not, it is read as the zero of ``datatype``. Not for devices
            that leave out what they did not measure.
        required: Whether a message without the value is an error; else the attribute is left out.
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
    altitude: Path | None = None
    kind: Kind | None = None
    datatype: Datatype | None = None
    from_text: bool = False
    unit: str | None = None
    from_unit: str | None = None
    scale: float | None = None
    offset: float | None = None
    lookup: dict[str, Any] | None = None
    lookup_default: Any = None
    default: Any = None
    omits_zero: bool = False
    required: bool = False
    ignore: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    observed_at: Times = ()
    format: str = "auto"
    zone: Zone | None = None
    dataset_id: str | None = None
    language: str | None = None

    model_config = ConfigDict(arbitrary_types_allowed=True)

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
        if self.from_unit is not None and self.unit is None:
            raise ValueError("from_unit needs unit: the one to convert to")
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
            given is not None for given in (self.unit, self.scale, self.offset, self.minimum, self.maximum)
        ) or self.datatype in ("number", "integer")


class PivotConfig(Section):
    """A list of names and values, turned into an object: ``[{"value_type": "P1", "value": 4}]`` → ``{"P1": 4}``.

    Args:
        from_: Path to the list (``from``); ``@`` where the message is the list itself.
        name: Path, in a member of the list, to its name.
        value: Path, in a member of the list, to its value, or several: the first that has a value is taken.
        into: The name under which paths find the object, e.g. ``values.P1``.
    """

    from_: Path = Field(alias="from")
    name: Path
    value: Paths = Field(min_length=1)
    into: str = Field(default="values", pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")


class EntityConfig(Section):
    """One entity (or, with ``each``, many) that a message turns into.

    Args:
        type: Entity type.
        model: Class that the attributes are checked against, ``module:Class``; found by type where it is not given.
        id: Id of the entity, with ``{places}``, e.g. ``urn:ngsi-ld:WasteContainer:gent:{device}``.
        scope: Scope of the entity, with ``{places}``, e.g. ``/Gent/Parking``.
        each: Path to an array: one entity for each of its members, and paths start at the member; what stands around
            the array is under ``outer``, e.g. ``outer.time``.
        pivot: A list of names and values that attributes are taken from; with ``each`` it is in the member.
        when: Path; messages (or members) where it gives false or nothing are left alone.
        observed_at: Where the time of observation stands; several are tried in order. Without one, or where none has a
            value, it is the time of arrival.
        attributes: Attributes by their name on the wire.
    """

    type: str
    model: str | None = None
    id: str
    scope: str | None = None
    each: Path | None = None
    pivot: PivotConfig | None = None
    when: Path | None = None
    observed_at: Times = ()
    attributes: dict[str, AttributeConfig] = Field(min_length=1)

    @model_validator(mode="after")
    def _names(self) -> EntityConfig:
        if not is_attribute_name(self.type):
            raise ValueError(f"{self.type!r} is no entity type: use a letter, then letters, digits and '_'")
        for name in self.attributes:
            if not is_attribute_name(name) or name in ("id", "type", "scope"):
                raise ValueError(f"{name!r} is no attribute name: use a letter, then letters, digits and '_'")
        return self


class CodecConfig(Section):
    """The codec of a route; a plain string is short for ``{ name = "…" }``.

    Args:
        name: A codec's name, e.g. ``json``, or ``module:function`` of your own.
        compression: How the payload was packed before, if it was.
        unpacked_size: Bytes it may unpack to.
        options: All other keys: the codec's own options.
    """

    name: str
    compression: Literal["gzip", "zlib", "deflate"] | None = None
    unpacked_size: Size = 1_000_000
    options: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        if isinstance(given, str):
            return {"name": given}
        if isinstance(given, dict):
            own = {key: value for key, value in given.items() if key in ("name", "compression", "unpacked_size")}
            return own | {"options": {key: value for key, value in given.items() if key not in own}}
        return given


class DedupConfig(Section):
    """How a message is known that came before; a list is short for ``{ by = […] }``.

    What was seen is kept in memory, for a bounded number of messages: after a restart it is not known. A dead letter
    that is tried again is no repetition. Messages without one of the values are not compared.

    Args:
        by: Paths to the values that tell messages apart, e.g. ``["dev_eui", "f_cnt"]``.
        within: How much later a repetition may arrive; a device that starts to count anew is none.
    """

    by: Paths = Field(min_length=1)
    within: Duration = 600.0

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        return {"by": given} if isinstance(given, str | list) else given


_SAY_WHAT_CHANGED = frozenset({"shelly"})
_ENTITY_KEYS = ("type", "model", "id", "scope", "each", "pivot", "observed_at", "attributes")


class RouteConfig(Section):
    """From a topic to entities.

    A route for one entity carries its keys itself; a route for several has ``[[route.entity]]`` tables.

    Args:
        topic: Topic pattern(s), e.g. ``sensors/{city}/{device}/+``.
        name: What logs, metrics and dead letters call it; the first topic where it is not given.
        codec: What the payload is.
        qos: 0, or 1 for messages that must not be lost.
        mqtt: Name of the MQTT broker, where there are several.
        tenant: Tenant of the context broker.
        mode: Whether its updates go to the entities, to their history or to both, where it is not as ``delivery.mode``.
        device: Key of the device in the table of devices, with ``{places}``; what the table knows of it is then found
            under ``registry``, e.g. ``longitude = "registry.longitude"``.
        device_required: Whether a message of a device that the table does not know is an error.
        when: Path; messages where it gives false or nothing are left alone.
        dedup: How repetitions are known; they are counted and let go.
        overlay: For devices that say only what changed: a message is completed with what the same entity's messages
            said before, so that a point, a condition or a template may take parts from several messages. What is
            written is only what the message itself speaks of, with its time. Kept in memory, for the entities
            heard of last; after a restart it is gathered anew. On by itself for the codec ``shelly``.
        entity: The entities.
    """

    topic: Annotated[tuple[str, ...], BeforeValidator(_one_or_many)] = Field(min_length=1)
    name: str = ""
    codec: CodecConfig = CodecConfig(name="json")
    qos: int = 1
    mqtt: str | None = None
    tenant: str | None = None
    mode: Mode | None = None
    device: str | None = None
    device_required: bool = False
    when: Path | None = None
    dedup: DedupConfig | None = None
    overlay: bool | None = None
    entity: tuple[EntityConfig, ...] = Field(min_length=1)

    short_form_keys: ClassVar[tuple[str, ...]] = _ENTITY_KEYS

    @model_validator(mode="before")
    @classmethod
    def _single_entity(cls, given: Any) -> Any:
        if not isinstance(given, dict) or "entity" in given:
            return given
        entity = {key: given[key] for key in _ENTITY_KEYS if key in given}
        return {key: value for key, value in given.items() if key not in _ENTITY_KEYS} | {"entity": [entity]}

    @model_validator(mode="after")
    def _consistent(self) -> RouteConfig:
        if self.qos == 2:
            raise ValueError(
                "qos = 2 is not offered: MQTT takes a QoS 2 message over before it can be kept on disk, "
                "so a crash could lose it. Use 1; repeated updates do no harm"
            )
        if self.qos not in (0, 1):
            raise ValueError(f"qos is {self.qos}; it is 0 or 1")
        patterns = [TopicPattern(topic) for topic in self.topic]
        captures = set(patterns[0].captures)
        for pattern in patterns[1:]:
            if set(pattern.captures) != captures:
                raise ValueError(
                    f"{pattern.text!r} captures other names than {patterns[0].text!r}; they must be the same"
                )
        if not self.name:
            # Frozen for everyone else; a default that depends on another field is set once, here.
            object.__setattr__(self, "name", self.topic[0])
        if self.device is not None:
            Template(self.device, patterns[0].captures)
        for entity in self.entity:
            _check_templates(entity, patterns[0].captures)
            if self.overlay and entity.each is not None:
                raise ValueError("overlay completes messages, not the members of an array; it does not go with each")
        if self.overlay is None:
            partial = self.codec.name in _SAY_WHAT_CHANGED and all(entity.each is None for entity in self.entity)
            object.__setattr__(self, "overlay", partial)
        return self

    @property
    def patterns(self) -> tuple[TopicPattern, ...]:
        """The topic patterns, compiled."""
        return tuple(TopicPattern(topic) for topic in self.topic)


def _check_templates(entity: EntityConfig, captures: tuple[str, ...]) -> None:
    uris: list[tuple[str, str | None]] = [("id", entity.id)]
    for name, attribute in entity.attributes.items():
        uris += [
            (f"attributes.{name}.object", attribute.object),
            (f"attributes.{name}.dataset_id", attribute.dataset_id),
        ]
        if isinstance(attribute.value, str):
            Template(attribute.value, captures)
    for key, text in uris:
        if text is None:
            continue
        template = Template(text, captures, uri=True)
        sample = template.fill(dict.fromkeys(captures, "x"), None) if template.is_topic_only else ""
        if not is_uri(sample) if sample else ":" not in text.partition("{")[0]:
            raise ValueError(f'{key} = "{text}" gives no URI; start it with "urn:ngsi-ld:"')
    if entity.scope is not None:
        Template(entity.scope, captures)


def parse_instant(given: datetime) -> datetime:
    """Refuse a time without zone.

    Args:
        given: As TOML read it.

    Raises:
        ValueError: It names no zone.
    """
    if given.tzinfo is None:
        raise ValueError("the time names no zone; append Z")
    return given
