"""What else in the package speaks HTTP takes no more of an answer than it needs."""

from __future__ import annotations

import time

import pytest

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.rehearsal import connections
from citycontext.broker.notifying.receivers import DeliveryFailed, Receivers


async def test_the_notifier_reads_no_answer(hostile: str) -> None:
    """A receiver that answers without an end has taken the notification; its status is all that counts."""
    started = time.monotonic()
    receivers = Receivers()
    try:
        await receivers.post(f"{hostile}/endless", b"{}", {}, 5)
        await receivers.post(f"{hostile}/bomb", b"{}", {}, 5)
        with pytest.raises(DeliveryFailed, match="500") as refused:
            await receivers.post(f"{hostile}/error-endless", b"{}", {}, 5)
    finally:
        await receivers.close()
    assert refused.value.retryable
    assert time.monotonic() - started < 4


@pytest.mark.parametrize("kind", ["endless", "bomb", "error-endless", "slow"])
def test_a_check_of_the_context_broker_ends(hostile: str, kind: str) -> None:
    """`bridge check --connect` says what is wrong with a context broker that answers without an end."""
    config = BridgeConfig.from_dict(
        {
            "mqtt": {"url": "mqtt://broker.example"},
            "context_broker": {"url": f"{hostile}/{kind}", "timeout": "1s"},
            "route": [{"topic": "s", "type": "T", "id": "urn:x:1", "attributes": {"v": "v"}}],
        }
    )
    started = time.monotonic()
    findings = list(connections._context_broker(config))
    assert [one.rule for one in findings] == ["connection"]
    assert "cannot reach" in findings[0].message
    assert time.monotonic() - started < 10
