"""What may leave the house: nothing, but what is on the list.

Every export takes ``Cleared`` entities, and only a policy makes them. On top of the list, three things stay inside
even where they are listed: attributes that may identify a person, by their name or by what it means, values that look
like a number or an address of somebody, and counts so small that they point at somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

import orjson

from citycontext.errors import ConfigurationError, DataError
from citycontext.models.meaning import compacted, context_of, model_context, terms_of, without_model_context
from citycontext.ngsild import Entity, Severity
from citycontext.ngsild.attribute_base import is_null
from citycontext.ngsild.geometry import check_geometry, is_plain_point
from citycontext.ngsild.representations import Reader
from citycontext.ngsild.representations.reading import plain_value_class
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, ENTITY_MEMBERS
from citycontext.ngsild.time import format_datetime, instant_of, is_datetime
from citycontext.publish.contexts import inlined
from citycontext.publish.disclosing.disclosure import Disclosure, disclosed_by, is_personal, is_small
from citycontext.publish.disclosing.identifiers import identifier_in
from citycontext.publish.disclosing.meaning import Meanings
from citycontext.publish.linked_data import entity_contexts
from citycontext.publish.report import Report

__all__ = ["Cleared", "EntityLike", "Policy"]

EntityLike = Entity | Mapping[str, Any]

_RULES: Final = 2  # counts up when what is refused changes, so that what is public is looked through again
_PLAIN_MEMBERS: Final = frozenset({"type", "unitCode", "datasetId", "lang", "valueType", "objectType"})
_TEXTS: Final = frozenset({"unitCode", "lang", "valueType", "objectType"})
_READER: Final = Reader(complete=True)
_SAYS: Final[dict[Disclosure, str]] = {
    "personal": "holds a member that may identify a person; it is not published",
    "number-plate": (
        "looks like a number plate, which identifies a person; it is not published (if it is a code of another kind, "
        "declare it under codes)"
    ),
    "e-mail": "holds an e-mail address; it is not published",
    "telephone": (
        "looks like a telephone number; it is not published (if it is a code of another kind, declare it under codes)"
    ),
    "national-number": "looks like the national number of a person; it is not published",
    "bank-account": "holds the number of a bank account; it is not published",
    "mac-address": "looks like a MAC address, which identifies a device and whoever carries it; it is not published",
}
_UNREADABLE: Final = "breaks the information model, or is nested too deep to be looked through; it is not published"
_PERSONAL: Final = "may identify a person; it is not published, though it is on the list: take it off"


@dataclass(frozen=True, slots=True)
class Cleared:
    """An entity that may be published; only ``Policy.clear`` makes one.

    Args:
        wire: The entity, normalized, with what may be published and nothing else.
    """

    wire: dict[str, Any]

    @property
    def id(self) -> str:
        """The entity's URI."""
        return str(self.wire["id"])

    @property
    def types(self) -> tuple[str, ...]:
        """Its types."""
        named = self.wire["type"]
        return (named,) if isinstance(named, str) else tuple(named)

    def attributes(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Yield each attribute's wire name and instances."""
        for name, member in self.wire.items():
            if name not in ENTITY_MEMBERS:
                yield name, member if isinstance(member, list) else [member]


@dataclass(frozen=True, slots=True)
class _Rule:
    """What holds for one attribute of entities of some types."""

    path: str
    personal: bool
    codes: bool
    sub_attributes: Mapping[str, _Rule]
    least: int | None


@dataclass(frozen=True)
class Policy:
    """What may be published.

    Names are as they stand in the entities, that is by each entity's @context.

    Args:
        allow: Entity type → attributes; ``scope`` is one of them, and ``<attribute>.<sub-attribute>`` lists a
            sub-attribute. Units, times of observation and dataset ids go with their attribute.
        codes: Entity type → attributes, or ``id``, whose values are codes that only look like plates (``BAY-204``).
        suppress_below: ``<type>.<attribute>`` → the least count that may be published, zero apart.
        by_models: Whether names are those of the models, and each entity gets the terms of its model's @context.
        context: The @context of entities that carry none: addresses.

    Raises:
        ConfigurationError: A list speaks of what is not allowed.
    """

    allow: Mapping[str, Iterable[str]]
    codes: Mapping[str, Iterable[str]] = field(default_factory=dict)
    suppress_below: Mapping[str, int] = field(default_factory=dict)
    by_models: bool = False
    context: tuple[str, ...] = ()
    _meanings: Meanings = field(init=False, repr=False, compare=False)
    _allowed: dict[str, frozenset[str]] = field(init=False, repr=False, compare=False)
    _codes: dict[str, frozenset[str]] = field(init=False, repr=False, compare=False)
    _rules: dict[tuple[str, ...], dict[str, _Rule]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_allowed", {name: frozenset(listed) for name, listed in self.allow.items()})
        object.__setattr__(self, "_meanings", Meanings(list(self.context)))
        object.__setattr__(self, "_codes", {name: frozenset(listed) for name, listed in self.codes.items()})
        for entity_type, attributes in self._codes.items():
            for one in attributes - self._allowed.get(entity_type, frozenset()) - {"id"}:
                raise ConfigurationError(
                    f"{entity_type}.{one} is not on the list of what may be published.", key=f"codes.{entity_type}"
                )
        for path in self.suppress_below:
            entity_type, _, name = path.partition(".")
            if name not in self._allowed.get(entity_type, ()):
                raise ConfigurationError(
                    f"{path} is not on the list of what may be published.", key=f'suppress_below."{path}"'
                )

    @property
    def fingerprint(self) -> str:
        """What tells this policy from another one, and these rules from those of another citycontext."""
        said = [
            _RULES,
            {name: sorted(listed) for name, listed in self._allowed.items()},
            {name: sorted(listed) for name, listed in self._codes.items()},
            dict(self.suppress_below),
        ]
        return sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()

    def attributes(self, entity_type: str) -> tuple[str, ...]:
        """Return the attributes of a type that are on the list, in its order, without sub-attributes."""
        return tuple(dict.fromkeys(name for name in self.allow.get(entity_type, ()) if "." not in name))

    def clear(self, entity: EntityLike, report: Report) -> Cleared | None:
        """Take out of an entity what may be published.

        Args:
            entity: An entity, or its normalized or concise JSON object; it is not changed.
            report: Takes a finding for all that is left out; no finding repeats a refused value.

        Returns:
            What is left; ``None`` where nothing may be published.
        """
        try:
            if isinstance(entity, Entity):
                return self._clear(entity.wire, report)
            return self._clear(entity if isinstance(entity, dict) else dict(entity), report)
        except RecursionError:
            message = "an entity whose @context is nested too deep; it is not published"
            report.note("not-an-entity", "", message, Severity.ERROR)
        return None

    def clear_identity(self, entity: dict[str, Any], report: Report) -> Cleared | None:
        """Return the id and type of an entity, where both may be published.

        .. versionadded:: 0.2

        Args:
            entity: Its JSON object; it is not changed.
            report: Takes a finding where they may not.
        """
        identifier, named = entity.get("id"), entity.get("type")
        types = [one for one in (named if isinstance(named, list) else [named]) if isinstance(one, str)]
        if not isinstance(identifier, str) or not types or not all(one in self._allowed for one in types):
            return None
        codes = any("id" in self._codes.get(one, ()) for one in types)
        what = identifier_in(identifier, codes=codes)
        if what is not None:
            report.note(what, f"{types[0]}.id", f"an id or @context {_SAYS[what]}", Severity.ERROR)
            return None
        return Cleared({"id": identifier, "type": named})

    def clear_all(self, entities: Iterable[EntityLike], report: Report) -> Iterator[Cleared]:
        """Clear entities one by one, leaving out those of which nothing may be published."""
        for entity in entities:
            cleared = self.clear(entity, report)
            if cleared is not None:
                yield cleared

    def _clear(self, wire: dict[str, Any], report: Report) -> Cleared | None:
        if self.by_models:
            wire = compacted(wire)
        identifier, named = wire.get("id", wire.get("@id")), wire.get("type", wire.get("@type"))
        types: tuple[Any, ...] = tuple(named) if isinstance(named, list) else (named,)
        if not isinstance(identifier, str) or not types or not all(isinstance(one, str) for one in types):
            report.note("not-an-entity", "", "an entity without id or type; it is not published", Severity.ERROR)
            return None
        report.saw(types, wire)
        rules = self._rules.get(types)
        if rules is None:
            unlisted = next((one for one in types if one not in self._allowed), None)
            if unlisted is not None:
                path, message = _unlisted_type(unlisted, frozenset(self._allowed))
                report.note("type-not-listed", path, message, Severity.NOTE)
                return None
            rules = self._rules[types] = self._rules_for(types)
        kept: dict[str, Any] = {"id": identifier, "type": named}
        what: Disclosure | None = identifier_in(identifier, codes=rules["id"].codes)
        context = wire.get("@context")
        what = what or (None if context is None else disclosed_by(context, codes=True, names=False))
        if what is not None:
            report.note(what, f"{types[0]}.id", f"an id or @context {_SAYS[what]}", Severity.ERROR)
            return None
        if context is not None:
            kept["@context"] = context
        personal = self._meanings.personal(wire, types)
        for name, member in wire.items():
            if name in ENTITY_MEMBERS and name != "scope":
                continue
            rule = rules.get(name)
            if rule is not None and name in personal:
                report.note("personal", rule.path, _PERSONAL, Severity.ERROR)
                continue
            if rule is None:
                path, message = _unlisted_attribute(types[0], name, self._allowed[types[0]])
                report.note("attribute-not-listed", path, message, Severity.NOTE)
            else:
                left = _listed(name, member, rule, report)
                if left is not None:
                    kept[name] = left
        if len(kept) == 2 + ("@context" in kept):
            report.note("nothing-left", types[0], "none of its attributes may be published", Severity.NOTE)
            return None
        if self.by_models:
            return Cleared(_with_own_terms(kept, report))
        return Cleared(self._with_usable_context(kept, report) if context is not None else kept)

    def _with_usable_context(self, kept: dict[str, Any], report: Report) -> dict[str, Any]:
        """Put terms in the place of the addresses of an entity's @context; leave out those that lead nowhere."""
        own = entity_contexts(kept.pop("@context"))
        if own == list(self.context):
            return kept  # it stands in the file
        contexts, left_out = inlined(own, kept)
        if left_out:
            types = kept["type"]
            message = (
                "has an @context that nobody else can read, so its names are published without; "
                'name a public one as context, or context = "models"'
            )
            report.note("context-left-out", types if isinstance(types, str) else str(types[0]), message, Severity.ERROR)
        return {"id": kept["id"], "type": kept["type"], "@context": contexts, **kept} if contexts else kept

    def _rules_for(self, types: tuple[str, ...]) -> dict[str, _Rule]:
        """Work out once what holds for entities of these types; what any of them lists is listed."""
        codes = any("id" in self._codes.get(one, ()) for one in types)
        rules = {"id": _Rule(f"{types[0]}.id", personal=False, codes=codes, sub_attributes={}, least=None)}
        for listing in reversed(types):
            for name in self._allowed[listing]:
                if name not in ENTITY_MEMBERS or name == "scope":
                    rules[name] = self._rule(types, listing, name)
        return rules

    def _rule(self, types: tuple[str, ...], listing: str, name: str) -> _Rule:
        below = f"{name}."
        listed = {one for each in types for one in self._allowed[each] if one.startswith(below)}
        leasts = [self.suppress_below.get(f"{one}.{name}", 0) for one in types]
        return _Rule(
            path=f"{listing}.{_shown(name)}",
            personal=any(is_personal(one, name.rpartition(".")[2]) for one in types),
            codes=any(name in self._codes.get(one, ()) for one in types),
            sub_attributes={one[len(below) :]: self._rule(types, listing, one) for one in listed},
            least=max(leasts) or None,
        )


def _with_own_terms(wire: dict[str, Any], report: Report) -> dict[str, Any]:
    """Put the terms of a model's @context into an entity, so that no reader needs a network."""
    bare, address = without_model_context(wire)
    if not address and "@context" not in wire:
        try:
            address = context_of(wire)
        except DataError:
            message = "several subjects have this type; it is published by the default vocabulary"
            report.note("ambiguous-type", _shown(str(wire["type"])), message, Severity.WARNING)
    if not address or model_context(address) is None:
        return wire
    terms = terms_of(bare, address)
    return {"id": wire["id"], "type": wire["type"], "@context": [terms], **bare}


def _listed(name: str, member: Any, rule: _Rule, report: Report) -> Any:
    """Return what may leave of an attribute or sub-attribute that is on the list, or of the scope."""
    if rule.personal:
        report.note("personal", rule.path, _PERSONAL, Severity.ERROR)
        return None
    try:
        if name == "scope":
            return None if _refuses(member, rule, report) else member
        return _attribute(member, rule, report)
    except (DataError, RecursionError):
        report.note("not-an-attribute", rule.path, _UNREADABLE, Severity.ERROR)
        return None


def _attribute(member: Any, rule: _Rule, report: Report) -> Any:
    """Return what may leave of an attribute, as normalized wire; the very member where all of it may."""
    if type(member) is dict:
        scalar = plain_value_class(member, True)
        if scalar is not None:  # as most are: a simple value, its unit, its time, and nothing else
            value = member["value"]
            stays = (
                (scalar is str and is_null(value))
                or (scalar is not float and _refuses(value, rule, report))
                or ("unitCode" in member and _refuses(member["unitCode"], rule, report))
                or _suppresses(value, rule, report)
            )
            return None if stays else member
        if len(member) == 2 and member.get("type") == "GeoProperty" and is_plain_point(member.get("value")):
            return member
    member = _READER.attribute(member, "")
    if not isinstance(member, list):
        return _instance(member, rule, report)
    return [one for one in (_instance(one, rule, report) for one in member) if one is not None] or None


def _instance(instance: Any, rule: _Rule, report: Report) -> dict[str, Any] | None:
    if not isinstance(instance, dict):
        report.note("not-an-entity", rule.path, "is not an attribute; it is not published", Severity.ERROR)
        return None
    kind = instance.get("type")
    kind = kind if isinstance(kind, str) else ""
    value_member = ATTRIBUTE_TYPES.get(kind, "value")
    value = instance.get(value_member)
    if value is None or is_null(value):
        return None
    if not _is_sound(kind, value) or not isinstance(instance.get("datasetId", ""), str):
        message = (
            f"has no value that a {kind or 'Property'} can have, or a datasetId that is not valid; it is not published"
        )
        report.note("not-an-attribute", rule.path, message, Severity.ERROR)
        return None
    kept: dict[str, Any] = {}
    for member, content in instance.items():
        if member in _TEXTS and not isinstance(content, str):
            report.note("not-an-attribute", f"{rule.path}.{member}", "is not text; it is not published", Severity.ERROR)
        elif member == "type" and kind in ATTRIBUTE_TYPES:
            kept[member] = content
        elif member == value_member or member in _PLAIN_MEMBERS:
            if _refuses(content, rule, report):
                return None
            kept[member] = content
        elif member == "observedAt":
            time = _time(content)
            if time is None:
                message = "has an observedAt that is not a time with a zone; it is published without"
                report.note("no-zone", rule.path, message)
            else:
                kept[member] = time
        elif member in rule.sub_attributes:
            report.reached.add(rule.sub_attributes[member].path)
            left = _listed(member, content, rule.sub_attributes[member], report)
            if left is not None:
                kept[member] = left
    return None if _suppresses(value, rule, report) else kept


def _is_sound(kind: str, value: Any) -> bool:
    """Return whether a value is of the shape that its attribute's type asks for, so that any writer can write it."""
    if kind in ("Relationship", "VocabProperty"):
        return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
    if kind == "LanguageProperty":
        return isinstance(value, dict)
    if kind in ("ListProperty", "ListRelationship"):
        return isinstance(value, list)
    if kind != "GeoProperty" or is_plain_point(value):
        return True
    try:
        check_geometry(value)
    except DataError:
        return False
    return True


def _refuses(content: Any, rule: _Rule, report: Report) -> bool:
    if isinstance(content, float):
        return False
    what = disclosed_by(content, codes=rule.codes)
    if what is None:
        return False
    report.note(what, rule.path, _SAYS[what], Severity.ERROR)
    return True


def _suppresses(value: Any, rule: _Rule, report: Report) -> bool:
    if rule.least is None or not is_small(value, rule.least):
        return False
    report.note("small-count", rule.path, f"a count below {rule.least} is not published", Severity.NOTE)
    return True


def _time(text: Any) -> str | None:
    if is_datetime(text):
        return str(text)
    try:
        return format_datetime(instant_of(text, ""))
    except DataError:
        return None


def _shown(name: str) -> str:
    return name if identifier_in(name) is None else "(a name that looks like an identifier)"


@lru_cache(maxsize=4096)
def _unlisted_type(name: str, listed: frozenset[str]) -> tuple[str, str]:
    hint = _near(name, listed)
    return _shown(name), f"no attribute of this type is on the list{hint}; its entities are not published"


@lru_cache(maxsize=4096)
def _unlisted_attribute(entity_type: str, name: str, listed: frozenset[str]) -> tuple[str, str]:
    return f"{entity_type}.{_shown(name)}", f"is not on the list{_near(name, listed)}; it is not published"


def _near(name: str, listed: frozenset[str]) -> str:
    """Say what on the list is spelt nearly alike: a slip of the pen keeps more inside than was meant."""
    near = get_close_matches(name, sorted(listed), n=1, cutoff=0.75)
    return f" (which has {near[0]})" if near else ""
