"""How an entity class learns what it declares."""

from __future__ import annotations

from typing import Any, ClassVar, TypedDict

import pytest

from citycontext.errors import InvalidEntity, ModelError
from citycontext.ngsild import Entity
from citycontext.ngsild.fields import Attr, GeoAttr, OptAttr, OptRelAttr, attribute, optional


class Dimensions(TypedDict, total=False):
    """An object whose members a type checker knows."""

    width: float


class Shelter(Entity):
    """A class with an attribute, a typed object, and something that is not an attribute."""

    maker: ClassVar[str] = "none"
    capacity: Attr[int]
    dimensions: OptAttr[Dimensions] = optional()


def test_only_attributes_are_declared() -> None:
    """A ClassVar beside the attributes stays what it is."""
    assert list(Shelter.fields) == ["capacity", "dimensions"]
    assert Shelter.maker == "none"


def test_a_class_inside_a_function_finds_the_names_around_it() -> None:
    """Annotations may name what only the function that holds the class statement knows."""
    declared = Attr[int]

    class Local(Entity):
        count: declared  # type: ignore[valid-type]

    assert Local.fields["count"].required


def test_a_subclass_adds_to_what_its_base_declares() -> None:
    """Inherited attributes come first and keep their types."""

    class HeatedShelter(Shelter):
        temperature: OptAttr[float] = optional()

    assert list(HeatedShelter.fields) == ["capacity", "dimensions", "temperature"]
    assert HeatedShelter.entity_type == "HeatedShelter"


def test_an_unknown_name_in_an_annotation_raises() -> None:
    """What cannot be looked up is not passed over in silence."""
    with pytest.raises(NameError, match="Missing"):

        class Broken(Entity):
            count: Missing  # type: ignore[name-defined]  # noqa: F821


def test_a_typed_dict_keeps_members_it_does_not_name() -> None:
    """An object is taken as it is, with members that the TypedDict lacks; anything else is refused."""
    value: Any = {"width": 2.0, "roof": "flat"}
    shelter = Shelter(id="urn:ngsi-ld:Shelter:1", capacity=4, dimensions=value)
    assert shelter.to_dict()["dimensions"] == {"type": "Property", "value": value}
    with pytest.raises(InvalidEntity, match="an object"):
        shelter.dimensions = "wide"  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("annotation", "default"),
    [
        (Attr[int], optional()),
        (GeoAttr, optional("location")),
        (OptAttr[int], attribute()),
        (OptAttr[int], None),
        (OptRelAttr, None),
        (Attr[int], 5),
        (OptAttr[int], 5),
    ],
)
def test_annotation_and_default_agree(annotation: Any, default: Any) -> None:
    """What a type checker would read otherwise than the class does is refused when the class is made."""
    body = {"__annotations__": {"spots": annotation}} | ({} if default is None else {"spots": default})
    with pytest.raises(ModelError, match=r"^spots: "):
        type("Wrong", (Entity,), body)
