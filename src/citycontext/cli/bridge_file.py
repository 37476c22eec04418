"""The files that the bridge's commands take: its configuration, and messages, one a line."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Literal, cast

import typer

from citycontext.cli.extras import extra
from citycontext.errors import ConfigurationError

if TYPE_CHECKING:
    from citycontext.bridge import BridgeConfig

__all__ = ["ConfigurationFile", "load_config", "open_messages"]

ConfigurationFile = Annotated[Path, typer.Argument(metavar="FILE", help="The bridge's TOML file.", show_default=False)]


def load_config(file: Path) -> BridgeConfig:
    """Read the file.

    Args:
        file: Where it is.

    Raises:
        ConfigurationError: Its first fault.
        MissingExtra: What the bridge needs is not installed.
    """
    with extra("bridge", purpose="The bridge"):
        from citycontext.bridge import BridgeConfig
    return BridgeConfig.load(file)


def open_messages(path: Path | None, mode: Literal["rb", "wb"]) -> AbstractContextManager[IO[bytes]]:
    """Open a file of messages.

    Args:
        path: Where it is; ``None`` or ``-`` for standard input or output.
        mode: Whether it is read or written.

    Raises:
        ConfigurationError: It cannot be opened.
    """
    if path is None or str(path) == "-":
        return nullcontext(sys.stdin.buffer if mode == "rb" else sys.stdout.buffer)
    try:
        return cast("IO[bytes]", path.open(mode))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be opened: {error.strerror}.") from None
