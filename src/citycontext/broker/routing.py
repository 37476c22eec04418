"""From method and path to an operation: the paths of the API, matched on raw segments.

Identifiers in paths may hold encoded slashes (``http:%2F%2F…``), so a path is split before it is decoded.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from starlette.responses import Response

if TYPE_CHECKING:
    from citycontext.broker.request.request import Request

__all__ = ["Operation", "Router"]

Handler = Callable[["Request"], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API.

    Args:
        method: The HTTP method.
        path: The path below the prefix; ``{name}`` stands for one segment.
        handler: What answers it.
        parameters: Query parameters it knows; any other is refused (6.3.20).
        answers: Media types it can answer in, best first; empty when it answers no JSON-LD.
        reads_body: Whether it wants a body.
        creates: Whether it may make the tenant (5.5.10).
        writes: Whether a read-only broker refuses it.
        uses_context: Whether names in it are expanded, so that it needs an @context.
    """

    method: str
    path: str
    handler: Handler
    parameters: frozenset[str] = frozenset()
    answers: Sequence[str] = ()
    reads_body: bool = False
    creates: bool = False
    writes: bool = True
    uses_context: bool = True


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    wildcard: _Node | None = None
    name: str = ""
    operations: dict[str, Operation] = field(default_factory=dict)


class Router:
    """All operations, found by path segments.

    Args:
        operations: What the broker offers.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            node = self._root
            for segment in operation.path.strip("/").split("/"):
                if segment.startswith("{"):
                    node.wildcard = node.wildcard or _Node(name=segment[1:-1])
                    node = node.wildcard
                else:
                    node = node.children.setdefault(segment, _Node())
            node.operations[operation.method] = operation

    def match(self, raw_path: str) -> tuple[dict[str, Operation], dict[str, str]] | None:
        """Find what can be done at a path.

        Args:
            raw_path: The path below the prefix, still percent-encoded.

        Returns:
            The operations by method, and the path's values; None when there is no such path.
        """
        node, values = self._root, {}
        for segment in raw_path.strip("/").split("/"):
            child = node.children.get(segment)
            if child is None:
                child = node.wildcard
                if child is None:
                    return None
                values[child.name] = unquote(segment)
            node = child
        return (node.operations, values) if node.operations else None
