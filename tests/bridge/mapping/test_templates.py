"""Templates: captures and paths fill them, and what cannot fill them is named."""

from __future__ import annotations

import pytest

from citycontext.bridge.mapping.templates import Template


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
