"""What all OSLO classes share: Dutch terms on the wire, with an English name beside each in Python."""

from __future__ import annotations

from typing import Any, ClassVar, Final, TypeVar, cast

from citycontext.ngsild.entity import Entity
from citycontext.ngsild.fields import OptGeoAttr, OptLanguageAttr, OtherName, optional

__all__ = ["CLASSES", "OsloEntity", "english"]

T = TypeVar("T")

CLASSES: Final[dict[str, type[OsloEntity]]] = {}
"""Entity type → its class; each class enters itself when its module is imported."""


class _English(OtherName):
    """An English name for an attribute that is declared by its Dutch one."""

    def __init__(self, declared: Any) -> None:
        self.declared = declared
        self.dutch = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.dutch = next(dutch for dutch, default in vars(owner).items() if default is self.declared)

    def __get__(self, entity: Any, owner: type) -> Any:
        return getattr(owner if entity is None else entity, self.dutch)

    def __set__(self, entity: Any, given: Any) -> None:
        setattr(entity, self.dutch, given)


def english(declared: T) -> T:
    """Return an attribute an English name: ``observed_property = english(geobserveerd_kenmerk)``.

    Args:
        declared: The attribute, by its Dutch name.
    """
    return cast("T", _English(declared))


class OsloEntity(Entity):
    """An entity with the terms of OSLO.

    Attributes are declared by their Dutch terms and may be given and read by their English names too.
    """

    iri: ClassVar[str] = ""
    """The class that it stands for in OSLO, as a short name or IRI."""
    english_names: ClassVar[dict[str, str]] = {}
    """English name → Dutch name."""

    naam: OptLanguageAttr = optional()
    geometrie: OptGeoAttr = optional()

    def __init_subclass__(cls, *, type: str | None = None, iri: str = "") -> None:
        names = {name: value for name, value in vars(cls).items() if isinstance(value, _English)}
        super().__init_subclass__(type=type)
        cls.english_names = {**cls.english_names, **{name: value.dutch for name, value in names.items()}}
        cls.iri = iri or cls.iri
        if cls.entity_type:
            CLASSES[cls.entity_type] = cls

    def __init__(self, *, id: str, **attributes: Any) -> None:
        # Not a keyword a name may have twice: a Dutch and an English name of one attribute cannot both be given.
        given = {self.english_names.get(name, name): value for name, value in attributes.items()}
        if len(given) != len(attributes):
            twice = sorted(name for name in attributes if self.english_names.get(name) in attributes)
            raise TypeError(f"{type(self).__name__} got {', '.join(twice)} by its Dutch name too")
        super().__init__(id=id, **given)
