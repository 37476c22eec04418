"""What routes take a topic, kept for the topics that were seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final, Generic, TypeAlias, TypeVar

__all__ = ["KnownTopics"]

R = TypeVar("R")

_Piece: TypeAlias = tuple[str, int, int] | tuple[str, str]
"""A capture's name, and from where to where it stands in the topic; or its text, where that is another."""
_Found: TypeAlias = tuple[tuple[R, tuple[_Piece, ...]], ...]

_MOST: Final = 120_000
"""How many topics are kept by source: those of a region, in about 20 MB."""
_EVICTED_AT_ONCE: Final = 5_000
_SHARED: Final = 10_000
_AT_HAND: Final = 5_000
"""How many have their captures ready: those of a town, in about 2 MB."""


class KnownTopics(Generic[R]):
    """The routes of each topic, with what their patterns captured; the oldest topics go when there are too many.

    Captures are kept as places in the topic, which topics of one form share: a dict for each of 100,000 topics would
    take six times the room.
    """

    def __init__(self) -> None:
        self._sources: dict[str, dict[str, _Found[R]]] = {}
        self._shared: dict[object, _Found[R]] = {}
        self._at_hand: dict[tuple[str, str], list[tuple[R, Mapping[str, str]]]] = {}

    def find(self, source: str, topic: str) -> list[tuple[R, Mapping[str, str]]] | None:
        """Return the routes of a topic and their captures, ``None`` where it is not known.

        Args:
            source: The source that the message came from.
            topic: The topic.
        """
        at_hand = self._at_hand.get((source, topic))
        if at_hand is not None:
            return at_hand
        known = self._sources.get(source)
        found = None if known is None else known.get(topic)
        if found is None:
            return None
        ready: list[tuple[R, Mapping[str, str]]] = [
            (route, {one[0]: one[1] if len(one) == 2 else topic[one[1] : one[2]] for one in pieces})
            for route, pieces in found
        ]
        if len(self._at_hand) < _AT_HAND:
            self._at_hand[source, topic] = ready
        return ready

    def keep(self, source: str, topic: str, found: Iterable[tuple[R, Mapping[str, str]]]) -> None:
        """Keep the routes of a topic.

        Args:
            source: The source.
            topic: The topic.
            found: The routes, each with its captures.
        """
        known = self._sources.setdefault(source, {})
        if len(known) >= _MOST:
            for oldest in list(islice(known, _EVICTED_AT_ONCE)):
                del known[oldest]
        kept = tuple((route, _pieces(topic, captures)) for route, captures in found)
        form = tuple((id(route), pieces) for route, pieces in kept)
        known[topic] = self._shared.get(form, kept)
        if len(self._shared) < _SHARED:
            self._shared.setdefault(form, kept)


def _pieces(topic: str, captures: Mapping[str, str]) -> tuple[_Piece, ...]:
    pieces: list[_Piece] = []
    for name, text in captures.items():
        start = topic.find(text)
        pieces.append((name, text) if start < 0 else (name, start, start + len(text)))
    return tuple(pieces)
