"""Our catalogues read by the harvester that data portals on CKAN have (ckanext-dcat)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest

from citycontext.publish import Distribution, Publication, Report
from citycontext.publish.dcat import describe_catalogue

BASE = "https://data.stad.example"
PYTHON = Path(os.environ.get("CITYCONTEXT_CKAN", Path.home() / ".cache" / "citycontext" / "ckan")) / "bin" / "python"
READ = """
import json, sys
from ckanext.dcat.processors import RDFParser
parser = RDFParser(profiles=[sys.argv[1]])
parser.parse(sys.stdin.read(), _format="json-ld")
print("\\n" + json.dumps(list(parser.datasets()), default=str))
"""


def publication(name: str, title: str, profile: str) -> Publication:
    return Publication.parse(
        {
            "profile": profile,
            "dataset": {
                "id": f"{BASE}/id/dataset/{name}",
                "title": {"en": title},
                "description": {"en": f"{title}, every five minutes."},
                "licence": "https://creativecommons.org/publicdomain/zero/1.0/",
                "publisher": "https://data.vlaanderen.be/id/organisatie/OVO000000",
                "publisher_name": "Stad Voorbeeld",
                "contact": {"email": "opendata@stad.example"},
                "spatial": "https://data.vlaanderen.be/id/gemeente/44021",
                "keywords": {"en": ["city"]},
            },
            "allow": {"OffStreetParking": ["name"]},
            "stream": {"url": f"{BASE}/{name}"},
            "catalogue": {
                "id": f"{BASE}/catalogue",
                "title": {"en": "Open data"},
                "description": {"en": "The open data of the city."},
                "licence": "https://creativecommons.org/publicdomain/zero/1.0/",
                "contact": {"email": "opendata@stad.example"},
            },
        }
    )


@pytest.mark.parametrize(("profile", "harvester"), [("3", "euro_dcat_ap_3"), ("2", "euro_dcat_ap_2")])
def test_a_portal_has_every_dataset_with_its_files(profile: str, harvester: str) -> None:
    """From one catalogue of two datasets CKAN makes two, with title, publisher, contact, licence, files and stream."""
    if not PYTHON.exists():
        pytest.skip("CKAN is not here: scripts/ckan")
    report = Report()
    names = {"parking": "Parking", "air": "Air"}
    described = [
        (publication(name, title, profile), [Distribution(f"{BASE}/{name}.csv", "csv")])
        for name, title in names.items()
    ]
    document = describe_catalogue(described, report)
    assert [str(one.finding) for one in report] == []
    run = subprocess.run(
        [str(PYTHON), "-W", "ignore", "-c", READ, harvester],
        input=orjson.dumps(document).decode(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    datasets: list[dict[str, Any]] = json.loads(run.stdout.splitlines()[-1])
    assert sorted(one["title"] for one in datasets) == ["Air", "Parking"]
    for one in datasets:
        extras = {extra["key"]: extra["value"] for extra in one["extras"]}
        assert extras["uri"].startswith(f"{BASE}/id/dataset/")
        assert (extras["publisher_name"], extras["contact_email"]) == ("Stad Voorbeeld", "opendata@stad.example")
        assert [tag["name"] for tag in one["tags"]] == ["city"]
        name = extras["uri"].rpartition("/")[2]
        urls = {resource["url"]: resource for resource in one["resources"]}
        assert set(urls) == {f"{BASE}/{name}.csv", f"{BASE}/{name}/ldes.jsonld"}
        assert all("publicdomain/zero" in resource["license"] for resource in urls.values())
        (service,) = json.loads(urls[f"{BASE}/{name}/ldes.jsonld"]["access_services"])
        assert service["serves_dataset"] == [extras["uri"]]
