"""What becomes of a table: ``parking.map.toml``, read and checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from citycontext.configuration import load_toml
from citycontext.errors import ConfigurationError, UnitError
from citycontext.ngsild.names import is_attribute_name, is_uri
from citycontext.ngsild.units import Unit
from citycontext.tables.sheets.cells import DateOrder, Decimal
from citycontext.tables.sheets.positions import CrsName, Order
from citycontext.tables.sheets.table import Table

__all__ = ["AttributeMapping", "Datatype", "IdMapping", "TableMapping", "load_mapping"]

Datatype: TypeAlias = Literal["text", "number", "integer", "boolean", "datetime", "date", "list", "number-list", "any"]
Kind: TypeAlias = Literal["Property", "Relationship", "GeoProperty", "LanguageProperty"]


def _listed(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


Columns: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class _Section(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, hide_input_in_errors=True
    )


class IdMapping(_Section):
    """Where ids come from.

    Args:
        from_: The columns; several are joined by a colon. None for the number of the row.
        prefix: What stands before; ``urn:ngsi-ld:<Type>:`` by default.
        slug: Whether values always become small letters, digits and hyphens; else only those that no id can hold.
    """

    from_: Columns = Field(default=(), alias="from")
    prefix: str = ""
    slug: bool = False

    @field_validator("prefix")
    @classmethod
    def _is_uri(cls, prefix: str) -> str:
        if prefix and not is_uri(f"{prefix}x"):
            raise ValueError("this begins no URI; write for example urn:ngsi-ld:OffStreetParking:")
        return prefix


class AttributeMapping(_Section):
    """Where an attribute comes from.

    Args:
        from_: The column; for a time also a column of dates and one of times of day.
        value: A value for all rows, in place of a column.
        latitude, longitude: Columns of a point in degrees.
        x, y: Columns of a point, easting and northing.
        crs: The reference system of a position.
        order: Which number of a pair in one cell comes first.
        kind: The attribute's type, where it is not the model's.
        datatype: What values are, where it is not the model's; then they are not held to its limits and lists either.
        unit: UN/CEFACT code of the attribute.
        from_unit: UN/CEFACT code of the column, which is converted.
        scale: A factor.
        lookup: What becomes of values, by their texts.
        separator: What stands between the items of a list.
        decimal: The decimal sign, where it is not the table's.
        observed_at: Columns of the time of observation.
        target: Type of the entity that a Relationship leads to.
        language: Language of a text, which makes it a LanguageProperty.
        required: Whether a row without it is refused.
    """

    from_: Columns = Field(default=(), alias="from")
    value: Any = None
    latitude: str | None = None
    longitude: str | None = None
    x: str | None = None
    y: str | None = None
    crs: CrsName = "wgs84"
    order: Order | None = None
    kind: Kind | None = None
    datatype: Datatype | None = None
    unit: str | None = None
    from_unit: str | None = None
    scale: float | None = None
    lookup: dict[str, Any] | None = None
    separator: str | None = None
    decimal: Decimal | None = None
    observed_at: Columns = ()
    target: str | None = None
    language: str | None = None
    required: bool = False

    @field_validator("unit", "from_unit")
    @classmethod
    def _is_code(cls, code: str | None) -> str | None:
        if code is not None:
            try:
                Unit.of(code)
            except UnitError as error:
                raise ValueError(str(error)) from None
        return code

    @model_validator(mode="after")
    def _has_one_source(self) -> AttributeMapping:
        if (self.latitude is None) != (self.longitude is None) or (self.x is None) != (self.y is None):
            raise ValueError("a point has two columns: latitude and longitude, or x and y")
        sources = [bool(self.from_), self.value is not None, self.latitude is not None, self.x is not None]
        if sum(sources) != 1:
            raise ValueError("this has one source: from, value, latitude and longitude, or x and y")
        if self.from_unit is not None and self.unit is None:
            raise ValueError("from_unit goes with unit, into which values are converted")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads, without the time of observation."""
        return self.from_ or tuple(one for one in (self.latitude, self.longitude, self.x, self.y) if one is not None)


class TableMapping(_Section):
    """What becomes of a table.

    Args:
        type: The entities' type.
        subject: The subject of the model, where several have one of that name.
        sheet: The sheet; None for the only one, or the most table-like one.
        header_row: The number of the row of names; None to find it.
        delimiter: The delimiter of CSV; None to find it.
        zone: What times without zone are in.
        decimal: The decimal sign of numbers in texts.
        dates: The order of day, month and year in texts.
        context: The @context; ``models`` is that of the model.
        id: Where ids come from.
        attributes: Where attributes come from; ``address.postalCode`` is a member of a value that is an object.
    """

    type: str
    subject: str | None = None
    sheet: str | None = None
    header_row: int | None = Field(default=None, ge=1)
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    zone: str = "Europe/Brussels"
    decimal: Decimal | None = None
    dates: DateOrder = "d/m/y"
    context: str | None = None
    id: IdMapping = IdMapping()
    attributes: dict[str, AttributeMapping]

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{zone!r} is not a time zone; write e.g. Europe/Brussels or UTC") from None
        return zone

    @field_validator("attributes")
    @classmethod
    def _are_names(cls, attributes: dict[str, AttributeMapping]) -> dict[str, AttributeMapping]:
        for name in attributes:
            first, _, member = name.partition(".")
            if name in ("id", "type", "@context", "scope") or not is_attribute_name(first):
                raise ValueError(f"{name!r} is not a name of an attribute")
            if member and first in attributes:
                raise ValueError(f"{first!r} is mapped as a whole and as {name!r}; keep one")
        return attributes

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read."""
        read = [*self.id.from_]
        for one in self.attributes.values():
            read += (*one.columns, *one.observed_at)
        return tuple(dict.fromkeys(read))

    def faults(self, table: Table, file: str) -> Iterator[ConfigurationError]:
        """Yield what the mapping says of columns that the table does not have.

        Args:
            table: The table.
            file: The mapping's file.
        """
        import difflib

        for name in self.columns:
            if name not in table.columns:
                near = difflib.get_close_matches(name, table.columns, n=1)
                cure = f'Did you mean "{near[0]}"?' if near else f"It has {', '.join(table.columns)[:300]}."
                where = f" (sheet {table.sheet!r})" if table.sheet else ""
                yield ConfigurationError(f"{table.file}{where} has no column {name!r}.", file=file, cure=cure)


def load_mapping(path: Path) -> TableMapping:
    """Read a mapping.

    Args:
        path: The file.

    Raises:
        ConfigurationError: It cannot be read, or says what cannot be; with all faults.
    """
    return load_toml(path, TableMapping)
