"""Subscriptions, and the notifications they bring, to a real HTTP receiver and a real MQTT broker."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

BUILDING: dict[str, Any] = {
    "id": "urn:ngsi-ld:Building:1",
    "type": "Building",
    "name": {"type": "Property", "value": "Belfry"},
    "level": {"type": "Property", "value": 4, "unitCode": "C62"},
}


class Receiver:
    """A receiver of notifications that can be told to fail."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.statuses: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = outer.statuses.pop(0) if outer.statuses else 200
                if status == 200:
                    outer.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self.server.server_address[1]}/notify"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    async def wait(self, count: int, seconds: float = 5.0) -> list[dict[str, Any]]:
        """Wait until so many notifications have come, and give them."""
        async with asyncio.timeout(seconds):
            while len(self.received) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return [body for _, body in self.received]

    def close(self) -> None:
        """Stop receiving."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a receiver that listens."""
    listening = Receiver()
    yield listening
    listening.close()


async def subscribe(http: httpx.AsyncClient, uri: str, *, notification: Any = None, **members: Any) -> str:
    """Subscribe to buildings; give the subscription's address."""
    payload = {
        "type": "Subscription",
        "entities": [{"type": "Building"}],
        "notification": {"endpoint": {"uri": uri}, **(notification or {})},
        **members,
    }
    answer = await http.post("subscriptions", json=payload)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].removeprefix("/ngsi-ld/v1/")


async def test_change_is_notified(http: httpx.AsyncClient, receiver: Receiver) -> None:
    """A creation and an update each bring a notification with the entity as it is then."""
    await subscribe(http, receiver.uri)
    await http.post("entities", json=BUILDING)
    await http.patch("entities/urn:ngsi-ld:Building:1/attrs", json={"level": {"value": 5}})
    first, second = await receiver.wait(2)
    assert first["type"] == "Notification"
    assert first["data"] == [BUILDING]
    assert second["data"][0]["level"] == {"type": "Property", "value": 5}
    headers = receiver.received[0][0]
    assert headers["content-type"] == "application/json"
    assert "json-ld#context" in headers["link"]


async def test_same_value_again_is_not_notified(http: httpx.AsyncClient, receiver: Receiver) -> None:
    """Only a value that differs from the stored one is a change."""
    await http.post("entities", json=BUILDING)
    await subscribe(http, receiver.uri)
    await http.patch("entities/urn:ngsi-ld:Building:1/attrs", json={"level": BUILDING["level"]})
    await http.patch("entities/urn:ngsi-ld:Building:1/attrs", json={"level": {"value": 6}})
    (only,) = await receiver.wait(1)
    assert only["data"][0]["level"]["value"] == 6


async def test_filters_and_watched_attributes_hold(http: httpx.AsyncClient, receiver: Receiver) -> None:
    """Only a change of a watched attribute, of an entity that meets q and has the id, is notified."""
    await http.post("entities", json=BUILDING)
    selector = [{"type": "Building", "idPattern": ":1$"}]
    await subscribe(http, receiver.uri, entities=selector, q="level>4", watchedAttributes=["level"])
    await http.patch("entities/urn:ngsi-ld:Building:1/attrs", json={"name": "Tower"})
    await http.patch("entities/urn:ngsi-ld:Building:1/attrs", json={"level": 1})
    await http.post("entities", json={**BUILDING, "id": "urn:ngsi-ld:Building:2", "level": 9})
    await http.patch("entities/urn:ngsi-ld:Building:1/attrs", json={"level": 7})
    (only,) = await receiver.wait(1)
    assert only["data"][0]["level"]["value"] == 7


async def test_headers_formats_and_members_are_as_asked(http: httpx.AsyncClient, receiver: Receiver) -> None:
    """The notification has the media type, the extra headers, the form and the members the subscription names."""
    endpoint = {
        "uri": receiver.uri,
        "accept": "application/ld+json",
        "receiverInfo": [{"key": "X-City", "value": "Gent"}],
    }
    await subscribe(
        http, receiver.uri, notification={"endpoint": endpoint, "format": "keyValues", "pick": ["id", "name"]}
    )
    await http.post("entities", json=BUILDING)
    (only,) = await receiver.wait(1)
    assert only["data"] == [{"id": BUILDING["id"], "name": "Belfry", "@context": only["@context"]}]
    headers = receiver.received[0][0]
    assert headers["x-city"] == "Gent"
    assert headers["content-type"] == "application/ld+json"


async def test_show_changes_gives_the_previous_value(http: httpx.AsyncClient, receiver: Receiver) -> None:
    """With showChanges, a changed attribute has its previous value, another has none."""
    await http.post("entities", json=BUILDING)
    await subscribe(http, receiver.uri, notification={"showChanges": True})
    await http.patch("entities/urn:ngsi-ld:Building:1/attrs/name", json={"value": "Tower"})
    (only,) = await receiver.wait(1)
    assert only["data"][0]["name"] == {"type": "Property", "value": "Tower", "previousValue": "Belfry"}
    assert "previousValue" not in only["data"][0]["level"]


async def test_deletions_are_notified_when_asked_for(http: httpx.AsyncClient, receiver: Receiver) -> None:
    """A deleted attribute shows as Null, a deleted entity by its deletedAt."""
    await http.post("entities", json=BUILDING)
    await subscribe(http, receiver.uri, notificationTrigger=["attributeDeleted"], watchedAttributes=["level"])
    await subscribe(http, receiver.uri, notificationTrigger=["entityDeleted"])
    await http.delete("entities/urn:ngsi-ld:Building:1/attrs/level")
    await receiver.wait(1)
    await http.delete("entities/urn:ngsi-ld:Building:1")
    attribute, entity = await receiver.wait(2)
    assert attribute["data"][0]["level"] == {"type": "Property", "value": "urn:ngsi-ld:null"}
    assert entity["data"][0].keys() == {"id", "type", "deletedAt"}


async def test_throttling_keeps_the_distance(http: httpx.AsyncClient, receiver: Receiver) -> None:
    """Between two notifications there is at least the time the subscription names."""
    await subscribe(http, receiver.uri, throttling=0.3)
    await http.post("entities", json=BUILDING)
    await http.patch("entities/urn:ngsi-ld:Building:1/attrs", json={"level": 5})
    await asyncio.sleep(0.35)
    await http.patch("entities/urn:ngsi-ld:Building:1/attrs", json={"level": 6})
    bodies = await receiver.wait(2)
    assert [body["data"][0]["level"]["value"] for body in bodies] == [4, 6]


async def test_time_interval_notifies_without_a_change(http: httpx.AsyncClient, receiver: Receiver) -> None:
    """A periodic subscription brings all matching entities again and again, until it is deleted."""
    await http.post("entities", json=BUILDING)
    address = await subscribe(http, receiver.uri, timeInterval=0.1)
    bodies = await receiver.wait(2)
    assert bodies[0]["data"] == bodies[1]["data"] == [BUILDING]
    await http.delete(address)
    await asyncio.sleep(0.05)
    count = len(receiver.received)
    await asyncio.sleep(0.25)
    assert len(receiver.received) == count


async def test_paused_subscription_is_silent(http: httpx.AsyncClient, receiver: Receiver) -> None:
    """Nothing is sent while isActive is false; set to true again, it is."""
    address = await subscribe(http, receiver.uri, isActive=False)
    assert (await http.get(address)).json()["status"] == "paused"
    await http.post("entities", json=BUILDING)
    assert (await http.patch(address, json={"isActive": True})).status_code == 204
    await http.patch("entities/urn:ngsi-ld:Building:1/attrs", json={"level": 5})
    (only,) = await receiver.wait(1)
    assert only["data"][0]["level"]["value"] == 5


async def test_failing_receiver_holds_up_no_write_and_is_tried_again(
    http: httpx.AsyncClient, receiver: Receiver
) -> None:
    """A receiver that fails is tried again and then counted; writes meanwhile are answered at once."""
    receiver.statuses = [503, 503]
    address = await subscribe(http, receiver.uri)
    async with asyncio.timeout(0.4):
        await http.post("entities", json=BUILDING)
        await http.patch("entities/urn:ngsi-ld:Building:1/attrs", json={"level": 5})
    bodies = await receiver.wait(2)
    assert [body["data"][0]["level"]["value"] for body in bodies] == [4, 5]
    shown = (await http.get(address)).json()["notification"]
    assert shown["status"] == "ok"
    assert shown["timesSent"] == 2
    assert "timesFailed" not in shown


async def test_refusing_receiver_is_counted_as_failed(http: httpx.AsyncClient, receiver: Receiver) -> None:
    """A notification that is refused for good is not tried again."""
    receiver.statuses = [400]
    address = await subscribe(http, receiver.uri)
    await http.post("entities", json=BUILDING)
    await http.patch("entities/urn:ngsi-ld:Building:1/attrs", json={"level": 5})
    await receiver.wait(1)
    await asyncio.sleep(0.02)
    shown = (await http.get(address)).json()["notification"]
    assert (shown["timesSent"], shown["timesFailed"]) == (2, 1)
    assert {"lastSuccess", "lastFailure", "lastNotification"} <= shown.keys()


@pytest.mark.parametrize(
    "wrong",
    [
        {"entities": None},
        {"entities": [{"id": "urn:a:b"}]},
        {"throttling": -1},
        {"timeInterval": 5, "throttling": 5},
        {"expiresAt": "2020-01-01T00:00:00Z"},
        {"notificationTrigger": ["somethingElse"]},
        {"q": "level>>5"},
        {"geoQ": {"georel": "near"}},
        {"notification": {}},
        {"notification": {"endpoint": {"uri": "http://a/b"}, "format": "pretty"}},
        {"notification": {"endpoint": {"uri": "ftp://a/b"}}},
        {"notification": {"endpoint": {"uri": "http:///b"}}},
    ],
)
async def test_wrong_subscriptions_are_refused(http: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    """A subscription that breaks its table is refused and not stored."""
    payload = {
        "type": "Subscription",
        "entities": [{"type": "Building"}],
        "notification": {"endpoint": {"uri": "http://127.0.0.1:9/"}},
        **wrong,
    }
    answer = await http.post(
        "subscriptions", json={name: value for name, value in payload.items() if value is not None}
    )
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/BadRequestData")
    assert (await http.get("subscriptions")).json() == []


async def test_subscription_is_read_back_and_changed(http: httpx.AsyncClient) -> None:
    """A subscription comes back as it was made, with its status; an update changes what it names."""
    address = await subscribe(http, "http://127.0.0.1:9/", watchedAttributes=["level"], subscriptionName="levels")
    shown = (await http.get(address)).json()
    assert shown["entities"] == [{"type": "Building"}]
    assert shown["watchedAttributes"] == ["level"]
    assert shown["status"] == "active"
    await http.patch(address, json={"watchedAttributes": ["name"], "subscriptionName": None})
    changed = (await http.get(f"{address}?options=sysAttrs")).json()
    assert changed["watchedAttributes"] == ["name"]
    assert "subscriptionName" not in changed
    assert changed["modifiedAt"] > changed["createdAt"]
    assert (await http.delete(address)).status_code == 204
    assert (await http.get(address)).status_code == 404


@pytest.mark.mosquitto
async def test_notification_over_mqtt(http: httpx.AsyncClient, tmp_path: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A subscription with an mqtt endpoint publishes metadata and body in one message, and logs nothing."""
    mosquitto, listener = shutil.which("mosquitto") or "/usr/sbin/mosquitto", shutil.which("mosquitto_sub")
    if not shutil.which(mosquitto) or listener is None:
        pytest.skip("mosquitto and mosquitto_sub are not on the PATH")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "m.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    server = subprocess.Popen(  # noqa: ASYNC220
        [mosquitto, "-c", str(tmp_path / "m.conf")], stderr=subprocess.DEVNULL
    )
    command = [listener, "-p", str(port), "-t", "city/levels", "-C", "1", "-W", "10"]
    try:
        async with asyncio.timeout(5):
            while True:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                await asyncio.sleep(0.02)
        listening = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        await asyncio.sleep(0.3)
        await subscribe(http, f"mqtt://127.0.0.1:{port}/city/levels")
        await http.post("entities", json=BUILDING)
        output, _ = await listening.communicate()
    finally:
        server.terminate()
        server.wait()
    message = json.loads(output)
    assert message["metadata"]["Content-Type"] == "application/json"
    assert message["body"]["data"] == [BUILDING]
    await asyncio.sleep(0.2)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("path", ["subscriptions", "csourceSubscriptions"])
@pytest.mark.parametrize("kind", ["Building", "(Building;Tower),Hall", "https://city.example/#Building"])
async def test_5_8_4_a_list_is_read_with_any_context(http: httpx.AsyncClient, path: str, kind: str) -> None:
    """A reader whose @context means something else by a type's name gets the list, with names that lead back."""
    body = {
        "type": "Subscription",
        "entities": [{"type": kind}],
        "notification": {"endpoint": {"uri": "http://receiver.example/"}},
    }
    assert (await http.post(path, json=body)).status_code == 201
    other = await http.post(
        "jsonldContexts", json={"@context": {"Building": "https://else.example/B", "ex": "https://city.example/"}}
    )
    url = f"http://broker{other.headers['location']}"
    headers = {"Link": f'<{url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'}
    answer = await http.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    shown = answer.json()[0]["entities"][0]["type"]
    expected = kind.replace("https://city.example/#", "ex:#")
    expected = "ngsi-ld:default-context/Building" if kind == "Building" else expected
    assert shown == expected.replace("(Building", "(ngsi-ld:default-context/Building")
    again = await http.post(path, json={**body, "entities": [{"type": shown}]}, headers=headers)
    assert again.status_code == 201, again.text
    first, second = (await http.get(path)).json()
    assert first["entities"] == second["entities"]


@pytest.mark.parametrize("name", ["https://uri.etsi.org/ngsi-ld/default-context/Hall", "ngsi-ld:default-context/Hall"])
async def test_4_6_2_an_iri_is_accepted_wherever_a_type_is(http: httpx.AsyncClient, name: str) -> None:
    """A full IRI, and one compacted with the core's prefix, name a type in entities, queries and discovery."""
    entity = {
        "id": "urn:ngsi-ld:Hall:1",
        "type": name,
        "ngsi-ld:default-context/size": {"type": "Property", "value": 1},
    }
    assert (await http.post("entities", json=entity)).status_code == 201
    assert (await http.get("entities", params={"type": name})).json()[0]["type"] == "Hall"
    assert (await http.get("entities", params={"type": "Hall", "q": "ngsi-ld:default-context/size==1"})).json()
    assert (await http.get(f"types/{name.replace('/', '%2F')}")).json()["typeName"] == "Hall"
    body = {"type": "Query", "entities": [{"type": name}]}
    assert len((await http.post("entityOperations/query", json=body)).json()) == 1
    assert (await http.get("entities/urn:ngsi-ld:Hall:1/", params={"type": name})).status_code == 200
