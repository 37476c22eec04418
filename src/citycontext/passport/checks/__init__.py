"""What is asked of a city, a file per MIM. An edition names its checks; ids may move, the checks stay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from citycontext.passport.checks import mim0, mim1, mim2, mim3, mim6, mim7
from citycontext.passport.city import City
from citycontext.passport.verdicts import Outcome

__all__ = ["CHECKS", "DERIVED", "Check"]

Check = Callable[[City], Outcome]

CHECKS: Final[Mapping[str, Check]] = {
    f"{module.__name__.rpartition('.')[2]}.{name}": getattr(module, name)
    for module in (mim0, mim1, mim2, mim3, mim6, mim7)
    for name in module.__all__
}
"""The checks, by the names that editions use."""

DERIVED: Final[Mapping[str, tuple[str, ...]]] = {
    "mim2.supports_access_and_links": ("MIM0", "MIM1"),
    "mim7.context_data": ("MIM1", "MIM2"),
}
"""Checks that ask nothing, and follow from those of other MIMs."""
