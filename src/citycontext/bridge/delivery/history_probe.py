"""Whether the context broker keeps history: asked once, by a thread of its own, for it may be away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from citycontext.errors import CityContextError, ContextBrokerError, DataError

__all__ = ["HistoryProbe"]

logger: logging.Logger = logging.getLogger(__name__)

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_PATIENCE: Final = 5
_ITS_OWN_FAULT: Final = 500
_BUSY: Final = frozenset({408, 425, 429})


class HistoryProbe:
    """Finds out.

    Args:
        ask: Asks the context broker, and returns whether it keeps history.
    """

    def __init__(self, ask: Callable[[], bool]) -> None:
        self._ask = ask
        self._stopping = threading.Event()
        self._known = threading.Event()
        self._keeps = False
        self._thread = threading.Thread(target=self._run, name="citycontext-history", daemon=True)

    def start(self) -> None:
        """Start to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Ask no more; who waits for the answer goes on."""
        self._stopping.set()
        self._known.set()

    def wait(self) -> bool:
        """Wait for the answer, for as long as the context broker is away: nothing can be delivered until then."""
        self._known.wait()
        return self._keeps

    def _run(self) -> None:
        pause, refusals = _FIRST_PAUSE, 0
        while not self._stopping.is_set():
            try:
                self._keeps = self._ask()
                break
            except (ContextBrokerError, DataError) as error:
                refusals += 1
                status = error.status if isinstance(error, ContextBrokerError) else 400
                may_pass = status >= _ITS_OWN_FAULT or status in _BUSY
                if not may_pass or refusals >= _PATIENCE:
                    logger.debug("The context broker does not say whether it keeps history: %s", error)
                    break
            except CityContextError as error:
                logger.debug("The context broker cannot be asked whether it keeps history: %s", error)
            self._stopping.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        self._known.set()
