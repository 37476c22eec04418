"""From a decoded message to NGSI-LD entities, as a route says; everything that can be is compiled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from citycontext.bridge.config import ClockConfig
from citycontext.bridge.devices import DeviceRegistry
from citycontext.bridge.paths import Getter, compile_path
from citycontext.bridge.routes import AttributeConfig, EntityConfig, RouteConfig
from citycontext.bridge.templates import Template
from citycontext.bridge.times import TimeReader
from citycontext.bridge.values import compile_value
from citycontext.errors import ConfigurationError, MappingError, UnitError
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, GEOMETRY_TYPES

__all__ = ["RouteMapping", "Wire"]

Wire: TypeAlias = dict[str, Any]
"""An entity in normalized form."""

_Builder: TypeAlias = Callable[[Any, Mapping[str, str], float, str], Wire | None]
"""Takes document, captures, time of arrival and of observation; gives the attribute, or ``None`` to leave it out."""


class _NoValue(Exception):
    """A required attribute has no value in the message."""


class RouteMapping:
    """The mapping of one route.

    Args:
        route: What it says.
        clock: Times that cannot be true.
        devices: What is known of the devices.

    Raises:
        ConfigurationError: A unit is not known, or two do not convert.
    """

    def __init__(self, route: RouteConfig, clock: ClockConfig, devices: DeviceRegistry | None = None) -> None:
        self.route: Final = route
        self._when = None if route.when is None else compile_path(route.when)
        captures = route.patterns[0].captures
        self._device = None if route.device is None else Template(route.device, captures)
        self._devices = devices
        self._entities = [_EntityMapping(route.name, entity, captures, clock) for entity in route.entity]

    def map(self, document: Any, captures: Mapping[str, str], arrived: float) -> list[Wire]:
        """Turn a document into entities.

        Args:
            document: The message, decoded.
            captures: What the topic's pattern captured.
            arrived: Time of arrival, seconds since 1970.

        Returns:
            The entities, in normalized form; none where a condition of the route leaves the message alone.

        Raises:
            MappingError: A value is missing or wrong; names route, attribute and value.
        """
        known = None
        if self._device is not None and self._devices is not None:
            known = self._look_up(self._device, self._devices, document, captures)
            document = _with_registry(document, known)
        if self._when is not None and not self._when(document):
            return []
        entities: list[Wire] = []
        for entity in self._entities:
            entity.map_into(entities, document, captures, arrived, known)
        return entities

    def _look_up(
        self, device: Template, devices: DeviceRegistry, document: Any, captures: Mapping[str, str]
    ) -> Mapping[str, Any]:
        try:
            key = device.fill(captures, document)
        except LookupError as error:
            raise MappingError(f"device: {error.args[0]}", route=self.route.name) from None
        known = devices.find(key)
        if known is None and self.route.device_required:
            raise MappingError(f"the device {key!r:.60} is not in {devices.file}", route=self.route.name)
        return known or {}


class _EntityMapping:
    """The mapping to one entity of a route."""

    def __init__(self, route: str, config: EntityConfig, captures: tuple[str, ...], clock: ClockConfig) -> None:
        self._route = route
        self._type = config.type
        self._each = None if config.each is None else compile_path(config.each)
        self._each_path = config.each
        self._when = None if config.when is None else compile_path(config.when)
        self._id = Template(config.id, captures, uri=True)
        self._scope = None if config.scope is None else Template(config.scope, captures)
        self._time = TimeReader(config.observed_at, clock)
        self._attributes: list[tuple[str, _Builder]] = []
        for name, attribute in config.attributes.items():
            try:
                self._attributes.append((name, _compile_attribute(attribute, captures, clock)))
            except (UnitError, ValueError) as error:
                raise ConfigurationError(f"{error}.", key=f'route "{route}".attributes.{name}') from None
        self._paths = sorted({path for one in config.attributes.values() for path in one.from_})

    def map_into(
        self,
        entities: list[Wire],
        document: Any,
        captures: Mapping[str, str],
        arrived: float,
        known: Mapping[str, Any] | None,
    ) -> None:
        if self._each is None:
            members: Any = (document,)
        else:
            members = self._each(document)
            if members is None:
                return
            if not isinstance(members, list):
                raise MappingError(f"each = {self._each_path!r} gives {members!r:.60}, no array", route=self._route)
            if known is not None:
                members = [_with_registry(member, known) for member in members]
        when = self._when
        entities += [self._map(one, captures, arrived) for one in members if when is None or when(one)]

    def _map(self, document: Any, captures: Mapping[str, str], arrived: float) -> Wire:
        try:
            observed_at = self._time.read(document, arrived)
        except ValueError as error:
            raise MappingError(f"observed_at: {error}", route=self._route) from None
        try:
            entity: Wire = {"id": self._id.fill(captures, document), "type": self._type}
            if self._scope is not None:
                entity["scope"] = self._scope.fill(captures, document)
        except LookupError as error:
            raise MappingError(str(error.args[0]), route=self._route) from None
        if not is_uri(entity["id"]):
            raise MappingError(f"the entity id {entity['id']!r:.120} is no URI", route=self._route)
        has_any = False
        for name, build in self._attributes:
            try:
                attribute = build(document, captures, arrived, observed_at)
            except _NoValue as error:
                raise MappingError(f"{error}", route=self._route, attribute=name) from None
            except (ValueError, LookupError, OverflowError) as error:
                raise MappingError(str(error.args[0]), route=self._route, attribute=name) from None
            if attribute is not None:
                entity[name] = attribute
                has_any = True
        if not has_any:
            raise MappingError(
                f"the message has no value for any attribute (looked for {', '.join(self._paths) or 'a position'}; "
                f"it holds {_outline(document)})",
                route=self._route,
            )
        return entity


def _compile_attribute(config: AttributeConfig, captures: tuple[str, ...], clock: ClockConfig) -> _Builder:
    if config.longitude is not None and config.latitude is not None:
        build = _point(config, config.longitude, config.latitude)
    elif config.object is not None:
        build = _relationship(Template(config.object, captures, uri=True), required=config.required)
    elif config.value is not None:
        build = _fixed(config, captures)
    else:
        build = _from_message(config)
    if config.observed_at:
        build = _with_own_time(build, TimeReader(config.observed_at, clock))
    if config.dataset_id is not None:
        build = _with_dataset(build, Template(config.dataset_id, captures, uri=True))
    return build


def _from_message(config: AttributeConfig) -> _Builder:
    getters = [compile_path(path) for path in config.from_]
    kind = config.kind or "Property"
    member = ATTRIBUTE_TYPES[kind]
    take = compile_value(config)
    check = _CHECKS.get(kind)
    unit, ignore, default, required = config.unit, config.ignore, config.default, config.required
    language = config.language
    paths = " or ".join(config.from_)
    only = getters[0] if len(getters) == 1 else None

    def build(document: Any, captures: Mapping[str, str], arrived: float, observed_at: str) -> Wire | None:
        value = only(document) if only is not None else _first(getters, document, ignore)
        if value is None or (ignore and value in ignore):
            if default is None:
                if required:
                    raise _NoValue(f"the message has no value at {paths}")
                return None
            value = default
        else:
            value = take(value)
        if language is not None and type(value) is str:
            value = {language: value}
        if check is not None:
            value = check(value)
        attribute: Wire = {"type": kind, member: value}
        if unit is not None:
            attribute["unitCode"] = unit
        attribute["observedAt"] = observed_at
        return attribute

    return build


def _first(getters: list[Getter], document: Any, ignore: tuple[Any, ...]) -> Any:
    for find in getters:
        value = find(document)
        if value is not None and value not in ignore:
            return value
    return None


def _fixed(config: AttributeConfig, captures: tuple[str, ...]) -> _Builder:
    value, kind = config.value, config.kind
    if kind is None:
        kind = "GeoProperty" if isinstance(value, dict) and value.get("type") in GEOMETRY_TYPES else "Property"
    member, unit = ATTRIBUTE_TYPES[kind], config.unit
    template = Template(value, captures) if isinstance(value, str) else None

    # What never changes was not observed now: no observedAt.
    def build(document: Any, captures: Mapping[str, str], arrived: float, observed_at: str) -> Wire | None:
        filled = value if template is None else template.fill(captures, document)
        attribute: Wire = {"type": kind, member: filled}
        if unit is not None:
            attribute["unitCode"] = unit
        return attribute

    return build


def _relationship(template: Template, *, required: bool) -> _Builder:
    def build(document: Any, captures: Mapping[str, str], arrived: float, observed_at: str) -> Wire | None:
        try:
            target = template.fill(captures, document)
        except LookupError:
            if required:
                raise
            return None
        return {"type": "Relationship", "object": target, "observedAt": observed_at}

    return build


def _point(config: AttributeConfig, longitude_path: str, latitude_path: str) -> _Builder:
    longitude, latitude = compile_path(longitude_path), compile_path(latitude_path)
    altitude = None if config.altitude is None else compile_path(config.altitude)
    number = compile_value(config.model_copy(update={"datatype": "number"}))
    required, ignore = config.required, config.ignore

    def build(document: Any, captures: Mapping[str, str], arrived: float, observed_at: str) -> Wire | None:
        lon, lat = longitude(document), latitude(document)
        if lon is None or lat is None or (ignore and (lon in ignore or lat in ignore)):
            if required:
                raise _NoValue(f"the message has no position at {longitude_path}, {latitude_path}")
            return None
        coordinates = [number(lon), number(lat)]
        height = None if altitude is None else altitude(document)
        if height is not None:
            coordinates.append(number(height))
        geometry = _geometry({"type": "Point", "coordinates": coordinates})
        return {"type": "GeoProperty", "value": geometry, "observedAt": observed_at}

    return build


def _geometry(value: Any) -> Any:
    """Check the geometry of a GeoProperty; a plain pair of numbers is taken as longitude, latitude."""
    if isinstance(value, list) and len(value) in (2, 3):
        value = {"type": "Point", "coordinates": value}
    if not isinstance(value, dict) or value.get("type") not in GEOMETRY_TYPES or "coordinates" not in value:
        raise ValueError(f"a GeoJSON geometry belongs here, but the message says {value!r:.60}")
    if value["type"] == "Point":
        coordinates = value["coordinates"]
        if not isinstance(coordinates, list) or len(coordinates) not in (2, 3):
            raise ValueError(f"a point has longitude and latitude, but the message says {coordinates!r:.60}")
        for name, number, bound in zip(("longitude", "latitude"), coordinates, (180, 90), strict=False):
            if type(number) not in (int, float):
                raise ValueError(f"a number belongs into {name}, but the message says {number!r:.60}")
            if not -bound <= number <= bound:
                raise ValueError(
                    f"{number} is no {name}: it goes from -{bound} to {bound}; the order is longitude, latitude"
                )
    return value


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
    "GeoProperty": _geometry,
    "Relationship": _uri,
    "LanguageProperty": _language_map,
    "ListProperty": _array,
}


def _with_own_time(build: _Builder, time: TimeReader) -> _Builder:
    def timed(document: Any, captures: Mapping[str, str], arrived: float, observed_at: str) -> Wire | None:
        return build(document, captures, arrived, time.read(document, arrived))

    return timed


def _with_dataset(build: _Builder, dataset: Template) -> _Builder:
    def marked(document: Any, captures: Mapping[str, str], arrived: float, observed_at: str) -> Wire | None:
        attribute = build(document, captures, arrived, observed_at)
        if attribute is not None:
            attribute["datasetId"] = dataset.fill(captures, document)
        return attribute

    return marked


def _with_registry(document: Any, known: Mapping[str, Any]) -> Any:
    return {**document, "registry": known} if isinstance(document, dict) else {"value": document, "registry": known}


def _outline(document: Any) -> str:
    if isinstance(document, dict):
        return ", ".join(sorted(str(key) for key in document)[:12]) or "nothing"
    return f"{document!r:.60}"
