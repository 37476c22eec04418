"""Packages that only an extra brings: looked for at the door, so that one line says what to install."""

from __future__ import annotations

from importlib.util import find_spec

from citycontext.errors import MissingExtra

__all__ = ["require"]


def require(extra: str, *packages: str, purpose: str) -> None:
    """Look for packages without importing them.

    Args:
        extra: The extra that brings them.
        packages: Their import names.
        purpose: What needs them, as the beginning of a sentence.

    Raises:
        MissingExtra: One of them cannot be found.
    """
    for package in packages:
        if find_spec(package) is None:
            raise MissingExtra(extra, package=package, purpose=purpose)
