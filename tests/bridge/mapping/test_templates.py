"""Templates: captures and paths fill them, and what cannot fill them is named."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.bridge.mapping.euis import read_eui_64
from citycontext.bridge.mapping.templates import Template
from citycontext.ngsild.names import is_uri


def test_captures_come_before_paths() -> None:
    """A name that the topic captures is that; any other is a path into the message."""
    template = Template("urn:{city}:{device.id}:{city}", ("city",))
    assert template.fill({"city": "gent"}, {"device": {"id": 7}, "city": "no"}) == "urn:gent:7:gent"
    assert template.paths == ("device.id",)


def test_a_uri_has_its_signs_encoded() -> None:
    """Blanks and other signs that no URI may hold are percent-encoded, those it may are kept."""
    template = Template("urn:x:{name}", ("name",), uri=True)
    assert template.fill({"name": "Living room/ä<1>"}, None) == "urn:x:Living%20room/%C3%A4%3C1%3E"
    assert template.fill({"name": "a-b_c.d~e"}, None) == "urn:x:a-b_c.d~e"


@pytest.mark.parametrize("document", [{}, {"id": None}, {"id": ""}, {"id": True}, {"id": {"a": 1}}, "text"])
def test_a_place_without_a_usable_value_is_named(document: object) -> None:
    """Nothing, empty text, truth values and objects do not make part of an id."""
    with pytest.raises(LookupError, match=r"\{id\} in 'urn:\{id\}'"):
        Template("urn:{id}", ()).fill({}, document)


@pytest.mark.parametrize("text", ["a{", "a}b", "{}", "{ }", "{a[?}"])
def test_a_wrong_template_is_refused(text: str) -> None:
    """Lonely braces, empty places and wrong paths are errors when the template is made."""
    with pytest.raises(ValueError):
        Template(text, ())


@given(st.text(min_size=1, max_size=20))
def test_each_name_has_an_id_of_its_own(name: str) -> None:
    """With ``ids = 2`` an id is a URI that leads back to the name, unless that is an EUI, which has one spelling."""
    filled = Template("urn:x:{name}", ("name",), uri=True, ids=2).fill({"name": name}, None)
    assert is_uri(filled)
    assert unquote(filled.removeprefix("urn:x:")) == (read_eui_64(name) or name)


@pytest.mark.parametrize("eui", ["0A-0B-0C-0D-0E-0F-00-01", "0a:0b:0c:0d:0e:0f:00:01", "0A0B0C0D0E0F0001"])
def test_an_eui_has_one_spelling(eui: str) -> None:
    """Whatever a network server writes; files of version 0.1 keep what they had."""
    assert Template("urn:x:{e}", ("e",), uri=True, ids=2).fill({"e": eui}, None) == "urn:x:0a0b0c0d0e0f0001"
    assert Template("urn:x:{e}", ("e",), uri=True).fill({"e": eui}, None) == f"urn:x:{eui}"
