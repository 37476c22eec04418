# Made by scripts/unasync.py from src/citycontext/client/_async/registrations.py; change that file, not this one.
"""``client.registrations``: which other broker holds what."""

from __future__ import annotations

from typing import Unpack

from citycontext.client._sync.documents import Documents
from citycontext.client._sync.results import Results
from citycontext.client.loading import OnInvalidDocument
from citycontext.client.operations.json_ld import ContextLike
from citycontext.client.operations.selection import Filter, Names
from citycontext.ngsild.query.temporal import TemporalQuery
from citycontext.ngsild.registrations import ContextSourceRegistration

__all__ = ["Registrations"]


class Registrations(Documents[ContextSourceRegistration]):
    """Context source registrations (CIM 009, 5.9 and 5.10)."""

    where = "csourceRegistrations"
    kind = ContextSourceRegistration

    def query(
        self,
        what: Names | None = None,
        /,
        *,
        when: TemporalQuery | None = None,
        page_size: int | None = None,
        on_invalid: OnInvalidDocument = "collect",
        context: ContextLike | None = None,
        **selection: Unpack[Filter],
    ) -> Results[ContextSourceRegistration]:
        """Query the registrations of sources that may hold certain entities (CIM 009, 5.10.2).

        Brokers want at least one of a type, attributes, ``q`` and a geo-query.

        Args:
            what: Types of the entities.
            when: Time that a temporal source must cover.
            page_size: Registrations to a page; without it as the broker's profile says.
            on_invalid: What happens to a registration that cannot be read: it is left out, told in the log, and kept
                in ``.invalid`` (``collect``), or it ends the listing (``raise``).
            context: The @context of the names; without it the client's.
            selection: Which entities.

        Raises:
            DataError: A parameter cannot be used.
        """
        chosen = self._params(**({**selection} if what is None else {"type": what, **selection}))
        time = [] if when is None else when.to_parameters()
        return self._query([*chosen, *time], page_size=page_size, on_invalid=on_invalid, context=context)
