"""What stands in a cell, as people write it: numbers with a decimal comma, dates, yes and no, names to make ids of."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, Literal, TypeAlias

from citycontext.foreign_text import shown
from citycontext.ngsild.time import format_datetime

__all__ = [
    "DateOrder",
    "Decimal",
    "date_order_of",
    "decimal_of",
    "has_thousands",
    "is_nothing",
    "is_plain_number",
    "may_be_epoch",
    "number_and_unit",
    "read_boolean",
    "read_date",
    "read_instant",
    "read_number",
    "slug",
    "text_of",
]

Decimal: TypeAlias = Literal["comma", "point"]
DateOrder: TypeAlias = Literal["d/m/y", "m/d/y", "y/m/d"]

_GROUP: Final = re.compile(r"(?<=\d)['\u2019\u00a0\u202f ](?=\d{3}(?:\D|$))")
_SIGNED: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_COMMA_GROUPS: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_POINT_GROUPS: Final = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?")
_COMMA: Final = re.compile(r"[+-]?\d[\d.' \u00a0\u202f]*,\d+|[+-]?,\d+")
_POINT: Final = re.compile(r"[+-]?\d[\d,' \u00a0\u202f]*\.\d+|[+-]?\.\d+")
_WITH_UNIT: Final = re.compile(
    r"([+-]?[\d.,'\u00a0\u202f ]*\d)[ \u00a0\u202f]*([%‰°€µμ]|[%°µμA-Za-z][%°µμA-Za-z0-9²³/().·]{0,11})"
)
_NOTHING: Final = frozenset(
    {"-", "--", "\u2013", "\u2014", "n/a", "n.a.", "na", "nan", "nb", "null", "none", "nvt", "n.v.t.", "onbekend"}
    | {"unknown", "inconnu", "geen gegevens", "no data", "?"}
)
_TRUE: Final = frozenset({"true", "yes", "y", "ja", "j", "waar", "oui", "vrai", "1", "x", "✓", "aan", "on", "wahr"})
_FALSE: Final = frozenset(
    {"false", "no", "n", "nee", "neen", "onwaar", "non", "faux", "0", "-", "uit", "off", "falsch"}
)
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january janvier",
            "feb februari february février fevrier fev fév",
            "mrt maart march mar mars",
            "apr april avril avr",
            "mei may mai",
            "jun juni june juin",
            "jul juli july juillet juil",
            "aug augustus august août aout",
            "sep september sept septembre",
            "okt oktober oct october octobre",
            "nov november novembre",
            "dec december déc décembre decembre",
        ),
        1,
    )
    for name in names.split()
}
_DATE: Final = re.compile(r"(\d{1,4})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{1,4})(?:[T ,]+(.+))?")
_NAMED: Final = re.compile(r"(?:[^\W\d]+[ ,.]+)??(\d{1,2})[ .-]+([^\W\d]+)\.?[ ,-]+(\d{2,4})(?:[T ,]+(.+))?")
_CLOCK: Final = re.compile(r"(?:om\s+)?(\d{1,2})[:.uUhH](\d{2})?(?:[:.](\d{2})(?:[.,]\d+)?)?\s*(AM|PM|am|pm|u|h|uur)?")
_EPOCHS: Final = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3), (1e9, 1.0))


def decimal_of(samples: Iterable[Any]) -> Decimal | None:
    """Return which sign is the decimal one in texts; None where they do not say.

    Args:
        samples: Values of one column, or of several that one program wrote.
    """
    comma = point = 0
    for value in samples:
        if not isinstance(value, str):
            continue
        text = value.strip()
        if _COMMA.fullmatch(text) and not _COMMA_GROUPS.fullmatch(text):
            comma += 1
        elif _POINT.fullmatch(text) and not _POINT_GROUPS.fullmatch(text):
            point += 1
    if comma == point:
        return None
    return "comma" if comma > point else "point"


def read_number(value: Any, decimal: Decimal | None = None) -> int | float:
    """Read a number.

    Args:
        value: A number, or a text that is one.
        decimal: The decimal sign of texts; None takes a point, and a comma that can be nothing else.

    Raises:
        ValueError: It is not valid; in words for a person.
    """
    if isinstance(value, bool):
        raise ValueError(f"a number belongs here, but there is {'yes' if value else 'no'}")
    if isinstance(value, int | float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a number")
        return value
    if not isinstance(value, str):
        raise ValueError(f"a number belongs here, but there is {_said(value)}")
    text = _GROUP.sub("", value.strip().replace("\u2212", "-"))
    if decimal == "comma":
        if _POINT_GROUPS.fullmatch(text):
            text = text.replace(".", "")
        plain = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    elif _COMMA_GROUPS.fullmatch(text) and (decimal == "point" or text.count(",") > 1 or "." in text):
        plain = text.replace(",", "")
    elif decimal is None and _COMMA.fullmatch(text) and not _COMMA_GROUPS.fullmatch(text):
        plain = (text.replace(".", "") if _POINT_GROUPS.fullmatch(text) else text).replace(",", ".")
    else:
        plain = text
    if not _SIGNED.fullmatch(plain):
        cure = ""
        if "," in text:
            cure = '; is its comma a decimal sign (decimal = "comma"), or not (decimal = "point")?'
        raise ValueError(f"a number belongs here, but there is {shown(value)}{cure}")
    if plain.lstrip("+-").isdigit():
        return int(plain)
    number = float(plain)
    if not math.isfinite(number):
        raise ValueError(f"{shown(value)} is not a number")
    return int(number) if number.is_integer() and "e" not in plain.lower() else number


def has_thousands(samples: Iterable[Any]) -> bool:
    """Return whether points in texts of whole numbers group thousands: ``1.200`` and ``12``, and nothing like ``1.25``.

    Args:
        samples: Values of one column.
    """
    pointed = [value.strip() for value in samples if isinstance(value, str) and "." in value]
    return bool(pointed) and all(_POINT_GROUPS.fullmatch(one) for one in pointed)


def is_nothing(value: Any) -> bool:
    """Return whether a text says that nothing is known: ``n/a``, ``-``, ``onbekend``.

    Args:
        value: What stands in a cell.
    """
    return isinstance(value, str) and value.strip().lower() in _NOTHING


def number_and_unit(value: Any) -> tuple[Any, str]:
    """Return a cell such as ``21,5 °C`` as the text of the number and that of the unit; else the cell and nothing.

    Args:
        value: What stands in a cell.
    """
    found = _WITH_UNIT.fullmatch(value.strip()) if isinstance(value, str) else None
    return (found[1], found[2].strip()) if found is not None else (value, "")


def read_boolean(value: Any) -> bool:
    """Read yes or no, in Dutch, French or English.

    Args:
        value: A boolean, 1 or 0, or a word.

    Raises:
        ValueError: It is neither.
    """
    word = str(value).strip().lower() if not isinstance(value, bool) else str(value).lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(f"yes or no belongs here, but there is {_said(value)}")


def date_order_of(samples: Iterable[Any]) -> DateOrder | None:
    """Return the order of day, month and year in texts; None if absent.

    Args:
        samples: Values of one column.
    """
    found: set[str] = set()
    any_date = False
    for value in samples:
        date = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
        if date is None:
            continue
        if len(date[1]) == 4:
            found.add("y/m/d")
            continue
        any_date = True
        if int(date[1]) > 12:
            found.add("d/m/y")
        elif int(date[3]) > 12:
            found.add("m/d/y")
    if "d/m/y" in found or (any_date and "m/d/y" not in found):
        return "d/m/y"
    return "m/d/y" if "m/d/y" in found else "y/m/d" if found else None


def read_date(value: Any, order: DateOrder = "d/m/y") -> dt.date:
    """Read a date.

    Args:
        value: A date, or a text.
        order: The order of day, month and year in texts.

    Raises:
        ValueError: It is not valid.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    return _parsed(value, order).date()


def read_instant(value: Any, zone: tzinfo, order: DateOrder = "d/m/y") -> tuple[str, str]:
    """Read a time.

    Args:
        value: A date or time of a spreadsheet, a text, or seconds or milliseconds since 1970; or a list of a date and a
            time of day.
        zone: What a time without zone is in.
        order: The order of day, month and year in texts.

    Returns:
        The instant as NGSI-LD writes it, and a remark where the clock was changed at that time, else nothing.

    Raises:
        ValueError: It is not valid.
    """
    if isinstance(value, list):
        value = _joined([one for one in value if one is not None], order)
    if isinstance(value, datetime):
        instant = value
    elif isinstance(value, dt.date):
        instant = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the zone is added
    elif isinstance(value, int | float) and not isinstance(value, bool):
        instant = _of_epoch(value)
    elif isinstance(value, str) and re.fullmatch(r"\d{10}(?:\d{3})?", value.strip()):
        instant = _of_epoch(int(value))
    else:
        instant = _parsed(value, order)
    remark = ""
    if instant.tzinfo is None:
        local = instant.replace(tzinfo=zone)
        if local.utcoffset() != local.replace(fold=1).utcoffset():
            back = local.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
            remark = (
                f"{_said(value)} occurs twice in {zone}; the first is taken"
                if back == instant
                else f"{_said(value)} does not exist in {zone}: the clock was put forward; {back:%H:%M} is taken"
            )
        instant = local
    return format_datetime(instant), remark


def _joined(parts: list[Any], order: DateOrder) -> Any:
    if len(parts) != 2:
        return parts[0] if parts else None
    day, clock = parts
    if isinstance(day, datetime) and (day.hour or day.minute):
        return day
    date = read_date(day, order)
    if isinstance(clock, datetime):
        clock = clock.time()
    if isinstance(clock, dt.timedelta):
        return datetime(date.year, date.month, date.day) + clock  # noqa: DTZ001 - the zone is added
    time = clock if isinstance(clock, dt.time) else _clock(str(clock))
    return datetime.combine(date, time)


def _of_epoch(number: float) -> datetime:
    for least, divisor in _EPOCHS:
        if abs(number) >= least:
            return datetime.fromtimestamp(number / divisor, UTC)
    raise ValueError(f"a time belongs here, but there is the number {number}")


def _parsed(value: Any, order: DateOrder) -> datetime:
    if not isinstance(value, str):
        raise ValueError(f"a date belongs here, but there is {_said(value)}")
    text = value.strip()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if found := _DATE.fullmatch(text):
        numbers = [int(found[1]), int(found[3]), int(found[4])]
        if len(found[1]) == 4:
            year, month, day = numbers
        elif order == "m/d/y":
            month, day, year = numbers
        else:
            day, month, year = numbers
    elif found := _NAMED.fullmatch(text.lower()):
        day, year = int(found[1]), int(found[3])
        if found[2] not in _MONTHS:
            raise ValueError(f"{shown(value)} is not a date: {shown(found[2])} is not a month")
        month = _MONTHS[found[2]]
    else:
        raise ValueError(f"{shown(value)} is not a date such as 31/12/2024 or 2024-12-31")
    year += 2000 if year < 70 else 1900 if year < 100 else 0
    clock = found[found.re.groups]
    try:
        date = dt.date(year, month, day)
    except ValueError:
        raise ValueError(f"{shown(value)} is not a date as {order}: there is no day {day} in month {month}") from None
    return datetime.combine(date, dt.time() if clock is None else _clock(clock))


def _clock(text: str) -> dt.time:
    zone = None
    if text[-1:] in "Zz" and text[:1].isdigit():
        text, zone = text[:-1], UTC
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        try:
            return dt.time.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{shown(text)} is not a time of day such as 14:30") from None
    hour = int(found[1])
    if found[4] in ("PM", "pm", "AM", "am"):
        hour = hour % 12 + (12 if found[4].lower() == "pm" else 0)
    try:
        return dt.time(hour, int(found[2] or 0), int(found[3] or 0), tzinfo=zone)
    except ValueError:
        raise ValueError(f"{shown(text)} is not a time of day such as 14:30") from None


def may_be_epoch(value: Any) -> bool:
    """Return whether a value may be seconds or milliseconds since 1970.

    Args:
        value: What stands in a cell.
    """
    if isinstance(value, str):
        return len(value) in (10, 13) and value.isdigit()
    return isinstance(value, int) and value > 1_000_000_000


def is_plain_number(value: Any) -> bool:
    """Return whether a value is a number, or a text of one.

    Args:
        value: What stands in a cell.
    """
    if isinstance(value, int | float):
        return True
    try:
        read_number(value)
    except ValueError:
        return False
    return True


def text_of(value: Any) -> str:
    """Return a value as text: a whole number without decimals, a date as ISO 8601.

    Args:
        value: Anything that stands in a cell.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value).strip()


def slug(text: str) -> str:
    """Return a part of an id that any name can become: ``P+R De Pinte / Noord`` → ``p-r-de-pinte-noord``.

    Args:
        text: The name.
    """
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("æ", "ae").replace("ø", "o"))
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9._]+", "-", kept.lower()).strip("-._") or _spelt(text)


def _spelt(text: str) -> str:
    """Return a text of no Latin letters by the numbers of its signs, so that two names never share a slug."""
    return "-".join(f"{ord(char):x}" for char in text.strip()[:40])


def _said(value: Any) -> str:
    if isinstance(value, datetime | dt.date | dt.time):
        return value.isoformat()
    return "yes" if value is True else "no" if value is False else "nothing" if value is None else shown(value)
