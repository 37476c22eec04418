"""``citycontext mims forms``: what a file in another form does not hold, or says otherwise, of the same entities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from citycontext.cli.context_broker.output import Form, write_items
from citycontext.cli.conventions import counted, extra
from citycontext.cli.outcomes import OutcomeForm, is_for_people
from citycontext.cli.terminal import say, show_json
from citycontext.errors import ConfigurationError, DataError

if TYPE_CHECKING:
    from citycontext.passport.forms_of_content import Difference

__all__ = ["compare_forms"]


def compare_forms(
    normalized: Annotated[Path, typer.Argument(metavar="NORMALIZED", help="The entities, normalized (JSON).")],
    other: Annotated[
        Path, typer.Argument(metavar="OTHER", help="The same entities: simplified JSON, GeoJSON, or CSV (.csv).")
    ],
    form: OutcomeForm = None,
) -> None:
    """Compare two forms of the same entities; exit code 1 where the other one contradicts.

    What a form cannot hold, such as units and times in a simplified one, is named as lost and is not an error.
    """
    with extra("passport", purpose="The passport"):
        from citycontext.passport.forms_of_content import Kind

    found = {str(entity["id"]): differences for entity, differences in _compared(normalized, other)}
    contradicting = sum(one.kind is Kind.CONTRADICTS for differences in found.values() for one in differences)
    if form is Form.JSON:
        show_json({name: [{"kind": one.kind.value, "path": one.path} for one in found[name]] for name in found})
    elif not is_for_people(form):
        rows = (
            {"id": name, "kind": one.kind.value, "path": one.path}
            for name, differences in found.items()
            for one in differences
        )
        write_items(rows, form, member="differences", flat=True)
    else:
        for name, differences in found.items():
            say(name + (": the same" if not differences else ""))
            for one in differences:
                say(f"  {one}")
        say(f"{counted(len(found), 'entity', 'entities')}, {counted(contradicting, 'contradiction')}", err=True)
    if contradicting:
        raise typer.Exit(1)


def _compared(normalized: Path, other: Path) -> Iterator[tuple[Mapping[str, Any], list[Difference]]]:
    from citycontext.passport.forms_of_content import Difference, Kind, compare_csv, compare_geojson, compare_simplified

    entities = _entities(normalized, _document(normalized))
    if other.suffix.lower() == ".csv":
        text = _read(other).decode("utf-8-sig", errors="replace")
        for entity in entities:
            yield entity, compare_csv(entity, text)
        return
    others = {str(one.get("id")): one for one in _entities(other, _document(other))}
    for entity in entities:
        same = others.get(str(entity.get("id")))
        if same is None:
            yield entity, [Difference(Kind.LOST, "id")]
        elif same.get("type") == "Feature":
            yield entity, compare_geojson(entity, same)
        else:
            yield entity, compare_simplified(entity, same)


def _entities(path: Path, document: Any) -> list[Mapping[str, Any]]:
    if isinstance(document, dict) and document.get("type") == "FeatureCollection":
        document = document.get("features")
    entities: list[Any] = document if isinstance(document, list) else [document]
    for place, one in enumerate(entities):
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            raise DataError(f"{path}: [{place}] is not an entity with an id", path=f"[{place}]")
    return entities


def _document(path: Path) -> Any:
    try:
        return orjson.loads(_read(path))
    except orjson.JSONDecodeError as error:
        raise DataError(f"{path} is not JSON: {error}", path=str(path)) from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}.", file=str(path)) from None
