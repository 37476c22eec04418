"""``subscribed``: subscribe, iterate over the notifications, and have the subscription deleted at the end."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, ExitStack, suppress
from functools import cached_property
from typing import Any, Final, Generic, Protocol, Self, TypeAlias, TypeVar, Unpack, overload
from uuid import uuid4

from citycontext.errors import CityContextError, ConfigurationError, ContextBrokerError, DataError, ResourceNotFound
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.subscriptions import Subscription
from citycontext.receiver.endpoint import Expected
from citycontext.receiver.http import Receiver
from citycontext.receiver.mqtt import MqttReceiver
from citycontext.receiver.received import Received
from citycontext.receiver.wanted import Wanted, subscription_of

__all__ = ["AsyncSubscribed", "AsyncSubscriber", "Subscribed", "Subscriber", "subscribed"]

E = TypeVar("E", bound=Entity)

AnyReceiver: TypeAlias = Receiver[Any] | MqttReceiver[Any]


class _Subscriptions(Protocol):
    def create(self, document: Subscription, /, *, context: Any = None) -> str: ...
    def delete(self, document_id: str, /) -> None: ...


class _AsyncSubscriptions(Protocol):
    def create(self, document: Subscription, /, *, context: Any = None) -> Coroutine[Any, Any, str]: ...
    def delete(self, document_id: str, /) -> Coroutine[Any, Any, None]: ...


class Subscriber(Protocol):
    """What ``subscribed`` needs of a client: ``citycontext.Client`` has it."""

    @cached_property  # as the clients have it: pyright takes a property for something else
    def subscriptions(self) -> _Subscriptions:
        """Creates and deletes subscriptions."""
        ...


class AsyncSubscriber(Protocol):
    """What ``subscribed`` needs of a client in an event loop: ``citycontext.AsyncClient`` has it."""

    @cached_property
    def subscriptions(self) -> _AsyncSubscriptions:
        """Creates and deletes subscriptions."""
        ...


@overload
def subscribed(
    client: Subscriber,
    *,
    receiver: AnyReceiver | None = ...,
    context: Any = ...,
    capacity: int | None = ...,
    **wanted: Unpack[Wanted],
) -> Subscribed[Entity]: ...
@overload
def subscribed(
    client: Subscriber,
    as_: type[E],
    *,
    receiver: AnyReceiver | None = ...,
    context: Any = ...,
    capacity: int | None = ...,
    **wanted: Unpack[Wanted],
) -> Subscribed[E]: ...
@overload
def subscribed(
    client: AsyncSubscriber,
    *,
    receiver: AnyReceiver | None = ...,
    context: Any = ...,
    capacity: int | None = ...,
    **wanted: Unpack[Wanted],
) -> AsyncSubscribed[Entity]: ...
@overload
def subscribed(
    client: AsyncSubscriber,
    as_: type[E],
    *,
    receiver: AnyReceiver | None = ...,
    context: Any = ...,
    capacity: int | None = ...,
    **wanted: Unpack[Wanted],
) -> AsyncSubscribed[E]: ...
def subscribed(
    client: Any,
    as_: type[Any] = Entity,
    *,
    receiver: AnyReceiver | None = None,
    context: Any = None,
    capacity: int | None = None,
    **wanted: Unpack[Wanted],
) -> Subscribed[Any] | AsyncSubscribed[Any]:
    """Subscribe for as long as a ``with`` block lasts (CIM 009, 5.8.1 and 5.8.5); ``async with``, if the client is so.

    The subscription gets an id of our own, so that it can be deleted even if the answer to its creation is lost. It is
    deleted however the block ends, unless the program is killed: ``expires_at`` bounds how long it then stays.

    Args:
        client: Creates and deletes the subscription.
        as_: The class of the entities; also which entities, unless ``entities`` says.
        receiver: Where notifications arrive; it must have an address. Without it one that listens on a free port of
            127.0.0.1, with a secret of its own, for as long as the block lasts: for a broker on this machine.
        context: The @context of the names in the subscription; without it the client's.
        capacity: How many notifications wait at most; without it as the receiver says.
        wanted: Which changes are notified, and what a notification holds.

    Returns:
        The notifications: iterate over them, or ask for the next with ``get(timeout)``.

    Raises:
        InvalidDocument: On entering: what is wanted breaks a clause.
        ConfigurationError: On entering: the receiver has no address.
        ContextBrokerError: On entering: the broker refused. At the end: it did not delete the subscription.
        TransportError: The same, since no usable answer came.

    Examples:
        >>> with subscribed(client, OffStreetParking, watched_attributes=["availableSpotNumber"]) as notifications:
        ...     for notification in notifications:
        ...         print(notification.entities)
    """
    is_async = inspect.iscoroutinefunction(client.subscriptions.create)
    kind: type[Subscribed[Any] | AsyncSubscribed[Any]] = AsyncSubscribed if is_async else Subscribed
    return kind(client, as_, wanted, receiver=receiver, context=context, capacity=capacity)


class _Subscribing(Generic[E]):
    """What is known before the subscription is there."""

    def __init__(
        self,
        client: Any,
        as_: type[E],
        wanted: Wanted,
        *,
        receiver: AnyReceiver | None,
        context: Any,
        capacity: int | None,
    ) -> None:
        self.id: Final = f"urn:ngsi-ld:Subscription:{uuid4()}"
        """The subscription's id."""
        self.receiver: AnyReceiver = receiver or Receiver(as_, secret=secrets.token_urlsafe(32))
        """Where its notifications arrive; its ``findings`` say what was refused."""
        self._is_own = receiver is None
        self._subscriptions = client.subscriptions
        self._as = as_
        self._wanted = wanted
        self._context = context
        self._capacity = capacity
        self._expected: Expected[E] | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id!r})"

    @property
    def _stream(self) -> Expected[E]:
        if self._expected is None:
            raise ConfigurationError("nothing is subscribed to yet.", cure="Use it in `with`.")
        return self._expected

    def _expect(self) -> Expected[E]:
        self._expected = self.receiver.expect(
            self.id, self._as, representation=self._wanted.get("format"), capacity=self._capacity
        )
        return self._expected

    def _document(self) -> Subscription:
        return subscription_of(
            self._wanted, id=self.id, entity_type=self._as.entity_type, endpoint=self.receiver.endpoint()
        )

    def _not_deleted(self, failure: CityContextError, error: BaseException | None) -> None:
        """Raise what went wrong with deleting, or note it on what went wrong before."""
        if error is None:
            raise failure
        error.add_note(f"The subscription {self.id} was not deleted: {failure}")


class Subscribed(_Subscribing[E]):
    """A subscription and its notifications, for a ``with`` block."""

    def get(self, timeout: float | None = None) -> Received[E]:
        """Wait for the next notification.

        Args:
            timeout: Longest wait, in seconds; without it as long as it takes.

        Raises:
            BrokerTimeout: None came in time.
        """
        return self._stream.get(timeout)

    def __iter__(self) -> Iterator[Received[E]]:
        return iter(self._stream)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            if self._is_own:
                stack.enter_context(self.receiver)
            document = self._document()
            stack.callback(self._expect().close)
            try:
                self._subscriptions.create(document, context=self._context)
            except BaseException as error:
                if _may_exist(error):
                    with suppress(CityContextError):
                        self._subscriptions.delete(self.id)
                raise
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        with self._stack:
            try:
                self._subscriptions.delete(self.id)
            except ResourceNotFound:
                pass  # it has expired, or somebody else deleted it
            except CityContextError as failure:
                self._not_deleted(failure, error)


class AsyncSubscribed(_Subscribing[E]):
    """A subscription and its notifications, for an ``async with`` block."""

    async def get(self, timeout: float | None = None) -> Received[E]:  # noqa: ASYNC109  (as the other has it)
        """Wait for the next notification.

        Args:
            timeout: Longest wait, in seconds; without it as long as it takes.

        Raises:
            BrokerTimeout: None came in time.
        """
        return await self._stream.aget(timeout)

    def __aiter__(self) -> AsyncIterator[Received[E]]:
        return aiter(self._stream)

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            if self._is_own:
                await stack.enter_async_context(self.receiver)
            document = self._document()
            stack.callback(self._expect().close)
            try:
                await self._subscriptions.create(document, context=self._context)
            except BaseException as error:
                if _may_exist(error):
                    with suppress(CityContextError):
                        await self._subscriptions.delete(self.id)
                raise
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        async with self._stack:
            try:
                await self._subscriptions.delete(self.id)
            except ResourceNotFound:
                pass  # it has expired, or somebody else deleted it
            except CityContextError as failure:
                self._not_deleted(failure, error)


def _may_exist(error: BaseException) -> bool:
    """Tell whether a subscription may be there although creating it failed: the request was sent, and not refused."""
    is_refused = isinstance(error, ContextBrokerError) and 400 <= error.status < 500
    return not (is_refused or isinstance(error, DataError | ConfigurationError))
