"""Project entities: ``pick=id,locatedAt{id,name}`` and ``omit=...`` (CIM 009, 4.21)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query.paths import NAME
from citycontext.ngsild.query.scanner import MAX_DEPTH, Scanner
from citycontext.ngsild.terms import ENTITY_MEMBERS

__all__ = ["ProjectedMember", "Projection", "as_projection", "parse_projection"]

_CLAUSE: Final = "4.21"
_MAX_MEMBERS: Final = 1_000
_INLINED: Final = ("entity", "entityList")


@dataclass(frozen=True, slots=True)
class ProjectedMember:
    """A member of an entity, or what is meant in the entities it links to.

    Args:
        name: ``id``, ``type``, ``scope`` or an attribute's name.
        linked: For a relationship: the members of the linked entities.

    Raises:
        InvalidQuery: No name.
    """

    name: str
    linked: Projection | None = None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise InvalidQuery(f"{self.name!r} is not a name", text=self.name, column=0, clause=_CLAUSE)

    def __str__(self) -> str:
        return self.name if self.linked is None else f"{self.name}{{{self.linked}}}"


@dataclass(frozen=True, slots=True)
class Projection:
    """Members of entities, to pick or to omit.

    Args:
        members: One or more.

    Raises:
        InvalidQuery: None, or nested deeper than ``MAX_DEPTH``.
    """

    members: tuple[ProjectedMember, ...]

    def __post_init__(self) -> None:
        if not self.members:
            raise InvalidQuery("a projection without members", text="", column=0, clause=_CLAUSE)
        if self.depth > MAX_DEPTH:
            raise InvalidQuery(f"nested deeper than {MAX_DEPTH} levels", text="", column=0, clause=_CLAUSE)

    @classmethod
    def of(cls, *names: str) -> Projection:
        """Name members of the entity itself."""
        return cls(tuple(ProjectedMember(name) for name in names))

    @property
    def depth(self) -> int:
        """How many links deep the projection reaches."""
        return max(0 if member.linked is None else 1 + member.linked.depth for member in self.members)

    @property
    def whole(self) -> frozenset[str]:
        """The names that are meant as a whole, not only in part of their linked entities."""
        return frozenset(member.name for member in self.members if member.linked is None)

    def linked(self, name: str) -> Projection | None:
        """Return what is meant in the entities that a relationship leads to; ``None`` for nothing in particular."""
        return next((member.linked for member in self.members if member.name == name), None)

    def pick(self, entity: Mapping[str, Any], *, expand: Callable[[str], str] | None = None) -> dict[str, Any]:
        """Reduce an entity to these members; its ``@context`` stays.

        Args:
            entity: The entity in normalized form, linked entities inlined or not.
            expand: Turns a name of the projection into the name the entity has.

        Returns:
            A new entity; without members if it has none of them.
        """
        wanted = self._by_key(expand)
        return {
            key: value if key == "@context" or (linked := wanted[key]) is None else _inlined(value, linked.pick, expand)
            for key, value in entity.items()
            if key in wanted or key == "@context"
        }

    def omit(self, entity: Mapping[str, Any], *, expand: Callable[[str], str] | None = None) -> dict[str, Any]:
        """Take these members out of an entity.

        Args:
            entity: The entity in normalized form, linked entities inlined or not.
            expand: Turns a name of the projection into the name the entity has.

        Returns:
            A new entity.
        """
        unwanted = self._by_key(expand)
        return {
            key: value if (linked := unwanted.get(key)) is None else _inlined(value, linked.omit, expand)
            for key, value in entity.items()
            if key not in unwanted or unwanted[key] is not None
        }

    def _by_key(self, expand: Callable[[str], str] | None) -> dict[str, Projection | None]:
        return {
            member.name if expand is None or member.name in ENTITY_MEMBERS else expand(member.name): member.linked
            for member in self.members
        }

    def __str__(self) -> str:
        return ",".join(map(str, self.members))


def parse_projection(text: str) -> Projection:
    """Read a projection.

    Args:
        text: The parameter's value, percent-decoded; ``,`` and ``|`` part the members.

    Raises:
        InvalidQuery: The text does not follow the grammar; points at the column.
    """
    scanner = Scanner(text, _CLAUSE)
    projection = _read(scanner)
    scanner.finish()
    return projection


def as_projection(value: str | Iterable[str] | Projection) -> Projection:
    """Take a projection as text, as a list of texts, or as it is."""
    if isinstance(value, Projection):
        return value
    return parse_projection(value if isinstance(value, str) else ",".join(value))


def _read(scanner: Scanner) -> Projection:
    members = []
    while True:
        name = scanner.match(NAME)
        if name is None:
            scanner.fail(f"expected a name, not {scanner.rest()}")
        linked = None
        if scanner.take("{"):
            scanner.enter()
            linked = _read(scanner)
            scanner.expect("}", "to end the linked entity")
            scanner.leave()
        members.append(ProjectedMember(name[0], linked))
        if len(members) > _MAX_MEMBERS:
            scanner.fail(f"more than {_MAX_MEMBERS} members")
        if not (scanner.take(",") or scanner.take("|")):
            return Projection(tuple(members))


def _inlined(value: Any, project: Callable[..., dict[str, Any]], expand: Callable[[str], str] | None) -> Any:
    """Project the entities that a relationship has inlined, in each of its instances."""
    if isinstance(value, list):
        return [_inlined(instance, project, expand) for instance in value]
    if not isinstance(value, Mapping):
        return value
    relationship = dict(value)
    for member in _INLINED:
        entity = relationship.get(member)
        if isinstance(entity, list):
            relationship[member] = [project(one, expand=expand) if isinstance(one, Mapping) else one for one in entity]
        elif isinstance(entity, Mapping):
            relationship[member] = project(entity, expand=expand)
    return relationship
