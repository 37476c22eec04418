"""A text in the two languages of a passport."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

__all__ = ["LANGUAGES", "Language", "Text"]

Language = Literal["nl", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en")


class Text(NamedTuple):
    """What is said, in English and in Dutch.

    Args:
        en: In English.
        nl: In Dutch.
    """

    en: str
    nl: str

    def in_language(self, language: Language) -> str:
        """Return it in one language."""
        return self.nl if language == "nl" else self.en

    def with_values(self, **values: object) -> Text:
        """Return it with values put in its places, ``{name}``."""
        return Text(self.en.format(**values), self.nl.format(**values))
