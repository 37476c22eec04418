"""The page of the local broker for many entities, for keys, for phones, in Dutch, and for who sees little."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker, Server

pytestmark = pytest.mark.browser

READY = "document.querySelector('#list li button')"
MOST_AT_ONCE = 500


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve an empty broker on a free port."""
    broker = LocalBroker()
    with Server(broker, port=0) as running:
        yield running
    broker.close()


def place(kind: str, number: int, value: float, longitude: float, latitude: float = 51.05) -> dict[str, Any]:
    """Return something that was measured somewhere."""
    measure, unit = {"NoiseLevelObserved": ("LAeq", "2N"), "WasteContainer": ("fillingLevel", None)}[kind]
    attribute = {"type": "Property", "value": value, "observedAt": "2026-06-01T12:00:00Z"}
    return {
        "id": f"urn:ngsi-ld:{kind}:{number}",
        "type": kind,
        "name": {"type": "Property", "value": f"Place {number}"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [longitude, latitude]}},
        measure: attribute | ({"unitCode": unit} if unit else {}),
    }


def write(server: Server, *entities: dict[str, Any]) -> None:
    """Write entities."""
    for start in range(0, len(entities), MOST_AT_ONCE):
        part = list(entities[start : start + MOST_AT_ONCE])
        answer = httpx.post(f"{server.url}/ngsi-ld/v1/entityOperations/upsert", json=part, timeout=60)
        answer.raise_for_status()


def three(server: Server) -> None:
    """Write a quiet and a loud place beside each other, and a bin far away."""
    write(
        server,
        place("NoiseLevelObserved", 1, 45, 3.7000),
        place("NoiseLevelObserved", 2, 71, 3.7004),
        place("WasteContainer", 3, 0.4, 3.75),
    )


def test_places_that_lie_on_each_other_are_one_bubble_with_the_worst_state(
    server: Server, open_tab: Callable[..., Any]
) -> None:
    """Two neighbours are one bubble that says how many and what is worst, and a press of it shows them apart."""
    three(server)
    tab = open_tab(server.url)
    tab.wait_for("document.querySelector('.marker.group')")
    group = "document.querySelector('.marker.group')"
    assert tab.evaluate(f"{group}.textContent") == "2"
    assert tab.evaluate(f"{group}.dataset.rank") == "bad"
    assert tab.evaluate(f"{group}.getAttribute('aria-label')") == "2 places together, worst: Place 2, loud"
    assert tab.evaluate("document.querySelectorAll('.marker').length") == 2
    tab.evaluate(f"{group}.click()")
    tab.wait_for("document.querySelectorAll('.marker:not(.group)').length >= 2")
    assert tab.errors == []


def test_places_that_no_zoom_parts_are_listed(server: Server, open_tab: Callable[..., Any]) -> None:
    """Of several at one point the list shows those alone, and Escape shows all again."""
    write(
        server,
        *(place("WasteContainer", number, 0.3, 3.7) for number in range(3)),
        place("WasteContainer", 9, 0.9, 3.8),
    )
    tab = open_tab(server.url)
    tab.wait_for("document.querySelector('.marker.group')")
    tab.evaluate("document.querySelector('.marker.group').click()")
    tab.wait_for("document.querySelectorAll('#list li').length === 3")
    tab.press("Escape")
    tab.wait_for("document.querySelectorAll('#list li').length === 4")


def test_a_thousand_entities_are_few_markers(server: Server, open_tab: Callable[..., Any]) -> None:
    """All of a thousand places are in some marker, and no two markers lie on each other."""
    write(
        server,
        *(place("WasteContainer", n, (n % 10) / 10, 3.6 + (n % 40) / 200, 51 + (n // 40) / 200) for n in range(1000)),
    )
    tab = open_tab(server.url)
    tab.resize(1280, 800)
    tab.wait_for("document.querySelectorAll('.marker').length > 1")
    inside = (
        "[...document.querySelectorAll('.marker')].map(m => (m.dataset.members ?? m.dataset.entity).split(' ').length)"
    )
    tab.wait_for(f"{inside}.reduce((one, other) => one + other, 0) === 1000")
    assert tab.evaluate("document.querySelectorAll('.marker').length") < 500


def test_the_address_of_the_page_opens_an_entity(server: Server, open_tab: Callable[..., Any]) -> None:
    """An open entity is in the address, and an address with an entity opens it."""
    three(server)
    tab = open_tab(f"{server.url}/#entity=urn:ngsi-ld:WasteContainer:3")
    tab.wait_for("document.querySelector('#details h2')?.textContent === 'Place 3'")
    tab.press("Escape")
    tab.wait_for("document.querySelector('#details').hidden && !location.hash")
    tab.evaluate("document.querySelector('#list [data-key=\"urn:ngsi-ld:NoiseLevelObserved:1\"] button').click()")
    tab.wait_for("decodeURIComponent(location.hash) === '#entity=urn:ngsi-ld:NoiseLevelObserved:1'")
    assert tab.errors == []


def test_a_relationship_opens_the_entity_it_leads_to(server: Server, open_tab: Callable[..., Any]) -> None:
    """A link in the details leads to the other entity on the same page."""
    linked = place("WasteContainer", 3, 0.4, 3.75)
    linked["refDevice"] = {"type": "Relationship", "object": "urn:ngsi-ld:NoiseLevelObserved:1"}
    write(server, linked, place("NoiseLevelObserved", 1, 45, 3.7))
    tab = open_tab(f"{server.url}/#entity=urn:ngsi-ld:WasteContainer:3")
    tab.wait_for("document.querySelector('#details a[href^=\"#entity\"]')")
    tab.evaluate("document.querySelector('#details a[href^=\"#entity\"]').click()")
    tab.wait_for("document.querySelector('#details h2').textContent === 'Place 1'")


def test_two_types_of_one_short_name_are_told_apart(server: Server, open_tab: Callable[..., Any]) -> None:
    """The legend says from which vocabulary each of two types is."""
    for number, vocabulary in enumerate(("https://a.example/lamps/", "https://b.example/lighting/")):
        write(server, {"id": f"urn:ngsi-ld:Lamp:{number}", "type": f"{vocabulary}Lamp"})
    tab = open_tab(server.url)
    tab.wait_for("document.querySelectorAll('#legend .type').length === 2")
    names = tab.evaluate("[...document.querySelectorAll('#legend .type')].map(one => one.children[1].textContent)")
    assert sorted(names) == ["Lamp (lamps)", "Lamp (lighting)"]


def test_arrow_keys_go_through_the_list_and_to_the_map(server: Server, open_tab: Callable[..., Any]) -> None:
    """Down and up move in the list, left to the marker, right from it back to the row."""
    write(server, place("NoiseLevelObserved", 1, 45, 3.70), place("NoiseLevelObserved", 2, 71, 3.75))
    tab = open_tab(server.url)
    tab.wait_for(
        "document.querySelectorAll('#list li').length === 2 && document.querySelectorAll('.marker').length === 2"
    )
    focused = "(document.activeElement.closest('[data-key]')?.dataset.key ?? document.activeElement.dataset.entity)"
    tab.evaluate("document.querySelector('#list button').focus()")
    for key, at, tag in (
        ("ArrowDown", "2", "BUTTON"),
        ("ArrowUp", "1", "BUTTON"),
        ("ArrowLeft", "1", "DIV"),
        ("ArrowDown", "2", "DIV"),
        ("ArrowRight", "2", "BUTTON"),
    ):
        tab.press(key)
        assert tab.evaluate(f"[{focused}, document.activeElement.tagName]") == [
            f"urn:ngsi-ld:NoiseLevelObserved:{at}",
            tag,
        ]
    tab.press("ArrowLeft")
    tab.press("Enter")
    tab.wait_for("document.querySelector('#details h2')?.textContent === 'Place 2'")


def test_an_empty_broker_names_a_first_step(server: Server, open_tab: Callable[..., Any]) -> None:
    """Where nothing is, the page shows a command; who runs it sees a first entity on the page."""
    tab = open_tab(server.url)
    tab.wait_for("document.querySelector('#nothing code')")
    command = tab.evaluate("document.querySelector('#nothing code').textContent")
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    subprocess.run(["sh", "-c", command], check=True, timeout=120, env={**os.environ, "PATH": path})
    tab.wait_for("document.querySelector('#list li')?.innerText.includes('First')")


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_reads_well_and_speaks_two_languages(
    server: Server, open_tab: Callable[..., Any], width: int, scheme: str, language: str
) -> None:
    """On a desk and on a phone, light and dark, nothing overflows and axe finds nothing serious."""
    three(server)
    tab = open_tab(f"{server.url}/?lang={language}")
    tab.resize(width, 844)
    tab.prefer(scheme)
    tab.wait_for(READY)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate("document.documentElement.scrollHeight") <= 844
    assert tab.evaluate("document.documentElement.lang") == language
    words = {"en": ("Noise", "loud at 1 of 2 places", "Table"), "nl": ("Geluid", "luid op 1 van 2 plaatsen", "Tabel")}
    text = tab.evaluate("document.body.innerText")
    assert all(word in text for word in words[language])
    assert tab.serious_findings() == []
    tab.evaluate("document.querySelector('#list button').click()")
    tab.wait_for("document.querySelector('#details h2')")
    assert tab.serious_findings() == []
    assert tab.errors == []


def test_the_switch_changes_the_language_and_keeps_the_open_entity(
    server: Server, open_tab: Callable[..., Any]
) -> None:
    """A press of NL shows the page in Dutch, with what was open still open."""
    three(server)
    tab = open_tab(f"{server.url}/?lang=en#entity=urn:ngsi-ld:WasteContainer:3")
    tab.wait_for("document.querySelector('#details .back')?.textContent === '← All entities'")
    tab.evaluate("document.querySelector('[data-language-of=nl]').click()")
    tab.wait_for("document.querySelector('#details .back')?.textContent === '← Alle entiteiten'")
    assert tab.evaluate("document.querySelector('#details h2').textContent") == "Place 3"
