"""From descriptions to source text: the modules that an editor and a type checker see."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from citycontext.models.catalogue.annotations import pieces
from citycontext.models.catalogue.declarations import (
    STEMS,
    annotation_name,
    base_name,
    commons,
    declared_limits,
    own_attributes,
)
from citycontext.models.catalogue.description import AttributeDescription, ModelDescription
from citycontext.models.catalogue.index import ModelIndex
from citycontext.models.catalogue.json_schema import json_schema
from citycontext.models.catalogue.python_names import class_name, needs_wire_name
from citycontext.models.schema.reduction import Definitions

__all__ = ["STATIC_SUBJECTS", "class_source", "commons_source", "module_source"]

STATIC_SUBJECTS: Final = (
    "Alert",
    "Battery",
    "Building",
    "Device",
    "Energy",
    "EnergyCommunity",
    "Environment",
    "GBFS",
    "GreenEnergy",
    "IssueTracking",
    "KeyPerformanceIndicator",
    "OSLO",
    "Parking",
    "ParksAndGardens",
    "PointOfInterest",
    "QueueManagement",
    "Streetlighting",
    "Transportation",
    "UrbanMobility",
    "WasteManagement",
    "WasteWater",
    "WaterConsumption",
    "WaterDistribution",
    "WaterQuality",
    "Weather",
    "WifiNetwork",
)
"""The subjects of a city: each is a module of its own name in snake_case."""

_WIDTH: Final = 120
_SCHEMA_WIDTH: Final = 96


def module_source(index: ModelIndex, subject: str) -> str:
    """Write the module of a subject.

    Args:
        index: The index.
        subject: The subject's name.
    """
    models = index.of_subject(subject)
    definitions = index.definitions
    bases = {model: base_name(model, definitions) for model in models}
    classes = [_class(model, bases[model], own_attributes(model, bases[model], definitions)) for model in models]
    shared = sorted({base for base in bases.values() if base != "SmartDataModel"})
    own = ["Origin", *(["SmartDataModel"] if "SmartDataModel" in bases.values() else [])]
    imports = [
        *([f"from citycontext.models.commons import {', '.join(shared)}"] if shared else []),
        *(["from citycontext.models.postal_address import PostalAddress"] if _uses("PostalAddress", classes) else []),
        f"from citycontext.models.smart_data_model import {', '.join(own)}",
    ]
    title = (
        f"Entities of the subject {subject} of Smart Data Models (facts from its schemas at {_short(index, subject)})."
    )
    return _module(title, imports, [class_name(model.type) for model in models], classes)


def class_source(model: ModelDescription, definitions: Definitions) -> str:
    """Write a module that declares one model.

    Args:
        model: The model.
        definitions: The definitions of the index.
    """
    base = base_name(model, definitions)
    own = ["Origin", "SmartDataModel"] if base == "SmartDataModel" else ["Origin"]
    source = _class(model, base, own_attributes(model, base, definitions))
    if not model.subject:
        source += _own_schema(model)
    imports = [
        *([f"from citycontext.models.commons import {base}"] if base != "SmartDataModel" else []),
        *(["from citycontext.models.postal_address import PostalAddress"] if _uses("PostalAddress", [source]) else []),
        f"from citycontext.models.smart_data_model import {', '.join(own)}",
    ]
    names, title = [class_name(model.type)], f"The entity type {_plain(model.type)}."
    return _module(title, imports, names, [source], writer="`citycontext models generate`")


def _own_schema(model: ModelDescription) -> str:
    """Write a model's schema beside its class, so that ``describe``, ``validate`` and ``clean`` know it."""
    text = json.dumps(json_schema(model), ensure_ascii=True, separators=(",", ":"))
    pieces = [text[start : start + _SCHEMA_WIDTH] for start in range(0, len(text), _SCHEMA_WIDTH)]
    return "\n    _schema = (\n" + "\n".join(f"        {piece!r}" for piece in pieces) + "\n    )"


def commons_source(index: ModelIndex) -> str:
    """Write the module of what most models share.

    Args:
        index: The index.
    """
    classes: list[str] = []
    base, declared = "SmartDataModel", set[str]()
    for name, model in commons(index.definitions).items():
        attributes = [one for wire_name, one in model.attributes.items() if wire_name not in declared]
        doc = f"What {'located ' if declared else ''}entities of most models share."
        classes.append("\n".join((f"class {name}({base}):", f'    """{doc}"""', "", *_declarations(attributes))))
        base, declared = name, declared | model.attributes.keys()
    imports = [
        "from citycontext.models.postal_address import PostalAddress",
        "from citycontext.models.smart_data_model import SmartDataModel",
    ]
    return _module("What the classes of most models share.", imports, list(commons(index.definitions)), classes)


def _module(
    title: str, imports: list[str], names: list[str], classes: list[str], *, writer: str = "scripts/compile_models.py"
) -> str:
    standard = [
        *(["from datetime import datetime"] if _uses("datetime", classes) else []),
        *_import("typing", [name for name in ("Any", "Literal") if _uses(name, classes)]),
    ]
    annotations = sorted(
        {name for stem in STEMS.values() for name in (stem, f"Opt{stem}") if _uses(name, classes)}
        | {name for name in ("attribute", "optional") if any(f"= {name}(" in source for source in classes)}
    )
    own = sorted([*imports, *_import("citycontext.ngsild.fields", annotations)])
    parts = [
        f'"""{title}\n\nWritten by {writer}; a change by hand is lost.\n"""\n\n# fmt: off',
        "from __future__ import annotations",
        *(["\n".join(standard)] if standard else []),
        "\n".join(own),
        "\n".join(("__all__ = [", *(f'    "{name}",' for name in sorted(names)), "]")),
    ]
    return "\n\n".join(parts) + "\n\n\n" + "\n\n\n".join(classes) + "\n"


def _import(module: str, names: Sequence[str]) -> list[str]:
    if not names:
        return []
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= _WIDTH:
        return [line]
    return ["\n".join((f"from {module} import (", *(f"    {name}," for name in names), ")"))]


def _uses(name: str, sources: Iterable[str]) -> bool:
    pattern = re.compile(rf"(?<![\w\"'.]){name}(?![\w\"'])(?=[\[\],|) \n]|$)")
    return any(pattern.search(source) for source in sources)


def _short(index: ModelIndex, subject: str) -> str:
    return str(index.subjects[subject].get("commit", ""))[:7] or "their newest"


def _class(model: ModelDescription, base: str, attributes: Sequence[AttributeDescription]) -> str:
    name = class_name(model.type)
    arguments = base if name == model.type else f"{base}, type={_quoted(model.type)}"
    units = [f"{one.name} {one.unit_code or one.unit}" for one in model.attributes.values() if one.unit]
    page = ["", f"    {_plain(model.page)}"] if model.page else []
    title = _plain(f"{model.type} {model.version}".rstrip())
    said = _lines(model.texts.get("", ""))
    doc = [f'    """{title}.', *([""] if said else []), *said, *page, *_paragraph("Units", units), '    """']
    doc = [f'{doc[0]}"""'] if len(doc) == 2 else doc
    origin = f"    _origin = Origin({_quoted(model.subject)}, {_quoted(model.type)})"
    return "\n".join((f"class {name}({arguments}):", *doc, "", origin, *_declarations(attributes, model.texts)))


def _lines(text: str) -> list[str]:
    """Wrap a text of a user's schema for a docstring."""
    bare = " ".join(_plain(text).split())
    return textwrap.wrap(bare, _WIDTH, initial_indent="    ", subsequent_indent="    ", break_long_words=False)


def _quoted(constant: str | float) -> str:
    return json.dumps(constant, ensure_ascii=False)


def _plain(text: str) -> str:
    """Leave out what could end a docstring."""
    return "".join(char for char in text if char.isprintable() and char not in '"\\')


def _paragraph(title: str, facts: list[str]) -> list[str]:
    if not facts:
        return []
    text = _plain(f"{title}: {', '.join(facts)}.")
    return ["", *textwrap.wrap(text, _WIDTH, initial_indent="    ", subsequent_indent="    ", break_long_words=False)]


def _declarations(attributes: Sequence[AttributeDescription], texts: Mapping[str, str] | None = None) -> list[str]:
    required = [one for one in attributes if one.required]
    written = []
    for one in (*required, *(one for one in attributes if not one.required)):
        written.append(_declaration(one))
        if said := _lines(f"{(texts or {}).get(one.wire_name, '')} {_facts(one)}"):
            said[0] = f'    """{said[0].strip()}'
            written += [*said[:-1], f'{said[-1]}"""']
    return written


def _facts(attribute: AttributeDescription) -> str:
    """Say what an annotation cannot: the unit and the range, and with them the kind."""
    unit = attribute.unit_code or attribute.unit
    low, high = attribute.minimum, attribute.maximum
    if unit is None and low is None and high is None:
        return ""
    limits = " to ".join(f"{one:g}" for one in (low, high) if one is not None)
    limits = f", from {limits}" if low is not None else f", up to {limits}" if limits else ""
    return f"{attribute.kind}{f' in {unit}' if unit else ''}{limits}."


def _declaration(attribute: AttributeDescription) -> str:
    parts = pieces(attribute.annotation) if attribute.kind == "Property" else []
    wire_name = needs_wire_name(attribute.name, attribute.wire_name)
    limits = [f"{name}={_quoted(one)}" for name, one in declared_limits(attribute).items()]
    given = ", ".join([*([_quoted(attribute.wire_name)] if wire_name else []), *limits])
    default = f" = {'attribute' if attribute.required else 'optional'}({given})"
    if attribute.required and not given:
        default = ""
    head = f"    {attribute.name}: {annotation_name(attribute)}"
    line = f"{head}[{''.join(parts)}]{default}" if parts else f"{head}{default}"
    if len(line) <= _WIDTH or not parts:
        return line
    lines, row = [f"{head}["], "        "
    for piece in parts:
        if len(row) + len(piece.rstrip()) > _WIDTH and row.strip():
            lines.append(row.rstrip())
            row = "        "
        row += piece
    return "\n".join((*lines, row.rstrip(), f"    ]{default}"))
