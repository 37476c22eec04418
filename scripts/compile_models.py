"""Compile schemas and contexts of Smart Data Models into the files that ship; write modules and the table.

    python scripts/compile_models.py ../shared/smart-data-models ../shared/smart-data-models-rest

The folders hold repositories of https://github.com/smart-data-models as ``dataModel.<Subject>/<Type>/schema.json``,
and one of them the shared ``common-schema.json`` as ``data-models/`` or ``common/``. Licences come from an
``index.json`` or the tables of a ``SOURCES.md`` in the folder where there is one, commits from there or from git.
"""

from __future__ import annotations

import argparse
import re
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
from citycontext.ngsild.context.shipped import plain_terms
from citycontext.ngsild.packed import pack

MODELS = Path(__file__).resolve().parents[1] / "src" / "citycontext" / "models"
DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "choose-a-model.md"
MARKS = ("<!-- models: written by scripts/compile_models.py -->", "<!-- /models -->")
INDEX = MODELS / "catalogue" / "smart_data_models.bin"
CONTEXTS = MODELS.parent / "ngsild" / "context" / "smart_data_models.bin"
SAID_LICENCES = {
    "opensource.org/licenses/bsd-3-clause": "BSD-3-Clause",
    "opensource.org/licenses/mit": "MIT",
    "eupl-text-eupl-12": "EUPL-1.2",
    "hl7.org/implement/standards/fhir/license": "LicenseRef-HL7-FHIR",
    "opendatacommons.org/licenses/pddl": "PDDL-1.0",
}
"""What a schema's own ``license`` names, where no licence lies beside it."""
LICENCES = {
    *SAID_LICENCES.values(),
    DEFAULT_LICENCE,
    "Apache-2.0",
    "LicenseRef-OCF",
    "LicenseRef-OIC-2016",
    "Unlicense",
}
"""Licences that allow the facts of a schema to be passed on; a model under another one is left out, and named."""


def compile_index(*folders: Path) -> bytes:
    """Compile folders of schemas.

    Args:
        folders: The folders of repositories; of a type that several have, the first counts.
    """
    common = _common_schema(folders)
    library = SchemaLibrary(common, folders)
    subjects: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    models: dict[tuple[str, str], dict[str, Any]] = {}
    for name, document in _shared_definitions(folders, common):
        definitions |= reduce_schema({"$ref": f"{name}#{document}"}, "", library).definitions
    for folder in folders:
        commits, licences = _facts(folder)
        for path in sorted(folder.glob("dataModel.*/*/schema.json")):
            subject, type_name = path.parts[-3].removeprefix("dataModel."), path.parts[-2]
            if (subject, type_name) in models:
                continue
            schema = orjson.loads(path.read_bytes())
            licence = _licence(licences.get((subject, type_name), ""), schema)
            if licence not in LICENCES:
                print(f"{subject}.{type_name}: not shipped: its licence is {licence}", file=sys.stderr)
                continue
            reduction = reduce_schema(schema, path.relative_to(folder).as_posix(), library)
            for problem in (*reduction.unresolved, *reduction.malformed):
                print(f"{subject}.{type_name}: left out: {problem}", file=sys.stderr)
            definitions |= reduction.definitions
            subjects.setdefault(subject, {"commit": commits.get(subject) or _git_commit(path.parent)})
            row = {"subject": subject, "type": type_name, "version": schema.get("$schemaVersion", "")}
            if licence != DEFAULT_LICENCE:
                row["licence"] = licence
            models[subject, type_name] = {**row, "schema": reduction.schema}
    return write(subjects, definitions, models.values())


def compile_contexts(*folders: Path) -> bytes:
    """Compile the contexts of the subjects: each document's terms, sorted and written briefly.

    Args:
        folders: The folders of repositories; of a subject that several have, the first counts.
    """
    documents: dict[str, bytes] = {}
    for folder in folders:
        for path in sorted(folder.glob("dataModel.*/context.jsonld")):
            subject = path.parent.name.removeprefix("dataModel.")
            documents.setdefault(subject, plain_terms(orjson.loads(path.read_bytes())["@context"]))
    return pack({}, dict(sorted(documents.items())))


def _common_schema(folders: tuple[Path, ...]) -> dict[str, Any]:
    for folder in folders:
        for place in (folder / COMMON_SCHEMA, folder / "common" / "common-schema.json"):
            if place.is_file():
                return {COMMON_SCHEMA: orjson.loads(place.read_bytes())}
    sys.exit(f"no folder has {COMMON_SCHEMA}")


def _shared_definitions(folders: tuple[Path, ...], common: dict[str, Any]) -> list[tuple[str, str]]:
    """List every definition of the shared documents, so that schemas that are not in the index find them too."""
    documents: dict[str, Any] = {}
    for folder in folders:
        for path in sorted(folder.glob("dataModel.*/*-schema.json")):
            documents.setdefault(path.relative_to(folder).as_posix(), orjson.loads(path.read_bytes()))
    return [
        (name, f"/definitions/{definition}")
        for name, document in (documents | common).items()
        for definition in document.get("definitions", {})
    ]


def _facts(folder: Path) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Read the commit of each subject and the licence of each type from what stands beside the repositories."""
    commits: dict[str, str] = {}
    licences: dict[tuple[str, str], str] = {}
    index, table = folder / "index.json", folder / "SOURCES.md"
    for row in orjson.loads(index.read_bytes()) if index.is_file() else []:
        subject = row["subject"].removeprefix("dataModel.")
        commits[subject] = row.get("commit", "")
        licences[subject, row["type"]] = row.get("license", "")
    for line in table.read_text(encoding="utf-8").splitlines() if table.is_file() else []:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        subject = cells[0].strip().removeprefix("dataModel.")
        if len(cells) == 5 and re.fullmatch("[0-9a-f]{40}", cells[1]):
            commits.setdefault(subject, cells[1])
        elif len(cells) == 5:
            licences.setdefault((subject, cells[1]), cells[3])
    return commits, licences


def _licence(beside: str, schema: dict[str, Any]) -> str:
    """Return the licence of a model: the file beside it, else what its schema says, else the programme's."""
    licence = beside.partition(" (")[0]
    if licence not in ("", "none in folder"):
        return licence
    said = str(schema.get("license") or "").lower()
    return next((name for part, name in SAID_LICENCES.items() if part in said), DEFAULT_LICENCE)


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
    parser.add_argument("folders", type=Path, nargs="+", help="the folders of repositories")
    folders = parser.parse_args().folders
    CONTEXTS.write_bytes(compile_contexts(*folders))  # first: the index names words by their places there
    content = compile_index(*folders)
    INDEX.write_bytes(content)
    index = ModelIndex.from_bytes(content)
    (MODELS / "commons.py").write_text(commons_source(index), encoding="utf-8")
    for subject in STATIC_SUBJECTS:
        (MODELS / f"{module_name(subject)}.py").write_text(module_source(index, subject), encoding="utf-8")
    DOCUMENT.write_text(with_table(DOCUMENT.read_text(encoding="utf-8"), index), encoding="utf-8")
    print(f"{index}; {len(content):,} bytes; {len(STATIC_SUBJECTS)} static modules")


if __name__ == "__main__":
    main()
