"""``citycontext broker``: a local context broker."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from citycontext.cli.conventions import extra, log_to_stderr
from citycontext.cli.outcomes import OutcomeForm, is_for_people, tell
from citycontext.cli.terminal import TextConsole

__all__ = ["serve_broker"]


def serve_broker(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 1026,
    store: Annotated[
        Path | None, typer.Option(help="File that keeps the entities; in memory, and gone at the end, without.")
    ] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="Refuse whatever would write.")] = False,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="CITYCONTEXT_BROKER_TOKEN", show_envvar=True, help="Bearer token that requests must carry."
        ),
    ] = None,
    cors: Annotated[
        list[str] | None,
        typer.Option(metavar="ORIGIN", help="Origin whose pages may use the API, or *; may be given several times."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Name that requests may come by (their Host), besides localhost and --host; .example.org for all "
            "below it, * for all. May be given several times.",
        ),
    ] = None,
    allow_private_contexts: Annotated[
        bool,
        typer.Option(
            "--allow-private-contexts",
            help="Fetch an @context from private networks and this machine, too: for test benches only.",
        ),
    ] = False,
    temporal_page: Annotated[
        int, typer.Option(min=1, help="Most instances of an attribute in one answer about the past.")
    ] = 10_000,
    allow_forwarding: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST",
            help="Host of context sources that requests may be forwarded to, e.g. localhost:1027 or 10.1.0.0/16; "
            "may be given several times. Without it nothing is forwarded.",
        ),
    ] = None,
    alias: Annotated[
        str | None, typer.Option(help="Name of this broker among others, by which loops are found.")
    ] = None,
    profile: Annotated[
        str, typer.Option(metavar="VERSION", help="1.9, or 2.0 for what is known of NGSI-LD 2.0 besides.")
    ] = "1.9",
    history_limit: Annotated[
        int | None,
        typer.Option(min=1, help="How many instances of each attribute the history keeps. \\[default: all]"),
    ] = None,
    basemap: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Map tiles to lay under the map: a file city.pmtiles (PMTiles).")
    ] = None,
    form: OutcomeForm = None,
) -> None:
    """Serve a local NGSI-LD context broker and its map, for development and tests."""
    with extra("broker", purpose="The local context broker"):
        from citycontext.broker import LocalBroker, Server

    log_to_stderr()
    broker = LocalBroker(
        store or ":memory:",
        read_only=read_only,
        token=token,
        cors=cors or (),
        allow_private_contexts=allow_private_contexts,
        temporal_page=temporal_page,
        history_limit=history_limit,
        allow_forwarding=allow_forwarding or (),
        alias=alias,
        profile=profile,
        basemap=basemap,
    )
    try:
        server = Server(broker, host, port, handles_signals=True, allow_hosts=allow_host or ())
        server.bind()
        if not is_for_people(form):
            tell("", form, ids=[server.url], url=server.url, api=f"{server.url}/ngsi-ld/v1", map=f"{server.url}/")
            sys.stdout.flush()
        console = TextConsole(stderr=True)
        console.print(f"NGSI-LD API  {server.url}/ngsi-ld/v1\nmap          {server.url}/\n[dim]Ctrl-C ends it.[/dim]")
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(server.serve())
    finally:
        broker.close()
