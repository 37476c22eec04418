"""``citycontext docs``: the manual, without the internet."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
import sys
import webbrowser
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final

import typer

from citycontext.cli.conventions import extra, log_to_stderr
from citycontext.cli.outcomes import OutcomeForm, is_for_people, tell
from citycontext.cli.terminal import say
from citycontext.errors import ConfigurationError

__all__ = ["serve_docs"]

_PACKAGE: Final = "citycontext_docs"


def serve_docs(
    folder: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="A manual that scripts/manual built, in place of the installed one."),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 0,
    open_it: Annotated[bool, typer.Option("--open", help="Open the manual in the browser.")] = False,
    form: OutcomeForm = None,
) -> None:
    """Serve the manual of this version, with its search, until it is interrupted; nothing is fetched.

    It comes with a package of its own: pip install citycontext-docs.
    """
    site = folder or _installed()
    if not (site / "index.html").is_file():
        raise ConfigurationError("there is no manual in this folder.", file=str(site), cure="Build it: scripts/manual.")
    with extra("broker", purpose="Serving the manual"):
        from starlette.applications import Starlette
        from starlette.routing import Mount
        from starlette.staticfiles import StaticFiles

        from citycontext.web.serving import AppServer

    log_to_stderr()
    app = Starlette(routes=[Mount("/", StaticFiles(directory=site, html=True))])
    server = AppServer(app, host, port, who="the manual", extra="broker", handles_signals=True)
    server.bind()
    if not is_for_people(form):
        tell("", form, ids=[server.url], url=f"{server.url}/", folder=str(site))
        sys.stdout.flush()
    say(f"manual {server.url}/ (Ctrl-C ends it)", err=True, flush=True)
    if open_it:
        webbrowser.open(f"{server.url}/")
    server.run()


def _installed() -> Path:
    """Return where the installed manual is.

    Raises:
        ConfigurationError: It is not installed.
    """
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise ConfigurationError(
            "the manual is not installed.",
            key="docs",
            cure="pip install citycontext-docs; in a checkout: scripts/manual, then --folder docs/_build/html.",
        )
    return Path(found.origin).parent / "site"
