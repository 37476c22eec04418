"""The same city gives the same passport on every broker: the local one, and recorded answers of two real ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
import pytest

from citycontext import Client
from citycontext.passport import Options, Passport, Reason, Verdict
from citycontext.web.http import httpx
from passport_city import BROKER, City, answer

CONTEXT: Final = "http://127.0.0.1:7090/ctx/vehicles.jsonld"
EXPLAINED: Final[dict[str, dict[str, str]]] = {
    "coraine-0.3.0": {"MIM1 R2.2": "its answers name the @context; the local broker was asked without one"},
    "orionld-1.6.0": {"MIM1 R2.2": "its answers name the @context; the local broker was asked without one"},
}
"""Where a recorded broker's verdict is another than the local broker's, and why."""


class Recorded(httpx.BaseTransport):
    """Answers as a real broker did; what was never asked of it is answered as by a server that is away."""

    def __init__(self, path: Path) -> None:
        self.recorded = orjson.loads(path.read_bytes())
        self._by_name = {f"{one['group']}/{one['name']}": one for one in self.recorded["exchanges"]}

    def sensors(self) -> list[dict[str, Any]]:
        """Return the entities that the recorded queries are about, normalized."""
        listed: list[dict[str, Any]] = self._by_name["query/type"]["response"]["body"]
        return listed

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        name = self._name(request)
        if name is None or name not in self._by_name:
            return answer(503, {"title": "not recorded"})
        came = self._by_name[name]["response"]
        headers = [(key, value) for key, value in came["headers"] if key.lower() not in ("content-length", "date")]
        return httpx.Response(came["status"], headers=headers, content=orjson.dumps(came["body"]))

    def _name(self, request: httpx.Request) -> str | None:
        path, accept = request.url.path.removeprefix("/ngsi-ld/v1/"), request.headers["accept"]
        asked = dict(parse_qsl(request.url.query.decode()))
        if path == "types":
            return "discovery/types-ldjson" if accept == "application/ld+json" else "discovery/types"
        if path == "types/Sensor":
            return "discovery/type"
        if path == "subscriptions":
            return "subscriptions/list"
        if path.endswith("no-such-entity"):
            return "retrieve/missing"
        if path == "entities" and asked.get("type") == "Sensor" and not {"q", "georel", "offset"} & asked.keys():
            forms = {"application/ld+json": "query/ldjson", "application/geo+json": "query/geojson"}
            return forms.get(accept, "query/count" if asked["limit"] == "1" and "count" in asked else "query/type")
        return None


def ask(city: City, contexts: dict[str, Any]) -> Passport:
    city.documents = {CONTEXT: answer(200, contexts["vehicles.jsonld"], "application/ld+json")}
    return city.check(context=CONTEXT, options=Options(types=("Sensor",)))


@pytest.mark.parametrize("broker", sorted(EXPLAINED))
def test_a_recorded_city_has_the_passport_of_the_local_one(empty_city: City, shared_dir: Path, broker: str) -> None:
    """What was recorded gets the verdict that the local broker gets with the same entities, or an explained one."""
    recorded = Recorded(shared_dir / "real-brokers" / f"{broker}.json")
    contexts = {one.rpartition("/")[2]: document for one, document in recorded.recorded["contexts"].items()}
    terms = contexts["vehicles.jsonld"]["@context"]
    with Client(BROKER, transport=empty_city) as client:
        for one in recorded.sensors():
            client.entities.create({**one, "@context": terms})
    # The local broker fetches no @context from this machine: it is asked by what the names mean.
    here = empty_city.check(options=Options(types=("https://example.org/vocab#Sensor",)))
    there = ask(City(recorded), contexts)
    compared, other = 0, {}
    for mine, theirs in zip(here.lines, there.lines, strict=True):
        if theirs.outcome.reason is Reason.NOT_REACHED:
            continue
        compared += 1
        if (mine.outcome.verdict, mine.outcome.reason) != (theirs.outcome.verdict, theirs.outcome.reason):
            other[mine.requirement.name] = (str(mine.outcome.verdict), theirs.outcome.seen.en)
    unexplained = {name: told for name, told in other.items() if name not in EXPLAINED[broker]}
    assert not unexplained, unexplained
    assert compared > 40
    assert there["MIM0 R1.1"].outcome.verdict is Verdict.PASS
