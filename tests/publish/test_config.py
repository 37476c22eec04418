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
        ("allow = {}\nalow = 1", r'publish\.toml:2: alow: the key "alow" is not known\. Did you mean "allow"\?'),
        ("", r'publish\.toml: allow: the key "allow" is missing\. Add allow = …'),
        ("allow = 5", r"publish\.toml:1: allow: this should be a table"),
        ("[allow]\nT = 5", r"publish\.toml:2: allow\.T: this should be a list"),
        ("[dataset]\ntitle = 5\n[allow]", r"publish\.toml:2: dataset\.title: this should be a table"),
        ("allow = {}\n[stream]\nurl = 'https://x.example/p/'", r"stream\.url"),
        ("allow = {}\n[stream]\nurl = 'https://x.example/p'\npage_size = 0", r"stream\.page_size"),
        (
            "allow = {}\n[stream]\nurl = 'https://x.example/p'\nretention = {max_age = 'P0D'}",
            r"stream\.retention\.max_age",
        ),
        ("allow = {}\n[suppress_below]\n'T.a' = 5", r"publish\.toml:3: .*T\.a is not on the list"),
        ("allow = {}\n[dataset]\nlicence = 'CC0 1.0'", r"dataset\.licence"),
        ("allow = ", r"publish\.toml:1: this is not TOML"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path, text, said) -> None:
    """Each mistake is one error with the file and the key path."""
    (tmp_path / "publish.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=said):
        Publication.load(tmp_path / "publish.toml")


def test_all_mistakes_are_named_at_once(tmp_path) -> None:
    """Each of several mistakes is a line with place and cure, in a file that starts with a byte order mark too."""
    text = "\ufeff[allow]\nT = 5\n[dataset]\ntitel = 'x'\n[stream]\nurl = 'https://x.example/p'\npage_size = 0\n"
    (tmp_path / "publish.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        Publication.load(tmp_path / "publish.toml")
    first, *others = str(caught.value).splitlines()
    assert 'publish.toml:4: dataset.titel: the key "titel" is not known. Did you mean "title"?' in first
    assert any("publish.toml:2: allow.T: this should be a list" in one for one in others)
    assert any("publish.toml:7: stream.page_size: " in one for one in others)
    assert len(others) == len(caught.value.further) == 2


def test_a_dollar_stays_a_dollar(tmp_path) -> None:
    """A publication has no secrets: what looks like a variable of the bridge's file is text here."""
    (tmp_path / "publish.toml").write_text("[dataset]\ntitle = 'x ${HOME}'\n[allow]\n")
    assert Publication.load(tmp_path / "publish.toml").dataset.title == {"nl": "x ${HOME}"}


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
