"""Notifications pushed into a stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from citycontext.errors import DataError, PublicationError
from citycontext.publish import EventStream
from citycontext.publish.notifications import NotificationApp, new_secret, publish_notification, stored_secret


def notification(entities) -> dict:
    return {
        "id": "urn:ngsi-ld:Notification:1",
        "type": "Notification",
        "subscriptionId": "urn:ngsi-ld:Subscription:1",
        "notifiedAt": "2026-05-01T12:00:00Z",
        "data": list(entities),
    }


def test_a_notification_twice_is_published_once(tmp_path, make_publication, parkings, follow) -> None:
    """What a broker sends again, since it heard no answer, changes nothing."""
    with EventStream(tmp_path / "site", make_publication()) as stream:
        assert publish_notification(stream, notification(parkings(3))).published == 3
        assert publish_notification(stream, notification(parkings(3))).known == 3
    assert len(follow(tmp_path / "site")) == 3


def test_a_deleted_entity_is_no_version(tmp_path, make_publication, parkings) -> None:
    """The deletion of an entity is noted, and its versions stay."""
    (gone,) = parkings(1)
    with EventStream(tmp_path / "site", make_publication()) as stream:
        publish_notification(stream, notification([{**gone, "deletedAt": "2026-05-01T12:00:00Z"}]))
        assert stream.counts() == (0, 0)
        assert stream.report.count("deleted") == 1


def test_what_is_no_notification_is_refused(tmp_path, make_publication) -> None:
    """A body that is not a notification raises, with nothing written."""
    with EventStream(tmp_path / "site", make_publication()) as stream, pytest.raises(DataError):
        publish_notification(stream, {"type": "Notification"})


@asynccontextmanager
async def living(app: NotificationApp) -> AsyncIterator[httpx.AsyncClient]:
    """Run the app's lifespan, and call it over HTTP."""
    told: asyncio.Queue[dict] = asyncio.Queue()
    heard: asyncio.Queue[dict] = asyncio.Queue()
    life = asyncio.create_task(app({"type": "lifespan"}, told.get, heard.put))
    await told.put({"type": "lifespan.startup"})
    assert (await heard.get())["type"] == "lifespan.startup.complete"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://receiver") as http:
        yield http
    await told.put({"type": "lifespan.shutdown"})
    assert (await heard.get())["type"] == "lifespan.shutdown.complete"
    await life


async def test_over_http_behind_a_secret(tmp_path, make_publication, parkings) -> None:
    """The app answers 204 when versions are on disk, 400 to what is not a notification, 401 without the secret."""
    with EventStream(tmp_path / "site", make_publication()) as stream:
        async with living(NotificationApp(stream, secret="s3cret")) as http:
            assert (await http.post("/", json=notification(parkings(1)))).status_code == 401
            http.headers["authorization"] = "Bearer s3cret"
            assert (await http.post("/", json=notification(parkings(1)))).status_code == 204
            assert (await http.post("/", json={"type": "Notification"})).status_code == 400
            assert (await http.post("/", content=b"[")).status_code == 400
            del http.headers["authorization"]
            http.headers["x-notification-secret"] = "s3cret"
            assert (await http.post("/", json=notification(parkings(2)))).status_code == 204
        assert stream.counts() == (2, 0)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": "multipart/form-data; boundary=x"}, 415),
        ({"content-type": "application/json", "origin": "https://elsewhere.example"}, 403),
        ({"content-type": "application/json", "origin": "null"}, 403),
        ({"content-type": "application/json", "sec-fetch-site": "cross-site"}, 403),
    ],
)
async def test_a_web_page_publishes_nothing(tmp_path, make_publication, parkings, headers, status) -> None:
    """What a browser can send from any page is refused by its type and its origin, even where no secret is asked."""
    body = json.dumps(notification(parkings(1)))
    with EventStream(tmp_path / "site", make_publication()) as stream:
        async with living(NotificationApp(stream, secret=None)) as http:
            assert (await http.post("/", content=body, headers=headers)).status_code == status
            assert stream.counts() == (0, 0)
            headers = {"content-type": "application/ld+json; charset=utf-8"}
            assert (await http.post("/", content=body, headers=headers)).status_code == 204


async def test_a_body_has_a_limit(tmp_path, make_publication, parkings) -> None:
    """A notification that is too long is refused before all of it is there."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100:
            sent += 1
            yield b" " * 1000

    with EventStream(tmp_path / "site", make_publication()) as stream:
        async with living(NotificationApp(stream, secret=None, max_body=5_000)) as http:
            answer = await http.post("/", content=endless(), headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert sent < 10


async def test_a_made_secret_outlives_the_run(tmp_path, make_publication, parkings, caplog) -> None:
    """The stream knows a secret by its digest only; a new one takes its place; who lacks it is told of once."""
    with EventStream(tmp_path / "site", make_publication()) as stream:
        assert stored_secret(stream) is None
        first, secret = new_secret(stream), new_secret(stream)
    with EventStream(tmp_path / "site", make_publication()) as stream:
        async with living(NotificationApp(stream, secret=stored_secret(stream))) as http:
            for shown, status in ((secret, 204), (first, 401), ("", 401), ("ÿ", 401)):
                headers = {"x-notification-secret": shown.encode("latin-1")}
                assert (await http.post("/", json=notification(parkings(1)), headers=headers)).status_code == status
    assert secret.encode() not in (tmp_path / "site.sqlite").read_bytes()
    (line,) = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert "add X-Notification-Secret to receiverInfo of its subscription" in line


async def test_what_cannot_be_written_is_sent_again(tmp_path, make_publication, parkings, monkeypatch) -> None:
    """While versions cannot be written the broker hears 503, and not that they were taken."""

    def write(_: object) -> None:
        raise PublicationError("public: cannot be written: No space left on device")

    with EventStream(tmp_path / "site", make_publication()) as stream:
        async with living(NotificationApp(stream, secret=None)) as http:
            with monkeypatch.context() as full:
                full.setattr(stream, "write", write)
                assert (await http.post("/", json=notification(parkings(1)))).status_code == 503
            assert (await http.post("/", json=notification(parkings(1)))).status_code == 204


async def test_a_notification_in_another_form_is_published(tmp_path, make_publication, parkings, follow) -> None:
    """The receiver's reading holds here too: GeoJSON, and a @context that stands on the notification."""
    (parking,) = parkings(1)
    location = parking["location"]["value"]
    properties = {name: one for name, one in parking.items() if name != "id"}
    feature = {"type": "Feature", "id": parking["id"], "geometry": location, "properties": properties}
    sent = {**notification([]), "data": {"type": "FeatureCollection", "features": [feature]}}
    with EventStream(tmp_path / "site", make_publication()) as stream:
        assert publish_notification(stream, sent).published == 1
    assert [one["availableSpotNumber"]["value"] for one in follow(tmp_path / "site")] == [0]


async def test_what_is_kept_no_longer_goes_while_notifications_come(
    tmp_path, make_publication, parkings, follow
) -> None:
    """Retention is applied from time to time while the app lives, between notifications and without them."""
    now = [1_777_600_000.0]  # 2026-05-01
    publication = make_publication(page_size=2, retention={"max_age": "P1D"})
    with EventStream(tmp_path / "site", publication, now=lambda: now[0]) as stream:
        app = NotificationApp(stream, secret=None, retention_every=timedelta(milliseconds=5))
        async with living(app) as http:
            assert (await http.post("/", json=notification(parkings(5)))).status_code == 204
            assert stream.counts() == (5, 2)
            now[0] += 10 * 86_400
            for _ in range(3_000):
                if stream.counts() == (0, 0):
                    break
                await asyncio.sleep(0.01)
            assert stream.counts() == (0, 0)
        assert follow(tmp_path / "site") == []


async def test_retention_that_fails_is_tried_again(tmp_path, make_publication, monkeypatch, caplog) -> None:
    """A full disk at one time does not end retention, nor the receiver: it is told, and the next time comes."""
    applied = asyncio.Event()
    loop = asyncio.get_running_loop()
    failures = [PublicationError("public: cannot be written: No space left on device")]

    def apply_retention() -> int:
        if failures:
            raise failures.pop()
        loop.call_soon_threadsafe(applied.set)
        return 0

    with EventStream(tmp_path / "site", make_publication(retention={"latest_versions": 1})) as stream:
        monkeypatch.setattr(stream, "apply_retention", apply_retention)
        app = NotificationApp(stream, secret=None, retention_every=timedelta(milliseconds=5))
        async with living(app), asyncio.timeout(30):
            await applied.wait()
    assert [one.getMessage() for one in caplog.records if one.levelname == "WARNING"] == [
        "what is kept no longer could not be taken out: public: cannot be written: No space left on device"
    ]
