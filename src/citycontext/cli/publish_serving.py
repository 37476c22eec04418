"""``citycontext publish serve`` and ``receive``: an event stream behind a port, and a port before one."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from citycontext.cli.conventions import extra, log_to_stderr
from citycontext.cli.publish_report import print_report
from citycontext.errors import ConfigurationError
from citycontext.ngsild.query.duration import Duration
from citycontext.publish import EventStream, Publication
from citycontext.publish.config import StreamSettings
from citycontext.publish.ldes.nodes import ROOT
from citycontext.web.listening import listen, url_of

if TYPE_CHECKING:
    from starlette.applications import Starlette

__all__ = ["Config", "fixed_length", "load_with_stream", "receive_notifications", "serve_stream"]

Config = Annotated[Path, typer.Option("--config", "-c", help="What may be published, and what the data are.")]
Folder = Annotated[Path, typer.Argument(help="The stream's folder.", show_default=False)]
Host = Annotated[str, typer.Option(help="The address to listen at.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port to listen at; 0 takes a free one.")]


def serve_stream(
    folder: Folder, config: Config = Path("publish.toml"), host: Host = "127.0.0.1", port: Port = 8080
) -> None:
    """Serve a stream over HTTP, each file with the caching it allows; any web server can do it too."""
    _, settings = load_with_stream(config)
    if not (folder / ROOT).is_file():
        cure = "Publish one first: citycontext publish ldes."
        raise ConfigurationError("there is no event stream in this folder.", file=str(folder), cure=cure)
    with extra("broker", purpose="Serving an event stream"):
        from citycontext.publish.ldes.app import ldes_app
    _answer(ldes_app(folder, settings), host, port, f"{folder}: {{}}/{ROOT} (Ctrl-C ends it)")


def receive_notifications(
    folder: Folder,
    config: Config = Path("publish.toml"),
    host: Host = "127.0.0.1",
    port: Port = 8081,
    secret: Annotated[
        str,
        typer.Option(
            envvar="CITYCONTEXT_PUBLISH_SECRET",
            show_envvar=True,
            show_default=False,
            help="What the broker must send as Authorization: Bearer ….",
        ),
    ] = "",
    retention_every: Annotated[
        str, typer.Option(metavar="DURATION", help="How often what is kept no longer goes.")
    ] = "PT1H",
) -> None:
    """Publish what a subscription pushes, until it is interrupted; meanwhile what is kept no longer goes.

    Give the subscription's endpoint the address that is told, and let it notify all attributes.
    """
    publication, _ = load_with_stream(config)
    every = fixed_length(retention_every, "--retention-every")
    with extra("broker", purpose="Taking notifications over HTTP"):
        from citycontext.publish.notifications import notification_app
    with EventStream(folder, publication) as stream:
        stream.apply_retention()
        app = notification_app(stream, secret=secret, retention_every=every)
        _answer(app, host, port, f"{folder}: endpoint {{}}/ (Ctrl-C ends it)")
        print_report(stream.report)


def fixed_length(given: str, option: str) -> timedelta:
    """Read a length of time.

    Args:
        given: What was given, e.g. ``PT1H``.
        option: The option that it was given for.

    Raises:
        ConfigurationError: It is none, or depends on the calendar.
    """
    length = Duration(given)
    if length.months or length.is_zero:
        raise ConfigurationError(f"{option} {given} is no length of time; write e.g. PT1H or P1D.")
    return length.fixed


def load_with_stream(config: Path) -> tuple[Publication, StreamSettings]:
    """Read a publication that must have an event stream.

    Args:
        config: The file.

    Raises:
        ConfigurationError: Something in it is wrong, or there is no stream.
    """
    publication = Publication.load(config)
    if publication.stream is None:
        raise ConfigurationError(
            "an event stream needs an address.", file=str(config), key="stream", cure='Add [stream] url = "https://…".'
        )
    return publication, publication.stream


def _answer(app: Starlette, host: str, port: int, told: str) -> None:
    import uvicorn

    log_to_stderr()
    with listen(host, port, who="publish") as listening, suppress(KeyboardInterrupt):
        address = url_of(host, listening)
        print(told.format(address), file=sys.stderr, flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run([listening])
