"""Where the @context travels: in a Link header or in the body (CIM 009, 6.3.5), and what a Link header says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias

import orjson

from citycontext.errors import DataError, InvalidContext, InvalidEntity
from citycontext.ngsild.json_text import check_numbers
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.terms import CORE_CONTEXT
from citycontext.web.media_types import JSON, LD_JSON

__all__ = [
    "ContextLike",
    "EntityLike",
    "MediaType",
    "address_of",
    "dump_json",
    "link_to_context",
    "media_type",
    "reading_headers",
    "wire_of",
    "writing",
    "writing_each",
]

MediaType: TypeAlias = Literal["json", "ld+json", "geo+json"]
"""What an answer comes as: ``application/`` and this."""


ContextLike: TypeAlias = str | Mapping[str, Any] | Sequence[str | Mapping[str, Any]]
"""An @context: its address, a JSON object of terms, or a list of both."""


class _HasWire(Protocol):
    @property
    def wire(self) -> Mapping[str, Any]: ...


EntityLike: TypeAlias = _HasWire | Mapping[str, Any]
"""An entity or a part of one: an ``Entity``, or its wire form as a mapping."""


def wire_of(entity: EntityLike) -> Mapping[str, Any]:
    """Return the wire form of an entity or fragment.

    Args:
        entity: An ``Entity``, or a mapping that is sent as it is.

    Raises:
        InvalidEntity: It is neither.
    """
    wire = entity if isinstance(entity, Mapping) else getattr(entity, "wire", None)
    if not isinstance(wire, Mapping):
        raise InvalidEntity(f"{type(entity).__name__} is not an entity; give an Entity or a mapping", clause="5.2.4")
    return wire


def media_type(short: MediaType) -> str:
    """Return the full name of a media type.

    Args:
        short: Its last part.

    Raises:
        DataError: It is not one of the three.
    """
    if short not in {"json", "ld+json", "geo+json"}:
        raise DataError(f"{short!r} is not one of json, ld+json and geo+json", path="accept", clause="6.3.4")
    return f"application/{short}"


def _wire_default(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    for name in ("wire", "to_dict"):
        form = getattr(value, name, None)
        if form is not None:
            return form() if callable(form) else form
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(by_alias=True, exclude_none=True, mode="json")
    raise TypeError(f"a {type(value).__name__} has no JSON form")


def dump_json(document: object) -> bytes:
    """Serialise a document; times in UTC with ``Z``, attributes and models by their wire form.

    Args:
        document: What to send.

    Raises:
        InvalidEntity: A value in it has no JSON form.
    """
    try:
        text = orjson.dumps(document, default=_wire_default, option=orjson.OPT_UTC_Z)
    except TypeError as error:
        raise InvalidEntity(f"cannot be sent as JSON: {error.__cause__ or error}") from None
    check_numbers(document, text, default=_wire_default)
    return text


def address_of(context: ContextLike | None) -> str | None:
    """Return the address that names an @context completely, None if no address does.

    Args:
        context: The @context; a list counts if it holds one address and nothing else.
    """
    while isinstance(context, Sequence) and not isinstance(context, str) and len(context) == 1:
        context = context[0]
    return context if isinstance(context, str) else None


def link_to_context(context: ContextLike | None) -> str:
    """Write the Link header that names an @context; only one may be sent.

    Args:
        context: Its address.

    Returns:
        The header's value, empty without a context.

    Raises:
        InvalidContext: It is not a single address.
    """
    if context is None:
        return ""
    address = address_of(context)
    if address is None:
        raise InvalidContext(
            "only one address fits in a Link header; host this context, for example with client.contexts.create(), "
            "and use its address"
        )
    if not is_uri(address):
        raise InvalidContext("this is not an address", url=address)
    from citycontext.ngsild.context import link_header  # that room takes a while to import

    return link_header(address)


def reading_headers(context: ContextLike | None, *, accept: str = JSON) -> dict[str, str]:
    """Return the headers of a request that has no body.

    Args:
        context: The @context for names in the request and the answer.
        accept: The media type asked for.

    Raises:
        InvalidContext: The context does not fit in a Link header.
    """
    link = link_to_context(context)
    return {"Accept": accept, "Link": link} if link else {"Accept": accept}


def writing(document: Mapping[str, Any], context: ContextLike | None) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body of a request that carries one object.

    A document with its own ``@context`` goes as ``application/ld+json``, and no Link is sent. One without goes as
    ``application/json`` with a Link, or, if the context is more than an address, gets it into its body.

    Args:
        document: The wire form.
        context: The @context to use where the document has none.
    """
    if "@context" in document:
        return {"Accept": JSON, "Content-Type": LD_JSON}, dump_json(document)
    if context is not None and address_of(context) is None:
        return {"Accept": JSON, "Content-Type": LD_JSON}, dump_json({**document, "@context": context})
    headers = reading_headers(context)
    headers["Content-Type"] = JSON
    return headers, dump_json(document)


def writing_each(
    documents: Iterable[Mapping[str, Any]], context: ContextLike | None
) -> tuple[dict[str, str], list[bytes]]:
    """Return the headers and the serialised items of a request that carries many objects.

    If one of them has its own ``@context`` all must: those without get the given one, else the core context.

    Args:
        documents: The wire forms.
        context: The @context to use where a document has none.
    """
    documents = list(documents)
    in_body = context is not None and address_of(context) is None
    if not in_body and not any("@context" in document for document in documents):
        headers = reading_headers(context)
        headers["Content-Type"] = JSON
        return headers, list(map(dump_json, documents))
    fallback = CORE_CONTEXT if context is None else context
    items = [dump_json(item if "@context" in item else {**item, "@context": fallback}) for item in documents]
    return {"Accept": JSON, "Content-Type": LD_JSON}, items
