"""The help of flags: a flag has no value, and so no type to show."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
from typing import Any

from typer import core

__all__ = ["hide_types_of_flags"]


def hide_types_of_flags() -> None:
    """Have the help show no ``<bool>`` behind ``--dry-run``, as some versions of typer do."""
    shown = getattr(core.TyperOption, "display_type_rich", None)
    if shown is None:
        return

    def display_type_rich(self: Any, ctx: Any) -> str | None:
        return None if self.is_flag else shown(self, ctx=ctx)

    core.TyperOption.display_type_rich = display_type_rich  # type: ignore[method-assign,attr-defined,unused-ignore]
