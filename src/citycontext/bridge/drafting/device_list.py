"""A list of devices: what it says of them, and a configuration to start from where no message was heard yet."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from citycontext.bridge.drafting.starting_file import starting_text
from citycontext.bridge.mapping.devices import DeviceRegistry
from citycontext.errors import AmbiguousModel, ConfigurationError
from citycontext.models import ModelDescription, describe
from citycontext.tables.guesses import Candidate, Column, Guess, guess
from citycontext.tables.guesses.identities import identifier_form
from citycontext.tables.guesses.words import joined
from citycontext.tables.sheets.cells import text_of
from citycontext.tables.sheets.reading import read_table
from citycontext.tables.sheets.table import Table, TableError

__all__ = ["DeviceList", "DeviceTable", "device_table", "is_device_list", "read_device_list"]

_KINDS: Final = frozenset(
    {
        "type", "kind", "model", "product", "profile", "deviceprofile", "deviceprofilename", "application",
        "applicationname", "soort", "categorie", "category", "devicetype", "sensortype", "modelid", "description",
        "omschrijving", "modele", "fabrikant", "vendor", "brand", "brandid", "name", "naam", "nom",
        "devicename", "label",
    }
)  # fmt: skip
_OF_STACK: Final = frozenset({"joineui", "frequencyplanid", "lorawanversion", "networkserveraddress", "appkey"})
_OF_ZIGBEE: Final = frozenset({"friendlyname", "ieeeaddr", "ieeeaddress"})
_OF_STATE: Final = frozenset({"battery", "battery_voltage", "rssi", "snr", "device_temperature"})
_SAMPLED: Final = 500


@dataclass(frozen=True)
class DeviceTable:
    """A list of devices, for what messages do not say.

    Args:
        file: The file, relative to the configuration.
        key: Its column that tells devices apart.
        attributes: Attributes of which it knows the value.
    """

    file: str
    key: str
    attributes: dict[str, Any]


@dataclass(frozen=True)
class DeviceList:
    """A list of devices as it was read.

    Args:
        path: The file.
        table: Its rows.
        guess: What its columns are.
    """

    path: Path
    table: Table
    guess: Guess

    @property
    def key(self) -> Column:
        """The column that tells devices apart."""
        if self.guess.id is None:
            raise ConfigurationError("no column of it tells devices apart.", file=str(self.path))
        return self.guess.id.column

    @property
    def models(self) -> tuple[Candidate, ...]:
        """The models that the devices may be of, the likeliest first."""
        found = self.guess.models
        # Each list of devices is like a Device; what they are for is said by words.
        told = [one for one in found if one.model.type != "Device" and any("word" in text for text in one.reasons)]
        return (*told, *(one for one in found if one not in told))

    def usable(self, folder: Path) -> tuple[DeviceTable, Path | None]:
        """Return the table as the configuration names it; a file that the bridge does not read is written as CSV.

        Args:
            folder: The folder of the configuration file.

        Returns:
            The table, and the CSV file that was written, where there was need of one.
        """
        path, written = self.path, None
        try:
            DeviceRegistry.load(path, self.key.name)
        except (ConfigurationError, csv.Error):
            path = written = folder / f"{self.path.stem}{'' if self.path.suffix.lower() != '.csv' else '-utf8'}.csv"
            self._write_csv(path)
            DeviceRegistry.load(path, self.key.name)
        return DeviceTable(os.path.relpath(path, folder), self.key.name, self._attributes()), written

    def start(self, table: DeviceTable, *, mqtt: Mapping[str, Any], context_broker: str, type_name: str) -> str:
        """Write a configuration to start from: the list is looked up in, and what devices send is to be added.

        Args:
            table: The list as the configuration names it.
            mqtt: The table ``[mqtt]``.
            context_broker: The address of the context broker.
            type_name: The entity type, where a person said it.
        """
        model = self.model(type_name)
        is_ambiguous = False
        try:
            describe(model.type)
        except AmbiguousModel:
            is_ambiguous = True
        known = {name: keys for name, keys in table.attributes.items() if name in model.attributes}
        return starting_text(
            self.codec,
            model,
            is_ambiguous=is_ambiguous,
            devices=(table.file, table.key),
            known=known,
            mqtt=mqtt,
            context_broker=context_broker,
        )

    def model(self, type_name: str = "") -> ModelDescription:
        """Return the model that the devices are likeliest of.

        Args:
            type_name: The entity type, where a person said it.
        """
        if type_name:
            subject, _, name = type_name.rpartition(".")
            return describe(name, subject or None)
        return self.models[0].model if self.models else describe("Device")

    @property
    def codec(self) -> str:
        """The codec that reads what such devices send, as far as the list tells."""
        names = {joined(one) for one in self.table.columns}
        if names & _OF_ZIGBEE:
            return "zigbee2mqtt"
        if not all(identifier_form(str(one)) == "EUI-64" for one in self.key.present[:50]):
            return "json"
        return "the-things-stack" if names & _OF_STACK else "chirpstack"

    def _attributes(self) -> dict[str, Any]:
        found = self.guess
        attributes: dict[str, Any] = {}
        if found.name is not None:
            attributes["name"] = f"registry.{_quoted(found.name.column.name)}"
        position = found.position
        if position is not None and position.kind == "pair" and position.longitude is not None:
            assert position.latitude is not None, "a pair has both"
            attributes["location"] = {
                "longitude": f"registry.{_quoted(position.longitude.name)}",
                "latitude": f"registry.{_quoted(position.latitude.name)}",
                "from_text": "decimal-comma" if position.latitude.has_decimal_comma else True,
            }
        elif position is not None and position.kind == "text" and position.column is not None:
            attributes["location"] = {
                "from": f"registry.{_quoted(position.column.name)}",
                "kind": "GeoProperty",
                "order": position.order or "lat-lon",
            }
        return attributes

    def _write_csv(self, path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as out:
            lines = csv.writer(out, lineterminator="\n")
            lines.writerow(self.table.columns)
            for row in self.table.rows:
                lines.writerow("" if one is None else text_of(one) for one in row.values)


def read_device_list(path: Path) -> DeviceList:
    """Read a list of devices, as ChirpStack, The Things Stack and spreadsheets write it.

    Args:
        path: CSV, JSON or a spreadsheet.

    Raises:
        ConfigurationError: It is not a table.
    """
    try:
        table = read_table(path)
    except TableError as error:
        raise ConfigurationError(f"{error}.", file=str(path)) from None
    columns = [
        Column(name, tuple(row.values[place] for row in table.rows[:_SAMPLED]))
        for place, name in enumerate(table.columns)
    ]
    if not table.rows or len(columns) < 2:
        raise ConfigurationError(
            "it is not a list of devices: a table with a line of names and a line a device.", file=str(path)
        )
    words = [path.stem]
    for one in columns:
        if joined(one.path[-1]) in _KINDS:
            words += list(dict.fromkeys(str(value) for value in one.present))[:10]
    return DeviceList(path, table, guess(columns, words, unique=True))


def is_device_list(path: Path) -> bool:
    """Return whether a file is a list of devices, and not what they sent: each row names another, and none says when.

    Args:
        path: The file.
    """
    if path.suffix.lower() not in (".csv", ".tsv", ".json", ".geojson", ".xlsx", ".xlsm", ".ods", ".xls"):
        return False
    try:
        found = read_device_list(path)
    except ConfigurationError:
        return False
    named = found.guess.id
    if named is None or (named.score < 0.7 and found.guess.position is None):
        return False
    values = [str(one) for one in named.column.present]
    if len(set(values)) < len(values) or len(values) < len(found.table.rows[:_SAMPLED]):
        return False
    if path.suffix.lower() in (".json", ".geojson") and len(found.table.rows) == 1:
        return False
    return not _is_measured(found.guess)


def _is_measured(found: Guess) -> bool:
    return any(one.quantity.key not in _OF_STATE and one.column.is_numeric for one in found.meaning.values())


def device_table(path: Path, folder: Path) -> DeviceTable:
    """Read a list of devices, and find its key, names and positions.

    Args:
        path: CSV, JSON or a spreadsheet.
        folder: The folder of the configuration file.

    Raises:
        ConfigurationError: No column tells devices apart.
    """
    return read_device_list(path).usable(folder)[0]


def _quoted(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else '"' + name.replace('"', '\\"') + '"'
