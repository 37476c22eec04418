"""Attacks on the local broker, each against a broker of its own, while another client asks for the types all the time.

    python benchmarks/broker_hostile.py            a table for people
    python benchmarks/broker_hostile.py --json     rows for machines; exit code 1 when one is over its budget

Each attack is answered within 2 s, by an error where it says so; the other client meanwhile within 1 s; and the broker
never takes more than 300 MB.
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import orjson

JSON = {"Content-Type": "application/json"}
ANSWER, OTHERS, MEMORY = 2.0, 1.0, 300.0
SLOW_BODIES = 300
BODY_SECONDS = 5
PROGRAM = f"""
from citycontext.broker import Bounds, LocalBroker, Server
server = Server(LocalBroker(bounds=Bounds(body_seconds={BODY_SECONDS})), port=0)
server.start()
print(server.port, flush=True)
input()
"""

Attack = Callable[[httpx.Client], httpx.Response]


def ring(http: httpx.Client, count: int = 40) -> None:
    """Store entities of which each links to all."""
    ids = [f"urn:ngsi-ld:Node:{number}" for number in range(count)]
    links = {f"to{place}": {"object": other} for place, other in enumerate(ids)}
    http.post("entityOperations/create", json=[{"id": one, "type": "Node", **links} for one in ids]).raise_for_status()


def join(form: str) -> Attack:
    """Ask for entities that point to each other, four links deep."""

    def attack(http: httpx.Client) -> httpx.Response:
        return http.get(f"entities?type=Node&join={form}&joinLevel=4")

    return attack


def send(path: str, body: bytes, method: str = "POST", **headers: str) -> Attack:
    """Send a body."""

    def attack(http: httpx.Client) -> httpx.Response:
        return http.request(method, path, content=body, headers={**JSON, **headers})

    return attack


def subscription(**members: Any) -> bytes:
    """Make a subscription, odd in some of its members."""
    endpoint = {"uri": "http://127.0.0.1:9/", **members.pop("endpoint", {})}
    return orjson.dumps(
        {"type": "Subscription", "entities": [{"type": "T"}], "notification": {"endpoint": endpoint}, **members}
    )


def wide(count: int) -> bytes:
    """Make an entity with many attributes."""
    return orjson.dumps({"id": "urn:x:wide", "type": "T", **{f"a{number}": number for number in range(count)}})


def many_instances(count: int) -> bytes:
    """Make an entity with many instances of one attribute."""
    instances = [{"type": "Property", "value": one, "datasetId": f"urn:d:{one}"} for one in range(count)]
    return orjson.dumps({"id": "urn:x:many", "type": "T", "a": instances})


def read_odd_type(http: httpx.Client) -> httpx.Response:
    """Store an entity of an odd type and ask for it."""
    http.post("entities", json={"id": "urn:x:odd", "type": "http://e/a(b)"}).raise_for_status()
    return http.get("entities", params={"type": "http://e/a(b)"})


def write_after_null(http: httpx.Client) -> httpx.Response:
    """Try to store nulls, then write a matching entity."""
    for member in ("throttling", "lang", "expiresAt", "watchedAttributes", "scopeQ"):
        http.post("subscriptions", content=subscription(**{member: None}), headers=JSON)
    source = {
        "type": "ContextSourceRegistration",
        "endpoint": "http://127.0.0.1:9",
        "information": [{"entities": None}],
    }
    http.post("csourceRegistrations", json=source)
    return http.post("entities", json={"id": "urn:x:1", "type": "T", "a": 1})


def short_interval(http: httpx.Client) -> httpx.Response:
    """Ask for notifications without a pause, then write."""
    http.post("subscriptions", content=subscription(timeInterval=1e-9), headers=JSON)
    time.sleep(1)
    return http.post("entities", json={"id": "urn:x:1", "type": "T", "a": 1})


def slow_bodies(http: httpx.Client) -> httpx.Response:
    """Hold connections open with bodies that do not come; then ask, with all of them held."""
    port = http.base_url.port
    head = b"POST /ngsi-ld/v1/entities HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(SLOW_BODIES)]
    for one in held:
        one.sendall(head + b"Content-Type: application/json\r\n\r\n")
    answer = http.get("types")
    end = time.monotonic() + BODY_SECONDS + 5
    for one in held:
        one.settimeout(max(0.1, end - time.monotonic()))
        dropped = one.recv(100)
        one.close()
        if b" 408 " not in dropped:
            raise SystemExit("a slow body was not dropped")
    return answer


TWO_LINES = subscription(endpoint={"receiverInfo": [{"key": "A", "value": "b\r\nC: d"}]})
MANY_ARRAYS = b'{"id":"urn:x:1","type":"T","a":{"value":[' + b"[]," * 9_000_000 + b"1]}}"
ATTACKS: list[tuple[str, Attack, tuple[int, ...]]] = [
    ("join inline, 40 entities that point to each other", join("inline"), (403,)),
    ("join flat, 40 entities that point to each other", join("flat"), (200,)),
    ("a batch of 30 MB of {}", send("entityOperations/upsert", b"[" + b"{}," * 9_999_999 + b"{}]"), (413,)),
    ("9 million [] in a value", send("entities", MANY_ARRAYS), (413,)),
    ("10,001 items in a batch", send("entityOperations/delete", orjson.dumps(["urn:x:1"] * 10_001)), (413,)),
    ("10,000 items in a batch that are nothing", send("entityOperations/upsert", orjson.dumps([{}] * 10_000)), (207,)),
    ("200,000 attributes", send("entities", wide(200_000)), (413,)),
    ("150,000 instances of an attribute", send("entities", many_instances(150_000)), (413,)),
    ("9,000 attributes", send("entities", wide(9_000)), (201,)),
    ("9,000 instances of an attribute", send("entities", many_instances(9_000)), (201,)),
    ("null in subscriptions and registrations, then a write", write_after_null, (201,)),
    ("a type http://e/a(b)", read_odd_type, (200,)),
    ("a rebound Host", send("entities", wide(1), Host="evil.example"), (421,)),
    ("a foreign Origin", send("entities", wide(1), Origin="http://evil.example"), (403,)),
    ("a line break in receiverInfo", send("subscriptions", TWO_LINES), (400,)),
    ("timeInterval of a nanosecond, then a write", short_interval, (201,)),
    (f"{SLOW_BODIES} slow bodies", slow_bodies, (200,)),
]  # fmt: skip


def measure(attack: Attack, statuses: tuple[int, ...]) -> dict[str, Any]:
    """Attack a new broker; give how long its answer took, how long another's took meanwhile, and its memory."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        base = f"http://localhost:{int(process.stdout.readline())}/ngsi-ld/v1/"
        worst, ended = [0.0], threading.Event()

        def ask() -> None:
            with httpx.Client(base_url=base, timeout=120, trust_env=False) as other:
                while not ended.is_set():
                    began = time.perf_counter()
                    other.get("types")
                    worst.append(time.perf_counter() - began)
                    time.sleep(0.02)

        with httpx.Client(base_url=base, timeout=120, trust_env=False) as http:
            ring(http)
            other = threading.Thread(target=ask)
            other.start()
            time.sleep(0.1)
            answer = attack(http)
            spent = answer.elapsed.total_seconds()
            ended.set()
            other.join()
        peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
        memory = int(peak[1]) / 1024 if peak else 0.0
        process.stdin.close()
        process.wait(20)
    ok = answer.status_code in statuses and spent <= ANSWER and max(worst) <= OTHERS and memory <= MEMORY
    return {
        "status": answer.status_code,
        "seconds": round(spent, 3),
        "others": round(max(worst), 3),
        "memory": round(memory),
        "ok": ok,
    }


def main() -> int:
    """Attack, print, and tell by the exit code whether all is within budget."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print rows for machines")
    arguments = parser.parse_args()
    rows = []
    for name, attack, statuses in ATTACKS:
        rows.append({"name": name, **measure(attack, statuses)})
        if not arguments.json:
            one = rows[-1]
            verdict = "ok" if one["ok"] else "OVER BUDGET"
            print(
                f"{name:54} {one['status']} {one['seconds']:7.3f} s, others {one['others']:6.3f} s, "
                f"{one['memory']:4} MB: {verdict}",
                flush=True,
            )
    if arguments.json:
        print(json.dumps(rows))
    return 0 if all(one["ok"] for one in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
