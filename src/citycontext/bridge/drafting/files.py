"""The files of a draft: written anew, or added to a file that is there, whose comments are kept."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.config.json_schema import FILE_NAME
from citycontext.bridge.drafting.draft import Draft
from citycontext.bridge.drafting.toml_text import route_text
from citycontext.configuration.json_schema import shipped_schema
from citycontext.errors import ConfigurationError

__all__ = ["add_into", "added_text", "difference", "write_files", "write_schema"]


def write_files(made: Draft, path: Path) -> list[Path]:
    """Write ``bridge.toml``, the cases beside it, and the schema that its first line names.

    Args:
        made: The draft.
        path: The configuration file.

    Returns:
        What was written.
    """
    cases = path.with_suffix(".cases.toml")
    path.write_text(made.text, encoding="utf-8")
    cases.write_text(made.cases, encoding="utf-8")
    return [path, cases, write_schema(path)]


def write_schema(path: Path) -> Path:
    """Write the schema that a configuration's first line names, where it is not there yet.

    Args:
        path: The configuration file.
    """
    schema = path.with_name(FILE_NAME)
    if not schema.exists():
        schema.write_text(shipped_schema(FILE_NAME), encoding="utf-8")
    return schema


def added_text(made: Draft, path: Path) -> str:
    """Return a file's text with the routes of a draft behind it; what stands in it is kept as it is.

    Args:
        made: The draft.
        path: The file.

    Raises:
        ConfigurationError: Routes cannot be added to this file; says why.
    """
    text = path.read_text(encoding="utf-8-sig")
    given = tomllib.loads(text)
    added = (
        text.rstrip("\n")
        + "\n\n"
        + "\n".join(route_text(route, share=made.shares[route.name]) for route in made.routes)
    )
    try:
        whole = tomllib.loads(added)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"no route can be added behind it: {error}.", file=str(path), cure="Write its routes as [[route]] tables."
        ) from None
    if whole["route"][: len(given["route"])] != given["route"]:
        raise ConfigurationError("the routes that it has would change.", file=str(path))
    return added


def add_into(made: Draft, path: Path) -> list[Path]:
    """Add the routes of a draft to a file, and its cases to the file of cases beside it.

    Args:
        made: The draft.
        path: The file.

    Returns:
        What was written.
    """
    added = added_text(made, path)
    BridgeConfig.load(path, unset=[])
    path.write_text(added, encoding="utf-8")
    cases = path.with_suffix(".cases.toml")
    before = cases.read_text(encoding="utf-8").rstrip("\n") + "\n\n" if cases.exists() else ""
    cases.write_text(before + made.cases, encoding="utf-8")
    return [path, cases]


def difference(made: Draft, path: Path) -> str:
    """Show what would be added to a file, as a unified difference.

    Args:
        made: The draft.
        path: The file.
    """
    before = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    after = added_text(made, path).splitlines(keepends=True)
    return "".join(difflib.unified_diff(before, after, str(path), str(path)))
