"""Many routes and many topics: how long a bridge takes to start, and to find the routes of a topic.

    python benchmarks/bridge_routes.py    the figures as JSON, without an MQTT broker

``benchmarks/bridge.py`` has them among its rows, and how long 1,000 routes take until they are subscribed.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import Any

ROUTES = 1_000
TOPICS = 100_000
_FEW = 1_000


def config_of(routes: int, context_broker: str, **mqtt: Any) -> dict[str, Any]:
    """Return a configuration of many routes, with levels of topics that differ early and late."""
    return {
        "mqtt": {"url": "mqtt://127.0.0.1:1883", **mqtt},
        "context_broker": {"url": context_broker},
        "route": [
            {
                "topic": f"district{number % 40}/kind{number}/{{device}}/up",
                "type": "Device",
                "id": f"urn:ngsi-ld:Device:{number}:{{device}}",
                "attributes": {"value": "v"},
            }
            for number in range(routes)
        ],
    }


def topic(number: int) -> str:
    """Return a topic that one of the routes takes."""
    route = number % ROUTES
    return f"district{route % 40}/kind{route}/device-{number}/up"


def figures() -> dict[str, float]:
    """Measure what needs no MQTT broker: reading the configuration, and finding routes (µs a topic)."""
    from citycontext.bridge import BridgeConfig
    from citycontext.bridge.mapping.processing import MessageRouter

    begun = time.perf_counter()
    router = MessageRouter(BridgeConfig.from_dict(config_of(ROUTES, "http://localhost:1026")))
    reading = time.perf_counter() - begun

    def took(numbers: range) -> float:
        topics = [topic(number) for number in numbers]
        begun = time.perf_counter()
        for one in topics:
            router.find(one, "mqtt")
        return (time.perf_counter() - begun) / len(topics) * 1e6

    new = statistics.median(took(range(start, start + 200)) for start in range(0, 10_000, 200))
    took(range(TOPICS))
    few = statistics.median(took(range(TOPICS - _FEW, TOPICS)) for _ in range(20))
    many = statistics.median(took(range(TOPICS)) for _ in range(3))
    return {"reading": reading, "new": new, "few": few, "many": many}


if __name__ == "__main__":
    json.dump(figures(), sys.stdout)
