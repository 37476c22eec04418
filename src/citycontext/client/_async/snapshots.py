"""``client.snapshots``: frozen copies of what some queries gave."""

from __future__ import annotations

from citycontext.client._async.documents import AsyncDocuments
from citycontext.client.operations import batch, documents
from citycontext.client.operations.documents import DocumentLike
from citycontext.client.operations.exchange import Operation, Request
from citycontext.client.operations.json_ld import reading_headers
from citycontext.ngsild.batch import BatchResult
from citycontext.ngsild.snapshots import Snapshot

__all__ = ["AsyncSnapshots"]


class AsyncSnapshots(AsyncDocuments[Snapshot]):
    """Snapshots (CIM 009, 5.16); address one with ``client.with_options(headers={"NGSILD-Snapshot": id})``."""

    where = "snapshots"
    kind = Snapshot

    async def clone(self, snapshot_id: str, changes: DocumentLike | None = None) -> str:
        """Make another snapshot like one that is there.

        Args:
            snapshot_id: The id of that one.
            changes: What is to differ: its id, its lifetime.

        Returns:
            The new one's id.

        Raises:
            ResourceNotFound: Nothing with this id exists.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        return await self._session.run(documents.clone(self.where, snapshot_id, changes))

    async def purge(self, q: object = None) -> BatchResult:
        """Delete all snapshots that match.

        Args:
            q: Filter on members of the snapshots.

        Returns:
            What failed, if anything did.

        Raises:
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        request = Request("DELETE", self.where, self._params(q=q), reading_headers(None))
        return await self._session.run(Operation(request, lambda response: batch.read_batch(response, [])))
