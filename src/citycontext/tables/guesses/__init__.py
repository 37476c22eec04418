"""Guesses at what columns are: names and sample values in, model, attributes, units, time, position, id and name out.

Pure: of spreadsheets and of messages alike. What a source says is told apart from what was guessed.
"""

from __future__ import annotations

from citycontext.tables.guesses.columns import Column, columns_of
from citycontext.tables.guesses.guess import Guess, guess
from citycontext.tables.guesses.identities import NamingGuess
from citycontext.tables.guesses.matching import Match, match_columns
from citycontext.tables.guesses.positions import Area, PositionGuess
from citycontext.tables.guesses.ranking import Candidate
from citycontext.tables.guesses.times import TimeGuess
from citycontext.tables.guesses.units import UnitGuess

__all__ = [
    "Area",
    "Candidate",
    "Column",
    "Guess",
    "Match",
    "NamingGuess",
    "PositionGuess",
    "TimeGuess",
    "UnitGuess",
    "columns_of",
    "guess",
    "match_columns",
]
