"""Linked entities in an answer: inline in the Relationship, or flat beside the entity (4.5.23)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from citycontext.broker.documents.writing import Document, attribute_names, instances
from citycontext.broker.request.bounds import Bounds
from citycontext.broker.request.parameters import Parameters
from citycontext.broker.responses.problems import Problem, bad_request_data
from citycontext.broker.responses.projection import ResponseProjection

__all__ = ["NO_JOIN", "Join", "Links", "Lookup", "linked_entities", "read_join", "targets"]

_LINKS: Final = frozenset({"Relationship", "ListRelationship"})

Lookup = Callable[[str], Document | None]


@dataclass(frozen=True, slots=True)
class Join:
    """How linked entities are given.

    Args:
        form: ``inline``, ``flat`` or ``@none``.
        level: How many links deep.
        seen: Ids that the client has already, and that are not given again.
    """

    form: str = "@none"
    level: int = 1
    seen: frozenset[str] = frozenset()


NO_JOIN: Final = Join()


class Links:
    """Looks up the entities that one answer or notification links to, as many as it may hold.

    Args:
        read: Gives an entity by its id, with its bytes; None when it is not there.
        bounds: How many, and of how many bytes.
        once: Whether an entity stands in the answer once, however many link to it (``flat``).
    """

    def __init__(
        self, read: Callable[[str], tuple[Document, int] | None], bounds: Bounds, *, once: bool = False
    ) -> None:
        self._once = once
        self._read = read
        self._bounds = bounds
        self._known: dict[str, tuple[Document, int] | None] = {}
        self._count = self._bytes = 0

    def __call__(self, id: str) -> Document | None:
        """Return an entity, which then stands in the answer once more; None when it is not there.

        Raises:
            Problem: The answer would hold too many, or too much (5.5.2).
        """
        is_new = id not in self._known
        if is_new:
            self._known[id] = self._read(id)
        found = self._known[id]
        if found is None:
            return None
        if self._once and not is_new:
            return found[0]
        self._count += 1
        self._bytes += found[1]
        if self._count > self._bounds.linked or self._bytes > self._bounds.linked_bytes:
            raise Problem(
                "TooManyResults",
                f"With the linked entities the answer would hold over {self._bounds.linked:,} of them, or over "
                f"{self._bounds.linked_bytes:,} bytes. Ask for fewer entities, a smaller joinLevel, or pick.",
            )
        return found[0]


def read_join(parameters: Parameters) -> Join:
    """Read join, joinLevel and containedBy.

    Raises:
        Problem: One is not valid, or joinLevel stands without join.
    """
    form = parameters.get("join", "@none")
    if form not in ("inline", "flat", "@none"):
        raise bad_request_data(f"join is 'inline', 'flat' or '@none', not {form!r}.")
    if "joinLevel" in parameters and "join" not in parameters:
        raise bad_request_data("'joinLevel' says how deep 'join' goes, so it needs 'join'.")
    return Join(form, parameters.integer("joinLevel", 1, least=1), frozenset(parameters.uris("containedBy")))


def targets(instance: Document) -> Sequence[str]:
    """List the entities that an instance of a Relationship or ListRelationship links to."""
    if instance.get("type") not in _LINKS:
        return ()
    value = instance.get("object", instance.get("objectList"))
    listed = value if isinstance(value, list) else [value]
    found = [one.get("object") if isinstance(one, dict) else one for one in listed]
    return [target for target in found if isinstance(target, str)]


def linked_entities(
    document: Document, projection: ResponseProjection, join: Join, lookup: Lookup
) -> Iterator[tuple[Document, ResponseProjection]]:
    """Yield the entities a document links to, nearest first, each once, with what is shown of it."""
    seen = {document.get("id", ""), *join.seen}
    near = [(document, projection)]
    for _ in range(join.level):
        if not near:
            return
        further: list[tuple[Document, ResponseProjection]] = []
        for one, shown in near:
            for name in attribute_names(one):
                if not shown.shows(name):
                    continue
                for target in (target for instance in instances(one[name]) for target in targets(instance)):
                    linked = None if target in seen else lookup(target)
                    if linked is not None:
                        seen.add(target)
                        further.append((linked, shown.of_linked(name)))
        yield from further
        near = further
