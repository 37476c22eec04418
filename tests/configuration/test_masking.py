"""What a file has from the environment is not quoted."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from citycontext.bridge import BridgeConfig
from citycontext.bridge.config.bridge import LogConfig
from citycontext.bridge.operations.logs import log_handler
from citycontext.configuration.masking import masked
from citycontext.errors import ConfigurationError

FILE = """
[mqtt]
url = "mqtt://${MASK_HOST}"
keepalive = "%s"
[context_broker]
url = "http://localhost"
[[route]]
topic = "%s"
type = "T"
id = "urn:ngsi-ld:T:{x}"
[route.attributes]
v = "v"
"""
SECRETS = {"MASK_HOST": "broker.example", "MASK_TOKEN": "s3cr3t-t0ken"}


@pytest.mark.parametrize(("keepalive", "topic"), [("${MASK_TOKEN}", "s/{x}"), ("30s", "${MASK_TOKEN}/{x}/#/{x}")])
def test_a_fault_names_the_variable_and_not_its_value(tmp_path: Path, keepalive: str, topic: str) -> None:
    """A duration or a topic that is wrong is told as the file has it."""
    path = tmp_path / "bridge.toml"
    path.write_text(FILE % (keepalive, topic))
    with pytest.raises(ConfigurationError) as caught:
        BridgeConfig.load(path, SECRETS)
    assert "s3cr3t" not in str(caught.value)
    assert "${MASK_TOKEN}" in str(caught.value)


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_log_names_the_variable_of_a_topic(tmp_path: Path, form: str) -> None:
    """Both forms of the log have the variable's name; the address of the broker stays what it is."""
    path = tmp_path / "bridge.toml"
    path.write_text(FILE % ("30s", "${MASK_TOKEN}/{x}"))
    BridgeConfig.load(path, SECRETS)
    handler = log_handler(LogConfig.model_validate({"format": form}))
    record = logging.LogRecord("n", logging.ERROR, "", 0, "broker.example refuses %s", ("s3cr3t-t0ken/+",), None)
    line = handler.format(record)
    assert "s3cr3t" not in line
    assert "broker.example refuses ${MASK_TOKEN}/+" in line


def test_short_values_are_left_alone() -> None:
    """A value of a few characters stands in too many words to be hidden."""
    assert masked("a gent b", {"gent": "${CITY}"}) == "a gent b"
