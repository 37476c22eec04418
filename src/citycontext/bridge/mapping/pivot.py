"""Lists of names and values, turned into an object that paths can walk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from citycontext.bridge.config.routes import PivotConfig
from citycontext.bridge.mapping.paths import compile_path

__all__ = ["Pivot", "compile_pivot"]

Pivot: TypeAlias = Callable[[Any], Any]
"""Takes a document, gives it with the object added; raises ``ValueError`` in words for a person."""


def compile_pivot(config: PivotConfig) -> Pivot:
    """Make the function that turns the list.

    Args:
        config: Where list, names and values are.

    Returns:
        The function. A document without the list is given back as it is.
    """
    find, into, source = compile_path(config.from_), config.into, config.from_
    name_of, values_of = compile_path(config.name), [compile_path(path) for path in config.value]

    def turn(document: Any) -> Any:
        members = find(document)
        if members is None:
            return document
        if not isinstance(members, list):
            raise ValueError(f"pivot: {source} gives {members!r:.60}, no list")
        turned: dict[str, Any] = {}
        for number, member in enumerate(members):
            name = name_of(member)
            if type(name) is int or (type(name) is float and name.is_integer()):
                name = str(int(name))
            if type(name) is not str:
                raise ValueError(f"pivot: {source}[{number}] has no name at {config.name}, but {name!r:.60}")
            if name in turned:
                # Which of them counts is not for us to say, and none may be lost unseen.
                raise ValueError(f"pivot: {source} names {name!r:.60} twice; several readings of a kind need each")
            turned[name] = next((value for find_value in values_of if (value := find_value(member)) is not None), None)
        return {**document, into: turned} if isinstance(document, dict) else {"value": document, into: turned}

    return turn
