"""What a bridge goes through in years, in minutes: brokers away, power cuts, full disks, bursts.

    python benchmarks/bridge_faults.py                   each fault once: QoS 1, 500 msg/s, 10,000 messages, 100 devices
    python benchmarks/bridge_faults.py --only kill       one of them
    python benchmarks/bridge_faults.py --burst           20,000 messages at once
    python benchmarks/bridge_faults.py --outage 1000000  so many messages while the context broker is away
    python benchmarks/bridge_faults.py --soak 60         500 msg/s for so many minutes, a fault in each
    python benchmarks/bridge_faults.py --json            rows for machines; exit code 1 on any loss or reordering

Mosquitto, publisher, context broker and bridge are processes of their own. A message is lost that the publisher has
confirmed and the context broker never gets; out of order, one that comes for the first time behind a newer one of its
entity, or an entity left on an older value. A repetition after a cut is a duplicate. The clock is set back for the
bridge's process only, where its code asks for the time.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bridge_stand import CLOCK_SET_BACK, ROUTE, Row, Stand, row, wait_until

RATE = 500.0
MESSAGES = 10_000
MEMORY = 150.0
TENANT = "of-station-7"


# -- the faults -------------------------------------------------------------------------------------------------------


def context_broker_down(stand: Stand) -> None:
    stand.order("down")
    stand.watch(5)
    stand.order("up")


def answers_503(stand: Stand) -> None:
    stand.order("status 503")
    stand.watch(5)
    stand.order("status 204")


def latency(stand: Stand) -> None:
    stand.order("latency 0.1")
    stand.watch(10)
    stand.order("latency 0")


def connection_resets(stand: Stand) -> None:
    stand.order("resets 0.3")
    stand.watch(10)
    stand.order("resets 0")


def killed_ten_times(stand: Stand) -> None:
    for _ in range(10):
        time.sleep(random.uniform(0.2, 3.0))  # noqa: S311
        stand.kill_bridge()
        stand.start_bridge()


def killed(stand: Stand) -> None:
    stand.kill_bridge()
    stand.start_bridge()


def mosquitto_restarted(stand: Stand) -> None:
    stand.mosquitto.stop()
    stand.watch(1)
    stand.mosquitto.start()


def disk_full(stand: Stand) -> None:
    assert stand.disk is not None
    stand.disk.fill(stand.bridge.pid)
    stand.watch(5)
    stand.disk.free(stand.bridge.pid)


def answers_500(stand: Stand) -> None:
    stand.order("status 500")
    stand.watch(60)
    stand.order("status 204")


def answers_500_for_one_tenant(stand: Stand) -> None:
    stand.order(f"tenant {TENANT}")
    stand.order("status 500")
    stand.watch(20)
    stand.order("status 204")
    stand.order("tenant")


def endless_answers(stand: Stand) -> None:
    stand.order("endless on")
    stand.watch(10)
    stand.order("endless off")


def disk_filled_by_the_journal(stand: Stand) -> None:
    assert stand.disk is not None
    stand.order("down")
    stand.disk.fill(stand.bridge.pid, 3_500_000)
    stand.watch(12)
    stand.disk.fill(stand.bridge.pid)
    stand.order("up")
    stand.watch(5)
    stand.disk.free(stand.bridge.pid)


def clock_set_back(stand: Stand) -> None:
    stand.set_clock_back()
    wait_until(lambda: (stand.status() or {"now": time.time()})["now"] < time.time() - 1, "the bridge's clock")


Fault = Callable[[Stand], None]
FAULTS: dict[str, tuple[str, Fault, str]] = {
    "down": ("context broker down 5 s", context_broker_down, "cannot reach|refused|connect"),
    "503": ("503 for 5 s", answers_503, "503"),
    "latency": ("100 ms latency for 10 s", latency, ""),
    "resets": ("30 % of connections reset for 10 s", connection_resets, ""),
    "kill": ("kill -9 ten times", killed_ten_times, ""),
    "mosquitto": ("Mosquitto restarted", mosquitto_restarted, "mqtt://"),
    "disk": ("disk full 5 s", disk_full, "journal"),
    "500": ("500 to everything for 60 s", answers_500, "500"),
    "tenant": ("500 for one tenant of 100 for 20 s", answers_500_for_one_tenant, TENANT),
    "endless": ("endless answers for 10 s", endless_answers, "bytes"),
    "journal": ("disk full by the journal", disk_filled_by_the_journal, "no message is read"),
    "clock": (f"clock set back {CLOCK_SET_BACK / 3600:g} h", clock_set_back, ""),
}
"""Name → title, fault, and what the bridge must say of it meanwhile, if it must say anything."""


def run_fault(name: str) -> list[Row]:
    """Publish, break something, and count."""
    title, fault, said = FAULTS[name]
    # With times of the devices, a clock an hour behind ours makes dead letters: they come "from the future".
    route = {key: value for key, value in ROUTE.items() if name != "clock" or key != "observed_at"}
    if name in ("tenant", "endless"):  # of a hundred tenants, each has requests of its own
        route |= {"tenant": "of-{station}"}
    small_disk = name in ("disk", "journal")
    with tempfile.TemporaryDirectory() as folder, Stand(Path(folder), [route], small_disk=small_disk) as stand:
        publisher = stand.publish(MESSAGES, RATE)
        time.sleep(3)
        fault(stand)
        publisher.wait()
        report = stand.wait_delivered(MESSAGES)
        rows = outcome(title, MESSAGES, report, stand)
        if said:
            noticed = any(one in trouble for one in said.split("|") for trouble in stand.seen)
            rows.append(row(f"{title}: told by the bridge", int(noticed), "", 1, at_least=True))
    return rows


def outcome(title: str, count: int, report: dict[str, int], stand: Stand) -> list[Row]:
    """Make the rows of a run."""
    status = stand.status() or {"counts": {"dead": -1, "waiting": -1}}
    return [
        row(f"{title}: lost", count - report["distinct"], "messages", 0),
        row(f"{title}: out of order", report["late"] + report["stale"], "messages", 0),
        row(f"{title}: duplicates", report["duplicates"], "messages", None),
        row(f"{title}: dead letters", status["counts"]["dead"], "messages", 0),
        row(f"{title}: left in the journal", status["counts"]["waiting"], "messages", 0),
        row(f"{title}: peak memory", stand.peak, "MB", MEMORY),
    ]


# -- much at once, and for long ---------------------------------------------------------------------------------------


def run_burst(count: int = 20_000) -> list[Row]:
    """Publish all at once."""
    with tempfile.TemporaryDirectory() as folder, Stand(Path(folder)) as stand:
        begun = time.monotonic()
        stand.publish(count, 0).wait()
        published = time.monotonic() - begun
        report = stand.wait_delivered(count)
        seconds = time.monotonic() - begun
        return [
            *outcome("burst", count, report, stand),
            row("burst: requests", report["requests"], "", 1000),
            row("burst: published in", published, "s", None),
            row("burst: delivered in", seconds, "s", None),
        ]


def run_outage(count: int) -> list[Row]:
    """Publish while the context broker is away, until the journal has all; then let it drain."""
    with tempfile.TemporaryDirectory() as folder, Stand(Path(folder)) as stand:
        stand.order("down")
        begun = time.monotonic()
        publisher = stand.publish(count, 0)

        def is_kept() -> bool:
            stand.note_memory()
            time.sleep(0.5)
            status = stand.status()
            return status is not None and int(status["counts"]["journalled"]) >= count

        wait_until(is_kept, "the journal", 60 + count / 500)
        publisher.wait()
        took = time.monotonic() - begun
        full = stand.journal_bytes()
        stand.order("up")
        begun = time.monotonic()
        report = stand.wait_delivered(count)
        drained = time.monotonic() - begun
        time.sleep(2)
        return [
            *outcome("outage", count, report, stand),
            row("outage: kept", count / took, "msg/s", None),
            row("outage: drained", count / drained, "msg/s", None),
            row("outage: requests", report["requests"], "", None),
            row("outage: journal at its largest", full / 1e6, "MB", None),
            # What SQLite keeps for a next time is bounded, whatever the outage was.
            row("outage: journal afterwards", stand.journal_bytes() / 1e6, "MB", 1.0),
        ]


def run_soak(minutes: int) -> list[Row]:
    """Publish at a steady rate, and break something every minute."""
    count = int(minutes * 60 * RATE)
    faults = {name: (title, fault) for name, (title, fault, _) in FAULTS.items() if name not in ("kill", "clock")}
    faults["kill"] = ("kill -9", killed)
    memory: list[float] = []
    route = ROUTE | {"tenant": "of-{station}"}  # a tenant for each device, of which a fault may strike one
    with tempfile.TemporaryDirectory() as folder, Stand(Path(folder), [route], small_disk=True) as stand:
        begun = time.monotonic()
        publisher = stand.publish(count, RATE)
        for minute, (title, fault) in zip(range(minutes), itertools.cycle(faults.values()), strict=False):
            stand.watch(20)
            fault(stand)
            stand.watch(max(0.0, begun + 60 * (minute + 1) - time.monotonic()))
            memory.append(stand.note_memory())
            status = stand.status() or {"counts": {"waiting": -1}}
            print(
                f"minute {minute + 1}: {title}; delivered {stand.order('report')['distinct']:,}, "
                f"waiting {status['counts']['waiting']:,}, memory {memory[-1]:.0f} MB",
                file=sys.stderr,
                flush=True,
            )
        publisher.wait()
        report = stand.wait_delivered(count)
        return [
            *outcome(f"soak of {minutes} min", count, report, stand),
            row("soak: faults", minutes, "", None),
            row("soak: memory, median of the minutes", statistics.median(memory), "MB", None),
        ]


# -- the command ------------------------------------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print rows for machines")
    parser.add_argument("--only", choices=FAULTS, action="append", help="only this fault; may be given several times")
    parser.add_argument("--burst", action="store_true", help="20,000 messages at once")
    parser.add_argument("--outage", type=int, metavar="N", help="messages while the context broker is away")
    parser.add_argument("--hostile", type=int, metavar="N", help="messages that are broken in every way")
    parser.add_argument("--soak", type=int, metavar="MINUTES", help="500 msg/s, a fault every minute")
    options = parser.parse_args()
    rows: list[Row] = []
    if options.burst:
        rows += run_burst()
    if options.outage:
        rows += run_outage(options.outage)
    if options.hostile:
        from bridge_hostile import run_hostile

        rows += run_hostile(options.hostile)
    if options.soak:
        rows += run_soak(options.soak)
    if options.only or not rows:
        for name in options.only or FAULTS:
            print(f"{FAULTS[name][0]} …", file=sys.stderr, flush=True)
            rows += run_fault(name)
    if options.json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        print(f"{'':55} {'value':>10} {'':8} {'budget':>7}")
        for one in rows:
            budget = "" if one["budget"] is None else f"{one['budget']:g}"
            print(f"{one['name']:55} {one['value']:>10g} {one['unit']:8} {budget:>7} {'' if one['ok'] else 'OVER'}")
    return 0 if all(one["ok"] for one in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
