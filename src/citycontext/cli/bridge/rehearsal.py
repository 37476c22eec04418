"""``citycontext bridge test`` and ``dry-run``: what would be written, and whether it is what should be."""

from __future__ import annotations

import difflib
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeGuard

import orjson
import typer
from rich.markup import escape

from citycontext.cli.bridge.files import ConfigurationFile, load_config, load_without_secrets, open_messages
from citycontext.cli.context_broker.output import Form, write_items
from citycontext.cli.conventions import counted
from citycontext.cli.outcomes import OutcomeForm, is_for_people
from citycontext.cli.terminal import TextConsole, say, write_json
from citycontext.errors import ConfigurationError
from citycontext.foreign_text import printable

if TYPE_CHECKING:
    from citycontext.bridge import BridgeConfig
    from citycontext.bridge.message import Message
    from citycontext.bridge.rehearsal.looks import Look
    from citycontext.bridge.rehearsal.rehearsal import CaseResult, Result

__all__ = ["dry_run", "rehearse_cases", "tap_route"]

_LONGEST = 1_000
_NOTHING_MAPPED: Final = "nothing in it is mapped, or it came before (dedup)"

Recorded = Annotated[
    Path | None, typer.Option("--from", help="Messages that were recorded; - is standard input. Without, from MQTT.")
]
Listening = Annotated[float | None, typer.Option(min=0, help="How long to listen to MQTT; until Ctrl-C without.")]


MessageForm = Annotated[
    Form | None,
    typer.Option(
        "-o",
        "--output",
        help="The form of the output: json and ndjson have messages with what becomes of them; csv, geojson and ids "
        "have the entities. \\[default: table, for people]",
        show_default=False,
    ),
]


def rehearse_cases(
    file: ConfigurationFile,
    cases: Annotated[
        Path | None,
        typer.Argument(metavar="[CASES]", help="File of cases; bridge.cases.toml beside bridge.toml without."),
    ] = None,
    form: OutcomeForm = None,
) -> None:
    """Run the cases of a configuration: a message in, an entity out; exit code 1 where they differ."""
    config = _load(file)
    from citycontext.bridge.rehearsal.rehearsal import load_cases, run_cases

    if cases is None:
        cases = file.with_suffix(".cases.toml")
        if not cases.exists():
            raise ConfigurationError(
                "there is no such file.", file=str(cases), cure="Write cases there, or name the file that has them."
            )
    results = run_cases(config, load_cases(cases), file.parent)
    failed = sum(not result.passed for result in results)
    if is_for_people(form):
        _print_cases(results)
        TextConsole(soft_wrap=True).print(f"{counted(len(results), 'case')}, {failed} failed.")
    else:
        rows = (
            {"id": one.case.name or one.case.topic, "passed": one.passed, "differences": one.differences}
            for one in results
        )
        write_items(rows, form, member="cases", flat=True)
    if failed:
        raise typer.Exit(1)


def _print_cases(results: Iterable[CaseResult]) -> None:
    console = TextConsole(soft_wrap=True)
    for result in results:
        name = escape(printable(result.case.name or result.case.topic))
        console.print(f"[green]ok[/green]     {name}" if result.passed else f"[red]FAILED[/red] {name}")
        for difference in result.differences:
            console.print(f"       {escape(printable(difference, _LONGEST))}")


def dry_run(
    file: ConfigurationFile,
    recording: Recorded = None,
    seconds: Listening = None,
    form: MessageForm = None,
    paths: Annotated[
        bool, typer.Option("--paths", help="Show each value in a message, too, with the path that reads it.")
    ] = False,
) -> None:
    """Show what would be written for messages, recorded or as they come, and write nothing."""
    config = load_config(file) if recording is None else _load(file)
    if recording is not None and seconds is not None:
        raise typer.BadParameter("--seconds is for messages from MQTT; leave it out with --from.")
    from citycontext.bridge.rehearsal.looks import Looks
    from citycontext.bridge.rehearsal.rehearsal import Rehearsal

    rehearsal = Rehearsal(config, file.parent)
    looks = Looks(config, file.parent) if paths else None
    counts: Counter[str] = Counter()

    def results() -> Iterator[Result]:
        for result in rehearsal.results(_messages(config, recording, seconds, counts)):
            counts["entities"] += len(result.entities)
            counts["values left out"] += len(result.left_out)
            counts["dead letters"] += result.failure is not None
            counts["without a route"] += not result.route
            lines = _text(result) if is_for_people(form) else ()
            for line in lines:
                say(line, flush=True)
            if looks is not None and result.route:
                shown_paths = _paths(looks.look(result.route, result.message))
                for line in shown_paths:
                    say(line, err=not is_for_people(form), flush=True)
            yield result

    _write(_until_interrupted(results(), live=recording is None), form)
    shown = ["messages", "entities", "dead letters", "without a route"]
    if counts["values left out"]:
        shown.insert(2, "values left out")
    told = (f"{what}: {counts[what]:,}" for what in shown)
    say(f"{'; '.join(told).capitalize()}.", err=True)


def _until_interrupted(results: Iterator[Result], *, live: bool) -> Iterator[Result]:
    """Yield results; Ctrl-C ends those that are listened to, in good order."""
    try:
        yield from results
    except KeyboardInterrupt:
        if not live:
            raise


def _write(results: Iterator[Result], form: Form | None, whole: Callable[[Result], Any] | None = None) -> None:
    """Write results for programs: messages with what becomes of them, or the entities alone."""
    described = (_document(result) if whole is None else whole(result) for result in results)
    if is_for_people(form):
        for _ in results:
            continue
    elif form is Form.NDJSON:
        for document in described:
            write_json(orjson.dumps(document, default=str))
            sys.stdout.flush()
    elif form is Form.JSON:
        write_items(described, form, member="messages", flat=True)
    else:
        write_items((entity for result in results for entity in result.entities), form)


def _load(file: Path) -> BridgeConfig:
    config, notes = load_without_secrets(file, needs=("devices",))
    for note in notes:
        say(f"note {note}", err=True)
    return config


def _messages(
    config: BridgeConfig, recording: Path | None, seconds: float | None, counts: Counter[str]
) -> Iterator[Message]:
    from citycontext.bridge.rehearsal.recording import listen, read_recording

    if recording is None:
        yield from _counted(listen(config, seconds=seconds), counts)
        return
    with open_messages(recording, "rb") as lines:
        yield from _counted(read_recording(lines), counts)


def _counted(messages: Iterable[Message], counts: Counter[str]) -> Iterator[Message]:
    for message in messages:
        counts["messages"] += 1
        yield message


def _text(result: Result) -> Iterator[str]:
    topic = result.message.topic
    if not result.route:
        yield f"{topic}: no route takes it"
        return
    if result.failure is not None:
        where = f"{result.failure.attribute}: " if result.failure.attribute else ""
        yield f"{topic} -> {result.route}: would become a dead letter: {where}{result.failure.reason}"
        return
    yield f"{topic} -> {result.route}: {'nothing to write' if not result.entities else ''}".rstrip(" :")
    for number, entity in enumerate(result.entities):
        tenant = f" (tenant {result.tenants[number]})" if result.tenants else ""
        yield f"  {entity['type']} {entity['id']}{tenant}"
        for name, attribute in entity.items():
            if name not in ("id", "type", "@context"):
                yield f"    {name} = {orjson.dumps(attribute).decode()}"
    for one in result.left_out:
        yield f"  left out: {one.attribute}: {one.reason}"


def _paths(look: Look) -> Iterator[str]:
    from citycontext.bridge.rehearsal.looks import paths_in

    for document in look.documents:
        for path, value in paths_in(document):
            yield f"    {path} = {orjson.dumps(value, default=str).decode()}"


def tap_route(
    file: ConfigurationFile,
    route: Annotated[str, typer.Argument(metavar="ROUTE", help="Name of the route, as bridge check lists it.")],
    recording: Recorded = None,
    seconds: Listening = None,
    form: MessageForm = None,
) -> None:
    """Look into a route: each message, the document its codec makes of it, and the entity, or the reason why not."""
    config = load_config(file) if recording is None else _load(file)
    chosen = next((one for one in config.route if one.name == route), None)
    if chosen is None:
        near = difflib.get_close_matches(route, [one.name for one in config.route], n=1)
        cure = f'Did you mean "{near[0]}"?' if near else f"There are: {', '.join(one.name for one in config.route)}."
        raise ConfigurationError(f'there is no route "{route}".', file=str(file), cure=cure)
    from citycontext.bridge.rehearsal.looks import Looks
    from citycontext.bridge.rehearsal.rehearsal import Rehearsal

    rehearsal, looks = Rehearsal(config, file.parent), Looks(config, file.parent)
    taken = (
        result
        for result in rehearsal.results(_messages(config, recording, seconds, Counter()))
        if result.route == route
    )
    results = _until_interrupted(taken, live=recording is None)
    if not is_for_people(form):
        _write(results, form, lambda result: _looked_into(result, looks.look(route, result.message)))
        return
    for result in results:
        payload = result.message.payload
        say(f"{result.message.topic}: {len(payload):,} bytes {payload[:400]!r}")
        look = looks.look(route, result.message)
        for document in look.documents:
            say(f"  document {orjson.dumps(_own(document), default=str).decode()}")
        if result.failure is None and not result.entities:
            say(f"  why not: {look.why_not or _NOTHING_MAPPED}", flush=True)
            continue
        for line in _text(result):
            say(f"  {line}", flush=True)


def _own(document: object) -> object:
    """Return a document without what the bridge adds to it."""
    return {key: one for key, one in document.items() if key != "message"} if is_table(document) else document


def _looked_into(result: Result, look: Look) -> dict[str, Any]:
    """Return a message with its documents, and why nothing becomes of it."""
    document = _document(result)
    if result.failure is None and not result.entities:
        document["reason"] = look.why_not or _NOTHING_MAPPED
    payload = result.message.payload.decode("utf-8", "backslashreplace")
    return {**document, "payload": payload, "documents": [_own(one) for one in look.documents]}


def is_table(document: object) -> TypeGuard[dict[str, Any]]:
    """Return whether a document is a JSON object.

    Args:
        document: The document.
    """
    return isinstance(document, dict)


def _document(result: Result) -> dict[str, Any]:
    failure = result.failure
    return {
        "topic": result.message.topic,
        "route": result.route or None,
        "entities": result.entities,
        **({"tenants": result.tenants} if result.tenants else {}),
        "reason": None if failure is None else failure.reason,
        "left_out": [{"attribute": one.attribute, "reason": one.reason} for one in result.left_out],
        "attribute": None if failure is None else failure.attribute or None,
    }
