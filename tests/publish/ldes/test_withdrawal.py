"""Taking back what a stream published."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import orjson
import pytest

from citycontext.errors import ConfigurationError, PublicationError
from citycontext.publish import EventStream, Publication
from citycontext.publish.ldes.app import ldes_app
from citycontext.publish.ldes.withdrawal import Withdrawal

P1 = "urn:ngsi-ld:OffStreetParking:gent:p1"
START = datetime(2026, 5, 1, tzinfo=UTC)


def everything(folder: Path) -> bytes:
    """All bytes of the stream: its files, its ledger and what stands beside that."""
    files = [*folder.rglob("*"), *folder.parent.glob(f"{folder.name}.sqlite*")]
    return b"".join(one.read_bytes() for one in files if one.is_file() and one.suffix != ".reserve")


def test_an_entity_goes_without_a_trace(tmp_path, make_publication, parkings, follow) -> None:
    """No file and no part of the ledger holds its id any more; the rest is found, under addresses that links tell."""
    site = tmp_path / "site"
    with EventStream(site, make_publication(page_size=7)) as stream:
        stream.write(parkings(300))
        assert P1.encode() in everything(site)
        done = stream.withdraw(Withdrawal(entity=P1, reason="by mistake"))
        assert (done.versions, done.pages) == (60, 42)
        assert len(follow(site)) == 240 == stream.counts()[0]
    assert P1.encode() not in everything(site)
    assert len(list((site / "pages").iterdir())) == 42
    (record,) = orjson.loads((site / "withdrawn.json").read_bytes())
    assert record["what"] == "entity"
    assert record["versions"] == 60
    assert record["reason"] == "by mistake"
    assert "pages/00000000.jsonld" in record["pages"]


async def test_the_old_address_is_gone(tmp_path, make_publication, parkings) -> None:
    """A reader with an old address hears 410, the new one is found, and a page that never was is not found."""
    site = tmp_path / "site"
    publication = make_publication(page_size=5)
    with EventStream(site, publication) as stream:
        stream.write(parkings(20))
        stream.withdraw(Withdrawal(entity=P1))
    transport = httpx.ASGITransport(ldes_app(site, publication.stream))
    async with httpx.AsyncClient(transport=transport, base_url="http://stream") as http:
        assert (await http.get("/pages/00000000.jsonld")).status_code == 410
        assert (await http.get("/pages/00000000-1.jsonld")).status_code == 200
        assert (await http.get("/pages/00000099.jsonld")).status_code == 404
        assert (await http.get("/withdrawn.json")).json()[0]["versions"] == 4


def test_an_attribute_leaves_the_versions(tmp_path, make_publication, parkings, follow) -> None:
    """Versions stay as they are but for the attribute, in pages and in the root; a second time there is not one."""
    site = tmp_path / "site"
    with EventStream(site, make_publication(page_size=7)) as stream:
        stream.write(parkings(24))
        assert stream.withdraw(Withdrawal(type="OffStreetParking", attribute="name")).versions == 24
        found = follow(site)
        assert len(found) == 24
        assert not any("name" in one for one in found)
        assert all("availableSpotNumber" in one for one in found)
        assert stream.write(parkings(24)).known == 24
        with pytest.raises(PublicationError, match="nothing of that is in the stream"):
            stream.withdraw(Withdrawal(attribute="name"))


def test_a_part_of_an_attribute(tmp_path, make_publication, parkings, follow) -> None:
    """A sub-attribute, or a unit, goes without the attribute."""
    with EventStream(tmp_path / "site", make_publication(page_size=3)) as stream:
        stream.write(parkings(8))
        stream.withdraw(Withdrawal(attribute="availableSpotNumber.unitCode"))
        found = [one["availableSpotNumber"] for one in follow(tmp_path / "site")]
    assert len(found) == 8
    assert not any("unitCode" in one for one in found)


def test_a_period_goes(tmp_path, make_publication, parkings, follow) -> None:
    """Versions from its beginning on and before its end go; empty pages are linked to no longer."""
    with EventStream(tmp_path / "site", make_publication(page_size=4)) as stream:
        stream.write(parkings(60, of=1))
        period = Withdrawal(since=START + timedelta(minutes=10), until=START + timedelta(minutes=20))
        assert stream.withdraw(period).versions == 10
        minutes = sorted(int(one["id"][-6:-4]) for one in follow(tmp_path / "site"))
        assert minutes == [*range(10), *range(20, 60)]
        assert stream.write(parkings(60, of=1)).withheld == 10
        assert len(follow(tmp_path / "site")) == 50


def test_what_was_withdrawn_comes_again_only_when_released(tmp_path, make_publication, parkings, follow) -> None:
    """The source may still have it; the ledger knows it by a digest, over restarts, until it is released."""
    publication = make_publication(page_size=4)
    with EventStream(tmp_path / "site", publication) as stream:
        stream.write(parkings(20))
        stream.withdraw(Withdrawal(entity=P1))
    with EventStream(tmp_path / "site", publication) as stream:
        assert stream.write(parkings(25)).withheld == 5
        assert stream.report.count("withdrawn") == 5
        stream.release(P1)
        assert stream.write(parkings(25)).published == 5
        with pytest.raises(PublicationError, match="was not withdrawn"):
            stream.release(P1)
    found = [one["id"] for one in follow(tmp_path / "site")]
    assert len(found) == len(set(found)) == 25


@pytest.mark.parametrize(
    "what",
    [
        {"entity": "urn:ngsi-ld:OffStreetParking:gent:p9"},
        {"type": "Vehicle"},
        {"attribute": "owner"},
        {"entity": P1, "attribute": "owner"},
        {"until": START},
    ],
)
def test_what_is_not_there_is_an_error(tmp_path, make_publication, parkings, what) -> None:
    """Nothing is written, and nothing is held back, where there was nothing to withdraw."""
    with EventStream(tmp_path / "site", make_publication(page_size=4)) as stream:
        stream.write(parkings(10))
        before = everything(tmp_path / "site")
        with pytest.raises(PublicationError, match="nothing of that is in the stream"):
            stream.withdraw(Withdrawal(**what))
        assert stream.write(parkings(10)).known == 10
        assert not (tmp_path / "site" / "withdrawn.json").exists()
        assert len(before) > 0


def test_a_withdrawal_names_something() -> None:
    """Without an entity, a type, an attribute or a period there is no withdrawal of all by mistake."""
    with pytest.raises(ConfigurationError, match="what is withdrawn"):
        Withdrawal()
    with pytest.raises(ConfigurationError, match="a period ends after it begins"):
        Withdrawal(since=START, until=START)


def test_killed_between_ledger_and_links(tmp_path, make_publication, parkings, follow, monkeypatch) -> None:
    """What a killed process had not come to is done when the stream is opened again: links, old files, the record."""
    site = tmp_path / "site"
    publication = make_publication(page_size=5)
    with EventStream(site, publication) as stream:
        stream.write(parkings(20))
        with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
            killed.setattr(stream._files, "pay", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
            stream.withdraw(Withdrawal(entity=P1))
    assert (site / "pages" / "00000000.jsonld").exists()
    with EventStream(site, publication):
        pass
    assert P1.encode() not in everything(site)
    assert len(follow(site)) == 16


def test_retention_after_a_withdrawal(tmp_path, make_publication, parkings, follow) -> None:
    """Pages under their new addresses are struck, and go, as others do."""
    publication = make_publication(page_size=5, retention={"latest_versions": 1})
    with EventStream(tmp_path / "site", publication) as stream:
        stream.write(parkings(50))
        stream.withdraw(Withdrawal(entity=P1))
        stream.apply_retention()
        assert len(follow(tmp_path / "site")) == 4


def test_an_oslo_stream(tmp_path, make_publication, parkings, follow) -> None:
    """Members in a profile of OSLO go by entity and period; what cannot be found in them is refused."""
    with EventStream(tmp_path / "site", make_publication(page_size=5, members="sosa")) as stream:
        stream.write(parkings(20))
        with pytest.raises(ConfigurationError, match="Withdraw an entity or a period"):
            stream.withdraw(Withdrawal(attribute="name"))
        assert stream.withdraw(Withdrawal(entity=P1)).versions == 4
        assert len(follow(tmp_path / "site")) == 16


def test_a_tightened_policy_names_what_is_public(tmp_path, make_publication, parkings) -> None:
    """What left the list, and what a rule suppresses now, is named with its count until it is withdrawn."""
    wide = make_publication(page_size=4)
    given = wide.model_dump(mode="json", exclude_none=True)
    listed = [one for one in given["allow"]["OffStreetParking"] if one != "name"]
    given["allow"] = {"OffStreetParking": listed}
    given["suppress_below"] = {"OffStreetParking.availableSpotNumber": 3}
    tight = Publication.parse(given)
    with EventStream(tmp_path / "site", wide) as stream:
        stream.write(parkings(10))
        assert stream.no_longer_allowed() == []
    for _ in range(2):  # it is remembered
        with EventStream(tmp_path / "site", tight) as stream:
            found = {(one.finding.path, one.finding.rule): one.count for one in stream.no_longer_allowed()}
        assert found == {
            ("OffStreetParking.name", "attribute-not-listed"): 10,
            ("OffStreetParking.availableSpotNumber", "small-count"): 2,
        }
    with EventStream(tmp_path / "site", tight) as stream:
        stream.withdraw(Withdrawal(attribute="name"))
        assert [one.finding.rule for one in stream.no_longer_allowed()] == ["small-count"]


def test_a_ledger_of_a_later_layout_is_refused(tmp_path, make_publication, parkings) -> None:
    """What a newer citycontext wrote is not written to."""
    publication = make_publication(page_size=4)
    with EventStream(tmp_path / "site", publication) as stream:
        stream.write(parkings(10))
    with sqlite3.connect(tmp_path / "site.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(PublicationError, match="written by a newer citycontext"):
        EventStream(tmp_path / "site", publication)
