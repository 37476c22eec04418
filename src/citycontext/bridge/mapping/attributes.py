"""From a decoded message to one attribute of an entity; compiled once for each attribute of a route."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from citycontext.bridge.config.attributes import AttributeConfig, UnitSource
from citycontext.bridge.config.bridge import ClockConfig
from citycontext.bridge.mapping.numbers_in_text import said_code
from citycontext.bridge.mapping.paths import Getter, compile_parent, compile_path
from citycontext.bridge.mapping.points import compile_point, read_geometry
from citycontext.bridge.mapping.templates import Template
from citycontext.bridge.mapping.times import TimeReader
from citycontext.bridge.mapping.values import Step, compile_value
from citycontext.errors import UnitError
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, GEOMETRY_TYPES
from citycontext.ngsild.units import converter

__all__ = ["AttributeMapping", "Builder", "NoValue", "Wire"]

Wire: TypeAlias = dict[str, Any]
"""An entity or attribute in normalized form."""

Builder: TypeAlias = Callable[[Any, Mapping[str, str], str], Wire | None]
"""Takes document, captures and time of observation; gives the attribute, or ``None`` to leave it out."""


class NoValue(Exception):
    """A required attribute has no value in the message."""


class AttributeMapping:
    """The mapping to one attribute of an entity.

    Args:
        name: Its name.
        config: What the route says of it.
        captures: The names the route's topic captures.
        clock: Times that cannot be true.
        ids: How names of devices become ids.
        conform: Holds a value to the entity's model.

    Raises:
        UnitError: A unit is not known, or two do not convert.
    """

    __slots__ = ("_sources", "build", "name", "time", "wrong")

    def __init__(
        self,
        name: str,
        config: AttributeConfig,
        captures: tuple[str, ...],
        clock: ClockConfig,
        ids: int = 1,
        conform: Step | None = None,
    ) -> None:
        self.name: str = name
        self.build: Builder = _compile_attribute(config, captures, ids, conform)
        """Makes the attribute; raises ``NoValue``, or ``ValueError`` or ``LookupError`` in words for a person."""
        self.time: TimeReader | None = TimeReader(config.observed_at, clock) if config.observed_at else None
        """Reads the time of the attribute where it is not the entity's."""
        self.wrong = config.wrong
        """What a wrong value does, where the attribute says so itself."""
        template = config.object if config.object is not None else config.value
        altitude = None if config.altitude is None else config.altitude.from_
        paths = (*config.from_, config.longitude, config.latitude, altitude)
        if isinstance(template, str):
            paths += Template(template, captures).paths
        self._sources = [compile_path(path) for path in paths if path is not None]

    def is_left_out(self, said: Any) -> bool:
        """Return whether a message says nothing of the attribute.

        Args:
            said: The message itself, without what is known from before.
        """
        return bool(self._sources) and all(find(said) is None for find in self._sources)


def _conforming(build: Builder, conform: Step | None) -> Builder:
    if conform is None:
        return build

    def checked(document: Any, captures: Mapping[str, str], observed_at: str) -> Wire | None:
        attribute = build(document, captures, observed_at)
        if attribute is not None:
            attribute["value"] = conform(attribute["value"])
        return attribute

    return checked


def _compile_attribute(config: AttributeConfig, captures: tuple[str, ...], ids: int, conform: Step | None) -> Builder:
    if config.longitude is not None and config.latitude is not None:
        build = _point(config)
    elif config.object is not None:
        build = _relationship(Template(config.object, captures, uri=True, ids=ids), required=config.required)
    elif config.value is not None:
        build = _fixed(config, captures)
    else:
        build = _from_message(config, None if isinstance(config.from_unit, UnitSource) else conform)
    if isinstance(config.from_unit, UnitSource):
        build = _conforming(_with_said_unit(build, compile_path(config.from_unit.from_), config.unit), conform)
    if config.dataset_id is not None:
        build = _with_dataset(build, Template(config.dataset_id, captures, uri=True, ids=ids))
    return build if config.when is None else _on_condition(build, compile_path(config.when))


def _from_message(config: AttributeConfig, conform: Step | None) -> Builder:
    getters = [compile_path(path) for path in config.from_]
    kind = config.kind or "Property"
    member = ATTRIBUTE_TYPES[kind]
    take = compile_value(config)
    check = read_geometry(config.order) if kind == "GeoProperty" else _CHECKS.get(kind)
    unit, ignore, default, required = config.unit, config.ignore, config.default, config.required
    language = config.language
    paths = " or ".join(config.from_)
    only = getters[0] if len(getters) == 1 else None
    parents = [parent for path in config.from_ if config.omits_zero and (parent := compile_parent(path)) is not None]
    zero = config.zero
    if only is not None and not (parents or ignore or default is not None or language is not None or check is not None):
        return _plain(only, take, conform, kind, member, unit, paths if required else None)

    def build(document: Any, captures: Mapping[str, str], observed_at: str) -> Wire | None:
        value = only(document) if only is not None else _first(getters, document, ignore)
        if value is None and parents and any(type(parent(document)) is dict for parent in parents):
            value = zero
        if value is None or (ignore and value in ignore):
            if default is None:
                if required:
                    raise NoValue(f"the message has no value at {paths}")
                return None
            value = default
        else:
            value = take(value)
        if language is not None and type(value) is str:
            value = {language: value}
        if check is not None:
            value = check(value)
            if value is None and required:
                raise NoValue(f"the message has no position at {paths}")
            if value is None:
                return None
        attribute: Wire = {"type": kind, member: value}
        if unit is not None:
            attribute["unitCode"] = unit
        attribute["observedAt"] = observed_at
        return attribute

    return _conforming(build, conform)


def _plain(
    find: Getter, take: Step, conform: Step | None, kind: str, member: str, unit: str | None, required_at: str | None
) -> Builder:
    """Make the builder of what most attributes are: a value at one place, and at most a unit."""

    def build(document: Any, captures: Mapping[str, str], observed_at: str) -> Wire | None:
        value = find(document)
        if value is None:
            if required_at is not None:
                raise NoValue(f"the message has no value at {required_at}")
            return None
        value = take(value)
        if conform is not None:
            value = conform(value)
        if unit is None:
            return {"type": kind, member: value, "observedAt": observed_at}
        return {"type": kind, member: value, "unitCode": unit, "observedAt": observed_at}

    return build


def _first(getters: list[Getter], document: Any, ignore: tuple[Any, ...]) -> Any:
    for find in getters:
        value = find(document)
        if value is not None and value not in ignore:
            return value
    return None


def _fixed(config: AttributeConfig, captures: tuple[str, ...]) -> Builder:
    value, kind = config.value, config.kind
    if kind is None:
        kind = "GeoProperty" if isinstance(value, dict) and value.get("type") in GEOMETRY_TYPES else "Property"
    member, unit = ATTRIBUTE_TYPES[kind], config.unit
    template = Template(value, captures) if isinstance(value, str) else None

    # What never changes was not observed now: no observedAt.
    def build(document: Any, captures: Mapping[str, str], observed_at: str) -> Wire | None:
        filled = value if template is None else template.fill(captures, document)
        attribute: Wire = {"type": kind, member: filled}
        if unit is not None:
            attribute["unitCode"] = unit
        return attribute

    return build


def _relationship(template: Template, *, required: bool) -> Builder:
    def build(document: Any, captures: Mapping[str, str], observed_at: str) -> Wire | None:
        try:
            target = template.fill(captures, document)
        except LookupError:
            if required:
                raise
            return None
        return {"type": "Relationship", "object": target, "observedAt": observed_at}

    return build


def _point(config: AttributeConfig) -> Builder:
    find = compile_point(config)
    required = config.required

    def build(document: Any, captures: Mapping[str, str], observed_at: str) -> Wire | None:
        point = find(document)
        if point is None:
            if required:
                raise NoValue(f"the message has no position at {config.longitude}, {config.latitude}")
            return None
        return {"type": "GeoProperty", "value": point, "observedAt": observed_at}

    return build


def _with_said_unit(build: Builder, find: Getter, unit: str | None) -> Builder:
    """Convert a value from the unit that the message says, or write that unit's code."""

    def said(document: Any, captures: Mapping[str, str], observed_at: str) -> Wire | None:
        attribute = build(document, captures, observed_at)
        text = None if attribute is None else find(document)
        if attribute is None or text is None or text == "":
            return attribute
        try:
            code = said_code(str(text), unit)
            convert = None if unit is None else converter(code, unit)
        except UnitError as error:
            raise ValueError(str(error)) from None
        if convert is not None:
            attribute["value"] = convert(attribute["value"])
            return attribute
        observed = attribute.pop("observedAt")
        return {**attribute, "unitCode": code, "observedAt": observed}

    return said


def _on_condition(build: Builder, holds: Getter) -> Builder:
    def conditional(document: Any, captures: Mapping[str, str], observed_at: str) -> Wire | None:
        return build(document, captures, observed_at) if holds(document) else None

    return conditional


def _uri(value: Any) -> Any:
    if isinstance(value, list):
        return [_uri(one) for one in value]
    if not isinstance(value, str) or not is_uri(value):
        raise ValueError(f"the id of an entity (a URI) belongs here, but the message says {value!r:.60}")
    return value


def _language_map(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"an object of languages belongs here, but the message says {value!r:.60}")
    return value


def _array(value: Any) -> Any:
    if not isinstance(value, list):
        raise ValueError(f"an array belongs here, but the message says {value!r:.60}")
    return value


_CHECKS: Final[dict[str, Callable[[Any], Any]]] = {
    "Relationship": _uri,
    "LanguageProperty": _language_map,
    "ListProperty": _array,
}


def _with_dataset(build: Builder, dataset: Template) -> Builder:
    def marked(document: Any, captures: Mapping[str, str], observed_at: str) -> Wire | None:
        attribute = build(document, captures, observed_at)
        if attribute is not None:
            attribute["datasetId"] = dataset.fill(captures, document)
        return attribute

    return marked
