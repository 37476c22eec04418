"""EUIs of devices in the spellings of network servers: ``0A-0B-…``, ``0a:0b:…``, ``0A0B…`` are one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = ["read_eui", "read_eui_64"]

_EUI_64: Final = re.compile(r"[0-9A-Fa-f]{16}|[0-9A-Fa-f]{2}(?:([-: ])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){6}")
_EUI_48: Final = re.compile(r"[0-9A-Fa-f]{12}|[0-9A-Fa-f]{2}(?:([-: ])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}")


@lru_cache(maxsize=10_000)
def read_eui_64(text: str) -> str | None:
    """Read an EUI-64 in any spelling.

    Args:
        text: What may be one.

    Returns:
        Its sixteen digits in lower case; ``None`` where the text is not an EUI-64.
    """
    return _bare(text) if _EUI_64.fullmatch(text) else None


def read_eui(text: str) -> str | None:
    """Read an EUI-64 or EUI-48 (the address of a network card) in any spelling.

    Args:
        text: What may be one.

    Returns:
        Its digits in lower case; ``None`` where the text is neither.
    """
    return _bare(text) if _EUI_48.fullmatch(text) else read_eui_64(text)


def _bare(text: str) -> str:
    return re.sub(r"[-: ]", "", text).lower()
