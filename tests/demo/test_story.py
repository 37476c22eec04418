"""What the demo's page tells: the recorded day, the way of a message, an outage, and a sensor that is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from citycontext.demo import Demo, city_broker

pytestmark = pytest.mark.browser

TITLES = {"en": "Gent, replayed: 21 December 2023", "nl": "Gent, herspeeld: 21 december 2023"}
WORDS = {
    "en": ("of 5 P+R full", "The way of one message", "A broken sensor", "Car parks"),
    "nl": ("van 5 P+R vol", "De weg van één bericht", "Een kapotte sensor", "Parkings"),
}
MOMENT = "document.querySelector('#moment')"


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """Run the demo."""
    with Demo() as running:
        yield running


def opened(demo: Demo, open_tab: Callable[..., Any], language: str = "en") -> Any:
    """Open the page, and wait until every site has been heard of and a message was refused."""
    tab = open_tab(f"{demo.map_url}?lang={language}")
    tab.wait_for("document.querySelectorAll('#list li').length === 33")
    tab.wait_for("document.querySelector('.broken:not([hidden])')")
    return tab


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_the_demo_says_what_it_shows(
    demo: Demo, open_tab: Callable[..., Any], width: int, scheme: str, language: str
) -> None:
    """Title, headline, clock, legend and story are there in both languages, fit the screen, and axe finds nothing."""
    tab = opened(demo, open_tab, language)
    tab.resize(width, 844)
    tab.prefer(scheme)
    assert tab.evaluate("document.title") == TITLES[language]
    text = tab.evaluate("document.body.innerText")
    assert TITLES[language] in text
    assert [word for word in WORDS[language] if word not in text] == []
    assert "OffStreetParking" not in text
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate("document.documentElement.scrollHeight") <= 844
    assert tab.evaluate(f"{MOMENT}.getBoundingClientRect().bottom") <= 844
    assert tab.serious_findings() == []
    assert tab.errors == []


def test_the_slider_shows_an_earlier_moment_and_back_to_live(demo: Demo, open_tab: Callable[..., Any]) -> None:
    """At 07:41 the site The Loop has the 85 places that were recorded then; a press leads back to now."""
    tab = opened(demo, open_tab)
    loop = (
        "[...document.querySelectorAll('#list li')].find(one => one.innerText.includes('P+R The Loop'))"
        "?.querySelector('.value').textContent"
    )
    tab.evaluate(f"{MOMENT}.value = 120; {MOMENT}.dispatchEvent(new Event('input'))")
    assert tab.evaluate("document.querySelector('.face').textContent") == "07:42"
    tab.wait_for("document.querySelector('#status').dataset.state === 'stopped'")
    tab.wait_for(f"{loop} === '85'")
    tab.evaluate("document.querySelector('.live').click()")
    tab.wait_for("document.querySelector('#status').dataset.state === 'live'")
    assert tab.errors == []


def test_the_axis_of_a_replayed_morning_is_that_morning(demo: Demo, open_tab: Callable[..., Any]) -> None:
    """The chart of a site begins and ends between 07:40 and 09:40, and never says AM."""
    tab = opened(demo, open_tab)
    tab.evaluate(
        "[...document.querySelectorAll('#list button')].find(one => one.innerText.includes('The Loop')).click()"
    )
    tab.wait_for("document.querySelector('#details .chart')")
    texts = tab.evaluate("[...document.querySelectorAll('#details .chart text')].map(one => one.textContent)")
    first, last = [text for text in texts if ":" in text]
    assert "07:40" <= first <= last <= "09:40"


def test_a_broken_sensor_is_a_card(demo: Demo, open_tab: Callable[..., Any]) -> None:
    """What it sent, why that is refused and where it waits are on the page, with a way to the bridge's."""
    tab = opened(demo, open_tab)
    card = tab.evaluate("document.querySelector('.broken').innerText")
    assert "Broken counter" in card
    assert "as dead letter" in card
    assert any(reason in card for reason in ("JSON", "'forty'", "1970"))
    link = tab.evaluate("document.querySelector('.broken a').href")
    assert httpx.get(link).status_code == 200


def test_who_breaks_it_sees_the_journal_grow_and_drain(
    demo: Demo, open_tab: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the context broker is stopped messages wait, afterwards none does, and none was lost."""
    monkeypatch.setattr(city_broker, "OUTAGE", 1e6)  # until the test ends it
    tab = opened(demo, open_tab)
    waiting = "Number(document.querySelector('[data-waiting]').dataset.waiting)"
    tab.evaluate("document.querySelector('.break').click()")
    tab.wait_for("document.querySelector('#story').dataset.outage === 'true'")
    assert httpx.get(f"{demo.api_url}/types").status_code == 503
    tab.wait_for(f"{waiting} > 20")
    demo.mend_it()
    tab.wait_for("document.querySelector('#story').dataset.phase === 'drained'")
    assert tab.evaluate(f"{waiting} <= 5")
    assert "none was lost" in tab.evaluate("document.querySelector('.outcome').textContent")
    assert demo.readings()


def test_only_a_press_on_the_page_breaks_it(demo: Demo) -> None:
    """A GET breaks nothing, nor does a page of somebody else."""
    address = f"{demo.map_url}page/demo/break"
    assert httpx.get(address).status_code == 405
    assert httpx.post(address, headers={"origin": "https://elsewhere.example"}).status_code == 403
    assert demo.outage == 0
