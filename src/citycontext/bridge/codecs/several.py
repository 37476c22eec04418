"""One rule for names that a message says more than once."""

from __future__ import annotations

from typing import Any

__all__ = ["Several"]


class Several:
    """Gathers values by name; a name said once has its value, one said several times the list of its values.

    So none is lost unseen: a path reaches each (``temperature_1[1]``), and an attribute that wants one number refuses
    the list, of which ``wrong`` decides.
    """

    def __init__(self) -> None:
        self._values: dict[str, list[Any]] = {}

    def add(self, name: str, value: Any) -> None:
        """Add a value.

        Args:
            name: Its name.
            value: The value.
        """
        self._values.setdefault(name, []).append(value)

    def values(self) -> dict[str, Any]:
        """Return the values by name, in the order in which the names were first said."""
        return {name: said[0] if len(said) == 1 else said for name, said in self._values.items()}
