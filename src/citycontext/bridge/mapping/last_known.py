"""What devices said last, for those that say only what changed."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import orjson

__all__ = ["LastKnown"]

_Key: TypeAlias = tuple[int, str, int, str]
_LIMIT: Final = 32_000_000


class LastKnown:
    """States by entity, in memory; when the room is used up, the entity not heard of for longest is forgotten.

    States are kept as JSON: so their size is known, and nothing outside can change them.

    Args:
        limit: Bytes of all states together.
    """

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit: Final = limit
        self._states: dict[_Key, tuple[float, bytes]] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._states)

    def complete(self, key: _Key, document: Any) -> Any:
        """Complete a document with what was said before it.

        Args:
            key: Number of the claim (0 for what the journal has), route, number of the entity in the route, and its id.
            document: The message. Its own members stay: objects are completed member by member, all else counts as
                a whole.

        Returns:
            The document, completed; the same one where nothing is known.
        """
        known = self._states.get(key)
        return document if known is None else _overlaid(orjson.loads(known[1]), document)

    def remember(self, key: _Key, document: Any, arrived: float) -> None:
        """Keep a completed document, unless a later message was kept already.

        Args:
            key: As for ``complete``.
            document: The document, completed.
            arrived: When its message arrived: one that is tried again must not hide a later one.

        Raises:
            ValueError: It holds what JSON cannot say.
        """
        known = self._states.get(key)
        if known is not None and arrived < known[0]:
            return
        try:
            content = orjson.dumps(document)
        except TypeError as error:
            raise ValueError(f"overlay: the message cannot be kept: {error}") from None
        if known is not None:
            # Put in anew below, so that the order in the table is the order of last hearing.
            del self._states[key]
            self._bytes -= len(known[1])
        self._states[key] = (arrived, content)
        self._bytes += len(content)
        while self._bytes > self._limit:
            self._bytes -= len(self._states.pop(next(iter(self._states)))[1])


def _overlaid(known: Any, said: Any) -> Any:
    if type(known) is not dict or type(said) is not dict:
        return said
    for name, value in said.items():
        known[name] = _overlaid(known[name], value) if name in known else value
    return known
