"""The bridge as a whole: routes that change while it runs, and what a message must not do to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import orjson
import pytest

from citycontext.bridge import Bridge, BridgeConfig
from citycontext.bridge.journal.dead_letters import DeadLetters
from citycontext.bridge.operations.status import BridgeStatus
from citycontext.errors import ConfigurationError, JournalError

TEXT = """
[mqtt]
url = "{mqtt}"
client_id = "bridge"
[context_broker]
url = "{broker}"
[journal]
path = "journal.db"
[[route]]
name = "numbers"
topic = "{topic}"
type = "Device"
id = "urn:ngsi-ld:Device:{{device}}"
[route.attributes]
{attribute} = {{ from = "n", datatype = "integer", required = true }}
"""


class Files:
    """Writes the configuration of a test."""

    def __init__(self, folder: Path, mqtt: str, broker: str) -> None:
        self.path = folder / "bridge.toml"
        self._addresses = {"mqtt": mqtt, "broker": broker}

    def write(self, topic: str = "old/{device}", attribute: str = "value", extra: str = "") -> BridgeConfig:
        """Write the file and read it."""
        self.path.write_text(TEXT.format(topic=topic, attribute=attribute, **self._addresses) + extra)
        return BridgeConfig.load(self.path)


@pytest.fixture
def files(tmp_path: Path, mosquitto: Any, context_broker: Any) -> Files:
    """Return the configuration file of a test."""
    return Files(tmp_path, mosquitto.url, context_broker.url)


@pytest.mark.mosquitto
def test_a_reload_changes_routes_and_topics(files: Files, mosquitto: Any, context_broker: Any, wait: Any) -> None:
    """New topics are subscribed, old ones taken back, counts of a route go on; tables that wait are named."""
    bridge = Bridge(files.write())
    bridge.start()
    try:
        assert bridge.wait_connected()
        mosquitto.publish([("old/a", b'{"n": 1}')])
        wait(lambda: bridge.counts.delivered == 1, what="the first message")
        later = bridge.reload(files.write("new/{device}", "level", "[delivery]\nbatch_size = 7\n"))
        assert later == ["delivery"]
        wait(
            lambda: mosquitto.publish([("new/a", b'{"n": 2}')]) or context_broker.values("level"), what="the new topic"
        )
        mosquitto.publish([("old/a", b'{"n": 3}'), ("new/a", b'{"n": 4}')])
        wait(lambda: context_broker.values("level")["urn:ngsi-ld:Device:a"][-1] == 4, what="the last message")
        assert context_broker.values("value") == {"urn:ngsi-ld:Device:a": [1]}
        assert bridge.status().routes[0].messages == bridge.counts.received
    finally:
        bridge.stop()


@pytest.mark.mosquitto
def test_a_reload_with_a_fault_changes_nothing(files: Files, mosquitto: Any, context_broker: Any, wait: Any) -> None:
    """The old configuration goes on."""
    bridge = Bridge(files.write())
    bridge.start()
    try:
        assert bridge.wait_connected()
        wrong = files.write(
            extra='[[route]]\ntopic = "x"\ncodec = "jason"\ntype = "T"\nid = "urn:x:1"\nattributes = {v = "v"}'
        )
        with pytest.raises(ConfigurationError, match=r'route "x".codec: there is no codec "jason"'):
            bridge.reload(wrong)
        mosquitto.publish([("old/a", b'{"n": 1}')])
        wait(lambda: bridge.counts.delivered == 1, what="the message")
        assert len(bridge.config.route) == 1
    finally:
        bridge.stop()


@pytest.mark.mosquitto
def test_a_running_bridge_reads_its_file_again(
    files: Files, mosquitto: Any, context_broker: Any, wait: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """When it changes and at SIGHUP; a file with a fault is logged and shown with its line, until it is mended."""
    caplog.set_level("INFO")
    seen: list[BridgeStatus] = []
    bridge = Bridge(files.write())

    def change() -> None:
        try:
            wait(lambda: "Connected to" in caplog.text, what="the connection")
            files.path.write_text("[mqtt]\nurll = 3")
            wait(lambda: "the old one goes on" in caplog.text, what="the fault")
            seen.append(bridge.status())
            files.write("new/{device}")
            os.kill(os.getpid(), signal.SIGHUP)
            wait(lambda: mosquitto.publish([("new/a", b'{"n": 2}')]) or context_broker.entities, what="the new topic")
            seen.append(bridge.status())
        finally:
            bridge.ask_to_stop()

    thread = threading.Thread(target=change)
    thread.start()
    bridge.run(reload_from=files.path)
    thread.join()
    assert "bridge.toml:2: mqtt.urll" in caplog.text
    assert "was taken over: 1 routes" in caplog.text
    assert "the one before it goes on: " in seen[0].troubles[-1]
    assert "bridge.toml:2: mqtt.urll" in seen[0].recent[0].text
    assert seen[1].troubles == []
    assert seen[1].recent == seen[0].recent, "what went wrong can still be read"


@pytest.mark.mosquitto
def test_poison_disturbs_nobody_and_can_be_retried(
    files: Files, mosquitto: Any, context_broker: Any, wait: Any
) -> None:
    """Hostile messages become dead letters with a reason, the good ones between them arrive in order; and a retry
    delivers once the route was mended."""
    hostile: list[tuple[str, bytes]] = [
        ("old/a", b""),
        ("old/a", b'{"n": '),
        ("old/a", b'{"n": "five"}'),
        ("old/a", b"\xff\xfe\x00"),
        ("old/a", b"[" * 5000 + b"]" * 5000),
        ("old/a", b'{"n": 1e999}'),
        ("old/a", orjson.dumps({"n": 1, "x": "y" * 900_000})[:-5]),
        ("old/ä b<>", b'{"m": 1}'),
    ]
    messages = []
    for number, message in enumerate(hostile):
        messages += [("old/a", orjson.dumps({"n": number})), message]
    bridge = Bridge(files.write())
    bridge.start()
    try:
        assert bridge.wait_connected()
        mosquitto.publish(messages)
        wait(lambda: bridge.counts.delivered == len(hostile) and bridge.counts.dead == len(hostile), what="all of them")
        assert context_broker.values("value") == {"urn:ngsi-ld:Device:a": list(range(len(hostile)))}
        with DeadLetters(bridge.config.journal.path) as letters:
            assert len(letters) == len(hostile)
            assert all(letter.reason for letter in letters)
            assert [letter.message.payload for letter in letters] == [payload for _, payload in hostile]
            mended = next(letter for letter in letters if letter.message.payload == b'{"n": "five"}')
            path = files.path.read_text().replace('"integer"', '"text"')
            files.path.write_text(path)
            bridge.reload(BridgeConfig.load(files.path))
            letters.retry([mended.id])
        wait(lambda: context_broker.values("value")["urn:ngsi-ld:Device:a"][-1] == "five", what="the retried one")
    finally:
        bridge.stop()


@pytest.mark.mosquitto
def test_an_entity_is_put_aside_while_the_bridge_runs(
    files: Files, mosquitto: Any, context_broker: Any, wait: Any
) -> None:
    """Where all is refused, what waits for one entity becomes dead letters when a person asks, and no more."""
    context_broker.answer = lambda body: (500, {"type": "about:blank", "title": "no"})
    bridge = Bridge(files.write(extra='[delivery]\nmax_backoff = "300ms"\n'))
    bridge.start()
    try:
        assert bridge.wait_connected()
        mosquitto.publish([(f"old/{name}", f'{{"n": {n}}}'.encode()) for n in range(3) for name in "ab"])
        wait(lambda: bridge.counts.received == 6 and bridge.troubles, what="the trouble")
        with DeadLetters(bridge.config.journal.path) as letters:
            letters.put_aside("urn:ngsi-ld:Device:a")
            wait(lambda: bridge.counts.dead == 3, what="the dead letters")
            assert {one.entity for one in letters} == {"urn:ngsi-ld:Device:a"}
            assert all("as a person asked" in one.reason for one in letters)
        assert bridge.counts.waiting == 3
        context_broker.answer = None
        wait(lambda: bridge.counts.waiting == 0, what="the others")
        assert context_broker.values("value") == {"urn:ngsi-ld:Device:b": [0, 1, 2]}
        mosquitto.publish([("old/a", b'{"n": 9}')])
        wait(lambda: context_broker.values("value").get("urn:ngsi-ld:Device:a") == [9], what="what came later")
        assert bridge.counts.dead == 3
    finally:
        bridge.stop()


@pytest.mark.mosquitto
def test_a_payload_too_large_is_cut_and_put_aside(files: Files, mosquitto: Any, context_broker: Any, wait: Any) -> None:
    """10 MB in one message: the size is in the reason, memory and journal are spared, the next message is delivered."""
    bridge = Bridge(files.write())
    bridge.start()
    try:
        assert bridge.wait_connected()
        mosquitto.publish([("old/a", bytes(10_000_000)), ("old/a", b'{"n": 2}')])
        wait(lambda: bridge.counts.delivered == 1 and bridge.counts.dead == 1, what="both")
        with DeadLetters(bridge.config.journal.path) as letters:
            (letter,) = letters
        assert letter.reason == "the payload has 10,000,000 bytes; at most 1,000,000 are taken (mqtt.max_payload)"
        assert len(letter.message.payload) == 1_000_000
    finally:
        bridge.stop()


@pytest.mark.mosquitto
def test_a_disk_that_is_full_stops_acknowledging_and_recovers(
    files: Files, mosquitto: Any, context_broker: Any, wait: Any
) -> None:
    """The journal may not grow for a while: nothing is acknowledged, nothing lost, and all is delivered afterwards."""
    bridge = Bridge(files.write())
    bridge.start()
    try:
        assert bridge.wait_connected()
        journal = bridge._journal
        assert journal is not None
        pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
        journal._connection.execute(f"PRAGMA max_page_count = {pages}")
        messages = [(f"old/d{n % 20}", orjson.dumps({"n": n, "pad": "x" * 2000})) for n in range(500)]
        publishing = threading.Thread(target=mosquitto.publish, args=(messages,))
        publishing.start()
        wait(lambda: any("disk is full" in one for one in bridge.troubles), what="the disk to be full")
        assert not bridge.is_ready
        publishing.join()
        journal._connection.execute("PRAGMA max_page_count = 1000000")
        wait(lambda: bridge.counts.delivered >= 500, what="all messages")
        seen = context_broker.values("value")
        assert sorted(n for numbers in seen.values() for n in numbers) == list(range(500))
        assert all(numbers == sorted(numbers) for numbers in seen.values())
        wait(lambda: bridge.troubles == [], what="the end of the trouble")
    finally:
        bridge.stop()


@pytest.mark.mosquitto
def test_a_refusal_of_the_context_broker_is_a_dead_letter_with_its_words(
    files: Files, mosquitto: Any, context_broker: Any, wait: Any
) -> None:
    """A 207 with one refused entity: the others are delivered, the refused message is kept with the reason."""

    def answer(body: list[dict[str, Any]]) -> tuple[int, Any]:
        refused = [entity["id"] for entity in body if entity["id"].endswith(":bad")]
        if not refused:
            return 204, None
        error = {"type": "https://uri.etsi.org/ngsi-ld/errors/BadRequestData", "title": "no such thing", "status": 400}
        good = [entity["id"] for entity in body if entity["id"] not in refused]
        return 207, {"success": good, "errors": [{"entityId": one, "error": error} for one in refused]}

    context_broker.answer = answer
    bridge = Bridge(files.write())
    bridge.start()
    try:
        assert bridge.wait_connected()
        mosquitto.publish([("old/a", b'{"n": 1}'), ("old/bad", b'{"n": 2}'), ("old/c", b'{"n": 3}')])
        wait(lambda: bridge.counts.delivered == 2 and bridge.counts.dead == 1, what="all three")
        with DeadLetters(bridge.config.journal.path) as letters:
            (letter,) = letters
        assert (letter.stage, letter.entity) == ("delivery", "urn:ngsi-ld:Device:bad")
        assert "no such thing" in letter.reason
    finally:
        bridge.stop()


@pytest.mark.parametrize("missing", ["paho", "jmespath", "prometheus_client"])
def test_the_package_names_its_extra(missing: str) -> None:
    """Without a package of the extra, the import fails with one line that names the extra."""
    code = f"import sys; sys.modules[{missing!r}] = None\nimport citycontext.bridge\n"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert (
        f"The bridge needs {missing}, which is not installed. Run: pip install 'citycontext[bridge]'"
        in ended.stderr.splitlines()[-1]
    )


def test_two_bridges_do_not_share_a_journal(tmp_path: Path) -> None:
    """The second one does not start and says why; once the first is stopped, it does."""
    given = {
        "mqtt": {"url": "mqtt://127.0.0.1:1"},
        "context_broker": {"url": "http://127.0.0.1:1"},
        "journal": {"path": str(tmp_path / "journal.db")},
        "route": [{"topic": "s/{x}", "type": "T", "id": "urn:ngsi-ld:T:{x}", "attributes": {"level": "v"}}],
    }
    first = Bridge(BridgeConfig.from_dict(given))
    first.start()
    try:
        with pytest.raises(JournalError, match="in use by another bridge"):
            Bridge(BridgeConfig.from_dict(given)).start()
    finally:
        first.stop(0)
    third = Bridge(BridgeConfig.from_dict(given))
    third.start()
    third.stop(0)
