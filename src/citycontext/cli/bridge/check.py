"""``citycontext bridge check``: what can be known to be wrong before any message comes."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.markup import escape

from citycontext.cli.bridge.files import ConfigurationFile, load_config, load_without_secrets
from citycontext.cli.context_broker.output import Form, write_items
from citycontext.cli.outcomes import OutcomeForm, is_for_people
from citycontext.cli.terminal import TextConsole, write_json
from citycontext.ngsild.findings import Finding, Severity

if TYPE_CHECKING:
    from citycontext.bridge import BridgeConfig
from citycontext.foreign_text import printable

__all__ = ["check_bridge"]

_LONGEST = 1_000

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "dim"}


def check_bridge(
    file: ConfigurationFile,
    connect: Annotated[
        bool,
        typer.Option(
            "--connect", help="Try the connections too; messages are published on citycontext/check/ and taken back."
        ),
    ] = False,
    models: Annotated[
        bool, typer.Option("--models", help="Say what the models decide of values where the routes do not.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail the check as errors do.")] = False,
    form: OutcomeForm = None,
) -> None:
    """Check a configuration: paths, attributes and units against entity models, topics; exit code 1 on errors."""
    config, notes = (load_config(file), []) if connect else load_without_secrets(file, needs=("devices",))
    from citycontext.bridge import Bridge
    from citycontext.bridge.rehearsal.checks import check, decided_by_models
    from citycontext.bridge.rehearsal.connections import try_connections

    Bridge(config, folder=file.parent)
    findings = [*check(config), *notes]
    if connect:
        findings += try_connections(config)
    counts = Counter(one.severity for one in findings)
    is_good = not counts[Severity.ERROR] and not (strict and counts[Severity.WARNING])
    if form is Form.JSON:
        write_json(_json(str(file), config, findings, decided_by_models(config), is_good))
    elif not is_for_people(form):
        write_items(
            ({"id": one.path, **asdict(one), "code": _code(one)} for one in findings),
            form,
            member="findings",
            flat=True,
        )
    else:
        _print(str(file), config, findings, decided_by_models(config) if models else [])
    if not is_good:
        raise typer.Exit(1)


def _print(file: str, config: BridgeConfig, findings: list[Finding], decided: list[tuple[str, str, str]]) -> None:
    from citycontext.bridge.delivery.model_contexts import written_type

    console = TextConsole(soft_wrap=True)
    for route in config.route:
        console.print(escape(f"{route.name}: {', '.join(route.topic)}"))
        for entity in route.entity:
            console.print(escape(f"  -> {entity.type}: {', '.join(entity.attributes)}"))
            for kind in entity.all_types if config.context_broker.context else ():
                if written := written_type(kind, config):
                    console.print(escape(f"     {kind} is written as {written}"))
    for command in config.command:
        console.print(escape(f"{command.name}: {command.type} {command.attribute} -> {command.topic}"))
    for route_name, attribute, said in decided:
        console.print(escape(f"{route_name}: {attribute} is {said}, by the model; what is not is left out and counted"))
    # The worst is said last: there it is not overlooked.
    for one in sorted(findings, key=lambda finding: list(Severity).index(finding.severity), reverse=True):
        style, said = _STYLES[one.severity], escape(printable(str(one), _LONGEST))
        code = "" if one.severity is Severity.NOTE else f" [dim]{_code(one)}[/dim]"
        console.print(f"[{style}]{one.severity}[/{style}] {said}{code}")
    counts = Counter(one.severity for one in findings)
    if counts[Severity.ERROR] or counts[Severity.WARNING]:
        told = (f"{counts[one]} {one}{'' if counts[one] == 1 else 's'}" for one in (Severity.ERROR, Severity.WARNING))
        verdict = "" if counts[Severity.ERROR] else " The bridge would run, but is this what is meant?"
        console.print(escape(f"{file}: {', '.join(told)}.{verdict}"), style="bold")
    else:
        console.print(escape(f"{file} is good."))


def _code(finding: Finding) -> str:
    """Return the code by which `citycontext explain` knows a finding."""
    return f"bridge/{finding.rule.replace(' ', '-')}"


def _json(
    file: str, config: BridgeConfig, findings: list[Finding], decided: list[tuple[str, str, str]], is_good: bool
) -> bytes:
    routes = [
        {
            "name": route.name,
            "topics": route.topic,
            "entities": [{"type": entity.type, "attributes": list(entity.attributes)} for entity in route.entity],
        }
        for route in config.route
    ]
    commands = [one.model_dump(include={"name", "type", "attribute", "topic"}) for one in config.command]
    document = {
        "file": file,
        "good": is_good,
        "routes": routes,
        "commands": commands,
        "decided_by_models": [
            {"route": route, "attribute": attribute, "is": said} for route, attribute, said in decided
        ],
        "findings": [asdict(one) | {"code": _code(one)} for one in findings],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)
