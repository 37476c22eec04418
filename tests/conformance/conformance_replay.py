"""Replay a vector of the conformance suite: load its files, send its requests, compare the answers.

A vector names operations, parameters, payload files and the expected status, and mostly a file with the expected
body. What has to be there before (the start state) is set up by the recipe of its group.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from conformance_compare import difference

from citycontext.broker import LocalBroker

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "ngsi-ld" / "examples"
SUITE = EXAMPLES / "etsi-test-suite"
EXCEPTIONS: dict[str, str] = json.loads((Path(__file__).parent / "exceptions.json").read_bytes())

HOST = "https://forge.etsi.org/rep/cim/ngsi-ld-test-suite/-/raw/develop/resources/jsonld-contexts/"
COMPOUND = f"{HOST}ngsi-ld-test-suite-compound.jsonld"
FIXED = {
    "ngsild_test_suite_context": COMPOUND,
    "CONTENT_TYPE_JSON": "application/json",
    "CONTENT_TYPE_LD_JSON": "application/ld+json",
    "CONTENT_TYPE_GEOJSON": "application/geo+json",
    "CONTENT_TYPE_MERGE_PATCH_JSON": "application/merge-patch+json",
    "TEMPORAL_ENTITIES_ENDPOINT_PATH": "temporal/entities",
    "ENTITIES_TYPES_ENDPOINT_PATH": "types",
    "EMPTY": "",
    "BUILDING_ID_PREFIX": "urn:ngsi-ld:Building:",
}
TEMPORAL_PAGE = 30
"""Instances in one temporal answer: the vectors take it that forty are too many."""


def cases(*groups: str) -> Iterator[Any]:
    """Return the cases of some groups, with an id of their own each.

    Of the 649 outside the distributed operations, eleven have no number: they are lines that the suite has commented
    out (of 052_07 and 053_03), so they are not readable as cases. The other 638 are played.

    Args:
        groups: Parts of the groups' names.
    """
    if not EXAMPLES.is_dir():
        return
    seen: dict[str, int] = {}
    for vector in json.loads((EXAMPLES / "test-vectors.json").read_bytes()):
        if vector["group"].startswith("DistributedOperations") or not any(part in vector["group"] for part in groups):
            continue
        for case in vector["cases"]:
            if re.fullmatch(r"[0-9_]+(\s.*)?", case["id"]) is None:
                continue
            seen[case["id"]] = seen.get(case["id"], 0) + 1
            name = case["id"].split()[0] + ("" if seen[case["id"]] == 1 else f"-{seen[case['id']]}")
            yield pytest.param(vector, case, name, id=name)


class Receiver:
    """A receiver of notifications, in the place of the network."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], dict[str, Any]]] = []

    async def post(self, uri: str, body: bytes, headers: dict[str, str], timeout: float) -> None:  # noqa: ASYNC109
        """Take a notification."""
        self.received.append((headers, json.loads(body)))

    def publish(self, uri: str, payload: bytes, notifier: Any, timeout: float) -> None:
        """Take a notification over MQTT."""
        message = json.loads(payload)
        self.received.append((message["metadata"], message["body"]))

    async def wait(self, count: int) -> dict[str, Any]:
        """Wait for a notification by its number, and give its body."""
        async with asyncio.timeout(2):
            while len(self.received) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return self.received[count - 1][1]


class Run:
    """One case on its way: what is set up, what was answered."""

    def __init__(self, http: httpx.AsyncClient, vector: Any, case: Any, receiver: Receiver) -> None:
        self.http = http
        self.vector = vector
        self.case = case
        self.receiver = receiver
        self.group: str = vector["group"]
        self.environment: dict[str, Any] = {**FIXED, **vector["variables"], **case["args"]}
        self.created: list[dict[str, Any]] = []
        self.answers: list[httpx.Response] = []
        self.made: set[str] = set()

    def text(self, value: Any) -> Any:
        """Put variables in their places."""
        if not isinstance(value, str):
            return value
        for _ in range(4):
            value = re.sub(r"[$@]\{(\w+)\}", lambda found: str(self.environment.get(found[1], found[0])), value)
        return value

    def get(self, *names: str) -> str:
        """Return the first argument or variable of one of these names; empty if absent."""
        return next((self.text(self.environment[name]) for name in names if self.environment.get(name)), "")

    def load(self, folder: str, name: str, **members: Any) -> Any:
        """Load a payload file, with a fresh id where it wants one."""
        file = SUITE / name if (SUITE / name).is_file() else SUITE / folder / name
        raw = file.read_bytes()
        payload = json.loads(raw.replace(b"randomUUID", str(len(self.created) + 1).encode()))
        if isinstance(payload, dict):
            payload |= members
            if "ToBeReplaced" in str(payload.get("id", "")):
                payload["id"] = f"urn:ngsi-ld:{payload['type']}:{len(self.created) + 1}"
                self.made.add(payload["id"])
            if "id" in members or (b"randomUUID" in raw and "id" in payload):
                self.made.add(payload["id"])
        return payload

    async def send(
        self, method: str, path: str, body: Any = None, *, kind: str = "", context: str = "", accept: str = "",
        **parameters: Any,
    ) -> httpx.Response:  # fmt: skip
        """Send a request, and keep the answer."""
        headers = {"Accept": accept} if accept else {}
        content: bytes | None = None
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            headers["Content-Type"] = kind or "application/json"
        if context:
            headers["Link"] = f'<{context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
        query = {name: value for name, value in parameters.items() if value not in ("", None)}
        answer = await self.http.request(method, path, content=content, headers=headers, params=query or None)
        self.answers.append(answer)
        return answer

    async def create(self, folder: str, name: str, path: str, *, plain: bool = False, **members: Any) -> dict[str, Any]:
        """Create something for the start state from a payload file; ``plain`` without the suite's @context."""
        payload = self.load(folder, name, **members)
        has_context = isinstance(payload, dict) and "@context" in payload
        kind = "application/ld+json" if has_context else "application/json"
        answer = await self.send("POST", path, payload, kind=kind, context="" if has_context or plain else COMPOUND)
        assert answer.status_code in (201, 204), answer.text
        self.answers.clear()
        if "id" not in payload:
            payload["id"] = answer.headers["location"].rpartition("/")[2]
            self.made.add(payload["id"])
        self.created.append(payload)
        return payload

    @property
    def id(self) -> str:
        """The id of what the case is about."""
        return str(self.created[0]["id"]) if self.created else "urn:ngsi-ld:Building:unknown"


Setup = Callable[[Run], Any]


async def replay(vector: Any, case: Any, name: str, receiver: Receiver, recipes: Mapping[str, Setup]) -> None:
    """Replay one case; it passes, or is listed with the reason why it does not.

    Args:
        vector: The vector.
        case: One of its cases.
        name: The case's id.
        receiver: Where notifications go.
        recipes: What to do, by a part of the group's name.
    """
    broker = LocalBroker(allow_private_contexts=True, temporal_page=TEMPORAL_PAGE)
    try:
        async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1") as http:
            run = Run(http, vector, case, receiver)
            try:
                await next(recipe for part, recipe in recipes.items() if part in vector["group"])(run)
                check(run)
            except (AssertionError, KeyError, StopIteration, TimeoutError) as failure:
                if name in EXCEPTIONS:
                    return
                raise AssertionError(f"{name} ({vector['purpose']}): {failure!r}") from failure
        assert name not in EXCEPTIONS, f"{name} passes now; take it off the list"
    finally:
        await broker.state.stop()
        broker.close()


def check(run: Run) -> None:
    """Compare status, count and body with what is expected."""
    assert run.answers, "the vector does not say what to call"
    expected = [run.text(status) for status in run.case["expected_status"]]
    got = [str(answer.status_code) for answer in run.answers]
    shown = [(answer.request.method, str(answer.request.url), answer.text[:600]) for answer in run.answers]
    if run.group.startswith("CommonBehaviours"):
        expected = [status for status in expected if status != "201"]
    if len(expected) == 1 and expected[0].isdigit():
        assert expected[0] in got, f"{expected} expected, {shown}"
    elif expected:
        assert set(expected) <= set(got), f"{expected} expected, {shown}"
    problem = run.get("problem_type", "error_type", "error")
    if problem and problem.startswith("${ERROR"):
        name = problem.removeprefix("${ERROR_TYPE_").removeprefix("${ERROR_").strip("}").replace("_", "").lower()
        body = next(answer for answer in run.answers if answer.status_code >= 207).json()
        kinds = [one["error"]["type"] for one in body["errors"]] if "errors" in body else [body["type"]]
        assert all(kind.lower().endswith(f"/{name}") for kind in kinds), shown
    last = run.answers[-1]
    count = run.get("expected_count", "expected_number", "expected_subscription_number",
                    "expectation_subscription_number")  # fmt: skip
    if count and last.status_code == 200:
        found = last.json()
        found = found["features"] if isinstance(found, dict) else found
        assert last.headers.get("ngsild-results-count", str(len(found))) == count, shown
    keys = ("expected_result", "expectation_filename", "expectation_file", "expected_filename",
            "expectation_file_path", "vehicle_expectation_file", "expected_payload",
            "subscription_expectation_file_path")  # fmt: skip
    given = {**run.case["args"], **run.vector["variables"]} | {
        key: value for key, value in run.case["args"].items() if value != f"${{{key}}}"
    }
    file = next((run.text(given[key]) for key in keys if given.get(key)), "")
    answered = [answer for answer in run.answers if answer.status_code in (200, 206)]
    for answer in answered:
        check_context(answer)
    if file and answered and run.vector["file"] != "041_02":
        compare(run, file, [answer.json() for answer in answered])
    order = run.get("expected_order").split()
    if order:
        assert [one["id"] for one in last.json()] == order, shown


def check_context(answer: httpx.Response) -> None:
    """See that an answer says what its names mean: in each item of JSON-LD, or in a Link beside plain JSON (6.3.6)."""
    kind = answer.headers.get("content-type", "")
    if "/jsonldContexts" in str(answer.request.url) or answer.request.url.host == "receiver":
        return
    body = answer.json()
    items = body if isinstance(body, list) else [body]
    if re.search(r"/v1/(entities|subscriptions|csource\w+)\b", str(answer.request.url)) and items:
        stamped = any("createdAt" in item for item in items)
        assert stamped == ("sysAttrs" in str(answer.request.url)), answer.text[:600]
    if kind == "application/ld+json":
        assert all("@context" in item for item in items), answer.text[:600]
    elif kind == "application/json":
        assert not any("@context" in item for item in items), answer.text[:600]
        assert "json-ld#context" in answer.headers["link"]


def compare(run: Run, name: str, bodies: list[Any]) -> None:
    """Find a body that is as a file of the suite says."""
    folders = ("entities/expectations", "temporalEntities/expectations", "", "subscriptions/expectations",
               "csourceRegistrations/expectations")  # fmt: skip
    names = (name, *(name.replace(".geojson", f".{other}.geojson") for other in ("alternative2", "alternative")))
    file = next(path for one in names for folder in folders if (path := SUITE / folder / one).is_file())
    expected = json.loads(file.read_bytes())
    wrong = []
    for body in bodies:
        # A file with one object stands for the one item of a list.
        found = body[0] if isinstance(expected, dict) and isinstance(body, list) and len(body) == 1 else body
        lists = [one["id"] for one in _items(found) if str(one.get("type", "")).endswith("List")]
        wrong.append(
            difference(
                *_alike(expected, found), {*run.made, *lists}, ordered=bool(run.get("expected_order")), path=name
            )
        )
        if not wrong[-1]:
            return
    raise AssertionError(f"{wrong[-1]}\n{json.dumps(bodies[-1])[:1500]}\nis not\n{json.dumps(expected)[:1500]}")


def _alike(expected: Any, found: Any) -> tuple[Any, Any]:
    """Leave the @context out where the file or the media type has none; `check_context` looks at it then."""
    if all("@context" in one for one in (*_items(expected), *_items(found))):
        return expected, found
    return _without_context(expected), _without_context(found)


def _items(value: Any) -> list[Any]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def _without_context(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_context(one) for one in value]
    return {k: v for k, v in value.items() if k != "@context"} if isinstance(value, dict) else value
