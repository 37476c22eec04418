"""Run a pattern over a text in time that is linear in the text: an automaton whose states are found as needed.

A pattern is a nondeterministic automaton (Thompson's construction). Its sets of places are the states of a
deterministic one; they are worked out when a text first leads there, and kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

__all__ = ["ANY_CHARACTER", "Program", "Step", "Test", "compile_program"]

_MAX_KEPT: Final = 2_000

Test: TypeAlias = Callable[[str], bool]
"""Return whether one character is awaited."""

ANY_CHARACTER: Final[Test] = lambda _: True  # noqa: E731
"""What ``.`` takes."""


class Step(NamedTuple):
    """One instruction: a test of a character, or a fork to ``first`` and ``second``, relative to here."""

    kind: str  # test, fork, start, end
    test: Test | None = None
    first: int = 1
    second: int = 0
    literal: str = ""


Program: TypeAlias = list[Step]
"""A pattern, to be gone through from the first step; behind the last one it has matched."""

_ANYTHING: Final[Program] = [Step("fork", first=1, second=3), Step("test", ANY_CHARACTER), Step("fork", first=-2)]


def compile_program(program: Program) -> Callable[[str], bool]:
    """Build a function that tells whether a program matches anywhere in a text.

    Args:
        program: The pattern.
    """
    return _plain_search(program) or _Automaton(program)


def _plain_search(program: Program) -> Callable[[str], bool] | None:
    """Answer with a method of ``str`` where the pattern is a plain text, perhaps anchored or between ``.*``."""
    start, end = 0, len(program)
    at_start = end > 0 and program[0].kind == "start"
    start += at_start
    if program[start : start + 3] == _ANYTHING:
        start, at_start = start + 3, False
    at_end = end > start and program[end - 1].kind == "end"
    end -= at_end
    if end - start >= 3 and program[end - 3 : end] == _ANYTHING:
        end, at_end = end - 3, False
    steps = program[start:end]
    if any(not step.literal for step in steps):
        return None
    wanted = "".join(step.literal for step in steps)
    if at_start and at_end:
        return wanted.__eq__
    if at_start:
        return lambda text: text.startswith(wanted)
    if at_end:
        return lambda text: text.endswith(wanted)
    return lambda text: wanted in text


class _State:
    """A set of places in the program where a character or the end of the text is awaited."""

    __slots__ = ("accepts", "accepts_at_end", "next", "places", "tests")

    def __init__(self, places: frozenset[int], program: Program, *, accepts_at_end: bool) -> None:
        self.places = places
        self.tests = [(test, place + 1) for place in places if place < len(program) and (test := program[place].test)]
        self.accepts = len(program) in places
        self.accepts_at_end = accepts_at_end
        self.next: dict[str, _State] = {}


class _Automaton:
    """Search a text, one set of places a character."""

    __slots__ = ("_everywhere", "_first", "_kept", "_known", "_program")

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[frozenset[int], _State] = {}
        self._kept = 0
        # A match may start at any character; only the first may pass "^".
        self._everywhere = self._follow([0])
        self._first = self._state(self._follow([0], at_start=True), at_start=True)

    def __call__(self, text: str) -> bool:
        state = self._first
        if state.accepts:
            return True
        for char in text:
            state = state.next.get(char) or self._advance(state, char)
            if state.accepts:
                return True
            if not state.places:
                return False
        return state.accepts_at_end

    def _advance(self, state: _State, char: str) -> _State:
        if self._kept >= _MAX_KEPT:  # forget, so that memory stays bounded
            self._known.clear()
            self._first.next.clear()
            self._kept = 0
        places = self._follow([place for test, place in state.tests if test(char)]) | self._everywhere
        following = self._known.get(places)
        if following is None:
            following = self._known[places] = self._state(places, at_start=False)
        state.next[char] = following
        self._kept += 1
        return following

    def _state(self, places: frozenset[int], *, at_start: bool) -> _State:
        at_end = self._follow(list(places), at_start=at_start, at_end=True)
        return _State(places, self._program, accepts_at_end=len(self._program) in at_end)

    def _follow(self, places: list[int], *, at_start: bool = False, at_end: bool = False) -> frozenset[int]:
        """Go through forks and anchors to where something is awaited."""
        program = self._program
        end = len(program)
        seen: set[int] = set()
        awaited: set[int] = set()
        while places:
            place = places.pop()
            if place in seen:
                continue
            seen.add(place)
            kind = "test" if place == end else program[place].kind
            if kind == "fork":
                step = program[place]
                places.append(place + step.first)
                if step.second:
                    places.append(place + step.second)
            elif (kind == "start" and at_start) or (kind == "end" and at_end):
                places.append(place + 1)
            elif kind != "start":
                awaited.add(place)
        return frozenset(awaited)
