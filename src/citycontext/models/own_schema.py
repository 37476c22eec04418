"""Models of a user's own: from a JSON Schema, wherever it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.errors import InvalidSchema
from citycontext.models.catalogue.classes import build_class
from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.index import smart_data_models
from citycontext.models.schema.reduction import Definitions, reduce_schema
from citycontext.models.schema.references import MAX_BYTES, SchemaLibrary, document_name, read_file, split_reference
from citycontext.models.smart_data_model import SmartDataModel
from citycontext.ngsild.names import is_attribute_name
from citycontext.web.http import httpx

__all__ = ["describe_schema", "model_from_schema"]

_TIMEOUT: Final = 10.0


def model_from_schema(
    schema: str | Path | Mapping[str, Any],
    *,
    type_name: str | None = None,
    documents: Mapping[str, Any] | None = None,
    folders: Sequence[str | Path] = (),
) -> type[SmartDataModel]:
    """Make an entity class from a JSON Schema in the manner of Smart Data Models.

    Args:
        schema: The schema, its path, or its URL.
        type_name: The entity type; needed only where the schema does not say it.
        documents: Schemas it refers to, by address; those of Smart Data Models and those in the file's folder, or below
            it, are known.
        folders: Further folders that what it refers to may be read from.

    Returns:
        A class that behaves as those that ship with the package; ``describe(cls)`` and ``validate`` know it. What could
        not be used of the schema is listed in ``describe(cls).problems``.

    Raises:
        InvalidSchema: It cannot be read, is not a JSON Schema of an object, or does not say its entity type.
    """
    return build_class(describe_schema(schema, type_name=type_name, documents=documents, folders=folders))


def describe_schema(
    schema: str | Path | Mapping[str, Any],
    *,
    type_name: str | None = None,
    documents: Mapping[str, Any] | None = None,
    folders: Sequence[str | Path] = (),
) -> ModelDescription:
    """Describe the model that a JSON Schema declares; see ``model_from_schema``.

    Args:
        schema: The schema, its path, or its URL.
        type_name: The entity type; needed only where the schema does not say it.
        documents: Schemas it refers to, by address.
        folders: Further folders that what it refers to may be read from.
    """
    content, name, own = _read(schema)
    if not isinstance(content, Mapping):
        raise InvalidSchema(f"{name or 'the schema'} is not a JSON Schema of an object")
    reduction = reduce_schema(content, name, SchemaLibrary(documents, (*own, *map(Path, folders))))
    known = smart_data_models().definitions.schemas
    found = {key: one for key, one in reduction.definitions.items() if one or key not in known}
    draft = ModelDescription("", "", reduction.schema, Definitions({**known, **found}))
    named = type_name or _type_name(draft, content, name)
    if not named:
        raise InvalidSchema(f"{name or 'the schema'} does not say its entity type; give type_name")
    if not draft.attributes:
        raise InvalidSchema(f"{name or 'the schema'} declares no attributes: a model has 'properties' or 'allOf'")
    version = content.get("$schemaVersion")
    return ModelDescription(
        subject="",
        type=named,
        schema=reduction.schema,
        definitions=draft.definitions,
        version=version if isinstance(version, str) else "",
        page=name if "://" in name else "",
        context=_context(content),
        texts=_texts(content, draft.attributes),
        problems=(
            *(f"{one} leads nowhere" for one in reduction.unresolved if not _is_known(one, name, draft.definitions)),
            *(f"{one} is not a JSON Schema" for one in reduction.malformed),
        ),
    )


def _context(content: Mapping[str, Any]) -> str:
    """Return the address of the @context that a schema names, as those of Smart Data Models never do but users' may."""
    context = content.get("@context")
    return context if isinstance(context, str) and context.startswith(("http://", "https://")) else ""


def _texts(content: Mapping[str, Any], attributes: Mapping[str, Any]) -> dict[str, str]:
    """Collect what a schema says in words of the model and of its attributes."""
    texts: dict[str, str] = {}
    if isinstance(content.get("description"), str):
        texts[""] = content["description"]
    pending: list[Any] = [content]
    while pending:
        part = pending.pop()
        if not isinstance(part, Mapping):
            continue
        properties = part.get("properties")
        for name, declared in properties.items() if isinstance(properties, Mapping) else ():
            said = declared.get("description") if isinstance(declared, Mapping) else None
            if isinstance(said, str) and name in attributes:
                texts.setdefault(name, said)
        for keyword in ("allOf", "anyOf", "oneOf"):
            pending.extend(part[keyword] if isinstance(part.get(keyword), list) else ())
    return texts


def _is_known(reference: str, name: str, definitions: Definitions) -> bool:
    document, pointer = split_reference(reference, name)
    return bool(definitions.resolve(f"{document}#{pointer}"))


def _read(schema: str | Path | Mapping[str, Any]) -> tuple[Any, str, tuple[Path, ...]]:
    """Read a schema, and tell its name and the folders to look for others in."""
    if isinstance(schema, Mapping):
        identifier = schema.get("$id")
        return schema, document_name(identifier) if isinstance(identifier, str) else "", ()
    if isinstance(schema, str) and schema.startswith(("http://", "https://")):
        return _parse(_fetch(schema), schema), document_name(schema), ()
    path = Path(schema)
    text = read_file(path)
    folder = path.resolve().parent
    return _parse(text, str(path)), _name_of(path.resolve()), (folder, folder / "common")


def _name_of(path: Path) -> str:
    return "/".join(path.parts[-3:]).lstrip("/")


def _fetch(url: str) -> bytes:
    content = bytearray()
    try:
        with httpx.stream("GET", url, timeout=_TIMEOUT, follow_redirects=True) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > MAX_BYTES:
                    raise InvalidSchema(f"{url} is over {MAX_BYTES:,} bytes; that is not a schema")
    except (httpx.HTTPError, httpx.InvalidURL) as wrong:
        raise InvalidSchema(f"{url} cannot be fetched: {wrong}") from None
    return bytes(content)


def _parse(text: bytes, where: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        raise InvalidSchema(f"{where} is not JSON: {wrong}") from None


def _type_name(draft: ModelDescription, content: Mapping[str, Any], name: str) -> str:
    """Find the entity type: the schema's ``type`` property says it, else its folder, else its title if it is a name."""
    for part, _ in draft.parts():
        declared = part.get("properties", {}).get("type")
        if not isinstance(declared, dict):
            continue
        choices = declared.get("enum", [declared["const"]] if "const" in declared else [])
        if len(choices) == 1 and isinstance(choices[0], str):
            return choices[0]
    folder = name.rpartition("/")[0].rpartition("/")[2]
    title = content.get("title")
    if name.endswith("/schema.json") and folder:
        return folder
    return title if isinstance(title, str) and is_attribute_name(title) else ""
