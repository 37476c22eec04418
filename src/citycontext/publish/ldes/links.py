"""The links inside members: what a reader has to follow to have all of a member, told in the stream's shape.

A reader takes a member by its concise bounded description, which ends at named nodes. Where a member describes
such nodes (its observations), the shape has node shapes for the way to them (TREE, member extraction).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import orjson

__all__ = ["Path", "link_shapes", "links_of", "paths_as_text", "paths_of_text"]

Path = tuple[str, ...]
"""IRIs of properties, from a member to a node that it describes."""

_MOST: Final = 1_000
"""More ways than any mapping has; a shape does not grow without end."""


def links_of(member: dict[str, Any]) -> set[Path]:
    """Return the ways from a member to the nodes with a name that it describes.

    Args:
        member: The member, as expanded JSON-LD.
    """
    found: set[Path] = set()
    _collect(member, (), found)
    return found


def _collect(node: dict[str, Any], way: Path, found: set[Path]) -> None:
    for name, content in node.items():
        if name.startswith("@"):
            continue
        for one in content if isinstance(content, list) else [content]:
            if isinstance(one, dict) and "@value" not in one and one.keys() - {"@id"}:
                below = (*way, name)
                if "@id" in one:
                    found.add(below)
                _collect(one, below, found)


def link_shapes(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Return property shapes that lead a reader along ways, none of which has to be there.

    Args:
        paths: The ways.
    """
    tree: dict[str, Any] = {}
    for path in paths:
        below = tree
        for name in path:
            below = below.setdefault(name, {})
    return _shapes(tree)


def _shapes(tree: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "sh:path": {"@id": name},
            "sh:node": {"@type": "sh:NodeShape", **({"sh:property": _shapes(below)} if below else {})},
        }
        for name, below in sorted(tree.items())
    ]


def paths_as_text(paths: Iterable[Path]) -> str:
    """Write ways as text, to be remembered.

    Args:
        paths: The ways.
    """
    return orjson.dumps(sorted(paths)[:_MOST]).decode()


def paths_of_text(text: str) -> set[Path]:
    """Read ways that were remembered.

    Args:
        text: The text.
    """
    return {tuple(one) for one in orjson.loads(text)}
