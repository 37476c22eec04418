"""Checking one entity: everything that is wrong with it, as a list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import Any, Final

from citycontext.errors import DataError
from citycontext.models.catalogue.annotations import json_types
from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.recognition import model_of, representation_of
from citycontext.models.catalogue.registry import describe, model_of_class
from citycontext.models.cleaning.ngsi_v2 import from_ngsi_v2, is_ngsi_v2, ngsi_v2_metadata, ngsi_v2_types
from citycontext.models.schema.evaluation import Breach, breaches
from citycontext.models.validation.envelopes import aggregated_in, entities_in, is_envelope, states_of
from citycontext.models.validation.practice import Practice
from citycontext.ngsild.attribute_base import is_null
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.findings import Finding, Severity
from citycontext.ngsild.geometry import check_geometry, is_geometry
from citycontext.ngsild.representations import Reader, Representation, simplified
from citycontext.ngsild.representations.reading import is_instance_list
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, ENTITY_MEMBERS

__all__ = ["Strictness", "schema_findings", "validate"]


class Strictness(StrEnum):
    """How much a breach of the schema counts."""

    TOLERANT = "tolerant"
    """Enumerations are open, and limits and spellings are warnings: for reading what others publish."""
    STRICT = "strict"
    """Every breach is an error, as JSON Schema judges: for checking what one publishes."""


_PLACES: Final = frozenset({"practice/area", "practice/swapped"})
_LOCATIONS: Final = frozenset({"location", "observationSpace", "operationSpace"})
_CLEARER: Final = frozenset(
    {"ngsi-ld/geometry", "ngsi-ld/typed-value", "ngsi-ld/relationship", "ngsi-ld/time", "practice/time-zone"}
)
_VAGUE: Final = frozenset({"schema/oneOf", "schema/anyOf", "schema/type", "schema/format", "schema/pattern"})
_TOLERANT: Final = {
    "enum": Severity.NOTE,
    "const": Severity.NOTE,
    "format": Severity.WARNING,
    "pattern": Severity.WARNING,
    "minimum": Severity.WARNING,
    "maximum": Severity.WARNING,
    "exclusiveMinimum": Severity.WARNING,
    "exclusiveMaximum": Severity.WARNING,
    "multipleOf": Severity.WARNING,
    "minLength": Severity.WARNING,
    "maxLength": Severity.WARNING,
    "minItems": Severity.WARNING,
    "maxItems": Severity.WARNING,
    "uniqueItems": Severity.WARNING,
    "anyOf": Severity.WARNING,
    "oneOf": Severity.WARNING,
}
_MESSAGES: Final = {
    "type": "is of another type",
    "enum": "is not one of the values the model lists",
    "const": "is not the value the model fixes",
    "format": "is not spelt as the format asks",
    "pattern": "does not match the pattern",
    "minimum": "is less than the least value",
    "maximum": "is more than the greatest value",
    "exclusiveMinimum": "is not more than the limit",
    "exclusiveMaximum": "is not less than the limit",
    "multipleOf": "is not a multiple",
    "minLength": "is too short",
    "maxLength": "is too long",
    "minItems": "has too few items",
    "maxItems": "has too many items",
    "uniqueItems": "has an item twice",
    "required": "is missing, and the model requires it",
    "anyOf": "has none of the forms the model allows",
    "oneOf": "has not exactly one of the forms the model allows",
    "additionalProperties": "is a member that the model does not allow",
}


def validate(
    entity: Entity | Mapping[str, Any],
    model: type[Entity] | ModelDescription | str | None = None,
    *,
    strictness: Strictness | str = Strictness.TOLERANT,
    representation: Representation | str | None = None,
    practice: Practice | None = None,
) -> list[Finding]:
    """Check an entity against its model, the standard and good practice.

    Args:
        entity: An entity, or its JSON object in any representation.
        model: The model: an entity class, a description or a type's name; ``None`` is the model of the entity's type.
        strictness: ``tolerant``, or ``strict``: then every breach of the schema is an error.
        representation: The payload's form; ``None`` tells it from the payload.
        practice: The area, the age and the clock to measure by.

    Returns:
        What is wrong, in the order: schema, standard, practice. Rules are named ``schema/…``, ``ngsi-ld/…`` and
        ``practice/…``. The simplified form is checked as strictly as the others; where it is given as
        ``representation`` with ``strict``, the verdict is its schema's, and what else breaks the standard a warning.
    """
    strictness = Strictness(strictness)
    payload: Any = entity.wire if isinstance(entity, Entity) else entity
    if isinstance(payload, dict) and not isinstance(entity, Entity):
        check = partial(_validate, strictness=strictness, representation=representation, practice=practice)
        if is_envelope(payload):
            held = entities_in(payload)
            return [
                replace(one, path=_below(place, one))
                for place, part in held
                for one in validate(
                    part, model, strictness=strictness, representation=representation, practice=practice
                )
            ]
        states = states_of(payload)
        if states is not None:
            return _of_history(states, payload, lambda state: check(state, model))
        if aggregated := aggregated_in(payload):
            return [one for one in check(payload, model) if _name(one.path) not in aggregated]
    return _validate(entity, model, strictness=strictness, representation=representation, practice=practice)


def _below(place: str, finding: Finding) -> str:
    return ".".join(one for one in (place, finding.path) if one)


def _of_history(
    states: list[dict[str, Any]], payload: Mapping[str, Any], check: Callable[[dict[str, Any]], list[Finding]]
) -> list[Finding]:
    """Check the states of a history; what is wrong with an instance is told where it stands."""
    findings = []
    for place, state in enumerate(states):
        for one in check(state):
            name = next(
                (name for name in state if one.path == name or one.path.startswith((f"{name}.", f"{name}["))), ""
            )
            if name in ENTITY_MEMBERS or not name:
                if place == 0:
                    findings.append(one)
            elif isinstance(payload.get(name), list):
                findings.append(replace(one, path=f"{name}[{place}]{one.path[len(name) :]}"))
            else:
                findings.append(one)
    return findings


def _validate(
    entity: Entity | Mapping[str, Any],
    model: type[Entity] | ModelDescription | str | None,
    *,
    strictness: Strictness,
    representation: Representation | str | None,
    practice: Practice | None,
) -> list[Finding]:
    payload: Any = entity.wire if isinstance(entity, Entity) else entity
    if model is None and isinstance(entity, Entity) and entity.fields:
        model = model_of_class(type(entity))
    description, unknown = model_of(payload, model) if isinstance(payload, Mapping) else (None, None)
    wire, simple, findings = _read(entity, representation, description)
    if wire is None:
        return findings
    exact = simple and representation is not None and strictness is Strictness.STRICT
    findings = [_planar(replace(one, path=_path_of_value(one.path)) if simple else one) for one in findings]
    if exact:
        findings = [  # the verdict is that of the schema, which speaks of this form
            replace(one, severity=Severity.WARNING) if one.severity is Severity.ERROR else one for one in findings
        ]
    if unknown is not None:
        strict = strictness is Strictness.STRICT
        findings.append(replace(unknown, severity=Severity.WARNING) if strict else unknown)
    checked: list[Finding] = []
    if description is not None:
        checked += _schema_findings(wire, simple, description, strictness, exact=exact)
    checked += findings
    checked += (
        (practice or Practice()).check(wire, description)
        if not simple
        else _practice_of_values(wire, practice or Practice(), description)
    )
    if strictness is Strictness.STRICT:
        checked = [replace(one, severity=Severity.ERROR) if one.rule in _PLACES else one for one in checked]
    return _told_once(checked)


def _told_once(findings: list[Finding]) -> list[Finding]:
    """Leave out what the schema says of a value where another finding says the same in clearer words.

    The clearer one is then as grave as the schema's, so that the verdict stays.
    """
    clearer = [place for place, one in enumerate(findings) if one.rule in _CLEARER]
    kept = list(findings)
    left_out = set()
    for place, one in enumerate(findings):
        if one.rule in _VAGUE:
            same = next((other for other in clearer if _says_same(findings[other], one)), None)
            if same is not None:
                left_out.add(place)
                if one.severity is Severity.ERROR:
                    kept[same] = replace(kept[same], severity=Severity.ERROR)
    return [one for place, one in enumerate(kept) if place not in left_out]


def _says_same(clear: Finding, vague: Finding) -> bool:
    inner, outer = clear.path, vague.path
    if inner == outer:
        return True
    if clear.rule in ("practice/time-zone", "ngsi-ld/time"):
        return False
    return _is_below(inner, outer) or _is_below(outer, inner)


def _is_below(path: str, other: str) -> bool:
    return path.startswith((f"{other}.", f"{other}["))


def _name(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _planar(finding: Finding) -> Finding:
    """Take for a drawing in metres what cannot be degrees and is not a location: many models draw buildings so."""
    name = _name(finding.path)
    if finding.rule != "ngsi-ld/geometry" or "is not between" not in finding.message or name in _LOCATIONS:
        return finding
    message = f"{finding.message}; a drawing in metres is a Property, whose value says so"
    return replace(finding, severity=Severity.WARNING, message=message)


def schema_findings(
    values: Mapping[str, Any], model: type[Entity] | ModelDescription | str, *, formats: bool = True
) -> list[Finding]:
    """Check names and values against a model's schema alone, as JSON Schema judges them.

    Args:
        values: An entity in simplified form.
        model: The model.
        formats: Whether ``format`` counts.

    Returns:
        Every breach; none means valid.
    """
    description = model if isinstance(model, ModelDescription) else describe(model)
    return [
        _finding(breach, _path(breach.path), Strictness.STRICT)
        for breach in breaches(dict(values), description.schema, description.definitions, formats=formats)
    ]


def _read(
    entity: Entity | Mapping[str, Any], representation: Representation | str | None, model: ModelDescription | None
) -> tuple[dict[str, Any] | None, bool, list[Finding]]:
    """Read what is to be checked into normalized form, and tell whether it was simplified."""
    noted: list[Finding] = []
    reader = Reader(findings=noted, complete=True)
    payload: Any = entity.wire if isinstance(entity, Entity) else entity
    simple = False
    try:
        if isinstance(payload, Mapping) and not isinstance(entity, Entity):
            payload = dict(payload)
            simple = (representation or representation_of(payload, model)) == Representation.SIMPLIFIED
            if simple:
                payload = _with_places(simplified.normalize(payload), model)
        if not simple and isinstance(payload, dict) and is_ngsi_v2(payload):
            noted.append(_is_of_v2(payload))
            payload = from_ngsi_v2(payload)
        elif not simple and isinstance(payload, dict):
            noted += _wrong_times_of_v2(payload)
        wire = reader.entity(payload)
        noted += _wrong_geometries(wire, model)
    except DataError as wrong:
        noted.append(Finding(wrong.path, "entity", wrong.message, Severity.ERROR, wrong.clause))
        wire = None
    return wire, simple, [replace(one, rule=f"ngsi-ld/{one.rule}") for one in noted]


def _with_places(wire: dict[str, Any], model: ModelDescription | None) -> dict[str, Any]:
    """Take for a GeoProperty what must be one, whatever stands there: a text is not a position in this form either."""
    for name, member in wire.items():
        if _is_property_for_place(name, member, model) and not is_null(member["value"]):
            wire[name] = {**member, "type": "GeoProperty"}
    return wire


def _is_property_for_place(name: str, member: Any, model: ModelDescription | None) -> bool:
    if name in ENTITY_MEMBERS or not isinstance(member, dict) or member.get("type") != "Property":
        return False
    declared = None if model is None else model.attributes.get(name)
    is_place = name in _LOCATIONS if declared is None else declared.kind == "GeoProperty"
    return is_place and member.get("value") is not None


def _wrong_geometries(wire: Mapping[str, Any], model: ModelDescription | None) -> Iterator[Finding]:
    """Return what is wrong with geometries that stand in a Property, where clean() writes a GeoProperty."""
    for name, member in wire.items():
        if _is_property_for_place(name, member, model) and is_geometry(member["value"]):
            try:
                check_geometry(member["value"], path=f"{name}.value")
            except DataError as wrong:
                yield Finding(wrong.path, "geometry", wrong.message, Severity.ERROR, wrong.clause)


def _wrong_times_of_v2(payload: Mapping[str, Any]) -> Iterator[Finding]:
    """Return the times in what NGSIv2 calls metadata, which become times of observation."""
    for name, member in payload.items():
        metadata = member.get("metadata") if isinstance(member, dict) and name not in ENTITY_MEMBERS else None
        if isinstance(metadata, dict) and all(isinstance(one, dict) and "value" in one for one in metadata.values()):
            observed = ngsi_v2_metadata(metadata).get("observedAt")
            if observed is not None:
                times: list[Finding] = []
                Reader(findings=times).time(observed, name, "observedAt")
                yield from times


def _is_of_v2(payload: Mapping[str, Any]) -> Finding:
    return Finding(
        "",
        "ngsi-v2",
        "is an NGSIv2 payload; clean() writes it as NGSI-LD, and so does 'citycontext models clean'",
        Severity.ERROR,
        "4.5.1",
        expected="attribute types such as Property and Relationship",
        found=", ".join(ngsi_v2_types(payload)),
    )


def _schema_findings(
    wire: Mapping[str, Any], simple: bool, model: ModelDescription, strictness: Strictness, *, exact: bool
) -> Iterator[Finding]:
    # In key-values the verdict is that of the schema, word for word.
    as_text = not simple or strictness is not Strictness.STRICT
    values = {
        name: member if name in ENTITY_MEMBERS else _key_value(name, member, model, as_text=as_text)
        for name, member in wire.items()
    }
    if isinstance(values.get("type"), list) and model.type in values["type"]:
        values["type"] = model.type  # what the entity is beside is not a matter of this model
    # JSON's null is nothing in NGSI-LD, which is told already; the model only says whether something must be there.
    nothing = [name for name, value in values.items() if value is None and not exact]
    for name in nothing:
        if name in model.required:
            yield _finding(Breach((name,), "required", "to be there", None), name, strictness)
    for breach in breaches(values, model.schema, model.definitions):
        if breach.path and breach.path[0] in nothing:
            continue
        yield _finding(breach, _path(breach.path) if simple else _wire_path(breach.path, wire), strictness)


def _key_value(name: str, member: Any, model: ModelDescription, *, as_text: bool) -> Any:
    """Return what the schema speaks of: a value; where a list is asked for, the values of all instances."""
    attribute = model.attributes.get(name)
    types = json_types(attribute.schema, attribute.definitions) if attribute is not None else frozenset[str]()
    if is_instance_list(member):
        values = [_plain(simplified.simplify(one)) for one in member]
        if "array" in types:
            return [one for value in values for one in (value if isinstance(value, list) else [value])]
        return values[0]
    value = _plain(simplified.simplify(member))
    return _worded(value, types) if as_text and attribute is not None and "object" not in types else value


def _worded(value: Any, types: Collection[str]) -> Any:
    """Return the text of a LanguageProperty or VocabProperty, for a schema that knows none: it says a text."""
    if not isinstance(value, dict) or len(value) != 1:
        return value
    if isinstance(languages := value.get("languageMap"), dict) and languages:
        texts = list(languages.values())
        return texts if "array" in types and not isinstance(texts[0], list) else texts[0]
    if "vocab" in value:
        words = value["vocab"]
        return [words] if "array" in types and isinstance(words, str) else words
    return value


def _plain(value: Any) -> Any:
    return value["@value"] if isinstance(value, dict) and "@value" in value else value


def _finding(breach: Breach, path: str, strictness: Strictness) -> Finding:
    severity = Severity.ERROR if strictness is Strictness.STRICT else _TOLERANT.get(breach.rule, Severity.ERROR)
    message = _MESSAGES.get(breach.rule, f"breaks {breach.rule}")
    expected = breach.expected if isinstance(breach.expected, str) else repr(breach.expected)
    found = "" if breach.rule == "required" else f"{breach.found!r:.200}"
    return Finding(path, f"schema/{breach.rule}", message, severity, expected=f"{expected:.200}", found=found)


def _path(steps: tuple[str | int, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _wire_path(steps: tuple[str | int, ...], wire: Mapping[str, Any]) -> str:
    name, *rest = steps or ("",)
    member = wire.get(str(name))
    if isinstance(member, dict) and name not in ENTITY_MEMBERS:
        kind = member.get("type")
        value_member = ATTRIBUTE_TYPES.get(kind, "value") if isinstance(kind, str) else "value"
        return _path((name, value_member, *rest))
    return _path(steps)


def _practice_of_values(
    wire: Mapping[str, Any], practice: Practice, model: ModelDescription | None
) -> Iterator[Finding]:
    """Check good practice of the simplified form, which has neither units nor attribute types."""
    for finding in practice.check(wire, model):
        if finding.rule not in ("practice/unit-missing", "practice/kind"):
            yield replace(finding, path=_path_of_value(finding.path))


def _path_of_value(path: str) -> str:
    """Return the path in the simplified form, where a value stands under its name itself."""
    name, dot, rest = path.partition(".value")
    return f"{name}{rest}" if dot and name and "." not in name and rest[:1] in ("", ".", "[") else path
