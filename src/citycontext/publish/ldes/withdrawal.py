"""Taking back what was published: versions of an entity, an attribute, or a period.

A page that something is taken out of gets a new address, since copies of the old one are kept by others; the old file
goes. What is withdrawn does not come back by itself: the ledger keeps a digest of the entity, not its id.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.errors import ConfigurationError, PublicationError
from citycontext.ngsild.time import format_datetime
from citycontext.publish.ldes.disk import sync_folder, write_whole
from citycontext.publish.ldes.ledger import Ledger
from citycontext.publish.ldes.ledger_rows import Key
from citycontext.publish.ldes.nodes import page_name
from citycontext.publish.ldes.versions import Version, micros_of

__all__ = [
    "WITHDRAWN",
    "NothingWithdrawn",
    "Withdrawal",
    "Withdrawn",
    "digest_of",
    "is_held_back",
    "members_in",
    "members_of",
    "withdraw",
]

WITHDRAWN: Final = "withdrawn.json"
"""The file that tells readers of a stream what was withdrawn, without its content."""

_EVER: Final = 2**62


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What is taken back: all versions that each of the given things holds of.

    Args:
        entity: Only versions of this entity.
        type: Only versions of entities of this type, as it stands in the members.
        attribute: Only this attribute, out of the versions that stay; ``<attribute>.<sub-attribute>`` for one of its.
        since: Only versions from this time on.
        until: Only versions before this time.
        reason: What the public record says of why.

    Raises:
        ConfigurationError: Nothing is given, or an attribute without its type or an entity.
    """

    entity: str | None = None
    type: str | None = None
    attribute: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if not (self.entity or self.type or self.attribute or self.since or self.until):
            raise ConfigurationError("what is withdrawn? Name an entity, a type, an attribute or a period.")
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ConfigurationError("a period ends after it begins.")

    @property
    def low(self) -> int:
        """The earliest time, in microseconds since 1970."""
        return -_EVER if self.since is None else micros_of(self.since)

    @property
    def high(self) -> int:
        """The latest time."""
        return _EVER if self.until is None else micros_of(self.until) - 1

    def left_of(self, member: dict[str, Any], bare: frozenset[str]) -> dict[str, Any] | None:
        """Return what stays of a member of the entity and the period; ``None`` if nothing does.

        Args:
            member: The member; the very same comes back where nothing is taken out of it.
            bare: Names of what a member has besides attributes.
        """
        if self.type is not None and self.type not in _listed(member.get("type", member.get("@type"))):
            return member
        if self.attribute is None:
            return None
        left = _without(member, self.attribute)
        return left if left.keys() - bare else None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was withdrawn.

    Args:
        versions: How many versions changed or went.
        pages: How many pages were written again, or went.
    """

    versions: int
    pages: int

    def __add__(self, other: Withdrawn) -> Withdrawn:
        return Withdrawn(self.versions + other.versions, self.pages + other.pages)


class NothingWithdrawn(PublicationError):
    """There was nothing to withdraw."""


def withdraw(
    ledger: Ledger,
    folder: Path,
    what: Withdrawal,
    *,
    iri_of: Callable[[Key], str],
    bare: frozenset[str],
    now: float,
    is_enough: bool = False,
) -> Withdrawn:
    """Withdraw, inside a transaction of the ledger; links are written, and old files go, after it.

    Args:
        ledger: The stream's state.
        folder: Its files.
        what: What goes.
        iri_of: Makes the IRI of a version.
        bare: Names of what a member has besides attributes.
        now: Seconds since 1970.
        is_enough: Whether what was found elsewhere is enough.

    Raises:
        NothingWithdrawn: There is no such thing in the stream.
    """
    by_page: dict[int, dict[str, Key]] = {}
    for page, key in ledger.placed(what.entity, what.low, what.high):
        by_page.setdefault(page, {})[iri_of(key)] = key
    erased: list[Key] = []
    touched: dict[int, str] = {}
    changed = 0
    for page, candidates in by_page.items():
        revision = ledger.revision(page)
        path = folder / page_name(page, revision)
        try:
            document = orjson.loads(path.read_bytes())
        except FileNotFoundError:
            continue
        members = document["@graph"][1]["tree:member"]
        left: list[Any] = []
        changes = 0
        for member in members:
            known = candidates.get(member.get("id", member.get("@id")))
            stays = member if known is None else what.left_of(member, bare)
            changes += stays is not member
            if stays is not None:
                left.append(stays)
            elif known is not None:
                erased.append(known)
        if changes:
            changed += changes
            touched[page] = page_name(page, revision)
            if left:
                document["@graph"][1]["tree:member"] = left
                node = document["@graph"][0]
                name = page_name(page, revision + 1)
                node["@id"] = node["@id"].removesuffix(page_name(page, revision)) + name
                write_whole(folder / name, orjson.dumps(document))
            ledger.revise(page, len(left), page_name(page, revision))
    waiting, dropped, rewritten = _of_waiting(ledger.waiting(), what, bare)
    changed += len(dropped) + rewritten
    if not changed and not is_enough:
        raise NothingWithdrawn("nothing of that is in the stream, so nothing was withdrawn.")
    if touched:
        sync_folder(folder / "pages")
    ledger.wait(waiting)
    ledger.erase([*erased, *dropped])
    if what.attribute is None:
        if what.entity is not None and what.type is None:
            ledger.erase_all(what.entity, what.low, what.high)
        digest = "" if what.entity is None else digest_of(_salt(ledger), what.entity)
        ledger.hold_back(digest, what.type or "", what.low, what.high)
    ledger.owe({*touched, -1})
    ledger.record(orjson.dumps(_record(what, changed, list(touched.values()), now)).decode())
    return Withdrawn(changed, len(touched))


def digest_of(salt: str, entity: str) -> str:
    """Return what stands for an entity in the ledger after it was withdrawn.

    Args:
        salt: The ledger's own.
        entity: The entity's id.
    """
    return hmac.new(salt.encode(), entity.encode(), hashlib.sha256).hexdigest()


def is_held_back(
    rules: Iterable[tuple[str, str, int, int]], entity: str, types: Iterable[str], at: int, salt: str
) -> bool:
    """Return whether a version was withdrawn before it came again.

    Args:
        rules: As ``Ledger.held_back`` lists them.
        entity: The entity's id.
        types: Its types.
        at: The version's time.
        salt: The ledger's own.
    """
    listed = tuple(types)
    return any(
        low <= at <= high and (not named or named in listed) and (not digest or digest == digest_of(salt, entity))
        for digest, named, low, high in rules
    )


def members_of(ledger: Ledger, folder: Path) -> Iterator[dict[str, Any]]:
    """Yield all members of a stream that are in its files.

    Args:
        ledger: The stream's state.
        folder: Its files.
    """
    for page in ledger.pages():
        yield from members_in(folder / page_name(page, ledger.revision(page)))
    for version in ledger.waiting():
        yield orjson.loads(version.body)


def members_in(path: Path) -> list[dict[str, Any]]:
    """Return the members in the file of a page; none where there is no file.

    Args:
        path: The file.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    return list(orjson.loads(content)["@graph"][1]["tree:member"])


def _of_waiting(waiting: list[Version], what: Withdrawal, bare: frozenset[str]) -> tuple[list[Version], list[Key], int]:
    """Take out of what waits for a page: give those that stay, those that went, and how many were written anew."""
    kept: list[Version] = []
    dropped: list[Key] = []
    rewritten = 0
    for one in waiting:
        if (what.entity is not None and one.entity != what.entity) or not what.low <= one.at <= what.high:
            kept.append(one)
            continue
        member = orjson.loads(one.body)
        stays = what.left_of(member, bare)
        if stays is None:
            dropped.append(Key(one.entity, one.at, one.counter))
        elif stays is member:
            kept.append(one)
        else:
            rewritten += 1
            kept.append(one._replace(body=orjson.dumps(stays)))
    return kept, dropped, rewritten


def _without(content: dict[str, Any], path: str) -> dict[str, Any]:
    """Return a member, or an attribute, without what stands at a path; the very same if nothing does."""
    if path in content:
        return {name: one for name, one in content.items() if name != path}
    for name in content:
        if path.startswith(f"{name}."):  # names may hold dots themselves
            below = path[len(name) + 1 :]
            instances = _listed(content[name])
            cut = [_without(one, below) if isinstance(one, dict) else one for one in instances]
            if any(one is not other for one, other in zip(instances, cut, strict=True)):
                return {**content, name: cut if isinstance(content[name], list) else cut[0]}
    return content


def _record(what: Withdrawal, versions: int, pages: list[str], now: float) -> dict[str, Any]:
    said = {
        "withdrawnAt": format_datetime(datetime.fromtimestamp(int(now), UTC)),
        "what": "attribute" if what.attribute else "entity" if what.entity else "type" if what.type else "period",
        "type": what.type,
        "attribute": what.attribute,
        "since": what.since and format_datetime(what.since),
        "until": what.until and format_datetime(what.until),
        "versions": versions,
        "pages": pages,
        "reason": what.reason,
    }
    return {name: value for name, value in said.items() if value}


def _salt(ledger: Ledger) -> str:
    salt = ledger.setting("salt")
    assert salt is not None
    return salt


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
