"""All inboxes as one: both are heard, and each message goes back to where it came from."""

from __future__ import annotations

import time
from pathlib import Path

from citycontext.bridge.claim import Claim, Mark
from citycontext.bridge.config.bridge import JournalConfig
from citycontext.bridge.delivery.entity_queues import EntityQueues
from citycontext.bridge.inboxes import Inboxes
from citycontext.bridge.journal.inbox import JournalInbox
from citycontext.bridge.journal.journal import Journal, Refusal
from citycontext.bridge.message import Message
from citycontext.bridge.sources.direct_inbox import DirectInbox


def test_a_bridge_of_both_kinds_of_sources(tmp_path: Path) -> None:
    """What the journal has leaves the journal, what a source keeps is acknowledged; refusals alike, none twice."""
    acknowledged: list[tuple[str, object]] = []
    kept: list[Refusal] = []

    def acknowledge(source: str, marks: list[Mark]) -> None:
        acknowledged.extend((source, mark.position) for mark in marks)

    journal = Journal(tmp_path / "j.db", "process")
    inboxes = Inboxes(
        JournalInbox(journal, JournalConfig(), acknowledge),
        DirectInbox(EntityQueues(100), acknowledge, {"kafka": kept.extend}),
    )
    assert inboxes.journal is not None
    assert inboxes.direct is not None
    inboxes.start()
    for name, inbox in (("mqtt", inboxes.journal), ("kafka", inboxes.direct)):
        claim = Claim(name)
        inbox.offer([Message("t", b"x", time.time(), name, 1, mark=Mark(claim, number)) for number in range(10)])
    taken: list[Message] = []
    deadline = time.monotonic() + 10
    while len(taken) < 20 and time.monotonic() < deadline:
        taken += inboxes.take(8, 0.2)
    assert sorted(one.source for one in taken) == ["kafka"] * 10 + ["mqtt"] * 10
    # MQTT is told when the journal has it; Kafka is told of nothing yet.
    assert acknowledged == [("mqtt", number) for number in range(10)]
    assert inboxes.waiting == 20
    inboxes.settle(
        taken[2:],
        [Refusal(one, "mapping", "bad") for one in taken[:2]],
    )
    while inboxes.waiting and time.monotonic() < deadline:
        time.sleep(0.02)
    assert inboxes.is_drained
    assert inboxes.dead == 2
    assert sorted(one for one in acknowledged if one[0] == "kafka") == [("kafka", number) for number in range(10)]
    assert len(kept) == sum(one.source == "kafka" for one in taken[:2])
    inboxes.close()
    journal.close()
