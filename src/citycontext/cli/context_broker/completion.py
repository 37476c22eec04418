"""What the shell proposes for values: types and ids that a broker has, and names of models."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import islice
from typing import Any, Final

import typer

from citycontext.cli.context_broker.opening import open_client
from citycontext.errors import CityContextError
from citycontext.models import models

__all__ = ["complete_id", "complete_model", "complete_type"]

_MOST: Final = 50


def complete_model(incomplete: str) -> list[str]:
    """Return the types of models that begin so.

    Args:
        incomplete: What was typed.
    """
    return sorted({model.type for model in models() if model.type.startswith(incomplete)})[:_MOST]


def complete_type(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the types that begin so: those of the broker, where one is named before, else those of models.

    Args:
        ctx: What was typed before.
        incomplete: What was typed of the last of the types.
    """
    before, comma, last = incomplete.rpartition(",")
    with suppress(CityContextError), _client(ctx) as client:
        return [f"{before}{comma}{one}" for one in client.types.names() if one.startswith(last)]
    return [f"{before}{comma}{one}" for one in complete_model(last)]


def complete_id(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return ids of the broker that begin so.

    Args:
        ctx: What was typed before.
        incomplete: What was typed of the id.
    """
    with suppress(CityContextError), _client(ctx) as client:
        pattern = f"^{re.escape(incomplete)}"
        found = client.entities.query(as_=dict, type=client.types.names(), id_pattern=pattern, page_size=_MOST)
        return [one["id"] for one in islice(found, _MOST)]
    return []


def _client(ctx: typer.Context) -> Any:
    """Return a client of the broker that the command line names so far."""
    named = (ctx.params.get(name) for name in ("at", "tenant", "context"))
    return open_client(*(one if isinstance(one, str) else None for one in named))
