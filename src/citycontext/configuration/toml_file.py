"""Read a TOML file into a pydantic model; every fault names the line, the key path, what is wrong and the cure."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from citycontext.configuration.masking import masked, remember
from citycontext.errors import ConfigurationError

__all__ = ["UnsetVariable", "at_line", "load_toml", "read_toml", "validate_settings"]

ModelT = TypeVar("ModelT", bound=BaseModel)

_VARIABLE: Final = re.compile(r"\$(\$?)\{([^}]*)\}")
_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
_KEY: Final = re.compile(r"\s*([A-Za-z0-9_.\-\"' ]+?)\s*=")
_SYNTAX_AT: Final = re.compile(r" \(at line (\d+), column \d+\)$")
_KINDS: Final = {
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "tuple_type": 'a list, such as ["name", "location"]',
    "list_type": 'a list, such as ["name", "location"]',
    "string_type": "a text in quotes",
    "path_type": "the path of a file, in quotes",
}
_QUOTED_OR_BARE: Final = re.compile(r"\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_\-]+)")

_STAND_INS: Final = ("unset", "1", "1s", "mqtt://unset", "http://unset")
"""What may stand for a variable that is not set: one of them fits a text, a number, a duration or an address."""

Location = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class UnsetVariable:
    """A variable that a file names and the environment does not have.

    Args:
        key: Key path of the value it stands in.
        name: Its name.
        stand_in: What stands in its place.
    """

    key: str
    name: str
    stand_in: str


def load_toml(
    path: Path,
    model: type[ModelT],
    environment: Mapping[str, str] | None = None,
    *,
    unset: list[UnsetVariable] | None = None,
) -> ModelT:
    """Read a file into a model.

    Args:
        path: The file.
        model: What it must hold.
        environment: Where ``${NAME}`` is looked up; the process's environment by default.
        unset: Where given, a variable that is not set is not an error: it is added here, and something stands in for it
            that the model takes.

    Returns:
        The model.

    Raises:
        ConfigurationError: The file cannot be read, is not TOML, names variables that are not set, or breaks the model;
            with all faults.
    """
    content, text = read_toml(path)
    variables = os.environ if environment is None else environment
    stand_ins: dict[Location, str] = {}
    while True:
        missing: list[tuple[Location, str]] = []
        substitution = _Substitution(variables, stand_ins, missing)
        given = substitution.of(content, ())
        if missing and unset is None:
            raise _unset_variables(missing, str(path), text)
        try:
            made = model.model_validate(given)
        except ValidationError as error:
            if not missing or not _try_others(error, given, {at for at, _ in missing}, stand_ins):
                return validate_settings(given, model, file=str(path), text=text, hidden=substitution.values)
        else:
            if unset is not None:
                unset += [UnsetVariable(_key_path(at), name, stand_ins.get(at, _STAND_INS[0])) for at, name in missing]
            return made


def _try_others(error: ValidationError, given: Any, missing: set[Location], stand_ins: dict[Location, str]) -> bool:
    """Take the next stand-in where one is at fault; tell whether there was any left."""
    changed = False
    for fault in error.errors(include_url=False):
        at = _written_location(fault["loc"], given)
        if at in missing:
            index = _STAND_INS.index(stand_ins.get(at, _STAND_INS[0])) + 1
            if index < len(_STAND_INS):
                stand_ins[at] = _STAND_INS[index]
                changed = True
    return changed


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """Read a TOML file.

    Args:
        path: The file.

    Returns:
        What it holds, and its text.

    Raises:
        ConfigurationError: It cannot be read or is not TOML.
    """
    try:
        # utf-8-sig: editors of Windows write a mark at the beginning.
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError("there is no such file.", file=str(path), cure="Check the path.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the file cannot be read: {error}.", file=str(path)) from None
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        place = _SYNTAX_AT.search(str(error))
        line = place[1] if place else len(text.splitlines())  # at the end of the document
        raise ConfigurationError(
            f"this is not TOML: {error}.",
            file=f"{path}:{line}",
            cure="Texts stand in quotes; a table starts with [name].",
        ) from None


def validate_settings(
    given: dict[str, Any],
    model: type[ModelT],
    *,
    file: str = "",
    text: str = "",
    hidden: Mapping[str, str] | None = None,
) -> ModelT:
    """Check data against a model.

    Args:
        given: The data, as TOML gives them.
        model: What they must be.
        file: Name of the file, for the error.
        text: The file's text, for the line in the error.
        hidden: Values that no error may quote, each with what stands in its place.

    Returns:
        The model.

    Raises:
        ConfigurationError: With all faults.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        faults = error.errors(include_url=False)
    faults = [one for one in faults if not _is_consequence(one["loc"], faults)]
    # An unknown key is mostly the reason why another one is missing: it goes first.
    faults.sort(key=lambda one: one["type"] != "extra_forbidden")
    told: dict[str, ConfigurationError] = {}
    for fault in faults:
        location = _written_location(fault["loc"], given)
        what, cure = _explain(fault, location, given, model)
        one = ConfigurationError(
            masked(what, hidden or {}),
            file=at_line(file, text, location),
            key=_key_path(location),
            cure=masked(cure, hidden or {}),
        )
        told.setdefault(str(one), one)
    raise ConfigurationError.of_all(told.values())


def _unset_variables(missing: list[tuple[Location, str]], file: str, text: str) -> ConfigurationError:
    return ConfigurationError.of_all(
        ConfigurationError(
            f"the environment variable {name} is not set.",
            file=at_line(file, text, at),
            key=_key_path(at),
            cure=f"Set it (export {name}=…) or write $${{{name}}} if the text itself is meant.",
        )
        for at, name in missing
    )


def _is_consequence(location: Location, faults: list[ErrorDetails]) -> bool:
    """Return whether a table is at fault only because something in it is."""
    return any(len(one["loc"]) > len(location) and one["loc"][: len(location)] == location for one in faults)


class _Substitution:
    """Puts the values of variables into a document.

    Args:
        environment: The variables.
        stand_ins: What stands for a variable that is not set, by place.
        missing: Where such variables are noted.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        stand_ins: Mapping[Location, str],
        missing: list[tuple[Location, str]],
    ) -> None:
        self._environment = environment
        self.values: dict[str, str] = {}
        self._stand_ins = stand_ins
        self._missing = missing

    def of(self, given: Any, at: Location) -> Any:
        """Return what stands at a place, with the variables in it replaced."""
        if isinstance(given, dict):
            return {key: self.of(one, (*at, key)) for key, one in given.items()}
        if isinstance(given, list):
            return [self.of(one, (*at, index)) for index, one in enumerate(given)]
        if not isinstance(given, str) or "${" not in given:
            return given
        return _VARIABLE.sub(lambda found: self._value(found, at), given)

    def _value(self, found: re.Match[str], at: Location) -> str:
        if found[1]:
            return found[0][1:]
        name = found[2]
        if name in self._environment:
            value = self._environment[name]
            self.values[value] = found[0]
            remember(name, value, next((str(step) for step in reversed(at) if isinstance(step, str)), ""))
            return value
        self._missing.append((at, name))
        return self._stand_ins.get(at, _STAND_INS[0])


def _written_location(location: Location, given: Any) -> Location:
    """Leave out the steps that nobody wrote: a table taken as a list of one, a text as ``{ from = … }``."""
    written: list[int | str] = []
    for index, step in enumerate(location):
        if isinstance(step, int):
            if not isinstance(given, list) or step >= len(given):
                continue
            given = given[step]
        elif isinstance(given, dict):
            # The key at fault may be missing; one on the way to it must be there.
            if step not in given and index < len(location) - 1:
                continue
            given = given.get(step)
        else:
            continue
        written.append(step)
    return tuple(written)


def _key_path(location: Location) -> str:
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step}" if path else step
    return path


def _explain(fault: ErrorDetails, location: Location, given: Any, model: type[BaseModel]) -> tuple[str, str]:
    kind, context = fault["type"], fault.get("ctx", {})
    name = str(location[-1]) if location else ""
    if kind == "extra_forbidden":
        known = _known_keys(fault["loc"][:-1], model)
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
        near.sort(key=lambda one: abs(len(one) - len(name)))
        cure = f'Did you mean "{near[0]}"?' if near else f"Known here: {', '.join(known)}."
        return f'the key "{name}" is not known.', cure
    if kind == "missing":
        return f'the key "{name}" is missing.', f"Add {name} = …"
    if kind == "value_error":
        return f"{context.get('error', fault['msg'])}.", ""
    if kind == "too_short":
        return "this is empty.", f"Write at least {context.get('min_length', 1)}."
    if kind == "literal_error":
        return f"this must be {context.get('expected', '')}.", ""
    if kind in _KINDS:
        return f"this should be {_KINDS[kind]}.", ""
    return f"{fault['msg'][:1].lower()}{fault['msg'][1:]}.", ""


def _known_keys(location: Location, model: type[BaseModel]) -> list[str]:
    """List the keys of the table at a place in the model."""
    here: Any = model
    for step in location:
        if isinstance(step, int):
            continue
        table = _table_in(here)
        if get_origin(here) is dict or table is None:
            here = table
        else:
            fields = table.model_fields.items()
            here = next((field.annotation for name, field in fields if step in (name, field.alias)), None)
    table = _table_in(here)
    if table is None:
        return []
    names = [field.alias or name for name, field in table.model_fields.items()]
    return names + list(getattr(table, "short_form_keys", ()))


def _table_in(annotation: Any) -> type[BaseModel] | None:
    """Find the model inside ``tuple[Model, ...]``, ``dict[str, Model]``, ``Model | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((table for one in get_args(annotation) if (table := _table_in(one)) is not None), None)


def at_line(file: str, text: str, location: Location) -> str:
    """Return the name of a file with the line where a key stands, or the longest written beginning of its path.

    Args:
        file: Name of the file; empty if absent.
        text: Its text.
        location: The key path.
    """
    line = _line_of(text, location)
    return f"{file}:{line}" if file and line else file


def _line_of(text: str, location: Location) -> int | None:
    """Find the line of the longest written beginning of a key path."""
    found: dict[Location, int] = {}
    counts: dict[Location, int] = {}
    table: Location = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.fullmatch(line)
        if header is not None:
            table = ()
            names = _names(header[2])
            for depth, name in enumerate(names):
                table = (*table, name)
                if header[1] == "[[" and depth == len(names) - 1:
                    counts[table] = counts.get(table, -1) + 1
                if table in counts:
                    found.setdefault((*table, counts[table]), number)
                    table = (*table, counts[table])
            found.setdefault(table, number)
        elif (key := _KEY.match(line)) is not None:
            place = table
            for name in _names(key[1]):
                place = (*place, name)
                found.setdefault(place, number)
    for length in range(len(location), 0, -1):
        if location[:length] in found:
            return found[location[:length]]
    return None


def _names(dotted: str) -> list[str]:
    return [one[0] or one[1] or one[2] for one in _QUOTED_OR_BARE.findall(dotted)]
