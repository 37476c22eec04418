# Made by scripts/unasync.py from src/citycontext/client/_async/resource.py; change that file, not this one.
"""What the members of a client share."""

from __future__ import annotations

from typing import Any

from citycontext.client._sync.session import Session
from citycontext.client.operations.exchange import Params
from citycontext.client.operations.json_ld import ContextLike
from citycontext.client.operations.model_contexts import MODELS, context_for
from citycontext.client.operations.selection import to_params
from citycontext.errors import DataError

__all__ = ["ClientResource"]


class ClientResource:
    """A member of the client, such as ``client.entities``.

    Args:
        session: Sends the requests.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._session.settings.root!r})"

    def _context(self, context: ContextLike | None, *about: object, entity_id: str = "") -> ContextLike | None:
        """Return the @context of an operation; where it is the model's, ``about`` and the id tell which model."""
        chosen = self._given(context)
        return context_for(*about, entity_id=entity_id) if chosen == MODELS else chosen

    def _reading_context(
        self, context: ContextLike | None, *about: object, entity_id: str, named: bool
    ) -> ContextLike | None:
        """Return the @context of a request that names attributes, or none: then it may be about any model."""
        try:
            return self._context(context, *about, entity_id=entity_id)
        except DataError:
            if named:
                raise
            return None

    def _given(self, context: ContextLike | None) -> ContextLike | None:
        return self._session.settings.context if context is None else context

    def _plain_context(self, context: ContextLike | None) -> ContextLike | None:
        """Return the @context of an operation that is about no model."""
        chosen = self._given(context)
        return None if chosen == MODELS else chosen

    def _params(self, **given: Any) -> Params:
        return to_params(given, self._session.settings.profile)
