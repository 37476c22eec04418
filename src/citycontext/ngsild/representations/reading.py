"""Reading normalized and concise payloads: one procedure for any mix of both (CIM 009, 4.5.2.3 and its siblings).

Reading never changes what a payload says. An attribute that is spelt out (it has a ``type``) stays the very object
that came; a concise one becomes the normalized object it abbreviates. What is not as the standard wants it is a
finding or, in strict reading, an error.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any, Final

from citycontext.errors import DataError, InvalidEntity, InvalidGeometry, InvalidName, InvalidTime
from citycontext.foreign_text import shown
from citycontext.ngsild.attribute_base import ATTRIBUTE_MEMBERS, attribute_class, attribute_type, is_null
from citycontext.ngsild.findings import Finding, Severity
from citycontext.ngsild.geometry import check_geometry, is_geometry, is_plain_point
from citycontext.ngsild.names import is_attribute_name, is_uri
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, ENTITY_MEMBERS, NULL_URN, UNITLESS_TYPES, VALUE_MEMBERS
from citycontext.ngsild.time import format_datetime, is_datetime, is_datetime_text, parse_datetime

__all__ = ["Reader", "is_instance_list", "is_link", "is_usual", "plain_value_class"]

_TIMES: Final = frozenset({"observedAt", "expiresAt", "createdAt", "modifiedAt", "deletedAt"})
_TEXTS: Final = frozenset({"unitCode", "datasetId", "instanceId"})
_SCALARS: Final = frozenset({int, float, bool, str})
_MAX_DEPTH: Final = 32  # no sensor nests deeper, and a hostile payload stops here instead of at the interpreter's limit

_NO_LINK: Final = object()


class Reader:
    """Reads payloads into normalized wire objects.

    Args:
        strict: Raise at the first error instead of noting it.
        findings: Where to note what is not as the standard wants it.
        zone: What a time without zone is taken to be in; such a time is rewritten in UTC.
        complete: Normalize also what is concise inside attributes that are spelt out.
        nulls: Whether NGSI-LD Null may stand as a value (in updates and notifications).

    ``index`` may be set to the entity's place in a list; paths then start with it.
    """

    __slots__ = (
        "_known_beginning",
        "_known_type",
        "_silent",
        "complete",
        "findings",
        "index",
        "known_link",
        "nulls",
        "strict",
        "zone",
    )

    def __init__(
        self,
        *,
        strict: bool = False,
        findings: list[Finding] | None = None,
        zone: tzinfo | None = None,
        complete: bool = False,
        nulls: bool = True,
    ) -> None:
        self.strict: bool = strict
        self.findings: list[Finding] | None = findings
        self.zone: tzinfo | None = zone
        self.complete: bool = complete
        self.nulls: bool = nulls
        self.index: int | None = None
        self.known_link: object = _NO_LINK  # the last link that was found to be one
        self._known_beginning: str | None = None
        self._known_type: str | None = None
        self._silent = not strict and findings is None

    def entity(self, payload: Any, *, fragment: bool = False) -> dict[str, Any]:
        """Read an entity.

        Args:
            payload: The JSON object of an entity: normalized, concise or mixed.
            fragment: Whether id and type may be missing.

        Returns:
            The normalized object; the very payload where nothing had to be normalized.

        Raises:
            InvalidEntity: The payload is not an object; in strict reading, whatever else is wrong.
        """
        self.identity(payload, fragment=fragment)
        wire: dict[str, Any] = payload
        for name, member in payload.items():
            read = self.entity_member(name, member)
            if read is not member:
                if wire is payload:
                    wire = dict(payload)
                wire[name] = read
        return wire

    def entity_member(self, name: str, member: Any) -> Any:
        """Read one member of an entity: an attribute, or one of the standard's own.

        Args:
            name: The member's name.
            member: What stands there.

        Returns:
            The normalized member; ``member`` itself where nothing had to change.
        """
        if name not in ENTITY_MEMBERS:
            if not is_attribute_name(name):
                self.refuse_name(name)
            return self.attribute(member, name)
        return self.time(member, "", name) if name in _TIMES else member

    def attribute(self, member: Any, path: str, *, depth: int = 0, rewrite: bool = True) -> Any:
        """Read one attribute, or the list of its instances.

        Args:
            member: What stands under the attribute's name.
            path: The name, with the names above it.
            depth: How many attributes it is nested in.
            rewrite: Whether to normalize what is concise; otherwise it is only checked.

        Returns:
            A normalized object, or a list of them; ``member`` itself where nothing had to change.
        """
        if type(member) is dict:
            if plain_value_class(member, self.nulls) is not None:
                return member
            kind = attribute_type(member)
            if len(member) == 2 and (
                (kind == "Relationship" and is_link(member.get("object")))
                or (kind == "GeoProperty" and is_plain_point(member.get("value")))
            ):
                return member
            if kind is not None:
                return self._members(member, kind, path, depth, self.complete)
            return self._untyped(member, path, depth, rewrite)
        if is_instance_list(member):
            self._check_instances(member, path)
            read = [
                self.attribute(one, f"{path}[{index}]", depth=depth, rewrite=rewrite)
                for index, one in enumerate(member)
            ]
            return member if all(new is old for new, old in zip(read, member, strict=True)) else read
        if member is None:
            self.note(path, "null", "JSON null is not a value; leave the attribute out or send NGSI-LD Null", "4.5.0")
            return member
        bare = self._members({"type": "Property", "value": member}, "Property", path, depth, True)
        return bare if rewrite else member

    def _untyped(self, member: dict[str, Any], path: str, depth: int, rewrite: bool) -> Any:
        """Read an object whose type is missing, or is not one of the standard's."""
        named = member.get("type")
        read: Any
        if is_geometry(member):
            read = self._members({"type": "GeoProperty", "value": member}, "GeoProperty", path, depth, True)
        elif not VALUE_MEMBERS.keys().isdisjoint(member):
            kind = attribute_class(member).type
            if named is None:
                read = self._members({"type": kind, **member}, kind, path, depth, True)
            else:
                self.note(path, "attribute-type", f"{shown(named)} is not an attribute type; read as {kind}", "4.5.1")
                read = self._members({**member, "type": kind}, kind, path, depth, True) if self.complete else member
        elif isinstance(named, str) and attribute_class(member).type.lower() == named.strip().lower():
            kind = attribute_class(member).type
            self.note(path, "value-missing", f"a {kind} needs {ATTRIBUTE_TYPES[kind]!r}", "4.5.2")
            return member
        else:
            if named is not None:
                self.note(
                    path,
                    "attribute-type",
                    f"{shown(named)} is not an attribute type; read as a Property's value",
                    "4.5.2.3",
                )
            read = self._members({"type": "Property", "value": member}, "Property", path, depth, True)
        return read if rewrite else member

    def _members(self, attribute: dict[str, Any], kind: str, path: str, depth: int, rewrite: bool) -> dict[str, Any]:
        """Check a normalized object's members, and read its sub-attributes."""
        value_member = ATTRIBUTE_TYPES[kind]
        if value_member not in attribute:
            self.note(path, "value-missing", f"a {kind} needs {value_member!r}", "4.5.2")
        wire = attribute
        for name, member in attribute.items():
            if name == value_member:
                self._check_value(member, kind, path)
                continue
            if name not in ATTRIBUTE_MEMBERS:
                if depth >= _MAX_DEPTH:
                    raise InvalidEntity(f"sub-attributes are nested over {_MAX_DEPTH} deep", path=path, clause="4.5.2")
                if not is_attribute_name(name):
                    self.refuse_name(name, f"{path}.{name}")
                read = self.attribute(member, f"{path}.{name}", depth=depth + 1, rewrite=rewrite)
            elif name in _TIMES:
                read = self.time(member, path, name)
            else:
                if name != "type":
                    self._check_member(name, member, kind, path)
                continue
            if read is not member:
                if wire is attribute:
                    wire = dict(attribute)
                wire[name] = read
        return wire

    def _check_value(self, value: Any, kind: str, path: str) -> None:
        if value is None:
            if kind != "JsonProperty":
                self.note(
                    path, "null", "JSON null is not a value; leave the attribute out or send NGSI-LD Null", "4.5.0"
                )
            return
        if is_null(value):
            if not self.nulls:
                self.note(path, "null", "NGSI-LD Null may stand in updates only", "4.5.0")
            return
        if kind == "Property":
            return
        if self._silent:
            return
        if kind == "Relationship":
            targets = value if isinstance(value, list) else [value]
            if not targets or not all(isinstance(target, str) and is_uri(target) for target in targets):
                self.note(path, "relationship", f"{shown(value)} is not a URI, nor a list of URIs", "4.5.3")
        elif kind == "GeoProperty":
            try:
                check_geometry(value, path=f"{path}.value")
            except InvalidGeometry as wrong:
                self.note(wrong.path, "geometry", wrong.message, wrong.clause, error=InvalidGeometry)
        elif kind != "JsonProperty":
            try:
                attribute_class({"type": kind})._checked(value)
            except DataError as wrong:
                self.note(path, "value", wrong.message, wrong.clause)

    def _check_member(self, name: str, member: Any, kind: str, path: str) -> None:
        if name in _TEXTS:
            if name == "unitCode" and type(member) is str and kind not in UNITLESS_TYPES:
                return
            if not isinstance(member, str) or (name == "datasetId" and member != "@none" and not is_uri(member)):
                what = "a URI" if name != "unitCode" else "a UN/CEFACT code"
                self.note(f"{path}.{name}", "member", f"{shown(member)} is not {what}", "4.5.2")
            elif name == "unitCode" and kind in UNITLESS_TYPES:
                self.note(f"{path}.{name}", "member", f"a {kind} has no unit", "4.5.2")
        elif name in VALUE_MEMBERS:
            self.note(f"{path}.{name}", "member", f"a {kind} has {ATTRIBUTE_TYPES[kind]!r}, not {name!r}", "4.5.2")

    def time(self, text: Any, path: str, name: str) -> Any:
        """Check a timestamp; give it back, or rewritten in UTC where the reader's zone had to be assumed.

        Args:
            text: What stands on the wire.
            path: Where the object stands that has it.
            name: Its name there.
        """
        if is_datetime(text):
            return text
        path = f"{path}.{name}" if path else name
        try:
            instant = parse_datetime(text, zone=self.zone, path=path)
            in_utc = format_datetime(instant)
        except InvalidTime as wrong:
            self.note(path, "time", wrong.message, wrong.clause, error=InvalidTime)
            return text
        if self.zone is not None and datetime.fromisoformat(text).tzinfo is None:
            self.note(path, "time-zone", f"{shown(text)} has no zone; taken as {self.zone}", "4.6.3", Severity.NOTE)
            return in_utc
        self.note(path, "time", f"{shown(text)} is not spelt as {in_utc}, in UTC with Z", "4.6.3", error=InvalidTime)
        return text

    def identity(self, payload: Any, *, fragment: bool = False) -> None:
        """Check that a payload is an object with the id and type an entity needs.

        Args:
            payload: What should be an entity.
            fragment: Whether id and type may be missing.

        Raises:
            InvalidEntity: It is not an object; in strict reading, id or type are wrong.
        """
        if type(payload) is not dict:
            raise InvalidEntity(f"an entity is a JSON object, not {shown(payload)}", clause="5.2.4")
        identifier = payload.get("id", payload.get("@id"))
        if identifier is None:
            if not fragment:
                self.note("id", "id", "an entity needs an id", "5.2.4")
        elif not isinstance(identifier, str) or not self._is_id(identifier):
            self.note("id", "id", f"{shown(identifier, 120)} is not a URI such as urn:ngsi-ld:ParkingSpot:1", "5.2.4")
        named = payload.get("type", payload.get("@type"))
        if named is None:
            if not fragment:
                self.note("type", "type", "an entity needs a type", "5.2.4")
        elif type(named) is str and (named == self._known_type or is_attribute_name(named)):
            self._known_type = named  # a page has many of few types
        else:
            names = named if isinstance(named, list) and named else [named]
            for name in names:
                if not isinstance(name, str) or not is_attribute_name(name):
                    self.note("type", "type", f"{shown(name)} is not an entity type", "4.6.2")

    def _is_id(self, identifier: str) -> bool:
        """Return whether an id is a URI; one like the last, with other letters or digits at its end, is at once."""
        beginning, _, end = identifier.rpartition(":")
        if end.isalnum() and beginning == self._known_beginning:
            return True
        if not is_uri(identifier):
            return False
        self._known_beginning = beginning or None
        return True

    def _check_instances(self, instances: list[dict[str, Any]], path: str) -> None:
        seen: set[Any] = set()
        for one in instances:
            dataset = one.get("datasetId")
            key = None if dataset == "@none" else dataset if isinstance(dataset, str) else None
            if key in seen:
                self.note(
                    path,
                    "instances",
                    f"several instances have the datasetId {key or 'none'}; give each its own",
                    "4.5.5",
                )
                return
            seen.add(key)

    def refuse_name(self, name: str, path: str = "") -> None:
        """Note that a name is not valid.

        Args:
            name: The name.
            path: Where it stands, if not at the top.
        """
        self.note(path or name, "name", f"{name!r} is not a name: a letter, then letters, digits and '_'", "4.6.2")

    def note(
        self,
        path: str,
        rule: str,
        message: str,
        clause: str,
        severity: Severity = Severity.ERROR,
        error: type[DataError] = InvalidEntity,
    ) -> None:
        """Raise in strict reading, else put down a finding where findings are kept.

        Args:
            path: Where.
            rule: The rule's short name.
            message: What is wrong.
            clause: The clause behind it, or empty.
            severity: Only an error makes strict reading raise.
            error: What it raises.
        """
        if self.index is not None:
            path = f"[{self.index}].{path}"
        if self.strict and severity is Severity.ERROR:
            raise (InvalidName if rule == "name" else error)(message, path=path, clause=clause)
        if self.findings is not None:
            self.findings.append(Finding(path, rule, message, severity, clause))


def plain_value_class(member: dict[str, Any], nulls: bool) -> type | None:
    """Return, fast, whether a member is a Property as most are: a simple value, and perhaps a unit and a time.

    Args:
        member: What stands under the attribute's name.
        nulls: Whether the value may be NGSI-LD Null.

    Returns:
        The class of the value; ``None`` where the member needs a closer look.
    """
    get = member.get
    value_class = type(get("value"))
    if get("type") != "Property" or value_class not in _SCALARS:
        return None
    members = len(member)
    if members > 2:
        if type(get("unitCode")) is str:
            members -= 1
        text = get("observedAt")
        if type(text) is str and is_datetime_text(text):
            members -= 1
    return value_class if members == 2 and (nulls or value_class is not str) else None


def is_usual(member: dict[str, Any], kind: str) -> bool:
    """Return, fast, whether a member is a Relationship or GeoProperty as most are: one link, or a point, and no more.

    Args:
        member: What stands under the attribute's name.
        kind: Which of the two.
    """
    if len(member) != 2 or member.get("type") != kind:
        return False
    return is_link(member.get("object")) if kind == "Relationship" else is_plain_point(member.get("value"))


def is_link(target: Any) -> bool:
    """Return whether something is the id of one entity, and not NGSI-LD Null.

    Args:
        target: What stands under ``object``.
    """
    return type(target) is str and is_uri(target) and target != NULL_URN


def is_instance_list(member: Any) -> bool:
    """Return whether a list holds several instances of an attribute, rather than being a Property's value.

    Args:
        member: What stands under an attribute's name.
    """
    if type(member) is not list or not member:
        return False
    told_apart = False
    for one in member:
        if type(one) is not dict:
            return False
        if attribute_type(one) is not None:
            told_apart = True
        elif VALUE_MEMBERS.keys().isdisjoint(one):
            return False
        elif "datasetId" in one:
            told_apart = True
    return told_apart
