"""How often ``citycontext bridge draft`` is right: documented payloads of public devices, with what is known of them.

    python benchmarks/draft.py            all sets, and what was missed
    python benchmarks/draft.py --set fresh

The payloads stand in ``draft_payloads.jsonl``; those of the set ``fresh`` were never tuned on. The sets
``second``, ``third`` and ``fourth`` were written before anything was mended for them. At first ``second`` had the
model among the first three in 41 of 44, the codec in 43, the time in 34 of 36, the position in 6 of 7; ``third``,
when all of ``second`` was mended, 33 of 36, 35, 28 of 29 and 4 of 4; ``fourth``, when all of ``third`` was, 30 of 31,
31, 23 of 24 and 6 of 6. No wrong unit was a fact in any.
"""

from __future__ import annotations

import argparse
import base64
import json
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from citycontext.bridge.drafting.draft import NothingHeard, draft
from citycontext.bridge.drafting.routes import DraftRoute
from citycontext.bridge.message import Message

SETS = ("tuned", "fresh", "second", "third", "fourth")
ARRIVED = datetime(2024, 5, 1, 10, 0, 5, tzinfo=UTC).timestamp()


def load(path: Path) -> list[dict[str, Any]]:
    """Read the payloads."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def message_of(case: dict[str, Any]) -> Message:
    """Make a message of a case."""
    if "payload_base64" in case:
        content = base64.b64decode(case["payload_base64"])
    else:
        content = case["payload"].encode() if isinstance(case["payload"], str) else json.dumps(case["payload"]).encode()
    return Message(case["topic"], content, ARRIVED)


def judge(case: dict[str, Any]) -> dict[str, bool | None]:
    """Draft from one payload, and compare with what is known; ``None`` where nothing is to be compared."""
    try:
        made = draft([message_of(case)])
    except NothingHeard:
        return {"first": False, "three": False, "codec": False, "time": None, "position": None, "units": None}
    route = made.routes[0]
    types = [one.model.type for one in route.candidates]
    times = [one if isinstance(one, str) else one["from"] for one in route.times]
    return {
        "first": types[:1] != [] and types[0] in case["types"],
        "three": bool(set(types[:3]) & set(case["types"])),
        "codec": route.codec.name == case["codec"],
        "time": None if "time" not in case else times[:1] == [case["time"]],
        "position": None if "position" not in case else any(one.name == "location" for one in route.attributes),
        "units": units_right(route, case.get("units", {})),
    }


def units_right(route: DraftRoute, known: dict[str, str]) -> bool:
    """Return whether no unit is written as a fact that is another."""
    return all(
        said is None or at.source not in known or known[at.source] == said
        for at in route.attributes
        if (said := at.keys.get("from_unit") or at.keys.get("unit")) is not None
    )


def main() -> None:
    """Judge all payloads, and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=SETS)
    parser.add_argument("--file", type=Path, default=Path(__file__).with_name("draft_payloads.jsonl"))
    given = parser.parse_args()
    cases = [one for one in load(given.file) if given.set in (None, one["set"])]
    for name in SETS:
        own = [one for one in cases if one["set"] == name]
        if own:
            report(name, own)


def report(name: str, cases: list[dict[str, Any]]) -> None:
    """Print the shares of one set, and what was missed."""
    right: Counter[str] = Counter()
    of: Counter[str] = Counter()
    begun = time.perf_counter()
    for case in cases:
        for what, verdict in judge(case).items():
            if verdict is not None:
                of[what] += 1
                right[what] += verdict
                if not verdict and what != "first":
                    print(f"  missed {what}: {case['name']}")
    took = (time.perf_counter() - begun) / len(cases)
    shares = ", ".join(f"{what} {right[what]}/{of[what]} ({100 * right[what] / of[what]:.0f} %)" for what in of)
    print(f"{name}: {len(cases)} payloads; {shares}; {1000 * took:.0f} ms a draft")


if __name__ == "__main__":
    main()
