"""The boolean grammar that entity types and scopes share: alternatives of conjunctions (CIM 009, 4.17 and 4.19)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from citycontext.ngsild.query.scanner import Scanner

__all__ = ["Alternatives", "read_alternatives", "render_alternatives"]

T = TypeVar("T")
Alternatives = tuple[tuple[T, ...], ...]
"""Any of these, where each is all of those: ``((a, b), (c,))`` is *a and b, or c*."""

_MAX: Final = 1_000


def read_alternatives(scanner: Scanner, leaf: Callable[[Scanner], T]) -> Alternatives[T]:
    """Read ``a,b``, ``a|b`` and ``(a;b)`` to the end of the text.

    Beyond the clauses, parentheses may nest and ``;`` may stand without them, binding tighter than ``,`` and ``|``;
    what is read is multiplied out.

    Args:
        scanner: Where to read.
        leaf: Reads one type or scope.

    Raises:
        InvalidQuery: The text does not follow the grammar, or multiplies out to very many.
    """
    alternatives = _any_of(scanner, leaf)
    if scanner.peek() == ")":
        scanner.fail("')' without '('")
    scanner.finish()
    return alternatives


def render_alternatives(alternatives: Alternatives[T]) -> str:
    """Write alternatives as the clauses have them, with the comma that every broker knows."""
    return ",".join(
        str(group[0]) if len(group) == 1 else f"({';'.join(str(part) for part in group)})" for group in alternatives
    )


def _any_of(scanner: Scanner, leaf: Callable[[Scanner], T]) -> Alternatives[T]:
    alternatives = _all_of(scanner, leaf)
    while scanner.take(",") or scanner.take("|"):
        alternatives = _limited(scanner, alternatives + _all_of(scanner, leaf))
    return alternatives


def _all_of(scanner: Scanner, leaf: Callable[[Scanner], T]) -> Alternatives[T]:
    alternatives = _part(scanner, leaf)
    while scanner.take(";"):
        more = _part(scanner, leaf)
        if len(alternatives) * len(more) > _MAX:
            scanner.fail(f"more than {_MAX} parts when multiplied out")
        alternatives = _limited(scanner, tuple(left + right for left in alternatives for right in more))
    return alternatives


def _part(scanner: Scanner, leaf: Callable[[Scanner], T]) -> Alternatives[T]:
    if not scanner.take("("):
        return ((leaf(scanner),),)
    scanner.enter()
    alternatives = _any_of(scanner, leaf)
    scanner.expect(")", "to end the group")
    scanner.leave()
    return alternatives


def _limited(scanner: Scanner, alternatives: Alternatives[T]) -> Alternatives[T]:
    if sum(map(len, alternatives)) > _MAX:
        scanner.fail(f"more than {_MAX} parts when multiplied out")
    return alternatives
