"""Every model of the index, also those that are published without an example: instances that fit, and that do not."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from citycontext.models import ModelDescription, clean, model_for, models, validate
from citycontext.models.catalogue.json_schema import json_schema
from citycontext.models.schema.evaluation import is_valid

TEXTS = {
    "date-time": "2024-05-01T10:00:00Z",
    "date": "2024-05-01",
    "time": "10:00:00Z",
    "uri": "https://city.example/a",
    "email": "info@city.example",
    "idn-email": "info@city.example",
    "duration": "PT1H",
    "hostname": "city.example",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}
PATTERNED = (
    *TEXTS.values(),
    *(
        "urn:ngsi-ld:Thing:1",
        "A",
        "AA",
        "AAA",
        "1",
        "12",
        "10:00",
        "10:00:00",
        "#AABBCC",
        "00:11:22:33:44:55",
        "0.1.0",
        "A1",
        "EUR",
    ),
)

ADDRESSES = jsonschema.FormatChecker(["ipv4", "ipv6"])  # alternatives that differ by nothing but their format
CONTRADICTORY = {
    "MarineTransport.KeyVessel": "its location is to be a text and a geometry at once",
    "Hl7.Organization": "its address is to be an object and a list at once",
    "Hl7.Patient": "its address and its name are to be of two types at once",
    "Hl7.Practitioner": "its address and its name are to be of two types at once",
}

TOO_HARD = {
    "GBFS.system_information": "its patterns are beyond what is made up here; its published example is judged",
    "AutonomousMobileRobot.StateMessage": "its battery has requirements that are beyond what is made up here",
}


def sample(schema: Any, model: ModelDescription, depth: int = 0) -> Any:
    """Make up a value that fits a schema; of alternatives, the first that can be made up."""
    schema = model.definitions.expand(schema if isinstance(schema, dict) else {})
    for keyword in ("const", "enum"):
        if keyword in schema:
            return schema[keyword] if keyword == "const" else schema[keyword][0]
    named = schema.get("type")
    named = named[0] if isinstance(named, list) else named
    if named == "object" or (named is None and "properties" in schema):
        required = schema.get("required", ())
        properties = schema.get("properties", {})
        return {name: sample(properties.get(name, {}), model, depth + 1) for name in required}
    if named == "array":
        items = [sample(one, model, depth + 1) for one in schema.get("prefixItems", ())]
        while len(items) < schema.get("minItems", 1 if depth < 3 else 0):
            items.append(sample(schema.get("items", {}), model, depth + 1))
        return items
    if named in ("number", "integer"):
        least, most = schema.get("minimum", schema.get("exclusiveMinimum")), schema.get("maximum")
        return 1 if least is None and most is None else least + ("exclusiveMinimum" in schema) if most is None else most
    if named == "boolean":
        return True
    if named == "string":
        candidates = [TEXTS[schema["format"]]] if schema.get("format") in TEXTS else PATTERNED
        return next((text for text in candidates if is_valid(text, schema, model.definitions)), "A")
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        value = sample(part, model, depth + 1)
        if is_valid(value, schema, model.definitions):
            return value
    return "A"


def instance(model: ModelDescription) -> dict[str, Any]:
    """Make up an entity with all attributes of a model for which a value could be made up."""
    payload: dict[str, Any] = {"id": f"urn:ngsi-ld:{model.type}:1", "type": model.type}
    for name, attribute in model.attributes.items():
        value = sample(attribute.schema, model)
        if is_valid(value, attribute.schema, model.definitions):
            payload[name] = value
    return payload


@pytest.mark.parametrize("subject", sorted({model.subject for model in models()}))
def test_made_up_instances_are_judged_right(subject: str) -> None:
    """An entity with all attributes passes, by us and by jsonschema; with a wrong value, or lacking one, it does not.

    What a schema makes impossible (a type that its enumeration lacks, a requirement it has no word for) fails for both.
    """
    for model in models(subject):
        payload = instance(model)
        if str(model) in TOO_HARD:
            continue
        assert set(payload) >= set(model.required), str(model)
        assert len(payload) + 4 >= len(model.attributes), (str(model), set(model.attributes) - set(payload))
        judge = jsonschema.Draft202012Validator(json_schema(model), format_checker=ADDRESSES)
        findings = validate(payload, model, strictness="strict", representation="simplified")
        broken = {one.path for one in findings if one.severity == "error"}
        assert (not broken) == judge.is_valid(payload), (str(model), broken)
        assert broken.isdisjoint(model.attributes) or str(model) in CONTRADICTORY, (str(model), broken)
        for name in list(model.attributes)[::4]:
            wrong = {**payload, name: {"no": ["such", {"value": None}]}}
            told = validate(wrong, model, strictness="strict", representation="simplified")
            assert any(one.severity == "error" for one in told) == (not judge.is_valid(wrong)), (str(model), name)
        for name in model.required:
            told = validate({one: payload[one] for one in payload if one != name}, model, representation="simplified")
            assert (name, "schema/required") in [(one.path, one.rule) for one in told]


def test_made_up_instances_are_read_echoed_and_cleaned() -> None:
    """As their classes, in simplified form and back; clean, they read strictly but for names the standard lacks."""
    for model in models():
        payload = instance(model)
        cls = model_for(model.type, model.subject)
        assert cls.from_dict(payload, representation="simplified").to_dict("simplified") == payload
        entity, findings = clean(payload, model, representation="simplified")
        left = [one for one in findings if one.severity == "error"]
        assert {one.rule for one in left} <= {"ngsi-ld/name", "ngsi-ld/type"}, (str(model), left)
        assert clean(entity, model).entity == entity
