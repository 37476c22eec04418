"""What a context broker says of itself: types, attributes, identity, contexts (CIM 009, 5.2.24 to 5.2.28, 5.2.40)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from citycontext.ngsild.wire_model import Number, OptTime, WireModel, optional

__all__ = [
    "AttributeInformation",
    "AttributeList",
    "ContextDetails",
    "ContextSourceIdentity",
    "EntityTypeInfo",
    "EntityTypeInformation",
    "EntityTypeList",
]


class EntityTypeList(WireModel):
    """The types that entities have (CIM 009, 5.2.24).

    Args:
        type_list: Their names.
        id: The list's URI.
        context: The @context.
    """

    clause: ClassVar[str] = "5.2.24"

    id: str | None = None
    type: Literal["EntityTypeList"] = "EntityTypeList"
    type_list: list[str]
    context: Any = optional("@context")


class EntityTypeInformation(WireModel):
    """A type, with the attributes of its entities; the standard calls it ``EntityType`` (CIM 009, 5.2.25).

    .. versionadded:: 0.2

    Args:
        id: The type's full name.
        type_name: Its name.
        attribute_names: The attributes' names.
        context: The @context.
    """

    clause: ClassVar[str] = "5.2.25"

    id: str
    type: Literal["EntityType"] = "EntityType"
    type_name: str
    attribute_names: list[str] | None = None
    context: Any = optional("@context")


class AttributeInformation(WireModel):
    """What is known of an attribute; the standard calls it ``Attribute`` (CIM 009, 5.2.28).

    .. versionadded:: 0.2

    Args:
        id: The attribute's full name.
        attribute_name: Its name.
        attribute_count: How many instances of it there are.
        attribute_types: Its attribute types, e.g. ``Property``.
        type_names: Types of the entities that have it.
        context: The @context.
    """

    clause: ClassVar[str] = "5.2.28"

    id: str
    type: Literal["Attribute"] = "Attribute"
    attribute_name: str
    attribute_count: Number | None = None
    attribute_types: list[str] | None = None
    type_names: list[str] | None = None
    context: Any = optional("@context")


class EntityTypeInfo(WireModel):
    """What is known of a type (CIM 009, 5.2.26).

    .. versionadded:: 0.2

    Args:
        id: The type's full name.
        type_name: Its name.
        entity_count: How many entities there are.
        attribute_details: What is known of their attributes.
        context: The @context.
    """

    clause: ClassVar[str] = "5.2.26"

    id: str
    type: Literal["EntityTypeInfo", "EntityTypeInformation"] = "EntityTypeInfo"
    type_name: str
    entity_count: Number | None = None
    attribute_details: list[AttributeInformation] | None = None
    context: Any = optional("@context")


class AttributeList(WireModel):
    """The attributes that entities have (CIM 009, 5.2.27).

    Args:
        attribute_list: Their names.
        id: The list's URI.
        context: The @context.
    """

    clause: ClassVar[str] = "5.2.27"

    id: str | None = None
    type: Literal["AttributeList"] = "AttributeList"
    attribute_list: list[str]
    context: Any = optional("@context")


class ContextSourceIdentity(WireModel):
    """Which broker or context source this is (CIM 009, 5.2.40).

    Args:
        id: Its URI.
        context_source_alias: Its id, by which loops are found.
        context_source_uptime: For how long it has been available, as a duration; 1.8 spells it ``UpTime``.
        context_source_time_at: What time it is there.
        context_source_extras: What else it tells.
        context: The @context.
    """

    clause: ClassVar[str] = "5.2.40"

    id: str | None = None
    type: Literal["ContextSourceIdentity"] = "ContextSourceIdentity"
    context_source_alias: str | None = None
    context_source_uptime: str | None = None
    context_source_up_time: str | None = None
    context_source_time_at: OptTime = optional()
    context_source_extras: Any = None
    context: Any = optional("@context")

    @property
    def uptime(self) -> str | None:
        """For how long it has been available, under either spelling."""
        return self.context_source_uptime or self.context_source_up_time


class ContextDetails(WireModel):
    """What a broker knows of an @context that it keeps (CIM 009, 5.13.3).

    .. versionadded:: 0.2

    Args:
        url: Its address.
        local_id: Its id at the broker.
        kind: ``Cached``, ``Hosted`` or ``ImplicitlyCreated``.
        created_at: When the broker first had it; ``timestamp`` until 1.8.
        expires_at: When it is fetched again.
        last_usage: When it was used last.
        number_of_hits: How often it was used.
        extra_info: What else the broker tells.
    """

    clause: ClassVar[str] = "5.13.3"

    url: str | None = optional("URL")
    local_id: str | None = None
    kind: str | None = None
    created_at: OptTime = optional()
    timestamp: OptTime = optional()
    expires_at: OptTime = optional()
    last_usage: OptTime = optional()
    number_of_hits: Number | None = None
    extra_info: Any = None
