"""``citycontext bridge status``: how a running bridge is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from citycontext.cli.bridge.files import load_without_secrets
from citycontext.cli.context_broker.output import Form, write_items
from citycontext.cli.outcomes import OutcomeForm, is_for_people
from citycontext.cli.terminal import TextConsole, show_json, write_json
from citycontext.errors import ConfigurationError, TransportError
from citycontext.foreign_text import printable
from citycontext.web.http import httpx

__all__ = ["ask_status", "show_status", "status_address"]

_LONGEST = 1_000

_COUNTS = ("received", "journalled", "delivered", "dead", "retried", "waiting")


def show_status(
    where: Annotated[str, typer.Argument(metavar="URL|FILE", help="Address of the bridge's pages, or its TOML file.")],
    form: OutcomeForm = None,
) -> None:
    """Show how a running bridge is; exit code 1 where something is wrong right now."""
    status = ask_status(status_address(where))
    if is_for_people(form):
        _print(TextConsole(soft_wrap=True), status)
    elif form is Form.JSON:
        show_json(status)
    elif form is Form.NDJSON:
        write_json(orjson.dumps(status))
    else:
        write_items(({"id": one["name"], **one} for one in status["routes"]), form, member="routes", flat=True)
    if status["troubles"]:
        raise typer.Exit(1)


def status_address(where: str) -> str:
    """Return the address of a bridge's state.

    Args:
        where: The address of its pages, or its TOML file.
    """
    url = where if where.startswith(("http://", "https://")) else _address(Path(where))
    return url.rstrip("/") + "/status"


def _address(file: Path) -> str:
    admin = load_without_secrets(file, needs=("admin",))[0].admin
    if admin is None or admin.port == 0:
        raise ConfigurationError(
            "the file does not say where the bridge's pages are.",
            file=str(file),
            key="admin",
            cure="Add [admin] port = 9188 and start the bridge again, or give the address of its pages.",
        )
    host = "127.0.0.1" if admin.host in ("0.0.0.0", "::") else admin.host  # noqa: S104
    return f"http://{host}:{admin.port}"


def ask_status(url: str) -> dict[str, Any]:
    """Ask a bridge how it is.

    Args:
        url: The address of its state.

    Raises:
        TransportError: Nothing answers, or something that is not a bridge.
    """
    try:
        answer = httpx.get(url, timeout=10).raise_for_status()
        status = answer.json()
        if not isinstance(status, dict) or not {"counts", "troubles", "routes", "sources"} <= status.keys():
            raise ValueError
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TransportError(f"no bridge answers at {url}: {error}. Is it running, with [admin]?") from None
    except ValueError:
        raise TransportError(f"what answers at {url} is not a bridge.") from None
    return status


def _print(console: TextConsole, status: dict[str, Any]) -> None:
    for trouble in status["troubles"]:
        console.print(f"[red]trouble[/red] {escape(printable(trouble, _LONGEST))}")
    if not status["troubles"]:
        console.print("[green]All is well.[/green]")
    counts = status["counts"]
    console.print("   ".join(f"{counts[name]:,} [dim]{name}[/dim]" for name in _COUNTS))
    console.print(
        f"since {_time(status['started'])}; oldest undelivered {status['lag']:.0f} s; "
        f"journal {status['journal_bytes']:,} of {status['journal_limit']:,} bytes"
    )
    routes = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for title in ("route", "codec", "messages", "updates", "refused", "last"):
        routes.add_column(title, justify="right" if title in ("messages", "updates", "refused") else "left")
    for one in status["routes"]:
        numbers = (f"{one[key]:,}" for key in ("messages", "updates", "refused"))
        name, codec = (Text(printable(one[key])) for key in ("name", "codec"))
        routes.add_row(name, codec, *numbers, _time(one["last"]) if one["last"] else "never")
    console.print(routes)
    for one in status["dead_letters"]:
        where = f"{one['route']}, {one['attribute']}" if one["attribute"] else one["route"]
        what = f"{printable(where)}: {printable(one['reason'], _LONGEST)}"
        console.print(f"[yellow]{one['count']:,} dead[/yellow] {escape(what)}")


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%SZ}"
