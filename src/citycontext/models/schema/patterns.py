"""``pattern`` of JSON Schema, in a time that does not run away: anybody's schema may be validated with.

Python's engine goes back and tries again; a pattern such as ``^(a+)+$`` doubles its time with each character. Where a
pattern could take long for a text, an automaton answers, in a time that grows with the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import blake2b
from re import _constants as names  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

from citycontext.ngsild.query.automaton import ANY_CHARACTER, Program, Step, Test, compile_program

__all__ = ["Pattern", "compiled"]

_LONGEST: Final = 2_000
_MOST_STEPS: Final = 5_000
_AFFORDABLE: Final = 200_000
"""Steps that Python's engine may take, about."""
_LOOKING_AHEAD: Final = frozenset(
    {
        "02228c35f82b5667",
        "0710ff59f72c09aa",
        "9e4604367dd96864",
        "c31c230f8411d9bc",
    }
)
"""Digests of the patterns of shipped models that look ahead: each was tried, and goes back little."""
_LONGEST_TEXT: Final = 1_000
"""Characters of a text that these are tried on."""

_REPEATS: Final = frozenset({names.MAX_REPEAT, names.MIN_REPEAT, names.POSSESSIVE_REPEAT})

_CATEGORIES: Final[dict[Any, Test]] = {
    names.CATEGORY_DIGIT: str.isdecimal,
    names.CATEGORY_NOT_DIGIT: lambda char: not char.isdecimal(),
    names.CATEGORY_SPACE: str.isspace,
    names.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    names.CATEGORY_WORD: lambda char: char.isalnum() or char == "_",
    names.CATEGORY_NOT_WORD: lambda char: not (char.isalnum() or char == "_"),
}


class _Unsupported(Exception):
    """An automaton cannot do this: it looks ahead, refers back, or is too large."""


class Pattern:
    """A pattern.

    Args:
        pattern: Its text, in the dialect of Python, which most patterns of schemas are in too.
    """

    def __init__(self, pattern: str) -> None:
        self._search: Callable[[str], object] | None = None
        self._automaton: Callable[[str], bool] | None = None
        self._repeats = 0
        self._is_nested = False
        self._is_known = blake2b(pattern.encode("utf-8", "replace"), digest_size=8).hexdigest() in _LOOKING_AHEAD
        if len(pattern) > _LONGEST:
            return
        try:
            self._search = re.compile(pattern).search
            tree = parser.parse(pattern)
        except (re.error, RecursionError, OverflowError):
            return  # a pattern of another dialect constrains nothing here
        self._repeats, self._is_nested = _repeats(tree)
        try:
            if not tree.state.flags & (re.IGNORECASE | re.MULTILINE | re.DOTALL | re.ASCII):
                self._automaton = compile_program(_sequence(tree))
        except (_Unsupported, RecursionError):
            pass

    def matches(self, text: str) -> bool | None:
        """Return whether the pattern is found in a text; ``None`` where it cannot be told in an affordable time.

        Args:
            text: The text.
        """
        if self._search is None:
            return True
        if self._is_known and len(text) <= _LONGEST_TEXT:
            return self._search(text) is not None
        if not self._is_nested and (len(text) + 1) ** (self._repeats + 1) <= _AFFORDABLE:
            return self._search(text) is not None
        return None if self._automaton is None else self._automaton(text)


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Pattern:
    """Return a pattern, ready to be looked for.

    Args:
        pattern: Its text.
    """
    return Pattern(pattern)


def _repeats(tree: Any) -> tuple[int, bool]:
    """Count what can take a text in many ways, and tell whether one such stands in a repetition."""
    count, is_nested = 0, False
    for name, argument in tree:
        for inner in _inner(argument):
            inner_count, inner_nested = _repeats(inner)
            is_nested = is_nested or inner_nested or (name in _REPEATS and argument[1] > 1 and inner_count > 0)
            count += inner_count
        # Alternatives may be many ways to take the same text, as lengths are.
        if name is names.BRANCH or (name in _REPEATS and argument[1] > argument[0] and argument[1] > 1):
            count += 1
    return count, is_nested


def _inner(argument: Any) -> Iterator[Any]:
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, tuple | list):
        for one in argument:
            yield from _inner(one)


def _sequence(tree: Any) -> Program:
    program: Program = []
    for name, argument in tree:
        program += _step(name, argument)
        if len(program) > _MOST_STEPS:
            raise _Unsupported
    return program


def _step(name: Any, argument: Any) -> Program:
    if name is names.LITERAL:
        char = chr(argument)
        return [Step("test", char.__eq__, literal=char)]
    if name is names.NOT_LITERAL:
        return [Step("test", chr(argument).__ne__)]
    if name is names.ANY:
        return [Step("test", "\n".__ne__)]
    if name is names.IN:
        return [Step("test", _one_of(argument))]
    if name is names.AT and argument in (names.AT_BEGINNING, names.AT_BEGINNING_STRING):
        return [Step("start")]
    if name is names.AT and argument in (names.AT_END, names.AT_END_STRING):
        return [Step("end")]
    if name is names.SUBPATTERN:
        _, add_flags, del_flags, inner = argument
        if add_flags or del_flags:
            raise _Unsupported
        return _sequence(inner)
    if name is names.BRANCH:
        return _alternatives([_sequence(one) for one in argument[1]])
    if name in (names.MAX_REPEAT, names.MIN_REPEAT):
        low, high, inner = argument
        return _repeated(_sequence(inner), int(low), None if high is names.MAXREPEAT else int(high))
    raise _Unsupported


def _alternatives(branches: list[Program]) -> Program:
    program = branches.pop()
    while branches:
        branch = branches.pop()
        program = [
            Step("fork", first=1, second=len(branch) + 2),
            *branch,
            Step("fork", first=len(program) + 1),
            *program,
        ]
    return program


def _repeated(atom: Program, low: int, high: int | None) -> Program:
    size = len(atom)
    if size * max(low, high or 0) > _MOST_STEPS:
        raise _Unsupported
    if high is None:
        star = [Step("fork", first=1, second=size + 2), *atom, Step("fork", first=-(size + 1))]
        return atom * low + star
    return atom * low + [Step("fork", first=1, second=size + 1), *atom] * (high - low)


def _one_of(parts: Any) -> Test:
    is_negated = bool(parts) and parts[0][0] is names.NEGATE
    tests: list[Test] = []
    for name, argument in parts[1:] if is_negated else parts:
        if name is names.LITERAL:
            tests.append(chr(argument).__eq__)
        elif name is names.RANGE:
            low, high = map(chr, argument)
            tests.append(lambda char, low=low, high=high: low <= char <= high)  # type: ignore[misc]
        elif name is names.CATEGORY and argument in _CATEGORIES:
            tests.append(_CATEGORIES[argument])
        else:
            raise _Unsupported
    if not tests:
        return ANY_CHARACTER if is_negated else (lambda char: False)
    if is_negated:
        return lambda char: not any(test(char) for test in tests)
    return lambda char: any(test(char) for test in tests)
