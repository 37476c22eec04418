"""What the members of a client share."""

from __future__ import annotations

from typing import Any

from citycontext.client._async.session import AsyncSession
from citycontext.client.operations.exchange import Params
from citycontext.client.operations.json_ld import ContextLike
from citycontext.client.operations.selection import to_params

__all__ = ["AsyncNoun"]


class AsyncNoun:
    """A member of the client, such as ``client.entities``.

    Args:
        session: Sends the requests.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._session.settings.root!r})"

    def _context(self, context: ContextLike | None) -> ContextLike | None:
        return self._session.settings.context if context is None else context

    def _params(self, **given: Any) -> Params:
        return to_params(given, self._session.settings.profile)
