"""Subscriptions of NGSIv2 as NGSI-LD has them, with what it has no word for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from citycontext.models.cleaning.ngsi_v2_store import scope_of
from citycontext.ngsild.findings import Finding, Severity
from citycontext.ngsild.names import is_uri
from citycontext.web.media_types import JSON

__all__ = ["subscription_from_ngsi_v2"]

_FORMS: Final = {"keyValues": "simplified", "simplifiedKeyValues": "simplified", "normalized": "normalized"}
_READ_ONLY: Final = frozenset(
    {
        "timesSent",
        "lastNotification",
        "lastSuccess",
        "lastSuccessCode",
        "lastFailure",
        "lastFailureReason",
        "failsCounter",
    }
)
_TRIGGERS: Final = {
    "entityCreate": ["entityCreated"],
    "entityUpdate": ["entityUpdated"],
    "entityChange": ["attributeUpdated", "attributeCreated", "attributeDeleted"],
    "entityDelete": ["entityDeleted"],
}
_GEOMETRIES: Final = {"point": "Point", "line": "LineString", "polygon": "Polygon", "box": "Polygon"}


def subscription_from_ngsi_v2(
    subscription: Mapping[str, Any], *, ids: Mapping[str, str] | None = None, service_path: str = ""
) -> tuple[dict[str, Any], list[Finding]]:
    """Write a subscription of NGSIv2 as one of NGSI-LD, as far as it can be expressed.

    Args:
        subscription: As NGSIv2 has it; it is not changed.
        ids: New ids of entities by old ones.
        service_path: The value of ``Fiware-ServicePath``.

    Returns:
        The subscription, and a finding for each part that was changed or could not be expressed; an error where what is
        left would notify of something else.
    """
    return _Writing(subscription, ids or {}, service_path).document()


class _Writing:
    def __init__(self, given: Mapping[str, Any], ids: Mapping[str, str], service_path: str) -> None:
        self._given = given
        self._ids = ids
        self._path = service_path
        self._findings: list[Finding] = []

    def _note(self, path: str, message: str, found: Any, severity: Severity = Severity.WARNING) -> None:
        self._findings.append(Finding(path, "ngsi-v2/subscription", message, severity, found=f"{found!r:.120}"))

    def document(self) -> tuple[dict[str, Any], list[Finding]]:
        given = self._given
        written: dict[str, Any] = {"type": "Subscription"}
        identifier = given.get("id")
        if isinstance(identifier, str) and identifier:
            written["id"] = identifier if is_uri(identifier) else f"urn:ngsi-ld:Subscription:{identifier}"
        if isinstance(given.get("description"), str):
            written["description"] = given["description"]
        subject = given.get("subject")
        self._subject(subject if isinstance(subject, Mapping) else {}, written)
        notification = given.get("notification")
        written["notification"] = self._notification(notification if isinstance(notification, Mapping) else {})
        if isinstance(given.get("expires"), str) and given["expires"]:
            written["expiresAt"] = given["expires"]
        if isinstance(given.get("throttling"), int | float) and given["throttling"]:
            written["throttling"] = given["throttling"]
        status = given.get("status", "active")
        if status == "inactive":
            written["isActive"] = False
        elif status not in ("active", "expired", "failed"):
            self._note("status", "is not known to NGSI-LD; the subscription is active", status)
        if scope := scope_of(self._path):
            written["scopeQ"] = f"{scope}/#" if self._path.rstrip().endswith("#") else scope
        for name in given.keys() - {
            *("id", "description", "subject", "notification", "expires", "throttling", "status", "type"),
            *_READ_ONLY,
        }:
            self._note(name, "has no counterpart and is left out", given[name])
        return written, self._findings

    def _subject(self, subject: Mapping[str, Any], written: dict[str, Any]) -> None:
        written["entities"] = [
            self._selector(one, f"subject.entities[{index}]")
            for index, one in enumerate(subject.get("entities") or ())
            if isinstance(one, Mapping)
        ]
        if not written["entities"]:
            self._note("subject.entities", "is empty: nothing says which entities", subject, Severity.ERROR)
        condition = subject.get("condition")
        for name, one in (condition if isinstance(condition, Mapping) else {}).items():
            path = f"subject.condition.{name}"
            if name == "attrs":
                if one:
                    written["watchedAttributes"] = list(one)
            elif name == "expression" and isinstance(one, Mapping):
                self._expression(one, path, written)
            elif name == "alterationTypes" and isinstance(one, list):
                triggers = [trigger for kind in one for trigger in _TRIGGERS.get(kind, ())]
                if len(triggers) < len(one):
                    self._note(path, "has kinds of change that NGSI-LD does not know", one, Severity.ERROR)
                if triggers:
                    written["notificationTrigger"] = list(dict.fromkeys(triggers))
            elif name == "notifyOnMetadataChange":
                self._note(path, "has no counterpart: sub-attributes are part of the attribute", one, Severity.NOTE)
            else:
                self._note(path, "has no counterpart and is left out", one)

    def _selector(self, given: Mapping[str, Any], path: str) -> dict[str, Any]:
        written: dict[str, Any] = {}
        if isinstance(given.get("id"), str):
            written["id"] = self._ids.get(given["id"], given["id"])
            if not is_uri(written["id"]):
                self._note(f"{path}.id", "is not a URI, and no entity of the store has it", given["id"], Severity.ERROR)
        if isinstance(given.get("idPattern"), str) and given["idPattern"] not in (".*", "^.*$"):
            written["idPattern"] = given["idPattern"]
            if self._ids:
                self._note(f"{path}.idPattern", "may match the old ids only", given["idPattern"])
        if isinstance(given.get("type"), str):
            written["type"] = given["type"]
        elif "typePattern" in given:
            self._note(
                f"{path}.typePattern", "has no counterpart; name the types", given["typePattern"], Severity.ERROR
            )
        if "type" not in written:
            written["type"] = "*"
            if "typePattern" not in given:
                self._note(
                    f"{path}.type", "is not given; all types are meant, which brokers of before 1.6 refuse", dict(given)
                )
        return written

    def _expression(self, given: Mapping[str, Any], path: str, written: dict[str, Any]) -> None:
        if given.get("q"):
            written["q"] = _filter(str(given["q"]))
        if given.get("mq"):
            self._note(f"{path}.mq", "filters by metadata, for which there is no word", given["mq"], Severity.ERROR)
        if given.get("georel"):
            geometry = self._geometry(str(given.get("geometry", "")), str(given.get("coords", "")))
            if geometry is None:
                self._note(path, "is not a geo-query that can be read", dict(given), Severity.ERROR)
                return
            kind, coordinates = geometry
            written["geoQ"] = {
                "geometry": kind,
                "coordinates": coordinates,
                "georel": _georel(str(given["georel"])),
                "geoproperty": "location",
            }

    def _geometry(self, kind: str, coordinates: str) -> tuple[str, Any] | None:
        named = _GEOMETRIES.get(kind)
        try:
            points = [
                [float(longitude), float(latitude)]
                for latitude, longitude in (one.split(",") for one in coordinates.split(";") if one.strip())
            ]
        except ValueError:
            return None
        if named is None or not points:
            return None
        if kind == "point":
            return named, points[0]
        if kind == "box" and len(points) == 2:
            (west, south), (east, north) = points
            return named, [[[west, south], [east, south], [east, north], [west, north], [west, south]]]
        return named, [points] if kind == "polygon" else points

    def _notification(self, given: Mapping[str, Any]) -> dict[str, Any]:
        written: dict[str, Any] = {"endpoint": self._endpoint(given)}
        if given.get("attrs"):
            written["attributes"] = list(given["attrs"])
        form = given.get("attrsFormat", "normalized")
        if form in _FORMS:
            written["format"] = _FORMS[form]
        else:
            self._note("notification.attrsFormat", "has no counterpart; entities come normalized", form)
        if given.get("exceptAttrs"):
            self._note("notification.exceptAttrs", "has no counterpart; all attributes come", given["exceptAttrs"])
        for name in given.keys() - {
            *("http", "httpCustom", "mqtt", "mqttCustom", "attrs", "attrsFormat", "exceptAttrs"),
            *_READ_ONLY,
        }:
            if given[name]:
                self._note(f"notification.{name}", "has no counterpart and is left out", given[name])
        return written

    def _endpoint(self, given: Mapping[str, Any]) -> dict[str, Any]:
        kind = next((one for one in ("http", "httpCustom", "mqtt", "mqttCustom") if one in given), None)
        to = given[kind] if kind is not None else None
        if kind is None or not isinstance(to, Mapping) or not isinstance(to.get("url"), str):
            self._note("notification", "names no address to notify", dict(given), Severity.ERROR)
            return {"uri": "urn:x-none", "accept": JSON}
        path = f"notification.{kind}"
        endpoint: dict[str, Any] = {"uri": to["url"], "accept": JSON}
        if kind.startswith("mqtt"):
            endpoint["uri"] = f"{to['url'].rstrip('/')}/{str(to.get('topic', '')).lstrip('/')}"
            if "qos" in to:
                endpoint["notifierInfo"] = [{"key": "MQTT-QoS", "value": str(to["qos"])}]
        if isinstance(to.get("headers"), Mapping):
            endpoint["receiverInfo"] = [{"key": str(name), "value": str(one)} for name, one in to["headers"].items()]
        for name in to.keys() - {"url", "headers", "topic", "qos"}:
            self._note(f"{path}.{name}", "has no counterpart: what is sent is a Notification", to[name], Severity.ERROR)
        self._note(path, "gets NGSI-LD Notifications, whose form is another", to["url"], Severity.NOTE)
        return endpoint


def _filter(q: str) -> str:
    """Write a filter: ``:`` is another spelling of ``==``, and texts stand in double quotes."""
    parts = []
    for one in q.split(";"):
        for sign in ("==", "!=", "~=", ">=", "<=", ">", "<", ":"):
            name, found, value = one.partition(sign)
            if found:
                parts.append(f"{name}{'==' if sign == ':' else sign}{_value(value, sign)}")
                break
        else:
            parts.append(one)
    return ";".join(parts)


def _value(text: str, sign: str) -> str:
    if sign == "~=" or text[:1] == '"':
        return text
    if ".." in text:
        return "..".join(_value(one, sign) for one in text.split("..", 1))
    if "," in text and text[:1] != "'":
        return ",".join(_value(one, sign) for one in text.split(","))
    bare = text[1:-1] if text[:1] == "'" == text[-1:] and len(text) > 1 else text
    if text[:1] != "'" and _is_plain(bare):
        return bare
    return f'"{bare}"'


def _is_plain(text: str) -> bool:
    """Return whether a value stands without quotes: a number, true or false, a time, a URI."""
    try:
        float(text)
    except ValueError:
        return text in ("true", "false") or (text[:4].isdigit() and text[4:5] == "-") or text.startswith("urn:")
    return True


def _georel(georel: str) -> str:
    """Write a relation: ``near;maxDistance:1000`` becomes ``near;maxDistance==1000``, ``coveredBy`` is ``within``."""
    return georel.replace("Distance:", "Distance==").replace("coveredBy", "within")
