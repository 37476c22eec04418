"""Which model a table or message is of: by what is measured, by the words around it, by the names of attributes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.generation import STATIC_SUBJECTS
from citycontext.models.catalogue.index import plain_name, smart_data_models
from citycontext.models.catalogue.registry import describe
from citycontext.models.catalogue.synonyms import meant_by
from citycontext.tables.guesses.columns import Column
from citycontext.tables.guesses.evidence import Evidence, evidence
from citycontext.tables.guesses.measured import Measured, has_phases
from citycontext.tables.guesses.words import joined, words_of

__all__ = ["Candidate", "rank_models"]

_OF_WORDS: Final = 1.0
_OF_NAMES: Final = 0.5
_SHARED: Final = frozenset(
    [
        "name",
        "description",
        "alternatename",
        "source",
        "owner",
        "dataprovider",
        "seealso",
        "location",
        "address",
        "areaserved",
        "status",
        "category",
        "dateobserved",
        "value",
        "type",
        "id",
        "temperature",
        "humidity",
        "battery",
        "rssi",
        "snr",
    ]
)
_UNLIKELY: Final = ("Forecast", "Group", "Model", "TMS", "Simulation")


@dataclass(frozen=True)
class Candidate:
    """A model that may be meant.

    Args:
        model: The model.
        score: How much speaks for it; only its order counts.
        reasons: What speaks for it, the weightiest first.
    """

    model: ModelDescription
    score: float
    reasons: tuple[str, ...]


def rank_models(
    columns: Sequence[Column], words: Iterable[str], meaning: Mapping[str, Measured], *, most: int = 5
) -> list[Candidate]:
    """Rank the models that columns may be of.

    Args:
        columns: The columns.
        words: What stands around them: levels of the topic, names of file and sheet, of devices and applications.
        meaning: What columns measure.
        most: How many models to return.

    Returns:
        The models, the likeliest first.
    """
    said = [spelt for text in words if (spelt := words_of(text))]
    headers = [spelt for column in columns for part in column.path[-2:] if (spelt := words_of(part))]
    measured = _strengths(meaning)
    scores: dict[tuple[str, str], float] = {}
    reasons: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for one in evidence():
        key = (one.subject, one.type)
        parts = [*_of_quantities(one, measured), *_of_words(one, said, headers)]
        scores[key] = sum(weight for weight, _ in parts) + _PRIORS.get(one.type, 0.0)
        reasons[key] = [(weight, text) for weight, text in parts if weight > 0 and text]
    for key, weight, text in (*_of_names(columns), *_of_types(said)):
        scores[key] = scores.get(key, _unlikely(key)) + weight
        reasons.setdefault(key, []).append((weight, text))
    best = sorted(scores, key=lambda key: (-scores[key], key))[:most]
    return [
        Candidate(
            describe(key[1], key[0]),
            round(scores[key], 3),
            tuple(text for _, text in sorted(reasons.get(key, ()), key=lambda entry: -entry[0])[:4]),
        )
        for key in best
        if scores[key] > 0
    ]


_PRIORS: Final[dict[str, float]] = {"Device": 0.35, "WeatherObserved": 0.1, "AirQualityObserved": 0.1}


def _unlikely(key: tuple[str, str]) -> float:
    prior = 0.0 if key[0] in STATIC_SUBJECTS else -1.2
    return prior - (1.0 if any(word in key[1] for word in _UNLIKELY) else 0.0)


def _strengths(meaning: Mapping[str, Measured]) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in meaning.values():
        found[one.quantity.key] = max(found.get(one.quantity.key, 0.0), one.score)
    if has_phases(dict(meaning)):
        found["phases"] = 1.0
    return found


def _of_quantities(one: Evidence, measured: Mapping[str, float]) -> list[tuple[float, str]]:
    return [
        (one.quantities[key] * strength, f"measures {key.replace('_', ' ')}")
        for key, strength in measured.items()
        if key in one.quantities
    ]


def _of_words(
    one: Evidence, said: Sequence[tuple[str, ...]], headers: Sequence[tuple[str, ...]]
) -> list[tuple[float, str]]:
    found: dict[str, float] = {}
    for texts, worth in ((said, _OF_WORDS), (headers, 0.35)):
        for words in texts:
            for length in range(min(4, len(words)), 0, -1):
                for start in range(len(words) - length + 1):
                    run = words[start : start + length]
                    weight = one.words.get(run)
                    if weight is None and (length > 1 or len(run[0]) > 4):
                        weight = one.words.get(("".join(run),))
                    if weight is None and len(run[0]) > 4 and length == 1 and run[0].endswith("s"):
                        weight = one.words.get((run[0][:-1],))
                    if weight is not None:
                        text = " ".join(run)
                        found[text] = max(found.get(text, 0.0), weight * worth)
    if not found:
        return []
    ordered = sorted(found.items(), key=lambda entry: -entry[1])
    # The first word says most; more of them add less and less.
    return [(weight * 0.4**place, f"the word {text!r}") for place, (text, weight) in enumerate(ordered[:4])]


@cache
def _models_by_attribute() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    index = smart_data_models()
    for key, line in index.attribute_words.items():
        for name in set(line.split()):
            found.setdefault(name, []).append(key)
    return {name: tuple(keys) for name, keys in found.items()}


def _of_names(columns: Sequence[Column]) -> list[tuple[tuple[str, str], float, str]]:
    """Weigh names that are those of attributes: the rarer, the more they say."""
    by_attribute = _models_by_attribute()
    found = []
    for spelling in {joined(column.path[-1]) for column in columns}:
        keys = by_attribute.get(spelling, ())
        if not keys or spelling in _SHARED or len(spelling) < 3:
            continue
        weight = _OF_NAMES * min(3.0, math.log(400 / len(keys))) / 2
        if weight > 0:
            found += [(key, weight, f"has an attribute {spelling!r}") for key in keys]
    return found


@cache
def _models_by_type() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for key in smart_data_models():
        found.setdefault(plain_name(key[1]), []).append(key)
    return {name: tuple(keys) for name, keys in found.items()}


def _of_types(said: Sequence[tuple[str, ...]]) -> list[tuple[tuple[str, str], float, str]]:
    """Weigh words that are the name of a type, or a usual word for it."""
    by_type = _models_by_type()
    found: dict[tuple[str, str], tuple[float, str]] = {}
    for words in said:
        for length in (4, 3, 2, 1):
            for start in range(len(words) - length + 1):
                whole = "".join(words[start : start + length])
                readings = [[whole]] if length > 1 or len(whole) > 3 else []
                readings += meant_by([plain_name(word) for word in words[start : start + length]])[:6]
                for place, reading in enumerate(readings):
                    for name in {"".join(reading), "".join(reading).removesuffix("s")}:
                        exact = place == 0 and bool(by_type.get(whole) or by_type.get(whole.removesuffix("s")))
                        for key in by_type.get(name, ()):
                            weight = (3.2 if key[0] in STATIC_SUBJECTS else 1.4) if exact else 0.8
                            if weight > found.get(key, (0.0, ""))[0]:
                                found[key] = (weight, f"the words {' '.join(words[start : start + length])!r}")
    return [(key, weight, text) for key, (weight, text) in found.items()]
