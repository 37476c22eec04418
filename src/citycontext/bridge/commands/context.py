"""The side of commands that talks to the context broker, which may be slow or away: a thread of its own."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from typing import Any, Final, Protocol

from citycontext.bridge.commands.mapping import Command
from citycontext.bridge.config.commands import CommandConfig
from citycontext.errors import CityContextError

__all__ = ["CommandContext", "ContextSide"]

logger = logging.getLogger(__name__)

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_TICK: Final = 0.1
_WAITING: Final = 10_000


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
    """

    def __init__(self, context: ContextSide, commands: list[Command], notify: str, listening: threading.Event) -> None:
        self._context = context
        self._commands = commands
        self._notify = notify.rstrip("/")
        self._listening = listening
        self._statuses: queue.Queue[tuple[str | None, dict[str, Any]]] = queue.Queue(_WAITING)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._talk, name="citycontext-command-status", daemon=True)
        self.subscribed: Final = threading.Event()
        """Set when the context broker has all subscriptions."""

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
        while not self._stopping.is_set() or not self._statuses.empty():
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
                    endpoint = f"{self._notify}/{command.notified_on}"
                    self._context.subscribe(command.config, command.subscription_id, endpoint)
                    break
                except CityContextError as error:
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
