"""Which entity types a name that no model has is nearly: other case, order of words, number, language, or a slip."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import Final

from citycontext.models.catalogue.generation import STATIC_SUBJECTS
from citycontext.models.catalogue.index import plain_name
from citycontext.models.catalogue.synonyms import meant_by
from citycontext.ngsild.names import to_snake

__all__ = ["near_types"]

_MOST: Final = 3
_ALIKE: Final = 0.8
_LOOSE: Final = frozenset({"flowerbed", "pointofinterest"})  # for want of a better one: no misspelling of them

_seen: Final[dict[tuple[str, int], tuple[str, ...]]] = {}


def near_types(name: str, keys: Collection[tuple[str, str]]) -> tuple[str, ...]:
    """Return the types that a name may be meant for, the likeliest first; none for a name that is like no other.

    Args:
        name: The name.
        keys: Subject and type of all models.
    """
    found = _seen.get((name, len(keys)))
    if found is None:
        if len(_seen) > 1_000:
            _seen.clear()
        found = _seen[name, len(keys)] = _near_types(name, keys)
    return found


def _near_types(name: str, keys: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    in_order = sorted(keys, key=lambda key: (key[0] not in STATIC_SUBJECTS, len(key[1]), key[1]))
    types = {type_name: plain_name(type_name) for _, type_name in in_order}
    words = _words(name)
    plain = "".join(words)
    if not words:
        return ()
    singular = [_singular(word) for word in words]
    ways = (
        [one for one, other in types.items() if other == plain],
        [one for one, other in types.items() if _is_made_of(_singular(other), singular)],
        [one for one in types if _holds_all(_words(one), singular)] if len(plain) > 3 else [],
        _alike(plain, types),
        _meant(words, types),
    )
    return tuple(next((found[:_MOST] for found in ways if found), ()))


def _words(name: str) -> list[str]:
    spelt = name if not name.isupper() else name.lower()
    return [plain_name(one) for one in to_snake(spelt.replace("-", "_").replace(" ", "_")).split("_") if one]


def _singular(word: str) -> str:
    if word.startswith("observation"):
        return "observed"
    return word.removesuffix("s") if len(word) > 3 and not word.endswith("ss") else word


def _is_made_of(whole: str, words: list[str]) -> bool:
    """Return whether a name is made of these words and no others, in whatever order."""
    for word in sorted(words, key=len, reverse=True):
        if word not in whole:
            return False
        whole = whole.replace(word, " ", 1)
    return whole.replace(" ", "") in ("", "s")


def _holds_all(others: list[str], words: list[str]) -> bool:
    return all(any(_singular(other) == word for other in others) for word in words)


def _alike(plain: str, types: dict[str, str]) -> list[str]:
    by_plain: dict[str, str] = {}
    for one, other in types.items():
        by_plain.setdefault(other, one)
    return [by_plain[one] for one in get_close_matches(plain, by_plain, n=_MOST, cutoff=_ALIKE)]


def _meant(words: list[str], types: dict[str, str]) -> list[str]:
    """Return the types that a word of another language names."""
    for reading in meant_by(words):
        wanted = "".join(reading)
        if wanted in _LOOSE:
            break
        found = [one for one, other in types.items() if other.startswith(wanted) or wanted == _singular(other)]
        if found:
            return found
    return []
