"""What the model of an entity says of an attribute's values, where a route does not say: type, limits, enumeration."""

from __future__ import annotations

import importlib
import math
from functools import lru_cache
from typing import Any, Final

from citycontext.bridge.config.attributes import AttributeConfig
from citycontext.bridge.config.routes import EntityConfig
from citycontext.bridge.mapping.values import Step
from citycontext.errors import ModelError
from citycontext.models import AttributeDescription, ModelDescription, describe
from citycontext.ngsild.exact_numbers import exact_number

__all__ = ["AgainstModel", "find_model", "forget_models", "model_of", "model_step", "what_changes"]

_NUMBERS: Final = frozenset({"number", "integer"})
_SCALARS: Final = frozenset({"number", "integer", "string", "boolean"})
_WORDS: Final = {"number": "a number", "integer": "a whole number", "string": "a text", "boolean": "true or false"}


class AgainstModel(ValueError):
    """A value is not one of those that the entity's model allows."""


def find_model(type_name: str, given: str | None) -> ModelDescription | None:
    """Find the model of an entity of a route.

    Args:
        type_name: The entity type.
        given: What the route says of the model: ``Subject.Type``, or ``module:Class``.

    Raises:
        ModelError: No model matches, or several do.
        ImportError: The class cannot be imported.
        AttributeError: The module has no such class.
        TypeError: It is not a class.
    """
    found = _tried(type_name, given)
    if isinstance(found, Exception):
        raise found
    return found


@lru_cache(maxsize=1_000)
def _tried(type_name: str, given: str | None) -> ModelDescription | Exception | None:
    """Look for a model once, however many routes name it: what nearly matches a wrong name is costly to find."""
    try:
        if given is None:
            return describe(type_name)
        if ":" not in given:
            subject, _, name = given.rpartition(".")
            return describe(name, subject or None)
        module, _, name = given.partition(":")
        return describe(getattr(importlib.import_module(module), name))
    except (ModelError, ImportError, AttributeError, TypeError) as error:
        return error


def forget_models() -> None:
    """Look for models anew: a class of a user's own may have changed."""
    _tried.cache_clear()


def model_of(entity: EntityConfig) -> ModelDescription | None:
    """Return the model of an entity of a route, ``None`` where none is known.

    Args:
        entity: The entity.
    """
    if entity.types and entity.model is None:
        return None  # which one it is, each message says
    try:
        return find_model(entity.type, entity.model)
    except (ModelError, ImportError, AttributeError, TypeError):
        return None


def _decides(config: AttributeConfig, described: AttributeDescription | None) -> frozenset[str]:
    """Return the types that the model decides on; none where the route says otherwise, or values are not plain ones."""
    if described is None or described.kind != "Property" or config.kind not in (None, "Property"):
        return frozenset()
    if config.datatype in ("any", "datetime") or not config.from_:
        return frozenset()
    types = frozenset(described.json_types)
    return types if types <= _SCALARS else frozenset()


def model_step(config: AttributeConfig, described: AttributeDescription | None) -> Step | None:
    """Make the step that holds a value to the model, ``None`` where the model decides nothing.

    Args:
        config: What the route says of the attribute.
        described: What the model says of it.
    """
    types = _decides(config, described)
    if described is None or not types:
        return None
    low, high = _limits(config, described)
    choices = described.enumeration
    # A text is what any value can be written as, so a model's text without an enumeration refuses none.
    if types <= _NUMBERS:
        whole = "number" not in types
        is_number = config.datatype in ("number", "integer") or (config.datatype is None and config.is_numeric)
        if is_number and config.default is None and not whole and low == -math.inf and high == math.inf:
            return None  # the route sees to it that it is a number, and the model wants no more
        return _number(whole=whole, low=low, high=high)
    if types == {"string"} and choices:
        return _text(tuple(one for one in choices if isinstance(one, str)))
    if types == {"boolean"}:
        return _boolean
    return None


def _limits(config: AttributeConfig, described: AttributeDescription) -> tuple[float, float]:
    """Return the model's limits; none where the route writes another unit than the model's."""
    if config.unit is not None and described.unit_code is not None and config.unit != described.unit_code:
        return -math.inf, math.inf
    if config.from_unit is not None and config.unit is None:
        return -math.inf, math.inf
    low, high = described.minimum, described.maximum
    return (-math.inf if low is None else low, math.inf if high is None else high)


def _number(*, whole: bool, low: float, high: float) -> Step:
    wanted = "a whole number" if whole else "a number"

    def number(value: Any) -> Any:
        kind = type(value)
        if (kind is int or (kind is float and not whole)) and low <= value <= high:
            return value
        if kind is str:
            value = _exact(value, wanted)
            kind = type(value)
        if kind is float and whole:
            if not value.is_integer():
                raise AgainstModel(f"the model wants a whole number, and the message says {value!r}")
            value = int(value)
        elif kind is not int and kind is not float:
            raise AgainstModel(f"the model wants {wanted}, and the message says {value!r:.60}")
        if low <= value <= high:
            return value
        side = f"below the model's least, {low:g}" if value < low else f"above the model's greatest, {high:g}"
        raise AgainstModel(f"{value!r} is {side}")

    return number


def _exact(text: str, wanted: str) -> int | float:
    """Take a number from a text that is one, digit by digit."""
    number = exact_number(text)
    if number is not None:
        return number
    raise AgainstModel(f"the model wants {wanted}, and the message says the text {text!r:.60}")


def _text(choices: tuple[str, ...]) -> Step:
    allowed = frozenset(choices)
    shown = ", ".join(choices[:6]) + (", …" if len(choices) > 6 else "")

    def text(value: Any) -> Any:
        if type(value) is not str or value not in allowed:
            raise AgainstModel(f"{value!r:.60} is not one of the model's values ({shown})")
        return value

    return text


def _boolean(value: Any) -> Any:
    if type(value) is bool:
        return value
    raise AgainstModel(f"the model wants true or false, and the message says {value!r:.60}")


def what_changes(config: AttributeConfig, described: AttributeDescription | None) -> str:
    """Say what the model decides of an attribute that its route leaves open, empty where that is nothing.

    Args:
        config: What the route says of the attribute.
        described: What the model says of it.
    """
    types = _decides(config, described)
    if described is None or not types or model_step(config, described) is None:
        return ""
    said = []
    numeric = config.is_numeric or config.datatype in ("number", "integer")
    kind = "number" if "number" in types else next(iter(types))
    if not (numeric and kind == "number") and config.datatype != {"string": "text"}.get(kind, kind):
        said.append(_WORDS[kind])
    if types <= _NUMBERS:
        low, high = _limits(config, described)
        if low > (-math.inf if config.minimum is None else config.minimum):
            said.append(f"from {low:g}")
        if high < (math.inf if config.maximum is None else config.maximum):
            said.append(f"to {high:g}")
    elif described.enumeration and not set((config.lookup or {"": None}).values()) <= set(described.enumeration):
        said.append("one of the model's values")
    return " ".join(said)
