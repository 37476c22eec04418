"""What codecs learnt from messages that come once, kept over a restart: names and types from births."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

import orjson

from citycontext.bridge.codecs.registry import Codec

__all__ = ["CodecMemory", "Learner", "LearningCodec"]

logger: logging.Logger = logging.getLogger(__name__)

_MODE: Final = 0o600


@runtime_checkable
class LearningCodec(Codec, Protocol):
    """A codec that learns from messages which are not sent again."""

    @property
    def learnt(self) -> int:
        """A number that grows whenever something is learnt."""
        ...

    def knowledge(self) -> Any:
        """Return what it knows, as JSON can hold it."""
        ...

    def recall(self, knowledge: Any) -> None:
        """Take over what was known before; what does not fit is left alone.

        Args:
            knowledge: As ``knowledge`` gave it.
        """
        ...


class Learner(Protocol):
    """A route, as far as its codec's memory goes."""

    @property
    def config(self) -> Any:
        """What the route says."""
        ...

    @property
    def codec(self) -> Codec:
        """Its codec."""
        ...


class CodecMemory:
    """A file beside the journal. A route is known by its name, its codec's name and its topics.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._saved: dict[str, int] = {}
        self._routes: Sequence[Learner] = ()
        self._learners: dict[str, LearningCodec] = {}

    def _of(self, routes: Sequence[Learner]) -> dict[str, LearningCodec]:
        if routes is not self._routes:
            self._routes, self._learners = routes, _learners(routes)
        return self._learners

    def restore(self, routes: Sequence[Learner]) -> None:
        """Restore what codecs knew before.

        Args:
            routes: The routes.
        """
        learners = self._of(routes)
        if not learners:
            return
        try:
            known = orjson.loads(self._path.read_bytes())
        except FileNotFoundError:
            return
        except (OSError, orjson.JSONDecodeError) as error:
            logger.warning("What codecs knew cannot be read from %s: %s; it is learnt anew.", self._path, error)
            return
        for key, codec in learners.items():
            if isinstance(known, dict) and key in known:
                codec.recall(known[key])
            self._saved[key] = codec.learnt

    def save(self, routes: Sequence[Learner]) -> None:
        """Write down what was learnt since the last time.

        Args:
            routes: The routes.
        """
        learners = self._of(routes)
        if all(codec.learnt == self._saved.get(key, 0) for key, codec in learners.items()):
            return
        content = orjson.dumps({key: codec.knowledge() for key, codec in learners.items()})
        new = self._path.with_name(f"{self._path.name}.new")
        try:
            with os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, _MODE), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
        except OSError as error:
            # Learnt anew after a restart, at the price of a rebirth.
            logger.warning("What codecs know cannot be kept in %s: %s", self._path, error)
            with contextlib.suppress(OSError):
                new.unlink()
        self._saved = {key: codec.learnt for key, codec in learners.items()}


def _learners(routes: Iterable[Learner]) -> dict[str, LearningCodec]:
    return {
        f"{route.config.name}\n{route.config.codec.name}\n{' '.join(route.config.topic)}": route.codec
        for route in routes
        if isinstance(route.codec, LearningCodec)
    }
