"""Names of a package that are imported when they are first asked for (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["lazy_names"]


def lazy_names(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a package, so that who needs one name of it does not pay for all.

    Args:
        package: Its ``__name__``.
        homes: For each name, the module below the package that has it; a dot in front begins beside the package.

    Returns:
        The function. It raises ``AttributeError`` for names that are not listed.
    """

    def find(name: str) -> Any:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(f".{home}", package), name)
        setattr(sys.modules[package], name, found)
        return found

    return find
