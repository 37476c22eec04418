"""A list of car parks in CSV, made entities of a broker, and a page of them: python dashboard.py.

The page is at the address that is printed, until Ctrl-C; --once prints the car parks and ends.
"""

from __future__ import annotations

import argparse
import html
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from citycontext import Client
from citycontext.broker import LocalBroker, Server
from citycontext.models import describe
from citycontext.models.parking import OffStreetParking
from citycontext.tables.sheets import Conversion, propose, read_table

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Parking</title>
<meta http-equiv="refresh" content="5">
<style>body {{ font: 1rem system-ui; margin: 2rem }}
meter {{ width: 12rem }} td {{ padding: .3rem 1rem .3rem 0 }}</style>
<h1>Parking</h1><table>{rows}</table></html>"""
ROW = '<tr><td>{name}<td><meter min="0" max="{total}" value="{free}"></meter><td>{free} of {total} free<td>{when}</tr>'


def fill(client: Client) -> None:
    """Make entities of the rows, and write them; a row that cannot be one is named by its cell."""
    table = read_table(Path(__file__).with_name("parking.csv"))
    mapping = propose(table, "OffStreetParking", describe("OffStreetParking")).mapping
    results = list(Conversion(table, mapping))
    for result in results:
        for finding in result.findings:
            print(finding)
    client.batch.upsert([result.entity for result in results if result.entity is not None])


def car_parks(client: Client) -> list[dict[str, object]]:
    """Return what the page shows of each car park, the emptiest first."""
    shown = [
        {
            "name": one.name.value,
            "free": one.available_spot_number.value,
            "total": one.total_spot_number.value,
            "when": f"{one.available_spot_number.observed_at:%d/%m %H:%M} UTC",
        }
        for one in client.entities.query(OffStreetParking)
    ]
    return sorted(shown, key=lambda one: -one["free"])


def main() -> None:
    """Serve a broker and the page."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--once", action="store_true")
    arguments.add_argument("--port", type=int, default=8090)
    given = arguments.parse_args()
    with Server(LocalBroker(), port=0) as server, Client(server.url, context="models") as client:
        fill(client)
        if given.once:
            for one in car_parks(client):
                print("{name}: {free} of {total} free, {when}".format(**one))
            return

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                rows = [
                    ROW.format(**{name: html.escape(str(value)) for name, value in one.items()})
                    for one in car_parks(client)
                ]
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(PAGE.format(rows="\n".join(rows)).encode())

        with ThreadingHTTPServer(("127.0.0.1", given.port), Page) as page:
            print(f"http://127.0.0.1:{page.server_port} (the broker: {server.url})", flush=True)
            try:
                page.serve_forever()
            except KeyboardInterrupt:
                print()


if __name__ == "__main__":
    main()
