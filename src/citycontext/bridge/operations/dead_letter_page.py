"""Dead letters for people: grouped by reason, to be looked at, and with a token to be retried or dropped."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from html import escape
from typing import Final
from urllib.parse import parse_qsl

from citycontext.bridge.journal.dead_letters import DeadLetter
from citycontext.bridge.operations.page_words import PageLanguage, Words, say
from citycontext.bridge.operations.status_page import age, document, safe
from citycontext.bridge.sources.dead_letter_stores import DeadLetterStore
from citycontext.foreign_text import printable

__all__ = ["act", "render_letters", "samples"]

_SHOWN: Final = 160
_NEWEST: Final = 500
_EACH: Final = 3
_AT_ONCE: Final = 5_000

Kind = tuple[str, str, str]


def samples(store: DeadLetterStore) -> dict[Kind, str]:
    """Return how the newest dead letter of each kind begins; of kinds that are not among the newest, nothing.

    Args:
        store: The dead letters, opened.
    """
    return {kind: _start(letters[0]) for kind, letters in _by_kind(store.newest(_NEWEST)).items()}


def render_letters(store: DeadLetterStore, language: PageLanguage, now: float, *, may_act: bool, told: str = "") -> str:
    """Draw the page.

    Args:
        store: The dead letters, opened.
        language: The page's language.
        now: This moment, seconds since 1970.
        may_act: Whether who knows the token may retry and drop.
        told: What came of the last press.

    Returns:
        HTML; every text from outside is escaped.
    """

    tell = Words(language)
    newest = _by_kind(store.newest(_NEWEST))
    cards = []
    for one in store.counts():
        kind = (one.route, one.stage, one.attribute)
        letters = "".join(
            f"<li>{letter.id} · {safe(letter.message.topic)}<br><code>{safe(_start(letter))}</code></li>"
            for letter in newest.get(kind, [])[:_EACH]
        )
        cards.append(
            f'<section class="card"><h3>{safe(one.route) or tell("none")} {safe(one.attribute)}</h3>'
            f"<p>{safe(one.reason)}</p><p>{tell.number(one.number)} · {tell('{} ago', age(now - one.failed))}</p>"
            f"<ul>{letters}</ul>{_form(kind, language, tell) if may_act else ''}</section>"
        )
    hint = ""
    if not may_act:
        text = "With token in [admin] they can be retried and dropped here; where the bridge runs, {} does it."
        hint = f"<p>{tell(text, 'citycontext bridge dead-letters')}</p>"
    content = f'<p><a href="./?lang={language}">{tell("Back")}</a></p>'
    content += f'<p role="status"><strong>{escape(told)}</strong></p>' if told else ""
    content += hint + (f'<div class="cards">{"".join(cards)}</div>' if cards else f"<p>{tell('None.')}</p>")
    return document(content, say(language, "Dead letters"), language)


def act(open_store: Callable[[], DeadLetterStore], body: bytes, token: str, language: PageLanguage) -> tuple[bool, str]:
    """Do what a form asks for.

    Args:
        open_store: Opens the dead letters.
        body: The form.
        token: The token that it must carry.
        language: The language of what is told.

    Returns:
        Whether it was done, and what is told of it.
    """
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    if not hmac.compare_digest(form.get("token", "").encode(), token.encode()):
        return False, say(language, "The token is wrong; nothing was done.")
    kind = (form.get("route", ""), form.get("stage", ""), form.get("attribute", ""))
    is_retry = form.get("do") == "retry"
    number = 0
    with open_store() as store:
        chosen = [letter.id for letter in store if _kind(letter) == kind]
        for start in range(0, len(chosen), _AT_ONCE):
            part = chosen[start : start + _AT_ONCE]
            number += store.retry(part) if is_retry else store.drop(part)
    what = ("{} was put back.", "{} were put back.") if is_retry else ("{} was dropped.", "{} were dropped.")
    return True, say(language, what[number != 1], Words(language).number(number))


def _form(kind: Kind, language: PageLanguage, tell: Words) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in zip(("route", "stage", "attribute"), kind, strict=True)
    )
    return (
        f'<form method="post" action="dead-letters?lang={language}">{hidden}'
        f'<label>{tell("Token")}<input type="password" name="token" required autocomplete="off"></label>'
        f'<button name="do" value="retry">{tell("Retry")}</button>'
        f'<button name="do" value="drop">{tell("Drop")}</button></form>'
    )


def _by_kind(letters: Iterable[DeadLetter]) -> dict[Kind, list[DeadLetter]]:
    found: dict[Kind, list[DeadLetter]] = {}
    for letter in letters:
        found.setdefault(_kind(letter), []).append(letter)
    return found


def _kind(letter: DeadLetter) -> Kind:
    return letter.route, letter.stage, letter.attribute


def _start(letter: DeadLetter) -> str:
    return printable(letter.message.payload[:_SHOWN].decode("utf-8", "replace"), _SHOWN)
