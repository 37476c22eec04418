"""From a decoded message to NGSI-LD entities, as a route says; everything that can be is compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from citycontext.bridge.claim import Claim
from citycontext.bridge.config.bridge import ClockConfig
from citycontext.bridge.config.routes import EntityConfig, RouteConfig
from citycontext.bridge.mapping.attributes import AttributeMapping, NoValue, Wire
from citycontext.bridge.mapping.devices import DeviceRegistry
from citycontext.bridge.mapping.last_known import LastKnown
from citycontext.bridge.mapping.left_out import LeftOut
from citycontext.bridge.mapping.paths import Getter, compile_path
from citycontext.bridge.mapping.pivot import compile_pivot
from citycontext.bridge.mapping.templates import Template
from citycontext.bridge.mapping.times import TimeReader
from citycontext.errors import ConfigurationError, MappingError, UnitError
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.time import format_datetime

__all__ = ["RouteMapping", "Wire"]

_OUTER: Final = re.compile(r"\bouter\b")


class RouteMapping:
    """The mapping of one route.

    Args:
        route: What it says.
        clock: Times that cannot be true.
        devices: What is known of the devices.
        last_known: What entities' messages said before, for a route with ``overlay``; of its own by default.

    Raises:
        ConfigurationError: A unit is not known, or two do not convert.
    """

    def __init__(
        self,
        route: RouteConfig,
        clock: ClockConfig,
        devices: DeviceRegistry | None = None,
        last_known: LastKnown | None = None,
    ) -> None:
        self.route: Final = route
        # With an overlay, the condition is for the completed message, which is known entity by entity.
        self._when = None if route.when is None or route.overlay else compile_path(route.when)
        captures = route.patterns[0].captures
        self._device = None if route.device is None else Template(route.device, captures)
        self._devices = devices
        if route.overlay and last_known is None:
            last_known = LastKnown()
        self.left_out: Final[list[LeftOut]] = []
        """The values left out of what was mapped since the list was cleared."""
        self._entities = [
            _EntityMapping(route, number, entity, captures, clock, last_known if route.overlay else None, self.left_out)
            for number, entity in enumerate(route.entity)
        ]

    def map(self, document: Any, captures: Mapping[str, str], arrived: float, claim: Claim | None = None) -> list[Wire]:
        """Turn a document into entities.

        Args:
            document: The message, decoded.
            captures: What the topic's pattern captured.
            arrived: Time of arrival, seconds since 1970.
            claim: By which the message came: what is remembered of it belongs to that.

        Returns:
            The entities, in normalized form; none where a condition of the route leaves the message alone.

        Raises:
            MappingError: A value is missing or wrong; names route, attribute and value.
        """
        known = None
        if self._device is not None and self._devices is not None:
            known = self._look_up(self._device, self._devices, document, captures)
            document = _with_member(document, "registry", known)
        if self._when is not None and not self._holds(self._when, document):
            return []
        entities: list[Wire] = []
        for entity in self._entities:
            entity.map_into(entities, document, captures, arrived, known, claim)
        return entities

    def _holds(self, when: Getter, document: Any) -> bool:
        try:
            return bool(when(document))
        except ValueError as error:
            raise MappingError(f"when: {error}", route=self.route.name) from None

    def _look_up(
        self, device: Template, devices: DeviceRegistry, document: Any, captures: Mapping[str, str]
    ) -> Mapping[str, Any]:
        try:
            key = device.fill(captures, document)
        except (LookupError, ValueError) as error:
            raise MappingError(f"device: {error.args[0]}", route=self.route.name) from None
        known = devices.find(key)
        if known is None and self.route.device_required:
            raise MappingError(f"the device {key!r:.60} is not in {devices.file}", route=self.route.name)
        return known or {}


class _EntityMapping:
    """The mapping to one entity of a route."""

    def __init__(
        self,
        route: RouteConfig,
        number: int,
        config: EntityConfig,
        captures: tuple[str, ...],
        clock: ClockConfig,
        last_known: LastKnown | None,
        left_out: list[LeftOut],
    ) -> None:
        self._left_out = left_out
        self._route = route.name
        self._number = number
        self._type = config.type
        self._each = None if config.each is None else compile_path(config.each)
        self._each_path = config.each
        self._has_outer = config.each is not None and _OUTER.search(repr(config)) is not None
        self._pivot = None if config.pivot is None else compile_pivot(config.pivot)
        conditions = (route.when if route.overlay else None, config.when)
        self._when = _all_of([compile_path(path) for path in conditions if path is not None])
        self._id = Template(config.id, captures, uri=True)
        self._scope = None if config.scope is None else Template(config.scope, captures)
        self._time = TimeReader(config.observed_at, clock)
        self._leaves_out = route.wrong == "leave-out"
        self._last_known = last_known
        self._attributes: list[tuple[AttributeMapping, bool]] = []
        for name, attribute in config.attributes.items():
            try:
                mapping = AttributeMapping(name, attribute, captures, clock)
                self._attributes.append((mapping, (mapping.wrong or route.wrong) == "leave-out"))
            except (UnitError, ValueError) as error:
                raise ConfigurationError(f"{error}.", key=f'route "{route.name}".attributes.{name}') from None
        self._paths = sorted({path for one in config.attributes.values() for path in one.from_})

    def map_into(
        self,
        entities: list[Wire],
        document: Any,
        captures: Mapping[str, str],
        arrived: float,
        known: Mapping[str, Any] | None,
        claim: Claim | None,
    ) -> None:
        if self._each is None:
            members: Any = (document,)
        else:
            try:
                members = self._each(document)
            except ValueError as error:
                raise MappingError(f"each: {error}", route=self._route) from None
            if members is None:
                return
            if not isinstance(members, list):
                raise MappingError(
                    f"each = {self._each_path!r} gives {members!r:.60}, no array{_cure(members)}", route=self._route
                )
            if self._has_outer:
                members = [_with_member(member, "outer", document) for member in members]
            if known is not None:
                members = [_with_member(member, "registry", known) for member in members]
        for member in members:
            entity = self._map(member, captures, arrived, claim)
            if entity is not None:
                entities.append(entity)

    def _map(self, said: Any, captures: Mapping[str, str], arrived: float, claim: Claim | None) -> Wire | None:
        """Map what a message says, completed with what is known where the route has an overlay."""
        try:
            if self._pivot is not None:
                said = self._pivot(said)
            last_known = self._last_known
            if last_known is None:
                return self._entity(said, said, captures, arrived)
            key = (0 if claim is None else claim.number, self._route, self._number, self._id.fill(captures, said))
            document = last_known.complete(key, said)
            entity = self._entity(document, said, captures, arrived)
            last_known.remember(key, _without_registry(document), arrived)
        except (LookupError, ValueError) as error:
            raise MappingError(str(error.args[0]), route=self._route) from None
        return entity

    def _entity(self, document: Any, said: Any, captures: Mapping[str, str], arrived: float) -> Wire | None:
        if self._when is not None and not self._when(document):
            return None
        try:
            observed_at = self._time.read(said, arrived)
        except ValueError as error:
            if not self._leaves_out:
                raise MappingError(f"observed_at: {error}", route=self._route) from None
            self._left_out.append(LeftOut("observed_at", str(error)))
            observed_at = format_datetime(datetime.fromtimestamp(arrived, UTC))
        entity: Wire = {"id": self._id.fill(captures, document), "type": self._type}
        if self._scope is not None:
            entity["scope"] = self._scope.fill(captures, document)
        if not _is_entity_id(entity["id"]):
            raise MappingError(f"the entity id {entity['id']!r:.120} is no URI", route=self._route)
        has_any = False
        is_partial = self._last_known is not None
        first_wrong: MappingError | None = None
        for one, leaves_out in self._attributes:
            try:
                time = observed_at if one.time is None else one.time.read(said, arrived)
                attribute = one.build(document, captures, time)
            except NoValue as error:
                raise MappingError(f"{error}", route=self._route, attribute=one.name) from None
            except (ValueError, LookupError, OverflowError) as error:
                wrong = MappingError(str(error.args[0]), route=self._route, attribute=one.name)
                if not leaves_out:
                    raise wrong from None
                self._left_out.append(LeftOut(one.name, wrong.message))
                first_wrong = first_wrong or wrong
                continue
            if attribute is not None and not (is_partial and one.is_left_out(said)):
                entity[one.name] = attribute
                has_any = True
        if has_any:
            return entity
        if first_wrong is not None:
            # Nothing is left to write: put aside, the message is not lost.
            raise first_wrong
        if is_partial:
            # A part that waits for its others, or is about something else.
            return None
        raise MappingError(
            f"the message has no value for any attribute (looked for {', '.join(self._paths) or 'a position'}; "
            f"it holds {_outline(document)})",
            route=self._route,
        )


# Devices send for years: the same ids come again and again.
_is_entity_id = lru_cache(maxsize=10_000)(is_uri)


def _cure(members: Any) -> str:
    return '; of an object, "items(…)" makes an array of key and value' if isinstance(members, dict) else ""


def _all_of(conditions: list[Getter]) -> Getter | None:
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return lambda document: all(condition(document) for condition in conditions)


def _with_member(document: Any, name: str, value: Any) -> Any:
    return {**document, name: value} if isinstance(document, dict) else {"value": document, name: value}


def _without_registry(document: Any) -> Any:
    if isinstance(document, dict) and "registry" in document:
        return {name: value for name, value in document.items() if name != "registry"}
    return document


def _outline(document: Any) -> str:
    if isinstance(document, dict):
        return ", ".join(sorted(str(key) for key in document)[:12]) or "nothing"
    return f"{document!r:.60}"
