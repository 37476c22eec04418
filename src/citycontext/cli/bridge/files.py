"""The files that the bridge's commands take: its configuration, and messages, one a line."""

from __future__ import annotations

import sys
from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Literal, cast

import typer

from citycontext.cli.conventions import extra
from citycontext.cli.terminal import JsonLines
from citycontext.errors import ConfigurationError
from citycontext.ngsild.findings import Finding, Severity

if TYPE_CHECKING:
    from citycontext.bridge import BridgeConfig
    from citycontext.configuration import UnsetVariable

__all__ = ["ConfigurationFile", "load_config", "load_without_secrets", "open_messages"]

ConfigurationFile = Annotated[Path, typer.Argument(metavar="FILE", help="The bridge's TOML file.", show_default=False)]


def load_config(file: Path) -> BridgeConfig:
    """Read the file.

    Args:
        file: Where it is.

    Raises:
        ConfigurationError: Its faults.
        MissingExtra: What the bridge needs is not installed.
    """
    with extra("bridge", purpose="The bridge"):
        from citycontext.bridge import BridgeConfig
    return BridgeConfig.load(file)


def load_without_secrets(file: Path, *, needs: Collection[str] = ()) -> tuple[BridgeConfig, list[Finding]]:
    """Read the file where variables that it names need not be set, for what connects to nothing.

    Args:
        file: Where it is.
        needs: Tables whose variables must be set.

    Returns:
        The configuration, with something in place of what is not known; and a note for each variable that is not set.

    Raises:
        ConfigurationError: Its faults.
        MissingExtra: What the bridge needs is not installed.
    """
    with extra("bridge", purpose="The bridge"):
        from citycontext.bridge import BridgeConfig
    unset: list[UnsetVariable] = []
    config = BridgeConfig.load(file, unset=unset)
    if any(one.key.partition(".")[0] in needs for one in unset):
        return BridgeConfig.load(file), []
    return config, [
        Finding(
            one.key,
            "variable",
            f'the environment variable {one.name} is not set; "{one.stand_in}" stands for it here',
            Severity.NOTE,
        )
        for one in unset
    ]


def open_messages(path: Path | None, mode: Literal["rb", "wb"]) -> AbstractContextManager[IO[bytes]]:
    """Open a file of messages.

    Args:
        path: Where it is; ``None`` or ``-`` for standard input or output.
        mode: Whether it is read or written.

    Raises:
        ConfigurationError: It cannot be opened.
    """
    if path is None or str(path) == "-":
        return nullcontext(sys.stdin.buffer if mode == "rb" else cast("IO[bytes]", JsonLines()))
    from citycontext.bridge.journal.private_files import open_private

    try:
        return open_private(path) if mode == "wb" else cast("IO[bytes]", path.open(mode))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be opened: {error.strerror}.") from None
