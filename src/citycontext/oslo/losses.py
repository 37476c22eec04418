"""What a conversion could not carry, as data: the loss report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from citycontext.errors import DataError, InvalidEntity

__all__ = ["Loss", "LossKind", "LossReport"]


class LossKind(StrEnum):
    """What happened to the thing that a loss names."""

    LOST = "lost"  # it is not in the result
    CHANGED = "changed"  # it comes back in another form, or other than it was
    ASSUMED = "assumed"  # the result says more than the source did
    MISSING = "missing"  # the profile asks for it, and the source has none
    REWRITTEN = "rewritten"  # an IRI was read as the one that was meant
    REFUSED = "refused"  # a thing of a class that no table knows


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that a conversion did not carry as it was.

    Args:
        kind: What happened to it.
        subject: The entity's id, or the node in the graph.
        term: The attribute's wire name, or the predicate or class; empty for the whole.
        member: What of the attribute: ``observedAt``, ``unitCode``, a sub-attribute; empty for all of it.
        dataset_id: Which instance of the attribute; ``None`` for the default one.
        reason: Why.
        home: Where it could go instead; empty where there is no place.
        value: What a triple that is lost said, in full.
    """

    kind: LossKind
    subject: str
    term: str = ""
    member: str = ""
    dataset_id: str | None = None
    reason: str = ""
    home: str = ""
    value: str = ""

    @property
    def path(self) -> str:
        """Where it stands, e.g. ``pm10.unitCode``."""
        dataset = f"[{self.dataset_id}]" if self.dataset_id else ""
        return f"{self.term}{dataset}{'.' if self.member else ''}{self.member}"

    def __str__(self) -> str:
        where = f"{self.subject} {self.path}".rstrip()
        home = f"; {self.home}" if self.home else ""
        return f"{where}: {self.kind}: {self.reason}{home}"


@dataclass(slots=True)
class LossReport:
    """All that one conversion could not carry; empty where it carried everything.

    Args:
        strict: Refuse to lose: the first thing that is lost, changed, missing or refused raises instead.
    """

    strict: bool = False
    losses: list[Loss] = field(default_factory=list)
    _known: set[Loss] = field(default_factory=set, repr=False)

    def add(self, loss: Loss) -> None:
        """Note a loss; the same one is noted once.

        Args:
            loss: The loss.

        Raises:
            InvalidEntity: The report is strict, and the loss is more than a rewriting or an assumption.
        """
        if self.strict and loss.kind not in (LossKind.REWRITTEN, LossKind.ASSUMED):
            raise _refusal(loss)
        if loss not in self._known:
            self._known.add(loss)
            self.losses.append(loss)

    def of(self, *kinds: LossKind) -> list[Loss]:
        """Return the losses of some kinds.

        Args:
            kinds: The kinds.
        """
        return [loss for loss in self.losses if loss.kind in kinds]

    def __iter__(self) -> Iterator[Loss]:
        return iter(self.losses)

    def __len__(self) -> int:
        return len(self.losses)

    def __str__(self) -> str:
        return "\n".join(map(str, self.losses)) or "nothing is lost"


def _refusal(loss: Loss) -> DataError:
    home = f"; {loss.home}" if loss.home else ""
    return InvalidEntity(f"{loss.subject} does not convert without loss: {loss.reason}{home}", path=loss.path)
