"""What a route says: which topics, which codec, which entities (the ``[[route]]`` tables)."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from citycontext.bridge.config.attributes import AttributeConfig, Path, Paths, Times, Wrong
from citycontext.bridge.config.section import Section, one_or_many
from citycontext.bridge.mapping.quantities import Duration, Size
from citycontext.bridge.mapping.templates import Template
from citycontext.bridge.sources.topics import TopicPattern
from citycontext.ngsild.names import is_attribute_name, is_uri

__all__ = [
    "CodecConfig",
    "DedupConfig",
    "EntityConfig",
    "Mode",
    "PivotConfig",
    "RouteConfig",
]

Mode = Literal["entities", "temporal", "both"]


class PivotConfig(Section):
    """A list of names and values, turned into an object: ``[{"value_type": "P1", "value": 4}]`` → ``{"P1": 4}``.

    Args:
        from_: Path to the list (``from``); ``@`` where the message is the list itself.
        name: Path, in a member of the list, to its name; a whole number is its digits, e.g. ``values."7"``.
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
        type: Entity type; where it has ``{places}``, one of ``types``.
        types: The entity types that ``type`` may come to.
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
    types: tuple[str, ...] = ()
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
        if "{" in self.type and not self.types:
            raise ValueError(f'the type {self.type!r} has places; list what it may come to: types = ["…", "…"]')
        if "{" not in self.type and self.types:
            raise ValueError(f"types lists what a type with places may come to, but {self.type!r} has none")
        for one in self.all_types:
            if not is_attribute_name(one):
                raise ValueError(f"{one!r} is not an entity type: use a letter, then letters, digits and '_'")
        for name in self.attributes:
            if name in ("id", "type", "scope"):
                raise ValueError(f"{name!r} of an entity is not an attribute: a route says it as {name} = …")
            if not is_attribute_name(name):
                raise ValueError(f"{name!r} is not an attribute name: use a letter, then letters, digits and '_'")
        _refuse_places(self, "", ("model",))
        for name, attribute in self.attributes.items():
            _refuse_places(attribute, f"attributes.{name}.", ("unit", "from_unit", "language", "format"))
        return self

    @property
    def all_types(self) -> tuple[str, ...]:
        """The entity types that come of it."""
        return self.types or (self.type,)


_PLACE = re.compile(r"\{[^{}]*\}")


def _refuse_places(section: Section, where: str, keys: tuple[str, ...]) -> None:
    """Refuse ``{places}`` in keys where they would be taken for text."""
    for key in keys:
        given = getattr(section, key)
        if isinstance(given, str) and _PLACE.search(given):
            raise ValueError(
                f'{where}{key} = "{given}" takes no {{place}}; id, type, scope, tenant, object, value, dataset_id and '
                "device do"
            )


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

    Whole messages are told apart by a header, too, where their source gives them ids.

    What was seen is kept in memory, for a bounded number of messages: after a restart it is not known. A dead letter
    that is tried again is not a repetition. Messages without one of the values are not compared.

    Args:
        by: Paths to the values that tell messages apart, e.g. ``["dev_eui", "f_cnt"]``.
        header: A header (HTTP, Kafka) or user property (MQTT 5) that tells them apart, e.g. ``Idempotency-Key``; with
            ``by``, both do.
        within: How much later a repetition may arrive; a device that starts to count anew is not one.
    """

    by: Paths = ()
    header: str | None = Field(default=None, min_length=1)
    within: Duration = 600.0

    @model_validator(mode="after")
    def _something(self) -> DedupConfig:
        if not self.by and self.header is None:
            raise ValueError('name what tells messages apart: by = ["…"], or header = "…"')
        return self

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        return {"by": given} if isinstance(given, str | list) else given


_SAY_WHAT_CHANGED = frozenset({"shelly"})
_ENTITY_KEYS = ("type", "types", "model", "id", "scope", "each", "pivot", "observed_at", "attributes")


class RouteConfig(Section):
    """From a topic to entities.

    A route for one entity carries its keys itself; a route for several has ``[[route.entity]]`` tables.

    Args:
        topic: Topic pattern(s), e.g. ``sensors/{city}/{device}/+``.
        name: What logs, metrics and dead letters call it; the first topic where it is not given.
        codec: What the payload is.
        qos: 0, or 1 for messages that must not be lost.
        source: Name of the MQTT broker or other source, where there are several; ``mqtt`` is another word for it.
        tenant: Tenant of the context broker; may hold ``{places}``.
        mode: Whether its updates go to the entities, to their history or to both, where it is not as ``delivery.mode``.
        device: Key of the device in the table of devices, with ``{places}``; what the table knows of it is then found
            under ``registry``, e.g. ``longitude = "registry.longitude"``.
        device_required: Whether a message of a device that the table does not know is an error.
        when: Path; messages where it gives false or nothing are left alone.
        wrong: What a wrong value does, where the attribute does not say: ``dead-letter`` puts the whole message aside,
            ``leave-out`` writes the other attributes and counts what was left out. A message of which nothing is left
            is a dead letter.
        retained: What becomes of messages that the MQTT broker kept from before: ``accept`` writes them as all others,
            ``timed`` only values whose time the message says, ``ignore`` none. Announcements that a codec lives by
            reach it in any case. Without a time of its own, a value that was kept becomes new at each connection.
        dedup: How repetitions are known; they are counted and let go.
        overlay: For devices that say only what changed: a message is completed with what the same entity's messages
            said before, so that a point, a condition or a template may take parts from several messages. What is
            written is only what the message itself speaks of, with its time. Kept in memory, for the entities
            heard of last; after a restart it is gathered anew. On by itself for the codec ``shelly``.
        entity: The entities.
    """

    topic: Annotated[tuple[str, ...], BeforeValidator(one_or_many)] = Field(min_length=1)
    name: str = ""
    codec: CodecConfig = CodecConfig(name="json")
    qos: int = 1
    source: str | None = Field(default=None, validation_alias=AliasChoices("source", "mqtt"))
    tenant: str | None = None
    mode: Mode | None = None
    device: str | None = None
    device_required: bool = False
    when: Path | None = None
    wrong: Wrong = "dead-letter"
    retained: Literal["accept", "timed", "ignore"] = "accept"
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
        patterns = self.patterns
        captures = set(patterns[0].captures)
        for pattern in patterns[1:]:
            if set(pattern.captures) != captures:
                raise ValueError(
                    f"{pattern.text!r} captures other names than {patterns[0].text!r}; they must be the same"
                )
        if not self.name:
            # Frozen for everyone else; a default that depends on another field is set once, here.
            object.__setattr__(self, "name", self.topic[0])
        for text in (self.device, self.tenant):
            if text is not None:
                Template(text, patterns[0].captures)
        _refuse_places(self, "", ("source",))
        for entity in self.entity:
            _check_templates(entity, patterns[0].captures)
            if self.overlay and entity.each is not None:
                raise ValueError("overlay completes messages, not the members of an array; it does not go with each")
        if self.overlay is None:
            partial = self.codec.name in _SAY_WHAT_CHANGED and all(entity.each is None for entity in self.entity)
            object.__setattr__(self, "overlay", partial)
        return self

    @cached_property
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
    for text in (entity.scope, entity.type):
        if text is not None:
            Template(text, captures)
