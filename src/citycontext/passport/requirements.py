"""The requirements of an edition of the MIMs: data in a file per edition, since their ids and words will move."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from citycontext.errors import ConfigurationError
from citycontext.passport.words import Text

__all__ = ["DEFAULT_EDITION", "Edition", "Mim", "Requirement", "editions", "load_edition"]

DEFAULT_EDITION: Final = "9.0"
_FOLDER: Final = files("citycontext.passport") / "editions"
_ALWAYS: Final = Text("", "")
_NOTHING: Final = Text("Name a document with --declare.", "Noem een document met --declare.")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement.

    .. versionadded:: 0.2

    Args:
        mim: The number of its MIM, such as ``MIM0``.
        title: The title of its MIM: numbers alone lie.
        id: Its id within the MIM, such as ``R1.1``.
        aliases: Ids by which other texts call it.
        keyword: ``SHALL``, ``shall``, ``must``, ``SHOULD``, ``should``, ``MAY`` or ``none``, as it is written.
        demand: What it demands, in our words.
        next: What to do where it fails.
        check: The name of the check; empty where nothing can be seen from outside.
        condition: When it holds; empty for always.
    """

    mim: str
    title: Text
    id: str
    aliases: tuple[str, ...]
    keyword: str
    demand: Text
    next: Text
    check: str = ""
    condition: Text = _ALWAYS

    @property
    def name(self) -> str:
        """MIM and id: ``MIM0 R1.1``."""
        return f"{self.mim} {self.id}"

    @property
    def obliges(self) -> bool:
        """Whether a fail is an error; of a should it is a warning. MIM1 has no keywords, and all of it counts."""
        return self.keyword in ("SHALL", "shall", "must", "none")


@dataclass(frozen=True, slots=True)
class Mim:
    """One MIM.

    Args:
        number: ``MIM0`` and so on.
        title: What it is about.
        source: Where it was read.
        requirements: What it demands.
    """

    number: str
    title: Text
    source: str
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """All requirements of one edition.

    .. versionadded:: 0.2

    Args:
        number: Its number, such as ``9.0``.
        name: Its name.
        read_on: The day on which the texts were read.
        fingerprint: The sha256 of the file it came from.
        mims: Its MIMs, those that can be checked.
    """

    number: str
    name: str
    read_on: str
    fingerprint: str
    mims: tuple[Mim, ...]

    def __iter__(self) -> Iterator[Requirement]:
        for mim in self.mims:
            yield from mim.requirements

    def find(self, name: str) -> Requirement:
        """Find a requirement by its name or an alias: ``MIM0 R1.1``, ``MIM2 R.1``.

        Raises:
            ConfigurationError: Nothing is there, or the alias means several.
        """
        mim, _, wanted = name.strip().replace(".", " ", 1).partition(" ") if " " not in name else name.partition(" ")
        mine = [one for one in self if one.mim.casefold() == mim.casefold()]
        found = [one for one in mine if one.id.casefold() == wanted.casefold()]
        found = found or [one for one in mine if wanted.casefold() in {alias.casefold() for alias in one.aliases}]
        if len(found) != 1:
            raise ConfigurationError(
                f"{name!r} is not a requirement of {self.name}.", key="declare", cure="Write it as MIM6 R2.1."
            )
        return found[0]


def editions() -> list[str]:
    """Return the numbers of the editions that ship.

    .. versionadded:: 0.2
    """
    return sorted(one.name.removesuffix(".toml") for one in _FOLDER.iterdir() if one.name.endswith(".toml"))


@cache
def load_edition(number: str = DEFAULT_EDITION) -> Edition:
    """Load an edition.

    .. versionadded:: 0.2

    Args:
        number: Its number.

    Raises:
        ConfigurationError: It does not ship.
    """
    if number not in editions():
        raise ConfigurationError(
            f"the edition {number!r} of the MIMs does not ship.", key="edition", cure=f"Known: {', '.join(editions())}."
        )
    content = (_FOLDER / f"{number}.toml").read_bytes()
    read = tomllib.loads(content.decode())
    return Edition(
        number=read["edition"],
        name=read["name"],
        read_on=read["read_on"],
        fingerprint=sha256(content).hexdigest(),
        mims=tuple(_mim(one) for one in read["mim"]),
    )


def _mim(read: Mapping[str, Any]) -> Mim:
    title = Text(**read["title"])
    requirements = [
        Requirement(
            mim=read["number"],
            title=title,
            id=one["id"],
            aliases=tuple(one.get("aliases", ())),
            keyword=one["keyword"],
            demand=Text(**one["demand"]),
            next=Text(**one["next"]),
            check=one.get("check", ""),
            condition=Text(**one.get("condition", {"en": "", "nl": ""})),
        )
        for one in read["requirement"]
    ]
    for name in read.get("organisational", ()):  # "!" marks a must among the shoulds
        keyword = "must" if name.endswith("!") else "should"
        unread = Text(**read["unread"])
        requirements.append(Requirement(read["number"], title, name.rstrip("!"), (), keyword, unread, _NOTHING))
    requirements.sort(key=lambda one: one.id if read.get("organisational") else "")
    return Mim(read["number"], title, read["source"], tuple(requirements))
