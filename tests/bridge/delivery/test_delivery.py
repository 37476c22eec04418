"""Delivery: what is refused, what is sent again, and how one bad entity is found among many."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from citycontext.bridge.config.bridge import DeliveryConfig
from citycontext.bridge.delivery.delivery import Delivery
from citycontext.bridge.delivery.entity_queues import EntityQueues, Ticket, Update
from citycontext.bridge.message import Message
from citycontext.errors import (
    BadRequestData,
    CityContextError,
    ContextBrokerError,
    InternalError,
    InvalidEntity,
    OperationNotSupported,
    TransportError,
)
from citycontext.ngsild.batch import BatchFailure, BatchResult

Answer = Callable[[list[str]], BatchResult]


class Harness:
    """A delivery over an upsert that a test scripts."""

    def __init__(self, answer: Answer, **config: Any) -> None:
        self.answer = answer
        self.asked: dict[str, float] = {}
        self.requests: list[list[str]] = []
        self.settled: list[Ticket] = []
        self.queues = EntityQueues(1000)
        given = {"connections": 1, "linger": 0, "max_backoff": 0.01, "batch_size": 100} | config
        self.delivery = Delivery(
            self.queues, self, DeliveryConfig.model_validate(given), self.settled.extend, None, lambda: self.asked
        )

    def upsert(self, tenant: str | None, entities: list[dict[str, Any]], *, correlation: Any = None) -> BatchResult:
        """Note the request and answer as scripted."""
        ids = [entity["id"] for entity in entities]
        self.requests.append(ids)
        return self.answer(ids)

    def append_history(self, tenant: str | None, entity: dict[str, Any], *, correlation: Any = None) -> None:
        """Note the request and answer as scripted."""
        self.requests.append(["history", entity["id"]])
        for failure in self.answer([entity["id"]]).failed:
            raise failure.error

    def deliver(self, *ids: str, late: bool = False) -> None:
        """Deliver one update for each id and wait until all are settled."""
        self.queues.put(
            [Update(None, {"id": one}, "route", [Ticket(Message(one, b"", 0.0), open=1)], late) for one in ids]
        )
        self.delivery.start()
        done = threading.Event()
        for _ in range(1000):
            if not self.queues.waiting:
                break
            done.wait(0.01)
        self.delivery.stop()
        assert not self.queues.waiting

    def put(self, *ids: str, tenant: str | None = None, late: bool = False) -> None:
        """Have one update for each id wait."""
        self.queues.put(
            [Update(tenant, {"id": one}, "route", [Ticket(Message(one, b"", 0.0), open=1)], late) for one in ids]
        )

    def wait_for(self, condition: Callable[[], Any], what: str) -> None:
        """Wait until a condition holds, or fail."""
        for _ in range(1000):
            if condition():
                return
            time.sleep(0.01)
        pytest.fail(f"waited in vain for {what}")

    @property
    def refused(self) -> dict[str, str]:
        """Reasons of what was refused, by id."""
        return {one.message.topic: ticket.refusals[0].reason for ticket in self.settled for one in ticket.refusals}


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citycontext.bridge.delivery.delivery._FIRST_PAUSE", 0.001)


@pytest.mark.parametrize("late", [False, True])
def test_what_cannot_even_be_sent_keeps_nobody_waiting(late: bool) -> None:
    """A value without a JSON form, such as infinity, is found among the others; they are delivered."""

    def answer(ids: list[str]) -> BatchResult:
        if "c" in ids:
            raise InvalidEntity("inf has no JSON form", path="v.value")
        return BatchResult(succeeded=ids)

    harness = Harness(answer)
    harness.deliver(*"abcdef", late=late)
    assert harness.refused == {"c": "it cannot be sent: v.value: inf has no JSON form"}
    assert len(harness.settled) == 6


def test_a_207_is_taken_apart() -> None:
    """The good are done, the refused become dead letters with the broker's reason, the others are sent again."""

    def answer(ids: list[str]) -> BatchResult:
        if len(ids) == 1:
            return BatchResult(succeeded=ids)
        errors: dict[str, CityContextError] = {
            "b": BadRequestData(status=400, title="no such type"),
            "c": ContextBrokerError(status=503, title="busy"),
        }
        return BatchResult(["a"], [BatchFailure(one, error) for one, error in errors.items()])

    harness = Harness(answer)
    harness.deliver("a", "b", "c")
    assert harness.requests == [["a", "b", "c"], ["c"]]
    assert list(harness.refused) == ["b"]
    assert "no such type" in harness.refused["b"]
    assert (harness.delivery.counts.delivered, harness.delivery.counts.refused) == (2, 1)
    assert harness.delivery.trouble is None


def test_a_poisonous_entity_is_found_by_halving() -> None:
    """A broker that refuses a whole batch for one entity: that one is put aside, the 63 others are delivered."""

    def answer(ids: list[str]) -> BatchResult:
        if "e41" in ids:
            raise BadRequestData(status=400, title="cannot parse")
        return BatchResult(succeeded=ids)

    harness = Harness(answer)
    harness.deliver(*(f"e{n}" for n in range(64)))
    assert list(harness.refused) == ["e41"]
    assert harness.delivery.counts.delivered == 63
    assert len(harness.requests) <= 2 * 7


def test_an_entity_that_makes_the_broker_fail_is_put_aside_at_last() -> None:
    """500 may pass, so it is tried again; refused while others are taken, again and again, it is put aside alone."""

    def answer(ids: list[str]) -> BatchResult:
        if "e5" in ids:
            raise InternalError(status=500, title="null pointer")
        return BatchResult(succeeded=ids)

    harness = Harness(answer)
    harness.put(*(f"e{n}" for n in range(8)))
    harness.delivery.start()
    others = iter(range(8, 1000))
    harness.wait_for(lambda: harness.put(f"e{next(others)}") or harness.refused, "a refusal")
    harness.wait_for(lambda: not harness.queues.waiting, "the others")
    harness.delivery.stop()
    assert list(harness.refused) == ["e5"]
    assert harness.delivery.trouble is None


@pytest.mark.parametrize("status", [400, 403, 404, 413, 422, 500, 501])
def test_whoever_refuses_everything_has_no_evidence_against_anybody(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is put aside while nothing is taken; all of it waits in order, in two lines of the log, and is told."""
    is_well = threading.Event()
    taken: list[str] = []

    def answer(ids: list[str]) -> BatchResult:
        if not is_well.is_set():
            raise ContextBrokerError(status=status, title="not today")
        taken.extend(ids)
        return BatchResult(succeeded=ids)

    caplog.set_level("INFO", "citycontext.bridge")
    harness = Harness(answer, connections=2)
    harness.put(*(f"e{n}" for n in range(50)), *(f"e{n}" for n in range(50)))
    harness.delivery.start()
    harness.wait_for(lambda: len(harness.requests) > 60, "many attempts")
    assert harness.refused == {}
    assert "not today" in str(harness.delivery.trouble)
    is_well.set()
    harness.wait_for(lambda: not harness.queues.waiting, "the delivery")
    harness.delivery.stop()
    assert harness.refused == {}
    assert sorted(taken) == sorted([f"e{n}" for n in range(50)] * 2)
    assert harness.delivery.trouble is None
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_trouble_is_told_even_if_no_update_is_refused_twice() -> None:
    """With many entities, each probe is another one's first: so many requests of which nothing is taken are trouble."""

    def answer(ids: list[str]) -> BatchResult:
        raise InternalError(status=500, title="not today")

    harness = Harness(answer, batch_size=1, max_backoff=5)
    others = iter(range(10_000))
    harness.put(*(f"e{next(others)}" for _ in range(500)))
    harness.delivery.start()
    harness.wait_for(lambda: harness.delivery.trouble, "trouble")
    requests = [one for ids in harness.requests for one in ids]
    harness.delivery.stop()
    assert "not today" in str(harness.delivery.trouble)
    assert len(requests) == len(set(requests))
    assert harness.refused == {}


def test_a_tenant_without_luck_holds_no_other() -> None:
    """A context broker that fails for one tenant only: the others' updates go on, its own wait and nothing is dead."""

    class Tenants(Harness):
        def upsert(self, tenant: str | None, entities: list[dict[str, Any]], *, correlation: Any = None) -> BatchResult:
            if tenant == "sick":
                raise InternalError(status=500, title="no database")
            return super().upsert(tenant, entities)

    harness = Tenants(lambda ids: BatchResult(succeeded=ids))
    harness.put(*(f"s{n}" for n in range(20)), tenant="sick")
    harness.delivery.start()
    for number in range(100):
        harness.put(f"e{number % 10}", tenant="well")
        time.sleep(0.002)
    harness.wait_for(lambda: harness.queues.waiting == 20, "the well tenant")
    harness.delivery.stop()
    assert harness.refused == {}
    assert "no database" in str(harness.delivery.trouble)


def test_what_waits_alone_is_not_folded_into() -> None:
    """A later message of an entity that was refused keeps a place of its own: it is not put aside with the first."""
    queues = EntityQueues(100, fold=True)
    harness = Harness(lambda ids: BatchResult(succeeded=ids))
    harness.queues = queues
    first = Update(None, {"id": "a"}, "route", [Ticket(Message("1", b"", 0.0), open=1)])
    queues.put([first])
    taken = queues.take(10, 0)
    taken[0].attempts = 1
    queues.give_back(taken, [0.0])
    harness.put("a")
    assert len(queues.take(10, 0)[0].tickets) == 1


def test_a_person_can_put_an_entity_aside() -> None:
    """What waits without evidence becomes a dead letter when a person says so, and only what had come by then."""

    def answer(ids: list[str]) -> BatchResult:
        raise BadRequestData(status=400, title="bad")

    harness = Harness(answer)
    harness.put("a", "b")
    harness.queues.put([Update(None, {"id": "a"}, "route", [Ticket(Message("later", b"", 20.0), open=1)])])
    harness.delivery.start()
    harness.wait_for(lambda: harness.delivery.trouble, "trouble")
    harness.asked = {"a": 10.0}
    harness.wait_for(lambda: harness.refused, "a refusal")
    time.sleep(0.1)
    harness.delivery.stop()
    assert list(harness.refused) == ["a"]
    assert "as a person asked" in harness.refused["a"]
    assert "bad" in harness.refused["a"]
    assert harness.queues.waiting == 2


@pytest.mark.parametrize(
    "error",
    [
        TransportError("connection refused"),
        ContextBrokerError(status=401, title="token"),
        ContextBrokerError(status=404, title="no tenant"),
        ContextBrokerError(status=429, title="slow down"),
        ContextBrokerError(status=503, title="later"),
        ContextBrokerError(status=504, title="later"),
    ],
)
def test_what_is_not_the_fault_of_the_data_is_sent_again(error: CityContextError) -> None:
    """As often as it takes; nothing is refused, and the trouble is to be seen meanwhile."""
    left = [20]
    seen: list[str | None] = []

    def answer(ids: list[str]) -> BatchResult:
        if left[0]:
            left[0] -= 1
            seen.append(harness.delivery.trouble)
            raise error
        return BatchResult(succeeded=ids)

    harness = Harness(answer)
    harness.deliver("a", "b")
    assert harness.refused == {}
    assert len(harness.requests) >= 21
    assert str(error) == seen[-1]
    assert harness.delivery.trouble is None


def test_a_refusal_counts_once_another_entity_was_taken_after_it() -> None:
    """Alone and refused proves nothing; refused, another taken, and refused again does."""

    def answer(ids: list[str]) -> BatchResult:
        if "a" in ids:
            raise BadRequestData(status=400, title="bad")
        return BatchResult(succeeded=ids)

    harness = Harness(answer)
    harness.put("a")
    harness.delivery.start()
    harness.wait_for(lambda: len(harness.requests) > 5, "some attempts")
    assert harness.refused == {}
    harness.put("b")
    harness.wait_for(lambda: not harness.queues.waiting, "a refusal")
    harness.delivery.stop()
    assert list(harness.refused) == ["a"]


def test_stopping_leaves_the_undelivered_open() -> None:
    """What is not delivered when the bridge stops is not settled: it stays in the journal."""
    asked = threading.Event()

    def answer(ids: list[str]) -> BatchResult:
        asked.set()
        raise TransportError("away")

    harness = Harness(answer)
    harness.queues.put([Update(None, {"id": "a"}, "r", [Ticket(Message("t", b"", 0.0), open=1)])])
    harness.delivery.start()
    assert asked.wait(5)
    harness.delivery.stop()
    assert harness.settled == []


def test_late_updates_go_to_the_history_one_by_one() -> None:
    """What is refused becomes a dead letter, what fails for a while is sent again."""
    left = [3]

    def answer(ids: list[str]) -> BatchResult:
        if ids == ["b"]:
            return BatchResult([], [BatchFailure("b", BadRequestData(status=400, title="bad time"))])
        if ids == ["c"] and left[0]:
            left[0] -= 1
            raise TransportError("reset") if left[0] == 1 else InternalError(status=500, title="busy")
        return BatchResult(succeeded=ids)

    harness = Harness(answer)
    harness.deliver("a", "b", "c", "d", late=True)
    assert list(harness.refused) == ["b"]
    assert "bad time" in harness.refused["b"]
    assert harness.requests.count(["history", "a"]) == 1
    assert harness.requests.count(["history", "c"]) == 4
    assert harness.delivery.counts.delivered == 3


@pytest.mark.parametrize(
    "error",
    [
        OperationNotSupported(status=422, title="no history"),
        ContextBrokerError(status=501, title="not implemented"),
        ContextBrokerError(status=404, title="no such path"),
    ],
)
def test_a_context_broker_without_history_is_told_and_nothing_is_lost(error: ContextBrokerError) -> None:
    """What is for the history waits, the trouble says what to set, and entities go on."""

    class NoHistory(Harness):
        def append_history(self, tenant: str | None, entity: dict[str, Any], *, correlation: Any = None) -> None:
            raise error

    harness = NoHistory(lambda ids: BatchResult(succeeded=ids))
    harness.put("a", "b", late=True)
    harness.delivery.start()
    harness.wait_for(lambda: harness.delivery.trouble, "trouble")
    harness.put("a", "b", "c")
    harness.wait_for(lambda: harness.queues.waiting == 2, "the entities")
    harness.delivery.stop()
    assert "keeps no history; set" in str(harness.delivery.trouble)
    assert harness.refused == {}


def test_an_instance_at_fault_is_found_among_those_of_its_entity() -> None:
    """Many messages of one entity go to the history in one request; the one that is refused is put aside alone."""
    written: list[int] = []
    sizes: list[int] = []

    class History(Harness):
        def append_history(self, tenant: str | None, entity: dict[str, Any], *, correlation: Any = None) -> None:
            numbers = [instance["value"] for instance in entity["n"]]
            sizes.append(len(numbers))
            if 41 in numbers:
                raise BadRequestData(status=400, title="cannot parse")
            written.extend(numbers)

    harness = History(lambda ids: BatchResult(succeeded=ids))
    harness.queues.put(
        [
            Update(None, {"id": "a", "n": {"value": n}}, "r", [Ticket(Message(str(n), b"", 0.0), open=1)], True)
            for n in range(64)
        ]
    )
    harness.delivery.start()
    for _ in range(500):
        if not harness.queues.waiting:
            break
        time.sleep(0.01)
    harness.delivery.stop()
    assert sizes[0] == 64
    assert len(sizes) <= 2 * 7
    assert written == [n for n in range(64) if n != 41]
    assert list(harness.refused) == ["41"]
    assert (harness.delivery.counts.delivered, harness.delivery.counts.refused) == (63, 1)
    assert len(harness.settled) == 64


def test_no_more_requests_run_at_a_time_than_allowed() -> None:
    """Three connections: three requests side by side, never four, and never two with the same entity."""
    running: list[str] = []
    most: list[int] = []
    lock = threading.Lock()

    def answer(ids: list[str]) -> BatchResult:
        with lock:
            assert not set(ids) & set(running)
            running.extend(ids)
            most.append(len(running))
        time.sleep(0.005)
        with lock:
            for one in ids:
                running.remove(one)
        return BatchResult(succeeded=ids)

    harness = Harness(answer, connections=3, batch_size=1)
    harness.deliver(*(f"e{n % 7}" for n in range(60)))
    assert max(most) == 3
    assert harness.delivery.counts.delivered == 60


def test_the_rate_is_kept_over_all_connections() -> None:
    """No request holds more than a second's worth, and they do not come faster."""
    times: list[float] = []

    def answer(ids: list[str]) -> BatchResult:
        times.append(time.monotonic())
        assert len(ids) <= 40
        return BatchResult(succeeded=ids)

    harness = Harness(answer, max_rate=40, connections=3)
    harness.deliver(*(f"e{n}" for n in range(60)))
    assert [len(one) for one in harness.requests] == [40, 20]
    assert 0.95 < times[1] - times[0] < 3
    assert harness.delivery.counts.batch_sizes == [0, 0, 2, 0, 0, 0, 0]
    assert harness.delivery.counts.sent == 60
