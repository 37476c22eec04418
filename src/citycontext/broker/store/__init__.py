"""What the broker keeps, in one SQLite database: entities, their evolution, and every other resource."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from citycontext.broker.store.database import Database
from citycontext.broker.store.entities import Candidates, EntityTable
from citycontext.broker.store.evolution import EvolutionTable, Instance
from citycontext.broker.store.expiry import Expiry
from citycontext.broker.store.resources import ResourceTable

__all__ = ["Candidates", "Database", "EntityTable", "EvolutionTable", "Instance", "ResourceTable", "Store"]


class Store:
    """All tables over one database.

    Args:
        path: A file, or ``:memory:``.
        history_limit: How many instances of each attribute are kept; None for all.
    """

    def __init__(self, path: str, *, history_limit: int | None = None) -> None:
        self.database: Database = Database(path)
        self.entities: EntityTable = EntityTable(self.database)
        self.evolution: EvolutionTable = EvolutionTable(self.database, history_limit)
        self.resources: ResourceTable = ResourceTable(self.database)
        self._expiry = Expiry(self.entities)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all or nothing; what is written inside is on disk when it ends. Never await inside."""
        try:
            with self.database.transaction():
                yield
                self.entities.flush()
                self.evolution.flush()
        except BaseException:
            self.evolution.discard()
            self.entities.discard()
            raise
        self.entities.counts.settle()

    def sweep(self) -> None:
        """Remove the entities and attributes whose time is over (4.22); outside a transaction."""
        if self._expiry.is_due():
            with self.transaction():
                self._expiry.sweep()

    def close(self) -> None:
        """Close the database; what was committed stays."""
        self.database.close()
