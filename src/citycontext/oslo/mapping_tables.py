"""The tables that say where each attribute of an entity model stands in OSLO, and back.

A table is TOML. ``observe`` lists attributes that are observations: their property (an official concept, or one minted
under the city's own base where there is none), their unit, and a more special class. ``describe`` lists attributes that
describe the thing: a path of predicates, with the class of each node on the way in brackets. ``@sample``, ``@sampled``
and ``@property`` stand for what the profile calls the sample, what it is a sample of, and the observed property.

    [WasteContainer.observe]
    fillingLevel = { unit = "C62" }
    [WasteContainer.describe]
    serialNumber = { path = "adms:identifier[adms:Identifier]/skos:notation" }
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path as FilePath
from typing import Any, Final
from urllib.parse import quote, unquote

from citycontext.errors import ConfigurationError
from citycontext.oslo.vocabulary import DEFAULT_BASE, iri

__all__ = ["Home", "MappingTable", "MappingTables", "ObservedAttribute", "Step", "standard_tables"]

_STEP: Final = re.compile(r"(\^?)([^\[\]/^\s]+:[^\[\]/^\s]*|https?://[^\[\]\s]+|@\w+)(?:\[([^\[\]]+)\])?")
_VALUES: Final = frozenset(
    {
        "text",
        "integer",
        "number",
        "boolean",
        "dateTime",
        "concept",
        "reference",
        "iri",
        "percent",
        "members",
        "geometry",
        "wgs84",
    }
)
_PROPERTY_LIST: Final = "ObserveerbaarKenmerk"


@dataclass(frozen=True, slots=True)
class Step:
    """One predicate on a path.

    Args:
        predicate: Its IRI, or a name with ``@``.
        classes: The classes of the node that it leads to.
        inverse: Whether it leads from that node here.
    """

    predicate: str
    classes: tuple[str, ...] = ()
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """Where a describing attribute stands.

    Args:
        start: ``@sample`` or ``@property``; empty for the thing itself.
        steps: The predicates on the way.
        value: What stands at its end.
        codes: Value of the attribute → IRI of its concept, or text of its literal.
        codelist: The list under the city's base where other values are minted; empty where none are.
        many: Whether the attribute is a list.
        members: Of an object, member → predicate.
        time: The attribute that tells when this one held.
    """

    start: str
    steps: tuple[Step, ...]
    value: str
    codes: Mapping[str, str] = field(default_factory=dict)
    codelist: str = ""
    many: bool = False
    members: Mapping[str, str] = field(default_factory=dict)
    time: str = ""

    def encode(self, value: str, base: str) -> str | None:
        """Give the concept of a value, or the text that stands for it; ``None`` where there is none.

        Args:
            value: The attribute's value, or one of its list.
            base: Where concepts are minted.
        """
        known = self.codes.get(value)
        if known is not None:
            return _concept(known, base) if self.value == "concept" else known
        return f"{base}{self.codelist}/{quote(value, safe='')}" if self.codelist else None

    def decode(self, said: str, base: str) -> str | None:
        """Give the value that a concept or text stands for; ``None`` where it stands for none.

        Args:
            said: The IRI or text.
            base: Where concepts were minted.
        """
        for value, known in self.codes.items():
            if said == (_concept(known, base) if self.value == "concept" else known):
                return value
        prefix = f"{base}{self.codelist}/"
        if self.codelist and said.startswith(prefix) and len(said) > len(prefix):
            return unquote(said.removeprefix(prefix))
        return None


@dataclass(frozen=True, slots=True)
class ObservedAttribute:
    """An attribute that is an observation.

    Args:
        name: Its wire name.
        property: The concept of what is observed; empty for one under the city's base.
        unit: The UN/CEFACT code of the unit where the instance gives none.
        kind: A special class of observation.
        count: Whether it counts things.
        interval: Whether it means nothing without an interval of time.
        difference: Two attributes whose difference it is, so that it is not written beside them.
    """

    name: str
    property: str = ""
    unit: str = ""
    kind: str = ""
    count: bool = False
    interval: bool = False
    difference: tuple[str, ...] = ()

    def concept(self, base: str) -> str:
        """Give the IRI of what is observed.

        Args:
            base: Where concepts are minted.
        """
        return iri(self.property) if self.property else f"{base}{_PROPERTY_LIST}/{quote(self.name, safe='')}"


@dataclass(frozen=True, slots=True)
class MappingTable:
    """Where the attributes of one entity type stand.

    Args:
        type: The entity type.
        subject: Its subject among Smart Data Models.
        observed: Whether an entity is a set of observations of a sample, not a thing itself.
        generic: Whether its observed property stands in ``controlledProperty``.
        classes: The class of the thing, then others that are read as it.
        collection: A special class of collection.
        sample: Class of the sample by type of its geometry; ``any`` for the rest.
        interval: The attributes that hold the beginning and the end of its time, where it has such.
        date_observed: Whether an interval also stands in ``dateObserved``.
        sampled: The predicate to what the sample is of, where it is a special one.
        observe: Attributes that are observations.
        describe: Attributes that describe, each with its homes.
    """

    type: str
    subject: str = ""
    observed: bool = False
    generic: bool = False
    classes: tuple[str, ...] = ()
    collection: str = ""
    sample: Mapping[str, str] = field(default_factory=dict)
    sampled: str = ""
    interval: tuple[str, ...] = ()
    date_observed: bool = False
    observe: Mapping[str, ObservedAttribute] = field(default_factory=dict)
    describe: Mapping[str, tuple[Home, ...]] = field(default_factory=dict)

    @property
    def model_iri(self) -> str:
        """The IRI of the entity type among Smart Data Models."""
        return iri(f"sdm:dataModel.{self.subject}/{self.type}")

    @property
    def sensor_attribute(self) -> str:
        """The attribute that names the sensors of all observations."""
        return "refDevice" if self.observed else ""


class MappingTables:
    """Tables by entity type.

    Args:
        tables: The tables; of two with one type the later counts.
        base: Where concepts are minted that no official list has; ends with ``/`` or ``#``.
    """

    def __init__(self, tables: Mapping[str, MappingTable], *, base: str = DEFAULT_BASE) -> None:
        if not re.fullmatch(r"(?:https?://|urn:)\S+[/#:]", base):
            raise ConfigurationError(
                f"base {base!r} cannot stand before concepts.",
                key="base",
                cure="Give an address that ends with / or #.",
            )
        self.base = base
        self._tables = dict(tables)

    def __getitem__(self, entity_type: str) -> MappingTable:
        return self._tables[entity_type]

    def __contains__(self, entity_type: object) -> bool:
        return entity_type in self._tables

    def __iter__(self) -> Iterator[MappingTable]:
        return iter(self._tables.values())

    def with_tables(self, source: FilePath | Mapping[str, Any], *, base: str | None = None) -> MappingTables:
        """Return tables with others on top: an attribute that is given again is taken from the new ones.

        Args:
            source: A TOML file, or the same as a dict.
            base: Another place for minted concepts.

        Raises:
            ConfigurationError: A table is wrong; names file and key.
        """
        file = str(source) if isinstance(source, FilePath) else ""
        try:
            raw = tomllib.loads(source.read_text("utf-8")) if isinstance(source, FilePath) else source
        except (OSError, tomllib.TOMLDecodeError) as wrong:
            raise ConfigurationError(f"the table cannot be read: {wrong}", file=file) from None
        tables = dict(self._tables)
        for entity_type, said in raw.items():
            tables[entity_type] = _on_top(tables.get(entity_type), _table(entity_type, said, file))
        return MappingTables(tables, base=base or self.base)

    def with_base(self, base: str) -> MappingTables:
        """Return the same tables with another place for minted concepts.

        Args:
            base: The place, e.g. ``https://data.stad.gent/id/concept/``.

        Raises:
            ConfigurationError: Nothing can stand behind it.
        """
        return MappingTables(self._tables, base=base)


@cache
def standard_tables() -> MappingTables:
    """Give the tables that come with the library."""
    raw: dict[str, Any] = {}
    folder = files("citycontext.oslo") / "tables"
    for resource in sorted(folder.iterdir(), key=lambda one: one.name):
        if resource.name.endswith(".toml"):
            raw.update(tomllib.loads(resource.read_text("utf-8")))
    commons = _table("commons", raw.pop("commons"), "")
    tables = {}
    for entity_type, said in raw.items():
        table = _table(entity_type, said, "")
        tables[entity_type] = replace(table, describe={**commons.describe, **table.describe})
    return MappingTables(tables)


def _on_top(below: MappingTable | None, above: MappingTable) -> MappingTable:
    if below is None:
        commons = standard_tables()["AirQualityObserved"].describe
        shared = {name: homes for name, homes in commons.items() if name in _SHARED}
        return replace(above, describe={**shared, **above.describe})
    given = {
        name: getattr(above, name)
        for name in (
            "subject",
            "observed",
            "generic",
            "classes",
            "collection",
            "sample",
            "sampled",
            "interval",
            "date_observed",
        )
        if getattr(above, name)
    }
    return replace(
        below, **given, observe={**below.observe, **above.observe}, describe={**below.describe, **above.describe}
    )


_SHARED: Final = frozenset(
    {"name", "alternateName", "description", "source", "dataProvider", "dateCreated", "dateModified", "seeAlso"}
    | {"areaServed", "address"}
)
_TABLE_KEYS: Final = frozenset(
    {
        "subject",
        "class",
        "also",
        "observed",
        "generic",
        "collection",
        "sample",
        "sampled",
        "interval",
        "date_observed",
        "observe",
        "describe",
    }
)


def _table(entity_type: str, said: Any, file: str) -> MappingTable:
    unknown = sorted(set(said) - _TABLE_KEYS) if isinstance(said, Mapping) else [repr(said)]
    if unknown:
        cure = f"It has {', '.join(sorted(_TABLE_KEYS))}."
        raise ConfigurationError(f"a mapping table has no {', '.join(unknown)}.", file=file, key=entity_type, cure=cure)
    classes = tuple(iri(name) for name in [said.get("class"), *said.get("also", ())] if name)
    observe = {
        name: _observed(name, entry, file, f"{entity_type}.observe.{name}")
        for name, entry in said.get("observe", {}).items()
    }
    describe = {
        name: _homes(entry, file, f"{entity_type}.describe.{name}") for name, entry in said.get("describe", {}).items()
    }
    return MappingTable(
        entity_type,
        subject=said.get("subject", ""),
        observed=bool(said.get("observed")),
        generic=bool(said.get("generic")),
        classes=classes,
        collection=iri(said["collection"]) if "collection" in said else "",
        sample={kind: iri(name) for kind, name in said.get("sample", {}).items()},
        sampled=iri(said["sampled"]) if "sampled" in said else "",
        interval=tuple(said.get("interval", ())),
        date_observed=bool(said.get("date_observed")),
        observe=observe,
        describe=describe,
    )


def _observed(name: str, said: Any, file: str, key: str) -> ObservedAttribute:
    try:
        entry = dict(said)
        if "difference" in entry:
            entry["difference"] = tuple(entry["difference"])
        if "kind" in entry:
            entry["kind"] = iri(entry["kind"])
        made = ObservedAttribute(name, **entry)
        made.concept(DEFAULT_BASE)
    except (TypeError, ValueError, ConfigurationError) as wrong:
        raise ConfigurationError(f"the entry is not understood: {wrong}.", file=file, key=key) from None
    return made


def _homes(said: Any, file: str, key: str) -> tuple[Home, ...]:
    return tuple(_home(one, file, key) for one in (said if isinstance(said, list) else [said]))


def _home(said: Any, file: str, key: str) -> Home:
    try:
        entry = dict(said)
        path = entry.pop("path")
        value = entry.pop("value", "text")
        if value not in _VALUES:
            raise ValueError(f"value {value!r} is none of {', '.join(sorted(_VALUES))}")
        steps = [_step(part) for part in _split(path)]
        start = steps.pop(0).predicate if steps[0].predicate in ("@sample", "@property") else ""
        members = {member: iri(predicate) for member, predicate in entry.pop("members", {}).items()}
        return Home(start, tuple(steps), value, members=members, **entry)
    except (TypeError, ValueError, KeyError, ConfigurationError) as wrong:
        raise ConfigurationError(f"the entry is not understood: {wrong}.", file=file, key=key) from None


def _split(path: str) -> list[str]:
    """Divide a path at its slashes, but not inside brackets or behind ``http:``."""
    return re.findall(r"(?:https?://[^\[\]\s]+|[^\[\]/]+)(?:\[[^\[\]]*\])?", path)


def _step(text: str) -> Step:
    found = _STEP.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no step of a path such as mv:capacity[mv:Capacity]")
    inverse, predicate, classes = found.groups()
    return Step(
        predicate if predicate.startswith("@") else iri(predicate),
        tuple(iri(name) for name in (classes or "").split()),
        bool(inverse),
    )


def _concept(known: str, base: str) -> str:
    """Give a concept's IRI; one without prefix is minted under the base."""
    return iri(known) if ":" in known else base + known
