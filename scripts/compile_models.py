"""Compile the schemas of Smart Data Models into the index that ships with the package; write modules and the table.

    python scripts/compile_models.py ../shared/smart-data-models

The folder holds repositories of https://github.com/smart-data-models as ``dataModel.<Subject>/<Type>/schema.json``,
and the shared ``common-schema.json`` as ``data-models/`` or ``common/``. Commits and licences come from an
``index.json`` beside them where there is one, else commits come from git.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from citycontext.models.catalogue.generation import STATIC_SUBJECTS, commons_source, module_source
from citycontext.models.catalogue.index import DEFAULT_LICENCE, ModelIndex, write
from citycontext.models.catalogue.python_names import module_name
from citycontext.models.schema.reduction import reduce_schema
from citycontext.models.schema.references import COMMON_SCHEMA, SchemaLibrary

MODELS = Path(__file__).resolve().parents[1] / "src" / "citycontext" / "models"
DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "choose-a-model.md"
MARKS = ("<!-- models: written by scripts/compile_models.py -->", "<!-- /models -->")
INDEX = MODELS / "catalogue" / "smart_data_models.jsonl"


def compile_index(folder: Path) -> bytes:
    """Compile a folder of schemas.

    Args:
        folder: The folder of repositories.
    """
    library = SchemaLibrary(_common_schema(folder), (folder,))
    facts = _facts(folder)
    subjects: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    models = []
    for name, document in _shared_definitions(folder):
        definitions |= reduce_schema({"$ref": f"{name}#{document}"}, "", library).definitions
    for path in sorted(folder.glob("dataModel.*/*/schema.json")):
        subject, type_name = path.parts[-3].removeprefix("dataModel."), path.parts[-2]
        schema = orjson.loads(path.read_bytes())
        reduction = reduce_schema(schema, path.relative_to(folder).as_posix(), library)
        for problem in (*reduction.unresolved, *reduction.malformed):
            print(f"{subject}.{type_name}: left out: {problem}", file=sys.stderr)
        definitions |= reduction.definitions
        fact = facts.get((subject, type_name), {})
        subjects.setdefault(subject, {"commit": fact.get("commit") or _git_commit(path.parent)})
        row = {"subject": subject, "type": type_name, "version": schema.get("$schemaVersion", "")}
        licence = fact.get("license", DEFAULT_LICENCE).partition(" (")[0]
        if licence not in (DEFAULT_LICENCE, "none in folder"):
            row["licence"] = licence
        models.append({**row, "schema": reduction.schema})
    return write(subjects, definitions, models)


def _common_schema(folder: Path) -> dict[str, Any]:
    for place in (folder / COMMON_SCHEMA, folder / "common" / "common-schema.json"):
        if place.is_file():
            return {COMMON_SCHEMA: orjson.loads(place.read_bytes())}
    sys.exit(f"{folder} has no {COMMON_SCHEMA}")


def _shared_definitions(folder: Path) -> list[tuple[str, str]]:
    """List every definition of the shared documents, so that schemas that are not in the index find them too."""
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.glob("dataModel.*/*-schema.json"))]
    documents = {name: orjson.loads((folder / name).read_bytes()) for name in names} | _common_schema(folder)
    return [
        (name, f"/definitions/{definition}")
        for name, document in documents.items()
        for definition in document.get("definitions", {})
    ]


def _facts(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    index = folder / "index.json"
    rows = orjson.loads(index.read_bytes()) if index.is_file() else []
    return {(row["subject"].removeprefix("dataModel."), row["type"]): row for row in rows}


def _git_commit(folder: Path) -> str:
    answer = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()


def with_table(document: str, index: ModelIndex) -> str:
    """Put the table of the city's models between the marks of a document.

    Args:
        document: The document's text.
        index: The index.
    """
    before, _, rest = document.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    rows = [
        f"| {subject} | `citycontext.models.{module_name(subject)}` | "
        f"{', '.join(f'[{model.type}]({model.page})' for model in index.of_subject(subject))} |"
        for subject in STATIC_SUBJECTS
    ]
    table = "\n".join(("| subject | module | entity types |", "| --- | --- | --- |", *rows))
    return f"{before}{MARKS[0]}\n{table}\n{MARKS[1]}{after}"


def main() -> None:
    """Write the index and the static modules."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder of repositories")
    content = compile_index(parser.parse_args().folder)
    INDEX.write_bytes(content)
    index = ModelIndex.from_bytes(content)
    (MODELS / "commons.py").write_text(commons_source(index), encoding="utf-8")
    for subject in STATIC_SUBJECTS:
        (MODELS / f"{module_name(subject)}.py").write_text(module_source(index, subject), encoding="utf-8")
    DOCUMENT.write_text(with_table(DOCUMENT.read_text(encoding="utf-8"), index), encoding="utf-8")
    print(f"{index}; {len(content):,} bytes; {len(STATIC_SUBJECTS)} static modules")


if __name__ == "__main__":
    main()
