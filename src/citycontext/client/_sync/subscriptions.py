# Made by scripts/unasync.py from src/citycontext/client/_async/subscriptions.py; change that file, not this one.
"""``client.subscriptions`` and ``client.registration_subscriptions``."""

from __future__ import annotations

from citycontext.client._sync.documents import Documents
from citycontext.client._sync.results import Results
from citycontext.client.loading import OnInvalidDocument
from citycontext.client.operations.json_ld import ContextLike
from citycontext.ngsild.subscriptions import Subscription

__all__ = ["RegistrationSubscriptions", "Subscriptions"]


class Subscriptions(Documents[Subscription]):
    """Subscriptions to entities (CIM 009, 5.8)."""

    where = "subscriptions"
    kind = Subscription

    def query(
        self,
        *,
        sys_attrs: bool = False,
        page_size: int | None = None,
        on_invalid: OnInvalidDocument = "collect",
        context: ContextLike | None = None,
    ) -> Results[Subscription]:
        """List the subscriptions (CIM 009, 5.8.4); no request is made before the results are asked for.

        Args:
            sys_attrs: Whether ``createdAt`` and ``modifiedAt`` are wanted.
            page_size: Subscriptions to a page; without it as the broker's profile says.
            on_invalid: What happens to a subscription that cannot be read: it is left out, told in the log, and kept
                in ``.invalid`` (``collect``), or it ends the listing (``raise``).
            context: The @context of the names in them; without it the client's.

        Raises:
            DataError: A parameter cannot be used.
        """
        params = self._params(sys_attrs=sys_attrs)
        return self._query(params, page_size=page_size, on_invalid=on_invalid, context=context)


class RegistrationSubscriptions(Subscriptions):
    """Subscriptions to context source registrations (CIM 009, 5.11)."""

    where = "csourceSubscriptions"
