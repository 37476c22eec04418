"""``citycontext broker``."""

from __future__ import annotations

import re
import signal
import socket
from pathlib import Path

import httpx


def test_taken_port_ends_in_one_line(citycontext, refusal) -> None:
    """A port that another program has is named, with the cure."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = refusal(citycontext("broker", "--port", str(port)))
    assert str(port) in line
    assert "another port" in line


def test_broker_serves_until_interrupted_and_keeps_its_store(running, tmp_path: Path) -> None:
    """The broker answers on the port it names, stores what it is given in the file, and ends on Ctrl-C with 0."""
    store = tmp_path / "city.db"
    entity = {"id": "urn:ngsi-ld:Bin:1", "type": "Bin", "level": {"type": "Property", "value": 1}}
    for expected in (201, 409):
        with running("broker", "--port", "0", "--store", str(store)) as process:
            found = re.search(r"(http://\S+)/ngsi-ld/v1", process.stderr.readline())
            assert found is not None
            answer = httpx.post(f"{found[1]}/ngsi-ld/v1/entities", json=entity)
            assert answer.status_code == expected
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0


def test_token_is_asked_for(running) -> None:
    """With a token, a request without it is refused."""
    with running("broker", "--port", "0", "--token", "secret") as process:
        found = re.search(r"(http://\S+)/ngsi-ld/v1", process.stderr.readline())
        assert found is not None
        types = f"{found[1]}/ngsi-ld/v1/types"
        assert httpx.get(types).status_code == 401
        assert httpx.get(types, headers={"Authorization": "Bearer secret"}).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_pages_of_named_origins_may_use_the_api(running) -> None:
    """With an origin given, the browser is told that its pages may ask; others are not."""
    with running("broker", "--port", "0", "--cors", "https://map.example.org") as process:
        found = re.search(r"(http://\S+)/ngsi-ld/v1", process.stderr.readline())
        assert found is not None
        types = f"{found[1]}/ngsi-ld/v1/types"
        allowed = httpx.get(types, headers={"Origin": "https://map.example.org"})
        refused = httpx.get(types, headers={"Origin": "https://other.example.org"})
    assert allowed.headers["access-control-allow-origin"] == "https://map.example.org"
    assert "access-control-allow-origin" not in refused.headers


def test_the_history_is_kept_to_a_limit(running) -> None:
    """With a limit, of many values the last are kept."""
    with running("broker", "--port", "0", "--history-limit", "5") as process:
        found = re.search(r"(http://\S+)/ngsi-ld/v1", process.stderr.readline())
        assert found is not None
        api = f"{found[1]}/ngsi-ld/v1"
        values = [
            {"type": "Property", "value": minute, "observedAt": f"2026-05-01T00:{minute:02}:00Z"}
            for minute in range(20)
        ]
        for value in values:
            entity = {"id": "urn:ngsi-ld:Bin:1", "type": "Bin", "level": value}
            httpx.post(f"{api}/entityOperations/upsert", json=[entity]).raise_for_status()
        history = httpx.get(f"{api}/temporal/entities/urn:ngsi-ld:Bin:1").json()
    assert [instance["value"] for instance in history["level"]] == [15, 16, 17, 18, 19]
