"""What the indexes of values can tell of a query: comparisons of one place with values, ranges and lists (4.9)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from citycontext.broker.store.values import Span, Where, reading_of
from citycontext.ngsild.query.paths import AttributePath
from citycontext.ngsild.query.q import And, Comparison, Condition, Operator
from citycontext.ngsild.query.targets import keys_of, member_keys
from citycontext.ngsild.query.values import Value, ValueList, ValueRange
from citycontext.ngsild.terms import ENTITY_MEMBERS

__all__ = ["spans_of"]


def spans_of(
    condition: Condition, expand: Callable[[str], str], expand_values: Collection[str]
) -> tuple[tuple[Span, ...], ...]:
    """List what an entity must have by a query: for some places in it, values of which it has one.

    A comparison that is left out narrows nothing; what matches a query matches all that is listed.

    Args:
        condition: The query.
        expand: Turns a name of the query into the name that entities have.
        expand_values: Attributes whose values in the query are expanded too.
    """
    terms = condition.terms if isinstance(condition, And) else (condition,)
    found = (tuple(_spans(term, expand, expand_values)) for term in terms)
    return tuple(spans for spans in found if spans)


def _spans(condition: Condition, expand: Callable[[str], str], expand_values: Collection[str]) -> Iterator[Span]:
    if not isinstance(condition, Comparison) or not isinstance(condition.path, AttributePath):
        return
    path, operand = condition.path, condition.operand
    if path.attribute in ENTITY_MEMBERS or path.attribute in expand_values:
        return
    where = Where(keys_of(path, expand), member_keys(path.member, expand))
    bounds: list[tuple[Value | None, Value | None]]
    if condition.operator is Operator.EQUAL and isinstance(operand, ValueRange):
        bounds = [(operand.low, operand.high)]
    elif condition.operator is Operator.EQUAL and isinstance(operand, Value | ValueList):
        bounds = [(value, value) for value in (operand.values if isinstance(operand, ValueList) else (operand,))]
    elif condition.operator in (Operator.GREATER, Operator.GREATER_OR_EQUAL) and isinstance(operand, Value):
        bounds = [(operand, None)]
    elif condition.operator in (Operator.LESS, Operator.LESS_OR_EQUAL) and isinstance(operand, Value):
        bounds = [(None, operand)]
    else:
        return
    spans = []
    for low, high in bounds:
        first, last = (None if bound is None else reading_of(bound) for bound in (low, high))
        kind = first or last
        if kind is None or (low is not None and first is None) or (high is not None and last is None):
            return
        spans.append(Span(where, kind[0], None if first is None else first[1], None if last is None else last[1]))
    yield from spans
