"""The side of commands that talks to the context broker, which may be slow or away: a thread of its own."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from typing import Any, Final, Protocol

from citycontext.bridge.commands.mapping import Command
from citycontext.bridge.config.commands import CommandConfig
from citycontext.errors import CityContextError
from citycontext.foreign_text import printable
from citycontext.receiver.subscription_health import LOOK_EVERY

__all__ = ["CommandContext", "ContextSide"]

logger: logging.Logger = logging.getLogger(__name__)

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_TICK: Final = 0.1
_WAITING: Final = 10_000
_LOOKED_AT_PER_SECOND: Final = 10


class ContextSide(Protocol):
    """What commands need of the context broker."""

    def subscribe(self, command: CommandConfig, subscription_id: str, endpoint: str) -> None:
        """Subscribe to changes of a command's attribute, in place of an earlier subscription of the same id.

        Args:
            command: The command.
            subscription_id: Id for the subscription.
            endpoint: MQTT topic to notify on, as an address.

        Raises:
            CityContextError: It did not succeed.
        """
        ...

    def silence(self, command: CommandConfig, subscription_id: str) -> str | None:
        """Look at a subscription, and return why it notifies no more; ``None`` if it does.

        Args:
            command: The command.
            subscription_id: Its id.

        Raises:
            CityContextError: It cannot be looked at.
        """
        ...

    def unsubscribe(self, command: CommandConfig, subscription_id: str) -> None:
        """Delete a subscription.

        Args:
            command: The command.
            subscription_id: Its id.

        Raises:
            CityContextError: It did not succeed.
        """
        ...

    def upsert(self, tenant: str | None, entities: list[dict[str, Any]]) -> Any:
        """Write attributes.

        Args:
            tenant: Tenant.
            entities: In normalized form.

        Raises:
            CityContextError: It did not succeed.
        """
        ...


class CommandContext:
    """Subscribes to commands once somebody listens, and writes what became of them.

    Args:
        context: The context broker.
        commands: The commands.
        notify: Address of the MQTT broker as the context broker reaches it; may hold user and password.
        listening: Set when notifications can come.
        look_every: Seconds between two looks at the subscriptions.
    """

    def __init__(
        self,
        context: ContextSide,
        commands: list[Command],
        notify: str,
        listening: threading.Event,
        look_every: float | None = None,
    ) -> None:
        self._context = context
        self._commands = commands
        self._notify = notify.rstrip("/")
        self._listening = listening
        self._statuses: queue.Queue[tuple[str | None, dict[str, Any]]] = queue.Queue(_WAITING)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._talk, name="citycontext-command-status", daemon=True)
        self._look_every = max(look_every or LOOK_EVERY, len(commands) / _LOOKED_AT_PER_SECOND)
        self._looked = 0.0
        self.subscribed: Final = threading.Event()
        """Set when the context broker has all subscriptions."""
        self.restored: int = 0
        """How many subscriptions were lost, and made again."""
        self.trouble: str | None = None
        """Why a subscription is not there, if one is not."""

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread, after one attempt to write what waits, and the subscriptions that are not to be replayed."""
        self._stopping.set()
        self._thread.join()
        for command in self._commands:
            if not command.config.replay and self.subscribed.is_set():
                with contextlib.suppress(CityContextError):
                    self._context.unsubscribe(command.config, command.subscription_id)

    def tell(self, tenant: str | None, wire: dict[str, Any]) -> None:
        """Have attributes written; they wait in memory while the context broker is away.

        Args:
            tenant: Tenant.
            wire: An entity, in normalized form.
        """
        with contextlib.suppress(queue.Full):
            self._statuses.put_nowait((tenant, wire))

    def _talk(self) -> None:
        self._subscribe()
        self._looked = time.monotonic()
        while not self._stopping.is_set() or not self._statuses.empty():
            if time.monotonic() - self._looked >= self._look_every and not self._stopping.is_set():
                self._look_after_subscriptions()
                self._looked = time.monotonic()
            try:
                tenant, wire = self._statuses.get(timeout=_TICK)
            except queue.Empty:
                continue
            pause = _FIRST_PAUSE
            while True:
                try:
                    self._context.upsert(tenant, [wire])
                    break
                except CityContextError as error:
                    if self._stopping.wait(pause):
                        logger.warning("The status of a command for %s was not written: %s", wire["id"], error)
                        return
                    pause = min(pause * 2, _LONGEST_PAUSE)
                    # Who was away may have come back with nothing in its memory.
                    self._looked = 0.0

    def _look_after_subscriptions(self) -> None:
        """Make subscriptions again that the context broker lost, let expire or paused."""
        trouble = None
        for command in self._commands:
            config, name = command.config, command.subscription_id
            try:
                why = self._context.silence(config, name)
            except CityContextError as error:
                # It is away, which the delivery tells; what it has is seen when it is back.
                logger.debug("The subscription for the command %s cannot be looked at: %s", config.name, error)
                continue
            if why is None:
                continue
            try:
                with contextlib.suppress(CityContextError):
                    self._context.unsubscribe(config, name)
                self._context.subscribe(config, name, self._endpoint(command))
            except CityContextError as error:
                trouble = f"commands: the subscription for {config.name} {why}, and is not taken again: {error}"
                if self.trouble is None:
                    logger.error("No command %s can come: its subscription %s (%s).", config.name, why, error)
                continue
            self.restored += 1
            logger.warning(
                "The subscription for the command %s %s at the context broker; it was made again. Commands that were "
                "given meanwhile may be missing.",
                config.name,
                why,
            )
        self.trouble = None if trouble is None else printable(trouble, 500)

    def _endpoint(self, command: Command) -> str:
        return f"{self._notify}/{command.notified_on}"

    def _subscribe(self) -> None:
        pause = _FIRST_PAUSE
        is_told = False
        # Nobody may be notified before somebody listens.
        while not self._listening.wait(_TICK):
            if self._stopping.is_set():
                return
        for command in self._commands:
            while True:
                try:
                    self._context.subscribe(command.config, command.subscription_id, self._endpoint(command))
                    self.trouble = None
                    break
                except CityContextError as error:
                    self.trouble = printable(
                        f"commands: the context broker does not take the subscription for {command.config.name}: "
                        f"{error}",
                        500,
                    )
                    if not is_told:
                        logger.warning(
                            "The context broker does not take the subscription for the command %s (%s); trying again.",
                            command.config.name,
                            error,
                        )
                        is_told = True
                    if self._stopping.wait(pause):
                        return
                    pause = min(pause * 2, _LONGEST_PAUSE)
        self.subscribed.set()
