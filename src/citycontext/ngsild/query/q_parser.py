"""Read the query language, for ``q`` and for ``csf`` (CIM 009, 4.9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from citycontext.ngsild.query.paths import read_path
from citycontext.ngsild.query.q import And, Comparison, Condition, Exists, Missing, Operator, Or, mismatch
from citycontext.ngsild.query.scanner import Scanner
from citycontext.ngsild.query.values import Operand, read_operand, read_pattern

__all__ = ["MAX_CONDITIONS", "parse_q"]

MAX_CONDITIONS: Final = 2_000
"""Single conditions a query may have."""

_CLAUSE: Final = "4.9"
_OPERATOR: Final = re.compile(r"==|!=|>=?|<=?|!?~=")
_OPERATORS: Final = {operator.value: operator for operator in Operator}


def parse_q(text: str, *, allow_missing: bool = False) -> Condition:
    """Read a query, or a context source filter, which has the same grammar.

    Beyond the grammar of the clause, parentheses may nest, a blank may follow the comma of a list (both as the
    clause's own examples have it), URIs may stand in lists, and names may be full IRIs.

    Args:
        text: The query, percent-decoded, e.g. ``(speed>50|rpm>3000);brandName=="Mercedes"``.
        allow_missing: Whether to take ``!attr`` for "has no such attribute", as Stellio does.

    Returns:
        The tree; its ``str()`` parses to an equal one.

    Raises:
        InvalidQuery: The text does not follow the grammar; points at the column.
    """
    scanner = Scanner(text, _CLAUSE)
    if not text:
        scanner.fail("an empty query; leave it out to ask for all")
    condition = _Parser(scanner, allow_missing=allow_missing).alternatives()
    if scanner.peek() == ")":
        scanner.fail("')' without '('")
    if scanner.peek() == " ":
        scanner.fail("the language has no blanks between its parts")
    scanner.finish()
    return condition


class _Parser:
    def __init__(self, scanner: Scanner, *, allow_missing: bool) -> None:
        self.scanner = scanner
        self.allow_missing = allow_missing
        self.conditions = 0

    def alternatives(self) -> Condition:
        return self.joined("|", self.all_of, Or)

    def all_of(self) -> Condition:
        return self.joined(";", self.term, And)

    def joined(self, sign: str, part: Callable[[], Condition], kind: type[And] | type[Or]) -> Condition:
        first = part()
        if self.scanner.peek() != sign:
            return first
        terms = [first]
        while self.scanner.take(sign):
            terms.append(part())
        return kind(tuple(terms))

    def term(self) -> Condition:
        scanner = self.scanner
        if scanner.take("("):
            scanner.enter()
            condition = self.alternatives()
            scanner.expect(")", "to end the group")
            scanner.leave()
            return condition
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS:
            scanner.fail(f"more than {MAX_CONDITIONS} conditions")
        if self.allow_missing and scanner.take("!"):
            return Missing(read_path(scanner))
        path = read_path(scanner)
        found = scanner.match(_OPERATOR)
        if found is None:
            if scanner.peek() == "=":
                scanner.fail("'=' is not an operator; equality is '=='")
            return Exists(path)
        operator = _OPERATORS[found[0]]
        start = scanner.position
        matching = operator in (Operator.MATCHES, Operator.MATCHES_NOT)
        operand: Operand = read_pattern(scanner) if matching else read_operand(scanner)
        problem = mismatch(operator, operand)
        if problem:
            scanner.fail(problem, at=start)
        return Comparison(path, operator, operand)
