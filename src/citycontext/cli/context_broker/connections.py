"""``citycontext connections``: named brokers, without their secrets."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Annotated, Any, Final

import tomlkit
import typer
from tomlkit.exceptions import TOMLKitError

from citycontext.cli.context_broker.opening import complete_connection
from citycontext.cli.context_broker.output import write_items
from citycontext.cli.outcomes import OutcomeForm, RowForm, is_for_people, tell
from citycontext.cli.terminal import say
from citycontext.client.connections import PROJECT_FILE, Connection, connection, user_file
from citycontext.client.connections import connections as all_connections
from citycontext.client.profiles import GENERIC
from citycontext.errors import CityContextError, ConfigurationError, ContextBrokerError
from citycontext.foreign_text import printable, shown
from citycontext.web.media_types import JSON

__all__ = ["connections"]

_SLOW_CLOCK: Final = 5.0

connections: typer.Typer = typer.Typer(help="Named brokers: where they are and how one gets in.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The connection's name.", autocompletion=complete_connection)]


@connections.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A short name, such as gent.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="The broker's address.")],
    tenant: Annotated[str | None, typer.Option(help="The tenant of all operations.")] = None,
    context: Annotated[str | None, typer.Option(metavar="URL|models", help="The @context of names.")] = None,
    profile: Annotated[
        str | None, typer.Option(help="orion-ld, scorpio, stellio, coraine, antares or generic.")
    ] = None,
    token_env: Annotated[str | None, typer.Option(metavar="NAME", help="Variable that holds a bearer token.")] = None,
    token_file: Annotated[str | None, typer.Option(metavar="FILE", help="File that holds a bearer token.")] = None,
    token_keyring: Annotated[
        str | None, typer.Option(metavar="SERVICE/USER", help="Entry of the keyring that holds a bearer token.")
    ] = None,
    token_command: Annotated[
        str | None, typer.Option(metavar="COMMAND", help="Program that prints a bearer token, such as 'pass gent'.")
    ] = None,
    project: Annotated[bool, typer.Option("--project", help=f"Write to {PROJECT_FILE} of this folder.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a connection of this name.")] = False,
    form: OutcomeForm = None,
) -> None:
    """Add a connection; a secret is named by where it is, never given here."""
    given: dict[str, Any] = {"url": url}
    given |= {key: value for key, value in (("tenant", tenant), ("context", context), ("profile", profile)) if value}
    places = {"env": token_env, "file": token_file, "keyring": token_keyring}
    named: dict[str, Any] = {key: value for key, value in places.items() if value}
    if token_command:
        named["command"] = token_command.split()
    if len(named) > 1:
        raise ConfigurationError("only one place of the token can be named.", key="token")
    if named:
        given["token"] = named
    path = Path.cwd() / PROJECT_FILE if project else user_file()
    document = _read(path)
    tables = document.setdefault("connections", tomlkit.table(is_super_table=True))
    if name in tables and not force:
        raise ConfigurationError(
            f"there is a connection {shown(name)} already.", file=str(path), cure="Replace it with --force."
        )
    _check(name, given)
    table = tomlkit.table()
    for key, value in given.items():
        if isinstance(value, dict):
            inline = tomlkit.inline_table()
            inline.update(value)
            value = inline
        table[key] = value
    tables[name] = table
    _write(path, document, private=not project)
    sentence = f"{name} is in {path}. Try it: citycontext connections test {name}"
    tell(sentence, form, ids=[name], name=name, url=url, file=str(path))


@connections.command("list")
def list_connections(form: RowForm = None) -> None:
    """List all connections, those of the project before those of the user."""
    found = [
        {
            "name": name,
            "url": one.url,
            "tenant": one.tenant or "",
            "auth": _auth(one),
            "file": str(one.file or ""),
        }
        for name, one in sorted(all_connections().items())
    ]
    write_items(found, form, member="connections", flat=True)


@connections.command("show")
def show(name: Name, form: RowForm = None) -> None:
    """Show a connection, with where its secrets are."""
    one = connection(name)
    write_items([{"name": one.name, **one.model_dump(mode="json", exclude_defaults=True)}], form, flat=True)


@connections.command("remove")
def remove(name: Name, form: OutcomeForm = None) -> None:
    """Remove a connection from the file that it is in."""
    one = connection(name)
    if one.file is None:
        raise ConfigurationError(f"{shown(name)} is an address, not a name.", key="NAME")
    document = _read(one.file)
    del document["connections"][one.name]
    _write(one.file, document, private=one.file == user_file())
    tell(f"{one.name} is no longer in {one.file}.", form, ids=[one.name], name=one.name, file=str(one.file))


@connections.command("test")
def try_connection(name: Name, form: OutcomeForm = None) -> None:
    """Try a connection: broker, version, access, tenant and clock; exit code 1 if something is wrong."""
    one = connection(name)
    rows: list[dict[str, Any]] = []

    def note(what: str, text: str, *, wrong: bool = False) -> None:
        rows.append({"id": what, "wrong": wrong, "said": text})
        if is_for_people(form):
            say(f"{'wrong' if wrong else 'ok':6} {what:9} {printable(text, 300)}")

    _try(one, note)
    if not is_for_people(form):
        write_items(rows, form, member="findings", flat=True)
    if any(row["wrong"] for row in rows):
        raise typer.Exit(1)


def _try(one: Connection, tell: Callable[..., None]) -> None:
    """Ask a broker what it is, and tell it piece by piece."""
    with one.client(retries=0) as client:
        tell("address", one.url)
        try:
            found = client.detect()
            tell("broker", found.name if found is not GENERIC else "does not say what it is; treated as any broker")
            if one.profile and found is not GENERIC and found.name != one.profile:
                tell("profile", f"the connection says {one.profile}, the broker is {found.name}", wrong=True)
            begun = time.time()
            answer = client.request("GET", "types", headers={"Accept": JSON})
            lasted = time.time() - begun
        except CityContextError as error:
            tell("network", str(error), wrong=True)
            return
        if answer.status in (401, 403):
            hint = (
                "the credentials are not accepted"
                if _auth(one) != "none"
                else "it wants credentials: see --help of add"
            )
            tell("access", f"{answer.status}: {hint}", wrong=True)
        elif answer.is_error:
            tell("access", str(answer.error()), wrong=answer.status != 404 or bool(one.tenant))
        else:
            tell("access", f"{_auth(one)}; answered in {lasted * 1000:.0f} ms")
            tell("tenant", one.tenant or "the default one")
        _say_version(client, tell)
        date = answer.header("date")
        if date:
            apart = (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()
            tell("clock", f"{apart:+.0f} s apart", wrong=abs(apart) > _SLOW_CLOCK)


def _say_version(client: Any, tell: Any) -> None:
    try:
        answer = client.request("GET", "/version")
        told = printable(answer.content.decode("utf-8", "replace"), 200) if not answer.is_error else ""
        if told:
            tell("version", told)
    except (CityContextError, ContextBrokerError):
        return


def _auth(one: Connection) -> str:
    if one.token is not None:
        return "token"
    if one.oauth2 is not None:
        return "oauth2"
    return "password" if one.user is not None else "none"


def _check(name: str, given: dict[str, Any]) -> None:
    from citycontext.configuration import validate_settings

    if not name or "://" in name or not name.isprintable() or any(char.isspace() for char in name):
        raise ConfigurationError(f"{shown(name)} cannot be a name.", key="NAME", cure="Take a word, such as gent.")
    validate_settings(given, Connection)


def _read(path: Path) -> tomlkit.TOMLDocument:
    if not path.is_file():
        return tomlkit.document()
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise ConfigurationError(f"cannot be read: {error}.", file=str(path)) from None


def _write(path: Path, document: tomlkit.TOMLDocument, *, private: bool) -> None:
    """Write a file at once, the user's own readable for nobody else."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path.with_name(f".{path.name}.new")
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o644)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(tomlkit.dumps(document))
        written.replace(path)
    except OSError as error:
        raise ConfigurationError(f"cannot be written: {error.strerror}.", file=str(path)) from None
