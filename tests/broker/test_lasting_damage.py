"""What a long fuzz found: requests that failed with 500, or left what could not be read or written again."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

AT = "2024-05-01T10:00:00Z"
LAMP = "urn:ngsi-ld:Lamp:1"
LAMPS = {
    "power": {"type": "Property", "value": 3, "accuracy": {"type": "Property", "value": 1}},
    "owner": {"type": "Relationship", "object": "urn:a:city"},
    "name": {"type": "LanguageProperty", "languageMap": {"nl": "Lamp"}},
    "list": {"type": "ListProperty", "valueList": [1]},
}
WRONG_TYPES: tuple[Any, ...] = (None, {}, [], ["Property"], {"a": 1}, 3, True)
SUBSCRIPTION = {
    "id": "urn:ngsi-ld:Subscription:1",
    "type": "Subscription",
    "entities": [{"type": "Lamp"}],
    "notification": {"endpoint": {"uri": "http://127.0.0.1:9/"}},
}


@pytest.mark.parametrize("wrong", WRONG_TYPES)
@pytest.mark.parametrize("name", LAMPS)
async def test_4_5_1_a_merge_with_a_type_that_is_none_leaves_the_attribute_as_it_is(
    http: httpx.AsyncClient, name: str, wrong: Any
) -> None:
    """A merge, single or in a batch, that gives an attribute null or an object for a type is refused without harm."""
    await http.post("entities", json={"id": LAMP, "type": "Lamp", **LAMPS})
    fragment = {name: {**LAMPS[name], "type": wrong}}
    assert (await http.patch(f"entities/{LAMP}", json=fragment)).status_code == 400
    answer = await http.post("entityOperations/merge", json=[{"id": LAMP, **fragment}])
    assert answer.status_code in (207, 400)
    assert (await http.get(f"entities/{LAMP}")).json()[name] == LAMPS[name]
    assert (await http.put(f"entities/{LAMP}", json={"type": "Lamp"})).status_code == 204


@pytest.mark.parametrize("wrong", WRONG_TYPES)
async def test_4_5_1_a_sub_attribute_with_a_type_that_is_none_is_refused(http: httpx.AsyncClient, wrong: Any) -> None:
    """A merge that gives a sub-attribute no type to live with is refused, and harms nothing."""
    await http.post("entities", json={"id": LAMP, "type": "Lamp", **LAMPS})
    fragment = {"power": {"value": 4, "accuracy": {"type": wrong, "value": 2}}}
    assert (await http.patch(f"entities/{LAMP}", json=fragment)).status_code < 500
    stored = (await http.get(f"entities/{LAMP}")).json()["power"]
    assert stored["accuracy"]["type"] == "Property"
    assert (await http.put(f"entities/{LAMP}", json={"type": "Lamp"})).status_code == 204


@pytest.mark.parametrize("kind", [{}, [], ["x"], {"a": "urn:ngsi-ld:null"}, 3, None])
async def test_5_5_12_an_object_in_a_value_may_have_any_type(http: httpx.AsyncClient, kind: Any) -> None:
    """A merge goes through an object inside a value that has a member 'type' of its own."""
    await http.post("entities", json={"id": LAMP, "type": "Lamp", "power": {"value": {"x": {"type": "a", "b": 1}}}})
    answer = await http.patch(
        f"entities/{LAMP}", json={"power": {"value": {"x": {"type": kind, "value": 1}, "y": {"type": kind}}}}
    )
    assert answer.status_code in (204, 400)
    assert (await http.get(f"entities/{LAMP}")).status_code == 200
    answer = await http.patch(f"entities/{LAMP}/attrs/power", json={"value": {"type": kind, "value": 1}})
    assert answer.status_code in (204, 400)
    answer = await http.put(f"entities/{LAMP}/attrs/power", json={"type": "Property", "value": {"a": {"type": kind}}})
    assert answer.status_code in (204, 400)


@pytest.mark.parametrize("wrong", [{}, [], "x", 3, None])
@pytest.mark.parametrize("member", ["observedAt", "type"])
async def test_4_18_a_scope_over_time_has_true_times(http: httpx.AsyncClient, member: str, wrong: Any) -> None:
    """A scope in an evolution with a time or type that is none is refused."""
    scope = [{"type": "Property", "value": "/Gent", "observedAt": AT, member: wrong}]
    answer = await http.post("temporal/entities", json={"id": LAMP, "type": "Lamp", "scope": scope})
    assert answer.status_code == 400, answer.text
    await http.post("temporal/entities", json={"id": LAMP, "type": "Lamp"})
    assert (await http.post(f"temporal/entities/{LAMP}/attrs", json={"scope": scope})).status_code == 400


@pytest.mark.parametrize("wrong", [{}, {"": ""}, {"a": "b"}])
@pytest.mark.parametrize("member", ["receiverInfo", "notifierInfo"])
@pytest.mark.parametrize("path", ["subscriptions", "csourceSubscriptions"])
async def test_5_2_22_pairs_are_a_list(http: httpx.AsyncClient, path: str, member: str, wrong: Any) -> None:
    """An object where a list of pairs belongs is refused, when a subscription is made and when it is changed."""
    changed = {"notification": {"endpoint": {"uri": "http://127.0.0.1:9/", member: wrong}}}
    assert (await http.post(path, json={**SUBSCRIPTION, **changed})).status_code == 400
    assert (await http.post(path, json=SUBSCRIPTION)).status_code == 201
    assert (await http.patch(f"{path}/{SUBSCRIPTION['id']}", json=changed)).status_code == 400


async def test_5_2_22_pairs_of_a_registration_are_a_list(http: httpx.AsyncClient) -> None:
    """An object in the place of contextSourceInfo is refused."""
    body = {
        "type": "ContextSourceRegistration",
        "information": [{"entities": [{"type": "Lamp"}]}],
        "endpoint": "http://127.0.0.1:9/",
        "contextSourceInfo": {"a": "b"},
    }
    assert (await http.post("csourceRegistrations", json=body)).status_code == 400


@pytest.mark.parametrize("wrong", [None, "urn:ngsi-ld:null", 3, ""])
async def test_5_2_1_a_snapshot_has_an_id_or_none(http: httpx.AsyncClient, wrong: Any) -> None:
    """A snapshot whose id, or another member, is null is refused; so is a copy of one."""
    body = {"type": "Snapshot", "snapshotQueries": [{"type": "Query", "entities": [{"type": "Lamp"}]}]}
    made = await http.post("snapshots", json=body)
    assert made.status_code == 201
    assert (await http.post("snapshots", json={**body, "id": wrong})).status_code == 400
    clone = f"snapshots/{made.headers['Location'].rpartition('/')[2]}/clone"
    assert (await http.post(clone, json={"id": wrong})).status_code == 400
    assert (await http.post(clone, json={"snapshotLifetime": None})).status_code == 400
