"""``citycontext publish serve`` and ``receive``: an event stream behind a port, and a port before one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

import typer

from citycontext.cli.context_broker.output import Form
from citycontext.cli.conventions import counted, extra, log_to_stderr
from citycontext.cli.outcomes import OutcomeForm, is_for_people, tell
from citycontext.cli.publish.report import print_report
from citycontext.cli.terminal import say
from citycontext.errors import ConfigurationError
from citycontext.ngsild.query.duration import Duration
from citycontext.publish import EventStream, Publication
from citycontext.publish.config import StreamSettings
from citycontext.publish.ldes.nodes import ROOT
from citycontext.publish.notifications import NotificationApp, stored_secret
from citycontext.publish.notifications import new_secret as make_secret
from citycontext.receiver import SECRET_HEADER
from citycontext.web.serving import AppServer

__all__ = ["Config", "fixed_length", "load_with_stream", "receive_notifications", "serve_stream", "tell_what_is_public"]

Config = Annotated[Path, typer.Option("--config", "-c", help="What may be published, and what the data are.")]
Folder = Annotated[Path, typer.Argument(help="The stream's folder.", show_default=False)]
Host = Annotated[str, typer.Option(help="The address to listen at.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port to listen at; 0 takes a free one.")]


def serve_stream(
    folder: Annotated[
        Path | None, typer.Argument(help="The stream's folder; else [output] says what there is.", show_default=False)
    ] = None,
    config: Annotated[
        list[Path] | None,
        typer.Option("--config", "-c", help="What the data are; several are served together.  [default: publish.toml]"),
    ] = None,
    host: Host = "127.0.0.1",
    port: Port = 8080,
    form: OutcomeForm = None,
) -> None:
    """Serve streams, files, a service of features (OGC API - Features) and a page for people over HTTP.

    A stream is at the path of its address, each file with the caching it allows; any web server can do that too. The
    page is at /, and so is the service, described at /api.
    """
    configs = config or [Path("publish.toml")]
    first, settings = load_with_stream(configs[0]) if folder is not None else (Publication.load(configs[0]), None)
    if folder is not None and not (folder / ROOT).is_file():
        cure = "Publish one first: citycontext publish ldes."
        raise ConfigurationError("there is no event stream in this folder.", file=str(folder), cure=cure)
    with extra("broker", purpose="Serving open data"):
        from citycontext.publish.site import Shelf, site_app
    shelves = [Shelf(first, folder), *(Shelf(Publication.load(one)) for one in configs[1:])]
    if not any(one.stream_folder is not None or list(one.files()) for one in shelves):
        cure = "Publish it first, or give the stream's folder: citycontext publish serve FOLDER."
        raise ConfigurationError("nothing that [output] names is there.", file=str(configs[0]), key="output", cure=cure)
    app = site_app(shelves)
    path = f"{unquote(urlsplit(settings.url).path)}/{ROOT}" if settings is not None else "/"
    _answer(app, host, port, f"{folder or configs[0]}: {{}}{path} (Ctrl-C ends it)", form)


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
            help="What the broker must send as X-Notification-Secret, or as Authorization: Bearer …; without it one "
            "that is made at the first run and shown once.",
        ),
    ] = "",
    new_secret: Annotated[bool, typer.Option("--new-secret", help="Make another secret, and show it.")] = False,
    no_secret: Annotated[
        bool, typer.Option("--no-secret", help="Publish what anybody sends who reaches the port.")
    ] = False,
    max_body: Annotated[int, typer.Option(min=1, metavar="BYTES", help="How long a notification may be.")] = 16_777_216,
    retention_every: Annotated[
        str, typer.Option(metavar="DURATION", help="How often what is kept no longer goes.")
    ] = "PT1H",
    watch: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="The context broker: remakes a subscription that notified here and is lost, paused or expired.",
        ),
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="The tenant of the subscriptions to watch.")] = None,
    form: OutcomeForm = None,
) -> None:
    """Publish what a subscription pushes, until it is interrupted; meanwhile what is kept no longer goes.

    Give the subscription's endpoint the address that is told, with the secret in its receiverInfo, and let it notify
    all attributes.
    """
    publication, _ = load_with_stream(config)
    every = fixed_length(retention_every, "--retention-every")
    if sum((bool(secret), new_secret, no_secret)) > 1:
        raise ConfigurationError("of --secret (or its variable), --new-secret and --no-secret only one can be meant.")
    with EventStream(folder, publication) as stream:
        stream.apply_retention()
        admits = None if no_secret else secret or _made_secret(stream, anew=new_secret)
        told = tell_what_is_public(stream)
        with ExitStack() as watching:
            note: Callable[[str], object] = lambda name: None  # noqa: E731
            if watch is not None:
                from citycontext.client import Client
                from citycontext.publish.subscription_watch import SubscriptionWatch

                client = watching.enter_context(Client(watch, tenant=tenant))
                note = watching.enter_context(SubscriptionWatch(client)).note
            app = NotificationApp(stream, secret=admits, retention_every=every, max_body=max_body, on_subscription=note)
            _answer(app, host, port, f"{folder}: endpoint {{}}/ (Ctrl-C ends it)", form)
        print_report(stream.report)
        if told:
            raise typer.Exit(1)


def tell_what_is_public(stream: EventStream) -> bool:
    """Print what is public and no longer allowed, a line each; return whether anything is.

    Args:
        stream: The stream.
    """
    found = stream.no_longer_allowed()
    for one in found:
        say(
            f"error {one.finding.path}: is public, in {counted(one.count, 'version')}, and no longer allowed "
            f"({one.finding.rule}): see `citycontext publish withdraw`",
            err=True,
        )
    return bool(found)


def _made_secret(stream: EventStream, *, anew: bool) -> Callable[[str], bool] | None:
    """Return what checks the stream's secret; make it if absent, and show it this once."""
    known = stored_secret(stream)
    if known is None or anew:
        shown = {"key": SECRET_HEADER, "value": make_secret(stream)}
        say(f'shown once: a subscription\'s endpoint needs "receiverInfo": [{json.dumps(shown)}]', err=True)
        known = stored_secret(stream)
    return known


def fixed_length(given: str, option: str) -> timedelta:
    """Read a length of time.

    Args:
        given: What was given, e.g. ``PT1H``.
        option: The option that it was given for.

    Raises:
        ConfigurationError: It is not valid, or depends on the calendar.
    """
    length = Duration(given)
    if length.months or length.is_zero:
        raise ConfigurationError(f"{option} {given} is not a length of time; write e.g. PT1H or P1D.")
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


def _answer(app: Any, host: str, port: int, told: str, form: Form | None) -> None:
    log_to_stderr()
    server = AppServer(app, host, port, who="publish", extra="receiver", has_lifespan=True, handles_signals=True)
    server.bind()
    if not is_for_people(form):
        tell("", form, ids=[server.url], url=server.url)
        sys.stdout.flush()
    say(told.format(server.url), err=True, flush=True)
    server.run()
