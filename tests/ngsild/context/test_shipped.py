"""The contexts of Smart Data Models that ship with the package."""

from __future__ import annotations

import runpy
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import ContextNotAvailable
from citycontext.ngsild.context import (
    Context,
    FetchingLoader,
    OfflineLoader,
    shipped_context,
    shipped_subjects,
    subject_of_context,
)
from citycontext.ngsild.context.shipped import full_terms, plain_terms
from citycontext.ngsild.packed import Packed

ROOT = Path(__file__).resolve().parents[3]
PARKING = "https://raw.githubusercontent.com/smart-data-models/dataModel.Parking/master/context.jsonld"


@pytest.mark.shared
def test_the_contexts_are_the_published_ones(shared_dir: Path) -> None:
    """Compiling the published contexts again gives what ships, document by document."""
    compiler = runpy.run_path(str(ROOT / "scripts" / "compile_models.py"))
    folders = (shared_dir / "smart-data-models", shared_dir / "smart-data-models-rest")
    made = Packed(compiler["compile_contexts"](*folders))
    shipped = Packed(files("citycontext.ngsild.context").joinpath("smart_data_models.bin").read_bytes())
    assert list(made) == list(shipped)
    assert [name for name in made if made.block(name) != shipped.block(name)] == []


@pytest.mark.parametrize("subject", shipped_subjects())
def test_every_context_is_read_offline(subject: str) -> None:
    """Each of the 79 documents can be used without a network, and defines names."""
    address = f"https://raw.githubusercontent.com/smart-data-models/dataModel.{subject}/master/context.jsonld"
    assert len(Context.parse(address).terms) > len(Context.core().terms)
    assert len(shipped_subjects()) == 79


@pytest.mark.parametrize(
    "address",
    [
        PARKING,
        PARKING.replace("/master/", "/main/"),
        PARKING.replace("/master/", "/refs/heads/master/"),
        "https://smart-data-models.github.io/dataModel.Parking/context.jsonld",
        "https://github.com/smart-data-models/dataModel.Parking/raw/master/context.jsonld",
        "https://github.com/smart-data-models/dataModel.Parking/blob/master/context.jsonld",
    ],
)
def test_every_spelling_of_an_address_is_known(address: str) -> None:
    """The addresses under which people name the same document all give it."""
    assert subject_of_context(address) == "Parking"
    assert shipped_context(address) is shipped_context(PARKING)


@pytest.mark.parametrize(
    "address",
    [
        PARKING.replace("/master/", "/d49af3c051dfc06d08d43183d2a7a3586d2ba163/"),
        PARKING.replace("dataModel.Parking", "dataModel.Nonesuch"),
        PARKING.replace("smart-data-models/", "someone-else/"),
        "https://city.example/?https://smart-data-models.github.io/dataModel.Parking/context.jsonld",
    ],
)
def test_another_document_is_not_taken_for_one_of_them(address: str) -> None:
    """A commit's own, another owner's or an unknown subject's is not known offline."""
    assert shipped_context(address) is None
    with pytest.raises(ContextNotAvailable):
        Context.parse(address)


def test_a_name_means_what_its_subject_says() -> None:
    """The type and an attribute expand to the model's IRIs."""
    context = Context.parse([PARKING])
    assert context.expand("OffStreetParking") == "https://smartdatamodels.org/dataModel.Parking/OffStreetParking"
    assert context.expand("availableSpotNumber") == "https://smartdatamodels.org/dataModel.Parking/availableSpotNumber"


def test_a_fetching_loader_does_not_fetch_what_ships() -> None:
    """No request leaves for a document that is at hand; a document that a user gives goes before it."""

    def fetch(url: str) -> bytes:
        raise AssertionError(url)

    assert Context.parse(PARKING, FetchingLoader(fetch)).expand("OffStreetParking").startswith("https://smartdata")
    own = OfflineLoader({PARKING: {"@context": {"OffStreetParking": "urn:x:p"}}})
    assert Context.parse(PARKING, own).expand("OffStreetParking") == "urn:x:p"


def test_contexts_are_loaded_when_they_are_needed() -> None:
    """Neither the import of the package nor a core @context reads the file; one subject reads one block."""
    code = (
        "import sys, citycontext, citycontext.ngsild.context as c\n"
        "c.Context.core()\n"
        "from citycontext.ngsild.context import shipped\n"
        "assert shipped._packed.cache_info().currsize == 0 and 'citycontext.ngsild.packed' not in sys.modules\n"
        f"c.Context.parse({PARKING!r})\n"
        "print(shipped._document.cache_info().currsize)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "1\n"


def test_the_contexts_are_small() -> None:
    """All of them take less than a twentieth of a megabyte."""
    content = files("citycontext.ngsild.context").joinpath("smart_data_models.bin").read_bytes()
    assert len(content) < 50_000
    assert orjson.loads(content.partition(b"\n")[0])["head"] == {}


TERM = st.text(max_size=4) | st.sampled_from(["a", "name", "a name", "@id"])
MEANING = st.builds(str.__add__, st.sampled_from(["", "https://x.example/", "a "]), TERM) | st.builds(dict, id=TERM)


@given(st.dictionaries(TERM, MEANING, max_size=8))
def test_terms_written_briefly_come_back(terms: dict[str, object]) -> None:
    """Whatever a term is called and means, it is read again, and in the order of a sorted document."""
    assert list(full_terms(plain_terms(terms)).items()) == sorted(terms.items())


def test_a_loader_without_data_knows_no_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package's files cannot be read, no context ships, and nothing fails."""
    from citycontext.ngsild.context import shipped

    monkeypatch.setattr("pkgutil.get_data", lambda package, name: None)
    assert list(shipped._packed.__wrapped__()) == []
