"""JSON values as literals and back, without a change that nobody asked for."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any, Final

from citycontext.errors import InvalidTime, UnitError
from citycontext.ngsild.time import format_datetime, is_datetime_text, parse_datetime
from citycontext.ngsild.units import Unit, find_unit
from citycontext.oslo.graph import Literal
from citycontext.oslo.vocabulary import NAMESPACES, XSD

__all__ = [
    "boolean_of",
    "is_time_text",
    "ngsild_time",
    "number_literal",
    "number_of",
    "quantity_of",
    "time_literal",
    "unit_code_of",
    "unit_iri",
]

_XSD_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_INTEGER: Final = re.compile(r"[+-]?\d+", re.ASCII)
_QUANTITY: Final = re.compile(r"\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*(\S.*?)?\s*", re.ASCII)
_UCUM: Final = {"Cel": "CEL", "[degF]": "FAH", "1": "C62", "dB": "2N", "[ppm]": "59", "[ppb]": "61"}
_NUMBERS: Final = frozenset(
    XSD + name for name in ("integer", "decimal", "double", "float", "int", "long", "short", "nonNegativeInteger")
) | {NAMESPACES["rdfs"] + "Literal"}


def number_literal(value: Any) -> Literal | None:
    """Write a number: integer, decimal, or double where it needs an exponent; ``None`` where it is not a JSON number.

    Args:
        value: The number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return Literal(str(value), XSD + "integer")
    if not math.isfinite(value):
        return None
    text = repr(value)
    return Literal(text, XSD + ("double" if "e" in text else "decimal"))


def number_of(literal: Any) -> float | None:
    """Read a number; a text that is one counts too, since published data have such.

    Args:
        literal: A term.
    """
    if not isinstance(literal, Literal) or literal.language:
        return None
    text = literal.text.strip()
    try:
        if _INTEGER.fullmatch(text) and literal.datatype not in (XSD + "double", XSD + "float"):
            return int(text)
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def is_number(literal: Any) -> bool:
    """Return whether a literal says that it is a number.

    Args:
        literal: A term.
    """
    return isinstance(literal, Literal) and literal.datatype in _NUMBERS and number_of(literal) is not None


def boolean_of(literal: Any) -> bool | None:
    """Read a truth value.

    Args:
        literal: A term.
    """
    if not isinstance(literal, Literal) or literal.datatype != XSD + "boolean":
        return None
    return {"true": True, "1": True, "false": False, "0": False}.get(literal.text)


def is_time_text(text: Any) -> bool:
    """Return whether a text is a date and time of XML Schema, with or without zone.

    Args:
        text: Anything.
    """
    return isinstance(text, str) and _is_time(text)


@lru_cache(maxsize=4096)  # an entity has one time in many places
def _is_time(text: str) -> bool:
    if not _XSD_TIME.fullmatch(text):
        return False
    try:
        parse_datetime(text if text[-1] == "Z" or text[-6] in "+-" else text + "Z")
    except InvalidTime:
        return False
    return True


def time_literal(text: str) -> Literal:
    """Write a time as it stands; a plain text where XML Schema would not have it.

    Args:
        text: The time.
    """
    return Literal(text, XSD + "dateTime") if is_time_text(text) else Literal(text)


def ngsild_time(text: str) -> str | None:
    """Write a time as NGSI-LD has it, in UTC; as it is where it is so already, ``None`` where it has no zone.

    Args:
        text: The time.
    """
    if is_datetime_text(text):
        return text
    try:
        return format_datetime(parse_datetime(text))
    except (InvalidTime, OverflowError):
        return None


def unit_iri(code: str) -> str:
    """Return the name in QUDT of a UN/CEFACT code; empty if absent.

    Args:
        code: The code.
    """
    try:
        return Unit.of(code).qudt
    except UnitError:
        return ""


def unit_code_of(term: Any) -> str:
    """Return the UN/CEFACT code of a unit as data have it: a name in QUDT, a code of UCUM, or a text.

    Args:
        term: A term.

    Returns:
        The code; the text itself where no unit of that name is known; empty for a QUDT name that is not known.
    """
    if isinstance(term, Literal):
        text = term.text.strip()
        if text in _UCUM:
            return _UCUM[text]
        try:
            return Unit.of(text).code
        except UnitError:
            pass
        try:
            return find_unit(text).code or text
        except UnitError:
            return text
    try:
        return Unit.from_qudt(term.replace("qudt-unit:", "unit:")).code
    except UnitError:
        return ""


def quantity_of(literal: Any) -> tuple[float, str] | None:
    """Read a number and its unit from one literal, as ``"22.80 Cel"``.

    Args:
        literal: A term with a datatype of its own.
    """
    if not isinstance(literal, Literal):
        return None
    found = _QUANTITY.fullmatch(literal.text)
    if found is None:
        return None
    number = number_of(Literal(found[1]))
    return None if number is None else (number, unit_code_of(Literal(found[2])) if found[2] else "")
