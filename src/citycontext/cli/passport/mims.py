"""``citycontext mims check``: a verdict for each requirement of the MIMs, with what shows it."""

from __future__ import annotations

import csv
import io
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from citycontext.cli.context_broker.opening import At, ContextOption, Tenant, open_client
from citycontext.cli.context_broker.output import csv_cell as safe_cell
from citycontext.cli.conventions import extra
from citycontext.cli.terminal import say, write_text
from citycontext.errors import ConfigurationError, DataError

__all__ = ["mims"]

mims: typer.Typer = typer.Typer(help="The passport: what a city can prove about its openness.", no_args_is_help=True)


class Output(StrEnum):
    """How the passport is written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    TAR = "tar"
    TABLE = "table"
    NDJSON = "ndjson"
    CSV = "csv"
    IDS = "ids"


class Lang(StrEnum):
    """The language of the passport."""

    DUTCH = "nl"
    ENGLISH = "en"


@mims.callback()
def _mims() -> None:
    """The passport: what a city can prove about its openness."""


@mims.command("check")
def check(
    broker: Annotated[
        str | None,
        typer.Argument(metavar="[BROKER_URL]", help="The broker: an address or a named connection; or --at."),
    ] = None,
    open_data: Annotated[
        str, typer.Option("--open-data", metavar="URL", help="The description of its open data (DCAT).")
    ] = "",
    edition: Annotated[str, typer.Option(help="The edition of the MIMs.")] = "9.0",
    at: At = None,
    tenant: Tenant = None,
    context: ContextOption = None,
    output: Annotated[
        Output,
        typer.Option(
            "-o",
            "--output",
            help="text; json; html, a page for people; tar, the test bed's report (XML); table, the bidders' table; "
            "ndjson, csv and ids: a row for each requirement.",
        ),
    ] = Output.TEXT,
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Where to write it, instead of here.")] = None,
    lang: Annotated[Lang, typer.Option(help="The language.")] = Lang.ENGLISH,
    since: Annotated[
        Path | None, typer.Option(metavar="FILE", help="An earlier passport (-o json), to compare with.")
    ] = None,
    types: Annotated[
        list[str] | None, typer.Option("--type", metavar="TYPE", help="Look at this type only; may be repeated.")
    ] = None,
    seed: Annotated[int, typer.Option(help="What the choice of samples follows from.")] = 7,
    declare: Annotated[
        list[str] | None,
        typer.Option(
            metavar="'MIM6 R2.1=URL|FILE'",
            help="A document that shows what cannot be seen from outside; may be repeated.",
        ),
    ] = None,
    token_issuer: Annotated[
        str, typer.Option("--token-issuer", metavar="URL", help="Who issues tokens, where the broker does not say.")
    ] = "",
    probe_access: Annotated[
        bool,
        typer.Option(
            "--probe-access", help="Also POST an empty object to /entities without credentials (MIM6); creates nothing."
        ),
    ] = False,
    subscribe: Annotated[
        bool,
        typer.Option("--subscribe", help="Also create a subscription that never fires, and delete it (MIM0 R3.1)."),
    ] = False,
    suggest_level: Annotated[
        bool,
        typer.Option("--suggest-level", help="Suggest a level per MIM, by our own rule: no text defines the levels."),
    ] = False,
) -> None:
    """Ask a broker, and what it publishes, for what the MIMs require; exit code 1 where something obligatory fails.

    Only GET, and at most two requests at once, unless --probe-access or --subscribe is given. Tokens, and values of
    properties, do not stand in the passport.
    """
    with extra("passport", purpose="The passport"):
        from citycontext.passport.city import Options
        from citycontext.passport.forms.json_form import changes_since
        from citycontext.passport.passport import check_city, check_earlier

    if broker is not None and at is not None and broker != at:
        at = None  # what stands in the command goes before the environment
    for option, address in (("--open-data", open_data), ("--token-issuer", token_issuer)):
        if address and not address.startswith(("http://", "https://")):
            raise ConfigurationError(f"{address!r} is not an address.", key=option, cure="Write http(s)://….")
    earlier = None if since is None else check_earlier(_read(since))
    with open_client(broker or at, tenant, None) as client:
        passport = check_city(
            client,
            catalogue=open_data,
            edition=edition,
            context=context if context is not None and "://" in context else "",
            options=Options(tuple(types or ()), seed, probe_access, subscribe, token_issuer),
            declared=dict(_declaration(one) for one in declare or ()),
            since=earlier,
        )
    changes = None if earlier is None else changes_since(passport, earlier)
    written = _written(passport, output, lang.value, changes, suggest_level)
    if to is None and output is Output.TEXT:
        write_text(written)
    elif to is None:
        sys.stdout.write(written)
    else:
        try:
            to.write_text(written, encoding="utf-8")
        except OSError as error:
            raise ConfigurationError(f"cannot be written: {error.strerror}.", file=str(to)) from None
        say(f"{to}: {len(passport.errors)} fail, {len(passport.warnings)} warnings")
    if passport.errors:
        raise typer.Exit(1)


def _written(passport: Any, output: Output, language: Any, changes: Any, levels: bool) -> str:
    from citycontext.passport.forms.json_form import as_json
    from citycontext.passport.forms.text_form import as_text

    if output is Output.JSON:
        document = as_json(passport)
        if changes is not None:
            document["changes"] = [{"name": one.name, "before": one.before, "now": one.now} for one in changes]
        return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n"
    if output is Output.HTML:
        from citycontext.passport.forms.html_form import as_html

        return as_html(passport, language, changes=changes, levels=levels)
    if output is Output.TAR:
        from citycontext.passport.forms.tar_form import as_tar

        return as_tar(passport, language)
    if output in (Output.NDJSON, Output.CSV, Output.IDS):
        return _rows(passport, output, language)
    if output is Output.TABLE:
        from citycontext.passport.forms.table_form import as_table

        return as_table(passport, language)
    return as_text(passport, language, changes=changes, levels=levels)


def _rows(passport: Any, output: Output, language: str) -> str:
    """Write a row for each requirement."""
    from citycontext.passport.forms.json_form import as_json

    rows = []
    for one in as_json(passport)["requirements"]:
        severity = one.get("severity", "")
        row = {"id": f"{one['mim']} {one['id']}", "verdict": one["verdict"], "severity": severity}
        rows.append(
            {**row, "keyword": one["keyword"], "demand": one["demand"][language], "seen": one["seen"][language]}
        )
    if output is Output.IDS:
        return "".join(f"{row['id']}\n" for row in rows)
    if output is Output.NDJSON:
        return "".join(orjson.dumps(row).decode() + "\n" for row in rows)
    written = io.StringIO()
    table = csv.DictWriter(written, list(rows[0]) if rows else ["id"], lineterminator="\n")
    table.writeheader()
    table.writerows({name: safe_cell(value) for name, value in row.items()} for row in rows)
    return written.getvalue()


def _read(path: Path) -> Any:
    try:
        return orjson.loads(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}.", file=str(path)) from None
    except orjson.JSONDecodeError:
        raise DataError(f"{path} is not JSON; give what 'mims check -o json' wrote", path="since") from None


def _declaration(text: str) -> tuple[str, str]:
    name, sign, place = text.partition("=")
    if not sign or not name.strip() or not place.strip():
        raise ConfigurationError(f"{text!r} names no document.", key="--declare", cure="Write 'MIM6 R2.1=https://…'.")
    return name.strip(), place.strip()
