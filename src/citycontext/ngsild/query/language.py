"""The language filter: ``fr-CH,fr;q=0.9,en;q=0.8,*;q=0.5`` (CIM 009, 4.15; RFC 3282, RFC 4647)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query.scanner import Scanner

__all__ = ["LanguageFilter", "LanguageRange", "parse_language"]

_CLAUSE: Final = "4.15"
_TAG: Final = re.compile(r"\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*(?:-\*)?")
_QUALITY: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_SPACES: Final = re.compile(r"[ \t]*")
_MAX_RANGES: Final = 100


@dataclass(frozen=True, slots=True)
class LanguageRange:
    """One wish of a language filter.

    Args:
        tag: A language tag, or ``*`` for any.
        quality: Its weight from 0 to 1 as written, e.g. ``0.9``; empty for 1. With 0 the language is not wanted.

    Raises:
        InvalidQuery: No tag, or no weight.
    """

    tag: str
    quality: str = ""

    def __post_init__(self) -> None:
        if not _TAG.fullmatch(self.tag):
            raise InvalidQuery(f"{self.tag!r} is not a language tag", text=self.tag, column=0, clause=_CLAUSE)
        if self.quality and not _QUALITY.fullmatch(self.quality):
            raise InvalidQuery("a quality is 0 to 1, e.g. 0.9", text=self.quality, column=0, clause=_CLAUSE)

    @property
    def weight(self) -> float:
        """The weight as a number."""
        return float(self.quality) if self.quality else 1.0

    def __str__(self) -> str:
        return f"{self.tag};q={self.quality}" if self.quality else self.tag


@dataclass(frozen=True, slots=True)
class LanguageFilter:
    """Which languages are wanted, best first where weights say no other.

    Args:
        ranges: The wishes, in their order.

    Raises:
        InvalidQuery: The list is empty.
    """

    ranges: tuple[LanguageRange, ...]

    def __post_init__(self) -> None:
        if not self.ranges:
            raise InvalidQuery("a language filter without languages", text="", column=0, clause=_CLAUSE)

    def choose(self, tags: Iterable[str]) -> str | None:
        """Choose the language to show: the best wish that is there, else ``@none``, the default one, else any.

        Args:
            tags: The keys of a ``languageMap``.

        Returns:
            One of the tags; ``None`` if absent.
        """
        available = list(tags)
        refused = [range_.tag.lower() for range_ in self.ranges if range_.weight == 0]
        rest = [tag for tag in available if not any(_covers(range_, tag) for range_ in refused)]
        for range_ in sorted(self.ranges, key=lambda one: -one.weight):
            if range_.weight == 0:
                break
            wanted = range_.tag.lower()
            exact = [tag for tag in rest if tag.lower() == wanted]
            covered = exact or [tag for tag in rest if _covers(wanted, tag)] or _shortened(wanted, rest)
            if covered:
                return covered[0]
        left = rest or available
        return "@none" if "@none" in left else next(iter(left), None)

    def __str__(self) -> str:
        return ",".join(str(range_) for range_ in self.ranges)


def parse_language(text: str) -> LanguageFilter:
    """Read a language filter, written like an ``Accept-Language`` header.

    Args:
        text: The parameter's value, percent-decoded.

    Raises:
        InvalidQuery: It does not follow the grammar; points at the column.
    """
    scanner = Scanner(text, _CLAUSE)
    ranges: list[LanguageRange] = []
    while True:
        scanner.match(_SPACES)
        tag = scanner.match(_TAG)
        if tag is None:
            scanner.fail(f"expected a language tag or '*', not {scanner.rest()}")
        ranges.append(LanguageRange(tag[0], _read_quality(scanner)))
        if len(ranges) > _MAX_RANGES:
            scanner.fail(f"more than {_MAX_RANGES} languages")
        scanner.match(_SPACES)
        if not scanner.take(","):
            scanner.finish()
            return LanguageFilter(tuple(ranges))


def _read_quality(scanner: Scanner) -> str:
    scanner.match(_SPACES)
    if not scanner.take(";"):
        return ""
    scanner.match(_SPACES)
    scanner.expect("q=", "and a number from 0 to 1")
    quality = scanner.match(_QUALITY)
    if quality is None:
        scanner.fail("expected a number from 0 to 1 with at most three decimals")
    return quality[0]


def _covers(range_: str, tag: str) -> bool:
    """Return whether a range such as ``fr`` covers a tag such as ``fr-CH`` (RFC 4647, 3.3.1)."""
    range_ = range_.removesuffix("-*")
    low = tag.lower()
    return range_ == "*" or low == range_ or low.startswith(f"{range_}-")


def _shortened(range_: str, tags: list[str]) -> list[str]:
    """Find tags for a range by dropping its last parts (RFC 4647, 3.4)."""
    while "-" in range_:
        range_ = range_.rpartition("-")[0]
        found = [tag for tag in tags if tag.lower() == range_]
        if found:
            return found
    return []
