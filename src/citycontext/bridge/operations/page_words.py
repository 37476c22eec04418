"""The words of the bridge's pages, in English and Dutch."""

from __future__ import annotations

from html import escape
from typing import Final, Literal, TypeAlias

__all__ = ["PageLanguage", "Words", "language_of", "say"]

PageLanguage: TypeAlias = Literal["en", "nl"]

_DUTCH: Final = {
    "Sensor bridge": "Sensorbrug",
    "All is well.": "Alles gaat goed.",
    "Messages are kept meanwhile and delivered afterwards.": "Berichten worden intussen bewaard en daarna bezorgd.",
    "{} message could not be used and waits": "{} bericht kon niet gebruikt worden en wacht",
    "{} messages could not be used and wait": "{} berichten konden niet gebruikt worden en wachten",
    "for a person": "op een mens",
    "see below": "zie onder",
    "Running since {} UTC ({}).": "Loopt sinds {} UTC ({}).",
    "Flow": "Doorstroom",
    "Routes": "Routes",
    "Connections": "Verbindingen",
    "Commands": "Opdrachten",
    "Dead letters": "Dode brieven",
    "Values left out": "Weggelaten waarden",
    "Silent devices": "Stille toestellen",
    "Last warnings and errors": "Laatste waarschuwingen en fouten",
    "since the start": "sinds de start",
    "messages received": "ontvangen berichten",
    "updates delivered": "bezorgde wijzigingen",
    "messages waiting": "wachtende berichten",
    "dead letters, new": "nieuwe dode brieven",
    "messages dropped": "verloren berichten",
    "dead letters dropped": "gewiste dode brieven",
    "messages no route wanted": "berichten die geen route wilde",
    "journal": "journaal",
    "{} of {} MB": "{} van {} MB",
    "{} (the oldest for {})": "{} (het oudste al {})",
    "none": "geen",
    "None.": "Geen.",
    "none yet": "nog geen",
    "None since the start.": "Geen sinds de start.",
    "{} ago": "{} geleden",
    "route": "route",
    "messages": "berichten",
    "updates": "wijzigingen",
    "refused": "geweigerd",
    "repeated": "herhaald",
    "last message": "laatste bericht",
    "messages by the minute, last hour": "berichten per minuut, laatste uur",
    "connection": "verbinding",
    "state": "toestand",
    "connected": "verbonden",
    "not connected": "niet verbonden",
    "in use": "in gebruik",
    "in trouble": "in moeilijkheden",
    "Subscriptions of commands that were lost and made again: {}.": "Verloren en opnieuw gemaakte abonnementen: {}.",
    "sent": "verstuurd",
    "done": "uitgevoerd",
    "failed": "mislukt",
    "without an answer in time": "zonder antwoord op tijd",
    "attribute": "attribuut",
    "newest reason": "nieuwste reden",
    "how many": "hoeveel",
    "last": "laatste",
    "newest message": "nieuwste bericht",
    "what it sent": "wat het stuurde",
    "when": "wanneer",
    "what was told": "wat er gemeld werd",
    "entity": "entiteit",
    "last heard of": "laatst gehoord",
    "usually every": "gewoonlijk elke",
    "and {} more": "en nog {}",
    "Look at them, retry or drop them": "Bekijk ze, probeer ze opnieuw of wis ze",
    "Back": "Terug",
    "Retry": "Opnieuw proberen",
    "Drop": "Wissen",
    "Token": "Token",
    "{} was put back.": "{} is teruggelegd.",
    "{} were put back.": "{} zijn teruggelegd.",
    "{} was dropped.": "{} is gewist.",
    "{} were dropped.": "{} zijn gewist.",
    "The token is wrong; nothing was done.": "Het token is fout; er is niets gedaan.",
    "With token in [admin] they can be retried and dropped here; where the bridge runs, {} does it.": (
        "Met token in [admin] kunnen ze hier opnieuw geprobeerd en gewist worden; waar de brug loopt doet {} het."
    ),
}


def say(language: PageLanguage, text: str, *parts: object) -> str:
    """Return a sentence in a language.

    Args:
        language: The language.
        text: The sentence in English, with ``{}`` for what is filled in.
        parts: What is filled in.
    """
    said = _DUTCH.get(text, text) if language == "nl" else text
    return said.format(*parts) if parts else said


class Words:
    """Says sentences in one language, as HTML: called with a sentence and what is filled in.

    Args:
        language: The language.
    """

    def __init__(self, language: PageLanguage) -> None:
        self.language: Final = language

    def __call__(self, text: str, *parts: object) -> str:
        return escape(say(self.language, text, *parts))

    def number(self, number: int) -> str:
        """Return a number with its thousands apart, as the language does it.

        Args:
            number: The number.
        """
        text = f"{number:,}"
        return text.replace(",", ".") if self.language == "nl" else text


def language_of(query: tuple[tuple[str, str], ...], accepted: str = "") -> PageLanguage:
    """Return the language of a page: the one that is asked for, or the first of ours that a browser prefers.

    Args:
        query: Parameters of the address; ``lang`` names a language.
        accepted: The header Accept-Language.
    """
    asked = [value for name, value in query if name == "lang"]
    for tag in (*asked, *accepted.split(",")):
        match tag.strip()[:2].lower():
            case "nl":
                return "nl"
            case "en":
                return "en"
    return "en"
