"""JSON null in subscriptions and registrations: nothing is null there; an update that says null removes (5.5.4)."""

from __future__ import annotations

from typing import Any, Final

from citycontext.broker.documents.pairs import check_pairs
from citycontext.errors import InvalidDocument
from citycontext.ngsild.terms import NULL_URN

__all__ = ["refuse_nulls", "without_nulls"]

_NEEDED: Final = frozenset({"id", "type"})
_CONTEXT: Final = "@context"


def refuse_nulls(payload: dict[str, Any], *, fragment: bool = False) -> None:
    """Make sure that nothing in a document is null, and its pairs are lists; an @context may hold nulls.

    Args:
        payload: The document.
        fragment: Whether it is an update, in which a member that is null removes what is there.

    Raises:
        InvalidDocument: Something is null, or a mapping in the place of pairs.
    """
    check_pairs(payload)
    pending: list[tuple[str, Any]] = []
    for name, value in payload.items():
        if name != _CONTEXT and not (fragment and _is_null(value) and name not in _NEEDED):
            pending.append((name, value))
    while pending:
        path, value = pending.pop()
        if _is_null(value):
            raise InvalidDocument("null is not a value here; leave the member out", path=path, clause="5.5.4")
        if isinstance(value, dict):
            pending += ((f"{path}.{name}", member) for name, member in value.items())
        elif isinstance(value, list):
            pending += ((f"{path}[{place}]", member) for place, member in enumerate(value))


def without_nulls(value: Any) -> Any:
    """Return a document without the nulls that earlier releases stored; the same object if it has none."""
    if isinstance(value, dict):
        made: Any = {
            name: member if name == _CONTEXT else without_nulls(member)
            for name, member in value.items()
            if member is not None or name == _CONTEXT
        }
    elif isinstance(value, list):
        made = [without_nulls(member) for member in value if member is not None]
    else:
        return value
    return value if made == value else made


def _is_null(value: Any) -> bool:
    return value is None or value == NULL_URN
