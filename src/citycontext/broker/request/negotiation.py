"""Media types: what came in, what goes out (6.3.4)."""

from __future__ import annotations

from collections.abc import Sequence

from citycontext.broker.responses.problems import Problem

__all__ = ["choose_answer", "preference", "prefers"]


def preference(header: str, name: str) -> str | None:
    """Return the value of one preference in a Prefer header (RFC 7240); None when it is not there."""
    for part in header.split(","):
        key, _, value = part.partition(";")[0].partition("=")
        if key.strip().lower() == name:
            return value.strip().strip('"')
    return None


def prefers(header: str, name: str, value: str) -> bool:
    """Return whether a Prefer header asks for a value of a preference."""
    return preference(header, name) == value


def choose_answer(accept: str, offered: Sequence[str]) -> str:
    """Choose the media type of the answer.

    Args:
        accept: The request's Accept; empty stands for anything.
        offered: What the operation can answer in, best first.

    Returns:
        The one with the highest quality; among equals the first offered.

    Raises:
        Problem: None is acceptable (406).
    """
    if not accept.strip():
        return offered[0]
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    best, quality = "", 0.0
    for candidate in offered:
        found = _quality(candidate, ranges)
        if found > quality:
            best, quality = candidate, found
    if not best:
        raise Problem(
            "InvalidRequest",
            f"None of the media types in {accept!r} can be had here; these can: {', '.join(offered)}.",
            status=406,
        )
    return best


def _range(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip() for part in text.split(";"))
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            try:
                quality = min(1.0, max(0.0, float(value)))
            except ValueError:
                quality = 0.0
    return name.lower(), quality


def _quality(candidate: str, ranges: list[tuple[str, float]]) -> float:
    """Return a media type the quality of the narrowest range that covers it (RFC 9110, 12.5.1)."""
    family = candidate.partition("/")[0] + "/*"
    for wanted in (candidate, family, "*/*"):
        found = [quality for name, quality in ranges if name == wanted]
        if found:
            return max(found)
    return 0.0
