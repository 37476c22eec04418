"""What a person is asked of a draft: the model, units, zones and meanings that were only guessed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from citycontext.bridge.drafting.attributes import DraftAttribute, unit_keys
from citycontext.bridge.drafting.routes import DraftRoute, retype
from citycontext.errors import CityContextError
from citycontext.models import ModelDescription, describe
from citycontext.ngsild.units import find_code

__all__ = ["Ask", "confirm"]

Ask = Callable[[str, Sequence[str], str], str]
"""Asks a question, with the answers that there are to choose from and the one that is taken where nothing is said."""

_YES: Final = frozenset({"y", "yes", "j", "ja", "o", "oui"})
_NO: Final = frozenset({"n", "no", "nee", "non"})
_TRIES: Final = 3


def confirm(route: DraftRoute, ask: Ask) -> None:
    """Ask for what was guessed of a route, and take the answers for facts.

    Args:
        route: The route.
        ask: Asks a person.
    """
    where = ", ".join(route.topics)
    _model(route, where, ask)
    _zone(route, where, ask)
    route.attributes = [_attribute(one, where, ask) for one in route.attributes]
    route.diagnostics = [_attribute(one, where, ask) for one in route.diagnostics]


def _model(route: DraftRoute, where: str, ask: Ask) -> None:
    options = [str(one.model) for one in route.candidates[:3]] or ["Device.Device"]
    for _ in range(_TRIES):
        said = ask(f"{where}: which entity type is it (a number, or another name)?", options, "1")
        model = _chosen(said, options)
        if model is None:
            ask(f'There is no entity type "{said}": press Enter to choose again.', (), "")
            continue
        if not route.candidates or model is not route.candidates[0].model:
            retype(route, model)
        return


def _chosen(said: str, options: Sequence[str]) -> ModelDescription | None:
    if said.isdigit() and 0 < int(said) <= len(options):
        said = options[int(said) - 1]
    subject, _, name = said.rpartition(".")
    try:
        return describe(name, subject or None)
    except CityContextError:
        return None


def _zone(route: DraftRoute, where: str, ask: Ask) -> None:
    for place, one in enumerate(route.times):
        if not isinstance(one, dict) or "zone" not in one:
            continue
        said = ask(f"{where}: {one['from']} names no zone; which is it of?", (), str(one["zone"]))
        said = str(one["zone"]) if said.lower() in _YES else said
        try:
            ZoneInfo(said)
        except (ValueError, OSError, KeyError):
            continue
        route.times[place] = one | {"zone": said}
        route.notes = [note for note in route.notes if f"{one['from']} names no zone" not in note]


def _attribute(one: DraftAttribute, where: str, ask: Ask) -> DraftAttribute:
    """Ask for one attribute; a guess that is confirmed is a fact, one that is denied is left out."""
    if not one.guesses:
        return one
    keys = dict(one.keys)
    begin = f"{where}: {one.name} out of {one.source} ({one.reason.partition(';')[0]})"
    if one.guessed_unit is not None and "scale" not in keys:
        said = ask(f"{begin}: is its unit {one.guessed_unit} (y, n, or another code or sign)?", (), "y")
        code = one.guessed_unit if said.lower() in _YES else None if said.lower() in _NO else _code(said)
        if code is not None:
            keys |= unit_keys(code, one.wanted_unit)
        guesses = tuple(text for text in one.guesses if not text.startswith("unit = "))
        return _rest(replace(one, keys=keys, unit=code, guessed_unit=None, guesses=guesses), begin, ask)
    return _rest(one, begin, ask)


def _rest(one: DraftAttribute, begin: str, ask: Ask) -> DraftAttribute:
    keys = dict(one.keys)
    left: list[str] = []
    for guess in one.guesses:
        said = ask(f"{begin}: {guess}; is that right (y or n)?", (), "y").lower()
        if said in _NO:
            for key in _guessed_keys(guess):
                keys.pop(key, None)
        elif said not in _YES:
            left.append(guess)
    return replace(one, keys=keys, guesses=tuple(left), guessed_unit=None if not left else one.guessed_unit)


def _guessed_keys(guess: str) -> tuple[str, ...]:
    if guess.startswith("a percentage"):
        return ("scale",)
    if guess.startswith("one of several"):
        return ()
    if guess.startswith("what the values mean"):
        return ("lookup",)
    return ("ignore",) if guess.startswith("values that mean nothing") else ("when",)


def _code(said: str) -> str | None:
    try:
        return find_code(said)
    except CityContextError:
        return None
