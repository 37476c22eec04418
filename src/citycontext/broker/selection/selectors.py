"""The ways in which an entity can be meant: by type, by id, by the pattern of its id (5.2.8, 5.2.33, 4.17)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from citycontext.broker.documents.writing import Document
from citycontext.broker.request.parameters import check_uri
from citycontext.broker.responses.problems import bad_request_data
from citycontext.broker.selection.written_names import is_whole_name, read_name
from citycontext.errors import InvalidQuery
from citycontext.ngsild.context import Context
from citycontext.ngsild.query.entity_types import TypeSelection, parse_types
from citycontext.ngsild.query.patterns import check_pattern, compile_pattern

__all__ = ["Predicate", "Selector", "read_entity_selectors", "read_selector", "type_matcher"]

Predicate = Callable[[Document], bool]


@dataclass(frozen=True, slots=True)
class Selector:
    """One way an entity can be meant: by type, by id, by the pattern of its id (5.2.8).

    Args:
        types: Types of which it has at least one; None for any.
        ids: Ids, one of which is its own; None for any.
        tests: What it must meet besides.
    """

    types: tuple[str, ...] | None = None
    ids: tuple[str, ...] | None = None
    tests: tuple[Predicate, ...] = ()

    def accepts(self, document: Document) -> bool:
        """Return whether an entity is meant."""
        return (
            (self.ids is None or document["id"] in self.ids)
            and (self.types is None or not set(self.types).isdisjoint(document["type"]))
            and all(test(document) for test in self.tests)
        )


def read_entity_selectors(entities: Any, context: Context, *, needs_type: bool = False) -> list[Selector]:
    """Read an array of EntitySelector (5.2.33).

    Raises:
        Problem: It is not valid.
    """
    if not isinstance(entities, list) or not entities or not all(isinstance(one, dict) for one in entities):
        raise bad_request_data("'entities' is an array of objects with type, id or idPattern.")
    selectors = []
    for one in entities:
        unknown = one.keys() - {"type", "id", "idPattern"}
        if unknown:
            raise bad_request_data(f"'entities' has a member {min(unknown)!r}; it takes type, id and idPattern.")
        if needs_type and "type" not in one:
            raise bad_request_data("Each of 'entities' needs a type, which may be '*'.")
        ids = one.get("id", [])
        listed = ids if isinstance(ids, list) else [ids]
        pattern, types = one.get("idPattern"), one.get("type")
        if isinstance(types, list) and types and all(isinstance(kind, str) for kind in types):
            types = ",".join(types)
        if not all(isinstance(one, str) for one in listed) or not isinstance(types, (str, type(None))):
            raise bad_request_data("In 'entities', type and id are texts.")
        if not isinstance(pattern, (str, type(None))):
            raise bad_request_data("In 'entities', idPattern is a text.")
        if pattern is not None:
            check_pattern(pattern, text=pattern, offset=0)
        # Of a selector the id outranks the pattern (5.2.33); of the parameters of an address both count.
        selectors.append(read_selector(types, [check_uri(one) for one in listed], None if listed else pattern, context))
    return selectors


def read_selector(types: str | None, ids: Sequence[str], pattern: str | None, context: Context) -> Selector:
    """Read types, ids and a pattern of ids.

    Raises:
        InvalidQuery: The type selection or the pattern does not parse.
    """
    tests: list[Predicate] = []
    names: tuple[str, ...] | None = None
    if types is not None and types != "*":
        selected = _read_types(types)
        written = [*sorted(selected.names), *map(read_name, sorted(selected.names))]
        names = tuple(dict.fromkeys(context.expand_vocab(name) for name in (*written, *_whole(types))))
        if any(len(group) > 1 for group in selected.alternatives):
            tests.append(type_matcher(types, context))
    if pattern is not None:
        tests.append(_id_matcher(pattern))
    return Selector(names, tuple(ids) or None, tuple(tests))


def type_matcher(types: str, context: Context) -> Predicate:
    """Build the test of a type selection (4.17).

    Raises:
        InvalidQuery: It does not parse.
    """
    selected, whole = _read_types(types), _whole(types)
    matches = selected.compile(expand=context.expand_vocab)
    if not whole and not any("%" in name for name in selected.names):
        return lambda document: matches(document["type"])
    decoded = selected.compile(expand=lambda name: context.expand_vocab(read_name(name)))
    return lambda document: (
        matches(document["type"]) or decoded(document["type"]) or not whole.isdisjoint(document["type"])
    )


def _read_types(types: str) -> TypeSelection:
    """Read a type selection; a text that is not one, but a name that a type can have, means that type."""
    try:
        return parse_types(types)
    except InvalidQuery:
        if not is_whole_name(types):
            raise
        return TypeSelection.any_of(quote(types, safe=":/").replace("~", "%7E"))


def _whole(types: str) -> set[str]:
    return {types} if is_whole_name(types) else set()


def _id_matcher(pattern: str) -> Predicate:
    check_pattern(pattern, text=pattern, offset=0)
    occurs_in = compile_pattern(pattern)
    return lambda document: occurs_in(document["id"])
