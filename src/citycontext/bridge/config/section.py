"""What all tables of a configuration have in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

__all__ = ["Section", "one_or_many", "parse_instant"]


class Section(BaseModel):
    """A table of the configuration: unknown keys are refused, values cannot change."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, hide_input_in_errors=True
    )


def one_or_many(given: Any) -> Any:
    """Take one of something for a list of one.

    Args:
        given: As TOML read it.
    """
    return [given] if isinstance(given, str | dict) else given


def parse_instant(given: datetime) -> datetime:
    """Refuse a time without zone.

    Args:
        given: As TOML read it.

    Raises:
        ValueError: It names no zone.
    """
    if given.tzinfo is None:
        raise ValueError("the time names no zone; append Z")
    return given
