"""What all requests go through: token, read-only, CORS, mounting, the page."""

from __future__ import annotations

import subprocess
import sys

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from citycontext.broker import LocalBroker
from citycontext.errors import ConfigurationError


def client(broker: LocalBroker) -> httpx.AsyncClient:
    """Return a client that talks to a broker in process."""
    return httpx.AsyncClient(transport=broker.transport(), base_url="http://broker")


async def test_token_is_asked_for() -> None:
    """With a token set, a request needs it; the token itself shows nowhere."""
    broker = LocalBroker(token="s3cret")
    async with client(broker) as http:
        refused = await http.get("/ngsi-ld/v1/types", headers={"Authorization": "Bearer other"})
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        assert "s3cret" not in refused.text + repr(broker)
        assert (await http.get("/ngsi-ld/v1/types", headers={"Authorization": "Bearer s3cret"})).status_code == 200


async def test_the_page_needs_no_token() -> None:
    """The page holds no data: a browser gets it, and sends the token itself when it asks the API."""
    async with client(LocalBroker(token="s3cret")) as http:
        assert (await http.get("/")).status_code == 200
        assert (await http.get("/version")).status_code == 200
        assert (await http.get("/ngsi-ld/v1/types")).status_code == 401


async def test_read_only_broker_refuses_writes() -> None:
    """A read-only broker answers questions, also those asked by POST, and refuses every write."""
    async with client(LocalBroker(read_only=True)) as http:
        assert (await http.post("/ngsi-ld/v1/entities", json={"id": "urn:a:b", "type": "T"})).status_code == 403
        query = {"type": "Query", "entities": [{"type": "T"}]}
        assert (await http.post("/ngsi-ld/v1/entityOperations/query", json=query)).json() == []


async def test_cors_lets_web_pages_read() -> None:
    """With an origin allowed, a browser may read the answers and their headers."""
    async with client(LocalBroker(cors=["https://city.example"])) as http:
        answer = await http.get("/ngsi-ld/v1/types", headers={"Origin": "https://city.example"})
        assert answer.headers["access-control-allow-origin"] == "https://city.example"
        assert "NGSILD-Results-Count" in answer.headers["access-control-expose-headers"]
        other = await http.get("/ngsi-ld/v1/types", headers={"Origin": "https://other.example"})
        assert "access-control-allow-origin" not in other.headers


async def test_broker_can_be_mounted() -> None:
    """Mounted below a path of another application, the broker answers there, and its links lead there."""
    broker = LocalBroker()
    app = Starlette(routes=[Mount("/city", app=broker)])
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://site") as http:
        for number in range(3):
            await http.post("/city/ngsi-ld/v1/entities", json={"id": f"urn:a:{number}", "type": "T"})
        answer = await http.get("/city/ngsi-ld/v1/entities?type=T&limit=2")
        following = answer.url.join(answer.links["next"]["url"])
        assert str(following).startswith("http://site/city/ngsi-ld/v1/entities?")
        assert len((await http.get(following)).json()) == 1


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/page/app.js", "text/javascript; charset=utf-8"),
        ("/page/leaflet/leaflet.js", "text/javascript; charset=utf-8"),
        ("/page/leaflet/leaflet.css", "text/css; charset=utf-8"),
        ("/page/leaflet/images/marker-icon.png", "image/png"),
    ],
)
async def test_page_is_served(path: str, media_type: str) -> None:
    """The page and the files of Leaflet come with their media types, and only once to a browser that has them."""
    async with client(LocalBroker()) as http:
        answer = await http.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == media_type
        again = await http.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


@pytest.mark.parametrize("path", ["/page/%2e%2e/app.py", "/page/leaflet/%2e%2e/__init__.py", "/page/", "/page/%00"])
async def test_page_does_not_lead_out_of_its_folder(path: str) -> None:
    """No path gives a file outside the page's folder."""
    async with client(LocalBroker()) as http:
        assert (await http.get(path)).status_code == 404


def test_store_that_cannot_be_opened_is_one_clear_error(tmp_path: object) -> None:
    """A file in a folder that is not there, or one that is not a store, is named in the error."""
    with pytest.raises(ConfigurationError, match="nowhere"):
        LocalBroker(f"{tmp_path}/nowhere/city.db")


def test_missing_package_is_one_clear_line() -> None:
    """Without a package of the extra, importing the broker says which extra to install."""
    program = (
        "import sys\n"
        "sys.modules['shapely'] = None\n"
        "try:\n    import citycontext.broker\nexcept Exception as error:\n    print(type(error).__name__, error)\n"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown.startswith("MissingExtra")
    assert "pip install 'citycontext[broker]'" in shown
