"""Notifications pushed into a stream."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

import httpx
import pytest

from citycontext.errors import DataError, MissingExtra, PublicationError
from citycontext.publish import EventStream
from citycontext.publish.notifications import notification_app, publish_notification


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
    """A body that is no notification raises, with nothing written."""
    with EventStream(tmp_path / "site", make_publication()) as stream, pytest.raises(DataError):
        publish_notification(stream, {"type": "Notification"})


async def test_over_http_behind_a_secret(tmp_path, make_publication, parkings) -> None:
    """The app answers 204 when versions are on disk, 400 to what is no notification, 401 without the secret."""
    with EventStream(tmp_path / "site", make_publication()) as stream:
        transport = httpx.ASGITransport(notification_app(stream, secret="s3cret"))
        async with httpx.AsyncClient(transport=transport, base_url="http://receiver") as http:
            assert (await http.post("/", json=notification(parkings(1)))).status_code == 401
            http.headers["authorization"] = "Bearer s3cret"
            assert (await http.post("/", json=notification(parkings(1)))).status_code == 204
            assert (await http.post("/", json={"type": "Notification"})).status_code == 400
            assert (await http.post("/", content=b"[")).status_code == 400
        assert stream.counts() == (1, 0)


def test_a_missing_extra_is_named(tmp_path, make_publication, monkeypatch) -> None:
    """Without Starlette the error says which extra brings it."""
    monkeypatch.setitem(sys.modules, "starlette", None)
    with EventStream(tmp_path / "site", make_publication()) as stream, pytest.raises(MissingExtra):
        notification_app(stream)


async def test_what_is_kept_no_longer_goes_while_notifications_come(
    tmp_path, make_publication, parkings, follow
) -> None:
    """Retention is applied from time to time while the app lives, between notifications and without them."""
    now = [1_777_600_000.0]  # 2026-05-01
    publication = make_publication(page_size=2, retention={"max_age": "P1D"})
    with EventStream(tmp_path / "site", publication, now=lambda: now[0]) as stream:
        app = notification_app(stream, retention_every=timedelta(milliseconds=5))
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://receiver") as http:
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
        app = notification_app(stream, retention_every=timedelta(milliseconds=5))
        async with app.router.lifespan_context(app), asyncio.timeout(30):
            await applied.wait()
    assert [one.getMessage() for one in caplog.records if one.levelname == "WARNING"] == [
        "what is kept no longer could not be taken out: public: cannot be written: No space left on device"
    ]
