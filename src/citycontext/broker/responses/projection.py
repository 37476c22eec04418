"""Which members of an entity an answer shows: pick, omit, attrs, datasetId (4.21, 4.5.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from citycontext.broker.documents.writing import Document, attribute_names, instances
from citycontext.broker.request.parameters import Parameters
from citycontext.broker.responses.problems import bad_request_data
from citycontext.ngsild.context import Context
from citycontext.ngsild.names import is_attribute_name
from citycontext.ngsild.query.projection import Projection, parse_projection

__all__ = ["Members", "ResponseProjection", "check_depth", "expand_members", "expand_name", "read_projection"]

Members = Mapping[str, "Members | None"]
"""Names, each with the members of the entity it links to, where those are named too."""

_CORE: Final = frozenset({"id", "type", "scope"})


@dataclass(frozen=True, slots=True)
class ResponseProjection:
    """What is shown of an entity.

    Args:
        pick: Only these members; None for all.
        omit: All but these members.
        attrs: Only these attributes, beside ``id``, ``type`` and ``scope``; None for all.
        dataset_ids: Only instances of these datasets, None among them for the default one; None for all.
    """

    pick: Members | None = None
    omit: Members = field(default_factory=dict)
    attrs: frozenset[str] | None = None
    dataset_ids: frozenset[str | None] | None = None

    def shows(self, name: str) -> bool:
        """Return whether a member is shown."""
        if self.pick is not None and name not in self.pick:
            return False
        if name in self.omit and self.omit[name] is None:
            return False
        return self.attrs is None or name in self.attrs or name in _CORE

    def wanted(self) -> frozenset[str] | None:
        """Name the attributes of which an entity must have one to be in the answer (5.7.2); None for any entity."""
        if self.attrs is not None:
            return self.attrs
        if self.pick is None:
            return None
        picked = frozenset(self.pick)
        return None if picked & {"id", "type"} else picked

    def apply(self, document: Document) -> Document:
        """Leave out what is not shown."""
        if self.pick is None and not self.omit and self.attrs is None and self.dataset_ids is None:
            return document
        shown = {name: value for name, value in document.items() if self.shows(name) or name in _STAMPS}
        if self.dataset_ids is not None:
            for name in list(attribute_names(shown)):
                kept = [one for one in instances(shown[name]) if one.get("datasetId") in self.dataset_ids]
                if not kept:
                    del shown[name]
                else:
                    shown[name] = kept if len(kept) > 1 else kept[0]
        return shown

    def of_linked(self, name: str) -> ResponseProjection:
        """Return the projection of the entities that an attribute links to."""
        pick = self.pick.get(name) if self.pick is not None else None
        return ResponseProjection(pick=pick, omit=self.omit.get(name) or {}, dataset_ids=self.dataset_ids)


_STAMPS: Final = frozenset({"createdAt", "modifiedAt", "deletedAt", "expiresAt"})


def read_projection(parameters: Parameters, context: Context) -> ResponseProjection:
    """Read pick, omit, attrs and datasetId of a request.

    Raises:
        InvalidQuery: One does not parse.
        Problem: Two exclude each other.
    """
    if "attrs" in parameters and ("pick" in parameters or "omit" in parameters):
        raise bad_request_data("'attrs' is the old way to say 'pick'; use one of them.")
    pick = expand_members(parse_projection(parameters["pick"]), context) if "pick" in parameters else None
    omit = expand_members(parse_projection(parameters["omit"]), context) if "omit" in parameters else {}
    for name, inner in omit.items():
        if pick is not None and inner is None and name in pick:
            raise bad_request_data(f"{context.compact(name)!r} is both picked and omitted.")
    attrs = None
    if "attrs" in parameters:
        attrs = frozenset(expand_name(name, context, "attrs") for name in parameters.names("attrs"))
    return ResponseProjection(pick, omit, attrs, read_dataset_ids(parameters.names("datasetId")))


def check_depth(parameters: Parameters, level: int) -> None:
    """Check that pick and omit name nothing of entities that are not given (5.7.1.4, 5.7.2.4).

    Args:
        parameters: The request's.
        level: How many links deep linked entities are given.

    Raises:
        Problem: One does.
    """
    for name in ("pick", "omit"):
        if name in parameters and parse_projection(parameters[name]).depth > level:
            raise bad_request_data(
                f"{name!r} names members of entities {level + 1} links away; ask for them with join."
            )


def read_dataset_ids(names: list[str]) -> frozenset[str | None] | None:
    """Read datasetId; ``@none`` is the default instance."""
    return frozenset(None if name == "@none" else name for name in names) or None


def expand_name(name: str, context: Context, where: str) -> str:
    """Expand an attribute's name.

    Raises:
        Problem: It is not valid.
    """
    if name in _CORE or not is_attribute_name(name):
        raise bad_request_data(f"{where}: {name!r} is not an attribute name.")
    return context.expand(name)


def expand_members(projection: Projection, context: Context) -> Members:
    """Expand the names in a parsed pick or omit (4.21)."""
    return {
        member.name if member.name in _CORE or member.name in _STAMPS else context.expand(member.name): (
            None if member.linked is None else expand_members(member.linked, context)
        )
        for member in projection.members
    }
