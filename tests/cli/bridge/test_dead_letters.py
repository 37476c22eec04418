"""``citycontext bridge dead-letters``."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest

from citycontext.bridge.journal.journal import Journal, Refusal
from citycontext.bridge.journal.put_aside import PutAside
from citycontext.bridge.message import Message

CONFIGURATION = """
[mqtt]
url = "mqtt://localhost"
[context_broker]
url = "http://localhost:1026"
[[route]]
topic = "a/{device}"
type = "Device"
id = "urn:ngsi-ld:Device:{device}"
attributes.value = "v"
"""


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Make a configuration whose journal has two dead letters; give the journal."""
    (tmp_path / "bridge.toml").write_text(CONFIGURATION)
    path = tmp_path / "bridge-journal.db"
    journal = Journal(path)
    messages = [Message("a/1", b'{"v": "[red]many[/red]"}', 1_700_000_000.0), Message("a/2", b"\xff", 1_700_000_001.0)]
    journal.write(messages)
    reasons = ("a number belongs here, but the message says '[red]many[/red]'", "this is not JSON")
    journal.write(refused=[Refusal(one, "codec", reason) for one, reason in zip(messages, reasons, strict=True)])
    journal.close()
    return path


@pytest.mark.usefixtures("journal")
def test_list_shows_topic_and_reason_as_they_are(command) -> None:
    """The newest come first; text in brackets is text, not markup."""
    ended = command("bridge", "dead-letters", "list", "bridge.toml")
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["number", "2", "1", "Dead"], "a line for each, for other programs"
    assert lines[2].split(maxsplit=3)[2:] == ["a/1", "a number belongs here, but the message says '[red]many[/red]'"]
    assert lines[3] == "Dead letters: 2; shown: 2."


def test_old_letters_cannot_rule_the_terminal(command, journal: Path) -> None:
    """A reason of 3 MB with escapes, as 0.1 stored it, is a short line; `show` has it whole, as JSON escapes."""
    with contextlib.closing(sqlite3.connect(journal)) as connection, connection:
        hostile = "\x1b]0;owned\x07\x1b[2J\x9b\u202e\n" * 150_000
        connection.execute("UPDATE dead_letter SET reason = ?", (hostile,))
    listed = command("bridge", "dead-letters", "list", "bridge.toml").stdout
    assert len(listed) < 3_000
    assert all(line.isprintable() for line in listed.splitlines())
    shown = command("bridge", "dead-letters", "show", "bridge.toml", "1").stdout
    assert all(line.isprintable() for line in shown.split("\n"))
    assert json.loads(shown)["reason"] == hostile


@pytest.mark.usefixtures("journal")
def test_show_gives_all_of_one_as_json(command) -> None:
    """One dead letter is shown with its reason and its message; bytes that are not text come as base64."""
    shown = json.loads(command("bridge", "dead-letters", "show", "bridge.toml", "2").stdout)
    assert shown["reason"] == "this is not JSON"
    assert shown["payload"] == {"base64": "/w=="}


@pytest.mark.usefixtures("journal")
def test_retry_and_drop_take_numbers_or_all(command) -> None:
    """Some are given back by number, the rest is dropped with --all, and then none is left."""
    assert command("bridge", "dead-letters", "retry", "bridge.toml", "1").stdout == "Given back to the bridge: 1.\n"
    assert command("bridge", "dead-letters", "drop", "bridge.toml", "--all").stdout == "Deleted: 1.\n"
    assert command("bridge", "dead-letters", "list", "bridge.toml").stdout == "Dead letters: 0; shown: 0.\n"


@pytest.mark.usefixtures("journal")
def test_neither_numbers_nor_all_changes_nothing(command) -> None:
    """To drop everything one has to say so."""
    ended = command("bridge", "dead-letters", "drop", "bridge.toml")
    assert ended.returncode == 2
    assert "--all" in ended.stderr
    assert "Dead letters: 2" in command("bridge", "dead-letters", "list", "bridge.toml").stdout


@pytest.mark.usefixtures("journal")
@pytest.mark.parametrize("verb", ["retry", "drop"])
def test_a_number_that_is_not_there_changes_nothing(command, verb: str) -> None:
    """One wrong number among good ones is a slip: it is named, and no message is touched."""
    ended = command("bridge", "dead-letters", verb, "bridge.toml", "1", "99")
    assert ended.returncode == 2
    assert "there is no dead letter 99" in ended.stderr
    assert "Dead letters: 2" in command("bridge", "dead-letters", "list", "bridge.toml").stdout


@pytest.mark.usefixtures("journal")
def test_export_writes_json_lines(command, tmp_path: Path) -> None:
    """All dead letters are written to a file, or to standard output, one a line."""
    assert command("bridge", "dead-letters", "export", "bridge.toml", "--to", "dead.jsonl").returncode == 0
    lines = (tmp_path / "dead.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == [1, 2]
    assert command("bridge", "dead-letters", "export", "bridge.toml").stdout.splitlines() == lines


def test_number_or_journal_that_is_not_there_ends_in_one_line(command, refusal, journal: Path) -> None:
    """What cannot be found is named."""
    assert "no dead letter 9" in refusal(command("bridge", "dead-letters", "show", "bridge.toml", "9"))
    journal.unlink()
    assert "no journal" in refusal(command("bridge", "dead-letters", "list", "bridge.toml"))


def test_put_aside_is_read_by_the_bridge(command, journal: Path) -> None:
    """What a person decides is in the file, where a bridge that runs sees it."""
    ended = command("bridge", "dead-letters", "put-aside", "bridge.toml", "--entity", "urn:ngsi-ld:Device:1")
    assert ended.returncode == 0, ended.stderr
    assert "urn:ngsi-ld:Device:1 becomes a dead letter" in ended.stdout
    assert list(PutAside(journal)()) == ["urn:ngsi-ld:Device:1"]
