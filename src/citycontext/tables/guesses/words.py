"""Words of names: ``TempC_SHT`` is temp, c, sht; ``Vochtigheid (%)`` is vochtigheid."""

from __future__ import annotations

import pkgutil
import re
import unicodedata
from functools import lru_cache
from typing import Final

__all__ = ["joined", "spelt_plainly", "table_lines", "words_of"]

_IN_BRACKETS: Final = re.compile(r"[(\[][^()\[\]]*[)\]]")
_BOUNDARY: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
_LETTERS_AND_DIGITS: Final = re.compile(r"[a-z]+|\d+")
_KEPT: Final = re.compile(
    r"(?:pm|o|co|no|so|nh|ch|h2|n2|cl|c6|hco|po|ws|wd|rh|t|l|p|u|i|v|x|y|z|m|n2o|sh|nox|lat|lon|s|a|b|em|am|lht|ldds|lse)\d+[a-z]?"
    r"|\d+[a-z]{1,2}|h2s|nh3n?|c6h6|ch2o|hcho|la\d+|lw\d+|leq\d+"
)


def spelt_plainly(text: str) -> str:
    """Return a text without accents: ``température`` is ``temperature``.

    Args:
        text: The text.
    """
    if text.isascii():
        return text
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))


@lru_cache(maxsize=8192)
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name, in lower case; what stands in brackets (a unit, mostly) is left out.

    Args:
        name: A name such as a column's, a member's or a topic's level.
    """
    plain = spelt_plainly(_IN_BRACKETS.sub(" ", name)) or name
    found: list[str] = []
    for piece in _BOUNDARY.split(plain):
        word = piece.lower()
        if not word:
            continue
        if _KEPT.fullmatch(word) or word.isalpha() or word.isdigit():
            found.append(word)
        else:
            found += _LETTERS_AND_DIGITS.findall(word)
    if len(found) > 1 and found[0] == "pm" and found[1].isdigit():
        return _particles(found)
    return tuple(found)


def _particles(words: list[str]) -> tuple[str, ...]:
    """Take ``pm 2.5`` for one word."""
    number = words[1]
    rest = words[2:]
    if number in ("2", "0", "1", "4") and rest[:1] and rest[0].isdigit() and len(rest[0]) == 1:
        number, rest = number + rest[0], rest[1:]
    return (f"pm{number}", *rest)


def joined(name: str) -> str:
    """Return a name without case, accents, blanks and signs: ``Wind Speed`` and ``windSpeed`` are one.

    Args:
        name: The name.
    """
    return "".join(words_of(name))


def table_lines(name: str) -> list[str]:
    """Return the lines of a table that stands beside this module, without comments and empty ones.

    Args:
        name: The file's name.
    """
    content = (pkgutil.get_data("citycontext.tables.guesses", name) or b"").decode()
    return [line for line in content.splitlines() if line.strip() and not line.startswith("#")]
