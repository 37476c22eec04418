"""The tables that say where each attribute of an entity model stands in OSLO, and back.

A table is TOML. ``observe`` lists attributes that are observations: their property (an official concept, or one minted
under the city's own base if absent), their unit, and a more special class. ``describe`` lists attributes that
describe the thing: a path of predicates, with the class of each node on the way in brackets. ``@sample``, ``@sampled``
and ``@property`` stand for what the profile calls the sample, what it is a sample of, and the observed property.

A table may extend another, whose lines then count in it too. ``also`` gives a description other paths, which are read
and reported. Where an entity is itself an observation, ``parts`` says which part each attribute is.

    [WasteContainer.observe]
    fillingLevel = { unit = "C62" }
    [WasteContainer.describe]
    serialNumber = { path = "adms:identifier[adms:Identifier]/skos:notation" }
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path as FilePath
from typing import Any, Final

from citycontext.configuration import read_toml
from citycontext.errors import ConfigurationError
from citycontext.oslo.tables.mapping_table import MappingTable
from citycontext.oslo.tables.parsing import parse_table
from citycontext.oslo.vocabulary import DEFAULT_BASE

__all__ = ["MappingTables", "standard_tables"]


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
        raw = read_toml(source)[0] if isinstance(source, FilePath) else source
        tables = dict(self._tables)
        templates = _library()[0]
        for entity_type, said in raw.items():
            table, below = parse_table(entity_type, said, file), tables.get(entity_type)
            known = {**templates, **tables}
            tables[entity_type] = _on_top(below, table) if below else _extended(table, known, file)
        return MappingTables(tables, base=base or self.base)

    def with_base(self, base: str) -> MappingTables:
        """Return the same tables with another place for minted concepts.

        Args:
            base: The place, e.g. ``https://data.stad.gent/id/concept/``.

        Raises:
            ConfigurationError: Nothing can stand behind it.
        """
        return MappingTables(self._tables, base=base)


def standard_tables() -> MappingTables:
    """Return the tables that come with the library."""
    return _library()[1]


@cache
def _library() -> tuple[dict[str, MappingTable], MappingTables]:
    """Return the templates, which other tables extend, and the tables."""
    raw: dict[str, Any] = {}
    folder = files("citycontext.oslo") / "tables"
    for resource in sorted(folder.iterdir(), key=lambda one: one.name):
        if resource.name.endswith(".toml"):
            raw.update(tomllib.loads(resource.read_text("utf-8")))
    made: dict[str, MappingTable] = {}

    def make(name: str) -> MappingTable:
        if name not in made:
            table = parse_table(name, raw[name], "")
            parents = {table.extends: make(table.extends)} if table.extends else {}
            made[name] = _extended(table, parents, "")
        return made[name]

    for entity_type in raw:
        make(entity_type)
    return (
        {name: made[name] for name in _TEMPLATES},
        MappingTables({name: table for name, table in made.items() if name not in _TEMPLATES}),
    )


def _extended(table: MappingTable, known: Mapping[str, MappingTable], file: str) -> MappingTable:
    """Return a table with the lines of the one it extends; classes are its own."""
    if not table.extends:
        return table
    if table.extends not in known:
        cure = "Name a type that has a table."
        key = f"{table.type}.extends"
        raise ConfigurationError(f"there is no table {table.extends!r} to extend.", file=file, key=key, cure=cure)
    return replace(_on_top(replace(known[table.extends], classes=()), table), type=table.type)


def _on_top(below: MappingTable, above: MappingTable) -> MappingTable:
    single = ("subject", "observed", "generic", "classes", "collection", "sample", "sampled", "interval")
    given = {name: getattr(above, name) for name in (*single, "date_observed") if getattr(above, name)}
    return replace(
        below,
        **given,
        observe={**below.observe, **above.observe},
        describe={**below.describe, **above.describe},
        parts={**below.parts, **above.parts},
    )


_TEMPLATES: Final = ("commons", "oslo")
"""Tables of no type: what all models of Smart Data Models share, and what all classes of OSLO do."""
