"""The views of a stream: where each is, and how one ends and the next begins.

parkeren/ldes.jsonld      the first view, its state parkeren.sqlite
parkeren/2/ldes.jsonld    what goes on where the first one was closed, its state parkeren-2.sqlite
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from citycontext.errors import ConfigurationError
from citycontext.publish.config import StreamSettings
from citycontext.publish.ldes.ledger import Ledger

__all__ = ["View", "begin_next", "fixed_settings", "newest", "view_of"]

_FIXED: Final = ("timestamp_path", "delimiter", "members")
_PUBLISHED: Final = "published_path"
_BASE: Final = "base"


class View(NamedTuple):
    """Where a view is.

    Args:
        folder: Its files.
        url: Where they will be found.
        state: The file that remembers.
    """

    folder: Path
    url: str
    state: Path


def view_of(number: int, folder: Path, url: str, state: Path) -> View:
    """Return where a view is.

    Args:
        number: Which one, from 1.
        folder: The files of the first one.
        url: Where they will be found.
        state: Its state.
    """
    if number == 1:
        return View(folder, url, state)
    return View(folder / str(number), f"{url}/{number}", state.with_name(f"{state.stem}-{number}{state.suffix}"))


def newest(folder: Path, state: Path) -> int:
    """Return the number of the view that is written to.

    Args:
        folder: The files of the first one.
        state: Its state.
    """
    number = 1
    while view_of(number + 1, folder, "", state).state.exists():
        number += 1
    return number


def fixed_settings(ledger: Ledger, settings: StreamSettings, *, is_closed: bool) -> StreamSettings:
    """Return the settings of a view, with those that do not change as they were when it began.

    Args:
        ledger: Its state.
        settings: What is wanted.
        is_closed: Whether it is closed: what is wanted is for another one then.

    Raises:
        ConfigurationError: What may not change is wanted otherwise.
    """
    if ledger.setting("url") is not None and ledger.setting(_BASE) is None:
        ledger.fix(_BASE, "")  # it was begun when there was none
    ledger.fix(_BASE, settings.base)  # of all views
    if is_closed:
        known = {name: ledger.setting(name) for name in (*_FIXED, _PUBLISHED)}
        settings = settings.model_copy(update={name: value for name, value in known.items() if value is not None})
    elif ledger.setting("url") is None:
        if settings.published_path == settings.timestamp_path:
            raise ConfigurationError(
                "one property cannot tell both when it was so and when it was made public.",
                key="stream.timestamp_path",
                cure="Leave one of timestamp_path and published_path out.",
            )
        ledger.fix(_PUBLISHED, settings.published_path)
    elif ledger.setting(_PUBLISHED) is not None:
        ledger.fix(_PUBLISHED, settings.published_path)
    if ledger.setting("url") is not None and ledger.setting(_PUBLISHED) is None:
        settings = settings.model_copy(update={_PUBLISHED: settings.timestamp_path})
    for name in ("url", *_FIXED):
        ledger.fix(name, getattr(settings, name))
    return settings


def begin_next(view: View, following: View) -> None:
    """Begin a view where another one ends.

    Args:
        view: The one that ends; nobody else may write to it.
        following: The one that begins; nothing is there yet.
    """
    Ledger(view.state).close()  # an older layout becomes the one of today
    beside = following.state.with_name(f"{following.state.name}.new")
    for one in beside.parent.glob(f"{beside.name}*"):
        one.unlink()
    ledger = Ledger(beside)
    try:
        ledger.continue_from(view.state, ("url", _PUBLISHED, *_FIXED))
    finally:
        ledger.close()
    beside.replace(following.state)
    for one in beside.parent.glob(f"{beside.name}*"):
        one.unlink()
