"""A command, compiled: from a notification to a message for the device, and from its answer to a result."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

import orjson

from citycontext.bridge.commands.payload import compile_payload
from citycontext.bridge.config.commands import CommandConfig, id_pattern
from citycontext.bridge.mapping.paths import compile_path
from citycontext.bridge.mapping.templates import Template
from citycontext.bridge.sources.topics import TopicPattern
from citycontext.ngsild.terms import ENTITY_MEMBERS, NULL_URN

__all__ = ["Command", "value_of"]

_CAPTURE: Final = re.compile(r"\{([a-z][a-z0-9_]*)#?\}")


class Command:
    """A command, compiled.

    Args:
        config: What it says.
        place: Tells this bridge's topics and subscriptions from those of others.
    """

    def __init__(self, config: CommandConfig, place: str) -> None:
        self.config: Final = config
        self.subscription_id: Final = f"urn:ngsi-ld:Subscription:citycontext:{place}:{config.name}"
        self.notified_on: Final = f"citycontext/commands/{place}/{config.name}"
        self._id = id_pattern(config.id)
        captures = tuple(self._id.groupindex)
        self._topic = Template(config.topic, captures)
        self._payload = compile_payload(config.payload, captures)
        result = config.result
        self.result_topic: TopicPattern | None = None if result is None else TopicPattern(result.topic)
        self._value = None if result is None else compile_path(result.value)
        self._when = None if result is None or result.when is None else compile_path(result.when)
        self._failed = None if result is None or result.failed_when is None else compile_path(result.failed_when)

    def captures(self, entity_id: str) -> dict[str, str] | None:
        """Match an entity's id.

        Args:
            entity_id: The id.

        Returns:
            What it captures, as devices and topics spell it; None where it is another entity's.
        """
        found = self._id.fullmatch(entity_id)
        return None if found is None else {name: unquote(text) for name, text in found.groupdict().items()}

    def result_of(self, captured: Mapping[str, str]) -> str | None:
        """Return the topic on which a device answers.

        Args:
            captured: What the id captured.

        Returns:
            The topic; None where there is no result, or its pattern has wildcards.
        """
        if self.config.result is None or "+" in self.config.result.topic or "/#" in self.config.result.topic:
            return None
        return _CAPTURE.sub(lambda found: captured[found[1]], self.config.result.topic)

    def message(self, captured: Mapping[str, str], document: dict[str, Any]) -> tuple[str, bytes]:
        """Return topic and payload.

        Args:
            captured: What the id captured.
            document: What places are looked up in.

        Returns:
            Both.

        Raises:
            LookupError: A place has no value.
        """
        topic = self._topic.fill(captured, document)
        if "+" in topic or "#" in topic or "\0" in topic:
            raise LookupError(f"the topic {topic!r:.120} has a sign that none may have")
        return topic, self._payload(captured, document)

    def outcome(self, payload: bytes) -> tuple[bool, Any] | None:
        """Read what a device answered.

        Args:
            payload: The answer.

        Returns:
            Whether the command succeeded, and what the answer says; None where the message is not a result.
        """
        try:
            document = orjson.loads(payload)
        except orjson.JSONDecodeError:
            document = payload.decode(errors="replace")
        if self._value is None or (self._when is not None and not self._when(document)):
            return None
        return not (self._failed is not None and self._failed(document)), self._value(document)


def value_of(entity: Mapping[str, Any], name: str) -> tuple[Any, str]:
    """Return the value of a command's attribute and when it was changed, in any form that brokers notify in.

    Args:
        entity: As it was notified.
        name: The attribute.

    Returns:
        The value, None if absent; and the time as text, empty where it is not said.
    """
    attribute = entity.get(name)
    if attribute is None:
        # A broker without our @context gives the name as a URI; there is no other attribute beside it.
        others = [one for one in entity if one not in ENTITY_MEMBERS and not one.endswith("At")]
        attribute = entity[others[0]] if len(others) == 1 else None
    if isinstance(attribute, list):
        attribute = next((one for one in attribute if isinstance(one, dict) and "datasetId" not in one), None)
    if not isinstance(attribute, dict):
        return (None if attribute == NULL_URN else attribute), ""
    value = next((attribute[one] for one in ("value", "object", "json", "vocab") if one in attribute), None)
    changed = attribute.get("modifiedAt")
    return (None if value == NULL_URN else value), changed if isinstance(changed, str) else ""
