"""Resources that are stored as they are: subscriptions, registrations, contexts, snapshots."""

from __future__ import annotations

import orjson

from citycontext.broker.documents.writing import Document
from citycontext.broker.store.database import Database

__all__ = ["ResourceTable"]


class ResourceTable:
    """JSON documents by tenant, kind and id.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, tenant: int, kind: str, id: str) -> Document | None:
        """Read a resource; None when it is not there."""
        row = self._database.execute(
            "SELECT document FROM resources WHERE tenant = ? AND kind = ? AND id = ?", (tenant, kind, id)
        ).fetchone()
        return None if row is None else orjson.loads(row[0])

    def put(self, tenant: int, kind: str, id: str, document: Document) -> None:
        """Write a resource, new or over what was there."""
        # What is kept of one that is there, such as when it was notified last, goes on.
        if self._database.is_short:
            self._database.grow(1, self.get(tenant, kind, id))
        self._database.execute(
            "INSERT INTO resources (tenant, kind, id, document) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (tenant, kind, id) DO UPDATE SET document = excluded.document",
            (tenant, kind, id, orjson.dumps(document)),
        )

    def delete(self, tenant: int, kind: str, id: str) -> bool:
        """Remove a resource; False when it was not there."""
        cursor = self._database.execute(
            "DELETE FROM resources WHERE tenant = ? AND kind = ? AND id = ?", (tenant, kind, id)
        )
        return cursor.rowcount > 0

    def all(self, tenant: int, kind: str) -> list[Document]:
        """List the resources of a kind, oldest first."""
        rows = self._database.execute(
            "SELECT document FROM resources WHERE tenant = ? AND kind = ? ORDER BY number", (tenant, kind)
        )
        return [orjson.loads(document) for (document,) in rows]

    def everywhere(self, kind: str) -> list[tuple[int, Document]]:
        """List the resources of a kind of all tenants, with the tenant's number."""
        rows = self._database.execute("SELECT tenant, document FROM resources WHERE kind = ? ORDER BY number", (kind,))
        return [(tenant, orjson.loads(document)) for tenant, document in rows]
