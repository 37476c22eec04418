"""Families of models: the one that ships with the package, and those that other packages add."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Final

from citycontext.errors import ConfigurationError
from citycontext.models.catalogue.classes import build_class
from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.generation import STATIC_SUBJECTS
from citycontext.models.catalogue.index import FORMAT, plain_name, smart_data_models
from citycontext.models.catalogue.python_names import class_name, module_name
from citycontext.ngsild.entity import Entity

__all__ = ["ENTRY_POINT_GROUP", "ModelFamily", "SmartDataModelsFamily", "installed_families"]

ENTRY_POINT_GROUP: Final = "citycontext.models"
"""The entry-point group by which a package adds a family; each entry names a ``ModelFamily`` object."""

Key = tuple[str, str]


class ModelFamily:
    """Models of one origin.

    Args:
        name: The family's name, e.g. ``my-city``.
        version: The version of what it implements.
        models: Its models.
        classes: Entity classes that are written out, by subject and type; the others are made when asked for.
    """

    def __init__(
        self,
        name: str,
        version: str,
        models: Iterable[ModelDescription] = (),
        classes: Mapping[Key, type[Entity]] | None = None,
    ) -> None:
        self.name = name
        self.version = version
        self._models: dict[Key, ModelDescription] = {(model.subject, model.type): model for model in models}
        self._classes: dict[Key, type[Entity]] = dict(classes or {})

    def __iter__(self) -> Iterator[Key]:
        return iter(self._models)

    def describe(self, key: Key) -> ModelDescription:
        """Describe a model.

        Args:
            key: Its subject and type.
        """
        return self._models[key]

    def attribute_words(self, key: Key) -> str:
        """Return the names of a model's attributes as they are searched, each after a blank.

        Args:
            key: Its subject and type.
        """
        return "".join(f" {plain_name(name)}" for name in self.describe(key).attributes)

    def entity_class(self, key: Key) -> type[Entity]:
        """Return the entity class of a model; always the same one.

        Args:
            key: Its subject and type.
        """
        made = self._classes.get(key)
        if made is None:
            made = self._classes[key] = self._make(key)
        return made

    def _make(self, key: Key) -> type[Entity]:
        return build_class(self.describe(key))

    def __repr__(self) -> str:
        return f"ModelFamily({self.name!r}, {self.version!r})"


class SmartDataModelsFamily(ModelFamily):
    """Smart Data Models, from the index that ships with the package."""

    def __init__(self) -> None:
        super().__init__("Smart Data Models", f"index {FORMAT}")
        self._index = smart_data_models()

    def __iter__(self) -> Iterator[Key]:
        return iter(self._index)

    def describe(self, key: Key) -> ModelDescription:
        """Describe a model."""
        return self._index[key]

    def attribute_words(self, key: Key) -> str:
        """Return the names of a model's attributes as they are searched."""
        return self._index.attribute_words[key]

    def _make(self, key: Key) -> type[Entity]:
        subject, type_name = key
        if subject in STATIC_SUBJECTS:
            module = import_module(f"citycontext.models.{module_name(subject)}")
            written: type[Entity] = getattr(module, class_name(type_name))
            return written
        return super()._make(key)


def installed_families() -> list[ModelFamily]:
    """Load the families of other packages.

    Raises:
        ConfigurationError: An entry point names something else.
    """
    from importlib.metadata import entry_points  # costs more than all the rest here, and most never come to it

    families = []
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda entry: entry.name):
        family = entry.load()
        if not isinstance(family, ModelFamily):
            raise ConfigurationError(
                f"entry point {entry.name!r} of {ENTRY_POINT_GROUP} is not a ModelFamily: {entry.value}"
            )
        families.append(family)
    return families
