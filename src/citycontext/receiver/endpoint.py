"""What an HTTP and an MQTT endpoint share: who may send, which notification goes to whom, what was odd."""

from __future__ import annotations

import hmac
import re
import threading
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from citycontext.errors import ConfigurationError, DataError
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.findings import Finding, Severity
from citycontext.ngsild.representations import Representation
from citycontext.ngsild.subscriptions import Endpoint
from citycontext.receiver.notifications import read_notification
from citycontext.receiver.stream import Stream

__all__ = ["SECRET_HEADER", "Expected", "NotificationEndpoint"]

E = TypeVar("E", bound=Entity)
F = TypeVar("F", bound=Entity)

SECRET_HEADER: Final = "X-Notification-Secret"  # noqa: S105  (the name of a header)
"""The header, over MQTT the member of the metadata, that a shared secret travels in."""

_SECRET_HEADERS: Final = frozenset({SECRET_HEADER.lower(), "authorization"})
_SECRET: Final = re.compile(r"[\x21-\x7e]+")
_REMEMBERED: Final = 1000


class Expected(Stream[E]):
    """The notifications of one subscription, taken out of those that its endpoint gets.

    Args:
        subscription_id: The subscription.
        as_: The class of the entities.
        representation: The form that the subscription asks for; without it the notifications tell.
        capacity: How many notifications wait at most.
        end: What to call when it is closed.
    """

    def __init__(
        self,
        subscription_id: str,
        as_: type[E],
        *,
        representation: Representation | str | None,
        capacity: int,
        end: Callable[[str], None],
    ) -> None:
        super().__init__(capacity=capacity)
        self.subscription_id = subscription_id
        self._as = as_
        self._representation = representation
        self._end = end

    def close(self) -> None:
        """Expect no more: what comes late is let go."""
        self._end(self.subscription_id)
        super().close()


class NotificationEndpoint(Stream[E]):
    """Where notifications arrive: a stream of all that no ``expect`` takes out.

    .. versionadded:: 0.2

    Args:
        as_: The class of the entities.
        secret: What senders must show, or what tells whether that which they show is right; without it anyone may send.
        representation: The form that subscriptions ask for; without it the notifications tell.
        capacity: How many notifications wait at most.

    Raises:
        ConfigurationError: An argument cannot be used.
    """

    def __init__(
        self,
        as_: type[E],
        *,
        secret: str | Callable[[str], bool] | None,
        representation: Representation | str | None,
        capacity: int,
    ) -> None:
        if isinstance(secret, str) and _SECRET.fullmatch(secret) is None:
            raise ConfigurationError("must be visible ASCII characters, without spaces", key="secret")
        super().__init__(capacity=capacity)
        self.findings: deque[Finding] = deque(maxlen=_REMEMBERED)
        """What was refused or came late, and why; the newest thousand."""
        self._as = as_
        self._secret = secret
        self._representation = representation
        self._expected: dict[str, Expected[Any]] = {}
        self._ended: deque[str] = deque(maxlen=_REMEMBERED)
        self._lock = threading.Lock()

    @property
    @abstractmethod
    def url(self) -> str:
        """The address that subscriptions name."""

    def endpoint(
        self, *, accept: str | None = None, timeout: float | None = None, cooldown: float | None = None
    ) -> Endpoint:
        """Return the endpoint of a subscription that notifies here (CIM 009, 5.2.15), with the secret if there is one.

        Args:
            accept: Media type of the notifications: ``application/json``, ``application/ld+json`` or
                ``application/geo+json``.
            timeout: How long the broker waits for an answer, in milliseconds.
            cooldown: How long it sends nothing after a failure, in milliseconds.

        Raises:
            ConfigurationError: The address is not known yet.
        """
        return Endpoint(
            uri=self.url,
            accept=accept,
            timeout=timeout,
            cooldown=cooldown,
            receiver_info={SECRET_HEADER: self._secret} if isinstance(self._secret, str) else None,
            notifier_info=self._notifier_info(),
        )

    def expect(
        self,
        subscription_id: str,
        as_: type[F],
        *,
        representation: Representation | str | None = None,
        capacity: int | None = None,
    ) -> Expected[F]:
        """Take the notifications of one subscription out, as a stream of their own; call it before subscribing.

        Args:
            subscription_id: The subscription's id.
            as_: The class of its entities.
            representation: The form that it asks for; without it the notifications tell.
            capacity: How many notifications wait at most; without it as here.

        Raises:
            ConfigurationError: They are taken out already.
        """
        expected = Expected(
            subscription_id,
            as_,
            representation=representation or self._representation,
            capacity=capacity or self.capacity,
            end=self._end,
        )
        with self._lock:
            if self._expected.setdefault(subscription_id, expected) is not expected:
                raise ConfigurationError(f"notifications of {subscription_id} are expected already.")
        return expected

    def close(self) -> None:
        """Take no more; what waits can still be read."""
        for expected in list(self._expected.values()):
            expected.close()
        super().close()

    def __repr__(self) -> str:
        try:
            return f"{type(self).__name__}({self.url!r})"
        except ConfigurationError:
            return f"{type(self).__name__}(not started)"

    def _notifier_info(self) -> dict[str, str] | None:
        return None

    def _end(self, subscription_id: str) -> None:
        with self._lock:
            if self._expected.pop(subscription_id, None) is not None:
                self._ended.append(subscription_id)

    def _admits(self, headers: Mapping[str, str]) -> bool:
        """Return whether the sender shows the secret; names of headers in small letters."""
        if self._secret is None:
            return True
        given = headers.get(SECRET_HEADER.lower(), "") or headers.get("authorization", "").removeprefix("Bearer ")
        if (
            self._secret(given)
            if callable(self._secret)
            else hmac.compare_digest(given.encode(), self._secret.encode())
        ):
            return True
        found = "with a wrong secret" if given else "without the secret"
        self._note("", "secret", f"a notification came {found}; it was refused")
        return False

    def _deliver(
        self,
        body: dict[str, Any],
        headers: Mapping[str, str],
        taken: Callable[[], None] | None = None,
        *,
        over_capacity: bool = False,
    ) -> bool:
        """Read a notification and put it where it belongs.

        Returns:
            Whether it was taken, or came too late for anyone to want it; else everything is full.

        Raises:
            DataError: It cannot be read.
        """
        named = body.get("subscriptionId")
        key = named if isinstance(named, str) else ""
        with self._lock:
            expected = self._expected.get(key)
            late = expected is None and key in self._ended
        if late:
            self._note("subscriptionId", "late", f"{key} has ended; a notification of it was let go", Severity.NOTE)
            if taken is not None:
                taken()
            return True
        target: Expected[Any] | NotificationEndpoint[E] = self if expected is None else expected
        headers = {name: value for name, value in headers.items() if name not in _SECRET_HEADERS}
        received = read_notification(body, headers, target._as, representation=target._representation)
        return target._offer(received, taken, over_capacity=over_capacity)

    def _note_unreadable(self, error: DataError) -> None:
        self._note(error.path, "notification", error.message, clause=error.clause)

    def _note(
        self, path: str, rule: str, message: str, severity: Severity = Severity.ERROR, *, clause: str = ""
    ) -> None:
        self.findings.append(Finding(path, rule, message, severity, clause))
