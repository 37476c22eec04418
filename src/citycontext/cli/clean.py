"""``citycontext models clean``: write entities as any context broker takes them."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
import typer

from citycontext.cli.chosen_model import named_model
from citycontext.cli.context_broker.output import Form, write_items
from citycontext.cli.conventions import counted
from citycontext.cli.terminal import TextConsole, quoted, write_json
from citycontext.errors import ConfigurationError
from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.cleaning import Links, clean
from citycontext.models.cleaning.ngsi_v2_store import new_ids, with_new_ids
from citycontext.models.validation.files import model_by_folder
from citycontext.models.validation.sources import LINE_SUFFIXES, Broken, NoEntities, Unreadable, read_entities
from citycontext.ngsild.findings import Finding, Severity

__all__ = ["clean_file"]

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


CleanedForm = Annotated[
    Form | None,
    typer.Option(
        "-o",
        "--output",
        help="The form of the entities. \\[default: ndjson where they came as lines, else json]",
        show_default=False,
    ),
]
_TABULAR: Final = (Form.TABLE, Form.CSV, Form.GEOJSON, Form.IDS)


def clean_file(
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help="What to clean.", show_default=False)],
    output: Annotated[Path | None, typer.Option("--to", help="The file to write; else it is shown.")] = None,
    model: Annotated[
        str | None, typer.Option(help="The model of all entities: a type, or your own schema (.json).")
    ] = None,
    subject: Annotated[str | None, typer.Option(help="The subject of that model.")] = None,
    links: Annotated[Links, typer.Option(help="How a link to several entities is written.")] = Links.INSTANCES,
    zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="What a time without zone is in, e.g. Europe/Brussels.")
    ] = None,
    rename: Annotated[
        bool,
        typer.Option(
            "--rename", help="Give an id that is not a URI the form urn:ngsi-ld:<Type>:<id>, and follow it in links."
        ),
    ] = False,
    notes: Annotated[bool, typer.Option("--notes", help="Tell every change, not only warnings and errors.")] = False,
    form: CleanedForm = None,
) -> None:
    """Write entities as any context broker takes them, and tell what was changed; exit code 1 where errors are left."""
    told = _Told(notes)
    cleaned = _cleaned(
        source,
        told,
        None if model is None else named_model(model, subject),
        links=links,
        zone=None if zone is None else _zone(zone),
        rename=rename,
    )
    try:
        if form in _TABULAR:
            if output is not None:
                raise ConfigurationError("goes with json and ndjson.", key="--to", cure=f"Write > {output}")
            write_items((wire for _, wire in list(cleaned)), form)
            content = b""
        else:
            lines = Path(source).suffix in LINE_SUFFIXES if form is None else form is Form.NDJSON
            content = _as_text(cleaned, lines=lines)
    except (Unreadable, NoEntities) as problem:
        what = f"is {problem}, and holds no entities" if isinstance(problem, NoEntities) else str(problem)
        raise ConfigurationError(f"{source}: {what}") from None
    if output is None:
        if content or form not in _TABULAR:
            write_json(content)
    else:
        try:
            output.write_bytes(content)
        except OSError as wrong:
            raise ConfigurationError(f"{output} cannot be written: {wrong.strerror}") from None
    told.sum_up()
    if told.counts[Severity.ERROR]:
        raise typer.Exit(1)


class _Told:
    """Print findings on stderr as they come, so that entities can be piped on."""

    def __init__(self, notes: bool) -> None:
        self.counts: Counter[Severity] = Counter()
        self.entities = 0
        self._notes = notes
        self._console = TextConsole(stderr=True, soft_wrap=True)

    def tell(self, where: str, findings: Iterable[Finding]) -> None:
        self.entities += 1
        for one in findings:
            self.counts[one.severity] += 1
            if one.severity is Severity.NOTE and not self._notes:
                continue
            style = _STYLES[one.severity]
            found = f"; found {one.found}" if one.found else ""
            written = f"; now {one.expected}" if one.expected and one.rule != "clean/id" else ""
            offered = f"; offered {one.expected}" if one.rule == "clean/id" else ""
            self._console.print(
                f"[{style}]{one.severity}[/{style}] {quoted(f'{where}: ' if where else '')}{quoted(str(one))}"
                f"{quoted(found + written + offered)} [dim]{one.rule}[/dim]"
            )

    def sum_up(self) -> None:
        hidden = " (--notes shows them)" if self.counts[Severity.NOTE] and not self._notes else ""
        self._console.print(
            f"{counted(self.entities, 'entity', 'entities')}; {counted(self.counts[Severity.NOTE], 'note')}{hidden}, "
            f"{counted(self.counts[Severity.WARNING], 'warning')}, {counted(self.counts[Severity.ERROR], 'error')} left"
        )


def _cleaned(source: str, told: _Told, model: ModelDescription | None, **options: Any) -> Iterator[tuple[str, Any]]:
    ids: dict[str, str] = {}
    if options["rename"]:  # what links to a renamed entity, anywhere in the file, follows it
        ids = new_ids(payload for _, payload in read_entities(source) if isinstance(payload, dict))
    for place, payload in read_entities(source):
        if not isinstance(payload, dict):
            message = payload if isinstance(payload, Broken) else "is not a JSON object"
            told.tell(place, [Finding("", "ngsi-ld/entity", f"{message}; left out", Severity.ERROR, "5.2.4")])
            continue
        described = model or model_by_folder(source, payload)
        payload, followed = with_new_ids(payload, ids, described)
        entity, findings = clean(payload, described, **options)
        told.tell(" ".join(str(part) for part in (place, entity.id) if part), [*followed, *findings])
        yield place, entity.wire


def _as_text(cleaned: Iterator[tuple[str, Any]], *, lines: bool) -> bytes:
    """Write one entity as an object and several as a list, or as lines where they came as lines."""
    if lines:
        return b"".join(orjson.dumps(wire, option=orjson.OPT_APPEND_NEWLINE) for _, wire in cleaned)
    written = list(cleaned)
    content = written[0][1] if len(written) == 1 and not written[0][0] else [wire for _, wire in written]
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigurationError(f"--zone {name!r} is not a time zone; write e.g. Europe/Brussels or UTC") from None
