"""An entity's attributes as the writers look at them, and the losses that bear its id."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from citycontext.ngsild.terms import ENTITY_MEMBERS
from citycontext.oslo.losses import Loss, LossKind, LossReport

__all__ = ["EntityAttributes", "is_default"]


def is_default(instance: Mapping[str, Any]) -> bool:
    """Return whether an attribute instance is the default one.

    Args:
        instance: The instance in normalized form.
    """
    return instance.get("datasetId") in (None, "@none")


class EntityAttributes:
    """All attribute instances of an entity, by wire name.

    Args:
        entity_id: The entity's id.
        wire: The entity in normalized form.
        report: What takes the losses.
    """

    def __init__(self, entity_id: str, wire: Mapping[str, Any], report: LossReport) -> None:
        self.id = entity_id
        self.report = report
        self.instances: Mapping[str, list[dict[str, Any]]] = {
            name: [one for one in (said if isinstance(said, list) else [said]) if isinstance(one, dict)]
            for name, said in wire.items()
            if name not in ENTITY_MEMBERS
        }

    def default(self, name: str) -> dict[str, Any]:
        """Return the default instance of an attribute; an empty one if absent.

        Args:
            name: The attribute's wire name.
        """
        instances = self.instances.get(name)
        return next((one for one in instances if is_default(one)), {}) if instances else {}

    def plain(self, name: str) -> Any:
        """Return the value of an attribute's default instance, where it is a Property.

        Args:
            name: The attribute's wire name.
        """
        instance = self.default(name)
        return instance.get("value") if instance.get("type") == "Property" else None

    def single(self, name: str, *, reason: str = "of the whole there is one value") -> dict[str, Any]:
        """Return the default instance of an attribute that has one only, and report the others lost.

        Args:
            name: The attribute's wire name.
            reason: Why there is one only.
        """
        found: dict[str, Any] = {}
        for instance in self.instances.get(name, []):
            if is_default(instance) and not found:
                found = instance
            else:
                self.lose(name, instance=instance, reason=reason)
        return found

    def lose_rest(self, name: str, carried: Set[str]) -> None:
        """Report what an attribute's default instance has beside its value.

        Args:
            name: The attribute's wire name.
            carried: The members that the term carries.
        """
        for member in self.default(name):
            if member not in carried:
                self.lose(name, member, reason="the term carries the value alone")

    def lose(
        self,
        term: str,
        member: str = "",
        instance: Mapping[str, Any] | None = None,
        *,
        reason: str,
        home: str = "",
        kind: LossKind = LossKind.LOST,
    ) -> None:
        """Report a loss.

        Args:
            term: The attribute's wire name; empty for the whole entity.
            member: What of the attribute; empty for all of it.
            instance: Which instance, where it matters.
            reason: Why.
            home: Where it could go.
            kind: What happened to it.
        """
        dataset = instance.get("datasetId") if instance else None
        self.report.add(Loss(kind, self.id, term, member, dataset, reason, home))
