"""The words around values: levels of topics, and the names of devices, profiles and applications in messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from citycontext.bridge.drafting.topic_groups import TopicGroup
from citycontext.tables.guesses.words import joined, words_of

__all__ = ["talking_texts", "topic_words"]

_TALKING: Final = frozenset(
    {
        "devicename", "deviceprofilename", "applicationname", "deviceid", "applicationid", "modelid",
        "brandid", "description", "name", "model", "sensortype", "devicetype", "profile", "friendlyname",
        "vendor", "tenantname", "kind", "type", "product", "displayname", "devicemodel",
    }
)  # fmt: skip
_SAYS_NOTHING: Final = frozenset(
    {
        "device", "devices", "application", "event", "events", "up", "uplink", "tele", "stat", "status",
        "state", "sensor", "sensors", "data", "json", "homie", "zigbee2mqtt", "spbv1.0", "shellies", "msh",
        "fifo", "v3", "v1", "telemetry", "attrs", "sample", "ul", "iot", "mqtt", "out", "rx", "message",
        "messages", "lora", "lorawan", "ttn", "things", "dev", "prod", "test", "city", "stad", "gent",
        "gateway", "dataup", "dbirth", "ddata", "nbirth", "ndata", "app", "values", "live", "raw", "public",
        "home", "info", "measurement", "measurements", "observations", "rpc", "result", "capteur",
        "capteurs", "meting", "metingen", "mesures", "measure", "node", "nodes", "thing", "feeds",
    }
)  # fmt: skip


def topic_words(group: TopicGroup) -> list[str]:
    """Return the levels of topics that say something.

    Args:
        group: Messages of one kind.
    """
    # "sensor" of a place's name says nothing; the values of a place may be names of devices that do.
    topics = list(dict.fromkeys(one.topic for one in group.messages))[:5]
    levels = dict.fromkeys(level for topic in topics for level in topic.split("/"))
    return [level for level in levels if level.lower() not in _SAYS_NOTHING]


def talking_texts(documents: Sequence[Any]) -> list[str]:
    """Collect texts that say what a device is: its name, its profile, its application.

    Args:
        documents: What messages hold.
    """
    found: dict[str, None] = {}

    def look(value: Any, depth: int) -> Iterator[str]:
        if isinstance(value, dict) and depth < 5:
            for name, one in value.items() if "value" not in value else ():
                if isinstance(one, str) and len(one) < 60 and joined(str(name)) in _TALKING and words_of(one):
                    yield one
                elif isinstance(one, dict):
                    yield from look(one, depth + 1)

    for document in documents[:20]:
        found.update(dict.fromkeys(look(document, 0)))
    return list(found)[:12]
