"""Find the unit behind a text as people write it: ``meters``, ``mg/l``, ``Volts (V)``, ``ºK``, ``Km/h``."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from typing import Final, Generic, Protocol, TypeVar

from citycontext.errors import UnitError
from citycontext.ngsild.units.table import SPELLINGS

__all__ = ["Spellings"]

_LONGEST: Final = 100
_IN_BRACKETS: Final = re.compile(r"(.*)\(([^()]*)\)\s*")
_WORDS_KEPT: Final = frozenset({"celsius", "siemens", "lux", "gauss", "mass"})
_AMERICAN: Final = (("meter", "metre"), ("liter", "litre"), ("gramme", "gram"), ("ampers", "ampere"))


class _Named(Protocol):
    """What is asked of a unit here."""

    @property
    def code(self) -> str: ...

    @property
    def symbol(self) -> str: ...

    @property
    def name(self) -> str: ...


U = TypeVar("U", bound=_Named)


class Spellings(Generic[U]):
    """The ways in which people write units.

    Args:
        units: The units.
    """

    def __init__(self, units: Iterable[U]) -> None:
        self._by_code: dict[str, list[U]] = {}
        self._by_symbol: dict[str, list[U]] = {}
        self._by_words: dict[str, list[U]] = {}
        self._by_any_case: dict[str, list[U]] = {}
        known = {}
        for unit in units:
            known[unit.symbol] = unit
            if unit.code:
                known[unit.code] = unit
                _add(self._by_code, unit.code, unit)
            for written in _written(unit.symbol):
                _add(self._by_symbol, written, unit)
            _add(self._by_words, _word_key(unit.name), unit)
        for key, spellings in SPELLINGS.items():
            for spelling in spellings.split(","):
                _add(self._by_symbol, _symbol_key(spelling), known[key])
                _add(self._by_words, _word_key(spelling), known[key])
        for symbol, spelt in self._by_symbol.items():
            for unit in spelt:
                _add(self._by_any_case, symbol.lower(), unit)

    def find(self, text: str) -> U:
        """Return the unit that a text means.

        Tried in this order: UN/CEFACT code, symbol, name in singular or plural, the same inside and outside of
        brackets, a quotient or product of units, and the symbol in any case.

        Args:
            text: A code, symbol or name, e.g. ``mg/l``, ``Kilowatts (kW)``, ``degrees Celsius``.

        Raises:
            UnitError: No unit is found, or more than one; names the nearest.
        """
        if len(text) > _LONGEST:
            raise UnitError(f"{text[:40]!r}… is too long for a unit")
        if text == "NA":
            raise UnitError(
                "'NA' is the code of milligram per kilogram, but mostly written for 'not applicable'; "
                "for a number without unit write C62"
            )
        found = self._find(text)
        if len(found) == 1:
            return found[0]
        if found:
            several = " or ".join(sorted(f"{unit.name} ({unit.code or unit.symbol})" for unit in found))
            raise UnitError(f"{text!r} can mean {several}; write the code")
        near = difflib.get_close_matches(_word_key(text), self._by_words, n=2, cutoff=0.8)
        units = {self._by_words[name][0] for name in near}
        hint = " or ".join(sorted(f"{unit.name} ({unit.code or unit.symbol})" for unit in units))
        raise UnitError(f"no unit is known for {text!r}" + (f"; did you mean {hint}?" if hint else ""))

    def _find(self, text: str) -> list[U]:
        if text in self._by_code:
            return self._by_code[text]
        return (
            self._by_symbol.get(_symbol_key(text))
            or self._by_words.get(_word_key(text))
            or self._find_in_brackets(text)
            or self._find_composed(text)
            or self._by_any_case.get(_symbol_key(text).lower())
            or []
        )

    def _find_in_brackets(self, text: str) -> list[U]:
        found = _IN_BRACKETS.fullmatch(text)
        if found is None:
            return []
        outside, inside = (self._find(part.strip()) if part.strip() else [] for part in found.groups())
        if outside and inside:
            return [unit for unit in outside if unit in inside] or outside + inside
        return outside or inside

    def _find_composed(self, text: str) -> list[U]:
        """Read ``siemens / m`` and ``Kw Hour``: units side by side or divided, each spelt its own way."""
        parts = re.split(r"\s*/\s*|\s+per\s+", text, flags=re.IGNORECASE)
        factors = [part.split() for part in parts]
        if len(parts) > 2 or not all(factors) or sum(map(len, factors)) < 2:
            return []
        symbols = []
        for factor in factors:
            product = ""
            for word in factor:
                units = (
                    self._by_symbol.get(_symbol_key(word))
                    or self._by_words.get(_word_key(word))
                    or self._by_any_case.get(word.lower())
                )
                if units is None or len(units) != 1:
                    return []
                product += units[0].symbol
            symbols.append(product)
        return self._by_symbol.get(_symbol_key("/".join(symbols)), [])


def _add(index: dict[str, list[U]], key: str, unit: U) -> None:
    units = index.setdefault(key, [])
    if unit not in units:
        units.append(unit)


def _written(symbol: str) -> Iterable[str]:
    """Return the ways a symbol is written: litre in small, ``ug`` for ``µg``, ``Wm-2`` for ``W/m²``."""
    plain = _symbol_key(symbol)
    forms = {plain, re.sub(r"L(?![a-zA-Z])", "l", plain)}
    for form in tuple(forms):
        above, slash, below = form.partition("/")
        if slash and re.fullmatch(r"[A-Za-z]+\d?", below):
            unit, power = re.fullmatch(r"([A-Za-z]+)(\d?)", below).groups()  # type: ignore[union-attr]
            forms.add(f"{above}{unit}-{power or 1}")
    return forms


def _symbol_key(text: str) -> str:
    """Bring a symbol into one form: plain digits for powers, ``u`` for micro, no blanks and no multiplication signs."""
    plain = unicodedata.normalize("NFKC", text.replace("º", "°").replace("˚", "°"))
    plain = plain.replace("μ", "u").replace("\u2212", "-").replace("**", "").replace("^", "")
    return re.sub(r"[\s·*⋅]|\.(?!\d)", "", plain)


def _word_key(text: str) -> str:
    """Bring a name into one form: small letters, singular, British spelling, ``per`` for a slash."""
    plain = unicodedata.normalize("NFKC", text.replace("º", "°").replace("˚", "°")).lower()
    words = re.sub(r"[-_]", " ", plain.replace("/", " per ")).split()
    return " ".join(_singular(word) for word in words)


def _singular(word: str) -> str:
    for american, british in _AMERICAN:
        word = word.replace(american, british)
    return word if word in _WORDS_KEPT or len(word) < 4 else word.removesuffix("s")
