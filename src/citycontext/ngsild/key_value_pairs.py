"""Pairs of a name and a text, which documents carry for what is sent along: headers, tokens, options (5.2.22)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator

from citycontext.ngsild.wire_model import WireModel

__all__ = ["KeyValuePair", "OptPairs", "without_password"]

_PASSWORD: Final = re.compile(r"(?<=//)[^/]*(?=@)")


class KeyValuePair(WireModel):
    """A name and a text, such as a header that goes with a notification (CIM 009, 5.2.22).

    Args:
        key: The name.
        value: The text; not shown in ``repr``, since it may be a token.
    """

    clause: ClassVar[str] = "5.2.22"

    key: str
    value: str

    def __repr__(self) -> str:
        return f"KeyValuePair(key={self.key!r}, value=…)"

    __str__ = __repr__


def _as_pairs(given: Any) -> Any:
    """Take a mapping as the list of pairs that the standard has."""
    return [{"key": key, "value": value} for key, value in given.items()] if isinstance(given, Mapping) else given


if TYPE_CHECKING:

    class OptPairs:
        """Pairs that may lack: set a mapping or pairs, read pairs."""

        def __get__(self, document: Any, owner: Any) -> list[KeyValuePair] | None: ...
        def __set__(self, document: Any, value: Mapping[str, str] | list[KeyValuePair] | None) -> None: ...

else:
    OptPairs = Annotated[list[KeyValuePair] | None, BeforeValidator(_as_pairs)]


def without_password(address: Any) -> Any:
    """Hide who signs in, and with what, in an address that is shown to people.

    Args:
        address: For example ``mqtt://user:password@host/topic``.
    """
    return _PASSWORD.sub("…", address) if isinstance(address, str) else address
