"""What a command says: which attribute of which entities, and which message it becomes (the ``[[command]]`` tables)."""

from __future__ import annotations

import re
from typing import Any, Final

from pydantic import Field, model_validator

from citycontext.bridge.config.attributes import Path
from citycontext.bridge.config.section import Section
from citycontext.bridge.mapping.quantities import Duration
from citycontext.bridge.mapping.templates import Template
from citycontext.bridge.sources.topics import TopicPattern
from citycontext.ngsild.names import is_attribute_name

__all__ = ["CommandConfig", "ResultConfig", "id_pattern"]

_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class ResultConfig(Section):
    """Where a device tells how a command went.

    Args:
        topic: Topic pattern with the captures of the command's ``id``, e.g. ``blinds/{device}/result``.
        value: Path to what is written as result; all of the message where it is not given.
        when: Path; messages where it gives false or nothing are not results.
        failed_when: Path; where it gives something that is true, the command failed.
    """

    topic: str
    value: Path = "@"
    when: Path | None = None
    failed_when: Path | None = None


class CommandConfig(Section):
    """From a change of an attribute in the context broker to an MQTT message.

    Its progress is written back as ``<attribute>Status``: ``sent``, ``done``, ``failed`` or ``timeout``, and what the
    device answered, or why it failed, as ``<attribute>Result``.

    Args:
        type: Entity type.
        id: Pattern of the entities' ids; what it captures can stand in topics and payload, e.g.
            ``urn:ngsi-ld:WindowBlind:{device}``.
        attribute: The attribute that is the command.
        topic: Topic to publish on, with ``{places}``: captures of the id, or paths on ``value``, ``attribute``, ``id``
            and ``type``.
        payload: Text with ``{places}``, or a table that becomes JSON; a text that is one place only keeps the value's
            type. The value alone by default.
        qos: Quality of service: 0 or 1.
        retain: Whether the MQTT broker keeps the message for devices that come later.
        name: What logs and topics call it: letters, digits and ``_.-``; type and attribute where it is not given.
        mqtt: Name of the MQTT broker, where there are several.
        tenant: Tenant of the context broker.
        result: Where the device tells how it went; without it, a command that the MQTT broker took is ``sent``.
        timeout: Longest wait for the result.
        replay: Whether commands given while the bridge was away are carried out when it is back.
    """

    type: str
    id: str
    attribute: str
    topic: str
    payload: Any = "{value}"
    qos: int = Field(default=1, ge=0, le=1)
    retain: bool = False
    name: str = Field(default="", pattern=r"^[A-Za-z0-9_.\-]*$")
    mqtt: str | None = None
    tenant: str | None = None
    result: ResultConfig | None = None
    timeout: Duration = 30.0
    replay: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> CommandConfig:
        for name in (self.type, self.attribute):
            if not is_attribute_name(name):
                raise ValueError(f"{name!r} is not a name: use a letter, then letters, digits and '_'")
        captures = tuple(id_pattern(self.id).groupindex)
        if "+" in self.topic or "#" in self.topic:
            raise ValueError(f"topic {self.topic!r} is published on, so it has no '+' and no '#'")
        Template(self.topic, captures)
        _check_payload(self.payload, captures)
        if self.result is not None:
            unknown = set(TopicPattern(self.result.topic).captures) - set(captures)
            if unknown:
                raise ValueError(
                    f"result.topic captures {{{min(unknown)}}}, which the id {self.id!r} does not; "
                    "by the captures a result finds its entity"
                )
        if not self.name:
            # Frozen for everyone else; a default that depends on other fields is set once, here.
            object.__setattr__(self, "name", f"{self.type}.{self.attribute}")
        return self


def id_pattern(text: str) -> re.Pattern[str]:
    """Compile the pattern of a command's ids.

    Args:
        text: An id with ``{captures}``.

    Returns:
        The pattern, with a group for each capture.

    Raises:
        ValueError: A brace is alone, or two captures have one name.
    """
    parts = _PLACE.split(text)
    if any("{" in part or "}" in part for part in parts[::2]):
        raise ValueError(f"the id {text!r} has a brace that is not a {{capture}} (lower case, digits, '_')")
    if len(set(parts[1::2])) < len(parts[1::2]):
        raise ValueError(f"the id {text!r} captures a name twice; give each capture its own")
    if ":" not in parts[0]:
        raise ValueError(f'the id {text!r} is not a URI; start it with "urn:ngsi-ld:"')
    return re.compile("".join(f"(?P<{part}>.+)" if index % 2 else re.escape(part) for index, part in enumerate(parts)))


def _check_payload(given: Any, captures: tuple[str, ...]) -> None:
    if isinstance(given, str):
        Template(given, captures)
    for one in given.values() if isinstance(given, dict) else given if isinstance(given, list) else ():
        _check_payload(one, captures)
