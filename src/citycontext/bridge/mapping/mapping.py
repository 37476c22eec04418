"""From a decoded message to NGSI-LD entities, as a route says; everything that can be is compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from citycontext.bridge.claim import Claim
from citycontext.bridge.config.bridge import ClockConfig
from citycontext.bridge.config.routes import EntityConfig, RouteConfig
from citycontext.bridge.mapping.attributes import AttributeMapping, Builder, NoValue, Wire
from citycontext.bridge.mapping.devices import DeviceRegistry
from citycontext.bridge.mapping.last_known import LastKnown
from citycontext.bridge.mapping.left_out import LeftOut
from citycontext.bridge.mapping.model_defaults import AgainstModel, model_of, model_step
from citycontext.bridge.mapping.paths import Getter, compile_path
from citycontext.bridge.mapping.pivot import compile_pivot
from citycontext.bridge.mapping.templates import Template
from citycontext.bridge.mapping.times import TimeReader
from citycontext.errors import ConfigurationError, MappingError, UnitError
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.time import format_datetime

__all__ = ["RouteMapping", "Wire"]

_OUTER: Final = re.compile(r"\bouter\b")
_CAPTURED: Final = re.compile(r"\bcaptured\b")
_MQTT: Final = re.compile(r"\bmqtt\.")
_TENANT: Final = re.compile(r"[\w.-]{1,200}", re.ASCII)


class _NothingToWrite(Exception):
    """A document, or a member of an array in it, has no value that can be written.

    Args:
        reason: What is said of it where no other member has one.
    """

    def __init__(self, reason: MappingError) -> None:
        super().__init__(reason.message)
        self.reason: Final = reason


class RouteMapping:
    """The mapping of one route.

    Args:
        route: What it says.
        clock: Times that cannot be true.
        devices: What is known of the devices.
        last_known: What entities' messages said before, for a route with ``overlay``; of its own by default.
        ids: How names of devices become ids (``BridgeConfig.ids``).

    Raises:
        ConfigurationError: A unit is not known, or two do not convert.
    """

    def __init__(
        self,
        route: RouteConfig,
        clock: ClockConfig,
        devices: DeviceRegistry | None = None,
        last_known: LastKnown | None = None,
        ids: int = 1,
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
        said = repr(route)
        self._shows_captures = _CAPTURED.search(said) is not None
        self.shows_message: Final = _MQTT.search(said) is not None
        """Whether paths look at what came beside the payload, such as properties of MQTT 5."""
        has_places = route.tenant is not None and "{" in route.tenant
        self._tenant = Template(route.tenant or "", captures) if has_places else None
        last_known = last_known if route.overlay else None
        self._entities = [
            _EntityMapping(route, number, entity, captures, clock, last_known, self.left_out, ids)
            for number, entity in enumerate(route.entity)
        ]

    @property
    def has_dynamic_tenant(self) -> bool:
        """Whether the tenant is told by topic or message."""
        return self._tenant is not None

    def tenant(self, document: Any, captures: Mapping[str, str]) -> str | None:
        """Return the tenant that a document goes to.

        Args:
            document: The message, decoded.
            captures: What the topic's pattern captured.

        Raises:
            MappingError: A place has no value, or one that no tenant can be named.
        """
        if self._tenant is None:
            return self.route.tenant
        try:
            tenant = self._tenant.fill(captures, document)
        except (LookupError, ValueError) as error:
            raise MappingError(f"tenant: {error.args[0]}", route=self.route.name) from None
        if not _TENANT.fullmatch(tenant):
            said = f"tenant: {tenant!r:.60} is not a name of a tenant: letters, digits, '_', '-' and '.'"
            raise MappingError(said, route=self.route.name)
        return tenant

    def map(
        self,
        document: Any,
        captures: Mapping[str, str],
        arrived: float,
        claim: Claim | None = None,
        *,
        message: Mapping[str, Any] | None = None,
        is_aside: bool = False,
        only_timed: bool = False,
    ) -> list[Wire]:
        """Turn a document into entities.

        Args:
            document: The message, decoded.
            captures: What the topic's pattern captured.
            arrived: Time of arrival, seconds since 1970.
            claim: By which the message came: what is remembered of it belongs to that.
            message: What came beside the payload, for paths that begin with ``mqtt``.
            is_aside: Whether the document is beside what the device measures: where a route takes nothing of it, that
                is not a fault.
            only_timed: Whether only values are taken whose time the message says.

        Returns:
            The entities, in normalized form; none where a condition of the route leaves the message alone.

        Raises:
            MappingError: A value is missing or wrong; names route, attribute and value.
        """
        around: Mapping[str, Any] = _NOTHING
        if self._shows_captures or self.shows_message:
            around = {"captured": dict(captures), "mqtt": {} if message is None else message}
            # What the message itself says under such a name comes first.
            document = _with_members(document, around)
        if self._device is not None and self._devices is not None:
            known = self._look_up(self._device, self._devices, document, captures)
            around = {**around, "registry": known}
            document = _with_member(document, "registry", known)
        if self._when is not None and not self._holds(self._when, document):
            return []
        entities: list[Wire] = []
        care = _Care(is_aside, only_timed) if is_aside or only_timed else _NONE
        for entity in self._entities:
            entity.map_into(entities, document, captures, arrived, around, claim, care)
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


class _Care(NamedTuple):
    """What is special about a document."""

    is_aside: bool
    only_timed: bool


_NONE: Final = _Care(False, False)
_NOTHING: Final[Mapping[str, Any]] = {}


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
        ids: int,
    ) -> None:
        self._left_out = left_out
        self._route = route.name
        self._number = number
        self._type = config.type
        self._dynamic_type = Template(config.type, captures) if config.types else None
        self._types = frozenset(config.types)
        self._each = None if config.each is None else compile_path(config.each)
        self._each_path = config.each
        self._has_outer = config.each is not None and _OUTER.search(repr(config)) is not None
        self._pivot = None if config.pivot is None else compile_pivot(config.pivot)
        conditions = (route.when if route.overlay else None, config.when)
        self._when = _all_of([compile_path(path) for path in conditions if path is not None])
        self._id = Template(config.id, captures, uri=True, ids=ids)
        self._scope = None if config.scope is None else Template(config.scope, captures)
        self._time = TimeReader(config.observed_at, clock)
        self._leaves_out = route.wrong == "leave-out"
        self._last_known = last_known
        # What goes against the model is left out, unless the file says otherwise: it was written before models counted.
        self._leaves_out_of_model = "wrong" not in route.model_fields_set
        model = model_of(config)
        self._attributes: list[tuple[AttributeMapping, bool, str, Builder, TimeReader | None]] = []
        for name, attribute in config.attributes.items():
            try:
                described = None if model is None else model.attributes.get(name)
                mapping = AttributeMapping(name, attribute, captures, clock, ids, model_step(attribute, described))
                leaves_out = (mapping.wrong or route.wrong) == "leave-out"
                self._attributes.append((mapping, leaves_out, name, mapping.build, mapping.time))
            except (UnitError, ValueError) as error:
                raise ConfigurationError(f"{error}.", key=f'route "{route.name}".attributes.{name}') from None
        self._paths = sorted({path for one in config.attributes.values() for path in one.from_})

    def map_into(
        self,
        entities: list[Wire],
        document: Any,
        captures: Mapping[str, str],
        arrived: float,
        around: Mapping[str, Any],
        claim: Claim | None,
        care: _Care,
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
            if around:
                members = [_with_members(member, around) for member in members]
        before = len(entities)
        nothing: MappingError | None = None
        for member in members:
            try:
                entity = self._map(member, captures, arrived, claim, care)
            except _NothingToWrite as error:
                # One member of nothing does not lose the others.
                nothing = nothing or error.reason
                continue
            except MappingError as error:
                if self._each is None or not self._leaves_out:
                    raise
                # Nor does one that says not what it is of.
                self._left_out.append(LeftOut(error.attribute or "each", error.message))
                nothing = nothing or error
                continue
            if entity is not None:
                entities.append(entity)
        if nothing is not None and len(entities) == before:
            raise nothing

    def _map(
        self, said: Any, captures: Mapping[str, str], arrived: float, claim: Claim | None, care: _Care
    ) -> Wire | None:
        """Map what a message says, completed with what is known where the route has an overlay."""
        try:
            if self._pivot is not None:
                said = self._pivot(said)
            last_known = self._last_known
            if last_known is None:
                return self._entity(said, said, captures, arrived, care)
            key = (0 if claim is None else claim.number, self._route, self._number, self._id.fill(captures, said))
            document = last_known.complete(key, said)
            entity = self._entity(document, said, captures, arrived, care)
            last_known.remember(key, _own(document), arrived)
        except (LookupError, ValueError) as error:
            if care.is_aside and isinstance(error, LookupError):
                # What names the entity is not in it: it is about something else.
                return None
            raise MappingError(str(error.args[0]), route=self._route) from None
        return entity

    def _entity(
        self, document: Any, said: Any, captures: Mapping[str, str], arrived: float, care: _Care
    ) -> Wire | None:
        if self._when is not None and not self._when(document):
            return None
        try:
            observed_at = self._time.read(said, arrived)
        except ValueError as error:
            if not self._leaves_out:
                raise MappingError(f"observed_at: {error}", route=self._route) from None
            self._left_out.append(LeftOut("observed_at", str(error)))
            observed_at = format_datetime(datetime.fromtimestamp(arrived, UTC))
        kind = self._type if self._dynamic_type is None else self._kind(captures, document)
        entity: Wire = {"id": self._id.fill(captures, document), "type": kind}
        if self._scope is not None:
            entity["scope"] = self._scope.fill(captures, document)
        if not _is_entity_id(entity["id"]):
            raise MappingError(f"the entity id {entity['id']!r:.120} is not a URI", route=self._route)
        has_any = False
        is_partial = self._last_known is not None
        only_timed = care.only_timed
        first_wrong: MappingError | None = None
        for one, leaves_out, name, build, reader in self._attributes:
            if only_timed and not (reader or self._time).is_said(said):
                continue
            try:
                attribute = build(document, captures, observed_at if reader is None else reader.read(said, arrived))
            except NoValue as error:
                raise MappingError(f"{error}", route=self._route, attribute=name) from None
            except (ValueError, LookupError, OverflowError) as error:
                wrong = MappingError(str(error.args[0]), route=self._route, attribute=name)
                by_model = isinstance(error, AgainstModel) and self._leaves_out_of_model and one.wrong is None
                if not leaves_out and not by_model:
                    raise wrong from None
                self._left_out.append(LeftOut(name, wrong.message))
                first_wrong = first_wrong or wrong
                continue
            if attribute is not None and not (is_partial and one.is_left_out(said)):
                entity[name] = attribute
                has_any = True
        if has_any:
            return entity
        if first_wrong is not None:
            # Nothing is left to write: put aside, the message is not lost.
            raise _NothingToWrite(first_wrong)
        if is_partial or care.is_aside or care.only_timed:
            # A part that waits for its others, or is about something else.
            return None
        raise _NothingToWrite(
            MappingError(
                f"the message has no value for any attribute (looked for {', '.join(self._paths) or 'a position'}; "
                f"it holds {_outline(document)})",
                route=self._route,
            )
        )

    def _kind(self, captures: Mapping[str, str], document: Any) -> str:
        assert self._dynamic_type is not None, "asked for where the type has places"
        kind = self._dynamic_type.fill(captures, document)
        if kind not in self._types:
            raise ValueError(f"the type {kind!r:.60} is not among those of the route: {', '.join(sorted(self._types))}")
        return kind


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


def _with_members(document: Any, around: Mapping[str, Any]) -> Any:
    if not isinstance(document, dict):
        document = {"value": document}
    registry = {"registry": around["registry"]} if "registry" in around else {}
    return {**around, **document, **registry}


_AROUND: Final = frozenset({"registry", "captured", "mqtt"})


def _own(document: Any) -> Any:
    """Return what a message says itself, without what stands around it."""
    if isinstance(document, dict) and not _AROUND.isdisjoint(document):
        return {name: value for name, value in document.items() if name not in _AROUND}
    return document


def _outline(document: Any) -> str:
    if isinstance(document, dict):
        return ", ".join(sorted(str(key) for key in document)[:12]) or "nothing"
    return f"{document!r:.60}"
