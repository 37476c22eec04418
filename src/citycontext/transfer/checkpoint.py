"""How far a transfer came, in a file that is whole at any moment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson

from citycontext.errors import ConfigurationError

__all__ = ["Checkpoint"]

_LAYOUT = 1


class Checkpoint:
    """The progress of one transfer, from one place to another.

    .. versionadded:: 0.2

    Args:
        path: The file.
        source: The name of the place that is read.
        target: The name of the place that is written.
    """

    def __init__(self, path: Path, *, source: str, target: str) -> None:
        self.path = path
        self._source = source
        self._target = target

    def load(self) -> dict[str, Any] | None:
        """Return what was kept of an earlier run; None if there was none.

        Raises:
            ConfigurationError: The file is of another transfer, or cannot be read.
        """
        try:
            kept = orjson.loads(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, orjson.JSONDecodeError) as error:
            raise ConfigurationError(f"cannot be read: {error}.", file=str(self.path), cure="Delete it.") from None
        if not isinstance(kept, dict) or kept.get("layout") != _LAYOUT:
            raise ConfigurationError("is not a checkpoint of this version.", file=str(self.path), cure="Delete it.")
        if (kept["source"], kept["target"]) != (self._source, self._target):
            raise ConfigurationError(
                f"belongs to a transfer from {kept['source']} to {kept['target']}.",
                file=str(self.path),
                cure="Name another checkpoint, or delete it.",
            )
        found: dict[str, Any] = kept["state"]
        return found

    def save(self, state: dict[str, Any]) -> None:
        """Keep the progress; a kill at any moment leaves the old state or the new one.

        Raises:
            ConfigurationError: The file cannot be written.
        """
        content = orjson.dumps({"layout": _LAYOUT, "source": self._source, "target": self._target, "state": state})
        written = self.path.with_name(f"{self.path.name}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with written.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            written.replace(self.path)
        except OSError as error:
            raise ConfigurationError(f"cannot be written: {error.strerror}.", file=str(self.path)) from None

    def remove(self) -> None:
        """Forget the progress, since the transfer is done."""
        self.path.unlink(missing_ok=True)
