"""Packages that only an extra brings: looked for at the door, so that one line says what to install."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from citycontext.errors import MissingExtra

__all__ = ["library", "require"]


def library(package: str, extra: str, purpose: str) -> Any:
    """Import a package that only an extra brings, where it is first needed.

    Args:
        package: Its import name.
        extra: The extra that brings it.
        purpose: What needs it, as the beginning of a sentence.

    Raises:
        MissingExtra: It is not installed.
    """
    try:
        return import_module(package)
    except ModuleNotFoundError as wrong:
        if (wrong.name or package).partition(".")[0] != package.partition(".")[0]:
            raise  # it is there, and lacks something itself
        raise MissingExtra(extra, package=package, purpose=purpose) from None


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
