"""``citycontext publish``."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from citycontext.broker import LocalBroker, Server
from citycontext.client import Client
from citycontext.ngsild.subscriptions import Endpoint, EntitySelector, NotificationParams, Subscription
from citycontext.publish import EventStream, Publication

CONFIG = """
[dataset]
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
[allow]
OffStreetParking = ["name", "owner"]
[stream]
url = "https://data.stad.example/parking"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a publication and three entities, of which one may not leave."""
    (tmp_path / "publish.toml").write_text(CONFIG)
    (tmp_path / "bare.toml").write_text("[allow]\nOffStreetParking = 'name'")
    parking = {
        "id": "urn:ngsi-ld:OffStreetParking:1",
        "type": "OffStreetParking",
        "name": {"type": "Property", "value": "P1", "observedAt": "2026-05-01T08:00:00Z"},
        "owner": {"type": "Property", "value": "somebody"},
    }
    plate = {"type": "Property", "value": "1-ABC-234", "observedAt": "2026-05-01T08:00:00Z"}
    entities = [
        parking,
        {**parking, "id": "urn:ngsi-ld:OffStreetParking:2", "name": plate},
        {"id": "urn:v", "type": "Vehicle"},
    ]
    (tmp_path / "data.ndjson").write_text("\n".join(map(json.dumps, entities)))
    return tmp_path


def test_a_file_becomes_a_stream(command, folder: Path) -> None:
    """Counts are said, findings go to stderr without what they keep inside, and the second run is quiet about it."""
    ended = command("publish", "ldes", "data.ndjson", "public")
    assert ended.returncode == 0
    assert ended.stdout == "1 new version, 0 known, 2 withheld\npublic: 1 version, 0 full pages\n"
    assert "error OffStreetParking.owner: may identify a person" in ended.stderr
    assert "(2 times) personal" in ended.stderr
    assert "number-plate" in ended.stderr
    assert "1-ABC-234" not in ended.stderr
    assert "somebody" not in (folder / "public" / "ldes.jsonld").read_text()
    assert command("publish", "ldes", "data.ndjson", "public").stdout.startswith("0 new versions, 1 known")


def test_a_dash_is_stdout(citycontext, folder: Path) -> None:
    """``-`` is stdout and no file of that name: the document and nothing else stands there, the rest on stderr."""
    ended = citycontext("publish", "geojson", "data.ndjson", "-")
    assert [one["properties"]["name"] for one in json.loads(ended.stdout)["features"]] == ["P1"]
    assert "1 of 3 entities: stdout" in ended.stderr
    assert not (folder / "-").exists()


@pytest.mark.parametrize("form", ["csv", "geojson", "jsonld"])
def test_a_file_becomes_a_file(command, folder: Path, form: str) -> None:
    """CSV, GeoJSON and JSON-LD are written, and named with how many entities are in them."""
    ended = command("publish", form, "data.ndjson", f"public/parking.{form}")
    assert ended.returncode == 0
    assert ended.stdout.startswith(f"1 of 3 entities: public/parking.{form}")
    assert "P1" in (folder / "public" / f"parking.{form}").read_text()


def test_a_description_with_gaps_fails(command, folder: Path) -> None:
    """What DCAT-AP VL asks for is named, the document is shown all the same, and the exit code is 1."""
    ended = command("publish", "dcat")
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["@graph"][0]["@type"] == "dcat:Dataset"
    assert "Dataset.titel: is obligatory in DCAT-AP VL; give dataset.title" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ldes", "nowhere.ndjson", "public"), "nowhere.ndjson"),
        (("ldes", "data.ndjson", "public", "--config", "nowhere.toml"), "nowhere.toml: there is no such file"),
        (("ldes", "http://localhost:1", "public", "--step", "P0D"), "--step P0D is not a length of time"),
        (("receive", "public", "--retention-every", "P1M"), "--retention-every P1M is not a length of time"),
        (("receive", "public", "--retention-every", "P1MT1H"), "--retention-every P1MT1H is not a length of time"),
        (("receive", "public", "--no-secret", "--new-secret"), "only one can be meant"),
        (("ldes", "http://localhost:1", "public", "--since", "yesterday"), "--since"),
        (("csv", "data.ndjson", "."), ".: is a folder; name the file to write"),
        (("ldes", "data.ndjson", "public", "--config", "bare.toml"), "bare.toml: stream: an event stream needs"),
        (("serve", "public", "--config", "bare.toml"), "bare.toml: stream: an event stream needs an address"),
        (("serve", "public"), "public: there is no event stream in this folder. Publish one first"),
        (("ldes", "data.ndjson", "data.ndjson"), "data.ndjson/pages: cannot be written: Not a directory"),
        (("dcat", "--distribution", "pdf=https://x.example/a"), "--distribution"),
    ],
)
def test_mistakes_are_one_line(command, folder: Path, arguments: tuple[str, ...], said: str) -> None:
    """A wrong file, configuration or option is one line on stderr that names it, and exit code 2."""
    ended = command("publish", *arguments)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[str]:
    """Run a command that listens at a port; give the address that it tells, and end it as Ctrl-C does."""
    program = [sys.executable, "-c", "from citycontext.cli.main import run; run()", "publish", *arguments]
    process = subprocess.Popen([*program, "--port", "0"], cwd=folder, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        told = ""
        while not (words := [word for word in told.split() if word.startswith("http")]):
            told = process.stderr.readline()
            assert told
        yield words[0]
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.stderr.close()
        process.wait()


def test_a_stream_is_served(command, folder: Path) -> None:
    """The address is told once it can be asked; documents have their caching; Ctrl-C ends it without noise."""
    command("publish", "ldes", "data.ndjson", "public")
    with running(folder, "serve", "public") as address:
        answer = httpx.get(address, timeout=30)
        assert httpx.URL(address).path == "/parking/ldes.jsonld"  # as in the address that all links have
        assert httpx.get(httpx.URL(address).join("/ldes.jsonld")).content == answer.content
        assert httpx.get(httpx.URL(address).join("/elsewhere/ldes.jsonld")).status_code == 404
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.content == (folder / "public" / "ldes.jsonld").read_bytes()


def test_a_subscription_is_published(command, folder: Path) -> None:
    """What a broker notifies becomes versions, as it changes; what may not leave is told at the end."""
    stream = EventStream(folder / "public", Publication.load(folder / "publish.toml"))
    stream.close()
    name = {"type": "Property", "value": "P1", "observedAt": "2026-05-01T08:00:00Z"}
    parking = {"id": "urn:ngsi-ld:OffStreetParking:1", "type": "OffStreetParking", "name": name, "owner": "somebody"}
    with (
        Server(LocalBroker(), port=0) as server,
        Client(server.url) as client,
        running(folder, "receive", "public", "--secret", "s3cret") as address,
    ):
        told = {"X-Notification-Secret": "s3cret"}
        client.subscriptions.create(
            Subscription(
                entities=[EntitySelector(type="OffStreetParking")],
                notification=NotificationParams(
                    endpoint=Endpoint(uri=address, accept="application/json", receiver_info=told)
                ),
            )
        )
        for minute in (1, 2, 3):
            name["observedAt"] = f"2026-05-01T08:0{minute}:00Z"
            client.batch.upsert([parking]).raise_for_errors()
        deadline = time.monotonic() + 30
        while (folder / "public" / "ldes.jsonld").read_text().count('isVersionOf":') < 3:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert "somebody" not in (folder / "public" / "ldes.jsonld").read_text()


def test_a_slip_of_the_pen_takes_no_file_away(command, folder: Path) -> None:
    """A type that is misspelt is an error that says what was meant, and the file stays; a new one is an error too."""
    assert command("publish", "csv", "data.ndjson", "a.csv").returncode == 0
    before = (folder / "a.csv").read_bytes()
    config = (folder / "publish.toml").read_text()
    (folder / "publish.toml").write_text(config.replace("OffStreetParking", "OffstreetParking"))
    ended = command("publish", "csv", "data.ndjson", "a.csv")
    assert ended.returncode == 2
    assert "did you mean 'OffStreetParking'?" in ended.stderr
    assert "--allow-shrink" in ended.stderr
    assert (folder / "a.csv").read_bytes() == before
    assert command("publish", "csv", "data.ndjson", "a.csv", "--allow-shrink").returncode == 1
    assert (folder / "a.csv").read_bytes() != before
    stream = command("publish", "ldes", "data.ndjson", "public")
    assert stream.returncode == 1
    assert "OffstreetParking: no entity of this type came; did you mean 'OffStreetParking'?" in stream.stderr


def test_entities_under_the_names_of_their_model(command, folder: Path) -> None:
    """Where the broker has a type by the @context of its model, the error says what to write, and that is enough."""
    with Server(LocalBroker(), port=0) as server, Client(server.url, context="models") as client:
        parking = {"id": "urn:ngsi-ld:OffStreetParking:1", "type": "OffStreetParking", "name": {"value": "Loop"}}
        client.batch.upsert([parking]).raise_for_errors()
        ended = command("publish", "csv", server.url, "a.csv")
        assert "OffStreetParking: no entity of this type came; it is there as 'http" in ended.stderr
        assert 'write context = "models" at the top of the file' in ended.stderr
        config = (folder / "publish.toml").read_text()
        (folder / "publish.toml").write_text(f'context = "models"\n{config}')
        assert command("publish", "csv", server.url, "a.csv").stdout.startswith("1 of 1 ")


def test_a_type_that_the_broker_spells_otherwise(command, folder: Path) -> None:
    """The broker's own types say what was meant, for files and for streams."""
    parking = {"id": "urn:ngsi-ld:OffStreetParking:1", "type": "OffStreetParking", "name": "P1"}
    config = (folder / "publish.toml").read_text()
    (folder / "publish.toml").write_text(config.replace("OffStreetParking", "OffstreetParking"))
    with Server(LocalBroker(), port=0) as server, Client(server.url) as client:
        client.batch.upsert([parking]).raise_for_errors()
        for arguments in (("csv", server.url, "a.csv"), ("ldes", server.url, "public", "--since", "2026-05-01")):
            ended = command("publish", *arguments, *(("--step", "P9999D") if arguments[0] == "ldes" else ()))
            assert ended.returncode == 1
            assert "did you mean 'OffStreetParking'?" in ended.stderr


OUTPUT = """
[output]
source = "data.ndjson"
url = "https://data.stad.example"
stream = "public/parking"
csv = "public/parking.csv"
geojson = "public/parking.geojson"
description = "public/dcat.jsonld"
"""


def test_a_stream_is_carried_over_once(command, folder: Path) -> None:
    """--carry-over closes what is there, repeats nothing, and runs without it go on in the new view."""
    assert "no stream to carry over" in command("publish", "ldes", "data.ndjson", "public", "--carry-over").stderr
    command("publish", "ldes", "data.ndjson", "public")
    ended = command("publish", "ldes", "data.ndjson", "public", "--carry-over")
    assert ended.stdout.splitlines()[:2] == [
        "https://data.stad.example/parking/ldes.jsonld is closed, and stays; what is new goes to the view after it",
        "0 new versions, 1 known, 2 withheld",
    ]
    corrected = (folder / "data.ndjson").read_text().replace('"P1"', '"P 1"')
    (folder / "data.ndjson").write_text(corrected)
    assert command("publish", "ldes", "data.ndjson", "public").stdout.startswith("1 new version, 0 known")
    assert "08:00:00Z-2" in (folder / "public" / "2" / "ldes.jsonld").read_text()
    assert "08:00:00Z-2" not in (folder / "public" / "ldes.jsonld").read_text()


def test_all_in_one_command(command, folder: Path) -> None:
    """Stream, files and description are written; what fails is named, and the rest is done all the same."""
    config = (folder / "publish.toml").read_text().replace(', "owner"', "")
    dataset = """[dataset]
id = "https://data.stad.example/id/dataset/parking"
title = "Parkeren"
description = "Vrije plaatsen."
publisher = "https://data.vlaanderen.be/id/organisatie/OVO000000"
publisher_name = "Stad Voorbeeld"
contact = { email = "opendata@stad.example" }"""
    (folder / "publish.toml").write_text(config.replace("[dataset]", dataset) + OUTPUT)
    done = command("publish", "all")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "4 of 4 done")
    for name in ("parking/ldes.jsonld", "parking.csv", "parking.geojson", "dcat.jsonld"):
        assert (folder / "public" / name).is_file()
    assert "https://data.stad.example/parking.csv" in (folder / "public" / "dcat.jsonld").read_text()
    (folder / "public" / "parking.csv").unlink()
    (folder / "public" / "parking.csv").mkdir()
    (folder / "public" / "dcat.jsonld").unlink()
    again = command("publish", "all")
    assert (again.returncode, again.stdout.splitlines()[-1]) == (1, "3 of 4 done; not all right: csv")
    assert "is a folder" in again.stderr
    assert (folder / "public" / "dcat.jsonld").is_file()


def test_all_has_one_report(command, folder: Path) -> None:
    """What several steps notice alike is told once, and the register of sensors is among the steps."""
    config = (folder / "publish.toml").read_text()
    devices = '[devices.purposes]\nairPollution = { nl = "Lucht." }\n'
    (folder / "publish.toml").write_text(config + devices + OUTPUT + 'devices = "public/sensors.csv"\n')
    sensor = {
        "id": "urn:ngsi-ld:Device:1",
        "type": "Device",
        "category": {"type": "Property", "value": "sensor"},
        "controlledProperty": {"type": "Property", "value": "airPollution"},
    }
    with (folder / "data.ndjson").open("a") as data:
        data.write(json.dumps(sensor) + "\n")
    done = command("publish", "all")
    assert (folder / "public" / "sensors.csv").is_file()
    assert done.stderr.count("OffStreetParking.owner: may identify a person") == 1


def test_all_of_nothing(command, folder: Path) -> None:
    """Without a source, or anything to write, one line says which key is missing."""
    ended = command("publish", "all")
    assert (ended.returncode, "output.source" in ended.stderr) == (2, True)
    ended = command("publish", "all", "data.ndjson")
    assert (ended.returncode, "nothing is named" in ended.stderr) == (2, True)


def test_what_is_withdrawn(command, folder: Path) -> None:
    """An attribute that left the list is named, with exit code 1, until it is withdrawn; then it is gone."""
    config = (folder / "publish.toml").read_text()
    (folder / "publish.toml").write_text(config.replace('["name", "owner"]', '["name", "status"]'))
    parking = json.loads((folder / "data.ndjson").read_text().splitlines()[0])
    parking["status"] = {"type": "Property", "value": "open", "observedAt": "2026-05-01T08:00:00Z"}
    (folder / "data.ndjson").write_text(json.dumps(parking))
    assert command("publish", "ldes", "data.ndjson", "public").returncode == 0
    (folder / "publish.toml").write_text(config.replace('["name", "owner"]', '["status"]'))
    again = command("publish", "ldes", "data.ndjson", "public")
    assert again.returncode == 1
    assert "OffStreetParking.name: is public, in 1 version, and no longer allowed" in again.stderr
    assert command("publish", "withdraw", "public", "--attribute", "owner").returncode == 2
    done = command("publish", "withdraw", "public", "--attribute", "name", "--reason", "a mistake")
    assert (done.returncode, done.stdout) == (0, "1 version withdrawn, 0 pages under a new address or gone\n")
    assert "P1" not in (folder / "public" / "ldes.jsonld").read_text()
    assert command("publish", "ldes", "data.ndjson", "public").returncode == 0
    entity = ("publish", "withdraw", "public", "--entity", "urn:ngsi-ld:OffStreetParking:1")
    assert command(*entity).returncode == 0
    assert "0 new versions, 0 known, 1 withheld" in command("publish", "ldes", "data.ndjson", "public").stdout
    assert command(*entity, "--release").returncode == 0
    assert "1 new version, 0 known" in command("publish", "ldes", "data.ndjson", "public").stdout


def test_a_secret_is_made_and_shown_once(folder: Path) -> None:
    """The first run makes a secret and shows it as the endpoint needs it; the next one asks for it and is silent."""
    program = [sys.executable, "-c", "from citycontext.cli.main import run; run()", "publish", "receive", "public"]
    said = []
    for _ in range(2):
        process = subprocess.Popen([*program, "--port", "0"], cwd=folder, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        lines = [process.stderr.readline()]
        while "endpoint http" not in lines[-1]:
            lines.append(process.stderr.readline())
        address = next(word for word in lines[-1].split() if word.startswith("http"))
        assert httpx.post(address, json={}).status_code == 401
        if not said:
            info = json.loads("{" + lines[0].partition("needs ")[2] + "}")["receiverInfo"]
            assert httpx.post(address, json={}, headers={one["key"]: one["value"] for one in info}).status_code == 400
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        process.stderr.close()
        assert process.wait(30) == 0
        assert "add X-Notification-Secret to receiverInfo" in rest
        said.append("".join(lines))
    assert "shown once" in said[0]
    assert "shown once" not in said[1]


def test_a_port_that_is_taken(command, folder: Path) -> None:
    """A port that another program listens at is named, with what to do."""
    command("publish", "ldes", "data.ndjson", "public")
    with socket.create_server(("127.0.0.1", 0)) as other:
        ended = command("publish", "serve", "public", "--port", str(other.getsockname()[1]))
    assert ended.returncode == 2
    assert "Address already in use. Choose another port" in ended.stderr
