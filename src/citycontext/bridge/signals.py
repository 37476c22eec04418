"""What the operating system asks of a running bridge: SIGTERM and SIGINT to end, SIGHUP to read the file again."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

__all__ = ["listening"]


@contextlib.contextmanager
def listening(stop: threading.Event, reload: threading.Event) -> Iterator[None]:
    """Listen to signals in a ``with`` block; does nothing outside of the main thread, where Python cannot.

    Args:
        stop: Set when the bridge is to end.
        reload: Set when it is to read its file again.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    def ask_to_reload(number: int, frame: FrameType | None) -> None:
        reload.set()

    handlers = {signal.SIGTERM: ask_to_stop, signal.SIGINT: ask_to_stop, signal.SIGHUP: ask_to_reload}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
