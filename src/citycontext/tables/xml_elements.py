"""XML from outside: without document types, entities and namespaces, and as plain data."""

from __future__ import annotations

from typing import Any, Final
from xml.etree import ElementTree
from xml.parsers import expat

from citycontext.tables.records import FeedError

__all__ = ["all_of", "first_of", "parse_xml", "text_of", "to_plain", "without"]

_DEEPEST: Final = 100


def parse_xml(content: bytes) -> ElementTree.Element:
    """Parse a document; names lose their namespaces.

    Args:
        content: The document.

    Raises:
        FeedError: It is not XML, declares a document type (whose entities could grow without bound), or is deep.
    """
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise FeedError(f"the document is more than {_DEEPEST} elements deep")
        builder.start(_local(name), {_local(one): value for one, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_local(name))

    def refuse(*declared: Any) -> None:
        raise FeedError("the document declares a document type; such a document is not read")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
        return builder.close()
    except expat.ExpatError as error:
        raise FeedError(f"the document is not XML: {error}") from None
    except (LookupError, ValueError) as error:
        if isinstance(error, FeedError):
            raise
        raise FeedError(f"the document cannot be read: {error}") from None


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def to_plain(element: ElementTree.Element) -> Any:
    """Return an element as text or as an object of its members.

    Args:
        element: The element.
    """
    text = (element.text or "").strip()
    plain: dict[str, Any] = {f"@{name}": value for name, value in element.attrib.items()}
    for child in element:
        value = to_plain(child)
        if child.tag not in plain:
            plain[child.tag] = value
        elif isinstance(plain[child.tag], list):
            plain[child.tag].append(value)
        else:
            plain[child.tag] = [plain[child.tag], value]
    if not plain:
        return text
    if text:
        plain["#text"] = text
    return plain


def all_of(element: ElementTree.Element, *names: str) -> list[ElementTree.Element]:
    """Return all elements of some names below one, in the document's order.

    Args:
        element: The element.
        names: Their names.
    """
    return [one for one in element.iter() if one.tag in names]


def first_of(element: ElementTree.Element, *names: str) -> ElementTree.Element | None:
    """Return the first element of some names below one; the first name goes before the second.

    Args:
        element: The element.
        names: Their names.
    """
    for name in names:
        for one in element.iter(name):
            return one
    return None


def text_of(element: ElementTree.Element, *names: str) -> str | None:
    """Return the text of the first element of some names that has one.

    Args:
        element: The element.
        names: Their names.
    """
    for name in names:
        for one in element.iter(name):
            text = " ".join("".join(one.itertext()).split())
            if text:
                return text
    return None


def without(element: ElementTree.Element, *names: str) -> ElementTree.Element:
    """Return a copy of an element that leaves out all elements of some names below it.

    Args:
        element: The element.
        names: Their names.
    """
    copy = ElementTree.Element(element.tag, element.attrib)
    copy.text, copy.tail = element.text, element.tail
    copy.extend(without(child, *names) for child in element if child.tag not in names)
    return copy
