"""No request, however odd, makes the broker fail: it answers, and refuses with a problem document."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citycontext.broker import LocalBroker
from citycontext.broker.resources import OPERATIONS

ERRORS = "https://uri.etsi.org/ngsi-ld/errors/"

texts = st.one_of(
    st.sampled_from(
        [
            "",
            "T",
            "urn:a:b",
            "urn:ngsi-ld:null",
            "@none",
            "id",
            "type",
            "2024-01-01T00:00:00Z",
            "Property",
            "é\U0001f600",
        ]
    ),
    st.text(max_size=12),
)
names = st.sampled_from(
    ["id", "type", "value", "object", "scope", "a", "location", "observedAt", "datasetId", "languageMap", "vocab",
     "json", "valueList", "objectList", "unitCode", "entities", "q", "geoQ", "temporalQ", "notification", "endpoint",
     "uri", "information", "@context", "coordinates", "geometry", "georel", "timeInterval", "attrs", "pick",
     "watchedAttributes", "expiresAt", "snapshotQueries", "createdAt", "@id", "@type", "instanceId", "entity"]
) | st.text(max_size=6)  # fmt: skip
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False), texts
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5), max_leaves=14
)
likely = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["urn:a:b", "urn:a:c"]),
        "type": st.sampled_from(["T", "Subscription", "Query", "Snapshot"]),
    },
    optional={
        "a": values,
        "location": values,
        "scope": values,
        "entities": st.lists(st.fixed_dictionaries({"type": texts}), max_size=2) | values,
        "notification": st.fixed_dictionaries({"endpoint": st.fixed_dictionaries({"uri": texts})}) | values,
        "q": texts,
        "geoQ": values,
        "temporalQ": values,
        "information": values,
        "endpoint": values,
        "@context": values,
        "snapshotQueries": values,
    },
)
bodies = st.one_of(values, likely, st.lists(likely, max_size=3))
parameters = st.dictionaries(
    st.sampled_from(sorted(frozenset().union(*(operation.parameters for operation in OPERATIONS)))),
    texts
    | st.sampled_from(
        ["true", "T", "a", "a==1", "a>b;c|(d)", "near;maxDistance==1", "Point", "[1,2]", "[[[0,0],[1,0],[1,1],[0,0]]]",
         "sysAttrs", "temporalValues", "aggregatedValues", "avg", "PT1H", "P1M", "between", "after", "inline", "1",
         "-1", "a;desc", "a;dist-asc", "id,a{b,c}", "/a/#", "*", "(A;B)"]
    ),
    max_size=5,
)  # fmt: skip
segments = {
    "id": st.sampled_from(["urn:a:b", "urn:a:c", "x", ""]),
    "attribute": st.sampled_from(["a", "scope", "type"]),
}


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, dict[str, str], dict[str, str], bytes | None]:
    """Make a request: an operation of the API, with odd values in its path, its parameters and its body."""
    operation = draw(st.sampled_from(OPERATIONS))
    path = operation.path
    for name in ("id", "attribute", "instance", "type", "context"):
        if f"{{{name}}}" in path:
            path = path.replace(f"{{{name}}}", draw(segments.get(name, st.sampled_from(["urn:a:b", "T", "a"]))))
    asked = {name: value for name, value in draw(parameters).items() if name in operation.parameters}
    headers = {"Content-Type": draw(st.sampled_from(["application/json", "application/ld+json"]))}
    if draw(st.booleans()):
        headers["Accept"] = draw(
            st.sampled_from(["application/ld+json", "application/geo+json", "*/*;q=0", "text/html"])
        )
    body = orjson.dumps(draw(bodies)) if operation.reads_body else None
    return operation.method, path, asked, headers, body


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(requests(), min_size=1, max_size=6))
def test_no_request_makes_the_broker_fail(asked: list[Any]) -> None:
    """Whatever is asked, in any order, the status is below 500 and a refusal is a problem document with its type."""
    asyncio.run(play(asked))


async def play(asked: list[Any]) -> None:
    """Send requests to one broker that holds an entity already."""
    broker = LocalBroker()
    try:
        async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1") as http:
            await http.post(
                "/entities", json={"id": "urn:a:b", "type": "T", "a": [{"value": 1, "datasetId": "urn:d:1"}]}
            )
            for method, path, query, headers, body in asked:
                answer = await http.request(method, path, params=query, headers=headers, content=body)
                shown = (method, path, query, headers, body, answer.text)
                assert answer.status_code < 500 or answer.status_code == 504, shown
                if answer.status_code >= 400:
                    problem = answer.json()
                    assert answer.headers["content-type"] == "application/json", shown
                    assert problem["type"].startswith(ERRORS), shown
                    assert problem["title"], shown
                elif answer.content and answer.status_code != 204:
                    answer.json()
    finally:
        await broker.state.stop()
        broker.close()
