"""All that can be guessed of a table or of messages: model, attributes, units, time, position, id and name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from citycontext.models.catalogue.description import ModelDescription
from citycontext.tables.guesses.columns import Column
from citycontext.tables.guesses.identities import NamingGuess, guess_id, guess_name
from citycontext.tables.guesses.matching import Match, match_columns
from citycontext.tables.guesses.measured import Measured, measured
from citycontext.tables.guesses.positions import Area, PositionGuess, guess_position
from citycontext.tables.guesses.ranking import Candidate, rank_models
from citycontext.tables.guesses.times import TimeGuess, guess_times

__all__ = ["Guess", "guess"]

_LESS_OF_A_DEVICE: Final = 0.7
_OF_DEVICES: Final = frozenset({"battery", "battery_voltage", "rssi", "snr", "device_temperature"})


@dataclass(frozen=True)
class Guess:
    """What columns are, as far as they tell.

    Args:
        columns: All columns.
        models: The models they may be of, the likeliest first.
        times: The columns that may say when something was observed, the likeliest first.
        position: Where things stand.
        id: The column that tells things apart.
        name: The column that says what people call them.
        meaning: What columns measure, by the column's name.
    """

    columns: tuple[Column, ...]
    models: tuple[Candidate, ...]
    times: tuple[TimeGuess, ...]
    position: PositionGuess | None
    id: NamingGuess | None
    name: NamingGuess | None
    meaning: Mapping[str, Measured]

    @property
    def time(self) -> TimeGuess | None:
        """The likeliest column of time, where there is one."""
        return self.times[0] if self.times else None

    @cached_property
    def roles(self) -> frozenset[str]:
        """The names of the columns that are time, position, id and name, and so are not attributes of their own."""
        position = self.position
        taken = [
            None if position is None else position.longitude,
            None if position is None else position.latitude,
            None if position is None else position.column,
            None if self.name is None else self.name.column,
            None if self.id is None else self.id.column,
            *(one.column for one in self.times),
        ]
        return frozenset(one.name for one in taken if one is not None)

    def matches(self, model: ModelDescription) -> tuple[Match, ...]:
        """Find which of the other columns is which attribute of a model.

        Args:
            model: The model.
        """
        return match_columns([one for one in self.columns if one.name not in self.roles], model, self.meaning)


def guess(
    columns: Sequence[Column] | Mapping[str, Sequence[Any]],
    words: Iterable[str] = (),
    *,
    area: Area | None = None,
    unique: bool = False,
    most: int = 5,
) -> Guess:
    """Guess what columns are.

    Args:
        columns: The columns, or their names with sample values.
        words: What stands around them, e.g. the levels of a topic, or the names of file and sheet.
        area: Where positions are expected.
        unique: Whether each row is another thing, as in a list of places; else several may be of one.
        most: How many models to rank.
    """
    if isinstance(columns, Mapping):
        columns = [Column(name, tuple(values)) for name, values in columns.items()]
    times = tuple(guess_times(columns))
    position = guess_position(columns, area)
    values = [one for one in columns if not _is_role(one, times, position)]
    meaning = measured(values)
    return Guess(
        tuple(columns),
        _by_cover(rank_models(values, words, meaning, most=most + 3), values, meaning)[:most],
        times,
        position,
        guess_id(columns, unique=unique),
        guess_name(columns),
        meaning,
    )


def _by_cover(
    candidates: Sequence[Candidate], values: Sequence[Column], meaning: Mapping[str, Measured]
) -> tuple[Candidate, ...]:
    """Put models first that have attributes for what is measured; the state of a device says nothing of that."""
    told = [one for one in values if one.name in meaning and meaning[one.name].quantity.key not in _OF_DEVICES]
    if not told:
        return tuple(candidates)
    shares = [len(match_columns(told, one.model, meaning)) / len(told) for one in candidates]
    found = []
    for candidate, share in zip(candidates, shares, strict=True):
        # Each device has a battery and a signal; it is of the kind that it measures.
        less = _LESS_OF_A_DEVICE if candidate.model.type == "Device" and share + 0.25 < max(shares) else 0.0
        found.append(replace(candidate, score=round(candidate.score + share - less, 3)))
    return tuple(sorted(found, key=lambda one: -one.score))


def _is_role(column: Column, times: Sequence[TimeGuess], position: PositionGuess | None) -> bool:
    if any(one.column is column for one in times):
        return True
    return position is not None and any(
        one is column for one in (position.longitude, position.latitude, position.column)
    )
