"""The inbox without a disk: acknowledged only when done, fair between claims, and idle for a claim that is over."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from citycontext.bridge.claim import Claim, Mark
from citycontext.bridge.config.bridge import DeliveryConfig
from citycontext.bridge.delivery.delivery import Delivery
from citycontext.bridge.delivery.entity_queues import EntityQueues, Ticket, Update
from citycontext.bridge.journal.journal import Refusal
from citycontext.bridge.message import Message
from citycontext.bridge.sources.direct_inbox import DirectInbox
from citycontext.errors import BridgeError, CityContextError, ContextBrokerError
from citycontext.ngsild.batch import BatchResult


class Harness:
    """A direct inbox with queues and a delivery over a context broker that a test scripts."""

    def __init__(self) -> None:
        self.acknowledged: list[Any] = []
        self.kept: list[Refusal] = []
        self.keeping_fails = False
        self.requests: list[list[str]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.refuses: CityContextError | None = None
        self.queues = EntityQueues(1000)
        self.inbox = DirectInbox(self.queues, self._acknowledge, {"kafka": self._keep})
        config = DeliveryConfig(connections=1, linger=0, max_backoff=0.02)
        self.delivery = Delivery(self.queues, self, config, self._settle, longest_request=0.5)

    def _acknowledge(self, source: str, marks: list[Mark]) -> None:
        self.acknowledged += [(mark.claim.partition, mark.position) for mark in marks]

    def _keep(self, refusals: Sequence[Refusal]) -> None:
        if self.keeping_fails:
            raise BridgeError("the topic is away")
        self.kept += refusals

    def _settle(self, tickets: list[Ticket]) -> None:
        done = [ticket.message for ticket in tickets if not ticket.refusals]
        self.inbox.settle(done, [one for ticket in tickets for one in ticket.refusals])

    def upsert(self, tenant: str | None, entities: list[dict[str, Any]], *, correlation: Any = None) -> BatchResult:
        """Note the request, wait for leave, and answer."""
        ids = [entity["id"] for entity in entities]
        self.requests.append(ids)
        assert self.may_answer.wait(10)
        if self.refuses is not None:
            raise self.refuses
        return BatchResult(succeeded=ids)

    def append_history(self, tenant: str | None, entity: dict[str, Any], *, correlation: Any = None) -> None:
        """Write the history like the present state."""
        self.upsert(tenant, [entity])

    def work(self) -> None:
        """Turn what waits into updates, one of each message, of the entity that its topic names."""
        for message in self.inbox.take(100, 0.0):
            self.queues.put([Update(None, {"id": message.topic}, "route", [Ticket(message, open=1)])])


@pytest.fixture
def harness() -> Iterator[Harness]:
    """Return it, running."""
    harness = Harness()
    harness.inbox.start()
    harness.delivery.start()
    yield harness
    harness.may_answer.set()
    harness.delivery.stop()
    harness.inbox.close(0.0)


def messages(claim: Claim, *topics: str) -> list[Message]:
    """Make messages of a claim, with positions from 0."""
    return [
        Message(topic, b"x", time.time(), claim.source, mark=Mark(claim, number)) for number, topic in enumerate(topics)
    ]


def test_acknowledged_when_delivered_and_not_before(harness: Harness, wait: Any) -> None:
    """While the request is open nothing is; afterwards all of it is, and the inbox is drained."""
    harness.may_answer.clear()
    claim = Claim("kafka", "0")
    harness.inbox.offer(messages(claim, "a", "b"))
    harness.work()
    wait(lambda: harness.requests, what="the request")
    assert harness.acknowledged == []
    assert not harness.inbox.is_drained
    harness.may_answer.set()
    wait(lambda: harness.inbox.is_drained, what="the acknowledgements")
    assert sorted(harness.acknowledged) == [("0", 0), ("0", 1)]


def test_claims_take_turns(harness: Harness) -> None:
    """A partition with much to say does not make the others wait until it has finished."""
    loud, quiet = Claim("kafka", "loud"), Claim("kafka", "quiet")
    harness.inbox.offer(messages(loud, *["l"] * 500))
    harness.inbox.offer(messages(quiet, "q"))
    taken = harness.inbox.take(100, 0.0)
    assert "q" in [one.topic for one in taken]
    assert [one.mark.position for one in taken if one.topic == "l" and one.mark] == list(range(99))


def test_a_claim_is_full_before_others_are(harness: Harness) -> None:
    """Its source is to stop there, and may go on with the rest."""
    full, free = Claim("kafka", "full"), Claim("kafka", "free")
    harness.inbox.offer(messages(full, *["f"] * 2_000))
    assert harness.inbox.is_full(full)
    assert not harness.inbox.is_full(free)


def test_revoking_waits_for_the_open_request_and_drops_what_waits(harness: Harness, wait: Any) -> None:
    """The request's messages are acknowledged before it returns; of the others nothing is sent any more."""
    harness.may_answer.clear()
    claim, other = Claim("kafka", "0"), Claim("kafka", "1")
    harness.inbox.offer(messages(claim, "a"))
    harness.work()
    wait(lambda: harness.requests, what="the request")
    harness.inbox.offer(messages(claim, "a", "b"))
    harness.work()
    harness.inbox.offer(messages(claim, "c"))
    harness.inbox.offer(messages(other, "a"))
    harness.work()
    threading.Timer(0.2, harness.may_answer.set).start()
    started = time.monotonic()
    harness.inbox.revoking([claim], 5.0)
    assert 0.1 < time.monotonic() - started < 4.0
    assert harness.acknowledged[:1] == [("0", 0)]
    wait(lambda: ("1", 0) in harness.acknowledged, what="the other claim")
    assert harness.requests == [["a"], ["a"]]
    assert harness.queues.waiting == 0
    assert harness.inbox.is_drained


def test_a_request_that_outlasts_the_grace_is_not_waited_for(harness: Harness, wait: Any) -> None:
    """The engine would throw us out; its messages come again elsewhere."""
    harness.may_answer.clear()
    claim = Claim("kafka", "0")
    harness.inbox.offer(messages(claim, "a"))
    harness.work()
    wait(lambda: harness.requests, what="the request")
    started = time.monotonic()
    harness.inbox.revoking([claim], 0.1)
    assert time.monotonic() - started < 2.0
    assert harness.acknowledged == []


def test_after_a_loss_nothing_is_sent_again(harness: Harness, wait: Any) -> None:
    """The retries of a batch end with its claim, though the context broker is away."""
    harness.refuses = ContextBrokerError(status=503, title="busy")
    claim = Claim("kafka", "0")
    harness.inbox.offer(messages(claim, "a"))
    harness.work()
    wait(lambda: len(harness.requests) > 2, what="retries")
    harness.inbox.lost([claim])
    wait(lambda: not harness.queues.waiting, what="the end of it")
    number = len(harness.requests)
    time.sleep(0.3)
    assert len(harness.requests) == number
    assert harness.acknowledged == []


def test_no_request_starts_for_a_claim_that_might_end_during_it(harness: Harness, wait: Any) -> None:
    """It waits while the engine gives no sign of life, and goes on when it does."""
    claim = Claim("kafka", "0", held_until=time.monotonic() + 0.3)
    harness.inbox.offer(messages(claim, "a"))
    harness.work()
    time.sleep(0.3)
    assert harness.requests == []
    claim.held_until = time.monotonic() + 60
    wait(lambda: harness.acknowledged == [("0", 0)], what="the acknowledgement")


def test_a_folded_update_outlives_one_of_its_claims() -> None:
    """It is sent for the message that is still ours; the other is not among its tickets any more."""
    queues = EntityQueues(1000, fold=True)
    gone, ours = Claim("kafka", "0"), Claim("kafka", "1")
    for claim in (gone, ours):
        (message,) = messages(claim, "a")
        queues.put([Update(None, {"id": "a"}, "route", [Ticket(message, open=1)])])
    gone.revoked = True
    queues.drop([gone])
    (update,) = queues.take(10, 0)
    assert [ticket.message.claim for ticket in update.tickets] == [ours]
    assert queues.waiting == 1


def test_an_entity_of_a_dropped_claim_is_free_for_the_next(harness: Harness, wait: Any) -> None:
    """A partition that goes and comes back finds its queues usable, and what was under way first."""
    harness.may_answer.clear()
    claim = Claim("kafka", "0")
    harness.inbox.offer(messages(claim, "a", "b", "b"))
    harness.work()
    wait(lambda: harness.requests, what="the request")
    harness.inbox.revoking([claim], 0.05)
    back = Claim("kafka", "0")
    harness.inbox.offer(messages(back, "a", "b", "b"))
    harness.work()
    harness.may_answer.set()
    wait(lambda: harness.inbox.is_drained, what="the acknowledgements")
    assert sum(one.count("b") for one in harness.requests) in (2, 3)
    assert harness.queues.waiting == 0


def test_a_refused_message_is_acknowledged_once_it_is_safe(harness: Harness, wait: Any) -> None:
    """While it cannot be put aside it stays the source's, and the bridge says so."""
    harness.keeping_fails = True
    claim = Claim("kafka", "0")
    harness.inbox.offer(messages(claim, "a"))
    (message,) = harness.inbox.take(10, 0.0)
    harness.inbox.settle([], [Refusal(message, "mapping", "bad"), Refusal(message, "codec", "bad", "other")])
    wait(lambda: harness.inbox.trouble, what="the trouble")
    assert harness.acknowledged == []
    harness.keeping_fails = False
    wait(lambda: harness.acknowledged == [("0", 0)], what="the acknowledgement")
    assert [one.route for one in harness.kept] == ["", "other"]
    assert (harness.inbox.dead, harness.inbox.trouble) == (1, None)
