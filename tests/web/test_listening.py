"""A port is taken, or the error says which and why."""

from __future__ import annotations

import pytest

from citycontext.errors import ConfigurationError
from citycontext.web.listening import listen, url_of


def test_a_port_is_taken_once() -> None:
    """A free port is found; who wants it a second time learns which one it is, and what to do."""
    with listen("127.0.0.1", 0, who="the test") as first:
        port = first.getsockname()[1]
        assert url_of("127.0.0.1", first) == f"http://127.0.0.1:{port}"
        with pytest.raises(ConfigurationError, match=rf"^the test cannot listen on 127\.0\.0\.1, port {port}: .*or 0"):
            listen("127.0.0.1", port, who="the test")


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("127.0.0.1", 70_000)])
def test_what_is_not_of_this_machine_is_refused(host: str, port: int) -> None:
    """A foreign address and a number that is not a port are errors of configuration."""
    with pytest.raises(ConfigurationError, match="cannot listen"):
        listen(host, port, who="the test")
