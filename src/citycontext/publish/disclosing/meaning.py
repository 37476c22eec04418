"""Names that say nothing of a person until they are expanded: ``a`` where the @context has ``https://x/ownerEmail``."""

from __future__ import annotations

from typing import Any, Final

import orjson

from citycontext.errors import ContextError, DataError
from citycontext.ngsild.context import Context
from citycontext.ngsild.context.shipped import shipped_context
from citycontext.publish.disclosing.disclosure import is_personal, local_name

__all__ = ["Meanings"]

_MOST: Final = 256
_MAX_DEPTH: Final = 64


class _KnownOnly:
    """A loader of the contexts that ship; any other counts as empty, since nothing is fetched while publishing."""

    def load(self, url: str) -> Any:
        return shipped_context(url) or {"@context": {}}


class Meanings:
    """Return which names of entities mean something personal by their @context.

    Args:
        context: The @context of entities that carry none.
    """

    def __init__(self, context: Any = None) -> None:
        self._default = context
        self._known: dict[tuple[bytes, tuple[str, ...]], tuple[frozenset[str], Context | None]] = {}

    def personal(self, wire: dict[str, Any], types: tuple[str, ...]) -> frozenset[str]:
        """Return the names of an entity's attributes that mean something personal, or have in them what does.

        Args:
            wire: The entity.
            types: Its types.

        Raises:
            RecursionError: It is nested too deep to be looked through.
        """
        value = wire.get("@context", self._default)
        if not value:
            return frozenset()
        terms, context = self._terms(value, types)
        found = {name for name in wire if ":" in name and context is not None and _means(context, name, types)}
        if terms:
            found |= {name for name, member in wire.items() if name in terms or _holds(member, terms)}
        return frozenset(found)

    def _terms(self, value: Any, types: tuple[str, ...]) -> tuple[frozenset[str], Context | None]:
        key = (orjson.dumps(value), types)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            known = self._known[key] = _read(value, types)
        return known


def _read(value: Any, types: tuple[str, ...]) -> tuple[frozenset[str], Context | None]:
    try:
        context = Context.parse(value, _KnownOnly())
    except (ContextError, DataError):
        return frozenset(), None
    odd = (
        name
        for name, term in context.terms.items()
        if term.iri and local_name(term.iri) != name and _any_personal(types, term.iri)
    )
    return frozenset(odd), context


def _means(context: Context, name: str, types: tuple[str, ...]) -> bool:
    try:
        return _any_personal(types, context.expand(name))
    except DataError:
        return False


def _any_personal(types: tuple[str, ...], iri: str) -> bool:
    return any(is_personal(one, iri) for one in types)


def _holds(member: Any, terms: frozenset[str], depth: int = 0) -> bool:
    if depth > _MAX_DEPTH:
        raise RecursionError
    if isinstance(member, dict):
        return any(name in terms or _holds(inner, terms, depth + 1) for name, inner in member.items())
    return isinstance(member, list) and any(_holds(one, terms, depth + 1) for one in member)
