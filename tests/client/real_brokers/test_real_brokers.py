"""The client against what two real brokers were asked and what they answered.

Every recorded request that is not malformed on purpose is made again by calling a method of the client, and must go
out as it did then: method, path, query, the headers that matter, the body. Every recorded answer is read by that
method, or by the reader of errors, and must come back whole or as one of our exceptions.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import httpx

from citycontext.client import BrokerProfile
from citycontext.client.operations.exchange import Response
from citycontext.errors import CityContextError, ContextBrokerError
from citycontext.ngsild import load
from citycontext.ngsild.batch import BatchResult
from citycontext.ngsild.update_result import UpdateResult

BUILT: Final = {
    "version": 14,
    "create": 22,
    "create-errors": 42,
    "attributes": 204,
    "retrieve": 84,
    "replace": 14,
    "merge": 54,
    "attrs": 75,
    "delete": 8,
    "batch": 64,
    "query": 173,
    "pagination": 17,
    "post-query": 22,
    "discovery": 20,
    "subscriptions": 162,
    "notifications": 52,
    "mqtt": 22,
    "registrations": 76,
    "contexts": 34,
    "temporal": 58,
    "tenants": 32,
    "transport": 14,
    "purge": 20,
}
"""Group → exchanges whose request a method of the client makes."""

NOT_BUILT: Final = {
    "version": {
        "not a path of the API": 2,
    },
    "create": {
        "a media type that says the same in more words": 2,
        "a Link with other parameters": 2,
        "an Accept that a write has no use for": 2,
    },
    "create-errors": {
        "an @context in Link and body": 2,
        "a media type that does not go with the @context": 4,
        "an entity without id": 7,
        "a body that is not JSON, or too long to keep": 2,
        "a body that is not an object": 2,
    },
    "retrieve": {
        "a geometryProperty without geo+json": 2,
        "an Accept that leaves the broker a choice": 4,
        "a media type that no answer has": 2,
        "options=bogus": 2,
        "a format that is not one, or two": 4,
        "join=flat of one entity; a query by id says the same": 2,
        "the parameter bogus": 2,
        "a method that the API has not": 4,
        "not a path of the API": 2,
    },
    "replace": {
        "an entity put under another id, or none": 4,
    },
    "merge": {
        "a media type that says the same in more words": 2,
    },
    "attrs": {
        "a method that the path has not": 2,
    },
    "batch": {
        "a media type that does not go with the @context": 2,
        "a batch that is not an array, or empty": 12,
        "a body that is not an object": 2,
        "an entity without id": 2,
        "ids that are not, or twice": 4,
    },
    "query": {
        "an empty q": 2,
        "half a geo-query": 2,
        "the parameter bogus": 2,
        "a parameter twice": 2,
        "a media type that no answer has": 2,
        "a limit that is not one, or 0 without a count": 6,
        "a limit that the client cuts to what brokers allow": 2,
        "options=count": 2,
        "an offset below zero or past the end": 4,
    },
    "post-query": {
        "coordinates as a text": 2,
        "a Query with its own @context; the client's goes into a Link": 2,
        "a body that is not a Query": 4,
        "the member bogus of a Query": 2,
    },
    "discovery": {
        "ld+json for what has no names to explain": 2,
    },
    "subscriptions": {
        "ld+json for a document, which is read as JSON": 2,
    },
    "contexts": {
        "a context sent as JSON-LD": 2,
        "no context where one should be": 2,
    },
    "temporal": {
        "a temporal query that is not one": 3,
        "an aggregation without method": 1,
        "a page that only the Link of the one before can name": 2,
    },
    "transport": {
        "a media type that no JSON has": 8,
        "a media type that says the same in more words": 2,
        "a media type that no answer has": 4,
        "geo+json for what has no place": 2,
        "a body that is not an object": 2,
        "a method that the path has not": 6,
        "not a path of the API": 8,
        "a method that the API has not": 2,
        "a Link with other parameters": 2,
        "a Link that is not one": 2,
        "two Links": 2,
        "a body that is not JSON, or too long to keep": 2,
    },
}
"""Group → why no method makes the others, and how many they are."""

SAID_OTHERWISE: Final = frozenset(
    {
        "a media type that says the same in more words",
        "an Accept that leaves the broker a choice",
        "an Accept that a write has no use for",
        "a Link with other parameters",
        "join=flat of one entity; a query by id says the same",
        "a limit that the client cuts to what brokers allow",
        "a page that only the Link of the one before can name",
        "coordinates as a text",
        "options=count",
        "a Query with its own @context; the client's goes into a Link",
        "a context sent as JSON-LD",
        "ld+json for what has no names to explain",
        "ld+json for a document, which is read as JSON",
    }
)
"""Reasons of requests that are not wrong: a method says the same in the way that most brokers understand."""


class Replay:
    """Carries one request to its recorded answer; gives full pages to those before it, and nothing to later ones."""

    def __init__(self, one: Any) -> None:
        self.sent: httpx.Request | None = None
        self._answer = one.answer
        self._offset = int(dict(one.request["query"]).get("offset", 0))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        offset = int(request.url.params.get("offset", 0))
        if offset < self._offset:
            item = {"type": "Sensor"}
            if "subscriptions" in request.url.path:
                item = {"type": "Subscription", "notification": {"endpoint": {"uri": "http://localhost"}}}
            limit = int(request.url.params["limit"])
            page = [{"id": f"urn:ngsi-ld:{number}", **item} for number in range(offset, offset + limit)]
            return httpx.Response(200, json=page)
        if self.sent is not None:
            return httpx.Response(404 if "Meter:" in request.url.path else 200, content=b"[]")
        self.sent = request
        status, headers, content = self._answer
        return httpx.Response(status, headers=headers, content=content)


def differences(one: Any, sent: httpx.Request) -> list[str]:
    """Return in what a request differs from the recorded one."""
    request = one.request
    found = []
    if sent.method != request["method"]:
        found.append(f"method {sent.method}")
    path, _, query = sent.url.raw_path.decode().partition("?")
    if unquote(path) != unquote(request["path"]):
        found.append(f"path {path}")
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    ours = {unquote(name): unquote(value) for name, _, value in pairs}
    theirs = dict(request["query"])
    if "limit" not in theirs:
        ours.pop("limit", None)  # we always say how long a page may be
    for both in (ours, theirs):
        both.pop("count", None)  # asked for by .count(), and when a page needs it
        if "coordinates" in both:
            both["coordinates"] = json.dumps(json.loads(both["coordinates"]))
        if both.get("format") == "keyValues":
            both["format"] = "simplified"  # one and the same (6.3.7)
        if "options" in both:
            both["options"] = ",".join(sorted(both["options"].replace("simplified", "keyValues").split(",")))
    if ours != theirs:
        found.append(f"query {ours} for {theirs}")
    content = json.loads(sent.content) if sent.content else None
    if content != request.get("body"):
        found.append(f"body {content}")
    ours_headers = {name.lower(): value for name, value in sent.headers.items()}
    for name in ("content-type", "ngsild-tenant", "link", "accept"):
        expected = one.headers.get(name, "application/json" if name == "accept" else None)
        if name == "link" and any(
            what in request["path"] for what in ("jsonldContexts", "sourceIdentity", "entityMaps")
        ):
            continue  # contexts, identities and entity maps have no names to shorten
        if name == "link" and request["method"] == "DELETE" and "link" not in ours_headers:
            continue  # nothing in such a request has a name
        if name == "link" and "entityOperations/delete" in request["path"]:
            continue  # ids have no names to expand
        if ours_headers.get(name) != expected:
            found.append(f"{name} {ours_headers.get(name)} for {expected}")
    return found


def losses(one: Any, outcome: Any, error: CityContextError | None) -> list[str]:
    """Return what of a recorded answer is not in what the method gave, or raised."""
    status, _, content = one.answer
    body = one.response.get("body")
    if error is not None:
        if not isinstance(error, ContextBrokerError):
            return [f"{type(error).__name__}: {error}"]
        said = body if isinstance(body, dict) else {}
        lost = [] if (error.status, error.body) == (status, content) else ["status or body"]
        lost += [] if error.type == said.get("type", "").strip() else ["type"]
        return lost + ([] if error.title == said.get("title", "") and error.detail == said.get("detail") else ["title"])
    if isinstance(outcome, BrokerProfile):
        return [] if outcome.name == {"coraine": "coraine", "orionld": "orion-ld"}[one.broker] else [outcome.name]
    if isinstance(outcome, BatchResult):
        if status == 207 or status >= 400:
            wanted = {entry["entityId"] for entry in body.get("errors", [])} if "errors" in body else None
            got = {failure.entity_id for failure in outcome.failed}
            return [] if wanted is None or wanted == got else [f"failed {got} for {wanted}"]
        return [] if status == 204 or outcome.created == body else [f"created {outcome.created}"]
    if isinstance(outcome, UpdateResult):
        return [] if status in (204, 207, 400, 404) else [f"{status}"]
    if status >= 400:
        return [f"no error for {status}"]
    if type(outcome) is int:
        return [] if outcome == int(dict(one.response["headers"])["NGSILD-Results-Count"]) else ["count"]
    if body is None or (one.request["method"] != "GET" and "query" not in one.request["path"]):
        return []
    if isinstance(body, dict) and body.get("type") == "FeatureCollection":
        body = body["features"]
    if isinstance(outcome, list) and outcome and hasattr(outcome[0], "to_dict"):
        outcome = [document.to_dict() for document in outcome]
    elif hasattr(outcome, "to_dict"):
        outcome = outcome.to_dict()
    if isinstance(body, dict) and body.get("type") in ("EntityTypeList", "AttributeList"):
        body = body["typeList"] if "typeList" in body else body["attributeList"]
    return [] if _holds(outcome, _decoded(body)) else [f"{outcome!r:.300} for {body!r:.300}"]


def _holds(ours: Any, theirs: Any) -> bool:
    """Return whether all that a broker said is there; the name of an attribute, which one left out, may be added."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return ours == theirs or ours == {**theirs, "attributeName": theirs.get("id")}
    if isinstance(theirs, list) and isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(_holds, ours, theirs))
    return bool(ours == theirs)


def _decoded(body: Any) -> Any:
    """Return a body with the filters of subscriptions as the client gives them: not percent-encoded."""
    if isinstance(body, list):
        return [_decoded(item) for item in body]
    if isinstance(body, dict) and isinstance(body.get("q"), str):
        return {**body, "q": unquote(body["q"])}
    return body


def test_every_exchange_is_built_and_read(recorded: list[Any], make: Any) -> None:
    """All requests that a method can make go out as recorded, and all answers to them are read without loss."""
    built: Counter[str] = Counter()
    malformed: dict[str, Counter[str]] = {}
    wrong: list[str] = []
    for one in recorded:
        replay = Replay(one)
        try:
            client, call = make(one, httpx.MockTransport(replay))
        except ValueError as reason:
            malformed.setdefault(one.group, Counter())[str(reason)] += 1
            continue
        outcome, error = None, None
        with client:
            try:
                outcome = call(client)
            except CityContextError as raised:
                error = raised
        if replay.sent is None:
            wrong.append(f"{one}: nothing was sent: {error!r}")
            continue
        built[one.group] += 1
        wrong += [f"{one}: {difference}" for difference in differences(one, replay.sent)]
        wrong += [f"{one}: lost {loss}" for loss in losses(one, outcome, error)]
    assert not wrong, "\n".join(wrong)
    assert built == BUILT
    assert malformed == NOT_BUILT
    assert len(recorded) == sum(BUILT.values()) + sum(sum(group.values()) for group in NOT_BUILT.values())


def test_the_page_has_the_numbers() -> None:
    """What the page on real brokers says about the counts is what they are."""
    reasons = Counter[str]()
    for group in NOT_BUILT.values():
        reasons.update(group)
    assert reasons.keys() >= SAID_OTHERWISE
    otherwise = sum(count for reason, count in reasons.items() if reason in SAID_OTHERWISE)
    numbers = (sum(BUILT.values()) + reasons.total(), sum(BUILT.values()), otherwise, reasons.total() - otherwise)
    text = (Path(__file__).resolve().parents[3] / "docs" / "real-brokers.md").read_text(encoding="utf-8")
    page = " ".join(text.split())
    told = re.search(r"Of ([\d,]+) recorded requests, methods of the client make ([\d,]+)", page)
    rest = re.search(r"(\d+) say in other words what a method says, and (\d+) are wrong on purpose", page)
    assert told is not None
    assert rest is not None
    assert tuple(int(number.replace(",", "")) for number in (*told.groups(), *rest.groups())) == numbers


def test_every_answer_is_read_by_itself(recorded: list[Any]) -> None:
    """Whatever the request was: an error becomes its exception with all it says, any other body is JSON or nothing."""
    for one in recorded:
        status, headers, content = one.answer
        response = Response(status, headers, content, one.request["method"], one.request["path"])
        if status >= 400:
            error = response.error()
            body = one.response.get("body")
            assert error.status == status, one
            assert error.body == content, one
            if isinstance(body, dict):
                assert error.type == body.get("type", ""), one
                assert error.detail == body.get("detail"), one
        else:
            response.check()
            if content and one.request["method"] != "OPTIONS":
                assert response.json() == one.response["body"], one


def test_every_entity_is_read(recorded: list[Any]) -> None:
    """Every entity in an answer to a query or retrieval loads, and its wire form holds what came."""
    read = 0
    for one in recorded:
        body = one.response.get("body")
        path = one.request["path"]
        if one.response["status"] != 200 or not path.startswith("/ngsi-ld/v1/entit") or body is None:
            continue
        simplified = "keyValues" in one.request["target"] or "simplified" in one.request["target"]
        for wire in body if isinstance(body, list) else [body]:
            if wire.get("type") in ("Feature", "FeatureCollection"):
                continue
            entity = load(wire, representation="simplified" if simplified else None)
            assert entity.wire.keys() >= wire.keys(), one
            assert entity.id == wire.get("id", ""), one
            read += 1
    assert read > 700
