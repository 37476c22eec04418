"""The files of a stream, written from what its ledger knows: pages, the nodes above them, the root."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from citycontext.errors import PublicationError
from citycontext.publish.config import Dataset, StreamSettings
from citycontext.publish.ldes import nodes
from citycontext.publish.ldes.disk import write_whole
from citycontext.publish.ldes.ledger import Ledger
from citycontext.publish.ldes.nodes import FAN_OUT, ROOT, Child, index_name, page_name
from citycontext.publish.ldes.oslo_members import OsloMembers
from citycontext.publish.ldes.versions import Version
from citycontext.publish.ldes.withdrawal import WITHDRAWN
from citycontext.publish.linked_data import PREFIXES

__all__ = ["StreamFiles"]


class StreamFiles:
    """The files of a view of a stream.

    Args:
        folder: Where they go.
        ledger: What is to be in them.
        settings: The stream.
        dataset: What is published.
        context: The @context of members.
        oslo: What makes members of an OSLO profile, and knows their links; None where members are NGSI-LD.
        replaced_by: The address of the view that goes on; empty if absent.
        replaces: The address of the view that this one goes on with; empty if absent.
    """

    def __init__(
        self,
        folder: Path,
        ledger: Ledger,
        settings: StreamSettings,
        dataset: Dataset,
        context: list[Any],
        oslo: OsloMembers | None,
        *,
        replaced_by: str,
        replaces: str,
    ) -> None:
        self._folder = folder
        self._ledger = ledger
        self._settings = settings
        self._dataset = dataset
        self._context = context
        self._oslo = oslo
        self._replaced_by = replaced_by
        self._replaces = replaces

    def recover(self) -> None:
        """Write what a killed process had not come to: the ledger knows all of it."""
        pages = self._ledger.next_page()
        for level, number in nodes.complete_nodes(0, pages):
            if not (self._folder / index_name(level, number)).exists():
                self._write_node(level, number)
        for number in range(pages - 1, -1, -1):
            path = self._folder / page_name(number, self._ledger.revision(number))
            if path.exists() or self._ledger.bounds(number, number + 1) is None:
                break
            raise PublicationError(
                f"{path}: the page is missing, though {self._ledger.path} knows it; put the folder "
                f"back from a copy, or move both away to begin the stream anew"
            )
        self._write_root()
        self.pay()

    def write_page(self, number: int, members: list[Version]) -> None:
        """Write a full page, which nothing links to yet."""
        bodies = (one.body for one in members)
        name = page_name(number)
        write_whole(self._folder / name, nodes.render(name, self._settings, self._context, (), bodies))

    def write_links(self, first: int) -> None:
        """Write the nodes that new pages made complete, and the root.

        Args:
            first: The first of the new pages.
        """
        for level, number in nodes.complete_nodes(first, self._ledger.next_page()):
            self._write_node(level, number)
        self._write_root()

    def pay(self) -> None:
        """Write the links again that changed with pages, since a page was struck or is linked to no longer."""
        owed = self._ledger.owed()
        if owed:
            complete = set(nodes.complete_nodes(0, self._ledger.next_page()))
            for level, number in sorted({node for page in owed for node in nodes.above(page)} & complete):
                self._write_node(level, number)
            self._write_root()
            for name in self._ledger.doomed():
                (self._folder / name).unlink(missing_ok=True)
            records = self._ledger.records()
            if records:
                write_whole(self._folder / WITHDRAWN, b"[%b]\n" % ",\n".join(records).encode())
            with self._ledger.transaction():
                self._ledger.spare()
                self._ledger.owe(())

    def _write_node(self, level: int, number: int) -> None:
        name = index_name(level, number)
        children = self._children(level - 1, number * FAN_OUT, (number + 1) * FAN_OUT)
        write_whole(self._folder / name, nodes.render(name, self._settings, [PREFIXES], children, ()))

    def _write_root(self) -> None:
        children = (
            child
            for level, first, last in nodes.link_levels(self._ledger.next_page())
            for child in self._children(level, first, last)
        )
        bodies = [one.body for one in self._ledger.waiting()]
        content = nodes.root_view(
            self._settings,
            self._dataset,
            self._context,
            children,
            bodies,
            links=() if self._oslo is None else self._oslo.links,
            replaced_by=self._replaced_by,
            replaces=self._replaces,
        )
        write_whole(self._folder / ROOT, content)

    def _children(self, level: int, first: int, last: int) -> Iterator[Child]:
        span = FAN_OUT**level
        for number in range(first, last):
            bounds = self._ledger.bounds(number * span, (number + 1) * span)
            if bounds is not None:
                name = index_name(level, number) if level else page_name(number, self._ledger.revision(number))
                yield Child(name, bounds)
