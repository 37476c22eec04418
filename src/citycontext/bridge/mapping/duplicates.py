"""Repetitions of messages: the same uplink by two gateways, or the same reading published twice."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final

import orjson

from citycontext.bridge.claim import Claim
from citycontext.bridge.config.routes import DedupConfig
from citycontext.bridge.mapping.paths import compile_path

__all__ = ["Duplicates"]

_KNOWN: Final = 50_000


class Duplicates:
    """What a route has seen, in memory: the newest messages, each as a digest.

    Args:
        config: By which values messages are told apart, and for how long.
        limit: Most messages remembered.
    """

    def __init__(self, config: DedupConfig, limit: int = _KNOWN) -> None:
        self.config: Final = config
        self._getters = [compile_path(path) for path in config.by]
        self._header: Final = None if config.header is None else config.header.lower()
        self._limit: Final = limit
        self._seen: dict[bytes, float] = {}

    def key(
        self, document: Any, claim: Claim | None = None, properties: Sequence[tuple[str, str]] = ()
    ) -> bytes | None:
        """Return what tells a message apart.

        Args:
            document: The message, decoded.
            claim: By which it came: what was not delivered comes again by another, and is not a repetition.
            properties: The message's headers.

        Returns:
            A digest of its values; ``None`` where one is missing, so that nothing is taken for a repetition by guess.
        """
        values = [find(document) for find in self._getters]
        if self._header is not None:
            values.append(next((value for name, value in properties if name.lower() == self._header), None))
        if None in values:
            return None
        try:
            content = orjson.dumps(values)
        except TypeError:
            content = repr(values).encode()
        if claim is not None:
            content += b"%d" % claim.number
        return blake2b(content, digest_size=16).digest()

    def has_seen(self, key: bytes, arrived: float) -> bool:
        """Return whether another message of the same key was taken before.

        Args:
            key: What tells it apart.
            arrived: When the message arrived. A message that is worked on again (a dead letter tried once more, a
                journal replayed) arrived at the very same time, and is not a repetition of itself.
        """
        before = self._seen.get(key)
        return before is not None and before != arrived and abs(arrived - before) <= self.config.within

    def add(self, key: bytes, arrived: float) -> None:
        """Remember a message that was taken.

        Args:
            key: What tells it apart.
            arrived: When it arrived.
        """
        self._seen.pop(key, None)
        self._seen[key] = arrived
        if len(self._seen) > self._limit:
            del self._seen[next(iter(self._seen))]
