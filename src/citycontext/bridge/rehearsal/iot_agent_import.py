"""Turn the provisioning of FIWARE's IoT Agents (JSON of ``GET /iot/services`` and ``/iot/devices``) into our TOML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

import orjson

from citycontext.bridge.drafting.toml_text import toml_value
from citycontext.bridge.rehearsal.iot_agent_expressions import id_of_expression, keys_of_expression
from citycontext.errors import ConfigurationError
from citycontext.ngsild.attribute_base import free_name
from citycontext.ngsild.names import is_attribute_name, is_uri

__all__ = ["Imported", "import_provisioning"]

_SHARED: Final = (
    *("apikey", "service", "entity_type", "type", "timestamp", "timezone"),
    *("explicitAttrs", "protocol", "transport"),
)
_PREFIXES: Final = {"iot-agent-json": "/json", "ultralight": "/ul"}
_GEO: Final = ("geo:point", "point", "geo:json")
_NUMBERS: Final = frozenset({"number", "float", "double", "integer", "percentage"})
_KEPT: Final = "._~:/@!$&'()*+,;=-"
_UNNAMED: Final = re.compile(r"[^A-Za-z0-9_.\-]")
_NAMES: Final = re.compile(r"""\[\s*(?:["']?[\w.:-]+["']?\s*,?\s*)*\]""")
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(slots=True)
class Imported:
    """What came of an import.

    Args:
        toml: The configuration, with places for the addresses of the brokers.
        left_out: What has no counterpart or needs a person's eye, a line each.
    """

    toml: str
    left_out: list[str] = field(default_factory=list)


def import_provisioning(content: bytes, *, codec: str = "iot-agent-json") -> Imported:
    """Turn provisioning into routes.

    Args:
        content: JSON with ``services`` (or ``groups``), ``devices`` or both; as the agent's API gives it.
        codec: ``iot-agent-json``, or ``ultralight`` for devices of that agent.

    Returns:
        The configuration, and what could not be carried over.

    Raises:
        ConfigurationError: The content is not a provisioning.
    """
    try:
        given = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise ConfigurationError(f"the provisioning is not JSON: {error}.") from None
    given = given if isinstance(given, dict) else {}
    groups = [*given.get("services", []), *given.get("groups", [])]
    devices = list(given.get("devices", []))
    if not groups and not devices:
        raise ConfigurationError(
            "the file holds no services, groups or devices.",
            cure="Save the answers of GET /iot/services and /iot/devices.",
        )
    imported = Imported("")
    apart: dict[int, list[str]] = {}
    merged = []
    for device in devices:
        number = _group_of(device, groups)
        if number is None:
            merged.append(device)
            continue
        apart.setdefault(number, []).append(str(device.get("device_id") or device.get("id") or ""))
        merged.append(_with_group(device, groups[number]))
    routes = [
        _Route(group, imported, codec).of_group(sorted(apart.get(number, []))) for number, group in enumerate(groups)
    ]
    routes += [_Route(device, imported, codec).of_device() for device in merged]
    head = (
        "#:schema bridge.schema.json\n"
        "# Made from the provisioning of an IoT Agent; look it over, then run: citycontext bridge check\n"
        "ids = 2\n\n[mqtt]\n"
        'url = "${MQTT_URL}"\n\n[context_broker]\nurl = "${CONTEXT_BROKER_URL}"\n'
    )
    imported.toml = "\n".join([head, *routes])
    return imported


def _group_of(device: dict[str, Any], groups: list[dict[str, Any]]) -> int | None:
    """Find the group that a device belongs to: by its key, or, without one, the only group of its service."""
    key, service = device.get("apikey"), device.get("service")
    same = [
        number
        for number, group in enumerate(groups)
        if group.get("apikey") and (service is None or group.get("service") in (None, service))
    ]
    if key:
        return next((number for number in same if groups[number]["apikey"] == key), None)
    return same[0] if len(same) == 1 else None


def _with_group(device: dict[str, Any], group: dict[str, Any]) -> dict[str, Any]:
    """Return a device what its group says of all its devices; what the device says itself goes before."""
    merged = {name: group[name] for name in _SHARED if name in group} | device
    for name in ("attributes", "lazy", "static_attributes", "commands"):
        own = device.get(name, [])
        names = {one.get("name") for one in own if isinstance(one, dict)}
        merged[name] = [*own, *(one for one in group.get(name, []) if one.get("name") not in names)]
    return merged


class _Route:
    def __init__(self, given: dict[str, Any], imported: Imported, codec: str) -> None:
        self._given = given
        self._imported = imported
        self._codec = codec
        self._name = ""
        self._measures: dict[str, str] = {}

    def of_group(self, apart: list[str]) -> str:
        """Write the route of a group's devices, but for those that have a route of their own."""
        key = str(self._given.get("apikey", ""))
        kind = self._type(str(self._given.get("entity_type") or self._given.get("type") or "Thing"))
        self._name = f"{kind} of {key or 'any key'}"
        name = str(self._given.get("entityNameExp") or "")
        entity_id = f"urn:ngsi-ld:{kind}:{{device}}"
        if name:
            known = {"id": "{device}", "type": kind, "apikey": key, "service": str(self._given.get("service") or "")}
            made = id_of_expression(name, known)
            if made is None:
                self._leave(f"entityNameExp {name!r}: write the id by hand")
            else:
                entity_id = made if is_uri(made.replace("{", "").replace("}", "")) else f"urn:ngsi-ld:{kind}:{made}"
        others = orjson.dumps(apart).decode().replace("`", "")
        when = f"!contains(`{others}`, captured.device)" if apart else None
        return self._write(kind, entity_id, key or "{apikey}", "{device}", when)

    def of_device(self) -> str:
        device = str(self._given.get("device_id") or self._given.get("id") or "")
        kind = self._type(str(self._given.get("entity_type") or self._given.get("type") or "Thing"))
        self._name = f"device {device}"
        entity = str(self._given.get("entity_name") or device)
        return self._write(
            kind,
            # A name with blanks is none of a URI; so it is read back by a command.
            entity if is_uri(entity) else f"urn:ngsi-ld:{kind}:{quote(entity, safe=_KEPT)}",
            str(self._given.get("apikey") or "{apikey}"),
            device,
        )

    def _write(self, kind: str, entity_id: str, apikey: str, device: str, when: str | None = None) -> str:
        self._codec = self._spoken()
        base = f"/{apikey}/{device}/attrs"
        topics = [base, _PREFIXES[self._codec] + base]
        if self._codec == "iot-agent-json":
            topics += [f"{topic}/+" for topic in topics]  # one value, by the name of its measure
        lines = [
            "[[route]]",
            f"name = {_text(self._name)}",
            f"topic = [{', '.join(map(_text, topics))}]",
            f"codec = {_text(self._codec)}",
            f"type = {_text(kind)}",
            f"id = {_text(entity_id)}",
        ]
        if service := self._given.get("service"):
            lines.append(f"tenant = {_text(str(service))}")
        if when is not None:
            lines.append(f"when = {_text(when)}")
        # As the agent does: a value that cannot be read does not lose the others.
        lines.append('wrong = "leave-out"')
        if self._given.get("timestamp") is not False:
            zone = self._zone()
            lines.append(f"observed_at = {_table({'from': 'TimeInstant'} | zone) if zone else _text('TimeInstant')}")
        lines.append("[route.attributes]")
        before = len(lines)
        measured = [*self._given.get("attributes", []), *self._given.get("lazy", [])]
        fixed = [*self._given.get("static_attributes", [])]
        self._measures = {
            str(one["name"]): str(one.get("object_id") or one["name"]) for one in measured if "name" in one
        }
        kept = self._explicit()
        for one in measured:
            if kept is None or str(one.get("name")) in kept or str(one.get("object_id")) in kept:
                self._add(lines, one)
        for one in fixed:
            if kept is None or str(one.get("name")) in kept:
                self._add_static(lines, one)
        if all(line.startswith("#") for line in lines[before:]):
            self._leave("no attributes: the agent would take every measure; list those you want")
            lines.append('measuredValue = "value"')
        for one in self._given.get("commands", []):
            self._add_command(lines, str(one.get("name", "")), kind, entity_id, apikey, device)
        return "\n".join(lines) + "\n"

    def _spoken(self) -> str:
        """Return the codec of what the devices speak, as the provisioning has it before the choice of the user."""
        said = str(self._given.get("protocol") or "").lower()
        if str(self._given.get("transport") or "MQTT").upper() not in ("MQTT", "AMQP"):
            self._leave(
                f"transport {self._given['transport']}: let the devices publish by MQTT, or add a source http_push"
            )
        if "ultralight" in said:
            return "ultralight"
        return "iot-agent-json" if "json" in said else self._codec

    def _zone(self) -> dict[str, Any]:
        zone = self._given.get("timezone")
        if not zone:
            return {}
        try:
            ZoneInfo(str(zone))
        except (OSError, ValueError, LookupError):
            self._leave(f"timezone {zone!r}: this is not the name of a zone, such as Europe/Brussels")
            return {}
        return {"zone": str(zone)}

    def _explicit(self) -> set[str] | None:
        """Return the names to which ``explicitAttrs`` holds what is written; None where it holds nothing back."""
        said = self._given.get("explicitAttrs")
        if isinstance(said, list):
            return {str(one) for one in said}
        if not isinstance(said, str) or said.strip().lower() in ("", "true", "false"):
            return None
        if _NAMES.fullmatch(said.strip()):
            return set(re.findall(r"[A-Za-z_][\w.:-]*", said))
        self._leave(f"explicitAttrs {said!r}: take away by hand what is not to be written")
        return None

    def _add(self, lines: list[str], given: dict[str, Any]) -> None:
        name = str(given.get("name") or given.get("object_id") or "")
        if not is_attribute_name(name):
            self._leave(f"attribute {name!r}: this is not a name in NGSI-LD")
            return
        written = self._free(name)
        kind = str(given.get("type") or "").lower()
        keys: dict[str, Any] = {"from": _path(str(given.get("object_id") or name))}
        if expression := given.get("expression"):
            made = keys_of_expression(str(expression), self._measures)
            if made is not None and "longitude" in made and "value" in made:
                made.pop("value" if kind in _GEO else "longitude")
                made = made if kind in _GEO else {"value": made["value"]}
            if made is None or (kind in _GEO and "value" in made) or ("longitude" in made and kind not in _GEO):
                self._leave(
                    f"attribute {name!r}: the expression {expression!r} is to be written as scale, offset or path"
                )
                lines.append(f"# {_key(written)} = {_table(keys)}  # {_text(str(expression))}")
                return
            keys = made
        if "from" not in keys:
            pass  # a text of several measures, or a point of two
        elif kind in _GEO:
            # A geo:point is a text of latitude and longitude, which is how a position's text is read.
            keys["kind"] = "GeoProperty"
        elif kind in _NUMBERS:
            keys |= {"datatype": "integer" if kind == "integer" else "number", "from_text": True}
        elif kind == "boolean":
            keys |= {"datatype": "boolean", "from_text": True}
        elif kind in ("datetime", "iso8601"):
            keys |= {"datatype": "datetime"} | self._zone()
        elif kind == "relationship":
            keys["kind"] = "Relationship"
        for metadata, value in (given.get("metadata") or {}).items():
            if (
                metadata == "unitCode"
                and "from" in keys
                and isinstance(value, dict)
                and isinstance(value.get("value"), str)
            ):
                keys |= {"unit": value["value"], "from_text": True}
                keys.pop("datatype", None)
            else:
                self._leave(f"attribute {name!r}: metadata {metadata!r}")
        lines.append(f"{_key(written)} = {_table(keys)}")

    def _add_static(self, lines: list[str], given: dict[str, Any]) -> None:
        name, value = str(given.get("name", "")), given.get("value")
        if not is_attribute_name(name) or value is None:
            self._leave(f"static attribute {name!r}: write it by hand")
        elif str(given.get("type", "")).lower() == "relationship":
            lines.append(f"{_key(self._free(name))} = {_table({'object': str(value)})}")
        else:
            lines.append(f"{_key(self._free(name))} = {toml_value({'value': value})}")

    def _free(self, name: str) -> str:
        if (free := free_name(name)) != name:
            self._leave(f"attribute {name!r}: NGSI-LD keeps this name for itself; it is written as {free!r}")
        return free

    def _add_command(self, lines: list[str], name: str, kind: str, entity_id: str, apikey: str, device: str) -> None:
        if not is_attribute_name(name):
            self._leave(f"command {name!r}: this is not a name in NGSI-LD")
            return
        if apikey == "{apikey}":
            self._leave(f"command {name!r}: without an apikey nothing says on which topic devices listen")
            return
        if self._codec == "ultralight":
            payload, value, when = _text(f"{device}@{name}|{{value}}"), "@", f"contains(@, '@{name}|')"
        else:
            payload = f'{{ {_key(name)} = "{{value}}" }}'
            value, when = _path(name), f"contains(keys(@), '{name}')"
        result = {"topic": f"/{apikey}/{device}/cmdexe", "value": value, "when": when}
        lines += [
            "",
            "[[command]]",
            f"name = {_text(_UNNAMED.sub('-', f'{self._name}.{name}'))}",
            f"type = {_text(kind)}",
            f"id = {_text(entity_id)}",
            f"attribute = {_text(name)}",
            f"topic = {_text(f'/{apikey}/{device}/cmd')}",
            f"payload = {payload}",
            f"result = {_table(result)}",
        ]
        if service := self._given.get("service"):
            lines.append(f"tenant = {_text(str(service))}")
        fate = f"{name}Status and {name}Result, not as {name}_status and {name}_info"
        self._leave(f"command {name!r}: its fate is written as {fate}")

    def _type(self, text: str) -> str:
        if is_attribute_name(text):
            return text
        self._leave(f"entity type {text!r}: this is not a name in NGSI-LD")
        return "Thing"

    def _leave(self, what: str) -> None:
        self._imported.left_out.append(f"{self._name}: {what}" if self._name else what)


def _path(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else orjson.dumps(name).decode()


def _key(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else _text(name)


def _text(value: str) -> str:
    # JSON's quoting is TOML's too.
    return orjson.dumps(value).decode()


def _table(keys: dict[str, Any]) -> str:
    parts = (
        f"{key} = {_text(value) if isinstance(value, str) else orjson.dumps(value).decode()}"
        for key, value in keys.items()
    )
    return "{ " + ", ".join(parts) + " }"
