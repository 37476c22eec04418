"""Try that a context broker behind an event stream is the one before it: broker → LDES → broker, entity by entity.

python scripts/stream_law.py FOLDER…                    # files example-normalized.jsonld of Smart Data Models
python scripts/stream_law.py --every 20 FOLDER…         # one file in twenty
python scripts/stream_law.py --base https://data.stad.example/id/ FOLDER…
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import orjson

from citycontext.broker import LocalBroker, Server
from citycontext.client import Client
from citycontext.errors import CityContextError
from citycontext.ngsild.terms import ATTRIBUTE_TYPES
from citycontext.publish import EventStream, Publication, Report
from citycontext.transfer.event_streams import follow_stream

URL = "https://data.stad.example/stream"
OWN = ("id", "type", "@context", "scope")


class Files(httpx.BaseTransport):
    """Answers with the files of a stream.

    Args:
        folder: The stream's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with a file."""
        content = (self.folder / str(request.url).removeprefix(f"{URL}/")).read_bytes()
        return httpx.Response(200, content=content, headers={"content-type": "application/ld+json"})


def names_of(attributes: dict[str, Any], before: str = "") -> Iterator[str]:
    """Yield the names of attributes and of what they have, as a list of what may be published has them.

    Args:
        attributes: An entity, or an attribute.
        before: The name of the attribute, and a dot.
    """
    for name, said in attributes.items():
        for one in said if isinstance(said, list) else [said]:
            if name not in OWN and isinstance(one, dict) and one.get("type") in ATTRIBUTE_TYPES:
                yield before + name
                yield from names_of(one, f"{before}{name}.")


def stored(entities: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return entities as a broker has them, with the times that it sets, without what it refuses of them.

    Args:
        entities: The entities, normalized; contexts do not count.
    """
    found = []
    with Server(LocalBroker(), port=0) as server, Client(server.url) as broker:
        for entity in entities:
            kept = _without_context(entity)
            while kept is not None:
                try:
                    broker.entities.create(kept)
                    found.append(_without_context(broker.entities.retrieve(entity["id"], as_=dict, sys_attrs=True)))
                    break
                except CityContextError as error:
                    kept = _without_refused(kept, str(error))
    return found


def differences(
    entities: Sequence[dict[str, Any]], *, base: str = "", members: str = "ngsi-ld", models: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    """Yield what is another one behind a stream: the id, what was published, and what came back.

    Args:
        entities: Entities as a broker has them.
        base: Where the stream has ids as addresses.
        members: What members are written as.
        models: Whose classes entities in OSLO's words become.
    """
    allow: dict[str, list[str]] = {}
    for entity in entities:
        for kind in entity["type"] if isinstance(entity["type"], list) else [entity["type"]]:
            allow[kind] = list(dict.fromkeys([*allow.get(kind, ["scope"]), *names_of(entity)]))
    stream = {"url": URL, "base": base, "members": members, "time": ["observedAt", "modifiedAt"]}
    publication = Publication.parse({"allow": allow, "stream": stream})
    with tempfile.TemporaryDirectory() as folder:
        with EventStream(Path(folder) / "site", publication) as writer:
            writer.write(entities)
        cleared = [one for one in (publication.policy().clear(entity, Report()) for entity in entities) if one]
        with (
            Server(LocalBroker(), port=0) as server,
            Client(server.url) as broker,
            httpx.Client(transport=Files(Path(folder) / "site")) as http,
        ):
            more: dict[str, Any] = {"models": models} if models else {}
            follow_stream(f"{URL}/ldes.jsonld", broker, http=http, base=base, **more)
            for one in cleared:
                try:
                    came: Any = _without_context(broker.entities.retrieve(one.id, as_=dict))
                except CityContextError as error:
                    came = str(error)
                if came != _without_context(one.wire):
                    yield one.id, _without_context(one.wire), came


def _without_refused(entity: dict[str, Any], reason: str) -> dict[str, Any] | None:
    """Return an entity without the attribute that a broker refused; ``None`` where it refused something else."""
    name = re.search(r"not valid: ([^\s.:\[]+)", reason)
    if name is None or name[1] in OWN or name[1] not in entity:
        print(f"not stored: {entity['id']}: {reason}", file=sys.stderr)
        return None
    return {one: said for one, said in entity.items() if one != name[1]}


def _without_context(wire: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in wire.items() if name != "@context"}


def main() -> int:
    """Try all files that are given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1, help="one file in so many")
    parser.add_argument("--base", default="", help="where the stream has ids as addresses")
    given = parser.parse_args()
    files = sorted(file for folder in given.folders for file in folder.rglob("example-normalized.jsonld"))
    read = [(file, orjson.loads(file.read_bytes())) for file in files[:: given.every]]
    entities = stored([one for _, one in read if isinstance(one, dict) and isinstance(one.get("id"), str)])
    missed = list(differences(entities, base=given.base))
    for identifier, before, after in missed:
        print(f"{identifier}\n  published {before}\n  came back {after}")
    print(f"{len(entities)} of {len(read)} entities are what a broker stores; {len(missed)} came back otherwise")
    return 1 if missed or not entities else 0


if __name__ == "__main__":
    sys.exit(main())
