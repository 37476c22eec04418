"""The process that a bridge runs in: what the operating system asks of it, what systemd is told, how it is tuned."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Final

__all__ = ["listening", "notify", "patient_garbage_collection"]

_THRESHOLDS: Final = (10_000, 5, 100)


@contextlib.contextmanager
def listening(stop: threading.Event, reload: threading.Event) -> Iterator[None]:
    """Listen to signals in a ``with`` block; does nothing outside of the main thread, where Python cannot.

    Args:
        stop: Set at SIGTERM and SIGINT: the bridge is to end.
        reload: Set at SIGHUP: it is to read its file again.
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


def notify(state: str) -> None:
    """Send systemd a state (``Type=notify``); nothing happens where there is no systemd.

    Args:
        state: For example ``READY=1``, ``STOPPING=1`` or ``STATUS=…``.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(state.encode(), address)


@contextlib.contextmanager
def patient_garbage_collection() -> Iterator[None]:
    """Look seldom for garbage in cycles among what is old: messages that wait are looked through in vain.

    What is young is still looked through often, for each HTTP request leaves a cycle with its body. The settings from
    before come back at the end.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
