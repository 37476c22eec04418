"""``citycontext api``: any request, with the connection's address, tenant, authentication and @context."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from citycontext.cli.context_broker.opening import At, ContextOption, Tenant, open_client
from citycontext.cli.context_broker.output import Form, FormOption, note, selected, write_items
from citycontext.cli.terminal import say, show_json
from citycontext.errors import ConfigurationError
from citycontext.foreign_text import printable, shown
from citycontext.ngsild.context import link_header
from citycontext.web.media_types import JSON, LD_JSON

__all__ = ["send_request"]


def send_request(
    method: Annotated[str, typer.Argument(metavar="METHOD", help="GET, POST, PATCH, PUT, DELETE …")],
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="Below the root of the API, such as '/entities?type=Bin'.")
    ],
    at: At = None,
    data: Annotated[str | None, typer.Option("-d", "--data", help="The body; @FILE for a file, @- for stdin.")] = None,
    header: Annotated[
        list[str] | None, typer.Option("-H", "--header", metavar="NAME: VALUE", help="A further header.")
    ] = None,
    include: Annotated[bool, typer.Option("-i", "--include", help="Show status and headers too.")] = False,
    select: Annotated[
        str | None, typer.Option("--select", metavar="JMESPATH", help="An expression on the answer.")
    ] = None,
    form: FormOption = None,
    tenant: Tenant = None,
    context: ContextOption = None,
) -> None:
    """Send one request and show the answer; exit code 1 if the broker refused it."""
    headers = {"Accept": JSON}
    if context is not None and "://" in context:
        headers["Link"] = link_header(context)
    content = None if data is None else _body(data)
    if content is not None:
        headers["Content-Type"] = LD_JSON if b'"@context"' in content else JSON
        if "ld+json" in headers["Content-Type"]:
            headers.pop("Link", None)
    for one in header or ():
        name, colon, value = one.partition(":")
        if not colon:
            raise ConfigurationError(f"{shown(one)} is not a header.", key="--header", cure="Write 'Name: value'.")
        headers = {known: kept for known, kept in headers.items() if known.lower() != name.strip().lower()}
        headers[name.strip()] = value.strip()
    target = path.lstrip("/").removeprefix("ngsi-ld/v1/")
    with open_client(at, tenant) as client:
        answer = client.request(method, target, headers=headers, content=content)
    if include:
        say(f"HTTP {answer.status}")
        for name_, value_ in answer.headers:
            say(printable(f"{name_.decode('latin-1')}: {value_.decode('latin-1')}", 1_000))
        say("", flush=True)
    _show(answer.content, select, None if answer.is_error else form)
    if answer.is_error:
        if not include:
            note(f"HTTP {answer.status}")
        raise typer.Exit(1)


def _show(content: bytes, select: str | None, form: Form | None) -> None:
    import orjson

    if not content:
        return
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        for line in content.decode("utf-8", "replace")[:10_000].splitlines():
            say(line)
        return
    if select is not None:
        document = selected(select).search(document)
    if form in (None, Form.JSON):
        show_json(document)
        return
    items = document if isinstance(document, list) else [document]
    rows = [one if isinstance(one, dict) else {"value": one} for one in items]
    write_items(rows, form, flat=not all("id" in one and "type" in one for one in rows))


def _body(data: str) -> bytes:
    if not data.startswith("@"):
        return data.encode()
    if data == "@-":
        return sys.stdin.buffer.read()
    try:
        return Path(data[1:]).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}.", file=data[1:]) from None
