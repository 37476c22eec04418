"""A store of release 0.1 is read by this one: nothing is lost, and what was added since is there."""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path

import httpx
import pytest

from citycontext.broker import LocalBroker

_STORE = Path(__file__).parent / "release-0.1.sqlite"
_BASE = "http://broker/ngsi-ld/v1/"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Copy the store, which the commit before all changes of the layout made."""
    return Path(shutil.copy(_STORE, tmp_path / "city.db"))


async def test_old_store_is_carried_over(store: Path) -> None:
    """Entities, history, tenants, subscriptions, registrations and contexts are there, and can be written."""
    for opening in range(2):
        broker = LocalBroker(store)
        async with httpx.AsyncClient(transport=broker.transport(), base_url=_BASE) as http:
            lamps = (await http.get("entities?type=Lamp")).json()
            assert [one["id"] for one in lamps] == [f"urn:ngsi-ld:Lamp:{number}" for number in (1, 2, 3)]
            near = "georel=near;maxDistance==20&geometry=Point&coordinates=[3.702,51]"
            assert [one["id"] for one in (await http.get(f"entities?type=Lamp&{near}")).json()] == [lamps[1]["id"]]
            assert lamps[0]["scope"] == "/Gent"
            past = (await http.get("temporal/entities/urn:ngsi-ld:Lamp:1?attrs=power")).json()
            assert len(past["power"]) == 6 + opening
            assert len((await http.get("temporal/entities/urn:ngsi-ld:Past:1")).json()["level"]) == 4 + opening
            tenant = {"NGSILD-Tenant": "kortrijk"}
            assert len((await http.get("entities?type=Lamp", headers=tenant)).json()) == 1
            assert len((await http.get("subscriptions")).json()) == 2
            assert len((await http.get("csourceRegistrations?type=Other")).json()) == 2
            assert len((await http.get("jsonldContexts?kind=hosted")).json()) >= 1
            changed = {"power": {"value": -opening, "observedAt": f"2025-05-01T10:0{opening}:00Z"}}
            answer = await http.patch("entities/urn:ngsi-ld:Lamp:1/attrs", json=changed)
            assert answer.status_code == 204, answer.text
            more = {"level": [{"type": "Property", "value": 9, "observedAt": f"2025-05-01T12:0{opening}:00Z"}]}
            assert (await http.post("temporal/entities/urn:ngsi-ld:Past:1/attrs", json=more)).status_code == 204
        assert broker.state.store.database.has_index("instances_by_time")
        await broker.state.stop()
        broker.close()


async def test_append_to_a_long_history_is_flat(store: Path) -> None:
    """Appending to 8,000 instances costs about what it costs at 500, in a store that was carried over, too."""
    broker = LocalBroker(store)
    spent = []
    async with httpx.AsyncClient(transport=broker.transport(), base_url=_BASE) as http:
        for start in range(0, 8_000, 500):
            instances = [
                {"type": "Property", "value": one, "observedAt": f"2024-06-{1 + one // 1000:02}T00:00:00.{one:06}Z"}
                for one in range(start, start + 500)
            ]
            body = {"id": "urn:ngsi-ld:Past:2", "type": "Past", "level": instances}
            began = time.process_time()
            assert (await http.post("temporal/entities", json=body)).status_code in (201, 204)
            spent.append(time.process_time() - began)
        await asyncio.sleep(0)
        found = await http.get("temporal/entities/urn:ngsi-ld:Past:2?lastN=1&attrs=level")
        assert found.status_code == 200
    await broker.state.stop()
    broker.close()
    assert min(spent[-4:]) < 3 * min(spent[:4])
