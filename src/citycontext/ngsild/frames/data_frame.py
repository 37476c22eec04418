"""Entities and histories as data frames, for pandas and geopandas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from citycontext.errors import DataError
from citycontext.extras import library
from citycontext.ngsild.frames.history import History, each, history_rows
from citycontext.ngsild.frames.rows import Columns, Kind
from citycontext.ngsild.geometry import is_geometry
from citycontext.ngsild.representations import geojson
from citycontext.ngsild.terms import ENTITY_MEMBERS

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]

__all__ = ["EntityFrame", "geometry_of", "to_dataframe"]

_LONG: Final = ("entity_id", "attribute", "dataset_id", "time", "value", "unit_code")


class EntityFrame:
    """A data frame of entities that is made while they come.

    Args:
        geometry: The attribute that is the geometry of a geographical frame; None for a frame without.
    """

    def __init__(self, geometry: str | None = None) -> None:
        self._columns = Columns()
        self._rows: list[dict[str, Any]] = []
        self._geometry = geometry
        self._geometries: list[Any] = []
        library("pandas", "pandas", "A data frame")
        if geometry is not None:
            library("geopandas", "geo", "A geographical data frame")

    def add(self, wire: Mapping[str, Any]) -> None:
        """Add an entity.

        Args:
            wire: The entity, in any form.
        """
        name = None
        if self._geometry is not None:
            name, geometry = geometry_of(wire, self._geometry)
            self._geometries.append(geometry)
        self._rows.append(self._columns.row(wire, name))

    def frame(self, zone: tzinfo | str | None = None) -> Any:
        """Make the data frame.

        Args:
            zone: The time zone of all times; UTC if not given.

        Returns:
            A row for each entity; ``frame.attrs["units"]`` has the unit codes by column.

        Raises:
            DataError: A geometry cannot be read.
        """
        pandas = library("pandas", "pandas", "A data frame")
        series = {}
        for column in self._columns:
            values = [row.get(column.name) for row in self._rows]
            series[column.name] = _series(pandas, values, column.kind, column.count < len(values), zone)
        frame = pandas.DataFrame(series, index=range(len(self._rows)))
        if self._geometry is not None:
            geopandas = library("geopandas", "geo", "A geographical data frame")
            shapely = import_module("shapely.geometry")
            try:
                shapes = [None if one is None else shapely.shape(one) for one in self._geometries]
            except (ValueError, TypeError, IndexError, AttributeError) as wrong:
                raise DataError(f"a geometry cannot be read: {wrong}", path=self._geometry) from None
            frame = geopandas.GeoDataFrame(frame, geometry=geopandas.GeoSeries(shapes, crs="EPSG:4326"))
        frame.attrs["units"] = self._columns.units
        return frame


def _series(pandas: Any, values: list[Any], kind: Kind, missing: bool, zone: tzinfo | str | None) -> Any:
    if kind is Kind.TIME:
        return _times(pandas, values, zone)
    if kind is Kind.NUMBER:
        return pandas.Series([None if one is None else float(one) for one in values], dtype="float64")
    if kind is Kind.INTEGER:
        return pandas.Series(values, dtype="Int64" if missing else "int64")
    if kind is Kind.BOOLEAN:
        return pandas.Series(values, dtype="boolean" if missing else "bool")
    return pandas.Series(values, dtype=None if kind is Kind.TEXT else "object")


def _times(pandas: Any, values: Any, zone: tzinfo | str | None) -> Any:
    times = pandas.Series(pandas.to_datetime(values, utc=True, format="ISO8601"))
    return times if zone is None else times.dt.tz_convert(zone)


def geometry_of(wire: Mapping[str, Any], wanted: str) -> tuple[str | None, Any]:
    """Find the geometry of an entity: the attribute that is wanted, else the first geometry it has.

    Args:
        wire: The entity, in any form.
        wanted: An attribute's wire name.

    Returns:
        The attribute's name and its geometry; None for both if absent.
    """
    if wire.get("type") == "Feature" and isinstance(wire.get("properties"), dict):
        wire = geojson.unwrap(dict(wire), wanted)
    found: tuple[str | None, Any] = (None, None)
    for name, member in wire.items():
        if name in ENTITY_MEMBERS:
            continue
        first = member[0] if isinstance(member, list) and member else member
        geometry = first.get("value", first) if isinstance(first, dict) else None
        if is_geometry(geometry):
            if name == wanted:
                return name, geometry
            found = found if found[0] else (name, geometry)
    return found


def to_dataframe(
    histories: History | Iterable[History],
    *,
    attributes: Sequence[str] | None = None,
    wide: bool = False,
    zone: tzinfo | str | None = None,
) -> pandas.DataFrame:
    """Make a table of what attributes were, and when.

    Args:
        histories: The evolution of one entity or of several, in any form.
        attributes: Only these, by wire name.
        wide: A column for each attribute and a row for each time, in place of a row for each value.
        zone: The time zone of all times; UTC if not given.

    Returns:
        Long: ``entity_id``, ``attribute``, ``dataset_id``, ``time``, ``value`` and ``unit_code``; each value has its
        own time. Aggregated values also have ``method`` and ``end``, and their ``time`` is where the period starts.
        A Point is two rows, ``location.longitude`` and ``location.latitude``.
        Wide: the times are the index, and the columns are attributes, below their entities if there are several; of
        several instances, ``temperature[urn:…]``. ``frame.attrs["units"]`` has the unit codes by attribute.

    Raises:
        MissingExtra: pandas is not installed.
        InvalidTime: A time is not valid, or has no zone.
    """
    frames = library("pandas", "pandas", "A table of an evolution")
    several = not isinstance(histories, History)
    rows = [row for history in each(histories) for row in history_rows(history, attributes)]
    columns = list(_LONG)
    if any("method" in row for row in rows):
        columns += ["method", "end"]
    frame = frames.DataFrame(rows, columns=columns)
    for name in ("time", "end"):
        if name in frame:
            frame[name] = _times(frames, frame[name], zone)
    units = _units(rows)
    if wide:
        frame = _wide(frames, frame, several)
    else:
        frame["value"] = frame["value"].infer_objects()
    frame.attrs["units"] = units
    return frame


def _wide(pandas: Any, frame: Any, several: bool) -> Any:
    """Bring all values to one time axis; of those that have the same time, the last counts."""
    known = frame[frame["value"].notna() & frame["time"].notna()]
    instances = known["dataset_id"].notna()
    known = known.assign(
        attribute=known["attribute"].where(~instances, known["attribute"] + "[" + known["dataset_id"].astype(str) + "]")
    )
    keys = ["attribute", *(["method"] if "method" in frame else [])]
    keys = ["entity_id", *keys] if several else keys
    known = known.fillna({"method": ""}) if "method" in frame else known
    known = known.drop_duplicates(["time", *keys], keep="last")
    wide = known.set_index(["time", *keys])["value"].unstack(keys).sort_index()
    return wide.infer_objects()


def _units(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Return the unit codes of the attributes of which all values have the same."""
    found: dict[str, set[Any]] = {}
    for row in rows:
        if row["value"] is not None and "method" not in row:
            found.setdefault(row["attribute"], set()).add(row.get("unit_code"))
    return {name: code for name, codes in found.items() if len(codes) == 1 for code in codes if code is not None}
