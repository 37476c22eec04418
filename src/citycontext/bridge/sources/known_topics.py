"""What routes take a topic, kept for the topics that were seen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Final, Generic, TypeAlias, TypeVar

__all__ = ["KnownTopics"]

R = TypeVar("R")

_Names: TypeAlias = tuple[str, ...]

_MOST: Final = 120_000
"""How many topics are kept by source: those of a region, in about 40 MB."""
_AT_HAND: Final = 5_000
"""How many have their captures ready: those of a town, in about 2 MB."""


class KnownTopics(Generic[R]):
    """The routes of each topic, with what their patterns captured; the oldest topic goes when there are too many.

    Captures are kept as names, which topics share, and texts: a dict for each of 100,000 topics would take three times
    the room.
    """

    def __init__(self) -> None:
        self._sources: dict[str, OrderedDict[str, tuple[tuple[R, _Names, _Names], ...]]] = {}
        self._names: dict[_Names, _Names] = {}
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
            (route, dict(zip(names, texts, strict=True))) for route, names, texts in found
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
        known = self._sources.setdefault(source, OrderedDict())
        if len(known) >= _MOST:
            known.popitem(last=False)
        known[topic] = tuple((route, self._shared((*captures,)), (*captures.values(),)) for route, captures in found)

    def _shared(self, names: _Names) -> _Names:
        return self._names.setdefault(names, names)
