"""A stream's folder behind a web server that knows nothing of streams."""

from __future__ import annotations

from collections import Counter
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx

from citycontext.publish import EventStream


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, as ``python -m http.server`` does, without a log."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_any_web_server_can_host_it(tmp_path, make_publication, parkings) -> None:
    """A client that is given the root's address and follows links alone finds each version once, over HTTP."""
    site = tmp_path / "site"
    site.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        with EventStream(site, make_publication(url=url, page_size=4)) as stream:
            stream.write(parkings(1_003))
        found: Counter[str] = Counter()
        todo = {f"{url}/ldes.jsonld": None}
        with httpx.Client() as client:
            while asked := [one for one, answer in todo.items() if answer is None]:
                for one in asked:
                    answer = todo[one] = client.get(one).raise_for_status()
                    assert answer.headers["content-type"] == "application/ld+json"
                    node, members = answer.json()["@graph"]
                    found.update(member["id"] for member in members["tree:member"])
                    assert len(members["tree:member"]) <= 4
                    todo |= {
                        link["tree:node"]["@id"]: None
                        for link in node.get("tree:relation", ())
                        if link["tree:node"]["@id"] not in todo
                    }
        server.shutdown()
    assert (found.total(), len(found)) == (1_003, 1_003)
