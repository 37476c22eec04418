"""Paths into a message: JMESPath, compiled once, with plain member chains walked directly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import jmespath
from jmespath.exceptions import JMESPathError

from citycontext.bridge.mapping.functions import OPTIONS, check_call

__all__ = ["Getter", "compile_parent", "compile_path"]

Getter: TypeAlias = Callable[[Any], Any]
"""Takes the document, gives the value at the path or ``None``."""

_LONGEST: Final = 1000


def compile_path(text: str) -> Getter:
    """Compile a JMESPath expression.

    A chain of member names (``a.b."c:d"``) does not go through the interpreter: it is some ten times faster. Beside
    JMESPath's functions there are those of ``mapping.functions``, such as ``json(text)`` and ``bit(number, `2`)``.

    Args:
        text: The expression, e.g. ``readings[?name=='t'].value | [0]``.

    Returns:
        A function from document to value; ``None`` if absent. It raises ``ValueError``, in words for a
        person, where a function of ours is given a value that it does not take.

    Raises:
        ValueError: The expression does not parse, or calls a function that there is not; says what is likely meant.
    """
    if len(text) > _LONGEST:
        raise ValueError(f"the path is {len(text)} characters long; at most {_LONGEST} are allowed")
    try:
        compiled = jmespath.compile(text)
    except JMESPathError as error:
        raise ValueError(_explain(text, error)) from None
    try:
        for name, count in _calls(compiled.parsed):
            check_call(name, count)
    except ValueError as error:
        raise ValueError(f"{text!r} {error}") from None
    chain = _member_chain(compiled.parsed)
    if chain is None:
        search = compiled.search

        def find(document: Any) -> Any:
            try:
                return search(document, OPTIONS)
            except JMESPathError:
                # A function was given a value of a type it does not take: there is no value at this path.
                return None

        return find
    if len(chain) == 1:
        return _one_member(chain[0])
    return _members(chain)


def compile_parent(text: str) -> Getter | None:
    """Compile the path to what a value stands in: ``a.b`` for ``a.b.c``, the document for ``a``.

    Args:
        text: A path that ``compile_path`` takes.

    Returns:
        The function, or ``None`` where the path is not a plain chain of member names.
    """
    chain = _member_chain(jmespath.compile(text).parsed)
    if chain is None:
        return None
    return _members(chain[:-1])


def _calls(tree: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    if tree["type"] == "function_expression":
        yield tree["value"], len(tree["children"])
    for child in tree.get("children", ()):
        if isinstance(child, dict):
            yield from _calls(child)


def _member_chain(tree: Mapping[str, Any]) -> list[str] | None:
    if tree["type"] == "field":
        return [tree["value"]]
    if tree["type"] != "subexpression":
        return None
    chain: list[str] = []
    for child in tree["children"]:
        names = _member_chain(child)
        if names is None:
            return None
        chain += names
    return chain


def _one_member(name: str) -> Getter:
    def find(document: Any) -> Any:
        return document.get(name) if type(document) is dict else None

    return find


def _members(chain: list[str]) -> Getter:
    def find(document: Any) -> Any:
        for name in chain:
            if type(document) is not dict:
                return None
            document = document.get(name)
        return document

    return find


def _explain(text: str, error: JMESPathError) -> str:
    if '["' in text or "['" in text:
        return f'{text!r} is not a JMESPath expression: a member is written with a dot, not brackets: params."switch:0"'
    column = getattr(error, "lex_position", None)
    where = f" at column {column + 1}" if isinstance(column, int) else ""
    return f"{text!r} is not a JMESPath expression{where}; quote names beyond letters, digits and '_' as \"…\""
