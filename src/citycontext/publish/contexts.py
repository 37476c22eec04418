"""Contexts of what is published: the terms themselves where they are known, and no address that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from citycontext.models.meaning import model_context, terms_of
from citycontext.web.addresses import is_public

__all__ = ["inlined", "leads_nowhere", "terms_for"]

_PLAIN_TEXT: Final = "raw.githubusercontent.com"
"""Answers with text/plain, which no reader of JSON-LD takes for a context."""
_OF_A_NETWORK: Final = (".local", ".localhost", ".internal", ".lan", ".home", ".intranet", ".svc", ".cluster")


def inlined(contexts: Iterable[Any], wire: Mapping[str, Any]) -> tuple[list[Any], list[str]]:
    """Put terms in the place of addresses.

    Args:
        contexts: Addresses and objects, without those of the core @context.
        wire: What the terms are for.

    Returns:
        Contexts that any reader can use, and the addresses that were left out since they lead nowhere.
    """
    kept: list[Any] = []
    left_out: list[str] = []
    bare = {name: content for name, content in wire.items() if name != "@context"}
    for one in contexts:
        if not isinstance(one, str):
            kept.append(one)
        elif model_context(one) is not None:
            terms = terms_of(bare, one)
            kept += [terms] if terms else []
        elif leads_nowhere(one):
            left_out.append(one)
        else:
            kept.append(one)
    return kept, left_out


def terms_for(contexts: Iterable[str], allow: Mapping[str, Iterable[str]]) -> list[Any]:
    """Return the contexts of a file: of the models those terms that a list of what may be published has.

    Args:
        contexts: Addresses.
        allow: The list.
    """
    names = {part: {"type": "Property"} for listed in allow.values() for name in listed for part in name.split(".")}
    return [
        terms_of({"type": list(allow), **names}, one) if model_context(one) is not None else one for one in contexts
    ]


@lru_cache(maxsize=1024)
def leads_nowhere(address: str) -> bool:
    """Return whether an address is of no use to readers elsewhere: of a network of its own, or of plain text.

    Args:
        address: The address of a context.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return True
    if parts.scheme not in ("http", "https") or not host or host == _PLAIN_TEXT:
        return True
    try:
        return not is_public(host)
    except ValueError:
        return "." not in host.rstrip(".") or host.rstrip(".").endswith(_OF_A_NETWORK)
