"""What a configuration would do: messages in, entities out, nothing written; and cases that say what should."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
from pydantic import AfterValidator, Field, model_validator

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.config.section import Section, parse_instant
from citycontext.bridge.mapping.left_out import LeftOut
from citycontext.bridge.mapping.mapping import Wire
from citycontext.bridge.mapping.processing import Failure, MessageRouter
from citycontext.bridge.message import Message
from citycontext.configuration import load_toml
from citycontext.ngsild.terms import VALUE_MEMBERS

__all__ = ["Case", "CaseResult", "Rehearsal", "Result", "load_cases", "run_cases"]

_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class Result:
    """What one route would make of a message.

    Args:
        message: The message.
        route: The route's name; empty where no route takes the topic.
        entities: The entities, in normalized form.
        failure: The reason why not, if the message would become a dead letter.
        left_out: Values that are wrong and would be left out.
        tenants: The tenant of each entity, where topic or message tell it.
    """

    message: Message
    route: str
    entities: list[Wire] = field(default_factory=list)
    failure: Failure | None = None
    left_out: list[LeftOut] = field(default_factory=list)
    tenants: list[str | None] = field(default_factory=list)


class Rehearsal:
    """Maps messages as the bridge does, and writes nothing.

    Args:
        config: The bridge's configuration.
        folder: Where codecs of the user are looked for: the folder of the configuration file.

    Raises:
        ConfigurationError: A codec or a unit is not known.
    """

    def __init__(self, config: BridgeConfig, folder: Path | None = None) -> None:
        self._router = MessageRouter(config, folder)
        self._sources = config.source_names

    def results(self, messages: Iterable[Message]) -> Iterator[Result]:
        """Map messages.

        Args:
            messages: As they were recorded, or as they come in.

        Yields:
            For each message a result for each route that takes it; one without a route where none does.
        """
        for message in messages:
            source = message.source if message.source in self._sources else self._sources[0]
            results = self._router.work(message, source)
            if not results:
                yield Result(message, "")
            for route, made in results:
                if isinstance(made, Failure):
                    yield Result(message, route.config.name, failure=made)
                else:
                    left_out, tenants = route.left_out_of(message), list(route.tenants)
                    yield Result(message, route.config.name, made, left_out=left_out, tenants=tenants)


class Case(Section):
    """A message, and what should become of it.

    Args:
        topic: The topic.
        payload: The payload: text as it is, anything else as JSON.
        payload_hex: The payload in hexadecimal instead.
        name: What reports call it; the topic where it is not given.
        arrived: When it arrives.
        entity: What should come out: ``id``, and those attributes that matter, each as a plain value (compared with the
            attribute's value) or as a table (each member compared). What is not named is not looked at; an empty
            list says that nothing comes out.
        error: A part of the reason why it becomes a dead letter instead.
    """

    topic: str
    payload: Any = None
    payload_hex: str | None = None
    name: str = ""
    arrived: Annotated[datetime, AfterValidator(parse_instant)] | None = None
    entity: tuple[dict[str, Any], ...] | None = None
    error: str | None = None

    @model_validator(mode="after")
    def _one_expectation(self) -> Case:
        if (self.entity is None) == (self.error is None):
            raise ValueError("a case says either which entities come out ([[case.entity]]) or which error")
        if (self.payload is None) == (self.payload_hex is None):
            raise ValueError("a case has either payload or payload_hex")
        for entity in self.entity or ():
            if "id" not in entity:
                raise ValueError("an expected entity needs its id")
        return self

    @property
    def message(self) -> Message:
        """The message."""
        if self.payload_hex is not None:
            content = bytes.fromhex(self.payload_hex)
        else:
            content = self.payload.encode() if isinstance(self.payload, str) else orjson.dumps(self.payload)
        return Message(self.topic, content, time.time() if self.arrived is None else self.arrived.timestamp())


class _Cases(Section):
    case: tuple[Case, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How a case went.

    Args:
        case: The case.
        differences: What is not as it should be, a line each; none if it passed.
    """

    case: Case
    differences: list[str]

    @property
    def passed(self) -> bool:
        """Whether all is as it should be."""
        return not self.differences


def load_cases(path: Path) -> tuple[Case, ...]:
    """Read a file of cases.

    Args:
        path: A TOML file of ``[[case]]`` tables.

    Returns:
        The cases.

    Raises:
        ConfigurationError: All faults, with line and cure.
    """
    return load_toml(path, _Cases).case


def run_cases(config: BridgeConfig, cases: Iterable[Case], folder: Path | None = None) -> list[CaseResult]:
    """Run cases against a configuration.

    Args:
        config: The bridge's configuration.
        cases: The cases.
        folder: Where codecs of the user are looked for.

    Returns:
        A result for each case, in their order.
    """
    rehearsal = Rehearsal(config, folder)
    return [CaseResult(case, _differences(case, list(rehearsal.results([case.message])))) for case in cases]


def _differences(case: Case, results: list[Result]) -> list[str]:
    reasons = [f"{one.failure.attribute}: {one.failure.reason}".lstrip(": ") for one in results if one.failure]
    if case.error is not None:
        if any(case.error in reason for reason in reasons):
            return []
        said = "; ".join(reasons) or ("no route takes the topic" if not results[0].route else "no error")
        return [f"error: expected {case.error!r}, but there was: {said}"]
    differences = [f"became a dead letter: {reason}" for reason in reasons]
    if not results[0].route:
        differences.append(f"no route takes the topic {case.topic}")
    made = {entity["id"]: entity for one in results for entity in one.entities}
    assert case.entity is not None, "a case without error expects entities"
    if not case.entity:
        differences += [f"{key}: expected nothing, but it came out" for key in made]
    for expected in case.entity:
        entity = made.get(expected["id"])
        if entity is None:
            others = ", ".join(made) or "nothing"
            differences.append(f"{expected['id']}: expected, but there came {others}")
            continue
        for name, value in expected.items():
            differences += _compare(f"{expected['id']}.{name}", value, entity.get(name, _MISSING))
    return differences


def _compare(where: str, expected: Any, found: Any) -> Iterator[str]:
    if found is _MISSING:
        yield f"{where}: expected {expected!r}, but it is missing"
    elif isinstance(expected, dict) and isinstance(found, dict) and not _is_value(expected, found):
        for member, value in expected.items():
            yield from _compare(f"{where}.{member}", value, found.get(member, _MISSING))
    else:
        value = next((found[one] for one in VALUE_MEMBERS if one in found), found) if isinstance(found, dict) else found
        if value != expected:
            yield f"{where}: expected {expected!r}, found {value!r}"


def _is_value(expected: dict[str, Any], found: dict[str, Any]) -> bool:
    """Distinguish a table that is an attribute's value (a geometry) from one that lists members of the attribute."""
    return any(found.get(member) == expected for member in VALUE_MEMBERS)
