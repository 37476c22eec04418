"""``citycontext types`` and ``citycontext attributes``: what a broker holds."""

from __future__ import annotations

from typing import Annotated

import typer

from citycontext.cli.context_broker.opening import At, ContextOption, Tenant, open_client
from citycontext.cli.context_broker.output import write_items
from citycontext.cli.outcomes import RowForm

__all__ = ["list_attributes", "list_types"]

Local = Annotated[bool, typer.Option("--local", help="Only what this broker itself has.")]


def list_types(
    name: Annotated[str | None, typer.Argument(metavar="[TYPE]", help="One type, with its attributes.")] = None,
    at: At = None,
    local: Local = False,
    form: RowForm = None,
    tenant: Tenant = None,
    context: ContextOption = None,
) -> None:
    """List the entity types of a broker with their attributes; of one type, each attribute with its kinds."""
    with open_client(at, tenant, context) as client:
        if name is None:
            rows = [
                {"type": one.type_name or one.id, "attributes": ", ".join(one.attribute_names or [])}
                for one in client.types.details(local=local)
            ]
        else:
            info = client.types.retrieve(name, local=local)
            rows = [
                {"attribute": one.attribute_name or one.id, "kinds": ", ".join(one.attribute_types or [])}
                for one in info.attribute_details or []
            ]
    write_items(rows, form, member="types" if name is None else "attributes", flat=True)


def list_attributes(
    at: At = None,
    local: Local = False,
    form: RowForm = None,
    tenant: Tenant = None,
    context: ContextOption = None,
) -> None:
    """List the attributes of a broker, with the types that have them."""
    with open_client(at, tenant, context) as client:
        rows = [
            {"attribute": one.attribute_name or one.id, "types": ", ".join(one.type_names or [])}
            for one in client.attributes.details(local=local)
        ]
    write_items(rows, form, member="attributes", flat=True)
