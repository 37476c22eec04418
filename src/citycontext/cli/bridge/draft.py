"""``citycontext bridge draft``: a first configuration out of messages."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from citycontext.cli.bridge.recording import interrupted
from citycontext.cli.context_broker.output import Form, write_items
from citycontext.cli.outcomes import OutcomeForm, is_for_people, tell
from citycontext.cli.terminal import say, write_json, write_text
from citycontext.errors import ConfigurationError
from citycontext.foreign_text import printable

if TYPE_CHECKING:
    from citycontext.bridge.drafting.draft import Draft
    from citycontext.bridge.message import Message

__all__ = ["draft_bridge"]


def draft_bridge(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A recording, a sample (JSON, or a document a line), a payload, or a device list (CSV, JSON, xlsx)."
        ),
    ] = None,
    source: Annotated[Path | None, typer.Option("--from", help="The same FILE, named as an option.")] = None,
    mqtt: Annotated[str | None, typer.Option(help="MQTT broker to listen to, unnoticed: mqtt://HOST.")] = None,
    topic: Annotated[
        list[str] | None, typer.Option(help="Topics to listen to, # without; for a sample: the topic it came on.")
    ] = None,
    seconds: Annotated[str, typer.Option("--for", help="How long to listen: 60s, 10m, 2h.")] = "60s",
    devices: Annotated[
        Path | None,
        typer.Option(help="List of devices (CSV, JSON, xlsx) for what messages do not say, such as positions."),
    ] = None,
    to: Annotated[Path, typer.Option(help="File to write; its cases go beside it.")] = Path("bridge.toml"),
    into: Annotated[
        Path | None, typer.Option(help="File of a bridge that gets the routes it lacks; its comments are kept.")
    ] = None,
    type_name: Annotated[str, typer.Option("--type", help="Entity type, where it is known: Parking.ParkingSpot.")] = "",
    zone: Annotated[str | None, typer.Option(help="Zone of times that name none: Europe/Brussels.")] = None,
    area: Annotated[
        str | None, typer.Option(help="Where positions are: west,south,east,north, e.g. 2.5,49.4,6.5,51.6.")
    ] = None,
    context_broker: Annotated[
        str, typer.Option("--context-broker", help="The context broker to write to.")
    ] = "http://localhost:1026",
    username: Annotated[str | None, typer.Option(help="Name at the MQTT broker.")] = None,
    password_env: Annotated[
        str | None, typer.Option("--password-env", help="Environment variable with the password at the MQTT broker.")
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask for what was guessed: model, units, zone; Enter takes what is proposed.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    form: OutcomeForm = None,
) -> None:
    """Write a first bridge.toml out of messages: codec, model, units, times, ids and positions, each with its reason.

    citycontext bridge draft --mqtt mqtt://localhost --for 60s

    citycontext bridge draft recording.jsonl --into bridge.toml

    citycontext bridge draft devices.csv
    """
    if file is not None and source is not None and file != source:
        raise typer.BadParameter(f"{file} and --from {source}: name one of both.")
    source = file or source
    if (source is None) == (mqtt is None):
        raise typer.BadParameter("say where messages come from: FILE, or --mqtt mqtt://HOST.")
    if into is None and to.exists() and not force:
        raise ConfigurationError(
            "the file is there already.",
            file=str(to),
            cure="Name another with --to, add to it with --into, or --force.",
        )
    from citycontext.bridge.config.bridge import BridgeConfig
    from citycontext.bridge.drafting.device_list import is_device_list, read_device_list
    from citycontext.bridge.drafting.draft import NothingHeard, draft
    from citycontext.bridge.drafting.files import add_into, difference, write_files

    apart = BridgeConfig.load(into, unset=[]) if into is not None else None
    table: dict[str, Any] = {"url": mqtt or "mqtt://localhost:1883"}
    if username is not None:
        table["username"] = username
    if password_env is not None:
        table["password"] = f"${{{password_env}}}"
    target = into or to
    if source is not None and devices is None and is_device_list(source):
        if into is not None:
            raise typer.BadParameter(f"{source} is a list of devices: name it by --devices, beside messages.")
        _start(source, to, table, context_broker, type_name, form)
        return
    looked_up, copied = (None, None) if devices is None else read_device_list(devices).usable(target.parent)
    messages = list(_messages(source, table, topic, seconds))
    try:
        made = draft(
            messages,
            mqtt=table,
            context_broker=context_broker,
            zone=zone,
            area=_area(area),
            type_name=type_name,
            apart=apart,
            devices=looked_up,
            folder=target.parent,
            ask=_answer if ask else None,
        )
    except NothingHeard as nothing:
        where = f" on {mqtt} in {seconds}" if mqtt else f" in {source}"
        say(f"Nothing to draft{where}: {printable(str(nothing), 400)}.", err=True)
        raise typer.Exit(1) from None
    if into is not None and is_for_people(form):
        write_text(difference(made, into) + "\n")
    written = write_files(made, to) if into is None else add_into(made, into)
    if copied is not None:
        written.append(copied)
    if source is None:
        written.append(_keep(messages, target))
    _tell(made, target, written, form, source or written[-1])


def _start(
    source: Path, to: Path, mqtt: dict[str, Any], context_broker: str, type_name: str, form: Form | None
) -> None:
    """Write what a list of devices alone gives: where they stand and what they are called, and what is to be added."""
    from citycontext.bridge.drafting.device_list import read_device_list
    from citycontext.bridge.drafting.files import write_schema

    found = read_device_list(source)
    table, copied = found.usable(to.parent)
    text = found.start(table, mqtt=mqtt, context_broker=context_broker, type_name=type_name)
    to.write_text(text, encoding="utf-8")
    written = [to, write_schema(to), *([copied] if copied is not None else [])]
    following = f"citycontext bridge draft --mqtt {mqtt['url']} --devices {copied or source} --to {to} --force"
    count, model = len(found.table.rows), found.model(type_name)
    if not is_for_people(form):
        told = {"devices": count, "key": table.key, "type": model.type, "codec": found.codec, "known": table.attributes}
        facts: dict[str, Any] = told | {"files": [str(one) for one in written], "next": following}
        if form in (Form.JSON, Form.NDJSON):
            write_json(orjson.dumps(facts))
        else:
            tell("", form, ids=written, **facts)
        return
    say(printable(f"{source} lists {count:,} devices by {table.key} -> {model.type} ({model.subject})", 300))
    for one in found.models[1:3] if not type_name else ():
        say(printable(f"  or {one.model.type} (subject {one.model.subject})", 300))
    known = ", ".join(table.attributes) or "nothing"
    say(printable(f"  the list says {known}; codec {found.codec} is a guess: no message was heard", 300))
    say(f"Wrote {', '.join(str(one) for one in written)}.")
    say(f"Next, when they send: {following}")


def _answer(question: str, options: Sequence[str], default: str) -> str:
    """Ask a person; an answer may come through a pipe, and where it ends all defaults are taken."""
    for number, option in enumerate(options, 1):
        say(printable(f"  {number}  {option}", 200), err=True)
    say(printable(f"{question} [{default}]", 500), err=True, flush=True)
    return sys.stdin.readline().strip() or default


def _messages(source: Path | None, table: dict[str, Any], topics: list[str] | None, seconds: str) -> Iterator[Message]:
    from citycontext.bridge.drafting.heard import hear, read_messages
    from citycontext.bridge.mapping.quantities import parse_duration

    if source is not None:
        yield from read_messages(source, topics[0] if topics else None)
        return
    try:
        length = parse_duration(seconds)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    known = {key: value for key, value in table.items() if key != "url"}
    if "password" in known:
        variable = known["password"][2:-1]
        if variable not in os.environ:
            raise typer.BadParameter(f"the environment variable {variable} is not set.")
        known["password"] = os.environ[variable]
    with interrupted() as asked:
        seen: set[str] = set()
        for message in hear(table["url"], topics or ["#"], seconds=length, most=50_000, until=asked.is_set, **known):
            if message.topic not in seen and len(seen) < 200:
                seen.add(message.topic)
                say(f"heard {printable(message.topic, 120)}", err=True)
            yield message


def _area(text: str | None) -> tuple[float, float, float, float] | None:
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter("--area is west,south,east,north, e.g. 2.5,49.4,6.5,51.6.") from None
    return west, south, east, north


def _keep(messages: list[Message], target: Path) -> Path:
    from citycontext.bridge.rehearsal.recording import write_recording

    path = target.with_suffix(".recording.jsonl")
    with path.open("wb") as out:
        write_recording(messages, out)
    return path


def _tell(made: Draft, target: Path, written: list[Path], form: Form | None, recording: Path) -> None:
    following = f"citycontext bridge dry-run {target} --from {recording}"
    if form in (Form.JSON, Form.NDJSON):
        write_json(orjson.dumps(made.as_json() | {"files": [str(one) for one in written], "next": following}))
        return
    if not is_for_people(form):
        rows = (
            {"id": route.topics[0], "topics": ", ".join(route.topics), "type": route.type, "codec": route.codec.name}
            for route in made.routes
        )
        write_items(rows, form, member="routes", flat=True)
        return
    for route in made.routes:
        model = route.candidates[0].model if route.candidates else None
        named = route.type if model is None else f"{route.type} ({model.subject})"
        say(printable(f"{', '.join(route.topics)} -> {named}, codec {route.codec.name}", 300))
        for text in route.alternatives:
            say(printable(f"  or {text}", 300))
        for note in route.notes:
            say(printable(f"  note: {note}", 300))
    for reason, count in made.dead.most_common(5):
        say(printable(f"dead letters: {count} x {reason}", 300))
    for text in made.findings:
        say(printable(text, 300))
    say(f"{made.summary()}.")
    say(f"Wrote {', '.join(str(one) for one in written)}.")
    say(f"Next: {following}")
