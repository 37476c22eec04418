"""What a model allows of an attribute's values beside their type: limits, and a list of texts."""

from __future__ import annotations

import types
from difflib import get_close_matches
from typing import Any, Final, Literal, Union, get_args, get_origin

from citycontext.errors import InvalidEntity
from citycontext.foreign_text import shown

__all__ = ["Limits", "limits_of"]

_MOST_CHOICES: Final = 12
_COUNTED: Final = (None, "C62", "NIU")  # units of what is counted, whatever it is


class Limits:
    """What a model allows of an attribute's values.

    Args:
        minimum: The least number.
        maximum: The greatest number.
        unit: The code of the unit that the two are in; empty where the model names none.
        choices: The texts that may occur, as the value or as an item of it; empty where any may.
    """

    __slots__ = ("choices", "maximum", "minimum", "unit")

    def __init__(
        self, minimum: float | None, maximum: float | None, unit: str = "", choices: tuple[str, ...] = ()
    ) -> None:
        self.minimum: float | None = minimum
        self.maximum: float | None = maximum
        self.unit: str = unit
        self.choices: frozenset[str] = frozenset(choices)

    def check(self, value: Any, unit: Any = None) -> None:
        """Refuse a value that the model does not allow.

        Args:
            value: The value, as it goes on the wire.
            unit: The code of its unit; a number in another unit than the model's is not held to its limits.

        Raises:
            InvalidEntity: It is not allowed; the error says what is.
        """
        kind = type(value)
        if kind is int or kind is float:
            if unit not in _COUNTED and unit != self.unit:
                return
            if self.minimum is not None and value < self.minimum:
                raise InvalidEntity(f"{value!r} is less than the model's least value, {self.minimum:g}")
            if self.maximum is not None and value > self.maximum:
                raise InvalidEntity(f"{value!r} is more than the model's greatest value, {self.maximum:g}")
        elif not self.choices:
            return
        elif kind is str:
            if value not in self.choices:
                raise InvalidEntity(f"{shown(value)} is not one of the model's values: {self._said(value)}")
        elif kind is list:
            for one in value:
                if type(one) is str and one not in self.choices:
                    raise InvalidEntity(f"{shown(one)} is not one of the model's values: {self._said(one)}")

    def _said(self, value: str) -> str:
        """List the values, those that come near first."""
        folded = {one.casefold(): one for one in sorted(self.choices)}
        near = [folded[one] for one in get_close_matches(value.strip().casefold(), folded, n=1)]
        if near:
            return f"did you mean {near[0]!r}? (of {len(self.choices)})"
        listed = sorted(self.choices)
        return ", ".join(map(repr, listed[:_MOST_CHOICES])) + (", …" if len(listed) > _MOST_CHOICES else "")


def limits_of(
    annotation: Any, minimum: float | None, maximum: float | None, unit: str = "", *, of_model: bool = False
) -> Limits | None:
    """Return what is allowed of the values of a declared type, ``None`` where anything of it is.

    Args:
        annotation: The type as declared. ``Literal[…] | str`` lists what occurs.
        minimum: The least number.
        maximum: The greatest number.
        unit: The code of the unit that the two are in.
        of_model: Whether the class stands for a model, whose lists are closed when an entity is built.
    """
    choices = _choices(annotation) if of_model else ()
    if minimum is None and maximum is None and not choices:
        return None
    return Limits(minimum, maximum, unit, choices)


def _choices(annotation: Any) -> tuple[str, ...]:
    """Return the texts that a type lists beside any text, for itself or for the items of a list."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is list:
        return _choices(arguments[0])
    if origin is not Union and origin is not types.UnionType:
        return ()
    found = [choice for part in arguments if get_origin(part) is Literal for choice in get_args(part)]
    if found and str in arguments:
        return tuple(found)
    return tuple(choice for part in arguments if get_origin(part) is list for choice in _choices(part))
