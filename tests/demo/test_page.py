"""The page of the local broker, in a real browser, against a real broker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker, Server

pytestmark = pytest.mark.browser

BIN = "urn:ngsi-ld:WasteContainer:test:1"
MARKER = f"document.querySelector('.marker[data-entity=\"{BIN}\"]')"


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve an empty broker on a free port."""
    broker = LocalBroker()
    with Server(broker, port=0) as running:
        yield running
    broker.close()


@pytest.fixture
def api(server: Server) -> Iterator[httpx.Client]:
    """Speak to the broker's API."""
    with httpx.Client(base_url=f"{server.url}/ngsi-ld/v1") as client:
        yield client


def container(**attributes: Any) -> dict[str, Any]:
    """Return a waste container in Gent."""
    return {
        "id": BIN,
        "type": "WasteContainer",
        "name": {"type": "Property", "value": "Container 1"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.72, 51.05]}},
        "fillingLevel": level(0.4),
        **attributes,
    }


def level(value: float, *, ago: float = 0) -> dict[str, Any]:
    """Return a filling level, observed some seconds ago."""
    time = datetime.now(UTC) - timedelta(seconds=ago)
    return {"type": "Property", "value": value, "observedAt": time.isoformat().replace("+00:00", "Z")}


def upsert(api: httpx.Client, *entities: dict[str, Any]) -> None:
    """Write entities, as the bridge does."""
    answer = api.post("/entityOperations/upsert", params={"options": "update"}, json=list(entities))
    assert answer.status_code in (201, 204), answer.text


def test_marker_moves_to_a_new_place_and_shows_the_new_value(
    server: Server, api: httpx.Client, open_tab: Callable[..., Any]
) -> None:
    """An update in the broker moves the marker on the open page and changes the value it shows."""
    apart = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7225, 51.0505]}}
    upsert(api, container(), container(id="urn:ngsi-ld:WasteContainer:test:2", location=apart))
    tab = open_tab(server.url)
    tab.wait_for(f"{MARKER}?.textContent === '40 %'")
    before = tab.evaluate(f"(({{x, y}}) => [x, y])({MARKER}.getBoundingClientRect())")

    moved = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7205, 51.0495]}}
    upsert(api, {"id": BIN, "type": "WasteContainer", "location": moved, "fillingLevel": level(0.83)})

    tab.wait_for(f"{MARKER}.textContent === '83 %'")
    tab.wait_for(f"!{MARKER}.classList.contains('moving')")
    after = tab.evaluate(f"(({{x, y}}) => [x, y])({MARKER}.getBoundingClientRect())")
    assert after[0] > before[0] + 5, "farther east is farther right"
    assert after[1] > before[1] + 5, "farther south is farther down"
    assert "83 %" in tab.evaluate(f"{MARKER}.getAttribute('aria-label')")
    assert tab.errors == []


def test_entity_opens_to_its_attributes_with_unit_age_and_last_hour(
    server: Server, api: httpx.Client, open_tab: Callable[..., Any]
) -> None:
    """A click on a marker shows values with unit and age, and a line through the values of the last hour."""
    for minute in (50, 30, 10):
        temperature = level(5 + minute / 10, ago=60 * minute) | {"unitCode": "CEL"}
        upsert(api, container(temperature=temperature, fillingLevel=level(minute / 100, ago=60 * minute)))
    tab = open_tab(server.url)
    tab.wait_for(MARKER)
    tab.evaluate(f"{MARKER}.click()")
    tab.wait_for("document.querySelector('#details .chart')")
    rows = tab.evaluate(
        "[...document.querySelectorAll('#details .row')].map(row => row.innerText.split('\\n').join(' '))"
    )
    temperature = next(row for row in rows if row.startswith("Temperature"))
    assert "6.00" in temperature or "6 " in temperature
    assert "°C" in temperature
    assert "10 min ago" in temperature
    line = tab.evaluate("document.querySelector('#details .chart .line').getAttribute('d')")
    assert line.count(",") == 3, "three values, three points"
    assert "lowest 10 %, highest 50 %" in tab.evaluate("document.querySelector('.chart').getAttribute('aria-label')")
    assert tab.errors == []


def test_text_of_the_broker_is_never_read_as_html(
    server: Server, api: httpx.Client, open_tab: Callable[..., Any]
) -> None:
    """A name that holds markup is shown as it is written, in the list, the table, the marker and the details."""
    markup = "<img src=x onerror='document.title=`taken over`'>"
    hostile = container(
        name={"type": "Property", "value": markup},
        description={"type": "Property", "value": markup},
        source={"type": "Property", "value": "javascript:alert(1)"},
        status={"type": "Property", "value": markup, "unitCode": markup},
    )
    upsert(api, hostile)
    tab = open_tab(server.url)
    tab.wait_for(MARKER)
    tab.evaluate("document.querySelector('[data-show=table]').click()")
    tab.evaluate("document.querySelector('#table tbody button').click()")
    tab.wait_for("document.querySelector('#details h2')")
    assert tab.evaluate("document.querySelector('#details h2').textContent") == markup
    assert tab.evaluate("document.querySelectorAll('img').length") == 0
    assert tab.evaluate("[...document.querySelectorAll('a')].some(a => a.protocol === 'javascript:')") is False
    assert tab.evaluate("document.title") == "City context"
    assert "undefined" not in tab.evaluate("document.body.innerText")


def test_offline_map_is_a_credited_grid_and_asks_no_one_else(
    server: Server, api: httpx.Client, open_tab: Callable[..., Any]
) -> None:
    """Without the internet there is a grid and its credit; nothing but the broker and OpenStreetMap is asked."""
    upsert(api, container())
    tab = open_tab(server.url)
    tab.wait_for("document.querySelector('.grid-line')")
    tab.wait_for(MARKER)
    assert "Plain grid" in tab.evaluate("document.querySelector('.leaflet-control-attribution').innerText")
    others = [
        url for url in tab.requested if not url.startswith((server.url, "https://tile.openstreetmap.org/", "data:"))
    ]
    assert others == []


def test_tiles_take_the_place_of_the_grid_with_their_own_credit(
    server: Server, api: httpx.Client, open_tab: Callable[..., Any]
) -> None:
    """Where tiles can be had, OpenStreetMap is credited, and the grid is gone."""
    upsert(api, container())
    tab = open_tab(server.url, tiles="https://tile.openstreetmap.org/*")
    tab.wait_for(MARKER)
    tab.wait_for("document.querySelector('.leaflet-control-attribution').innerText.includes('OpenStreetMap')")
    assert tab.evaluate("document.querySelectorAll('.grid-line').length") == 0
    assert "Plain grid" not in tab.evaluate("document.querySelector('.leaflet-control-attribution').innerText")


def test_page_says_when_the_broker_is_gone(server: Server, api: httpx.Client, open_tab: Callable[..., Any]) -> None:
    """The page keeps what it has and says that the broker does not answer."""
    upsert(api, container())
    tab = open_tab(server.url)
    tab.wait_for(MARKER)
    server.stop()
    tab.wait_for("document.querySelector('#status-text').textContent.startsWith('The broker does not answer')")
    assert tab.evaluate(f"{MARKER} !== null")


def test_every_control_can_be_reached_and_is_named(
    server: Server, api: httpx.Client, open_tab: Callable[..., Any]
) -> None:
    """Buttons, fields and markers have a name for a screen reader, and none is out of the keyboard's reach."""
    upsert(api, container())
    tab = open_tab(server.url)
    tab.wait_for(MARKER)
    tab.wait_for("document.querySelector('#list button')")
    nameless = tab.evaluate(
        "[...document.querySelectorAll('button, input, a[href], [role=button]')]"
        ".filter(one => !(one.innerText || one.getAttribute('aria-label') || one.labels?.[0]?.innerText || '').trim()"
        " || one.tabIndex < 0).map(one => one.outerHTML)"
    )
    assert nameless == []
    tab.evaluate(f"{MARKER}.focus()")
    for kind in ("keyDown", "keyUp"):
        tab.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13)
    tab.wait_for("!document.querySelector('#details').hidden")
    tab.call("Input.dispatchKeyEvent", type="keyDown", key="Escape", code="Escape", windowsVirtualKeyCode=27)
    tab.wait_for("document.querySelector('#details').hidden")
