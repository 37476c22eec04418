"""JSON, any shape."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import orjson

from citycontext.errors import PayloadError

__all__ = ["JsonCodec", "read_json"]

_TEXT_OR_NOT_A_NUMBER: Final = re.compile(
    r'"(?:\\.|[^"\\])*"|(?<![\w.])([+-]?)(nan|inf|infinity)(?![\w.])', re.IGNORECASE
)


class JsonCodec:
    """Read JSON. The document is the payload itself, be it an object, an array or a plain value."""

    def decode(self, payload: bytes, topic: str) -> tuple[Any]:
        """Read a payload.

        Args:
            payload: JSON in UTF-8.
            topic: Not used.

        Returns:
            One document.

        Raises:
            PayloadError: The payload is empty or no JSON.
        """
        return (read_json(payload),)


def read_json(payload: bytes) -> Any:
    """Read JSON, with a fault a person understands.

    Where a device writes ``nan`` or ``inf`` for a number that it does not have, which JSON does not know, the value is
    one that is not finite: whoever takes it refuses it, and the others are not lost.

    Args:
        payload: JSON in UTF-8.

    Returns:
        What it says.

    Raises:
        PayloadError: It is empty, cut off, or no JSON; tells where and shows the place.
    """
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        found = _with_words_for_numbers(payload)
        if found is None:
            raise PayloadError(_explain(payload, error)) from None
        return found


def _with_words_for_numbers(payload: bytes) -> Any:
    try:
        text, count = _TEXT_OR_NOT_A_NUMBER.subn(_as_python_reads, payload.decode())
        return json.loads(text) if count else None
    except (ValueError, RecursionError):
        return None


def _as_python_reads(found: re.Match[str]) -> str:
    if found[2] is None:
        return found[0]
    if found[2].lower() == "nan":
        return "NaN"
    return "-Infinity" if found[1] == "-" else "Infinity"


def _explain(payload: bytes, error: orjson.JSONDecodeError) -> str:
    if not payload.strip():
        return "the payload is empty; JSON was expected"
    # orjson counts characters where the payload is UTF-8, and sees an empty document where it is not.
    text = payload.decode("utf-8", errors="replace")
    if "�" in text and b"\xef\xbf\xbd" not in payload:
        return f"the payload is no UTF-8 text, so it is no JSON: it starts with {payload[:16].hex(' ')}"
    if error.pos >= len(text):
        return f"the JSON is cut off after {len(payload)} bytes: …{text[-40:]!r}"
    return f"this is no JSON at character {error.pos + 1}: …{text[max(0, error.pos - 20) : error.pos + 20]!r}…"
