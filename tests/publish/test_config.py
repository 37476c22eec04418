"""The file that a publication is told in."""

from __future__ import annotations

import pytest

from citycontext.errors import ConfigurationError
from citycontext.oslo.profiles import PROFILES
from citycontext.publish import Publication


def test_a_whole_file(tmp_path) -> None:
    """A text is Dutch, one IRI is a list of one, a prefix is spelt out, a duration is a length of time."""
    (tmp_path / "publish.toml").write_text(
        """
        [dataset]
        title = "Parkeren"
        spatial = "https://data.vlaanderen.be/id/gemeente/44021"
        [allow]
        OffStreetParking = ["name"]
        [stream]
        url = "https://data.stad.example/parking"
        timestamp_path = "dct:modified"
        retention = { max_age = "P30D" }
        """
    )
    publication = Publication.load(tmp_path / "publish.toml")
    assert publication.dataset.title == {"nl": "Parkeren"}
    assert publication.dataset.spatial == ("https://data.vlaanderen.be/id/gemeente/44021",)
    assert publication.stream is not None
    assert publication.stream.timestamp_path == "http://purl.org/dc/terms/modified"
    assert publication.stream.retention.max_age is not None
    assert publication.stream.retention.max_age.days == 30


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("allow = {}\nalow = 1", r"publish\.toml: alow: this key is not known"),
        ("", r"publish\.toml: allow: field required"),
        ("allow = 5", r"publish\.toml: allow: this should be a table"),
        ("[allow]\nT = 5", r"publish\.toml: allow\.T: this should be a list"),
        ("[dataset]\ntitle = 5\n[allow]", r"publish\.toml: dataset\.title: this should be a table"),
        ("allow = {}\n[stream]\nurl = 'https://x.example/p/'", r"stream\.url"),
        ("allow = {}\n[stream]\nurl = 'https://x.example/p'\npage_size = 0", r"stream\.page_size"),
        (
            "allow = {}\n[stream]\nurl = 'https://x.example/p'\nretention = {max_age = 'P0D'}",
            r"stream\.retention\.max_age",
        ),
        ("allow = {}\n[suppress_below]\n'T.a' = 5", r"publish\.toml: .*T\.a is not on the list"),
        ("allow = {}\n[dataset]\nlicence = 'CC0 1.0'", r"dataset\.licence"),
        ("allow = ", r"publish\.toml: this is no TOML"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path, text, said) -> None:
    """Each mistake is one error with the file and the key path."""
    (tmp_path / "publish.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=said):
        Publication.load(tmp_path / "publish.toml")


def test_a_missing_file(tmp_path) -> None:
    """A file that is not there is named."""
    with pytest.raises(ConfigurationError, match=r"publish\.toml: there is no such file"):
        Publication.load(tmp_path / "publish.toml")


@pytest.mark.parametrize("members", ["ngsi-ld", *PROFILES])
def test_members_may_be_written_in_every_profile(members) -> None:
    """A stream knows every profile of OSLO by the name it has elsewhere, and NGSI-LD itself."""
    stream = {"url": "https://data.stad.example/parking", "members": members}
    publication = Publication.parse({"allow": {}, "stream": stream})
    assert publication.stream is not None
    assert publication.stream.members == members
