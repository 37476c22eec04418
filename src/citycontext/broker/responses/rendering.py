"""From stored documents to what an answer shows (4.5.1 to 4.5.5, 4.5.16, 4.15)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from citycontext.broker.documents.writing import Document, attribute_names, instances
from citycontext.broker.responses.joining import NO_JOIN, Join, Lookup, targets
from citycontext.broker.responses.problems import Problem
from citycontext.broker.responses.projection import ResponseProjection
from citycontext.broker.responses.versions import downgrade
from citycontext.ngsild.attribute_base import ATTRIBUTE_MEMBERS
from citycontext.ngsild.context import Context, compact_entity
from citycontext.ngsild.query.language import LanguageFilter
from citycontext.ngsild.representations import concise, simplified
from citycontext.ngsild.terms import ENTITY_MEMBERS

__all__ = [
    "View",
    "in_language",
    "render",
    "without_system_members",
]

_DEPTH: Final = 50
_SYSTEM: Final = frozenset({"createdAt", "modifiedAt", "deletedAt", "expiresAt"})


@dataclass(frozen=True, slots=True)
class View:
    """How an answer shows entities.

    Args:
        representation: ``normalized``, ``concise`` or ``simplified``.
        projection: Which members.
        sys_attrs: Whether with the broker's own times.
        languages: Languages that are wanted; None leaves language maps as they are.
        join: How linked entities are given.
        version: The minor version of 1.x that the reader knows; None for the latest.
    """

    representation: str = "normalized"
    projection: ResponseProjection = field(default_factory=ResponseProjection)
    sys_attrs: bool = False
    languages: LanguageFilter | None = None
    join: Join = NO_JOIN
    version: int | None = None


def render(document: Document, view: View, context: Context, lookup: Lookup | None = None) -> dict[str, Any]:
    """Write one entity as an answer shows it, without @context.

    Args:
        document: The entity as it is stored.
        view: How to show it.
        context: What names are compacted with.
        lookup: Gives linked entities by id, for ``join=inline``.
    """
    seen = view.join.seen | {document.get("id", "")}
    return _render(document, view, context, lookup if view.join.form == "inline" else None, view.join.level, seen)


def _render(
    document: Document, view: View, context: Context, lookup: Lookup | None, level: int, seen: frozenset[str]
) -> dict[str, Any]:
    shown = view.projection.apply(document)
    if not view.sys_attrs:
        shown = without_system_members(shown)
    if view.languages is not None:
        shown = {name: in_language(value, view.languages) for name, value in shown.items()}
    wire = compact_entity(shown, context)
    for member in ("type", "scope"):
        if member in wire and len(wire[member]) == 1:
            wire[member] = wire[member][0]
    joined: dict[str, Any] = {}
    if lookup is not None and level > 0:
        if len(seen) - len(view.join.seen) > _DEPTH:
            raise Problem(
                "TooComplexQuery", f"Entities that link to each other stand over {_DEPTH} deep: a smaller joinLevel."
            )
        for name in attribute_names(shown):
            inner = replace(view, projection=view.projection.of_linked(name))
            short = context.compact(name)
            linked = [
                _with_linked(one, lambda one, inner=inner: _render(  # type: ignore[misc]
                    one, inner, context, lookup, level - 1, seen | {one["id"]}), lookup, seen)
                for one in instances(wire[short])
            ]  # fmt: skip
            if any(one is not old for one, old in zip(linked, instances(wire[short]), strict=True)):
                joined[short] = wire[short] = linked if len(linked) > 1 else linked[0]
    if view.version is not None:
        wire = downgrade(wire, view.version)
    if view.representation == "simplified":
        simple = simplified.render(wire)
        for name, value in joined.items():
            if isinstance(value, dict):
                simple[name] = value.get("entity", value.get("entityList"))
        return simple
    return concise.render(wire) if view.representation == "concise" else wire


def _with_linked(
    instance: Document, render_linked: Callable[[Document], dict[str, Any]], lookup: Lookup, seen: frozenset[str]
) -> Document:
    """Put the linked entities into an instance, as far as they are here; else return it as it is."""
    found = [one for one in (lookup(target) for target in targets(instance) if target not in seen) if one is not None]
    if not found:
        return instance
    rendered = [render_linked(one) for one in found]
    if isinstance(instance.get("object"), str):
        return {**instance, "entity": rendered[0]}
    return {**instance, "entityList": rendered}


def without_system_members(value: Any) -> Any:
    """Leave out the times of 6.3.11 of an entity, its attributes and their sub-attributes."""
    return {
        name: _plain(member) if name not in ENTITY_MEMBERS else member
        for name, member in value.items()
        if name not in _SYSTEM
    }


def _plain(member: Any) -> Any:
    if isinstance(member, list):
        return [_plain(one) for one in member]
    if not isinstance(member, dict):
        return member
    return {
        name: value if name in ATTRIBUTE_MEMBERS else _plain(value)
        for name, value in member.items()
        if name not in _SYSTEM
    }


def in_language(member: Any, languages: LanguageFilter) -> Any:
    """Turn LanguageProperties into Properties in the best language there is (4.15)."""
    if isinstance(member, list):
        return [in_language(one, languages) for one in member]
    if not isinstance(member, dict) or "type" not in member:
        return member
    if member["type"] != "LanguageProperty" or not isinstance(member.get("languageMap"), dict):
        return {
            name: value if name in ATTRIBUTE_MEMBERS else in_language(value, languages)
            for name, value in member.items()
        }
    tag = languages.choose(member["languageMap"])
    if tag is None:
        return member
    shown: dict[str, Any] = {"type": "Property", "value": member["languageMap"][tag]}
    if tag != "@none":
        shown["lang"] = tag
    for name, value in member.items():
        if name not in ("type", "languageMap"):
            shown[name] = value if name in ATTRIBUTE_MEMBERS else in_language(value, languages)
    return shown
