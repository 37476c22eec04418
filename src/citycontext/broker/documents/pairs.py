"""Lists of keys and values in what comes: the library takes a mapping for one, the standard does not (5.2.22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from citycontext.errors import InvalidDocument

__all__ = ["check_pairs"]

_PAIRS: Final = ("receiverInfo", "notifierInfo", "contextSourceInfo")


def check_pairs(document: Any, path: str = "") -> None:
    """Check that pairs in a document, and in its ``notification`` and ``endpoint``, are a list.

    Raises:
        InvalidDocument: They are a mapping.
    """
    if not isinstance(document, Mapping):
        return
    for name in _PAIRS:
        if isinstance(document.get(name), Mapping):
            raise InvalidDocument("it is a list of objects with key and value", path=f"{path}{name}", clause="5.2.22")
    for name in ("notification", "endpoint"):
        check_pairs(document.get(name), f"{path}{name}.")
