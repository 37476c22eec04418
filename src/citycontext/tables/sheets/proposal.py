"""A first mapping: which column is which attribute of a model, where ids, times and positions stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from citycontext.errors import UnitError
from citycontext.foreign_text import shown
from citycontext.models.catalogue.description import AttributeDescription, ModelDescription
from citycontext.ngsild.attribute_base import RESERVED_NAMES
from citycontext.tables.guesses.columns import Column
from citycontext.tables.guesses.matching import match_columns, meanings
from citycontext.tables.guesses.measured import measured
from citycontext.tables.sheets.cells import (
    DateOrder,
    Decimal,
    date_order_of,
    decimal_of,
    has_thousands,
    is_nothing,
    is_plain_number,
    may_be_epoch,
    number_and_unit,
    read_boolean,
    read_instant,
    read_number,
    text_of,
)
from citycontext.tables.sheets.conversion import enumerated
from citycontext.tables.sheets.headings import (
    LATITUDES,
    LONGITUDES,
    PLACES,
    XS,
    YS,
    is_called,
    is_other_time,
    own_name,
    unit_in_cells,
    unit_said,
)
from citycontext.tables.sheets.identifiers import propose_id
from citycontext.tables.sheets.mapping import AttributeMapping, IdMapping, TableMapping
from citycontext.tables.sheets.positions import (
    angles_in,
    crs_named,
    crs_of,
    is_pair,
    is_written_out,
    order_of,
    read_pair,
    read_shape,
)
from citycontext.tables.sheets.table import Table
from citycontext.tables.sheets.vocabulary import attributes_called, plain_words

__all__ = ["Proposal", "propose"]


_LOOKED_AT: Final = 500
_ENOUGH: Final = 0.8
_FEW: Final = 0.3
_GUESSED: Final = 0.75
_SURE: Final = 0.35
_STATIC: Final = frozenset(
    ("name", "alternateName", "description", "category", "owner", "source", "dataProvider", "seeAlso")
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping that was guessed.

    Args:
        mapping: The mapping.
        samples: Values of the columns.
        left_out: Columns that become nothing, each with the reason.
        remarks: What was guessed and should be looked at.
    """

    mapping: TableMapping
    samples: Mapping[str, Sequence[Any]]
    left_out: Mapping[str, str] = field(default_factory=dict)
    remarks: Sequence[str] = ()


def propose(
    table: Table, type_name: str, model: ModelDescription | None = None, *, zone: str = "Europe/Brussels"
) -> Proposal:
    """Propose what becomes of a table.

    Args:
        table: The table.
        type_name: The type of the entities.
        model: Its model; None where it has none: every column is kept then.
        zone: What times without zone are in.
    """
    return _Proposer(table, type_name, model, zone).proposal()


class _Proposer:
    def __init__(self, table: Table, type_name: str, model: ModelDescription | None, zone: str) -> None:
        self._table = table
        self._type = type_name
        self._model = model
        self._zone = zone
        self._samples = table.samples(_LOOKED_AT)
        self._decimal: Decimal | None = decimal_of(
            number_and_unit(value)[0] for values in self._samples.values() for value in values
        )
        self._free = [name for name in table.columns if self._samples[name]]
        self._attributes: dict[str, dict[str, Any]] = {}
        self._remarks: list[str] = []
        self._left_out = {name: "it is empty" for name in table.columns if not self._samples[name]}
        self._note_faults()
        self._dates: DateOrder = "d/m/y"

    def _note_faults(self) -> None:
        """Say which columns are empty since each of their cells is a fault."""
        for index, name in enumerate(self._table.columns):
            faults = [(row, row.faults[index]) for row in self._table.rows[:_LOOKED_AT] if index in row.faults]
            if name in self._left_out and faults:
                named = ", ".join(f"{self._table.address(row, name)} {fault}" for row, fault in faults[:5])
                self._left_out[name] = f"it holds nothing but faults: {named}"
                self._remarks.append(f"{name!r} holds nothing but faults: {named}{' …' if len(faults) > 5 else ''}")

    def proposal(self) -> Proposal:
        self._position()
        observed = self._time()
        identifier = self._id()
        self._match()
        self._guess()
        self._meanings()
        self._attributes = dict(sorted(self._attributes.items(), key=self._place))
        measured = {name: one for name, one in self._attributes.items() if self._is_measured(name)}
        for one in measured.values() if observed else ():
            one["observed_at"] = observed
        if observed and not measured:
            self._left_out[observed[0]] = "no attribute that changes was found, to observe at that time"
        for name in self._free:
            self._left_out.setdefault(name, "no attribute of the model is called so")
        attributes = {name: AttributeMapping.model_validate(one) for name, one in self._attributes.items()}
        mapping = TableMapping(
            type=self._type,
            subject=self._model.subject if self._model is not None and self._model.subject else None,
            sheet=self._table.sheet or None,
            zone=self._zone,
            decimal=self._decimal,
            dates=self._dates,
            context="models" if self._model is not None and self._model.context else None,
            id=identifier,
            attributes=attributes,
        )
        return Proposal(mapping, self._samples, self._left_out, self._remarks)

    def _take(self, *columns: str) -> None:
        for one in columns:
            self._free.remove(one)

    def _numbers(self, column: str, enough: float = _ENOUGH) -> list[float]:
        found = []
        unit = unit_in_cells(self._samples[column])
        values = [value for value in self._samples[column] if not is_nothing(value)]
        for value in values:
            try:
                found.append(float(read_number(number_and_unit(value)[0] if unit else value, self._decimal)))
            except ValueError:
                continue
        return found if len(found) >= enough * len(values) else []

    def _geo_attribute(self) -> str:
        if self._model is None or "location" in self._model.attributes:
            return "location"
        return next((name for name, one in self._model.attributes.items() if one.kind == "GeoProperty"), "location")

    def _angles(self, column: str) -> list[float]:
        """Return the numbers of a column, those of degrees and minutes too, where nearly all of it is such."""
        found = angles_in(self._samples[column])
        return self._numbers(column) or (found if len(found) >= _ENOUGH * len(self._samples[column]) else [])

    def _position(self) -> None:
        name = self._geo_attribute()
        for ys, xs, keys in ((LATITUDES, LONGITUDES, ("latitude", "longitude")), (YS, XS, ("y", "x"))):
            y = next((one for one in self._free if is_called(one, ys) and self._angles(one)), None)
            x = next((one for one in self._free if is_called(one, xs) and self._angles(one) and one != y), None)
            if x is None or y is None:
                continue
            crs = crs_of(self._angles(x), self._angles(y))
            swapped = (crs is None and crs_of(self._angles(y), self._angles(x)) is not None) or (
                crs == "wgs84" and order_of(self._angles(y), self._angles(x)) == "lon-lat"
            )
            if swapped:
                self._remarks.append(
                    f"{y!r} and {x!r} are swapped in the file; the mapping reads them the other way round"
                )
                x, y = y, x
                crs = crs_of(self._angles(x), self._angles(y))
            if crs is None:
                self._remarks.append(f"{x!r} and {y!r} are in no reference system that is known")
                continue
            if crs == "wgs84":
                keys = ("latitude", "longitude")
            self._attributes[name] = {keys[0]: y, keys[1]: x, "crs": crs}
            self._take(x, y)
            return
        for column in sorted(self._free, key=lambda one: not is_called(one, PLACES)):
            found = self._shape(column)
            if found is not None:
                self._attributes[name] = {"from": column, **found}
                self._take(column)
                return

    def _shape(self, column: str) -> dict[str, Any] | None:
        """Return how a column holds geometries; None where it holds none."""
        values = self._samples[column][:50]
        pairs = [one for one in values if is_pair(one) or (isinstance(one, list) and len(one) == 2)]
        if len(pairs) >= _ENOUGH * len(values):
            try:
                numbers = [read_pair(one) for one in pairs]
            except ValueError:
                return None
            firsts, seconds = [one[0] for one in numbers], [one[1] for one in numbers]
            order = order_of(firsts, seconds)
            crs = crs_of(*((seconds, firsts) if order == "lat-lon" else (firsts, seconds)))
            if crs != "wgs84":
                order, crs = "lon-lat", crs_of(firsts, seconds)
            named = is_called(column, PLACES) or any(is_called(column, one) for one in (LATITUDES, LONGITUDES, XS, YS))
            if crs is None or not (named or all(one != int(one) for one in firsts)):
                return None
            return {"order": order, "crs": crs}
        crs = "wgs84"
        if self._table.crs:
            try:
                crs = crs_named(self._table.crs)
            except ValueError as error:
                self._remarks.append(str(error))
        fine = 0
        for value in values:
            is_text = isinstance(value, str) and ("(" in value or "{" in value or is_written_out(value))
            if isinstance(value, dict) or is_text:
                try:
                    read_shape(value, crs)
                except ValueError:
                    continue
                fine += 1
        if fine and fine >= _ENOUGH * len(values):
            return {"crs": crs}
        return None

    def _times(self, column: str) -> bool:
        from zoneinfo import ZoneInfo

        values = self._samples[column][:100]
        order = date_order_of(values) or "d/m/y"
        fine = 0
        for value in values:
            if is_plain_number(value) and not may_be_epoch(value):
                continue
            try:
                read_instant(value, ZoneInfo(self._zone), order)
            except ValueError:
                continue
            fine += 1
        return bool(values) and fine >= _ENOUGH * len(values)

    def _time(self) -> list[str]:
        """Return the columns of the time of observation."""
        dated = [one for one in self._free if self._times(one)]
        orders: list[DateOrder | None] = [date_order_of(self._samples[one]) for one in dated]
        self._dates = "m/d/y" if "m/d/y" in orders and "d/m/y" not in orders else "d/m/y"
        named = [(one, dict(attributes_called(one)).get("observedAt", 0.0)) for one in dated if not is_other_time(one)]
        best, score = max(named, key=lambda one: one[1], default=("", 0.0))
        if score < _SURE:
            return []
        self._take(best)
        clock = next(
            (
                one
                for one in self._free
                if {"timeOfDay", "observedAt"} & {name for name, sure in attributes_called(one) if sure >= _SURE}
                and self._is_clock(one)
            ),
            None,
        )
        if clock is None:
            return [best]
        self._take(clock)
        return [best, clock]

    def _is_clock(self, column: str) -> bool:
        import datetime as dt

        return all(
            isinstance(one, dt.time) or (isinstance(one, str) and ":" in one and len(one) <= 8)
            for one in self._samples[column]
        )

    def _id(self) -> IdMapping:
        rows = len(self._table.rows[:_LOOKED_AT])
        identifier, taken = propose_id(self._samples, self._free, rows, self._remarks)
        if taken is not None:
            self._take(taken)
        return identifier

    def _match(self) -> None:
        """Assign each column the attribute that it fits best, the surest first."""
        offers = []
        for column in self._free:
            for name, score in self._candidates(column):
                offers.append((score, column, name))
        reasons: dict[str, str] = {}
        for score, column, name in sorted(offers, key=lambda one: -one[0]):
            whole = name.partition(".")[0]
            if column not in self._free or name in self._attributes or whole in self._attributes:
                continue
            if any(one.startswith(f"{name}.") for one in self._attributes):
                continue
            fits = self._fit(column, name, score)
            if isinstance(fits, str):
                reasons.setdefault(column, fits)
                continue
            self._attributes[name] = {"from": column, **fits}
            self._take(column)
        for column in self._free:
            if column in reasons:
                self._left_out[column] = reasons[column]

    def _guess(self) -> None:
        """Assign what is measured to columns that no word list knows, by their names, units and values."""
        if self._model is None:
            return
        columns = [Column(name, tuple(self._samples[name])) for name in self._free]
        for match in match_columns(columns, self._model, measured(columns)):
            name, column = match.attribute.wire_name, match.column.name
            if match.score < _GUESSED or name in self._attributes or match.attribute.kind != "Property":
                continue
            if any(one.startswith(f"{name}.") for one in self._attributes):
                continue
            fits = self._fit(column, name, match.score)
            if isinstance(fits, str):
                self._left_out[column] = fits
                continue
            self._attributes[name] = {"from": column, **fits}
            self._take(column)
            self._left_out.pop(column, None)
            self._remarks.append(f"{column!r} may be {name}: {match.reason}")

    def _meanings(self) -> None:
        """Add what words of a column mean among the values that the model lists: ``vol`` is ``full``."""
        for name, mapped in self._attributes.items():
            known, column = self._known(name), mapped.get("from")
            if known is None or not known.enumeration or not isinstance(column, str):
                continue
            values = Column(column, tuple(self._samples[column]))
            if not values.texts:
                continue
            lookup, _ = meanings(values, [one for one in known.enumeration if isinstance(one, str)])
            listed = "array" in known.json_types
            other = {said: meant for said, meant in (lookup or {}).items() if said.lower() != meant.lower()}
            if other:
                mapped["lookup"] = {said: [meant] if listed else meant for said, meant in other.items()}
            self._of_other_lists(name, known, mapped)

    def _of_other_lists(self, name: str, known: AttributeDescription, mapped: dict[str, Any]) -> None:
        """Take a column's values as they are where most are not of the model's list."""
        said = mapped.get("lookup", {})
        texts = [text_of(one) for one in self._samples[mapped["from"]] if not isinstance(one, dict | list)]
        if "array" in known.json_types:
            texts = [part.strip() for text in texts for part in re.split(r"[;|\n,]", text)]
        other = [one for one in texts if one not in said and enumerated(one, known) not in known.enumeration]
        if len(other) > (1 - _ENOUGH) * len(texts):
            mapped["datatype"] = "list" if "array" in known.json_types else "text"
            examples = ", ".join(dict.fromkeys(map(shown, other[:3])))
            self._remarks.append(
                f"{mapped['from']!r} has values that the model does not list for {name}, such as {examples}: "
                "they go as they are"
            )

    def _place(self, item: tuple[str, dict[str, Any]]) -> int:
        columns = [item[1].get(key) for key in ("from", "latitude", "x")]
        found = [self._table.columns.index(one) for one in columns if isinstance(one, str)]
        return min(found, default=len(self._table.columns))

    def _candidates(self, column: str) -> Iterator[tuple[str, float]]:
        words = plain_words(column)
        joined = "".join(words)
        last = "".join(plain_words(column.rpartition(".")[2]))
        if self._model is None:
            name = own_name(column)
            called = next((one for one, score in attributes_called(column) if score >= 1.0), "")
            if called in ("name", "description", "temperature", "status"):
                name = called
            if name:
                yield name, 1.0
            return
        for name in (one for one in self._model.attributes if one not in RESERVED_NAMES):
            plain = name.lower()
            if plain == joined:
                yield name, 1.2
            elif plain == last:
                yield name, 1.1
        for name, score in attributes_called(column):
            if name.partition(".")[0] in self._model.attributes and score >= _SURE:
                yield name, score

    def _fit(self, column: str, name: str, score: float) -> dict[str, Any] | str:
        """Return what a mapping of the column needs beside it, or why it does not fit."""
        known = self._known(name)
        if self._model is not None and "." in name:
            whole = self._model.attributes[name.partition(".")[0]]
            if "object" not in whole.json_types:
                return f"{whole.wire_name} of the model is not an object"
        types = set() if known is None else set(known.json_types)
        values = self._samples[column]
        if types and types <= {"integer", "number"}:
            # A column that is called so may hold some cells that are wrong.
            if types == {"integer"} and self._decimal is None and has_thousands(values):
                self._decimal = "comma"
            if not self._numbers(column, _ENOUGH if score < 1 else _FEW):
                return f"{name} of the model is a number"
            return self._measure(column, name, known)
        if types == {"boolean"}:
            return {} if self._share(values, read_boolean) else f"{name} of the model is yes or no"
        if known is not None and known.format == "date-time" and not self._times(column):
            return f"{name} of the model is a time"
        if types == {"string"} and self._share(values, read_boolean) and all(isinstance(one, str) for one in values):
            return f"{name} of the model is a text, and the column says yes or no"
        if known is not None and known.kind == "Relationship":
            target = name.removeprefix("ref") if name.startswith("ref") and len(name) > 3 else ""
            return {"target": target} if target else {}
        if types == {"object"} and "." not in name and not all(isinstance(one, dict) for one in values):
            return f"{name} of the model is an object; map its members, such as {name}.…"
        if self._model is None:
            return self._own(column)
        return {} if known is not None or "." not in name else {"datatype": "text"}

    def _known(self, name: str) -> AttributeDescription | None:
        return None if self._model is None or "." in name else self._model.attributes.get(name)

    def _own(self, column: str) -> dict[str, Any]:
        """Return what a column without a model is, by its values."""
        values = self._samples[column]
        if all(isinstance(one, str) for one in values):
            if self._numbers(column) and not any(one[:1] == "0" and one[1:2].isdigit() for one in values):
                return {"datatype": "number", **self._measure(column, column, None)}
            if self._times(column):
                return {"datatype": "datetime"}
        elif self._numbers(column) and not any(isinstance(one, bool) for one in values):
            return self._measure(column, column, None)
        return {}

    def _share(self, values: Sequence[Any], read: Any) -> bool:
        fine = 0
        for value in values:
            try:
                read(value)
            except ValueError:
                continue
            fine += 1
        return fine >= _ENOUGH * len(values)

    def _measure(self, column: str, name: str, known: AttributeDescription | None) -> dict[str, Any]:
        """Return unit and factor of a column of numbers."""
        said = unit_said(column) or unit_in_cells(self._samples[column])
        wanted = known.unit_code if known is not None else None
        numbers = self._numbers(column)
        if known is not None and known.maximum == 1 and numbers and (2 < max(numbers) <= 100 or said == "P1"):
            self._remarks.append(f"{column!r} goes to 100, and {name} of the model to 1: it is divided by 100")
            return {"scale": 0.01}
        if said is None or (said == "P1" and wanted in (None, "P1")):
            return {"unit": wanted} if wanted else {}
        if wanted is None or wanted == said:
            return {"unit": said}
        try:
            from citycontext.ngsild.units import converter

            converter(said, wanted)
        except UnitError:
            return {"unit": said}
        return {"unit": wanted, "from_unit": said}

    def _is_measured(self, name: str) -> bool:
        """Return whether an attribute changes, so that a time of observation says something of it."""
        if "." in name or name in _STATIC or name == self._geo_attribute():
            return False
        known = self._known(name)
        if known is not None:
            fixed = ("total", "maximum", "capacity", "highest", "lowest", "average")
            return name == "status" or (set(known.json_types) <= {"integer", "number"} and not name.startswith(fixed))
        mapped = self._attributes[name]
        column = mapped.get("from")
        if column not in self._samples or not self._numbers(column):
            return False
        return mapped.get("datatype") == "number" or not isinstance(self._samples[column][0], str)
