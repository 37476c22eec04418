"""Checks of sources: what they cannot give to a route is said before any message comes."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.bridge import BridgeConfig
from citycontext.bridge.rehearsal.checks import check
from citycontext.ngsild.findings import Finding, Severity

DEVICE = {
    "topic": "s/{device}",
    "type": "Device",
    "id": "urn:ngsi-ld:Device:{device}",
    "attributes": {"value": "v"},
}
KAFKA = {"kind": "kafka", "servers": "localhost:9092", "topics": "t"}
HOOKS = {"kind": "http_push"}


def findings(sources: list[dict[str, Any]], kind: str, **route: Any) -> list[Finding]:
    """Check a configuration; gives the findings of a kind."""
    given = {
        "source": sources,
        "context_broker": {"url": "http://localhost"},
        "route": [DEVICE | route],
    }
    return [one for one in check(BridgeConfig.from_dict(given)) if one.rule == kind]


@pytest.mark.parametrize("source", [KAFKA, HOOKS, {"kind": "http_poll", "url": "http://localhost"}])
def test_a_codec_that_asks_devices_needs_a_way_back(source: dict[str, Any]) -> None:
    """Sparkplug asks for a birth it missed: an error on any source but MQTT, none where the route reads MQTT only."""
    route = {"codec": "sparkplug-b", "topic": "spBv1.0/{g}/+/{device}"}
    (finding,) = findings([source], "no way back", **route)
    assert finding.severity is Severity.ERROR
    both = [source, {"kind": "mqtt", "url": "mqtt://localhost", "name": "m"}]
    assert findings(both, "no way back", **route)
    assert findings(both, "no way back", source="m", **route) == []


@pytest.mark.parametrize(
    ("template", "topic", "severity"),
    [
        ("s/{key}", "s/{device}", None),
        ("s/{key}", "s/{device}/{channel}", Severity.ERROR),
        ("s/{key}", "s/{device}/+", Severity.ERROR),
        ("s/{key}", "s/{device}/{rest#}", Severity.ERROR),
        ("{topic}/{key}/{header.event}", "{city}/{device}/{event}", None),
        ("{header.mqtt-topic}", "s/{device}/+", None),
        (None, "s/{device}/+", Severity.WARNING),
        (None, "{device}", None),
    ],
)
def test_a_key_holds_no_more_than_the_id_uses(template: str | None, topic: str, severity: Severity | None) -> None:
    """Else the messages of one entity come from several partitions, and nobody keeps their order."""
    source = KAFKA if template is None else KAFKA | {"topic": template}
    assert [one.severity for one in findings([source], "key", topic=topic)] == ([] if severity is None else [severity])


def test_a_share_is_warned_of() -> None:
    """Which broker deals out how is not for us to see; what order needs is said."""
    mqtt = {"kind": "mqtt", "url": "mqtt://localhost", "share": "g"}
    (finding,) = findings([mqtt], "share")
    assert finding.severity is Severity.WARNING
    assert "hash_topic" in finding.message
    assert findings([mqtt | {"share": None}], "share") == []


@pytest.mark.parametrize("beside", [KAFKA, {"kind": "mqtt", "url": "mqtt://localhost", "share": "g"}])
def test_a_polled_source_beside_replicas_is_warned_of(beside: dict[str, Any]) -> None:
    """Each replica would ask the address; one bridge of its own is what polled sources want."""
    poll = {"kind": "http_poll", "name": "p", "url": "http://localhost"}
    (finding,) = findings([poll, beside], "replicas", source="p")
    assert finding.severity is Severity.WARNING
    assert findings([poll], "replicas") == []
    assert findings([poll, HOOKS], "replicas") == []
