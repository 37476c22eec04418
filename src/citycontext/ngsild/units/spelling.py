"""Find the unit behind a text as people write it: ``meters``, ``mg/l``, ``Volts (V)``, ``ºK``, ``Km/h``."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final, NamedTuple

from citycontext.errors import UnitError
from citycontext.ngsild.units.table import SPELLINGS
from citycontext.ngsild.units.unit import Unit, all_units

__all__ = ["find_unit"]

_LONGEST: Final = 100
_IN_BRACKETS: Final = re.compile(r"(.*)\(([^()]*)\)\s*")
_WORDS_KEPT: Final = frozenset({"celsius", "siemens", "lux", "gauss", "mass"})
_AMERICAN: Final = (("meter", "metre"), ("liter", "litre"), ("gramme", "gram"), ("ampers", "ampere"))


@lru_cache(maxsize=2048)
def find_unit(text: str) -> Unit:
    """Find the unit that a text means, however it is spelt.

    Tried in this order: UN/CEFACT code, QUDT name, symbol, name in singular or plural, the same inside and outside of
    brackets, a quotient or product of units, and the symbol in any case. A text that two units answer to is refused.

    Args:
        text: A code, symbol or name, e.g. ``mg/l``, ``Kilowatts (kW)``, ``degrees Celsius``.

    Raises:
        UnitError: No unit is found, or more than one; names the nearest.
    """
    plain = " ".join(text.split()).strip().rstrip(".;,")
    if len(plain) > _LONGEST:
        raise UnitError(f"{plain[:40]!r}… is too long for a unit")
    if plain == "NA":
        raise UnitError(
            "'NA' is the code of milligram per kilogram, but mostly written for 'not applicable'; "
            "for a number without unit write C62"
        )
    found = _find(plain)
    if len(found) == 1:
        return found[0]
    if found:
        several = " or ".join(sorted(f"{unit.name} ({unit.code or unit.symbol})" for unit in found))
        raise UnitError(f"{plain!r} can mean {several}; write the code")
    near = difflib.get_close_matches(_word_key(plain), _index().by_words, n=2, cutoff=0.8)
    units = {_index().by_words[name][0] for name in near}
    hint = " or ".join(sorted(f"{unit.name} ({unit.code or unit.symbol})" for unit in units))
    raise UnitError(f"no unit is known for {plain!r}" + (f"; did you mean {hint}?" if hint else ""))


class _Index(NamedTuple):
    by_code: dict[str, list[Unit]]
    by_symbol: dict[str, list[Unit]]
    by_words: dict[str, list[Unit]]
    by_any_case: dict[str, list[Unit]]


@cache
def _index() -> _Index:
    index = _Index({}, {}, {}, {})
    known = {}
    for unit in all_units():
        known[unit.symbol] = unit
        if unit.code:
            known[unit.code] = unit
            _add(index.by_code, unit.code, unit)
        for written in _written(unit.symbol):
            _add(index.by_symbol, written, unit)
        _add(index.by_words, _word_key(unit.name), unit)
    for key, spellings in SPELLINGS.items():
        for spelling in spellings.split(","):
            _add(index.by_symbol, _symbol_key(spelling), known[key])
            _add(index.by_words, _word_key(spelling), known[key])
    for symbol, units in index.by_symbol.items():
        for unit in units:
            _add(index.by_any_case, symbol.lower(), unit)
    return index


def _add(index: dict[str, list[Unit]], key: str, unit: Unit) -> None:
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


def _find(text: str) -> list[Unit]:
    index = _index()
    if text in index.by_code:
        return index.by_code[text]
    if text.startswith(("unit:", "http://qudt.org/", "https://qudt.org/")):
        return [Unit.from_qudt(text)]
    return (
        index.by_symbol.get(_symbol_key(text))
        or index.by_words.get(_word_key(text))
        or _find_in_brackets(text)
        or _find_composed(text)
        or index.by_any_case.get(_symbol_key(text).lower())
        or []
    )


def _find_in_brackets(text: str) -> list[Unit]:
    found = _IN_BRACKETS.fullmatch(text)
    if found is None:
        return []
    outside, inside = (_find(part.strip()) if part.strip() else [] for part in found.groups())
    if outside and inside:
        return [unit for unit in outside if unit in inside] or outside + inside
    return outside or inside


def _find_composed(text: str) -> list[Unit]:
    """Read ``siemens / m`` and ``Kw Hour``: units side by side or divided, each spelt its own way."""
    parts = re.split(r"\s*/\s*|\s+per\s+", text, flags=re.IGNORECASE)
    factors = [part.split() for part in parts]
    if len(parts) > 2 or not all(factors) or sum(map(len, factors)) < 2:
        return []
    index = _index()
    symbols = []
    for factor in factors:
        product = ""
        for word in factor:
            units = (
                index.by_symbol.get(_symbol_key(word))
                or index.by_words.get(_word_key(word))
                or index.by_any_case.get(word.lower())
            )
            if units is None or len(units) != 1:
                return []
            product += units[0].symbol
        symbols.append(product)
    return index.by_symbol.get(_symbol_key("/".join(symbols)), [])
