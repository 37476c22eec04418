"""Errors of whoever sets up: a file, an option, a package that is not installed."""

from __future__ import annotations

from collections.abc import Iterable

from citycontext.errors.root import LONGEST_MESSAGE, CityContextError, place
from citycontext.foreign_text import printable

__all__ = ["ConfigurationError", "MissingExtra"]


class ConfigurationError(CityContextError):
    """A configuration file or an option is wrong.

    Args:
        message: What is wrong.
        file: The file's name, if it stands in a file.
        key: The key path inside it, e.g. ``route[2].attributes.temperature.from``.
        cure: What to do about it.

    Attributes:
        further: The other faults that were found with this one. As a text, each fault is a line.
    """

    further: tuple[ConfigurationError, ...] = ()

    def __init__(self, message: str, *, file: str = "", key: str = "", cure: str = "") -> None:
        super().__init__(message)
        self.file = file
        self.key = key
        self.cure = cure

    @classmethod
    def of_all(cls, faults: Iterable[ConfigurationError]) -> ConfigurationError:
        """Return the first of some faults, with the others in ``further``.

        Args:
            faults: At least one.
        """
        first, *further = faults
        first.further = tuple(further)
        return first

    def __str__(self) -> str:
        where = ": ".join(place(part) for part in (self.file, self.key) if part)
        text = f"{where}: {self.message}" if where else self.message
        line = f"{text} {printable(self.cure, LONGEST_MESSAGE)}" if self.cure else text
        return "\n".join([line, *map(str, self.further)])


class MissingExtra(ConfigurationError, ModuleNotFoundError):
    """An optional dependency is not installed; an ``ImportError`` for those who walk modules.

    Args:
        extra: The extra that brings it, e.g. ``bridge``.
        package: The package that was looked for.
        purpose: What needs it.
    """

    def __init__(self, extra: str, *, package: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs {package}, which is not installed.",
            cure=f"Run: pip install 'citycontext[{extra}]' (in the folder of a checkout: pip install '.[{extra}]')",
        )
        self.name: str | None = package
        self.extra = extra
        self.package = package
