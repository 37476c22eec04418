"""Return whether an entity in normalized form meets a query (CIM 009, 4.9).

A query is compiled once to nested functions, so that a simple comparison of one entity costs well under a
microsecond. Where the clause leaves room, ``docs/decisions/0022-evaluation-of-queries.md`` says what was chosen.
"""

from __future__ import annotations

import operator as python_operator
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from citycontext.errors import InvalidName
from citycontext.ngsild.query.paths import AttributePath, LinkedPath, Path
from citycontext.ngsild.query.patterns import compile_pattern
from citycontext.ngsild.query.q import And, Comparison, Condition, Exists, Missing, Operator, Or
from citycontext.ngsild.query.targets import (
    LINKS,
    MISSING,
    READERS,
    keys_of,
    language_texts,
    member_keys,
    member_of,
    objects_of,
    target_of,
    texts_of,
)
from citycontext.ngsild.query.values import Operand, Pattern, Value, ValueKind, ValueList, ValueRange

__all__ = ["Expand", "Predicate", "Resolve", "compile_q"]

Expand: TypeAlias = Callable[[str], str]
"""Turns a name of a query into the name that entities have, e.g. its IRI."""

Resolve: TypeAlias = Callable[[str], Mapping[str, Any] | None]
"""Return an entity in normalized form by its id, or ``None``."""

Predicate: TypeAlias = Callable[[Mapping[str, Any]], bool]
"""Return whether an entity matches."""

_Test: TypeAlias = Callable[[Any], bool]

_NEGATIONS: Final = frozenset({Operator.UNEQUAL, Operator.MATCHES_NOT})
_TEXTS: Final = frozenset({ValueKind.STRING, ValueKind.URI, ValueKind.TERM})
_ORDERS: Final[dict[Operator, Callable[[Any, Any], bool]]] = {
    Operator.GREATER: python_operator.gt,
    Operator.GREATER_OR_EQUAL: python_operator.ge,
    Operator.LESS: python_operator.lt,
    Operator.LESS_OR_EQUAL: python_operator.le,
}


def compile_q(
    condition: Condition,
    *,
    expand: Expand | None = None,
    expand_vocab: Expand | None = None,
    resolve: Resolve | None = None,
    expand_values: Collection[str] = (),
) -> Predicate:
    """Build a function that tells whether an entity meets a query.

    Args:
        condition: The query.
        expand: Applied once to each name of the query, but to members such as ``observedAt`` and ``type``. Members
            inside compound values are found by the name as written, else by the expanded one. Left out, names are
            compared as written.
        expand_vocab: Applied to entity types, and to the query values of ``expand_values``; any text must pass. Left
            out, it is ``expand``.
        resolve: Gives a linked entity by its id. Left out, only entities inlined in the relationship are found.
        expand_values: Attributes whose query values are expanded too: the parameter ``expandValues``.

    Returns:
        The function. It takes an entity, or a registration for a ``csf``, as a dict, and raises nothing.

    Raises:
        InvalidName: ``expand`` refuses a name of the query.
    """
    return _compiled(condition, _Names(expand, expand_vocab or _lenient(expand), resolve, frozenset(expand_values)))


@dataclass(frozen=True, slots=True)
class _Names:
    """What the caller knows about names and links."""

    expand: Expand | None
    expand_vocab: Expand
    resolve: Resolve | None
    expand_values: frozenset[str]


def _lenient(expand: Expand | None) -> Expand:
    """Let words pass that mean no name."""

    def word(text: str) -> str:
        try:
            return text if expand is None else expand(text)
        except InvalidName:
            return text

    return word


def _compiled(condition: Condition, names: _Names) -> Predicate:
    if isinstance(condition, (Exists, Comparison)):
        return _along(condition.path, _test_of(condition, names), names)
    if isinstance(condition, Missing):
        exists = _along(condition.path, _existence(_innermost(condition.path), names), names)
        return lambda entity: not exists(entity)
    assert isinstance(condition, (And, Or))
    tests = [_compiled(term, names) for term in condition.terms]
    if isinstance(condition, And):
        return lambda entity: all(test(entity) for test in tests)
    return lambda entity: any(test(entity) for test in tests)


def _test_of(condition: Exists | Comparison, names: _Names) -> _Test:
    innermost = _innermost(condition.path)
    if isinstance(condition, Exists):
        return _existence(innermost, names)
    return _comparison(condition, innermost, names)


def _innermost(path: Path) -> AttributePath:
    while isinstance(path, LinkedPath):
        path = path.target
    return path


def _along(path: Path, test: _Test, names: _Names) -> Predicate:
    """Apply a test to every element the path leads to; one that passes is enough."""
    if isinstance(path, LinkedPath):
        linked = _along(path.target, test, names)
        types = frozenset(names.expand_vocab(name) for name in path.types)
        (key,) = keys_of(AttributePath((path.relationship,)), names.expand)
        return _step(key, _linked(linked, types, names.resolve))
    for key in reversed(keys_of(path, names.expand)):
        test = _step(key, test)
    return test


def _step(key: str, inner: _Test) -> _Test:
    def step(holder: Any) -> bool:
        if not isinstance(holder, dict):
            return False
        element = holder.get(key)
        if isinstance(element, dict):
            return inner(element)
        if element is None:
            return False
        if isinstance(element, list) and element and isinstance(element[0], dict):  # several instances
            return any(inner(instance) for instance in element)
        return inner(element)  # a member that is no attribute, such as observedAt or scope

    return step


def _linked(entity_test: _Test, types: frozenset[str], resolve: Resolve | None) -> _Test:
    def linked(element: Any) -> bool:
        if not isinstance(element, dict):
            return False
        object_type = element.get("objectType")
        if types and object_type is not None and types.isdisjoint(texts_of(object_type)):
            return False
        for entity in _linked_entities(element, resolve):
            if (not types or not types.isdisjoint(texts_of(entity.get("type")))) and entity_test(entity):
                return True
        return False

    return linked


def _linked_entities(element: dict[str, Any], resolve: Resolve | None) -> Iterator[Mapping[str, Any]]:
    for member in ("entity", "entityList"):
        inlined = element.get(member)
        for entity in inlined if isinstance(inlined, list) else (inlined,):
            if isinstance(entity, dict):
                yield entity
    if resolve is not None:
        type_, value = target_of(element)
        if type_ in LINKS:
            for uri in objects_of(value):
                entity = resolve(uri)
                if entity is not None:
                    yield entity


def _existence(path: AttributePath, names: _Names) -> _Test:
    member = path.member
    if not member:
        return lambda _: True
    steps = member_keys(member, names.expand)

    def exists(element: Any) -> bool:
        type_, value = target_of(element)
        if type_ == "LanguageProperty":
            return bool(language_texts(value, member))
        if type_ in LINKS or type_ == "VocabProperty":
            return False
        return member_of(value, steps, json=type_ == "JsonProperty") is not MISSING

    return exists


def _comparison(condition: Comparison, path: AttributePath, names: _Names) -> _Test:
    operator, operand, member = condition.operator, condition.operand, path.member
    negative = operator in _NEGATIONS
    expanded = path.names[0] in names.expand_values or path.names == ("type",)
    test = _asked(operator, operand, names.expand_vocab if expanded else None)
    value_test = _negated(test, operand) if negative else test
    on_links = operator in (Operator.EQUAL, Operator.UNEQUAL) and not member
    steps = member_keys(member, names.expand)

    def compare(element: Any) -> bool:
        type_, value = target_of(element)
        if value is MISSING:
            return False
        if type_ == "LanguageProperty":
            texts = language_texts(value, member)
            return bool(texts) and any(map(test, texts)) is not negative
        if type_ in LINKS:
            return on_links and value_test(objects_of(value))
        if type_ == "VocabProperty":
            # The stored word is an IRI; what it is compared with is expanded only where that was asked for (4.9).
            return not member and value_test(value)
        return value_test(member_of(value, steps, json=type_ == "JsonProperty"))

    if member:
        return compare

    def compare_own_value(element: Any) -> bool:
        """Take the short way for what is asked most."""
        if isinstance(element, dict) and element.get("type") == "Property":
            value = element.get("value", MISSING)
            return value_test(value["@value"] if isinstance(value, dict) and "@value" in value else value)
        return compare(element)

    return compare_own_value


def _negated(test: _Test, operand: Operand) -> _Test:
    """Turn a test around; what is not there, or for a pattern is not text, still does not match."""
    if isinstance(operand, Pattern):
        return lambda value: isinstance(value, str) and not test(value)
    return lambda value: value is not MISSING and value is not None and not test(value)


def _asked(operator: Operator, operand: Operand, expand: Expand | None) -> _Test:
    """Build the test of a JSON value, without the "not" of ``!=`` and ``!~=``; it fails for what is not there."""
    if isinstance(operand, Pattern):
        search = compile_pattern(operand.pattern)
        return lambda value: isinstance(value, str) and search(value)
    if isinstance(operand, ValueRange):
        read, low = _comparable(operand.low)
        high = _comparable(operand.high)[1]
        return lambda value: (found := read(value)) is not None and low <= found <= high
    if isinstance(operand, ValueList):
        return _among(operand.values, expand)
    if operator in _ORDERS:
        compare = _ORDERS[operator]
        read, bound = _comparable(operand)
        return lambda value: (found := read(value)) is not None and compare(found, bound)
    return _among((operand,), expand)


def _among(values: tuple[Value, ...], expand: Expand | None) -> _Test:
    """Build the test whether a value, or an element of an array, equals any of several."""
    texts = {str(value.value) for value in values if value.kind in _TEXTS}
    if expand is not None:
        texts |= {expand(text) for text in texts}
    others = [_comparable(value) for value in values if value.kind not in _TEXTS]

    def equals_text(value: Any) -> bool:
        return isinstance(value, str) and value in texts

    def equals_any(value: Any) -> bool:
        return equals_text(value) or any((found := read(value)) is not None and found == one for read, one in others)

    one: _Test
    if not others:
        one = equals_text
    elif len(others) == 1 and not texts:
        read_one, wanted = others[0]
        one = lambda value: (found := read_one(value)) is not None and found == wanted  # noqa: E731
    else:
        one = equals_any
    return lambda value: any(map(one, value)) if isinstance(value, list) else one(value)


def _comparable(value: Value) -> tuple[Callable[[Any], Any], Any]:
    """Return a reader that turns a JSON value of the same kind into something comparable, and the value itself."""
    return READERS[value.kind], value.value
