"""``citycontext entities`` and what stands beside it, against a broker."""

from __future__ import annotations

import csv
import io
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from citycontext import Client
from citycontext.cli.context_broker.output import Form, write_as_they_come


def test_list_has_a_form_for_each_reader(bins: str, command: Any) -> None:
    """A pipe gets NDJSON; JSON says how many there are of all; CSV, GeoJSON and ids are what they say."""
    lines = [json.loads(line) for line in command("entities", "list").stdout.splitlines()]
    assert [one["id"] for one in lines] == ["urn:ngsi-ld:Bin:1", "urn:ngsi-ld:Bin:2"]
    whole = json.loads(command("entities", "list", "-o", "json", "--limit", "1").stdout)
    assert (whole["total"], whole["shown"], len(whole["entities"])) == (2, 1, 1)
    rows = list(csv.DictReader(io.StringIO(command("entities", "list", "-o", "csv").stdout)))
    assert [row["fillingLevel"] for row in rows] == ["0.4", "0.9"]
    assert rows[1]["name"] == "'=cmd"  # no formula for a spreadsheet
    collection = json.loads(command("entities", "list", "-o", "geojson").stdout)
    assert collection["features"][0]["geometry"]["coordinates"] == [3.72, 51.05]
    assert command("entities", "list", "-o", "ids").stdout.split() == ["urn:ngsi-ld:Bin:1", "urn:ngsi-ld:Bin:2"]
    table = command("entities", "list", "-o", "table").stdout
    assert "fillingLevel" in table
    assert "3.72, 51.05" in table


def test_what_is_listed_can_be_written_again(bins: str, command: Any, piped: Any) -> None:
    """The output of list is an input of upsert, and leaves the entities as they are."""
    before = command("entities", "list").stdout
    assert piped(before, "entities", "upsert").returncode == 0
    assert command("entities", "list").stdout == before


def test_filters_fields_and_expressions(bins: str, command: Any) -> None:
    """Filters go to the broker; fields and expressions choose what is shown of each entity."""
    assert command("entities", "list", "--where", "fillingLevel>0.5", "-o", "ids").stdout == "urn:ngsi-ld:Bin:2\n"
    near = command("entities", "list", "--type", "Bin", "--near", "51.05,3.72,100", "-o", "ids")
    assert near.stdout == "urn:ngsi-ld:Bin:1\n"
    assert command("entities", "list", "--select", "fillingLevel.value").stdout == "0.4\n0.9\n"
    fields = command("entities", "list", "--fields", "id,name", "-o", "csv").stdout.splitlines()
    assert fields[0] == "id,name"


def test_a_limit_says_how_many_there_are(bins: str, command: Any) -> None:
    """A list that is cut says so, on stderr."""
    done = command("entities", "list", "--limit", "1", "-o", "ids")
    assert done.stdout == "urn:ngsi-ld:Bin:1\n"
    assert done.stderr == "1 of 2\n"


def test_count_and_types(bins: str, command: Any) -> None:
    """Without a filter each type is counted; with one there is a number."""
    assert json.loads(command("entities", "count").stdout) == {"type": "Bin", "count": 2}
    assert command("entities", "count", "--type", "Bin").stdout == "2\n"
    assert json.loads(command("types").stdout)["attributes"] == "fillingLevel, name, location"
    assert "GeoProperty" in command("types", "Bin").stdout
    assert json.loads(command("attributes").stdout.splitlines()[0]) == {"attribute": "fillingLevel", "types": "Bin"}


def test_update_changes_a_value_and_keeps_the_rest(bins: str, command: Any) -> None:
    """A new value leaves the attribute's other members and the entity's other attributes alone."""
    assert command("entities", "update", "urn:ngsi-ld:Bin:1", "fillingLevel=0.5").returncode == 0
    with Client(bins) as client:
        wire = client.entities.retrieve("urn:ngsi-ld:Bin:1", as_=dict)
    assert wire["fillingLevel"] == {"type": "Property", "value": 0.5, "observedAt": "2024-01-01T00:00:00Z"}
    assert "location" in wire
    shown = command("entities", "show", "urn:ngsi-ld:Bin:1", "--representation", "simplified").stdout
    assert json.loads(shown)["fillingLevel"] == 0.5


def test_a_refused_entity_is_named_and_the_exit_code_is_1(bins: str, piped: Any) -> None:
    """Entities that exist are refused one by one; the others are created."""
    new = {"id": "urn:ngsi-ld:Bin:3", "type": "Bin"}
    old = {"id": "urn:ngsi-ld:Bin:1", "type": "Bin"}
    done = piped(json.dumps([new, old]), "entities", "create")
    assert (done.returncode, done.stdout) == (1, "1 entity created.\n")
    assert "urn:ngsi-ld:Bin:1" in done.stderr


def test_files_are_read_too(url: str, command: Any, tmp_path: Path) -> None:
    """A file of JSON is written as a pipe is; one that is not one ends in a line that names it."""
    (tmp_path / "bins.json").write_text('[{"id": "urn:ngsi-ld:Bin:1", "type": "Bin"}]')
    assert command("entities", "create", "bins.json").stdout == "1 entity created.\n"
    (tmp_path / "broken.json").write_text("[{")
    done = command("entities", "create", "broken.json")
    assert done.returncode == 2
    assert "broken.json" in done.stderr
    assert command("entities", "create", "missing.json").returncode == 2


def test_a_deletion_by_query_needs_a_yes(bins: str, piped: Any, command: Any) -> None:
    """In a pipe nothing is deleted by a query without --yes; a dry run lists, and deletes nothing."""
    refused = piped("", "entities", "delete", "--type", "Bin")
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    dry = command("entities", "delete", "--type", "Bin", "--dry-run")
    assert dry.stdout.split() == ["urn:ngsi-ld:Bin:1", "urn:ngsi-ld:Bin:2"]
    assert command("entities", "count", "--type", "Bin").stdout == "2\n"
    assert command("entities", "delete", "--type", "Bin", "--yes").stdout == "2 entities deleted.\n"
    assert command("entities", "count", "--type", "Bin").stdout == "0\n"
    assert command("entities", "delete", "urn:ngsi-ld:Bin:1").returncode == 1


def test_history_as_rows_and_as_bars(bins: str, command: Any) -> None:
    """Each value of the past is a row, oldest first; numbers are drawn as bars."""
    with Client(bins) as client:
        for level, hour in ((0.5, 1), (0.8, 2)):
            at = f"2024-01-01T0{hour}:00:00Z"
            client.entities.merge("urn:ngsi-ld:Bin:1", {"fillingLevel": {"value": level, "observedAt": at}})
    rows = [json.loads(line) for line in command("history", "urn:ngsi-ld:Bin:1", "fillingLevel").stdout.splitlines()]
    assert [(row["time"], row["value"]) for row in rows] == [
        ("2024-01-01T00:00:00Z", 0.4),
        ("2024-01-01T01:00:00Z", 0.5),
        ("2024-01-01T02:00:00Z", 0.8),
    ]
    drawn = command("history", "urn:ngsi-ld:Bin:1", "fillingLevel", "--chart").stdout
    assert "▁▃█  0.4 to 0.8, last 0.8" in drawn
    since = command("history", "urn:ngsi-ld:Bin:1", "--since", "2024-01-01T01:30:00Z").stdout.splitlines()
    assert [json.loads(line)["value"] for line in since if "fillingLevel" in line] == [0.8]
    assert command("history", "urn:ngsi-ld:Bin:1", "--since", "yesterday").returncode == 2


@pytest.mark.parametrize("polling", [False, True])
def test_watch_shows_changes(bins: str, command: Any, polling: bool) -> None:
    """A change is shown as it comes, by notification or by looking, and the subscription is taken back."""
    ended = threading.Event()
    with Client(bins) as client:

        def change() -> None:
            level = 0.7
            while not ended.wait(0.5):  # also where the machine is so busy that the watch begins late
                client.entities.merge("urn:ngsi-ld:Bin:1", {"fillingLevel": {"value": level}})
                level += 1

        changing = threading.Thread(target=change)
        changing.start()
        options = ("--polling", "--every", "0.5") if polling else ()
        try:
            done = command("entities", "watch", "--type", "Bin", "--count", "1", *options)
        finally:
            ended.set()
            changing.join()
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["fillingLevel"]["value"] % 1 == pytest.approx(0.7)
        assert ("looking every" if polling else "subscribed") in done.stderr
        assert client.subscriptions.query().all() == []


@pytest.mark.parametrize("form", ["csv", "geojson", "ids", "json", "table"])
def test_what_comes_is_one_document(bins: str, command: Any, form: str) -> None:
    """Changes that are watched have one header in CSV, with the columns of what was there, and else a line each."""
    ended = threading.Event()
    with Client(bins) as client:

        def change() -> None:
            level = 0.7
            while not ended.wait(0.3):
                client.entities.merge("urn:ngsi-ld:Bin:1", {"fillingLevel": {"value": level}, "late": {"value": 1}})
                level += 1

        changing = threading.Thread(target=change)
        changing.start()
        try:
            done = command("entities", "watch", "--id", "urn:ngsi-ld:Bin:1", "--count", "2", "-o", form)
        finally:
            ended.set()
            changing.join()
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    if form == "csv":
        header, *lines = lines
        assert header.startswith("id,type,fillingLevel,location")
    assert len(lines) == 2, done.stdout
    assert all("urn:ngsi-ld:Bin:1" in line for line in lines)
    if form == "geojson":
        assert [json.loads(line)["type"] for line in lines] == ["Feature", "Feature"]


@pytest.mark.parametrize(
    "option", [("--id", "urn:ngsi-ld:Bin:1"), ("--id-pattern", ".*Bin:1$"), ("--scope", "/Gent/#")]
)
def test_a_filter_that_is_not_enough_for_the_standard(bins: str, command: Any, option: tuple[str, str]) -> None:
    """Ids, patterns and scopes alone are asked for with the types that the broker has, in each command."""
    with Client(bins) as client:
        client.entities.merge("urn:ngsi-ld:Bin:1", {"scope": "/Gent/Noord"})
    assert command("entities", "list", *option, "-o", "ids").stdout == "urn:ngsi-ld:Bin:1\n"
    assert command("entities", "count", *option, "-o", "csv").stdout == "count\n1\n"
    if option[0] != "--id":
        assert command("entities", "delete", *option, "--yes").stdout == "1 entity deleted.\n"


def test_a_broker_without_entities_counts_none(url: str, command: Any) -> None:
    """Where there is no type yet, a filter finds nothing, and that is no error."""
    assert command("entities", "count", "--id", "urn:ngsi-ld:Bin:1").stdout == "0\n"
    assert command("entities", "list", "--id", "urn:ngsi-ld:Bin:1", "-o", "ids").stdout == ""


def test_members_that_come_late_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A member that no column is for is said once; with --fields there are the columns that were asked for."""
    bins = [{"id": "b", "type": "Bin", "level": 1}, *[{"id": "b", "type": "Bin", "level": 2, "lid": "open"}] * 2]
    write_as_they_come(bins, Form.CSV, names=None, before=())
    shown = capsys.readouterr()
    assert shown.out == "id,type,level\nb,Bin,1\nb,Bin,2\nb,Bin,2\n"
    assert shown.err == "left out, since they came late: lid; name them with --fields\n"
    write_as_they_come(bins, Form.CSV, names=["id", "lid"], before=())
    assert capsys.readouterr().out == "id,lid\nb,\nb,open\nb,open\n"


def test_api_sends_anything(bins: str, command: Any) -> None:
    """A request of any kind goes with the connection; a refusal is shown, with exit code 1."""
    found = command("api", "GET", "/ngsi-ld/v1/entities?type=Bin&limit=1", "--select", "[].id")
    assert json.loads(found.stdout) == ["urn:ngsi-ld:Bin:1"]
    body = json.dumps({"fillingLevel": {"type": "Property", "value": 0.1}})
    assert command("api", "PATCH", "entities/urn:ngsi-ld:Bin:1", "-d", body).returncode == 0
    missing = command("api", "GET", "entities/urn:ngsi-ld:Bin:none")
    assert missing.returncode == 1
    assert json.loads(missing.stdout)["status"] == 404


def test_documents_are_created_shown_and_deleted(bins: str, piped: Any, command: Any) -> None:
    """A subscription and a registration go from a file to the broker and back; contexts are hosted."""
    subscription = {
        "type": "Subscription",
        "entities": [{"type": "Bin"}],
        "notification": {"endpoint": {"uri": "http://localhost:9/"}},
    }
    ident = piped(json.dumps(subscription), "subscriptions", "create", "-").stdout.strip()
    listed = json.loads(command("subscriptions", "list", "-o", "csv").stdout.splitlines()[0].join(['"', '"']))
    assert listed == "id,about,to,status"
    assert json.loads(command("subscriptions", "show", ident).stdout)["id"] == ident
    assert command("subscriptions", "delete", ident).returncode == 0
    assert command("subscriptions", "list", "-o", "ids").stdout == ""
    registration = {
        "type": "ContextSourceRegistration",
        "endpoint": "http://localhost:9",
        "information": [{"entities": [{"type": "Bus"}]}],
    }
    ident = piped(json.dumps(registration), "registrations", "create", "-").stdout.strip()
    assert command("registrations", "list", "-o", "ids").stdout.strip() == ident
    assert command("registrations", "delete", ident).returncode == 0
    address = piped('{"@context": {"naam": "https://schema.org/name"}}', "contexts", "add", "-").stdout.strip()
    assert "naam" in command("contexts", "show", address).stdout


def test_text_from_a_broker_reaches_no_terminal(url: str, piped: Any, command: Any) -> None:
    """Escapes in values are shown, and not obeyed."""
    entity = {"id": "urn:ngsi-ld:Bin:1", "type": "Bin", "name": {"value": "\x1b[31mred\x07"}}
    assert piped(json.dumps(entity), "entities", "create").returncode == 0
    for arguments in (("list", "-o", "table"), ("show", "urn:ngsi-ld:Bin:1"), ("list",)):
        assert "\x1b" not in command("entities", *arguments).stdout
