"""Named connections: found by name, without their secrets, and tried."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from citycontext.broker import LocalBroker, Server
from citycontext.client.connections import connection, connections, user_file
from citycontext.errors import ConfigurationError


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("CITYCONTEXT_AT", raising=False)


def test_a_connection_is_added_used_and_removed(url: str, command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is added is listed, opened by --at, tried, and gone when it is removed."""
    monkeypatch.delenv("CITYCONTEXT_AT")
    assert command("connections", "add", "gent", url).returncode == 0
    assert json.loads(command("connections", "list").stdout)["name"] == "gent"
    assert stat.S_IMODE(user_file().stat().st_mode) == 0o600
    assert command("entities", "list", "--at", "gent").returncode == 0
    tried = command("connections", "test", "gent")
    assert tried.returncode == 0, tried.stdout
    assert "version" in tried.stdout
    assert command("connections", "remove", "gent").returncode == 0
    assert connections() == {}


def test_without_a_broker_the_error_says_what_to_write(command: Any) -> None:
    """No broker, or a name that is not known, ends in one line with the cure."""
    none = command("entities", "list")
    assert none.returncode == 2
    assert "--at NAME" in none.stderr
    command("connections", "add", "gent", "http://localhost:1")
    near = command("entities", "list", "--at", "gnet")
    assert "Did you mean gent?" in near.stderr


def test_the_project_goes_before_the_user(command: Any, tmp_path: Path) -> None:
    """A citycontext.toml here or above is read first, and its other tables are left alone."""
    command("connections", "add", "gent", "http://user.example")
    (tmp_path / "citycontext.toml").write_text("# ours\n[other]\nkey = 1\n")
    assert command("connections", "add", "gent", "http://project.example", "--project").returncode == 0
    assert connection("gent").url == "http://project.example"
    text = (tmp_path / "citycontext.toml").read_text()
    assert text.startswith("# ours\n[other]\nkey = 1\n")


def test_a_secret_is_where_it_is_named(
    command: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A token comes from the environment, a file or a program, is sent, and is shown nowhere."""
    monkeypatch.setenv("GENT_TOKEN", "s3cret")
    (tmp_path / "token").write_text("s3cret\n")
    with Server(LocalBroker(token="s3cret"), port=0) as server:
        ways = (
            ("--token-env", "GENT_TOKEN"),
            ("--token-file", str(tmp_path / "token")),
            ("--token-command", f"{sys.executable} -c print('s3cret')"),
        )
        for option, place in ways:
            assert command("connections", "add", "gent", server.url, option, place, "--force").returncode == 0
            assert command("entities", "list", "--at", "gent").returncode == 0, option
            assert command("connections", "test", "gent").returncode == 0
            told = command("connections", "show", "gent").stdout + command("connections", "list").stdout
            assert "s3cret" not in told.replace("print('s3cret')", "")
        command("connections", "add", "open", server.url)
        tried = command("connections", "test", "open")
        assert tried.returncode == 1
        assert "wants credentials" in tried.stdout
    monkeypatch.delenv("GENT_TOKEN")
    command("connections", "add", "gent", "http://localhost:1", "--token-env", "GENT_TOKEN", "--force")
    assert "GENT_TOKEN" in command("entities", "list", "--at", "gent").stderr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[connections.gent]\nurl = "http://x"\ntoken = "s3cret"\n', "does not stand in this file"),
        ('[connections.gent]\nurl = "http://me:s3cret@x"\n', "holds a user or a password"),
        ('[connections.gent]\nurl = "http://x"\ntokn = { env = "A" }\n', "tokn"),
        ('[connections.gent]\nurl = "http://x"\nprofile = "orion"\n', "orion-ld"),
        ('[connections.gent]\nurl = "http://x"\ntoken = { env = "A", file = "b" }\n', "more than one place"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: str
) -> None:
    """Each fault is told with file and line, and no secret in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "citycontext.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=r"citycontext\.toml:") as told:
        connection("gent")
    assert expected in str(told.value)
    assert "s3cret" not in str(told.value)
