"""From the names of a model to names a Python class may have."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from typing import Final

from citycontext.models.smart_data_model import SmartDataModel
from citycontext.ngsild import fields
from citycontext.ngsild.names import to_camel, to_snake

__all__ = ["attribute_names", "class_name", "module_name", "needs_wire_name"]

_ANNOTATION_NAMES: Final = frozenset({"str", "int", "float", "bool", "list", "dict", "datetime"})
"""Names that annotations of a class body use, so that no attribute may take them there."""

_MODULE_NAMES: Final = frozenset({"Any", "Literal", "Origin", "PostalAddress"} | {*fields.__all__}) | {
    "Commons",
    "LocatedCommons",
    "SmartDataModel",
}
"""Names that a module of classes imports, so that no class may take them there."""

_TAKEN: Final = frozenset(dir(SmartDataModel)) | _ANNOTATION_NAMES


def attribute_names(wire_names: Iterable[str]) -> dict[str, str]:
    """Return the Python name of every attribute of a model.

    A name that means something else on an entity or in Python, or that two attributes would share, ends in ``_``.

    Args:
        wire_names: The attributes' wire names, in the model's order.

    Returns:
        Wire name → Python name.
    """
    names: dict[str, str] = {}
    used = set(_TAKEN)
    # A name that is its own snake_case goes first: of ``no2`` and ``NO2``, ``no2`` stays ``no2``.
    for wire_name in sorted(wire_names, key=lambda name: to_snake(name) != name):
        name = "".join(char if f"_{char}".isidentifier() else "_" for char in to_snake(wire_name))
        if name.startswith("__"):
            name = f"_{name.lstrip('_')}"
        while name in used:
            name += "_"
        used.add(name)
        names[wire_name] = name
    return names


def needs_wire_name(name: str, wire_name: str) -> bool:
    """Return whether a declaration must give the wire name, because the Python name does not tell it.

    Args:
        name: The Python name.
        wire_name: The wire name.
    """
    return to_camel(name) != wire_name


def class_name(type_name: str) -> str:
    """Turn an entity type into a class name: ``service_requests`` → ``ServiceRequests``, ``3D`` → ``_3D``.

    Args:
        type_name: The entity type.
    """
    parts = "".join(char if f"_{char}".isidentifier() else "_" for char in type_name).split("_")
    name = "".join(part[:1].upper() + part[1:] for part in parts)
    if keyword.iskeyword(name) or name in _MODULE_NAMES:
        return f"{name}_"
    return name if name.isidentifier() else f"_{name}"


def module_name(subject: str) -> str:
    """Turn a subject into a module name: ``WasteManagement`` → ``waste_management``, ``CPSV-AP`` → ``cpsv_ap``.

    Args:
        subject: The subject's name.
    """
    return to_snake(subject).strip("_")
