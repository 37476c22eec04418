"""``citycontext bridge draft``: files out of messages, told in words and for machines."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]

RECORDING = "\n".join(
    json.dumps(
        {
            "arrived": 1714557605.0,
            "topic": f"waste/bins/{number}",
            "payload": json.dumps({"fillLevel": level, "ts": 1714557600}),
        }
    )
    for number, level in ((17, 12), (18, 64))
)


def test_a_recording_becomes_a_file_that_works(command: Command, tmp_path: Path) -> None:
    """What is written passes check, test and dry-run, and the last line is the next command."""
    (tmp_path / "heard.jsonl").write_text(RECORDING)
    done = command("bridge", "draft", "--from", "heard.jsonl")
    assert done.returncode == 0
    assert (tmp_path / "bridge.toml").read_text().startswith("#:schema bridge.schema.json\n")
    assert json.loads((tmp_path / "bridge.schema.json").read_text())["title"] == "bridge.toml"
    assert "waste/bins/{bin} -> WasteContainer" in done.stdout
    assert "100 % of 2 messages mapped" in done.stdout
    following = done.stdout.strip().splitlines()[-1]
    assert following == "Next: citycontext bridge dry-run bridge.toml --from heard.jsonl"
    assert command("bridge", "check", "bridge.toml").returncode == 0
    assert command("bridge", "test", "bridge.toml").stdout.strip().endswith("1 case, 0 failed.")
    assert "entities: 2; dead letters: 0" in command(*following.split()[2:]).stderr


def test_a_file_that_is_there_stays(command: Command, tmp_path: Path) -> None:
    """Nothing is written over a file unless it is asked for."""
    (tmp_path / "heard.jsonl").write_text(RECORDING)
    (tmp_path / "bridge.toml").write_text("# mine\n")
    assert command("bridge", "draft", "--from", "heard.jsonl").returncode != 0
    assert (tmp_path / "bridge.toml").read_text() == "# mine\n"
    assert command("bridge", "draft", "--from", "heard.jsonl", "--force").returncode == 0
    assert "WasteContainer" in (tmp_path / "bridge.toml").read_text()


def test_into_shows_what_is_added(command: Command, tmp_path: Path) -> None:
    """--into shows the difference, keeps the comments, and says where there is nothing to add."""
    (tmp_path / "heard.jsonl").write_text(RECORDING)
    assert command("bridge", "draft", "--from", "heard.jsonl").returncode == 0
    more = json.dumps({"topic": "noise/kouter", "payload": '{"laeq": 61.2}'})
    (tmp_path / "more.jsonl").write_text(f"{RECORDING}\n{more}\n")
    done = command("bridge", "draft", "--from", "more.jsonl", "--into", "bridge.toml")
    assert done.returncode == 0
    assert '+topic = "noise/{device}"' in done.stdout
    again = command("bridge", "draft", "--from", "more.jsonl", "--into", "bridge.toml")
    assert again.returncode == 1
    assert "beside those of routes that the file has" in again.stderr


def test_machines_get_json(command: Command, tmp_path: Path) -> None:
    """--format json says routes, models, units said and guessed, and the next command."""
    (tmp_path / "heard.jsonl").write_text(RECORDING)
    told = json.loads(command("bridge", "draft", "--from", "heard.jsonl", "--format", "json").stdout)
    assert told["routes"][0]["models"][0] == "WasteManagement.WasteContainer"
    assert told["routes"][0]["attributes"]["fillingLevel"]["unit_guessed"] == "P1"
    assert told["messages"] == {"heard": 2, "mapped": 2, "unread": 0}


def test_bytes_that_nothing_reads_are_said(command: Command, tmp_path: Path) -> None:
    """Binary only is an answer with exit code 1, and no file."""
    (tmp_path / "x.bin").write_bytes(b"\xff\xfe\x00\x91\xfe")
    done = command("bridge", "draft", "--from", "x.bin")
    assert done.returncode == 1
    assert "could be read" in done.stderr
    assert not (tmp_path / "bridge.toml").exists()


@pytest.mark.mosquitto
def test_it_listens_to_mqtt_unnoticed(command: Command, tmp_path: Path) -> None:
    """Messages of a real broker become a file and a recording; a silent broker is said, with exit code 1."""
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if program is None:
        pytest.skip("mosquitto is not installed")
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    (tmp_path / "m.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nlog_type error\n")
    broker = subprocess.Popen([program, "-c", str(tmp_path / "m.conf")])
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        url = f"mqtt://127.0.0.1:{port}"
        silent = command("bridge", "draft", "--mqtt", url, "--for", "1s")
        assert silent.returncode == 1
        assert "no message was heard" in silent.stderr
        import paho.mqtt.publish as publish

        def send() -> None:
            for number in range(30):
                publish.single(f"noise/site{number % 3}", '{"laeq": 61.2}', hostname="127.0.0.1", port=port)
                time.sleep(0.1)

        sender = threading.Thread(target=send)
        sender.start()
        done = command("bridge", "draft", "--mqtt", url, "--for", "3s")
        sender.join()
        assert done.returncode == 0
        assert "noise/{device} -> NoiseLevelObserved" in done.stdout
        assert (tmp_path / "bridge.recording.jsonl").exists()
        assert url in (tmp_path / "bridge.toml").read_text()
    finally:
        broker.terminate()
        broker.wait()
