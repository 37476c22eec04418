"""Errors of data: what the standard, an @context or a model asks for, and is not there."""

from __future__ import annotations

from citycontext.errors.root import CityContextError, place

__all__ = [
    "AmbiguousModel",
    "CircularContext",
    "ContextError",
    "ContextNotAvailable",
    "ContextTooLarge",
    "DataError",
    "InvalidContext",
    "InvalidDocument",
    "InvalidEntity",
    "InvalidGeometry",
    "InvalidName",
    "InvalidQuery",
    "InvalidSchema",
    "InvalidTime",
    "ModelError",
    "UnitError",
    "UnknownModel",
]


class DataError(CityContextError, ValueError):
    """Data that breaks the standard or a model.

    Args:
        message: What is wrong.
        path: Where, from the root of the payload, e.g. ``temperature.observedAt``; empty for the whole.
        clause: The clause of ETSI GS CIM 009 that asks for it, e.g. ``4.5.2``.
    """

    entity: str = ""
    """The id of the entity that was built, where it had one."""

    def __init__(self, message: str, *, path: str = "", clause: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.clause = clause

    def __str__(self) -> str:
        where = "".join(f"{place(one)}: " for one in (self.entity, self.path) if one)
        clause = f" (CIM 009, {self.clause})" if self.clause else ""
        return f"{where}{self.message}{clause}"


class InvalidEntity(DataError):
    """An entity, fragment or attribute that breaks the information model (CIM 009, 4.5)."""


class InvalidDocument(DataError):
    """A subscription, registration, notification or other document that breaks its table (CIM 009, 5.2)."""


class InvalidName(DataError):
    """A name that the grammar of NGSI-LD refuses (CIM 009, 4.6.2)."""


class InvalidTime(DataError):
    """A timestamp that is not a DateTime, Date or Time, or has no zone (CIM 009, 4.6.3)."""


class InvalidGeometry(DataError):
    """A geometry that is not GeoJSON, or of a type NGSI-LD refuses (CIM 009, 4.7)."""


class InvalidQuery(DataError):
    """A query that does not parse.

    Args:
        message: What was expected.
        text: The whole query.
        column: Where reading stopped, counted from 0.
        clause: The clause of the grammar.
        path: The parameter or member that carries the query, e.g. ``scopeQ``; empty where it stands alone.
    """

    def __init__(self, message: str, *, text: str, column: int, clause: str = "", path: str = "") -> None:
        super().__init__(message, path=path, clause=clause)
        self.text = text
        self.column = column

    def __str__(self) -> str:
        shown_from = max(0, self.column - 40)
        # One character for each, so that the pointer stands right.
        shown = "".join(char if char.isprintable() else "�" for char in self.text[shown_from : self.column + 40])
        pointer = " " * (self.column - shown_from) + "^"
        clause = f" (CIM 009, {self.clause})" if self.clause else ""
        where = f"{place(self.path)}, " if self.path else ""
        return f"{where}column {self.column + 1}: {self.message}{clause}\n  {shown}\n  {pointer}"


class UnitError(DataError):
    """An unknown unit, or a conversion between units of different quantities."""


class ContextError(CityContextError):
    """An @context that cannot be used.

    Args:
        message: What is wrong.
        url: The context's address, empty for an inline one.
    """

    def __init__(self, message: str, *, url: str = "") -> None:
        super().__init__(message)
        self.url = url

    def __str__(self) -> str:
        return f"@context {place(self.url)}: {self.message}" if self.url else f"@context: {self.message}"


class InvalidContext(ContextError):
    """Not JSON-LD, or of a form NGSI-LD forbids (CIM 009, 4.4)."""


class ContextNotAvailable(ContextError):
    """The context cannot be reached, or is not known offline."""


class CircularContext(ContextError):
    """The context includes itself."""


class ContextTooLarge(ContextError):
    """The context is over a limit: bytes, terms or depth."""


class ModelError(CityContextError):
    """An entity model that cannot be used."""


class UnknownModel(ModelError):
    """No family has a model of that name.

    Args:
        message: Which name, and what comes near.
        near: Names that come near.
    """

    def __init__(self, message: str, *, near: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.near = near


class AmbiguousModel(ModelError):
    """Several subjects have a model of that name.

    Args:
        message: Which name, and how to choose.
        subjects: The subjects that have one.
    """

    def __init__(self, message: str, *, subjects: tuple[str, ...]) -> None:
        super().__init__(message)
        self.subjects = subjects


class InvalidSchema(ModelError):
    """A file that is not a JSON Schema."""
