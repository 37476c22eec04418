"""``citycontext bridge record`` and ``replay``: keep messages, and publish them again."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from citycontext.cli.bridge.files import ConfigurationFile, load_config, open_messages
from citycontext.cli.outcomes import OutcomeForm, is_for_people, tell
from citycontext.cli.terminal import say

__all__ = ["interrupted", "record_messages", "replay_messages"]


def record_messages(
    file: ConfigurationFile,
    to: Annotated[Path | None, typer.Option("--to", help="File to write; standard output without.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="How long; until Ctrl-C without.")] = None,
    form: OutcomeForm = None,
) -> None:
    """Record the messages on the routes' topics as JSON, one a line, beside a running bridge and unnoticed by it."""
    config = load_config(file)
    from citycontext.bridge.rehearsal.recording import listen, write_recording

    with open_messages(to, "wb") as out, interrupted() as asked:
        count = write_recording(listen(config, seconds=seconds, until=asked.is_set), out)
    if to is None or is_for_people(form):
        say(f"Recorded{'' if to is None else f' to {to}'}: {count}.", err=True)
    else:
        tell("", form, ids=[to], file=str(to), recorded=count)


def replay_messages(
    file: ConfigurationFile,
    recording: Annotated[Path, typer.Argument(metavar="RECORDING", help="What was recorded; - is standard input.")],
    speed: Annotated[float, typer.Option(min=0, help="How much faster than it came; 0 makes no pauses.")] = 1.0,
    form: OutcomeForm = None,
) -> None:
    """Publish recorded messages again, with the pauses they had."""
    config = load_config(file)
    from citycontext.bridge.rehearsal.recording import read_recording, replay

    with open_messages(recording, "rb") as lines:
        count = replay(config, read_recording(lines), speed=speed)
    tell(f"Published: {count}.", form, ids=[recording], published=count)


@contextmanager
def interrupted() -> Iterator[threading.Event]:
    """Let Ctrl-C and SIGTERM end the recording in good order, between two messages."""
    asked = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        asked.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
