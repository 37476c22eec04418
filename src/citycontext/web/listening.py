"""A port to listen on, for whatever answers there."""

from __future__ import annotations

import socket
from typing import Final

from citycontext.errors import ConfigurationError

__all__ = ["listen", "url_of"]

_WAITING: Final = 2048


def listen(host: str, port: int, *, who: str) -> socket.socket:
    """Take a port: from here on a client may connect, and waits until requests are answered.

    Args:
        host: Address of this machine to listen on.
        port: The port; 0 takes a free one.
        who: What listens, for the error.

    Raises:
        ConfigurationError: The port is taken, or the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns off Nagle's algorithm; without, every answer waits 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(_WAITING)
    except (OSError, OverflowError) as error:
        bound.close()
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigurationError(
            f"{who} cannot listen on {host}, port {port}: {reason}.", cure="Choose another port, or 0 for a free one."
        ) from error
    return bound


def url_of(host: str, listening: socket.socket) -> str:
    """Return the address of what listens, without a path.

    Args:
        host: The address it listens on, as it was given.
        listening: The socket.
    """
    return f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
