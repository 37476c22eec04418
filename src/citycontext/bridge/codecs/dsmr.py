"""Telegrams of smart meters (DSMR and eMUCS, IEC 62056-21): the P1 port as it is, e.g. passed on by a dongle."""

from __future__ import annotations

import re
from typing import Any, Final

from citycontext.bridge.codecs.other_kind import OtherKind
from citycontext.bridge.codecs.several import Several
from citycontext.errors import PayloadError

__all__ = ["DsmrCodec"]

_LINE: Final = re.compile(r"(\d+-\d+:\d+\.\d+\.\d+)((?:\([^()]*\))+)")
_CELL: Final = re.compile(r"\(([^()]*)\)")
_VALUE: Final = re.compile(r"(-?\d+(?:\.\d+)?)(?:\*(\S+))?")
_STAMP: Final = re.compile(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([SW])")
_TIME, _EQUIPMENT, _TARIFF = "0-0:1.0.0", ("0-0:96.1.1", "0-0:96.1.0", "0-0:42.0.0"), "0-0:96.14.0"


class DsmrCodec:
    """Read a telegram. The document has ``values`` and ``units`` by OBIS code, ``time``, ``device`` and ``tariff``.

    Paths write codes in quotes: ``values."1-0:1.8.1"``. What a meter behind this one (gas, water) measured has a time
    of its own, in ``times``: ``observed_at = 'times."0-1:24.2.1"'``. Times are those of Belgium and the Netherlands,
    with the telegram's S for summer and W for winter. The checksum is looked at where there is one.
    """

    def decode(self, payload: bytes, topic: str) -> tuple[dict[str, Any]]:
        """Read a telegram.

        Args:
            payload: From the slash to the exclamation mark.
            topic: Not used.

        Returns:
            One document.

        Raises:
            PayloadError: It is not a telegram, or its checksum is wrong.
        """
        start, end = payload.find(b"/"), payload.rfind(b"!")
        if start < 0 or end < start:
            raise OtherKind("this is not a telegram: it goes from / to !")
        _check(payload, start, end)
        lines = payload[start:end].decode("ascii", errors="replace").splitlines()
        values, units, times = Several(), dict[str, str](), dict[str, str]()
        texts: dict[str, str] = {}
        for line in lines[1:]:
            found = _LINE.fullmatch(line.strip())
            if found is None:
                continue
            code, cells = found[1], _CELL.findall(found[2])
            if len(cells) > 1 and (stamp := _time(cells[0])) is not None:
                times[code] = stamp
                cells = cells[1:]
            number = _VALUE.fullmatch(cells[-1])
            if number is None or (number[2] is None and "." not in number[1]):
                texts[code] = cells[-1]
                if number is None or len(number[1]) > _LONGEST_COUNT:
                    continue
            values.add(code, float(number[1]) if "." in number[1] else int(number[1]))
            if number[2] is not None:
                units[code] = number[2]
        if not (values.values() or texts):
            raise PayloadError("the telegram has no line of values")
        tariff = texts.get(_TARIFF)
        return (
            {
                "meter": lines[0][1:].strip(),
                "device": next((_equipment(texts[code]) for code in _EQUIPMENT if code in texts), None),
                "time": _time(texts.get(_TIME, "")),
                "tariff": int(tariff) if tariff is not None and tariff.isdigit() else None,
                "values": values.values(),
                "units": units,
                "times": times,
                "texts": texts,
            },
        )


_LONGEST_COUNT: Final = 9
"""Digits of a count; longer rows of digits are serial numbers."""


def _time(text: str) -> str | None:
    found = _STAMP.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, season = found.groups()
    return f"20{year}-{month}-{day}T{hour}:{minute}:{second}+0{2 if season == 'S' else 1}:00"


def _equipment(text: str) -> str:
    """Read the identifier, which is hexadecimal of its letters."""
    try:
        plain = bytes.fromhex(text).decode("ascii")
    except (ValueError, UnicodeDecodeError):
        return text
    return plain if plain.isprintable() and plain else text


def _check(payload: bytes, start: int, end: int) -> None:
    said = payload[end + 1 : end + 5].strip()
    if not re.fullmatch(rb"[0-9A-Fa-f]{4}", said):
        return
    checksum = 0
    for byte in payload[start : end + 1]:
        checksum ^= byte
        for _ in range(8):
            checksum = checksum >> 1 ^ (0xA001 if checksum & 1 else 0)
    if checksum != int(said, 16):
        raise PayloadError(f"the telegram was damaged: its checksum is {said.decode()}, but should be {checksum:04X}")
