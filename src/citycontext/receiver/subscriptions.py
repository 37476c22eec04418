"""``subscribed``: subscribe, iterate over the notifications, and have the subscription deleted at the end."""

from __future__ import annotations

import asyncio
import inspect
import logging
import secrets
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, ExitStack, suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, Generic, Protocol, Self, TypeAlias, TypeVar, Unpack, overload
from uuid import uuid4

from citycontext.errors import CityContextError, ConfigurationError, ContextBrokerError, DataError, ResourceNotFound
from citycontext.foreign_text import printable
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.subscriptions import Subscription
from citycontext.receiver.endpoint import Expected
from citycontext.receiver.http import Receiver
from citycontext.receiver.mqtt import MqttReceiver
from citycontext.receiver.received import Received
from citycontext.receiver.subscription_health import LOOK_EVERY, why_silent
from citycontext.receiver.subscription_options import SubscriptionOptions, subscription_of

__all__ = ["AsyncSubscribed", "AsyncSubscriber", "Subscribed", "Subscriber", "subscribed"]

logger: logging.Logger = logging.getLogger(__name__)

_FAREWELL: Final = 5.0

E = TypeVar("E", bound=Entity)

AnyReceiver: TypeAlias = Receiver[Any] | MqttReceiver[Any]


class _Subscriptions(Protocol):
    def create(self, document: Subscription, /, *, context: Any = None) -> str: ...
    def delete(self, document_id: str, /) -> None: ...
    def retrieve(self, document_id: str, /) -> Subscription: ...


class _AsyncSubscriptions(Protocol):
    def create(self, document: Subscription, /, *, context: Any = None) -> Coroutine[Any, Any, str]: ...
    def delete(self, document_id: str, /) -> Coroutine[Any, Any, None]: ...
    def retrieve(self, document_id: str, /) -> Coroutine[Any, Any, Subscription]: ...


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
    look_every: float | None = ...,
    **options: Unpack[SubscriptionOptions],
) -> Subscribed[Entity]: ...
@overload
def subscribed(
    client: Subscriber,
    as_: type[E],
    *,
    receiver: AnyReceiver | None = ...,
    context: Any = ...,
    capacity: int | None = ...,
    look_every: float | None = ...,
    **options: Unpack[SubscriptionOptions],
) -> Subscribed[E]: ...
@overload
def subscribed(
    client: AsyncSubscriber,
    *,
    receiver: AnyReceiver | None = ...,
    context: Any = ...,
    capacity: int | None = ...,
    look_every: float | None = ...,
    **options: Unpack[SubscriptionOptions],
) -> AsyncSubscribed[Entity]: ...
@overload
def subscribed(
    client: AsyncSubscriber,
    as_: type[E],
    *,
    receiver: AnyReceiver | None = ...,
    context: Any = ...,
    capacity: int | None = ...,
    look_every: float | None = ...,
    **options: Unpack[SubscriptionOptions],
) -> AsyncSubscribed[E]: ...
def subscribed(
    client: Any,
    as_: type[Any] = Entity,
    *,
    receiver: AnyReceiver | None = None,
    context: Any = None,
    capacity: int | None = None,
    look_every: float | None = LOOK_EVERY,
    **options: Unpack[SubscriptionOptions],
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
        look_every: Seconds between two looks at the subscription: one that the broker lost, paused or let expire before
            ``expires_at`` is made again, which ``restored`` counts and the log tells. With ``None`` nobody looks.
        options: Which changes are notified, and what a notification holds.

    Returns:
        The notifications: iterate over them, or ask for the next with ``get(timeout)``.

    Raises:
        DataError: ``as_`` is not an entity class.
        InvalidDocument: On entering: what is wanted breaks a clause.
        ConfigurationError: On entering: the receiver has no address.
        ContextBrokerError: On entering: the broker refused. At the end: it did not delete the subscription.
        TransportError: The same, since no usable answer came.

    Examples:
        >>> with subscribed(client, OffStreetParking, watched_attributes=["availableSpotNumber"]) as notifications:
        ...     for notification in notifications:
        ...         print(notification.entities)
    """
    given: object = as_  # not every caller has a type checker
    if not (isinstance(given, type) and issubclass(given, Entity)):
        cure = 'for a type by its name, subscribed(client, entities=[EntitySelector(type="…")])'
        raise DataError(f"{as_!r:.80} is not an entity class; give one, or, {cure}", path="as_")
    is_async = inspect.iscoroutinefunction(client.subscriptions.create)
    kind: type[Subscribed[Any] | AsyncSubscribed[Any]] = AsyncSubscribed if is_async else Subscribed
    return kind(client, as_, options, receiver=receiver, context=context, capacity=capacity, look_every=look_every)


class _Subscribing(Generic[E]):
    """What is known before the subscription is there."""

    def __init__(
        self,
        client: Any,
        as_: type[E],
        options: SubscriptionOptions,
        *,
        receiver: AnyReceiver | None,
        context: Any,
        capacity: int | None,
        look_every: float | None,
    ) -> None:
        self.id: Final = f"urn:ngsi-ld:Subscription:{uuid4()}"
        """The subscription's id."""
        self.receiver: AnyReceiver = receiver or Receiver(as_, secret=secrets.token_urlsafe(32))
        """Where its notifications arrive; its ``findings`` say what was refused."""
        self._is_own = receiver is None
        self._subscriptions = client.subscriptions
        self._as = as_
        self._options = options
        self._context = context
        self._capacity = capacity
        self._expected: Expected[E] | None = None
        self._look_every = look_every
        self.restored: int = 0
        """How many times the broker had lost the subscription, and it was made again."""
        self.trouble: str | None = None
        """Why no notification can come, if that is known."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id!r})"

    @property
    def _stream(self) -> Expected[E]:
        if self._expected is None:
            raise ConfigurationError("nothing is subscribed to yet.", cure="Use it in `with`.")
        return self._expected

    def _expect(self) -> Expected[E]:
        self._expected = self.receiver.expect(
            self.id, self._as, representation=self._options.get("representation"), capacity=self._capacity
        )
        return self._expected

    def _document(self) -> Subscription:
        self._document_made = subscription_of(
            self._options, id=self.id, entity_type=self._as.entity_type, endpoint=self.receiver.endpoint()
        )
        return self._document_made

    def _is_over(self) -> bool:
        """Return whether the time is past until which the subscription was wanted."""
        until = self._document_made.expires_at
        return until is not None and until <= datetime.now(UTC)

    def _note_restored(self, why: str) -> None:
        self.restored += 1
        self.trouble = None
        logger.warning(
            "The subscription %s %s; it was made again. Changes made meanwhile may not have been notified.",
            self.id,
            why,
        )

    def _note_lost(self, why: str, error: Exception) -> None:
        if self.trouble is None:
            logger.error("The subscription %s %s, and is not taken again: %s", self.id, why, error)
        self.trouble = printable(f"the subscription {why}, and is not taken again: {error}", 500)

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
            self._ended = threading.Event()
            if self._look_every is not None:
                self._watch = threading.Thread(target=self._look_after, name=f"citycontext-{self.id}", daemon=True)
                self._watch.start()
                stack.callback(self._watch.join, _FAREWELL)
            self._stack = stack.pop_all()
        return self

    def _look_after(self) -> None:
        while not self._ended.wait(self._look_every) and not self._is_over():
            try:
                why = why_silent(self._subscriptions.retrieve(self.id))
            except ResourceNotFound:
                why = why_silent(None)
            except (CityContextError, RuntimeError) as error:  # RuntimeError: the client was closed
                logger.debug("The subscription %s cannot be looked at: %s", self.id, error)
                continue
            if why is None:
                self.trouble = None
            elif not self._ended.is_set() and not self._is_over():
                self._restore(why)

    def _restore(self, why: str) -> None:
        try:
            with suppress(ResourceNotFound):
                self._subscriptions.delete(self.id)
            self._subscriptions.create(self._document_made, context=self._context)
        except (CityContextError, RuntimeError) as error:
            self._note_lost(why, error)
            return
        self._note_restored(why)
        if self._ended.is_set():
            # The block ended meanwhile, and may have found nothing to delete.
            with suppress(CityContextError, RuntimeError):
                self._subscriptions.delete(self.id)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        self._ended.set()
        with self._stack:
            try:
                self._subscriptions.delete(self.id)
            except ResourceNotFound:
                pass  # it has expired, or somebody else deleted it
            except CityContextError as failure:
                self._not_deleted(failure, error)


class AsyncSubscribed(_Subscribing[E]):
    """A subscription and its notifications, for an ``async with`` block."""

    _watch: asyncio.Task[None] | None = None

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
            if self._look_every is not None:
                watch = asyncio.create_task(self._look_after(self._look_every))
                stack.push_async_callback(_end, watch)
                self._watch = watch
            self._stack = stack.pop_all()
        return self

    async def _look_after(self, seconds: float) -> None:
        while not self._is_over():
            await asyncio.sleep(seconds)
            try:
                why = why_silent(await self._subscriptions.retrieve(self.id))
            except ResourceNotFound:
                why = why_silent(None)
            except (CityContextError, RuntimeError) as error:  # RuntimeError: the client was closed
                logger.debug("The subscription %s cannot be looked at: %s", self.id, error)
                continue
            if why is None:
                self.trouble = None
            elif not self._is_over():
                await self._restore(why)

    async def _restore(self, why: str) -> None:
        try:
            with suppress(ResourceNotFound):
                await self._subscriptions.delete(self.id)
            await self._subscriptions.create(self._document_made, context=self._context)
        except (CityContextError, RuntimeError) as error:
            self._note_lost(why, error)
        else:
            self._note_restored(why)

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        if self._watch is not None:
            await _end(self._watch)
        async with self._stack:
            try:
                await self._subscriptions.delete(self.id)
            except ResourceNotFound:
                pass  # it has expired, or somebody else deleted it
            except CityContextError as failure:
                self._not_deleted(failure, error)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _may_exist(error: BaseException) -> bool:
    """Return whether a subscription may be there although creating it failed: the request was sent, and not refused."""
    is_refused = isinstance(error, ContextBrokerError) and 400 <= error.status < 500
    return not (is_refused or isinstance(error, DataError | ConfigurationError))
