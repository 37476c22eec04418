"""Names that a class may have."""

from __future__ import annotations

import pytest

from citycontext.models.catalogue.python_names import attribute_names, class_name, module_name, needs_wire_name
from citycontext.models.smart_data_model import SmartDataModel


@pytest.mark.parametrize(
    ("wire_name", "name", "explicit"),
    [
        ("availableSpotNumber", "available_spot_number", False),
        ("as", "as_", False),
        ("NO3", "no3", True),
        ("Cl-", "cl_", True),
        ("LAeq_d", "l_aeq_d", True),
        ("snake_case", "snake_case", True),
        ("attributes", "attributes_", False),
        ("list", "list_", False),
        ("open311:type", "open311_type", True),
        ("InfrastructureElement.geometry", "infrastructure_element_geometry", True),
        ("5gReady", "_5g_ready", False),
    ],
)
def test_a_wire_name_becomes_a_python_name(wire_name: str, name: str, explicit: bool) -> None:
    """Keywords, names of Entity, and characters that Python lacks; the wire name is given where it cannot be told."""
    assert attribute_names([wire_name]) == {wire_name: name}
    assert name.isidentifier()
    assert needs_wire_name(name, wire_name) is explicit


def test_two_attributes_never_share_a_name() -> None:
    """The one that is written as Python has it keeps its name, in whatever order they come."""
    assert attribute_names(["NO2", "no2", "No2"]) == {"no2": "no2", "NO2": "no2_", "No2": "no2__"}


def test_no_name_hides_what_an_entity_has() -> None:
    """Every name that means something on an entity is left to it."""
    for name in dir(SmartDataModel):
        assert name not in attribute_names([name]).values()


@pytest.mark.parametrize(
    ("type_name", "expected"),
    [("OffStreetParking", "OffStreetParking"), ("service_requests", "ServiceRequests"), ("3DPrinter", "_3DPrinter")],
)
def test_a_type_becomes_a_class_name(type_name: str, expected: str) -> None:
    """Class names are written as Python has them."""
    assert class_name(type_name) == expected


@pytest.mark.parametrize(
    ("subject", "expected"), [("WasteManagement", "waste_management"), ("CPSV-AP", "cpsv_ap"), ("OSLO", "oslo")]
)
def test_a_subject_becomes_a_module_name(subject: str, expected: str) -> None:
    """Module names are written as Python has them."""
    assert module_name(subject) == expected
