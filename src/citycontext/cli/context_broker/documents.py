"""``citycontext subscriptions``, ``registrations`` and ``contexts``: what a broker keeps beside entities."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from citycontext.cli.context_broker.opening import At, ContextOption, Tenant, open_client
from citycontext.cli.context_broker.output import Form, write_items
from citycontext.cli.context_broker.payloads import read_document_file
from citycontext.cli.outcomes import OutcomeForm, RowForm, show_document, tell
from citycontext.cli.terminal import say
from citycontext.foreign_text import printable

__all__ = ["contexts", "registrations", "subscriptions"]

File = Annotated[Path, typer.Argument(metavar="FILE", help="A JSON file; - for stdin.", show_default=False)]
Id = Annotated[str, typer.Argument(metavar="ID", help="Its id.", show_default=False)]


def _commands(kind: str, attribute: str) -> typer.Typer:
    """Make the commands of one kind of document."""
    group = typer.Typer(help=f"{kind.capitalize()}s of a broker: list, show, create, delete.", no_args_is_help=True)

    def list_documents(
        at: At = None, form: RowForm = None, tenant: Tenant = None, context: ContextOption = None
    ) -> None:
        with open_client(at, tenant, context) as client:
            resource = getattr(client, attribute)
            found = resource.query() if kind == "subscription" else resource.query(type="*")
            wires = [one.to_dict() for one in found]
        if form is Form.IDS:
            for wire in wires:
                say(printable(str(wire.get("id"))))
            return
        whole = form in (Form.JSON, Form.NDJSON)
        write_items(wires if whole else map(_summary, wires), form, member=f"{kind}s", flat=True)

    def show_one(
        id: Id, at: At = None, form: RowForm = None, tenant: Tenant = None, context: ContextOption = None
    ) -> None:
        with open_client(at, tenant, context) as client:
            show_document(getattr(client, attribute).retrieve(id).to_dict(), form)

    def create_document(
        file: File, at: At = None, form: OutcomeForm = None, tenant: Tenant = None, context: ContextOption = None
    ) -> None:
        with open_client(at, tenant, context) as client:
            created = getattr(client, attribute).create(read_document_file(file))
        tell(printable(created), form, ids=[created], id=created)

    def delete_document(id: Id, at: At = None, form: OutcomeForm = None, tenant: Tenant = None) -> None:
        with open_client(at, tenant) as client:
            getattr(client, attribute).delete(id)
        tell(f"{printable(id)} is deleted.", form, ids=[id], id=id, deleted=True)

    group.command("list", help=f"List all {kind}s.")(list_documents)
    group.command("show", help=f"Show one {kind}.")(show_one)
    group.command("create", help=f"Create a {kind} from a file; prints its id.")(create_document)
    group.command("delete", help=f"Delete one {kind}.")(delete_document)
    return group


def _summary(wire: dict[str, Any]) -> dict[str, Any]:
    """Return what fits a table: id, what it is about, where it leads and how it does."""
    selectors = wire.get("entities") or [
        one for information in wire.get("information") or () for one in information.get("entities") or ()
    ]
    notification = wire.get("notification") or {}
    about = [one.get("id") or one.get("idPattern") or one.get("type") for one in selectors if isinstance(one, dict)]
    return {
        "id": wire.get("id"),
        "about": ", ".join(str(one) for one in about),
        "to": (notification.get("endpoint") or {}).get("uri") or wire.get("endpoint"),
        "status": wire.get("status", ""),
    }


subscriptions: typer.Typer = _commands("subscription", "subscriptions")
registrations: typer.Typer = _commands("registration", "registrations")
contexts: typer.Typer = typer.Typer(
    help="@contexts that a broker hosts: list, show, add, delete.", no_args_is_help=True
)


@contexts.command("list")
def list_contexts(at: At = None, form: RowForm = None) -> None:
    """List the contexts that a broker hosts or has cached."""
    with open_client(at) as client:
        rows = [one.to_dict() for one in client.contexts.details()]
    write_items(rows, form, member="contexts", flat=True)


@contexts.command("show")
def show_context(id: Id, at: At = None, form: RowForm = None) -> None:
    """Show a context."""
    with open_client(at) as client:
        found = client.contexts.retrieve(id)
    if form is Form.IDS:
        say(printable(id))
    else:
        show_document(found, form)


@contexts.command("add")
def add_context(file: File, at: At = None, form: OutcomeForm = None) -> None:
    """Have a broker host a context; prints its address."""
    with open_client(at) as client:
        created = client.contexts.create(read_document_file(file))
    tell(printable(created), form, ids=[created], id=created)


@contexts.command("delete")
def delete_context(id: Id, at: At = None, form: OutcomeForm = None) -> None:
    """Delete a hosted context."""
    with open_client(at) as client:
        client.contexts.delete(id)
    tell(f"{printable(id)} is deleted.", form, ids=[id], id=id, deleted=True)
