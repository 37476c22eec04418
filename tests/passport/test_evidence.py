"""Evidence shows what was asked and answered, and nothing that should stay inside."""

from __future__ import annotations

import threading
import time
from hashlib import sha256
from typing import Any

import orjson
import pytest

from citycontext import Client
from citycontext.client.auth import BearerToken
from citycontext.passport import Reason, Verdict
from citycontext.passport.evidence import HIDDEN, outline, shielded_url
from citycontext.passport.forms.html_form import as_html
from citycontext.passport.forms.json_form import as_json
from citycontext.passport.forms.table_form import as_table
from citycontext.passport.forms.tar_form import as_tar
from citycontext.passport.forms.text_form import as_text
from citycontext.web.http import httpx
from passport_city import BROKER, CATALOGUE, City, answer

TOKEN = "s3cr3t-t0k3n-of-the-city"


def test_no_token_stands_in_any_form(city: City) -> None:
    """A bearer token, a secret header and a token in an address stand in no form, though the server echoes them."""

    def echoing(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        response.headers["set-cookie"] = TOKEN
        if request.url.path.endswith("/types") and request.headers.get("authorization"):
            body = orjson.loads(response.content)
            headers = {"www-authenticate": f'Bearer realm="{request.headers["authorization"]}"'}
            return answer(200, {**body, "title": request.headers["authorization"]}, **headers)
        return None

    passport = city.check(
        echoing,
        catalogue=f"{CATALOGUE}?access_token={TOKEN}",
        client={"auth": BearerToken(TOKEN), "headers": {"X-Api-Key": TOKEN}},
    )
    assert any(one.headers.get("authorization") == f"Bearer {TOKEN}" for one in city.requests)
    for form in (as_text(passport), as_html(passport), as_tar(passport), as_table(passport)):
        assert TOKEN not in form
    assert TOKEN not in orjson.dumps(as_json(passport)).decode()
    asked = next(one for one in passport.exchanges if one.url.endswith("/types"))
    assert asked.request_headers["Authorization"] == HIDDEN


def test_values_and_what_points_at_people_stay_out(city: City) -> None:
    """An outline keeps names, ids, types and units; values, plates in ids and members about people stay out."""
    document = {
        "id": "urn:ngsi-ld:Vehicle:1-ABC-123",
        "type": "Vehicle",
        "speed": {"type": "Property", "value": 87, "unitCode": "KMH"},
        "owner": {"type": "Property", "value": "Jan Janssens"},
        "name": {"type": "Property", "value": "Parking Centrum"},
    }
    shown = outline(document)
    assert shown["id"] == HIDDEN
    assert shown["speed"] == {"type": "Property", "value": "…", "unitCode": "KMH"}
    text = orjson.dumps(shown).decode()
    assert not {"1-ABC-123", "87", "Janssens", "Centrum"} & set(text.split('"'))
    assert "Centrum" not in text


@pytest.mark.parametrize(
    ("url", "hidden"),
    [
        ("https://user:pass@broker.example/x", "pass"),
        ("https://broker.example/x?token=abc123&type=T", "abc123"),
        ("https://broker.example/x?api_key=abc123", "abc123"),
        ("https://broker.example/entities/urn:ngsi-ld:Vehicle:1-ABC-123", "1-ABC-123"),
        ("https://broker.example/entities?id=urn%3Angsi-ld%3AVehicle%3A1-ABC-123", "1-ABC-123"),
    ],
)
def test_addresses_are_shown_without_secrets(url: str, hidden: str) -> None:
    """Passwords, tokens and plates are cut out of addresses, and the rest stays."""
    assert hidden not in shielded_url(url)
    assert shielded_url(url).startswith("https://broker.example/")


def test_evidence_can_be_checked(city: City) -> None:
    """Each exchange has its time, address, status, length and the sha256 of the very body."""
    bodies: dict[str, bytes] = {}

    def kept(request: httpx.Request, response: httpx.Response) -> None:
        bodies[sha256(response.content).hexdigest()] = response.content

    passport = city.check(kept, catalogue=CATALOGUE)
    for one in as_json(passport)["exchanges"]:
        if one["status"] is not None:
            assert len(bodies[one["sha256"]]) == one["length"]
            assert one["at"].endswith("Z")
            assert len(one["excerpt"]) <= 1024 + 1
    shown = {number for line in passport.lines for number in line.exchanges}
    assert shown <= {one.number for one in passport.exchanges}


@pytest.mark.parametrize("after", [0, 1, 3, 8, 20, 40])
@pytest.mark.parametrize("how", ["silent", 503, 429])
def test_a_broker_that_dies_is_not_to_blame(city: City, after: int, how: Any) -> None:
    """From whichever request on a broker dies, nothing fails that did not fail before: it is not reached."""
    whole = city.check(catalogue=CATALOGUE)
    failing = {one.requirement.name for one in whole.lines if one.outcome.verdict is Verdict.FAIL}
    count = 0

    def dying(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        nonlocal count
        if request.url.host != "broker.example":
            return None
        count += 1
        if count <= after:
            return None
        if how == "silent":
            raise httpx.ReadError("the connection was closed", request=request)
        return answer(how, {"title": "gone"})

    passport = city.check(dying, catalogue=CATALOGUE)
    new = {one.requirement.name for one in passport.lines if one.outcome.verdict is Verdict.FAIL} - failing
    assert not new, {name: passport[name].outcome.seen.en for name in new}
    if after <= 3:
        assert passport["MIM1 R1.1"].outcome.reason is Reason.NOT_REACHED


def test_a_silent_broker_is_soon_left_alone(city: City) -> None:
    """After three requests without an answer no more are sent, so that a run on a dead broker ends."""

    def silent(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        raise httpx.ConnectError("no route", request=request)

    passport = city.check(silent)
    assert len(city.requests) <= 5
    assert passport["MIM0 R1.1"].outcome.reason is Reason.NOT_REACHED
    assert not passport.errors


def test_no_more_than_two_requests_at_once(city: City) -> None:
    """However much is asked, two requests are under way at most."""
    lock = threading.Lock()
    under_way, most = 0, 0
    inner = city.broker

    class Counting(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            nonlocal under_way, most
            with lock:
                under_way += 1
                most = max(most, under_way)
            time.sleep(0.005)
            try:
                return inner.handle_request(request)
            finally:
                with lock:
                    under_way -= 1

    city.broker = Counting()
    city.check(catalogue=CATALOGUE)
    assert most == 2


def test_addresses_inside_are_not_fetched(city: City) -> None:
    """What a broker's data names is fetched only from public addresses, unless the user named the host."""
    from citycontext.passport.prober import Prober

    with Client(BROKER, transport=city) as client:
        prober = Prober(client, own_hosts=["broker.example"])
        assert "private" in prober.fetch("http://127.0.0.1:9/context.jsonld").problem
        prober.close()
