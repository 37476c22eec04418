"""``citycontext bridge draft``: files out of messages, told in words and for machines."""

from __future__ import annotations

import io
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


DEVICES = """dev_eui;name;profile;lat;lon
70B3D57ED0000001;Kouter;parking sensor;51,05;3,72
70B3D57ED0000002;Korenmarkt;parking sensor;51,06;3,73
"""


def test_the_file_is_named_first_or_as_an_option(command: Command, tmp_path: Path) -> None:
    """`bridge draft FILE` is `bridge draft --from FILE`; two different files are refused."""
    (tmp_path / "heard.jsonl").write_text(RECORDING)
    assert command("bridge", "draft", "heard.jsonl", "--to", "a.toml").returncode == 0
    assert command("bridge", "draft", "--from", "heard.jsonl", "--to", "b.toml").returncode == 0
    assert (tmp_path / "a.toml").read_text() == (tmp_path / "b.toml").read_text()
    assert command("bridge", "draft", "heard.jsonl", "--from", "other.jsonl").returncode == 2


def test_a_list_of_devices_alone_is_a_start(command: Command, tmp_path: Path) -> None:
    """A list becomes a file that passes check, with names and positions of the list, a model and the next command."""
    (tmp_path / "devices.csv").write_text(DEVICES)
    done = command("bridge", "draft", "devices.csv")
    assert done.returncode == 0
    assert "devices.csv lists 2 devices by dev_eui -> ParkingSpot (Parking)" in done.stdout
    assert "--devices devices.csv --to bridge.toml --force" in done.stdout
    text = (tmp_path / "bridge.toml").read_text()
    assert 'file = "devices.csv"' in text
    assert 'attributes.location = { longitude = "registry.lon"' in text
    assert command("bridge", "check", "bridge.toml").returncode == 0


def test_lists_that_the_bridge_does_not_read_are_written_as_csv(command: Command, tmp_path: Path) -> None:
    """A spreadsheet, JSON and a CSV of another encoding become a CSV beside the file, and check passes."""
    rows = [["EUI", "Naam", "Soort", "lat", "lon"], ["70B3D57ED0000001", "Bébé", "geluid", 51.05, 3.72]]
    rows.append(["70B3D57ED0000002", "Veld", "geluid", 51.06, 3.73])
    xlsxwriter = pytest.importorskip("xlsxwriter")
    with xlsxwriter.Workbook(tmp_path / "list.xlsx") as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    (tmp_path / "other.json").write_text(json.dumps([dict(zip(rows[0], row, strict=True)) for row in rows[1:]]))
    (tmp_path / "old.csv").write_bytes("\n".join(";".join(map(str, row)) for row in rows).encode("latin-1"))
    for name, copied in (("list.xlsx", "list.csv"), ("other.json", "other.csv"), ("old.csv", "old-utf8.csv")):
        done = command("bridge", "draft", name, "--force")
        assert done.returncode == 0
        assert "-> NoiseLevelObserved" in done.stdout
        assert f'file = "{copied}"' in (tmp_path / "bridge.toml").read_text()
        assert "Bébé" in (tmp_path / copied).read_text(encoding="utf-8")
        assert command("bridge", "check", "bridge.toml").returncode == 0


def test_values_in_a_table_are_no_list_of_devices(command: Command, tmp_path: Path) -> None:
    """A JSON list of readings is messages, even where each has an id."""
    (tmp_path / "x.json").write_text('[{"id": "a", "temperature": 21.5}, {"id": "b", "temperature": 20.5}]')
    done = command("bridge", "draft", "x.json")
    assert "100 % of 1 messages mapped" in done.stdout


def test_what_was_guessed_is_asked_over_a_pipe(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers become facts in the file; where they end, what was proposed is taken."""
    payload = {"fillLevel": 12, "temperature": 12.5, "time": "2024-05-01 12:00:00"}
    line = {"topic": "waste/bins/17", "payload": json.dumps(payload)}
    (tmp_path / "x.jsonl").write_text(json.dumps(line))
    monkeypatch.setattr("sys.stdin", io.StringIO("1\nUTC\nn\n°F\n"))
    done = command("bridge", "draft", "x.jsonl", "--ask")
    assert "which entity type is it" in done.stderr
    text = (tmp_path / "bridge.toml").read_text()
    assert 'observed_at = { from = "time", zone = "UTC" }' in text
    assert 'attributes.fillingLevel = "fillLevel"' in text
    assert 'unit = "FAH"' in text
    assert "guessed, confirm" not in text
    monkeypatch.setattr("sys.stdin", io.StringIO("Nonsense\n\nWeatherObserved\n"))
    done = command("bridge", "draft", "x.jsonl", "--ask", "--force")
    assert 'There is no entity type "Nonsense"' in done.stderr
    text = (tmp_path / "bridge.toml").read_text()
    assert 'type = "WeatherObserved"' in text
    assert 'id = "urn:ngsi-ld:WeatherObserved:{bin}"' in text
    assert 'attributes.temperature = { from = "temperature", unit = "CEL" }' in text


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
    told = json.loads(command("bridge", "draft", "--from", "heard.jsonl", "-o", "json").stdout)
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
