"""What each code of a finding or an error means: its cause and its cure."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from citycontext.errors.configuration import ConfigurationError

__all__ = ["Explanation", "explained", "explanations"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means.

    Args:
        code: The code, such as ``practice/unit-unknown``.
        title: What it is, in a few words.
        cause: Why it comes.
        cure: What to do.
    """

    code: str
    title: str
    cause: str
    cure: str


@cache
def explanations() -> Mapping[str, Explanation]:
    """Return all codes with what they mean, in the order of the families."""
    text = (files("citycontext.errors") / "codes.toml").read_text(encoding="utf-8")
    return {code: Explanation(code, **table) for code, table in tomllib.loads(text).items()}


def explained(code: str) -> list[Explanation]:
    """Return what a code means; of a short one, such as ``unit``, that of each family that has it.

    Args:
        code: The code as it is printed, or its last part.

    Raises:
        ConfigurationError: There is no such code.
    """
    known = explanations()
    wanted = code.strip().strip("[]").casefold().replace(" ", "-").replace("_", "-")
    exact = [one for name, one in known.items() if name.casefold() == wanted]
    found = exact or [one for name, one in known.items() if name.casefold().partition("/")[2] == wanted]
    if not found:
        names = {name.casefold(): name for name in known} | {name.partition("/")[2].casefold(): name for name in known}
        near = difflib.get_close_matches(wanted, names, n=1, cutoff=0.7)
        cure = f"Did you mean {names[near[0]]}?" if near else "citycontext explain lists all codes."
        raise ConfigurationError(f"there is no code {code!r}.", key="CODE", cure=cure)
    return found
