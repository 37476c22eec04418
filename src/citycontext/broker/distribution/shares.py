"""Who gets which part of a write: exclusive sources, then redirect ones, then the broker and its equals (4.3.6.3)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from citycontext.broker.distribution.sources import Source

__all__ = ["Part", "Shares", "share_out"]


@dataclass(frozen=True, slots=True)
class Part:
    """What one source gets of a write.

    Args:
        source: The source.
        names: Attributes, expanded; empty when the write is about the whole entity.
        operation: The operation it is sent with; None when the source can do none that fits.
    """

    source: Source
    names: frozenset[str]
    operation: str | None


@dataclass(slots=True)
class Shares:
    """The parts of a write.

    Args:
        parts: Of the sources.
        rest: Attributes that the broker itself keeps; None when nothing is left for it.
    """

    parts: list[Part] = field(default_factory=list)
    rest: frozenset[str] | None = frozenset()

    @property
    def is_proxied(self) -> bool:
        """Whether a source holds some of it in the broker's place."""
        return any(part.source.is_proxied for part in self.parts)


def share_out(
    sources: Sequence[Source],
    id: str,
    types: Collection[str] | None,
    names: frozenset[str],
    operation_of: Callable[[Source], str | None],
) -> Shares:
    """Decide what each source gets of a write, and what is left.

    Args:
        sources: The sources in force.
        id: The entity's id.
        types: Its types, expanded; None where they are not known.
        names: The attributes in the write, expanded; empty when it is about the whole entity.
        operation_of: Returns the operation that a source does it with; None when it can do none.
    """
    shares = Shares()
    left = names
    is_left = True
    for mode in ("exclusive", "redirect"):
        taken: set[str] = set()
        whole = False
        for source in sources:
            if source.mode != mode or not is_left:
                continue
            share = source.share(id, types, attributes=left or None)
            if share is None:
                continue
            part = share.of(left)
            if names and not part and share.attributes is not None:
                continue
            shares.parts.append(Part(source, frozenset(part), operation_of(source)))
            taken |= part
            whole = whole or share.attributes is None
        left = left - taken
        if whole or (names and not left):
            is_left = False
    if is_left:
        for source in sources:
            if source.mode != "inclusive":
                continue
            share = source.share(id, types, attributes=left or None)
            operation = operation_of(source)
            if share is None or operation is None:
                continue
            part = share.of(left)
            if part or not names:
                shares.parts.append(Part(source, frozenset(part), operation))
    shares.rest = left if is_left else None
    return shares
