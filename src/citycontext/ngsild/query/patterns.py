"""Regular expressions in POSIX extended syntax, which take linear time whatever the pattern.

A backtracking engine can be made to run for ages by a short pattern, and a broker evaluates patterns of strangers.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from typing import Final, NoReturn

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query.automaton import ANY_CHARACTER, Program, Step, Test, compile_program

__all__ = ["MAX_PATTERN_LENGTH", "check_pattern", "compile_pattern"]

MAX_PATTERN_LENGTH: Final = 1_000
"""Characters a pattern may have."""

_MAX_SIZE: Final = 1_000
_MAX_REPEAT: Final = 255  # RE_DUP_MAX of POSIX
_MAX_GROUPS: Final = 32
_CLAUSE: Final = "4.9"

_CLASSES: Final[dict[str, Test]] = {
    "alnum": str.isalnum,
    "alpha": str.isalpha,
    "blank": frozenset(" \t").__contains__,
    "cntrl": lambda char: char < " " or char == "\x7f",
    "digit": frozenset(string.digits).__contains__,
    "graph": lambda char: char.isprintable() and char != " ",
    "lower": str.islower,
    "print": str.isprintable,
    "punct": frozenset(string.punctuation).__contains__,
    "space": str.isspace,
    "upper": str.isupper,
    "xdigit": frozenset(string.hexdigits).__contains__,
}
_WORD: Final[Test] = lambda char: char.isalnum() or char == "_"  # noqa: E731
_ESCAPED_CLASSES: Final[dict[str, Test]] = {
    "d": _CLASSES["digit"],
    "D": lambda char: char not in string.digits,
    "s": str.isspace,
    "S": lambda char: not char.isspace(),
    "w": _WORD,
    "W": lambda char: not _WORD(char),
}
_ESCAPED_CHARACTERS: Final = {"t": "\t", "n": "\n", "r": "\r"}
_INTERVAL: Final = re.compile(r"\{([0-9]{1,3})(?:(,)([0-9]{1,3})?)?\}")
_CLASS_NAME: Final = re.compile(r"\[:([a-z]*):\]")


def check_pattern(pattern: str, *, text: str, offset: int) -> None:
    """Make sure that a pattern can be compiled.

    Args:
        pattern: The regular expression.
        text: The query it stands in, for the error.
        offset: Where in it.

    Raises:
        InvalidQuery: It is not POSIX extended expression, or too large; points at the column.
    """
    _Reader(pattern, text, offset).read()


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """Build a function that tells whether a pattern occurs anywhere in a text.

    The syntax is POSIX extended (IEEE 1003.2) with what is in common use besides: ``\\d \\w \\s`` and their
    opposites, ``(?:...)``, lazy repetitions (which match the same texts) and ``(?i)`` at the start. ``.`` takes any
    character. No back-references and no look-around, which are not regular.

    Args:
        pattern: The regular expression.

    Returns:
        The test; its time is linear in the length of the text.

    Raises:
        InvalidQuery: It is not valid, or too large.
    """
    program = _Reader(pattern, pattern, 0).read()
    return compile_program(program)


class _Reader:
    """Turn a pattern into a program, by recursive descent."""

    def __init__(self, pattern: str, text: str, offset: int) -> None:
        self.pattern, self.text, self.offset = pattern, text, offset
        self.position = 0
        self.groups = 0
        self.any_case = False

    def read(self) -> Program:
        if len(self.pattern) > MAX_PATTERN_LENGTH:
            self.position = MAX_PATTERN_LENGTH
            self.fail(f"a pattern longer than {MAX_PATTERN_LENGTH} characters")
        if self.pattern.startswith("(?i)"):
            self.any_case = True
            self.position = 4
        program = self.alternatives()
        if self.position < len(self.pattern):
            self.fail("')' without '('")
        return program

    def fail(self, message: str) -> NoReturn:
        raise InvalidQuery(message, text=self.text, column=self.offset + self.position, clause=_CLAUSE)

    def peek(self) -> str:
        return self.pattern[self.position : self.position + 1]

    def alternatives(self) -> Program:
        program = self.sequence()
        if self.peek() != "|":
            return program
        branches = [program]
        while self.peek() == "|":
            self.position += 1
            branches.append(self.sequence())
        program = branches.pop()
        while branches:
            branch = branches.pop()
            program = [
                Step("fork", first=1, second=len(branch) + 2),
                *branch,
                Step("fork", first=len(program) + 1),
                *program,
            ]
        return self.sized(program)

    def sequence(self) -> Program:
        program: Program = []
        while (char := self.peek()) and char not in "|)":
            program += self.repeated(self.atom(char))
            self.sized(program)
        return program

    def sized(self, program: Program) -> Program:
        if len(program) > _MAX_SIZE:
            self.fail("a pattern that is too large when its repetitions are written out")
        return program

    def atom(self, char: str) -> Program:
        self.position += 1
        if char == "(":
            return self.group()
        if char == "[":
            return [Step("test", self.bracket())]
        if char == ".":
            return [Step("test", ANY_CHARACTER)]
        if char == "^":
            return self.anchor("start")
        if char == "$":
            return self.anchor("end")
        if char == "\\":
            return self.escaped()
        if char in "*+?{":
            self.position -= 1
            self.fail(f"nothing for {char!r} to repeat; write \\{char} for the character itself")
        return self.literal(char)

    def group(self) -> Program:
        if self.peek() == "?":
            if not self.pattern.startswith("?:", self.position):
                self.fail("POSIX has no look-around, names or flags; only (?:...), and (?i) at the start")
            self.position += 2
        self.groups += 1
        if self.groups > _MAX_GROUPS:
            self.fail(f"groups nested deeper than {_MAX_GROUPS}")
        program = self.alternatives()
        self.groups -= 1
        if self.peek() != ")":
            self.fail("expected ')' to end the group")
        self.position += 1
        return program

    def anchor(self, kind: str) -> Program:
        if self.peek() and self.peek() in "*+?{":
            self.fail(f"nothing for {self.peek()!r} to repeat")
        return [Step(kind)]

    def escaped(self) -> Program:
        char = self.peek()
        if not char:
            self.fail("a backslash with nothing behind it")
        self.position += 1
        if char in _ESCAPED_CLASSES:
            return [Step("test", _ESCAPED_CLASSES[char])]
        return self.literal(self.escaped_character(char))

    def escaped_character(self, char: str) -> str:
        if char in _ESCAPED_CHARACTERS:
            return _ESCAPED_CHARACTERS[char]
        if char.isalnum():
            self.position -= 1
            self.fail(f"POSIX has no \\{char}")
        return char

    def literal(self, char: str) -> Program:
        if self.any_case and char.lower() != char.upper():
            return [Step("test", _in_any_case(char.__eq__))]
        return [Step("test", char.__eq__, literal=char)]

    def bracket(self) -> Test:
        negated = self.peek() == "^"
        self.position += negated
        tests: list[Test] = []
        singles: set[str] = set()
        first = True
        while (char := self.peek()) != "]" or first:
            first = False
            if not char:
                self.fail("expected ']' to end the bracket")
            named = _CLASS_NAME.match(self.pattern, self.position)
            if named is not None:
                if named[1] not in _CLASSES:
                    self.fail(f"POSIX has no class {named[1]!r}")
                tests.append(_CLASSES[named[1]])
                self.position = named.end()
            elif char == "\\" and self.pattern[self.position + 1 : self.position + 2] in _ESCAPED_CLASSES:
                tests.append(_ESCAPED_CLASSES[self.pattern[self.position + 1]])
                self.position += 2
            else:
                low = self.bracket_character()
                if self.peek() == "-" and self.pattern[self.position + 1 : self.position + 2] not in ("]", ""):
                    self.position += 1
                    tests.append(self.between(low, self.bracket_character()))
                else:
                    singles.add(low)
        self.position += 1
        if singles:
            tests.append(frozenset(singles).__contains__)
        found: Test = tests[0] if len(tests) == 1 else lambda char: any(test(char) for test in tests)
        if self.any_case:
            found = _in_any_case(found)
        return (lambda char: not found(char)) if negated else found

    def bracket_character(self) -> str:
        char = self.peek()
        if char == "[" and self.pattern[self.position + 1 : self.position + 2] in (".", "=", ":"):
            self.fail("collating elements are not supported; write the characters")
        self.position += 1
        if char != "\\":
            return char
        char = self.peek()
        if not char:
            self.fail("expected ']' to end the bracket")
        self.position += 1
        return self.escaped_character(char)

    def between(self, low: str, high: str) -> Test:
        if low > high:
            self.fail(f"the range {low}-{high} runs backwards")
        return lambda char: low <= char <= high

    def repeated(self, atom: Program) -> Program:
        char = self.peek()
        if not char or char not in "*+?{":
            return atom
        size = len(atom)
        star = [Step("fork", first=1, second=size + 2), *atom, Step("fork", first=-(size + 1))]
        optional = [Step("fork", first=1, second=size + 1), *atom]
        if char == "{":
            low, high = self.interval()
            if size * max(low, high or 0) > _MAX_SIZE:
                self.fail("a pattern that is too large when its repetitions are written out")
            program = atom * low + (star if high is None else optional * (high - low))
        else:
            self.position += 1
            program = {"*": star, "+": [*atom, *star], "?": optional}[char]
        if self.peek() == "?":  # lazy: the same texts match
            self.position += 1
        if self.peek() and self.peek() in "*+?{":
            self.fail("a repetition of a repetition; put the first in parentheses")
        return program

    def interval(self) -> tuple[int, int | None]:
        found = _INTERVAL.match(self.pattern, self.position)
        if found is None:
            self.fail("no interval such as {2}, {2,} or {2,5}; write \\{ for the character itself")
        low = int(found[1])
        high = low if found[2] is None else None if found[3] is None else int(found[3])
        if max(low, high or 0) > _MAX_REPEAT:
            self.fail(f"more than {_MAX_REPEAT} repetitions")
        if high is not None and high < low:
            self.fail(f"the interval {found[0]} runs backwards")
        self.position = found.end()
        return low, high


def _in_any_case(test: Test) -> Test:
    return lambda char: test(char) or any(len(form) == 1 and test(form) for form in (char.lower(), char.upper()))
