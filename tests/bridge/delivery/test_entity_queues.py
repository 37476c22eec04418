"""EntityQueues: order by entity, no entity twice in a batch, bounded, fair."""

from __future__ import annotations

import threading
import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from citycontext.bridge.delivery.entity_queues import EntityQueues, Ticket, Update
from citycontext.bridge.message import Message


def update(entity: str, number: int = 0, *, tenant: str | None = None, at: str = "", **values: Any) -> Update:
    """Make an update with a ticket of its own."""
    wire: dict[str, Any] = {"id": entity, "type": "T", "n": {"type": "Property", "value": number}}
    if at:
        wire["n"]["observedAt"] = at
    return Update(tenant, wire | values, "route", [Ticket(Message("t", b"", 0.0), open=1)])


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([None, "x"])), max_size=60), st.integers(1, 5))
def test_order_is_kept_and_no_batch_has_an_entity_twice(puts: list[tuple[str, str | None]], size: int) -> None:
    """For any sequence of updates and any size of batch: each is taken once, in order, alone of its entity."""
    queues = EntityQueues(1000)
    queues.put([update(entity, number, tenant=tenant) for number, (entity, tenant) in enumerate(puts)])
    taken: dict[Any, list[int]] = {}
    tickets = []
    while queues.waiting:
        batch = queues.take(size, 0)
        assert 1 <= len(batch) <= size
        assert len({one.key for one in batch}) == len(batch)
        assert len({one.tenant for one in batch}) == 1
        for one in batch:
            taken.setdefault(one.key, []).append(one.wire["n"]["value"])
        tickets += queues.finish(batch)
    assert sum(map(len, taken.values())) == len(puts) == len(tickets)
    assert all(numbers == sorted(numbers) for numbers in taken.values())


def test_an_entity_on_its_way_is_not_taken_again() -> None:
    """Its next update waits until the one before is settled."""
    queues = EntityQueues(10)
    queues.put([update("a", 1), update("a", 2), update("b", 3)])
    first = queues.take(10, 0)
    assert [one.key[1] for one in first] == ["a", "b"]
    taken: list[list[Update]] = []
    thread = threading.Thread(target=lambda: taken.append(queues.take(10, 0)))
    thread.start()
    time.sleep(0.05)
    assert taken == []
    queues.finish(first)
    thread.join(5)
    assert [one.wire["n"]["value"] for one in taken[0]] == [2]


def test_a_full_queue_makes_the_worker_wait_and_a_closed_one_lets_it_go() -> None:
    """Memory is bounded by making the one that puts wait."""
    queues = EntityQueues(2)
    queues.put([update("a"), update("b")])
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(queues.put([update("c")])))
    thread.start()
    time.sleep(0.05)
    assert answers == []
    queues.finish(queues.take(1, 0))
    thread.join(5)
    assert answers == [True]
    queues.close()
    assert queues.put([update("d")]) is False
    assert queues.take(5, 0) == []


def test_nobody_lingers_while_updates_stand_behind_others() -> None:
    """A second update of an entity cannot join the batch: what is ready goes at once, round by round."""
    queues = EntityQueues(100)
    queues.put([update(entity, number) for number in range(5) for entity in "abc"])
    begun = time.monotonic()
    rounds = []
    for _ in range(4):
        batch = queues.take(500, 30.0)
        rounds.append([one.key[1] for one in batch])
        queues.finish(batch)
    assert rounds == [["a", "b", "c"]] * 4
    assert time.monotonic() - begun < 15


def test_a_batch_lingers_for_company() -> None:
    """An update waits for others, but not longer than it may."""
    queues = EntityQueues(10)
    queues.put([update("a")])
    threading.Timer(0.05, queues.put, [[update("b")]]).start()
    begun = time.monotonic()
    assert len(queues.take(10, 0.3)) == 2
    assert 0.25 < time.monotonic() - begun < 2


def test_folding_keeps_the_newest_of_each_attribute_and_all_tickets() -> None:
    """``latest``: one update is sent for several messages, which are all settled by it."""
    queues = EntityQueues(10, fold=True)
    on_its_way = update("a", 0, at="2024-01-01T00:00:00Z")
    queues.put([on_its_way])
    taken = queues.take(10, 0)
    queues.put(
        [
            update("a", 2, at="2024-01-01T00:00:02.5Z"),
            update("a", 1, at="2024-01-01T00:00:02Z", m={"type": "Property", "value": 7}),
        ]
    )
    assert queues.waiting == 3, "the messages of a folded update are held, so they count"
    queues.finish(taken)
    (folded,) = queues.take(10, 0)
    assert folded.wire["n"]["value"] == 2
    assert folded.wire["m"]["value"] == 7
    assert len(queues.finish([folded])) == 2
    assert queues.waiting == 0


def test_a_message_of_two_entities_is_settled_once_both_are() -> None:
    """The ticket closes with the last update."""
    queues = EntityQueues(10)
    ticket = Ticket(Message("t", b"", 0.0), open=2)
    queues.put([Update(None, {"id": "a"}, "r", [ticket]), Update(None, {"id": "b"}, "r", [ticket])])
    one, two = queues.take(2, 0)
    assert queues.finish([one]) == []
    assert queues.finish([two]) == [ticket]


def history(number: int) -> Update:
    """Make an update for the history."""
    wire = {"id": "a", "type": "T", "n": {"type": "Property", "value": number}}
    return Update(None, wire, "r", [Ticket(Message("t", b"", 0.0), open=1)], True)


def test_updates_for_the_history_go_apart_and_together() -> None:
    """Not in one batch with others, not behind them; those of one entity go in one request, in order."""
    queues = EntityQueues(10)
    queues.put([update("a", 1), history(1), update("b", 2), history(2), history(3)])
    now, first = queues.take(9, 0), queues.take(9, 0)
    assert [one.key for one in now] == [((None, False), "a"), ((None, False), "b")]
    (one,) = first
    assert [wire["n"]["value"] for wire in (one.wire, *one.more)] == [1, 2, 3]
    assert queues.waiting == 5
    assert len(queues.finish(first)) == 3
    queues.put([history(5)])
    (rest,) = queues.take(9, 0)
    assert rest.wire["n"]["value"] == 5
    queues.finish([*now, rest])
    assert queues.waiting == 0


def test_a_request_for_the_history_has_a_bound() -> None:
    """What waited for hours does not become one request that no context broker takes; the order stays."""
    queues = EntityQueues(2000)
    queues.put([history(number) for number in range(1200)])
    sizes, seen = [], []
    while queues.waiting:
        (one,) = queues.take(9, 0)
        wires = (one.wire, *one.more)
        sizes.append(len(wires))
        seen += [wire["n"]["value"] for wire in wires]
        queues.finish([one])
    assert sizes == [500, 500, 200]
    assert seen == list(range(1200))


def test_one_tenant_with_much_to_say_does_not_silence_another() -> None:
    """Where more waits than one batch takes, the others have their turn."""
    queues = EntityQueues(100)
    ticket = Ticket(Message("t", b"", 0.0), open=100)
    queues.put([Update("loud", {"id": str(n)}, "r", [ticket]) for n in range(20)])
    queues.put([Update("quiet", {"id": "q"}, "r", [ticket])])
    assert [{one.tenant for one in queues.take(10, 0)} for _ in range(3)] == [{"loud"}, {"quiet"}, {"loud"}]
