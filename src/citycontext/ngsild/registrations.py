"""Context source registrations: which source has what, and how it is asked (CIM 009, 5.2.8 to 5.2.11 and 5.2.34)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Final, Literal

from citycontext.errors import InvalidDocument, InvalidGeometry
from citycontext.ngsild.geometry import check_geometry
from citycontext.ngsild.key_value_pairs import KeyValuePair, OptPairs, without_password
from citycontext.ngsild.selection import EntityInfo
from citycontext.ngsild.wire_model import Number, OptTime, Time, WireModel, one_of, optional, uri

__all__ = [
    "ContextSourceRegistration",
    "ContextSourceRegistrationFragment",
    "EntityInfo",
    "KeyValuePair",
    "RegistrationInfo",
    "RegistrationManagementInfo",
    "TimeInterval",
]

_MODES: Final = ("inclusive", "exclusive", "redirect", "auxiliary")
_WRITING: Final = frozenset({"updateOps", "redirectionOps"})


class RegistrationInfo(WireModel):
    """A part of what a context source has (CIM 009, 5.2.10).

    Args:
        entities: Which entities; any, if none are named.
        property_names: Which Properties of them.
        relationship_names: Which Relationships of them.
    """

    clause: ClassVar[str] = "5.2.10"

    entities: list[EntityInfo] | None = None
    property_names: list[str] | None = None
    relationship_names: list[str] | None = None

    def _check(self, prefix: str) -> None:
        if not (self.entities or self.property_names or self.relationship_names):
            raise InvalidDocument(
                "entities, propertyNames or relationshipNames is needed", path=prefix.rstrip("."), clause=self.clause
            )


class TimeInterval(WireModel):
    """A period (CIM 009, 5.2.11).

    Args:
        start_at: When it starts.
        end_at: When it ends; left out, it has not.
    """

    clause: ClassVar[str] = "5.2.11"

    start_at: Time
    end_at: OptTime = optional()

    def _check(self, prefix: str) -> None:
        if self.end_at is not None and self.end_at < self.start_at:
            raise InvalidDocument("it ends before it starts", path=f"{prefix}endAt", clause=self.clause)


class RegistrationManagementInfo(WireModel):
    """How a context source is asked (CIM 009, 5.2.34).

    Args:
        local_only: Whether it answers from what it has itself only.
        cache_duration: For how long its answers may be kept, as a duration such as ``PT10M``.
        timeout: How long to wait for it, in milliseconds.
        cooldown: How long to leave it alone after a failure, in milliseconds.
    """

    clause: ClassVar[str] = "5.2.34"

    local_only: bool | None = None
    cache_duration: str | None = None
    timeout: Number | None = None
    cooldown: Number | None = None


class _Registered(WireModel):
    """What a registration and a part of one have in common."""

    clause: ClassVar[str] = "5.2.9"

    id: str | None = None
    type: Literal["ContextSourceRegistration"] = "ContextSourceRegistration"
    registration_name: str | None = None
    description: str | None = None
    context_source_alias: str | None = None
    context_source_info: OptPairs = optional()
    tenant: str | None = None
    mode: str | None = None
    operations: list[str] | None = None
    dataset_id: list[str] | None = None
    scope: str | list[str] | None = None
    location: dict[str, Any] | None = None
    observation_space: dict[str, Any] | None = None
    operation_space: dict[str, Any] | None = None
    observation_interval: TimeInterval | None = None
    management_interval: TimeInterval | None = None
    management: RegistrationManagementInfo | None = None
    refresh_rate: str | None = None
    expires_at: OptTime = optional()
    status: str | None = None
    times_sent: Number | None = None
    times_failed: Number | None = None
    last_success: OptTime = optional()
    last_failure: OptTime = optional()
    created_at: OptTime = optional()
    modified_at: OptTime = optional()
    deleted_at: OptTime = optional()
    context: Any = optional("@context")

    def _check(self, prefix: str) -> None:
        uri(self.id, f"{prefix}id", self.clause)
        one_of(self.mode, _MODES, f"{prefix}mode", self.clause)
        for name in ("location", "observation_space", "operation_space"):
            geometry = getattr(self, name)
            if geometry is not None:
                path = f"{prefix}{type(self).model_fields[name].alias}"
                try:
                    check_geometry(geometry, path=path)
                except InvalidGeometry:
                    if not isinstance(geometry.get("value"), dict):  # some write it as a GeoProperty
                        raise
                    check_geometry(geometry["value"], path=f"{path}.value")
        if self.mode == "auxiliary":
            for operation in self.operations or ():
                if operation in _WRITING:
                    raise InvalidDocument(
                        f"an auxiliary source is only read; {operation} writes",
                        path=f"{prefix}operations",
                        clause="4.3.6.3",
                    )

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        return [
            (name, without_password(value) if name == "endpoint" else value) for name, value in super().__repr_args__()
        ]


class ContextSourceRegistration(_Registered):
    """A registration of a context source (CIM 009, 5.2.9).

    Args:
        information: What it has.
        endpoint: Address of its NGSI-LD API.
        id: The registration's URI; the broker gives one if absent.
        registration_name: A name for people.
        description: What it is for.
        context_source_alias: The source's id, by which loops are found.
        context_source_info: What to send along, by name; ``accept``, ``contentType``, ``jsonldContext`` and
            ``ngsildConformance`` have a meaning of their own.
        tenant: The tenant at the source.
        mode: ``inclusive`` (if none is named), ``exclusive``, ``redirect`` or ``auxiliary``.
        operations: What it can do; ``federationOps`` if nothing is named.
        dataset_id: Which instances of attributes it has.
        scope: Scopes that its entities have.
        location: Where its entities are.
        observation_space: What they observe.
        operation_space: Where they operate.
        observation_interval: When what it has of history was observed.
        management_interval: When that was written.
        management: How it is asked.
        refresh_rate: How often its data change, as a duration.
        expires_at: When the registration ends.
        status: ``ok`` or ``failed``; set by the broker, as ``times_sent`` and what follows it.
        context: The @context.
    """

    information: list[RegistrationInfo]
    endpoint: str

    def _check(self, prefix: str) -> None:
        super()._check(prefix)
        if not self.information:
            raise InvalidDocument("an empty list", path=f"{prefix}information", clause=self.clause)
        uri(self.endpoint, f"{prefix}endpoint", self.clause)
        if self.mode == "exclusive":
            for index, info in enumerate(self.information):
                single = info.entities is not None and all(one.id is not None for one in info.entities)
                if not single or not (info.property_names or info.relationship_names):
                    raise InvalidDocument(
                        "an exclusive source names one entity by id, and its attributes",
                        path=f"{prefix}information[{index}]",
                        clause="4.3.6.3",
                    )


class ContextSourceRegistrationFragment(_Registered):
    """A part of a registration, as an update takes it: nothing is required (CIM 009, 5.9.3).

    Args:
        information: What the source has; as a whole, where it changes.
        endpoint: Address of its NGSI-LD API.
        members: As of ``ContextSourceRegistration``.
    """

    information: list[RegistrationInfo] | None = None
    endpoint: str | None = None
