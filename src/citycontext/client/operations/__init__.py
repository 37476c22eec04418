"""The protocol without sockets: every operation of the API as a request to send and a reader of its answer.

One module for each resource. A function here builds an :class:`~citycontext.client.operations.exchange.Operation`;
whoever sends it, sync, async or a test, hands the answer to its ``read``.
"""

from __future__ import annotations

__all__: list[str] = []
