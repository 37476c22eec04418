"""``citycontext bridge draft``: a first configuration out of messages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from citycontext.cli.bridge.recording import interrupted
from citycontext.cli.terminal import say, write_json, write_text
from citycontext.errors import ConfigurationError
from citycontext.foreign_text import printable

if TYPE_CHECKING:
    from citycontext.bridge.drafting.draft import Draft
    from citycontext.bridge.message import Message

__all__ = ["draft_bridge"]


class DraftFormat(StrEnum):
    """How the outcome is told."""

    TEXT = "text"
    JSON = "json"


def draft_bridge(
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", help="A recording, a sample (JSON, or a document a line) or a payload; not with --mqtt."
        ),
    ] = None,
    mqtt: Annotated[str | None, typer.Option(help="MQTT broker to listen to, unnoticed: mqtt://HOST.")] = None,
    topic: Annotated[
        list[str] | None, typer.Option(help="Topics to listen to, # without; for a sample: the topic it came on.")
    ] = None,
    seconds: Annotated[str, typer.Option("--for", help="How long to listen: 60s, 10m, 2h.")] = "60s",
    devices: Annotated[
        Path | None, typer.Option(help="List of devices (CSV) for what messages do not say, such as positions.")
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
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    form: Annotated[
        DraftFormat, typer.Option("-o", "--output", "--format", help="How to tell the outcome.")
    ] = DraftFormat.TEXT,
) -> None:
    """Write a first bridge.toml out of messages: codec, model, units, times, ids and positions, each with its reason.

    citycontext bridge draft --mqtt mqtt://localhost --for 60s

    citycontext bridge draft --from recording.jsonl --into bridge.toml
    """
    if (source is None) == (mqtt is None):
        raise typer.BadParameter("say where messages come from: --mqtt mqtt://HOST, or --from FILE.")
    if into is None and to.exists() and not force:
        raise ConfigurationError(
            "the file is there already.",
            file=str(to),
            cure="Name another with --to, add to it with --into, or --force.",
        )
    from citycontext.bridge.config.bridge import BridgeConfig
    from citycontext.bridge.drafting.draft import NothingHeard, draft
    from citycontext.bridge.drafting.files import add_into, device_table, difference, write_files

    apart = BridgeConfig.load(into, unset=[]) if into is not None else None
    table: dict[str, Any] = {"url": mqtt or "mqtt://localhost:1883"}
    if username is not None:
        table["username"] = username
    if password_env is not None:
        table["password"] = f"${{{password_env}}}"
    target = into or to
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
            devices=None if devices is None else device_table(devices, target.parent),
        )
    except NothingHeard as nothing:
        where = f" on {mqtt} in {seconds}" if mqtt else f" in {source}"
        say(f"Nothing to draft{where}: {printable(str(nothing), 400)}.", err=True)
        raise typer.Exit(1) from None
    if into is not None and form is DraftFormat.TEXT:
        write_text(difference(made, into) + "\n")
    written = write_files(made, to) if into is None else add_into(made, into)
    if source is None:
        written.append(_keep(messages, target))
    _tell(made, target, written, form, source or written[-1])


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


def _tell(made: Draft, target: Path, written: list[Path], form: DraftFormat, recording: Path) -> None:
    following = f"citycontext bridge dry-run {target} --from {recording}"
    if form is DraftFormat.JSON:
        write_json(orjson.dumps(made.as_json() | {"files": [str(one) for one in written], "next": following}))
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
