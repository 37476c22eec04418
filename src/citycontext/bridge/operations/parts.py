"""What the parts of a running bridge say of themselves, as plain data: a source, a route, the journal."""

from __future__ import annotations

import contextlib

from citycontext.bridge.journal.dead_letters import DeadLetters
from citycontext.bridge.journal.journal import Journal
from citycontext.bridge.mapping.processing import Route
from citycontext.bridge.operations.status import DeadReason, RouteStatus, SourceStatus
from citycontext.bridge.sources.source import SourceState
from citycontext.configuration.masking import masked

__all__ = ["journal_contents", "route_status", "source_status"]


def source_status(name: str, address: str, state: SourceState) -> SourceStatus:
    """Return what is shown of a source.

    Args:
        name: Its name.
        address: Where it reads.
        state: How it does.
    """
    return SourceStatus(name, address, state.is_connected, state.connections, state.counts, state.partitions)


def route_status(route: Route) -> RouteStatus:
    """Return what is shown of a route.

    Args:
        route: The route.
    """
    counts = route.counts
    return RouteStatus(
        route.config.name,
        route.config.codec.name,
        tuple(map(masked, route.config.topic)),
        counts.messages,
        counts.updates,
        counts.refused,
        counts.last,
        counts.repeated,
        route.left_out.values(),
        counts.heard.flow(),
        counts.heard.silent(),
    )


def journal_contents(journal: Journal) -> tuple[list[DeadReason], float | None]:
    """Return the dead letters by reason, and since when the oldest message that is not delivered waits.

    Args:
        journal: The journal.
    """
    with DeadLetters(journal.path) as letters:
        dead = [
            DeadReason(one.route, one.stage, one.attribute, one.reason, one.number, one.bytes, one.failed)
            for one in letters.counts()
        ]
    with contextlib.closing(journal.reader()) as reader:
        return dead, reader.waiting_since()
