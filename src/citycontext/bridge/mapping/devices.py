"""What a sensor does not say about itself: a table of devices, in CSV or TOML, that routes look things up in."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from citycontext.bridge.mapping.euis import read_eui
from citycontext.configuration import read_toml
from citycontext.errors import ConfigurationError

__all__ = ["DeviceRegistry"]

_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_COMMA_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*),\d+")


class DeviceRegistry:
    """The devices, by key.

    Args:
        file: Name of the file they come from, for errors.
        devices: Key of a device → what is known of it.
    """

    def __init__(self, file: str, devices: Mapping[str, Mapping[str, Any]]) -> None:
        self.file: Final = file
        self._devices = devices
        # An EUI is one, however table and message spell it.
        self._by_eui: Final = {eui: about for name, about in devices.items() if (eui := read_eui(name)) is not None}

    def __len__(self) -> int:
        return len(self._devices)

    def find(self, key: str) -> Mapping[str, Any] | None:
        """Look a device up.

        Args:
            key: Its key, as the route makes it from topic and message.

        Returns:
            What is known of it, or ``None``.
        """
        found = self._devices.get(key)
        if found is None and self._by_eui and (eui := read_eui(key)) is not None:
            return self._by_eui.get(eui)
        return found

    @classmethod
    def load(cls, path: Path, key: str | None = None) -> DeviceRegistry:
        """Read a file.

        Args:
            path: A CSV file with a line of names (separated by commas or semicolons), or a TOML file with a table for
                each device.
            key: The column that holds the key; the first by default. TOML tables are named by it.

        Returns:
            The devices. Text of CSV that is a number is one, unless it starts with a zero; empty cells are left out.

        Raises:
            ConfigurationError: The file cannot be read, lacks the column, or has a key twice; names the line.
        """
        if path.suffix == ".toml":
            content, _ = read_toml(path)
            wrong = next((name for name, table in content.items() if not isinstance(table, dict)), None)
            if wrong is not None:
                raise ConfigurationError("a device is a table.", file=str(path), key=wrong, cure=f"Write [{wrong}].")
            return cls(path.name, content)
        return cls(path.name, _read_csv(path, key))


def _read_csv(path: Path, key: str | None) -> dict[str, dict[str, Any]]:
    try:
        # utf-8-sig: spreadsheets write a mark at the beginning.
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError("there is no such file.", file=str(path), cure="Check the path.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the file cannot be read: {error}.", file=str(path)) from None
    lines = text.splitlines()
    head = lines[0] if lines else ""
    rows = csv.reader(lines, delimiter=";" if head.count(";") > head.count(",") else ",")
    has_commas = head.count(";") > head.count(",")
    names = [name.strip() for name in next(rows, [])]
    if not names:
        raise ConfigurationError("the file is empty.", file=str(path), cure="Its first line names the columns.")
    if key is not None and key not in names:
        raise ConfigurationError(
            f'there is no column "{key}".', file=f"{path}:1", cure=f"There are: {', '.join(names)}."
        )
    at = 0 if key is None else names.index(key)
    devices: dict[str, dict[str, Any]] = {}
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        where = f"{path}:{rows.line_num}"
        if len(row) != len(names):
            raise ConfigurationError(f"the line has {len(row)} cells, the first has {len(names)}.", file=where)
        name = row[at].strip()
        if not name or name in devices:
            what = f'the device "{name}" is there twice' if name else "the line names no device"
            raise ConfigurationError(f"{what}.", file=where, cure="Each device has one line.")
        cells = zip(names, row, strict=True)
        devices[name] = {column: _value(cell.strip(), has_commas) for column, cell in cells if cell.strip()}
    twice = _spelt_twice(devices)
    if twice is not None:
        raise ConfigurationError(
            f'"{twice[0]}" and "{twice[1]}" are one EUI.', file=str(path), cure="Each device has one line."
        )
    return devices


def _spelt_twice(devices: Mapping[str, Any]) -> tuple[str, str] | None:
    seen: dict[str, str] = {}
    for name in devices:
        eui = read_eui(name)
        if eui is not None and seen.setdefault(eui, name) != name:
            return seen[eui], name
    return None


def _value(text: str, has_commas: bool) -> Any:
    """Read a cell; a table whose cells are apart by semicolons may have decimal commas, as spreadsheets write them."""
    if has_commas and _COMMA_NUMBER.fullmatch(text):
        text = text.replace(",", ".")
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)
