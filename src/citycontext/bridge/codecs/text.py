"""Plain text: one value a message, as in ``sensors/7/temperature`` → ``21.5``."""

from __future__ import annotations

import math
import re
from typing import Any, Final

from citycontext.errors import PayloadError

__all__ = ["TextCodec", "read_value"]

_INTEGER: Final = re.compile(r"[+-]?\d{1,18}")
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_WORDS: Final = {"true": True, "false": False, "on": True, "off": False}


class TextCodec:
    """Read text. The document has ``text`` (trimmed) and ``value``: a number or truth value where it looks like one.

    Args:
        encoding: How the text is encoded.
        decimal_comma: Whether ``21,5`` is a number.
    """

    def __init__(self, *, encoding: str = "utf-8", decimal_comma: bool = False) -> None:
        "".encode(encoding)
        self._encoding = encoding
        self._decimal_comma = decimal_comma

    def decode(self, payload: bytes, topic: str) -> tuple[dict[str, Any]]:
        """Read a payload.

        Args:
            payload: The text.
            topic: Not used.

        Returns:
            One document, e.g. ``{"text": "21.5", "value": 21.5}``.

        Raises:
            PayloadError: The payload is empty or not of the encoding.
        """
        try:
            text = payload.decode(self._encoding).strip().rstrip("\0")
        except UnicodeDecodeError:
            raise PayloadError(
                f"the payload is not a {self._encoding} text: it starts with {payload[:16].hex(' ')}"
            ) from None
        if not text:
            raise PayloadError("the payload is empty; text was expected")
        return ({"text": text, "value": read_value(text, decimal_comma=self._decimal_comma)},)


def read_value(text: str, *, decimal_comma: bool = False) -> Any:
    """Read a number or truth value where a text looks like one.

    Args:
        text: The text, trimmed.
        decimal_comma: Whether ``21,5`` is a number.

    Returns:
        The number or truth value, else the text.
    """
    number = text.replace(",", ".") if decimal_comma else text
    if _INTEGER.fullmatch(number):
        return int(number)
    if _NUMBER.fullmatch(number):
        value = float(number)
        return value if math.isfinite(value) else text
    return _WORDS.get(text.lower(), text)
