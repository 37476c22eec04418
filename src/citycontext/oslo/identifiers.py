"""Identifiers of Flemish registers: municipalities (NIS), organisations (OVO), addresses and their parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from citycontext.errors import DataError

__all__ = ["Register", "RegisterIdentifier", "parse_identifier", "register_iri"]

_ROOT: Final = "https://data.vlaanderen.be/id/"


class Register(StrEnum):
    """What a persistent address stands for; the value is its part of the path."""

    ADDRESS = "adres"
    STREET = "straatnaam"
    MUNICIPALITY = "gemeente"
    POSTAL_AREA = "postinfo"
    ORGANISATION = "organisatie"
    BUILDING = "gebouw"
    BUILDING_UNIT = "gebouweenheid"
    PARCEL = "perceel"


_FORMS: Final[dict[Register, tuple[str, str]]] = {
    Register.ADDRESS: (r"[1-9]\d{0,9}", "a number"),
    Register.STREET: (r"[1-9]\d{0,9}", "a number"),
    Register.MUNICIPALITY: (r"[1-9]\d{4}", "a NIS code of five digits, 11001 to 93090"),
    Register.POSTAL_AREA: (r"[1-9]\d{3}", "a postal code of four digits"),
    Register.ORGANISATION: (r"OVO\d{6}", "OVO and six digits"),
    Register.BUILDING: (r"[1-9]\d{0,9}", "a number"),
    Register.BUILDING_UNIT: (r"[1-9]\d{0,9}", "a number"),
    Register.PARCEL: (r"[0-9A-Z]+-[0-9A-Z_]+", "a parcel code such as 24504D0693-00B000"),
}
_NIS: Final = range(11001, 93091)
_ADDRESS: Final = re.compile(r"https?://data\.vlaanderen\.be/id/([a-z]+)/([^/?#]+)(?:[/#](.+))?")


@dataclass(frozen=True, slots=True)
class RegisterIdentifier:
    """An identifier of a register.

    Args:
        register: Which register.
        code: The local identifier, e.g. ``44021`` or ``OVO002949``.
        version: The version of the thing that is meant, as written; empty for the thing itself.
    """

    register: Register
    code: str
    version: str = ""

    @property
    def iri(self) -> str:
        """The persistent address."""
        version = f"/{self.version}" if self.version else ""
        return f"{_ROOT}{self.register}/{self.code}{version}"


def parse_identifier(text: str) -> RegisterIdentifier:
    """Read and check an identifier.

    Args:
        text: A persistent address, an OVO code, or a NIS code of a municipality.

    Raises:
        DataError: It is not valid; says what one looks like.
    """
    found = _ADDRESS.fullmatch(text)
    if found:
        name, code, version = found.groups()
        try:
            register = Register(name)
        except ValueError:
            known = ", ".join(Register)
            raise DataError(f"register {name!r} of {text!r} is not known; one of {known}") from None
        return _checked(register, code, version or "")
    if re.fullmatch(r"OVO.*", text):
        return _checked(Register.ORGANISATION, text)
    if re.fullmatch(r"\d{5}", text):
        return _checked(Register.MUNICIPALITY, text)
    raise DataError(f"{text[:120]!r} is not an address such as {_ROOT}adres/60, an OVO code or a NIS code")


def register_iri(register: Register | str, code: str | int) -> str:
    """Build the persistent address of a thing in a register.

    Args:
        register: The register, e.g. ``gemeente``.
        code: The local identifier.

    Raises:
        DataError: The code is not of the register's form.
        ValueError: There is no such register.
    """
    return _checked(Register(register), str(code)).iri


def _checked(register: Register, code: str, version: str = "") -> RegisterIdentifier:
    form, words = _FORMS[register]
    wrong = re.fullmatch(form, code, re.ASCII) is None
    if wrong or (register is Register.MUNICIPALITY and int(code) not in _NIS):
        raise DataError(f"{code[:60]!r} cannot identify a thing in {register}; {words} does")
    return RegisterIdentifier(register, code, version)
