"""A draft as TOML: commented routes, and cases with real messages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from citycontext.bridge.drafting.attributes import DraftAttribute
from citycontext.bridge.drafting.routes import DraftRoute

__all__ = ["case_text", "head_text", "route_text", "toml_value"]

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_WIDE: Final = 118


def toml_value(value: Any) -> str:
    """Write a value as TOML, tables in one line.

    Args:
        value: Text, number, boolean, list or table.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if '"' in value and "'" not in value and "\\" not in value and value.isprintable():
            return f"'{value}'"
        return orjson.dumps(value).decode().replace("\x7f", "\\u007F")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(key))} = {toml_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, Sequence):
        return "[" + ", ".join(toml_value(one) for one in value) + "]"
    return toml_value(str(value))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else orjson.dumps(name).decode()


def head_text(mqtt: Mapping[str, Any], context_broker: str, *, schema: str = "") -> str:
    """Write what stands before the routes.

    Args:
        mqtt: The table ``[mqtt]``.
        context_broker: The address of the context broker.
        schema: A line that names the schema of the file.
    """
    lines = [schema] if schema else []
    lines += [
        "# Drafted out of messages. What was guessed is marked: read it, and try it with citycontext bridge dry-run.",
        "ids = 2",
        "",
        "[mqtt]",
        *(f"{_key(key)} = {toml_value(value)}" for key, value in mqtt.items()),
        "",
        "[context_broker]",
        f"url = {toml_value(context_broker)}",
        "",
    ]
    return "\n".join(lines)


def _comment(text: str) -> str:
    return "# " + " ".join("".join(char if char.isprintable() else " " for char in text).split())[:300]


def route_text(route: DraftRoute, *, share: str = "") -> str:
    """Write a route with its reasons.

    Args:
        route: The route.
        share: What became of its messages, in words.
    """
    lines = ["[[route]]"]
    if share:
        lines.append(_comment(share))
    lines.append(f"name = {toml_value(route.name)}")
    topics = route.topics[0] if len(route.topics) == 1 else route.topics
    lines.append(f"topic = {toml_value(topics)}")
    if route.codec.name != "json" or route.codec.options:
        value: Any = {"name": route.codec.name, **route.codec.options} if route.codec.options else route.codec.name
        lines.append(f"codec = {toml_value(value)}  {_comment(route.codec.reason)}")
    if route.device is not None:
        lines.append(f"device = {toml_value(route.device)}")
    if route.when is not None:
        lines.append(f"when = {toml_value(route.when)}  # other kinds of messages come on these topics too")
    if route.retained is not None:
        lines.append(f"retained = {toml_value(route.retained)}")
    lines.append('wrong = "leave-out"  # one wrong value does not lose the others')
    lines += [_comment(note) for note in route.notes]
    if route.candidates:
        best = route.candidates[0]
        lines.append(
            _comment(f"{best.model.type} (subject {best.model.subject}): {'; '.join(best.reasons) or 'a guess'}")
        )
    lines += [_comment(f"or: {text}") for text in route.alternatives]
    if route.diagnostics:
        lines += ["", "[[route.entity]]"]
    lines += _entity(route)
    if route.diagnostics:
        lines += ["", "[[route.entity]]", _comment("the state of the device itself"), 'type = "Device"']
        lines.append(f"id = {toml_value(_device_id(route))}")
        if route.each is not None:
            lines.append(f"each = {toml_value(route.each)}")
        if route.pivot is not None:
            lines.append(f"pivot = {toml_value(route.pivot)}")
        lines += _observed(route)
        lines += [line for one in route.diagnostics for line in _attribute(one)]
    lines += [_comment(f"left out: {what}: {why}") for what, why in route.left_out]
    return "\n".join(lines) + "\n"


def _device_id(route: DraftRoute) -> str:
    return route.id.replace(f"urn:ngsi-ld:{route.type}:", "urn:ngsi-ld:Device:", 1)


def _observed(route: DraftRoute) -> list[str]:
    if not route.times:
        return []
    return [f"observed_at = {toml_value(route.times[0] if len(route.times) == 1 else route.times)}"]


def _entity(route: DraftRoute) -> list[str]:
    lines = [f"type = {toml_value(route.type)}"]
    if route.candidates and route.is_ambiguous:
        best = route.candidates[0].model
        lines.append(f"model = {toml_value(f'{best.subject}.{best.type}')}")
    lines.append(f"id = {toml_value(route.id)}")
    if route.each is not None:
        lines.append(f"each = {toml_value(route.each)}")
    if route.pivot is not None:
        lines.append(f"pivot = {toml_value(route.pivot)}")
    lines += _observed(route)
    if not route.times:
        lines.append("# no time was found in the messages: that of their arrival is taken")
    for one in route.attributes:
        lines += _attribute(one)
    refers = route.candidates[0].model.attributes.get("refDevice") if route.candidates else None
    if route.diagnostics and refers is not None and refers.kind == "Relationship":
        lines.append(f"attributes.refDevice = {{ object = {toml_value(_device_id(route))} }}")
    return lines


def _attribute(one: DraftAttribute) -> list[str]:
    keys: Any = one.keys
    if keys.keys() == {"from"}:
        keys = keys["from"]
    line = f"attributes.{one.name} = {toml_value(keys)}"
    comment = _comment(one.reason)
    lines = [f"{line}  {comment}"] if len(line) + len(comment) < _WIDE else [comment, line]
    return [*(_comment(f"guessed, confirm: {text}") for text in one.guesses), *lines]


def case_text(name: str, topic: str, payload: bytes, arrived: str, entities: Sequence[Mapping[str, Any]]) -> str:
    """Write a case: a message as it came, and what becomes of it.

    Args:
        name: What the case is called.
        topic: The topic.
        payload: The payload.
        arrived: The time of arrival.
        entities: The entities that come out, with the values of their attributes.
    """
    lines = ["[[case]]", f"name = {toml_value(name)}", f"topic = {toml_value(topic)}"]
    try:
        text = payload.decode()
        if not all(char.isprintable() or char in "\r\n\t" for char in text):
            raise ValueError
        lines.append(f"payload = {toml_value(text)}")
    except ValueError:
        lines.append(f"payload_hex = {toml_value(payload.hex())}")
    lines.append(f"arrived = {arrived}")
    for entity in entities:
        lines.append("[[case.entity]]")
        lines += [f"{_key(key)} = {toml_value(value)}" for key, value in entity.items() if value is not None]
    return "\n".join(lines) + "\n"
