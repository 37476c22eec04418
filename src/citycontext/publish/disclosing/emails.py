"""E-mail addresses in texts, also with the at-sign and the dots spelt out, or without a top-level domain."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["has_email"]

_EMAIL: Final = re.compile(
    r"(?<![\w.!#$%&'*+=^`{|}~-])[\w.!#$%&'*+=^`{|}~-]++\s?(?:@|[\[({<]\s*(?:at|@)\s*[\])}>])\s?"
    r"(?:[\w-]+\s?(?:\.|[\[({<]\s*(?:dot|punt|\.)\s*[\])}>])\s?)+(?P<end>[^\W\d_]{2,}|xn--[\w-]+)(?![\w])",
    re.IGNORECASE,
)
_FILES: Final = frozenset(
    re.findall("[a-z0-9]+", "png jpg jpeg gif svg webp avif ico css js mjs json map pdf woff html xml csv txt zip")
)
# Domains that people spell out; a name such as value_at_peak.hour ends in none
_ENDS: Final = (
    r"(?:be|nl|fr|de|lu|eu|uk|co\.uk|com|org|net|info|biz|gov|edu|gent|brussels|vlaanderen|amsterdam|berlin|koeln|paris"
    r"|ch|es|it|pt|ie|dk|se|no|fi|pl|cz|io|me|email|mail|online|cloud|city|example|test|invalid)(?![\w.-]*\w)"
)
_DOT: Final = r"(?:dot|punt|punkt)"  # not point, which "at the point of" has
_SPELT_OUT: Final = re.compile(
    rf"(?<![\w.+-])[\w.+-]++\s++(?:at|apenstaart(?:je)?|arobase|klammeraffe)\s++[\w-]++\s++{_DOT}\s+[a-z]{{2,12}}\b"
    r"|\w\s+arobase\s+[\w-]{1,63}\s+point\s+[a-z]{2,12}\b",
    re.IGNORECASE,
)
_BRACKETS: Final = re.compile(
    # jan{at}stad.gent, jan((at))stad, jan [apenstaart] stad.gent
    r"\w\s?[\[({<]+\s?(?:at|apenstaart(?:je)?|arobase|klammeraffe|bij)\s?[\])}>]+(?:[a-z][\w-]+|\s[a-z][\w-]{0,62}(?:\.|\s(?:dot|punt)\s)[a-z])"
    # A letter alone is an at-sign only where nothing else comes between
    r"|\w[\[({<]a[\])}>][\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b|\w\s[\[{]a[\]}]\s[\w-]{1,63}\.[a-z]{2,}\b",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(
    # The same sign before and behind: jan_at_stad.gent, jan-at-stad-dot-gent
    rf"\w\s?(?P<s>[_*#|~\"'+-])at(?P=s)\s?(?:[a-z0-9-]{{1,63}}\.){{1,8}}{_ENDS}"
    rf"|\w(?P<d>[_*#|~\"'+-])at(?P=d)[a-z0-9-]{{1,63}}?(?P=d){_DOT}(?P=d)[a-z]{{2,}}"
    r"|\w[_. -]at[_. -](?:gmail|hotmail|outlook"
    r"|telenet|skynet|yahoo|icloud|proton(?:mail)?|gmx|ziggo|scarlet)(?![a-z])",
    re.IGNORECASE,
)
_AT_IN_CAPITALS: Final = re.compile(
    rf"\w AT (?:[A-Za-z0-9-]{{1,63}}\.){{1,8}}(?i:{_ENDS})"
    rf"|\w\.\w{{1,64}} at (?:[A-Za-z0-9-]{{1,63}}\.){{1,8}}(?i:{_ENDS})"
)
_NOTHING_ELSE: Final = re.compile(
    rf"(?:\S*:)?\s*(?P<who>[\w.+-]+) at (?:[a-z0-9-]{{1,63}}\.){{1,8}}{_ENDS}\s*", re.IGNORECASE
)
_ASKS: Final = frozenset(
    re.findall("[a-z]+", "look more see available visit open info find read hosted served data live")
)
_WITHOUT_END: Final = re.compile(
    r"(?:(?<=\w)|(?<=\w\"))@(?P<host>[A-Za-z]{2,}[A-Za-z0-9_-]*|\[[0-9A-Fa-f.:]+\]|(?=\w[\w-]*\.[a-z]))(?!\w|\.[0-9])",
)
_TAGS: Final = frozenset(
    re.findall(
        "[a-z0-9]+", "latest next beta alpha stable main master head dev canary lts rc nightly edge sha1 sha256 sha512"
    )
)
_LONGEST: Final = 66
_SPACED: Final = re.compile(r"(?<!\S)(?:\S ){4,}\S(?!\S)")


def has_email(text: str) -> bool:
    """Return whether a text has an e-mail address, also one with ``(at)`` and ``(dot)``, or without a domain's end.

    Args:
        text: The text, spelt plainly.
    """
    lower = text.lower()
    if "@" in text:
        text = _SPACED.sub(lambda found: found[0].replace(" ", ""), text)
        if any(_is_bare(found) for found in _WITHOUT_END.finditer(text)):
            return True
    elif not any(one in lower for one in ("at", "apen", "arobase", "klammer", "(a", "[a", "{a", "<a", "bij")):
        return False
    if any(found["end"].lower() not in _FILES for found in _EMAIL.finditer(text)):
        return True
    if any(one.search(text) is not None for one in (_SPELT_OUT, _BRACKETS, _BETWEEN, _AT_IN_CAPITALS)):
        return True
    whole = _NOTHING_ELSE.fullmatch(text)
    return whole is not None and whole["who"].lower() not in _ASKS


def _is_bare(found: re.Match[str]) -> bool:
    """Return whether what stands around an at-sign is an address, not a version (``pkg@latest``) or a file's name."""
    if found["host"].lower() in _TAGS:
        return False
    behind = re.match(r"\.([A-Za-z0-9]+)", found.string[found.end() : found.end() + 16])
    if behind is not None and behind[1].lower() in _FILES:
        return False
    before = found.string[max(0, found.start() - _LONGEST) : found.start()]
    local = re.search(r"[\w.+@/-]*$", before)
    return before.endswith('"') or (local is not None and re.fullmatch(r"(?=.*[A-Za-z])[\w.+-]+", local[0]) is not None)
