"""Which broker a command talks to: ``--at``, and what goes before what the connection says."""

from __future__ import annotations

import logging
from typing import Annotated, Any

import typer

from citycontext.cli.terminal import say
from citycontext.client import Client
from citycontext.client.connections import connection, connections
from citycontext.errors import ConfigurationError

__all__ = ["At", "ContextOption", "Tenant", "open_client"]

ENVIRONMENT = "CITYCONTEXT_AT"


def complete_connection(incomplete: str) -> list[str]:
    """Return the names of connections that begin so."""
    try:
        return [name for name in connections() if name.startswith(incomplete)]
    except ConfigurationError:
        return []


At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="NAME|URL",
        envvar=ENVIRONMENT,
        show_envvar=True,
        help="The broker: a named connection, or an address.",
        autocompletion=complete_connection,
    ),
]
Tenant = Annotated[str | None, typer.Option(metavar="NAME", help="The tenant, instead of the connection's.")]
ContextOption = Annotated[
    str | None,
    typer.Option("--context", metavar="URL|models", help="The @context of names, instead of the connection's."),
]


class _Shown(logging.Handler):
    """Says on stderr what a broker warns of, so that an answer that lacks something is not taken for the whole."""

    def emit(self, record: logging.LogRecord) -> None:
        say(f"citycontext: {record.getMessage()}", err=True)


def _show_warnings() -> None:
    log = logging.getLogger("citycontext.client.operations.warnings")
    if not any(isinstance(handler, _Shown) for handler in log.handlers):
        log.addHandler(_Shown())


def open_client(at: str | None, tenant: str | None = None, context: str | None = None) -> Client:
    """Make a client of the broker that a command was given.

    Args:
        at: A named connection or an address.
        tenant: A tenant that goes before the connection's.
        context: An @context that goes before the connection's.

    Raises:
        ConfigurationError: No broker was named, or there is no such connection.
    """
    if not at:
        raise ConfigurationError(
            "no broker is named.",
            key="--at",
            cure=f"Write --at NAME or --at http://localhost:1026, or set {ENVIRONMENT}; "
            "citycontext connections list shows the names.",
        )
    _show_warnings()
    options: dict[str, Any] = {}
    if tenant is not None:
        options["tenant"] = tenant
    if context is not None:
        options["context"] = context
    return connection(at).client(**options)
