"""A missing optional dependency becomes one line that says what to install."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from citycontext.errors import MissingExtra

__all__ = ["extra"]


@contextmanager
def extra(name: str, *, purpose: str) -> Iterator[None]:
    """Guard imports that need an extra.

    Args:
        name: The extra that brings all they need.
        purpose: What needs it, as the beginning of a sentence.

    Raises:
        MissingExtra: A package that is not ours cannot be found.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "citycontext"):
            raise
        raise MissingExtra(name, package=package, purpose=purpose) from None
    except MissingExtra as error:
        raise MissingExtra(name, package=error.package, purpose=purpose) from None
