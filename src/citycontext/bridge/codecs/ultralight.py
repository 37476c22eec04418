"""Ultralight 2.0, the compact form of FIWARE devices: ``t|21.5|h|40#t|21.6``."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

from citycontext.bridge.codecs.several import Several
from citycontext.errors import PayloadError

__all__ = ["UltralightCodec"]

_TIME: Final = re.compile(r"\d{4}(-?\d\d.*)?")


class UltralightCodec:
    """Read Ultralight 2.0. Each measure group (between ``#``) is a document with its names as members.

    Values are read as the FIWARE agent reads them: as JSON where they are JSON, else as text. So ``on``, ``007`` and
    ``21,5`` are texts, ``null`` and an empty value are nothing. A ``#`` always ends a group: a text cannot hold one.

    A time before the first name (``2024-05-01T10:00:00Z|t|21.5``) is the member ``TimeInstant``. A payload without
    ``|`` is a single value, in the member ``value``: that is how single attributes are published.
    """

    def decode(self, payload: bytes, topic: str) -> list[dict[str, Any]]:
        """Read a payload.

        Args:
            payload: The measures.
            topic: Not used.

        Returns:
            A document for each group.

        Raises:
            PayloadError: The payload is not text, empty, or a name has no value.
        """
        try:
            text = payload.decode().strip()
        except UnicodeDecodeError:
            raise PayloadError("the payload is not a UTF-8 text, so it is not a Ultralight") from None
        if not text:
            raise PayloadError("the payload is empty; Ultralight was expected")
        if "|" not in text:
            return [{"value": _read(text)}]
        return [self._group(group) for group in text.split("#") if group]

    @staticmethod
    def _group(text: str) -> dict[str, Any]:
        parts = text.split("|")
        group: dict[str, Any] = {}
        if len(parts) % 2:
            stamp = parts.pop(0)
            if not _TIME.fullmatch(stamp):
                raise PayloadError(
                    f"{text!r:.80} starts with {stamp!r:.40}, which is not a time; a # always ends a group of measures"
                )
            group["TimeInstant"] = stamp
        if not parts or not all(parts[::2]):
            raise PayloadError(f"{text!r:.80} is not a list of name|value pairs")
        values = Several()
        for name, value in zip(parts[::2], parts[1::2], strict=True):
            values.add(name, _read(value))
        return group | values.values()


def _read(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
